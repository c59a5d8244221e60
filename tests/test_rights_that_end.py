"""A role that ends while a request of its holder is under way leaves them nothing that lasts.

The forms and downloads of the demo are found by walking it. Of each that leaves an entry in the
record, no entry is left if access ends just before the transaction that would make it.

Then come requests that need more than that. Each gives its sender something that they have anyhow
while they have the role, so that it can be sent again and again at no cost. It is sent once for
every statement that the database gets outside a transaction, and the role ends before that
statement: what was asked before it is out of date, as when the request waits for a lock.
"""

import datetime as dt
import io
import itertools
import re
from copy import deepcopy

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.core import mail
from django.core.management import call_command
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from assessments.advisers.actions import revoke_grant
from assessments.data_protection.actions import erase_person
from assessments.plans.models import AdviserGrant
from assessments.timetable.models import CalendarFeed
from councils.actions import change_member, end_membership
from councils.models import (
    Access,
    AccountMerge,
    AddressChange,
    AppendOnlyModel,
    ChainHead,
    Council,
    Membership,
    ReaderLink,
    User,
)
from councils.sessions import end_access_of
from operate.actions import remove_operator, stop_access
from tests.acting import (
    PASSWORD,
    browser,
    controls_of,
    form_on,
    own_item,
    seats_of,
    signed_in,
    signed_in_just_now,
    tree_of,
)
from tests.operate.test_operators import operator_named
from tests.test_payloads import Site, completed, written_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

CHIEF, ADVISER = "chief@riverdale.example", "adviser@adviser.example"
REFUSED = 302, 403, 404, 409, 422  # 302: to another page of someone who can do nothing there
RECORDS = 'INSERT INTO "councils_chainlink"'
ENDS = "RELEASE", "ROLLBACK"  # of a transaction: what happens before it is part of it
MOST = 150  # statements of one request outside of transactions


class Counting:
    """Counts statements outside a transaction until something is recorded; a wrapper of queries."""

    def __init__(self):
        self.outside = len(connection.savepoint_ids)
        self.number, self.until_recorded = 0, None

    def __call__(self, execute, sql, params, many, context):
        if len(connection.savepoint_ids) == self.outside and not sql.startswith(ENDS):
            self.number += 1
        if self.until_recorded is None and sql.startswith(RECORDS):
            self.until_recorded = self.number
        return execute(sql, params, many, context)


class Ending:
    """Ends a role before the `number`th statement outside a transaction; a wrapper of queries."""

    def __init__(self, end, number):
        self.end, self.left = end, number
        self.outside = len(connection.savepoint_ids)
        self.has_ended = False

    def __call__(self, execute, sql, params, many, context):
        is_outside = len(connection.savepoint_ids) == self.outside
        if not self.has_ended and is_outside and not sql.startswith(ENDS):
            self.left -= 1
            if self.left == 0:
                self.has_ended = True
                self.end()
        return execute(sql, params, many, context)


def requests_of(site):
    """Yield every form of the site, filled in, and every page of it, as how, address and data."""
    for address, form in site.forms.values():
        sent = completed(form)
        for name, is_email in written_in(form):
            sent[name] = sent.get(name) or ("new@elsewhere.example" if is_email else "Fresh words")
        yield "post", address, sent
    for address in site.pages:
        yield "get", address, {}


def recorded(site):
    """Yield the requests of a site that leave an entry, with the statements before it."""
    for how, address, sent in requests_of(site):
        with transaction.atomic():
            counting = Counting()
            with connection.execute_wrapper(counting):
                read_to_end(getattr(site.client, how)(address, sent))
            transaction.set_rollback(True)
        if counting.until_recorded:
            yield how, address, sent, counting.until_recorded


def read_to_end(response):
    """Read what is downloaded, which closes its file, and return the response."""
    if response.streaming:
        b"".join(response.streaming_content)
    return response


def end_of_membership(user):
    end_membership(Membership.objects.get(user=user), by=None)


def less_access(user):
    change_member(Membership.objects.get(user=user), by=None, access=Access.REVIEWER)


def stop_of_access(user):
    stop_access(Council.objects.get(slug="riverdale"), reason="A test", by=operator_named("olive"))


def end_of_grants(user):
    for grant in AdviserGrant.objects.live().filter(adviser=user):
        revoke_grant(grant, by=None)


@time_machine.travel(timezone.now(), tick=False)  # the end of a session is put off after a minute
@pytest.mark.parametrize(
    ("email", "ends", "at_least"),
    [
        (CHIEF, (end_of_membership, less_access, stop_of_access), 100),
        (ADVISER, (end_of_grants, stop_of_access), 5),
    ],
)
def test_nothing_is_recorded_for_someone_whose_access_has_just_ended(
    request, db, quick_press, email, ends, at_least, figures
):
    """Each request meets one way in which access ends; `script/attack` sends it with each."""
    call_command("seed_demo", stdout=io.StringIO())
    user = User.objects.get(email=email)
    others = Membership.objects.filter(council__slug="riverdale").exclude(user=user)
    others.update(access=Access.OWNER)  # so that an owner can go
    site = Site(email, each_kind=2)
    own = Membership.objects.filter(user=user).values_list("pk", flat=True)
    leaves = [reverse("member_remove", args=["riverdale", pk]) for pk in own]  # as anyone can
    found = [each for each in recorded(site) if each[1] not in leaves]
    assert len(found) >= at_least
    cases = list(itertools.product(found, ends))
    if not request.config.getoption("--attack"):
        cases = list(zip(found, itertools.cycle(ends), strict=False))
    for (how, address, sent, number), end in cases:
        heads = []

        def end_now(end=end, heads=heads):
            end(user)
            heads.append(ChainHead.objects.get(council__slug="riverdale").sequence)

        with transaction.atomic():
            ending = Ending(end_now, number)
            with connection.execute_wrapper(ending):
                response = read_to_end(getattr(site.client, how)(address, sent))
            assert ending.has_ended
            assert response.status_code in REFUSED, (how, address, end.__name__)
            if not connection.needs_rollback:  # as the refusal of an entry leaves it here
                (head,) = heads
                assert ChainHead.objects.get(council__slug="riverdale").sequence == head, address
            transaction.set_rollback(True)
    figures(f"Requests of {email} under way when access ended; kept", f"{len(cases)}; 0")


def each_moment(client, end, send):
    """Send a request once for each moment at which the role can end; yield the response of each.

    `client` sends it each time with the cookies that it has now: a response to someone whose
    session has ended deletes them.
    """
    cookies = deepcopy(client.cookies)
    for number in itertools.count(1):
        assert number < MOST
        client.cookies = deepcopy(cookies)
        with transaction.atomic():
            ending = Ending(end, number)
            with connection.execute_wrapper(ending):
                response = send()
            if ending.has_ended:
                yield response
            transaction.set_rollback(True)
        if not ending.has_ended:
            assert number > 2  # whose session it is, and who they are, come first
            return


@pytest.fixture
def second(riverdale, person):
    return person(riverdale, "second", access=Access.OWNER)


@pytest.fixture
def client(second):
    return signed_in(second)


def mine(second):
    return Membership.objects.get(user=second)


def filled_in(client, address, field):
    """Return what a browser would send of the form with a field, as the page has it."""
    for form in tree_of(client.get(address)).iter("form"):
        if any(control.get("name") == field for control in form.iter()):
            return controls_of(form)
    raise AssertionError(f"No form of {address} has the field {field}")


def works(client, address, sent):
    """Say whether a request is accepted from someone who keeps their role; it is undone."""
    with transaction.atomic():
        response = client.post(address, sent)
        transaction.set_rollback(True)
    return response.status_code == 302


@pytest.fixture
def reduced(second, chief):
    return lambda: change_member(mine(second), by=chief, access=Access.EDITOR)


@pytest.fixture
def removed(second, chief):
    return lambda: end_membership(mine(second), by=chief)


def test_an_owner_whose_access_is_reduced_does_not_take_it_back(client, second, reduced):
    address = reverse("member", args=["riverdale", mine(second).pk])
    sent = form_on(client.get(address))
    with transaction.atomic():
        reduced()
        sent["seen"] = mine(second).state  # what the form shows once it has happened
        transaction.set_rollback(True)
    for _ in each_moment(client, reduced, lambda: client.post(address, sent)):
        assert mine(second).access == Access.EDITOR


DAY = {"day": "1", "month": "3", "year": "2026"}
GROUP = {
    "group": "Ash",
    **{
        f"{name}-{part}": number
        for name in ("asked_on", "received_on")
        for part, number in DAY.items()
    },
}
# Each kind of restricted text: the page on which one is written, and what is filled in.
RESTRICTED = {
    "restricted_note": {"text": "Ours"},
    "scenario_new": {"name": "A tie"},
    "parity_request_new": GROUP | {"words": "A briefing"},
    "amendment_in_confidence_new": GROUP | {"title": "Libraries"},
}


@pytest.fixture
def seats(riverdale, chief):
    return seats_of(riverdale, by=chief)


def readers():
    """Return the people who have been named as readers of anything."""
    links = [each for each in ReaderLink.__subclasses__() if not each._meta.abstract]
    assert len(links) == len(RESTRICTED)
    return [link.membership.user for each in links for link in each.objects.all()]


@pytest.mark.parametrize("written_on", RESTRICTED)
def test_an_owner_whose_access_is_reduced_does_not_become_a_reader(
    plan, chief, officer, client, second, reduced, seats, written_on
):
    of_plan = (
        [plan.pk, own_item(plan, by=chief).pk] if written_on == "restricted_note" else [plan.pk]
    )
    address = reverse(written_on, args=of_plan)
    sent = filled_in(client, address, "version") | RESTRICTED[written_on]
    own = sent | {"readers": [mine(second).pk], "earlier": "on"}
    other = Membership.objects.get(user=officer).pk
    assert works(client, address, sent | {"readers": [other]})
    for _ in each_moment(client, reduced, lambda: client.post(address, own)):
        assert readers() == []


def test_an_owner_who_is_removed_does_not_become_an_adviser(plan, client, second, removed):
    address = reverse("plan_adviser_new", args=[plan.pk])
    sent = filled_in(client, address, "email") | {"email": second.email, "name": "Second"}
    until = timezone.localdate() + dt.timedelta(days=30)
    sent |= {f"until-{part}": getattr(until, part) for part in ("day", "month", "year")}
    sent |= {"stages": ["1", "2"]}
    assert works(client, address, sent | {"email": "other@elsewhere.example", "name": "Other"})
    for _ in each_moment(client, removed, lambda: client.post(address, sent)):
        assert not AdviserGrant.objects.exists()


def test_an_owner_who_is_removed_leaves_no_invitation_that_works(
    plan, client, second, removed, django_capture_on_commit_callbacks
):
    address = reverse("invite", args=["riverdale"])
    sent = filled_in(client, address, "email") | {"access": "owner", "office": "slt-member"}
    sent |= {"email": "other@elsewhere.example", "name": "Other"}
    assert works(client, address, sent)

    def send():
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(address, sent)

    for _ in each_moment(client, removed, send):
        for link in [
            link for each in mail.outbox for link in re.findall(r"/invitations/\S+", each.body)
        ]:
            assert browser().get(link).status_code == 404


def test_an_operator_whose_role_has_ended_does_not_take_it_back(db):
    first, second = operator_named("first"), operator_named("second")
    client = signed_in(second)
    address = reverse("operate_operators")
    sent = filled_in(client, address, "email") | {"email": second.email}
    assert works(client, address, sent | {"email": "third@operators.example", "name": "Third"})

    def end():
        remove_operator(User.objects.get(pk=second.pk), by=first)

    for _ in each_moment(client, end, lambda: client.post(address, sent)):
        assert not User.objects.get(pk=second.pk).is_operator


# What a person asks for about themselves.
OWN = {
    "account_name": {"name": "Second"},
    "account_email_change": {"email": "later@elsewhere.example"},
    "account_merge": {"email": "other@elsewhere.example"},
    "account_change_password": {
        "oldpassword": PASSWORD,
        "password1": "seven brown herons",
        "password2": "seven brown herons",
    },
    "development": {},
    "check_in_new": {"email": "other@elsewhere.example"},
    "digest": {},
}


def rows_about(person):
    """Return the rows that refer to a person and can be deleted with them, by table and key.

    Not the list of their browsers: without an account a session does nothing, and `clear_sessions`
    deletes its row within a day.
    """
    return {
        (model.__name__, pk)
        for model in apps.get_models()
        if not issubclass(model, (AppendOnlyModel, UserSession))
        for field in model._meta.concrete_fields
        if field.related_model is User
        for pk in model._base_manager.filter(**{field.name: person}).values_list("pk", flat=True)
    }


@pytest.mark.parametrize("name", OWN)
def test_a_person_who_is_erased_does_not_come_back(client, second, chief, name):
    address = reverse(name)
    client.get(address)

    def erase():
        erase_person(User.objects.get(pk=second.pk), by=chief)

    with transaction.atomic():
        erase()
        left = rows_about(second)
        transaction.set_rollback(True)
    for _ in each_moment(client, erase, lambda: client.post(address, OWN[name])):
        now = User.objects.get(pk=second.pk)
        assert (now.name, now.is_active) == (f"Removed person {now.pk}", False)
        assert now.email == f"removed-{now.pk}@removed.invalid"
        assert not now.has_usable_password()
        assert rows_about(second) <= left


ASKED = {
    "plan_calendar": {"make": "1"},
    "account_email_change": {"email": "later@elsewhere.example"},
    "account_merge": {"email": "other@elsewhere.example", "keeps_other": "this"},
}


@pytest.mark.parametrize("name", ASKED)
def test_a_session_that_has_been_ended_leaves_nothing_that_works(plan, second, name):
    """As with “sign out everywhere” or a new password, when someone else may have the browser."""
    address = reverse(name, args=[plan.pk] if name == "plan_calendar" else [])
    client = signed_in_just_now(second)
    UserSession.objects.create(user=second, session_key=client.session.session_key, ip="192.0.2.1")

    def kept():
        return [
            *CalendarFeed.objects.open().filter(user=second),
            *AddressChange.objects.open().filter(user=second),
            *AccountMerge.objects.filter(asked_by=second),
        ]

    with transaction.atomic():
        client.post(address, ASKED[name])
        assert len(kept()) == 1
        transaction.set_rollback(True)

    def end():
        end_access_of(second, by=second)

    for _ in each_moment(client, end, lambda: client.post(address, ASKED[name])):
        assert kept() == []
