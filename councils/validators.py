"""What a name, a job title and other text of one line may contain."""

import unicodedata

from django.core.exceptions import ValidationError

# Control characters, and the two separators that some programs read as line breaks.
NOT_ON_ONE_LINE = {"Cc", "Zl", "Zp"}
# Marks that turn the direction of what follows, by which a name could seem to be another.
TURNS = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
# What is no character and never will be, and what damages files: no format can hold them.
NO_CHARACTERS = frozenset(
    [
        *map(chr, range(0xFDD0, 0xFDF0)),
        *(chr(plane * 0x10000 + last) for plane in range(17) for last in (0xFFFE, 0xFFFF)),
    ]
)


def validate_one_line(text: str) -> None:
    """Raise ValidationError if `text` has line breaks, tabs, control characters, marks that turn
    the direction of text, or what is no character.

    Such text reaches email subjects and addresses, where a line break would begin another header.
    The null character is left to the validator that every text box has.
    """
    text = text.replace("\0", "")
    refused = TURNS | NO_CHARACTERS
    if any(unicodedata.category(each) in NOT_ON_ONE_LINE or each in refused for each in text):
        raise ValidationError("Enter text on one line, without tabs or control characters")


def on_one_line(text: str) -> str:
    """Return `text` as `validate_one_line` accepts it, for text stored before that existed.

    Each run of white space and control characters becomes one space. Marks that turn the direction
    and what is no character are left out.
    """
    kept = (
        " " if unicodedata.category(character) in NOT_ON_ONE_LINE else character
        for character in text
        if character not in TURNS and character not in NO_CHARACTERS
    )
    return " ".join("".join(kept).split())


def in_an_email(text: str) -> str:
    """Return `text` without control characters, except line breaks and tabs, and without what is no
    character: for names and words stored before they were refused.
    """
    return "".join(
        each
        for each in text
        if each in "\n\r\t" or (unicodedata.category(each) != "Cc" and each not in NO_CHARACTERS)
    )


# Letters and a sign that look like white space, and marks that show nothing.
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
UNSEEN = frozenset("\u034f\u17b4\u17b5")
# Letters and figures that look like a Latin letter, after `casefold`. “l” and “I” look alike too.
LOOK_ALIKE = str.maketrans(
    "авекмнорстухіјѕԁһԛԝαβεικνορτυχlı10",
    "abekmhopctyxijsdhqwabeikvoptuxiiio",
)


def comparable(name: str) -> str:
    """Return `name` so that two names that look alike are equal: for telling people apart.

    Case, white space, widths of characters, invisible characters, punctuation, and letters of other
    alphabets that look like a Latin one do not count.
    """
    shown = "".join(
        " " if each in BLANK or unicodedata.category(each)[0] in "PZ" else each
        for each in unicodedata.normalize("NFKC", name).casefold()
        if not is_unseen(each)
    )
    return " ".join(shown.translate(LOOK_ALIKE).split())


def is_unseen(character: str) -> bool:
    """Return whether a character shows nothing: it also may select a variant of the one before."""
    return (
        unicodedata.category(character) == "Cf"
        or character in UNSEEN
        or "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
    )
