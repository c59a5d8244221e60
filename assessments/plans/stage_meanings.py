"""What each stage of a plan means for an election of another kind than an ordinary one."""

from elections.interim import LGA_1972

from .models import Election, Plan

SHADOW_AUTHORITY = {
    1: "For a shadow authority, this stage is the time before its first election. The councils "
    "that it will replace still run all services.",
    2: "For a shadow authority, this stage starts with its first election. It holds its first "
    "meeting, forms its executive and prepares to take over. The councils that it will replace "
    "still run all services until vesting day.",
    3: "For a shadow authority, vesting day is usually in this stage: on that day, as the order "
    "says, it takes over the functions of the councils that it replaces.",
}
BY_ELECTION = {
    1: "No councillors retire after a by-election, and the council’s offices and committees "
    f"continue ({LGA_1972}, section 90). Where this stage speaks of an annual council meeting "
    "soon after the poll, check the key dates: it may be months later.",
    2: "The council’s offices and committees continue after a by-election until the council "
    "decides otherwise. Mark actions for the annual council meeting as not needed, unless that "
    "meeting follows soon: see the key dates.",
}
MEANINGS = {Election.ORDER: SHADOW_AUTHORITY, Election.BY_ELECTION: BY_ELECTION}


def meaning_of_stage(plan: Plan, number: int) -> str:
    """Return what a stage means for an election under an order or a by-election, "" if nothing."""
    return MEANINGS.get(Election(plan.occasion), {}).get(number, "")
