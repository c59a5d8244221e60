from django.db import transaction
from django.utils import timezone

from assessments.plans.actions import hold_for, record
from assessments.plans.models import Event, Review, ReviewMark, Verdict
from assessments.plans.stages import MoveRefused, StageMove
from assessments.versions import Change, StaleVersion, changes_between, update_at


def ask_for_review(plan, stage, *, reviewers, due, words="", by):
    """Ask members of the council to look at each step of a stage by a day. Raises MoveRefused."""
    with transaction.atomic():
        hold_for(plan, stage, StageMove.ASK)
        review = Review.objects.create(plan=plan, stage=stage, due=due, words=words, asked_by=by)
        review.reviewers.set(reviewers)
        changes = [
            Change("reviewers", None, "", _names(reviewers)),
            *changes_between(Review(), {"due": due, "words": words}),
        ]
        record(
            plan, Event.Kind.REVIEW_ASKED, by=by, detail=f"Stage {stage.number}", changes=changes
        )
    return review


def change_review(review, *, reviewers, due, words, version, by):
    """Ask others, or by another day; what has been marked stays.

    Raises StaleVersion if it was changed since `version`, and MoveRefused.
    """
    with transaction.atomic():
        _hold_open(review, StageMove.CHANGE_REVIEW)
        before = _names(review.reviewers.select_related("user"))
        changes = changes_between(review, {"due": due, "words": words})
        update_at(Review.objects.open(), review, version, {"due": due, "words": words})
        review.reviewers.set(reviewers)
        if before != (after := _names(reviewers)):
            changes.append(Change("reviewers", None, before, after))
        record(
            review.plan,
            Event.Kind.REVIEW_CHANGED,
            by=by,
            detail=f"Stage {review.stage.number}",
            changes=changes,
        )


def call_off_review(review, *, by):
    """End a review without a sign-off. What was marked is kept, with it. Raises MoveRefused."""
    with transaction.atomic():
        _hold_open(review, StageMove.CALL_OFF)
        values = {"ended_at": timezone.now()}
        update_at(Review.objects.open(), review, review.version, values)
        record(review.plan, Event.Kind.REVIEW_ENDED, by=by, detail=f"Stage {review.stage.number}")


def mark_step(review, step, *, reviewer, verdict, words="", version, by):
    """A reviewer's mark on a step; `version` is 0 for their first. Returns whether it changed.

    Raises StaleVersion if it was saved, or answered, since `version`; MoveRefused if the review is
    over, or `reviewer`, a membership, was not asked.
    """
    with transaction.atomic():
        _hold_open(review, StageMove.MARK)
        if not review.reviewers.filter(pk=reviewer.pk).exists():
            raise MoveRefused("You were not asked to review this stage.")
        mark = ReviewMark.objects.filter(review=review, reviewer=reviewer, step=step).first()
        if (mark.version if mark else 0) != version:
            raise StaleVersion
        fields = {"verdict": verdict, "words": words}
        changes = changes_between(mark or ReviewMark(), fields)
        if not changes:
            return False
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


def answer_concern(mark, *, answer, version, by):
    """What the council answers to a concern. Raises StaleVersion and MoveRefused."""
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


def _hold_open(review, move):
    """The stage may be in a review that is not this one, which then is over."""
    standing = hold_for(review.plan, review.stage, move)
    if standing.review != review:
        raise MoveRefused("This review is over.")


def _names(reviewers):
    return "\n".join(sorted(str(reviewer) for reviewer in reviewers))
