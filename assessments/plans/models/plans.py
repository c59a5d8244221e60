"""A plan and its settings."""

import datetime as dt
from collections.abc import Mapping
from functools import cached_property

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Case, OuterRef, Q, Subquery, When
from django.db.models.functions import ExtractYear
from django.urls import reverse
from django.utils import timezone

from assessments.words import day_in_words, within_sentence
from councils.models import Council, User
from elections.timetable import (
    STAGE_2_WEEKS,
    HandSet,
    Occasion,
    Stages,
    Timetable,
    stages_for,
    timetable_for,
    year_of_next_meeting,
)
from frameworks.models import Framework
from frameworks.wording import DEFAULT_TERM, Administration, Term

from .dates import dates_by_hand
from .readers import for_reader, show_all_stages, stages_in_words, stages_seen, with_all_stages

REGISTER_STAGE = 2


class Control(models.TextChoices):
    """Who runs the council: a majority, or one of the forms of no overall control."""

    UNKNOWN = "unknown", "Not yet known"
    MAJORITY = "majority", "One group with a majority"
    MINORITY = "minority", "Single-party minority administration"
    TWO = "two-party", "Arrangement between 2 parties or groups"
    THREE = "three-party", "Arrangement between 3 parties or groups"
    FOUR = "four-party", "Arrangement between 4 or more parties or groups"


# Forms of control that the guidance words for one group. The others are of several groups.
ADMINISTRATIONS = {
    Control.MINORITY: Administration.MINORITY,
    Control.MAJORITY: Administration.MAJORITY,
}


class ControlStanding(models.TextChoices):
    EXPECTED = "expected", "Expected"
    KNOWN = "known", "Confirmed"


class Formality(models.TextChoices):
    UNKNOWN = "unknown", "Not yet known"
    FORMAL = "formal", "Formal, with a written agreement"
    INFORMAL = "informal", "Informal, by understanding"


class Election(models.TextChoices):
    """The kind of election a plan is for, which decides which statutory dates apply."""

    ORDINARY = Occasion.ORDINARY.value, "An ordinary election of the council"
    BY_ELECTION = Occasion.BY_ELECTION.value, "A by-election"
    ORDER = (
        Occasion.ORDER.value,
        "The first election to a shadow authority, or another election under its own order",
    )


class Marking(models.TextChoices):
    OFFICIAL = "official", "OFFICIAL"
    OFFICIAL_SENSITIVE = "official-sensitive", "OFFICIAL-SENSITIVE"


class PlanQuerySet(models.QuerySet):
    def with_dates(self):
        """Return the plans with all that their timetables need, whatever their number."""
        year = ExtractYear("election_day")
        next_meeting = Case(When(election_day__month__gt=5, then=year + 1), default=year)
        ordinary = self.model.objects.filter(
            council=OuterRef("council"),
            occasion=Election.ORDINARY,
            election_day__year=OuterRef("year_of_next_meeting"),
        )
        return (
            self.alias(year_of_next_meeting=next_meeting)
            .annotate(
                ordinary_election=Subquery(
                    ordinary.order_by("-election_day").values("election_day")[:1]
                )
            )
            .prefetch_related("set_dates", "council__bank_holidays")
        )

    def in_stage(self, number, today):
        """Return the plans in a stage, by the same rules as `Timetable.stage_on`."""
        if number == 1:
            return self.filter(election_day__gt=today)
        begun = Q()
        for weeks in STAGE_2_WEEKS:
            begun |= Q(stage_2_weeks=weeks, election_day__lte=today - dt.timedelta(weeks=weeks))
        if number == 3:
            return self.filter(begun)
        return self.filter(election_day__lte=today).exclude(begun)

    def visible_to(self, user):
        """Return the plans of the councils `user` belongs to or advises by a live grant.

        Each carries the attributes of readers.CARRIED: `access`, the stages the user can see, and
        `membership_id` and `office` for a member or `grant_id` for an adviser.
        """
        return for_reader(self, user)

    def with_all_stages(self):
        """Return the plans as the whole council sees them, for commands and exports of all data.

        Never for a page: those use `visible_to`.
        """
        return with_all_stages(self)


class Plan(models.Model):
    """A council's transition plan for one election, on one edition of each framework.

    It stays on that edition until an owner moves it (`assessments.editions`).
    """

    council = models.ForeignKey(Council, models.PROTECT, related_name="plans")
    transition = models.ForeignKey(Framework, models.PROTECT, related_name="+")
    components = models.ForeignKey(Framework, models.PROTECT, related_name="+")
    development = models.ForeignKey(Framework, models.PROTECT, related_name="+")
    # The editions before the plan moved to the present ones, to which it can go back.
    transition_before = models.ForeignKey(
        Framework, models.PROTECT, related_name="+", null=True, blank=True, editable=False
    )
    components_before = models.ForeignKey(
        Framework, models.PROTECT, related_name="+", null=True, blank=True, editable=False
    )

    election_day = models.DateField()
    occasion = models.CharField(max_length=20, choices=Election, default=Election.ORDINARY)
    control = models.CharField(max_length=20, choices=Control, default=Control.UNKNOWN)
    control_standing = models.CharField(
        max_length=10, choices=ControlStanding, default=ControlStanding.EXPECTED
    )
    formality = models.CharField(max_length=10, choices=Formality, default=Formality.UNKNOWN)
    coalition_term = models.CharField(
        max_length=40,
        default=DEFAULT_TERM,
        validators=[
            RegexValidator(
                r"\A[^\W\d_]+(?:[ '’-][^\W\d_]+)*\Z",
                "Use words only, for example joint administration",
            )
        ],
    )
    stage_2_weeks = models.PositiveSmallIntegerField(
        default=6, validators=[MinValueValidator(4), MaxValueValidator(6)]
    )
    marking = models.CharField(max_length=20, choices=Marking, default=Marking.OFFICIAL_SENSITIVE)
    # Whether plan home lists what is still to be set up, to the owners.
    shows_set_up = models.BooleanField("set-up list on plan home", default=True)
    # The election day whose key dates someone has said are right: not so any more once it moves.
    dates_checked_for = models.DateField("key dates checked for", null=True, blank=True)

    previous = models.OneToOneField(
        "self", models.SET_NULL, related_name="following", null=True, blank=True, editable=False
    )
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = PlanQuerySet.as_manager()

    # What `visible_to` adds for the reader; see readers.CARRIED.
    access: str
    membership_id: int | None
    office: str | None
    grant_id: int | None

    class Meta:
        ordering = ["council__name", "-election_day", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["council", "election_day"], name="plan_one_an_election"
            ),
            models.CheckConstraint(
                condition=Q(occasion__in=Election.values), name="plan_known_occasion"
            ),
            models.CheckConstraint(
                condition=Q(transition_before=None, components_before=None)
                | Q(transition_before__isnull=False, components_before__isnull=False),
                name="plan_both_editions_before",
            ),
            models.CheckConstraint(
                condition=Q(stage_2_weeks__range=(4, 6)), name="plan_stage_2_is_4_to_6_weeks"
            ),
        ]

    def __str__(self):
        return f"{self.council}, election of {day_in_words(self.election_day)}"

    def get_absolute_url(self):
        return reverse("plan", args=[self.pk])

    @property
    def stages(self):
        """Numbers of the stages that its reader can see.

        Raises NoReader unless the plan comes from `visible_to` or `with_all_stages`.
        """
        return stages_seen(self)

    def show_all_stages(self):
        """Return the plan itself with every stage in sight, as `with_all_stages` gives it."""
        show_all_stages(self)
        return self

    @property
    def stages_in_words(self):
        return stages_in_words(self.stages)

    @property
    def is_seen_whole(self):
        return len(self.stages) == 3

    @property
    def shows_register(self):
        """Whether its reader can see the joint working register, which belongs to stage 2."""
        return REGISTER_STAGE in self.stages

    @property
    def dates_are_checked(self) -> bool:
        """Whether someone has said that the key dates of this election day are right."""
        return self.dates_checked_for == self.election_day

    @property
    def term(self) -> Term:
        """Return the council's term for its arrangement, with the wording its control needs.

        While control is not known, the term itself may say that a single party governs.
        """
        if self.control == Control.UNKNOWN:
            return Term.of(self.coalition_term)
        governing = ADMINISTRATIONS.get(Control(self.control), Administration.SEVERAL)
        return Term(self.coalition_term, governing)

    @property
    def control_in_words(self) -> str:
        """Return the political control, as far as it is known, in one line."""
        words = self.get_control_display()
        if self.control != Control.UNKNOWN:
            words = f"{words} ({self.get_control_standing_display().lower()})"
        # Only an arrangement is formal or informal. A plan keeps the answer for an earlier one.
        is_arrangement = self.control not in (Control.UNKNOWN, Control.MAJORITY)
        if is_arrangement and self.formality != Formality.UNKNOWN:
            words = f"{words}; {within_sentence(self.get_formality_display())}"
        return words

    @cached_property
    def timetable(self) -> Timetable:
        """The dates around the election, with all that they depend on.

        That is the kind of election, the type of council, how it is elected, its extra bank
        holidays and the dates set by hand. Code that changes any of them calls `forget_timetable`.
        """
        if self.pk and "set_dates" not in getattr(self, "_prefetched_objects_cache", {}):
            rows = dates_by_hand.fetch(self.pk, self.council_id)
            return self._timetable_of(
                {key: HandSet(day, reason, given) for key, day, reason, _, given in rows if key},
                {day: declared_on for key, day, _, declared_on, _ in rows if not key},
            )
        set_dates = self.set_dates.all() if self.pk else ()
        return self.timetable_with({each.key: each.hand_set for each in set_dates})

    def timetable_with(self, set_by_hand: Mapping[str, HandSet]) -> Timetable:
        """Return the dates as they would be if those of `set_by_hand` were set, and no others."""
        holidays = self.council.bank_holidays.all()
        return self._timetable_of(set_by_hand, {each.day: each.declared_on for each in holidays})

    def _timetable_of(
        self, set_by_hand: Mapping[str, HandSet], holidays: Mapping[dt.date, dt.date | None]
    ) -> Timetable:
        """Return the dates; `holidays` are the extra ones, with the day each was announced.

        Another query only for a by-election, unless the plan comes from `with_dates`.
        """
        return timetable_for(
            self.election_day,
            stage_2_weeks=self.stage_2_weeks,
            occasion=Occasion(self.occasion),
            council_type=self.council.type,
            cycle=self.council.election_cycle,
            next_ordinary_election=self._ordinary_election_before_meeting(),
            extra_bank_holidays=list(holidays),
            declared={day: announced for day, announced in holidays.items() if announced},
            set_by_hand=set_by_hand,
        )

    def _ordinary_election_before_meeting(self) -> dt.date | None:
        """Return the ordinary election of the year of annual council after a by-election.

        It is that of another plan of the council; None if no plan has one.
        """
        if self.occasion != Election.BY_ELECTION:
            return None
        if hasattr(self, "ordinary_election"):
            return self.ordinary_election
        year = year_of_next_meeting(self.election_day)
        plans = Plan.objects.filter(
            council=self.council_id, occasion=Election.ORDINARY, election_day__year=year
        )
        return (
            plans.exclude(pk=self.pk)
            .order_by("-election_day")
            .values_list("election_day", flat=True)
            .first()
        )

    @property
    def boundaries(self) -> Stages:
        """The stages, which need no query: only the settings of the plan decide them."""
        return stages_for(self.election_day, stage_2_weeks=self.stage_2_weeks)

    def is_over(self, today: dt.date) -> bool:
        """Return whether the first year after the election has ended. No query."""
        return today > self.boundaries.first_year_ends

    def is_in_pre_election_period(self, today: dt.date) -> bool:
        """Return whether publicity is restricted: from the start of the period to the poll.

        Return False while the period has no first day, as before the dates of an order are entered.
        """
        starts = self.timetable.pre_election_period
        return starts is not None and starts <= today <= self.election_day

    def forget_timetable(self) -> None:
        self.__dict__.pop("timetable", None)
        for model in (self, self.council):
            getattr(model, "_prefetched_objects_cache", {}).clear()
