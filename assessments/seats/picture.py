"""The half-circle of a council's seats, laid out in numbers; a template draws it as SVG.

Neutral: groups are in alphabetical order from left to right, then members in no group, then vacant
seats. Greys and patterns tell them apart, never a party's colours, and each has a letter at the rim
that the table beside the picture explains.
"""

from dataclasses import dataclass
from math import cos, pi, sin

WIDTH, HEIGHT = 600, 330
CENTRE_X, CENTRE_Y = 300, 300
OUTER, INNER = 250, 100
RIM = 276
PATTERNS = 8
LETTERS = "ABCDEFGHIJKLMNOPQR"


@dataclass(frozen=True)
class Seat:
    x: str
    y: str


@dataclass(frozen=True)
class SeatBlock:
    """The seats of one group, of members in no group or vacant seats. `look` names its pattern."""

    letter: str
    name: str
    look: str
    seats: tuple[Seat, ...]
    letter_x: str
    letter_y: str

    @property
    def count(self):
        return len(self.seats)


@dataclass(frozen=True)
class SeatPicture:
    blocks: tuple[SeatBlock, ...]
    radius: str
    total: int
    majority: str


def seat_picture(composition):
    """The picture of an elections.composition.Composition."""
    places, radius = _places(composition.seats)
    parts = [
        (group.name, f"group-{n % PATTERNS + 1}", group.members)
        for n, group in enumerate(composition.groups)
    ]
    parts += [("In no group", "ungrouped", composition.ungrouped)]
    parts += [("Vacant", "vacant", composition.vacancies)]
    blocks, start = [], 0
    for letter, (name, look, count) in zip(
        LETTERS, (part for part in parts if part[2]), strict=False
    ):
        held = places[start : start + count]
        angle = sum(place[0] for place in held) / count
        blocks.append(
            SeatBlock(
                letter=letter,
                name=name,
                look=look,
                seats=tuple(Seat(*_point(angle, distance)) for angle, distance in held),
                letter_x=_point(angle, RIM)[0],
                letter_y=_point(angle, RIM)[1],
            )
        )
        start += count
    majority = f"majority {composition.majority_at}"
    if composition.counted != composition.seats:
        majority += f" of {composition.counted} in post"
    return SeatPicture(tuple(blocks), f"{radius:.1f}", composition.seats, majority)


def _places(total):
    """Angle and distance of every seat, from left to right, and how large a seat is drawn."""
    rows = next(rows for rows in range(1, 20) if _room(rows) >= total or rows == 19)
    distances = [INNER + (OUTER - INNER) * (n + 0.5) / rows for n in range(rows)]
    counts = _shared(total, distances)
    places = []
    for distance, count in zip(distances, counts, strict=True):
        places += [(pi * (n + 0.5) / count, distance) for n in range(count)]
    gap = min(
        [(OUTER - INNER) / rows, *(pi * d / c for d, c in zip(distances, counts, strict=True) if c)]
    )
    return sorted(places, key=lambda place: (place[0], -place[1])), min(gap * 0.42, 16)


def _room(rows):
    """How many seats fit into so many rows if they are as far apart as the rows are."""
    gap = (OUTER - INNER) / rows
    return sum(int(pi * (INNER + gap * (n + 0.5)) / gap) for n in range(rows))


def _shared(total, distances):
    """Seats to rows by their length; what is left over goes to the longest."""
    length = sum(distances)
    counts = [int(total * distance / length) for distance in distances]
    for n in range(total - sum(counts)):
        counts[-1 - n % len(counts)] += 1
    return counts


def _point(angle, distance):
    return (
        f"{CENTRE_X - distance * cos(angle):.1f}",
        f"{CENTRE_Y - distance * sin(angle):.1f}",
    )
