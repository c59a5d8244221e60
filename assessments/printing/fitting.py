"""Shorten long texts of a PDF, so that no one's texts can stop the whole document.

A press has a limited time for each document. Where the texts together are too long for it, each
gets the same share of room: short ones stay whole, and the longest are cut.
"""

from collections.abc import Iterable, Sequence

from .text import cost_to_set, cut_to_cost

ROOM = 400_000  # in the unit of `cost_to_set`: about a third of what can be set within PDF_SECONDS


def limit_of(texts: Iterable[str]) -> int | None:
    """Return the most that each text may cost; None if all of them fit."""
    return fair_limit([cost_to_set(text) for text in texts], ROOM)


def fair_limit(costs: Sequence[int], room: int) -> int | None:
    """Return the cost to cut texts at so that together they fit; None if they do already."""
    shares = len(costs)
    for cost in sorted(costs):
        if cost * shares > room:
            return room // shares
        room -= cost
        shares -= 1
    return None


def fitted(text: str, limit: int) -> str:
    """Return the text, or its beginning and how much more there is."""
    if cost_to_set(text) <= limit:
        return text
    kept = cut_to_cost(text, limit)
    return f"{kept}…\n\n[{len(text) - len(kept):,} more characters are in the planner]"
