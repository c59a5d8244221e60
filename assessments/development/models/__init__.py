from .check_ins import CheckIn, CheckInPart
from .journal import JournalEntry
from .records import DevelopmentRecord, Rating, RatingMark, StandardAnswer
from .reflections import Reflection
from .shares import DevelopmentShare

__all__ = [
    "CheckIn",
    "CheckInPart",
    "DevelopmentRecord",
    "DevelopmentShare",
    "JournalEntry",
    "Rating",
    "RatingMark",
    "Reflection",
    "StandardAnswer",
]
