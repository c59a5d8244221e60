"""What pages say to people who do not see them, or do not see all of them."""

import datetime as dt
import io
import re

import openpyxl
from django.urls import reverse
from django.utils import timezone

from assessments.exports.excel import render_workbook
from assessments.exports.report import report_for
from assessments.plans.models import Plan
from tests.acting import answer, own_item, signed_in, step_url


def title_of(response):
    return re.search(r"<title>(.*?)</title>", response.content.decode(), re.DOTALL)[1]


def test_titles_tell_pages_apart(plan, item, officer):
    client = signed_in(officer)
    own = own_item(plan, 13, by=officer, title="Brief new committee chairs")
    addresses = [
        step_url(plan, 13),
        reverse("item_add", args=[plan.pk, 13]),
        *(reverse("item_edit", args=[plan.pk, each.pk]) for each in (item, own)),
        *(reverse("item_history", args=[plan.pk, each.pk]) for each in (item, own)),
        reverse("plan_history", args=[plan.pk]),
        reverse("plan_history", args=[plan.pk]) + "?step=13",
        reverse("plan_history", args=[plan.pk]) + "?subject=register",
        reverse("plan_dates", args=[plan.pk]),
        *(reverse("plan_date", args=[plan.pk, key]) for key in ("summons", "annual_meeting")),
    ]
    titles = [title_of(client.get(address)) for address in addresses]
    assert len(set(titles)) == len(titles)
    assert all(f" – {plan.council.name} – " in title for title in titles)


def test_links_of_the_matrix_mean_something_in_a_list_of_links(plan, item, officer):
    answer(item, officer, status="completed")
    late = plan.items.filter(step=item.step).exclude(pk=item.pk).first()
    answer(late, officer, due=timezone.localdate() - dt.timedelta(days=2))
    page = signed_in(officer).get(plan.get_absolute_url()).content.decode()
    names = [
        re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", link)).strip()
        for link in re.findall(r'<a class="app-matrix__link"[^>]*>(.*?)</a>', page, re.DOTALL)
    ]
    assert "Step 13, 1 of 4 complete, 1 overdue" in names
    assert all(name.startswith("Step ") for name in names)


def test_the_timeline_is_told_in_words(plan, item, officer):
    answer(item, officer, due=timezone.localdate() - dt.timedelta(days=2))
    page = signed_in(officer).get(plan.get_absolute_url()).content.decode()
    told = re.search(r'<title id="timeline-title">(.*?)</title>', page)[1]
    assert told.startswith("Timeline of the 3 stages: 1 pre-election")
    assert "election day" in told
    assert "1 action overdue" in told


def test_a_way_that_is_not_chosen_has_no_errors(plan, officer):
    """Its boxes are hidden, so a link to them would lead nowhere."""
    client = signed_in(officer)
    answers = {"which": "all", "change": "clear", "days": "abc", "rule_0": "x"}
    response = client.post(reverse("plan_due", args=[plan.pk]), answers)
    assert response.status_code == 200
    assert b"whole number" not in response.content
    response = client.post(reverse("plan_due", args=[plan.pk]), answers | {"change": "shift"})
    assert b"Days must be a whole number" in response.content


def test_every_button_says_what_it_saves(plan, item, officer):
    page = signed_in(officer).get(step_url(plan, 13)).content.decode()
    buttons = re.findall(r'app-status__save">(.*?)</button>', page)
    assert len(buttons) > 1
    assert len(set(buttons)) == len(buttons)


def test_the_region_for_announcements_is_there_before_there_is_anything_to_say(plan, officer):
    page = signed_in(officer).get(plan.get_absolute_url()).content.decode()
    assert '<p class="govuk-visually-hidden" id="announcement" role="status"></p>' in page


def test_tables_in_excel_name_their_headers(plan):
    plan = Plan.objects.with_all_stages().select_related("council").get(pk=plan.pk)
    content = render_workbook(report_for(plan, today=timezone.localdate()))
    book = openpyxl.load_workbook(io.BytesIO(content))
    heads = {}
    for name, defined in book.defined_names.items():
        region, first, _, number = name.split(".")
        assert region.startswith("TitleRegion")
        ((title, _),) = defined.destinations
        assert book.sheetnames[int(number) - 1] == title
        heads[title] = book[title][first].value
    assert heads == {"Summary": "Stage", "Actions": "Stage"}
