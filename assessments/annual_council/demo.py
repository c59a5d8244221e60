"""Annual council in the demo: nominations before one meeting, and all votes of another."""

import datetime as dt

from assessments.demo_story import Part, moment_of
from assessments.plans.models import Plan
from councils.models import User
from elections.annual_council import CouncilOffice, Presiding
from elections.council_vote import TieRule, VotingRule

from .actions import decide_tie, save_nominees, save_rules, save_vote
from .models import OfficeElection

CHAIR = ("Rosalind Thorne (Oak)", "Edwin Dale (Ash)")
LEADER = ("Helen Marsh (Oak)", "Marcus Vale (Ash)", "Owen Price (Rowan)")


def seed_nominees(plan: Plan, by: User) -> Part:
    """Enter who is nominated for chair and Leader, before the meeting."""
    yield moment_of(plan.election_day + dt.timedelta(days=12), "09:50")
    _rules(plan, by)
    for office, names in ((CouncilOffice.CHAIR, CHAIR), (CouncilOffice.LEADER, LEADER)):
        save_nominees(plan, office, version=0, names={}, new=names, by=by)


def seed_votes(plan: Plan, by: User) -> Part:
    """Enter a whole meeting: a chair elected in the second vote, by a casting vote, and a Leader.

    Elm and Oak have agreed to run the council together, so they nominate one Leader. Who chairs the
    council is not part of it: each group has its own nominee, and the members of Elm divide in vote 2.
    """
    annual_council = plan.timetable.annual_meeting or plan.election_day
    yield moment_of(annual_council - dt.timedelta(days=1), "15:10")
    _rules(plan, by)
    yield moment_of(annual_council, "18:35")
    chair = save_nominees(
        plan,
        CouncilOffice.CHAIR,
        version=0,
        names={},
        new=["Una Birch (Oak)", "Leo Sands (Ash)", "Barnaby Poole (Elm)"],
        by=by,
    )
    _vote(chair, by, {"Una": 18, "Leo": 14, "Barnaby": 8})
    _vote(chair, by, {"Una": 20, "Leo": 20})
    una = chair.nominees.get(name__startswith="Una")
    decide_tie(chair, decided_for=una.pk, version=chair.version, by=by)
    vice = save_nominees(
        plan, CouncilOffice.VICE_CHAIR, version=0, names={}, new=["Leo Sands (Ash)"], by=by
    )
    _vote(vice, by, {"Leo": 33}, against=2, abstained=5)
    leader = save_nominees(
        plan,
        CouncilOffice.LEADER,
        version=0,
        names={},
        new=["Tamsin Grey (Oak)", "Piers Holloway (Ash)"],
        by=by,
    )
    _vote(leader, by, {"Tamsin": 25, "Piers": 14}, abstained=1)


def _rules(plan: Plan, by: User) -> None:
    save_rules(
        plan,
        version=0,
        presiding=Presiding.CHAIR_LEFT,
        rule=VotingRule.ELIMINATE,
        tie=TieRule.CASTING,
        lowest_tie=TieRule.LOT,
        by=by,
    )


def _vote(
    election: OfficeElection,
    by: User,
    votes: dict[str, int],
    *,
    against: int = 0,
    abstained: int = 0,
) -> None:
    """Enter a vote; `votes` are by the nominees' first names."""
    by_pk = {each.pk: votes.get(each.name.split()[0]) for each in election.nominees.all()}
    save_vote(
        election,
        votes={pk: number for pk, number in by_pk.items() if number is not None},
        against=against,
        abstained=abstained,
        version=election.version,
        by=by,
    )
