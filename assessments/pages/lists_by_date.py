"""Pages that list actions by date, and their counts after an action was saved on one."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.urls import Resolver404, resolve

from assessments.for_you.access import plans_of
from assessments.for_you.page import count_words, names_in_lists
from assessments.plans.models import Plan, PlanItem
from councils.models import User

from .action_search import find_actions, owners_in
from .forms import ActionFilterForm


@dataclass(frozen=True)
class AllActionsList:
    """The list of all actions of a plan, with the filters of its address."""

    query: str
    is_own_list = False

    def counts(self, item: PlanItem, user: User, *, today: dt.date) -> list[tuple[str, str]]:
        """Return the id and the text of each count; `item` carries its reader."""
        plan = item.plan
        query = QueryDict(self.query)
        answers, _ = ActionFilterForm.answers(query, plan=plan, owners=owners_in(plan))
        return find_actions(plan, user, answers, today=today).counts_shown(answers)

    def plan_name(self, item: PlanItem) -> str:
        """Return nothing: all actions are of one plan."""
        return ""


@dataclass(frozen=True)
class ForYouList:
    """The page For you, within a plan or outside one. `plans` are those of its reader."""

    plan_id: int | None
    plans: Sequence[Plan]
    is_own_list = True

    def counts(self, item: PlanItem, user: User, *, today: dt.date) -> list[tuple[str, str]]:
        """Return the id and the text of each count."""
        return count_words(user, self.plan_id, self.plans, today=today)

    def plan_name(self, item: PlanItem) -> str:
        """Return what the page calls the plan of an action; nothing if there is only one plan."""
        return names_in_lists(self.plans).get(item.plan_id, "")


def list_by_date(address: str, *, plan_id: int, user: User) -> AllActionsList | ForYouList | None:
    """Return the list that `address` leads to for `user`; None if it is no list with actions of
    this plan.
    """
    path, _, query = address.partition("#")[0].partition("?")  # any text: a script may send it
    try:
        page = resolve(path)
    except Resolver404:
        return None
    if page.url_name == "plan_open" and page.kwargs == {"plan_id": plan_id}:
        return AllActionsList(query)
    if page.url_name in {"for_you", "plan_for_you"}:
        return ForYouList(page.kwargs.get("plan_id"), plans_of(user))
    return None
