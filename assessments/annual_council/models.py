from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from assessments.plans.models import Plan
from councils.models import User
from elections.annual_council import OUTGOING, CouncilOffice, Presiding
from elections.council_vote import (
    CouncilVote,
    Nominee,
    TieRule,
    VoteOutcome,
    VotingRule,
    count_votes,
)

MAX_NAME = 100


class OfficeFilled(models.TextChoices):
    """The words for elections.annual_council.CouncilOffice."""

    CHAIR = CouncilOffice.CHAIR.value, "Chair of the council"
    VICE_CHAIR = CouncilOffice.VICE_CHAIR.value, "Vice-chair"
    LEADER = CouncilOffice.LEADER.value, "Leader"


class PresidingAtStart(models.TextChoices):
    """The words for elections.annual_council.Presiding."""

    CHAIR_MEMBER = Presiding.CHAIR_MEMBER.value, OUTGOING[Presiding.CHAIR_MEMBER]
    CHAIR_LEFT = Presiding.CHAIR_LEFT.value, OUTGOING[Presiding.CHAIR_LEFT]
    VICE_MEMBER = Presiding.VICE_MEMBER.value, OUTGOING[Presiding.VICE_MEMBER]
    VICE_LEFT = Presiding.VICE_LEFT.value, OUTGOING[Presiding.VICE_LEFT]
    CHOSEN = Presiding.CHOSEN.value, OUTGOING[Presiding.CHOSEN]


class HowElected(models.TextChoices):
    """The words for elections.council_vote.VotingRule."""

    ELIMINATE = (
        VotingRule.ELIMINATE.value,
        "More than half of the votes. If no one has that many, the nominee with the fewest votes "
        "drops out and the council votes again",
    )
    REPEAT = (
        VotingRule.REPEAT.value,
        "More than half of the votes. If no one has that many, the council votes again on the same "
        "nominees",
    )
    PLURALITY = VotingRule.PLURALITY.value, "Most votes in a single vote"


class HowTiesEnd(models.TextChoices):
    """The words for elections.council_vote.TieRule."""

    CASTING = TieRule.CASTING.value, "By the casting vote of the person presiding"
    LOT = TieRule.LOT.value, "By drawing lots"


class AnnualMeeting(models.Model):
    """What the council's standing orders say about votes at its annual meeting. One row a plan.

    Without a row the defaults apply. Equal votes for chair are always decided by a casting vote.
    """

    plan = models.OneToOneField(Plan, models.PROTECT, related_name="annual_council")
    presiding = models.CharField(
        "Who presides while the chair is elected",
        max_length=12,
        choices=PresidingAtStart,
        default=PresidingAtStart.CHAIR_MEMBER,
    )
    rule = models.CharField(
        "How an office is filled if there are several nominees",
        max_length=9,
        choices=HowElected,
        default=HowElected.ELIMINATE,
    )
    tie = models.CharField(
        "How equal votes for vice-chair and Leader are decided",
        max_length=7,
        choices=HowTiesEnd,
        default=HowTiesEnd.CASTING,
    )
    lowest_tie = models.CharField(
        "How it is decided who drops out if nominees tie for the fewest votes",
        max_length=7,
        choices=HowTiesEnd,
        default=HowTiesEnd.CASTING,
    )
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(presiding__in=PresidingAtStart.values)
                & Q(rule__in=HowElected.values)
                & Q(tie__in=HowTiesEnd.values)
                & Q(lowest_tie__in=HowTiesEnd.values),
                name="annualmeeting_known_choices",
            ),
        ]

    def __str__(self):
        return f"Annual council of plan {self.plan_id}"

    def tie_rule(self, office, result):
        """Return how a tie in the VoteResult of a vote for `office` is decided.

        For or against a single nominee is a question like any other: a casting vote.
        """
        if result.outcome in {VoteOutcome.TIED_LAST, VoteOutcome.ELIMINATED}:
            return TieRule(self.lowest_tie)
        if office == CouncilOffice.CHAIR or len(result.vote.votes) == 1:
            return TieRule.CASTING
        return TieRule(self.tie)


class OfficeElectionQuerySet(models.QuerySet):
    def with_votes(self):
        """With all that counting takes, in a number of queries that does not grow."""
        return self.prefetch_related("nominees", "rounds__given", "rounds__by")


class OfficeElection(models.Model):
    """The election to one office at annual council: its nominees and each vote.

    Where no one was elected, another `attempt` has nominations of its own; the latest counts.
    `version` counts every change: each is made on a version, and a stale one is refused.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="office_elections")
    office = models.CharField(max_length=10, choices=OfficeFilled)
    attempt = models.PositiveSmallIntegerField(default=1)
    version = models.PositiveIntegerField(default=1)

    objects = OfficeElectionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "office", "attempt"], name="officeelection_once"
            ),
            models.CheckConstraint(
                condition=Q(office__in=OfficeFilled.values), name="officeelection_known_office"
            ),
        ]

    def __str__(self):
        return self.get_office_display()

    def counted(self, rule):
        """Return the CouncilVoteCount under `rule`. The election comes from `with_votes`."""
        names = {nominee.pk: nominee.name for nominee in self.nominees.all()}
        nominees = [
            Nominee(nominee.name, nominee.withdrew_before) for nominee in self.nominees.all()
        ]
        votes = [each.as_vote(names) for each in self.rounds.all()]
        return count_votes(nominees, votes, VotingRule(rule))


class OfficeNominee(models.Model):
    """A person nominated. `withdrew_before` is the first vote that they were not part of, or 0."""

    election = models.ForeignKey(OfficeElection, models.PROTECT, related_name="nominees")
    name = models.CharField(max_length=MAX_NAME)
    withdrew_before = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint("election", Lower("name"), name="officenominee_once"),
        ]

    def __str__(self):
        return self.name


class OfficeRound(models.Model):
    """One vote of an election, counted from 1.

    `decided_for` is who was elected, or who drops out, where votes were equal; with `is_decided`
    and none, no one was elected.
    """

    election = models.ForeignKey(OfficeElection, models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    against = models.PositiveSmallIntegerField(default=0)
    abstained = models.PositiveSmallIntegerField(default=0)
    is_decided = models.BooleanField(default=False)
    decided_for = models.ForeignKey(
        OfficeNominee, models.PROTECT, related_name="+", null=True, blank=True
    )
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["election", "number"], name="officeround_once"),
            models.CheckConstraint(
                condition=Q(is_decided=True) | Q(decided_for=None),
                name="officeround_decided_if_for_someone",
            ),
        ]

    def __str__(self):
        return f"{self.election}: vote {self.number}"

    def as_vote(self, names):
        """Return the CouncilVote; `names` are the nominees' names by primary key."""
        decision = names.get(self.decided_for_id, "") if self.is_decided else None
        return CouncilVote(
            tuple((names[each.nominee_id], each.votes) for each in self.given.all()),
            against=self.against,
            abstained=self.abstained,
            decision=decision,
        )


class OfficeVotes(models.Model):
    """The votes for one nominee in one vote."""

    round = models.ForeignKey(OfficeRound, models.PROTECT, related_name="given")
    nominee = models.ForeignKey(OfficeNominee, models.PROTECT, related_name="+")
    votes = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "office votes"
        constraints = [
            models.UniqueConstraint(fields=["round", "nominee"], name="officevotes_once"),
        ]

    def __str__(self):
        return f"{self.nominee} {self.votes}"
