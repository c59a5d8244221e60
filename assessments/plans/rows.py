"""The actions of a plan as rows for templates: text in the council's term, dates in words, URLs.

Templates use plain lookups only, so that a page of 100 rows is quick to draw.
"""

from dataclasses import dataclass, field
from functools import cache

from django.template.loader import render_to_string
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from assessments.addresses import address
from assessments.words import counted, short_weekday, within_sentence
from frameworks.wording import put_term

from .models import OPEN_STATUSES, Status
from .progress import Tally


class ItemRow:
    """One action as a page shows it. Properties are only computed when a template uses them.

    `dom` is the prefix of its element ids. `swapped`: it replaces an older row on a page that did
    not ask for it. `is_read_only`: its stage is signed off. In a search, `marked` is its text with
    the words marked, and `found` are its other texts with them.
    """

    marked = ""
    found = ()
    plan_name = ""  # on a page of several plans
    is_new = False  # assigned since the last visit
    rights: object = None  # those in its plan, on a page of several plans

    def __init__(
        self, item, plan, *, today, saved="", focus=False, swapped=False, is_read_only=False
    ):
        self.item = item
        self.plan = plan
        self.today = today
        self.saved = saved
        self.focus = focus
        self.swapped = swapped
        self.is_read_only = is_read_only
        self.pk = item.pk
        self.dom = SafeString(f"item-{item.pk:d}")
        self.version = item.version
        self.status = item.status
        self.is_own = item.is_own
        self.is_removed = item.removed_at is not None
        self.is_overdue = item.is_overdue(today)
        self.reason = item.reason
        self.note = item.note

    @cached_property
    def text(self):
        return self.item.words(self.plan.term)

    @cached_property
    def prompts(self):
        if self.is_own:
            return []
        term = self.plan.term
        return [put_term(prompt, term) for prompt in self.item.source.prompt_list]

    @property
    def caution(self):
        """What to be careful about in a note on the action, if anything."""
        return "" if self.is_own else self.item.source.caution

    @property
    def tag(self):
        if self.is_own:
            return "Added by this council"
        component = self.item.source.component
        notes = [f"From component {component.number}"] if component else []
        if self.item.from_edition:
            notes.append(self.item.edition_note)
        return " · ".join(notes)

    @property
    def edition_note(self):
        """What differs between the action and the edition of the plan, if anything."""
        return self.item.edition_note

    @cached_property
    def new_text(self):
        """The wording of the plan's edition, if the answer was given to another one."""
        new = self.item.new_wording if self.item.new_wording_id else None
        return put_term(new.text, self.plan.term) if new else ""

    @property
    def new_prompts(self):
        """The prompts that come with the new wording, if they changed as well."""
        new, term = self.item.new_wording, self.plan.term
        prompts = [put_term(prompt, term) for prompt in new.prompt_list] if new else []
        return prompts if prompts != self.prompts else []

    @property
    def wording_url(self):
        """The address that accepts the new wording."""
        return address("item_wording", self.plan.pk, self.pk)

    @property
    def status_label(self):
        return self.item.get_status_display()

    @property
    def status_radios(self):
        return _status_radios(self.status)

    @cached_property
    def owner(self):
        return self.item.owner_label

    @property
    def has_left(self):
        """Whether its owner no longer belongs to the council."""
        return bool(self.item.owner_id) and self.item.owner.ended_at is not None

    @property
    def ask_url(self):
        """The page that asks its owner for an update."""
        return address("item_ask", self.plan.pk, self.pk)

    @property
    def can_be_asked_about(self):
        """Whether its owner belongs to the council and could save it: open, and not signed off."""
        is_owned = bool(self.item.owner_id) and not self.has_left
        return is_owned and self.status in OPEN_STATUSES and not self.is_read_only

    @property
    def lead(self):
        """The role we suggest as lead."""
        return "" if self.is_own else self.item.source.lead_role.name

    @property
    def lead_in_sentence(self):
        return within_sentence(self.lead)

    @cached_property
    def due(self):
        return short_weekday(self.item.due, self.today) if self.item.due else ""

    @property
    def due_rule(self):
        return str(self.item.due_rule) if self.item.due_rule else ""

    @property
    def state(self):
        return state_of(self.item, self.today)

    @property
    def step(self):
        return self.item.step.number

    @property
    def area(self):
        return self.item.step.role_area.title

    @property
    def item_url(self):
        return address("item", self.plan.pk, self.pk)

    @property
    def edit_url(self):
        return address("item_edit", self.plan.pk, self.pk)

    @property
    def comments_url(self):
        return address("item_comments", self.plan.pk, self.pk)

    @property
    def remove_url(self):
        return address("item_remove", self.plan.pk, self.pk)

    @property
    def history_url(self):
        return address("item_history", self.plan.pk, self.pk)

    @property
    def step_url(self):
        return address("plan_step", self.plan.pk, self.step) + f"#{self.dom}"


@cache
def _status_radios(chosen):
    """Render the status radios, which are the same in every row with this status, once."""
    context = {"statuses": Status.choices, "chosen": chosen}
    return render_to_string("assessments/plans/_status_radios.html", context)


@dataclass
class StepRows:
    """The actions of one step within a list, with their progress.

    `look_again` holds the reasons to review the step again.
    """

    step: object
    url: str
    rows: list[ItemRow] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    look_again: list = field(default_factory=list)

    @property
    def summary(self):
        return put_term(self.step.summary, self.rows[0].plan.term)


def groups_for(items, plan, *, today, signed_off=()):
    """Return ordered items grouped by step, with a tally of each group.

    `signed_off` holds the primary keys of the stages that are read-only.
    """
    groups = {}
    for item in items:
        url = address("plan_step", plan.pk, item.step.number)
        group = groups.setdefault(item.step_id, StepRows(item.step, url))
        is_read_only = item.step.stage_id in signed_off
        group.rows.append(ItemRow(item, plan, today=today, is_read_only=is_read_only))
        group.tally += Tally.of_item(item, today)
    return list(groups.values())


def way_back(address):
    """Return the context by which rows of a list lead back to it, from a form and from a link."""
    return {"back": address, "back_query": f"?{urlencode({'back': address})}" if address else ""}


def state_of(item, today):
    """Write what the dates of an action mean today; empty if there is nothing to say."""
    if item.status == Status.COMPLETED:
        return f"Completed {short_weekday(item.completed_on, today)}"
    if item.is_overdue(today):
        return f"Overdue by {counted((today - item.due).days, 'day')}"
    if item.due == today and item.status != Status.NOT_NEEDED:
        return "Due today"
    return ""
