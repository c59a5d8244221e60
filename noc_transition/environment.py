"""Reads settings from the environment, and says clearly which of them is wrong."""

from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

YES_OR_NO = {*environ.Env.BOOLEAN_TRUE_STRINGS, "0", "n", "no", "off", "false", ""}
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
