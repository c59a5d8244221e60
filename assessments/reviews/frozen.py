"""A snapshot's rows as one whole: their SHA-256, and the Report that formats draw.

The digest covers every word and date of the snapshot, in a fixed order, and nothing else: neither
keys of the database nor what the rows point to. Whoever has the rows can work it out again.
"""

import datetime as dt
import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from operator import attrgetter

from assessments.exports.report import (
    ExportOptions,
    MatrixCell,
    MatrixColumn,
    MatrixRow,
    Report,
    ReportItem,
    ReportMark,
    ReportMatrix,
    ReportSource,
    ReportStage,
    ReportStep,
    SnapshotSeal,
    dates_to_come,
    span_of,
)
from assessments.exports.scope import Scope, ScopeKind
from assessments.plans.models import (
    OPEN_STATUSES,
    Snapshot,
    SnapshotItem,
    SnapshotMark,
    SnapshotSource,
    SnapshotStage,
    SnapshotStep,
)
from assessments.plans.progress import Tally
from assessments.plans.timeline import timeline_for
from assessments.words import day_in_words
from elections.timetable import timetable_for
from frameworks.wording import lines

# What the digest is made of. A list once used is never changed: old digests would no longer fit.
DIGESTED = {
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


@dataclass(frozen=True)
class Frozen:
    """A snapshot and all its rows, each list in order."""

    snapshot: Snapshot
    stages: list[SnapshotStage]
    steps: list[SnapshotStep]
    items: list[SnapshotItem]
    marks: list[SnapshotMark]
    sources: list[SnapshotSource]

    @classmethod
    def of(cls, snapshot):
        """Read from the database, in five queries."""
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
        )

    @property
    def digest(self):
        """The SHA-256 of a line of JSON for each row: its kind, then its values."""
        rows = [self.snapshot, *self.stages, *self.steps, *self.items, *self.marks, *self.sources]
        text = "\n".join(
            json.dumps([type(row).__name__, *map(_plain, _values(row))], ensure_ascii=False)
            for row in rows
        )
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def is_intact(self):
        return self.digest == self.snapshot.digest

    @property
    def taken_stages(self):
        """The numbers of the stages that were taken."""
        return sorted({step.stage.number for step in self.steps})


def _values(row):
    return attrgetter(*DIGESTED[type(row)])(row)


def _plain(value):
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    return value.isoformat() if isinstance(value, dt.date) else value


def report_of(frozen):
    """The Report as it was when the snapshot was taken, with the seal that says so."""
    snapshot, today = frozen.snapshot, frozen.snapshot.taken_on
    timetable = timetable_for(snapshot.election_day, stage_2_weeks=snapshot.stage_2_weeks)
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
            ReportSource(row.title, row.author, row.publisher, row.published)
            for row in frozen.sources
        ),
        seal=SnapshotSeal(
            words=f"{verb} by {snapshot.taken_by_name} on {day_in_words(today)}",
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
    )


def _stage(stage, steps, items, marks, tallies, timetable):
    own = [step for step in steps if step.stage_id == stage.pk]
    starts, ends = span_of(timetable, stage.number)
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
    """The stages that were taken, by role area."""
    areas = dict.fromkeys(step.area for stage in stages for step in stage.steps)
    cells = {
        (step.area, stage.number): MatrixCell(step.number, step.tally, stage.number == current)
        for stage in stages
        for step in stage.steps
    }
    return ReportMatrix(
        columns=tuple(
            MatrixColumn(stage.number, stage.title, stage.number == current) for stage in stages
        ),
        rows=tuple(
            MatrixRow(area, tuple(cells.get((area, stage.number)) for stage in stages))
            for area in areas
        ),
    )


def _reviewed(frozen):
    """Who had been asked to look at it, in one line."""
    found = []
    for stage in frozen.stages:
        if stage.reviewers:
            found.append(f"Stage {stage.number}: {'; '.join(stage.reviewers.splitlines())}")
    return ". ".join(found)
