"""Notices that members form, change or end a political group, kept as a log.

Local Government (Committees and Political Groups) Regulations 1990, regulations 8 to 11.
"""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from councils.models import Council, User
from elections.composition import MAX_NAME

FEWEST_MEMBERS = 2


class GroupNotice(models.Model):
    """A notice that the proper officer received. Never changed: a correction is a later notice.

    The last notice recorded for a group is its current position.
    """

    class Kind(models.TextChoices):
        FORMED = "formed", "A group is formed"
        CHANGED = "changed", "A group changes or a notice is corrected"
        ENDED = "ended", "A group has ended"

    council = models.ForeignKey(Council, models.PROTECT, related_name="group_notices")
    kind = models.CharField(max_length=10, choices=Kind)
    group = models.CharField(max_length=MAX_NAME)
    former_name = models.CharField(max_length=MAX_NAME, blank=True)
    leader = models.CharField(max_length=MAX_NAME, blank=True)
    deputy = models.CharField(max_length=MAX_NAME, blank=True)
    members = models.PositiveSmallIntegerField("number of members")
    signed_by = models.TextField(blank=True, help_text="Names of members, one per line.")
    received_on = models.DateField("date received")
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="ended", members=0)
                | ~Q(kind="ended") & Q(members__gte=FEWEST_MEMBERS) & ~Q(leader=""),
                name="groupnotice_group_has_members",
            ),
        ]

    def __str__(self):
        return f"{self.group}: {self.get_kind_display()}"

    @property
    def signatories(self):
        return self.signed_by.splitlines()


def member_differences(groups, composition):
    """Return sentences on groups whose members, by their notices, differ from the composition.

    `groups` are current notices. Returns nothing if there is no composition.
    """
    if composition is None:
        return []
    seats = {group.name.casefold(): group for group in composition.worked_out.groups}
    found = []
    for notice in groups:
        seat = seats.pop(notice.group.casefold(), None)
        if seat is None:
            found.append(f"{notice.group}: {notice.members} by its notice, not in the composition")
        elif seat.members != notice.members:
            found.append(
                f"{notice.group}: {notice.members} by its notice, {seat.members} in the composition"
            )
    found += [
        f"{seat.name}: no notice, {seat.members} in the composition" for seat in seats.values()
    ]
    return found


def current_groups(notices):
    """Return the last notice of each group that exists, by name. `notices` are newest first.

    A notice with a former name also replaces what was recorded under that name before.
    """
    known, current = set(), []
    for notice in notices:
        key = notice.group.casefold()
        if key not in known and notice.kind != GroupNotice.Kind.ENDED:
            current.append(notice)
        known |= {key, notice.former_name.casefold()} - {""}
    return sorted(current, key=lambda notice: notice.group.casefold())
