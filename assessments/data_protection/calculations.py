"""Calculate what the pages of a council calculate, to find values with which they would fail."""

from assessments.annual_council.models import AnnualMeeting, OfficeElection
from assessments.budget.models import Budget
from assessments.budget.page import schedule_for
from assessments.election_night.models import ElectionCount
from assessments.election_night.running import running_state
from assessments.plans.models import Plan, Snapshot
from assessments.reviews.frozen import Frozen
from assessments.rounds.disclosure import FEWEST
from assessments.rounds.results import GROUPS, RoundResult, results_by_plan
from assessments.seats.models import (
    CompositionSuggestion,
    CouncilComposition,
    PoliticalBalance,
    Scenario,
)
from assessments.timetable.governance import governance_of
from councils.models import Council


def require_calculable(council: Council) -> None:
    """Raise ValueError if dates, seats, budgets, votes or round results cannot be calculated.

    Forms ask for what the calculations need. The file of an import has not been through them.
    """
    budgets = Budget.objects.filter(plan__council=council).prefetch_related("own_dates")
    by_plan = {budget.plan_id: budget for budget in budgets}
    plans = list(Plan.objects.filter(council=council).select_related("council"))
    for plan in plans:
        _ = plan.timetable
        schedule_for(plan, by_plan.get(plan.pk), governance_of(plan))
    for snapshot in Snapshot.objects.filter(plan__council=council):
        _ = Frozen.of(snapshot).timetable
    for composition in CouncilComposition.objects.filter(council=council):
        _ = composition.worked_out
    for suggestion in CompositionSuggestion.objects.filter(council=council):
        _ = suggestion.worked_out
    for balance in PoliticalBalance.objects.filter(council=council):
        balance.worked_out()
    for scenario in Scenario.objects.with_seats().filter(plan__council=council):
        _ = scenario.worked_out
    for count in ElectionCount.objects.with_results().filter(plan__council=council):
        running_state(count)
    rules = {each.plan_id: each for each in AnnualMeeting.objects.filter(plan__council=council)}
    try:
        for election in OfficeElection.objects.with_votes().filter(plan__council=council):
            election.counted(rules.get(election.plan_id, AnnualMeeting()).rule)
    except (KeyError, ValueError) as error:
        raise ValueError("the votes of an election do not fit its nominees") from error
    try:
        for results in results_by_plan(plans).values():
            for result in results:
                _ = result.weakest, result.apart, result.disclosure
                _require_whole_sets(result)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError("what a review round shows does not fit its respondents") from error


def _require_whole_sets(result: RoundResult) -> None:
    """Raise ValueError if a result shows a figure of fewer people than any round may."""
    for component in result.components:
        sets = component.shown.sets
        if any(len(people) < FEWEST or not people <= sets.total for people in sets.each):
            raise ValueError("a set of people is too small, or no part of the total")
        if {name for name, _ in sets.groups} - GROUPS.keys():
            raise ValueError("there is no such group")
