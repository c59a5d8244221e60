"""What each stage of a plan means for a shadow authority."""

from .models import Election, Plan

MEANINGS = {
    1: "For a shadow authority, this stage is the time before its first election. The councils "
    "that it will replace still run all services.",
    2: "For a shadow authority, this stage starts with its first election. It holds its first "
    "meeting, forms its executive and prepares to take over. The councils that it will replace "
    "still run all services until vesting day.",
    3: "For a shadow authority, vesting day is usually in this stage: on that day, as the order "
    "says, it takes over the functions of the councils that it replaces.",
}


def meaning_of_stage(plan: Plan, number: int) -> str:
    """Return what a stage means for a shadow authority; empty if the plan has no own order."""
    return MEANINGS[number] if plan.occasion == Election.ORDER else ""
