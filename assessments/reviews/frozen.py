"""A snapshot's rows together: their SHA-256, and the Report that formats draw.

The digest covers every text and date of the snapshot, in a fixed order. It leaves out database keys
and related rows, so it can be calculated again from the snapshot's rows only.
"""

import datetime as dt
import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from operator import attrgetter

from assessments.exports.report import (
    ExportOptions,
    MatrixColumn,
    Report,
    ReportItem,
    ReportMark,
    ReportMatrix,
    ReportMatrixCell,
    ReportMatrixRow,
    ReportSource,
    ReportStage,
    ReportStep,
    SnapshotSeal,
    dates_to_come,
)
from assessments.exports.scope import Scope, ScopeKind
from assessments.plans.models import (
    OPEN_STATUSES,
    Event,
    Snapshot,
    SnapshotDate,
    SnapshotItem,
    SnapshotMark,
    SnapshotSource,
    SnapshotStage,
    SnapshotStep,
)
from assessments.plans.progress import Tally
from assessments.plans.timeline import timeline_for
from assessments.words import day_in_words
from elections.timetable import HandSet, Occasion, Timetable, timetable_for
from frameworks.wording import lines

# The fields that each version of the digest covers. A list that has been used is never changed,
# because the digests made with it would no longer match. A new field needs a new version.
VERSION_1 = {
    Snapshot: (
        "taken_at",
        "taken_on",
        "taken_by_name",
        "title",
        "reason",
        "council",
        "election_day",
        "stage_2_weeks",
        "term",
        "control",
        "marking",
        "standing",
        "version",
    ),
    SnapshotStage: (
        "number",
        "short_title",
        "asked_by",
        "review_due",
        "review_words",
        "reviewers",
    ),
    SnapshotStep: ("stage.number", "number", "area", "summary", "guidance"),
    SnapshotItem: (
        "step.number",
        "position",
        "words",
        "prompts",
        "code",
        "component",
        "is_own",
        "status",
        "status_label",
        "owner",
        "lead",
        "due",
        "completed_on",
        "reason",
        "note",
    ),
    SnapshotMark: (
        "step.number",
        "position",
        "reviewer",
        "verdict",
        "words",
        "marked_on",
        "answer",
        "answered_by",
    ),
    SnapshotSource: ("position", "title", "author", "publisher", "published"),
}
VERSION_2 = VERSION_1 | {Snapshot: (*VERSION_1[Snapshot], "digest_version")}
VERSION_3 = VERSION_2 | {
    Snapshot: (*VERSION_2[Snapshot], "occasion", "council_type", "cycle"),
    SnapshotDate: ("key", "day", "declared_on"),
}
VERSION_4 = VERSION_3 | {
    SnapshotItem: (*VERSION_3[SnapshotItem], "edition_note"),
    SnapshotSource: (*VERSION_3[SnapshotSource], "edition"),
}
FIELDS_BY_VERSION = {1: VERSION_1, 2: VERSION_2, 3: VERSION_3, 4: VERSION_4}
DIGEST_VERSION = 4  # of new snapshots
DATES_SINCE = 3

SEAL_BEGINS = "SHA-256 "  # of `Snapshot.seal`, in the detail of an event
# The events that state a snapshot's checksum, and so seal it into the council's record.
SEALING_EVENTS = (
    Event.Kind.SNAPSHOT_TAKEN,
    Event.Kind.STAGE_SIGNED_OFF,
    Event.Kind.CONTROL_CHANGED,
)


@dataclass(frozen=True)
class Frozen:
    """A snapshot with all its rows, each list in order."""

    snapshot: Snapshot
    stages: list[SnapshotStage]
    steps: list[SnapshotStep]
    items: list[SnapshotItem]
    marks: list[SnapshotMark]
    sources: list[SnapshotSource]
    dates: list[SnapshotDate] = field(default_factory=list)

    @classmethod
    def of(cls, snapshot):
        """Return the snapshot with its rows, in 6 queries; before version 3 without dates."""
        steps = SnapshotStep.objects.filter(stage__snapshot=snapshot).select_related("stage")
        items = SnapshotItem.objects.filter(step__stage__snapshot=snapshot).select_related("step")
        marks = SnapshotMark.objects.filter(step__stage__snapshot=snapshot).select_related("step")
        return cls(
            snapshot,
            list(snapshot.stages.all()),
            list(steps),
            list(items),
            list(marks),
            list(snapshot.sources.all()),
            list(snapshot.dates.all()) if snapshot.digest_version >= DATES_SINCE else [],
        )

    @property
    def digest(self) -> str:
        """The SHA-256 of one line of JSON for each row: its model, then its values."""
        covered = FIELDS_BY_VERSION[self.snapshot.digest_version]
        rows = [self.snapshot, *self.stages, *self.steps, *self.items, *self.marks, *self.sources]
        rows += self.dates
        text = "\n".join(
            json.dumps(
                [type(row).__name__, *map(_plain, attrgetter(*covered[type(row)])(row))],
                ensure_ascii=False,
            )
            for row in rows
        )
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def is_intact(self) -> bool:
        """Whether the rows still match the checksum, and the plan's history states the same one."""
        snapshot = self.snapshot
        if snapshot.digest_version not in FIELDS_BY_VERSION or self.digest != snapshot.digest:
            return False
        events = Event.objects.filter(plan=snapshot.plan_id, kind__in=SEALING_EVENTS)
        if events.filter(detail__contains=snapshot.seal).exists():
            return True
        # Snapshots of version 1 that a change of control took were not stated in its event.
        if snapshot.digest_version != 1 or not hasattr(snapshot, "control_change"):
            return False
        changes = events.filter(kind=Event.Kind.CONTROL_CHANGED)
        return changes.exclude(detail__contains=SEAL_BEGINS).exists()

    @property
    def timetable(self) -> Timetable:
        """The dates around the election, from what they depended on when it was taken.

        Snapshots before version 3 did not keep that: all were of elections on a Thursday.
        """
        snapshot, others = (
            self.snapshot,
            (SnapshotDate.BANK_HOLIDAY, SnapshotDate.ORDINARY_ELECTION),
        )
        extra = [each for each in self.dates if each.key == SnapshotDate.BANK_HOLIDAY]
        ordinary = [each.day for each in self.dates if each.key == SnapshotDate.ORDINARY_ELECTION]
        return timetable_for(
            snapshot.election_day,
            stage_2_weeks=snapshot.stage_2_weeks,
            occasion=Occasion(snapshot.occasion or Occasion.ORDINARY),
            council_type=snapshot.council_type,
            cycle=snapshot.cycle,
            next_ordinary_election=ordinary[0] if ordinary else None,
            extra_bank_holidays=[each.day for each in extra],
            declared={each.day: each.declared_on for each in extra if each.declared_on},
            set_by_hand={
                each.key: HandSet(each.day, "") for each in self.dates if each.key not in others
            },
        )

    @property
    def taken_stages(self):
        """The numbers of the stages in the snapshot."""
        return sorted({step.stage.number for step in self.steps})


def _plain(value):
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    return value.isoformat() if isinstance(value, dt.date) else value


def report_of(frozen):
    """Return the Report as it was when the snapshot was taken."""
    snapshot, today = frozen.snapshot, frozen.snapshot.taken_on
    timetable = frozen.timetable
    current = timetable.stage_on(today)
    items = {step.number: [] for step in frozen.steps}
    for row in frozen.items:
        items[row.step.number].append(_item(row, today))
    marks = {step.number: [] for step in frozen.steps}
    for row in frozen.marks:
        marks[row.step.number].append(
            ReportMark(
                row.reviewer, row.verdict, row.words, row.marked_on, row.answer, row.answered_by
            )
        )
    tallies = {step.number: Tally() for step in frozen.steps}
    for row in frozen.items:
        tallies[row.step.number] += Tally.of_item(row, today)
    everything = [item for step in frozen.steps for item in items[step.number]]
    stages = tuple(
        _stage(stage, frozen.steps, items, marks, tallies, timetable)
        for stage in frozen.stages
        if stage.number in frozen.taken_stages
    )
    taken = [stage.number for stage in stages]
    verb = "signed off" if hasattr(snapshot, "sign_off") else "taken"
    return Report(
        plan_id=snapshot.plan_id,
        council=snapshot.council,
        election_day=snapshot.election_day,
        exported_on=today,
        version=snapshot.version,
        marking=snapshot.marking,
        control=snapshot.control,
        term=snapshot.term,
        scope=Scope(ScopeKind.STAGE, number=taken[0]) if len(taken) == 1 else Scope(),
        scope_title=snapshot.title,
        options=ExportOptions(guidance=True),
        stage_title=frozen.stages[current - 1].short_title,
        standing=snapshot.standing,
        tally=sum(tallies.values(), Tally()),
        matrix=_matrix(stages, current),
        timeline=timeline_for(
            timetable,
            frozen.stages,
            today=today,
            due=Counter(item.due for item in everything if item.is_open and item.due),
        ),
        overdue=tuple(
            sorted((item for item in everything if item.is_overdue), key=lambda item: item.due)
        ),
        upcoming=dates_to_come(timetable, everything, today),
        stages=stages,
        sources=tuple(
            ReportSource(row.title, row.author, row.publisher, row.published, row.edition)
            for row in frozen.sources
        ),
        seal=SnapshotSeal(
            words=f"{verb} on {day_in_words(today)} by {snapshot.taken_by_name}",
            reason=snapshot.reason,
            reviewed=_reviewed(frozen),
            digest=snapshot.digest,
        ),
    )


def _item(row, today):
    is_open = row.status in OPEN_STATUSES
    return ReportItem(
        pk=row.item_id,
        step=row.step.number,
        words=row.words,
        prompts=tuple(row.prompts.splitlines()),
        status=row.status,
        status_label=row.status_label,
        owner=row.owner,
        lead=row.lead,
        due=row.due,
        completed_on=row.completed_on,
        is_overdue=is_open and row.due is not None and row.due < today,
        is_open=is_open,
        reason=row.reason,
        note=row.note,
        is_own=row.is_own,
        code=row.code,
        component=row.component,
        edition_note=row.edition_note,
    )


def _stage(stage, steps, items, marks, tallies, timetable):
    own = [step for step in steps if step.stage_id == stage.pk]
    starts, ends = timetable.span_of(stage.number)
    return ReportStage(
        stage.number,
        stage.short_title,
        starts,
        ends,
        sum((tallies[step.number] for step in own), Tally()),
        tuple(
            ReportStep(
                number=step.number,
                area=step.area,
                tally=tallies[step.number],
                summary=step.summary,
                guidance=tuple(lines(step.guidance)),
                items=tuple(items[step.number]),
                marks=tuple(marks[step.number]),
            )
            for step in own
        ),
    )


def _matrix(stages, current):
    """Return the matrix of the stages in the snapshot, by role area."""
    areas = dict.fromkeys(step.area for stage in stages for step in stage.steps)
    cells = {
        (step.area, stage.number): ReportMatrixCell(
            step.number, step.tally, stage.number == current
        )
        for stage in stages
        for step in stage.steps
    }
    return ReportMatrix(
        columns=tuple(
            MatrixColumn(stage.number, stage.title, stage.number == current) for stage in stages
        ),
        rows=tuple(
            ReportMatrixRow(area, tuple(cells.get((area, stage.number)) for stage in stages))
            for area in areas
        ),
    )


def _reviewed(frozen):
    """Return who had been asked to review each stage, in one line."""
    found = []
    for stage in frozen.stages:
        if stage.reviewers:
            found.append(f"Stage {stage.number}: {'; '.join(stage.reviewers.splitlines())}")
    return ". ".join(found)
