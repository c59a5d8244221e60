"""The page of a step."""

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assessments.access import plan_context, plan_for
from assessments.addresses import address
from assessments.comments.models import Comment
from assessments.plans.models import PlanItem
from assessments.plans.progress import Tally
from assessments.plans.rows import ItemRow, way_back
from assessments.plans.stages import StageSignedOff, current_sign_offs
from assessments.presence.models import Presence
from assessments.presence.views import others_in_words
from assessments.register.lines import COMPONENTS
from assessments.restricted_notes.models import RestrictedNote
from assessments.reviews.models import StepReopening
from assessments.seats.access import may_read_scenarios
from frameworks.models import Step
from frameworks.wording import put_term

SHOWN = ("stage", "role_area", "lead_role", "framework")  # of a step, on its page


@require_safe
def step(request, plan_id, number):
    """Show the actions of a step beside its guidance."""
    plan, rights = plan_for(request.user, plan_id)
    return step_page(request, plan, rights, step_of(plan, number))


def step_of(plan, number):
    """Return the step with what its page shows; 404 if the reader of the plan cannot see it."""
    return get_object_or_404(
        Step.objects.select_related(*SHOWN),
        framework=plan.transition_id,
        number=number,
        stage__number__in=plan.stages,
    )


def step_page(
    request, plan, rights, step, *, open_item=None, adding=None, begins=False, status=200
):
    """Render the step page, with one action open (a context of `views.items`) or being added.

    Without JavaScript, whatever goes wrong with an action is shown here with what was typed. In a
    signed-off stage the step is read-only; `begins`, a request to start an edit, gets 403 there.
    """
    today = timezone.localdate()
    signed_off = current_sign_offs(plan).get(step.stage_id)
    may_look_again = rights.can_edit  # also in a signed-off stage, because no answer changes
    if signed_off:
        rights = rights.read_only()
        if begins:
            raise PermissionDenied(str(StageSignedOff(signed_off)))
    items = list(
        PlanItem.objects.on(plan)
        .filter(step=step)
        .with_everything()
        .select_related("made_from__answer__component", "made_from__answer__respondent__round")
    )
    beside = {
        each.number: each
        for each in Step.objects.filter(
            Q(role_area=step.role_area_id) | Q(number__in=(step.number - 1, step.number + 1)),
            framework=plan.transition_id,
            stage__number__in=plan.stages,
        ).select_related("stage", "role_area")
    }
    siblings = [each for each in beside.values() if each.role_area_id == step.role_area_id]
    tallies = {
        row["step"]: Tally.of(row)
        for row in PlanItem.objects.live()
        .on(plan)
        .filter(step__role_area=step.role_area_id)
        .tally_by("step", today=today)
    }
    rows = [
        ItemRow(item, plan, today=today, is_read_only=signed_off is not None)
        for item in items
        if not item.removed_at
    ]
    restricted = {
        note.item_id: note
        for note in RestrictedNote.objects.readable_by(request.user)
        .filter(item__plan=plan, item__step=step)
        .prefetch_related("readers__user")
    }
    for row in rows:
        row.restricted = restricted.get(row.pk)
    said = {
        tally["thread__item"]: tally
        for tally in Comment.objects.on(plan)
        .filter(thread__step=step)
        .tally_by("thread__item", user=request.user)
    }
    for row in rows:
        row.comments = said.get(row.pk)
        row.made_from = getattr(row.item, "made_from", None)
    term = plan.term
    components = list(step.component_links.select_related("component"))
    return render(
        request,
        "assessments/pages/step.html",
        {
            **plan_context(plan, rights),
            "step": step,
            "summary": put_term(step.summary, term),
            "guidance": [put_term(text, term) for text in step.guidance_paragraphs],
            "rows": rows,
            "people": others_in_words(Presence.objects.on(plan, step), request.user, rights),
            "said_of_step": said.get(None),
            "removed": [item for item in items if item.removed_at],
            "previous": _link_to(plan, beside.get(step.number - 1)),
            "next": _link_to(plan, beside.get(step.number + 1)),
            "siblings": [(sibling, tallies.get(sibling.pk, Tally())) for sibling in siblings],
            "components": [(link.component, put_term(link.reason, term)) for link in components],
            "shows_register": plan.shows_register
            and any(link.component.number in COMPONENTS for link in components),
            "themes": [
                (link.theme, put_term(link.reason, term))
                for link in step.theme_links.select_related("theme")
            ],
            "signed_off": signed_off,
            # A link elsewhere is not worth a query while the user is editing an action.
            "shows_scenarios": open_item is None
            and adding is None
            and may_read_scenarios(request.user, plan, rights),
            "can_look_again": may_look_again,
            "reopenings": StepReopening.objects.of(plan).pending().filter(step=step),
            "opened": open_item,
            "adding": adding,
            **way_back(request.path if request.method == "GET" else ""),
            "current_stage": plan.boundaries.stage_on(today),
        },
        status=status,
    )


def _link_to(plan, step):
    """Return the step before or after, as the links at the foot of the page need it, or None."""
    if step is None:
        return None
    return {
        "number": step.number,
        "title": step.title,
        "stage": step.stage,
        "get_absolute_url": address("plan_step", plan.pk, step.number),
    }
