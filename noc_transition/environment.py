"""Reads settings from the environment, and says clearly which of them is wrong."""

import re
from email.utils import getaddresses
from pathlib import Path
from typing import Any

import environ
import pyrage
from django.core.exceptions import ImproperlyConfigured

YES_OR_NO = {*environ.Env.BOOLEAN_TRUE_STRINGS, "0", "n", "no", "off", "false", ""}
DATABASES = ("postgres://", "postgresql://", "sqlite://")
ADDRESS = re.compile(r"(\[[0-9a-f:]+\]|[\w.-]+):([0-9]{1,5})", re.ASCII)
# A name that DNS can have, or an IP address. No scheme, port, path or sign-in.
HOST = re.compile(r"[\w-]+(\.[\w-]+)*|\[[0-9a-f:.]+\]", re.ASCII | re.IGNORECASE)
SITE = re.compile(
    rf"https?://({HOST.pattern})(:(?P<port>[0-9]{{1,5}}))?/?", re.ASCII | re.IGNORECASE
)
SENDER = re.compile(r"[^\s@<>,]+@[^\s@<>,]+")
IN_CODE = (
    "Write each of @ : / ? # % in a user name or password in its code: %40 %3A %2F %3F %23 %25."
)
# Parameters of libpq that can follow DATABASE_URL. It reads them when the first page is asked for.
NUMBERS = (
    "connect_timeout",
    "tcp_user_timeout",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_count",
)
TYPES = {int: "a whole number", float: "a number"}


class Environment(environ.Env):
    """`environ.Env`, with a sentence for each value that cannot be used. No value is shown."""

    def get_value(
        self, var: str, cast: Any = None, default: Any = environ.Env.NOTSET, parse_default=False
    ) -> Any:
        """Return the value of a variable. Raises ImproperlyConfigured with its name."""
        text = self.ENVIRON.get(var, "")
        if text.startswith("$"):
            # django-environ would take it for the name of another variable.
            raise ImproperlyConfigured(
                f"{var} begins with $, which is not possible. Choose a value that begins with "
                "another character."
            )
        is_empty = text == "" or (cast is bool and not text.strip())
        if is_empty and default is not environ.Env.NOTSET:
            # A line without a value must not turn off a protection that is on by default.
            return default
        if cast is bool and text.strip().lower() not in YES_OR_NO:
            raise ImproperlyConfigured(f"{var} must be 1 or 0.")
        try:
            return super().get_value(var, cast=cast, default=default, parse_default=parse_default)
        except ValueError as error:
            kind = TYPES.get(cast, "a valid value")
            raise ImproperlyConfigured(f"{var} is not {kind}.") from error

    def whole_number(self, var: str, *, default: int, at_least: int, at_most: int = 10**6) -> int:
        """Return a number. Raises ImproperlyConfigured if it is too small or too large."""
        number: int = self.int(var, default=default)
        if not at_least <= number <= at_most:
            raise ImproperlyConfigured(
                f"{var} must be between {at_least} and {at_most}."
                if number > at_most
                else f"{var} must be {at_least} or more."
            )
        return number

    def web_processes(self) -> int:
        """Return how many processes the web server has."""
        return self.whole_number("WEB_CONCURRENCY", default=3, at_least=1)

    def words(self, var: str) -> list[str]:
        """Return what is between commas, without the spaces around it."""
        found = [word.strip() for word in self.str(var, default="").split(",")]
        return [word for word in found if word]

    def site(self, var: str, default: str) -> str:
        """Return the address of the planner without a slash at its end, or an empty text.

        Links are put together from it and a path, so it can have no path of its own. Raises
        ImproperlyConfigured.
        """
        text = self.str(var, default=default)
        if text and not _is_site(text):
            raise ImproperlyConfigured(
                f"{var} must begin with https:// and have only a name after it: "
                "https://planner.example.gov.uk."
            )
        return text.rstrip("/")

    def origins(self, var: str) -> list[str]:
        """Return addresses as `site` does, several. Raises ImproperlyConfigured."""
        found = self.words(var)
        for text in found:
            if not _is_site(text) or text.endswith("/"):
                raise ImproperlyConfigured(
                    f"{var} must have full addresses without a path, with commas between them: "
                    "https://planner.example.gov.uk."
                )
        return found

    def sender(self, var: str, default: str) -> str:
        """Return who emails are from. Raises ImproperlyConfigured if it is not one address."""
        text = self.str(var, default=default)
        found = getaddresses([text])
        if len(found) != 1 or not SENDER.fullmatch(found[0][1]):
            raise ImproperlyConfigured(
                f"{var} must be one email address: Transition planner <planner@example.gov.uk>."
            )
        return text

    def folder(self, var: str) -> str:
        """Return a folder, or an empty text. Raises ImproperlyConfigured if it does not exist."""
        text = self.str(var, default="")
        if text and not Path(text).is_dir():
            raise ImproperlyConfigured(f"{var} is not a folder.")
        return text

    def full_path(self, var: str) -> str:
        """Return a path from the root, or an empty text. Raises ImproperlyConfigured.

        Another would mean a different place to each command, by where it was started.
        """
        text = self.str(var, default="")
        if text and not Path(text).is_absolute():
            raise ImproperlyConfigured(f"{var} must be a full path, beginning with /.")
        return text

    def age_key(self, var: str) -> str:
        """Return an age public key, or an empty text. Raises ImproperlyConfigured.

        A key has a checksum, so a letter that was mistyped is found here and not every night.
        """
        text = self.str(var, default="")
        try:
            if text:
                pyrage.x25519.Recipient.from_str(text)
        except pyrage.RecipientError:
            raise ImproperlyConfigured(f"{var} is not an age public key (age1…).") from None
        return text

    def db(self, var: str = "DATABASE_URL", *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return the database. Raises ImproperlyConfigured if its address is of another kind."""
        text = self.str(var, default="")
        if text and not text.startswith(DATABASES):
            raise ImproperlyConfigured(f"{var} must begin with postgres:// or sqlite:///.")
        try:
            found: dict[str, Any] = super().db(var, *args, **kwargs)
        except ValueError:
            # The text of the error has a part of the password.
            raise ImproperlyConfigured(f"{var} cannot be read. {IN_CODE}") from None
        if text.startswith("postgres") and not found["NAME"]:
            raise ImproperlyConfigured(f"{var} must end with / and the name of the database.")
        options = found.get("OPTIONS", {})
        for name in NUMBERS:
            if not re.fullmatch(r"-?[0-9]+", str(options.get(name, 0)), re.ASCII):
                raise ImproperlyConfigured(f"{name} in {var} must be a whole number.")
        return found

    def email_url(self, var: str = "EMAIL_URL", *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return how emails are sent. Raises ImproperlyConfigured if the kind is not known."""
        text = self.str(var, default="")
        if text and text.partition("://")[0] not in self.EMAIL_SCHEMES:
            raise ImproperlyConfigured(
                f"{var} must begin with smtp://, smtp+tls:// or smtp+ssl://."
            )
        try:
            found: dict[str, Any] = super().email_url(var, *args, **kwargs)
        except ValueError:
            raise ImproperlyConfigured(f"{var} cannot be read. {IN_CODE}") from None
        if text.startswith("smtp") and not found["EMAIL_HOST"]:
            raise ImproperlyConfigured(f"{var} must name the mail server after //.")
        return found

    def address(self, var: str, default: str = "") -> str:
        """Return an address to listen on, as "127.0.0.1:9100". Raises ImproperlyConfigured."""
        text = self.str(var, default=default)
        found = ADDRESS.fullmatch(text)
        if text and not (found and 0 < int(found[2]) < 65536):
            raise ImproperlyConfigured(f"{var} must be an address and a port: 127.0.0.1:9100.")
        return text


def _is_site(text: str) -> bool:
    found = SITE.fullmatch(text)
    return bool(found and 0 < int(found["port"] or 443) < 65536)
