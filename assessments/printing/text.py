"""Text as documents can hold it: without control characters, and with what the fonts draw."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable

# Control characters, non-characters, lone surrogates, and marks that reverse the direction of text:
# they are invisible and can damage a file or disguise what it says. The press imports no Django, so
# this does not use the sets of `councils.validators`; a test compares them.
_REMOVED = dict.fromkeys(
    [
        *range(9),
        *range(14, 32),
        *range(127, 160),
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
        *range(0xD800, 0xE000),
        *range(0xFDD0, 0xFDF0),
        0xFEFF,
        *(plane * 0x10000 + last for plane in range(17) for last in (0xFFFE, 0xFFFF)),
    ]
)
# Rare separators, on which typesetters fail, become line breaks.
_REMOVED |= dict.fromkeys(map(ord, "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"), "\n")

# What both weights of the bundled font draw; a test compares this with the font files.
DRAWN = frozenset(
    map(chr, [*range(0x20, 0x7F), *range(0xA0, 0x180)]),
) | frozenset("‐‑‒–—―‘’‚“”„†‡•…′″‹›€™←↑→↓−≠≤≥✓")
_INVISIBLE = frozenset("\n\r\t\u200b")

# Symbols with a drawn equivalent. U+F0B7 is the bullet of lists pasted from Word.
_EQUIVALENTS = {
    **dict.fromkeys("✔✅☑🗸", "✓"),
    **dict.fromkeys("●▪■◦‣∙·\uf0b7", "•"),
    **dict.fromkeys("➔➜➡⇒⟶", "→"),
    "⇐": "←",
}
_NOT_DRAWN = re.compile(f"[^{re.escape(''.join(sorted(DRAWN | _INVISIBLE)))}]+")

# The most accents on one letter, as in the Stream-Safe Text Format of Unicode. Composing them takes
# the square of their number, and no other thread runs meanwhile.
MOST_ACCENTS = 30
_ACCENTS = "".join(char for char in map(chr, range(0x300, 0x20000)) if unicodedata.combining(char))
_TOO_MANY_ACCENTS = re.compile(f"([{_ACCENTS}]{{{MOST_ACCENTS}}})[{_ACCENTS}]+")

# A run longer than this, in a line of text, gets places where it can break. No line breaks at a
# no-break space.
LONGEST_RUN = 80
_BREAKS = r" \t\r\n\u200b"
_RUN = re.compile(rf"(?:&\#?\w{{1,10}};|[^{_BREAKS}<>&]){{{LONGEST_RUN}}}(?=[^{_BREAKS}<])")
_TAG = re.compile(r"(<[^>]*>)")

# How many characters within a word take about as long to set as the end of a word, as a line break,
# and as a character that is replaced by its name.
WORD_COST = 4
LINE_COST = 100
NAME_COST = 40


def printable(text: str) -> str:
    """Return the text without the characters that no format can hold."""
    return text.translate(_REMOVED)


def paragraphs(text: str) -> list[str]:
    """Split at blank lines. Line breaks within a paragraph, and leading spaces, are kept."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return [block.strip("\n") for block in re.split(r"\n[ \t]*\n", text) if block.strip()]


def drawable(text: str) -> str:
    """Return the text with every character the fonts lack replaced by one they have.

    A letter loses an accent that is not drawn, a symbol becomes its name in brackets, and letters
    of other scripts become "[2 characters missing]". Works on HTML too, whose markup is ASCII.
    """
    return _NOT_DRAWN.sub(_stand_in, _composed(text))


def missing_characters(texts: Iterable[str]) -> str:
    """Return, once each and in order, the characters that `drawable` can only name or count."""
    found: dict[str, None] = {}
    for text in texts:
        found |= dict.fromkeys("".join(_NOT_DRAWN.findall(_composed(printable(text)))))
    # Only once for each character: a text can have 19,000 of them, and no other thread runs.
    return "".join(
        character
        for character in found
        if _equivalent(character) is None and not _is_joiner(character)
    )


def cost_to_set(text: str) -> int:
    """Return roughly how many characters within words would take as long to set as the text."""
    text = printable(text)
    replaced = sum(map(len, _NOT_DRAWN.findall(text)))
    breaks = sum(map(text.count, " \t\u00ad\u200b"))
    return len(text) + WORD_COST * breaks + NAME_COST * replaced + LINE_COST * text.count("\n")


def cut_to_cost(text: str, room: int) -> str:
    """Return the longest beginning of the text that costs at most `room` to set."""
    lengths = range(len(text) + 1)
    return text[: bisect_right(lengths, room, key=lambda n: cost_to_set(text[:n])) - 1]


def breakable(html: str) -> str:
    """Return the HTML with zero-width spaces in runs of text that have no space for 80 characters.

    Setting a line costs the square of its unbroken length: one run of 19,000 takes many seconds.
    """
    parts = _TAG.split(html)
    parts[::2] = [_RUN.sub("\\g<0>\u200b", part) for part in parts[::2]]
    return "".join(parts)


def _composed(text: str) -> str:
    """Return the text with letters and their accents as one character, where there is one."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _TOO_MANY_ACCENTS.sub(r"\1", text))


def _stand_in(match: re.Match[str]) -> str:
    words, missing = [], 0
    for character in match[0]:
        equivalent = _equivalent(character)
        if equivalent is None and not _is_joiner(character):
            if unicodedata.category(character)[0] != "S":
                missing += 1
                continue
            equivalent = f"[{unicodedata.name(character, 'symbol').lower()}]"
        words += [_missing_words(missing), equivalent or ""]
        missing = 0
    return "".join([*words, _missing_words(missing)])


def _missing_words(number: int) -> str:
    if not number:
        return ""
    return f"[{number} character{'' if number == 1 else 's'} missing]"


def _equivalent(character: str) -> str | None:
    """Return what the fonts draw for the same character; None if there is nothing close to it."""
    if character in _EQUIVALENTS:
        return _EQUIVALENTS[character]
    plain = unicodedata.normalize("NFKD", character)
    plain = "".join(part for part in plain if not unicodedata.combining(part))
    if plain and plain != character and DRAWN.issuperset(plain):
        return plain
    return None


def _is_joiner(character: str) -> bool:
    """Whether the character only modifies or joins others: accents, selectors, skin tones."""
    is_skin_tone = "\U0001f3fb" <= character <= "\U0001f3ff"
    return is_skin_tone or unicodedata.category(character) in {"Mn", "Me", "Cf"}
