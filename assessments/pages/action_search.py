"""Find actions of a plan by filters and by words, and what else in the plan has those words.

The words are looked for in what the reader can see: the text of actions in the council's own term,
notes, reasons, owners, comments, the joint working register, and the restricted notes they can
read. Every source is limited in its query. An action is found if all words occur in what belongs to
it, each in any of its texts; the start of a word is enough.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.html import format_html

from assessments.addresses import address
from assessments.comments.threads import place_of
from assessments.plans.by_date import DateGroup, counts_by_date, in_order_of_dates
from assessments.plans.models import Plan, PlanItem
from assessments.register.kinds import KINDS
from assessments.restricted_notes.models import RestrictedNote
from assessments.words import counted
from councils.models import Membership, User
from frameworks.search import Passage, words_in
from frameworks.wording import put_term

from .forms import ActionFilterForm
from .list_queries import comments_shown, owners_of_actions


@dataclass(frozen=True)
class FoundText:
    """A text with the words that were looked for. `text` is HTML with the words marked."""

    label: str
    text: str
    url: str = ""


@dataclass
class FoundActions:
    """The actions that were found, in the order of their dates, and other places with the words.

    `counts` are by DateGroup; `all_open` is how many open actions the reader can see in all.
    `titles` and `texts` are by the primary key of the action.
    """

    items: list[PlanItem]
    counts: Counter[DateGroup]
    all_open: int
    titles: dict[int, str] = field(default_factory=dict)
    texts: dict[int, list[FoundText]] = field(default_factory=dict)
    elsewhere: list[FoundText] = field(default_factory=list)

    def count_words(self, answers: Mapping[str, str]) -> str:
        """Write how many actions were found: 88 open, or 9 of 88 open actions."""
        number = len(self.items)
        if not answers:
            return f"{number} open, soonest first. Actions without a due date are at the end."
        if "status" in answers:
            return counted(number, "action")
        return f"{number} of {counted(self.all_open, 'open action')}"

    def counts_shown(self, answers: Mapping[str, str]) -> list[tuple[str, str]]:
        """Return the id and the text of each count on the page, to update them after a save."""
        shown = [(f"count-{group.value}", str(self.counts[group])) for group in DateGroup]
        return [("count-found", self.count_words(answers)), *shown]


def owners_in(plan: Plan) -> list[Membership]:
    """Return the memberships that own an action the reader of `plan` can see, by name."""
    return owners_of_actions.fetch(plan.pk, stages=plan.stages)


def find_actions(
    plan: Plan, user: User, answers: Mapping[str, str], *, today: dt.date
) -> FoundActions:
    """Return the actions of `plan` that match the `answers` of an ActionFilterForm."""
    items = PlanItem.objects.live().on(plan)
    all_open = items.open().count()
    found = _filtered(items, plan, answers)
    found = list(found.with_everything().select_related("step__stage", "step__role_area"))
    if due := answers.get("due"):
        found = [
            item for item in found if DateGroup.of(item.status, item.due, today=today).value == due
        ]
    asked = words_in(answers.get("q", ""))
    result = FoundActions([], Counter(), all_open)
    if asked:
        found = _search(found, plan, user, asked, result)
    result.items = in_order_of_dates(found, today=today)
    result.counts = counts_by_date(found, today=today)
    return result


def _filtered(items, plan, answers):
    form = ActionFilterForm
    status = answers.get("status")
    if not status:
        items = items.open()
    elif status != form.ANY:
        items = items.filter(status=status)
    if "stage" in answers:
        items = items.filter(step__stage__number=answers["stage"])
    if "area" in answers:
        items = items.filter(step__role_area__number=answers["area"])
    match answers.get("owner"):
        case None:
            return items
        case form.ME:
            return items.filter(owner=plan.membership_id)
        case form.NO_OWNER:
            return items.filter(owner=None, owner_name="")
        case form.LEFT:
            return items.filter(owner__ended_at__isnull=False)
        case form.TYPED:
            return items.exclude(owner_name="")
        case owner:
            return items.filter(owner=owner)


def _search(
    items: list[PlanItem], plan: Plan, user: User, asked: tuple[str, ...], result: FoundActions
) -> list[PlanItem]:
    """Return those of `items` that have all the words, and complete `result` with where."""
    comments = defaultdict(list)
    by_step = []
    for comment in comments_shown.fetch(plan.pk, stages=plan.stages):
        if comment.thread.item_id:
            comments[comment.thread.item_id].append(comment)
        else:
            by_step.append(comment)
    restricted = dict(
        RestrictedNote.objects.readable_by(user)
        .filter(item__plan=plan)
        .order_by()
        .values_list("item", "text")
    )
    matches = []
    for item in items:
        title = _own(item.words(plan.term))
        texts = [
            *_texts_of(item, plan),
            *((f"Comment by {each.author.name}", each.text) for each in comments[item.pk]),
        ]
        if text := restricted.get(item.pk):
            texts.append(("Restricted note", text))
        passages = [(label, _own(text)) for label, text in texts if text]
        if not _has_all(asked, [title, *(passage for _, passage in passages)]):
            continue
        matches.append(item)
        result.titles[item.pk] = title.marked(asked)
        result.texts[item.pk] = [
            FoundText(label, passage.snippet(asked))
            for label, passage in passages
            if passage.has(asked)
        ]
    result.elsewhere = [*_on_steps(by_step, asked), *_in_register(plan, asked)]
    return matches


def _texts_of(item, plan):
    if item.source:
        yield "Question", put_term(" ".join(item.source.prompt_list), plan.term)
    yield "Owner", item.owner_label
    yield "Reason it is not needed", item.reason
    yield "Note", item.note


def _on_steps(comments, asked):
    for comment in comments:
        passage = _own(comment.text)
        if _has_all(asked, [passage]):
            label = f"Comment by {comment.author.name} on step {comment.thread.step.number}"
            yield FoundText(label, passage.snippet(asked), place_of(comment.thread))


def _in_register(plan, asked):
    if not plan.shows_register:
        return
    url = address("register", plan.pk)
    for kind in KINDS:
        for entry in kind.live_on(plan):
            texts = [str(getattr(entry, name)) for name in kind.written]
            passages = [_own(text) for text in texts if text]
            if _has_all(asked, passages):
                shown = [passage.snippet(asked) for passage in passages if passage.has(asked)]
                text = format_html("{}" + " · {}" * (len(shown) - 1), *shown)
                yield FoundText(
                    f"{kind.words.capitalize()} in the joint working register",
                    text,
                    f"{url}#{kind.noun}-{entry.pk}",
                )


def _own(text):
    return Passage(text, is_reference=False)


def _has_all(asked: tuple[str, ...], passages: Iterable[Passage]) -> bool:
    missing = set(asked)
    for passage in passages:
        missing -= {start for start in missing if passage.has((start,))}
        if not missing:
            return True
    return False
