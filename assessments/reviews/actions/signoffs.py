from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from assessments.plans.actions import hold_for, record, redate
from assessments.plans.models import Event, Review, ReviewMark, SignOff
from assessments.plans.stages import StageMove
from assessments.versions import StaleVersion, update_at
from frameworks.models import Step

from .snapshots import freeze

# What besides its items is said of a stage, and may change what one signs.
OF_A_REVIEW = (Event.Kind.STEP_MARKED, Event.Kind.CONCERN_ANSWERED)
# What moves the due dates of many items, whichever their stage.
OF_THE_DATES = (
    Event.Kind.PLAN_CHANGED,
    Event.Kind.DATE_SET,
    Event.Kind.DATE_CLEARED,
    Event.Kind.BANK_HOLIDAY_ADDED,
    Event.Kind.BANK_HOLIDAY_REMOVED,
    Event.Kind.ITEMS_MOVED,
)


class NotLookedAt(Exception):
    """Steps that no reviewer has looked at need a reason: `steps`."""

    def __init__(self, steps):
        self.steps = steps
        super().__init__("Nobody has looked at some steps, so a reason is needed.")


def not_looked_at(plan, stage):
    """The steps of the stage that no reviewer has marked in the review under way."""
    review = Review.objects.open().filter(plan=plan, stage=stage)
    marks = ReviewMark.objects.filter(review__in=review)
    return Step.objects.filter(stage=stage).exclude(pk__in=marks.values("step"))


def latest_change(plan, stage):
    """The key of the last event that changed what a sign-off of the stage would freeze; or 0."""
    events = plan.events.filter(Q(item__step__stage=stage) | Q(kind__in=OF_A_REVIEW + OF_THE_DATES))
    return events.aggregate(latest=Max("pk"))["latest"] or 0


def sign_off_stage(plan, stage, *, seen, reason="", by):
    """Freeze the stage as it stands and make it read-only; the review under way ends.

    `seen` is the `latest_change` that the signer was shown. Raises StaleVersion if there has been
    another since, NotLookedAt if steps were left out and no reason is given, and MoveRefused.
    """
    with transaction.atomic():
        standing = hold_for(plan, stage, StageMove.SIGN_OFF)
        if latest_change(plan, stage) != seen:
            raise StaleVersion
        missing = list(not_looked_at(plan, stage))
        if missing and not reason:
            raise NotLookedAt(missing)
        now = timezone.now()
        snapshot = freeze(plan, [stage.number], by=by, reason=_reason(stage, missing, reason))
        sign_off = SignOff.objects.create(
            plan=plan, stage=stage, snapshot=snapshot, reason=reason, signed_at=now, signed_by=by
        )
        if review := standing.review:
            update_at(Review.objects.open(), review, review.version, {"ended_at": now})
        detail = f"Stage {stage.number}, {snapshot.seal}"
        record(plan, Event.Kind.STAGE_SIGNED_OFF, by=by, detail=detail)
    return sign_off


def reopen_stage(plan, stage, *, reason, by):
    """Let the stage be changed again; its snapshot stays as it is. Raises MoveRefused.

    Due dates that are counted from a key date follow it again.
    """
    with transaction.atomic():
        sign_off = hold_for(plan, stage, StageMove.REOPEN).sign_off
        sign_off.reopened_at = timezone.now()
        sign_off.reopened_by = by
        sign_off.reopening_reason = reason
        sign_off.save(update_fields=["reopened_at", "reopened_by", "reopening_reason"])
        detail = f"Stage {stage.number}: {reason}"
        record(plan, Event.Kind.STAGE_REOPENED, by=by, detail=detail, changes=redate(plan))


def _reason(stage, missing, reason):
    """What the snapshot says it was taken for."""
    words = f"Sign-off of stage {stage.number}."
    if missing:
        numbers = ", ".join(str(step.number) for step in missing)
        words += f" Steps that no reviewer looked at: {numbers}."
    return f"{words} {reason}".strip()
