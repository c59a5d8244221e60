from django.db import models
from django.db.models import Q
from django.utils import timezone

from frameworks.models import Attribute, Principle

from .records import DevelopmentRecord


class Reflection(models.Model):
    """A person's note on a principle or an attribute.

    These are the opinions of their authors at the time, so a person comments on them and is not
    asked to rate themselves against them.
    """

    SUBJECTS = {"principle": Principle, "attribute": Attribute}

    record = models.ForeignKey(DevelopmentRecord, models.CASCADE, related_name="reflections")
    principle = models.ForeignKey(Principle, models.PROTECT, related_name="+", null=True)
    attribute = models.ForeignKey(Attribute, models.PROTECT, related_name="+", null=True)
    note = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record", "principle"], name="reflection_once_a_principle"
            ),
            models.UniqueConstraint(
                fields=["record", "attribute"], name="reflection_once_an_attribute"
            ),
            models.CheckConstraint(
                condition=Q(principle=None, attribute__isnull=False)
                | Q(attribute=None, principle__isnull=False),
                name="reflection_on_one_thing",
            ),
        ]

    def __str__(self):
        return f"Note on {self.subject}"

    @classmethod
    def subjects(cls, kind, record):
        """Return the subjects of the current edition, and those that the record has a note on."""
        noted = cls.objects.filter(record=record).exclude(**{kind: None}).values(kind)
        return (
            cls.SUBJECTS[kind]
            .objects.filter(Q(framework__is_current=True) | Q(pk__in=noted))
            .select_related("framework")
            .order_by("framework_id", "number")
        )

    @property
    def subject(self):
        return self.principle or self.attribute
