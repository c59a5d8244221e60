from .erasure import erase_person
from .retention import OnHold, purge_plan, set_retention

__all__ = [
    "OnHold",
    "erase_person",
    "purge_plan",
    "set_retention",
]
