"""What a plan can carry forward to the next one."""

from django.db.models import OuterRef, Subquery

from assessments.plans.models import Review, ReviewMark, Verdict


def own_items_of(plan):
    """Return the actions of the council's own that were not removed."""
    return plan.items.live().filter(source=None).select_related("plan", "step")


def lessons_of(plan):
    """Return the actions of the guidance that have a note."""
    items = plan.items.filter(source__isnull=False).exclude(note="")
    return items.select_related("plan", "step", "source")


def unresolved_concerns_of(plan):
    """Return the unanswered concerns of the latest review of each stage."""
    reviews = Review.objects.filter(plan=plan, stage=OuterRef("review__stage"))
    latest = reviews.order_by("-asked_at", "-pk").values("pk")[:1]
    return ReviewMark.objects.filter(
        review__plan=plan, review=Subquery(latest), verdict=Verdict.CONCERN, answer=""
    ).select_related("review__plan", "step", "reviewer__user")
