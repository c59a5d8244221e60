from django.db import models
from django.utils import timezone

from councils.models import AppendOnlyModel, User

from .items import PlanItem
from .plans import Plan


class Event(AppendOnlyModel):
    """Who did what to a plan, and when. Written by `actions`, never changed."""

    class Kind(models.TextChoices):
        PLAN_CREATED = "plan-created", "created the plan"
        PLAN_CHANGED = "plan-changed", "changed the plan's settings"
        ITEM_CHANGED = "item-changed", "changed"
        ITEM_ADDED = "item-added", "added"
        ITEM_REMOVED = "item-removed", "removed"
        ITEM_RESTORED = "item-restored", "put back"
        DATE_SET = "date-set", "set by hand"
        DATE_CLEARED = "date-cleared", "went back to the rule for"
        BANK_HOLIDAY_ADDED = "bank-holiday-added", "added the bank holiday"
        BANK_HOLIDAY_REMOVED = "bank-holiday-removed", "removed the bank holiday"
        FEED_MADE = "feed-made", "made a calendar address"
        FEED_ENDED = "feed-ended", "ended their calendar address"
        ITEMS_MOVED = "items-moved", "moved due dates:"
        PLAN_EXPORTED = "plan-exported", "exported the action plan"
        ADVISER_GRANTED = "adviser-granted", "let an adviser in:"
        ADVISER_CHANGED = "adviser-changed", "changed what an adviser may see:"
        ADVISER_REVOKED = "adviser-revoked", "took access away from the adviser"
        COMMENT_ADDED = "comment-added", "commented"
        COMMENT_EDITED = "comment-edited", "edited a comment"
        COMMENT_REMOVED = "comment-removed", "removed a comment"
        THREAD_RESOLVED = "thread-resolved", "resolved a thread of comments"
        THREAD_REOPENED = "thread-reopened", "reopened a thread of comments"
        REVIEW_ASKED = "review-asked", "asked for a review of"
        REVIEW_CHANGED = "review-changed", "changed the review of"
        REVIEW_ENDED = "review-ended", "called off the review of"
        STEP_MARKED = "step-marked", "reviewed"
        CONCERN_ANSWERED = "concern-answered", "answered a concern about"
        STAGE_SIGNED_OFF = "stage-signed-off", "signed off"
        STAGE_REOPENED = "stage-reopened", "reopened"
        PLAN_FOLLOWED = "plan-followed", "made the next plan from this one"
        CONTROL_CHANGED = "control-changed", "recorded a change in who runs the council"
        STEP_LOOKED_AGAIN = "step-looked-again", "looked again at"
        SNAPSHOT_TAKEN = "snapshot-taken", "took a snapshot of"
        REGISTER_ADDED = "register-added", "added to the register:"
        REGISTER_CHANGED = "register-changed", "changed in the register:"
        REGISTER_REMOVED = "register-removed", "removed from the register:"
        REGISTER_RESTORED = "register-restored", "put back in the register:"
        ROUND_MADE = "round-made", "made a round of the review"
        ROUND_CHANGED = "round-changed", "changed a round of the review"
        ROUND_OPENED = "round-opened", "opened a round of the review"
        ROUND_CLOSED = "round-closed", "closed a round of the review"
        RESPONDENT_INVITED = "respondent-invited", "asked somebody to answer"
        RESPONDENT_RESENT = "respondent-resent", "sent a new personal link"
        RESPONDENT_REMOVED = "respondent-removed", "removed a respondent"

    # Each of these made a new version of its item; adding one made the first.
    CHANGES_AN_ITEM = frozenset({Kind.ITEM_CHANGED, Kind.ITEM_REMOVED, Kind.ITEM_RESTORED})
    # Talk about the plan, a copy of it, or who may see it: the plan itself is as it was.
    LEAVE_THE_PLAN_AS_IT_IS = frozenset(
        {
            Kind.PLAN_EXPORTED,
            Kind.ADVISER_GRANTED,
            Kind.ADVISER_CHANGED,
            Kind.ADVISER_REVOKED,
            Kind.FEED_MADE,
            Kind.FEED_ENDED,
            Kind.COMMENT_ADDED,
            Kind.COMMENT_EDITED,
            Kind.COMMENT_REMOVED,
            Kind.THREAD_RESOLVED,
            Kind.THREAD_REOPENED,
            Kind.PLAN_FOLLOWED,
            Kind.STEP_LOOKED_AGAIN,
            Kind.ROUND_MADE,
            Kind.ROUND_CHANGED,
            Kind.ROUND_OPENED,
            Kind.ROUND_CLOSED,
            Kind.RESPONDENT_INVITED,
            Kind.RESPONDENT_RESENT,
            Kind.RESPONDENT_REMOVED,
        }
    )

    council_path = "plan__council"
    parts = "changes"

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="events")
    item = models.ForeignKey(PlanItem, models.PROTECT, related_name="events", null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        User,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        help_text="Empty when it was done from the shell.",
    )
    kind = models.CharField(max_length=20, choices=Kind)
    detail = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["plan", "-at"], name="event_by_plan_latest")]

    def __str__(self):
        return f"{self.by or 'The shell'} {self.get_kind_display()}"


class EventChange(AppendOnlyModel):
    """One field an event changed, from what to what, as text a person can read."""

    council_path = "event__plan__council"
    part_of = "event"

    event = models.ForeignKey(Event, models.PROTECT, related_name="changes")
    field = models.CharField(max_length=40)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return self.field
