"""Plan home, and making and changing a plan."""

from contextlib import suppress
from copy import copy

from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.access import plan_context, plan_for, plans_beside
from assessments.data_protection.access import request_to_delete
from assessments.editions.changes import Editions, edition_to_move_to
from assessments.fields import version_in
from assessments.plans import actions as plans_actions
from assessments.plans.actions import change_plan, create_plan
from assessments.plans.actions.due import suggested_rules
from assessments.plans.bulk import FIRST_STAGE_AFTER_ELECTION
from assessments.plans.forms import ALREADY_PLANNED, PlanForm
from assessments.plans.models import PlanItem
from assessments.plans.progress import matrix_for, standing_of
from assessments.plans.stages import State, standings_of
from assessments.plans.timeline import due_days, timeline_for
from assessments.register.lines import dated
from assessments.reviews.reopenings import pending_reopenings
from assessments.seats.access import has_elected_mayor
from assessments.versions import StaleVersion, differences
from assessments.words import counted, day_in_words, days_in_words
from councils.once import once
from councils.permissions import Right, membership_for
from elections.concerns import concerns_about
from elections.timetable import next_ordinary_election_day
from frameworks.wording import DEFAULT_TERM

from ..due_lists import due_lists
from ..list_queries import rows_of_plan
from ..plan_settings import ALL, SECTIONS, last_move, summary_of, why_not_move
from ..political_facts import political_facts
from ..set_up import set_up_of


@require_http_methods(["GET", "HEAD", "POST"])
@once
def new(request, slug):
    """Ask the questions, show the answers to check, then make the plan.

    The form carries the answers from page to page; nothing is stored before the plan is made.
    """
    council = membership_for(request.user, slug, needs=Right.MANAGE_PLAN).council
    has_mayor = has_elected_mayor(council)
    if request.method != "POST":
        form = PlanForm(
            council=council,
            has_mayor=has_mayor,
            initial={
                "election_day": next_ordinary_election_day(timezone.localdate()),
                "coalition_term": DEFAULT_TERM,
                "stage_2_weeks": 6,
            },
        )
        return _ask(request, council, form)
    form = PlanForm(request.POST, council=council, has_mayor=has_mayor)
    if not form.is_valid():
        return _ask(request, council, form, status=422)
    if "change" in request.POST:
        return _ask(request, council, form)
    if "create" in request.POST:
        try:
            plan = create_plan(council=council, by=request.user, **form.cleaned_data)
        except IntegrityError:
            # The button was pressed twice, and the first press has made the plan.
            form.add_error("election_day", ALREADY_PLANNED)
            return _ask(request, council, form, status=422)
        messages.success(request, _ready_words(plan))
        return redirect(plan)
    return render(
        request,
        "assessments/pages/plan_check.html",
        {
            "council": council,
            "form": form,
            "plan": form.instance,
            "stage_2": _stage_2_in_words(form.instance),
        },
    )


def _stage_2_in_words(plan):
    days = days_in_words(*plan.boundaries.span_of(2))
    return f"{plan.stage_2_weeks} weeks, from {days}"


def _ready_words(plan):
    words = "Your plan is ready. Start with the set-up list below."
    # A continuing duty has no due date either, but none was suggested.
    suggested = suggested_rules(plan)
    undated = plan.items.filter(due_rule=None).values_list("source", "step")
    passed = sum(each in suggested for each in undated)
    if not passed:
        return words
    have = "has" if passed == 1 else "have"
    return (
        f"{words} The suggested date for {counted(passed, 'action')} has already passed, so "
        f"{'it' if passed == 1 else 'they'} {have} no due date. Set a date where it still matters."
    )


def _ask(request, council, form, status=200):
    return render(
        request,
        "assessments/pages/plan_new.html",
        {"council": council, "form": form},
        status=status,
    )


@require_safe
def plan(request, plan_id):
    """Show plan home: the state of the transition, what is due, and the 30 steps."""
    plan, rights = plan_for(request.user, plan_id)
    today = timezone.localdate()
    rows = rows_of_plan.fetch(plan.pk, stages=plan.stages)
    matrix = matrix_for(plan, today=today, rows=rows)
    days = dated(plan)
    facts = political_facts(plan, rights, today=today)
    return render(
        request,
        "assessments/pages/plan.html",
        {
            **plan_context(plan, rights),
            "matrix": matrix,
            "stage": matrix.stages[matrix.current_stage - 1],
            "standing": standing_of(plan, today=today),
            "facts": facts,
            "set_up": set_up_of(plan, request.user, rows, has_seats=facts.has_seats)
            if rights.can_manage and plan.shows_set_up and not matrix.is_over
            else [],
            "timeline": timeline_for(
                plan.timetable,
                matrix.stages,
                today=today,
                due=due_days(rows),
                register=[each.day for each in days],
            ),
            **due_lists(plan, rows, days, today=today),
            "to_delete": request_to_delete(plan) if rights.can_take_part else None,
            "reviews": _reviews(plan, matrix.stages) if rights.can_take_part else [],
            "reopenings": pending_reopenings(plan),
            **_cycle(request.user, plan, rights, today=today),
            "today": today,
        },
    )


@require_POST
def hide_set_up(request, plan_id):
    """Hide the set-up list of a plan, for all its owners."""
    plan, _ = plan_for(request.user, plan_id, needs=Right.MANAGE_PLAN)
    with suppress(StaleVersion):  # someone else has just saved the settings; the list stays
        change_plan(plan, version=plan.version, by=request.user, shows_set_up=False)
    return redirect(plan)


def _cycle(user, plan, rights, *, today):
    """Return the previous and next plan, if the user can see them, and whether to offer one."""
    linked = plans_beside(user, plan)
    following = next((each for each in linked if each.previous_id == plan.pk), None)
    can_follow = rights.can_manage and following is None
    return {
        "previous": next((each for each in linked if each.pk == plan.previous_id), None),
        "following": following,
        "should_follow": can_follow and plan.is_over(today),
    }


def _reviews(plan, stages):
    """Return the stages that are or were reviewed or signed off, each with its StageStanding."""
    standings = standings_of(plan)
    return [
        (stage, standings[stage.pk])
        for stage in stages
        if stage.pk in standings and standings[stage.pk].state is not State.DRAFT
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request, plan_id, section=""):
    """Show the settings as a list, or a form of one section or of all of them.

    A stale save shows both versions.
    """
    plan, rights = plan_for(request.user, plan_id, needs=Right.MANAGE_PLAN)
    if section and section not in (ALL, *SECTIONS):
        raise Http404
    context = plan_context(plan, rights) | {
        "version": plan.version,
        "section": SECTIONS.get(section),
        "address": request.path,
    }
    about = {
        "council": plan.council,
        "only": SECTIONS[section].fields if section in SECTIONS else (),
        "has_mayor": has_elected_mayor(plan.council),
    }
    if request.method != "POST":
        if not section:
            newer = edition_to_move_to(plan)
            context |= {
                "sections": summary_of(plan),
                "move": last_move(plan),
                "edition": Editions.of(plan).words.capitalize(),
                "newer_edition": newer.words_from(Editions.of(plan)) if newer else "",
            }
            return render(request, "assessments/pages/plan_settings_list.html", context)
        form = PlanForm(instance=plan, **about)
        return render(request, "assessments/pages/plan_settings.html", context | {"form": form})
    # Validating a ModelForm writes the answers onto its instance, so it gets a copy.
    form = PlanForm(request.POST, instance=copy(plan), **about)
    version = version_in(request.POST)
    if form.is_valid() and "election_day" in form.cleaned_data:
        refusal = why_not_move(plan, form.cleaned_data["election_day"])
        if refusal:
            form.add_error("election_day", refusal)
    if not form.is_valid():
        context |= {"form": form, "version": version}
        return render(request, "assessments/pages/plan_settings.html", context, status=422)
    if "change" in request.POST:
        context |= {"form": form, "version": version}
        return render(request, "assessments/pages/plan_settings.html", context)
    ahead = _what_moves(plan, form.instance)
    if ahead["dates"] and "confirm" not in request.POST and version == plan.version:
        context |= {"form": form, "version": version, **ahead}
        return render(request, "assessments/pages/plan_settings_check.html", context)
    was = plan.election_day
    try:
        change_plan(plan, version=version, by=request.user, **form.cleaned_data)
    except IntegrityError:
        # Another plan has been moved to this day in the meantime.
        form.add_error("election_day", ALREADY_PLANNED)
        context |= {"form": form, "version": version}
        return render(request, "assessments/pages/plan_settings.html", context, status=422)
    except StaleVersion:
        context |= {"form": form, "theirs": differences(plan, form.cleaned_data)}
        return render(request, "assessments/pages/plan_settings.html", context, status=409)
    messages.success(request, _saved_words(plan, was))
    return redirect("plan_settings", plan.pk)


def _saved_words(plan, was):
    if plan.election_day == was:
        return "The settings have been saved."
    return (
        f"Election day has been moved from {day_in_words(was)} to "
        f"{day_in_words(plan.election_day)}. You can undo this in settings."
    )


def _what_moves(plan, changed):
    """Return what the settings of `changed` would do to the dates of the plan and its actions."""
    before, after = plan.timetable, changed.timetable
    was = {date.key: date for date in before.every_key_date}
    today = timezone.localdate()
    moves = plans_actions.moves(plan, after) if before != after else []
    items = PlanItem.objects.on(plan).live().open()
    concerns = concerns_about(after, today=today)
    return {
        "dates": [
            (date.label, was[date.key].date, date.date)
            for date in after.every_key_date
            if date.date != was[date.key].date
        ],
        "staying": [
            (date.label, date, concerns.get(date.key, []))
            for date in after.every_key_date
            if date.hand
        ],
        "moving": sum(move.due is not None for move in moves),
        "undated": sum(move.due is None for move in moves),
        "too_early": [
            item.words(plan.term)
            for item in items.filter(
                due_rule=None,
                due__lt=changed.election_day,
                step__stage__number__gte=FIRST_STAGE_AFTER_ELECTION,
            ).select_related("source")
        ]
        if changed.election_day != plan.election_day
        else [],
        "late": sum(move.due is not None and move.due < today for move in moves),
        "own_dates": items.filter(due__isnull=False, due_rule=None).count(),
    }
