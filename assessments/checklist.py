"""A plan's items as rows ready to draw: words in the local term, dates as text, addresses made.

Templates draw a row with plain lookups; a hundred rows stay cheap.
"""

from dataclasses import dataclass, field

from django.urls import reverse
from django.utils import timezone

from frameworks.wording import put_term

from .models import Status
from .progress import Tally


@dataclass(frozen=True)
class Row:
    """One item as a page shows it. `dom` is the prefix of its element ids."""

    pk: int
    dom: str
    text: str
    prompts: list[str]
    tag: str
    status: str
    status_label: str
    choices: list[tuple[str, str, str, bool]]  # value, label, element id, is it chosen
    reason: str
    owner: str
    lead: str
    due: str
    state: str
    is_overdue: bool
    note: str
    version: int
    step: int
    is_own: bool
    item_url: str
    edit_url: str
    remove_url: str
    step_url: str
    saved: str = ""
    focus: bool = False


@dataclass
class Group:
    """The items of one step within a list, with their progress."""

    step: object
    rows: list[Row] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)


def row_for(item, plan, *, today, saved="", focus=False):
    term = plan.coalition_term
    source = item.source
    overdue = item.is_overdue(today)
    dom = f"item-{item.pk}"
    if item.is_own:
        tag = "Added by this council"
    elif source.component_id:
        tag = f"From component {source.component.number}"
    else:
        tag = ""
    return Row(
        pk=item.pk,
        dom=dom,
        text=item.words(term),
        prompts=[] if item.is_own else [put_term(prompt, term) for prompt in source.prompt_list],
        tag=tag,
        status=item.status,
        status_label=item.get_status_display(),
        choices=[
            (value, label, f"{dom}-status_{n}", value == item.status)
            for n, (value, label) in enumerate(Status.choices)
        ],
        reason=item.reason,
        owner=item.owner_label,
        lead="" if item.is_own else source.lead_role.name,
        due=day_words(item.due, today) if item.due else "",
        state=state_of(item, today),
        is_overdue=overdue,
        note=item.note,
        version=item.version,
        step=item.step.number,
        is_own=item.is_own,
        item_url=reverse("item", args=[plan.pk, item.pk]),
        edit_url=reverse("item_edit", args=[plan.pk, item.pk]),
        remove_url=reverse("item_remove", args=[plan.pk, item.pk]),
        step_url=reverse("plan_step", args=[plan.pk, item.step.number]) + f"#{dom}",
        saved=saved,
        focus=focus,
    )


def groups_for(items, plan, *, today):
    """Items, already in order, grouped by step with a tally each."""
    groups = {}
    for item in items:
        group = groups.setdefault(item.step_id, Group(item.step))
        group.rows.append(row_for(item, plan, today=today))
        group.tally += Tally.of_item(item, today)
    return list(groups.values())


def day_words(day, today):
    """Fri 28 May, with the year when it is not this one."""
    return f"{day:%a} {day.day} {day:%b}" + ("" if day.year == today.year else f" {day.year}")


def state_of(item, today):
    """What the dates say of an item, in words; empty when there is nothing to say."""
    if item.status == Status.COMPLETED:
        return f"Completed {day_words(item.completed_on, today)}"
    if item.is_overdue(today):
        days = (today - item.due).days
        return f"Overdue by {days} day{'s' if days != 1 else ''}"
    if item.due == today and item.status != Status.NOT_NEEDED:
        return "Due today"
    return ""


def saved_words(moment=None):
    """Saved 14:02, in the council's own time."""
    moment = timezone.localtime(moment or timezone.now())
    return f"Saved {moment:%H:%M}"


def moment_words(moment):
    """14:02 on 18 May 2027."""
    local = timezone.localtime(moment)
    return f"{local:%H:%M} on {local.day} {local:%B %Y}"
