"""A real browser against a real server: Debian's Chromium, and what every page must never do."""

import re
import shutil
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from assessments.demo import seed as demo
from councils.models import User

CHROMIUM = ("chromium", "chromium-browser")
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 10_000  # milliseconds; an assertion that holds does not wait for them
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if not found:
        pytest.fail("The browser tests need Chromium: apt-get install chromium")
    return browser_type_launch_args | {"executable_path": found, "args": list(QUIET)}


@pytest.fixture(scope="session")
def database(django_db_setup):
    if connections["default"].vendor != "sqlite":
        pytest.fail("The browser tests run on SQLite.")
    return connections["default"]


@pytest.fixture(autouse=True)
def committed(transactional_db, database):
    """A live server reads what is committed: see `tests.committing`."""


@pytest.fixture(scope="session")
def _pw_artifacts_folder(tmp_path_factory):
    """Where Playwright keeps downloads and traces. Its own folder is left over when tests run in
    parallel, and the warning about that would be printed into the results.
    """
    return SimpleNamespace(name=str(tmp_path_factory.mktemp("playwright")))


@pytest.fixture(scope="session")
def base_url(live_server):
    """Pages are opened by their path alone."""
    return live_server.url


class Heard:
    """What went on in every window of a test that no page may do.

    Errors in the console (the browser reports breaches of the content security policy there too),
    scripts that failed, requests to another host and files that were not there.
    """

    # The browser's own line for an answer of 4xx or 5xx; tests look at those answers themselves.
    ORDINARY = re.compile(r"Failed to load resource: the server responded with a status of \d+")

    def __init__(self, home):
        self.home = home
        self.expected = []
        self.faults = []

    def listen(self, context):
        context.on("console", self._console)
        context.on("weberror", lambda error: self.faults.append(f"script failed: {error.error}"))
        context.on("request", self._request)
        context.on("response", self._response)

    def expect(self, pattern):
        """Errors that a test brings about on purpose."""
        self.expected.append(pattern)

    def _console(self, message):
        if message.type in {"error", "warning"} and not self.ORDINARY.match(message.text):
            self.faults.append(f"console: {message.text}")

    def _request(self, request):
        if not request.url.startswith((self.home, "about:", "blob:")):
            self.faults.append(f"request to another host: {request.url}")

    def _response(self, response):
        if response.status >= 400 and response.request.resource_type not in {"document", "xhr"}:
            self.faults.append(f"{response.status}: {response.url}")

    @property
    def surprises(self):
        return [
            fault
            for fault in self.faults
            if not any(re.search(pattern, fault) for pattern in self.expected)
        ]


@pytest.fixture
def heard(base_url):
    return Heard(base_url)


@pytest.fixture(autouse=True)
def nothing_untoward(heard):
    yield
    assert heard.surprises == []


@pytest.fixture
def new_context(new_context, heard):
    """Every window of a test is listened to.

    News of what colleagues do comes at any moment: only a test that is about it gets any.
    """

    def make(*, news=False, **kwargs):
        context = new_context(**kwargs)
        if not news:
            context.route(re.compile(r"/news/"), lambda route: route.fulfill(status=204))
        context.set_default_timeout(PATIENCE)
        heard.listen(context)
        return context

    return make


@pytest.fixture
def signed_in(base_url):
    """`signed_in(page, user)`: the page's window belongs to `user` from now on; gives the page."""

    def sign_in(page, user):
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        page.context.clear_cookies(name=name)
        page.context.add_cookies(
            [{"name": name, "value": client.cookies[name].value, "url": base_url}]
        )
        return page

    return sign_in


@pytest.fixture
def window_of(new_context, signed_in):
    """`window_of(user)`: a page in a window of its own, signed in as `user`."""

    def open_window(user=None, **kwargs):
        page = new_context(**kwargs).new_page()
        return signed_in(page, user) if user else page

    return open_window


@pytest.fixture
def riverdale_demo(prepared):
    """The demo's councils: `riverdale_demo("chief@riverdale.example")` is one of its people."""
    prepared("demo", lambda: demo.seed(today=timezone.localdate()), silent=True)
    return lambda email: User.objects.get(email=email)
