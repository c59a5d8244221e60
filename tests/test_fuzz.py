"""Whatever a person or a script sends, no page answers with a server error.

A walk through the demo as several people: it follows links that it has seen and sends forms that it
has seen, with values that no form asks for. New pages and forms are found by themselves. The suite
takes a few hundred steps, always the same ones; `script/attack` takes as many as it is told, from
a seed that it prints.
"""

import io
import random
from urllib.parse import urlsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import transaction

from councils.models import User
from operate.actions import add_operator
from tests.acting import controls_of, signed_in, tree_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

PEOPLE = (
    "chief@riverdale.example",
    "monitoring@riverdale.example",
    "people@riverdale.example",
    "adviser@adviser.example",
    "leader@riverdale.example",
    "chief@northwold.example",
    "olive@operators.example",
)

VALUES = (
    *("", " ", "0", "1", "-1", "31", "12", "9999", "10000", "99999999999999999999", "1.5", "1e309"),
    *("NaN", "٣", "²", "½", "on", "true", "null", "[]", "{}", "0x1f", "1_000"),
    *("2026-13-45", "9999-12-31", "0001-01-01", "29 February 2027", "31/12/9999"),
    *("\x00", "a\x00b", "\r\nX: y", "\u202e", "\u200b", "\ufeff", "\x0b\x0c\x1c", "\ud7ff\ue000"),
    *(
        "👍🏽",
        "議員",
        "e\u0301" * 50,
        "ﷺ",
        "<script>alert(1)</script>",
        "{{ 7|add:7 }}",
        "{% now %}",
    ),
    *("' OR 1=1 --", "%s%n", "%00", "../../etc/passwd", "=1+1", "@SUM(A1)", "a" * 100_000),
    *(
        "Oak 23\nAsh 5",
        "Oak\t23\nTotal\t99",
        "Oak,-3",
        "|Oak|2|\n|--|--|",
        "Oak: 50%",
        "\t\n" * 999,
    ),
    *("a@b.example", "a" * 250 + "@b.example", "a@b@c", "http://[", "//evil.example", "\\\\evil"),
)

FILES = (b"", b"PK\x03\x04", b"\xff\xfe\x00", b"a,b\n" * 9999, b"gss,official_name\n\xe9,\x00")

HEADERS = (
    {"HX-Request": "true"},
    {"HX-Request": "true", "HX-Target": "x" * 300},
    {"HX-Request": "true", "HX-Current-URL": "http://["},
    {"Accept-Language": "x" * 500},
    {"Referer": "http://[::1"},
    {"If-Modified-Since": "yesterday"},
    {"Range": "bytes=0-"},
)


# On every response; what else there is, tests/noc_transition/test_errors_and_headers.py checks.
POLICY = {
    "Content-Security-Policy": "default-src 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Walk:
    """One person's way through the pages."""

    def __init__(self, email, chance, on_commit):
        self.on_commit = on_commit
        self.client = signed_in(User.objects.get(email=email))
        self.client.raise_request_exception = False
        self.email, self.chance = email, chance
        self.links, self.forms, self.seen = ["/"], [], {"/"}

    def step(self):
        """Make a request and return it in words with its status. Nothing is kept of it."""
        chance = self.chance
        headers = chance.choice(HEADERS) if chance.random() < 0.2 else {}
        with transaction.atomic():
            if self.forms and chance.random() < 0.6:
                address, sent = self.mutated(*chance.choice(self.forms))
                with self.on_commit(execute=True):
                    response = self.client.post(address, sent, headers=headers)
                words = f"POST {address} {sent!r}"
            else:
                address = chance.choice(self.links)
                if chance.random() < 0.3:
                    name = chance.choice(("page", "q", "due", "owner", "stage", "next", "x"))
                    response = self.client.get(
                        address, {name: chance.choice(VALUES)}, headers=headers
                    )
                else:
                    response = self.client.get(address, headers=headers)
                words = f"GET {address}"
                self.read(address, response)
            if response.streaming:
                response.getvalue()  # as a server does, which then closes the file
            transaction.set_rollback(True)
        for name, value in POLICY.items():
            if value not in response.headers.get(name, ""):
                words, response.status_code = f"without {name}: {words}", 500
        return f"{self.email}: {words} {headers}"[:600], response.status_code

    def mutated(self, address, sent):
        """Return the form with one to three of its values replaced, doubled or left out."""
        chance, sent = self.chance, dict(sent)
        for name in chance.sample(sorted(sent), min(len(sent), chance.randint(0, 3))):
            how = chance.random()
            if how < 0.6:
                sent[name] = chance.choice(VALUES)
            elif how < 0.7:
                sent[name] = SimpleUploadedFile("a.xlsx", chance.choice(FILES))
            elif how < 0.85:
                sent[name] = [sent[name], chance.choice(VALUES)]
            else:
                del sent[name]
        if chance.random() < 0.1:
            sent[chance.choice(("version", "x", "readers", "order_by"))] = chance.choice(VALUES)
        return address, sent

    def read(self, address, response):
        """Keep the links and forms of a page, or where a redirect leads."""
        if response.status_code == 302:
            self.keep(response.url)
        if response.status_code != 200 or "html" not in response.headers.get("Content-Type", ""):
            return
        page = tree_of(response)
        for link in page.iter("a"):
            self.keep(link.get("href") or "")
        for form in page.iter("form"):
            action = urlsplit(form.get("action") or address)
            if form.get("method") == "post" and not action.path.startswith("/sign-out"):
                sent = controls_of(form)
                key = (action.path, *sorted(sent))
                if key not in self.seen:
                    self.seen.add(key)
                    self.forms.append((action.path, sent))

    def keep(self, address):
        target = urlsplit(address)
        if not target.netloc and target.path.startswith("/") and target.path not in self.seen:
            self.seen.add(target.path)
            if not target.path.startswith(("/sign-out", "/static")):
                self.links.append(target.path)


def test_no_request_is_answered_with_a_server_error(
    request, settings, quick_press, django_capture_on_commit_callbacks, figures
):
    steps, seed = request.config.getoption("--fuzz"), request.config.getoption("--fuzz-seed")
    settings.EMAILS_A_DAY = dict.fromkeys(settings.EMAILS_A_DAY, 10_000)
    call_command("seed_demo", stdout=io.StringIO())
    operator = add_operator(email="olive@operators.example", name="Olive", by=None)
    TOTP.activate(operator, generate_totp_secret())
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    walks = [Walk(email, chance, django_capture_on_commit_callbacks) for email in PEOPLE]
    failed = []
    for n in range(steps):
        words, status = walks[n % len(walks)].step()
        if status >= 500 and status != 503:
            failed.append(f"{status} {words}")
    figures("Fuzzed requests; server errors", f"{steps}; {len(failed)}")
    assert failed == [], f"with --fuzz-seed {seed}"
    figures("Pages and forms found by them", sum(len(w.links) + len(w.forms) for w in walks))
    # Everyone went somewhere: beyond the page that the address of the planner leads to.
    for walk in walks:
        assert len(walk.links) > 10, walk.email
    assert sum(len(walk.forms) for walk in walks) > len(walks)
