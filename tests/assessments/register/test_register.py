"""The joint working register: what can be entered, who can see it, where its dates are shown."""

import datetime as dt
from contextlib import contextmanager

import icalendar
import pytest
import time_machine
from django.db import IntegrityError, models, transaction
from django.urls import reverse

from assessments.data_protection import traces
from assessments.data_protection.council_export import FILES
from assessments.data_protection.traces import register_mentions_of
from assessments.exports.report import ExportOptions, report_for
from assessments.exports.scope import Scope
from assessments.plans.actions import create_plan
from assessments.plans.models import Event, Plan
from assessments.register import lines
from assessments.register.actions import add_to_register, remove_from_register, save_in_register
from assessments.register.demo import AGREEMENTS, EARLY_WINS, ISSUES, seed_register
from assessments.register.kinds import KINDS, LABELS
from assessments.register.lines import COMPONENTS, dated, sections_of
from assessments.register.models import Agreement, EarlyWin, Issue
from assessments.reviews.actions import latest_change, sign_off_stage
from assessments.seats.actions import record_composition
from councils.models import Membership, User
from councils.verification import verify
from elections.composition import Composition, Group
from frameworks.models import CoalitionComponent
from tests.acting import (
    by_id,
    draw_pdf_with,
    error_links,
    form_on,
    signed_in,
    step_url,
    text_of,
    words,
)
from tests.conftest import ELECTION_DAY

NOON = dt.datetime(2027, 5, 18, 11, tzinfo=dt.UTC)
MODELS = {"agreement": Agreement, "issue": Issue, "early-win": EarlyWin}
AFTER = ELECTION_DAY + dt.timedelta(days=30)
SECRET = "The riverside stays free of cars"
FIELDS = {
    "agreement": {
        "kind": "confidence",
        "manner": "verbal",
        "parties": "Ash\nOak",
        "review_on": AFTER,
    },
    "issue": {"kind": "red-line", "words": SECRET, "group": "Oak", "bites_on": AFTER},
    "early-win": {"words": "A park in every ward", "due": AFTER},
}
# The least that each form has to send.
SENT = {
    "agreement": {"kind": "confidence", "manner": "written", "others": "Oak\r\nAsh"},
    "issue": {"kind": "crunch", "words": "Council tax", "state": "open"},
    "early-win": {"words": "A park", "state": "planned"},
}
NOUNS = pytest.mark.parametrize("noun", MODELS)


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def add(plan, chief):
    def make(noun, **fields):
        return add_to_register(MODELS[noun], plan, by=chief, **FIELDS[noun] | fields)

    return make


@pytest.fixture
def client(officer):
    return signed_in(officer)


@pytest.fixture
def groups(riverdale, chief):
    return record_composition(
        council=riverdale,
        as_at=ELECTION_DAY,
        composition=Composition((Group("Oak", 10), Group("Ash", 9), Group("Elm", 8))),
        based_on=None,
        by=chief,
    )


@contextmanager
def monkeypatched_kinds(kinds):
    with pytest.MonkeyPatch.context() as patch:
        for module in (lines, traces):
            patch.setattr(module, "KINDS", kinds)
        patch.setattr(lines._rows, "made", {})
        yield


def url(plan, name="register", *args):
    return reverse(name, args=[plan.pk, *args])


def entry_url(entry, name="register_entry"):
    noun = next(noun for noun, model in MODELS.items() if model is type(entry))
    return reverse(name, args=[entry.plan_id, noun, entry.pk])


def date_parts(name, day):
    return {f"{name}-{part}": str(getattr(day, part)) for part in ("day", "month", "year")}


def last_event(plan):
    return plan.events.order_by("pk").last()


# --- Adding and changing --------------------------------------------------------------------------


@NOUNS
def test_adding_changing_removing_and_restoring_leave_one_event_each(client, plan, officer, noun):
    page = client.get(url(plan, "register_add", noun))
    response = client.post(url(plan, "register_add", noun), form_on(page) | SENT[noun])
    entry = MODELS[noun].objects.get()
    assert response.url == f"{url(plan)}#{noun}-{entry.pk}"
    event = last_event(plan)
    assert (event.kind, event.by, event.detail) == ("register-added", officer, str(entry))
    assert event.changes.exists()

    page = client.get(entry_url(entry))
    key, value = {"agreement": ("kept_at", "In the safe"), "issue": ("group", "Elm")}.get(
        noun, ("words", "Two parks")
    )
    assert client.post(entry_url(entry), form_on(page) | {key: value}).status_code == 302
    entry.refresh_from_db()
    assert (getattr(entry, key), entry.version, entry.saved_by) == (value, 2, officer)
    event = last_event(plan)
    assert event.kind == "register-changed"
    assert [change.after for change in event.changes.all()] == [value]

    ask = client.get(entry_url(entry, "register_remove"))
    client.post(entry_url(entry, "register_remove"), form_on(ask))
    assert f"{noun}-{entry.pk}" not in by_id(client.get(url(plan)))
    assert client.get(entry_url(entry)).status_code == 404
    assert client.get(entry_url(entry, "register_remove")).status_code == 404
    assert last_event(plan).kind == "register-removed"

    restore = entry_url(entry, "register_restore")
    client.post(restore, form_on(client.get(url(plan)), restore))
    assert last_event(plan).kind == "register-restored"
    count = Event.objects.count()
    client.post(restore)  # a second press does nothing
    assert Event.objects.count() == count
    assert f"{noun}-{entry.pk}" in by_id(client.get(url(plan)))
    assert verify(plan.council).problems == []


@NOUNS
def test_saving_without_a_change_changes_nothing(client, plan, add, noun):
    entry = add(noun)
    count = Event.objects.count()
    page = client.get(entry_url(entry))
    assert client.post(entry_url(entry), form_on(page)).status_code == 302
    entry.refresh_from_db()
    assert (entry.version, Event.objects.count()) == (1, count)


def test_an_agreement_with_every_field_is_saved_and_shown(client, plan, groups):
    page = client.get(url(plan, "register_add", "agreement"))
    body = form_on(page) | {
        "kind": "coalition",
        "manner": "written",
        "groups": ["Oak", "Elm"],
        "others": " Cllr  Birch \r\n\r\nelm",
        "about": ["ways_of_working", "communication"],
        "covers": "Portfolios\r\nand a budget",
        "kept_at": "With the monitoring officer",
        **date_parts("made_on", dt.date(2027, 5, 14)),
        **date_parts("review_on", dt.date(2028, 5, 12)),
    }
    client.post(url(plan, "register_add", "agreement"), body)
    agreement = Agreement.objects.get()
    assert agreement.parties == "Cllr Birch\nElm\nOak"  # in alphabetical order, each once
    assert agreement.covers == "Portfolios\nand a budget"
    assert (agreement.ways_of_working, agreement.shared_agenda) == (True, False)
    line = words(by_id(client.get(url(plan)))[f"agreement-{agreement.pk}"])
    for part in (
        "Fri 12 May 2028Next annual review",
        "Full coalition or joint administration",
        "Written",
        "Made on: 14 May 2027",
        "About: ways of working, communication",
        "Where it is recorded: With the monitoring officer",
    ):
        assert part in line
    assert by_id(client.get(entry_url(agreement)))["id_others"].text.strip() == "Cllr Birch"
    changes = last_event(plan).changes.in_bulk(field_name="pk").values()
    assert ("ways_of_working", "", "Yes") in [(c.field, c.before, c.after) for c in changes]


def test_an_agreement_keeps_a_group_that_no_longer_exists(client, plan, add, groups):
    agreement = add("agreement", parties="Oak\nYew")
    page = by_id(client.get(entry_url(agreement)))
    boxes = {e.get("value"): e.get("checked") for e in page.values() if e.get("name") == "groups"}
    assert list(boxes) == ["Ash", "Elm", "Oak"]
    assert boxes["Oak"] is not None
    assert page["id_others"].text.strip() == "Yew"


def test_an_early_win_keeps_an_owner_who_has_left(client, plan, add, officer, person):
    gone = Membership.objects.get(user=person(plan.council, "gone"))
    win = add("early-win", owner=gone)
    Membership.objects.filter(pk=gone.pk).update(ended_at=NOON)
    body = form_on(client.get(entry_url(win)))
    assert body["owner"] == str(gone.pk)
    mine = Membership.objects.get(user=officer)
    client.post(entry_url(win), body | {"owner": mine.pk, "state": "achieved"})
    win.refresh_from_db()
    assert (win.owner, win.state) == (mine, "achieved")
    assert dated(plan) == []


def test_only_an_early_win_that_is_not_over_asks_for_someone_responsible(client, plan, add):
    win = add("early-win")
    register = reverse("register", args=[plan.pk])
    assert "Responsible: No one yet" in text_of(client.get(register))
    client.post(entry_url(win), form_on(client.get(entry_url(win))) | {"state": "achieved"})
    assert "Responsible" not in text_of(client.get(register))


# --- Errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("noun", "field", "value", "target"),
    [
        ("agreement", "kind", "", "id_kind_0"),
        ("agreement", "kind", "secret", "id_kind_0"),
        ("agreement", "manner", "", "id_manner_0"),
        ("agreement", "others", "Oak alone", "id_others"),
        ("agreement", "others", "Oak\n" + "x" * 61, "id_others"),
        ("agreement", "others", "\n".join(f"Group {n}" for n in range(21)), "id_others"),
        ("agreement", "others", "nul \0\nOak", "id_others"),
        ("agreement", "about", "power", "id_about_0"),
        ("agreement", "covers", "x" * 5001, "id_covers"),
        ("agreement", "kept_at", "x" * 201, "id_kept_at"),
        ("agreement", "made_on-day", "31", "id_made_on-month"),
        ("issue", "kind", "worry", "id_kind_0"),
        ("issue", "words", " ", "id_words"),
        ("issue", "words", "x" * 301, "id_words"),
        ("issue", "agreed", "x" * 5001, "id_agreed"),
        ("issue", "group", "x" * 61, "id_group"),
        ("issue", "state", "settled", "id_agreed"),
        ("issue", "state", "", "id_state_0"),
        ("issue", "bites_on-year", "1066", "id_bites_on-day"),
        ("early-win", "words", "", "id_words"),
        ("early-win", "words", "x" * 301, "id_words"),
        ("early-win", "owner", "999999", "id_owner"),
        ("early-win", "owner", "x", "id_owner"),
        ("early-win", "state", "won", "id_state_0"),
        ("early-win", "due-month", "13", "id_due-day"),
    ],
)
def test_an_error_is_shown_beside_its_field_and_nothing_is_lost(
    client, plan, noun, field, value, target
):
    body = SENT[noun] | {field: value}
    response = client.post(url(plan, "register_add", noun), body)
    assert response.status_code == 422
    assert target in {link for _, link in error_links(response)}
    kept = form_on(response)
    for name, typed in SENT[noun].items():
        if name != field:
            assert kept[name] == typed
    assert not MODELS[noun].objects.exists()


def test_the_next_review_must_be_after_the_date_of_the_agreement(client, plan):
    day = dt.date(2027, 5, 14)
    body = SENT["agreement"] | date_parts("made_on", day) | date_parts("review_on", day)
    response = client.post(url(plan, "register_add", "agreement"), body)
    assert error_links(response) == [
        ("The next annual review must be after the date it was made", "id_review_on-day")
    ]


def test_a_member_of_another_council_cannot_be_responsible(client, plan, stranger):
    theirs = Membership.objects.get(user=stranger)
    body = SENT["early-win"] | {"owner": theirs.pk}
    assert client.post(url(plan, "register_add", "early-win"), body).status_code == 422


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 40])
def test_without_a_version_nothing_is_saved(client, plan, add, version):
    issue = add("issue")
    body = SENT["issue"] | {"version": version}
    assert client.post(entry_url(issue), body).status_code == 422
    assert client.post(entry_url(issue, "register_remove"), body).status_code == 409
    issue.refresh_from_db()
    assert (issue.words, issue.removed_at) == (SECRET, None)


def test_an_unknown_or_wrong_kind_of_entry_is_not_found(client, plan, their_plan, add):
    issue = add("issue")
    theirs = add_to_register(
        Issue, their_plan, by=their_plan.created_by, kind="crunch", words="Theirs"
    )
    assert client.get(url(plan, "register_add", "rumour")).status_code == 404
    for noun, pk in (("early-win", issue.pk), ("rumour", issue.pk), ("issue", theirs.pk)):
        for name in ("register_entry", "register_remove", "register_restore"):
            assert client.post(url(plan, name, noun, pk), SENT["issue"]).status_code == 404


def test_the_database_refuses_an_entry_that_makes_no_sense(plan, chief):
    for model, fields in (
        (Agreement, FIELDS["agreement"] | {"parties": ""}),
        (Issue, FIELDS["issue"] | {"state": "settled"}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.create(plan=plan, saved_by=chief, **fields)


# --- Two people at once ---------------------------------------------------------------------------


@NOUNS
def test_a_stale_save_shows_both_texts_and_keeps_what_was_typed(client, plan, chief, add, noun):
    entry = add(noun)
    key = {"agreement": "covers"}.get(noun, "words")
    mine = form_on(client.get(entry_url(entry))) | {key: "Mine"}
    save_in_register(entry, version=1, by=chief, **{key: "Theirs"})
    response = client.post(entry_url(entry), mine)
    assert response.status_code == 409
    assert "Chief saved this" in text_of(response)
    assert "Theirs" in text_of(response)
    again = form_on(response)
    assert (again[key], again["version"]) == ("Mine", "2")
    assert client.post(entry_url(entry), again).status_code == 302
    entry.refresh_from_db()
    assert (getattr(entry, key), entry.version) == ("Mine", 3)


def test_an_entry_removed_meanwhile_is_restored_only_by_saving_again(client, plan, chief, add):
    issue = add("issue")
    mine = form_on(client.get(entry_url(issue))) | {"words": "Mine"}
    remove_from_register(issue, version=1, by=chief)
    response = client.post(entry_url(issue), mine)
    assert response.status_code == 409
    assert "Chief removed this" in text_of(response)
    assert Issue.objects.live().count() == 0
    assert client.post(entry_url(issue), form_on(response)).status_code == 302
    assert Issue.objects.live().get().words == "Mine"


def test_removing_an_entry_that_has_just_been_saved_asks_again(client, chief, add):
    issue = add("issue")
    ask = form_on(client.get(entry_url(issue, "register_remove")))
    save_in_register(issue, version=1, by=chief, words="Something else")
    response = client.post(entry_url(issue, "register_remove"), ask)
    assert response.status_code == 409
    assert "Something else" in text_of(response)
    assert Issue.objects.live().exists()
    client.post(entry_url(issue, "register_remove"), form_on(response))
    assert not Issue.objects.live().exists()


def test_the_register_can_be_changed_when_its_stage_is_signed_off(client, plan, chief, item):
    stage = item.step.stage
    seen = latest_change(plan, stage)
    sign_off_stage(plan, stage, seen=seen, reason="Enough", by=chief)
    assert client.post(url(plan, "register_add", "issue"), SENT["issue"]).status_code == 302


# --- Who sees it ----------------------------------------------------------------------------------

EVERYWHERE = ("plan", "plan_timeline", "plan_history", "plan_calendar_file")


@pytest.fixture
def pages_of(plan):
    """Return the text of every page on which the register could be shown to a person."""

    def read(user):
        client = signed_in(user)
        return "".join(client.get(url(plan, name)).content.decode() for name in EVERYWHERE)

    return read


@pytest.mark.parametrize("stages", [[1], [3], [1, 3]], ids=str)
def test_an_adviser_without_stage_2_sees_nothing_of_it(plan, granted, add, pages_of, stages):
    entries = [add(noun) for noun in MODELS]
    adviser = granted(plan, "other", stages=stages).adviser
    client = signed_in(adviser)
    assert client.get(url(plan)).status_code == 404
    assert client.get(url(plan, "register_add", "issue")).status_code == 404
    for entry in entries:
        for name in ("register_entry", "register_remove", "register_restore"):
            assert client.post(entry_url(entry, name)).status_code == 404
    shown = pages_of(adviser)
    for hidden in (SECRET, "A park in every ward", "annual review", "in the register"):
        assert hidden not in shown
    assert url(plan) not in shown
    assert "id_register" not in by_id(client.get(url(plan, "action_plan")))
    assert client.get(reverse("registers")).status_code == 200  # no plan to choose
    scoped = Plan.objects.visible_to(adviser).select_related("council").get()
    report = report_for(scoped, options=ExportOptions(register=True), today=NOON.date())
    assert report.register == ()


def test_an_adviser_with_stage_2_can_read_it_but_not_change_it(
    plan, partial_adviser, add, pages_of
):
    issue = add("issue")
    client = signed_in(partial_adviser)
    page = text_of(client.get(url(plan)))
    assert SECRET in page
    assert "Add an early win" not in page
    assert client.post(url(plan, "register_add", "issue"), SENT["issue"]).status_code == 403
    assert client.post(entry_url(issue), SENT["issue"]).status_code == 403
    assert SECRET in pages_of(partial_adviser)


def test_only_people_who_can_restore_entries_see_removed_ones(plan, add, reviewer, officer, chief):
    remove_from_register(add("issue"), version=1, by=chief)
    assert SECRET in text_of(signed_in(officer).get(url(plan)))
    assert SECRET not in text_of(signed_in(reviewer).get(url(plan)))


# --- Where its dates are shown --------------------------------------------------------------------


def test_only_open_entries_have_a_date(plan, add, chief):
    for noun in MODELS:
        add(noun)
    add("issue", state="settled", agreed="Done", words="Settled")
    add("issue", bites_on=None, words="Some day")
    add("early-win", state="dropped", words="Dropped")
    remove_from_register(add("agreement", parties="Gone"), version=1, by=chief)
    assert {(each.about, each.text) for each in dated(plan)} == {
        ("Agreement’s annual review", "Ash, Oak"),
        ("Red line", SECRET),
        ("Early win", "A park in every ward"),
    }
    sooner = add("issue", bites_on=NOON.date(), words="Parks,\n" + "and more " * 30)
    first = dated(plan)[0]
    assert first.pk == sooner.pk
    assert first.text.startswith("Parks, and more and more")
    assert len(first.text) == 120


def test_plan_home_lists_what_is_overdue_and_due_within_14_days(client, plan, add):
    late = add("issue", bites_on=NOON.date() - dt.timedelta(days=1), words="The budget")
    add("issue", bites_on=NOON.date() + dt.timedelta(days=14))
    add("early-win", due=NOON.date() + dt.timedelta(days=15))
    page = client.get(plan.get_absolute_url())
    shown = text_of(page)
    assert "The budgetMon 17 May · Oak, red line" in shown
    assert f"{SECRET}Tue 1 Jun · Oak, red line" in shown
    assert "A park in every ward" not in shown
    assert f"{url(plan)}#issue-{late.pk}" in page.content.decode()


def test_the_timeline_draws_and_lists_the_dates(client, plan, add):
    add("issue")
    add("agreement", review_on=ELECTION_DAY + dt.timedelta(days=800))
    page = client.get(url(plan, "plan_timeline"))
    assert page.content.decode().count("app-timeline__register") == 2
    picture = next(e for key, e in by_id(page).items() if key == "timeline-title")
    assert "Dates in the joint working register: 5 June 2027, 14 July 2029" in words(picture)
    assert f"Sat 5 Jun 2027 Red line: {SECRET}" in text_of(page)
    assert "Sat 14 Jul 2029 Agreement’s annual review: Ash, Oak" in text_of(page)


def test_calendars_have_the_dates_but_not_what_they_are_about(plan, add, officer, chief):
    mine = Membership.objects.get(user=officer)
    add("agreement")
    issue = add("issue")
    add("early-win", owner=mine)
    add("early-win", words="Another person’s")

    def found(user):
        content = signed_in(user).get(url(plan, "plan_calendar_file")).content
        assert SECRET.encode() not in content
        assert b"park" not in content
        assert b"ed line" not in content
        events = icalendar.Calendar.from_ical(content).walk("VEVENT")
        return {
            str(e["uid"]).partition("@")[0].partition(f"plan-{plan.pk}-")[2]: (
                str(e["summary"]),
                e["dtstart"].dt,
                e["sequence"],
            )
            for e in events
            if "/register/" in str(e["url"])
        }

    events = found(officer)
    assert sorted(summary for summary, _, _ in events.values()) == [
        "Agreement’s annual review",
        "Date in the joint working register",
        "Date in the joint working register",
    ]
    assert len(found(chief)) == 2
    moved = AFTER + dt.timedelta(days=7)
    save_in_register(issue, version=1, by=chief, bites_on=moved)
    key = f"issue-{issue.pk}"
    assert events[key][1:] == (AFTER, 1)
    assert found(officer)[key][1:] == (moved, 2)


def test_the_history_can_be_filtered_by_the_register(client, plan, add):
    add("issue")
    page = client.get(url(plan, "plan_history") + "?subject=register")
    assert f"added to the register: {SECRET} (red line)" in text_of(page)
    assert "Step None" not in text_of(page)


# --- In print -------------------------------------------------------------------------------------


def test_only_a_pdf_of_the_whole_plan_includes_it_and_only_on_request(plan, add):
    add("issue")
    today = NOON.date()
    asked = ExportOptions(register=True)
    report = report_for(plan, options=asked, today=today)
    assert [section.heading for section in report.register] == ["Red lines and crunch issues"]
    assert [line.title for line in report.register[0].lines] == [SECRET]
    assert report.contents_in_words.endswith("with notes and the register")
    assert report_for(plan, today=today).register == ()
    for scope in ("summary", "stage-2", "area-1"):
        assert report_for(plan, scope=Scope.parse(scope), options=asked, today=today).register == ()


def test_only_the_record_of_a_pdf_says_that_it_was_included(client, plan, add, monkeypatch):
    add("issue")
    taken = []
    draw_pdf_with(monkeypatch, lambda report: taken.append(report) or b"%PDF")
    body = {"scope": "whole", "stage": "2", "area": "1", "register": "1"}
    client.post(url(plan, "action_plan_pdf"), body)
    assert taken[0].register
    assert "with the register" in last_event(plan).detail
    client.post(url(plan, "action_plan_excel"), body)
    assert "register" not in last_event(plan).detail


# --- Links to and from the guidance ---------------------------------------------------------------


def test_components_and_steps_link_to_the_register_and_back(client, plan):
    titles = CoalitionComponent.objects.current().filter(number__in=COMPONENTS)
    assert {component.title for component in titles} == {
        "Find the common ground",
        "Explore having a written agreement",
    }
    page = client.get(url(plan)).content.decode()
    for number in range(1, 13):
        address = reverse("guidance_component", args=[number])
        assert (f'href="{address}"' in page) == (number in COMPONENTS)
        leads = reverse("registers") in client.get(address).content.decode()
        assert leads == (number in COMPONENTS)
    for number in (11, 12, 21):
        leads = ">Joint working register<" in client.get(step_url(plan, number)).content.decode()
        assert leads == (f'href="{step_url(plan, number)}"' in page) == (number != 12)


def test_the_link_from_the_guidance_opens_the_one_plan_or_lists_them(client, plan, chief):
    assert client.get(reverse("registers")).url == url(plan)
    other = create_plan(council=plan.council, by=chief, election_day=dt.date(2031, 5, 1))
    page = client.get(reverse("registers")).content.decode()
    assert url(plan) in page
    assert url(other) in page


# --- The table of kinds ---------------------------------------------------------------------------


def test_every_list_of_the_kinds_is_made_from_the_table(plan, add):
    entries = {noun: add(noun) for noun in MODELS}
    assert {kind.noun: kind.model for kind in KINDS} == MODELS
    assert [section.noun for section in sections_of(plan, today=NOON.date())] == list(MODELS)
    assert {each.noun for each in dated(plan)} == set(MODELS)
    assert {FILES[kind.file] for kind in KINDS} == set(MODELS.values())
    person = User(name="oak", email="oak@example.org")
    found = register_mentions_of([person.name], [plan.council])
    assert found == [entries["agreement"], entries["issue"]]
    with monkeypatched_kinds(KINDS[:1]):
        assert register_mentions_of([person.name], [plan.council]) == [entries["agreement"]]
        assert [each.noun for each in dated(plan)] == ["agreement"]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.noun)
def test_the_search_for_names_reads_every_field_that_people_write(kind):
    written = {
        each.name
        for each in kind.model._meta.concrete_fields
        if isinstance(each, models.CharField | models.TextField) and not each.choices
    }
    assert set(kind.written) == written


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.noun)
def test_every_field_of_an_entry_has_one_label_whatever_its_kind(kind):
    for name in [each.name for each in kind.model._meta.fields if each.name in LABELS]:
        assert kind.label_of(name) == LABELS[name]
    shared = [other for other in KINDS if other is not kind]
    for each in kind.model._meta.fields:
        for other in shared:
            if each.name in {theirs.name for theirs in other.model._meta.fields}:
                assert kind.label_of(each.name) == other.label_of(each.name)


# --- The demo -------------------------------------------------------------------------------------


def test_the_demo_fills_the_register_through_the_actions(plan, chief):
    member = Membership.objects.get(user=chief)
    for _ in seed_register(plan, dict.fromkeys(("ce", "hds", "s151"), member)):
        pass
    number = len(AGREEMENTS) + len(ISSUES) + len(EARLY_WINS)
    assert Event.objects.filter(plan=plan, kind="register-added").count() == number
    assert len({(issue.kind, issue.state) for issue in Issue.objects.all()}) == 3


def test_a_new_entry_shows_nothing_as_removed(plan, chief):
    """What a form offers first was never true of the entry."""
    add_to_register(EarlyWin, plan, by=chief, words="A park", due=AFTER, state="under-way")
    shared = {"ways_of_working": True, "manner": "verbal"}
    add_to_register(Agreement, plan, by=chief, kind="confidence", parties="Ash\nOak", **shared)
    shown = text_of(signed_in(chief).get(reverse("plan_history", args=[plan.pk])))
    assert "Status added: Under way end of added." in shown
    assert "About ways of working added: Yes end of added." in shown
    assert shown.count("removed: ") == 0
