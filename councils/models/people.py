import datetime as dt

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from .councils import Council


class DigestFrequency(models.TextChoices):
    """How often a person is told by e-mail what waits for them: at most once in each period."""

    DAILY = "daily", "Every day"
    WEEKLY = "weekly", "Every week"
    NEVER = "never", "Never"

    @property
    def days(self):
        """The length of a period, for the two that have one."""
        return {self.DAILY: 1, self.WEEKLY: 7}[self]

    def period_start(self, now):
        """When the period that `now` falls in began: midnight here, of today or of Monday."""
        midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
        if self == self.DAILY:
            return midnight
        monday = midnight.replace(tzinfo=None) - dt.timedelta(days=midnight.weekday())
        return timezone.make_aware(monday)


class UserManager(BaseUserManager):
    def create_user(self, *, email, name, password=None):
        """A person who can sign in; without a password, only after resetting it by e-mail."""
        user = self.model(email=self.normalize_email(email).lower(), name=name)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)

    def due_a_digest(self, now):
        """Members of a council who want digests and were sent none in the period of `now`."""
        due = models.Q()
        for frequency in (DigestFrequency.DAILY, DigestFrequency.WEEKLY):
            none_yet = models.Q(digest_sent_at=None)
            none_yet |= models.Q(digest_sent_at__lt=frequency.period_start(now))
            due |= none_yet & models.Q(digest_frequency=frequency)
        places = Membership.objects.current().filter(user=models.OuterRef("pk"))
        return self.filter(due, models.Exists(places), is_active=True)


class User(AbstractBaseUser):
    """A person, known by e-mail address. What they may do comes from their memberships alone."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now)
    # What they did stays under a name that says nothing, and nobody signs in with it again.
    erased_at = models.DateTimeField(null=True, blank=True)
    digest_frequency = models.CharField(
        max_length=10, choices=DigestFrequency, default=DigestFrequency.WEEKLY
    )
    digest_sent_at = models.DateTimeField(null=True, blank=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name", "email"]
        constraints = [
            # Sign-in looks addresses up in lower case: one stored otherwise could never be found.
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="user_email_lower_case"
            ),
        ]

    def __str__(self):
        return self.name


class Access(models.TextChoices):
    """How far a membership reaches; `permissions.ALLOWED` says what each may do."""

    OWNER = "owner", "Owner"
    EDITOR = "editor", "Editor"
    REVIEWER = "reviewer", "Reviewer"


class AdviserAccess(models.TextChoices):
    """How far an adviser reaches who is not a member: within what an owner granted, until when."""

    READ = "adviser-reads", "Adviser, to read"
    COMMENT = "adviser-comments", "Adviser, to read and comment"


class Office(models.TextChoices):
    """The post a member holds. Codes are those of the officer roles in the guidance."""

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


class MembershipQuerySet(models.QuerySet):
    def current(self):
        return self.filter(ended_at=None)

    def held_by(self, user):
        """The memberships of `user`, with the councils and what `permissions` asks about them."""
        held = self.current().filter(user=user).select_related("council")
        return held.annotate(has_second_factor=has_second_factor(user))


def is_current_member(user, path=""):
    """The condition that `user` belongs to a council, reached by `path` from what is queried."""
    return models.Q(**{f"{path}user": user, f"{path}ended_at": None})


def has_second_factor(user):
    """To annotate a query with: can `user` only sign in with a code from their phone as well?"""
    return models.Exists(_codes_of(user))


def signs_in_twice(user):
    """The same, asked by itself."""
    return _codes_of(user).exists()


def _codes_of(user):
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP)


class Membership(models.Model):
    """A person's place in one council: the post they hold and how far their access reaches."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    council = models.ForeignKey(Council, models.PROTECT, related_name="memberships")
    office = models.CharField("officer role", max_length=40, choices=Office)
    job_title = models.CharField(max_length=80, blank=True)
    access = models.CharField(max_length=10, choices=Access)
    # A membership that ended stays, for what its holder owned and did; it gives no access.
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["user__name"]
        constraints = [
            models.UniqueConstraint(fields=["user", "council"], name="membership_once"),
            models.CheckConstraint(
                condition=models.Q(access__in=Access.values), name="membership_known_access"
            ),
        ]

    def __str__(self):
        return f"{self.user}, {self.post}"

    @property
    def post(self):
        """What to call them in a list: their own job title, else the officer role."""
        return self.job_title or self.get_office_display()
