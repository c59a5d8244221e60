"""Lists of actions: by stage, by role area, by officer role, and all of them by date."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from assessments.access import plan_context, plan_for
from assessments.addresses import address
from assessments.navigation.find import pages_named
from assessments.plans.by_date import DateGroup, grouped_by_date, keys_not_shown
from assessments.plans.models import PlanItem
from assessments.plans.progress import Tally
from assessments.plans.roles import role_for
from assessments.plans.rows import ItemRow, groups_for, way_back
from assessments.plans.stage_meanings import meaning_of_stage
from assessments.plans.stages import current_sign_offs, standing_of_stage
from assessments.reviews.reopenings import pending_reopenings
from councils.models import Office
from councils.permissions import Right
from frameworks.models import RoleArea, Stage

from ..action_search import find_actions, owners_in
from ..forms import ActionFilterForm
from ..list_queries import actions_of_stage

PAGE = 100


@require_safe
def stage(request, plan_id, number):
    plan, rights = plan_for(request.user, plan_id)
    stages = list(Stage.objects.filter(framework=plan.transition_id, number__in=plan.stages))
    stage = next((stage for stage in stages if stage.number == number), None)
    if stage is None:
        raise Http404
    items = actions_of_stage.fetch(plan.pk, stage.pk)
    today = timezone.localdate()
    standing = standing_of_stage(plan, stage)
    signed_off = standing.sign_off if standing.sign_off and standing.sign_off.is_current else None
    groups = groups_for(items, plan, today=today, signed_off={stage.pk} if signed_off else ())
    for reopening in pending_reopenings(plan):
        for group in groups:
            if group.step.pk == reopening.step_id:
                group.look_again.append(reopening)
    return _list(
        request,
        plan,
        rights,
        template="assessments/pages/stage.html",
        stage=stage,
        groups=groups,
        tally=sum((group.tally for group in groups), Tally()),
        is_current=plan.boundaries.stage_on(today) == number and not plan.is_over(today),
        stages=stages,
        meaning=meaning_of_stage(plan, number),
        signed_off=signed_off,
        state=standing.state.value,
    )


@require_safe
def area(request, plan_id, number):
    plan, rights = plan_for(request.user, plan_id)
    area = get_object_or_404(RoleArea, framework=plan.transition_id, number=number)
    items = PlanItem.objects.live().on(plan).filter(step__role_area=area).with_everything()
    groups = _groups(items, plan)
    return _list(
        request,
        plan,
        rights,
        template="assessments/pages/area.html",
        area=area,
        groups=groups,
        tally=sum((group.tally for group in groups), Tally()),
        previous=number - 1,
        following=number + 1 if number < 10 else 0,
    )


@require_safe
def officers(request, plan_id):
    """Show how many actions each officer role has, and people outside the roles."""
    plan, rights = plan_for(request.user, plan_id)
    items = PlanItem.objects.live().on(plan).with_office()
    tallies = {
        row["falls_to"]: Tally.of(row)
        for row in items.tally_by("falls_to", today=timezone.localdate())
    }
    offices = [(value, label, tallies.get(value, Tally())) for value, label in Office.choices]
    return _list(
        request,
        plan,
        rights,
        template="assessments/pages/officers.html",
        offices=offices,
        others=tallies.get("", Tally()),
    )


@require_safe
def officer(request, plan_id, office):
    plan, rights = plan_for(request.user, plan_id)
    if office not in Office.values:
        raise Http404
    items = PlanItem.objects.live().on(plan).for_office(office).with_everything()
    return _actions_of(request, plan, rights, items, office, scope=f"officer-{office}")


@require_safe
def mine(request, plan_id):
    """List the actions of the user: assigned to them, or unassigned and led by their role."""
    plan, rights = plan_for(request.user, plan_id, needs=Right.TAKE_PART)
    items = (
        PlanItem.objects.live()
        .on(plan)
        .for_member(plan.membership_id, plan.office)
        .with_everything()
    )
    return _actions_of(request, plan, rights, items, plan.office, scope="mine", is_mine=True)


def _actions_of(request, plan, rights, items, office, *, scope, is_mine=False):
    """List the actions of a role or of the user, with the part the role plays."""
    title = Office(office).label
    groups = _groups(items, plan)
    return _list(
        request,
        plan,
        rights,
        template="assessments/pages/officer.html",
        title="Your actions by step" if is_mine else title,
        my_post=title if is_mine else "",
        role=role_for(plan, office),
        scope=scope,
        groups=groups,
        tally=sum((group.tally for group in groups), Tally()),
    )


@require_safe
def open_items(request, plan_id):
    """List the actions by date: the open ones, or those that the filters in the query select."""
    plan, rights = plan_for(request.user, plan_id)
    today = timezone.localdate()
    answers, form = ActionFilterForm.answers(request.GET, plan=plan, owners=owners_in(plan))
    found = find_actions(plan, request.user, answers, today=today)
    signed_off = current_sign_offs(plan)
    page = Paginator(found.items, PAGE).get_page(request.GET.get("page"))
    rows = [
        ItemRow(item, plan, today=today, is_read_only=item.step.stage_id in signed_off)
        for item in page
    ]
    for row in rows:
        row.marked = found.titles.get(row.pk, "")
        row.found = found.texts.get(row.pk, ())
    groups = grouped_by_date(rows, found.counts, today=today)
    return _list(
        request,
        plan,
        rights,
        template="assessments/pages/open.html",
        page=page,
        query=urlencode(answers),
        form=form,
        filters=[form[name] for name in ("owner", "stage", "area", "status", "due")],
        quick=_quick_filters(plan, answers),
        answers=answers,
        pages_named=pages_named(answers.get("q", ""), plan, request.user),
        found=found,
        count_words=found.count_words(answers),
        groups=groups,
        not_shown=keys_not_shown(groups),
    )


def _quick_filters(plan, answers):
    """Return words, address and whether it is in use, for the filters used most."""
    here = address("plan_open", plan.pk)
    choices = (
        ("All open", {}),
        ("Mine", {"owner": ActionFilterForm.ME}),
        ("Overdue", {"due": DateGroup.OVERDUE.value}),
        ("No owner", {"owner": ActionFilterForm.NO_OWNER}),
        ("Owner left the council", {"owner": ActionFilterForm.LEFT}),
    )
    return [
        (words, f"{here}?{urlencode(query)}" if query else here, query == answers)
        for words, query in choices
    ]


def _groups(items, plan):
    """Group items of any stages by step; those of signed-off stages are read-only."""
    return groups_for(
        items.select_related("step__stage"),
        plan,
        today=timezone.localdate(),
        signed_off=current_sign_offs(plan),
    )


def _list(request, plan, rights, *, template, **context):
    return render(
        request,
        template,
        {
            **plan_context(plan, rights),
            **way_back(request.get_full_path()),
            **context,
        },
    )
