"""The seats due to each group in an allocation, with its notice and its nominations."""

import datetime as dt
from dataclasses import dataclass

from assessments.seats.balance_report import BalanceReport, CommitteeRow, balance_report
from assessments.seats.models import CouncilComposition, PoliticalBalance

from .models import Nomination, SeatsNotice


@dataclass(frozen=True)
class SeatsOfGroup:
    """A group, or the members in no group, and its seats on each body as they are now."""

    number: int
    name: str
    is_group: bool
    bodies: tuple[tuple[CommitteeRow, int], ...]

    @property
    def total(self) -> int:
        return sum(seats for _, seats in self.bodies)


@dataclass(frozen=True)
class SeatsOnBody:
    """The seats of a group on one body and the members nominated to them.

    `is_late` is whether the group expressed no wishes and the time for them has ended.
    """

    body: CommitteeRow
    seats: int
    nomination: Nomination | None
    is_late: bool

    @property
    def missing(self) -> int:
        """Return how many seats have no name yet."""
        return max(0, self.seats - len(self.nomination.names if self.nomination else ()))


@dataclass(frozen=True)
class GroupNominations:
    """A group with its notice and its nominations, as the page shows them."""

    group: SeatsOfGroup
    notice: SeatsNotice | None
    is_advance: bool
    bodies: tuple[SeatsOnBody, ...]

    @property
    def is_late(self) -> bool:
        return any(each.is_late for each in self.bodies)


def report_of(balance: PoliticalBalance) -> BalanceReport:
    """Return the report of an allocation, compared with the council's current composition."""
    current = CouncilComposition.objects.filter(council=balance.council).first()
    return balance_report(balance, current=current)


def is_advance(
    balance: PoliticalBalance, report: BalanceReport, notice: SeatsNotice | None
) -> bool:
    """Return whether a notice to a group, or one to be given now, comes before the allocation.

    The period of regulation 15 begins with a notice of seats that have been allocated.
    """
    if not report.is_adopted or balance.meeting_on is None:
        return True
    return notice is not None and notice.given_on < balance.meeting_on


def group_seats(report: BalanceReport) -> list[SeatsOfGroup]:
    """Return the parties of an allocation that have a seat, in its order."""
    found = []
    for n, (name, total) in enumerate(zip(report.parties, report.totals, strict=True)):
        bodies = tuple((row, row.cells[n].adopted) for row in report.rows if row.cells[n].adopted)
        if bodies:
            found.append(SeatsOfGroup(n + 1, name, total.share.party.is_group, bodies))
    return found


def nominations_of(
    balance: PoliticalBalance, report: BalanceReport, *, today: dt.date
) -> list[GroupNominations]:
    """Return each party with its notice and its nominations."""
    notices = {notice.group: notice for notice in SeatsNotice.objects.filter(balance=balance)}
    nominations = {
        (each.committee_id, each.group): each
        for each in Nomination.objects.filter(committee__balance=balance)
    }
    found = []
    for group in group_seats(report):
        notice = notices.get(group.name)
        in_advance = is_advance(balance, report, notice)
        has_ended = notice is not None and not in_advance and notice.wishes_end_on < today
        bodies = []
        for body, seats in group.bodies:
            nomination = nominations.get((body.pk, group.name))
            has_names = nomination is not None and bool(nomination.names)
            bodies.append(SeatsOnBody(body, seats, nomination, has_ended and not has_names))
        found.append(GroupNominations(group, notice, in_advance, tuple(bodies)))
    return found
