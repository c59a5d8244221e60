"""What the packs need to be entered: new councillors and what they returned, a note, meetings."""

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from assessments.plans.models import Plan, PlanItem, RemovableEntry, RemovableQuerySet
from assessments.words import day_in_words
from councils.models import User
from elections.composition import MAX_NAME

LONGEST_NOTE = 4000


class CouncillorList(models.Model):
    """The new councillors of a plan. `version` counts the saves of the names."""

    plan = models.OneToOneField(Plan, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    def __str__(self):
        return f"New councillors of plan {self.plan_id}"


class NewCouncillor(models.Model):
    """A councillor elected at the poll. `group` is "" where it is not known or there is none."""

    listed_in = models.ForeignKey(CouncillorList, models.CASCADE, related_name="councillors")
    name = models.CharField(max_length=MAX_NAME)
    group = models.CharField(max_length=MAX_NAME, blank=True)

    class Meta:
        ordering = [Lower("name"), "pk"]

    def __str__(self):
        return self.name


class CouncillorReturn(models.Model):
    """A form that a new councillor has returned. `form` is a key of `new_councillors.FORMS`."""

    councillor = models.ForeignKey(NewCouncillor, models.CASCADE, related_name="returns")
    form = models.CharField(max_length=20)
    returned_on = models.DateField("returned on")
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["councillor", "form"], name="councillorreturn_once"),
        ]

    def __str__(self):
        return f"{self.form} of {self.councillor_id}"


class FinanceNote(models.Model):
    """The section 151 officer's note to an incoming administration. `version` counts the saves."""

    plan = models.OneToOneField(Plan, models.PROTECT, related_name="+")
    words = models.TextField("section 151 officer’s note", blank=True)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "section 151 officer’s note"
        verbose_name_plural = "section 151 officers’ notes"

    def __str__(self):
        return f"Section 151 officer’s note for plan {self.plan_id}"


class LeadersMeeting(RemovableEntry):
    """A meeting of leaders, with its notes.

    `to_do` has the agreed actions, one a line, until they become actions of the plan. A meeting
    that was recorded by mistake is removed, and can be restored.
    """

    held_on = models.DateField("date of the meeting")
    notes = models.TextField(blank=True)
    to_do = models.TextField("agreed actions", blank=True)
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = RemovableQuerySet.as_manager()

    class Meta:
        ordering = ["-held_on", "-pk"]

    def __str__(self):
        return f"Leaders’ meeting of {day_in_words(self.held_on)}"


class MeetingAction(models.Model):
    """An action of the plan that was made from the notes of a meeting."""

    meeting = models.ForeignKey(LeadersMeeting, models.CASCADE, related_name="actions")
    item = models.OneToOneField(PlanItem, models.CASCADE, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return f"Action {self.item_id} of meeting {self.meeting_id}"
