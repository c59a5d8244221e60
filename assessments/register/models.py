"""The joint working register: agreements between groups, red lines, crunch issues and early wins.

It covers the whole first year, so signing off a stage does not make it read-only. It is about the
work of stage 2: only people who can see that stage can see the register.
"""

from django.db import models
from django.db.models import Q
from django.utils.text import Truncator

from assessments.plans.models import RemovableEntry, RemovableQuerySet
from councils.models import Membership, User
from elections.composition import MAX_NAME

SHORT = 120


class RegisterQuerySet(RemovableQuerySet):
    def on(self, plan):
        """Return the entries of `plan`, removed ones too; none if its reader cannot see them."""
        return self.filter(plan=plan) if plan.shows_register else self.none()


class RegisterEntry(RemovableEntry):
    """The fields that all kinds of entry share."""

    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)

    objects = RegisterQuerySet.as_manager()

    class Meta(RemovableEntry.Meta):
        abstract = True


class Agreement(RegisterEntry):
    """An agreement between some of the groups."""

    class Kind(models.TextChoices):
        COALITION = "coalition", "Full coalition or joint administration"
        CONFIDENCE = "confidence", "Confidence and supply"
        CASE_BY_CASE = "case-by-case", "Case by case"
        ALL_PARTY = "all-party", "All-party arrangement"
        OTHER = "other", "Another arrangement"

    class Manner(models.TextChoices):
        VERBAL = "verbal", "Oral"
        WRITTEN = "written", "Written"

    kind = models.CharField("type", max_length=20, choices=Kind)
    manner = models.CharField("oral or written", max_length=10, choices=Manner)
    parties = models.TextField("between", help_text="Groups or councillors, one a line.")
    ways_of_working = models.BooleanField("about ways of working", default=False)
    shared_agenda = models.BooleanField("about a shared agenda", default=False)
    communication = models.BooleanField("about communication", default=False)
    covers = models.TextField("what it covers", blank=True)
    made_on = models.DateField(null=True, blank=True)
    review_on = models.DateField("next annual review", null=True, blank=True)
    kept_at = models.CharField("where it is recorded", max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(parties=""), name="agreement_has_parties"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.parties_in_words}"

    @property
    def parties_in_words(self):
        return ", ".join(self.parties.splitlines())


class Issue(RegisterEntry):
    """A red line of one group, or a decision that could divide the groups."""

    class Kind(models.TextChoices):
        RED_LINE = "red-line", "Red line"
        CRUNCH = "crunch", "Crunch issue"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        SETTLED = "settled", "Settled"

    kind = models.CharField(max_length=10, choices=Kind)
    group = models.CharField("raised by", max_length=MAX_NAME, blank=True)
    words = models.TextField("what it is about")
    bites_on = models.DateField("decision needed by", null=True, blank=True)
    agreed = models.TextField("what was agreed", blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="settled") | ~Q(agreed=""), name="issue_settled_says_how"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {in_short(self.words)}"


class EarlyWin(RegisterEntry):
    """Something that the groups want to achieve in the first year."""

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        UNDER_WAY = "under-way", "Under way"
        ACHIEVED = "achieved", "Achieved"
        DROPPED = "dropped", "Not going ahead"

    words = models.TextField("what it is")
    due = models.DateField("by when", null=True, blank=True)
    owner = models.ForeignKey(
        Membership, models.PROTECT, related_name="early_wins", null=True, blank=True
    )
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return f"Early win: {in_short(self.words)}"


def in_short(words):
    """Return the text on one line, shortened to SHORT characters."""
    return Truncator(" ".join(words.split())).chars(SHORT)
