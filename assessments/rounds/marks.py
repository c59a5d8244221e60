"""Signs by which a respondent can be recognised if they are asked again.

Without them, someone could ask all respondents but one again, under other names or after their
names were removed, and find the answers of the one in the difference between the two results.

A sign is kept as a mark, a checksum with SECRET_KEY: the database alone does not tell whose it is.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.utils.crypto import salted_hmac

TITLES = {
    *("cllr", "councillor", "alderman", "mr", "mrs", "ms", "miss", "mx", "dr", "prof"),
    *("professor", "sir", "dame", "lord", "lady", "baroness", "the", "hon", "rev", "reverend"),
}
# A name of nothing but these is an office, which someone else can hold in a later round.
OFFICES = {
    *("leader", "leaders", "officer", "officers", "director", "head", "chief", "executive"),
    *("chair", "chairman", "chairwoman", "chairperson", "mayor", "mayoress", "manager", "clerk"),
    *("secretary", "deputy", "vice", "acting", "interim", "assistant", "cabinet", "committee"),
    *("council", "councillor", "member", "members", "group", "team", "office", "monitoring"),
    *("section", "finance", "financial", "legal", "democratic", "services", "service", "paid"),
    *("returning", "partner", "opposition", "portfolio", "holder", "anonymous", "unknown"),
    *("respondent", "someone", "sheet", "workshop", "and", "of", "for", "to", "the", "a", "s"),
}
# Letters that cannot be taken apart into a plain one and an accent.
PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ß": "ss", "’": "", "'": ""}
)
NONE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Signs:
    """The marks of what a respondent, or someone with an account, is or was known by.

    `names` are of the first and last words of names together, `firsts` of first words and `words`
    of the others. `writers` are of the account that entered their answers from paper. `unsorted`
    are of accounts, addresses and names from when the kinds were not kept. With `is_one` unset,
    someone else may have the same signs at another time: the name is an office or a label, or an
    account has had names that can hardly be one person's.
    """

    accounts: frozenset[str] = NONE
    emails: frozenset[str] = NONE
    names: frozenset[str] = NONE
    firsts: frozenset[str] = NONE
    words: frozenset[str] = NONE
    writers: frozenset[str] = NONE
    unsorted: frozenset[str] = NONE
    is_one: bool = True

    def __or__(self, other: "Signs") -> "Signs":
        both = {kind: getattr(self, kind) | getattr(other, kind) for kind in KINDS}
        return Signs(**both, is_one=self.is_one and other.is_one)

    def is_sure(self, other: "Signs") -> bool:
        """Return whether two respondents of different rounds are one person.

        The name must be the same, and one of the account, an address and who entered both from
        paper. The name of an office or a label is not enough.
        """
        if not (self.is_one and other.is_one):
            return False
        at = self.accounts & other.accounts or self.emails & other.emails
        by = self.writers & other.writers
        if (at or by) and self.names & other.names:
            return True
        return _is_sure(self.unsorted, other) or _is_sure(other.unsorted, self)

    def may_be(self, other: "Signs") -> bool:
        """Return whether they may be one person: they have anything in common but a first name."""
        return bool(
            self._whole & other._whole
            or self.words & (other.words | other.firsts)
            or self.firsts & other.words
        )

    @property
    def _whole(self) -> frozenset[str]:
        return self.accounts | self.emails | self.names | self.unsorted

    def index(self) -> list[tuple[str, str]]:
        """Return what to look people up by who may be the same: more is found than `may_be`."""
        return [("word", mark) for mark in self.firsts | self.words] + [
            ("whole", mark) for mark in self._whole
        ]

    def kept(self) -> list[str]:
        """Return the marks of the person as texts that `signs_kept_in` reads."""
        of_kinds = [
            mark if kind == "unsorted" else f"{kind}:{mark}"
            for kind in KINDS
            if kind != "writers"
            for mark in sorted(getattr(self, kind))
        ]
        return of_kinds if self.is_one else [*of_kinds, "several:"]


KINDS = ("accounts", "emails", "names", "firsts", "words", "writers", "unsorted")


def _is_sure(unsorted: Collection[str], other: Signs) -> bool:
    """Do the same as Signs.is_sure for marks of which the kind was not kept."""
    return bool(other.names.intersection(unsorted)) and bool(
        (other.accounts | other.emails).intersection(unsorted)
    )


def signs_of(
    *,
    accounts: Iterable[int] = (),
    emails: Iterable[str] = (),
    names: Iterable[str] = (),
    writers: Iterable[int] = (),
    keeps: bool = False,
) -> Signs:
    """Return the signs of someone with these primary keys of accounts, addresses and names.

    With `keeps`, marks with the present key alone, to be kept; otherwise with every earlier key,
    too, to be compared with those that were kept.
    """

    def marks(kind: str, texts: Iterable[object]) -> frozenset[str]:
        secrets = [settings.SECRET_KEY, *([] if keeps else settings.SECRET_KEY_FALLBACKS)]
        return frozenset(_mark(kind, str(text), each) for text in texts for each in secrets)

    firsts: set[str] = set()
    others: set[str] = set()
    of_names = list(filter(None, names))
    for name in of_names:
        first, *rest = words_of(name)
        firsts.add(first)
        others.update(rest or {first})
    return Signs(
        accounts=marks("account", accounts),
        emails=marks("email", {email.strip().lower() for email in emails if email}),
        names=marks("name", {" ".join(name_key(name)) for name in of_names}),
        firsts=marks("word", firsts),
        words=marks("word", others),
        writers=marks("account", writers),
        is_one=not any(map(is_office, of_names))
        and not (writers and any(map(has_figure, of_names))),
    )


def signs_kept_in(texts: Iterable[str]) -> Signs:
    """Return the signs that `Signs.kept` wrote, or earlier marks without their kind."""
    found: dict[str, set[str]] = {kind: set() for kind in KINDS}
    is_one = True
    for text in texts:
        kind, colon, mark = text.partition(":")
        if kind == "several":
            is_one = False
        elif colon and kind in found:
            found[kind].add(mark)
        else:  # before one of a name that a member had chosen was "chosen:"
            found["unsorted"].add(mark or kind)
    return Signs(**{kind: frozenset(marks) for kind, marks in found.items()}, is_one=is_one)


def has_figure(name: str) -> bool:
    """Return whether a name has a figure, as labels have: "Sheet 2"."""
    return any(character.isdigit() for character in name)


def is_office(name: str) -> bool:
    """Return whether a name is that of an office, or has no letters."""
    return OFFICES.issuperset(words_in(name))


def name_key(name: str) -> tuple[str, ...]:
    """Return the first and last words of a name, without accents, titles and punctuation.

    A label with a figure, such as "Sheet 2", is returned as it is.
    """
    words = words_in(name)
    if has_figure(name) or not words:
        return (name.casefold(),)
    return (words[0], words[-1])


def words_of(name: str) -> list[str]:
    """Return the words of a name as `name_key` does, without initials if it has anything else.

    Letters are made plain: "O’Brien" is "obrien".
    """
    words = words_in(name.casefold().translate(PLAIN)) or [name.casefold()]
    return [word for word in words if len(word) > 1] or words


def names_may_be_one(names: Iterable[str]) -> bool:
    """Return whether each two of these names may be the same person's."""
    found = [signs_of(names=[name]) for name in {*names}]
    return all(one.may_be(other) for place, one in enumerate(found) for other in found[place + 1 :])


def words_in(name: str) -> list[str]:
    """Return the words of a name without accents and, if there is anything else, titles."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    words = re.findall(r"[^\W\d_]+", "".join(c for c in plain if not unicodedata.combining(c)))
    return [word for word in words if word not in TITLES] or words


@lru_cache(maxsize=50_000)
def _mark(kind: str, text: str, secret: str) -> str:
    salt = f"assessments.rounds.marks.{kind}"
    return salted_hmac(salt, text, secret=secret, algorithm="sha256").hexdigest()
