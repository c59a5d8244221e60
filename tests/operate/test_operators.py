"""The operators' pages: adding councils, stopping access, notices, the role itself, resets."""

import datetime as dt
import re
from functools import partial
from types import SimpleNamespace

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from assessments.data_protection.actions import purge_plan
from assessments.development.models import CheckIn, CheckInPart
from assessments.rounds.actions import ask_by_link, make_round
from councils.models import (
    Access,
    Council,
    CouncilEvent,
    Membership,
    StandingHasEnded,
    User,
    signs_in_twice,
)
from councils.verification import verify
from operate import actions, health
from operate.access import councils_listed
from operate.jobs import end_unused_requests
from operate.models import OperatorEvent, ScheduledRun, SecondFactorReset, ServiceNotice
from operate.storage import in_words
from tests.acting import browser, error_links, signed_in, text_of
from tests.assessments.plans.test_concurrency import all_at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(db):
    return operator_named("olive")


def operator_named(name, *, days=30):
    """An operator for so many days, with two-step sign-in."""
    person = actions.add_operator(email=f"{name}@operators.example", name=name.title(), by=None)
    since = timezone.now() - dt.timedelta(days=days)
    QuerySet(OperatorEvent).filter(person=person).update(at=since)
    TOTP.activate(person, generate_totp_secret())
    return person


def test_an_authority_not_yet_live_is_added_and_its_first_owner_joins(
    operator, django_capture_on_commit_callbacks
):
    client = signed_in(operator)
    answers = {"name": "Northfold Council", "type": "unitary", "gss_code": ""}
    response = client.post(reverse("operate_council_new"), answers)
    council = Council.objects.get(name="Northfold Council")
    assert response.url == reverse("operate_council", args=[council.slug])
    assert (council.slug, council.gss_code) == ("northfold-council", None)
    again = client.post(reverse("operate_council_new"), answers | {"name": "northfold council"})
    assert again.status_code == 422
    assert "There is a council with this name" in text_of(again)
    assert "Constraint" not in text_of(again)
    again = client.post(reverse("operate_council_new"), answers | {"name": "\u200b"})
    assert "Enter the name" in text_of(again)
    again = client.post(reverse("operate_council_new"), answers | {"name": "North\u202efold"})
    assert "Enter text on one line" in text_of(again)

    place = {"name": "Ada Chief", "email": "ada@northfold.example", "office": "chief-executive"}
    address = reverse("operate_invite", args=[council.slug])
    refused = client.post(address, place | {"email": operator.email})
    assert "An operator cannot be" in refused.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(address, place).status_code == 302
    link = re.search(r"/invitations/\S+", mail.outbox[-1].body)[0]
    browser().post(link, {"password": "seven brown herons"})
    ada = Membership.objects.get(council=council)
    assert (ada.user.email, ada.access) == ("ada@northfold.example", Access.OWNER)
    refused = client.post(address, place | {"email": "other@northfold.example"})
    assert "This council has an owner" in refused.content.decode()
    assert verify(council).problems == []
    kinds = set(OperatorEvent.objects.filter(council=council).values_list("kind", flat=True))
    assert kinds == {"council-added", "owner-invited"}


def test_an_operator_sees_the_stage_of_a_plan_until_its_first_year_is_over(operator, plan):
    """The plan's election is on 6 May 2027."""
    for day, stage in (
        (dt.date(2027, 5, 5), "stage 1"),
        (dt.date(2028, 5, 6), "stage 3"),
        (dt.date(2028, 5, 7), "first year ended"),
    ):
        with time_machine.travel(dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)):
            shown = signed_in(operator).get(reverse("operate_council", args=[plan.council.slug]))
        assert f"Election on 6 May 2027: {stage}" in text_of(shown)


def test_the_deletion_of_a_plan_counts_as_the_last_change(operator, plan, chief):
    with time_machine.travel(dt.datetime(2035, 1, 2, 12, tzinfo=dt.UTC), tick=False):
        purge_plan(plan, by=chief)
    (council,) = councils_listed(text=plan.council.name)
    assert council.plan_count == 0
    page = signed_in(operator).get(reverse("operate"))
    assert "2 Jan 2035" in text_of(page)


def test_an_operator_sees_how_much_a_council_keeps(operator, riverdale):
    shown = signed_in(operator).get(reverse("operate_council", args=[riverdale.slug]))
    assert "in its record, no files" in text_of(shown)
    assert [in_words(size) for size in (12_300, 3_400_000)] == ["12KB of files", "3.4MB of files"]


def test_an_operator_cannot_add_an_owner_to_a_council_that_has_one(
    operator, riverdale, chief, django_capture_on_commit_callbacks
):
    """Not even by an invitation that was sent before: they could let a second account of theirs in.

    An owner who wants the person sends the invitation again.
    """
    Membership.objects.filter(council=riverdale).update(access=Access.EDITOR)
    client, address = signed_in(operator), reverse("operate_invite", args=[riverdale.slug])
    place = {"name": "Olive Two", "email": "olive@home.example", "office": "chief-executive"}
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(address, place).status_code == 302
    link = re.search(r"/invitations/\S+", mail.outbox[-1].body)[0]
    assert browser().get(link).status_code == 200
    Membership.objects.filter(user=chief).update(access=Access.OWNER)
    assert browser().get(link).status_code == 404
    assert browser().post(link, {"password": "seven brown herons"}).status_code == 404
    people = reverse("people", args=[riverdale.slug])
    assert "Olive Two" in signed_in(chief).get(people).content.decode()
    invitation = riverdale.invitations.get()
    with django_capture_on_commit_callbacks(execute=True):
        signed_in(chief).post(reverse("invitation_resend", args=[riverdale.slug, invitation.pk]))
    again = re.search(r"/invitations/\S+", mail.outbox[-1].body)[0]
    assert browser().get(again).status_code == 200


def test_the_register_is_imported_and_its_faults_are_shown(operator):
    client, address = signed_in(operator), reverse("operate_register")
    header = "gss,official_name,type,start_date,end_date,current_2025\n"
    good = header + "E07000001,Ash District Council,Non-metropolitan district,,,True\n"

    def send(text):
        file = SimpleUploadedFile("councils.csv", text.encode())
        return client.post(address, {"register": file})

    bad = send(header + "X1,,Village,,,perhaps\n")
    assert bad.status_code == 422
    assert "official_name is empty" in bad.content.decode()
    assert send(good).status_code == 302
    assert Council.objects.get(gss_code="E07000001").name == "Ash District Council"
    assert "1 added" in OperatorEvent.objects.get(kind="councils-imported").detail


def test_stopped_access_ends_every_way_to_the_plans_until_it_restarts(
    operator, plan, chief, granted, django_capture_on_commit_callbacks
):
    grant = granted(plan, "ada")
    today, link = timezone.localdate(), []
    made = make_round(plan, name="First", opens=today, closes=today, by=chief)
    ask_by_link(
        made,
        name="Cllr",
        email="c@example.org",
        group="wider",
        by=chief,
        link_for=lambda token: link.append(token) or token,
    )
    by_link = reverse("review_begin", args=[link[0]])
    client = signed_in(operator)
    with django_capture_on_commit_callbacks(execute=True):
        stop = reverse("operate_stop", args=[plan.council.slug])
        client.post(stop, {"reason": "A stolen laptop"})
    told = [each for each in mail.outbox if "has been stopped" in each.subject]
    assert [each.to for each in told] == [[chief.email]]
    assert "A stolen laptop" in told[0].body

    pages = [reverse("plan", args=[plan.pk]), reverse("people", args=[plan.council.slug])]
    for page in pages:
        response = signed_in(chief).get(page)
        assert response.status_code == 403
        assert "has been stopped by the organisation" in response.content.decode()
    assert signed_in(grant.adviser).get(pages[0]).status_code == 404
    gone = browser().get(by_link)
    assert gone.status_code == 404
    assert "or access to the council’s plans has been stopped" in text_of(gone)
    account = text_of(signed_in(chief).get(reverse("account")))
    assert "Access to the plans of Riverdale Borough Council has been stopped" in account
    assert "You do not belong to a council" not in account
    home = signed_in(chief).get(reverse("home")).content.decode()
    assert "Riverdale" not in home
    assert "Access to your council’s plans has been stopped" in home
    assert "ask the plan owner" not in home
    # Someone with a check-in is told as well, and so is an adviser.
    CheckInPart.objects.create(check_in=CheckIn.objects.create(), person=chief)
    home = text_of(signed_in(chief).get(reverse("home")))
    assert "Access to your council’s plans has been stopped" in home
    assert "Your check-ins are between you" in home
    home = text_of(signed_in(grant.adviser).get(reverse("home")))
    assert "Access to a plan that you advise on has been stopped" in home
    assert "ask the plan owner" not in home

    client.post(reverse("operate_restart", args=[plan.council.slug]))
    assert all(signed_in(chief).get(page).status_code == 200 for page in pages)
    assert signed_in(grant.adviser).get(pages[0]).status_code == 200
    assert browser().get(by_link).status_code == 200
    kinds = CouncilEvent.objects.filter(kind__startswith="access-").values_list("kind", flat=True)
    assert sorted(kinds) == ["access-restarted", "access-stopped"]
    assert verify(plan.council).problems == []


def test_a_notice_is_on_every_page_until_it_ends(operator, django_capture_on_commit_callbacks):
    client, words = signed_in(operator), "Closed on Sunday"
    for text in ("Something else", words):
        with django_capture_on_commit_callbacks(execute=True):
            client.post(reverse("operate_notice"), {"text": text})
    assert ServiceNotice.objects.filter(ended_at=None).get().text == words
    assert words in browser().get(reverse("account_login")).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("operate_notice_end"))
    assert words not in browser().get(reverse("account_login")).content.decode()


def test_the_page_that_removes_an_operator_speaks_to_an_operator_of_themselves(operator):
    client, second = signed_in(operator), operator_named("oscar")
    others = text_of(client.get(reverse("operate_operator_remove", args=[second.pk])))
    assert "Remove Oscar as an operator? They will no longer" in others
    own = reverse("operate_operator_remove", args=[operator.pk])
    assert "Remove yourself as an operator? You will no longer" in text_of(client.get(own))
    assert "You are no longer an operator." in text_of(client.post(own, follow=True))


def test_the_last_operator_stays_and_a_removed_one_sees_nothing(
    operator, django_capture_on_commit_callbacks
):
    client = signed_in(operator)
    alone = client.post(reverse("operate_operator_remove", args=[operator.pk]))
    assert alone.status_code == 409
    second, third = operator_named("oscar"), operator_named("otto")
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("operate_operator_remove", args=[second.pk]))
    assert {each.to[0] for each in mail.outbox} == {second.email, third.email}
    assert f"Removed by: Olive ({operator.email})" in mail.outbox[0].body
    subjects = {each.to[0]: each.subject for each in mail.outbox}
    assert subjects[second.email] == "You are no longer an operator of the transition planner"
    assert subjects[third.email] == "Oscar is no longer an operator of the transition planner"
    told = {each.to[0]: each.body for each in mail.outbox}
    assert "\nYou are no longer an operator" in told[second.email]
    assert "http://localhost:8000/contact/ says how to reach them." in told[second.email]
    assert f"({second.email}) is no longer an operator" in told[third.email]
    assert signed_in(second).get(reverse("operate")).status_code == 404
    assert not User.objects.get(pk=second.pk).is_operator


def test_a_new_operator_is_told_that_a_link_to_choose_a_password_follows(
    operator, chief, django_capture_on_commit_callbacks
):
    """The email with the link tells someone who did not ask for it to do nothing."""
    client = signed_in(operator)
    for data in ({"email": "una@operators.example", "name": "Una"}, {"email": chief.email}):
        with django_capture_on_commit_callbacks(execute=True):
            client.post(reverse("operate_operators"), data)
    told = {each.to[0]: each.body for each in mail.outbox if "You are now" in each.body}
    follows = "Another email, with a link to choose a password, is on its way."
    assert follows in told["una@operators.example"]
    assert "After 7 days, you can ask for what needs two operators" in told["una@operators.example"]
    assert follows not in told[chief.email]
    assert [each.to for each in mail.outbox if "/password/reset/" in each.body] == [
        ["una@operators.example"]
    ]
    (link,) = (each.body for each in mail.outbox if "/password/reset/" in each.body)
    assert "You have been given an account in the transition planner." in link
    assert "If you did not expect this" in link
    assert "We received a request" not in link


def test_an_operator_who_was_one_when_the_request_began_adds_none(operator):
    """It can have waited for the end of the role, and would undo it."""
    second = operator_named("oscar")
    began = User.objects.get(pk=second.pk)
    actions.remove_operator(second, by=operator)
    for email in (began.email, "third@operators.example"):
        with pytest.raises(StandingHasEnded):
            actions.add_operator(email=email, name="Third", by=began)
    assert list(User.objects.filter(is_operator=True)) == [operator]


def test_a_reset_of_two_step_sign_in_needs_two_operators(
    operator, chief, django_capture_on_commit_callbacks
):
    TOTP.activate(chief, generate_totp_secret())
    second = operator_named("oscar")
    first_client, second_client = signed_in(operator), signed_in(second)
    answers = {"email": chief.email, "reason": "Called back on the switchboard"}
    assert first_client.post(reverse("operate_resets"), answers).status_code == 302
    assert first_client.post(reverse("operate_resets"), answers).status_code == 422
    agree = reverse("operate_reset_agree", args=[SecondFactorReset.objects.get().pk])
    first_client.post(agree)
    assert signs_in_twice(chief)
    with django_capture_on_commit_callbacks(execute=True):
        second_client.post(agree)
    assert not signs_in_twice(chief)
    told = {each.to[0]: each.body for each in mail.outbox}
    assert told.keys() == {chief.email, operator.email, second.email}
    for body in told.values():
        assert operator.email in body
        assert second.email in body
    assert ", system administrators of the planner." in told[chief.email]  # not “operators”
    assert "administrators" not in told[operator.email]
    cancel = reverse("operate_reset_cancel", args=[SecondFactorReset.objects.get().pk])
    for late in (agree, cancel):
        said = text_of(second_client.post(late, follow=True))
        assert "This request has already been carried out or cancelled, or has ended." in said


@pytest.mark.parametrize("is_cancelled", [True, False], ids=["cancelled", "lapsed"])
def test_a_reset_that_ends_is_told_to_those_who_were_told_of_it(
    operator, chief, django_capture_on_commit_callbacks, is_cancelled
):
    second = operator_named("second")
    TOTP.activate(chief, generate_totp_secret())
    asked = {"email": chief.email, "reason": "Lost phone", "by": operator}
    reset = actions.request_reset(**asked)
    mail.outbox.clear()
    with (
        time_machine.travel(timezone.now() + dt.timedelta(days=28, minutes=1), tick=False),
        django_capture_on_commit_callbacks(execute=True),
    ):
        if is_cancelled:
            reset.asked_at = timezone.now()
            SecondFactorReset.objects.update(asked_at=reset.asked_at)
            assert actions.cancel_reset(reset, by=operator)
            assert not actions.cancel_reset(reset, by=second)
        else:
            assert not actions.agree_to_reset(reset, by=second)
            assert not actions.cancel_reset(reset, by=second)
            assert end_unused_requests() == "Ended 1 request."
            assert end_unused_requests() == "Ended 0 requests."
            # It can be asked for again, also if the job was not done.
            SecondFactorReset.objects.update(closed_at=None)
            actions.request_reset(**asked)
    assert signs_in_twice(chief)
    told = {each.to[0]: each for each in mail.outbox if "Reset requested" not in each.subject}
    done = "has been cancelled by" if is_cancelled else "has lapsed"
    assert told.keys() >= {chief.email, second.email}
    assert (operator.email in told) != is_cancelled
    assert done in told[chief.email].body
    assert "your two-step sign-in" in told[chief.email].subject


def test_an_operator_cannot_agree_with_a_second_account_made_for_it(
    operator, chief, django_capture_on_commit_callbacks
):
    """Nor one who has only just turned on two-step sign-in. Everyone is told of each step."""
    TOTP.activate(chief, generate_totp_secret())
    other = operator_named("oscar")
    with django_capture_on_commit_callbacks(execute=True):
        actions.add_operator(email="olive@home.example", name="Olive Two", by=operator)
    assert {each.to[0] for each in mail.outbox} == {"olive@home.example", other.email}
    mine = User.objects.get(email="olive@home.example")
    TOTP.activate(mine, generate_totp_secret())
    with django_capture_on_commit_callbacks(execute=True):
        reset = actions.request_reset(email=chief.email, reason="A call", by=operator)
    added = {each.to[0]: each.subject for each in mail.outbox if "now an operator" in each.subject}
    assert added == {
        mine.email: "You are now an operator of the transition planner",
        other.email: "Olive Two is now an operator of the transition planner",
    }
    told = {each.to[0]: each.body for each in mail.outbox if "now an operator" in each.subject}
    assert "You need two-step sign-in" in told[mine.email]
    assert "two-step" not in told[other.email]
    asked = {each.to[0] for each in mail.outbox if "Reset requested" in each.subject}
    assert asked == {chief.email, other.email, mine.email}
    bodies = {each.to[0]: each.body for each in mail.outbox if "Reset requested" in each.subject}
    assert "has asked to reset your two-step sign-in." in bodies[chief.email]
    assert f"has asked to reset two-step sign-in for {chief.name} (" in bodies[other.email]
    assert "A second system administrator has to agree" in bodies[chief.email]
    assert "A second operator has to agree" in bodies[other.email]
    response = signed_in(mine).post(reverse("operate_reset_agree", args=[reset.pk]), follow=True)
    assert "7 days or more after you became an operator" in response.content.decode()
    # The other way round: the new operator asks, and the one who made them an operator agrees.
    asks = {"email": chief.email, "reason": "A call"}
    actions.cancel_reset(reset, by=other)
    refused = signed_in(mine).post(reverse("operate_resets"), asks)
    assert "an operator for less than 7 days" in error_links(refused)[0][0]
    reset = SecondFactorReset.objects.create(person=chief, reason="A call", asked_by=mine)
    with pytest.raises(actions.NeedsSecondOperator, match="when they asked for this"):
        actions.agree_to_reset(reset, by=operator)
    SecondFactorReset.objects.filter(pk=reset.pk).update(asked_by=operator)
    reset.refresh_from_db()
    Authenticator.objects.filter(user=other).update(created_at=timezone.now())
    with pytest.raises(actions.NeedsSecondOperator, match="after this request"):
        actions.agree_to_reset(reset, by=other)
    assert signs_in_twice(chief)


def test_each_part_of_the_service_is_checked(operator, quick_press, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # where no server listens
    found = {check.name: check.is_well for check in health.all_checks()}
    assert found.pop("Mail") is False
    assert found.keys() == {
        *("Database", "Migrations", "Cache", "Worker", "Scheduled work", "Backups"),
        *("Bank holidays", "PDF"),
    }
    html = signed_in(operator).get(reverse("operate_health")).content.decode()
    assert "127.0.0.1 does not accept a connection" in html


def test_health_says_if_pdfs_have_no_folder_for_their_locks(operator, settings, tmp_path):
    settings.PRIVATE_DIR = tmp_path / "file" / "private"
    (tmp_path / "file").touch()
    found = health.pdf()
    assert (found.is_well, found.words) == (
        False,
        f"PRIVATE_DIR, {settings.PRIVATE_DIR}, cannot be written to (Not a directory).",
    )
    assert signed_in(operator).get(reverse("operate_health")).status_code == 200


def test_health_says_where_backups_are_and_that_there_are_none(operator, settings):
    settings.BACKUP_DIR = ""
    assert "BACKUP_DIR is not set" in health.backups().words
    shown = text_of(signed_in(operator).get(reverse("operate_health")))
    assert "Backups Not set up. The worker makes none" in shown
    assert "Mail Not set up. No mail server is used" in shown
    assert "Backups Works" not in shown
    settings.BACKUP_DIR = "/srv/backups"
    assert health.backups().is_well is False
    at = dt.datetime(2027, 5, 7, tzinfo=dt.UTC)
    for ended_at, is_well in ((at, True), (at + dt.timedelta(days=1), False)):
        ScheduledRun.objects.create(
            job="back-up", slot=f"{ended_at:%F}", ended_at=ended_at, is_well=is_well
        )
    found = health.backups()
    assert found.is_well
    assert "/srv/backups. The last one was made on 7 May 2027 at 1am" in found.words
    assert "not encrypted" in found.words


@pytest.mark.parametrize(
    ("server", "program", "is_well"),
    [
        (150004, "15.9", True),
        (160002, "17.0", False),
        (140011, "18.1", False),
        (170000, "17.2", True),
    ],
)
def test_health_says_if_no_backup_could_be_restored(
    db, server, program, is_well, monkeypatch, tmp_path, settings
):
    """From version 17 on, pg_dump writes a setting that earlier servers refuse."""
    settings.BACKUP_DIR = "/srv/backups"
    ScheduledRun.objects.create(job="back-up", slot="1", ended_at=timezone.now(), is_well=True)
    pg_dump = tmp_path / "pg_dump"
    pg_dump.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {program} (Debian 17-1)'\n")
    pg_dump.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    ours = SimpleNamespace(vendor="postgresql", pg_version=server)
    monkeypatch.setattr("operate.backup.connection", ours)
    found = health.backups()
    assert found.is_well is is_well
    assert ("cannot be restored" in found.words) is not is_well


def test_the_log_only_grows(operator):
    event = OperatorEvent.objects.get()
    for change in (event.save, event.delete, OperatorEvent.objects.all().delete):
        with pytest.raises(TypeError):
            change()


@pytest.mark.django_db(transaction=True)
def test_two_operators_who_ask_for_one_reset_at_once_make_one_request(operator, chief):
    TOTP.activate(chief, generate_totp_secret())
    other = operator_named("oscar")
    url, asks = reverse("operate_resets"), {"email": chief.email, "reason": "A call"}
    clients = [signed_in(each) for each in (operator, other)]
    answers = all_at_once([partial(client.post, url, asks) for client in clients])
    assert sorted(each.status_code for each in answers) == [302, 422]
    refused = next(each for each in answers if each.status_code == 422)
    assert error_links(refused) == [
        ("A reset for this person has been requested already", "id_email")
    ]
    assert SecondFactorReset.objects.count() == 1


def test_what_an_operator_sends_twice_is_done_once(operator, chief):
    TOTP.activate(chief, generate_totp_secret())
    client, token = signed_in(operator), {"csrfmiddlewaretoken": "of one page"}
    for name, sent in (
        ("operate_resets", {"email": chief.email, "reason": "A call"}),
        ("operate_notice", {"text": "Closed on Sunday"}),
        ("operate_operators", {"email": "new@operators.example", "name": "New"}),
    ):
        answers = [client.post(reverse(name), sent | token) for _ in range(2)]
        assert [each.status_code for each in answers] == [302, 302], name
    assert SecondFactorReset.objects.count() == 1
    assert ServiceNotice.objects.count() == 1
