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


def _required_by(model):
    """The models with a required foreign key to `model`, and the key's name."""
    for relation in model._meta.get_fields(include_hidden=True):
        is_key = relation.one_to_many or relation.one_to_one
        if is_key and not relation.concrete and not relation.field.null:
            yield relation.related_model, relation.field.name
