"""What a format is, to those who offer it."""

from collections.abc import Callable
from dataclasses import dataclass

from .report import Report


@dataclass(frozen=True)
class Format:
    """`draw` gives a Report's file as bytes; `ending` is that of its name, without the dot."""

    name: str
    ending: str
    content_type: str
    draw: Callable[[Report], bytes]
