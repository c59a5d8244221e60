"""Reads settings from the environment, and says clearly which of them is wrong."""

import re
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

YES_OR_NO = {*environ.Env.BOOLEAN_TRUE_STRINGS, "0", "n", "no", "off", "false", ""}
DATABASES = ("postgres://", "postgresql://", "sqlite://")
ADDRESS = re.compile(r"(\[[0-9a-f:]+\]|[\w.-]+):([0-9]{1,5})", re.ASCII)
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
        if cast is bool and text.strip().lower() not in YES_OR_NO:
            raise ImproperlyConfigured(f"{var} must be 1 or 0.")
        try:
            return super().get_value(var, cast=cast, default=default, parse_default=parse_default)
        except ValueError as error:
            kind = TYPES.get(cast, "a valid value")
            raise ImproperlyConfigured(f"{var} is not {kind}.") from error

    def db(self, var: str = "DATABASE_URL", *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return the database. Raises ImproperlyConfigured if its address is of another kind."""
        text = self.str(var, default="")
        if text and not text.startswith(DATABASES):
            raise ImproperlyConfigured(f"{var} must begin with postgres:// or sqlite:///.")
        return super().db(var, *args, **kwargs)

    def email_url(self, var: str = "EMAIL_URL", *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return how emails are sent. Raises ImproperlyConfigured if the kind is not known."""
        text = self.str(var, default="")
        if text and text.partition("://")[0] not in self.EMAIL_SCHEMES:
            raise ImproperlyConfigured(
                f"{var} must begin with smtp://, smtp+tls:// or smtp+ssl://."
            )
        return super().email_url(var, *args, **kwargs)

    def address(self, var: str, default: str = "") -> str:
        """Return an address to listen on, as "127.0.0.1:9100". Raises ImproperlyConfigured."""
        text = self.str(var, default=default)
        found = ADDRESS.fullmatch(text)
        if text and not (found and 0 < int(found[2]) < 65536):
            raise ImproperlyConfigured(f"{var} must be an address and a port: 127.0.0.1:9100.")
        return text
