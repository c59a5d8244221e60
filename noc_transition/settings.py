"""Settings, all from the environment; without any, the product runs locally on SQLite.

`PRODUCTION=1` switches every protection on and refuses to start with unsafe values.
"""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
LOCAL_SECRET_KEY = "local-only-" + "not-a-secret-" * 4

PRODUCTION = env.bool("PRODUCTION", default=False)
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default=LOCAL_SECRET_KEY)
# Keys that were in use before: what they signed or encrypted can still be read.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

if PRODUCTION:
    if {"", LOCAL_SECRET_KEY} & {SECRET_KEY, *SECRET_KEY_FALLBACKS}:
        raise ImproperlyConfigured("Set SECRET_KEY: production does not start with the default.")
    if DEBUG:
        raise ImproperlyConfigured("DEBUG must be off in production.")
    if not ALLOWED_HOSTS:
        raise ImproperlyConfigured("Set ALLOWED_HOSTS to the names this server answers to.")
    if "*" in ALLOWED_HOSTS:
        # The link in a password e-mail is built from the host name that was asked for.
        raise ImproperlyConfigured("Name each host in ALLOWED_HOSTS: production takes no '*'.")

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
    "noc_transition",
]

MIDDLEWARE = [
    "noc_transition.middleware.security_headers",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "noc_transition.middleware.keep_session",
    "noc_transition.middleware.SignInRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "assessments.advisers.access_log.record_looks",
]

ROOT_URLCONF = "noc_transition.urls"
WSGI_APPLICATION = "noc_transition.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
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
        # A writer takes the lock when it begins, so two savers queue instead of failing half-way.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Failed sign-ins are counted here, so the cache must be shared by every server process.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        # A full cache forgets at random: nobody may push a lockout or a used code out of it.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# Files that people made and that only they may fetch; never under an address of its own. The web
# server and the worker share it.
PRIVATE_DIR = Path(env.str("PRIVATE_DIR", default=str(BASE_DIR / "var" / "private")))

# Setting a PDF is the heaviest thing here: so many at a time on one computer, each so much at most.
PDF_AT_ONCE = env.int("PDF_AT_ONCE", default=2)
PDF_MEMORY_MB = env.int("PDF_MEMORY_MB", default=1024)
PDF_SECONDS = env.int("PDF_SECONDS", default=25)

# What takes long is done by `manage.py db_worker`, which finds its work in the database.
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
ACCOUNT_RATE_LIMITS = {"login_failed": "20/m/ip,5/5m/key"}
# Beside the password, a code from the person's phone. Whom it binds: councils.permissions.
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", default=PRODUCTION)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ADAPTER = "councils.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "councils.forms.CodeForm",
    "reauthenticate": "councils.forms.CodeAgainForm",
    "activate_totp": "councils.forms.FirstCodeForm",
}
MFA_TOTP_ISSUER = "Transition planner"
MFA_TOTP_TOLERANCE = 1  # a code is good for one period before and after its own; once (CodeForm)
MFA_ALLOW_UNVERIFIED_EMAIL = True  # an address comes from the council, not from the person

# Single sign-on by OpenID Connect, on when all of these are set: see councils.single_sign_on and
# councils.checks. OIDC_TENANTS are the tenants whose people may sign in: Entra's tenant ids or, for
# a provider without tenants, its issuer.
OIDC_SERVER_URL = env.str("OIDC_SERVER_URL", default="")
OIDC_CLIENT_ID = env.str("OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET = env.str("OIDC_CLIENT_SECRET", default="")
OIDC_TENANTS = env.list("OIDC_TENANTS", default=[])
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

# A session ends when nothing was asked for half an hour, and twelve hours after sign-in whatever
# happens. Its row in the database knows when: see noc_transition.sessions.
SESSION_ENGINE = "noc_transition.sessions"
SESSION_COOKIE_AGE = 30 * 60
SESSION_LIFE = 12 * 60 * 60
SESSION_REFRESH = 60  # how seldom use is written down

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str(
    "DEFAULT_FROM_EMAIL", default="Transition planner <no-reply@localhost>"
)

# Emails that one sender or council can send in a day, and that one address can receive.
EMAILS_A_DAY = {
    "sender": env.int("EMAILS_A_DAY_PER_PERSON", default=60),
    "council": env.int("EMAILS_A_DAY_PER_COUNCIL", default=150),
    "recipient": env.int("EMAILS_A_DAY_PER_ADDRESS", default=5),
}
# Password links are sent by `manage.py db_worker`, so that no response shows who has an account.
EMAIL_IN_BACKGROUND = env.bool("EMAIL_IN_BACKGROUND", default=PRODUCTION)

# Where people reach the planner, for links in what is sent outside a request.
SITE_URL = env.str("SITE_URL", default="" if PRODUCTION else "http://localhost:8000").rstrip("/")

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
        # Browsers hold the address that a form's answer sends on to against this as well.
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
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

if PRODUCTION:
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True

# --- What the server says -------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "WARNING"},
    },
}
