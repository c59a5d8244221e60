"""Retention rules, requests that need a second owner, and certificates of deletion."""

import datetime as dt
from typing import ClassVar, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, Max, OuterRef, Q
from django.utils import timezone

from assessments.plans.models import Plan
from assessments.words import day_in_words
from councils.models import (
    ON_HOLD,
    Amendment,
    AppendOnlyModel,
    AppendOnlyQuerySet,
    Council,
    CouncilEvent,
    Membership,
    User,
)
from councils.permissions import Right, accesses_with

from .deleted_rows import deleted_in_words

FEWEST_YEARS, MOST_YEARS = 2, 10
# Days after a request until it can be carried out without a second owner. They begin again when
# access to the council's plans restarts, since no owner could cancel it while it was stopped.
WAITING_DAYS = 14
# Days in which a request can be carried out, from the first day on which an owner can do so alone,
# or from the request if it always needs a second owner. Then it lapses: by a later day, no one
# remembers that they were told of it.
LAPSES_AFTER_DAYS = 28


class Retention(models.Model):
    """How long a council keeps its plans, and the reason for a hold."""

    council = models.OneToOneField(
        Council, models.PROTECT, primary_key=True, related_name="retention"
    )
    years = models.PositiveSmallIntegerField(
        "how long plans are kept",
        null=True,
        blank=True,
        validators=[MinValueValidator(FEWEST_YEARS), MaxValueValidator(MOST_YEARS)],
        help_text="After a plan's end; empty to keep plans until an owner deletes them.",
    )
    hold = models.CharField(
        "reason for a hold",
        max_length=120,
        blank=True,
        help_text="No plan is deleted while there is one.",
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
        return f"{self.rule}{ON_HOLD}{self.hold}" if self.hold else self.rule

    @property
    def rule(self):
        if self.years is None:
            return "Kept until an owner deletes them"
        return f"Kept for {self.years} years after their end"


class ConfirmationRequestQuerySet(AppendOnlyQuerySet):
    def pending(self, today: dt.date) -> Self:
        """Return the requests that can still be carried out or cancelled.

        They have no outcome, have not lapsed by `today`, and the person they are about was told
        what is still true of their access.
        """
        return self.filter(self._is_current(today), outcome=None)

    def to_decide(self, user: User, today: dt.date) -> Self:
        """Return the pending requests that `user`, an owner, can decide; never one about them.

        Their own are those that they can carry out alone by now.
        """
        made_lately = _began_since(today - dt.timedelta(days=WAITING_DAYS - 1))
        needs_second_owner = Q(kind=ConfirmationRequest.Kind.RESET_SECOND_FACTOR)
        found = self.pending(today).exclude(Q(by=user) & (needs_second_owner | made_lately))
        return found.filter(Q(person=None) | ~Q(person=user))

    def ended(self, today: dt.date) -> Self:
        """Return the requests that are not pending any more, and have no outcome yet."""
        return self.exclude(self._is_current(today)).filter(outcome=None)

    @staticmethod
    def _is_current(today: dt.date) -> Q:
        # The condition that `lapses_on` is after `today`.
        at_once = _began_since(today - dt.timedelta(days=LAPSES_AFTER_DAYS - 1))
        waits = _began_since(today - dt.timedelta(days=WAITING_DAYS + LAPSES_AFTER_DAYS - 1))
        needs_second_owner = Q(kind=ConfirmationRequest.Kind.RESET_SECOND_FACTOR)
        is_open = (needs_second_owner & at_once) | (~needs_second_owner & waits)
        # They have joined again, or have another access level; or they were an owner, who was told
        # that they can cancel it, and have left.
        changed = Membership.objects.filter(
            Q(access_since__gt=OuterRef("at"))
            | Q(access__in=accesses_with(Right.MANAGE_DATA), ended_at__gt=OuterRef("at")),
            council=OuterRef("council"),
            user=OuterRef("person"),
        )
        return is_open & ~Q(Exists(changed))


def _began_since(day: dt.date) -> Q:
    """Return the condition that a request was made, or access last restarted, on `day` or later."""
    moment = timezone.make_aware(dt.datetime.combine(day, dt.time.min))
    restarted = CouncilEvent.objects.filter(
        council=OuterRef("council"),
        kind__in=CouncilEvent.ACCESS_BEGINS,
        at__gt=OuterRef("at"),
        at__gte=moment,
    )
    return Q(at__gte=moment) | Q(Exists(restarted))


class ConfirmationRequest(AppendOnlyModel):
    """An owner's request that needs a second owner.

    It can be carried out by a second owner, or by any owner after WAITING_DAYS, except for a reset
    of two-step sign-in, which always needs the second owner. Someone who became an owner just
    before the request counts as neither of the two: see `settled_owners`. It ends by itself at
    `lapses_on`, or if it is about a person whose access has changed since: see `pending`. The
    people it concerns are emailed when it is made, and if it ends without being carried out. A
    person who has ever signed in always has the WAITING_DAYS before they are erased, because what
    they keep for themselves is deleted with them. Requests and outcomes are entries of the
    council's record, so a plan is named by its number and stays named once it is deleted.
    """

    class Kind(models.TextChoices):
        DELETE_PLAN = "delete-plan", "permanently delete a plan"
        ERASE_PERSON = "erase-person", "erase a person"
        LIFT_HOLD = "lift-hold", "lift the hold"
        RESET_SECOND_FACTOR = "reset-second-factor", "reset two-step sign-in"

    keys_of: ClassVar = {"plan_number": Plan._meta.label_lower}
    # What asking for it found: see `actions.ask_to_delete_plan`.
    is_new = True
    concerns_others = True

    council = models.ForeignKey(Council, models.PROTECT, related_name="confirmation_requests")
    kind = models.CharField(max_length=20, choices=Kind)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    plan_number = models.PositiveBigIntegerField(null=True, blank=True)
    election_day = models.DateField(null=True, blank=True)
    person = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)

    objects = ConfirmationRequestQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="delete-plan", plan_number__isnull=False, person=None)
                | Q(
                    kind__in=["erase-person", "reset-second-factor"],
                    plan_number=None,
                    person__isnull=False,
                )
                | Q(kind="lift-hold", plan_number=None, person=None),
                name="confirmationrequest_about_one_thing",
            ),
        ]

    def __str__(self):
        return self.what

    @property
    def what(self):
        """Return what was asked for, in words that follow "asked to"."""
        if self.election_day:
            day = day_in_words(self.election_day)
            return f"permanently delete the plan for the election on {day}"
        if self.kind == self.Kind.RESET_SECOND_FACTOR:
            return f"reset two-step sign-in for {self.person.name}"
        if self.person:
            return f"erase {self.person.name}"
        return "lift the hold on deleting plans"

    def what_to(self, reader):
        """Return `what` as an email to `reader` says it, who may be the person it is about."""
        if reader != self.person:
            return self.what
        if self.kind == self.Kind.RESET_SECOND_FACTOR:
            return "reset your two-step sign-in"
        return "erase your name and your account"

    @property
    def words_to_type(self):
        """Return what an owner types to confirm it."""
        if self.election_day:
            return day_in_words(self.election_day)
        return self.person.name if self.person else "lift the hold"

    @property
    def waits(self):
        """Return whether one owner can carry it out alone after WAITING_DAYS."""
        return self.kind != self.Kind.RESET_SECOND_FACTOR

    @property
    def from_day(self):
        """Return the first day on which it can be carried out without a second owner, if it can."""
        return self._begins + dt.timedelta(days=WAITING_DAYS)

    @property
    def lapses_on(self):
        """Return the day on which it lapses: from then on it cannot be carried out."""
        first_day = self.from_day if self.waits else self._begins
        return first_day + dt.timedelta(days=LAPSES_AFTER_DAYS)

    @property
    def _begins(self):
        return timezone.localdate(self.restarted_at or self.at)

    @property
    def restarted_at(self):
        """Return when access to the council's plans last restarted, also by an import.

        None if that was before the request.
        """
        restarts = CouncilEvent.objects.filter(
            council=self.council_id, kind__in=CouncilEvent.ACCESS_BEGINS, at__gt=self.at
        )
        return restarts.aggregate(latest=Max("at"))["latest"]

    @property
    def always_waits(self):
        """Return whether a second owner has to wait too."""
        is_erasure = self.kind == self.Kind.ERASE_PERSON
        return is_erasure and self.person is not None and self.person.last_login is not None

    def can_be_carried_out_by(self, user, today):
        """Return whether `user`, an owner, is the second owner or has waited, and is not erased."""
        if user.pk == self.person_id:
            return False
        if self.waits and today >= self.from_day:
            return True
        return not self.always_waits and self.is_confirmed_by(user)

    def is_confirmed_by(self, user):
        """Return whether `user` is a second owner. One query."""
        return user.pk in self.second_owners()

    def second_owners(self):
        """Return the primary keys of the people who can be the second owner. One query.

        Both they and the owner who asked must be settled: see `settled_owners`.
        """
        settled = self.settled_owners()
        return settled - {self.by_id, self.person_id} if self.by_id in settled else set()

    def settled_owners(self):
        """Return the primary keys of the people who count as one of the two owners. One query."""
        owners = Membership.objects.settled_owners(self.at).filter(council=self.council_id)
        return set(owners.order_by().values_list("user", flat=True))


class ConfirmationOutcome(AppendOnlyModel):
    """How a request ended: carried out, cancelled by someone, or else lapsed or no longer true."""

    council_path = "request__council"

    request = models.OneToOneField(ConfirmationRequest, models.PROTECT, related_name="outcome")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    is_carried_out = models.BooleanField(default=False)

    def __str__(self):
        if self.is_carried_out:
            return "Carried out"
        return "Cancelled" if self.by_id else "Ended"


class PurgeCertificate(AppendOnlyModel):
    """A record that a plan was deleted, who did it and under which rule, without its content.

    `amendment` lists the entries of the record that were deleted; the head is that of the chain
    before the deletion.
    """

    parts = "counts"
    keys_of: ClassVar = {"plan_number": Plan._meta.label_lower}

    council = models.ForeignKey(Council, models.PROTECT, related_name="purge_certificates")
    amendment = models.OneToOneField(Amendment, models.PROTECT, related_name="certificate")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        User,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        help_text="Empty if a system administrator did it with a command.",
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
        return f"Plan {self.plan_number}, election on {day_in_words(self.election_day)}"

    @property
    def deleted(self) -> list[str]:
        """Return what was deleted with the plan, in the words of the pages."""
        return deleted_in_words(self.counts.all())

    @property
    def had_rounds(self) -> bool:
        """Return whether the plan had review rounds, of which lists may be kept for a time."""
        return any(row.what == "rounds" for row in self.counts.all())


class PurgedRows(AppendOnlyModel):
    """How many rows of one kind were deleted with a plan."""

    council_path = "certificate__council"
    part_of = "certificate"

    certificate = models.ForeignKey(PurgeCertificate, models.PROTECT, related_name="counts")
    what = models.CharField(max_length=80)
    rows = models.PositiveIntegerField()

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "purged rows"

    def __str__(self):
        return f"{self.rows:,} {self.what}"
