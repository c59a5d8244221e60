"""The budget of a council without a majority: dates back from the last day, and what adds up.

`budget_schedule` returns the dates of one financial year. The law fixes some of them. The others
are suggestions that a council replaces with its own: those that are counted from one follow it.
`AmendmentWorking` says whether an amendment balances, and `tax_effect` what it does to council tax.
It is guidance for the section 151 officer and the monitoring officer to confirm.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from .calendar import (
    clear_working_days_before,
    working_day_on_or_after,
    working_days_after,
    working_days_before,
)
from .interim import Governance, LegalPoint
from .timetable import OURS, Certainty, CouncilKind, DateStanding

LGFA_1992 = "Local Government Finance Act 1992"
LGA_1972 = "Local Government Act 1972"
STANDING_ORDERS = "Local Authorities (Standing Orders) (England) Regulations 2001, Schedule 2"
RECORDED_VOTES = f"{STANDING_ORDERS}, as amended by S.I. 2014/165"
LAW, PRACTICE = DateStanding.LAW, DateStanding.PRACTICE
VERIFIED, BELIEVED = Certainty.VERIFIED, Certainty.BELIEVED
MOST_LINES = 12
MOST_POUNDS = 9_999_999_999
PENNY = Decimal("0.01")

OBJECTION_DAYS = 5  # working days that a Leader has at least to answer objections
NOTICE_DAYS = 21


class BudgetStep(StrEnum):
    """A step of the budget with a date. The value is stored with a date that a council sets."""

    CONSULTATION_OPENS = "consultation-opens"
    TAX_BASE = "tax-base"
    COLLECTION_FUND = "collection-fund"
    RATEPAYERS = "ratepayers"
    CONSULTATION_CLOSES = "consultation-closes"
    PROPOSALS = "proposals"
    OBJECTIONS_LIMIT = "objections-limit"
    PAPERS = "papers"
    AMENDMENTS_BY = "amendments-by"
    SIGNED_OFF_BY = "signed-off-by"
    AMENDMENTS_PUBLISHED = "amendments-published"
    COUNCIL = "council"
    OBJECTIONS_END = "objections-end"
    PRECEPTS = "precepts"
    RESERVE_PAPERS = "reserve-papers"
    RESERVE = "reserve"
    LAST_DAY = "last-day"
    NOTICE = "notice"


# The steps whose date is for the council to decide, in the order in which they come.
OWN_STEPS = {
    BudgetStep.CONSULTATION_OPENS: "Public consultation opens",
    BudgetStep.RATEPAYERS: "Consultation with business ratepayers ends",
    BudgetStep.CONSULTATION_CLOSES: "Public consultation closes",
    BudgetStep.PROPOSALS: "Budget proposals are agreed for full council",
    BudgetStep.AMENDMENTS_BY: "Last day for amendments from groups",
    BudgetStep.SIGNED_OFF_BY: "Section 151 officer’s statement on each amendment",
    BudgetStep.AMENDMENTS_PUBLISHED: "Amendments are published",
    BudgetStep.COUNCIL: "Budget meeting of full council",
    BudgetStep.RESERVE: "Reserve meeting of full council",
}


@dataclass(frozen=True)
class BudgetRule:
    """What a step is called, and the rule for its date with its source."""

    title: str
    rule: str
    source: str
    standing: DateStanding
    certainty: Certainty


@dataclass(frozen=True, kw_only=True)
class BudgetDate:
    """A date of the budget, or a window that ends with `until`, with its rule and provision.

    `suggested` is the date that the rule gives where the council set one of its own.
    """

    step: BudgetStep
    title: str
    date: dt.date
    rule: str
    source: str
    standing: DateStanding
    certainty: Certainty = BELIEVED
    until: dt.date | None = None
    suggested: dt.date | None = None

    @property
    def is_own(self) -> bool:
        return self.suggested is not None

    @property
    def can_change(self) -> bool:
        return self.step in OWN_STEPS

    def is_past(self, today: dt.date) -> bool:
        return (self.until or self.date) < today


@dataclass(frozen=True, kw_only=True)
class BudgetSchedule:
    """The dates of one budget in order, and sentences about those that do not fit together."""

    year: int
    is_county: bool
    dates: tuple[BudgetDate, ...]
    warnings: tuple[str, ...]

    @property
    def financial_year(self) -> str:
        """Return "2028 to 2029" for the year that begins on 1 April 2028."""
        return f"{self.year} to {self.year + 1}"

    def on(self, step: BudgetStep) -> dt.date | None:
        return next((each.date for each in self.dates if each.step is step), None)


def last_day_for_budget(year: int, *, is_county: bool) -> dt.date:
    """Return the last day to set council tax, or to issue a county's precept, for `year`.

    `year` is the one in which the financial year begins.
    """
    return dt.date(year, 3, 1) - dt.timedelta(days=1) if is_county else dt.date(year, 3, 10)


def budget_schedule(
    year: int,
    *,
    kind: CouncilKind | None,
    governance: Governance,
    own: Mapping[BudgetStep, dt.date] | None = None,
    extra_bank_holidays: Iterable[dt.date] = (),
) -> BudgetSchedule:
    """Return the dates for the financial year that begins in `year`.

    `own` are the dates that the council set for steps of OWN_STEPS. A council whose way of taking
    decisions is unknown gets the dates of one with an executive. Raises ValueError for years before
    2000 or after 2099.
    """
    if not 2000 <= year <= 2099:
        raise ValueError(f"The year must be from 2000 to 2099, not {year}.")
    own = dict(own or {})
    extra = frozenset(extra_bank_holidays)
    is_county = kind is CouncilKind.COUNTY
    has_executive = governance is not Governance.COMMITTEES
    suggested: dict[BudgetStep, dt.date] = {}

    def settled(step: BudgetStep, by_rule: dt.date) -> dt.date:
        suggested[step] = by_rule
        return own.get(step, by_rule)

    def before(day: dt.date, days: int) -> dt.date:
        return working_days_before(day, days, extra_bank_holidays=extra)

    def papers_for(meeting: dt.date) -> dt.date:
        return clear_working_days_before(meeting, 5, extra_bank_holidays=extra)

    last = last_day_for_budget(year, is_county=is_county)
    reserve = settled(BudgetStep.RESERVE, before(last, 3))
    council = settled(BudgetStep.COUNCIL, before(reserve, 10))
    published = settled(BudgetStep.AMENDMENTS_PUBLISHED, before(council, 1))
    signed_off = settled(BudgetStep.SIGNED_OFF_BY, before(council, 2))
    amendments = settled(BudgetStep.AMENDMENTS_BY, before(council, 5))
    proposals = settled(BudgetStep.PROPOSALS, before(council, 15))
    closes = settled(BudgetStep.CONSULTATION_CLOSES, before(proposals, 7))
    ratepayers = settled(BudgetStep.RATEPAYERS, closes)
    opens = settled(BudgetStep.CONSULTATION_OPENS, closes - dt.timedelta(weeks=6))
    objections_limit = dt.date(year, 2, 7)
    has_objections = has_executive and proposals <= objections_limit
    objections_end = working_days_after(council, OBJECTION_DAYS, extra_bank_holidays=extra)

    days: dict[BudgetStep, dt.date] = {
        BudgetStep.CONSULTATION_OPENS: opens,
        BudgetStep.RATEPAYERS: ratepayers,
        BudgetStep.CONSULTATION_CLOSES: closes,
        BudgetStep.PROPOSALS: proposals,
        BudgetStep.PAPERS: papers_for(council),
        BudgetStep.AMENDMENTS_BY: amendments,
        BudgetStep.SIGNED_OFF_BY: signed_off,
        BudgetStep.AMENDMENTS_PUBLISHED: published,
        BudgetStep.COUNCIL: council,
        BudgetStep.RESERVE_PAPERS: papers_for(reserve),
        BudgetStep.RESERVE: reserve,
        BudgetStep.LAST_DAY: last,
    }
    if has_executive:
        days[BudgetStep.OBJECTIONS_LIMIT] = objections_limit
    if has_objections:
        days[BudgetStep.OBJECTIONS_END] = objections_end
    if not is_county:
        days[BudgetStep.TAX_BASE] = dt.date(year - 1, 12, 1)
        days[BudgetStep.COLLECTION_FUND] = working_day_on_or_after(
            dt.date(year, 1, 15), extra_bank_holidays=extra
        )
        days[BudgetStep.PRECEPTS] = last_day_for_budget(year, is_county=True)
        days[BudgetStep.NOTICE] = council + dt.timedelta(days=NOTICE_DAYS - 1)
    found = [
        BudgetDate(
            step=step,
            date=day,
            until=dt.date(year, 1, 31) if step is BudgetStep.TAX_BASE else None,
            suggested=suggested[step] if step in own and own[step] != suggested[step] else None,
            title=about.title,
            rule=about.rule,
            source=about.source,
            standing=about.standing,
            certainty=about.certainty,
        )
        for step, day in days.items()
        for about in [_about(step, kind=kind, governance=governance, council=council)]
    ]
    order = list(BudgetStep)
    found.sort(key=lambda each: (each.date, order.index(each.step)))
    return BudgetSchedule(
        year=year,
        is_county=is_county,
        dates=tuple(found),
        warnings=tuple(
            _warnings(days, is_county=is_county, has_executive=has_executive, year=year)
        ),
    )


def _warnings(
    days: Mapping[BudgetStep, dt.date], *, is_county: bool, has_executive: bool, year: int
) -> Iterable[str]:
    """Return a sentence for each pair of dates in the wrong order, and each limit not kept."""
    for earlier, later in (
        (BudgetStep.CONSULTATION_OPENS, BudgetStep.CONSULTATION_CLOSES),
        (BudgetStep.CONSULTATION_CLOSES, BudgetStep.PROPOSALS),
        (BudgetStep.RATEPAYERS, BudgetStep.COUNCIL),
        (BudgetStep.PROPOSALS, BudgetStep.COUNCIL),
        (BudgetStep.AMENDMENTS_BY, BudgetStep.SIGNED_OFF_BY),
        (BudgetStep.SIGNED_OFF_BY, BudgetStep.COUNCIL),
        (BudgetStep.AMENDMENTS_PUBLISHED, BudgetStep.COUNCIL),
    ):
        if days[earlier] > days[later]:
            yield (
                f"“{OWN_STEPS[earlier]}” ({_in_words(days[earlier])}) is after "
                f"“{OWN_STEPS[later]}” ({_in_words(days[later])})."
            )
    council, reserve, last = (
        days[step] for step in (BudgetStep.COUNCIL, BudgetStep.RESERVE, BudgetStep.LAST_DAY)
    )
    if reserve <= council:
        yield "The reserve meeting is not after the budget meeting."
    elif (ends := days.get(BudgetStep.OBJECTIONS_END)) and reserve <= ends:
        yield (
            "The reserve meeting is not after the end of the 5 working days that the executive has "
            f"to answer objections made at the budget meeting ({_in_words(ends)})."
        )
    what = "issue the precept" if is_county else "set council tax"
    for name, day in (("budget", council), ("reserve", reserve)):
        if day > last:
            yield f"The {name} meeting is after {_in_words(last)}, the last day to {what}."
        if day.weekday() > 4:
            yield f"The {name} meeting is on a {day:%A}."
    if has_executive and BudgetStep.OBJECTIONS_END not in days:
        yield (
            f"The proposals are agreed after {_in_words(dt.date(year, 2, 7))}, so the process for "
            "objections in the regulations does not apply. Check what your standing orders say."
        )


def _about(
    step: BudgetStep, *, kind: CouncilKind | None, governance: Governance, council: dt.date
) -> BudgetRule:
    """Return the title, rule, source, standing and certainty of a step."""
    is_county = kind is CouncilKind.COUNTY

    def said(
        rule: str,
        source: str = OURS,
        standing: DateStanding = PRACTICE,
        certainty: Certainty = BELIEVED,
        title: str = "",
    ) -> BudgetRule:
        return BudgetRule(title or OWN_STEPS[step], rule, source, standing, certainty)

    is_mayor = governance is Governance.MAYOR
    leader = "elected mayor" if is_mayor else "Leader"
    calculation = "42A" if is_county else "31A"
    first = "issues its precept" if is_county else "makes its calculation"
    part = "Part 1" if is_mayor else "Part 2"
    majority = (
        "Two thirds of the members present and voting are then needed to use other figures."
        if is_mayor
        else "A simple majority then decides."
    )
    match step:
        case BudgetStep.CONSULTATION_OPENS:
            return said(
                "Six weeks before it closes. The council decides who to consult and for how long. "
                "Where it consults, the proposals must still be open to change, with enough "
                "information and time to answer."
            )
        case BudgetStep.CONSULTATION_CLOSES:
            return said(
                "Seven working days before the proposals are agreed, so that the responses are "
                "considered."
            )
        case BudgetStep.RATEPAYERS:
            return said(
                f"Before the council {first}, it must consult representatives of those who pay "
                "business rates in its area on its proposals for spending in the year, capital "
                "included. We suggest the day on which public consultation closes.",
                f"{LGFA_1992}, section 65",
                LAW,
                VERIFIED,
            )
        case BudgetStep.TAX_BASE:
            return said(
                "The council tax base is calculated, and major precepting authorities are told of "
                "it, between 1 December and 31 January. An authority that is not told determines "
                "it itself.",
                "Local Authorities (Calculation of Council Tax Base) (England) Regulations 2012, "
                "regulations 8 and 9",
                LAW,
                VERIFIED,
                title="Council tax base is calculated",
            )
        case BudgetStep.COLLECTION_FUND:
            return said(
                "The surplus or deficit of the collection fund for council tax is estimated on "
                "15 January, or on the next working day if that is a weekend or bank holiday. "
                "Major precepting authorities are told of their share within 7 working days.",
                "Local Authorities (Funds) (England) Regulations 1992, regulations 10 and 11",
                LAW,
                VERIFIED,
                title="Collection fund estimate",
            )
        case BudgetStep.PROPOSALS:
            who = {
                Governance.COMMITTEES: "The responsible committee",
                Governance.MAYOR: "The elected mayor or cabinet",
                Governance.LEADER: "The cabinet",
            }.get(governance, "The cabinet, or a committee under a committee system,")
            return said(
                f"{who} recommends the budget 15 working days before the budget meeting, so that "
                "each group has time to prepare amendments."
            )
        case BudgetStep.OBJECTIONS_LIMIT:
            return said(
                "If the executive submits its estimates before 8 February, the council must tell "
                f"the {leader} of any objections and instruct the executive to reconsider before "
                "it makes the calculation.",
                f"{STANDING_ORDERS}, {part}",
                LAW,
                VERIFIED,
                title="Last day for proposals to come under the objections process",
            )
        case BudgetStep.PAPERS:
            return said(
                "Summons and reports: at least 5 clear days before the budget meeting, counted as "
                "working days. The section 151 officer’s report on the robustness of the estimates "
                "and the adequacy of reserves is one of them: the council must have regard to it.",
                f"{LGA_1972}, section 100B and Schedule 12, paragraph 4; Local Government Act "
                "2003, section 25",
                LAW,
                VERIFIED,
                title="Summons, budget report and section 25 report",
            )
        case BudgetStep.AMENDMENTS_BY:
            return said(
                "Five working days before the budget meeting. Your standing orders decide. The "
                "same day for every group, and costings from the section 151 officer for every "
                "group that asks."
            )
        case BudgetStep.SIGNED_OFF_BY:
            return said(
                "Two working days before the budget meeting. For each amendment, the officer says "
                "whether it balances, and what it does to the estimates and reserves: the report "
                "under section 25 has to cover the budget as amended.",
                "Our suggestion; Local Government Act 2003, section 25",
            )
        case BudgetStep.AMENDMENTS_PUBLISHED:
            return said("One working day before the budget meeting: all amendments together.")
        case BudgetStep.COUNCIL:
            then = (
                "The council calculates its council tax requirement and issues the precept."
                if is_county
                else "The council calculates its council tax requirement and sets the tax. "
                "It cannot set the tax before 1 March or, if earlier, the day on which the last "
                "major precepting authority issues its precept to it."
            )
            return said(
                f"Ten working days before the reserve meeting. {then} Only full council can do so. "
                "The names of those who vote for and against each decision, amendments included, "
                "and of those who abstain, are recorded in the minutes.",
                f"Our suggestion for the day; {LGFA_1992}, sections "
                + (f"{calculation} and 67" if is_county else f"30(7), {calculation} and 67")
                + f"; {RECORDED_VOTES}",
            )
        case BudgetStep.OBJECTIONS_END:
            return said(
                f"At least 5 working days, set by the council, from the day after the {leader} "
                "receives its instructions, here taken to be the day of the budget meeting. In "
                "that time the executive can revise its estimates or say why it disagrees. The "
                f"council must take its answer into account. {majority}",
                f"{STANDING_ORDERS}, {part}",
                LAW,
                VERIFIED,
                title="Executive’s time to answer objections ends",
            )
        case BudgetStep.PRECEPTS:
            such_as = {
                None: ", such as a county council,",
                CouncilKind.DISTRICT: ", such as the county council,",
                CouncilKind.LONDON_BOROUGH: ", such as the Greater London Authority,",
            }.get(kind, "")
            return said(
                f"Major precepting authorities{such_as} and any parish councils issue their "
                "precepts before 1 March. One issued later is not invalid merely because it is "
                "late.",
                f"{LGFA_1992}, sections 40 and 41",
                LAW,
                VERIFIED,
                title="Last day for precepts to be issued to the council",
            )
        case BudgetStep.RESERVE_PAPERS:
            return said(
                "At least 5 clear days before a new meeting. An adjourned meeting continues: check "
                "your standing orders for the notice it needs.",
                f"{LGA_1972}, section 100B and Schedule 12, paragraph 4",
                LAW,
                VERIFIED,
                title="Summons for the reserve meeting",
            )
        case BudgetStep.RESERVE:
            objections = (
                ""
                if governance is Governance.COMMITTEES
                else ", and after the executive’s time to answer objections"
            )
            return said(
                f"Three working days before the last day{objections}. Put it in the calendar now: "
                "it is cancelled if it is not needed."
            )
        case BudgetStep.LAST_DAY if is_county:
            return said(
                "Before 1 March. A county council sets no council tax: it issues a precept to the "
                "billing authorities. A precept issued later is not invalid merely because it is "
                "late.",
                f"{LGFA_1992}, section 40",
                LAW,
                VERIFIED,
                title="Last day to issue the precept",
            )
        case BudgetStep.LAST_DAY:
            return said(
                "Before 11 March. Council tax set later is not invalid merely because it is late.",
                f"{LGFA_1992}, section 30(6)",
                LAW,
                VERIFIED,
                title="Last day to set council tax",
            )
    return said(
        f"Within 21 days that begin with the day on which the amounts are set, here taken to be "
        f"{_in_words(council)}, in at least one newspaper that circulates in the area.",
        f"{LGFA_1992}, section 38(2)",
        LAW,
        VERIFIED,
        title="Notice of the amounts of council tax is published",
    )


def points_of_law(*, is_county: bool, governance: Governance) -> tuple[LegalPoint, ...]:
    """Return what the law says about deciding the budget, and about not deciding it in time."""
    points = [
        _full_council(is_county=is_county, governance=governance),
        _balanced(is_county=is_county),
        _arrears(governance),
        _TIED,
    ]
    if governance is Governance.MAYOR:
        points.append(_MAYOR_MAJORITY)
    points += [_REFERENDUM, _NO_PRECEPT if is_county else _NO_TAX]
    return tuple(points)


def _full_council(*, is_county: bool, governance: Governance) -> LegalPoint:
    then = "issue the precept" if is_county else "set council tax"
    others = (
        "A committee or an officer cannot."
        if governance is Governance.COMMITTEES
        else "The executive, a committee or an officer cannot."
    )
    return LegalPoint(
        title="Who decides",
        words=f"Only full council can make the calculations and {then}. {others}",
        source=f"{LGFA_1992}, section 67",
        certainty=VERIFIED,
    )


def _balanced(*, is_county: bool) -> LegalPoint:
    return LegalPoint(
        title="A budget that adds up",
        words="The council tax requirement is the amount by which spending, contingencies and "
        "additions to reserves exceed income and use of reserves. An amendment that changes one "
        "side must change the other by the same amount, or change council tax.",
        source=f"{LGFA_1992}, section {'42A' if is_county else '31A'}",
        certainty=VERIFIED,
    )


def _arrears(governance: Governance) -> LegalPoint:
    has_executive = governance is not Governance.COMMITTEES
    where = (
        "the council, the executive or a committee"
        if has_executive
        else ("the council or a committee")
    )
    executive = (
        " A member of the executive in that position must not take a decision on it either."
        if has_executive
        else ""
    )
    return LegalPoint(
        title="Councillors with council tax arrears",
        words="A councillor whose council tax has been due and unpaid for at least 2 months must "
        f"say so at a meeting of {where} that considers the calculation, or a decision or "
        "recommendation that might affect it, and must not vote on it. It is an offence not to "
        f"say so, or to vote.{executive} Remind every councillor before each of these meetings.",
        source=f"{LGFA_1992}, section 106",
        certainty=VERIFIED,
    )


_TIED = LegalPoint(
    title="Equal votes",
    words="The person presiding has a second or casting vote, on amendments as on the budget.",
    source=f"{LGA_1972}, Schedule 12, paragraph 39",
    certainty=VERIFIED,
)
_MAYOR_MAJORITY = LegalPoint(
    title="Against an elected mayor’s proposals",
    words="The council can object by a simple majority. To use figures that differ from the "
    "mayor’s estimates or, if the mayor revises them, from the revised estimates, it needs two "
    "thirds of the members present and voting: abstentions do not count. Standing orders must say "
    "so, or have the same effect. They need it only for estimates that the mayor submits before "
    "8 February: check what yours say if they are later.",
    source=f"{STANDING_ORDERS}, Part 1, paragraphs 8 to 13",
    certainty=VERIFIED,
)
_REFERENDUM = LegalPoint(
    title="An increase that needs a referendum",
    words="If the increase is excessive under the Secretary of State’s principles for the year, "
    "the council must also make substitute calculations that are not excessive, and a referendum "
    "is held. If voters do not approve the increase, the substitute calculations have effect. "
    "Check each amendment that raises council tax against the principles.",
    source=f"{LGFA_1992}, sections 52ZB to 52ZP",
)
_NO_TAX = LegalPoint(
    title="If no budget is agreed",
    words="The council must meet again: the duty to set council tax continues after 10 March. "
    "Delay costs income, because bills go out later and instalments start later. Vote again on "
    "amendments, adjourn to the reserve meeting, and take the section 151 officer’s advice on "
    "cash, and on whether a report under section 114 of the Local Government Finance Act 1988 is "
    "needed.",
    source=f"{LGFA_1992}, section 30",
    certainty=VERIFIED,
)
_NO_PRECEPT = LegalPoint(
    title="If no budget is agreed",
    words="The council must meet again: the duty to issue a precept continues after the "
    "last day of February. Billing authorities cannot set the tax before 1 March without it, and "
    "residents’ bills are delayed. Take the section 151 officer’s advice on cash, and on whether a "
    "report under section 114 of the Local Government Finance Act 1988 is needed.",
    source=f"{LGFA_1992}, sections 30(7) and 40",
    certainty=VERIFIED,
)


# --- Amendments -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class AmendmentLine:
    """One change, in whole pounds. Plus is more spending, more income, more use of reserves."""

    words: str
    spending: int = 0
    income: int = 0
    reserves: int = 0


@dataclass(frozen=True)
class AmendmentWorking:
    """The sums of an amendment. `tax_change` is its change in the council tax requirement."""

    lines: tuple[AmendmentLine, ...]
    tax_change: int = 0

    @property
    def spending(self) -> int:
        return sum(line.spending for line in self.lines)

    @property
    def income(self) -> int:
        return sum(line.income for line in self.lines)

    @property
    def reserves(self) -> int:
        return sum(line.reserves for line in self.lines)

    @property
    def needed(self) -> int:
        """The spending that the lines do not pay for, which council tax would have to."""
        return self.spending - self.income - self.reserves

    @property
    def gap(self) -> int:
        """What is missing for the amendment to balance; below 0 it raises more than it spends."""
        return self.needed - self.tax_change

    @property
    def balances(self) -> bool:
        return bool(self.lines) and self.gap == 0


@dataclass(frozen=True)
class TaxEffect:
    """The council tax requirement, and the tax of a band D home, before and after an amendment."""

    requirement_before: Decimal
    requirement_after: Decimal
    band_d_before: Decimal
    band_d_after: Decimal

    @property
    def band_d_change(self) -> Decimal:
        return self.band_d_after - self.band_d_before


def tax_effect(requirement: Decimal, tax_base: Decimal, change: int) -> TaxEffect:
    """Return what a `change` in the council tax requirement, in pounds, does to band D.

    Band D is the requirement divided by the tax base, rounded to pence. That is the council's own
    basic amount: other authorities' precepts come on top. Raises ValueError for a tax base of 0 or
    less. Source: Local Government Finance Act 1992, sections 31B and 42B.
    """
    if tax_base <= 0:
        raise ValueError("The tax base must be more than 0.")
    after = requirement + change
    return TaxEffect(
        requirement,
        after,
        (requirement / tax_base).quantize(PENNY, ROUND_HALF_UP),
        (after / tax_base).quantize(PENNY, ROUND_HALF_UP),
    )


def _in_words(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"
