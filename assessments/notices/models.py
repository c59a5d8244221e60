from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

from assessments.plans.models import Plan, PlanItem
from councils.models import User

# Emails about what one person did to one other person. What is beyond is on For you.
MOST_A_DAY = 20


class Notice(models.Model):
    """One person is told of one thing that happened in a plan. It leaves no event.

    `key` names what happened, so that a person is told of it once. `path` is the page that it leads
    to. `stage` is the number of the stage that it is about, if it is about no action: who cannot
    see that stage gets no email. `step` is the number of the step, if it is about one. `due` is the
    day by which the person is asked to answer, if one was named. `sent_at` is when the email was
    sent, or claimed by the process that sends it.
    """

    class Kind(models.TextChoices):
        REVIEW = "review", "asked you to review a stage"
        MENTION = "mention", "mentioned you in a comment"
        REPLY = "reply", "replied to your comment"
        ASSIGNED = "assigned", "assigned an action to you"
        UPDATE = "update", "asked you for an update on an action"
        ROUND = "round", "asked you to answer a review round"
        ADVICE = "advice", "asked you for advice"
        ANSWER = "answer", "answered your question"
        ACCESS = "access", "gave you access to a transition plan"

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="+")
    item = models.ForeignKey(PlanItem, models.CASCADE, related_name="+", null=True, blank=True)
    stage = models.PositiveSmallIntegerField(null=True, blank=True)
    step = models.PositiveSmallIntegerField(null=True, blank=True)
    due = models.DateField(null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    key = models.CharField(max_length=80)
    path = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="notice_once_a_person"),
            models.CheckConstraint(
                condition=~Q(kind="update") | Q(item__isnull=False), name="notice_update_of_item"
            ),
        ]

    def __str__(self):
        return f"{self.by} {self.get_kind_display()}"

    def claim(self):
        """Mark it as sent by the caller; return False if it was sent, or is being sent, already."""
        unsent = Notice.objects.filter(pk=self.pk, sent_at=None)
        return bool(unsent.update(sent_at=timezone.now()))

    def is_one_too_many(self):
        """Return whether the person was emailed MOST_A_DAY notices of the same person in a day."""
        a_day_ago = timezone.now() - timedelta(days=1)
        sent = Notice.objects.filter(user=self.user_id, by=self.by_id, sent_at__gt=a_day_ago)
        return sent.count() >= MOST_A_DAY

    def give_back(self):
        """Undo the claim, after sending failed."""
        Notice.objects.filter(pk=self.pk).update(sent_at=None)
