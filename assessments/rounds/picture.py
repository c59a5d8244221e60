"""A component's strength as a strip on the scale of 1 to 5, in numbers; a template draws it as SVG.

Told apart by form and not by colour, so that it survives greyscale: a bar from the lowest to the
highest answer, a filled dot for the mean, a hollow one for the mean of the round before.
"""

from dataclasses import dataclass

from .disclosure import STRENGTHS

WIDTH, HEIGHT, MARGIN = 240, 28, 14
MIDDLE = HEIGHT / 2


@dataclass(frozen=True)
class Strip:
    """Positions from left to right; `before` is empty where there is nothing to compare with."""

    low: str
    length: str
    mean: str
    before: str
    words: str


def ticks():
    """The scale: each strength with its position."""
    return [(strength, _x(strength)) for strength in STRENGTHS]


def strip_of(shown):
    """The strip of what is shown of a component; None where its number is kept back."""
    measure = shown.measure
    if measure is None:
        return None
    before = None if shown.change is None else round(measure.mean - shown.change, 1)
    words = f"Mean {measure.mean}, answers from {measure.lowest} to {measure.highest}"
    return Strip(
        low=_x(measure.lowest, less=4),
        length=f"{_step() * (measure.highest - measure.lowest) + 8:.1f}",
        mean=_x(measure.mean),
        before="" if before is None else _x(before),
        words=words if before is None else f"{words}; mean of the round before {before}",
    )


def drawn(result):
    """What templates need to draw a result's components."""
    return {
        "strips": [(each, strip_of(each.shown)) for each in result.components],
        "ticks": ticks(),
        "shows_change": result.shows_change,
        "by_group": result.by_group,
    }


def _step():
    return (WIDTH - 2 * MARGIN) / (STRENGTHS[-1] - STRENGTHS[0])


def _x(strength, less=0):
    return f"{MARGIN + _step() * (strength - STRENGTHS[0]) - less:.1f}"
