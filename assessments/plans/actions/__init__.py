from .bulk import change_in_bulk, undo_bulk_change
from .due import (
    due_by,
    due_wanted,
    moves,
    name_of,
    offset_of,
    redate,
    set_due_in_bulk,
    settle_due,
    suggest_due_in_bulk,
    suggestion_wanted,
)
from .events import hold, hold_for, record
from .items import add_item, hand_over_item, remove_item, restore_item, save_item, write_item
from .plans import begin_plan, change_plan, checklist_of, create_plan, record_export

__all__ = [
    "add_item",
    "begin_plan",
    "change_in_bulk",
    "change_plan",
    "checklist_of",
    "create_plan",
    "due_by",
    "due_wanted",
    "hand_over_item",
    "hold",
    "hold_for",
    "moves",
    "name_of",
    "offset_of",
    "record",
    "record_export",
    "redate",
    "remove_item",
    "restore_item",
    "save_item",
    "set_due_in_bulk",
    "settle_due",
    "suggest_due_in_bulk",
    "suggestion_wanted",
    "undo_bulk_change",
    "write_item",
]
