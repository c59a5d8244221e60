"""Downloads: one at a time for each person and a few in all, so that pages stay quick."""

import inspect
import io
import re
import sys
import threading
from contextlib import ExitStack

import pytest
from django.core.management import CommandError, call_command
from django.urls import get_resolver, reverse

from assessments.plans.models import Event
from assessments.printing import text, turns
from assessments.printing.pdf import PdfNoPlaces, print_pdf
from assessments.printing.places import PlacesUnavailable, hold_place
from assessments.printing.turns import NoTurn, hold_turn
from tests.acting import form_on, signed_in, text_of

SHORT = "<html lang=en><title>Short</title><body><p>Text</p></body></html>"
CHOICES = {"scope": "stage", "stage": "2", "open": "1"}


@pytest.fixture(autouse=True)
def own_places(settings, tmp_path):
    settings.PRIVATE_DIR = tmp_path / "private"


@pytest.fixture
def no_wait(monkeypatch):
    monkeypatch.setattr(turns, "WAIT", 0)


@pytest.fixture
def unwritable(settings, tmp_path):
    """A folder of the service that takes no files, also from the superuser."""
    (tmp_path / "file").touch()
    settings.PRIVATE_DIR = tmp_path / "file" / "private"


def take(plan, key="excel"):
    return reverse(f"action_plan_{key}", args=[plan.pk])


def exported(plan):
    return plan.events.filter(kind=Event.Kind.PLAN_EXPORTED).exists()


# --- One at a time for each person ----------------------------------------------------------------


@pytest.mark.parametrize("key", ["pdf", "excel", "word", "csv"])
def test_a_second_file_of_one_person_is_refused_and_their_choices_are_kept(
    plan, chief, officer, no_wait, monkeypatch, key
):
    """Before anything is read of the plan; other people get their files meanwhile."""
    client = signed_in(officer)
    with hold_turn(officer.pk), monkeypatch.context() as patch:
        patch.setattr("assessments.exports.views.plan_for", None)
        response = client.post(take(plan, key), CHOICES)
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert "You have already asked for a file that is not ready yet" in text_of(response)
    assert not exported(plan)
    again = form_on(response, take(plan, key))
    assert again == CHOICES
    with hold_turn(officer.pk):
        assert signed_in(chief).post(take(plan), CHOICES).status_code == 200
    assert client.post(take(plan), again).status_code == 200


def test_the_page_that_refuses_asks_the_database_only_who_it_is(
    plan, officer, no_wait, django_assert_max_num_queries
):
    client = signed_in(officer)
    with hold_turn(officer.pk), django_assert_max_num_queries(3):
        assert client.post(take(plan), CHOICES).status_code == 503


def test_a_page_with_choices_needs_no_turn(plan, officer, no_wait):
    client = signed_in(officer)
    with hold_turn(officer.pk):
        assert client.get(reverse("action_plan", args=[plan.pk])).status_code == 200
        assert client.get(take(plan)).status_code == 302
        assert client.get(reverse("log_upload", args=[plan.pk])).status_code == 200


def test_a_file_that_was_selected_is_not_asked_to_be_sent_from_the_page(plan, officer, no_wait):
    address = reverse("log_upload", args=[plan.pk])
    with hold_turn(officer.pk):
        response = signed_in(officer).post(address, {"file": io.BytesIO(b"a log")})
    assert response.status_code == 503
    assert "Go back and select it again" in text_of(response)


def test_a_button_pressed_twice_waits_and_a_third_time_does_not():
    made = []

    def second():
        with hold_turn(7):
            made.append("second")

    with hold_turn(7):
        waiting = threading.Thread(target=second)
        waiting.start()
        waiting.join(0.3)
        assert not made
        with pytest.raises(NoTurn, match="already asked"), hold_turn(7):
            pass
        assert not made
        with hold_turn(8):
            pass
    waiting.join(30)
    assert made == ["second"]


@pytest.mark.parametrize(("processes", "waits"), [(1, False), (2, False), (3, True)])
def test_no_request_waits_in_the_last_free_process(settings, monkeypatch, processes, waits):
    """With 2 processes, one person who asked for many files kept both."""
    settings.WEB_CONCURRENCY = processes
    waited = []

    def hold(folder, most, *, wait=0):
        waited.append(wait)
        return hold_place(folder, most)

    monkeypatch.setattr(turns, "hold_place", hold)
    with hold_turn(7):
        waited.clear()
        with pytest.raises(NoTurn, match="already asked"), hold_turn(7):
            pass
    assert any(waited) == waits


# --- A few in all ---------------------------------------------------------------------------------


def test_a_few_files_of_all_people_are_made_at_once(plan, officer, settings, no_wait):
    with hold_place("downloads/places", 1):
        assert signed_in(officer).post(take(plan), CHOICES).status_code == 200
    with ExitStack() as held:
        for _ in range(settings.DOWNLOADS_AT_ONCE):
            held.enter_context(hold_place("downloads/places", settings.DOWNLOADS_AT_ONCE))
        response = signed_in(officer).post(take(plan), CHOICES)
    assert response.status_code == 503
    assert "Only a few files are made at a time" in text_of(response)
    assert form_on(response, take(plan)) == CHOICES


def test_only_a_few_people_wait_for_a_place(settings):
    settings.DOWNLOADS_AT_ONCE = 1
    with (
        hold_place("downloads/queue", 2),
        hold_place("downloads/queue", 2),
        pytest.raises(NoTurn, match="Only a few"),
        hold_turn(7),
    ):
        pass


def test_while_a_pdf_is_set_by_its_own_process_others_get_their_files(settings, monkeypatch):
    settings.DOWNLOADS_AT_ONCE = 1
    free = []

    class Press:
        def set(self, html, lock):
            with hold_turn(8):
                free.append(html)
            with pytest.raises(NoTurn), hold_turn(7):
                pass
            return b"%PDF", 0

    monkeypatch.setattr(turns, "WAIT", 0)
    monkeypatch.setattr("assessments.printing.pdf._idle", [Press()])
    with hold_turn(7):
        assert print_pdf(SHORT) == b"%PDF"
    assert free == [SHORT]


def views():
    def of(patterns):
        for each in patterns:
            if hasattr(each, "url_patterns"):
                yield from of(each.url_patterns)
            else:
                yield each.callback

    return [view for view in of(get_resolver().url_patterns) if not hasattr(view, "view_class")]


def views_that_make_files():
    """Yield each view that sends a file, and its source with that of functions beside it."""
    for view in set(views()):
        inner = inspect.unwrap(view)
        module = sys.modules[inner.__module__]
        source = inspect.getsource(inner)
        for name in re.findall(r"\b(_\w+)\(", source):
            if inspect.isfunction(found := getattr(module, name, None)):
                source += inspect.getsource(inspect.unwrap(found))
        if re.search(r"\b(file_response|FileResponse)\(", source):
            yield view, source


def name_of(view):
    inner = inspect.unwrap(view)
    return f"{inner.__module__}.{inner.__name__}"


def test_every_view_that_makes_a_file_takes_turns():
    """Except files of dates, which are made as quickly as a page."""
    made, unlimited = 0, set()
    for view, _ in views_that_make_files():
        made += 1
        links, each = {view}, view
        while hasattr(each, "__wrapped__"):
            each = each.__wrapped__
            links.add(each)
        if not any(link.__code__.co_qualname.startswith("in_turn.") for link in links):
            unlimited.add(name_of(view))
    assert made > 20
    assert unlimited == {
        "assessments.timetable.views.calendars.file",
        "assessments.development.views.records.next_steps",
    }


def test_characters_without_a_glyph_are_named_once_however_many_there_are(monkeypatch):
    """Each name takes a while, and no other thread of the web server runs meanwhile."""
    named = []
    equivalent = text._equivalent
    monkeypatch.setattr(text, "_equivalent", lambda each: named.append(each) or equivalent(each))
    assert text.missing_characters(["議員" * 9000, "員議 🗳" * 3000]) == "議員🗳"
    assert named == ["議", "員", "🗳"]


# --- A folder that cannot be written to -----------------------------------------------------------


def test_no_place_can_be_taken_where_the_disk_takes_no_writes(unwritable, caplog):
    with pytest.raises(PlacesUnavailable, match="Not a directory"), hold_place("places", 1):
        pass
    assert "PRIVATE_DIR" in caplog.text
    with pytest.raises(PdfNoPlaces):
        print_pdf(SHORT)


def test_what_fails_while_a_place_is_held_is_not_taken_for_a_full_disk():
    with pytest.raises(FileNotFoundError), hold_place("places", 1):
        raise FileNotFoundError


@pytest.mark.parametrize("key", ["excel", "word", "csv"])
def test_files_are_made_without_turns_where_no_place_can_be_taken(plan, officer, unwritable, key):
    assert signed_in(officer).post(take(plan, key), {"scope": "whole"}).status_code == 200


def test_a_pdf_is_not_available_where_no_place_can_be_taken(plan, officer, unwritable):
    response = signed_in(officer).post(take(plan, "pdf"), CHOICES)
    assert response.status_code == 503
    assert "cannot write to its disk" in text_of(response)
    assert form_on(response, take(plan, "pdf")) == CHOICES
    assert not exported(plan)


def test_an_action_log_is_not_read_where_no_place_can_be_taken(plan, officer, unwritable):
    file = io.BytesIO(b"PK")
    file.name = "log.xlsx"
    response = signed_in(officer).post(reverse("log_upload", args=[plan.pk]), {"file": file})
    assert response.status_code == 503
    assert "Nothing is wrong with the file" in text_of(response)


def test_the_command_says_that_no_place_can_be_taken(plan, unwritable, tmp_path):
    with pytest.raises(CommandError, match="cannot be written to"):
        call_command("export_plan", str(plan.pk), "--output", str(tmp_path / "plan.pdf"))
