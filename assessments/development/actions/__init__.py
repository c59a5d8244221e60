from .check_ins import leave_check_in, open_check_in, save_part, take_back
from .journal import remove_entry, save_entry, write_entry
from .records import delete_records, save_answer, save_reflection, start_record
from .shares import end_share, share_record

__all__ = [
    "delete_records",
    "end_share",
    "leave_check_in",
    "open_check_in",
    "remove_entry",
    "save_answer",
    "save_entry",
    "save_part",
    "save_reflection",
    "share_record",
    "start_record",
    "take_back",
    "write_entry",
]
