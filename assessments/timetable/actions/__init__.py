from .dates import add_bank_holiday, change_cycle, clear_date, remove_bank_holiday, set_date
from .feeds import (
    end_feed,
    end_feed_of,
    end_feeds,
    end_feeds_of,
    end_feeds_of_member,
    lock_feeds_of,
    make_feed,
)
from .interim import save_interim
from .order import save_order, state_of_order

__all__ = [
    "add_bank_holiday",
    "change_cycle",
    "clear_date",
    "end_feed",
    "end_feed_of",
    "end_feeds",
    "end_feeds_of",
    "end_feeds_of_member",
    "lock_feeds_of",
    "make_feed",
    "remove_bank_holiday",
    "save_interim",
    "save_order",
    "set_date",
    "state_of_order",
]
