"""What a signed-in person can see and do at annual council.

Members of the council read; those who record progress enter nominations and votes. Advisers see
nothing of it: who is nominated is for the council until the meeting.
"""

from dataclasses import dataclass

from django.http import Http404

from assessments.access import Rights, plan_for
from assessments.plans.models import Election, Plan
from assessments.timetable.governance import governance_of
from councils.models import User
from councils.permissions import Right, require
from elections.annual_council import CouncilOffice, Presiding, offices_filled, words_for
from elections.interim import Governance
from elections.timetable import CouncilKind

from .models import AnnualMeeting, OfficeElection


@dataclass(frozen=True)
class AnnualCouncil:
    """The meeting of one plan: its rules, how the council takes decisions, and all elections."""

    plan: Plan
    rules: AnnualMeeting
    governance: Governance
    elections: tuple[OfficeElection, ...]

    @property
    def council_type(self) -> CouncilKind | None:
        return self.plan.timetable.council_type

    @property
    def offices(self) -> tuple[CouncilOffice, ...]:
        return offices_filled(self.governance, self.council_type)

    def in_words(self, words: str) -> str:
        """Return words about the chair as they apply to this council: some have a mayor."""
        return words_for(words, self.governance, self.council_type)

    def attempts(self, office: str) -> list[OfficeElection]:
        """Return the elections to an office, the latest last."""
        return sorted(
            (each for each in self.elections if each.office == office),
            key=lambda each: each.attempt,
        )

    def current(self, office: str) -> OfficeElection | None:
        """Return the latest election to an office, None without nominations."""
        attempts = self.attempts(office)
        return attempts[-1] if attempts else None


def annual_council_for(
    user: User, plan_id: int, *, needs: Right = Right.VIEW
) -> tuple[AnnualCouncil, Rights]:
    """Return the meeting and the Rights of a member of the council. Raises 404 or 403."""
    plan, rights = plan_for(user, plan_id)
    if not rights.can_take_part:
        raise Http404
    require(plan, needs)
    elections = tuple(OfficeElection.objects.filter(plan=plan).with_votes())
    for election in elections:
        election.plan = plan
    return AnnualCouncil(
        plan=plan,
        rules=AnnualMeeting.objects.filter(plan=plan).first() or _rules_at_first(plan),
        governance=governance_of(plan),
        elections=elections,
    ), rights


def _rules_at_first(plan: Plan) -> AnnualMeeting:
    """Return the rules of a meeting for which none were saved.

    An authority that its order sets up has no outgoing chair at its first meeting.
    """
    if plan.occasion == Election.ORDER and plan.council.established_on:
        return AnnualMeeting(plan=plan, presiding=Presiding.CHOSEN)
    return AnnualMeeting(plan=plan)


def office_for(
    user: User, plan_id: int, office: str, *, needs: Right = Right.VIEW
) -> tuple[AnnualCouncil, OfficeElection | None, Rights]:
    """Return the meeting, the latest election to an office, and the Rights. Raises 404 or 403."""
    meeting, rights = annual_council_for(user, plan_id, needs=needs)
    if office not in meeting.offices:
        raise Http404
    return meeting, meeting.current(office), rights


def election_for(
    user: User, plan_id: int, office: str
) -> tuple[AnnualCouncil, OfficeElection, Rights]:
    """Return the same for a user who can enter votes. Raises 404 without nominations, or 403."""
    meeting, election, rights = office_for(user, plan_id, office, needs=Right.EDIT_ITEMS)
    if election is None:
        raise Http404
    return meeting, election, rights
