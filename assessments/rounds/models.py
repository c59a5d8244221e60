import datetime as dt
import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from assessments.plans.models import Plan, PlanItem
from councils.models import Council, Membership, User
from councils.tokens import digest_of
from elections.calendar import working_day_on_or_before
from frameworks.models import CoalitionComponent

from .disclosure import STRENGTHS

LONGEST_WEEKS = 8
TWO_WEEKS = dt.timedelta(weeks=2)
# Later, people are not assumed to think what they thought then.
DELETED_ROUNDS_KEPT = dt.timedelta(days=2 * 365)
ANSWER_MAX_LENGTH = 5_000
# A result is worked out for each person who could read it, and from all earlier ones, so that more
# rounds or people would take longer than a request may. No council has 200 councillors.
ROUNDS_MAX = 24  # of a plan
RESPONDENTS_MAX = 250  # of a round, removed ones included


class RespondentGroup(models.TextChoices):
    """A respondent's role in relation to the administration, in alphabetical order."""

    LEADING = "leading", "Leading councillors"
    OFFICERS = "officers", "Officers"
    OPPOSITION = "opposition", "Opposition councillors"
    PARTNERS = "partners", "Partners"
    WIDER = "wider", "Wider group members"


class Way(models.TextChoices):
    """How a respondent answers."""

    MEMBER = "member", "With an account"
    LINK = "link", "Personal link"
    PAPER = "paper", "On paper"

    @property
    def in_history(self):
        """Return the way as in “invited someone (officers, with an account)”."""
        return {
            Way.MEMBER: "with an account",
            Way.LINK: "with a personal link",
            Way.PAPER: "on paper",
        }[self]


class RoundState(models.TextChoices):
    """Derived from the dates, never stored."""

    TO_COME = "to-come", "Not yet open"
    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"


class RoundQuerySet(models.QuerySet):
    def open(self):
        today = timezone.localdate()
        return self.filter(closed_at=None, opens__lte=today, closes__gte=today)

    def closed(self):
        return self.filter(Q(closed_at__isnull=False) | Q(closes__lt=timezone.localdate()))


class Round(models.Model):
    """A review round: the people invited answer on each component until the last day.

    It is closed by an owner or when its last day has passed. It cannot be reopened, since its
    result can be seen from then on.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="rounds")
    name = models.CharField(max_length=60)
    opens = models.DateField()
    closes = models.DateField()
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    # Whose answers the result shows and with which labels, by the number of the component: see
    # `results.RoundResult.disclosure`. None until it is chosen, once the round has closed.
    disclosure = models.JSONField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1)

    objects = RoundQuerySet.as_manager()

    class Meta:
        ordering = ["opens", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "name"], name="round_name_once_a_plan"),
            models.CheckConstraint(
                condition=Q(closes__gte=models.F("opens")), name="round_closes_after_it_opens"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="round_closed_by_and_at",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def state(self):
        today = timezone.localdate()
        if self.closed_at or self.closes < today:
            return RoundState.CLOSED
        return RoundState.OPEN if self.opens <= today else RoundState.TO_COME

    @property
    def is_open(self):
        return self.state == RoundState.OPEN

    @property
    def is_closed(self):
        return self.state == RoundState.CLOSED

    @property
    def closed_on(self):
        """Return the date on which the round closed or will close."""
        return timezone.localdate(self.closed_at) if self.closed_at else self.closes

    @property
    def closing_order(self):
        """Sort key: the order in which results became visible."""
        return self.closed_on, self.closed_at is None, self.closed_at or self.made_at, self.pk


class RespondentQuerySet(models.QuerySet):
    def current(self):
        return self.filter(removed_at=None)

    def for_token(self, token):
        """Return the respondent of a personal link, whether or not the round is open."""
        return self.current().filter(token_digest=Respondent.digest_of(token))


class Respondent(models.Model):
    """A person invited to a round: a member, by a personal link, or on paper.

    The link holds 256 random bits, of which only a digest is stored, and works until the last day
    of the round. `person` is a number that no other respondent of the council's rounds has, until
    the result is kept: then someone of an earlier round has the number of theirs, if that is sure
    (see `people`). By the marks, which are set when their name
    is removed, they are recognised if they are asked again: see `marks`. Those of each kind, also
    of other names and addresses that a member had, are in `other_marks`, one on each line.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="respondents")
    person = models.PositiveIntegerField()
    way = models.CharField(max_length=10, choices=Way)
    membership = models.ForeignKey(
        Membership, models.PROTECT, related_name="+", null=True, blank=True
    )
    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    group = models.CharField(max_length=20, choices=RespondentGroup)
    token_digest = models.CharField(max_length=64, unique=True, null=True, blank=True)
    email_mark = models.CharField(max_length=64, blank=True, db_default="")
    name_mark = models.CharField(max_length=64, blank=True, db_default="")
    other_marks = models.TextField(blank=True, db_default="")
    may_be_named = models.BooleanField(default=False)

    invited_at = models.DateTimeField(default=timezone.now)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = RespondentQuerySet.as_manager()

    # Whether they may be, or may not be, someone else of an earlier round: `people` finds out.
    is_in_doubt = False
    # Whether the same account has another answer in the round.
    is_repeated = False
    # Of a sheet that does not count: the numbers of those who it may be of, and of the components
    # that are scored on it.
    perhaps: frozenset[int] = frozenset()
    typed: frozenset[int] = frozenset()

    class Meta:
        ordering = ["group", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "person"],
                condition=Q(removed_at=None),
                name="respondent_once_a_round",
            ),
            models.CheckConstraint(
                condition=Q(way=Way.MEMBER, membership__isnull=False, name="", email="")
                | Q(membership=None, way=Way.LINK)
                | Q(membership=None, way=Way.PAPER, email="", token_digest=None),
                name="respondent_by_one_way",
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None) | Q(finished_at=None, token_digest=None),
                name="respondent_removed_answers_no_more",
            ),
        ]

    def __str__(self):
        return self.label

    @property
    def label(self):
        return self.membership.user.name if self.membership_id else self.name

    @property
    def has_chosen_name(self):
        """Return whether a member chose the name themselves; see `User.name_chosen_at`."""
        return bool(self.membership_id and self.membership.user.name_chosen_at)

    @property
    def address(self):
        return self.membership.user.email if self.membership_id else self.email

    digest_of = staticmethod(digest_of)

    @property
    def has_finished(self):
        return self.finished_at is not None

    @property
    def is_uncounted_sheet(self):
        """Return whether answers may have been entered from paper and do not count.

        They were removed, or not submitted. Who entered them still knows them, also if the person
        then gave them in another way.
        """
        return self.way == Way.PAPER and not self.has_finished


class RoundAnswer(models.Model):
    """A respondent's answer on one component. Only they can read it until the round closes.

    `reference` identifies it on result pages, where its key would show which answers were given
    one after the other, and so by one person.
    """

    WORDS = ("position", "went_well", "learned", "to_do")

    respondent = models.ForeignKey(Respondent, models.PROTECT, related_name="answers")
    component = models.ForeignKey(CoalitionComponent, models.PROTECT, related_name="+")
    reference = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    position = models.TextField("where it stands", blank=True)
    went_well = models.TextField("what has gone well", blank=True)
    learned = models.TextField("what was learned", blank=True)
    to_do = models.TextField("what to do", blank=True)
    strength = models.PositiveSmallIntegerField(null=True, blank=True)
    passed = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["component__number"]
        constraints = [
            models.UniqueConstraint(
                fields=["respondent", "component"], name="roundanswer_once_a_component"
            ),
            models.CheckConstraint(
                condition=Q(strength=None) | Q(strength__in=STRENGTHS, passed=False),
                name="roundanswer_strength_1_to_5_or_passed",
            ),
        ]

    def __str__(self):
        return f"Component {self.component_id}"

    @property
    def has_words(self):
        return any(getattr(self, name) for name in self.WORDS)

    @property
    def counts(self):
        """Return whether this is an answer: neither skipped nor empty."""
        return not self.passed and (self.strength is not None or self.has_words)

    @property
    def state_in_words(self):
        if self.passed:
            return "Prefer not to answer"
        if not self.counts:
            return ""
        return "Answered" if self.strength else "Answered, no score"


class RoundItem(models.Model):
    """An item of the plan that was added from an answer."""

    answer = models.OneToOneField(RoundAnswer, models.PROTECT, related_name="made")
    item = models.OneToOneField(PlanItem, models.PROTECT, related_name="made_from")

    def __str__(self):
        return f"Item {self.item_id}"


class DeletedRoundQuerySet(models.QuerySet):
    def kept(self):
        return self.filter(closed_on__gte=timezone.localdate() - DELETED_ROUNDS_KEPT)

    def expired(self):
        return self.filter(closed_on__lt=timezone.localdate() - DELETED_ROUNDS_KEPT)


class DeletedRound(models.Model):
    """What later results of a council must take into account of a round whose plan was deleted.

    Its result was read: without one person, the same people asked again would show what that person
    had answered. It has whose answers were shown and who entered answers from paper, and nothing of
    what anyone answered. People are numbers, as in Respondent, with the marks by which they are
    recognised: see `marks`.
    """

    council = models.ForeignKey(Council, models.PROTECT, related_name="+")
    closed_on = models.DateField()
    # Lists of the people whose figures were shown, by the number of the component.
    sets = models.JSONField()
    # The people whose answers an account entered, by its primary key.
    entered = models.JSONField()
    # The marks of each person.
    marks = models.JSONField()

    objects = DeletedRoundQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return f"Deleted round {self.pk}"

    def sets_of(self, component):
        """Return the sets of people whose figures were shown of a component."""
        return [frozenset(people) for people in self.sets.get(str(component.number), ())]

    @property
    def people(self):
        """Return pairs of the number of each person and their marks, by number."""
        return sorted((int(person), marks) for person, marks in self.marks.items())


def suggested_rounds(timetable):
    """Return the names and dates that we suggest: two weeks from each review of the timetable.

    A last day that is not a working day gives way to the working day before it.
    """
    extra = timetable.extra_bank_holidays
    return [
        (name, opens, working_day_on_or_before(opens + TWO_WEEKS, extra_bank_holidays=extra))
        for name, opens in (
            ("Six weeks", timetable.six_week_review),
            ("Six months", timetable.six_month_review),
            ("Twelve months", timetable.twelve_month_review),
        )
    ]
