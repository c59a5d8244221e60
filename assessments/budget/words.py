"""Amounts and sums of the budget in words, as pages and documents show them."""

from collections.abc import Iterable
from decimal import Decimal

from assessments.words import pounds, whole_pounds
from elections.budget import AmendmentLine, AmendmentWorking, TaxEffect


def working_in_words(working: AmendmentWorking) -> str:
    """Return the sum, written out, and whether it balances."""
    if not working.lines:
        return "No figures yet."
    sums = (
        f"Spending {pounds(working.spending)}, less income {pounds(working.income)}, less reserves "
        f"{pounds(working.reserves)}, leaves {pounds(working.needed)}. Change in the council tax "
        f"requirement: {pounds(working.tax_change)}."
    )
    if working.balances:
        return f"{sums} It balances."
    if working.gap > 0:
        return f"{sums} It does not balance: {pounds(working.gap)} is not paid for."
    return f"{sums} It does not balance: it raises {pounds(-working.gap)} more than it spends."


def reserves_in_words(working: AmendmentWorking) -> str:
    """Say that reserves can be used once, if the amendment uses any."""
    if working.reserves <= 0:
        return ""
    return (
        f"{pounds(working.reserves)} comes from reserves, which can only be used once. Check how "
        "later years will be paid for."
    )


def effect_in_words(effect: TaxEffect) -> str:
    """Return the council tax requirement and band D before and after."""
    if effect.requirement_before == effect.requirement_after:
        return (
            f"Council tax requirement {whole_pounds(effect.requirement_before)} and band D "
            f"{pounds(effect.band_d_before)}, as proposed."
        )
    return (
        f"Council tax requirement {whole_pounds(effect.requirement_after)} instead of "
        f"{whole_pounds(effect.requirement_before)}. Band D {pounds(effect.band_d_after)} "
        f"instead of {pounds(effect.band_d_before)}: {_signed(effect.band_d_change)}."
    )


def _signed(amount: Decimal) -> str:
    return f"+{pounds(amount)}" if amount > 0 else pounds(amount)


def lines_in_words(lines: Iterable[AmendmentLine]) -> str:
    """Return the changes of an amendment, one a line."""
    return "\n".join(
        f"{line.words}: spending {pounds(line.spending)}, income {pounds(line.income)}, from "
        f"reserves {pounds(line.reserves)}"
        for line in lines
    )
