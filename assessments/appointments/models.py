"""Political groups by their notices, the members they nominate, and appointments to posts.

Local Government and Housing Act 1989, section 16; Local Government (Committees and Political
Groups) Regulations 1990, regulations 8 to 15.
"""

import datetime as dt
from itertools import combinations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from assessments.seats.models import BalanceCommittee, PoliticalBalance
from councils.models import Council, User
from elections.composition import MAX_NAME

FEWEST_MEMBERS = 2


class GroupNotice(models.Model):
    """A notice that the proper officer received. Never changed: a correction is a later notice.

    The last notice recorded for a group is its current position.
    """

    class Kind(models.TextChoices):
        FORMED = "formed", "A group has been formed"
        CHANGED = "changed", "A group has changed, or a notice is corrected"
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
    def what_happened(self):
        """Return the kind of notice in a few words, for the record and lists of notices."""
        return {
            self.Kind.FORMED: "group formed",
            self.Kind.CHANGED: "group changed or notice corrected",
            self.Kind.ENDED: "group ended",
        }[self.Kind(self.kind)]

    @property
    def signatories(self):
        return self.signed_by.splitlines()


# Regulation 15 gives a group a period from the notice, counted here with the day of the notice.
DAYS_FOR_WISHES = 21


def suggested_reply_by(given_on: dt.date) -> dt.date:
    """Return the last day of the 3 weeks that begin with the day of the notice."""
    return given_on + dt.timedelta(days=DAYS_FOR_WISHES - 1)


class SeatsNotice(models.Model):
    """The notice to a group's leader of the seats allocated to the group (regulation 14).

    `reply_by` is what the notice asks for, which can be earlier than the end of the 3 weeks.
    """

    balance = models.ForeignKey(PoliticalBalance, models.PROTECT, related_name="seats_notices")
    group = models.CharField(max_length=MAX_NAME)
    addressee = models.CharField("given to", max_length=MAX_NAME)
    given_on = models.DateField("date given")
    reply_by = models.DateField("wishes to be received by")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["balance", "group"], name="seatsnotice_once"),
            models.CheckConstraint(
                condition=Q(reply_by__gte=models.F("given_on")), name="seatsnotice_in_order"
            ),
        ]

    def __str__(self):
        return f"Notice of seats to {self.group}"

    @property
    def wishes_end_on(self) -> dt.date:
        """Return the last day for wishes: what the notice asks for, but never before 3 weeks."""
        return max(self.reply_by, suggested_reply_by(self.given_on))

    @property
    def asks_early(self) -> bool:
        """Return whether the notice asks for wishes before the 3 weeks have ended."""
        return self.reply_by < self.wishes_end_on


class Nomination(models.Model):
    """The members nominated or appointed to the seats of one group on one body."""

    class Basis(models.TextChoices):
        WISHES = "wishes", "The group’s wishes"
        DEFAULT = "default", "The group expressed no wishes in time"

    committee = models.ForeignKey(BalanceCommittee, models.PROTECT, related_name="nominations")
    group = models.CharField(max_length=MAX_NAME)
    basis = models.CharField(max_length=10, choices=Basis, default=Basis.WISHES)
    members = models.TextField(blank=True, help_text="Names, one per line.")
    substitutes = models.TextField(blank=True, help_text="Names, one per line.")
    received_on = models.DateField("date received", null=True, blank=True)
    appointed_on = models.DateField("date appointed", null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["committee", "group"], name="nomination_once"),
            models.CheckConstraint(
                condition=Q(basis__in=["wishes", "default"]), name="nomination_known_basis"
            ),
        ]

    def __str__(self):
        return f"{self.group} on {self.committee.name}"

    @property
    def names(self):
        return self.members.splitlines()

    @property
    def substitute_names(self):
        return self.substitutes.splitlines()


HEADINGS = {
    "chair": "Chairs of committees",
    "vice-chair": "Vice-chairs of committees",
    "lead": "Lead members",
    "outside": "Representatives on outside bodies",
}


class CouncilAppointment(models.Model):
    """A member's appointment as chair or vice-chair, to an outside body, or as lead member."""

    class Kind(models.TextChoices):
        CHAIR = "chair", "Chair of a committee"
        VICE_CHAIR = "vice-chair", "Vice-chair of a committee"
        LEAD_MEMBER = "lead", "Lead member"
        OUTSIDE_BODY = "outside", "Representative on an outside body"

    council = models.ForeignKey(Council, models.PROTECT, related_name="appointments")
    kind = models.CharField(max_length=10, choices=Kind)
    post = models.CharField("committee, body or responsibility", max_length=120)
    holder = models.CharField("name", max_length=MAX_NAME, blank=True)
    made_by = models.CharField("who appoints", max_length=80, blank=True)
    from_on = models.DateField("from", null=True, blank=True)
    until_on = models.DateField("until", null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["kind", Lower("post"), "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["chair", "vice-chair", "outside", "lead"]),
                name="councilappointment_known_kind",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.post}"

    @property
    def heading(self):
        """Return what a list of appointments of this kind is headed."""
        return HEADINGS[self.kind]


def chairs_at_once(appointments):
    """Return (post, names) of each committee with more than one chair at a time, in order.

    `appointments` are named chairs whose end is not in the past. Without a date they have no
    limit. One can end on the day on which the next begins.
    """
    by_post = {}
    for each in appointments:
        by_post.setdefault(each.post.casefold(), []).append(each)
    found = []
    for chairs in by_post.values():
        overlap = {
            each.pk: each
            for one, other in combinations(chairs, 2)
            if one.holder.casefold() != other.holder.casefold()
            and (one.until_on or dt.date.max) > (other.from_on or dt.date.min)
            and (other.until_on or dt.date.max) > (one.from_on or dt.date.min)
            for each in (one, other)
        }
        if overlap:
            found.append((chairs[0].post, [each.holder for each in overlap.values()]))
    return found


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
            found.append(
                f"{notice.group}: {notice.members} according to its notice, none in the composition"
            )
        elif seat.members != notice.members:
            found.append(
                f"{notice.group}: {notice.members} according to its notice, {seat.members} in "
                "the composition"
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
