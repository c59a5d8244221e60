"""What a name, a job title and other text of one line may contain."""

import re
import unicodedata
from itertools import chain

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


# A sign that looks like white space, letters that look like punctuation, and what shows nothing
# besides characters of the category Cf: Default_Ignorable_Code_Point in DerivedCoreProperties.txt.
BLANK = frozenset("\u2800")
LIKE_PUNCTUATION = frozenset(
    "\u01c3\u02b9\u02ba\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02cc\u02d0\u02d1\u02ee"
    "\ua78b\ua78c\ua78f"
)
UNSEEN = frozenset(
    map(
        chr,
        (
            0x34F,
            *range(0x115F, 0x1161),
            *range(0x17B4, 0x17B6),
            *range(0x180B, 0x1810),
            *range(0x2060, 0x2070),
            0x3164,
            *range(0xFE00, 0xFE10),
            0xFFA0,
            *range(0xFFF0, 0xFFF9),
            *range(0xE0000, 0xE1000),
        ),
    )
)
# Letters and figures that look like a Latin letter, after `casefold`. “l” and “I” look alike too.
_ALIKE: dict[int, int | str] = {
    each: latin
    for letters, latins in (
        ("авекмнорстухіјѕԁһԛԝӏѵү", "abekmhopctyxijsdhqwivy"),  # Cyrillic
        ("αβεικνορστυχ", "abeikvopctux"),  # Greek; σ stands for the one that looks like c, too
        ("ⲁⲃⲉⲏⲓⲕⲙⲛⲟⲣⲥⲧⲩⲭ", "abehikmnopctyx"),  # Coptic
        ("ազհյոսցօ", "wqhjnugo"),  # Armenian
        ("ᎠᎡᎢᎥᎪᎫᎬᎳᎷᎻᎽᏀᏂᏃᏏᏒᏔᏙᏚᏞᏟᏢᏦᏧᏴ", "drtiajewmhyghzbrwvsicpkdb"),  # Cherokee
        ("ꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ", "bpdtgkjczfmnisrvhwxyaeiou"),  # Lisu
        ("lı10ɑɛɣɩꞵꭓꞷᴑƿǀꟾ|", "iiioaeyibxwopiii"),
    )
    for each, latin in zip(map(ord, letters), latins, strict=True)
}
# The names that Unicode has for letters that are a Latin letter in another shape: small capitals,
# those of phonetic alphabets with a hook or a tail, those with a stroke, and two joined.
_SHAPE = re.compile(
    r"LATIN (?:SMALL |CAPITAL )?(?:LETTER|LIGATURE) (?:SMALL CAPITAL )?"
    r"(?:(?:DOTLESS|SCRIPT|INSULAR|BROKEN|BLACKLETTER|BARRED|STIRRUP|LENIS|SIGMOID|MIDDLE SCOTS"
    r"|OLD POLISH|ANGLICANA|VISIGOTHIC) )?"
    r"([A-Z]|AA|AE|AO|AU|AV|AY|OE|OO|(?:DZ|LS|LZ|TC|TS)(?= DIGRAPH))"
    r"(?: BAR| DIGRAPH)?(?: WITH(?:OUT)? .*)?"
)
# The blocks of Unicode with such letters.
_LATIN = (
    range(0x80, 0x2B0),
    range(0x1D00, 0x1DC0),
    range(0x1E00, 0x1F00),
    range(0x2C60, 0x2C80),
    range(0xA720, 0xA800),
    range(0xAB30, 0xAB70),
    range(0x1DF00, 0x1E000),
)
LOOK_ALIKE = _ALIKE | {
    code: shape[1].lower().translate(_ALIKE)
    for code in chain(*_LATIN)
    if code not in _ALIKE and (shape := _SHAPE.fullmatch(unicodedata.name(chr(code), "")))
}


def comparable(name: str) -> str:
    """Return `name` so that two names that look alike are equal: for telling people apart.

    Case, white space, widths of characters, accents and other marks on letters, invisible
    characters, punctuation, and letters that look like a common Latin one do not count.
    """
    shown = "".join(
        " " if _is_between_words(each) else each
        for each in unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
        if not is_unseen(each) and not _is_mark(each)
    )
    return " ".join(shown.translate(LOOK_ALIKE).split())


def as_seen(name: str) -> str:
    """Return what `comparable` does, so that names are equal also if only a space between letters,
    which can be too narrow to see, or “rn” in place of “m”, or “vv” of “w”, makes a difference.
    """
    return comparable(name).replace("rn", "m").replace("vv", "w").replace(" ", "")


def _is_between_words(character: str) -> bool:
    others = BLANK | LIKE_PUNCTUATION
    return character in others or unicodedata.category(character)[0] in "PZ"


def _is_mark(character: str) -> bool:
    """Return whether a character is a mark above, below, over or around a letter.

    Vowel signs and the like, which other scripts write as marks, make other names.
    """
    place = unicodedata.combining(character)
    return place == 1 or place >= 200 or unicodedata.category(character) == "Me"


def is_unseen(character: str) -> bool:
    """Return whether a character shows nothing: it also may select a variant of the one before."""
    return unicodedata.category(character) == "Cf" or character in UNSEEN
