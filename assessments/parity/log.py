"""The parity log as it is shown: entries by date with each group, and counts for each group."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from assessments.plans.models import Plan
from assessments.words import day_in_words

from .actions import outcome_in_words
from .models import ParityEntry, ParityShare

Outcome = ParityShare.Outcome


@dataclass(frozen=True)
class ParityLine:
    """One entry. `shares` has an outcome in words for each group of the log; "" if not recorded."""

    pk: int
    title: str
    kind: str
    words: str
    day: dt.date
    offered_by: str
    shares: tuple[tuple[str, str], ...]
    reason: str
    is_alike: bool


@dataclass(frozen=True)
class GroupCount:
    """How often a group was given something, offered it, declined it or not offered it."""

    group: str
    given: int
    offered: int
    declined: int
    not_offered: int


@dataclass(frozen=True)
class ParityLog:
    council: str
    marking: str
    election: str
    groups: tuple[str, ...]
    counts: tuple[GroupCount, ...]
    lines: tuple[ParityLine, ...]


def log_of(plan: Plan) -> ParityLog:
    """Return the log of `plan`, newest first, groups in alphabetical order. 2 queries.

    It has nothing of requests made in confidence.
    """
    entries = list(ParityEntry.objects.live().filter(plan=plan).prefetch_related("shares"))
    groups = sorted({s.group for e in entries for s in e.shares.all()}, key=str.casefold)
    lines, found = [], Counter[tuple[str, str]]()
    for entry in entries:
        own = {share.group: share for share in entry.shares.all()}
        found.update((share.group, share.outcome) for share in own.values())
        lines.append(
            ParityLine(
                pk=entry.pk,
                title=str(entry),
                kind=entry.get_kind_display(),
                words=entry.words,
                day=entry.offered_on,
                offered_by=entry.offered_by,
                shares=tuple(
                    (
                        group,
                        outcome_in_words(own[group].outcome, own[group].given_on)
                        if group in own
                        else "",
                    )
                    for group in groups
                ),
                reason=entry.reason,
                is_alike=all(share.outcome != Outcome.NOT_OFFERED for share in own.values()),
            )
        )
    return ParityLog(
        council=plan.council.name,
        marking=plan.get_marking_display(),
        election=day_in_words(plan.election_day),
        groups=tuple(groups),
        counts=tuple(
            GroupCount(
                group,
                *(
                    found[group, outcome]
                    for outcome in (
                        Outcome.GIVEN,
                        Outcome.OFFERED,
                        Outcome.DECLINED,
                        Outcome.NOT_OFFERED,
                    )
                ),
            )
            for group in groups
        ),
        lines=tuple(lines),
    )
