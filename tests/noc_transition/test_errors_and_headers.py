"""The headers of every response, and the pages shown when something goes wrong."""

import re

import pytest
from django.contrib.auth.decorators import login_not_required
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import IntegrityError, InternalError, OperationalError
from django.http import Http404, HttpResponse
from django.test import Client
from django.urls import include, path, reverse
from django.views.decorators.http import require_POST

from councils.models import EarlierName, User
from noc_transition.errors import error_page
from noc_transition.urls import handler400, handler403, handler404, handler429, handler500

__all__ = ["handler400", "handler403", "handler404", "handler429", "handler500"]


# --- The project's own addresses, and some that go wrong ------------------------------------------


def raises(error):
    @login_not_required
    def view(request):
        raise error

    return view


urlpatterns = [
    path("wrong/400/", raises(BadRequest("secret detail"))),
    path("wrong/403/", raises(PermissionDenied)),
    path("wrong/403/why/", raises(PermissionDenied("Only an owner may do <this>."))),
    path("wrong/404/", raises(Http404("secret detail"))),
    path("wrong/405/", login_not_required(require_POST(lambda request: HttpResponse()))),
    path("wrong/409/", login_not_required(lambda request: error_page(request, 409))),
    path("wrong/413/", login_not_required(lambda request: error_page(request, 413))),
    path("wrong/429/", login_not_required(lambda request: error_page(request, 429))),
    path("wrong/500/", raises(RuntimeError("secret detail"))),
    path("wrong/503/", raises(OperationalError("secret detail"))),
    path("wrong/read-only/", login_not_required(lambda request: _fail_as_postgresql("25006"))),
    path("wrong/idle/", login_not_required(lambda request: _fail_as_postgresql("25P03"))),
    path("wrong/long/", login_not_required(lambda request: _fail_as_postgresql("25P04"))),
    path("wrong/transaction/", login_not_required(lambda request: _fail_as_postgresql("25P02"))),
    path("wrong/deleted/", login_not_required(lambda request: _refer_to_nothing())),
    path("wrong/twice/", raises(IntegrityError("UNIQUE constraint failed: secret detail"))),
    path("", include("noc_transition.urls")),
]


def _refer_to_nothing():
    """Save a row that refers to one that is not there, as after someone deleted it."""
    EarlierName.objects.create(user_id=2_000_000_000, name="Ada")


def _fail_as_postgresql(code):
    """Raise an error with a code of PostgreSQL, as Django does: psycopg's own is its cause."""
    cause = Exception()
    cause.sqlstate = code
    raise InternalError("secret detail") from cause


pytestmark = pytest.mark.urls(__name__)

ERRORS = {
    400: "We could not read that request",
    403: "You do not have permission",
    404: "Page not found",
    405: "There is no page at this address",
    409: "Someone else changed this first",
    413: "That is too large to send",
    429: "Too many attempts",
    500: "Something went wrong on our side",
    503: "The planner is not available at the moment",
}
HTMX = {"hx-request": "true"}


@pytest.fixture
def client():
    return Client(raise_request_exception=False)


@pytest.fixture
def ada(db):
    return User.objects.create_user(email="ada@riverdale.example", name="Ada Okoro")


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


# --- Headers --------------------------------------------------------------------------------------

ALWAYS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Answered-By": "planner",
    "Permissions-Policy": (
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
        "magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
PRIVATE = ALWAYS | {"Cache-Control": "no-store"}
# Headers that a response may have besides: what it is, where to go, how to read it.
HARMLESS = {
    "Allow",
    "Content-Length",
    "Content-Type",
    "ETag",
    "Expires",
    "HX-Reswap",
    "HX-Retarget",
    "Last-Modified",
    "Location",
    "Retry-After",
    "Vary",
    "X-Request-ID",
}


def directives(policy):
    """Each directive of a content security policy with its sources as a set."""
    return {name: set(sources) for name, *sources in map(str.split, policy.split(";"))}


def assert_headers(response, expected):
    found = {name: response.headers.get(name) for name in expected}
    policies = [directives(headers.pop("Content-Security-Policy")) for headers in (found, expected)]
    assert policies[0] == policies[1]
    assert found == expected
    assert set(response.headers) - set(expected) - {"Content-Security-Policy"} <= HARMLESS


RESPONSES = [
    ("page", 200, "get", "/sign-in/", {}),
    ("signed-in page", 200, "get", "/account/", {"signed_in": True}),
    ("form with errors", 200, "post", "/sign-in/", {}),
    ("to sign in", 302, "get", "/account/", {}),
    ("to the whole address", 301, "get", "/sign-in", {}),
    ("unreadable", 400, "get", "/wrong/400/", {}),
    ("another host", 400, "get", "/sign-in/", {"headers": {"host": "evil.example"}}),
    ("too many fields", 400, "post", "/sign-in/", {"data": {f"f{n}": n for n in range(1001)}}),
    ("too large", 400, "post", "/sign-in/", {"data": {"login": "x" * 3_000_000}}),
    ("signed out fragment", 401, "get", "/account/", {"headers": HTMX}),
    ("refused", 403, "get", "/wrong/403/", {}),
    ("forged", 403, "post", "/sign-in/", {"checks_forgery": True}),
    ("not found", 404, "get", "/nowhere/", {}),
    ("raised not found", 404, "get", "/wrong/404/", {}),
    ("no such file", 404, "get", "/static/nowhere.css", {}),
    ("wrong method", 405, "post", "/account/", {"signed_in": True}),
    ("unknown method", 405, "trace", "/sign-in/", {}),
    ("conflict", 409, "get", "/wrong/409/", {}),
    ("too many", 429, "get", "/wrong/429/", {}),
    ("our fault", 500, "get", "/wrong/500/", {}),
    ("no database", 503, "get", "/wrong/503/", {}),
    ("no database in a fragment", 503, "post", "/wrong/503/", {"headers": HTMX}),
    ("our fault in a fragment", 500, "get", "/wrong/500/", {"headers": HTMX}),
]


@pytest.mark.parametrize(
    ("status", "method", "address", "how"),
    [row[1:] for row in RESPONSES],
    ids=[row[0] for row in RESPONSES],
)
def test_every_response_has_the_same_protection_and_is_not_kept(ada, status, method, address, how):
    how = dict(how)
    client = Client(
        raise_request_exception=False, enforce_csrf_checks=how.pop("checks_forgery", False)
    )
    if how.pop("signed_in", False):
        client.force_login(ada)
    response = getattr(client, method)(address, **how)
    assert response.status_code == status
    assert_headers(response, dict(PRIVATE))
    assert "unsafe" not in response.headers["Content-Security-Policy"]


def test_a_locked_out_person_gets_the_same_protection(client, ada):
    for _ in range(5):
        client.post(reverse("account_login"), {"login": ada.email, "password": "wrong"})
    response = client.post(reverse("account_login"), {"login": ada.email, "password": "wrong"})
    assert response.status_code == 429
    assert_headers(response, dict(PRIVATE))


@pytest.mark.parametrize("status", [200, 304])
def test_static_files_have_the_same_protection_and_may_be_kept(client, status):
    address = "/static/css/app.css"
    first = client.get(address)
    b"".join(first.streaming_content)
    headers = {"if-modified-since": first.headers["Last-Modified"]} if status == 304 else {}
    response = client.get(address, headers=headers)
    body = b"".join(response.streaming_content)
    assert response.status_code == status
    assert bool(body) == (status == 200)
    assert_headers(response, ALWAYS | {"Cache-Control": "max-age=60, public"})
    assert "Set-Cookie" not in response.headers


# --- Pages that say what went wrong ---------------------------------------------------------------


@pytest.mark.parametrize(("status", "title"), ERRORS.items())
def test_every_error_has_a_page_of_ours(client, status, title):
    # No database is at hand in this test: an error page asks for nothing that may be broken.
    response = client.get(f"/wrong/{status}/")
    html = response.content.decode()
    assert response.status_code == status
    assert f"<title>{title} – Transition planner</title>" in html
    assert re.search(rf"<h1[^>]*>{title}</h1>", html)
    assert "/static/css/app.css" in html
    assert f'href="{reverse("home")}"' in html
    assert "secret detail" not in html


def test_a_form_is_given_back_when_the_database_does_not_answer(client):
    # No database is at hand in this test either.
    typed = {"csrfmiddlewaretoken": "t" * 32, "note": "Words that took an hour to type"}
    response = client.post("/wrong/503/", typed)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "30")
    html = response.content.decode()
    assert "Words that took an hour to type</p>" in html
    assert 'value="Words that took an hour to type"' in html
    assert re.search(r'name="csrfmiddlewaretoken" value="\w{64}"', html)
    assert "secret detail" not in html
    # Not what could have come from another site, and no password.
    forged = Client(raise_request_exception=False, enforce_csrf_checks=True)
    assert "took an hour" not in forged.post("/wrong/503/", typed).content.decode()
    secret = client.post("/wrong/503/", typed | {"password": "seven brown herons"})
    assert "herons" not in secret.content.decode()


@pytest.mark.parametrize("path", ["/wrong/read-only/", "/wrong/idle/", "/wrong/long/"])
def test_a_form_is_given_back_when_the_database_takes_no_saves(client, path):
    typed = {"csrfmiddlewaretoken": "t" * 32, "note": "Words that took an hour to type"}
    response = client.post(path, typed)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "30")
    assert 'value="Words that took an hour to type"' in response.content.decode()
    # Others of the same class of errors are faults of ours.
    assert client.post("/wrong/transaction/", typed).status_code == 500


def test_a_session_that_cannot_be_saved_is_no_fault_of_the_request(client, ada, monkeypatch):
    client.force_login(ada)

    def fail(*args, **kwargs):
        raise OperationalError("database or disk is full")

    session = client.session
    session["plan"] = 1
    with monkeypatch.context() as patch:
        patch.setattr(Session, "save", fail)
        with pytest.raises(OperationalError):
            session.save()
    # One that was ended meanwhile is not the same.
    Session.objects.all().delete()
    with pytest.raises(UpdateError):
        session.save()


@pytest.mark.django_db(transaction=True)
def test_a_form_is_given_back_when_what_it_refers_to_has_been_deleted(client):
    typed = {"csrfmiddlewaretoken": "t" * 32, "note": "Words that took an hour to type"}
    response = client.post("/wrong/deleted/", typed)
    assert response.status_code == 409
    assert "has just been deleted" in text_of(response)
    assert "Words that took an hour to type</p>" in response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_fragment_says_that_what_it_refers_to_has_been_deleted(client):
    response = client.post("/wrong/deleted/", {"note": "Words"}, headers=HTMX)
    assert response.status_code == 409
    assert "has just been deleted, so nothing was saved" in text_of(response)
    assert client.post("/wrong/twice/").status_code == 500


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_signed_in_person_gets_an_error_page_when_the_database_is_away(client, headers):
    client.cookies["sessionid"] = "x" * 32
    response = client.get(reverse("account"), headers=headers)
    assert response.status_code == 500
    assert ERRORS[500] in text_of(response)


@pytest.mark.parametrize(("status", "title"), ERRORS.items())
def test_htmx_gets_a_line_for_the_message_area(client, status, title):
    response = client.get(f"/wrong/{status}/", headers=HTMX)
    html = response.content.decode()
    assert response.status_code == status
    assert f"{title}." in text_of(response)
    assert "<html" not in html
    assert "<h1" not in html
    assert "secret detail" not in html
    assert response.headers["HX-Retarget"] == "#page-message"
    assert response.headers["HX-Reswap"] == "innerHTML"


def test_a_refusal_says_why_and_escapes_the_text(client):
    for headers in ({}, HTMX):
        html = client.get("/wrong/403/why/", headers=headers).content.decode()
        assert "Only an owner may do &lt;this&gt;." in html


def test_the_page_has_the_place_that_fragments_are_sent_to(client, ada):
    client.force_login(ada)
    assert client.get(reverse("account")).content.decode().count('id="page-message"') == 1


def test_an_error_page_leaves_waiting_messages_for_the_next_page(client, ada):
    client.force_login(ada)
    client.post(reverse("account_logout"))
    assert "You have been signed out." not in text_of(client.get("/nowhere/"))
    assert "You have been signed out." in text_of(client.get(reverse("account_login")))


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_forged_or_outdated_form_is_explained(db, headers):
    client = Client(enforce_csrf_checks=True)
    response = client.post(reverse("account_login"), {"login": "x"}, headers=headers)
    assert response.status_code == 403
    assert "This page is out of date" in text_of(response)
    assert "CSRF" not in response.content.decode()


@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_a_fragment_after_the_session_ended_is_never_a_sign_in_form(client, ada, method):
    client.force_login(ada)
    client.session.flush()
    response = getattr(client, method)(reverse("account"), headers=HTMX)
    html = response.content.decode()
    assert response.status_code == 401
    assert "You have been signed out." in text_of(response)
    assert "<form" not in html
    assert "<html" not in html
    assert response.headers["HX-Retarget"] == "#page-message"


def test_a_page_after_the_session_ended_leads_to_sign_in_and_back(client, ada):
    client.force_login(ada)
    client.session.flush()
    response = client.get(reverse("account"), {"a": "b"})
    assert response.url == "/sign-in/?next=/account/%3Fa%3Db"


# --- Nonsense -------------------------------------------------------------------------------------

HUGE = "9" * 40
NONSENSE = [
    f"/plans/{HUGE}/",
    f"/plans/1/items/{HUGE}/",
    f"/plans/{HUGE}/items/1/edit/",
    f"/plans/1/stages/{HUGE}/",
    f"/plans/1/areas/{HUGE}/",
    f"/plans/1/steps/{HUGE}/",
    f"/plans/{HUGE}/action-plan/pdf/",
    "/plans/-1/",
    "/plans/0/",
    "/plans/1e3/",
    "/plans/٣/",
    "/plans/%00/",
    "/plans/1/officers/none/",
    f"/councils/{'a' * 500}/plans/new/",
    "/councils/%2e%2e/plans/new/",
    f"/guidance/steps/{HUGE}/",
    f"/guidance/areas/{HUGE}/",
    f"/guidance/components/{HUGE}/",
    f"/guidance/themes/{HUGE}/",
    "/guidance/steps/0/",
    "/%ff%fe/",
    "/..%2f..%2fetc/passwd",
    "/static/..%2fmanage.py",
    "/static/../manage.py",
]


@pytest.mark.parametrize("address", NONSENSE)
def test_a_malformed_address_is_not_found(ada, address):
    client = Client()
    client.force_login(ada)
    response = client.get(address)
    assert response.status_code == 404
    assert "Page not found" in text_of(response)


@pytest.mark.parametrize(
    "query", ["q=%00", "q=%ff%fe", f"q={'x' * 5000}", "q=&q=&q=", "page=-1", f"page={HUGE}"]
)
def test_a_malformed_query_is_harmless(ada, query):
    client = Client()
    client.force_login(ada)
    for name in ("account", "home", "guidance", "guidance_search"):
        assert client.get(f"{reverse(name)}?{query}").status_code == 200


@pytest.mark.parametrize("value", ["", "x", "x" * 5000, "é", "\x7f"])
def test_a_malformed_session_cookie_means_signed_out(client, db, value):
    client.cookies["sessionid"] = value
    assert client.get(reverse("account")).status_code == 302


def test_an_error_page_has_the_header_links_of_a_signed_in_person_and_of_no_one_else(client, ada):
    account = f'href="{reverse("account")}"'
    assert account not in client.get("/wrong/404/").content.decode()
    client.force_login(ada)
    page = client.get(reverse("plan", args=[999]))  # a view that fetches the person
    assert page.status_code == 404
    assert account in page.content.decode()
    assert f'href="{reverse("guidance")}"' in page.content.decode()


def test_an_address_for_forms_only_says_what_to_do(client):
    response = client.get("/wrong/405/")
    assert (response.status_code, response.headers["Allow"]) == (405, "POST")
    assert "go back to the page it was on and press it again" in text_of(response)
    fragment = client.get("/wrong/405/", headers=HTMX)
    assert (fragment.status_code, fragment.headers["HX-Retarget"]) == (405, "#page-message")
    assert client.post("/wrong/405/").status_code == 200
