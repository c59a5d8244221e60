from collections.abc import Iterator, Sequence
from copy import copy

from django.db import transaction
from django.utils import timezone

from assessments.exports.report import ExportOptions, Report, ReportStage, ReportStep, report_for
from assessments.plans.actions import PLAN_FIELDS, hold, record, timetable_now
from assessments.plans.models import (
    Event,
    Plan,
    Review,
    SignOff,
    Snapshot,
    SnapshotDate,
    SnapshotItem,
    SnapshotMark,
    SnapshotSource,
    SnapshotStage,
    SnapshotStep,
)
from assessments.words import within_sentence
from councils.models import User

from ..frozen import DIGEST_VERSION, Frozen

# Of a plan. Each is a copy of the whole plan that no one can delete.
SNAPSHOTS_MAX = 200


class TooManySnapshots(Exception):
    """The plan has SNAPSHOTS_MAX snapshots, those of sign-offs included."""

    def __str__(self) -> str:
        return (
            f"A plan can have up to {SNAPSHOTS_MAX} snapshots, including those of stages that were "
            "signed off"
        )


def take_snapshot(plan: Plan, stages: Sequence[int], *, by: User, reason: str) -> Snapshot:
    """Take a snapshot of `stages`, which are numbers, for the reason given.

    Raises TooManySnapshots. Signing off a stage takes one however many there are.
    """
    with transaction.atomic():
        hold(plan)
        if Snapshot.objects.filter(plan=plan).count() >= SNAPSHOTS_MAX:
            raise TooManySnapshots
        snapshot = freeze(plan, stages, by=by, reason=reason)
        record(plan, Event.Kind.SNAPSHOT_TAKEN, by=by, detail=f"{snapshot.title}, {snapshot.seal}")
    return snapshot


def freeze(plan: Plan, stages: Sequence[int], *, by: User, reason: str) -> Snapshot:
    """Save a snapshot, for an action that holds the plan and leaves an event with its `seal`."""
    now = timezone.now()
    today = timezone.localdate(now)
    plan.refresh_from_db(fields=[*PLAN_FIELDS, "version"])  # as they are since it is held
    timetable_now(plan)
    # Whatever the person who caused it can see, a snapshot is made from the whole plan.
    whole = copy(plan).show_all_stages()
    report = report_for(whole, options=ExportOptions(guidance=True), today=today)
    membership = by.memberships.filter(council=plan.council_id).select_related("user").first()
    frozen = Frozen(
        Snapshot(
            plan=plan,
            taken_at=now,
            taken_on=today,
            taken_by=by,
            taken_by_name=str(membership or by),
            title=_title(report, stages),
            reason=reason,
            council=report.council,
            election_day=report.election_day,
            occasion=plan.occasion,
            council_type=plan.council.type,
            cycle=plan.council.election_cycle,
            stage_2_weeks=plan.stage_2_weeks,
            term=report.term,
            control=report.control,
            marking=report.marking,
            standing=report.standing,
            version=report.version,
            digest_version=DIGEST_VERSION,
        ),
        [],
        [],
        [],
        [],
        [
            SnapshotSource(
                position=n,
                title=source.title,
                author=source.author,
                publisher=source.publisher,
                published=source.published,
                edition=source.edition,
            )
            for n, source in enumerate(report.sources)
        ],
        sorted(_dates(plan), key=lambda date: (date.key, date.day)),
    )
    reviews = _reviews(plan, stages)
    for column in report.matrix.columns:
        review = reviews.get(column.number)
        stage = SnapshotStage(number=column.number, short_title=column.title)
        if review:
            stage.asked_by = review.asked_by.name
            stage.review_due = review.due
            stage.review_words = review.words
            stage.reviewers = "\n".join(sorted(map(str, review.reviewers.all())))
        frozen.stages.append(stage)
        for group in report.stages:
            if group.number == column.number and group.number in stages:
                _add_steps(frozen, stage, group, review)
    return _save(frozen)


def _dates(plan: Plan) -> Iterator[SnapshotDate]:
    """Yield what the timetable depends on: dates set by hand, other elections, bank holidays."""
    if ordinary := plan.timetable.next_ordinary_election:
        yield SnapshotDate(key=SnapshotDate.ORDINARY_ELECTION, day=ordinary)
    for each in plan.set_dates.all():
        yield SnapshotDate(key=each.key, day=each.date)
    for holiday in plan.council.bank_holidays.all():
        yield SnapshotDate(
            key=SnapshotDate.BANK_HOLIDAY, day=holiday.day, declared_on=holiday.declared_on
        )


def _add_steps(
    frozen: Frozen, stage: SnapshotStage, group: ReportStage, review: Review | None
) -> None:
    for each in group.steps:
        step = SnapshotStep(
            stage=stage,
            number=each.number,
            area=each.area,
            summary=each.summary,
            guidance="\n".join(each.guidance),
        )
        frozen.steps.append(step)
        frozen.items.extend(_items(step, each))
        frozen.marks.extend(_marks(step, review))


def _items(step: SnapshotStep, group: ReportStep) -> Iterator[SnapshotItem]:
    for position, item in enumerate(group.items):
        yield SnapshotItem(
            step=step,
            item_id=item.pk,
            position=position,
            words=item.words,
            prompts="\n".join(item.prompts),
            code=item.code,
            edition_note=item.edition_note,
            component=item.component,
            is_own=item.is_own,
            status=item.status,
            status_label=item.status_label,
            owner=item.owner,
            lead=item.lead,
            due=item.due,
            completed_on=item.completed_on,
            reason=item.reason,
            note=item.note,
        )


def _marks(step: SnapshotStep, review: Review | None) -> Iterator[SnapshotMark]:
    marks = review.marks.all() if review else []
    own = [mark for mark in marks if mark.step.number == step.number]
    for position, mark in enumerate(own):
        yield SnapshotMark(
            step=step,
            position=position,
            reviewer=f"{mark.reviewer.user}, {mark.post}",
            verdict=mark.get_verdict_display(),
            words=mark.words,
            marked_on=timezone.localdate(mark.marked_at),
            answer=mark.answer,
            answered_by=mark.answered_by.name if mark.answered_by else "",
        )


def _reviews(plan: Plan, stages: Sequence[int]) -> dict[int, Review]:
    """Return by stage number the open review, or the one that the current sign-off ended."""
    sign_offs = SignOff.objects.standing().filter(plan=plan)
    signed_at = set(sign_offs.values_list("signed_at", flat=True))
    reviews = (
        Review.objects.filter(plan=plan, stage__number__in=stages)
        .select_related("stage", "asked_by")
        .prefetch_related(
            "reviewers__user", "marks__step", "marks__reviewer__user", "marks__answered_by"
        )
        .order_by("asked_at", "pk")
    )
    return {
        review.stage.number: review
        for review in reviews
        if review.ended_at is None or review.ended_at in signed_at
    }


def _save(frozen: Frozen) -> Snapshot:
    snapshot = frozen.snapshot
    snapshot.digest = frozen.digest
    snapshot.save()
    for stage in frozen.stages:
        stage.snapshot = snapshot
    for source in frozen.sources:
        source.snapshot = snapshot
    for date in frozen.dates:
        date.snapshot = snapshot
    SnapshotStage.objects.bulk_create(frozen.stages)
    SnapshotSource.objects.bulk_create(frozen.sources)
    SnapshotDate.objects.bulk_create(frozen.dates)
    SnapshotStep.objects.bulk_create(frozen.steps)
    SnapshotItem.objects.bulk_create(frozen.items)
    SnapshotMark.objects.bulk_create(frozen.marks)
    return snapshot


def _title(report: Report, stages: Sequence[int]) -> str:
    titles = {column.number: column.title for column in report.matrix.columns}
    if set(stages) == set(titles):
        return "The whole plan"
    return "; ".join(
        f"Stage {number}: {within_sentence(titles[number])}" for number in sorted(set(stages))
    )
