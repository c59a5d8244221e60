"""What is still to be set up in a new plan, derived from what the council has recorded."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from assessments.plans.models import Election, Plan
from assessments.words import counted
from councils.models import Office, User, offices_not_invited

FIRST_ACTIONS = 10


@dataclass(frozen=True)
class SetUpTask:
    """One task of the list; `detail` says what is missing, or that nothing is."""

    label: str
    detail: str
    url: str
    is_done: bool


def _check_the_dates(plan: Plan) -> str:
    """Name the task: an order sets the first meeting, and no meeting is due after a by-election."""
    match plan.occasion:
        case Election.BY_ELECTION:
            return "Check the key dates"
        case Election.ORDER:
            return "Check the key dates and enter those of the order"
        case _:
            return "Check the key dates and set the day of annual council"


def set_up_of(plan: Plan, user: User, rows: Iterable, *, has_seats: bool) -> list[SetUpTask]:
    """Return the tasks of the set-up list, or none once all of them are done. One query.

    `rows` are those of all actions (`to_count`).
    """
    missing = [Office(office).label.lower() for office in offices_not_invited(plan.council)]
    owned = min(sum(bool(row.owner_id or row.owner_name) for row in rows), FIRST_ACTIONS)
    has_own_date = any(date.hand for date in plan.timetable.every_key_date)
    if plan.dates_are_checked:
        dates = "Checked"
    else:
        dates = "A date has been set" if has_own_date else "Not yet checked"
    seats = "composition" if has_seats else "composition_new"
    tasks = [
        SetUpTask(
            "Invite your statutory officers",
            f"Not yet invited: {', '.join(missing)}" if missing else "All invited",
            reverse("invite_several", args=[plan.council.slug]),
            not missing,
        ),
        SetUpTask(
            _check_the_dates(plan),
            dates,
            reverse("plan_dates", args=[plan.pk]),
            has_own_date or plan.dates_are_checked,
        ),
        SetUpTask(
            "Enter the council’s seats",
            "Entered" if has_seats else "Not yet entered",
            reverse(seats, args=[plan.council.slug]),
            has_seats,
        ),
        SetUpTask(
            f"Assign the first {FIRST_ACTIONS} actions",
            f"{counted(owned, 'action')} with an owner",
            f"{reverse('plan_open', args=[plan.pk])}?owner=none",
            owned >= FIRST_ACTIONS,
        ),
        SetUpTask(
            "Choose your email updates",
            user.get_digest_frequency_display() if user.digest_chosen_at else "Not yet chosen",
            reverse("digest"),
            user.digest_chosen_at is not None,
        ),
    ]
    return [] if all(task.is_done for task in tasks) else tasks
