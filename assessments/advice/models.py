"""Questions on a step that an owner sends to an adviser, and the answers."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from assessments.plans.models import AdviserGrant, Plan
from councils.models import User, has_second_factor
from frameworks.models import Step


class AdviceQuerySet(models.QuerySet):
    def with_access(self):
        """Annotate `has_access`: whether the adviser can see the step now."""
        return self.annotate(has_access=adviser_sees_step())

    def to_answer(self, user):
        """Return the questions that `user` can answer now."""
        return self.filter(can_answer(user))


def can_answer(user: User) -> Q:
    """Return the condition that the row is a question that `user` can answer now."""
    asked = Q(adviser=user, answered_at=None, ended_at=None, plan__following=None)
    if settings.SECOND_FACTOR_REQUIRED:
        asked &= Q(has_second_factor(user))
    return asked & adviser_sees_step()


def adviser_sees_step() -> Q:
    """Return the condition that a live grant shows the row's adviser the row's step."""
    grants = AdviserGrant.objects.showing_step().filter(adviser=OuterRef("adviser"))
    return Q(Exists(grants), plan__council__stopped_at=None)


class AdviceQuestion(models.Model):
    """One question to one adviser. It ends when it is withdrawn, or closed after the answer.

    Whether the adviser still has access is never stored: `with_access` finds it.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+")
    step = models.ForeignKey(Step, models.PROTECT, related_name="+")
    adviser = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    question = models.TextField()
    due = models.DateField("answer needed by")
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    in_exports = models.BooleanField("shown in downloads", default=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)

    objects = AdviceQuerySet.as_manager()

    class Meta:
        ordering = ["due", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None)
                | ~Q(answer="") & Q(answered_at__isnull=False),
                name="advicequestion_answered_at",
            ),
            models.CheckConstraint(
                condition=Q(in_exports=False) | ~Q(answer=""),
                name="advicequestion_exports_answers",
            ),
        ]

    def __str__(self):
        return f"Question {self.pk} on step {self.step.number}"

    # What `with_access` adds: whether the adviser can see the step now.
    has_access: bool

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def is_returned(self) -> bool:
        """Whether it was returned unanswered because the adviser cannot see the step any more."""
        return self.is_open and self.answered_at is None and not self.has_access

    def is_overdue(self, today) -> bool:
        return self.is_open and self.answered_at is None and self.due < today

    @property
    def state(self) -> str:
        """Return the state in words; needs `with_access`."""
        if self.answered_at:
            return "Answered" if self.is_open else "Closed"
        if not self.is_open:
            return "Withdrawn"
        return "Asked" if self.has_access else "Returned without an answer"
