import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.addresses import address
from assessments.notices.actions import tell
from assessments.notices.models import Notice
from assessments.plans.actions import hold_for, record
from assessments.plans.models import Event, Plan, Review, ReviewMark, Verdict
from assessments.plans.stages import MoveRefused, StageMove
from assessments.versions import (
    FieldValueChange,
    StaleVersion,
    changes_between,
    first_values,
    update_at,
)
from councils.models import STATUTORY_OFFICES, Membership, User, posts_of
from frameworks.models import Stage, Step


def ask_for_review(
    plan: Plan,
    stage: Stage,
    *,
    reviewers: Collection[Membership],
    due: dt.date,
    words: str = "",
    by: User,
) -> Review:
    """Ask members of the council to review each step of a stage by a date. Raises MoveRefused."""
    with transaction.atomic():
        hold_for(plan, stage, StageMove.ASK)
        review = Review.objects.create(plan=plan, stage=stage, due=due, words=words, asked_by=by)
        review.reviewers.set(reviewers)
        changes = [
            FieldValueChange("reviewers", None, "", _names(reviewers)),
            *first_values(Review, {"due": due, "words": words}),
        ]
        record(
            plan, Event.Kind.REVIEW_ASKED, by=by, detail=f"Stage {stage.number}", changes=changes
        )
        _tell(review, reviewers, by=by)
    return review


def change_review(
    review: Review,
    *,
    reviewers: Collection[Membership],
    due: dt.date,
    words: str,
    version: int,
    by: User,
) -> None:
    """Change the reviewers, the date or the request. Saved marks are kept.

    Raises StaleVersion if the review was changed since `version`, and MoveRefused.
    """
    with transaction.atomic():
        _hold_open(review, StageMove.CHANGE_REVIEW)
        before = _names(review.reviewers.select_related("user"))
        changes = changes_between(review, {"due": due, "words": words})
        update_at(Review.objects.open(), review, version, {"due": due, "words": words})
        review.reviewers.set(reviewers)
        if before != (after := _names(reviewers)):
            changes.append(FieldValueChange("reviewers", None, before, after))
        record(
            review.plan,
            Event.Kind.REVIEW_CHANGED,
            by=by,
            detail=f"Stage {review.stage.number}",
            changes=changes,
        )
        _tell(review, reviewers, by=by)


def call_off_review(review: Review, *, by: User) -> None:
    """Cancel a review: end it without a sign-off. Its marks are kept. Raises MoveRefused."""
    with transaction.atomic():
        _hold_open(review, StageMove.CALL_OFF)
        values = {"ended_at": timezone.now()}
        update_at(Review.objects.open(), review, review.version, values)
        record(review.plan, Event.Kind.REVIEW_ENDED, by=by, detail=f"Stage {review.stage.number}")


def mark_step(
    review: Review,
    step: Step,
    *,
    reviewer: Membership,
    verdict: str,
    words: str = "",
    version: int,
    by: User,
) -> bool:
    """Save a reviewer's mark on a step and return whether it changed. The first has version 0.

    Raises StaleVersion if it was saved or answered since `version`, and MoveRefused if the review
    has ended or `reviewer` was not asked.
    """
    with transaction.atomic():
        _hold_open(review, StageMove.MARK)
        if not review.reviewers.filter(pk=reviewer.pk).exists():
            raise MoveRefused("You were not asked to review this stage.")
        mark = ReviewMark.objects.filter(review=review, reviewer=reviewer, step=step).first()
        if (mark.version if mark else 0) != version:
            raise StaleVersion
        fields: dict[str, Any] = {"verdict": verdict, "words": words}
        changes = changes_between(mark or ReviewMark(), fields)
        if not changes:
            return False
        if not (mark and mark.is_concern and mark.office in STATUTORY_OFFICES):
            # Otherwise a concern raised in a statutory post stays one if its words change.
            fields |= _post_of(reviewer)
        if mark:
            update_at(ReviewMark, mark, version, fields | {"marked_at": timezone.now()})
        else:
            ReviewMark.objects.create(review=review, reviewer=reviewer, step=step, **fields)
        record(
            review.plan,
            Event.Kind.STEP_MARKED,
            by=by,
            detail=f"Step {step.number}: {Verdict(verdict).label.lower()}",
            changes=changes,
        )
    return True


def _post_of(reviewer: Membership) -> dict[str, object]:
    """Return the fields of a mark that say in which post it is made, a statutory one first."""
    posts = posts_of(reviewer.pk, reviewer.office, among=STATUTORY_OFFICES)
    if not posts:
        return {"office": reviewer.office, "as_deputy": False}
    return {"office": posts[0].office, "as_deputy": posts[0].as_deputy}


def answer_concern(mark: ReviewMark, *, answer: str, version: int, by: User) -> None:
    """Save the council's answer to a concern. Raises StaleVersion and MoveRefused."""
    with transaction.atomic():
        _hold_open(mark.review, StageMove.ANSWER)
        changes = changes_between(mark, {"answer": answer})
        concerns = ReviewMark.objects.filter(verdict=Verdict.CONCERN)
        values = {"answer": answer, "answered_by": by if answer else None}
        update_at(concerns, mark, version, values)
        record(
            mark.review.plan,
            Event.Kind.CONCERN_ANSWERED,
            by=by,
            detail=f"Step {mark.step.number}: {mark.reviewer.user.name}",
            changes=changes,
        )


def _hold_open(review: Review, move: StageMove) -> None:
    """Hold the plan for a move of this review. Raises MoveRefused if the review has ended."""
    standing = hold_for(review.plan, review.stage, move)
    if standing.review != review:
        raise MoveRefused("This review has ended.")


def _tell(review: Review, reviewers: Iterable[Membership], *, by: User) -> None:
    """Tell those who are asked to review, except those who were told before."""
    tell(
        [reviewer.user for reviewer in reviewers],
        Notice.Kind.REVIEW,
        plan=review.plan,
        stage=review.stage.number,
        due=review.due,
        by=by,
        key=f"review:{review.pk}",
        path=f"{address('stage_review', review.plan_id, review.stage.number)}#mine",
    )


def _names(reviewers: Iterable[Membership]) -> str:
    return "\n".join(sorted(str(reviewer) for reviewer in reviewers))
