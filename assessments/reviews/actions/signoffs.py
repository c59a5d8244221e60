from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from assessments.plans.actions import hold, hold_for, record, redate
from assessments.plans.models import (
    Event,
    Plan,
    Review,
    ReviewMark,
    SignOff,
    SignOffStatement,
    Verdict,
)
from assessments.plans.stages import MoveRefused, StageMove
from assessments.versions import StaleVersion, first_values, update_at
from assessments.words import within_sentence
from councils.models import STATUTORY_OFFICES, ActingPost, Deputy, Membership, User, posts_of
from frameworks.models import Stage, Step

from .snapshots import freeze

# Besides its items, what changes what one signs off: the views of reviewers, and answers to them.
REVIEW_EVENTS = (Event.Kind.STEP_MARKED, Event.Kind.CONCERN_ANSWERED)
# Who was asked to review the stage, which these events name in their detail.
ASKING_EVENTS = (Event.Kind.REVIEW_ASKED, Event.Kind.REVIEW_CHANGED, Event.Kind.REVIEW_ENDED)
# Events that may change many items, in any stage.
DATE_EVENTS = (
    Event.Kind.PLAN_CHANGED,
    Event.Kind.DATE_SET,
    Event.Kind.DATE_CLEARED,
    Event.Kind.BANK_HOLIDAY_ADDED,
    Event.Kind.BANK_HOLIDAY_REMOVED,
    Event.Kind.CYCLE_CHANGED,
    Event.Kind.ITEMS_MOVED,
    Event.Kind.EDITION_CHANGED,
)


@dataclass(frozen=True)
class UnfinishedReviewer:
    """A member who was asked to review a stage and has reviewed only some of its steps, or none.

    `who` is their name and post; `is_statutory` says whether they are a statutory officer or the
    deputy of one.
    """

    who: str
    reviewed: int
    steps: int
    is_statutory: bool

    def __str__(self) -> str:
        return f"{self.who} ({self.reviewed} of {self.steps} steps)"


class ReasonNeeded(Exception):
    """The sign-off needs a reason: `steps` were not reviewed, `concerns` were not answered, or
    `officers`, statutory officers who were asked, have not finished.
    """

    def __init__(
        self,
        steps: Sequence[Step],
        concerns: Sequence[ReviewMark],
        officers: Sequence[UnfinishedReviewer] = (),
    ):
        self.steps = steps
        self.concerns = concerns
        self.officers = officers
        super().__init__(
            "Some steps were not reviewed, concerns were not answered, or statutory officers have "
            "not finished their review."
        )


def steps_not_reviewed(plan: Plan, stage: Stage) -> QuerySet[Step]:
    """Return the steps of the stage that no reviewer has marked in the open review."""
    review = Review.objects.open().filter(plan=plan, stage=stage)
    marks = ReviewMark.objects.filter(review__in=review)
    return Step.objects.filter(stage=stage).exclude(pk__in=marks.values("step"))


def reviewers_not_finished(plan: Plan, stage: Stage) -> list[UnfinishedReviewer]:
    """Return those asked in the open review who have not reviewed every step, by name.

    People whose access has ended are left out: they can no longer finish. Two queries.
    """
    review = Review.objects.open().filter(plan=plan, stage=stage)
    deputies = Deputy.objects.current().filter(office__in=STATUTORY_OFFICES)
    steps = Step.objects.filter(stage=stage).count()
    asked: Iterable[Any] = (
        Membership.objects.current()
        .filter(reviews__in=review)
        .annotate(
            is_deputy=Exists(deputies.filter(membership=OuterRef("pk"))),
            reviewed=Count(
                "review_marks", filter=Q(review_marks__review__in=review), distinct=True
            ),
        )
        .filter(reviewed__lt=steps)
        .select_related("user")
        .order_by("user__name", "pk")
    )
    return [
        UnfinishedReviewer(
            str(each), each.reviewed, steps, each.office in STATUTORY_OFFICES or each.is_deputy
        )
        for each in asked
    ]


def statutory_concerns(plan: Plan, stage: Stage) -> QuerySet[ReviewMark]:
    """Return the concerns of statutory officers since the last sign-off that have no answer.

    Cancelling a review does not settle its concerns: they count until the officer marks the step
    again in a later review. It is the post in which the concern was raised that decides, so that
    giving the officer another one settles nothing; a post given to them since counts as well.
    """
    signed = SignOff.objects.filter(plan=plan, stage=stage).order_by("-signed_at", "-pk")
    marks = ReviewMark.objects.filter(review__plan=plan, review__stage=stage)
    since = signed.values_list("signed_at", flat=True).first()
    if since:
        marks = marks.filter(review__asked_at__gt=since)
    later = marks.filter(
        reviewer=OuterRef("reviewer"),
        step=OuterRef("step"),
        review__asked_at__gt=OuterRef("review__asked_at"),
    )
    return marks.filter(
        Q(office__in=STATUTORY_OFFICES) | Q(reviewer__office__in=STATUTORY_OFFICES),
        ~Exists(later),
        verdict=Verdict.CONCERN,
        answer="",
    ).select_related("review", "step__role_area", "reviewer__user")


def latest_change(plan: Plan, stage: Stage) -> int:
    """Return the key of the last event that changed what a sign-off of the stage keeps, or 0."""
    events = plan.events.filter(
        Q(item__step__stage=stage)
        | Q(kind__in=REVIEW_EVENTS + DATE_EVENTS)
        | Q(kind__in=ASKING_EVENTS, detail=f"Stage {stage.number}")
    )
    return events.aggregate(latest=Max("pk"))["latest"] or 0


def sign_off_stage(plan: Plan, stage: Stage, *, seen: int, reason: str = "", by: User) -> SignOff:
    """Take a snapshot of the stage and make it read-only. The open review ends.

    `seen` is the `latest_change` that the signer was shown. Raises StaleVersion if there has been
    another since, ReasonNeeded if something was left open and no reason is given, and MoveRefused.
    """
    with transaction.atomic():
        standing = hold_for(plan, stage, StageMove.SIGN_OFF)
        if latest_change(plan, stage) != seen:
            raise StaleVersion
        steps = list(steps_not_reviewed(plan, stage))
        concerns = list(statutory_concerns(plan, stage))
        unfinished = reviewers_not_finished(plan, stage)
        officers = [each for each in unfinished if each.is_statutory]
        if (steps or concerns or officers) and not reason:
            raise ReasonNeeded(steps, concerns, officers)
        now = timezone.now()
        given = f"Reason given by {by.name}: {reason}" if reason else ""
        words = "\n".join(filter(None, [_left_open(stage, steps, concerns, unfinished), given]))
        snapshot = freeze(plan, [stage.number], by=by, reason=words)
        sign_off = SignOff.objects.create(
            plan=plan, stage=stage, snapshot=snapshot, reason=reason, signed_at=now, signed_by=by
        )
        if review := standing.review:
            update_at(Review.objects.open(), review, review.version, {"ended_at": now})
        detail = f"Stage {stage.number}, {snapshot.seal}"
        record(plan, Event.Kind.STAGE_SIGNED_OFF, by=by, detail=detail)
    return sign_off


def make_statement(
    sign_off: SignOff, *, post: ActingPost, words: str, by: User
) -> SignOffStatement:
    """Add a statutory officer's own statement, or their deputy's, to a sign-off.

    It cannot be changed, and says in which post it was made.

    Raises MoveRefused if the stage was reopened meanwhile, `by` no longer acts in the post, or they
    have made a statement already.
    """
    with transaction.atomic():
        hold(sign_off.plan)
        if not SignOff.objects.standing().filter(pk=sign_off.pk).exists():
            raise MoveRefused("The stage was reopened, so this sign-off no longer applies.")
        if SignOffStatement.objects.filter(sign_off=sign_off, by=by).exists():
            raise MoveRefused("You have already made a statement on this sign-off.")
        members = Membership.objects.current().filter(user=by, council=sign_off.plan.council_id)
        if not any(
            post in posts_of(each.pk, each.office, among=SignOffStatement.OFFICES)
            for each in members
        ):
            raise MoveRefused(f"You are no longer the {within_sentence(post.label)}.")
        statement = SignOffStatement.objects.create(
            sign_off=sign_off, office=post.office, as_deputy=post.as_deputy, words=words, by=by
        )
        record(
            sign_off.plan,
            Event.Kind.STATEMENT_MADE,
            by=by,
            detail=f"Stage {sign_off.stage.number}: {statement.post}",
            changes=first_values(SignOffStatement, {"words": words}),
        )
    return statement


def reopen_stage(plan: Plan, stage: Stage, *, reason: str, by: User) -> None:
    """Let the stage be changed again. Its snapshot stays as it is. Raises MoveRefused.

    Due dates that are counted from a key date follow it again.
    """
    with transaction.atomic():
        sign_off = hold_for(plan, stage, StageMove.REOPEN).sign_off
        assert sign_off is not None  # noqa: S101 - the move is only allowed once signed off
        sign_off.reopened_at = timezone.now()
        sign_off.reopened_by = by
        sign_off.reopening_reason = reason
        sign_off.save(update_fields=["reopened_at", "reopened_by", "reopening_reason"])
        detail = f"Stage {stage.number}: {reason}"
        record(plan, Event.Kind.STAGE_REOPENED, by=by, detail=detail, changes=redate(plan))


def _left_open(
    stage: Stage,
    steps: Sequence[Step],
    concerns: Sequence[ReviewMark],
    unfinished: Sequence[UnfinishedReviewer],
) -> str:
    """Return what the snapshot says about the sign-off besides the signer's reason, in lines."""
    lines = [f"Sign-off of stage {stage.number}."]
    if steps:
        numbers = ", ".join(str(step.number) for step in steps)
        lines.append(f"Steps not reviewed: {numbers}.")
    if unfinished:
        lines.append(f"Reviewers who had not finished: {'; '.join(map(str, unfinished))}.")
    if concerns:
        unanswered = "; ".join(f"step {mark.step.number}, {mark.post}" for mark in concerns)
        lines.append(f"Concerns of statutory officers not answered: {unanswered}.")
    return "\n".join(lines)
