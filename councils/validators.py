"""What a name, a job title and other text of one line may contain."""

import unicodedata

from django.core.exceptions import ValidationError

# Control characters, and the two separators that some programs read as line breaks.
NOT_ON_ONE_LINE = {"Cc", "Zl", "Zp"}
# Marks that turn the direction of what follows, by which a name could seem to be another.
TURNS = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))


def validate_one_line(text: str) -> None:
    """Raise ValidationError if `text` has line breaks, tabs, control characters or marks that turn
    the direction of text.

    Such text reaches email subjects and addresses, where a line break would begin another header.
    The null character is left to the validator that every text box has.
    """
    text = text.replace("\0", "")
    if any(unicodedata.category(each) in NOT_ON_ONE_LINE or each in TURNS for each in text):
        raise ValidationError("Enter text on one line, without tabs or control characters")


def on_one_line(text: str) -> str:
    """Return `text` as `validate_one_line` accepts it, for text stored before that existed.

    Each run of white space and control characters becomes one space. Marks that turn the direction
    are left out.
    """
    kept = (
        " " if unicodedata.category(character) in NOT_ON_ONE_LINE else character
        for character in text
        if character not in TURNS
    )
    return " ".join("".join(kept).split())
