"""What moving a plan to another edition of the guidance does to its actions.

A move never changes an answer, nor the wording it was given to. An action that was not answered
takes the wording of the new edition, and is removed if the edition does not have it. Stages that
are signed off keep their actions as they are; the rest follows when they are reopened.
"""

import datetime as dt
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field
from enum import Enum

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.text import get_text_list

from assessments.comments.models import Thread
from assessments.links.models import DocumentLink
from assessments.plans.actions import checklist_of
from assessments.plans.models import Event, Plan, PlanItem, Status
from assessments.plans.stages import current_sign_offs
from assessments.restricted_notes.models import RestrictedNote
from assessments.rounds.models import RoundItem
from frameworks.models import ChecklistItem, CoalitionComponent, Framework, Step
from frameworks.wording import Term, put_term

# The number of the step, and the code of the action in the guidance.
Place = tuple[int, str]


@dataclass(frozen=True)
class Editions:
    """The editions of the two frameworks that a plan is made from."""

    transition: Framework
    components: Framework

    @classmethod
    def of(cls, plan: Plan) -> "Editions":
        return cls(plan.transition, plan.components)

    @property
    def key(self) -> str:
        """Return what identifies the two editions in a form."""
        return f"{self.transition.pk}-{self.components.pk}"

    @property
    def words(self) -> str:
        """Return the editions in words: one number if both have the same."""
        first, second = self.transition.edition, self.components.edition
        if first == second:
            return f"edition {first}"
        return f"edition {first} of the 30 steps and edition {second} of the 12 components"

    def words_from(self, other: "Editions") -> str:
        """Return in words the editions that differ from `other`."""
        if self.components == other.components and self.transition != other.transition:
            return f"edition {self.transition.edition} of the 30 steps"
        if self.transition == other.transition and self.components != other.components:
            return f"edition {self.components.edition} of the 12 components"
        return self.words


class EditionChangeKind(Enum):
    NEW = "new"
    REWORDED = "reworded"  # not answered, so it takes the new wording
    WORDING_KEPT = "wording kept"  # answered, so it keeps the wording that was answered
    REMOVED = "removed"
    KEPT = "kept"  # not in the edition, but answered


@dataclass(frozen=True)
class EditionChange:
    """What the move does to one action, with its texts before and after."""

    kind: EditionChangeKind
    step: int
    code: str
    before: str
    after: str
    new_prompts: tuple[str, ...] = ()  # if they are not those of the earlier wording

    @property
    def name(self) -> str:
        """Return the name of the action in the event, as `name_of` gives it."""
        return f"Step {self.step}, {self.code}"

    @property
    def after_in_words(self) -> str:
        """Return what the event says about the action after the move."""
        if self.kind is EditionChangeKind.WORDING_KEPT:
            return f"{self.before} (kept; the edition now says: {self.after})"
        if self.kind is EditionChangeKind.KEPT:
            return f"{self.before} (kept, although the edition does not have it)"
        return self.after


@dataclass
class EditionMove:
    """A move of `plan` to the editions `to`: its rows to save, and what to tell of them.

    `guidance` are the steps whose guidance differs. `signed_off` are the numbers of the stages that
    keep their actions as they are.
    """

    plan: Plan
    to: Editions
    changes: list[EditionChange] = field(default_factory=list)
    guidance: list[Step] = field(default_factory=list)
    signed_off: list[int] = field(default_factory=list)
    now: dt.datetime = field(default_factory=timezone.now)
    moved: list[PlanItem] = field(default_factory=list)
    added: list[PlanItem] = field(default_factory=list)

    @property
    def signed_off_in_words(self) -> str:
        return get_text_list([str(number) for number in self.signed_off], "and")

    def of_kind(self, kind: EditionChangeKind) -> list[EditionChange]:
        return [change for change in self.changes if change.kind is kind]


class EditionsDiffer(Exception):
    """The two editions have not the same steps or components, so a plan cannot move."""


def edition_to_move_to(plan: Plan) -> Editions | None:
    """Return the current editions, if the plan is on others; 1 query."""
    current = {
        each.slug: each
        for each in Framework.objects.filter(
            is_current=True, slug__in=(Framework.TRANSITION, Framework.COMPONENTS)
        )
    }
    if len(current) < 2:
        return None
    found = Editions(current[Framework.TRANSITION], current[Framework.COMPONENTS])
    return found if found != Editions.of(plan) else None


def edition_to_go_back_to(plan: Plan) -> Editions | None:
    """Return the editions before the last move, unless the plan has gone back to them."""
    if plan.transition_before is None or plan.components_before is None:
        return None
    return Editions(plan.transition_before, plan.components_before)


def move_to(plan: Plan, to: Editions) -> EditionMove:
    """Return what moving `plan` to the editions `to` does; nothing is saved.

    With the editions that the plan is on, that is what is left to do in stages that were reopened.
    Raises EditionsDiffer.
    """
    require_same_places(plan, to)
    steps = {step.number: step for step in _steps_of(to.transition)}
    before = {step.number: step for step in _steps_of(plan.transition)}
    signed_off = {sign_off.stage.number for sign_off in current_sign_offs(plan).values()}
    move = EditionMove(plan, to, signed_off=sorted(signed_off))
    move.guidance = [
        step
        for number, step in steps.items()
        if (step.summary, step.guidance) != (before[number].summary, before[number].guidance)
    ]
    following = copy(plan)
    following.transition, following.components = to.transition, to.components
    wanted = {_place(item): item for item in checklist_of(following)}
    order = {place: number for number, place in enumerate(wanted)}
    rows = PlanItem.objects.filter(plan=plan)
    answered = set(rows.filter(_is_answered()).values_list("pk", flat=True))
    items = list(rows.select_related("step__stage", "source__framework", "new_wording"))
    for item in items:
        is_signed_off = item.step.stage.number in signed_off
        stays = is_signed_off or item.pk in answered
        item.plan = plan
        if item.source is not None:
            target = wanted.pop(_place(item), None)
            if target is None:
                _leave_out(move, item, stays=stays)
            else:
                _take_up(move, item, target, stays=stays, is_signed_off=is_signed_off)
        item.step = steps[item.step.number]
    for item in wanted.values():
        item.step = steps[item.step.number]
        if item.step.stage.number in signed_off:
            continue
        move.added.append(item)
        move.changes.append(_change(EditionChangeKind.NEW, item, plan.term, after=item.source))
    move.moved = items
    _place_in_order(move, order, signed_off)
    move.changes.sort(key=lambda change: (change.step, change.code))
    return move


def require_same_places(plan: Plan, to: Editions) -> None:
    """Raise EditionsDiffer unless both editions have the same steps and components."""
    for model, before, after in (
        (Step, plan.transition_id, to.transition.pk),
        (CoalitionComponent, plan.components_id, to.components.pk),
    ):
        numbers = model.objects.filter(framework__in=(before, after)).values_list(
            "framework", "number"
        )
        found: dict[int, set[int]] = {before: set(), after: set()}
        for framework, number in numbers:
            found[framework].add(number)
        if found[before] != found[after]:
            kind = model._meta.verbose_name_plural
            raise EditionsDiffer(f"The two editions do not have the same {kind}.")


def _steps_of(transition: Framework) -> Iterable[Step]:
    return Step.objects.filter(framework=transition).select_related("stage")


def _place(item: PlanItem) -> Place:
    return item.step.number, _source(item).code


def _source(item: PlanItem) -> ChecklistItem:
    assert item.source is not None  # noqa: S101 - asked of actions of the guidance only
    return item.source


def _is_answered() -> Q:
    """Return whether anything was recorded on an action, so that it is kept."""
    related = (Event, Thread, RestrictedNote, RoundItem, DocumentLink)
    answered = ~Q(status=Status.NOT_STARTED) | ~Q(note="") | ~Q(owner_name="")
    answered |= Q(saved_by__isnull=False) | Q(owner__isnull=False)
    for model in related:
        answered |= Q(Exists(model._default_manager.filter(item=OuterRef("pk"))))
    return answered


def _take_up(
    move: EditionMove, item: PlanItem, target: PlanItem, *, stays: bool, is_signed_off: bool
) -> None:
    """Change `item` in place to what the edition has there; one that `stays` is not reworded."""
    term, source, new = move.plan.term, _source(item), _source(target)
    if item.removed_at:
        if is_signed_off:
            return
        item.removed_at, item.source, item.from_edition = None, new, ""
        item.version += 1
        # As for one that is added: without the suggested date if it has passed.
        item.due_rule, item.due = target.due_rule, target.due
        move.changes.append(_change(EditionChangeKind.NEW, item, term, after=new))
        return
    had_new_wording = item.new_wording_id
    item.from_edition, item.new_wording = "", None
    if _read(source, term) == _read(new, term):
        item.source = new
    elif stays:
        item.new_wording = new
        if had_new_wording != new.pk:
            move.changes.append(
                _change(EditionChangeKind.WORDING_KEPT, item, term, before=source, after=new)
            )
    else:
        item.source = new
        item.version += 1  # someone who has it open sees the new wording before they save
        move.changes.append(
            _change(EditionChangeKind.REWORDED, item, term, before=source, after=new)
        )


def _leave_out(move: EditionMove, item: PlanItem, *, stays: bool) -> None:
    """Change `item` in place if the edition does not have it: it `stays` or is removed."""
    term, source = move.plan.term, _source(item)
    item.new_wording = None
    if item.removed_at:
        return
    was_kept, item.from_edition = item.from_edition, source.framework.edition
    if not stays:
        item.removed_at = move.now
        item.version += 1
        move.changes.append(_change(EditionChangeKind.REMOVED, item, term, before=source))
    elif not was_kept:
        move.changes.append(_change(EditionChangeKind.KEPT, item, term, before=source))


def _change(
    kind: EditionChangeKind,
    item: PlanItem,
    term: Term,
    *,
    before: ChecklistItem | None = None,
    after: ChecklistItem | None = None,
) -> EditionChange:
    entry = after or before
    assert entry is not None  # noqa: S101 - every change has a text before or after
    prompts = _read(after, term)[1:] if after else ()
    return EditionChange(
        kind,
        item.step.number,
        entry.code,
        _read(before, term)[0] if before else "",
        _read(after, term)[0] if after else "",
        prompts
        if kind is EditionChangeKind.NEW or (before and prompts != _read(before, term)[1:])
        else (),
    )


def _read(entry: ChecklistItem, term: Term) -> tuple[str, ...]:
    """Return the text and prompts of an action as the council reads them."""
    return tuple(put_term(text, term) for text in (entry.text, *entry.prompt_list))


def _place_in_order(move: EditionMove, order: dict[Place, int], signed_off: set[int]) -> None:
    """Number the actions of each open step: those of the edition, then others, then removed ones.

    Signed-off stages keep their numbers.
    """

    def rank(item: PlanItem) -> tuple:
        is_listed = item.source is not None and not item.from_edition
        return (
            item.removed_at is not None,
            item.source is None,
            order[_place(item)] if is_listed else len(order),
            item.position,
            item.pk or 0,
        )

    by_step: dict[int, list[PlanItem]] = {}
    for item in (*move.moved, *move.added):
        by_step.setdefault(item.step.number, []).append(item)
    for group in by_step.values():
        if group[0].step.stage.number in signed_off:
            continue
        for position, item in enumerate(sorted(group, key=rank), 1):
            item.position = position
