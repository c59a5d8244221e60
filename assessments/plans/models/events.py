"""The history of a plan: an append-only record of who changed what and when."""

from django.db import models
from django.utils import timezone

from councils.models import AppendOnlyModel, User

from .items import PlanItem
from .plans import Plan

FIELD_MAX_LENGTH = 40


class Event(AppendOnlyModel):
    """Who did what to a plan, and when. Only actions add events, and none is ever changed."""

    class Kind(models.TextChoices):
        PLAN_CREATED = "plan-created", "created the plan"
        PLAN_CHANGED = "plan-changed", "changed the plan’s settings"
        EDITION_CHANGED = "edition-changed", "moved the plan to"
        ITEM_CHANGED = "item-changed", "changed"
        ITEM_ADDED = "item-added", "added"
        ITEM_REMOVED = "item-removed", "removed"
        ITEM_RESTORED = "item-restored", "restored"
        DATE_SET = "date-set", "changed the key dates:"
        DATE_CLEARED = "date-cleared", "reset the key date:"
        BANK_HOLIDAY_ADDED = "bank-holiday-added", "added the bank holiday"
        BANK_HOLIDAY_REMOVED = "bank-holiday-removed", "removed the bank holiday"
        CYCLE_CHANGED = "cycle-changed", "changed how the council is elected:"
        INTERIM_CHANGED = "interim-changed", "changed the arrangements before annual council"
        FEED_MADE = "feed-made", "created a calendar address"
        FEED_ENDED = "feed-ended", "stopped their calendar address"
        ITEMS_MOVED = "items-moved", "moved due dates:"
        PLAN_EXPORTED = "plan-exported", "downloaded a file"
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
        STATEMENT_MADE = "statement-made", "made a statement on the sign-off of"
        STAGE_REOPENED = "stage-reopened", "reopened"
        PLAN_FOLLOWED = "plan-followed", "made the next plan from this one"
        CONTROL_CHANGED = "control-changed", "recorded a change of control"
        STEP_LOOKED_AGAIN = "step-looked-again", "completed a further review of"
        SNAPSHOT_TAKEN = "snapshot-taken", "took a snapshot of"
        REGISTER_ADDED = "register-added", "added to the register:"
        REGISTER_CHANGED = "register-changed", "changed an entry in the register:"
        REGISTER_REMOVED = "register-removed", "removed from the register:"
        REGISTER_RESTORED = "register-restored", "restored an entry in the register:"
        ROUND_MADE = "round-made", "created a review round"
        ROUND_CHANGED = "round-changed", "changed a review round"
        ROUND_OPENED = "round-opened", "opened a review round"
        ROUND_CLOSED = "round-closed", "closed a review round"
        RESPONDENT_INVITED = "respondent-invited", "invited someone to a review round"
        RESPONDENT_RESENT = "respondent-resent", "sent a new personal link"
        RESPONDENT_REMOVED = "respondent-removed", "removed someone from a review round"
        RESPONDENT_UNNAMED = "respondent-unnamed", "removed the name of a respondent"
        COUNT_STARTED = "count-started", "started election night:"
        COUNT_CHANGED = "count-changed", "changed the wards or groups of election night"
        COUNT_ENDED = "count-ended", "ended election night:"
        RESULT_SAVED = "result-saved", "entered the result of"
        MEETING_CHANGED = (
            "meeting-changed",
            "changed who presides or how votes are counted at annual council",
        )
        NOMINEES_CHANGED = "nominees-changed", "entered nominations at annual council:"
        VOTE_SAVED = "vote-saved", "entered a vote at annual council:"
        TIE_DECIDED = "tie-decided", "entered how a tie was decided at annual council:"
        VOTE_REMOVED = "vote-removed", "removed a vote at annual council:"
        PARITY_ADDED = "parity-added", "added to the parity log:"
        PARITY_CHANGED = "parity-changed", "changed an entry in the parity log:"
        PARITY_REMOVED = "parity-removed", "removed from the parity log:"
        PARITY_RESTORED = "parity-restored", "restored an entry in the parity log:"
        VACANCY_ADDED = "vacancy-added", "recorded a vacancy:"
        VACANCY_CHANGED = "vacancy-changed", "changed a vacancy:"
        MOTION_ADDED = "motion-added", "recorded the"
        MOTION_CHANGED = "motion-changed", "changed the"
        BUDGET_CHANGED = "budget-changed", "changed the budget"
        AMENDMENT_ADDED = "amendment-added", "added an amendment to the budget:"
        AMENDMENT_CHANGED = "amendment-changed", "changed an amendment to the budget:"
        AMENDMENT_PUBLISHED = "amendment-published", "published an amendment to the budget:"
        AMENDMENT_STATED = "amendment-stated", "made a statement on an amendment to the budget:"
        LINK_ADDED = "link-added", "added a link to a document:"
        LINK_REMOVED = "link-removed", "removed a link to a document:"
        PROTOCOL_CHANGED = "protocol-changed", "changed the protocol:"
        PROTOCOL_AGREED = "protocol-agreed", "changed who agreed to the protocol:"
        COUNCILLORS_LISTED = "councillors-listed", "changed the list of new councillors:"
        RETURNS_RECORDED = "returns-recorded", "recorded what new councillors returned:"
        FINANCE_NOTE_SAVED = "finance-note-saved", "changed the section 151 officer’s note"
        LEADERS_MET = "leaders-met", "recorded a leaders’ meeting:"
        LEADERS_NOTED = "leaders-noted", "changed the notes of a leaders’ meeting:"
        LEADERS_REMOVED = "leaders-removed", "removed from the meetings recorded:"
        LEADERS_RESTORED = "leaders-restored", "restored to the meetings recorded:"
        ADVICE_ASKED = "advice-asked", "asked an adviser about"
        ADVICE_ANSWERED = "advice-answered", "answered a question about"
        ADVICE_WITHDRAWN = "advice-withdrawn", "withdrew a question about"
        ADVICE_CLOSED = "advice-closed", "closed a question about"
        ADVICE_SHOWN = "advice-shown", "included advice in downloads:"
        ADVICE_HIDDEN = "advice-hidden", "left advice out of downloads:"
        COMPARISON_SHARED = "comparison-shared", "agreed to share counts for comparison"
        COMPARISON_ENDED = "comparison-ended", "stopped sharing counts for comparison"

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
            Kind.STATEMENT_MADE,
            Kind.STEP_LOOKED_AGAIN,
            Kind.ROUND_MADE,
            Kind.ROUND_CHANGED,
            Kind.ROUND_OPENED,
            Kind.ROUND_CLOSED,
            Kind.RESPONDENT_INVITED,
            Kind.RESPONDENT_RESENT,
            Kind.RESPONDENT_REMOVED,
            Kind.RESPONDENT_UNNAMED,
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
            Kind.VACANCY_ADDED,
            Kind.VACANCY_CHANGED,
            Kind.MOTION_ADDED,
            Kind.MOTION_CHANGED,
            Kind.BUDGET_CHANGED,
            Kind.AMENDMENT_ADDED,
            Kind.AMENDMENT_CHANGED,
            Kind.AMENDMENT_PUBLISHED,
            Kind.AMENDMENT_STATED,
            Kind.PROTOCOL_CHANGED,
            Kind.PROTOCOL_AGREED,
            Kind.COUNCILLORS_LISTED,
            Kind.RETURNS_RECORDED,
            Kind.FINANCE_NOTE_SAVED,
            Kind.LEADERS_MET,
            Kind.LEADERS_NOTED,
            Kind.LEADERS_REMOVED,
            Kind.LEADERS_RESTORED,
            Kind.ADVICE_ASKED,
            Kind.ADVICE_ANSWERED,
            Kind.ADVICE_WITHDRAWN,
            Kind.ADVICE_CLOSED,
            Kind.ADVICE_SHOWN,
            Kind.ADVICE_HIDDEN,
            Kind.COMPARISON_SHARED,
            Kind.COMPARISON_ENDED,
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
    holds_name = models.Q(field="owner_name")

    event = models.ForeignKey(Event, models.PROTECT, related_name="changes")
    field = models.CharField(max_length=FIELD_MAX_LENGTH)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return self.field
