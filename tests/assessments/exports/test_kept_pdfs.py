"""A PDF that shows the same is not set twice in a day, and what is kept is deleted in time."""

import datetime as dt

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from assessments.exports import kept, pdf
from assessments.exports.models import KeptPdf
from assessments.plans.actions import save_item
from assessments.plans.models import Event, Plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def sets(monkeypatch):
    """Set no PDF, but note what would be set."""
    noted = []

    def set_pdf(html, **options):
        noted.append(html)
        return b"%PDF " + str(len(noted)).encode()

    monkeypatch.setattr(pdf, "print_pdf", set_pdf)
    return noted


@pytest.fixture
def download(client, plan):
    def download(user, **choices):
        client.force_login(user)
        choices = {"scope": "whole", "notes": "1"} | choices
        return client.post(reverse("action_plan_pdf", args=[plan.pk]), choices).content

    return download


def test_the_same_document_is_set_once_and_each_download_is_recorded(sets, download, plan, chief):
    assert download(chief) == download(chief) == b"%PDF 1"
    assert len(sets) == 1
    assert plan.events.filter(kind=Event.Kind.PLAN_EXPORTED).count() == 2


def test_a_change_another_choice_and_the_next_day_need_another_one(sets, download, plan, chief):
    first = download(chief)
    assert download(chief, notes="") != first
    item = plan.items.first()
    save_item(item, version=item.version, by=chief, note="The leaders meet on Monday.")
    assert download(chief) not in (first, b"%PDF 2")
    assert len(sets) == 3
    with time_machine.travel(timezone.now() + dt.timedelta(days=1)):
        download(chief)
    assert len(sets) == 4


def test_what_one_reader_cannot_see_does_not_come_from_the_copy_of_another(
    sets, download, plan, chief, granted
):
    item = plan.items.filter(step__stage__number=3).first()
    save_item(item, version=item.version, by=chief, note="A note on stage 3.")
    adviser = granted(plan, "ada", stages=[1]).adviser
    assert download(chief) == b"%PDF 1"
    assert download(adviser) == b"%PDF 2"
    assert "A note on stage 3." in sets[0]
    assert "A note on stage 3." not in sets[1]


def test_what_is_kept_is_bounded(sets, plan, monkeypatch):
    for number in range(kept.KEPT + 3):
        kept.kept_or_made(plan.pk, f"<p>{number}</p>", lambda: b"%PDF")
    assert KeptPdf.objects.count() == kept.KEPT
    monkeypatch.setattr(kept, "LARGEST", 3)
    kept.kept_or_made(plan.pk, "<p>large</p>", lambda: b"%PDF large")
    assert not KeptPdf.objects.filter(content=b"%PDF large").exists()


def test_it_is_deleted_after_a_day_and_when_a_name_is_erased(sets, plan, their_plan):
    for each in (plan, their_plan):
        kept.kept_or_made(each.pk, "<p>1</p>", lambda: b"%PDF")
    kept.forget_pdfs(Plan.objects.filter(pk=plan.pk))
    assert KeptPdf.objects.get().plan_id == their_plan.pk
    with time_machine.travel(timezone.now() + dt.timedelta(hours=25)):
        assert kept.kept_or_made(their_plan.pk, "<p>1</p>", lambda: b"%PDF new") == b"%PDF new"
    with time_machine.travel(timezone.now() + dt.timedelta(hours=50)):
        call_command("clear_bundles")
    assert not KeptPdf.objects.exists()
