"""Key dates set by hand, and extra bank holidays."""

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import CharField, DateField, F, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.utils import timezone

from councils.models import Council, User
from councils.prepared import PreparedQuery
from elections.timetable import ALL_HAND_KEYS, HandSet


class PlanDate(models.Model):
    """A key date that the council set by hand, in place of the calculated one."""

    plan = models.ForeignKey("assessments.Plan", models.PROTECT, related_name="set_dates")
    key = models.CharField(max_length=40, choices=[(key, key) for key in ALL_HAND_KEYS])
    date = models.DateField()
    reason = models.TextField(validators=[MaxLengthValidator(500)])
    article = models.CharField(
        "article of the order that gives it", max_length=30, blank=True, default=""
    )
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["date", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "key"], name="plandate_once_a_key"),
            models.CheckConstraint(condition=Q(key__in=ALL_HAND_KEYS), name="plandate_known_key"),
            models.CheckConstraint(condition=~Q(reason=""), name="plandate_has_reason"),
        ]

    def __str__(self):
        return f"{self.key}: {self.date}"

    @property
    def hand_set(self):
        return HandSet(self.date, self.reason, self.article)


class BankHoliday(models.Model):
    """An extra bank holiday, announced after this version of the service was made.

    It belongs to the council and counts in all its plans.
    """

    council = models.ForeignKey(Council, models.PROTECT, related_name="bank_holidays")
    day = models.DateField()
    name = models.CharField(max_length=80)
    declared_on = models.DateField(
        null=True,
        blank=True,
        help_text="When it was announced. Earlier deadlines stay as they were if the notice of "
        "election had been published.",
    )
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["day", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["council", "day"], name="bankholiday_once_a_day")
        ]

    def __str__(self):
        return f"{self.name}, {self.day}"


@PreparedQuery
def dates_by_hand(plan_id: int, council_id: int) -> QuerySet:
    """Return the dates set by hand and the extra bank holidays, in one query.

    Rows of key, day, reason, when it was announced, and the article of the order that gives it. A
    bank holiday has no key.
    """
    holidays = BankHoliday.objects.filter(council=council_id).order_by()
    dates = PlanDate.objects.filter(plan=plan_id).order_by()
    return (
        holidays.values_list(
            Value("", CharField()),
            "day",
            Value("", TextField()),
            "declared_on",
            Value("", CharField()),
        )
        .union(
            dates.values_list(
                F("key"), "date", "reason", Cast(Value(None), DateField()), F("article")
            ),
            all=True,
        )
        .order_by("day")
    )
