"""The note on an election result: one page for people who have to know what it means."""

import datetime as dt
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import timezone

from assessments.plans.models import Plan
from assessments.printing.names import document_name
from assessments.printing.pdf import print_pdf
from assessments.printing.text import printable
from assessments.seats.access import has_elected_mayor
from assessments.seats.models import CouncilComposition
from councils.models import AreaWords, CouncilType
from elections.composition import CompositionError, casting_vote, exact_halves

from .running import CountStanding, RunningState

WARDS_SHOWN = 40


@dataclass(frozen=True)
class ElectionNote:
    """What the note says, at the moment `at`."""

    council: str
    area: AreaWords
    election_day: dt.date
    marking: str
    at: dt.datetime
    state: RunningState
    council_seats: int | None
    taking_office: dt.date | None
    annual_meeting: dt.date | None
    meeting_from: dt.date | None
    meeting_to: dt.date | None
    exact_half: tuple[str, ...]
    casting_vote: str

    @property
    def file_stem(self) -> str:
        """The file name without its ending, with the minute: there are several in one night."""
        at = timezone.localtime(self.at)
        title = "election note"
        name = document_name(self.council, title, marking=self.marking, day=at.date())
        return f"{name} {at:%H%M}"

    @property
    def is_final(self) -> bool:
        """Whether no result is still to come: every seat is declared, or recorded as vacant."""
        return not self.state.declared.total.to_come

    @property
    def standings(self) -> tuple[tuple[str, CountStanding], ...]:
        """Return the outlook on declared results, and with expected ones if there are any."""
        found = [("Declared results", self.state.declared)]
        if self.state.has_expected:
            found.append(("With expected results", self.state.expected))
        return tuple(found)

    @property
    def has_other_seats(self) -> bool:
        """Whether the count has another number of seats than the council’s composition."""
        return self.council_seats not in {None, self.state.declared.total.seats}

    @property
    def wards_without(self) -> tuple[str, ...]:
        """Return the names of wards to come; none where results are entered as totals."""
        if not self.state.count.by_wards:
            return ()
        return tuple(ward.name for ward in self.state.wards_to_come[:WARDS_SHOWN])

    @property
    def wards_without_more(self) -> int:
        if not self.state.count.by_wards:
            return 0
        return max(0, len(self.state.wards_to_come) - WARDS_SHOWN)


def note_of(plan: Plan, state: RunningState, *, now: dt.datetime) -> ElectionNote:
    """Return the note on a count at the moment `now`."""
    timetable = plan.timetable
    composition = CouncilComposition.objects.of(plan.council).first()
    return ElectionNote(
        council=str(plan.council),
        area=plan.council.area,
        election_day=plan.election_day,
        marking=plan.get_marking_display(),
        at=now,
        state=state,
        council_seats=composition.worked_out.seats if composition else None,
        taking_office=_if_to_come(timetable.retirement, now),
        annual_meeting=_if_to_come(timetable.annual_meeting, now),
        meeting_from=timetable.annual_meeting_from,
        meeting_to=timetable.annual_meeting_to,
        exact_half=() if has_elected_mayor(plan.council) else _exact_halves(state),
        casting_vote=casting_vote(in_london=plan.council.type == CouncilType.LONDON_BOROUGH),
    )


def _if_to_come(day: dt.date | None, now: dt.datetime) -> dt.date | None:
    return day if day and day >= timezone.localdate(now) else None


def _exact_halves(state: RunningState) -> tuple[str, ...]:
    """Return which groups have exactly half of the votes, once all results are declared."""
    if state.declared.total.to_come:
        return ()
    try:
        halves = exact_halves(state.declared.total.composition(), with_ungrouped=True)
    except CompositionError:
        return ()
    return tuple(" + ".join(half.parts) for half in halves[:4])


def note_html(note: ElectionNote) -> str:
    return printable(render_to_string("assessments/election_night/print.html", {"note": note}))


def note_pdf(note: ElectionNote) -> bytes:
    """Return the note as PDF/UA. Raises PdfNotMade."""
    return print_pdf(note_html(note))
