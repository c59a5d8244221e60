"""Answers that forms refuse: the message is beside its field, and what was typed is kept."""

import datetime as dt

from django.urls import reverse

from assessments.seats.actions import record_composition
from elections.composition import Composition, Group
from tests.acting import by_id, controls_of, error_links, signed_in, tree_of, words

AGREEMENT, ISSUE, WIN = (("register_add", noun) for noun in ("agreement", "issue", "early-win"))
DATE, LINKS = (("plan_date", "annual_meeting"), ("plan_date_links", "annual_meeting"))
OF_COUNCIL = {
    "composition_new",
    "group_notice_new",
    "appointment_new",
    "invite_several",
    "council_data_retention",
}

# Page, what is typed in it, and how the message begins. A date is its name and (day, month, year).
REFUSED = [
    ("vacancy_add", {"ward": "x" * 500}, "The ward or division must be"),
    ("vacancy_add", {"arose_on": (1, 3, 2100)}, "The date it arose must be today or in the past"),
    ("parity_add", {"offered_on": (1, 3, 2099)}, "The date it was offered must be today or in the"),
    (
        "vacancy_add",
        {"arose_on": (2, 3, 2026), "term_ends": (1, 4, 2035)},
        "The date the councillor would have retired must be within 5 years of the vacancy",
    ),
    (
        "confidence_motion_add",
        {"received_on": (2, 3, 2026), "meeting_on": (1, 3, 2026)},
        "The day of the meeting must be on or after the date it was received",
    ),
    (
        "confidence_motion_add",
        {"votes_for": "20", "against": "10", "state": "lost"},
        "With these votes the motion is carried",
    ),
    (AGREEMENT, {"covers": "Housing"}, "Select the type of agreement"),
    (AGREEMENT, {"covers": "Housing"}, "Select whether it is oral or written"),
    (AGREEMENT, {"kind": "treaty"}, "Select the type of agreement from the list"),
    (AGREEMENT, {"kept_at": "x" * 201}, "Where it is recorded must be 200 characters or fewer"),
    (ISSUE, {"agreed": "Nothing yet"}, "Select red line or crunch issue"),
    (ISSUE, {"agreed": "Nothing yet"}, "Enter what it is about"),
    (ISSUE, {"state": "closed"}, "Select open or settled"),
    (WIN, {"due": (1, 3, 2027)}, "Enter what will be achieved"),
    ("parity_add", {"offered_by": "x" * 81}, "The officer must be 80 characters or fewer"),
    ("parity_add", {"offered_by": "Head of finance"}, "Enter what was offered"),
    ("parity_add", {"words": "x" * 201}, "What was offered must be 200 characters or fewer"),
    ("composition_new", {"overruled": "both"}, "Select one of the answers"),
    ("composition_new", {"reason": "x" * 301}, "The reason must be 300 characters or fewer"),
    ("composition_new", {"as_at": (1, 3, 2099)}, "The date must be today or in the past"),
    ("composition_new", {"overruled": "majority"}, "Enter the reason for changing the status"),
    ("scenario_new", {"name": ""}, "Enter the name of the scenario"),
    ("scenario_new", {"name": "x" * 81}, "The name must be 80 characters or fewer"),
    ("round_new", {"opens": (1, 3, 2027)}, "Enter a name"),
    ("round_new", {"name": "x" * 61}, "The name must be 60 characters or fewer"),
    ("bank_holiday_add", {"day": (4, 5, 2027)}, "Enter what the bank holiday is for"),
    (
        "bank_holiday_add",
        {"name": "x" * 81},
        "What the bank holiday is for must be 80 characters or fewer",
    ),
    (
        "bank_holiday_add",
        {"day": (4, 5, 2027), "name": "A day off", "declared_on": (5, 5, 2027)},
        "The announcement must be on or before the bank holiday itself",
    ),
    (DATE, {"date": (1, 1, 2035)}, "The date must be no more than 1 year before or 2 years after"),
    ("budget_settings", {"year": "1999"}, "Select the financial year from the list"),
    ("amendment_add", {"words_0": "More parks"}, "Enter the title of the amendment"),
    ("amendment_add", {"title": "x" * 500}, "The title of the amendment must be"),
    ("amendment_add", {"state": "maybe"}, "Select its status from the list"),
    ("amendment_add", {"words_0": "Parks", "spending_0": "a lot"}, "must be an amount in whole"),
    ("election_night_start", {"by_wards": "guess"}, "Select how you will enter results"),
    (
        "election_night_start",
        {"by_wards": "totals", "pasted": "Castle, 2"},
        "Leave this empty if you enter totals for the whole council",
    ),
    ("group_notice_new", {"group": "Yew"}, "Select what the notice is about"),
    ("group_notice_new", {"kind": "formed", "group": "Yew"}, "Enter the name of the leader"),
    ("group_notice_new", {"members": "many"}, "The number of members must be a whole number"),
    (
        "group_notice_new",
        {"received_on": (1, 3, 2099)},
        "The date received must be today or in the past",
    ),
    ("appointment_new", {"post": "Planning"}, "Select what the appointment is"),
    ("appointment_new", {"post": "x" * 121}, "The committee, body or responsibility must be 120"),
    (
        "appointment_new",
        {"made_by": "x" * 81},
        "The name of who appoints must be 80 characters or fewer",
    ),
    (
        "appointment_new",
        {"from_on": (2, 3, 2026), "until_on": (1, 3, 2026)},
        "The end date must be on or after the start date",
    ),
    (
        "invite_several",
        {
            "form-0-name": "Ann Fir",
            "form-0-email": "a@example.org",
            "form-1-name": "Bo Yew",
            "form-1-email": "a@example.org",
        },
        "You have entered this address in another row",
    ),
    (
        "invite_several",
        {"form-0-name": "Ann Fir", "form-0-email": "chief@riverdale.example"},
        "This person already has access. Change that access instead",
    ),
    ("plan_due", {"change": "shift", "days": "soon"}, "Days must be a whole number, such as 7"),
    (LINKS, {"title": "The report"}, "Enter the web address of the document"),
    (LINKS, {"address": "ftp://example.org/a"}, "Enter a web address that starts with https://"),
    (
        LINKS,
        {"address": "https://me:secret@example.org/a"},
        "Enter a web address without a user name or password",
    ),
    (LINKS, {"address": "https://example.org/" + "x" * 3000}, "The web address must be"),
    ("plan_adviser_new", {"until": (1, 3, 2020)}, "The last day must be in the future"),
    ("council_data_retention", {"years": "forever"}, "Select how long to keep plans"),
]


def typed(changes):
    """Return the controls that hold what is typed: a date has three."""
    data = {}
    for name, value in changes.items():
        if isinstance(value, tuple):
            parts = zip(("day", "month", "year"), value, strict=True)
            data |= {f"{name}-{part}": str(number) for part, number in parts}
        else:
            data[name] = value
    return data


def form_with(response, names):
    """Return the form that has the controls `names`."""
    for form in tree_of(response).iter("form"):
        if names <= {each.get("name") for each in form.iter()}:
            return form
    raise AssertionError(f"no form with {sorted(names)}")


def test_each_message_is_beside_its_field_and_what_was_typed_is_kept(plan, chief, subtests):
    composition = Composition((Group("Ash", 10), Group("Elm", 9)))
    record_composition(
        council=plan.council,
        as_at=dt.date(2026, 1, 1),
        composition=composition,
        based_on=None,
        by=chief,
    )
    client = signed_in(chief)
    for page, changes, message in REFUSED:
        name, *noun = [page] if isinstance(page, str) else page
        with subtests.test(page=page, message=message):
            whose = plan.council.slug if name in OF_COUNCIL else plan.pk
            address = reverse(name, args=[whose, *noun])
            shown = "plan_dates" if name == "bank_holiday_add" else name
            data = typed(changes)
            opened = client.get(reverse(shown, args=[whose, *noun]))
            sent = controls_of(form_with(opened, data.keys())) | data
            answer = client.post(address, sent)
            assert answer.status_code == 422
            links = {id_: said for said, id_ in error_links(answer) if message in said}
            assert links, error_links(answer)
            assert all(id_ in by_id(answer) for id_ in links)
            form = form_with(answer, data.keys())
            assert message in words(form)
            kept = controls_of(form)
            offered = {e.get("value") for e in form.iter() if e.get("name") in data}
            for control, value in data.items():
                if form_kind(form, control) not in {"radio", "select"} or value in offered:
                    assert kept.get(control) == value


def form_kind(form, name):
    """Return the type of a control, or its tag if it has none."""
    control = next(each for each in form.iter() if each.get("name") == name)
    return (
        "radio"
        if control.get("type") == "radio"
        else "select"
        if control.tag == "select"
        else "text"
    )
