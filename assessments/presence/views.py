"""What an open step page asks every few seconds: who else is here, and what has changed since."""

import re
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.text import get_text_list
from django.views.decorators.http import require_safe

from assessments.access import plan_for
from assessments.addresses import address
from assessments.plans.merging import Changed, changes_since, texts_before
from assessments.plans.models import PlanItem
from assessments.plans.progress import Tally
from assessments.plans.rows import Row, way_back
from assessments.words import moment_words, saved_words
from councils.sessions import in_background
from frameworks.models import Step

from . import actions
from .models import Presence

# What the page has of an item: its number, the version that stands there, the version it has told
# of already, and whether it is open (o), otherwise in use (u), or at rest (r).
ITEM_ON_PAGE = re.compile(r"(\d{1,18})\.(\d{1,9})\.(\d{1,9})\.([our])")


@dataclass(frozen=True)
class Newer:
    """A colleague's save of an item that is open on the page, told before one's own is refused."""

    dom: str
    version: int
    who: str
    when: str
    is_removed: bool
    changes: list[Changed]


@require_safe
def news(request, plan_id, number):
    """What differs from the page, as fragments that touch nothing one is using; 204 for nothing.

    The page says what it has (`items`, see ITEM_ON_PAGE) and whom it shows (`people`).
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
        "opened": _newer(opened),
        **way_back(address("plan_step", plan.pk, number)),
    }
    if added or closed:
        live = [Tally.of_item(item, today) for item in items if not item.removed_at]
        context["tally"] = sum(live, Tally())
    return render(request, "assessments/presence/_news.html", context)


news = in_background(news)


def _people(request, plan, step, rights):
    """Who else is on the step, in words. That one is here oneself is noted on the way."""
    here = list(Presence.objects.on(plan, step))
    last = next((each.at for each in here if each.user_id == request.user.pk), None)
    actions.note_presence(plan, step, by=request.user, last=last)
    return others_in_words(here, request.user, rights)


def others_in_words(here, user, rights):
    """Advisers are not shown who is at work; the council's people are shown their advisers."""
    if not rights.can_take_part:
        return ""
    names = [each.user.name for each in here if each.user_id != user.pk]
    return f"Also here: {get_text_list(names, 'and')}" if names else ""


def _row(item, plan, today, **kwargs):
    saved = f"{item.saved_by}: {saved_words(item.saved_at).lower()}" if item.saved_by else ""
    return Row(item, plan, today=today, saved=saved, **kwargs)


def _newer(opened):
    """What to tell of items that are open: pairs of an item and the version that is edited."""
    if not opened:
        return []
    before = texts_before(opened)
    return [
        Newer(
            dom=f"item-{item.pk}",
            version=item.version,
            who=item.saved_by.name if item.saved_by else "Someone",
            when=moment_words(item.saved_at),
            is_removed=item.removed_at is not None,
            changes=changes_since(item, before[item.pk] or {}),
        )
        for item, _ in opened
    ]
