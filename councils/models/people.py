import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Self

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils import timezone
from django.utils.functional import cached_property

from ..validators import validate_one_line
from .councils import Council
from .standing import Standing


class DigestFrequency(models.TextChoices):
    """How often a person is sent an email update: at most once in each period.

    AT_ONCE is an email about each thing that needs the person, and a weekly update besides.
    """

    AT_ONCE = "at-once", "As soon as something needs you, and a summary every week"
    DAILY = "daily", "Every day"
    WEEKLY = "weekly", "Every week"
    NEVER = "never", "Never"

    @property
    def days(self) -> int:
        """The length of a period; KeyError for NEVER."""
        return {self.AT_ONCE: 7, self.DAILY: 1, self.WEEKLY: 7}[self]

    def period_start(self, now: dt.datetime) -> dt.datetime:
        """Return the start of the period that includes `now`: local midnight of today or Monday."""
        midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
        if self == self.DAILY:
            return midnight
        monday = midnight.replace(tzinfo=None) - dt.timedelta(days=midnight.weekday())
        return timezone.make_aware(monday)


class UserManager(BaseUserManager["User"]):
    def create_user(self, *, email: str, name: str, password: str | None = None) -> "User":
        """Create a person. Without a password, they set one by email before they can sign in."""
        user = self.model(email=self.normalize_email(email).lower(), name=name)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email__iexact=email)

    def due_a_digest(self, now: dt.datetime) -> models.QuerySet["User"]:
        """Return people who want email updates and were sent none in the current period."""
        due = models.Q()
        for frequency in (f for f in DigestFrequency if f != DigestFrequency.NEVER):
            none_yet = models.Q(digest_sent_at=None)
            none_yet |= models.Q(digest_sent_at__lt=frequency.period_start(now))
            # A clock that was wrong: no update after this one would ever be due.
            none_yet |= models.Q(digest_sent_at__gt=now + dt.timedelta(days=1))
            due |= none_yet & models.Q(digest_frequency=frequency)
        return self.filter(due, is_active=True)


class User(AbstractBaseUser):
    """A person, identified by email address. Their rights come only from their memberships."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, validators=[validate_one_line])
    is_active = models.BooleanField(default=True)
    # Runs the service: the pages at /operate/, and nothing of any council.
    is_operator = models.BooleanField(default=False, db_default=False, editable=False)
    # When the person chose the name that they have. Null if others gave it, or one much like it.
    name_chosen_at = models.DateTimeField(null=True, blank=True, editable=False)
    joined_at = models.DateTimeField(default=timezone.now)
    # When the person disconnected single sign-on. Only they connect it again, from their account.
    disconnected_at = models.DateTimeField(null=True, blank=True, editable=False)
    # An erased person's changes stay, under a number. The account cannot be used again.
    erased_at = models.DateTimeField(null=True, blank=True)
    digest_frequency = models.CharField(
        max_length=10, choices=DigestFrequency, default=DigestFrequency.AT_ONCE
    )
    digest_chosen_at = models.DateTimeField(null=True, blank=True)
    digest_sent_at = models.DateTimeField(null=True, blank=True)
    # The account that this one was merged into. It cannot be used again; its name stays in history.
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        related_name="merged_accounts",
        null=True,
        blank=True,
        editable=False,
    )

    objects = UserManager()

    _read: Mapping[str, Any] = {}  # what each field had when the person was fetched, if known

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name", "email"]
        constraints = [
            # Sign-in looks up addresses in lower case, so they must be stored in lower case.
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="user_email_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any]
    ) -> "User":
        person = super().from_db(db, field_names, values)
        person._read = dict(zip(field_names, values, strict=True))
        return person

    def save(self, **kwargs: Any) -> None:
        """Save what has changed since the person was fetched, or `update_fields`.

        The hash of a password takes a while. Saving all of the account with it would undo what was
        done to it meanwhile: it could have been erased, which deletes no row.
        """
        held = self._held()
        if not self._state.adding and kwargs.get("update_fields") is None:
            kwargs["update_fields"] = [
                name
                for name in held
                if name not in self._read or self._read[name] != getattr(self, name)
            ]
        super().save(**kwargs)
        saved = kwargs.get("update_fields")
        now = {name: getattr(self, name) for name in held if saved is None or name in saved}
        self._read = {**self._read, **now}

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Iterable[str] | None = None,
        from_queryset: models.QuerySet["User"] | None = None,
    ) -> None:
        names = None if fields is None else list(fields)
        super().refresh_from_db(using, names, from_queryset)
        held = self._held()
        read = held if names is None else held.intersection(names)
        self._read = {**self._read, **{name: getattr(self, name) for name in read}}

    def _held(self) -> set[str]:
        """Return the columns that have been fetched, without the key."""
        columns = {each.attname for each in self._meta.concrete_fields if not each.primary_key}
        return columns - self.get_deferred_fields()

    @cached_property
    def standings(self) -> set[Standing]:
        """What let the person in during this request, as far as it was asked: see `standing`."""
        return set()

    def forget_standing(self, council_id: int) -> None:
        """Ask no more for what let the person into a council.

        For what they do to their own access, which can end in the transaction that records it.
        """
        self.standings.difference_update(
            {each for each in self.standings if each.council_id == council_id}
        )

    def addresses(self, council: Council) -> list[str]:
        """Return the person's address, and those before it that no one else has or had, as far as
        they count in a council.

        An address of a role, such as that of the chief executive, passes to the next holder.
        """
        had = self.earlier_addresses.model.objects.filter(counts_in(council))
        others = had.filter(email=models.OuterRef("email")).exclude(user=self.pk)
        accounts = User.objects.filter(email=models.OuterRef("email"))
        earlier = had.filter(~models.Exists(others), ~models.Exists(accounts), user=self.pk)
        return [self.email, *earlier.values_list("email", flat=True)]


class BroughtModel(models.Model):
    """What a person had before, and the council with whose file it was imported, if it was.

    Only the file says so, and no council can check what the file of another says: it counts for
    what belongs to that council and for nothing else. Filter with `counts_in`.
    """

    brought_by = models.ForeignKey(
        Council, models.PROTECT, related_name="+", null=True, blank=True, editable=False
    )

    class Meta:
        abstract = True


def counts_in(council: "Council | int | models.OuterRef") -> models.Q:
    """Return the condition that a row of a BroughtModel counts in a council."""
    return models.Q(brought_by=None) | models.Q(brought_by=council)


class EarlierName(BroughtModel):
    """A name that a person had before they changed it, for erasing them from what says it.

    `chosen_at` is as `User.name_chosen_at` was. If it is set, what was written before it, or after
    `changed_at`, means something else by the same words.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="earlier_names")
    name = models.CharField(max_length=120)
    chosen_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-changed_at", "-pk"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def keep(
        cls,
        person_id: int,
        name: str,
        *,
        chosen_at: dt.datetime | None = None,
        brought_by: Council | None = None,
    ) -> None:
        """Keep a name of a person unless it is kept: several times, if they changed back to it."""
        kept = cls.objects.filter(user=person_id, name=name, brought_by=brought_by)
        if not kept.exists():
            cls.objects.create(
                user_id=person_id, name=name, chosen_at=chosen_at, brought_by=brought_by
            )
        elif chosen_at is None:
            kept.update(chosen_at=None)


class Access(models.TextChoices):
    """The access level of a membership; `permissions.ALLOWED` lists the rights of each."""

    OWNER = "owner", "Owner"
    EDITOR = "editor", "Editor"
    REVIEWER = "reviewer", "Reviewer"


class AdviserAccess(models.TextChoices):
    """The access level of an adviser, within the stages and period that an owner granted."""

    READ = "adviser-reads", "Adviser (view only)"
    COMMENT = "adviser-comments", "Adviser (view and comment)"


class Office(models.TextChoices):
    """The officer role of a member. Codes are those of the officer roles in the guidance."""

    CHIEF_EXECUTIVE = "chief-executive", "Chief executive"
    MONITORING_OFFICER = "monitoring-officer", "Monitoring officer"
    SECTION_151_OFFICER = "section-151-officer", "Section 151 officer"
    RETURNING_OFFICER = "returning-officer", "Returning officer"
    HEAD_OF_DEMOCRATIC_SERVICES = "head-of-democratic-services", "Head of democratic services"
    HEAD_OF_COMMUNICATIONS = "head-of-communications", "Head of communications"
    HEAD_OF_HR = "head-of-hr", "Head of human resources"
    SLT_MEMBER = "slt-member", "Senior leadership team member"
    HEAD_OF_SERVICE = "head-of-service", "Head of service"
    LGA_ADVISER = "lga-adviser", "LGA adviser"


# Head of paid service, monitoring officer and chief finance officer (Local Government and Housing
# Act 1989 ss.4 and 5; Local Government Act 1972 s.151).
STATUTORY_OFFICES = (
    Office.CHIEF_EXECUTIVE,
    Office.MONITORING_OFFICER,
    Office.SECTION_151_OFFICER,
)


# How long someone has been an owner before they count as one of two: making an accomplice an owner
# is then no quicker than the notice that one owner alone has to give.
DAYS_AS_OWNER = 14


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> Self:
        return self.filter(ended_at=None)

    def active_owners(self) -> Self:
        """Return the current owners who can sign in."""
        return self.current().filter(access=Access.OWNER, user__is_active=True)

    def settled_owners(self, at: dt.datetime) -> Self:
        """Return the current owners who count where two owners are needed for a request of `at`.

        Both the owner who asks and the one who confirms must have been owners for DAYS_AS_OWNER by
        then. One person could otherwise make a second account of their own an owner for it. If
        access to the council's plans was stopped in these days, in which no one could object, they
        begin again when it restarts.
        """
        days = dt.timedelta(days=DAYS_AS_OWNER)
        events = apps.get_model("councils", "CouncilEvent")  # which refers to people
        of_council = events.objects.filter(council=models.OuterRef("council"))
        restarted = of_council.filter(
            kind=events.Kind.ACCESS_RESTARTED, at__gt=at - days, at__lte=at
        )
        stopped = of_council.filter(
            kind=events.Kind.ACCESS_STOPPED,
            at__gte=models.OuterRef("access_since"),
            at__lt=models.OuterRef("access_since") + days,
        )
        settled = self.active_owners().filter(access_since__lte=at - days)
        return settled.exclude(models.Exists(restarted), models.Exists(stopped))

    def held_by(self, user: User, *, with_stopped: bool = False) -> Self:
        """Return the current memberships of `user`, each with its council and
        `has_second_factor`, as `permissions.require` needs them.

        Those of a council whose access is stopped are left out, unless `with_stopped`.
        """
        held = self.current().filter(user=user).select_related("council")
        if not with_stopped:
            held = held.filter(council__stopped_at=None)
        return held.annotate(has_second_factor=has_second_factor(user))


def is_current_member(user: User, path: str = "") -> models.Q:
    """Return the condition that `user` is a member; `path` is the lookup to the memberships."""
    return models.Q(**{f"{path}user": user, f"{path}ended_at": None})


def has_second_factor(user: User) -> models.Exists:
    """Return an annotation: has `user` turned on two-step sign-in?"""
    return models.Exists(_authenticator_apps_of(user))


def signs_in_twice(user: User) -> bool:
    """Return whether `user` has turned on two-step sign-in. One query."""
    return _authenticator_apps_of(user).exists()


def uses_two_steps_since(user: User) -> dt.datetime | None:
    """Return when `user` turned on two-step sign-in, or None if it is off. One query."""
    return _authenticator_apps_of(user).values_list("created_at", flat=True).first()


def _authenticator_apps_of(user: User) -> models.QuerySet[Authenticator]:
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP)


class Membership(models.Model):
    """A person's membership of one council: their officer role and access level."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    council = models.ForeignKey(Council, models.PROTECT, related_name="memberships")
    office = models.CharField("officer role", max_length=40, choices=Office)
    job_title = models.CharField(max_length=80, blank=True, validators=[validate_one_line])
    access = models.CharField(max_length=10, choices=Access)
    # A statutory officer role that an only owner gave themselves; others rely on who holds it.
    is_office_self_set = models.BooleanField(default=False, db_default=False)
    # When the member was given this access level, or joined again.
    access_since = models.DateTimeField(default=timezone.now, db_default=Now())
    # An ended membership is kept because actions and history refer to it. It gives no access.
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["user__name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "council"], name="membership_once"),
            models.CheckConstraint(
                condition=models.Q(access__in=Access.values), name="membership_known_access"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.post}"

    @property
    def post(self) -> str:
        """The job title, or the officer role if there is none."""
        return self.job_title or self.get_office_display()

    @property
    def state(self) -> str:
        """The role and access as one text, by which a form can tell that they have changed."""
        return "/".join((self.office, self.access, self.job_title))
