"""The next leaders' meeting: its agenda, and actions that are made from the notes of meetings."""

import datetime as dt
from dataclasses import dataclass

from assessments.plans.models import OPEN_STATUSES, Plan
from assessments.register.kinds import OPEN_WINS
from assessments.register.models import EarlyWin
from assessments.words import day_in_words, days_in_words
from frameworks.wording import put_term

from .administration import WaitingDecision, waiting_decisions
from .before_poll import label_of
from .models import LeadersMeeting, MeetingAction

OF_THE_PLAN = {"stage_3_from", "first_year_ends"}  # stages, which no meeting needs
AHEAD = dt.timedelta(weeks=6)
WHO = (
    "[For the leaders of the groups that form the {coalition}, or of all groups, as your council "
    "arranges it.|For the leaders of the {coalition} and of groups whose votes it needs, or of all "
    "groups, as your council arranges it.|For the leaders of all groups, or of those that your "
    "council invites.]"
)


@dataclass(frozen=True)
class AgendaAction:
    """An action that was added to the plan from a meeting."""

    words: str
    owner: str
    due: dt.date | None
    is_overdue: bool
    step: int
    pk: int
    status: str


@dataclass(frozen=True)
class AgendaWin:
    """An early win that is planned or under way."""

    words: str
    state: str
    due: dt.date | None


@dataclass(frozen=True)
class LeadersAgenda:
    """What the page lists and the document draws."""

    plan: Plan
    who: str
    actions: tuple[AgendaAction, ...]
    decisions: tuple[WaitingDecision, ...]
    wins: tuple[AgendaWin, ...]
    dates: tuple[tuple[str, str], ...]

    @property
    def is_empty(self) -> bool:
        return not (self.actions or self.decisions or self.wins or self.dates)


def leaders_agenda(plan: Plan, *, today: dt.date) -> LeadersAgenda:
    """Return the agenda of the next meeting, in 3 queries.

    It leaves out red lines, who raised a decision, and who is responsible for an early win.
    """
    made = MeetingAction.objects.filter(meeting__plan=plan, meeting__removed_at=None)
    made = made.filter(item__removed_at=None, item__status__in=OPEN_STATUSES)
    wins = EarlyWin.objects.on(plan).live().filter(state__in=OPEN_WINS)
    return LeadersAgenda(
        plan=plan,
        who=put_term(WHO, plan.term),
        actions=tuple(_action(each.item, plan, today) for each in _with_items(made)),
        decisions=tuple(waiting_decisions(plan)),
        wins=tuple(
            sorted(
                (AgendaWin(each.words, each.get_state_display(), each.due) for each in wins),
                key=lambda win: win.due or dt.date.max,
            )
        ),
        dates=tuple(
            (
                days_in_words(each.date, each.until) if each.until else day_in_words(each.date),
                label_of(each),
            )
            for each in plan.timetable.to_come(today)
            if each.date and each.date <= today + AHEAD and each.key not in OF_THE_PLAN
        ),
    )


def _with_items(made):
    return made.select_related("item__step", "item__owner__user", "item__source")


def _action(item, plan, today):
    item.plan = plan
    return AgendaAction(
        words=item.words(plan.term),
        owner=item.owner_label or "No owner yet",
        due=item.due,
        is_overdue=item.is_overdue(today),
        step=item.step.number,
        pk=item.pk,
        status=item.get_status_display(),
    )


def meetings_of(plan: Plan) -> list[LeadersMeeting]:
    """Return the meetings that were recorded, latest first, also those that were removed."""
    return list(LeadersMeeting.objects.filter(plan=plan).prefetch_related("actions"))


def actions_made(meeting: LeadersMeeting, *, today: dt.date) -> list[AgendaAction]:
    """Return the actions that were added to the plan from a meeting, without removed ones."""
    made = meeting.actions.filter(item__removed_at=None)
    return [_action(each.item, meeting.plan, today) for each in _with_items(made)]


def lines_to_do(meeting: LeadersMeeting) -> list[str]:
    return [line for line in meeting.to_do.splitlines() if line]
