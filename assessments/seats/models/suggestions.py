from django.db import models
from django.db.models import Q
from django.utils import timezone

from councils.models import Council, User
from elections.composition import Composition, Group

from .compositions import CouncilComposition


class CompositionSuggestion(models.Model):
    """Seats of a council read from open data, until an officer records or dismisses them.

    `groups` has a group a line: its number of members, a space, its name. Used if `composition` is
    set, dismissed if only `settled_at` is, superseded by a later file if `settled_by` is empty.
    """

    council = models.ForeignKey(Council, models.PROTECT, related_name="suggestions")
    groups = models.TextField(blank=True)
    ungrouped = models.PositiveSmallIntegerField(default=0)
    vacancies = models.PositiveSmallIntegerField(default=0)
    notes = models.TextField(blank=True, help_text="What has to be checked, a sentence a line.")
    made_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    composition = models.ForeignKey(
        CouncilComposition, models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["council"], condition=Q(settled_at=None), name="suggestion_one_open"
            ),
        ]

    def __str__(self):
        return f"{self.council}: {self.in_words}"

    @staticmethod
    def lines_of(composition):
        """Return the groups of a Composition as `groups` has them."""
        return "\n".join(f"{group.members} {group.name}" for group in composition.groups)

    @property
    def worked_out(self):
        """The seats as elections.composition knows them."""
        rows = [line.split(" ", 1) for line in self.groups.splitlines()]
        return Composition(
            tuple(Group(name, int(members)) for members, name in rows),
            ungrouped=self.ungrouped,
            vacancies=self.vacancies,
        )

    @property
    def in_words(self):
        rows = [f"{group.name} {group.members}" for group in self.worked_out.groups]
        rows += [f"in no group {self.ungrouped}"] * bool(self.ungrouped)
        rows += [f"vacant {self.vacancies}"] * bool(self.vacancies)
        return ", ".join(rows)
