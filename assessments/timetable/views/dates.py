"""A plan's key dates: shown by stage with their rules, set by hand, and the council's own days."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date as Day
from datetime import timedelta
from typing import Self

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.access import plan_for
from assessments.addresses import address
from assessments.fields import version_in
from assessments.links.places import LinkPlace, links_on, place_of_date, stored_key
from assessments.links.views import links_page
from assessments.plans.actions import change_plan, record_export
from assessments.plans.models import Election, PlanDate, PlanItem
from assessments.plans.progress import standing_of
from assessments.plans.stages import current_sign_offs
from assessments.plans.timeline import due_days, timeline_for
from assessments.printing.names import document_name
from assessments.printing.pdf import PdfNotMade
from assessments.printing.responses import file_response, no_pdf
from assessments.printing.turns import in_turn
from assessments.register.lines import RegisterDate, dated
from assessments.versions import StaleVersion
from assessments.words import moment_in_words
from councils.once import once
from councils.permissions import Right
from elections.calendar import clear_working_days_before
from elections.concerns import concerns_about
from elections.interim import dates_under
from elections.timetable import ALL_HAND_KEYS, DETAILS, HAND_KEYS, KeyDate, Timetable
from frameworks.models import Stage

from .. import actions
from ..dates_sheet import dates_pdf, dates_sheet
from ..forms import BankHolidayForm, CycleForm, PlanDateForm
from ..governance import governance_of
from ..models import StructuralOrder
from ..order_dates import can_have_a_date

# The stage under which a date without a day is shown.
STAGE_OF_KEY = (
    dict.fromkeys(HAND_KEYS[:5], 1)
    | dict.fromkeys(DETAILS[: DETAILS.index("emergency_proxy_deadline")], 1)
    | dict.fromkeys(("retirement", "annual_meeting_from", "annual_meeting", "summons"), 2)
    | dict.fromkeys(DETAILS[DETAILS.index("emergency_proxy_deadline") :], 2)
)
# Dates that no rule gives: the council or the returning officer fixes them.


@dataclass(frozen=True)
class DateRow:
    key_date: KeyDate
    can_change: bool
    by_rule: Day | None
    concerns: list[str]
    items: int
    documents: LinkPlace


@dataclass(frozen=True)
class StageDates:
    """The dates of one stage; `more` has those that only some officers need."""

    stage: Stage
    rows: list[DateRow]
    more: list[DateRow]
    is_current: bool
    is_more_open: bool

    @classmethod
    def of(cls, stage: Stage, rows: list[DateRow], *, current: int, opened: str) -> Self:
        more = [row for row in rows if row.key_date.detail]
        return cls(
            stage=stage,
            rows=[row for row in rows if not row.key_date.detail],
            more=more,
            is_current=stage.number == current,
            is_more_open=any(row.key_date.key == opened for row in more),
        )


@dataclass(frozen=True)
class MeetingChoice:
    """What a council that has not fixed the day of annual council should know before the poll.

    `later` is a day a week after the default and `later_summons` the last day for its summons.
    """

    default: Day
    summons: Day
    retirement: Day
    first: Day
    last: Day
    later: Day
    later_summons: Day

    @classmethod
    def of(cls, timetable: Timetable, *, today: Day) -> Self | None:
        """Return None if there is nothing to choose: fixed, too late or not by this law."""
        default, retirement = timetable.annual_meeting_default, timetable.retirement
        first, last = timetable.annual_meeting_from, timetable.annual_meeting_to
        if (
            timetable.is_meeting_fixed
            or today >= timetable.election_day
            or not (default and retirement and first and last and timetable.summons)
        ):
            return None
        later = default + timedelta(weeks=1)
        extra = timetable.extra_bank_holidays
        return cls(
            default=default,
            summons=timetable.summons,
            retirement=retirement,
            first=first,
            last=last,
            later=later,
            later_summons=clear_working_days_before(later, 5, extra_bank_holidays=extra),
        )


@dataclass(frozen=True)
class TimelineDay:
    """A day on the timeline's list.

    `due` has the address and text of each open action that is due on it; `register` has what the
    joint working register says about it.
    """

    day: Day
    dates: list[KeyDate]
    due: list[tuple[str, str]]
    register: list[RegisterDate]
    is_today: bool
    is_past: bool


@require_safe
def dates(request, plan_id):
    plan, rights = plan_for(request.user, plan_id)
    return _page(request, plan, rights)


@require_POST
@in_turn
def sheet(request, plan_id):
    """Download the dates with their rules; the history says so."""
    plan, rights = plan_for(request.user, plan_id, needs=Right.EXPORT)
    try:
        content = dates_pdf(dates_sheet(plan, today=timezone.localdate()))
    except PdfNotMade as error:
        return no_pdf(
            request,
            error,
            {
                "plan": plan,
                "council": plan.council,
                "marking": plan.get_marking_display(),
                "rights": rights,
            },
            layout="assessments/plans/base.html",
            back=reverse("plan_dates", args=[plan.pk]),
        )
    record_export(plan, by=request.user, detail="Key dates (PDF)")
    marking, today = plan.get_marking_display(), timezone.localdate()
    name = document_name(str(plan.council), "key dates", marking=marking, day=today)
    return file_response(content, "application/pdf", f"{name}.pdf")


@require_http_methods(["GET", "HEAD", "POST"])
def date(request, plan_id, key):
    """One date opened beside the others; POST sets it, or (`clear`) gives it back to its rule."""
    plan, rights = plan_for(request.user, plan_id, needs=Right.EDIT_ITEMS)
    if key not in ALL_HAND_KEYS:
        raise Http404
    found = PlanDate.objects.filter(plan=plan, key=key).select_related("saved_by").first()
    if request.method != "POST":
        initial = {"version": 0, "date": getattr(plan.timetable, key)}
        if found:
            initial = {"version": found.version, "date": found.date, "reason": found.reason}
        form = PlanDateForm(plan=plan, key=key, initial=initial)
        return _page(request, plan, rights, opened=_opened(key, form, found))
    if "clear" in request.POST:
        return _clear(request, plan, rights, key, found)
    form = PlanDateForm(request.POST, plan=plan, key=key)
    if not form.is_valid():
        return _page(request, plan, rights, opened=_opened(key, form, found), status=422)
    try:
        actions.set_date(plan, key, by=request.user, **form.answers)
    except StaleVersion:
        return _stale(request, plan, rights, key, form)
    messages.success(
        request,
        f"The date of “{_label(plan, key)}” has been set by hand. Due dates counted from it move "
        "with it.",
    )
    return redirect(_address(plan, key))


@require_POST
def dates_checked(request, plan_id):
    """Record that the key dates are right, or that they still have to be checked.

    No date changes. `election_day` is the day whose dates the page showed.
    """
    plan, _ = plan_for(request.user, plan_id, needs=Right.EDIT_ITEMS)
    checked_for = plan.election_day if request.POST.get("checked") == "1" else None
    try:
        if request.POST.get("election_day") != plan.election_day.isoformat():
            raise StaleVersion
        change_plan(plan, version=plan.version, by=request.user, dates_checked_for=checked_for)
    except StaleVersion:
        messages.error(request, "The plan has changed since you opened this page. Check again.")
    else:
        words = "have been marked as checked" if checked_for else "still have to be checked"
        messages.success(request, f"The key dates {words}.")
    return redirect("plan_dates", plan.pk)


@require_POST
def bank_holiday_add(request, plan_id):
    plan, rights = plan_for(request.user, plan_id, needs=Right.MANAGE_PLAN)
    form = BankHolidayForm(request.POST, council=plan.council)
    if not form.is_valid():
        return _page(request, plan, rights, holiday_form=form, status=422)
    actions.add_bank_holiday(plan.council, by=request.user, **form.cleaned_data)
    messages.success(
        request, "The bank holiday has been added. It applies to every plan of your council."
    )
    return redirect(reverse("plan_dates", args=[plan.pk]) + "#bank-holidays")


@require_POST
def cycle(request, plan_id):
    plan, rights = plan_for(request.user, plan_id, needs=Right.MANAGE_PLAN)
    form = CycleForm(request.POST)
    if not form.is_valid():
        return _page(request, plan, rights, cycle_form=form, status=422)
    actions.change_cycle(plan.council, cycle=form.cleaned_data["cycle"], by=request.user)
    messages.success(
        request,
        "How the council is elected has been saved. It applies to every plan of your council, also "
        "those of past elections. The dates that depend on it are up to date.",
    )
    return redirect(reverse("plan_dates", args=[plan.pk]) + "#how-elected")


@require_POST
def bank_holiday_remove(request, plan_id, pk):
    plan, _ = plan_for(request.user, plan_id, needs=Right.MANAGE_PLAN)
    holiday = get_object_or_404(plan.council.bank_holidays.select_related("council"), pk=pk)
    actions.remove_bank_holiday(holiday, by=request.user)
    messages.success(
        request, f"{holiday.name} has been removed. It counts as an ordinary day again."
    )
    return redirect(reverse("plan_dates", args=[plan.pk]) + "#bank-holidays")


def _clear(request, plan, rights, key, found):
    try:
        actions.clear_date(plan, key, version=version_in(request.POST), by=request.user)
    except StaleVersion:
        form = PlanDateForm(
            plan=plan, key=key, initial={"version": 0, "date": getattr(plan.timetable, key)}
        )
        if found:
            form.initial = {
                "version": found.version,
                "date": found.date,
                "reason": found.reason,
            }
        return _stale(request, plan, rights, key, form)
    has_rule = plan.timetable.by_rule[key] is not None
    done = "reset to the calculated date" if has_rule else "removed"
    messages.success(request, f"The date of “{_label(plan, key)}” has been {done}.")
    return redirect(_address(plan, key))


def _stale(request, plan, rights, key, form):
    """Show what someone else saved above what was typed, which is still in the boxes."""
    found = PlanDate.objects.filter(plan=plan, key=key).select_related("saved_by").first()
    opened = _opened(key, form, found) | {
        "is_stale": True,
        "version": found.version if found else 0,
        "theirs_when": moment_in_words(found.saved_at) if found else "",
    }
    plan.forget_timetable()
    return _page(request, plan, rights, opened=opened, status=409)


def _opened(key, form, found):
    return {"key": key, "form": form, "theirs": found, "version": form["version"].value()}


@require_http_methods(["GET", "HEAD", "POST"])
@once
def links(request, plan_id, key):
    """Show the links to documents on a key date; POST adds or removes one."""
    needs = Right.EDIT_ITEMS if request.method == "POST" else Right.VIEW
    plan, rights = plan_for(request.user, plan_id, needs=needs)
    labels = {stored_key(each.key): each.label for each in plan.timetable.every_date}
    if key not in labels:
        raise Http404
    placed = links_on(plan, "date_key", date_key=key)
    place = place_of_date(key, plan, labels[key], placed, can_edit=rights.can_edit)
    return links_page(request, place, rights)


def _page(request, plan, rights, *, opened=None, holiday_form=None, cycle_form=None, status=200):
    timetable = plan.timetable
    today = timezone.localdate()
    concerns = concerns_about(timetable, today=today)
    rules = PlanItem.objects.on(plan).live().open().filter(due_rule__isnull=False)
    rules = rules.exclude(step__stage__in=current_sign_offs(plan))
    counts = Counter(rule.anchor for rule in rules.values_list("due_rule", flat=True))
    stages = list(Stage.objects.filter(framework=plan.transition_id))
    groups = [(stage, []) for stage in stages]
    placed = links_on(plan, "date_key", date_key__gt="")
    opened_key = opened["key"] if opened else ""
    shown = dates_under(governance_of(plan), timetable.every_date)
    if opened_key not in {each.key for each in shown}:  # its address was typed, or kept
        shown = timetable.every_date if opened else shown
    for each in shown:
        if each.date is None and each.key != opened_key and not can_have_a_date(each, timetable):
            continue
        number = timetable.stage_on(each.date) if each.date else STAGE_OF_KEY.get(each.key, 3)
        groups[number - 1][1].append(
            DateRow(
                key_date=each,
                can_change=rights.can_edit and each.key in ALL_HAND_KEYS,
                by_rule=timetable.by_rule.get(each.key),
                concerns=concerns.get(each.key, []),
                items=counts[each.key],
                documents=place_of_date(
                    each.key, plan, each.label, placed, can_edit=rights.can_edit
                ),
            )
        )
    for _, rows in groups:
        rows.sort(key=lambda row: (row.key_date.date is None, row.key_date.date))
    if holiday_form is None and rights.can_manage:
        holiday_form = BankHolidayForm(council=plan.council)
    if cycle_form is None and rights.can_manage and not plan.council.elects_whole_by_law:
        cycle_form = CycleForm(initial={"cycle": plan.council.election_cycle})
    forms = [opened["form"] if opened else None, holiday_form, cycle_form]
    current = timetable.stage_on(today)
    return render(
        request,
        "assessments/timetable/dates.html",
        {
            "plan": plan,
            "council": plan.council,
            "marking": plan.get_marking_display(),
            "rights": rights,
            "groups": [
                StageDates.of(stage, rows, current=current, opened=opened_key)
                for stage, rows in groups
            ],
            **_order_of(plan),
            "meeting": MeetingChoice.of(timetable, today=today),
            "opened": opened,
            "opened_label": _label(plan, opened_key) if opened else "",
            "holidays": plan.council.bank_holidays.all(),
            "holiday_form": holiday_form,
            "cycle_form": cycle_form,
            "form_with_errors": next((form for form in forms if form and form.errors), None),
        },
        status=status,
    )


def _order_of(plan):
    """Return the order of an election that has its own, and the councils it takes over from."""
    if plan.occasion != Election.ORDER:
        return {}
    return {
        "order": StructuralOrder.objects.filter(plan=plan).prefetch_related("dates").first(),
        "predecessors": plan.council.predecessors.all(),
    }


def _label(plan, key):
    return next(each.label for each in plan.timetable.every_date if each.key == key)


def _address(plan, key):
    return reverse("plan_dates", args=[plan.pk]) + f"#date-{key}"


@require_safe
def timeline(request, plan_id):
    """The picture of the whole plan, and the same as a list: each day with what falls on it."""
    plan, rights = plan_for(request.user, plan_id)
    today = timezone.localdate()
    stages = list(Stage.objects.filter(framework=plan.transition_id))
    items = list(PlanItem.objects.on(plan).live().open().select_related("source", "step"))
    due = due_days(items)
    due_on = defaultdict(list)
    for item in items:
        step = address("plan_step", plan.pk, item.step.number)
        due_on[item.due].append((f"{step}#item-{item.pk}", item.words(plan.term)))
    waiting = {}
    for each in dated(plan):
        waiting.setdefault(each.day, []).append(each)
    picture = timeline_for(plan.timetable, stages, today=today, due=due, register=waiting)
    groups = [(stage, []) for stage in stages]
    for day in sorted({*due, *waiting, today, *(each.date for each in picture.dates)}):
        groups[plan.timetable.stage_on(day) - 1][1].append(
            TimelineDay(
                day,
                [each for each in picture.dates if each.date == day],
                due_on[day],
                waiting.get(day, []),
                is_today=day == today,
                is_past=day < today,
            )
        )
    context = {
        "plan": plan,
        "council": plan.council,
        "marking": plan.get_marking_display(),
        "rights": rights,
        "timeline": picture,
        "groups": groups,
        "current_stage": plan.timetable.stage_on(today),
        "standing": standing_of(plan, today=today),
    }
    return render(request, "assessments/timetable/timeline.html", context)
