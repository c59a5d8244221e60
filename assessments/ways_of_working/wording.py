"""A protocol as the page, the documents and the pack show it: its points in the council's words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils import timezone
from django.utils.text import get_text_list

from assessments.plans.models import Election, Plan
from assessments.register.forms import groups_of
from assessments.words import day_in_words

from .actions import agreement_in_words
from .models import GroupProtocol
from .suggestions import OPEN_WORDS, PROTOCOLS, Protocol, ProtocolPoint, suggested


@dataclass(frozen=True)
class PointWording:
    """A point with the council's wording, or the suggestion where none has been saved."""

    point: ProtocolPoint
    suggestion: str
    words: str
    is_left_out: bool
    is_saved: bool

    @property
    def is_suggestion(self) -> bool:
        return self.words == self.suggestion

    @property
    def is_open(self) -> bool:
        """Whether it has words in square brackets, for the council to complete."""
        return not self.is_left_out and all(each in self.words for each in OPEN_WORDS)


@dataclass(frozen=True)
class ProtocolWording:
    """A protocol with all its points. `version` is 0 and `groups` is empty until it is saved.

    `all_groups` are those that hold seats now, as far as the composition is recorded.
    """

    protocol: Protocol
    found: GroupProtocol | None
    points: tuple[PointWording, ...]
    is_after_poll: bool
    all_groups: tuple[str, ...] = ()
    has_order: bool = False

    @property
    def when(self) -> str:
        """Say when it is best agreed, or that it is for the next election if that is too late."""
        if self.is_after_poll and self.protocol.is_before_poll:
            return "The poll has been held. You can keep this for the next election."
        if self.has_order and self.protocol.when_under_order:
            return self.protocol.when_under_order
        return self.protocol.when

    @property
    def kept(self) -> list[PointWording]:
        return [each for each in self.points if not each.is_left_out]

    @property
    def open_points(self) -> list[PointWording]:
        return [each for each in self.points if each.is_open]

    @property
    def version(self) -> int:
        return self.found.version if self.found else 0

    @property
    def is_agreed(self) -> bool:
        return bool(self.found and self.found.agreed_on)

    @property
    def groups(self) -> list[str]:
        return [each.name for each in self.found.groups.all()] if self.found else []

    @property
    def state(self) -> str:
        """Say Not started, Draft, or when and by which groups it was agreed."""
        if self.found is None:
            return "Not started"
        words = agreement_in_words(self.found.agreed_on, self.groups)
        return f"{words}. {self.missing}" if self.missing else words

    @property
    def missing(self) -> str:
        """Say which groups have not agreed to a protocol that others have; "" if none."""
        if not self.is_agreed:
            return ""
        known = {name.casefold() for name in self.groups}
        others = [name for name in self.all_groups if name.casefold() not in known]
        return f"No agreement is recorded from {get_text_list(others, 'and')}." if others else ""

    @property
    def open_titles(self) -> str:
        return "; ".join(line.point.title for line in self.open_points)


def wording_of(
    plan: Plan,
    protocol: Protocol,
    found: GroupProtocol | None,
    *,
    all_groups: Iterable[str] | None = None,
) -> ProtocolWording:
    """Return a protocol of `plan`. A point added after it was saved is suggested, not included."""
    days, has_order = days_of(plan), plan.occasion == Election.ORDER
    saved = {each.point: each for each in found.answers.all()} if found else {}
    points = []
    for point in protocol.points:
        suggestion, answer = suggested(point, days, has_order=has_order), saved.get(point.key)
        points.append(
            PointWording(
                point,
                suggestion,
                words=answer.words if answer else suggestion,
                is_left_out=answer.is_left_out if answer else found is not None,
                is_saved=answer is not None,
            )
        )
    is_after_poll = plan.election_day < timezone.localdate()
    if all_groups is None:
        all_groups = groups_of(plan.council)
    return ProtocolWording(
        protocol, found, tuple(points), is_after_poll, tuple(all_groups), has_order
    )


def wordings_of(plan: Plan, saved: Mapping[str, GroupProtocol]) -> list[ProtocolWording]:
    found = groups_of(plan.council)
    return [wording_of(plan, each, saved.get(each.key), all_groups=found) for each in PROTOCOLS]


def days_of(plan: Plan) -> dict[str, str]:
    """Return the dates that suggestions use, in words; in square brackets if one is not known."""
    notice, period = plan.timetable.notice_of_election, plan.timetable.pre_election_period
    return {
        "notice": day_in_words(notice) if notice else "[date of the notice of election]",
        "period": day_in_words(period) if period else "[date]",
        "poll": day_in_words(plan.election_day),
    }
