"""The list of formats: what each one shows, when it is held back, and what the history says."""

import datetime as dt
import io
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from time_machine import travel

from assessments.exports.formats import (
    CHOICES,
    EXCEL,
    FORMATS,
    PDF,
    WORD,
)
from assessments.exports.forms import LONGEST_REASON
from assessments.exports.pdf import render_html
from assessments.exports.report import ExportOptions, report_for
from assessments.exports.scope import Scope
from assessments.exports.shortening import shortened
from assessments.plans.models import Event, Plan
from assessments.printing.fitting import ROOM, fair_limit
from assessments.printing.text import LINE_COST, cost_to_set, drawable
from tests.acting import answer, error_links, own_item, signed_in, text_of

TODAY = dt.date(2027, 5, 18)
BEFORE_THE_POLL = dt.datetime(2027, 4, 20, 11, tzinfo=dt.UTC)
EVERYTHING = ExportOptions(**dict.fromkeys(CHOICES, True))


def exports(plan):
    return list(plan.events.filter(kind=Event.Kind.PLAN_EXPORTED).values_list("detail", flat=True))


def report(plan, scope="whole", options=EVERYTHING):
    plan = Plan.objects.select_related("council").get(pk=plan.pk)
    plan.show_all_stages()
    return report_for(plan, scope=Scope.parse(scope), options=options, today=TODAY)


@pytest.mark.parametrize("key", FORMATS)
def test_every_format_has_an_address_and_a_button(plan, chief, key):
    page = signed_in(chief).get(reverse("action_plan", args=[plan.pk]))
    address = reverse(f"action_plan_{key}", args=[plan.pk])
    assert address == f"/plans/{plan.pk}/action-plan/{key}/"
    assert f'formaction="{address}"' in page.content.decode()
    assert f"Download {FORMATS[key].name}" in text_of(page)


def test_a_format_gets_only_the_choices_it_shows():
    assert PDF.options_for(EVERYTHING) == EVERYTHING
    assert EXCEL.options_for(EVERYTHING) == replace(EVERYTHING, guidance=False, register=False)
    assert WORD.options_for(EVERYTHING) == ExportOptions(notes=False)


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (
            "excel",
            "Excel action log: the whole plan, open actions only, without guidance, with notes "
            "and comments",
        ),
        ("word", "Word committee report: figures only, the whole plan"),
    ],
)
def test_the_history_says_what_the_file_contained(plan, chief, key, said):
    data = {"scope": "whole"} | dict.fromkeys(("open", "notes", "comments", "guidance"), "1")
    with travel(dt.datetime(2027, 5, 18, 12, tzinfo=dt.UTC), tick=False):
        address = reverse(f"action_plan_{key}", args=[plan.pk])
        assert signed_in(chief).post(address, data).status_code == 200
    assert exports(plan) == [said]


# --- The pre-election period ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "is_in"),
    [
        (dt.date(2027, 3, 30), False),
        (dt.date(2027, 3, 31), True),
        (dt.date(2027, 5, 6), True),
        (dt.date(2027, 5, 7), False),
    ],
)
def test_the_pre_election_period_is_from_the_notice_to_the_poll(plan, day, is_in):
    assert plan.is_in_pre_election_period(day) == is_in


def test_a_plan_without_a_date_for_the_notice_is_never_in_the_period(plan):
    plan.__dict__["timetable"] = replace(plan.timetable, pre_election_period=None)
    assert not plan.is_in_pre_election_period(plan.election_day)


def word_for(user, plan, data):
    with travel(BEFORE_THE_POLL, tick=False):
        client = signed_in(user)
        page = client.get(reverse("action_plan", args=[plan.pk]))
        return page, client.post(reverse("action_plan_word", args=[plan.pk]), data)


def test_before_the_poll_only_an_owner_can_download_the_word_report(plan, officer):
    page, response = word_for(officer, plan, {"scope": "whole", "reason": "For cabinet"})
    assert "only a plan owner can download the Word committee report" in text_of(page)
    assert response.status_code == 403
    assert "only a plan owner" in text_of(response)
    assert exports(plan) == []


def test_before_the_poll_an_owner_gives_a_reason_which_the_history_keeps(plan, chief):
    page, response = word_for(chief, plan, {"scope": "whole"})
    assert "Reason for the Word committee report" in text_of(page)
    assert response.status_code == 422
    assert error_links(response) == [("Enter a reason for the Word committee report", "id_reason")]
    assert exports(plan) == []
    _, response = word_for(chief, plan, {"scope": "whole", "reason": "Cabinet, in private"})
    assert response.status_code == 200
    assert exports(plan) == [
        "Word committee report: figures only, the whole plan. Reason: Cabinet, in private"
    ]


def test_the_whole_reason_fits_into_the_history(plan, chief):
    _, response = word_for(chief, plan, {"scope": "area-5", "reason": "x" * LONGEST_REASON})
    assert response.status_code == 200
    assert exports(plan)[0].endswith("x" * LONGEST_REASON)


def test_other_formats_need_no_reason_before_the_poll(plan, officer):
    with travel(BEFORE_THE_POLL, tick=False):
        address = reverse("action_plan_excel", args=[plan.pk])
        assert signed_in(officer).post(address, {"scope": "whole"}).status_code == 200
    (detail,) = exports(plan)
    assert "Reason" not in detail


@pytest.mark.parametrize("scope", ["mine", "officer-monitoring-officer"])
def test_a_committee_report_is_not_about_one_officer(plan, chief, scope):
    address = reverse("action_plan_word", args=[plan.pk])
    response = signed_in(chief).post(address, {"scope": scope})
    assert response.status_code == 422
    assert "Select the whole plan, a one-page summary, one stage or one role area" in text_of(
        response
    )


# --- Characters that cannot be printed ------------------------------------------------------------


def test_missing_characters_are_reported_before_the_pdf_and_stated_in_it(plan, item, officer):
    answer(item, officer, note="Vote 🗳️ ok ✅ 議員")
    client = signed_in(officer)
    address = reverse("action_plan_pdf", args=[plan.pk])
    response = client.post(address, {"scope": "stage-2", "notes": "1"})
    assert response.status_code == 422
    text = text_of(response)
    assert "Some characters cannot be printed in the PDF" in text
    assert "🗳 議 員" in text
    assert exports(plan) == []
    response = client.post(address, {"scope": "stage-2", "notes": "1", "replace": "1"})
    assert response.status_code == 200
    assert response.content.startswith(b"%PDF")
    assert len(exports(plan)) == 1
    html = render_html(report(plan, "stage-2"))
    assert "Some characters that people typed cannot be printed here" in html
    assert "cannot be printed here" not in render_html(report(plan, "stage-1"))


def test_text_that_prints_is_not_asked_about(plan, item, officer):
    answer(item, officer, note="Zoë Łukasz – “yes” ✅ • Ștefan")
    address = reverse("action_plan_pdf", args=[plan.pk])
    data = {"scope": "summary", "notes": "1"}
    assert signed_in(officer).post(address, data).status_code == 200


# --- Long texts -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lengths", "room", "limit"),
    [
        ([], 10, None),
        ([3, 3, 4], 10, None),
        ([3, 3, 5], 10, 4),
        ([1, 1, 100], 12, 10),
        ([100, 100], 10, 5),
        ([0, 0, 7], 6, 6),
    ],
)
def test_each_text_gets_a_fair_share_of_the_room(lengths, room, limit):
    assert fair_limit(lengths, room) == limit
    if limit is not None:
        assert sum(min(length, limit) for length in lengths) <= room


@pytest.mark.parametrize(
    "note",
    [
        "words and words " * 1240,
        "a " * 9900,
        "a\n\n" * 6600,
        "a\n" * 9900,
        "\U0001f602" * 19_000,
        "\u8b70 " * 9900,
    ],
)
def test_one_persons_texts_cannot_stop_the_pdf_and_leave_others_whole(plan, officer, note):
    """Paragraphs, lines and characters that are replaced by their names take longest to set."""
    for n in range(20):
        own_item(plan, by=officer, title=f"Long {n}", note=note)
    own_item(plan, by=officer, title="Short", note="A short note stays whole.")
    whole = report(plan)
    fitted = shortened(whole)
    notes = [item.note for step in fitted.steps for item in step.items]
    assert sum(map(cost_to_set, notes)) < ROOM * 1.05
    drawn = drawable("".join(notes))
    assert len(drawn) + LINE_COST * drawn.count("\n") < ROOM * 1.05
    assert "A short note stays whole." in notes
    assert sum("more characters are in the planner" in note for note in notes) == 20
    assert "The longest notes and comments are shortened" in render_html(whole)
    assert PDF.contents_in_words(whole).endswith("long texts shortened")
    assert "shortened" not in EXCEL.contents_in_words(whole)


def test_a_report_that_fits_is_not_changed(plan):
    found = report(plan)
    assert shortened(found) is found
    assert "shortened" not in render_html(found)


# --- The command ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "start"), [("excel", b"PK"), ("word", b"PK"), ("pdf", b"%PDF")])
def test_the_command_writes_every_format(plan, tmp_path, key, start):
    output = tmp_path / f"plan.{FORMATS[key].ending}"
    out = io.StringIO()
    arguments = ["--output", str(output), "--format", key, "--scope", "summary", "--reason", "Test"]
    call_command("export_plan", str(plan.pk), *arguments, stdout=out)
    assert output.read_bytes().startswith(start)
    assert exports(plan)[0].startswith(f"{FORMATS[key].name}: ")


def test_the_command_asks_for_a_reason_before_the_poll(plan, tmp_path):
    output = tmp_path / "report.docx"
    arguments = ["export_plan", str(plan.pk), "--output", str(output), "--format", "word"]
    with travel(BEFORE_THE_POLL, tick=False):
        with pytest.raises(CommandError, match="Add --reason"):
            call_command(*arguments)
        with pytest.raises(CommandError, match="characters or fewer"):
            call_command(*arguments, "--reason", "x" * (LONGEST_REASON + 1))
        assert not output.exists()
        call_command(*arguments, "--reason", "For cabinet", stdout=io.StringIO())
    assert exports(plan)[0].endswith("Reason: For cabinet")


def test_the_command_refuses_a_committee_report_about_one_officer(plan, tmp_path):
    output = str(tmp_path / "report.docx")
    arguments = ["--output", output, "--format", "word", "--scope", "officer-monitoring-officer"]
    with pytest.raises(CommandError, match="cannot cover officer-monitoring-officer"):
        call_command("export_plan", str(plan.pk), *arguments)


def test_the_command_reports_characters_that_cannot_be_printed(plan, item, officer, tmp_path):
    answer(item, officer, note="Vote 🗳️")
    err = io.StringIO()
    call_command(
        "export_plan",
        str(plan.pk),
        "--output",
        str(tmp_path / "plan.pdf"),
        "--scope",
        "area-3",
        stdout=io.StringIO(),
        stderr=err,
    )
    assert "1 characters cannot be printed and are replaced: 🗳" in err.getvalue()
