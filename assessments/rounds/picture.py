"""The coordinates of a picture of a component's scores, which a template draws as SVG.

A bar from the lowest to the highest score, a filled dot for the mean, and a hollow dot for the mean
in the last round that showed one, joined to the other by a line. Shapes and not colours carry the
meaning, so that it can be read in greyscale.
"""

from dataclasses import dataclass

from .disclosure import STRENGTHS

WIDTH, MARGIN = 240, 14  # the height, 28, is in the template


@dataclass(frozen=True)
class Strip:
    """Horizontal positions.

    `before` is empty if there is nothing to compare with, `low` and `length` if no range is shown.
    """

    low: str
    length: str
    mean: str
    before: str
    words: str


def ticks():
    """Return each score of the scale with its position."""
    return [(strength, _x(strength)) for strength in STRENGTHS]


def strip_of(shown):
    """Return the Strip of a component; None if its mean is not shown."""
    measure = shown.measure
    if measure is None:
        return None
    before = None if shown.change is None else round(measure.mean - shown.change, 1)
    words, low, length = f"Mean {measure.mean}", "", ""
    if measure.has_range:
        words += f", scores from {measure.lowest} to {measure.highest}"
        low = _x(measure.lowest, less=4)
        length = f"{_step() * (measure.highest - measure.lowest) + 8:.1f}"
    return Strip(
        low=low,
        length=length,
        mean=_x(measure.mean),
        before="" if before is None else _x(before),
        words=words if before is None else f"{words}; mean in an earlier round {before}",
    )


def drawn(result):
    """Return the context that templates need to draw a result's components.

    `compared` counts those on which at least 2 roles are shown, `not_compared` the others.
    """
    compared = sum(each.shown.apart is not None for each in result.components)
    return {
        "strips": [(each, strip_of(each.shown)) for each in result.components],
        "ticks": ticks(),
        "shows_change": result.shows_change,
        "by_group": result.by_group,
        "compared": compared,
        "not_compared": len(result.components) - compared,
    }


def _step():
    return (WIDTH - 2 * MARGIN) / (STRENGTHS[-1] - STRENGTHS[0])


def _x(strength, less=0):
    return f"{MARGIN + _step() * (strength - STRENGTHS[0]) - less:.1f}"
