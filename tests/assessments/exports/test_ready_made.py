"""Ready-made downloads: one button each, and buttons on other pages that send the file itself."""

import datetime as dt
import io
from dataclasses import replace

import pikepdf
import pytest
from django.urls import reverse

from assessments.exports.drawing import ENOUGH, TAIL, Drawing
from assessments.exports.report import ExportOptions, report_for
from assessments.exports.scope import Scope
from assessments.plans.models import Event, Plan
from assessments.timetable.actions import set_date
from assessments.timetable.dates_sheet import dates_html, dates_pdf, dates_sheet
from elections.timetable import HAND_KEYS
from tests.acting import draw_pdf_with, form_on, signed_in

TODAY = dt.date(2027, 5, 18)


def detail(plan):
    return plan.events.filter(kind=Event.Kind.PLAN_EXPORTED).latest("pk").detail


@pytest.mark.parametrize(
    ("preset", "contents"),
    [
        ("leaders", "PDF: one-page summary"),
        ("slt", "PDF: the whole plan, open actions only, without guidance, with notes"),
        (
            "everything",
            "PDF: the whole plan, all actions, with guidance, notes and comments",
        ),
    ],
)
def test_a_preset_decides_alone_what_is_in_the_file(plan, chief, monkeypatch, preset, contents):
    draw_pdf_with(monkeypatch, lambda report: b"%PDF")
    client = signed_in(chief)
    assert (
        f'value="{preset}"' in client.get(reverse("action_plan", args=[plan.pk])).content.decode()
    )
    answer = client.post(
        reverse("action_plan_pdf", args=[plan.pk]),
        {"preset": preset, "scope": "area", "area": "3", "comments": "1", "open": "1"},
    )
    assert answer["Content-Type"] == "application/pdf"
    assert detail(plan) == contents


@pytest.mark.parametrize(
    ("name", "args", "contents"),
    [
        ("plan", (), "PDF: one-page summary"),
        ("plan_stage", (2,), "PDF: stage 2: early foundations, all actions"),
        ("plan_area", (3,), "PDF: governance, in all 3 stages, all actions"),
        ("plan_open", (), "PDF: the whole plan, open actions only"),
    ],
)
def test_a_button_that_promises_a_pdf_sends_it(plan, chief, monkeypatch, name, args, contents):
    draw_pdf_with(monkeypatch, lambda report: b"%PDF")
    client, address = signed_in(chief), reverse("action_plan_pdf", args=[plan.pk])
    page = client.get(reverse(name, args=[plan.pk, *args]))
    answer = client.post(address, form_on(page, address))
    assert answer["Content-Type"] == "application/pdf"
    assert detail(plan).startswith(contents)


@pytest.mark.pdf
def test_the_key_dates_are_large_enough_to_read_and_give_reasons_in_full(plan, chief):
    client, address = signed_in(chief), reverse("plan_dates_sheet", args=[plan.pk])
    assert form_on(client.get(reverse("plan_dates", args=[plan.pk])), address) == {}
    answer = client.post(address)
    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        assert len(pdf.pages) == 2
    assert detail(plan) == "Key dates (PDF)"
    day = plan.election_day
    for key in HAND_KEYS[:5]:
        plan.forget_timetable()
        date = getattr(plan.timetable, key) or day
        set_date(plan, key, by=chief, date=date, reason="Fixed by full council. " * 5, version=0)
    plan.forget_timetable()
    sheet = dates_sheet(plan, today=TODAY)
    assert ("Fixed by full council. " * 5).strip() in dates_html(sheet)
    with pikepdf.open(io.BytesIO(dates_pdf(sheet))) as pdf:
        assert len(pdf.pages) == 2


def test_the_sheet_does_not_ask_to_decide_what_is_past(plan):
    before = dates_sheet(plan, today=plan.election_day - dt.timedelta(days=30))
    after = dates_sheet(plan, today=plan.election_day + dt.timedelta(days=200))
    assert any("Decide now" in words for row in before.rows for words in row.concerns)
    assert not any(row.concerns for row in after.rows)


def test_the_sheet_says_why_some_dates_are_bold(plan):
    first, *_, last = (row.key_date.date for row in dates_sheet(plan, today=TODAY).rows)
    some_past = dates_sheet(plan, today=plan.election_day)
    none_past = dates_sheet(plan, today=first)
    all_past = dates_sheet(plan, today=last + dt.timedelta(days=400))
    said = ["Dates in bold have not passed" in dates_html(each) for each in (some_past, none_past)]
    assert said == [True, False]
    assert "Dates in bold" not in dates_html(all_past)


def test_the_last_actions_stay_together_and_the_sources_are_at_the_front(plan):
    plan = Plan.objects.with_all_stages().get(pk=plan.pk)
    report = report_for(plan, scope=Scope(), options=ExportOptions(), today=TODAY)
    drawing = Drawing.of(report)
    items = [
        item.is_tail for block in drawing.stages for step in block.steps for item in step.items
    ]
    last = len(drawing.stages[-1].steps[-1].items)
    assert ENOUGH <= last <= TAIL
    # The step before does not hold the last one back: its guidance can end a page.
    assert items.count(True) == last - 1
    assert all(items[1 - last :])
    assert not drawing.stages[-1].steps[-1].is_tail
    few = replace(report.steps[-1], items=report.steps[-1].items[: ENOUGH - 1])
    stage = replace(report.stages[-1], steps=(*report.stages[-1].steps[:-1], few))
    short = Drawing.of(replace(report, stages=(*report.stages[:-1], stage)))
    blocks = [item.is_tail for step in short.stages[-1].steps for item in step.items]
    assert blocks.count(True) == TAIL - 1
    assert short.stages[-1].steps[-1].is_tail
    assert not drawing.contents_on_cover
