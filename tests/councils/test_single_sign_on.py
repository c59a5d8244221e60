"""Signing in with the council's own accounts, against a provider run here (oidc_provider)."""

import json
import time
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import time_machine
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.core import mail
from django.core.checks import run_checks
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from assessments.data_protection.actions.merging import merge_people
from councils.actions.addresses import set_address
from councils.models import AccountMerge, Membership, User
from tests.acting import signed_in, signed_in_just_now, text_of
from tests.conftest import PASSWORD
from tests.councils.oidc_provider import CLIENT_ID, SECRET, TENANT, Provider, rsa_key
from tests.councils.test_second_factor import code_of, enter_code, with_second_factor
from tests.noc_transition.test_production_settings import GOOD, start

pytestmark = pytest.mark.django_db

START, BACK = reverse("single_sign_on"), reverse("single_sign_on_callback")
CONNECT, REMOVE = reverse("single_sign_on_connect"), reverse("single_sign_on_remove")
ACCOUNT = reverse("account")
NOT_CONNECTED = "is not connected to an account here"
NO_ANSWER = "is not responding properly"


@pytest.fixture
def provider(settings):
    """A provider that knows the officer of Riverdale, and single sign-on switched on."""
    provider = Provider()
    settings.SINGLE_SIGN_ON = True
    settings.OIDC_NAME = "Riverdale’s accounts"
    settings.OIDC_TENANTS = [TENANT]
    settings.SOCIALACCOUNT_PROVIDERS = {
        "single_sign_on": {
            "APP": {
                "name": settings.OIDC_NAME,
                "client_id": CLIENT_ID,
                "secret": SECRET,
                "settings": {"server_url": provider.url},
            }
        }
    }
    yield provider
    provider.stop()


def go(client, address=START, **data):
    """Press the button, go where it leads at the provider, and come back: the way back."""
    response = client.post(address, data)
    assert response.status_code == 302, text_of(response)
    sent_back = requests.get(response.url, allow_redirects=False, timeout=5)
    address = urlsplit(sent_back.headers["Location"])
    assert address.path == BACK
    return f"{address.path}?{address.query}"


def sign_in(client, **data):
    return client.get(go(client, **data))


def connect(client):
    """As someone signed in, from the account page; the password is asked for again."""
    asked = client.post(CONNECT)
    assert asked.url.startswith(reverse("account_reauthenticate"))
    at_provider = client.post(asked.url, {"password": PASSWORD})
    sent_back = requests.get(at_provider.url, allow_redirects=False, timeout=5)
    return client.get(sent_back.headers["Location"], follow=True)


def person_in(client):
    """Return the signed-in person, or None."""
    return User.objects.filter(pk=client.session.get("_auth_user_id")).first()


def refused(response, words, status=403):
    assert response.status_code == status
    text = text_of(response)
    assert words in text
    assert "You have not been signed in" in text
    assert person_in(response.client) is None
    return True


# --- Switched off ---------------------------------------------------------------------------------


def test_without_settings_there_is_no_button_and_no_address(client, officer):
    assert "Sign in with" not in text_of(client.get(reverse("account_login")))
    assert client.post(START).status_code == client.get(BACK).status_code == 404
    client.force_login(officer)
    assert "Single sign-on" not in text_of(client.get(ACCOUNT))
    assert client.post(CONNECT).status_code == client.post(REMOVE).status_code == 404


WHOLE = {
    "OIDC_SERVER_URL": "https://login.example.com/tenant/v2.0",
    "OIDC_CLIENT_ID": "planner",
    "OIDC_CLIENT_SECRET": "secret",
    "OIDC_TENANTS": f"{TENANT},https://login.example.com",
}


def test_all_its_settings_together_turn_it_on():
    done = start(
        "-c",
        "import noc_transition.settings as s; print(s.SINGLE_SIGN_ON, s.OIDC_TENANTS,"
        "s.CONTENT_SECURITY_POLICY['DIRECTIVES']['form-action'])",
        **GOOD,
        **WHOLE,
    )
    assert done.stdout.strip() == (
        f"True ['{TENANT}', 'https://login.example.com'] [\"'self'\", 'https://login.example.com']"
    )
    done = start("manage.py", "check", "--deploy", "--fail-level", "WARNING", **GOOD, **WHOLE)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("missing", WHOLE)
def test_a_part_of_its_settings_is_an_error_and_leaves_it_off(settings, missing):
    for name, value in WHOLE.items():
        setattr(settings, name, "" if name == missing else value)
    (error,) = [error for error in run_checks() if error.id == "councils.E001"]
    assert f"{missing} not set" in error.msg


def test_in_production_the_provider_is_asked_over_tls_only(settings):
    for name, value in WHOLE.items():
        setattr(settings, name, value)
    settings.OIDC_TENANTS = [TENANT]
    assert not [error for error in run_checks() if error.id == "councils.E002"]
    settings.OIDC_SERVER_URL = "http://login.example.com"
    settings.PRODUCTION = True
    assert [error for error in run_checks() if error.id == "councils.E002"]
    settings.OIDC_SERVER_URL = "login.example.com"
    settings.PRODUCTION = False
    assert [error for error in run_checks() if error.id == "councils.E002"]


@pytest.mark.parametrize("tenant", ["riverdale.onmicrosoft.com", "common", TENANT.upper() + "0"])
def test_a_tenant_that_no_token_can_name_is_an_error(settings, tenant):
    for name, value in WHOLE.items():
        setattr(settings, name, value)
    settings.OIDC_TENANTS = [TENANT, "https://login.example.com", tenant]
    (error,) = [error for error in run_checks() if error.id.startswith("councils.E00")]
    assert (error.id, error.msg) == (
        "councils.E003",
        f"OIDC_TENANTS: no token can come from {tenant}.",
    )


# --- Signing in -----------------------------------------------------------------------------------


def test_a_person_whose_address_the_provider_has_verified_is_signed_in(
    client, provider, officer, plan
):
    page = client.get(reverse("account_login"), {"next": reverse("guidance")})
    html = page.content.decode()
    assert f'<form method="post" action="{START}">' in html
    assert "Sign in with Riverdale’s accounts" in text_of(page)

    response = sign_in(client, next=reverse("guidance"))
    assert response.url == reverse("guidance")
    assert person_in(client) == officer
    assert client.get(reverse("plan", args=[plan.pk])).status_code == 200
    asked = provider.asked[0]
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert {"state", "nonce", "code_challenge"} <= asked.keys()
    identity = SocialAccount.objects.get()
    assert identity.user == officer
    assert identity.extra_data["subject"] == "lasting-id-of-the-person"
    (message,) = mail.outbox
    assert message.to == [officer.email]
    assert message.subject == "You can now sign in with Riverdale’s accounts"
    assert "Anyone who can sign in to that account as you can also sign in here." in message.body
    # A new password alone would leave that account connected.
    advice = "disconnect Riverdale’s accounts and check “Where you are signed in”"
    assert f"set a new password now, {advice} on your account page" in message.body


def test_the_key_of_the_session_changes(client, provider, officer):
    way_back = go(client)
    before = client.session.session_key
    client.get(way_back)
    assert person_in(client) == officer
    assert client.session.session_key != before


def test_such_a_session_ends_like_any_other(client, provider, officer):
    with time_machine.travel(time.time(), tick=False) as clock:
        sign_in(client)
        clock.shift(30 * 60 - 1)
        assert client.get(ACCOUNT).status_code == 200
        clock.shift(30 * 60 + 1)
        assert client.get(ACCOUNT).status_code == 302


def test_the_button_never_leads_to_another_host(client, provider, officer):
    assert sign_in(client, next="https://evil.example/").url == reverse("home")


def test_no_link_signs_anyone_in(client, provider, officer):
    assert client.get(START).status_code == 405
    assert Client(enforce_csrf_checks=True).post(START).status_code == 403
    assert provider.asked == []


def test_capitals_in_an_address_do_not_matter(client, provider, officer):
    provider.claims["email"] = "Officer@Riverdale.example"
    sign_in(client)
    assert person_in(client) == officer


@pytest.mark.parametrize("value", [True, 1, "1"])
def test_entras_claim_for_a_verified_address_counts(client, provider, officer, value):
    provider.claims |= {"email_verified": None, "xms_edov": value}
    sign_in(client)
    assert person_in(client) == officer


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False},
        {"email_verified": None},
        {"email_verified": "false"},
        {"email_verified": None, "xms_edov": False},
        {"email_verified": None, "xms_edov": "0"},
        {"email_verified": True, "email": None, "preferred_username": "officer@riverdale.example"},
        {"email_verified": True, "email": ["officer@riverdale.example"]},
        {"email_verified": True, "email": ""},
        {"email_verified": True, "email": "unknown@riverdale.example"},
    ],
)
def test_an_unverified_address_signs_no_one_in(client, provider, officer, claims):
    provider.claims |= claims
    assert refused(sign_in(client), NOT_CONNECTED)
    assert not SocialAccount.objects.exists()
    assert User.objects.count() == 1
    assert mail.outbox == []


def test_once_connected_the_lasting_id_counts_and_no_address(
    client, provider, officer, reviewer, chief
):
    """A person who is later given an address does not get its earlier holder's account (nOAuth)."""
    sign_in(client)
    provider.claims |= {"email": reviewer.email}
    again = Client()
    sign_in(again)
    assert person_in(again) == officer

    provider.claims |= {"sub": "another-subject", "email": officer.email}
    assert refused(sign_in(Client()), NOT_CONNECTED)
    assert SocialAccount.objects.count() == 1


def test_the_same_subject_of_another_issuer_is_someone_else(client, provider, officer, settings):
    sign_in(client)
    provider.issuer = provider.url + "/other"
    provider.claims |= {"iss": provider.issuer, "email_verified": False}
    assert refused(sign_in(Client()), NOT_CONNECTED)


@pytest.mark.parametrize("tenant", ["another", "", ["4d1ab5b0"], TENANT.upper(), 7])
def test_another_organisations_people_are_refused(client, provider, officer, tenant):
    provider.claims["tid"] = tenant
    assert refused(sign_in(client), "your organisation does not use it to sign in here")
    assert not SocialAccount.objects.exists()


def test_where_one_address_serves_many_tenants_each_is_its_own_issuer(
    client, provider, officer, settings
):
    """Entra's “organizations” names its issuer with a pattern for the tenant."""
    provider.issuer = provider.url.replace(TENANT, "{tenantid}")
    sign_in(client)
    assert person_in(client) == officer
    provider.claims |= {"tid": "another"}
    settings.OIDC_TENANTS = [TENANT, "another"]
    assert refused(sign_in(Client()), NO_ANSWER, 502)


def test_without_tenants_the_issuer_is_used_as_the_tenant(client, provider, officer, settings):
    provider.claims["tid"] = None
    assert refused(sign_in(client), "your organisation does not use it")
    settings.OIDC_TENANTS = [provider.issuer]
    sign_in(client)
    assert person_in(client) == officer


# --- Tokens that do not hold ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another application"},
        {"aud": [CLIENT_ID, "another"], "azp": "another"},
        {"aud": None},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"sub": None},
        {"sub": 7},
        {"exp": int(time.time()) - 3600},
        {"exp": None},
        {"iat": int(time.time()) + 3600},
        {"nbf": int(time.time()) + 3600},
        {"nonce": "another"},
        {"nonce": ""},
        {"nonce": None},
        {"nonce": ["x"]},
    ],
    ids=lambda claims: next(iter(claims)),
)
def test_a_token_that_says_the_wrong_thing_opens_nothing(client, provider, officer, claims):
    provider.claims |= claims
    assert refused(sign_in(client), NO_ANSWER, 502)
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize(
    ("key", "algorithm", "key_id"),
    [
        ("another", "RS256", "key-1"),
        ("another", "RS256", "key-2"),
        ("another", "RS256", None),
        ("published", "RS512", "key-1"),
        ("published", "RS256", "key-of-a-curve"),
        (None, "none", "key-1"),
        ("k" * 64, "HS256", "key-1"),
    ],
)
def test_a_token_that_is_badly_signed_opens_nothing(
    client, provider, officer, key, algorithm, key_id
):
    provider.key = rsa_key(key) if key in {"another", "published"} else key
    provider.algorithm, provider.key_id = algorithm, key_id
    assert refused(sign_in(client), NO_ANSWER, 502)


# --- Things that go wrong -------------------------------------------------------------------------


def test_someone_who_turns_back_at_the_provider_is_told_so(client, provider, officer):
    provider.cancels = True
    assert refused(sign_in(client), "You stopped before you were signed in.")


def test_an_answer_works_once(client, provider, officer):
    way_back = go(client)
    client.get(way_back)
    assert person_in(client) == officer
    client.post(reverse("account_logout"))
    assert refused(client.get(way_back), "A sign-in works once", 400)


def test_an_answer_works_in_the_browser_that_asked(client, provider, officer):
    """A link cannot sign a person in as someone else: the state belongs to a session."""
    assert refused(Client().get(go(client)), "A sign-in works once", 400)


def test_an_answer_works_for_ten_minutes(client, provider, officer):
    way_back = go(client)
    with time_machine.travel(time.time() + 601):
        assert refused(client.get(way_back), "A sign-in works once", 400)


@pytest.mark.parametrize("query", ["", "?state=x&code=y", "?code=y", "?state=%00", "?error=x"])
def test_an_answer_without_a_request_is_refused(client, provider, query):
    assert refused(client.get(BACK + query), "A sign-in works once", 400)


def test_an_answer_with_anothers_code_is_refused(client, provider, officer):
    """PKCE: a code that was stolen from one browser does not work in another."""
    stolen = parse_qs(urlsplit(go(Client())).query)["code"][0]
    own = parse_qs(urlsplit(go(client)).query)["state"][0]
    response = client.get(BACK, {"state": own, "code": stolen})
    assert refused(response, NO_ANSWER, 502)


@pytest.mark.parametrize("text", ["officer@riverdale.example\0", "\ud800"])
def test_what_the_database_cannot_store_is_nobody(client, provider, officer, text):
    provider.claims["email"] = provider.claims["preferred_username"] = text
    assert refused(sign_in(client), NOT_CONNECTED)
    provider.claims["sub"] = text
    assert refused(sign_in(Client()), NO_ANSWER, 502)


@pytest.mark.parametrize("name", ["issuer", "token_endpoint", "jwks_uri"])
def test_a_description_with_another_kind_of_value_is_handled(client, provider, officer, name):
    way_back = go(client)
    provider.broken["openid-configuration"] = json.dumps(
        provider.discovery({}) | {name: 5}
    ).encode()
    assert refused(client.get(way_back), NO_ANSWER, 502)


@pytest.mark.parametrize("page", ["openid-configuration", "token", "keys"])
@pytest.mark.parametrize(
    "said",
    [b"", b"<html>", b"[]", b'"x"', b"{}", b'{"keys": [{"kty": 1}]}', b"[" * 100_000],
    ids=["nothing", "html", "list", "text", "empty", "key", "nested"],
)
def test_a_malformed_answer_of_the_provider_is_handled(client, provider, officer, page, said):
    way_back = go(client)
    provider.broken[page] = said
    assert refused(client.get(way_back), NO_ANSWER, 502)
    if page == "openid-configuration":
        assert refused(client.post(START), NO_ANSWER, 502)


def test_a_provider_that_is_down_is_handled(client, provider, officer):
    way_back = go(client)
    provider.stop()
    assert refused(client.get(way_back), NO_ANSWER, 502)
    assert refused(client.post(START), NO_ANSWER, 502)
    assert "or sign in with your password" in text_of(client.post(START))


def test_of_two_first_sign_ins_at_once_the_second_starts_again(
    client, provider, officer, monkeypatch
):
    def overtaken(*args):
        raise IntegrityError("provider and uid are taken")

    way_back = go(client)
    monkeypatch.setattr(SocialLogin, "connect", overtaken)
    assert refused(client.get(way_back), "A sign-in works once", 400)


# --- Who may get in -------------------------------------------------------------------------------


@pytest.mark.parametrize("connected", [True, False])
def test_a_closed_account_stays_closed(client, provider, officer, connected):
    if connected:
        sign_in(Client())
    User.objects.filter(pk=officer.pk).update(is_active=False)
    assert refused(sign_in(client), NOT_CONNECTED)


def test_someone_who_was_removed_gets_in_and_sees_nothing(client, provider, officer, plan):
    sign_in(Client())
    Membership.objects.filter(user=officer).delete()
    sign_in(client)
    assert person_in(client) == officer
    assert client.get(reverse("plan", args=[plan.pk])).status_code == 404


def test_there_is_no_sign_up(client, provider):
    assert refused(sign_in(client), NOT_CONNECTED)
    assert not User.objects.exists()


def test_the_code_is_asked_for_as_after_a_password(client, provider, officer):
    kept = with_second_factor(officer)
    assert sign_in(client, next=reverse("guidance")).url == reverse("mfa_authenticate")
    assert person_in(client) is None
    assert client.get(ACCOUNT).status_code == 302
    assert enter_code(client, code_of(kept.secret)).url == reverse("guidance")
    assert person_in(client) == officer


@pytest.mark.parametrize(
    ("means", "asked"), [(["pwd", "mfa"], False), (["pwd"], True), ("mfa", True), (None, True)]
)
def test_no_code_is_asked_for_where_the_provider_asked_for_one(
    client, provider, officer, means, asked
):
    with_second_factor(officer)
    provider.claims["amr"] = means
    assert (sign_in(client).url == reverse("mfa_authenticate")) == asked
    assert (person_in(client) is None) == asked


def test_an_owner_still_sets_up_two_steps(client, provider, chief, plan, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    provider.claims |= {"email": chief.email, "amr": ["mfa"]}
    sign_in(client)
    response = client.get(reverse("plan", args=[plan.pk]))
    assert response.url.startswith(reverse("mfa_activate_totp"))


# --- Connecting and disconnecting -----------------------------------------------------------------


def test_someone_connects_their_account_whatever_its_address(provider, officer):
    provider.claims |= {"email": "o.fficer@elsewhere.example", "email_verified": False}
    client = signed_in(officer)
    assert "Not connected to Riverdale’s accounts" in text_of(client.get(ACCOUNT))
    done = connect(client)
    assert done.redirect_chain[-1] == (ACCOUNT, 302)
    text = text_of(done)
    assert "Your account has been connected" in text
    assert "Connected to Riverdale’s accounts as o.fficer@elsewhere.example" in text
    assert [message.to for message in mail.outbox] == [[officer.email]]

    again = Client()
    sign_in(again)
    assert person_in(again) == officer
    # One is enough: to connect another, disconnect the first.
    assert client.post(CONNECT).url == ACCOUNT


def way_to_connect(client):
    """Press the button in a tab where the password has been entered: the way back."""
    response = client.post(CONNECT)
    if response.url.startswith(reverse("account_reauthenticate")):
        response = client.post(response.url, {"password": PASSWORD})
    return requests.get(response.url, allow_redirects=False, timeout=5).headers["Location"]


def test_an_account_is_connected_to_one_identity(provider, officer):
    """Also if the button was pressed in two tabs before either came back from the provider."""
    client = signed_in(officer)
    ways = [way_to_connect(client), way_to_connect(client)]
    client.get(ways[0])
    provider.claims |= {"sub": "another-subject", "email": "other@elsewhere.example"}
    page = text_of(client.get(ways[1], follow=True))
    assert "Your account was already connected." in page
    assert SocialAccount.objects.get().extra_data["subject"] == "lasting-id-of-the-person"
    assert refused(sign_in(Client()), NOT_CONNECTED)


def test_nothing_is_connected_long_after_the_password_was_entered(provider, officer):
    client = signed_in(officer)
    with time_machine.travel(time.time(), tick=False) as clock:
        way_back = way_to_connect(client)
        clock.shift(9 * 60)
        page = text_of(client.get(way_back, follow=True))
    assert "Your account was not connected: your password was entered too long ago." in page
    assert not SocialAccount.objects.exists()


def test_several_identities_from_an_earlier_version_are_all_disconnected(provider, officer):
    client = signed_in(officer)
    connect(client)
    first = SocialAccount.objects.get()
    first.pk, first.uid = None, "hidden"
    first.save()
    asked = client.post(REMOVE)
    if asked.url != ACCOUNT:
        client.post(asked.url, {"password": PASSWORD}, follow=True)
    assert not SocialAccount.objects.exists()


def test_an_identity_belongs_to_one_account(provider, officer, reviewer):
    sign_in(Client())
    client = signed_in(reviewer)
    assert "already connected to another transition planner account" in text_of(connect(client))
    assert SocialAccount.objects.get().user == officer
    assert person_in(client) == reviewer


def test_another_organisations_identity_is_not_connected(provider, officer):
    provider.claims["tid"] = "another"
    client = signed_in(officer)
    response = connect(client)
    assert response.status_code == 403
    assert "Not connected" in text_of(response)
    assert not SocialAccount.objects.exists()


def test_a_person_who_has_signed_out_meanwhile_connects_nothing(provider, officer):
    client = signed_in(officer)
    asked = client.post(CONNECT)
    at_provider = client.post(asked.url, {"password": PASSWORD})
    way_back = requests.get(at_provider.url, allow_redirects=False, timeout=5).headers["Location"]
    client.post(reverse("account_logout"))
    assert client.get(way_back).status_code == 400
    assert not SocialAccount.objects.exists()


def test_connecting_needs_the_password(provider, officer):
    client = signed_in(officer)
    asked = client.post(CONNECT)
    client.post(asked.url, {"password": "wrong"})
    assert provider.asked == []
    assert client.post(CONNECT).url == asked.url


def test_disconnecting_asks_for_the_password_and_leaves_the_password(provider, officer):
    sign_in(Client())
    client = signed_in(officer)
    asked = client.post(REMOVE)
    done = client.post(asked.url, {"password": PASSWORD}, follow=True)
    assert "Your account has been disconnected from single sign-on" in text_of(done)
    assert not SocialAccount.objects.exists()
    assert mail.outbox[-1].subject == "You no longer sign in with Riverdale’s accounts"
    assert client.post(REMOVE).status_code == 404


def test_disconnecting_signs_out_whoever_signed_in_that_way(provider, officer):
    someone = Client()
    sign_in(someone)
    assert person_in(someone) == officer
    client = signed_in_just_now(officer)
    done = client.post(REMOVE, follow=True)
    assert "you have been signed out everywhere else" in text_of(done)
    assert person_in(client) == officer
    assert person_in(someone) is None


def test_an_account_stays_disconnected_when_it_is_merged(provider, officer, person, riverdale):
    sign_in(Client())
    signed_in_just_now(officer).post(REMOVE)
    officer.refresh_from_db()
    kept, old = person(riverdale, "vera", office="monitoring-officer"), officer.email
    merge = AccountMerge.objects.create(asked_by=kept, other=officer, email=old, digest="x" * 64)
    merge_people(merge, by=kept, is_proven=True)
    kept.refresh_from_db()
    set_address(kept, old, by=kept)
    response = sign_in(Client())
    assert response.status_code == 403
    assert person_in(response.client) is None


def test_only_the_person_connects_again_what_they_disconnected(provider, officer):
    """Someone who can sign in as them at the provider could otherwise undo it at once."""
    sign_in(Client())
    client = signed_in(officer)
    client.post(client.post(REMOVE).url, {"password": PASSWORD})
    for subject in ("lasting-id-of-the-person", "another-subject"):
        provider.claims |= {"sub": subject}
        other = Client()
        response = sign_in(other)
        assert refused(response, "your account here was disconnected from it")
        assert person_in(other) is None
    assert not SocialAccount.objects.exists()
    page = text_of(client.get(way_to_connect(client), follow=True))
    assert "Your account has been connected" in page
    assert person_in(other) is None
    sign_in(other)
    assert person_in(other) == officer
    # It is connected now, so another identity is refused as before.
    provider.claims |= {"sub": "a-third"}
    assert refused(sign_in(Client()), NOT_CONNECTED)


def test_a_person_without_a_password_cannot_disconnect(client, provider, officer):
    officer.set_unusable_password()
    officer.save()
    sign_in(client)
    text = text_of(client.get(ACCOUNT))
    assert "To disconnect it, set a password first." in text
    assert "Disconnect Riverdale’s accounts" not in text
    assert "Set a password first" in text_of(client.post(REMOVE, follow=True))
    assert SocialAccount.objects.exists()


def test_no_one_can_disconnect_another_person(provider, officer, reviewer):
    sign_in(Client())
    client = signed_in(reviewer)
    asked = client.post(REMOVE)
    assert client.post(asked.url, {"password": PASSWORD}, follow=True).status_code == 404
    assert SocialAccount.objects.exists()
