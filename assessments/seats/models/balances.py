from django.db import models
from django.db.models import Prefetch, Q
from django.utils import timezone

from assessments.words import day_in_words
from councils.models import Council, User
from elections.bodies import FORMERLY_UNGROUPED, UNGROUPED, BodyKind, JointGroup
from elections.composition import MAX_NAME
from elections.political_balance import ALL_TOGETHER, Committee, Rules, allocate

from .compositions import CouncilComposition


class Kind(models.TextChoices):
    """Kinds of body: the words for elections.bodies.BodyKind."""

    ORDINARY = BodyKind.ORDINARY.value, "Ordinary committee"
    SUB_COMMITTEE = BodyKind.SUB_COMMITTEE.value, "Sub-committee"
    JOINT_COMMITTEE = BodyKind.JOINT_COMMITTEE.value, "Joint committee"
    OUTSIDE_BODY = BodyKind.OUTSIDE_BODY.value, "Outside body"
    NOT_BALANCED = BodyKind.NOT_BALANCED.value, "Political balance does not apply"


def _name_now(party):
    """Return the name of a party; members in no group were saved under another one before."""
    return UNGROUPED if party == FORMERLY_UNGROUPED else party


class BalanceQuerySet(models.QuerySet):
    def of(self, council):
        """A council's allocations with all that working them out takes, the latest first."""
        choices = TieChoice.objects.select_related("committee", "chosen_by")
        return (
            self.filter(council=council)
            .select_related("council", "composition", "made_by", "accepted_by")
            .prefetch_related("composition__groups", "committees__adopted", "joint_groups")
            .prefetch_related(Prefetch("choices", choices))
        )


class PoliticalBalance(models.Model):
    """Committee seats worked out for one composition; what people decided is kept, the rest is not.

    `version` counts the decisions: each is made on a version, and a stale one is refused.
    """

    council = models.ForeignKey(Council, models.PROTECT, related_name="political_balances")
    composition = models.ForeignKey(CouncilComposition, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    pool_sub_committees = models.BooleanField(
        "sub-committees are added to the ordinary committees under principle (c)", default=False
    )

    accepted_reason = models.CharField(
        "who accepted the table, and how", max_length=200, blank=True
    )
    accepted_at = models.DateTimeField("when the table was accepted", null=True, blank=True)
    accepted_by = models.ForeignKey(
        User,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="who recorded that the table was accepted",
    )

    meeting_on = models.DateField("date of the meeting", null=True, blank=True)
    votes_for = models.PositiveSmallIntegerField("votes for", null=True, blank=True)
    votes_against = models.PositiveSmallIntegerField("votes against", null=True, blank=True)
    abstentions = models.PositiveSmallIntegerField(null=True, blank=True)
    voted_version = models.PositiveIntegerField(
        "version of the allocation that was voted on", null=True, blank=True
    )

    objects = BalanceQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(meeting_on=None, votes_for=None, votes_against=None, abstentions=None)
                | Q(
                    meeting_on__isnull=False,
                    votes_for__isnull=False,
                    votes_against__isnull=False,
                    abstentions__isnull=False,
                ),
                name="balance_vote_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None, accepted_reason="")
                | Q(accepted_at__isnull=False, accepted_by__isnull=False) & ~Q(accepted_reason=""),
                name="balance_acceptance_is_whole",
            ),
        ]

    def __str__(self):
        made_on = timezone.localdate(self.made_at)
        return f"Political balance of {self.council}, {day_in_words(made_on)}"

    def worked_out(self):
        """Return the Allocation by political balance, with the ties that have been settled."""
        composition = self.composition.worked_out
        return allocate(
            composition.groups,
            self.bodies,
            ungrouped=composition.ungrouped,
            vacancies=composition.vacancies,
            joint_groups=self.groups_treated_as_one,
            choices={choice.key: choice.holder for choice in self.choices.all()},
            rules=self.rules,
        )

    @property
    def bodies(self):
        """Return all bodies, those outside political balance included, as elections knows them."""
        return [committee.worked_out for committee in self.committees.all()]

    @property
    def balanced_committees(self):
        """Return the committees that are in balance: the rows of the allocation, in its order."""
        return [each for each in self.committees.all() if each.kind != Kind.NOT_BALANCED]

    @property
    def groups_treated_as_one(self):
        return [JointGroup(each.name, each.parts) for each in self.joint_groups.all()]

    @property
    def rules(self):
        return Rules(pool_sub_committees=self.pool_sub_committees)

    @property
    def has_accepted_table(self):
        """Whether all seats were accepted as one table, which also decides the open ties."""
        return self.accepted_at is not None

    @property
    def has_vote(self):
        return self.meeting_on is not None

    @property
    def is_carried(self):
        """Whether a vote was recorded in which more voted for the seats than against them."""
        return self.has_vote and self.votes_for > self.votes_against

    @property
    def changed_since_vote(self):
        """Whether seats or ties were decided after the vote was recorded."""
        return self.voted_version is not None and self.version > self.voted_version


class BalanceCommittee(models.Model):
    """A body, how many seats it has for councillors, and which kind of body it is.

    Co-opted members are recorded and never counted: their seats are not allocated.
    """

    balance = models.ForeignKey(PoliticalBalance, models.PROTECT, related_name="committees")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=MAX_NAME)
    size = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=13, choices=Kind, default=Kind.ORDINARY)
    reason = models.CharField("why political balance does not apply", max_length=200, blank=True)
    coopted_voting = models.PositiveSmallIntegerField("co-opted members who can vote", default=0)
    coopted_non_voting = models.PositiveSmallIntegerField(
        "co-opted members who cannot vote", default=0
    )
    coopted_note = models.CharField("note on co-opted members", max_length=200, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=Kind.values), name="balancecommittee_known_kind"
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.NOT_BALANCED) & Q(reason="")
                | Q(kind=Kind.NOT_BALANCED) & ~Q(reason=""),
                name="balancecommittee_not_balanced_has_reason",
            ),
            models.UniqueConstraint(
                fields=["balance", "position"], name="balancecommittee_position_once"
            ),
            models.CheckConstraint(condition=Q(size__gte=1), name="balancecommittee_has_seats"),
        ]

    def __str__(self):
        return f"{self.name} ({self.size})"

    @property
    def worked_out(self):
        """Return the body as elections.bodies knows it."""
        return Committee(
            self.name,
            self.size,
            BodyKind(self.kind),
            coopted_voting=self.coopted_voting,
            coopted_non_voting=self.coopted_non_voting,
            coopted_note=self.coopted_note,
            reason=self.reason,
        )

    @property
    def departure(self):
        """Return the adopted seats by party if they differ from those worked out, else None."""
        return {_name_now(each.party): each.seats for each in self.adopted.all()} or None


class BalanceJointGroup(models.Model):
    """Groups that have asked to be treated as one group (1990 Regulations, regulation 12)."""

    balance = models.ForeignKey(PoliticalBalance, models.PROTECT, related_name="joint_groups")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=MAX_NAME)
    groups = models.TextField(help_text="Names of the groups, one a line.")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["balance", "position"], name="balancejointgroup_position_once"
            ),
        ]

    def __str__(self):
        return f"{self.name} ({' + '.join(self.parts)})"

    @property
    def parts(self):
        return tuple(self.groups.splitlines())


class TieChoice(models.Model):
    """Who has a seat that could equally go to several parties, who decided it and why."""

    balance = models.ForeignKey(PoliticalBalance, models.PROTECT, related_name="choices")
    committee = models.ForeignKey(
        BalanceCommittee,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        help_text="Empty for a seat of all committees together.",
    )
    number = models.PositiveSmallIntegerField()
    party = models.CharField(max_length=MAX_NAME)
    reason = models.CharField(max_length=200)
    chosen_at = models.DateTimeField(default=timezone.now)
    chosen_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["balance", "committee", "number"], name="tiechoice_once_a_committee"
            ),
            models.UniqueConstraint(
                fields=["balance", "number"],
                condition=Q(committee=None),
                name="tiechoice_once_together",
            ),
        ]

    def __str__(self):
        return self.party

    @property
    def holder(self):
        """Return who has the seat, under the name that the allocation has for it now."""
        return _name_now(self.party)

    @property
    def key(self):
        return (self.committee.name if self.committee_id else ALL_TOGETHER, self.number)


class AdoptedSeats(models.Model):
    """How many seats a party has on a committee whose adopted seats are not those worked out."""

    committee = models.ForeignKey(BalanceCommittee, models.PROTECT, related_name="adopted")
    party = models.CharField(max_length=MAX_NAME)
    seats = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name_plural = "adopted seats"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["committee", "party"], name="adoptedseats_once"),
        ]

    def __str__(self):
        return f"{self.party} {self.seats}"
