"""A plan owner gives an adviser access to a plan or to stages of it, changes it and ends it."""

import datetime as dt
import re

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from assessments.access import item_for, plan_for
from assessments.advisers.access import grant_for
from assessments.advisers.actions import change_grant, grant_adviser, revoke_grant
from assessments.notices.letters import letter_for
from assessments.notices.models import Notice
from assessments.plans.models import (
    STAGES,
    AdviserGrant,
    Event,
    Marking,
    Plan,
    PlanItem,
    latest_until,
    stages_in_words,
)
from assessments.restricted_notes.actions import save_restricted_note
from councils.actions import add_member, end_membership
from councils.models import Access, AdviserAccess, Membership, StandingHasEnded, User
from councils.permissions import Right, SecondFactorNeeded
from tests.acting import browser, draw_pdf_with, error_links, own_item, signed_in, step_url, text_of

AHEAD = dt.timedelta(days=60)


def url(plan, name="plan_advisers", *args):
    return reverse(name, args=[plan.pk, *args])


def form(**changes):
    day = changes.pop("until", timezone.localdate() + AHEAD)
    return {
        "name": "Ada Byron",
        "email": "ada@example.org",
        "stages": [2],
        "reach": "read",
        "until-day": day.day,
        "until-month": day.month,
        "until-year": day.year,
    } | changes


def seen_on(response):
    """The scope that a page says it was opened with."""
    return re.search('name="seen" value="([^"]*)"', response.content.decode())[1]


def kinds(plan):
    return list(plan.events.order_by("pk").values_list("kind", flat=True))[1:]


# --- Giving ---------------------------------------------------------------------------------------


def test_every_page_says_that_an_adviser_is_from_outside_the_council(plan, chief):
    client = signed_in(chief)
    for name in ("plan_advisers", "plan_adviser_new"):
        assert "An adviser is from outside the council" in text_of(client.get(url(plan, name)))
    assert "advisers from outside the council" in text_of(client.get(reverse("privacy")))


def test_an_owner_gives_a_new_person_stage_2(
    chief, plan, django_capture_on_commit_callbacks, monkeypatch
):
    with django_capture_on_commit_callbacks(execute=True):
        response = signed_in(chief).post(url(plan, "plan_adviser_new"), form())
    assert response.url == url(plan)
    grant = AdviserGrant.objects.get()
    assert (grant.stages, grant.may_comment, grant.granted_by) == ((2,), False, chief)
    assert not grant.adviser.has_usable_password()
    event = plan.events.get(kind=Event.Kind.ADVISER_GRANTED)
    assert event.by == chief
    assert event.detail.startswith("ada@example.org: Stage 2, to view")
    # The e-mail says who, where and until when, and leads to choosing a password once.
    [sent] = mail.outbox
    assert sent.to == ["ada@example.org"]
    assert plan.council.name in sent.subject
    assert chief.name in sent.body
    assert f"{grant.until:%B %Y}" in sent.body
    for revealing in ("tage 2", "election", "plan of", f"/plans/{plan.pk}"):
        assert revealing not in sent.body
    link = re.search(r"http://testserver(/\S+)", sent.body)[1]
    theirs = browser()
    page = theirs.get(link, follow=True)
    assert page.context["form"].user == grant.adviser
    password = {"password1": "seven brown herons", "password2": "seven brown herons"}
    theirs.post(page.request["PATH_INFO"], password)
    grant.adviser.refresh_from_db()
    assert grant.adviser.check_password("seven brown herons")
    assert "_auth_user_id" not in theirs.session  # signing in still asks for the code
    assert browser().get(link, follow=True).context.get("token_fail")


@pytest.mark.parametrize("is_required", [True, False])
def test_a_new_adviser_is_told_whether_they_need_two_step_sign_in(
    chief, plan, settings, django_capture_on_commit_callbacks, is_required
):
    client = signed_in(chief)
    settings.SECOND_FACTOR_REQUIRED = is_required
    TOTP.activate(chief, generate_totp_secret())
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url(plan, "plan_adviser_new"), form())
    [sent] = [each for each in mail.outbox if each.to == ["ada@example.org"]]
    assert ("You also need two-step sign-in" in sent.body) is is_required


def test_a_person_with_an_account_keeps_their_name_and_password(
    chief, plan, stranger, django_capture_on_commit_callbacks
):
    name = stranger.name
    User.objects.filter(pk=stranger.pk).update(digest_frequency="weekly")
    with django_capture_on_commit_callbacks(execute=True):
        signed_in(chief).post(
            url(plan, "plan_adviser_new"), form(email=stranger.email.upper(), stages=[1, 3])
        )
    grant = AdviserGrant.objects.get()
    assert (grant.adviser, grant.adviser.name) == (stranger, name)
    assert mail.outbox == []  # they are told as often as they want email, and need no link
    notice = Notice.objects.get(user=stranger)
    assert notice.kind == Notice.Kind.ACCESS
    User.objects.filter(pk=stranger.pk).update(digest_frequency="at-once")
    Plan.objects.filter(pk=plan.pk).update(marking=Marking.OFFICIAL)
    notice.refresh_from_db()
    until = grant.until
    body = letter_for(notice).body
    assert f"Until the end of {until.day} {until:%B %Y}\n" in body
    assert "Due by" not in body
    assert Plan.objects.visible_to(stranger).get(pk=plan.pk).stages == (1, 3)


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"name": ""}, "name", "Enter their name"),
        ({"name": "x" * 121}, "name", "120 characters or fewer"),
        ({"name": "a\0b"}, "name", "Null characters"),
        ({"email": ""}, "email", "Enter their email address"),
        ({"email": "ada"}, "email", "email address in the correct format"),
        ({"email": f"{'x' * 60}@{'y.' * 120}org"}, "email", ""),
        ({"stages": []}, "stages", "Select at least one stage"),
        ({"stages": ["4"]}, "stages", "Select stages from the list"),
        ({"stages": ["2", "\0"]}, "stages", "Select stages from the list"),
        ({"reach": "everything"}, "reach", "Select what they can do"),
        ({"reach": ""}, "reach", "Select what they can do"),
        ({"until-day": ""}, "until", "The last day must include a day"),
        ({"until": timezone.localdate()}, "until", "must be in the future"),
        ({"until": latest_until(timezone.localdate()) + dt.timedelta(1)}, "until", "or earlier"),
    ],
)
def test_an_error_is_shown_beside_the_field_and_the_form_keeps_what_was_typed(
    chief, plan, changes, field, message
):
    response = signed_in(chief).post(url(plan, "plan_adviser_new"), form(**changes))
    assert response.status_code == 422
    [(said, link)] = error_links(response)
    assert message in said
    assert link.startswith(f"id_{field}")
    if field != "email":
        assert 'value="ada@example.org"' in response.content.decode()
    assert not AdviserGrant.objects.exists()
    assert not User.objects.filter(email="ada@example.org").exists()


def test_a_name_is_saved_on_one_line(chief, plan, django_capture_on_commit_callbacks):
    """A line break in a name would end the header of an email that has it in the subject."""
    with django_capture_on_commit_callbacks(execute=True):
        signed_in(chief).post(
            url(plan, "plan_adviser_new"), form(name=" Ada\r\nSubject:  Byron\t", email="ADA@x.org")
        )
    adviser = User.objects.get(email="ada@x.org")
    assert adviser.name == "Ada Subject: Byron"
    assert len(mail.outbox) == 1


def test_the_longest_grant_is_eighteen_months(plan, chief):
    assert latest_until(dt.date(2026, 11, 22)) == dt.date(2028, 5, 22)
    assert latest_until(dt.date(2026, 8, 31)) == dt.date(2028, 2, 29)
    assert latest_until(dt.date(2026, 6, 30)) == dt.date(2027, 12, 30)
    last = latest_until(timezone.localdate())
    signed_in(chief).post(url(plan, "plan_adviser_new"), form(until=last))
    assert AdviserGrant.objects.get().until == last


def test_members_closed_accounts_and_advisers_with_access_are_refused(
    chief, officer, plan, adviser, stranger
):
    User.objects.filter(pk=stranger.pk).update(is_active=False)
    client = signed_in(chief)
    for email, why in (
        (officer.email, "already has access to this council’s plans"),
        (chief.email, "already has access to this council’s plans"),
        (adviser.email, "already has access"),
        (stranger.email, "cannot give access to this address"),
    ):
        response = client.post(url(plan, "plan_adviser_new"), form(email=email))
        assert response.status_code == 422
        assert why in error_links(response)[0][0]
    assert AdviserGrant.objects.count() == 1


def test_the_database_holds_one_live_grant_and_some_stage(plan, adviser, chief):
    fields = {"plan": plan, "adviser": adviser, "may_comment": False, "granted_by": chief}
    fields |= {"until": timezone.localdate(), "stage_1": False, "stage_3": False}
    for stage_2, adviser_ in ((True, adviser), (False, chief)):
        with pytest.raises(IntegrityError), transaction.atomic():
            AdviserGrant.objects.create(**fields | {"adviser": adviser_, "stage_2": stage_2})


def test_an_adviser_whose_access_expired_can_be_given_access_again(
    plan, chief, expired_adviser, granted
):
    with pytest.raises(Http404):
        plan_for(expired_adviser, plan.pk)
    again = granted(plan, "expired", stages=[3])
    assert again.adviser == expired_adviser
    assert plan_for(expired_adviser, plan.pk)[0].stages == (3,)
    page = text_of(signed_in(chief).get(url(plan)))
    assert "Expired on" in page


# --- Changing and ending --------------------------------------------------------------------------


def test_a_change_applies_at_the_next_request_and_leaves_an_event_with_both_scopes(
    chief, plan, granted
):
    grant = granted(plan, "ada", stages=[1, 2], may_comment=False)
    theirs = signed_in(grant.adviser)
    assert theirs.get(step_url(plan, 3)).status_code == 200
    address = url(plan, "plan_adviser_change", grant.pk)
    day = grant.until - dt.timedelta(days=1)
    client = signed_in(chief)
    data = form(stages=[2, 3], reach="comment", until=day, seen=seen_on(client.get(address)))
    assert client.post(address, data).status_code == 302
    assert theirs.get(step_url(plan, 3)).status_code == 404
    assert theirs.get(step_url(plan, 23)).status_code == 200
    event = plan.events.get(kind=Event.Kind.ADVISER_CHANGED)
    change = event.changes.get()
    assert change.before.startswith("Stages 1 and 2, to view, until")
    assert change.after.startswith("Stages 2 and 3, to view and comment, until")
    client.post(address, data)  # the same again
    assert kinds(plan) == ["adviser-granted", "adviser-changed"]
    assert client.post(address, form(stages=[])).status_code == 422


def test_a_change_made_by_another_owner_meanwhile_is_shown_and_not_overwritten(
    chief, plan, granted, django_capture_on_commit_callbacks
):
    grant = granted(plan, "ada", stages=[1, 2, 3])
    address = url(plan, "plan_adviser_change", grant.pk)
    client = signed_in(chief)
    mine = form(stages=[1, 2], seen=seen_on(client.get(address)))
    change_grant(grant, stages=[3], may_comment=False, until=grant.until, by=chief)
    response = client.post(address, mine)
    assert response.status_code == 409
    assert "Their access is now: Stage 3, to view" in text_of(response)
    grant.refresh_from_db()
    assert grant.stages == (3,)
    again = form(stages=[1, 2], seen=seen_on(response))
    assert client.post(address, again).status_code == 302
    grant.refresh_from_db()
    assert grant.stages == (1, 2)


@pytest.mark.parametrize("seen", ["", "Stage 9", "x" * 5000])
def test_a_change_without_the_scope_that_was_seen_is_refused(chief, plan, granted, seen):
    grant = granted(plan, "ada", stages=[1])
    address = url(plan, "plan_adviser_change", grant.pk)
    response = signed_in(chief).post(address, form(stages=[1, 2, 3], seen=seen))
    assert response.status_code == 409
    grant.refresh_from_db()
    assert grant.stages == (1,)


def test_nothing_tells_an_owner_whether_an_address_has_an_account(chief, plan, stranger, riverdale):
    """The answers, the list and the plan's history are the same for both, but for the address."""
    seen = []
    for email in (stranger.email, "unknown@eastmere.example"):
        client = signed_in(chief)
        response = client.post(url(plan, "plan_adviser_new"), form(email=email), follow=True)
        page = text_of(response)
        assert stranger.name not in page
        assert "Ada Byron" not in page
        event = plan.events.get(kind=Event.Kind.ADVISER_GRANTED)
        history = text_of(client.get(reverse("plan_history", args=[plan.pk])))
        assert email in history
        assert stranger.name not in history
        seen.append((page.replace(email, "…"), event.detail.replace(email, "…")))
        revoke_grant(AdviserGrant.objects.live().get(), by=chief)
        models.QuerySet(Event).filter(plan=plan).exclude(kind="plan-created").delete()
        AdviserGrant.objects.all().delete()
    assert seen[0] == seen[1]


def test_an_owner_who_has_just_been_removed_gives_no_access(chief, plan, person):
    """Their request began while they were one: it would bring them back as an adviser."""
    second = person(plan.council, "second", access=Access.OWNER)
    plan_for(second, plan.pk)
    end_membership(Membership.objects.get(user=second), by=chief)
    scope = {"stages": [1], "may_comment": False, "until": timezone.localdate() + AHEAD}
    for email in (second.email, "adviser@elsewhere.example"):
        with pytest.raises(StandingHasEnded):
            grant_adviser(plan, email=email, name="Sam", by=second, **scope)
    assert not AdviserGrant.objects.exists()


def test_the_name_appears_once_the_adviser_has_opened_the_plan(chief, plan, stranger, granted):
    grant = grant_adviser(
        plan,
        email=stranger.email,
        name="",
        stages=[2],
        may_comment=False,
        until=timezone.localdate() + AHEAD,
        by=chief,
    )
    signed_in(stranger).get(plan.get_absolute_url())
    assert stranger.name in text_of(signed_in(chief).get(url(plan)))
    revoke_grant(grant, by=chief)
    detail = plan.events.get(kind=Event.Kind.ADVISER_REVOKED).detail
    assert detail.startswith(f"{stranger.name} ({stranger.email})")


def test_the_emails_an_owner_can_send_to_advisers_are_limited(chief, plan, settings):
    settings.EMAILS_A_DAY = {"sender": 2, "council": 100, "recipient": 100}
    client = signed_in(chief)
    for n in range(2):
        response = client.post(url(plan, "plan_adviser_new"), form(email=f"a{n}@example.org"))
        assert response.status_code == 302
    response = client.post(url(plan, "plan_adviser_new"), form(email="a3@example.org"))
    assert response.status_code == 422
    assert "limit of 2 emails" in error_links(response)[0][0]
    assert AdviserGrant.objects.count() == 2
    assert not User.objects.filter(email="a3@example.org").exists()


def test_access_ends_at_the_next_request(chief, plan, partial_adviser):
    grant = AdviserGrant.objects.get()
    theirs, client = signed_in(partial_adviser), signed_in(chief)
    assert theirs.get(plan.get_absolute_url()).status_code == 200
    address = url(plan, "plan_adviser_revoke", grant.pk)
    assert client.get(address).status_code == 200
    assert theirs.get(plan.get_absolute_url()).status_code == 200
    assert client.post(address).url == url(plan)
    assert theirs.get(plan.get_absolute_url()).status_code == 404
    assert client.post(address).status_code == 404
    grant.refresh_from_db()
    assert (grant.revoked_by, grant.is_live) == (chief, False)
    revoke_grant(grant, by=chief)
    change_grant(grant, stages=[1], may_comment=True, until=grant.until, by=chief)
    assert kinds(plan) == ["adviser-granted", "adviser-revoked"]


def test_access_lasts_until_the_end_of_the_last_day(plan, granted):
    grant = granted(plan, "ada")
    for days, found in ((0, True), (-1, False)):
        day = timezone.localdate() + dt.timedelta(days=days)
        AdviserGrant.objects.update(until=day)
        assert Plan.objects.visible_to(grant.adviser).exists() is found
        assert PlanItem.objects.visible_to(grant.adviser).exists() is found
        assert AdviserGrant.objects.live().exists() is found
        assert AdviserGrant.objects.ended().exists() is not found


def test_a_grant_of_another_plan_is_not_found(chief, plan, their_plan, elsewhere):
    theirs = AdviserGrant.objects.get()
    for of in (plan, their_plan):
        with pytest.raises(Http404):
            grant_for(chief, of.pk, theirs.pk)


# --- What an adviser sees -------------------------------------------------------------------------


def test_a_grant_carries_access_and_stages_and_an_items_plan_too(
    plan, item, adviser, partial_adviser
):
    for user, access, stages in (
        (adviser, AdviserAccess.COMMENT, STAGES),
        (partial_adviser, AdviserAccess.READ, (2,)),
    ):
        found, rights = plan_for(user, plan.pk)
        seen, _ = item_for(user, plan.pk, item.pk)
        for each in (found, seen, seen.plan):
            assert (each.access, each.membership_id, each.office) == (access, None, None)
            assert each.grant_id == user.adviser_grants.get().pk
        assert found.stages == seen.plan.stages == stages
        assert (rights.can_edit, rights.can_take_part, rights.can_grant) == (False,) * 3
        numbers = PlanItem.objects.visible_to(user).values_list("step__stage__number", flat=True)
        assert (
            set(numbers)
            == set(PlanItem.objects.on(found).values_list("step__stage__number", flat=True))
            == set(stages)
        )
    for right in Right:
        try:
            plan_for(partial_adviser, plan.pk, needs=right)
            assert right in {Right.VIEW, Right.EXPORT}
        except PermissionDenied:
            assert right not in {Right.VIEW, Right.EXPORT}


def test_stages_outside_the_grant_appear_on_no_page(plan, chief, partial_adviser):
    day = timezone.localdate() + dt.timedelta(days=3)
    for number in (3, 13, 23):
        own_item(plan, number, by=chief, title=f"Own of {number}", due=day)
    client = signed_in(partial_adviser)
    seen = PlanItem.objects.filter(plan=plan, step__stage__number=2)
    home = client.get(plan.get_absolute_url())
    html, words = home.content.decode(), text_of(home)
    assert re.findall(r"/steps/(\d+)/\"", html) == [str(n) for n in range(11, 21)]
    assert set(re.findall(r"/stages/(\d+)/", html)) == {"2"}
    assert f"0 of {seen.count()} complete" in words
    for name, args in (
        ("plan", ()),
        ("plan_area", (3,)),
        ("plan_stage", (2,)),
        ("plan_open", ()),
        ("plan_step", (13,)),
    ):
        page = client.get(reverse(name, args=[plan.pk, *args])).content.decode()
        assert "Own of 13" in page, name
        assert "Own of 3" not in page, name
        assert "Own of 23" not in page, name
        for hidden in ("/people/", "/advisers/", "/settings/", "/mine/"):
            assert hidden not in page
    assert client.get(reverse("plan_stage", args=[plan.pk, 1])).status_code == 404
    officers = text_of(client.get(reverse("plan_officers", args=[plan.pk])))
    assert sum(map(int, re.findall(r"of (\d+)", officers))) == seen.count()


def test_an_adviser_downloads_only_the_granted_stages(plan, chief, partial_adviser, monkeypatch):
    taken = []
    draw_pdf_with(monkeypatch, lambda report: taken.append(report) or b"%PDF-")
    client = signed_in(partial_adviser)
    address = reverse("action_plan_pdf", args=[plan.pk])
    for scope in ("whole", "summary", "stage-2", "area-3", "officer-monitoring-officer"):
        assert client.post(address, {"scope": scope, "notes": "1"}).status_code == 200
    for report in taken:
        assert {item.step for item in report.overdue} <= set(range(11, 21))
        assert {step.number for step in report.steps} <= set(range(11, 21))
        assert {column.number for column in report.matrix.columns} == {2}
        assert "whole" not in report.scope_title
        assert "all three" not in report.scope_title
    assert taken[0].tally.total == plan.items.filter(step__stage__number=2).count()
    for scope in ("stage-1", "stage-3", "mine", "stage", "all"):
        assert client.post(address, {"scope": scope}).status_code == 422
    page = client.get(reverse("action_plan", args=[plan.pk])).content.decode()
    assert "My own actions" not in page
    assert 'value="1">1 Pre-election' not in page


def test_without_two_step_sign_in_an_adviser_sees_nothing(plan, item, adviser, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    with pytest.raises(SecondFactorNeeded):
        plan_for(adviser, plan.pk)
    with pytest.raises(SecondFactorNeeded):
        item_for(adviser, plan.pk, item.pk)
    client = signed_in(adviser)
    for address in (plan.get_absolute_url(), reverse("home")):
        assert client.get(address).url.startswith(reverse("mfa_activate_totp"))


def test_a_member_named_on_a_restricted_note_cannot_read_it_as_an_adviser(
    plan, item, chief, officer, granted
):
    member = Membership.objects.get(user=officer)
    save_restricted_note(item, None, text="Narrow", version=0, by=chief, readers=[member])
    client = signed_in(officer)
    assert "Narrow" in client.get(step_url(plan, 13)).content.decode()
    member.ended_at = timezone.now()
    member.save()
    grant_adviser(
        plan,
        email=officer.email,
        name="",
        stages=STAGES,
        may_comment=True,
        until=timezone.localdate() + AHEAD,
        by=chief,
    )
    assert "Narrow" not in client.get(step_url(plan, 13)).content.decode()
    assert client.get(reverse("restricted_note", args=[plan.pk, item.pk])).status_code == 404


def test_membership_takes_precedence_over_a_grant(plan, granted, person, riverdale):
    grant = granted(plan, "ada", stages=[2])
    Membership.objects.create(
        user=grant.adviser, council=riverdale, office="slt-member", access="editor"
    )
    found, rights = plan_for(grant.adviser, plan.pk)
    assert (found.grant_id, found.stages, rights.can_edit) == (None, STAGES, True)
    assert PlanItem.objects.visible_to(grant.adviser).count() == plan.items.count()


def test_access_as_an_adviser_ends_with_a_membership(chief, plan, their_plan, granted, riverdale):
    """The page that removes a member says that their access ends on every device."""
    grant = granted(plan, "ada", stages=[1, 2])
    elsewhere = granted(their_plan, "ada", stages=[1])
    member = add_member(
        council=riverdale, email=grant.adviser.email, name="", office="slt-member", access="editor"
    ).membership
    client = signed_in(chief)
    client.post(reverse("member_remove", args=[riverdale.slug, member.pk]))
    assert signed_in(elsewhere.adviser).get(plan.get_absolute_url()).status_code == 404
    grant.refresh_from_db()
    assert (grant.is_live, grant.revoked_by) == (False, chief)
    assert plan.events.get(kind=Event.Kind.ADVISER_REVOKED).by == chief
    elsewhere.refresh_from_db()
    assert elsewhere.is_live


def test_the_home_page_of_an_adviser_lists_what_was_shared(
    adviser, plan, their_plan, granted, revoked_adviser
):
    client = signed_in(adviser)
    assert client.get(reverse("home")).url == plan.get_absolute_url()
    grant = granted(their_plan, "whole", stages=[1])
    assert grant.adviser == adviser
    client = signed_in(grant.adviser)
    stage_1 = their_plan.items.filter(step__stage__number=1).count()
    shared = f"0 of {stage_1} 2: not shared 3: not shared"
    assert shared not in text_of(client.get(reverse("home")))  # until they open the plan
    client.get(their_plan.get_absolute_url())
    page = text_of(client.get(reverse("home")))
    assert re.search(
        r"Riverdale Borough Council Election \S+ \S+ \S+ Adviser: the whole plan", page
    )
    assert re.search(r"Eastmere District Council Election \S+ \S+ \S+ Adviser: stage 1", page)
    assert shared in page
    assert "not have access to a council’s plans" not in page
    assert "not have access to a council’s plans" in text_of(
        signed_in(revoked_adviser).get(reverse("home"))
    )


# --- The page -------------------------------------------------------------------------------------


def test_members_see_the_advisers_and_only_the_owner_can_change_them(
    chief, officer, plan, adviser, revoked_adviser
):
    assert "No adviser has access to this plan" not in text_of(signed_in(chief).get(url(plan)))
    for user, may in ((chief, True), (officer, False)):
        response = signed_in(user).get(url(plan))
        page = text_of(response)
        assert "has not opened the plan yet" in page
        assert "whole@adviser.example" in page
        assert "Whole Adviser" not in page
        assert "The whole plan, to view and comment" in page
        assert f"by {chief.name}" in page
        html = response.content.decode()
        assert ("/advisers/new/" in html) is may
        assert ("/end/" in html) is may


def test_the_order_does_not_tell_whose_account_an_address_is(chief, plan, stranger):
    User.objects.filter(pk=stranger.pk).update(name="Zoe Last", email="b@elsewhere.example")
    for email, name in (
        ("c@example.org", "Ann First"),
        ("b@elsewhere.example", "Ann First"),
        ("a@example.org", "Zoe Zed"),
    ):
        grant_adviser(
            plan,
            email=email,
            name=name,
            stages=[1],
            may_comment=False,
            until=timezone.localdate() + AHEAD,
            by=chief,
        )
    in_order = ["a@example.org", "b@elsewhere.example", "c@example.org"]
    page = signed_in(chief).get(url(plan)).content.decode()
    assert re.findall("<b>([^<]*)</b><br>", page) == in_order
    comments = text_of(signed_in(chief).get(reverse("step_comments", args=[plan.pk, 1])))
    assert "a@example.org, b@elsewhere.example and c@example.org" in comments
    asks = signed_in(chief).get(reverse("advice_ask", args=[plan.pk])).content.decode()
    assert [asks.index(email) for email in in_order] == sorted(map(asks.index, in_order))


def test_a_plan_without_advisers_says_so(chief, plan):
    page = text_of(signed_in(chief).get(url(plan)))
    assert "No adviser has access to this plan" in page
    assert "Access that has ended" not in page


def test_stages_in_words():
    assert stages_in_words((1, 2, 3)) == "the whole plan"
    assert stages_in_words([2]) == "stage 2"
    assert stages_in_words([1, 3]) == "stages 1 and 3"


def test_a_closed_account_is_refused_by_the_action_too(plan, stranger, chief):
    User.objects.filter(pk=stranger.pk).update(is_active=False)
    with pytest.raises(ValidationError):
        grant_adviser(
            plan,
            email=stranger.email,
            name="X",
            stages=[1],
            may_comment=False,
            until=timezone.localdate() + AHEAD,
            by=chief,
        )
