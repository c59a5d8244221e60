"""Election night: enter results as they are declared, see what they mean, end in a composition."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.access import plan_context
from assessments.fields import version_in
from assessments.printing.pdf import PdfNotMade
from assessments.printing.responses import file_response, no_pdf
from assessments.printing.turns import in_turn
from assessments.seats.models import CouncilComposition
from assessments.versions import StaleVersion
from assessments.words import day_in_words, moment_in_words
from councils.once import once
from councils.permissions import Right
from councils.sessions import in_background
from elections.composition import CompositionError
from elections.timetable import Occasion

from . import actions
from .access import (
    count_for,
    open_count_for,
    plan_with_counts_for,
    scenarios_beside,
    ward_for,
)
from .forms import (
    AddWardsForm,
    CountSettingsForm,
    FinishForm,
    ResultForm,
    StartForm,
    WardForm,
    initial_result,
)
from .models import ElectionCount, WardResult, in_words
from .note import note_of, note_pdf
from .running import beside, running_state

GROUPS_AT_START = 6


@require_safe
def election_night(request, plan_id):
    """Show the latest count of the plan, or how to start one."""
    plan, count, rights = count_for(request.user, plan_id)
    return _page(request, plan, rights, "election_night", **_board(request.user, plan, count))


@require_safe
def news(request, plan_id):
    """Return the results for an open page if they differ from what it shows (`seen`); else 204."""
    plan, count, rights = count_for(request.user, plan_id)
    seen = version_in(request.GET, "seen")
    if count is None or count.revision == seen:
        return HttpResponse(status=204)
    context = _board(request.user, plan, count)
    context["said"] = _said(context["state"], seen)
    return _page(request, plan, rights, "_news", **context)


news = in_background(news)


def _said(state, seen):
    """Return what changed after the revision `seen`, in the words that a screen reader says."""
    changed = [
        f"{ward.name}: {_result_in_words(ward)}."
        for ward in state.count.wards.all()
        if ward.current and ward.current[0].revision > seen
    ]
    changed.append(f"Declared results: {state.declared.sentence}.")
    if state.has_expected:
        changed.append(f"With expected results: {state.expected.sentence}.")
    return " ".join(changed)


def _result_in_words(ward):
    if ward.result is None:
        return "no result yet"
    return f"{ward.result.get_status_display().lower()}, {ward.result.in_words or 'no seats'}"


def _board(user, plan, count):
    """Return what the page and its updates show of a count; an empty one if there is none."""
    if count is None:
        return {"count": None}
    state = running_state(count)
    composition = CouncilComposition.objects.of(plan.council).first()
    return {
        "count": count,
        "state": state,
        "scenarios": [beside(each, state.declared.total) for each in scenarios_beside(user, plan)],
        "council_seats": composition.worked_out.seats if composition else None,
    }


def is_before_poll(plan):
    """Return whether results entered now are a rehearsal."""
    return timezone.localdate() < plan.election_day


# --- Setting up -----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def start(request, plan_id):
    """Start a count: how results are entered, what is up for election, and the groups."""
    plan, rights = plan_with_counts_for(request.user, plan_id, needs=Right.RECORD_SEATS)
    if rights.is_over:
        messages.info(request, "Election night cannot be started: the first year is over.")
        return redirect("election_night", plan.pk)
    composition = CouncilComposition.objects.of(plan.council).first()
    options = {
        "area": plan.council.area,
        "asks_not_up": _asks_not_up(plan),
        "spare": max(GROUPS_AT_START, len(composition.groups.all()) + 3 if composition else 0),
    }
    status = 200
    if request.method != "POST":
        form = StartForm(initial=_initial_start(plan, composition), **options)
    else:
        form, status = StartForm(request.POST, **options), 422
        if form.is_valid():
            answers = form.cleaned_data
            try:
                actions.start_count(
                    plan,
                    by_wards=answers["by_wards"] == "wards",
                    wards=answers["pasted"],
                    groups=answers["new_groups"],
                    by=request.user,
                    **{name: answers[name] for name in actions.COUNT_FIELDS},
                )
            except CompositionError as error:
                form.add_error("seats_up", str(error))
            except actions.CountAlreadyOpen:
                messages.info(request, "Election night has already been started. It is shown here.")
                return redirect("election_night", plan.pk)
            else:
                messages.success(request, "Election night has been started.")
                return redirect("election_night", plan.pk)
    return _page(
        request,
        plan,
        rights,
        "start",
        status=status,
        form=form,
        composition=composition,
        now=composition.worked_out if composition else None,
        is_before_poll=is_before_poll(plan),
    )


def _asks_not_up(plan):
    """Return whether some seats of the council may not be up for election."""
    if plan.occasion == Occasion.BY_ELECTION:
        return True
    return not plan.council.elects_whole


def _initial_start(plan, composition):
    """Return the groups as they are now; in a by-election only the vacant seats are up."""
    initial = {"by_wards": "wards"}
    if composition is None:
        return initial
    is_by_election = plan.occasion == Occasion.BY_ELECTION
    for n, group in enumerate(composition.groups.all(), start=1):
        initial[f"name_new_{n}"] = group.name
        if is_by_election:
            initial[f"not_up_new_{n}"] = group.members
    if is_by_election:
        initial |= {"seats_up": composition.vacancies or "", "vacant_not_up": ""}
        initial["no_group_not_up"] = composition.ungrouped or ""
    elif not _asks_not_up(plan):
        initial["seats_up"] = composition.worked_out.seats
    return initial | {"rule": composition.rule}


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request, plan_id):
    """Change the number of seats up for election, the groups and the seats that are not up."""
    plan, count, rights = open_count_for(request.user, plan_id)
    known = list(count.groups.all())
    options = {"known": known, "asks_not_up": _asks_not_up(plan)}
    theirs, status = "", 200
    if request.method != "POST":
        initial = {name: getattr(count, name) for name in ("version", *actions.COUNT_FIELDS)}
        for group in known:
            initial |= {f"name_{group.pk}": group.name, f"not_up_{group.pk}": group.not_up or ""}
        form = CountSettingsForm(initial=initial, **options)
    else:
        form, status = CountSettingsForm(request.POST, **options), 422
        if form.is_valid():
            answers = form.cleaned_data
            try:
                actions.change_count(
                    count,
                    groups=answers["groups"],
                    removed=answers["removed"],
                    new_groups=answers["new_groups"],
                    version=answers["version"],
                    by=request.user,
                    seats_up=answers["seats_up"],
                    no_group_not_up=answers["no_group_not_up"],
                    vacant_not_up=answers["vacant_not_up"],
                )
            except CompositionError as error:
                form.add_error("seats_up", str(error))
            except actions.GroupHasResults as error:
                form.add_error(f"name_{error.group.pk}", str(error))
            except actions.NameTaken as error:
                form.add_error(form.field_of(error.name), str(error))
            except StaleVersion:
                _, count, _ = open_count_for(request.user, plan_id)
                theirs, status = _settings_in_words(count), 409
            else:
                messages.success(request, "The settings have been saved.")
                return redirect("election_night", plan.pk)
    return _page(
        request,
        plan,
        rights,
        "settings",
        status=status,
        count=count,
        form=form,
        theirs=theirs,
        version=count.version if theirs else form["version"].value(),
    )


def _settings_in_words(count):
    groups = in_words({group.name: group.not_up for group in count.groups.all()})
    return f"{count.seats_up} seats up for election. Groups and their seats not up: {groups}."


@require_http_methods(["GET", "HEAD", "POST"])
@once
def add_wards(request, plan_id):
    """Add wards to the count: one, or a list that is pasted."""
    plan, count, rights = open_count_for(request.user, plan_id)
    if not count.by_wards:
        return redirect("election_night", plan.pk)
    area = plan.council.area
    form, status = AddWardsForm(count=count, area=area), 200
    if request.method == "POST":
        form, status = AddWardsForm(request.POST, count=count, area=area), 422
        if form.is_valid():
            wards = form.cleaned_data["wards"]
            try:
                actions.add_wards(count, wards, by=request.user)
            except CompositionError as error:
                form.add_error("pasted" if form.cleaned_data["pasted"] else "seats", str(error))
            except actions.NameTaken as error:
                is_typed = error.name == form.cleaned_data["name"]
                form.add_error("name" if is_typed else "pasted", str(error))
            except StaleVersion:
                messages.info(request, f"Election night has ended. The {area.one} was not added.")
                return redirect("election_night", plan.pk)
            else:
                have = "has" if len(wards) == 1 else "have"
                messages.success(request, f"{area.counted(len(wards))} {have} been added.")
                return redirect("election_night", plan.pk)
    return _page(
        request,
        plan,
        rights,
        "wards",
        status=status,
        count=count,
        form=form,
        listed=sum(ward.seats for ward in count.wards.all()),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def ward_change(request, plan_id, ward_id):
    """Change the name or the seats of a ward."""
    plan, count, found, rights = ward_for(request.user, plan_id, ward_id)
    if found.is_total:
        return redirect("election_night", plan.pk)
    area, theirs, status = plan.council.area, None, 200
    if request.method != "POST":
        initial = {name: getattr(found, name) for name in ("version", "name", "seats")}
        form = WardForm(ward=found, area=area, initial=initial)
    else:
        form, status = WardForm(request.POST, ward=found, area=area), 422
        if form.is_valid():
            try:
                actions.change_ward(found, by=request.user, **form.cleaned_data)
            except CompositionError as error:
                form.add_error("seats", str(error))
            except actions.NameTaken as error:
                form.add_error("name", str(error))
            except StaleVersion:
                plan, count, found, rights = ward_for(request.user, plan_id, ward_id)
                theirs, status = found, 409
            else:
                messages.success(request, f"{found.name} has been saved.")
                return redirect("election_night", plan.pk)
    return _page(
        request,
        plan,
        rights,
        "ward_change",
        status=status,
        count=count,
        ward=found,
        form=form,
        theirs=theirs,
        version=found.version if theirs else form["version"].value(),
    )


@require_POST
def ward_remove(request, plan_id, ward_id):
    """Remove a ward that has no result."""
    plan, _, found, _ = ward_for(request.user, plan_id, ward_id)
    if found.is_total:
        return redirect("election_night", plan.pk)
    try:
        actions.remove_ward(found, version=version_in(request.POST), by=request.user)
    except StaleVersion:
        messages.error(
            request, f"{found.name} has been changed or has a result, so it was not removed."
        )
        return redirect("election_night_ward", plan.pk, found.pk)
    messages.success(request, f"{found.name} has been removed.")
    return redirect("election_night", plan.pk)


# --- Results --------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def ward(request, plan_id, ward_id):
    """Enter or correct the result of a ward; a stale save returns 409 with both results."""
    plan, count, found, rights = ward_for(request.user, plan_id, ward_id)
    groups = list(count.groups.all())
    mine, status = "", 200
    if request.method != "POST":
        initial = initial_result(found, groups)
        form = ResultForm(ward=found, groups=groups, initial=initial)
    else:
        form, status = ResultForm(request.POST, ward=found, groups=groups), 422
        if form.is_valid():
            answers = form.cleaned_data
            try:
                actions.save_result(
                    found,
                    status=WardResult.Status(answers["status"]),
                    seats=answers["seats"],
                    version=answers["version"],
                    by=request.user,
                )
            except CompositionError as error:
                form.add_error(form.first_field, str(error))
            except StaleVersion:
                plan, count, found, rights = ward_for(request.user, plan_id, ward_id)
                mine, status = in_words(answers["seats"]) or "no seats", 409
            else:
                _say_what_was_saved(request, found, answers)
                return redirect("election_night", plan.pk)
    return _page(
        request,
        plan,
        rights,
        "ward",
        status=status,
        count=count,
        ward=found,
        form=form,
        mine=mine,
        mine_status=form.cleaned_data["status"] if mine else "",
        theirs=_result_in_words(found) if mine else "",
        theirs_by=found.current[0].by if mine and found.current else "",
        theirs_at=moment_in_words(found.current[0].at) if mine and found.current else "",
        version=found.version if mine else form["version"].value(),
    )


def _say_what_was_saved(request, found, answers):
    made = sum(answers["seats"].values())
    status = WardResult.Status(answers["status"])
    if status == WardResult.Status.NONE:
        messages.success(request, f"The result of {found.name} has been removed.")
        return
    words = f"{found.name}: {status.label.lower()}, {in_words(answers['seats']) or 'no seats'}."
    if made < found.seats and not found.is_total:
        to_come = found.seats - made
        are = "is" if to_come == 1 else "are"
        words += f" {to_come} of its {found.seats} seats {are} still to come."
    messages.success(request, words)


# --- The end --------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def finish(request, plan_id):
    """Check the sum against the council's seats, then record the composition."""
    plan, count, rights = open_count_for(request.user, plan_id)
    state = running_state(count)
    current = CouncilComposition.objects.of(plan.council).first()
    composition, problem = _composition_of(state)
    doubts = _doubts(state, current, plan)
    theirs, status = False, 200
    if request.method != "POST":
        form = FinishForm(
            plan=plan,
            doubts=doubts,
            initial={
                "as_at": plan.timetable.retirement or plan.timetable.declaration,
                "revision": count.revision,
                "based_on": current.pk if current else 0,
            },
        )
    else:
        form, status = FinishForm(request.POST, plan=plan, doubts=doubts), 422
        if form.is_valid() and composition:
            answers = form.cleaned_data
            try:
                actions.finish_count(
                    count,
                    as_at=answers["as_at"],
                    composition=composition,
                    revision=answers["revision"],
                    based_on=answers["based_on"] or None,
                    by=request.user,
                )
            except StaleVersion:
                if not ElectionCount.objects.filter(pk=count.pk, closed_at=None).exists():
                    messages.info(request, "Election night has already ended.")
                    return redirect("election_night", plan.pk)
                theirs, status = True, 409
            else:
                messages.success(request, "The composition has been recorded.")
                return redirect("election_night", plan.pk)
    return _page(
        request,
        plan,
        rights,
        "finish",
        status=status,
        count=count,
        state=state,
        current=current,
        composition=composition,
        problem=problem,
        doubts=doubts,
        form=form,
        is_stale=theirs,
        revision=count.revision if theirs else form["revision"].value(),
        based_on=(current.pk if current else 0) if theirs else form["based_on"].value(),
    )


def _composition_of(state):
    """Return the composition of the declared results and "", or None and what is wrong."""
    if not state.declared_wards:
        return None, "No result has been declared."
    try:
        return state.declared.total.composition(), ""
    except CompositionError as error:
        return None, str(error)


def _doubts(state, current, plan):
    """Return, in sentences, how the declared results differ from a whole council after its poll."""
    total, found = state.declared.total, []
    if is_before_poll(plan):
        found.append(
            f"The poll is on {day_in_words(plan.election_day)} and has not been held yet. If this "
            "is a rehearsal, end election night without a composition: a composition cannot be "
            "removed."
        )
    if state.expected_wards and state.has_expected:
        names = ", ".join(ward.name for ward in state.expected_wards)
        found.append(f"Expected results are not counted: {names}.")
    if total.to_come:
        is_one = total.to_come == 1
        found.append(
            f"{total.to_come} seat{' has' if is_one else 's have'} no declared result and will be "
            "recorded as vacant."
        )
    if current and current.worked_out.seats != total.seats:
        found.append(
            f"The results and the seats that are not up make {total.seats} seats. The composition "
            f"from {current.as_at:%-d %B %Y} has {current.worked_out.seats}."
        )
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def stop(request, plan_id):
    """End a count without a composition, after confirmation."""
    plan, count, rights = open_count_for(request.user, plan_id)
    is_stale = False
    if request.method == "POST":
        try:
            actions.stop_count(
                count, revision=version_in(request.POST, "revision"), by=request.user
            )
        except StaleVersion:
            is_stale = True
        else:
            messages.success(request, "Election night has been ended without a composition.")
            return redirect("election_night", plan.pk)
    return _page(
        request,
        plan,
        rights,
        "stop",
        status=409 if is_stale else 200,
        count=count,
        is_stale=is_stale,
        state=running_state(count),
    )


@require_POST
@in_turn
def pdf(request, plan_id):
    """Download the one-page note."""
    plan, count, rights = count_for(request.user, plan_id, needs=Right.EXPORT)
    if count is None:
        return redirect("election_night", plan.pk)
    note = note_of(plan, running_state(count), now=timezone.now())
    try:
        content = note_pdf(note)
    except PdfNotMade as error:
        return no_pdf(
            request,
            error,
            plan_context(plan, rights.plan),
            layout="assessments/plans/base.html",
            back=request.path.removesuffix("pdf/"),
        )
    actions.record_note_export(plan, by=request.user)
    return file_response(content, "application/pdf", f"{note.file_stem}.pdf")


def _page(request, plan, rights, template, *, status=200, **context):
    context = plan_context(plan, rights.plan) | {"night": rights} | context
    template = f"assessments/election_night/{template}.html"
    return render(request, template, context, status=status)
