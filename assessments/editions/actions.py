"""Move a plan to another edition of the guidance, and accept new wording for an action."""

from typing import Any, cast

from django.db import models, transaction
from django.db.models import Case, F, Value, When
from django.utils import timezone

from assessments.advice.models import AdviceQuestion
from assessments.comments.models import Thread
from assessments.development.models import JournalEntry
from assessments.plans.actions import hold, hold_open, record
from assessments.plans.models import Event, Plan, PlanItem, Review, ReviewMark, SignOff
from assessments.presence.models import Presence
from assessments.reviews.models import StepReopening
from assessments.rounds.models import RoundAnswer
from assessments.versions import FieldValueChange, StaleVersion, update_at
from councils.models import User
from frameworks.models import CoalitionComponent, Framework, Stage, Step
from frameworks.wording import put_term

from .changes import EditionMove, Editions, edition_to_go_back_to, edition_to_move_to, move_to

# What else refers to a step, stage or component of the plan's edition, and the path from it to the
# plan. `PlanItem` is saved row by row, because its source changes too.
PLACED_IN_EDITION: tuple[tuple[type[models.Model], str, str], ...] = (
    (Review, "stage", "plan"),
    (SignOff, "stage", "plan"),
    (ReviewMark, "step", "review__plan"),
    (StepReopening, "step", "change__plan"),
    (Thread, "step", "plan"),
    (AdviceQuestion, "step", "plan"),
    (JournalEntry, "step", "plan"),
    (Presence, "step", "plan"),
    (RoundAnswer, "component", "respondent__round__plan"),
)
SAVED = (
    "step",
    "source",
    "new_wording",
    "from_edition",
    "position",
    "removed_at",
    "due",
    "due_rule",
    "version",
)


def change_edition(plan: Plan, *, to: Editions, version: int, by: User) -> EditionMove:
    """Move the plan to the editions `to` and return what changed.

    `to` are the current editions, those before the last move, or those that the plan is on, which
    completes the move of stages that were signed off then. Raises StaleVersion if the settings were
    saved since `version` or there is nothing to do, and EditionsDiffer.
    """
    with transaction.atomic():
        hold(plan)
        was = Editions.of(plan)
        is_back = to == edition_to_go_back_to(plan)
        if not is_back and to not in (was, edition_to_move_to(plan)):
            raise StaleVersion
        move = move_to(plan, to)
        if to == was and not move.changes:
            raise StaleVersion
        values: dict[str, Any] = {}
        if to != was:
            values = {
                "transition": to.transition,
                "components": to.components,
                "transition_before": None if is_back else was.transition,
                "components_before": None if is_back else was.components,
            }
        update_at(Plan, plan, version, values)
        PlanItem.objects.bulk_update(move.moved, SAVED)
        PlanItem.objects.bulk_create(move.added)
        if to != was:
            _follow(plan, to)
        changes = [FieldValueChange("edition", None, was.words, to.words)] if to != was else []
        changes += [
            FieldValueChange(each.name, None, each.before, each.after_in_words)
            for each in move.changes
        ]
        detail = to.words_from(was)
        record(plan, Event.Kind.EDITION_CHANGED, by=by, detail=detail, changes=changes)
    return move


def accept_wording(item: PlanItem, *, version: int, by: User) -> None:
    """Take the wording of the plan's edition for an action, and keep its answer.

    Does nothing if there is no new wording. Raises StaleVersion if it was saved since `version`,
    and StageSignedOff.
    """
    new = item.new_wording
    if new is None:
        return
    term = item.plan.term
    with transaction.atomic():
        hold_open(item.plan, item.step)
        change = FieldValueChange("wording", new, item.words(term), put_term(new.text, term))
        values: dict[str, Any] = {"source": new, "new_wording": None}
        values |= {"saved_at": timezone.now(), "saved_by": by}
        update_at(PlanItem.objects.live(), item, version, values)
        record(item.plan, Event.Kind.ITEM_CHANGED, by=by, item=item, changes=[change])


def _follow(plan: Plan, to: Editions) -> None:
    """Move the plan's other rows from a stage, step or component to its number in `to`."""
    slugs = {Framework.TRANSITION: to.transition, Framework.COMPONENTS: to.components}
    same: dict[type[models.Model], Case] = {}
    for model, field, slug in (
        (Stage, "stage_id", Framework.TRANSITION),
        (Step, "step_id", Framework.TRANSITION),
        (CoalitionComponent, "component_id", Framework.COMPONENTS),
    ):
        entries = model._default_manager.filter(framework__slug=slug)
        found = list(entries.values_list("pk", "number", "framework"))
        targets = {number: pk for pk, number, framework in found if framework == slugs[slug].pk}
        same[model] = Case(
            *(When(**{field: pk}, then=Value(targets[n])) for pk, n, _ in found if n in targets),
            default=F(field),
            output_field=models.BigIntegerField(),
        )
    for placed, name, path in PLACED_IN_EDITION:
        related = cast(type[models.Model], placed._meta.get_field(name).related_model)
        rows = placed._default_manager.filter(**{path: plan}).exclude(**{name: None})
        rows.update(**{name: same[related]})
