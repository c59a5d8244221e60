"""Text that can be printed."""

import re

# Control characters and non-characters have no look and no place in a file, and go. Rare marks that
# part lines without being line breaks, on which typesetters stumble, become line breaks.
_UNPRINTABLE = dict.fromkeys([*range(9), *range(14, 32), *range(127, 160), 0xFFFE, 0xFFFF])


_UNPRINTABLE |= dict.fromkeys(map(ord, "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"), "\n")


def printable(text):
    """The text as every format can hold it."""
    return text.translate(_UNPRINTABLE)


def paragraphs(text):
    """Blank lines part paragraphs; line breaks within one stay, and so do spaces that begin it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return [block.strip("\n") for block in re.split(r"\n[ \t]*\n", text) if block.strip()]
