"""Settings, all from the environment. Without any, the planner runs locally on SQLite.

`PRODUCTION=1` turns on every protection and refuses to start with missing or unsafe values.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from .environment import HOST, Environment

env = Environment()

BASE_DIR = Path(__file__).resolve().parent.parent
LOCAL_SECRET_KEY = "local-only-" + "not-a-secret-" * 4
SHORTEST_KEY = 16  # characters

PRODUCTION = env.bool("PRODUCTION", default=False)
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default=LOCAL_SECRET_KEY)
# Earlier keys: what they signed or encrypted can still be read.
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS") or ([] if PRODUCTION else ["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.origins("CSRF_TRUSTED_ORIGINS")

if PRODUCTION:
    if {"", LOCAL_SECRET_KEY} & {SECRET_KEY, *SECRET_KEY_FALLBACKS}:
        raise ImproperlyConfigured("Set SECRET_KEY: production does not start with the default.")
    if len(SECRET_KEY.strip()) < SHORTEST_KEY:
        raise ImproperlyConfigured(
            f"SECRET_KEY must have {SHORTEST_KEY} characters or more, as from openssl rand -hex 32."
        )
    if DEBUG:
        raise ImproperlyConfigured("DEBUG must be off in production.")
    if not ALLOWED_HOSTS:
        raise ImproperlyConfigured("Set ALLOWED_HOSTS to the names this server answers to.")
    if any(host == "*" or host.startswith(".") for host in ALLOWED_HOSTS):
        # The link in a password email is built from the host name of the request.
        raise ImproperlyConfigured(
            "Name each host in ALLOWED_HOSTS: '*' and names that begin with a dot are not allowed."
        )
    if not all(map(HOST.fullmatch, ALLOWED_HOSTS)):
        raise ImproperlyConfigured(
            "ALLOWED_HOSTS must be names without https:// and port: planner.example.gov.uk."
        )
    for name, purpose in {
        "DATABASE_URL": "the PostgreSQL database; without it, data would be in a local file",
        "EMAIL_URL": "the mail server; without it, password links would be written to the log",
        "SITE_URL": "the address of the planner, for links in emails",
        "TRUSTED_PROXY_COUNT": "how many proxies are in front; with the wrong number, one person's "
        "failed sign-ins can lock out everyone",
    }.items():
        if not env.str(name, default=""):
            raise ImproperlyConfigured(f"Set {name}: {purpose}.")
    if not env.str("EMAIL_URL").startswith("smtp"):
        # The others write emails, with their password links, to the log or a file, or nowhere.
        raise ImproperlyConfigured(
            "EMAIL_URL must begin with smtp://, smtp+tls:// or smtp+ssl:// in production."
        )
    if env.int("TRUSTED_PROXY_COUNT") < 1:
        raise ImproperlyConfigured("TRUSTED_PROXY_COUNT must be 1 or more: TLS ends at a proxy.")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "crispy_forms",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "govuk",
    "councils",
    "frameworks",
    "elections",
    "assessments",
    "operate",
]

MIDDLEWARE = [
    "noc_transition.logs.log_requests",
    "noc_transition.middleware.security_headers",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "noc_transition.middleware.limit_requests",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "noc_transition.middleware.keep_session",
    "noc_transition.middleware.SignInRequiredMiddleware",
    "noc_transition.middleware.explain_method",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "assessments.advisers.access_log.record_looks",
    "assessments.navigation.last_plan.remember_plan",
]

# Counts and times for Prometheus, off unless set. Each address must be a private one, which the
# proxy does not lead to: gunicorn listens on the first, each worker on the second.
METRICS_BIND = env.address("METRICS_BIND")
WORKER_METRICS_BIND = env.address("WORKER_METRICS_BIND")
HAS_METRICS = bool(METRICS_BIND or WORKER_METRICS_BIND)
if METRICS_BIND:
    MIDDLEWARE.insert(0, "noc_transition.metrics.count_requests")

ROOT_URLCONF = "noc_transition.urls"
WSGI_APPLICATION = "noc_transition.wsgi.application"

# Where a deployment's own templates are, if any: "public/privacy.html" there replaces ours.
TEMPLATES_DIR = env.folder("TEMPLATES_DIR")

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [*([Path(TEMPLATES_DIR)] if TEMPLATES_DIR else []), BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "assessments.for_you.context.for_you",
                "operate.notices.service_notice",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "govuk"
CRISPY_TEMPLATE_PACK = "govuk"
CRISPY_FAIL_SILENTLY = False

# --- Data -----------------------------------------------------------------------------------------

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # A writer takes the lock at the start, so that two writers queue instead of failing.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.whole_number("CONN_MAX_AGE", default=60, at_least=0)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # A database server on another machine that is gone, and a firewall that has forgotten a
    # connection, answer nothing. The worker would wait for up to 2 hours, and a page until the web
    # server ends its process. DATABASE_URL can have other values.
    gives_up = {
        "connect_timeout": 10,
        "tcp_user_timeout": 30_000,  # milliseconds in which what is sent has to arrive
        "keepalives_idle": 15,  # seconds until a server that says nothing is asked if it is there
        "keepalives_interval": 5,
        "keepalives_count": 3,
    }
    DATABASES["default"]["OPTIONS"] = gives_up | DATABASES["default"].get("OPTIONS", {})
    if env.bool("PREPARED_STATEMENTS", default=True):
        # A connection that runs a statement for the third time has it prepared, and PostgreSQL soon
        # keeps its plan: planning takes longer than running most of ours.
        DATABASES["default"]["OPTIONS"].update(server_side_binding=True, prepare_threshold=2)
    else:
        # A pooler gives each query any of its connections, and a cursor exists on one of them only.
        # Its name is that of a thread, which is the same in all processes of a web server: the rows
        # could be those of another council.
        DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
# The same database without the pooler, for backups: see operate.backup.
DIRECT_DATABASE: dict[str, Any] = {}
if env.str("DIRECT_DATABASE_URL", default=""):
    DIRECT_DATABASE = env.db("DIRECT_DATABASE_URL")
    if DIRECT_DATABASE["ENGINE"] != DATABASES["default"]["ENGINE"]:
        raise ImproperlyConfigured("DIRECT_DATABASE_URL must lead to the database of DATABASE_URL.")
    if DIRECT_DATABASE["ENGINE"] != "django.db.backends.sqlite3":
        DIRECT_DATABASE["OPTIONS"] = gives_up | DIRECT_DATABASE.get("OPTIONS", {})
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Failed sign-ins are counted here, so the cache must be shared by every server process.
CACHES = {
    "default": {
        "BACKEND": "noc_transition.caching.Cache",
        "LOCATION": "cache",
        # A full cache drops entries at random, which must not be lockouts or used codes.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# Locks that limit how many files are made and action logs read at once on this machine. Files that
# people download are in the database, so that any number of machines can share the work.
PRIVATE_DIR = Path(env.str("PRIVATE_DIR", default="") or BASE_DIR / "var" / "private")

# Backups are encrypted to this age public key (age1…). Restoring needs its secret key.
BACKUP_KEY = env.age_key("BACKUP_KEY")
# A folder into which the worker writes a backup every night; the newest BACKUP_DAYS are kept.
BACKUP_DIR = env.full_path("BACKUP_DIR")

# PDFs need the most resources: how many at a time on one computer, and the limits of each.
PDF_AT_ONCE = env.whole_number("PDF_AT_ONCE", default=2, at_least=1)
PDF_MEMORY_MB = env.whole_number("PDF_MEMORY_MB", default=1024, at_least=256)
PDF_SECONDS = env.whole_number("PDF_SECONDS", default=25, at_least=1)
# How many processes answer pages: gunicorn reads the same.
WEB_CONCURRENCY = env.web_processes()
# How many files of any format are drawn at a time on one computer, in the processes that answer
# pages; of one person, only one.
DOWNLOADS_AT_ONCE = env.whole_number("DOWNLOADS_AT_ONCE", default=2, at_least=1)
# How many uploaded action logs are read at a time on one computer, each with up to 512 MB.
ACTION_LOGS_AT_ONCE = env.whole_number("ACTION_LOGS_AT_ONCE", default=2, at_least=1)

# `manage.py worker` does what takes long or is due; it finds its work in the database.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

FIXTURE_DIRS = [BASE_DIR / "fixtures"]

# --- People ---------------------------------------------------------------------------------------

AUTH_USER_MODEL = "councils.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["name", "email"]},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

PASSWORD_RESET_TIMEOUT = 24 * 60 * 60

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "councils.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "councils.forms.SignInForm",
    "reset_password": "councils.forms.ResetPasswordForm",
    "reset_password_from_key": "councils.forms.NewPasswordForm",
    "change_password": "councils.forms.ChangePasswordForm",
    "reauthenticate": "councils.forms.PasswordAgainForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_NOTIFICATIONS = True  # of changes to how a person signs in
# Failures for one address, from any browser; browsers known to the person are counted separately.
ACCOUNT_RATE_LIMITS = {"login_failed": "20/m/ip,5/15m/key"}
KNOWN_BROWSER_COOKIE_NAME = "__Host-known-browser" if PRODUCTION else "knownbrowser"
# Two-step sign-in. Who must use it is in councils.permissions.
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", default=PRODUCTION)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ADAPTER = "councils.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "councils.forms.CodeForm",
    "reauthenticate": "councils.forms.CodeAgainForm",
    "activate_totp": "councils.forms.FirstCodeForm",
}
MFA_TOTP_ISSUER = "Transition planner"
MFA_TOTP_TOLERANCE = 1  # a code is valid one period before and after its own, but only once
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses come from councils, not from people themselves

# Single sign-on by OpenID Connect, on if all of these are set: see councils.single_sign_on and
# councils.checks. OIDC_TENANTS are the tenants whose people can sign in: Entra tenant ids or, for a
# provider without tenants, its issuer.
OIDC_SERVER_URL = env.str("OIDC_SERVER_URL", default="")
OIDC_CLIENT_ID = env.str("OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET = env.str("OIDC_CLIENT_SECRET", default="")
OIDC_TENANTS = env.words("OIDC_TENANTS")
OIDC_NAME = env.str("OIDC_NAME", default="your council’s account")
SINGLE_SIGN_ON = all((OIDC_SERVER_URL, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, OIDC_TENANTS))
OIDC_ORIGIN = "{0.scheme}://{0.netloc}".format(urlsplit(OIDC_SERVER_URL))
SOCIALACCOUNT_ADAPTER = "councils.single_sign_on.SingleSignOnAdapter"
SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True  # before an account is connected or disconnected
SOCIALACCOUNT_PROVIDERS = {
    "single_sign_on": {
        "APP": {
            "name": OIDC_NAME,
            "client_id": OIDC_CLIENT_ID,
            "secret": OIDC_CLIENT_SECRET,
            "settings": {"server_url": OIDC_SERVER_URL},
        }
    }
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)

# A session ends after 30 minutes without use, and 12 hours after sign-in at the latest. The time is
# in its database row: see noc_transition.sessions.
SESSION_ENGINE = "noc_transition.sessions"
SESSION_COOKIE_AGE = 30 * 60
SESSION_LIFE = 12 * 60 * 60
SESSION_REFRESH = 60  # seconds between updates of the last use

# How long a page shows an earlier notice to everyone, at most: see operate.notices.
NOTICE_SECONDS = 30

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
# For each answer of the mail server; `noc_transition.smtp` limits the time of all together.
EMAIL_TIMEOUT = env.whole_number("EMAIL_TIMEOUT", default=10, at_least=1)
if EMAIL_CONFIG["EMAIL_BACKEND"].endswith("smtp.EmailBackend"):
    EMAIL_BACKEND = "noc_transition.smtp.EmailBackend"
DEFAULT_FROM_EMAIL = env.sender(
    "DEFAULT_FROM_EMAIL", default="Transition planner <no-reply@localhost>"
)

# Emails that one sender or council can send in a day, and that one address can receive.
EMAILS_A_DAY = {
    "sender": env.whole_number("EMAILS_A_DAY_PER_PERSON", default=150, at_least=0),
    "council": env.whole_number("EMAILS_A_DAY_PER_COUNCIL", default=400, at_least=0),
    "recipient": env.whole_number("EMAILS_A_DAY_PER_ADDRESS", default=5, at_least=0),
}
# Password links are sent by `manage.py worker`, so that no response shows who has an account.
EMAIL_IN_BACKGROUND = env.bool("EMAIL_IN_BACKGROUND", default=PRODUCTION)
# Whether the worker deletes plans when the retention period that their council set is over.
DELETE_EXPIRED_PLANS = env.bool("DELETE_EXPIRED_PLANS", default=False)
# Names of people who were invited and never joined are kept this long: see `forget_invitations`.
INVITATION_RETENTION_DAYS = env.whole_number(
    "INVITATION_RETENTION_DAYS", default=90, at_least=0, at_most=36_500
)

# The address of the planner, for links in emails sent outside a request.
SITE_URL = env.site("SITE_URL", default="" if PRODUCTION else "http://localhost:8000")
if PRODUCTION:
    if not SITE_URL.startswith("https://"):
        raise ImproperlyConfigured("SITE_URL must begin with https://.")
    site_host = (urlsplit(SITE_URL).hostname or "").strip("[]")
    hosts = {host.lower().strip("[]") for host in ALLOWED_HOSTS}
    if site_host not in hosts and not CSRF_TRUSTED_ORIGINS:
        # A proxy that changes the host name also needs CSRF_TRUSTED_ORIGINS.
        raise ImproperlyConfigured(
            "The name in SITE_URL must be one of ALLOWED_HOSTS: links in emails lead there."
        )

# --- What public bodies must publish --------------------------------------------------------------

# Who is responsible for this deployment, for the pages in templates/public.
PUBLISHER = {
    # The organisation that runs the planner, and whether it is the council that uses it.
    "name": env.str("PUBLISHER_NAME", default=""),
    "is_the_council": env.bool("PUBLISHER_IS_THE_COUNCIL", default=False),
    "email": env.str("PUBLISHER_EMAIL", default=""),
    "phone": env.str("PUBLISHER_PHONE", default=""),
    "address": env.str("PUBLISHER_ADDRESS", default=""),
    "data_protection_email": env.str("DATA_PROTECTION_EMAIL", default=""),
    # Where the data is kept, and for how long backups keep what has been deleted.
    "hosting": env.str("HOSTING", default=""),
    "backup_days": env.whole_number("BACKUP_DAYS", default=0, at_least=0, at_most=36_500),
    # When the statement was prepared for this deployment, for example "1 March 2027".
    "accessibility_prepared_on": env.str("ACCESSIBILITY_PREPARED_ON", default=""),
}

if BACKUP_DIR and PUBLISHER["backup_days"] < 1:
    raise ImproperlyConfigured("Set BACKUP_DAYS: how many backups are kept in BACKUP_DIR.")

# --- Language and time ----------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True
DATE_FORMAT = "j F Y"
TIME_FORMAT = "H:i"

# --- Static files ---------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles" if PRODUCTION else None
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = False
WHITENOISE_ALLOW_ALL_ORIGINS = False

# --- Security -------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        # Browsers apply this to the redirect after a form, too.
        "form-action": [SELF, OIDC_ORIGIN] if SINGLE_SIGN_ON else [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "noc_transition.errors.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# Of a whole request: the largest files have 5 MB. Django's own limit does not count files.
LARGEST_REQUEST = 6 * 1024 * 1024
# The largest form is the table of a balance: 40 bodies with 16 groups, and members in no group.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000

if PRODUCTION:
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    # A load balancer on the same network asks without TLS.
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True

# --- Logging --------------------------------------------------------------------------------------

# Entries are JSON or plain lines. In production, neither has personal data.
LOG_FORMAT = env.str("LOG_FORMAT", default="json" if PRODUCTION else "plain")
if LOG_FORMAT not in {"json", "plain"}:
    raise ImproperlyConfigured("LOG_FORMAT must be json or plain.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "noc_transition.logs.JsonFormatter"},
        "plain": {"()": "noc_transition.logs.PlainFormatter"}
        if PRODUCTION
        else {"format": "{message}", "style": "{"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "WARNING"},
        # Django's own handlers would write the same entry again, with the address in it.
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        # What is usual is for those who collect logs, not for a terminal.
        "noc_transition.requests": {"level": "INFO" if LOG_FORMAT == "json" else "WARNING"},
        "operate.jobs": {"level": "INFO" if LOG_FORMAT == "json" else "WARNING"},
    },
}

# Errors are reported to Sentry, without personal data, if this is set.
SENTRY_DSN = env.str("SENTRY_DSN", default="")
if SENTRY_DSN:
    from .reports import start_reports

    try:
        start_reports(SENTRY_DSN, environment=env.str("SENTRY_ENVIRONMENT", default="production"))
    except ValueError:
        raise ImproperlyConfigured("SENTRY_DSN is not an address that Sentry gives.") from None
