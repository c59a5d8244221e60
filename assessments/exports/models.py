"""PDFs of action plans, kept for a day."""

from django.db import models
from django.utils import timezone

from assessments.plans.models import Plan


class KeptPdf(models.Model):
    """A PDF, found by `digest`: the SHA-256 of all that it shows and of what set it."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    content = models.BinaryField()
    made_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name = "kept PDF"
        verbose_name_plural = "kept PDFs"
        constraints = [
            models.UniqueConstraint(fields=["plan", "digest"], name="keptpdf_once"),
        ]

    def __str__(self):
        return f"{self.plan}, {self.made_at:%d %B %Y}"
