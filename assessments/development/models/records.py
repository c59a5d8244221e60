"""A person's private development record. It belongs to their account, not to a council.

Nothing leads here from a user, a council, a plan or an event (`related_name="+"`): a record is
reached only through `development.access`, which checks whose it is.
"""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from councils.models import User
from frameworks.models import DevelopmentStandard, Framework


class Rating(models.TextChoices):
    """How a person rates themselves against a standard. The scale is ours."""

    NOT_YET = "not-yet", "Not yet"
    DEVELOPING = "begun", "Developing"
    SECURE = "secure", "Secure"
    STRENGTH = "strength", "A strength"


class DevelopmentRecord(models.Model):
    """One person's record, on the edition of the framework that it was started with."""

    person = models.OneToOneField(User, models.PROTECT, related_name="+")
    edition = models.ForeignKey(Framework, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return f"Development record of {self.person}"

    @property
    def standards(self):
        """Return the standards of its edition, with their themes and phases."""
        return DevelopmentStandard.objects.filter(framework=self.edition_id).select_related(
            "theme", "phase"
        )

    def journal_about(self, themes):
        """Return the journal entries linked to `themes`; all entries if every theme is given."""
        journal = self.journal.prefetch_related("standards")
        if len(themes) < self.edition.developmentthemes.count():
            journal = journal.filter(standards__theme__in=themes).distinct()
        return journal


class StandardAnswerQuerySet(models.QuerySet):
    def with_next_step(self):
        """Return answers with a next step, soonest first, those without a date last."""
        return self.exclude(next_step="").order_by(
            F("next_step_on").asc(nulls_last=True), "standard__code"
        )


class StandardAnswer(models.Model):
    """A person's answer to one standard. `version` counts the saves."""

    record = models.ForeignKey(DevelopmentRecord, models.CASCADE, related_name="answers")
    standard = models.ForeignKey(DevelopmentStandard, models.PROTECT, related_name="+")
    rating = models.CharField(max_length=10, choices=Rating, blank=True)
    evidence = models.TextField(blank=True)
    next_step = models.CharField(max_length=300, blank=True)
    next_step_on = models.DateField("next step by", null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)

    objects = StandardAnswerQuerySet.as_manager()

    class Meta:
        ordering = ["standard__theme__number", "standard__phase__number", "standard__position"]
        constraints = [
            models.UniqueConstraint(
                fields=["record", "standard"], name="standardanswer_once_a_standard"
            ),
            models.CheckConstraint(
                condition=Q(rating__in=["", *Rating.values]), name="standardanswer_known_rating"
            ),
            models.CheckConstraint(
                condition=Q(next_step_on=None) | ~Q(next_step=""),
                name="standardanswer_date_of_a_step",
            ),
        ]

    def __str__(self):
        return f"{self.standard.code}: {self.get_rating_display() or 'not rated'}"


class RatingMark(models.Model):
    """A rating at the time it was given, for the history of ratings."""

    answer = models.ForeignKey(StandardAnswer, models.CASCADE, related_name="marks")
    rating = models.CharField(max_length=10, choices=Rating, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self):
        return self.get_rating_display() or "Not rated"
