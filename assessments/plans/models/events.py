"""The history of a plan: an append-only record of who changed what and when."""

from django.db import models
from django.utils import timezone

from councils.models import AppendOnlyModel, User

from .items import PlanItem
from .plans import Plan


class Event(AppendOnlyModel):
    """Who did what to a plan, and when. Only actions add events, and none is ever changed."""

    class Kind(models.TextChoices):
        PLAN_CREATED = "plan-created", "created the plan"
        PLAN_CHANGED = "plan-changed", "changed the plan’s settings"
        ITEM_CHANGED = "item-changed", "changed"
        ITEM_ADDED = "item-added", "added"
        ITEM_REMOVED = "item-removed", "removed"
        ITEM_RESTORED = "item-restored", "restored"
        DATE_SET = "date-set", "set by hand"
        DATE_CLEARED = "date-cleared", "reset"
        BANK_HOLIDAY_ADDED = "bank-holiday-added", "added the bank holiday"
        BANK_HOLIDAY_REMOVED = "bank-holiday-removed", "removed the bank holiday"
        CYCLE_CHANGED = "cycle-changed", "changed how the council is elected"
        INTERIM_CHANGED = "interim-changed", "changed the arrangements before annual council"
        FEED_MADE = "feed-made", "created a calendar link"
        FEED_ENDED = "feed-ended", "stopped their calendar link"
        ITEMS_MOVED = "items-moved", "moved due dates:"
        PLAN_EXPORTED = "plan-exported", "downloaded the action plan"
        ADVISER_GRANTED = "adviser-granted", "gave an adviser access:"
        ADVISER_CHANGED = "adviser-changed", "changed the access of an adviser:"
        ADVISER_REVOKED = "adviser-revoked", "ended the access of the adviser"
        COMMENT_ADDED = "comment-added", "commented"
        COMMENT_EDITED = "comment-edited", "edited a comment"
        COMMENT_REMOVED = "comment-removed", "removed a comment"
        THREAD_RESOLVED = "thread-resolved", "resolved a comment thread"
        THREAD_REOPENED = "thread-reopened", "reopened a comment thread"
        REVIEW_ASKED = "review-asked", "asked for a review of"
        REVIEW_CHANGED = "review-changed", "changed the review of"
        REVIEW_ENDED = "review-ended", "cancelled the review of"
        STEP_MARKED = "step-marked", "reviewed"
        CONCERN_ANSWERED = "concern-answered", "answered a concern about"
        STAGE_SIGNED_OFF = "stage-signed-off", "signed off"
        STAGE_REOPENED = "stage-reopened", "reopened"
        PLAN_FOLLOWED = "plan-followed", "made the next plan from this one"
        CONTROL_CHANGED = "control-changed", "recorded a change of control"
        STEP_LOOKED_AGAIN = "step-looked-again", "reviewed again"
        SNAPSHOT_TAKEN = "snapshot-taken", "took a snapshot of"
        REGISTER_ADDED = "register-added", "added to the register:"
        REGISTER_CHANGED = "register-changed", "changed in the register:"
        REGISTER_REMOVED = "register-removed", "removed from the register:"
        REGISTER_RESTORED = "register-restored", "restored in the register:"
        ROUND_MADE = "round-made", "created a review round"
        ROUND_CHANGED = "round-changed", "changed a review round"
        ROUND_OPENED = "round-opened", "opened a review round"
        ROUND_CLOSED = "round-closed", "closed a review round"
        RESPONDENT_INVITED = "respondent-invited", "invited a respondent"
        RESPONDENT_RESENT = "respondent-resent", "sent a new personal link"
        RESPONDENT_REMOVED = "respondent-removed", "removed a respondent"
        COUNT_STARTED = "count-started", "started election night:"
        COUNT_CHANGED = "count-changed", "changed the wards or groups of election night"
        COUNT_ENDED = "count-ended", "ended election night:"
        RESULT_SAVED = "result-saved", "entered the result of"
        MEETING_CHANGED = "meeting-changed", "changed the rules of votes at annual council"
        NOMINEES_CHANGED = "nominees-changed", "entered nominations at annual council:"
        VOTE_SAVED = "vote-saved", "entered a vote at annual council:"
        TIE_DECIDED = "tie-decided", "entered how a tie was decided at annual council:"
        VOTE_REMOVED = "vote-removed", "removed a vote at annual council:"
        PARITY_ADDED = "parity-added", "added to the parity log:"
        PARITY_CHANGED = "parity-changed", "changed in the parity log:"
        PARITY_REMOVED = "parity-removed", "removed from the parity log:"
        PARITY_RESTORED = "parity-restored", "restored in the parity log:"

    # Each of these made a new version of its action; ITEM_ADDED made the first.
    CHANGES_AN_ITEM = frozenset({Kind.ITEM_CHANGED, Kind.ITEM_REMOVED, Kind.ITEM_RESTORED})
    # Comments, downloads and access: the content of the plan did not change.
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
            Kind.COUNT_STARTED,
            Kind.COUNT_CHANGED,
            Kind.COUNT_ENDED,
            Kind.RESULT_SAVED,
            Kind.MEETING_CHANGED,
            Kind.NOMINEES_CHANGED,
            Kind.VOTE_SAVED,
            Kind.TIE_DECIDED,
            Kind.VOTE_REMOVED,
            Kind.PARITY_ADDED,
            Kind.PARITY_CHANGED,
            Kind.PARITY_REMOVED,
            Kind.PARITY_RESTORED,
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
        help_text="Empty when the system administrator did it.",
    )
    kind = models.CharField(max_length=20, choices=Kind)
    detail = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["plan", "-at"], name="event_by_plan_latest")]

    def __str__(self):
        return f"{self.by or 'System administrator'} {self.get_kind_display()}"


class EventChange(AppendOnlyModel):
    """One field that an event changed, with its text before and after."""

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
