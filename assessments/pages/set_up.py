"""What is still to be set up in a new plan, derived from what the council has recorded."""

from dataclasses import dataclass

from django.urls import reverse

from assessments.plans.models import Plan, PlanItem
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


def set_up_of(plan: Plan, user: User, *, has_seats: bool) -> list[SetUpTask]:
    """Return the tasks of the set-up list, or none once all of them are done; 2 queries."""
    missing = [Office(office).label.lower() for office in offices_not_invited(plan.council)]
    items = PlanItem.objects.live().on(plan)
    owned = items.exclude(owner=None, owner_name="")[:FIRST_ACTIONS].count()
    has_own_date = any(date.hand for date in plan.timetable.every_key_date)
    seats = "composition" if has_seats else "composition_new"
    tasks = [
        SetUpTask(
            "Invite your statutory officers",
            f"Not yet invited: {', '.join(missing)}" if missing else "All invited",
            reverse("invite_several", args=[plan.council.slug]),
            not missing,
        ),
        SetUpTask(
            "Check the key dates and set the day of annual council",
            "A date has been set" if has_own_date else "No date has been set by your council yet",
            reverse("plan_dates", args=[plan.pk]),
            has_own_date,
        ),
        SetUpTask(
            "Enter the council’s seats",
            "Entered" if has_seats else "Not yet entered",
            reverse(seats, args=[plan.council.slug]),
            has_seats,
        ),
        SetUpTask(
            f"Give the first {FIRST_ACTIONS} actions an owner",
            f"{counted(owned, 'action')} with an owner",
            reverse("plan_open", args=[plan.pk]),
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
