"""Finds the models whose rows belong to a row, from the models themselves: none is missed."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Model

ModelType = type[Model]


def belongings_of(root: ModelType) -> dict[ModelType, str]:
    """Return every model whose rows belong to a row of `root`, with the shortest lookup to it.

    A row belongs to what its required foreign keys refer to, directly or through other rows. A
    lookup is written as in a query, for example `plan__council`. Nearer models come first.
    """
    found: dict[ModelType, str] = {}
    reached: list[tuple[ModelType, tuple[str, ...]]] = [(root, ())]
    for model, way in reached:
        for child, name in _required_by(model):
            if child is not root and child not in found:
                found[child] = "__".join((name, *way))
                reached.append((child, (name, *way)))
    return found


def dependents_first(models: Iterable[ModelType]) -> Iterator[ModelType]:
    """Yield the models in an order in which their rows can be deleted. Raises ValueError."""
    left = list(models)
    while left:
        free = [each for each in left if not any(_refers(other, each) for other in left)]
        if not free:
            raise ValueError(f"These models refer to one another in a circle: {left}")
        yield from free
        left = [each for each in left if each not in free]


def _refers(model: ModelType, other: ModelType) -> bool:
    keys = model._meta.concrete_fields
    return model is not other and any(key.related_model is other for key in keys)


def _required_by(model: ModelType) -> Iterator[tuple[ModelType, str]]:
    """Yield each model with a required foreign key to `model`, and the key's name."""
    relation: Any
    for relation in model._meta.get_fields(include_hidden=True):
        is_key = relation.one_to_many or relation.one_to_one
        if is_key and not relation.concrete and not relation.field.null:
            yield relation.related_model, relation.field.name
