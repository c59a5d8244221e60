"""The budget as it is shown: its dates, and each amendment with its sums."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from assessments.plans.models import Plan
from assessments.seats.models import CouncilComposition
from assessments.timetable.governance import governance_of
from assessments.vacancies.access import members_today
from assessments.words import day_in_words, pounds
from elections.budget import (
    AmendmentWorking,
    BudgetSchedule,
    BudgetStep,
    TaxEffect,
    budget_schedule,
    points_of_law,
    tax_effect,
)
from elections.interim import Governance, LegalPoint
from elections.timetable import LAST_YEAR, CouncilKind

from .models import AmendmentBase, AmendmentState, Budget
from .words import effect_in_words, reserves_in_words, working_in_words


@dataclass(frozen=True)
class AmendmentSheet:
    """One amendment as pages and documents show it."""

    pk: int
    group: str
    title: str
    received: str
    state: str
    is_ready: bool
    working: AmendmentWorking
    effect: TaxEffect | None
    statement: str
    stated: str
    is_stated: bool

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """Return each line with its amounts in words."""
        return [
            (line.words, pounds(line.spending), pounds(line.income), pounds(line.reserves))
            for line in self.working.lines
        ]

    @property
    def totals(self) -> tuple[str, ...]:
        sums = (self.working.spending, self.working.income, self.working.reserves)
        return tuple(pounds(each) for each in sums)

    @property
    def sums(self) -> str:
        return working_in_words(self.working)

    @property
    def reserves(self) -> str:
        return reserves_in_words(self.working)

    @property
    def effect_words(self) -> str:
        return effect_in_words(self.effect) if self.effect and self.working.lines else ""


@dataclass(frozen=True)
class BudgetPage:
    """What the page and the document draw. `votes` are the groups with their members."""

    council: str
    marking: str
    schedule: BudgetSchedule
    governance: Governance
    has_own_law: bool
    points: tuple[LegalPoint, ...]
    amendments: tuple[AmendmentSheet, ...]
    groups: tuple[tuple[str, int], ...]

    @property
    def knows_governance(self) -> bool:
        return bool(self.governance)

    @property
    def title(self) -> str:
        return f"Budget for {self.schedule.financial_year}"


def default_year(plan: Plan) -> int:
    """Return the year of the first budget after the election, LAST_YEAR at most."""
    day = plan.timetable.council_tax_by
    return min(day.year if day else plan.election_day.year + 1, LAST_YEAR)


def schedule_for(plan: Plan, budget: Budget | None, governance: Governance) -> BudgetSchedule:
    """Return the dates of the plan's budget."""
    own = {each.step: each.date for each in budget.own_dates.all()} if budget else {}
    return budget_schedule(
        budget.year if budget else default_year(plan),
        kind=CouncilKind(plan.council.type) if plan.council.type else None,
        governance=governance,
        own={BudgetStep(step): day for step, day in own.items()},
        extra_bank_holidays=[each.day for each in plan.council.bank_holidays.all()],
    )


def page_of(plan: Plan, amendments: Iterable[AmendmentBase]) -> BudgetPage:
    """Return the dates and `amendments` of the plan's budget."""
    budget = Budget.objects.filter(plan=plan).prefetch_related("own_dates").first()
    governance = governance_of(plan)
    schedule = schedule_for(plan, budget, governance)
    return BudgetPage(
        council=plan.council.name,
        marking=plan.get_marking_display(),
        schedule=schedule,
        governance=governance,
        has_own_law=plan.timetable.has_own_law,
        points=points_of_law(is_county=schedule.is_county, governance=governance),
        amendments=tuple(sheet_of(each, budget) for each in amendments),
        groups=_groups(plan),
    )


def sheet_of(amendment: AmendmentBase, budget: Budget | None) -> AmendmentSheet:
    """Return an amendment with its sums and, if the figures are known, its effect on band D."""
    working = amendment.working
    effect = None
    if budget and budget.requirement and budget.tax_base:
        effect = tax_effect(budget.requirement, budget.tax_base, working.tax_change)
    stated = ""
    if amendment.stated_by and amendment.stated_at:
        who = f"{amendment.stated_by}{', as deputy' if amendment.stated_as_deputy else ''}"
        stated = f"{who}, {day_in_words(timezone.localdate(amendment.stated_at))}"
    return AmendmentSheet(
        pk=amendment.pk,
        group=amendment.group,
        title=amendment.title,
        received=day_in_words(amendment.received_on),
        state=AmendmentState(amendment.state).label,
        is_ready=amendment.state == AmendmentState.READY,
        working=working,
        effect=effect,
        statement=amendment.statement,
        stated=stated,
        is_stated=amendment.is_stated,
    )


def _groups(plan: Plan) -> tuple[tuple[str, int], ...]:
    """Return each group with its members today."""
    composition = CouncilComposition.objects.of(plan.council).first()
    if composition is None:
        return ()
    today = members_today(composition)
    found = [(group.name, group.members) for group in today.groups]
    if today.ungrouped:
        found.append(("In no group", today.ungrouped))
    return tuple(found)
