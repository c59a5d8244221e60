"""Several action plans as one zip: access, contents, and the reasons for what is left out."""

import datetime as dt
import io
import zipfile

import pytest
import time_machine
from django.core.management import call_command
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from assessments.advisers.actions import grant_adviser
from assessments.data_protection.actions import erase_person, purge_plan
from assessments.plans.actions import PlanDeleted, create_plan
from assessments.plans.models import Event, Plan, PlanItem
from assessments.portfolio.actions import ask_for_bundle
from assessments.portfolio.models import (
    BUNDLE_LIMIT,
    BUNDLES_KEPT,
    Bundle,
    BundlePdf,
    BundlePlan,
)
from assessments.portfolio.tasks import make_bundle
from assessments.printing.pdf import PdfBusy, PdfTooLarge, PdfUnavailable
from assessments.register.actions import add_to_register
from assessments.register.models import Issue
from assessments.words import day_in_words
from councils.actions import end_membership
from councils.models import Access, Membership, Office, User
from tests.acting import HTMX, by_id, draw_pdf_with, error_links, signed_in, text_of, tree_of, words

State = BundlePlan.State


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    """A test that is undone gives its numbers to the next, which must not find its files."""
    settings.PRIVATE_DIR = tmp_path


@pytest.fixture
def adviser(person, riverdale, eastmere):
    """Someone who sees the plans of two councils."""
    user = person(riverdale, "sam", access=Access.REVIEWER, office=Office.LGA_ADVISER)
    Membership.objects.create(
        user=user, council=eastmere, office=Office.LGA_ADVISER, access=Access.REVIEWER
    )
    return user


@pytest.fixture
def client(adviser):
    return signed_in(adviser)


@pytest.fixture
def quick_pdfs(monkeypatch):
    """Draw a PDF with only the council's name. The press has its own tests."""
    draw_pdf_with(monkeypatch, lambda report, wait: b"%PDF of " + report.council.encode())


def ask(client, *plans, query=""):
    return client.post(
        reverse("bundle_ask") + query, {"plans": [getattr(p, "pk", p) for p in plans]}
    )


def asked(client, *plans):
    assert ask(client, *plans).status_code == 302
    return Bundle.objects.latest("pk")


def made(client, *plans):
    bundle = asked(client, *plans)
    make_bundle.call(bundle.pk)
    bundle.refresh_from_db()
    return bundle


def pdfs(bundle):
    """The PDFs that are stored, by plan."""
    return dict(
        BundlePdf.objects.filter(entry__bundle=bundle).values_list("entry__plan", "content")
    )


def page(client, bundle, **extra):
    return client.get(bundle.get_absolute_url(), **extra)


def fetch(client, bundle):
    return client.get(reverse("bundle_zip", args=[bundle.pk]))


def opened(response):
    return zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))


def exports(plan):
    return plan.events.filter(kind=Event.Kind.PLAN_EXPORTED)


def leave(user, plan):
    Membership.objects.filter(user=user, council=plan.council_id).update(ended_at=timezone.now())


# --- The whole way --------------------------------------------------------------------------------


def test_asking_making_and_fetching(client, plan, their_plan, adviser):
    response = ask(client, plan, their_plan)
    bundle = Bundle.objects.get()
    assert response.url == bundle.get_absolute_url()
    task = DBTaskResult.objects.get()
    assert (task.status, task.args_kwargs["args"]) == ("READY", [bundle.pk])
    assert "0 of 2 PDFs ready" in text_of(page(client, bundle))
    assert fetch(client, bundle).status_code == 404
    assert not exports(plan).exists()

    make_bundle.call(bundle.pk)

    assert "2 of 2 PDFs ready." in text_of(page(client, bundle))
    response = fetch(client, bundle)
    assert response.headers["Content-Type"] == "application/zip"
    assert response.headers["Cache-Control"] == "no-store"
    today = timezone.localdate()
    assert response.headers["Content-Disposition"] == (
        f'attachment; filename="transition action plans OFFICIAL-SENSITIVE {today}.zip"'
    )
    archive = opened(response)
    pdfs = [
        f"{council} transition action plan OFFICIAL-SENSITIVE {today}.pdf"
        for council in ("Riverdale Borough Council", "Eastmere District Council")
    ]
    assert archive.namelist() == ["Contents.txt", *pdfs]
    for name in pdfs:
        assert archive.read(name).startswith(b"%PDF-1.7")
    contents = archive.read("Contents.txt").decode("utf-8-sig")
    assert f"Riverdale Borough Council, election of 6 May 2027\r\n  {pdfs[0]}" in contents
    assert contents.startswith(
        f"Transition action plans, requested on {day_in_words(timezone.localdate())} by "
        f"{adviser.name}.\r\nEach PDF contains the whole plan, with notes.\r\n"
    )
    for each in (plan, their_plan):
        event = exports(each).get()
        assert event.by == adviser
        assert event.detail == "PDF: the whole plan, all actions, without guidance, with notes"


@pytest.mark.parametrize(
    ("contents", "detail"),
    [
        ("open", "the whole plan, open actions only, without guidance, with notes"),
        ("summary", "summary"),
        (
            "everything",
            "the whole plan, all actions, with guidance, notes and comments",
        ),
    ],
)
def test_the_person_chooses_what_each_pdf_contains(client, plan, quick_pdfs, contents, detail):
    response = client.post(reverse("bundle_ask"), {"plans": [plan.pk], "contents": contents})
    bundle = Bundle.objects.latest("pk")
    make_bundle.call(bundle.pk)
    assert detail in exports(plan).get().detail
    chosen = bundle.get_contents_display()
    said = f"Each PDF contains {chosen[0].lower()}{chosen[1:]}."
    assert said in text_of(client.get(response.url))


def test_contents_that_are_not_offered_are_refused_beside_the_choice(client, plan):
    data = {"plans": [plan.pk], "contents": "secrets"}
    response = client.post(reverse("bundle_ask"), data)
    assert response.status_code == 422
    assert [target for _, target in error_links(response)] == ["id_contents"]
    assert by_id(response)[f"plan-{plan.pk}"].get("checked") is not None
    assert not Bundle.objects.exists()


def test_an_adviser_who_cannot_see_the_register_gets_none_of_it(plan, chief, granted, monkeypatch):
    add_to_register(Issue, plan, by=chief, kind="crunch", words="A budget for parks", state="open")
    reports = []
    draw_pdf_with(monkeypatch, lambda report, wait: reports.append(report) or b"%PDF")
    for key, stages in (("ada", [1, 2, 3]), ("ben", [1])):
        adviser = granted(plan, key, stages=stages).adviser
        client = signed_in(adviser)
        client.post(reverse("bundle_ask"), {"plans": [plan.pk], "contents": "everything"})
        make_bundle.call(Bundle.objects.latest("pk").pk)
    assert [bool(report.register) for report in reports] == [True, False]


def test_the_page_asks_again_until_it_is_done(client, plan, their_plan, quick_pdfs):
    bundle = asked(client, plan, their_plan)
    for extra in ({}, {"headers": HTMX}):
        links = tree_of(page(client, bundle, **extra)).iter("a")
        (again,) = [a for a in links if a.get("data-hx-get")]
        assert again.get("data-hx-trigger").startswith("every 2s")
        assert again.get("href") == again.get("data-hx-get") == bundle.get_absolute_url()
        assert "bundle" in by_id(page(client, bundle, **extra))
    assert "<html" not in page(client, bundle, headers=HTMX).content.decode()
    make_bundle.call(bundle.pk)
    html = page(client, bundle, headers=HTMX).content.decode()
    assert "data-hx-get" not in html
    assert reverse("bundle_zip", args=[bundle.pk]) in html


def test_progress_counts_what_is_done(client, plan, their_plan, monkeypatch):
    seen = []

    def render(report, wait):
        seen.append(text_of(page(client, Bundle.objects.get())))
        return b"%PDF"

    draw_pdf_with(monkeypatch, render)
    made(client, plan, their_plan)
    assert ["0 of 2 PDFs ready" in seen[0], "1 of 2 PDFs ready" in seen[1]] == [True, True]


def test_two_elections_of_a_council_have_two_names(client, plan, riverdale, chief, quick_pdfs):
    other = create_plan(council=riverdale, by=chief, election_day=dt.date(2028, 5, 4))
    names = opened(fetch(client, made(client, plan, other))).namelist()[1:]
    assert len(set(names)) == 2
    assert " election 2028-05-04 " in names[1]


def test_the_zip_is_marked_as_its_most_sensitive_plan(client, plan, their_plan, quick_pdfs):
    Plan.objects.filter(pk=plan.pk).update(marking="official")
    for plans, marking in (([plan, their_plan], "OFFICIAL-SENSITIVE"), ([plan], "OFFICIAL")):
        name = fetch(client, made(client, *plans)).headers["Content-Disposition"]
        assert f" plans {marking} {timezone.localdate()}.zip" in name


# --- Asking ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("plans", "message"),
    [
        ([], "Select at least one plan"),
        (range(1, BUNDLE_LIMIT + 2), f"Select {BUNDLE_LIMIT} plans or fewer"),
    ],
)
def test_too_few_and_too_many_are_asked_again(client, plan, their_plan, plans, message):
    response = ask(client, *plans, query="?all=1&sort=election")
    assert response.status_code == 422
    assert error_links(response) == [(message, "plans")]
    assert message in words(by_id(response)["plans-error"])
    assert not Bundle.objects.exists()


def test_what_was_ticked_stays_ticked(client, plan, their_plan):
    response = ask(client, plan, *range(10_000, 10_000 + BUNDLE_LIMIT))
    ticked = [
        box.get("value")
        for box in tree_of(response).iter("input")
        if box.get("name") == "plans" and box.get("checked") is not None
    ]
    assert ticked == [str(plan.pk)]


@pytest.mark.parametrize("wrong", ["x", "", "-1", "1.5", "²", "\0", "9" * 400, "9" * 18, "0"])
def test_a_plan_that_is_none_is_no_fault_of_ours(client, plan, their_plan, wrong):
    assert ask(client, plan, wrong).status_code == (404 if wrong in {"0", "9" * 18} else 422)
    assert not Bundle.objects.exists()


def test_a_plan_twice_is_a_plan(client, plan, quick_pdfs):
    assert asked(client, plan, plan).entries.count() == 1


def test_another_councils_plan_does_not_exist(officer, plan, their_plan):
    assert ask(signed_in(officer), plan, their_plan).status_code == 404
    assert not Bundle.objects.exists()


def test_one_at_a_time(client, plan, their_plan, quick_pdfs):
    first = asked(client, plan)
    response = ask(client, their_plan)
    assert response.url == first.get_absolute_url()
    assert "still in progress" in text_of(page(client, first))
    make_bundle.call(first.pk)
    assert asked(client, their_plan) != first


def test_a_list_comes_by_its_button_only(client, plan):
    assert client.get(reverse("bundle_ask")).status_code == 405


# --- Rights are asked again -----------------------------------------------------------------------


def test_what_was_revoked_before_it_was_made_is_not_made(
    client, plan, their_plan, adviser, quick_pdfs
):
    bundle = asked(client, plan, their_plan)
    leave(adviser, plan)
    make_bundle.call(bundle.pk)
    assert not exports(plan).exists()
    assert exports(their_plan).exists()
    assert list(pdfs(bundle)) == [their_plan.pk]
    said = text_of(page(client, bundle))
    assert "1 of 2 PDFs ready. 1 left out: see the reason below." in said
    assert "Left out: you may no longer see this plan" in said


def test_a_pdf_is_left_out_after_access_was_revoked(client, plan, their_plan, adviser, quick_pdfs):
    bundle = made(client, plan, their_plan)
    leave(adviser, plan)
    assert "1 of 2 PDFs ready. 1 left out" in text_of(page(client, bundle))
    archive = opened(fetch(client, bundle))
    assert len(archive.namelist()) == 2
    assert b"Riverdale" not in archive.read(archive.namelist()[1])
    contents = archive.read("Contents.txt").decode("utf-8-sig")
    assert "6 May 2027\r\n  Left out: you may no longer see this plan" in contents
    leave(adviser, their_plan)
    assert "Download the zip file" not in text_of(page(client, bundle))
    assert fetch(client, bundle).status_code == 404


def test_a_pdf_with_stages_no_longer_shared_is_left_out(
    client, plan, their_plan, quick_pdfs, monkeypatch
):
    """The PDF was made with 3 stages, and the reader now has access to one."""
    bundle = made(client, plan)
    monkeypatch.setattr(Plan, "stages", (2,))
    assert fetch(client, bundle).status_code == 404
    assert "you may no longer see this plan" in text_of(page(client, bundle))


def test_a_second_factor_is_required_for_a_zip(chief, plan, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    response = ask(signed_in(chief), plan)
    assert response.status_code == 302
    assert not Bundle.objects.exists()


def test_a_person_who_left_gets_nothing(client, plan, adviser, quick_pdfs):
    bundle = asked(client, plan)
    adviser.is_active = False
    adviser.save()
    make_bundle.call(bundle.pk)
    assert bundle.entries.get().state == State.REFUSED


def test_a_former_member_who_advises_the_council_then_has_no_zip_of_a_member(
    client, plan, their_plan, adviser, chief, quick_pdfs
):
    bundle = made(client, plan, their_plan)
    end_membership(adviser.memberships.get(council=plan.council), by=chief)
    until = timezone.localdate() + dt.timedelta(days=30)
    who = {"email": adviser.email, "name": adviser.name, "by": chief}
    grant_adviser(plan, stages=(1, 2, 3), may_comment=False, until=until, **who)
    with zipfile.ZipFile(io.BytesIO(b"".join(fetch(client, bundle).streaming_content))) as archive:
        pdfs = [name for name in archive.namelist() if name.endswith(".pdf")]
    assert len(pdfs) == 1
    assert pdfs[0].startswith("Eastmere")


def test_a_member_who_leaves_while_a_pdf_is_made_has_no_zip_of_a_member(
    client, plan, adviser, chief, monkeypatch
):
    until = timezone.localdate() + dt.timedelta(days=30)
    who = {"email": adviser.email, "name": adviser.name, "by": chief}

    def draw(report, wait):
        membership = adviser.memberships.current().get(council=plan.council)
        end_membership(membership, by=chief)
        return b"%PDF"

    draw_pdf_with(monkeypatch, draw)
    bundle = made(client, plan)
    assert bundle.entries.get().state == State.REFUSED
    grant_adviser(plan, stages=(1, 2, 3), may_comment=False, until=until, **who)
    assert fetch(client, bundle).status_code == 404


def test_a_zip_is_shown_only_to_the_person_who_requested_it(client, plan, chief, quick_pdfs):
    bundle = made(client, plan)
    other = signed_in(chief)
    assert page(other, bundle).status_code == 404
    assert fetch(other, bundle).status_code == 404
    assert bundle.get_absolute_url() not in other.get("/?all=1").content.decode()
    assert bundle.get_absolute_url() in client.get("/?all=1").content.decode()


# --- What goes wrong ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PdfTooLarge, "too much for one PDF"),
        (PdfBusy, "the PDF could not be made"),
        (PdfUnavailable, "the PDF could not be made"),
        (RuntimeError, "the PDF could not be made"),
    ],
)
def test_one_that_cannot_be_made_does_not_stop_the_others(
    client, plan, their_plan, monkeypatch, error, words
):
    def render(report, wait):
        if report.council.startswith("Riverdale"):
            raise error
        return b"%PDF"

    draw_pdf_with(monkeypatch, render)
    bundle = made(client, plan, their_plan)
    said = text_of(page(client, bundle))
    assert "1 of 2 PDFs ready." in said
    assert f"Left out: {words}" in said
    assert not exports(plan).exists()


def test_a_plan_deleted_before_the_zip_is_requested_is_not_in_it(plan, their_plan, adviser, chief):
    purge_plan(their_plan, by=chief)
    bundle = ask_for_bundle([plan, their_plan], by=adviser)
    assert [entry.plan for entry in bundle.entries.all()] == [plan]
    with pytest.raises(PlanDeleted):
        ask_for_bundle([their_plan], by=adviser)


def test_a_plan_that_is_deleted_meanwhile_does_not_stop_the_others(
    client, plan, their_plan, monkeypatch
):
    def draw(report, wait):
        BundlePlan.objects.exclude(plan=report.plan_id).delete()
        return b"%PDF"

    draw_pdf_with(monkeypatch, draw)
    bundle = made(client, plan, their_plan)
    assert bundle.finished_at
    assert list(pdfs(bundle)) == [bundle.entries.get().plan_id]


def test_a_person_who_is_erased_while_a_pdf_is_made_is_not_named_in_it(
    client, plan, officer, monkeypatch
):
    name = officer.name
    item = plan.items.first()
    PlanItem.objects.filter(pk=item.pk).update(
        owner=Membership.objects.get(user=officer, council=plan.council)
    )

    def draw(report, wait):
        if not User.objects.get(pk=officer.pk).erased_at:
            erase_person(officer, by=None)
        return repr(report).encode()

    draw_pdf_with(monkeypatch, draw)
    bundle = made(client, plan)
    content = bytes(pdfs(bundle)[plan.pk])
    assert name.encode() not in content
    assert f"Removed person {officer.pk}".encode() in content


def test_a_missing_file_is_reported(client, plan, quick_pdfs):
    bundle = made(client, plan)
    BundlePdf.objects.all().delete()
    assert fetch(client, bundle).status_code == 404
    assert "could not be made" in text_of(page(client, bundle))


def test_a_pdf_that_cannot_be_stored_leaves_no_event(client, plan, quick_pdfs, monkeypatch):
    bundle = asked(client, plan)

    def full(**values):
        raise OperationalError("could not extend file: No space left on device")

    monkeypatch.setattr(BundlePdf.objects, "update_or_create", full)
    with pytest.raises(OperationalError):
        make_bundle.call(bundle.pk)
    assert not exports(plan).exists()
    assert bundle.entries.get().state == State.WAITING


def test_what_is_stored_for_one_person_has_a_limit(client, plan, quick_pdfs, monkeypatch):
    bundles = [made(client, plan).pk for _ in range(BUNDLES_KEPT + 1)]
    assert sorted(Bundle.objects.values_list("pk", flat=True)) == bundles[1:]
    shown = text_of(page(client, Bundle.objects.get(pk=bundles[1])))
    assert f"or until you have requested {BUNDLES_KEPT} more zip files" in shown
    monkeypatch.setattr("assessments.portfolio.actions.LARGEST_PDF", 5)
    bundle = made(client, plan)
    assert not pdfs(bundle)
    assert "Left out: too much for one PDF" in text_of(page(client, bundle))


def test_a_zip_that_no_worker_makes_is_reported_as_stopped(client, plan, their_plan, quick_pdfs):
    bundle = asked(client, plan)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=11)):
        client.force_login(bundle.asked_by)
        said = page(client, bundle)
        assert "The download has stopped." in text_of(said)
        assert "data-hx-get" not in said.content.decode()
        assert asked(client, their_plan) != bundle


# --- After a day ----------------------------------------------------------------------------------


def test_after_a_day_it_is_gone(client, plan, quick_pdfs, capsys):
    bundle = made(client, plan)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=23)):
        call_command("clear_bundles")
        assert pdfs(bundle)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=25)):
        client.force_login(bundle.asked_by)
        assert page(client, bundle).status_code == 404
        assert fetch(client, bundle).status_code == 404
        call_command("clear_bundles")
    assert capsys.readouterr().out.splitlines() == [
        "Deleted 0 zip files and 0 kept PDFs.",
        "Deleted 1 zip file and 0 kept PDFs.",
    ]
    assert not BundlePdf.objects.exists()
    assert not Bundle.objects.exists()
    assert exports(plan).exists()


def test_a_zip_has_no_pdf_of_before_a_person_was_erased(
    client, plan, their_plan, chief, officer, quick_pdfs
):
    bundle = made(client, plan, their_plan)
    erase_person(officer, by=chief)
    assert set(pdfs(bundle)) == {their_plan.pk}
    assert "Left out: the PDF could not be made" in text_of(page(client, bundle))
    assert len(opened(fetch(client, bundle)).namelist()) == 2


def test_making_one_clears_those_of_yesterday(client, plan, quick_pdfs, settings):
    folder = settings.PRIVATE_DIR / "bundles" / "1"  # where an earlier version kept them
    folder.mkdir(parents=True)
    earlier = made(client, plan)
    Bundle.objects.update(asked_at=timezone.now() - dt.timedelta(hours=25))
    made(client, plan)
    assert not folder.exists()
    assert not pdfs(earlier)
    assert Bundle.objects.count() == 1


def test_a_bundle_that_is_gone_is_no_work(client, db):
    make_bundle.call(4711)  # must not raise
    assert not Bundle.objects.exists()


def test_no_list_of_plans_is_shown_without_the_second_factor(settings, chief, plan):
    """An invalid form shows the list again: it must not be a way around two-step sign-in."""
    settings.SECOND_FACTOR_REQUIRED = True
    client = signed_in(chief)
    shown = client.get(reverse("home") + "?all=1")
    for data in ({}, {"plans": "x"}, {"plans": str(plan.pk)}):
        response = client.post(reverse("bundle_ask"), data)
        assert response.status_code == shown.status_code != 200
        assert plan.council.name not in response.content.decode()
