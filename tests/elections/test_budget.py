"""The dates of the budget, and the sums of an amendment: pure functions."""

import datetime as dt
from decimal import Decimal

import pytest

from elections.budget import (
    AmendmentLine,
    AmendmentWorking,
    BudgetStep,
    budget_schedule,
    points_of_law,
    tax_effect,
)
from elections.interim import Governance
from elections.timetable import CouncilKind

Step = BudgetStep


def schedule(year=2028, kind=CouncilKind.DISTRICT, governance=Governance.LEADER, **options):
    return budget_schedule(year, kind=kind, governance=governance, **options)


def test_a_billing_authority_counts_back_from_10_march():
    found = schedule()
    assert found.warnings == ()
    assert {step: found.on(step) for step in (Step.RESERVE, Step.COUNCIL, Step.PROPOSALS)} == {
        Step.RESERVE: dt.date(2028, 3, 7),
        Step.COUNCIL: dt.date(2028, 2, 22),
        Step.PROPOSALS: dt.date(2028, 2, 1),
    }
    assert found.on(Step.LAST_DAY) == dt.date(2028, 3, 10)
    assert found.on(Step.PRECEPTS) == dt.date(2028, 2, 29)
    assert found.on(Step.OBJECTIONS_END) == dt.date(2028, 2, 29)
    # 5 clear days for Tuesday 22 February: the 21st, 18th, 17th, 16th and 15th.
    assert found.on(Step.PAPERS) == dt.date(2028, 2, 14)
    assert [each.date for each in found.dates] == sorted(each.date for each in found.dates)


def test_the_collection_fund_is_estimated_on_the_next_working_day_after_a_weekend():
    assert schedule(2027).on(Step.COLLECTION_FUND) == dt.date(2027, 1, 15)
    # 15 January 2028 is a Saturday.
    assert schedule(2028).on(Step.COLLECTION_FUND) == dt.date(2028, 1, 17)


def test_rules_follow_the_kind_of_council_and_its_governance():
    def rule(step, **options):
        return next(each.rule for each in schedule(**options).dates if each.step is step)

    assert "makes its calculation" in rule(Step.RATEPAYERS)
    assert "issues its precept" in rule(Step.RATEPAYERS, kind=CouncilKind.COUNTY)
    ends = {
        each: rule(Step.OBJECTIONS_END, governance=each)
        for each in (Governance.LEADER, Governance.MAYOR)
    }
    assert "simple majority" in ends[Governance.LEADER]
    assert "Two thirds of the members present and voting" in ends[Governance.MAYOR]


def test_a_county_issues_a_precept_before_1_march():
    found = schedule(2027, CouncilKind.COUNTY)
    last = found.dates[-1]
    assert (last.date, last.title) == (dt.date(2027, 2, 28), "Last day to issue the precept")
    # 28 February 2027 is a Sunday.
    assert found.on(Step.RESERVE) == dt.date(2027, 2, 24)
    for step in (Step.TAX_BASE, Step.COLLECTION_FUND, Step.PRECEPTS, Step.NOTICE):
        assert found.on(step) is None


def test_the_objections_process_needs_an_executive_and_proposals_before_8_february(subtests):
    for governance, proposals, applies in (
        (Governance.LEADER, dt.date(2028, 2, 7), True),
        (Governance.MAYOR, dt.date(2028, 2, 7), True),
        (Governance.UNKNOWN, dt.date(2028, 2, 7), True),
        (Governance.LEADER, dt.date(2028, 2, 8), False),
        (Governance.COMMITTEES, dt.date(2028, 2, 7), False),
    ):
        with subtests.test(governance=governance, proposals=proposals):
            found = schedule(governance=governance, own={Step.PROPOSALS: proposals})
            assert (found.on(Step.OBJECTIONS_END) is not None) is applies
            said = any("does not apply" in each for each in found.warnings)
            assert said is (not applies and governance is not Governance.COMMITTEES)


def test_dates_of_the_council_move_those_counted_from_them_and_are_checked():
    found = schedule(own={Step.COUNCIL: dt.date(2028, 3, 2)})
    assert found.on(Step.AMENDMENTS_BY) == dt.date(2028, 2, 24)
    council = next(each for each in found.dates if each.step is Step.COUNCIL)
    assert (council.is_own, council.suggested) == (True, dt.date(2028, 2, 22))
    # With proposals of 1 February, the executive has until 9 March.
    own = {Step.COUNCIL: dt.date(2028, 3, 2), Step.PROPOSALS: dt.date(2028, 2, 1)}
    (warning,) = schedule(own=own).warnings
    assert "The reserve meeting is not after the end" in warning
    assert "9 March 2028" in warning
    late = schedule(own={Step.COUNCIL: dt.date(2028, 3, 11), Step.RESERVE: dt.date(2028, 3, 11)})
    for words in (
        "The reserve meeting is not after the budget meeting.",
        "The budget meeting is after 10 March 2028, the last day to set council tax.",
        "The reserve meeting is on a Saturday.",
    ):
        assert words in late.warnings
    (warning,) = schedule(own={Step.AMENDMENTS_BY: dt.date(2028, 2, 21)}).warnings
    assert "“Last day for amendments from groups” (21 February 2028) is after" in warning


def test_a_bank_holiday_moves_dates_counted_in_working_days():
    moved = schedule(extra_bank_holidays=[dt.date(2028, 2, 25)])
    assert moved.on(Step.COUNCIL) == dt.date(2028, 2, 21)
    assert moved.on(Step.OBJECTIONS_END) == dt.date(2028, 2, 29)


@pytest.mark.parametrize("year", [2000, 2023, 2024, 2027, 2031, 2050, 2099])
def test_suggestions_fit_together_in_every_year(year, subtests):
    for kind in (None, *CouncilKind):
        for governance in Governance:
            with subtests.test(kind=kind, governance=governance):
                found = schedule(year, kind, governance)
                # The proposals of some years come after 7 February, which is said.
                assert [each for each in found.warnings if "does not apply" not in each] == []
                for each in found.dates:
                    assert each.rule.endswith(".")
                    assert not each.source.endswith(".")


def test_each_kind_of_council_has_its_points_of_law():
    titles = [p.title for p in points_of_law(is_county=False, governance=Governance.MAYOR)]
    assert "Against an elected mayor’s proposals" in titles
    county = points_of_law(is_county=True, governance=Governance.LEADER)
    assert "issue a precept" in county[-1].words
    assert len(county) == len(titles) - 1


def test_an_amendment_balances_if_income_reserves_and_council_tax_pay_for_it(subtests):
    for lines, tax_change, needed, gap in (
        ([AmendmentLine("A", 120, 85, 15), AmendmentLine("B", -20)], 0, 0, 0),
        ([AmendmentLine("A", 100)], 0, 100, 100),
        ([AmendmentLine("A", 100)], 100, 100, 0),
        ([AmendmentLine("A", 0, 50)], -50, -50, 0),
        ([AmendmentLine("A", 0, 50)], 0, -50, -50),
        ([AmendmentLine("A", 0, 0, -40)], 40, 40, 0),
    ):
        with subtests.test(lines=lines, tax_change=tax_change):
            working = AmendmentWorking(tuple(lines), tax_change)
            assert (working.needed, working.gap) == (needed, gap)
            assert working.balances is (gap == 0)
    assert not AmendmentWorking(()).balances


def test_band_d_is_the_requirement_divided_by_the_tax_base():
    effect = tax_effect(Decimal("8640000"), Decimal("44320.5"), 83_000)
    assert effect.band_d_before == Decimal("194.94")
    assert effect.band_d_after == Decimal("196.82")
    assert effect.band_d_change == Decimal("1.88")
    with pytest.raises(ValueError, match="more than 0"):
        tax_effect(Decimal(1), Decimal(0), 0)
