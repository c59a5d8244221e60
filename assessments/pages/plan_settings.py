"""The settings of a plan by section, and the last move of election day with what undoes it."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from assessments.election_night.models import ElectionCount
from assessments.plans.models import Election, Event, EventChange, Plan
from assessments.plans.stages import current_sign_offs
from assessments.words import day_in_words

ALL = "all"  # the page with the fields of every section
FURTHEST_MOVE = dt.timedelta(days=400)


@dataclass(frozen=True)
class SettingsSection:
    slug: str
    title: str
    fields: tuple[str, ...]


SECTIONS = {
    each.slug: each
    for each in (
        SettingsSection(
            "election", "Election and stages", ("election_day", "occasion", "stage_2_weeks")
        ),
        SettingsSection(
            "control", "Control of the council", ("control", "control_standing", "formality")
        ),
        SettingsSection("term", "Your term", ("coalition_term",)),
        SettingsSection("marking", "Protective marking", ("marking",)),
    )
}


@dataclass(frozen=True)
class ElectionMove:
    """The last change of election day, with the answers that undo it."""

    event: Event
    before: dt.date
    occasion: str
    stage_2_weeks: int


def last_move(plan: Plan) -> ElectionMove | None:
    """Return the last move of election day, unless its section was changed since; 2 queries."""
    changes = EventChange.objects.filter(
        event__plan=plan,
        event__kind=Event.Kind.PLAN_CHANGED,
        field__in=SECTIONS["election"].fields,
    )
    # By columns: `-event` would reverse the order of Event, which begins with the newest.
    latest = changes.select_related("event__by").order_by("-event__at", "-event__pk").first()
    if latest is None:
        return None
    event = latest.event
    was = dict(changes.filter(event=event).values_list("field", "before"))
    if "election_day" not in was:
        return None
    kinds = {label: value for value, label in Election.choices}
    return ElectionMove(
        event=event,
        before=dt.datetime.strptime(was["election_day"], "%d %B %Y").replace(tzinfo=dt.UTC).date(),
        occasion=kinds[was["occasion"]] if "occasion" in was else plan.occasion,
        stage_2_weeks=int(was.get("stage_2_weeks", plan.stage_2_weeks)),
    )


def summary_of(plan: Plan) -> list[tuple[SettingsSection, list[tuple[str, str]]]]:
    """Return each section with its questions and answers in words."""
    control = [
        ("Control after this election", plan.get_control_display()),
        ("Expected or confirmed", plan.get_control_standing_display()),
        ("Formal or informal", plan.get_formality_display()),
    ]
    if plan.control == "unknown":
        del control[1]
    rows = {
        "election": [
            ("Election day", f"{plan.election_day:%A} {day_in_words(plan.election_day)}"),
            ("Kind of election", plan.get_occasion_display()),
            ("Stage 2, early foundations", f"{plan.stage_2_weeks} weeks"),
        ],
        "control": control,
        "term": [("Your council’s term", plan.term.in_use)],
        "marking": [("Pages and downloads", plan.get_marking_display())],
    }
    return [(section, rows[slug]) for slug, section in SECTIONS.items()]


def why_not_move(plan: Plan, day: dt.date) -> str:
    """Return why the election day of `plan` cannot become `day`; "" if it can."""
    if day == plan.election_day:
        return ""
    if abs(day - plan.election_day) > FURTHEST_MOVE:
        return (
            f"{day_in_words(day)} is more than a year from {day_in_words(plan.election_day)}, so "
            "it is another election. Make the next plan for it instead"
        )
    for sign_off in current_sign_offs(plan).values():
        signed = timezone.localdate(sign_off.signed_at)
        if sign_off.stage.number > 1 and day > signed:
            return (
                f"Stage {sign_off.stage.number} was signed off on {day_in_words(signed)}, so "
                "election day cannot be later. Reopen the stage first if that was a mistake"
            )
    ended = ElectionCount.objects.filter(plan=plan, composition__isnull=False).first()
    if ended and ended.closed_at and day > timezone.localdate(ended.closed_at):
        completed = day_in_words(timezone.localdate(ended.closed_at))
        return (
            f"The results of this election were completed on {completed}, so election day cannot "
            "be later"
        )
    return ""
