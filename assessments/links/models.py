"""Links to documents that the council keeps elsewhere. Nothing is ever fetched from them."""

from urllib.parse import urlsplit

from django.db import models
from django.db.models import Q
from django.utils import timezone

from assessments.plans.models import Plan, PlanItem
from councils.models import User

LONGEST_TITLE = 120
LONGEST_ADDRESS = 1000
# What a link can be on: exactly one of these is set.
PLACES = ("item", "agreement", "issue", "early_win", "date_key")


def _is_on_one_place() -> Q:
    """Return the condition that one of PLACES is set and the others are empty."""
    found = Q()
    for name in PLACES:
        on = Q()
        for other in PLACES:
            is_empty = Q(date_key="") if other == "date_key" else Q(**{f"{other}__isnull": True})
            on &= ~is_empty if other == name else is_empty
        found |= on
    return found


class DocumentLink(models.Model):
    """The title and web address of a document on an action, a register entry or a key date."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+")
    item = models.ForeignKey(PlanItem, models.PROTECT, related_name="+", null=True, blank=True)
    agreement = models.ForeignKey(
        "assessments.Agreement", models.PROTECT, related_name="+", null=True, blank=True
    )
    issue = models.ForeignKey(
        "assessments.Issue", models.PROTECT, related_name="+", null=True, blank=True
    )
    early_win = models.ForeignKey(
        "assessments.EarlyWin", models.PROTECT, related_name="+", null=True, blank=True
    )
    date_key = models.CharField("key date", max_length=60, blank=True)
    title = models.CharField(max_length=LONGEST_TITLE)
    address = models.CharField(max_length=LONGEST_ADDRESS)
    added_at = models.DateTimeField(default=timezone.now)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=_is_on_one_place(), name="documentlink_on_one_place"),
            models.CheckConstraint(
                condition=Q(address__startswith="https://") | Q(address__startswith="http://"),
                name="documentlink_is_web_address",
            ),
        ]

    def __str__(self):
        return f"{self.title} ({self.host})"

    @property
    def host(self) -> str:
        """Return the host in ASCII, so that a name with look-alike letters shows as such."""
        host = urlsplit(self.address).hostname or ""
        try:
            return host.encode("idna").decode()
        except UnicodeError:
            return host
