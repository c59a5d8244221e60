"""Download several plans as one zip file in a browser."""

import re
import zipfile

import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import expect

from councils.models import Access, Membership, Office

from .examine import NARROW, WIDE, Examined

pytestmark = pytest.mark.browser


def test_an_adviser_downloads_two_plans_as_one_zip_file(
    page, signed_in, reviewer, plan, their_plan, eastmere
):
    Membership.objects.create(
        user=reviewer, council=eastmere, office=Office.LGA_ADVISER, access=Access.REVIEWER
    )
    examined = Examined()
    page.set_viewport_size(WIDE)
    signed_in(page, reviewer).goto(reverse("home"))
    examined(page, "plans")
    page.get_by_role("button", name="Download as a zip file").click()
    examined(page, "plans, none selected")
    page.get_by_role("alert").get_by_role("link", name="Select at least one plan").click()
    expect(page.locator("#plans")).to_be_focused()
    for council in ("Riverdale", "Eastmere"):
        page.get_by_role("checkbox", name=re.compile(f"^Select {council}")).check()
    page.get_by_role("button", name="Download as a zip file").click()
    expect(page.get_by_text("0 of 2 PDFs ready")).to_be_visible()
    examined(page, "zip, in progress")
    # Run the worker, as it would run beside the server, until the queue is empty.
    call_command("db_worker", "--batch", "--no-startup-delay", verbosity=0)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the zip file").click()
    archive = zipfile.ZipFile(download.value.path())
    assert archive.testzip() is None
    assert [name.split(" ")[0] for name in archive.namelist()] == [
        "Contents.txt",
        "Eastmere",
        "Riverdale",
    ]
    examined(page, "zip, ready")
    page.set_viewport_size(NARROW)
    page.get_by_role("link", name="Your plans").click()
    expect(page.get_by_role("link", name=re.compile("^Action plans requested at"))).to_be_visible()
    examined(page, "plans and a zip, on a phone")
    assert "\n".join(examined.faults) == ""
