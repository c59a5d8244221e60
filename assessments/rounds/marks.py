"""Marks by which a respondent whose name was removed, or whose round was deleted with its plan, is
recognised if they are asked again.

Without them, someone could remove the names of all respondents but one, ask the same people again,
and find the answers of the one in the difference between the two results. A mark is a checksum
with SECRET_KEY: the database alone does not tell whose it is.
"""

import re
import unicodedata
from typing import Any

from django.conf import settings
from django.utils.crypto import salted_hmac

TITLES = {
    *("cllr", "councillor", "alderman", "mr", "mrs", "ms", "miss", "mx", "dr", "prof"),
    *("professor", "sir", "dame", "lord", "lady", "baroness", "the", "hon", "rev", "reverend"),
}


# Before the mark of a name that a member chose themselves. It recognises no one: see
# `results._number_alike`.
CHOSEN = "chosen:"


def name_key(name: str) -> tuple[str, ...]:
    """Return the first and last words of a name, without accents, titles and punctuation.

    A label with a figure, such as "Sheet 2", is returned as it is.
    """
    if any(character.isdigit() for character in name):
        return (name.casefold(),)
    plain = unicodedata.normalize("NFKD", name.casefold())
    words = re.findall(r"[^\W\d_]+", "".join(c for c in plain if not unicodedata.combining(c)))
    words = [word for word in words if word not in TITLES] or words
    return (words[0], words[-1]) if words else (name,)


def email_marks(email: str) -> list[str]:
    """Return the marks of an address: the current one first, then those with earlier keys."""
    return _marks("email", email.strip().lower())


def name_marks(name: str) -> list[str]:
    """Return the marks of a name, and of every name with the same key; as `email_marks`."""
    return _marks("name", " ".join(name_key(name)))


def account_marks(key: int) -> list[str]:
    """Return the marks of the account with a primary key; as `email_marks`."""
    return _marks("account", str(key))


def marks_of(respondent: Any) -> list[str]:
    """Return the marks of a Respondent that are kept once their row has been deleted.

    They are recognised by all but one that begins with CHOSEN.
    """
    name = respondent.name_mark or name_marks(respondent.label)[0]
    found = [f"{CHOSEN}{name}" if respondent.has_chosen_name else name]
    if respondent.name_mark:
        found += [respondent.email_mark] * bool(respondent.email_mark)
        return found + respondent.other_marks.split()
    if respondent.address:
        found.append(email_marks(respondent.address)[0])
    if respondent.membership is not None:
        user = respondent.membership.user
        found.append(account_marks(user.merged_into_id or user.pk)[0])
    return found


def _marks(kind: str, text: str) -> list[str]:
    salt = f"assessments.rounds.marks.{kind}"
    return [
        salted_hmac(salt, text, secret=secret, algorithm="sha256").hexdigest()
        for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    ]
