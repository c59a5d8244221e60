from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from councils.models import Amendment, AppendOnlyModel, Council, User

FEWEST_YEARS, MOST_YEARS = 2, 10


class Retention(models.Model):
    """How long a council keeps a plan after its end, and whether a hold forbids to purge any."""

    council = models.OneToOneField(
        Council, models.PROTECT, primary_key=True, related_name="retention"
    )
    years = models.PositiveSmallIntegerField(
        "how long plans are kept",
        null=True,
        blank=True,
        validators=[MinValueValidator(FEWEST_YEARS), MaxValueValidator(MOST_YEARS)],
        help_text="After a plan's end; empty to keep plans until an owner purges them.",
    )
    hold = models.CharField(
        "reason for a hold",
        max_length=120,
        blank=True,
        help_text="Nothing is purged while there is one.",
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(years=None) | Q(years__range=(FEWEST_YEARS, MOST_YEARS)),
                name="retention_years_in_range",
            ),
        ]

    def __str__(self):
        return f"{self.rule}; on hold: {self.hold}" if self.hold else self.rule

    @property
    def rule(self):
        if self.years is None:
            return "Kept until an owner purges them"
        return f"Kept for {self.years} years after their end"


class PurgeCertificate(AppendOnlyModel):
    """That a plan was purged, by whom and by which rule: what is left of it, without its content.

    `amendment` names the entries of the record that went; the head is the chain's before them.
    """

    parts = "counts"

    council = models.ForeignKey(Council, models.PROTECT, related_name="purge_certificates")
    amendment = models.OneToOneField(Amendment, models.PROTECT, related_name="certificate")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        User,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        help_text="Empty when it was done from the shell.",
    )
    plan_number = models.PositiveBigIntegerField()
    election_day = models.DateField()
    first_entry_at = models.DateTimeField()
    last_entry_at = models.DateTimeField()
    rule = models.CharField(max_length=120)
    head_sequence = models.PositiveBigIntegerField()
    head_digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"Plan {self.plan_number}, election of {self.election_day:%-d %B %Y}"


class PurgedRows(AppendOnlyModel):
    """How many rows of one kind went with a plan."""

    council_path = "certificate__council"
    part_of = "certificate"

    certificate = models.ForeignKey(PurgeCertificate, models.PROTECT, related_name="counts")
    what = models.CharField(max_length=80)
    rows = models.PositiveIntegerField()

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "purged rows"

    def __str__(self):
        return f"{self.rows} {self.what}"
