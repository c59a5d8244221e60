"""Production settings are chosen when the process starts, so each test starts one."""

import json
import os
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management.utils import get_random_secret_key

from noc_transition import serving

pytestmark = pytest.mark.slow

GOOD = {
    "PRODUCTION": "1",
    "SECRET_KEY": "k" + get_random_secret_key(),  # one that begins with $ names another variable
    "ALLOWED_HOSTS": "planner.example.gov.uk",
    "DATABASE_URL": "sqlite:///:memory:",
    "EMAIL_URL": "smtp+tls://user:password@mail.example.gov.uk:587",
    "SITE_URL": "https://planner.example.gov.uk",
    "TRUSTED_PROXY_COUNT": "1",
}


def start(*arguments, **environment):
    """Run Python with these settings and nothing else of ours in the environment."""
    kept = ("PATH", "PYTHONPATH", "LANG", "SYSTEMROOT")
    return subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        cwd=settings.BASE_DIR,
        env={name: os.environ[name] for name in kept if name in os.environ} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"SECRET_KEY": None}, "Set SECRET_KEY"),
        ({"SECRET_KEY": settings.LOCAL_SECRET_KEY}, "Set SECRET_KEY"),
        ({"SECRET_KEY": ""}, "Set SECRET_KEY"),
        ({"SECRET_KEY_FALLBACKS": settings.LOCAL_SECRET_KEY}, "Set SECRET_KEY"),
        ({"ALLOWED_HOSTS": None}, "Set ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": ""}, "Set ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "planner.example.gov.uk,*"}, "Name each host in ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": ".gov.uk"}, "Name each host in ALLOWED_HOSTS"),
        *(
            ({"EMAIL_URL": value}, "EMAIL_URL must begin with smtp")
            for value in ("consolemail://", "filemail:////tmp", "dummymail://", "memorymail://")
        ),
        ({"TRUSTED_PROXY_COUNT": "0"}, "TRUSTED_PROXY_COUNT must be 1 or more"),
        ({"TRUSTED_PROXY_COUNT": "-1"}, "TRUSTED_PROXY_COUNT must be 1 or more"),
        ({"DEBUG": "1"}, "DEBUG must be off"),
        ({"SECRET_KEY": "$" + get_random_secret_key()}, "SECRET_KEY begins with $"),
        ({"SITE_URL": "http://planner.example.gov.uk"}, "SITE_URL must begin with https://"),
        ({"SITE_URL": "https://planer.example.gov.uk"}, "The name in SITE_URL must be one of"),
        ({"BACKUP_KEY": "AGE-SECRET-KEY-1"}, "BACKUP_KEY is not an age public key"),
        ({"BACKUP_DIR": "/backups"}, "Set BACKUP_DAYS"),
        ({"SECRET_KEY": " " * 40}, "SECRET_KEY must have 16 characters or more"),
        *(
            ({"ALLOWED_HOSTS": value}, "ALLOWED_HOSTS must be names without https://")
            for value in ("https://planner.example.gov.uk", "planner.example.gov.uk:443", "a b")
        ),
        *(
            ({name: value}, f"Set {name}")
            for name in ("DATABASE_URL", "EMAIL_URL", "SITE_URL", "TRUSTED_PROXY_COUNT")
            for value in (None, "")
        ),
    ],
)
def test_production_does_not_start_with_missing_or_unsafe_values(wrong, message):
    environment = {name: value for name, value in (GOOD | wrong).items() if value is not None}
    done = start("-c", "import noc_transition.settings", **environment)
    assert done.returncode != 0
    assert f"ImproperlyConfigured: {message}" in done.stderr


WRONG = {
    "PDF_AT_ONCE": ("0", "-1"),
    "DOWNLOADS_AT_ONCE": ("0", "-1"),
    "PDF_MEMORY_MB": ("1", "-1"),
    "PDF_SECONDS": ("0",),
    "ACTION_LOGS_AT_ONCE": ("0",),
    "EMAIL_TIMEOUT": ("0", "-1"),
    "EMAILS_A_DAY_PER_PERSON": ("-1",),
    "INVITATION_RETENTION_DAYS": ("-1", "99999999999"),
    "BACKUP_DAYS": ("-4", "99999999999"),
    "WEB_CONCURRENCY": ("0", "-2"),
    "SITE_URL": (
        "https://planner.example/sub/",
        "https://a:b",
        "https://a@b.example",
        "https://a b",
        "https://a.example:99999",
    ),
    "CSRF_TRUSTED_ORIGINS": ("https://*", "a.example", "https://a.example/", "https://a.example:0"),
    "BACKUP_DIR": ("backups",),
    "DEFAULT_FROM_EMAIL": ("nonsense", "Planner <p@x.example>, b@y.example", "Planner <x>"),
    "EMAIL_URL": ("smtp://", "smtp://h:abc", "smtp://u:zq#s@h:587", "smtp://u:zq/s@h:587"),
    "DATABASE_URL": (
        "postgres://",
        "postgres://u:zq/s@h/db",
        "postgres://u:zq@h:abc/db",
        "postgres://u:zq@h/db?connect_timeout=5s",
        "postgres://u:zq@h/db?sslmode=require&keepalives_idle=1m",
    ),
    "DIRECT_DATABASE_URL": ("postgres://", "postgres://u:zq@h/db", "postgres://u:zq/s@h/db"),
    "BACKUP_KEY": ("age1" + "q" * 58,),  # its checksum is wrong
    "SENTRY_DSN": ("nonsense", "https://x"),
    "TEMPLATES_DIR": ("/nonexistent",),
}
NO_VALUE_STOPS_IT = """
import os, sys, warnings
from django.core.exceptions import ImproperlyConfigured
import importlib
warnings.simplefilter("ignore")  # of Sentry
started = []
for line in sys.argv[2:]:
    name, _, value = line.partition("=")
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        for module in ("settings", "serving"):
            sys.modules.pop(f"noc_transition.{module}", None)
            importlib.import_module(f"noc_transition.{module}")
        started.append(line)
    except ImproperlyConfigured as error:
        if name not in str(error) or "zq" in str(error) or value in str(error):
            started.append(f"{line}: {error}")
    finally:
        os.environ.pop(name)
        if before is not None:
            os.environ[name] = before
print(chr(10).join(started))
"""


def test_a_value_that_cannot_be_used_stops_the_start_and_is_not_shown():
    """Each of them let the planner start, and then every PDF, email or page fail."""
    lines = [f"{name}={value}" for name, values in WRONG.items() for value in values]
    done = start("-c", NO_VALUE_STOPS_IT, "-", *lines, **GOOD)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""


EMPTY_IS_NOT_SET = """
import importlib, os, sys, warnings
warnings.simplefilter("ignore")
def found():
    values = {}
    for module in ("settings", "serving"):
        sys.modules.pop(f"noc_transition.{module}", None)
        values |= vars(importlib.import_module(f"noc_transition.{module}"))
    return {name: str(value) for name, value in values.items() if name.isupper() or name == "bind"}
before = found()
for line in sys.argv[2:]:
    name, _, value = line.partition("=")
    os.environ[name] = value
    now = found()
    print(*(f"{line} {key}: {now[key]}" for key in before if now[key] != before[key]), sep=chr(10))
    os.environ.pop(name)
"""


def test_a_setting_without_a_value_is_as_if_it_were_not_set():
    """BIND= listened on every address, and SECOND_FACTOR_REQUIRED= asked no one for a code."""
    text = (settings.BASE_DIR / "docs/settings.md").read_text()
    first_cells = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    names = set(re.findall(r"`([A-Z_]+)`", " ".join(first_cells))) - GOOD.keys()
    assert {"BIND", "SECOND_FACTOR_REQUIRED", "EMAIL_IN_BACKGROUND", "PDF_SECONDS"} <= names
    spaces = ("SECOND_FACTOR_REQUIRED= ", "SECURE_SSL_REDIRECT= ", "EMAIL_IN_BACKGROUND= ")
    done = start(
        "-c", EMPTY_IS_NOT_SET, "-", *(f"{name}=" for name in sorted(names)), *spaces, **GOOD
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_spaces_after_commas_and_empty_values_are_left_out():
    code = (
        "from noc_transition.settings import *; "
        "print(ALLOWED_HOSTS, SECRET_KEY_FALLBACKS, PRIVATE_DIR)"
    )
    lists = {"ALLOWED_HOSTS": "a.example, b.example,", "SECRET_KEY_FALLBACKS": " one , two"}
    lists["SITE_URL"] = "https://b.example"
    done = start("-c", code, **(GOOD | lists | {"PRIVATE_DIR": ""}))
    folder = settings.BASE_DIR / "var/private"  # not "", which is the folder of the code
    assert done.stdout.strip() == f"['a.example', 'b.example'] ['one', 'two'] {folder}"


# Files with hashed names need collectstatic first; nothing tested here depends on them.
START_WITHOUT_STATIC_FILES = """
import django
from django.conf import settings
settings.STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
settings.STATIC_ROOT = None
django.setup()
"""


@pytest.mark.parametrize("form", ["json", "plain"])
def test_the_log_of_production_has_no_address_in_either_form(form):
    code = f"""{START_WITHOUT_STATIC_FILES}
from django.test import Client
client = Client(headers={{"host": "planner.example.gov.uk"}}, raise_request_exception=False)
client.get("/nothing/secret-token/", secure=True)
client.get("/", headers={{"host": "secret-token.example"}}, secure=True)
import logging
try:
    raise ValueError("secret-token")
except ValueError:
    logging.getLogger("django.request").exception("It failed")
"""
    done = start(
        "-c", code, **GOOD, LOG_FORMAT=form, DJANGO_SETTINGS_MODULE="noc_transition.settings"
    )
    assert done.returncode == 0, done.stderr
    lines = done.stderr.strip().splitlines()
    assert {"404", "400"} <= set(re.findall(r'"?status"?[:=] ?(\d+)', done.stderr))
    assert all("ValueError" in line for line in lines if "It failed" in line)
    assert "secret-token" not in done.stderr


def test_a_command_names_the_setting_in_one_line():
    done = start("manage.py", "migrate", **(GOOD | {"SITE_URL": ""}))
    assert done.returncode == 1
    assert done.stderr.startswith("The settings cannot be used. Set SITE_URL: ")
    assert done.stderr.count("\n") == 1


def test_the_deployment_checks_have_nothing_to_say():
    done = start("manage.py", "check", "--deploy", "--fail-level", "WARNING", **GOOD)
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout + done.stderr


def test_without_any_environment_the_product_runs_on_this_machine_only():
    done = start(
        "-c",
        "import json, noc_transition.settings as s; print(json.dumps([s.DEBUG, s.ALLOWED_HOSTS]))",
    )
    assert json.loads(done.stdout) == [False, ["127.0.0.1", "localhost"]]


def test_postgresql_keeps_statements_unless_told_otherwise():
    code = "import json, noc_transition.settings as s; print(json.dumps(s.DATABASES['default']))"
    there = {"DATABASE_URL": "postgres://planner@db.example/planner?sslmode=require"}
    kept = json.loads(start("-c", code, **there).stdout)
    options = {"sslmode": "require", "server_side_binding": True, "prepare_threshold": 2}
    assert kept["OPTIONS"].items() >= options.items()
    assert "DISABLE_SERVER_SIDE_CURSORS" not in kept
    plain = json.loads(start("-c", code, **there, PREPARED_STATEMENTS="0").stdout)
    added = kept["OPTIONS"].keys() - plain["OPTIONS"].keys()
    assert added == {"server_side_binding", "prepare_threshold"}
    # Behind a pooler, the next rows of a cursor could be those of another process.
    assert plain["DISABLE_SERVER_SIDE_CURSORS"] is True


def test_a_database_server_that_answers_nothing_is_given_up_in_half_a_minute():
    """The worker waited for hours on a connection that a firewall had forgotten."""
    code = "import json, noc_transition.settings as s; print(json.dumps(s.DATABASES['default']))"
    address = "postgres://planner@db.example/planner?keepalives_idle=60"
    options = json.loads(start("-c", code, DATABASE_URL=address).stdout)["OPTIONS"]
    assert 2 <= options["connect_timeout"] < serving.timeout / 2
    assert options["tcp_user_timeout"] <= 30_000
    assert options["keepalives_interval"] * options["keepalives_count"] <= 30
    assert int(options["keepalives_idle"]) == 60  # what DATABASE_URL says


def test_production_sends_emails_with_the_limits_of_ours():
    code = "import noc_transition.settings as s; print(s.EMAIL_BACKEND, s.EMAIL_HOST)"
    assert start("-c", code, **GOOD).stdout.split() == [
        "noc_transition.smtp.EmailBackend",
        "mail.example.gov.uk",
    ]


VISIT = (
    f"""
import json
import sys
{START_WITHOUT_STATIC_FILES}"""
    + """from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.test import Client
from councils.models import Council, DomainMove, DomainMovePerson, User
with connection.schema_editor() as schema:
    ours = (User, Council, DomainMove, DomainMovePerson)
    for model in (*ours, EmailAddress, Session, Authenticator, UserSession):
        schema.create_model(model)
call_command("createcachetable")
User.objects.create_user(email="ada@example.gov.uk", name="Ada", password="seven brown herons")
client = Client(headers={"host": "planner.example.gov.uk"})
form = {"login": "ada@example.gov.uk", "password": "seven brown herons"}
page = client.get("/sign-in/", secure=True)
signed_in = client.post("/sign-in/", form, secure=True)
plain = client.get("/sign-in/")
elsewhere = client.get("/sign-in/", headers={"host": "evil.example"})
print(json.dumps({
    "cookies": {name: str(cookie.OutputString()) for name, cookie in client.cookies.items()},
    "hsts": page.headers.get("Strict-Transport-Security"),
    "signed_in": signed_in.status_code,
    "plain": [plain.status_code, plain.headers["Location"]],
    "elsewhere": [elsewhere.status_code, dict(elsewhere.headers)],
}))
"""
)


@pytest.fixture(scope="module")
def visit(tmp_path_factory):
    database = tmp_path_factory.mktemp("production") / "db.sqlite3"
    done = start(
        "-c",
        VISIT,
        **GOOD
        | {
            "DJANGO_SETTINGS_MODULE": "noc_transition.settings",
            "DATABASE_URL": f"sqlite:///{database}",
        },
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", ["__Host-session", "__Host-csrf", "__Host-known-browser"])
def test_cookies_are_sent_over_https_only_and_scripts_cannot_read_them(visit, name):
    assert visit["signed_in"] == 302
    attributes = {part.strip() for part in visit["cookies"][name].split(";")[1:]}
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= attributes
    assert not any(part.startswith("Domain") for part in attributes)
    assert set(visit["cookies"]) <= {
        "__Host-session",
        "__Host-csrf",
        "__Host-known-browser",
        "messages",
    }


def test_http_redirects_to_https_with_hsts(visit):
    assert visit["plain"] == [301, "https://planner.example.gov.uk/sign-in/"]
    assert visit["hsts"] == "max-age=31536000; includeSubDomains; preload"


def test_a_request_for_another_host_is_refused_with_every_header(visit):
    status, headers = visit["elsewhere"]
    assert status == 400
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
