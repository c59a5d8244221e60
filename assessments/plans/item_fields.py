"""The fields of an action: the one list from which forms, saves, merges, comparisons, the history,
the Excel log and the search for a person's name derive.

To add a field, add it to the model PlanItem (with a migration), to ITEM_FIELDS, to ItemForm and to
the templates of an action. A test names the column that is missing here.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class ItemField:
    """A field of an action.

    `name`: its attribute on PlanItem and its name in the history (`EventChange.field`).
    `label`: its name on pages, in comparisons and as a column heading.
    `shown_as`: its attribute on what reports and snapshots hold of an action; empty if they do not
    show it by itself.
    `changes_with`: the field it is chosen together with, because one makes no sense without the
    other; empty for a field that is chosen by itself.
    `is_answer`: whether people save it, rather than the service.
    `is_restorable`: whether it is free text: an earlier one can be restored from the history, and
    a person who is erased is searched for in it.
    `is_for_members`: whether only members of the council can see it, and no adviser.
    """

    name: str
    label: str
    shown_as: str = ""
    changes_with: str = ""
    is_answer: bool = True
    is_restorable: bool = False
    is_for_members: bool = False


ITEM_FIELDS = (
    ItemField("title", "Action", shown_as="words", is_restorable=True),
    ItemField("prompts", "Prompts", shown_as="prompts", is_answer=False),
    ItemField("status", "Status", shown_as="status_label"),
    ItemField(
        "reason",
        "Why it is not needed",
        shown_as="reason",
        changes_with="status",
        is_restorable=True,
    ),
    ItemField("owner", "Owner", shown_as="owner"),
    ItemField("owner_name", "Owner without access", changes_with="owner"),
    ItemField("due", "Due", shown_as="due"),
    ItemField("due_rule", "Due date counted from", changes_with="due"),
    ItemField("completed_on", "Completed", shown_as="completed_on", is_answer=False),
    ItemField("note", "Note", shown_as="note", is_restorable=True),
)

LABELS = {each.name: each.label for each in ITEM_FIELDS}

# What `save_item` saves, in the order in which the history lists the changes.
ANSWER_FIELDS = tuple(each.name for each in ITEM_FIELDS if each.is_answer)

# The fields that reports and snapshots show, in order.
SHOWN_FIELDS = tuple(each for each in ITEM_FIELDS if each.shown_as)

RESTORABLE_FIELDS = tuple(each.name for each in ITEM_FIELDS if each.is_restorable)


def _chosen_together() -> tuple[tuple[str, ...], ...]:
    groups: dict[str, list[str]] = {}
    for each in ITEM_FIELDS:
        if each.is_answer:
            groups.setdefault(each.changes_with or each.name, []).append(each.name)
    return tuple(map(tuple, groups.values()))


# The fields of an answer, grouped by what is chosen together; a group is named by its first field.
CHOSEN_TOGETHER = _chosen_together()


def hidden_fields(*, is_adviser: bool) -> frozenset[str]:
    """Return the names of the fields that the reader must not see, whatever shows them."""
    return frozenset(each.name for each in ITEM_FIELDS if is_adviser and each.is_for_members)
