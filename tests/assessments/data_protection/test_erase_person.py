"""Erasing a person: their name is removed everywhere, what they did stays, the chain verifies."""

import datetime as dt
import io
import re
import zipfile

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from assessments.advisers.actions import grant_adviser, record_look
from assessments.appointments.actions import (
    record_group_notice,
    save_appointment,
    save_nomination,
    save_seats_notice,
)
from assessments.appointments.models import CouncilAppointment
from assessments.comments.actions import start_thread
from assessments.data_protection.actions import ask_to_erase, erase_person
from assessments.data_protection.council_export import RestrictedSelection, export_council
from assessments.data_protection.traces import respondents_who_are, traces_of
from assessments.development.actions import open_check_in, start_record
from assessments.plans.actions import change_in_bulk, remove_item, undo_bulk_change
from assessments.plans.bulk import preview
from assessments.plans.models import BulkChange, Event, EventChange, PlanItem
from assessments.portfolio.actions import ask_for_bundle
from assessments.portfolio.models import BundlePdf
from assessments.register.actions import add_to_register, remove_from_register
from assessments.register.models import EarlyWin, Issue
from assessments.restricted_notes.actions import save_restricted_note
from assessments.restricted_notes.models import RestrictedNote, RestrictedNoteEvent
from assessments.reviews.actions import ask_for_review, record_control_change
from assessments.rounds.actions import add_on_paper, ask_by_link, ask_member, make_round
from assessments.seats.actions import create_balance, record_composition
from assessments.timetable.actions import set_date
from councils.actions import (
    LastOwner,
    ask_to_change_address,
    ask_to_merge,
    ask_to_move_address,
    change_member,
    change_name,
    end_membership,
    invite,
)
from councils.actions.erasure import name_after_erasure
from councils.actions.rewording import without_names
from councils.belongings import belongings_of
from councils.models import (
    Access,
    Amendment,
    ChainLink,
    Council,
    CouncilEvent,
    Invitation,
    Membership,
    Office,
    User,
)
from councils.verification import verify
from elections.composition import Composition, Group
from elections.political_balance import Committee
from tests.acting import answer, browser, error_links, fresh, own_item, signed_in, text_of
from tests.conftest import PASSWORD

NAME, ADDRESS = "Quentin Marsh", "quentin@riverdale.example"


@pytest.fixture
def quentin(person, riverdale, chief, plan, item):
    """A member with a trace of every kind."""
    place = {
        "email": ADDRESS,
        "name": NAME,
        "office": Office.SLT_MEMBER,
        "job_title": "Aide to all",
    }
    invite(council=riverdale, by=chief, link_for=lambda t: t, access=Access.EDITOR, **place)
    user = person(riverdale, "quentin", name=NAME)
    mine = Membership.objects.get(user=user)
    Membership.objects.filter(pk=mine.pk).update(job_title="Aide to all")
    answer(item, user, owner=mine, note="Asked Ada")
    second, third = plan.items.exclude(pk=item.pk)[:2]
    answer(second, chief, owner_name=NAME, note=f"With {NAME} on Monday")
    gone = own_item(plan, by=chief, title="Forget", owner=mine)
    remove_item(gone, version=1, by=chief)
    save_restricted_note(third, None, text="Us", version=0, by=chief, readers=[mine])
    win = add_to_register(EarlyWin, plan, by=chief, words="A park", owner=mine)
    remove_from_register(win, version=1, by=chief)
    add_to_register(EarlyWin, plan, by=user, words="Another", owner=mine)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return user


def bulk_change(plan, items, by, **fields):
    """Change the owner of `items`, as the page that changes many actions does."""
    items = list(items.select_related("step__stage"))
    for each in items:
        each.plan = plan
    planned = preview(plan, items, lambda item: fields)
    what = f"{len(items)} actions: owner {fields['owner'] or 'removed'}"
    return change_in_bulk(plan, planned, what=what, by=by)


def erase_url(user, name="council_data_erase"):
    return reverse(name, args=["riverdale", Membership.objects.get(user=user).pk])


def everything():
    """Every text in the database, with its place."""
    for model in apps.get_models():
        for row in model._base_manager.all():
            for field in model._meta.concrete_fields:
                if isinstance(getattr(row, field.attname), str):
                    yield f"{model._meta.label}.{field.name}", getattr(row, field.attname)


def where_found(*words):
    return {
        place for place, text in everything() if any(word.lower() in text.lower() for word in words)
    }


# --- What goes and what stays ---------------------------------------------------------------------


def test_pdfs_with_the_name_are_deleted_from_zips_that_others_have_asked_for(
    quentin, chief, stranger, plan, their_plan
):
    zips = [ask_for_bundle([plan], by=chief), ask_for_bundle([their_plan], by=stranger)]
    for each in zips:
        BundlePdf.objects.create(entry=each.entries.get(), content=b"%PDF Quentin Marsh")
    erase_person(quentin, by=chief)
    assert BundlePdf.objects.get().entry.plan == their_plan


def test_the_name_and_address_are_removed_everywhere_except_from_free_text(quentin, chief):
    assert len(where_found(NAME, ADDRESS)) > 6
    erase_person(quentin, by=chief)
    assert where_found(NAME, ADDRESS) == {"assessments.PlanItem.note"}
    assert {text for _, text in everything() if NAME in text} == {f"With {NAME} on Monday"}


def test_a_job_title_goes_too_and_the_officer_role_stays(quentin, chief, item, riverdale):
    """It was typed by hand, can contain the name, and is beside it wherever a member is named."""
    mine, note = Membership.objects.get(user=quentin), None
    for version, title in enumerate((f"Quackhead of {NAME}", "Quack", "Quack in chief")):
        change_member(mine, by=chief, job_title=title)
        note = save_restricted_note(
            item, note, text="Us", version=version, by=chief, readers=[mine]
        )
    last = RestrictedNoteEvent.objects.order_by("pk").last()
    assert last.readers == f"{NAME}, Quack in chief"
    erase_person(quentin, by=chief)
    assert where_found("Quack", "Aide to all") == set()
    last.refresh_from_db()
    assert last.readers == f"{name_after_erasure(quentin)}, Senior leadership team member"
    assert verify(riverdale).problems == []


def test_other_names_typed_for_the_address_are_removed_too(quentin, chief, plan, riverdale):
    """In invitations and review rounds people type a name; it may not be the account's."""
    place = {"office": Office.SLT_MEMBER, "job_title": "", "access": Access.EDITOR}
    invite(
        council=riverdale,
        by=chief,
        link_for=lambda token: token,
        email=ADDRESS.upper(),
        name="Quinny Morass",
        **place,
    )
    today = timezone.localdate()
    asked_in = make_round(plan, name="Six weeks", opens=today, closes=today, by=chief)
    ask_by_link(asked_in, name="Cllr Q Marsh", email=ADDRESS, group="leading", by=chief)
    later = make_round(plan, name="Six months", opens=today, closes=today, by=chief)
    add_on_paper(later, name=NAME.upper(), group="wider", by=chief)
    names = ("Quinny", "Morass", "Cllr Q Marsh", NAME, ADDRESS)
    assert len(where_found("Quinny")) >= 2
    assert where_found("Cllr Q Marsh")
    erase_person(quentin, by=chief)
    assert where_found(*names) == {"assessments.PlanItem.note"}
    assert verify(riverdale).problems == []


# Texts that people write themselves, and snapshots, which cannot be changed: the page says so.
STAYS_IN_TEXT = re.compile(
    r"assessments\.(PlanItem\.(note|title|reason)|Comment\.text|Agreement\.\w+|Issue\.\w+|EarlyWin\.words"
    r"|EventChange\.(before|after)|Snapshot\w*\.\w+|RestrictedNote\w*\.text|Scenario\w*\.\w+)"
)


def test_a_name_given_in_every_form_is_in_no_name_field_and_no_export_after(
    quentin, chief, officer, item, plan, riverdale, monkeypatch
):
    """Plants the name as each kind of name that a form stores, then searches every table and the
    export of all data.
    """
    mine = Membership.objects.get(user=quentin)
    start_thread(plan, item.step, item=item, text="Well?", by=quentin, tell=[mine])
    set_date(
        plan,
        "annual_meeting",
        date=plan.timetable.annual_meeting_to,
        reason="Agreed",
        version=0,
        by=quentin,
    )
    save_restricted_note(item, None, text="Us two", version=0, by=chief, readers=[mine])
    stage = item.step.stage
    ask_for_review(plan, stage, reviewers=[mine], due=timezone.localdate(), words="Check", by=chief)
    today = timezone.localdate()
    asked_in = make_round(plan, name="Six weeks", opens=today, closes=today, by=chief)
    ask_member(asked_in, membership=mine, group="officers", by=chief)
    later = make_round(plan, name="Six months", opens=today, closes=today, by=chief)
    add_on_paper(later, name=NAME, group="wider", by=chief)
    record_control_change(
        plan,
        day=today,
        kind="leader",
        words="New Leader",
        control="minority",
        control_standing="known",
        formality="unknown",
        steps=[item.step],
        version=plan.version,
        by=quentin,
    )
    record_group_notice(
        council=riverdale,
        kind="formed",
        group="Oak",
        leader=f"Councillor {NAME}",
        deputy=NAME.upper(),
        members=2,
        signed_by=f"Councillor {NAME}\n{NAME.upper()}\nAda Moss",
        received_on=today,
        latest=0,
        by=chief,
    )
    seats = create_balance(
        composition=record_composition(
            council=riverdale,
            as_at=today,
            composition=Composition((Group("Oak", 3), Group("Ash", 2))),
            based_on=None,
            by=chief,
        ),
        committees=[Committee("Planning", 5)],
        by=chief,
    )
    save_seats_notice(
        seats, "Oak", addressee=NAME, given_on=today, reply_by=today, version=0, by=chief
    )
    save_nomination(
        seats.committees.get(),
        "Oak",
        basis="wishes",
        members=f"Ada Moss\nCllr {NAME}",
        substitutes=NAME,
        received_on=today,
        appointed_on=None,
        version=0,
        by=chief,
    )
    save_appointment(
        riverdale,
        None,
        kind="chair",
        post="Planning",
        holder=NAME,
        made_by="",
        from_on=None,
        until_on=None,
        version=0,
        by=chief,
    )
    assert traces_of(quentin, [riverdale]).appointments == 4
    hand_over = own_item(plan, by=quentin, title="Own action", owner_name=NAME)
    answer(hand_over, chief, owner=Membership.objects.get(user=officer), owner_name="")
    ask_to_erase(quentin, council=riverdale, by=chief, link_for=lambda asked: "link")
    erase_person(quentin, by=chief)
    left = where_found(NAME, ADDRESS)
    assert [place for place in left if not STAYS_IN_TEXT.match(place)] == []
    assert verify(riverdale).problems == []
    PlanItem.objects.filter(note__icontains=NAME).update(note="")
    file = io.BytesIO()
    export_council(riverdale, file, pdfs=False, restricted=RestrictedSelection.everything())
    with zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            if name.startswith("data/snapshot"):
                continue  # these cannot be changed
            content = archive.read(name).decode()
            assert NAME not in content, name
            assert ADDRESS not in content, name


def test_an_action_assigned_to_a_name_while_the_person_had_it_is_theirs(
    quentin, chief, officer, plan
):
    first, second = plan.items.all()[3:5]
    answer(first, chief, owner_name="Wim Walsh")
    change_name(quentin, name="Wim Walsh")
    answer(second, officer, owner_name="Wim Walsh")
    change_name(User.objects.get(pk=quentin.pk), name="Zac Young")
    erase_person(User.objects.get(pk=quentin.pk), by=chief)
    assert fresh(first).owner_name == "Wim Walsh"  # someone else, it seems
    assert fresh(second).owner_name == name_after_erasure(quentin)
    told = EventChange.objects.filter(event__item=second, field="owner_name")
    assert not told.filter(Q(before="Wim Walsh") | Q(after="Wim Walsh")).exists()
    assert EventChange.objects.filter(event__item=first, after="Wim Walsh").exists()
    assert not verify(plan.council).problems


def test_a_respondent_asked_before_the_person_took_their_name_keeps_it(
    quentin, chief, plan, riverdale
):
    today = timezone.localdate()
    asked_in = make_round(plan, name="Six weeks", opens=today, closes=today, by=chief)
    cora = ask_by_link(asked_in, name="Cora Clay", email="c@x.example", group="leading", by=chief)
    change_name(quentin, name="Cora Clay")
    later = add_on_paper(
        make_round(plan, name="Six months", opens=today, closes=today, by=chief),
        name="Cora Clay",
        group="wider",
        by=chief,
    )
    erase_person(User.objects.get(pk=quentin.pk), by=chief)
    cora.refresh_from_db()
    later.refresh_from_db()
    assert (cora.name, bool(cora.token_digest)) == ("Cora Clay", True)
    assert later.name.startswith("Removed respondent")


@pytest.mark.parametrize("how", ["their given name", "a name that they chose and gave up"])
def test_a_respondent_asked_under_an_earlier_name_of_the_person_loses_it(quentin, chief, plan, how):
    """On paper or at an address that the planner does not know, only the name says who it is."""
    today = timezone.localdate()
    asked_in = make_round(plan, name="Six weeks", opens=today, closes=today, by=chief)
    name = NAME
    if how != "their given name":
        name = "Wim Walsh"
        change_name(quentin, name=name)
    sheet = add_on_paper(asked_in, name=name.upper(), group="wider", by=chief)
    change_name(quentin, name="Cora Clay")
    person = User.objects.get(pk=quentin.pk)
    assert list(respondents_who_are(person)) == [sheet]
    erase_person(person, by=chief)
    sheet.refresh_from_db()
    assert sheet.name == f"Removed respondent {sheet.pk}"


def test_a_respondent_with_an_earlier_name_that_another_member_has_now_keeps_it(
    quentin, chief, plan, member, riverdale
):
    change_name(quentin, name="Cora Clay")
    member(riverdale, "other", name=NAME)
    today = timezone.localdate()
    asked_in = make_round(plan, name="Six weeks", opens=today, closes=today, by=chief)
    sheet = add_on_paper(asked_in, name=NAME, group="wider", by=chief)
    assert not respondents_who_are(User.objects.get(pk=quentin.pk)).exists()
    assert sheet.name == NAME


@pytest.mark.parametrize("by_owner", [True, False])
def test_the_person_is_told_that_they_were_erased(
    quentin, chief, django_capture_on_commit_callbacks, by_owner
):
    """Someone erased by a command, such as an adviser, may have no council to contact."""
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(quentin, by=chief if by_owner else None)
    (letter,) = mail.outbox
    assert letter.to == [ADDRESS]
    assert letter.subject == "Your transition planner account has been erased"
    assert f"Hello {NAME}," in letter.body
    assert "has been replaced by a number. It may still be in texts" in letter.body
    assert "Your role stays in the record" in letter.body
    assert "review rounds stay without your name, with checksums of your names" in letter.body
    assert ("contact your council." in letter.body) == by_owner
    assert ("contact the people who run the planner: http" in letter.body) != by_owner


def test_what_they_did_stays_under_a_number(quentin, chief, item):
    kept = list(Event.objects.filter(by=quentin).values_list("pk", "at", "kind", "item_id"))
    assert kept
    erase_person(quentin, by=chief)
    assert list(Event.objects.filter(by=quentin).values_list("pk", "at", "kind", "item_id")) == kept
    user = User.objects.get(pk=quentin.pk)
    assert str(user) == f"Removed person {quentin.pk}"
    change = EventChange.objects.filter(event__item=item, field="owner").earliest("pk")
    assert change.after == f"Removed person {quentin.pk}, Senior leadership team member"
    assert item.plan.items.get(pk=item.pk).note == "Asked Ada"


def test_the_chain_still_verifies_and_shows_what_was_erased(quentin, chief, riverdale, plan):
    before = verify(riverdale)
    erase_person(quentin, by=chief)
    after = verify(riverdale)
    assert after.problems == []
    amendment = Amendment.objects.get()
    assert (amendment.kind, amendment.by) == (Amendment.Kind.ERASED, chief)
    assert after.erased == amendment.amended.count() > 5
    assert after.entries > before.entries
    event = CouncilEvent.objects.first()
    assert (event.kind, event.person) == ("person-erased", f"Removed person {quentin.pk}")
    # The number takes the place of the name and of the address, and is given once.
    new = f"Removed person {quentin.pk}"
    told = [str(each) for each in CouncilEvent.objects.filter(person=f"{new} ({new})")]
    assert told
    assert all(new in each and "(" not in each for each in told)


def test_erased_text_cannot_be_found_by_trying(quentin, chief, riverdale):
    salts = dict(ChainLink.objects.values_list("pk", "salt"))
    erase_person(quentin, by=chief)
    sequences = Amendment.objects.get().amended.values("sequence")
    for link in ChainLink.objects.filter(council=riverdale, sequence__in=sequences):
        assert link.salt != salts.get(link.pk)


def test_tampering_after_an_erasure_is_detected(quentin, chief, riverdale):
    erase_person(quentin, by=chief)
    named = CouncilEvent.objects.filter(person__startswith="Removed").last()
    models.QuerySet(CouncilEvent).filter(pk=named.pk).update(person="Someone else")
    assert len(verify(riverdale).problems) == 1
    models.QuerySet(CouncilEvent).filter(pk=named.pk).update(person=named.person)
    other = Event.objects.filter(by=chief, kind="item-added").get()
    models.QuerySet(Event).filter(pk=other.pk).update(detail="Rewritten")
    link = ChainLink.objects.get(table="assessments.event", row=other.pk)
    ChainLink.objects.filter(pk=link.pk).update(salt="0" * 32)
    assert len(verify(riverdale).problems) == 1


def test_two_people_can_be_erased_from_one_entry(quentin, chief, person, riverdale, plan, item):
    other = person(riverdale, "other", name="Olive Tree")
    answer(item, chief, owner=Membership.objects.get(user=other), note=f"From {NAME}")
    for user in (quentin, other):
        erase_person(user, by=chief)
    assert verify(riverdale).problems == []
    assert "Olive Tree" not in {text for _, text in everything()}


def test_actions_are_reassigned_to_the_number_with_an_event_each(quentin, chief, item, plan):
    erase_person(quentin, by=chief)
    item.refresh_from_db()
    new = f"Removed person {quentin.pk}"
    assert (item.owner, item.owner_name) == (None, new)
    assert PlanItem.objects.filter(owner_name=new).count() == 3  # the removed one as well
    assert Event.objects.filter(item=item, by=chief, kind="item-changed").count() == 1


@pytest.mark.parametrize(
    "begun",
    [
        lambda user: change_name(user, name=NAME),
        lambda user: ask_to_change_address(user, email="q@elsewhere.example", link_for=str),
        lambda user: ask_to_merge(user, email="q@elsewhere.example", link_for=str),
        lambda user: ask_to_move_address(user, link_for=str),
        start_record,
        lambda user: open_check_in(user, other=User.objects.exclude(pk=user.pk).first()),
        lambda user: open_check_in(User.objects.exclude(pk=user.pk).first(), other=user),
    ],
)
def test_what_the_person_began_before_the_erasure_is_refused_after_it(quentin, chief, begun):
    """A request waits for the erasure, and still has the person as they were."""
    erase_person(User.objects.get(pk=quentin.pk), by=chief)
    with pytest.raises(PermissionDenied, match="This account has been closed"):
        begun(quentin)
    assert User.objects.get(pk=quentin.pk).name == name_after_erasure(quentin)


def test_undoing_a_change_to_many_actions_does_not_bring_the_person_back(
    quentin, chief, item, plan
):
    mine = Membership.objects.get(user=quentin)
    to_them = bulk_change(plan, plan.items.all()[3:5], chief, owner=mine, owner_name="")
    from_them = bulk_change(plan, plan.items.live().filter(owner=mine), chief, owner=None)
    erase_person(quentin, by=chief)
    assert where_found(NAME, ADDRESS) == {"assessments.PlanItem.note"}
    from_them.refresh_from_db()
    to_them.refresh_from_db()
    new = f"Removed person {quentin.pk}"
    assert to_them.what == f"2 actions: owner {new}"
    undone, left = undo_bulk_change(from_them, by=chief)
    assert (undone, left) == (3, 0)
    assert not plan.items.exclude(owner=None).exists()


@pytest.mark.parametrize("name", ["Ann", "log", "Owner"])
def test_what_other_changes_to_many_actions_say_stays(member, plan, chief, riverdale, name):
    """A short name is part of many words."""
    said = (
        "12 actions: from an edited Excel action log",
        "3 actions: status Planned",
        "2 actions: owner Ann Ash, Head of communications",
        "2 actions: owner Owner Log",
    )
    for what in said:
        BulkChange.objects.create(plan=plan, what=what, by=chief)
    person = member(riverdale, "short")
    User.objects.filter(pk=person.pk).update(name=name)
    person.refresh_from_db()
    erase_person(person, by=chief)
    assert set(BulkChange.objects.values_list("what", flat=True)) == set(said)


def test_early_wins_are_assigned_to_no_one_with_an_event_each(quentin, chief, plan):
    add_to_register(Issue, plan, by=chief, kind="crunch", words=f"What {NAME} asked for")
    traces = traces_of(quentin, [plan.council])
    assert traces.early_wins == 2
    assert [str(entry) for entry in traces.in_register] == [f"Crunch issue: What {NAME} asked for"]
    erase_person(quentin, by=chief)
    assert not EarlyWin.objects.exclude(owner=None).exists()
    changes = EventChange.objects.filter(event__kind="register-changed", field="owner")
    assert [(c.before, c.after) for c in changes] == [
        (f"Removed person {quentin.pk}, Senior leadership team member", "")
    ] * 2


def test_they_are_signed_out_at_once_and_cannot_sign_in_again(quentin, chief, plan, riverdale):
    factor = Authenticator.objects.get(user=quentin)
    factor.delete()  # so that the password alone is enough to sign in
    theirs = browser()
    theirs.post("/sign-in/", {"login": ADDRESS, "password": PASSWORD})
    key = theirs.cookies["sessionid"].value
    assert Session.objects.filter(session_key=key).exists()
    factor.save()
    client = signed_in(quentin)
    assert client.get(reverse("plan", args=[plan.pk])).status_code == 200
    erase_person(quentin, by=chief)
    assert client.get(reverse("plan", args=[plan.pk])).status_code == 302
    assert not Session.objects.filter(session_key=key).exists()
    assert not UserSession.objects.filter(user=quentin).exists()
    assert not Authenticator.objects.filter(user=quentin).exists()
    quentin.refresh_from_db()
    assert not quentin.is_active
    assert not quentin.has_usable_password()
    assert not Membership.objects.current().filter(user=quentin).exists()
    assert Invitation.objects.get().withdrawn_at
    assert RestrictedNote.objects.get().readers.count() == 0
    assert f"Removed person {quentin.pk}," in RestrictedNoteEvent.objects.get().readers


def test_the_address_can_be_used_for_a_new_account(quentin, chief, person, riverdale):
    erase_person(quentin, by=chief)
    assert person(riverdale, "quentin", name="Queenie").pk != quentin.pk


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("Ann Lee", "Ann Lee, Leader", "Removed person 7, Leader"),
        ("Ann Lee", "Met Ann Lee. Ann Leeds came", "Met Removed person 7. Ann Leeds came"),
        ("Ann Lee", "x (A@Example.org)", "x (Removed person 7)"),
        ("Ann Lee, solicitor", "By Ann Lee, solicitor", "By Removed person 7"),
        ("Ludwig van Beethoven", "Ask Ludwig van Beethoven", "Ask Removed person 7"),
        ("王 小明", "With 王 小明 today", "With Removed person 7 today"),
        ("bell hooks", "bell hooks, Leader", "Removed person 7, Leader"),
        ("is not", "This is not so", "This is not so"),
        ("Mark", "Mark the date", "Mark the date"),
        ("Mark", "Mark, Aide\nGrace, Aide", "Removed person 7, Aide\nGrace, Aide"),
        ("Mark", "Mark (a@example.org)", "Removed person 7 (Removed person 7)"),
        ("Mark", "Mark", "Removed person 7"),
        ("A. (B)*", "A. (B)* came", "Removed person 7 came"),
    ],
)
def test_which_text_is_a_name(name, text, expected):
    assert without_names(text, [name], "a@example.org", "Removed person 7") == expected


# --- Who may be erased ----------------------------------------------------------------------------


def test_an_owner_cannot_erase_someone_who_has_advised_another_council(
    quentin, chief, stranger, their_plan
):
    """The command erases them everywhere: what they were granted ends, and the records forget.

    A grant that they have never used does not count, because they had no part in it.
    """
    grant = grant_adviser(
        their_plan,
        by=stranger,
        email=ADDRESS,
        name=NAME,
        stages=(1,),
        may_comment=False,
        until=their_plan.election_day,
    )
    assert signed_in(chief).get(erase_url(quentin)).status_code == 200
    record_look(grant.pk, what="plan home")
    assert signed_in(chief).get(erase_url(quentin)).status_code == 404
    assert "Eastmere District Council, Riverdale" in run(ADDRESS, "--confirm")
    assert where_found(NAME, ADDRESS) == {"assessments.PlanItem.note"}
    grant.refresh_from_db()
    assert grant.revoked_at
    for council in (their_plan.council, Membership.objects.get(user=quentin).council):
        assert verify(council).problems == []


def test_the_last_owner_stays(chief, plan):
    with pytest.raises(LastOwner):
        erase_person(chief, by=None)
    chief.refresh_from_db()
    assert chief.name == "Chief"
    assert verify(plan.council).problems == []


def test_an_owner_cannot_erase_someone_who_belonged_to_another_council(
    quentin, chief, eastmere, person, stranger
):
    Membership.objects.create(
        user=quentin,
        council=eastmere,
        office="slt-member",
        access="reviewer",
        ended_at="2026-01-01T00:00Z",
    )
    url = reverse(
        "council_data_erase", args=["riverdale", Membership.objects.filter(user=quentin)[0].pk]
    )
    for pk in Membership.objects.filter(user=quentin).values_list("pk", flat=True):
        url = reverse("council_data_erase", args=["riverdale", pk])
        for ask in (signed_in(chief).get, signed_in(chief).post):
            assert ask(url).status_code == 404


def test_an_owner_cannot_erase_themselves_or_a_person_twice(quentin, chief):
    assert signed_in(chief).get(erase_url(chief)).status_code == 404
    url = erase_url(quentin)
    client = signed_in(chief)
    assert client.post(url, {"typed": NAME}).status_code == 302
    assert client.post(url, {"typed": NAME}).status_code == 404


def test_a_former_member_can_be_erased(quentin, chief):
    end_membership(Membership.objects.select_related("user", "council").get(user=quentin), by=chief)
    client = signed_in(chief)
    assert NAME in text_of(client.get(reverse("council_data_people", args=["riverdale"])))
    assert client.post(erase_url(quentin), {"typed": NAME}).status_code == 302


# --- The pages ------------------------------------------------------------------------------------


def test_the_page_shows_what_will_be_erased_and_what_stays_and_changes_nothing(
    quentin, chief, riverdale
):
    before = list(everything())
    client = signed_in(chief)
    before_count = CouncilEvent.objects.count()
    text = text_of(client.get(erase_url(quentin)))
    traces = traces_of(quentin, [riverdale])
    assert f"in {traces.entries} entries in the record" in text
    assert "on 3 actions assigned to them" in text
    assert "1 restricted note" in text
    assert "appears in the text of this action" in text
    assert "private development record" in text
    _, _, kept = text.partition("What will stay")
    assert "checksums of the names and email addresses that they have had" in kept
    assert CouncilEvent.objects.count() == before_count
    assert [pair for pair in everything() if "session" not in pair[0].lower()] == [
        pair for pair in before if "session" not in pair[0].lower()
    ]


@pytest.mark.parametrize("typed", ["", "Quentin", "x" * 5000, "nul \0", NAME + "!"])
def test_no_one_is_erased_until_their_name_is_typed(quentin, chief, typed):
    response = signed_in(chief).post(erase_url(quentin), {"typed": typed})
    assert response.status_code == 422
    ((_, target),) = error_links(response)
    assert target == "id_typed"
    quentin.refresh_from_db()
    assert quentin.name == NAME


def test_case_and_spaces_do_not_matter_in_the_typed_name(quentin, chief):
    response = signed_in(chief).post(erase_url(quentin), {"typed": "  quentin   MARSH "})
    assert response.status_code == 302
    page = signed_in(chief).get(response.url)
    assert NAME not in text_of(page)


# --- The command ----------------------------------------------------------------------------------


def run(*args):
    out = io.StringIO()
    call_command("erase_person", *args, stdout=out)
    return out.getvalue()


def test_the_command_shows_first_and_erases_with_confirm(quentin, chief, riverdale, eastmere):
    Membership.objects.create(
        user=quentin, council=eastmere, office="slt-member", access="reviewer"
    )
    said = run(ADDRESS.upper())
    assert "Would erase Quentin Marsh (Eastmere District Council, Riverdale" in said
    assert "Nothing was changed" in said
    assert "has signed in" not in said
    User.objects.filter(pk=quentin.pk).update(last_login=timezone.now())
    assert "Tell them 14 days before you erase them" in run(ADDRESS)
    assert not mail.outbox
    assert User.objects.get(pk=quentin.pk).name == NAME
    assert "Erased Quentin Marsh" in run(ADDRESS, "--confirm")
    assert User.objects.get(pk=quentin.pk).name != NAME
    for council in (riverdale, eastmere):
        assert verify(council).problems == []
        assert CouncilEvent.objects.filter(council=council, kind="person-erased", by=None).exists()
    with pytest.raises(CommandError, match="No account"):
        run(ADDRESS)


def test_the_command_refuses_the_last_owner(chief, plan):
    for options in ((), ("--confirm",)):
        with pytest.raises(CommandError, match="owner"):
            run(chief.email, *options)


# --- Names that someone else has ------------------------------------------------------------------


def appoint(council, by, *, name):
    """Record in a council's register that a councillor is appointed to something."""
    more = {"kind": "chair", "post": "Planning", "made_by": "", "from_on": None, "until_on": None}
    save_appointment(council, None, holder=name, version=0, by=by, **more)


def test_a_council_that_only_wrote_to_a_person_keeps_its_record_and_register(
    quentin, chief, stranger, their_plan, eastmere
):
    """People choose their own names, for example that of a councillor or of a meeting elsewhere."""
    today = timezone.localdate()
    asked_in = make_round(their_plan, name="Six weeks", opens=today, closes=today, by=stranger)
    ask_by_link(asked_in, name="Q Marsh", email=ADDRESS, group="partners", by=stranger)
    theirs = their_plan.items.first()
    answer(theirs, stranger, note="Full Council agreed", owner_name="Ann Ash")
    appoint(eastmere, stranger, name="Ann Ash")
    for name in ("Full Council", "Ann Ash", NAME):
        change_name(quentin, name=name)
    erase_person(quentin, by=chief)
    assert not where_found("Q Marsh", ADDRESS)
    changed = EventChange.objects.filter(event__item=theirs)
    assert changed.get(field="note").after == "Full Council agreed"
    assert changed.get(field="owner_name").after == "Ann Ash"
    assert CouncilAppointment.objects.get(council=eastmere).holder == "Ann Ash"
    assert verify(eastmere).problems == []


def test_a_council_that_only_wrote_to_a_person_is_not_told_who_erased_them(
    quentin, chief, stranger, their_plan, eastmere, plan
):
    """Its record and history would name an owner of another council, as would its People page."""
    wrote_to(their_plan, stranger)
    erase_person(quentin, by=chief)
    rows = {
        f"{model.__name__}.{field.name}"
        for model, path in belongings_of(Council).items()
        for field in model._meta.concrete_fields
        if field.related_model is User
        and model._base_manager.filter(**{path: eastmere, field.name: chief}).exists()
    }
    assert rows == set()
    erased = CouncilEvent.objects.filter(kind=CouncilEvent.Kind.PERSON_ERASED)
    assert erased.get(council=eastmere).by is None
    assert erased.get(council=plan.council).by == chief
    page = signed_in(stranger).get(reverse("people", args=["eastmere"]))
    assert "System administrator erased the name of" in text_of(page)
    assert verify(eastmere).problems == []


def test_the_page_counts_nothing_of_a_council_that_only_wrote_to_the_person(
    quentin, chief, stranger, their_plan
):
    client = signed_in(chief)
    before = client.get(erase_url(quentin))
    wrote_to(their_plan, stranger)
    after = client.get(erase_url(quentin))
    assert after.context["traces"] == before.context["traces"]
    assert text_of(after) == text_of(before)


def test_the_list_of_people_who_never_joined_does_not_tell_who_has_an_account(
    quentin, chief, stranger, eastmere, riverdale
):
    """It would tell any owner, for any address that they invite. Members here are not listed."""
    link = {"link_for": lambda token: token, "office": Office.SLT_MEMBER, "access": Access.EDITOR}
    for email, name in ((ADDRESS, "Ann One"), ("no.account@riverdale.example", "Ann Two")):
        invite(council=eastmere, by=stranger, email=email, name=name, **link)
    client = signed_in(stranger)
    page = text_of(client.get(reverse("council_data_people", args=["eastmere"])))
    assert "Ann One" in page
    assert "Ann Two" in page
    for name in ("Ann One", "Ann Two"):
        pk = Invitation.objects.get(name=name).pk
        url = reverse("council_data_invitation", args=["eastmere", pk])
        assert client.post(url).status_code == 302
    assert Invitation.objects.filter(council=eastmere, erased_at=None).count() == 0
    quentin.refresh_from_db()
    assert (quentin.name, quentin.email, quentin.is_active) == (NAME, ADDRESS, True)
    invite(council=riverdale, by=chief, email=ADDRESS, name="Ann Three", **link)
    page = text_of(signed_in(chief).get(reverse("council_data_people", args=["riverdale"])))
    assert "Ann Three" not in page


def wrote_to(plan, owner):
    """Do all that a council can do to an address without its holder: invite, ask, give access."""
    today = timezone.localdate()
    asked_in = make_round(plan, name="Six weeks", opens=today, closes=today, by=owner)
    ask_by_link(asked_in, name="Q Marsh", email=ADDRESS, group="partners", by=owner)
    place = {"email": ADDRESS, "name": "Q Marsh", "office": Office.SLT_MEMBER}
    link = {"link_for": lambda token: token}
    invite(council=plan.council, by=owner, access=Access.EDITOR, **link, **place)
    scope = {"stages": (1,), "may_comment": False, "until": plan.election_day}
    grant_adviser(plan, by=owner, email=ADDRESS, name="Q Marsh", **scope)


def test_a_name_that_another_member_has_stays_in_the_register(quentin, chief, person, riverdale):
    change_name(quentin, name="Ann Ash")
    person(riverdale, "ann", name="Ann Ash")
    appoint(riverdale, chief, name="Ann Ash")
    assert traces_of(quentin, [riverdale]).appointments == 0
    erase_person(quentin, by=chief)
    assert CouncilAppointment.objects.get(council=riverdale).holder == "Ann Ash"


@pytest.mark.parametrize("words", ["Not started", "of the", "The gap is not shown", "Completed"])
def test_erasing_leaves_what_was_written_before_anyone_of_that_name_was_known(
    member, plan, item, chief, officer, riverdale, words
):
    """An owner invites people under any name, and could then have any words erased."""
    answer(item, officer, note=f"Words of the year: {words}", status="completed")
    start_thread(plan, item.step, item=item, text=f"{words}, I said", by=officer)
    said = list(EventChange.objects.order_by("pk").values_list("pk", "before", "after"))
    later = timezone.now() + dt.timedelta(days=1)
    with time_machine.travel(later):
        named = member(riverdale, "named", name=words)
    with time_machine.travel(later + dt.timedelta(days=1)):
        answer(fresh(item), officer, note=f"With:\n{words}")
        erase_person(named, by=chief)
    now = EventChange.objects.order_by("pk").values_list("pk", "before", "after")
    assert list(now)[: len(said)] == said
    (last,) = EventChange.objects.filter(field="note", after__startswith="With")
    assert last.after == f"With:\n{name_after_erasure(named)}"
    assert not verify(riverdale).problems


@pytest.mark.parametrize("words", ["of the", "is not lawful", "The gap is not shown"])
def test_erasing_leaves_words_of_later_texts(member, plan, item, chief, officer, riverdale, words):
    """An owner could take words out of whatever is written once they have invited someone so."""
    named = member(riverdale, "named", name=words)
    text = f"The view of the officers: {words}, I said.\nThis part of the plan is not lawful yet"
    answer(item, officer, note=text)
    change_name(named, name="Ann Other")
    erase_person(User.objects.get(pk=named.pk), by=chief)
    assert EventChange.objects.get(field="note").after == text
    assert not verify(riverdale).problems


@pytest.mark.parametrize(
    "name",
    [
        *("Democratic Services", "Monitoring officer", "Head of Democratic Services"),
        *("Riverdale Council", "Section 151 Officer", "the Leader"),
        *("Oak Group", "Waste Services (shared)", "Licensing Team"),
    ],
)
@pytest.mark.parametrize("is_chosen", [False, True])
def test_erasing_a_shared_mailbox_leaves_roles_and_other_words_in_the_record(
    person, plan, item, chief, officer, riverdale, name, is_chosen
):
    """Entries about other people would then say that they had the role of a removed person."""
    mailbox = person(riverdale, "mailbox", name="Ann Other" if is_chosen else name)
    if is_chosen:
        change_name(mailbox, name=name)
    tom = Membership.objects.get(user=officer)
    change_member(tom, by=chief, job_title=f"Deputy {name}", office=Office.MONITORING_OFFICER)
    text = f"{name} drafts it.\n{name}, then {name} (by May)"
    answer(item, officer, owner=tom, note=text)
    about_tom = CouncilEvent.objects.get(kind="member-changed")
    written = [about_tom.after, *EventChange.objects.order_by("pk").values_list("after", flat=True)]
    assert f"Deputy {name}" in about_tom.after
    answer(fresh(item), officer, owner=None, owner_name=name)
    erase_person(User.objects.get(pk=mailbox.pk), by=chief)
    about_tom = CouncilEvent.objects.get(pk=about_tom.pk)
    after = EventChange.objects.order_by("pk").values_list("after", flat=True)
    assert [about_tom.after, *after][: len(written)] == written
    # Where it was entered as a name, and in entries about the mailbox, it is removed.
    assert fresh(item).owner_name == name_after_erasure(mailbox)
    owners = EventChange.objects.filter(field="owner_name").exclude(after="")
    assert set(owners.values_list("after", flat=True)) == {name_after_erasure(mailbox)}
    assert where_found("mailbox@riverdale.example") == set()
    added = CouncilEvent.objects.get(kind="member-added", person__startswith="Removed")
    assert added.person == f"{name_after_erasure(mailbox)} ({name_after_erasure(mailbox)})"
    assert not verify(riverdale).problems


def test_erasing_reaches_a_name_that_was_entered_before_the_person_joined(
    member, plan, item, chief, officer, riverdale
):
    answer(item, officer, owner_name="JOANNE CLARKE")
    later = timezone.now() + dt.timedelta(days=1)
    with time_machine.travel(later):
        joanne = member(riverdale, "joanne", name="Joanne Clarke")
    with time_machine.travel(later + dt.timedelta(days=1)):
        erase_person(joanne, by=chief)
    assert fresh(item).owner_name == name_after_erasure(joanne)
    found = EventChange.objects.filter(event__item=item, field="owner_name")
    assert not found.filter(Q(before__icontains="clarke") | Q(after__icontains="clarke")).exists()


def test_erasing_reaches_what_was_written_before_the_account_if_they_were_known_by_another(
    member, plan, item, chief, officer, riverdale
):
    """An account can be younger than what its person did here, after a merge or an import."""
    joanne = member(riverdale, "joanne", name="Joanne Clarke")
    answer(item, joanne, status="in-progress")
    answer(fresh(item), officer, note="Ask Joanne Clarke")
    User.objects.filter(pk=joanne.pk).update(joined_at=timezone.now() + dt.timedelta(days=1))
    erase_person(User.objects.get(pk=joanne.pk), by=chief)
    (change,) = EventChange.objects.filter(event__item=item, field="note")
    assert change.after == f"Ask {name_after_erasure(joanne)}"
