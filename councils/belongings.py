"""What hangs on a row: found from the models themselves, so that no new table is forgotten."""


def belongings_of(root):
    """Every model whose rows belong to one row of `root`: the shortest way back to it, by model.

    A row belongs to what it cannot be without: the ways lead along foreign keys that are required,
    and each is written as a lookup, such as `plan__council`. Nearer models come first.
    """
    found, reached = {}, [(root, ())]
    for model, way in reached:
        for child, name in _required_by(model):
            if child is not root and child not in found:
                found[child] = "__".join((name, *way))
                reached.append((child, (name, *way)))
    return found


def dependents_first(models):
    """The models in the order to delete their rows in: none while another refers to it."""
    left = list(models)
    while left:
        free = [each for each in left if not any(_refers(other, each) for other in left)]
        if not free:
            raise ValueError(f"These refer to one another in a circle: {left}")
        yield from free
        left = [each for each in left if each not in free]


def _refers(model, other):
    keys = model._meta.concrete_fields
    return model is not other and any(key.related_model is other for key in keys)


def _required_by(model):
    """The models with a required foreign key to `model`, and the key's name."""
    for relation in model._meta.get_fields(include_hidden=True):
        is_key = relation.one_to_many or relation.one_to_one
        if is_key and not relation.concrete and not relation.field.null:
            yield relation.related_model, relation.field.name
