"""From the result of a poll to committee seats that can go to annual council."""

import io
import re
import time

import openpyxl
import pytest
from django.urls import reverse
from playwright.sync_api import expect

from .examine import WIDE, Examined

pytestmark = pytest.mark.browser

GROUPS = {"Conservative": 18, "Green": 7, "Independent": 3, "Labour": 14, "Liberal Democrat": 10}
COMMITTEES = "\n".join(
    f"{name}\t{size}"
    for name, size in {
        "Planning": 13,
        "Licensing": 12,
        "Scrutiny": 11,
        "Finance": 9,
        "Audit": 9,
        "Standards": 7,
        "Employment": 7,
        "Housing": 9,
        "Appeals": 5,
    }.items()
)
FIVE_MINUTES = 5 * 60
PDF_TIMEOUT = 60_000  # milliseconds; a busy machine is slow


@pytest.fixture
def examined():
    examined = Examined()
    yield examined
    assert examined.seen
    assert examined.faults == []


def test_a_monitoring_officer_goes_from_the_result_to_annual_council(
    page, signed_in, officer, riverdale, plan, examined
):
    started = time.monotonic()
    page.set_viewport_size(WIDE)
    signed_in(page, officer).goto(plan.get_absolute_url())
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Council").click()
    examined(page, "no composition")
    page.get_by_role("button", name="Enter the composition").click()
    examined(page, "composition form")
    page.get_by_role("button", name="Save composition").click()
    expect(page.get_by_role("alert").get_by_role("link")).to_have_count(1)
    examined(page, "composition form, nothing typed")
    for part, value in (("Day", "7"), ("Month", "5"), ("Year", "2026")):
        page.get_by_label(part, exact=True).fill(value)
    for n, (name, members) in enumerate(GROUPS.items(), start=1):
        page.get_by_label(f"Name of group {n}").fill(name)
        page.get_by_label(f"Members of group {n}").fill(str(members))
    page.get_by_label("Members in no group").fill("2")
    page.get_by_role("button", name="Save composition").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("No overall control")
    expect(page.get_by_text("A majority is more than half of all 54 seats: 28.")).to_be_visible()
    expect(page.get_by_role("cell", name="Conservative + Labour", exact=True)).to_be_visible()
    examined(page, "composition")

    page.get_by_role("link", name="Political balance").click()
    examined(page, "no allocation")
    page.get_by_role("button", name="Allocate the seats").click()
    page.get_by_text("Paste from a spreadsheet, or upload").click()
    page.get_by_label(re.compile("^Paste from a spreadsheet")).fill(COMMITTEES)
    page.get_by_role("button", name="Fill in the table").click()
    expect(page.get_by_label("Seats of committee 9")).to_have_value("5")
    examined(page, "committees")
    page.get_by_role("button", name="Allocate the seats").click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text("to settle")
    page.get_by_role("button", name="Settle this tie").click()
    expect(page.get_by_role("alert").get_by_role("link")).to_have_count(2)
    examined(page, "allocation, a decision without a choice")
    for _ in range(20):
        if "Provisional" not in heading.inner_text():
            break
        page.get_by_role("radio").first.check()
        page.get_by_label("Who decided, and how?").first.fill("The chair drew lots")
        page.get_by_role("button", name="Settle this tie").click()
    expect(heading).to_have_text("In political balance")
    examined(page, "allocation")
    page.get_by_role("link", name="Change the seats of Planning").click()
    examined(page, "departure")
    page.go_back()
    page.get_by_role("link", name="Record the vote").click()
    examined(page, "vote")
    page.go_back()

    with page.expect_download(timeout=PDF_TIMEOUT) as download:
        page.get_by_role("button", name="Download PDF").click(timeout=PDF_TIMEOUT)
    with open(download.value.path(), "rb") as file:
        assert file.read(5) == b"%PDF-"
    with page.expect_download() as download:
        page.get_by_role("button", name="Download Excel").click()
    with open(download.value.path(), "rb") as file:
        book = openpyxl.load_workbook(io.BytesIO(file.read()))
    assert book["Seats"]["A1"].value == f"{riverdale.name}: political balance"
    assert time.monotonic() - started < FIVE_MINUTES

    page.goto(reverse("balances", args=[riverdale.slug]))
    examined(page, "allocations")
