"""What plan home says about political control: what is recorded, in a sentence or two."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import get_text_list

from assessments.access import Rights
from assessments.plans.models import Control, ControlStanding, Plan
from assessments.register.models import Agreement
from assessments.vacancies.models import VacancyState
from assessments.words import counted
from councils.permissions import Right, may
from elections.composition import Composition, MajorityRule, control_of

from .list_queries import governing_agreement, latest_composition, vacancies_since


@dataclass(frozen=True)
class PoliticalFacts:
    """The headline in bold, the sentences after it, and a link."""

    headline: str = ""
    sentences: list[str] = field(default_factory=list)
    link: str = ""
    url: str = ""
    has_seats: bool = False


def political_facts(plan: Plan, rights: Rights, *, today: dt.date) -> PoliticalFacts:
    """Return what is recorded of the council's seats and of who runs it; at most 4 queries.

    Only members see the seats. An adviser sees what the plan's settings say and, if their grant
    covers stage 2, the agreement in the register.
    """
    agreement = _agreement(plan)
    if not rights.can_take_part:
        return PoliticalFacts(sentences=_who_runs_it(plan, agreement, today))
    shown = next(iter(latest_composition.fetch(plan.council_id, today=today)), None)
    is_old = shown is not None and shown.as_at < plan.election_day <= today
    can_record = may(plan, Right.RECORD_SEATS)
    route, link = "composition", "Council"
    if can_record and (shown is None or is_old):
        route, link = "composition_new", "Enter the result" if is_old else "Enter the seats"
    url = reverse(route, args=[plan.council.slug])
    if shown is None:
        sentences = [
            "The council’s seats have not been entered.",
            *_who_runs_it(plan, agreement, today),
        ]
        return PoliticalFacts("", sentences, link, url)
    composition = shown.worked_out
    result = control_of(composition)
    if shown.overruled:
        headline = shown.get_overruled_display()
    elif result.majority_group:
        headline = f"{result.majority_group.name} has a majority"
    else:
        headline = "No overall control"
    members = {group.name.casefold(): group.members for group in composition.groups}
    sentences = []
    vacant = []
    if is_old:
        sentences.append("These are the seats before the election.")
    else:
        changed = list(vacancies_since.fetch(plan.council_id, day=shown.as_at))
        vacant = [row for row in changed if row.state == VacancyState.OPEN]
        filled = [row for row in changed if row.state == VacancyState.FILLED]
        for words, rows in (("Now vacant", vacant), ("Filled since, not yet counted here", filled)):
            if rows:
                seats = get_text_list([row.seat for row in rows], "and")
                sentences.append(f"{words}: {seats}.")
    sentences.insert(0, seats_in_words(composition, shown.as_at if vacant else None))
    lost = Counter(row.group.casefold() for row in vacant)
    sentences += _who_runs_it(plan, agreement, today, members, lost)
    is_elected = shown.as_at >= plan.election_day
    says_majority = plan.control == Control.MAJORITY
    differs = says_majority != bool(result.majority_group) and plan.control != Control.UNKNOWN
    if is_elected and differs and not shown.overruled:
        sentences.append("The seats and the control in the plan’s settings differ. Check both.")
    elif _is_to_confirm(plan, today) and may(plan, Right.MANAGE_PLAN):
        sentences.append(
            "The day of annual council has passed, and the plan’s settings still say “"
            f"{plan.get_control_display()}, expected”. Confirm it there, or change it."
        )
    return PoliticalFacts(f"{headline}.", sentences, link, url, has_seats=True)


def seats_in_words(composition: Composition, as_at: dt.date | None) -> str:
    """Return the seats and the majority, and what it is a majority of if not of all seats.

    `as_at` is the day of the composition if seats have become vacant after it.
    """
    words = counted(composition.seats, "seat")
    if composition.vacancies:
        words += f", {composition.vacancies} of them vacant"
    if composition.rule is not MajorityRule.IN_POST or not (composition.vacancies or as_at):
        return f"{words}, majority {composition.majority_at}."
    on = f" on {date_format(as_at, 'j F Y')}" if as_at else ""
    return (
        f"{words}. Majority {composition.majority_at} of the {composition.in_post} members in "
        f"post{on}."
    )


def _is_to_confirm(plan: Plan, today: dt.date) -> bool:
    """Return whether the settings state what was expected, after the day of annual council."""
    is_expected = plan.control_standing == ControlStanding.EXPECTED
    held_on = plan.timetable.annual_meeting
    is_held = held_on is not None and held_on < today
    return plan.control != Control.UNKNOWN and is_expected and is_held


def _agreement(plan: Plan) -> Agreement | None:
    found = governing_agreement.fetch(plan.pk) if plan.shows_register else []
    return next(iter(found), None)


def _who_runs_it(plan, agreement, today, members=None, lost=None) -> list[str]:
    """Return the control that the settings state, and the parties to the latest agreement.

    `members` are the seats of each group, by its name in lower case, and `lost` how many of them
    are vacant now. Their sum is given only if every party is one of the groups.
    """
    sentences = []
    if plan.control == Control.MINORITY or (plan.control != Control.UNKNOWN and not agreement):
        is_expected = plan.control_standing == ControlStanding.EXPECTED
        sentences.append(f"{plan.get_control_display()}{', expected' if is_expected else ''}.")
    if agreement:
        parties = [line.strip() for line in agreement.parties.splitlines() if line.strip()]
        known = members or {}
        seats = [known[party.casefold()] for party in parties if party.casefold() in known]
        total = ""
        if seats and len(seats) == len(parties):
            gone = sum((lost or {}).get(party.casefold(), 0) for party in parties)
            now = f", {gone} of them vacant" if gone else ""
            total = f" ({counted(sum(seats), 'seat')}{now})"
        made_on = agreement.made_on
        is_this_year = made_on and made_on.year == today.year
        since = (
            f" since {date_format(made_on, 'j F' if is_this_year else 'j F Y')}" if made_on else ""
        )
        before = ", as recorded before the latest change of control"
        is_support = agreement.kind == Agreement.Kind.CONFIDENCE
        kind = "Confidence and supply agreement" if is_support else "Agreement"
        sentences.append(
            f"{kind} between {get_text_list(parties, 'and')}{total}{since}"
            f"{before if agreement.is_from_before else ''}."
        )
    return sentences
