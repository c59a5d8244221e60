"""The request of an open step page every few seconds: who else is viewing it, what has changed."""

import re
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.text import get_text_list
from django.views.decorators.http import require_safe

from assessments.access import plan_for
from assessments.addresses import address
from assessments.plans.item_fields import hidden_fields
from assessments.plans.merging import MergedFieldChange, changes_since, texts_before
from assessments.plans.models import PlanItem
from assessments.plans.progress import Tally
from assessments.plans.rows import ItemRow, way_back
from assessments.words import moment_in_words, saved_words
from councils.sessions import in_background
from frameworks.models import Step

from . import actions
from .viewers import viewers_of

# What the page has of an action: its primary key, the version it shows, the version it has already
# announced, and whether it is open for editing (o), otherwise in use (u) or neither (r).
ITEM_ON_PAGE = re.compile(r"(\d{1,18})\.(\d{1,9})\.(\d{1,9})\.([our])")


@dataclass(frozen=True)
class NewerVersion:
    """A colleague's save of an action the user is editing, shown before their own is refused."""

    dom: str
    version: int
    who: str
    when: str
    is_removed: bool
    changes: list[MergedFieldChange]


@require_safe
def news(request, plan_id, number):
    """Return fragments for what differs from the page; 204 if nothing does.

    The page sends what it has (`items`, see ITEM_ON_PAGE) and the people it names (`people`).
    Nothing that the user is editing is replaced.
    """
    plan, rights = plan_for(request.user, plan_id)
    step = get_object_or_404(
        Step, framework=plan.transition_id, number=number, stage__number__in=plan.stages
    )
    people = _people(request, plan, step, rights)
    items = list(
        PlanItem.objects.on(plan).filter(step=step).with_everything().select_related("saved_by")
    )
    on_page = {
        int(pk): (int(version), int(told), state)
        for pk, version, told, state in ITEM_ON_PAGE.findall(request.GET.get("items", ""))
    }
    added, closed, opened = [], [], []
    for item in items:
        version, told, state = on_page.get(item.pk, (0, 0, ""))
        if not state and not item.removed_at:
            added.append(item)
        elif state == "r" and item.version > version:
            closed.append(item)
        elif state == "o" and item.version > max(version, told):
            opened.append((item, version))
    same_people = people == request.GET.get("people", "")
    if same_people and not (added or closed or opened):
        return HttpResponse(status=204)
    today = timezone.localdate()
    context = {
        "plan": plan,
        "rights": rights,
        "people": people,
        "is_news": True,
        "same_people": same_people,
        "number": number,
        "added": [_row(item, plan, today) for item in added],
        "closed": [_row(item, plan, today, swapped=True) for item in closed],
        "opened": _newer(opened, hidden_fields(is_adviser=plan.grant_id is not None)),
        **way_back(address("plan_step", plan.pk, number)),
    }
    if added or closed:
        live = [Tally.of_item(item, today) for item in items if not item.removed_at]
        context["tally"] = sum(live, Tally())
    return render(request, "assessments/presence/_news.html", context)


news = in_background(news)


def _people(request, plan, step, rights):
    """Return who else is viewing the step, in words, and note that the user is."""
    here = viewers_of(plan, step)
    last = next((each.at for each in here if each.user_id == request.user.pk), None)
    actions.note_presence(plan, step, by=request.user, last=last)
    return others_in_words(here, request.user, rights)


def others_in_words(here, user, rights):
    """Write who else is viewing, for members of the council; advisers are not shown anyone."""
    if not rights.can_take_part:
        return ""
    names = [each.user.name for each in here if each.user_id != user.pk]
    return f"Also viewing this page: {get_text_list(names, 'and')}" if names else ""


def _row(item, plan, today, **kwargs):
    saved = f"{item.saved_by}: {saved_words(item.saved_at).lower()}" if item.saved_by else ""
    return ItemRow(item, plan, today=today, saved=saved, **kwargs)


def _newer(opened, hidden):
    """Return a NewerVersion for each pair of an item and the version that is being edited."""
    if not opened:
        return []
    before = texts_before(opened)
    return [
        NewerVersion(
            dom=f"item-{item.pk}",
            version=item.version,
            who=item.saved_by.name if item.saved_by else "Someone",
            when=moment_in_words(item.saved_at),
            is_removed=item.removed_at is not None,
            changes=changes_since(item, before[item.pk] or {}, hidden=hidden),
        )
        for item, _ in opened
    ]
