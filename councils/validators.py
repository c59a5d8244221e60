"""What a name, a job title and other text of one line may contain."""

import unicodedata

from django.core.exceptions import ValidationError

# Control characters, and the two separators that some programs read as line breaks.
NOT_ON_ONE_LINE = {"Cc", "Zl", "Zp"}


def validate_one_line(text: str) -> None:
    """Raise ValidationError if `text` has line breaks, tabs or other control characters.

    Such text reaches email subjects and addresses, where a line break would begin another header.
    """
    if any(unicodedata.category(character) in NOT_ON_ONE_LINE for character in text):
        raise ValidationError("Enter text on one line, without tabs or control characters")


def on_one_line(text: str) -> str:
    """Return `text` with each run of white space and control characters as one space.

    For text stored before `validate_one_line` existed.
    """
    kept = (
        " " if unicodedata.category(character) in NOT_ON_ONE_LINE else character
        for character in text
    )
    return " ".join("".join(kept).split())
