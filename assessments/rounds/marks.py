"""Signs by which a respondent can be recognised if they are asked again.

Without them, someone could ask all respondents but one again, under other names or after their
names were removed, and find the answers of the one in the difference between the two results.

A sign is kept as a mark, a checksum with SECRET_KEY: the database alone does not tell whose it is.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import dropwhile, permutations

from django.conf import settings
from django.utils.crypto import salted_hmac

TITLES = {
    *("cllr", "councillor", "alderman", "mr", "mrs", "ms", "miss", "mx", "dr", "prof"),
    *("professor", "sir", "dame", "lord", "lady", "baroness", "the", "hon", "rev", "reverend"),
    *("ald", "alderwoman", "revd", "rt", "honourable", "canon", "rabbi", "imam", "sheikh"),
}
COUNCILLOR = {"cllr", "councillor"}
LETTERS_AFTER_NAMES = {
    *("obe", "mbe", "cbe", "bem", "kbe", "dbe", "kc", "qc", "jp", "dl", "mp", "mep", "phd", "frsa"),
    *("bsc", "msc", "mba", "llb", "hons", "cipfa", "cpfa", "fcca", "acca", "frics", "mrics"),
}
# What is written after a name, and what others have, too.
ADDED = LETTERS_AFTER_NAMES | {
    *("lab", "labour", "con", "cons", "conservative", "conservatives", "lib", "dem", "dems", "ld"),
    *("libdem", "liberal", "democrat", "democrats", "ind", "independent", "reform", "party"),
}
# Titles and additions that are no surname, as Lord and Head can be.
NO_SURNAMES = LETTERS_AFTER_NAMES | {
    *("cllr", "councillor", "ald", "mr", "mrs", "ms", "mx", "dr", "rt", "revd"),
    *("and", "of", "for", "the", "a", "s"),
}
# A name of nothing but these and parties is an office: someone else can hold it in a later round.
OFFICES = {
    *("leader", "leaders", "officer", "officers", "director", "head", "chief", "executive"),
    *("chair", "chairman", "chairwoman", "chairperson", "mayor", "mayoress", "manager", "clerk"),
    *("secretary", "deputy", "vice", "acting", "interim", "assistant", "cabinet", "committee"),
    *("council", "councillor", "member", "members", "group", "team", "office", "monitoring"),
    *("section", "finance", "financial", "legal", "democratic", "services", "service", "paid"),
    *("returning", "partner", "opposition", "portfolio", "holder", "anonymous", "unknown"),
    *("respondent", "someone", "sheet", "workshop", "and", "of", "for", "to", "the", "a", "s"),
}
# What else the names of posts, teams and groups are made of.
OF_OFFICES = {
    *("whip", "whips", "town", "parish", "ward", "division", "borough", "district", "county"),
    *("city", "unitary", "scrutiny", "overview", "audit", "standards", "licensing", "planning"),
    *("housing", "electoral", "elections", "election", "governance", "policy", "communications"),
    *("comms", "press", "hr", "it", "ict", "digital", "people", "place", "resources", "corporate"),
    *("strategy", "strategic", "performance", "business", "support", "customer", "customers"),
    *("health", "care", "social", "adult", "adults", "children", "childrens", "education"),
    *("environment", "environmental", "transport", "highways", "regeneration", "growth", "economy"),
    *("economic", "development", "community", "communities", "safety", "public", "property"),
    *("assets", "procurement", "regulatory", "programme", "project", "transformation", "change"),
    *("commissioner", "commissioners", "treasurer", "ceo", "cfo", "solicitor", "lawyer", "lead"),
    *("senior", "principal", "joint", "shared", "strategic", "statutory", "private", "personal"),
    *("leadership", "management", "administration", "administrator", "shadow", "spokesperson"),
    *("representative", "adviser", "advisor", "consultant", "lga", "peer", "mentor", "staff"),
    *("employee", "colleague", "governor", "trustee", "guest", "observer", "union", "unison"),
    *("green", "greens", "residents", "association", "alliance", "coalition", "ukip", "plaid"),
    *("tory", "tories", "uk", "civic", "elect", "exec", "operating", "information", "data", "pa"),
    *("protection", "spokesman", "spokeswoman", "nhs", "person", "one", "two", "three", "four"),
    *("first", "second", "third", "sheet", "sheets", "paper", "papers", "form", "reply", "anon"),
    *("front", "desk", "reception", "test", "response", "ad", "cx", "cex", "dmo", "hods"),
    *("in", "on", "with", "at", "by", "section", "s151", "new", "old", "former", "outgoing"),
}
# Which of these are surnames as well: "A. Green" is a person.
SURNAMES_TOO = {"green", "ward", "place", "town", "parish", "new", "old", "peer", "press", "lead"}
# What comes between a name and a party, a post or a ward: "Ann Ash (Lab)", "Ann Ash - Leader".
AFTER_NAME = re.compile(r"[(\[,/]|\s[-–—]\s")
# After a name, the word that everyone has whose ward is given.
WARD_AFTER_NAME = re.compile(
    rf"((?:{AFTER_NAME.pattern})[^(),]*)\b(?:wards?|divisions?)\b", re.IGNORECASE
)
# Letters that cannot be taken apart into a plain one and an accent.
PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ß": "ss", "’": "", "'": ""}
    | {"ı": "i", "ð": "d", "þ": "th", "ħ": "h", "ŋ": "ng", "ə": "e"}
)
PAIRABLE = 6  # of the words of a name, how many are looked for with slips: few names have more
JOINABLE = 12  # and how many are also looked for without the space between them
NONE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Signs:
    """The marks of what a respondent, or someone with an account, is or was known by.

    `names` are of all words of a name together, `firsts` of first words and `words` of the others.
    `nears` are of two words together as someone may mistype them, and `ends` of the first and last
    words together, of which `names` were once. `writers` are of the account that entered their
    answers from paper. `unsorted` are of accounts, addresses and names from when the kinds were not
    kept. With `is_one` unset, someone else may have the same signs at another time: the name is an
    office or a label, or an account has had names that can hardly be one person's.
    """

    accounts: frozenset[str] = NONE
    emails: frozenset[str] = NONE
    names: frozenset[str] = NONE
    firsts: frozenset[str] = NONE
    words: frozenset[str] = NONE
    nears: frozenset[str] = NONE
    ends: frozenset[str] = NONE
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
        """Return whether they may be one person: they have anything in common but a first name.

        Also if one word sounds the same and another differs by a slip.
        """
        return bool(
            self._whole & other._whole
            or self.ends & (other.names | other.unsorted)
            or (self.names | self.unsorted) & other.ends
            or self.nears & other.nears
            or self.words & (other.words | other.firsts)
            or self.firsts & other.words
        )

    @property
    def _whole(self) -> frozenset[str]:
        return self.accounts | self.emails | self.names | self.unsorted

    def index(self) -> list[tuple[str, str]]:
        """Return what to look people up by who may be the same: more is found than `may_be`."""
        return [
            *(("word", mark) for mark in self.firsts | self.words),
            *(("near", mark) for mark in self.nears),
            *(("whole", mark) for mark in self._whole | self.ends),
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


KINDS = ("accounts", "emails", "names", "firsts", "words", "nears", "ends", "writers", "unsorted")


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
    nears: set[str] = set()
    of_names = list(filter(None, names))
    for name in of_names:
        first, *rest = words_of(name)
        firsts.add(first)
        joined = _joined(name)
        others.update(rest or {first}, joined)
        for one, other in permutations([first, *rest][:PAIRABLE], 2):
            nears.update(_near(one, other))
        left_out = _perhaps_surnames(name, first, rest)
        for other in [*left_out, *joined]:
            nears.update(_near(first, other), _near(other, first))
        # Not with a post after the name, which others with the same initial have.
        in_name = _perhaps_surnames(re.split("[(,]", name)[0], first, rest)
        nears.update(_near_an_initial(name, [first, *rest][:PAIRABLE] + in_name))
    return Signs(
        accounts=marks("account", accounts),
        emails=marks("email", {email.strip().lower() for email in emails if email}),
        names=marks("name", {_whole_name(name) for name in of_names}),
        firsts=marks("word", firsts),
        words=marks("word", others),
        nears=marks("near", nears),
        ends=marks("name", {_ends_of(name) for name in of_names}),
        writers=marks("account", writers),
        is_one=not any(is_office(name) or _is_initials(name) for name in of_names)
        and not (writers and any(map(has_figure, of_names))),
    )


def _near(one: str, other: str) -> set[str]:
    """Return what two words have in common with two that someone mistyped: the first sounds the
    same, the second sounds the same or differs by a slip.
    """
    sound = _sound(one)
    return {f"{sound} {_sound(other)}~", *(f"{sound} {slip}" for slip in _slips(other))}


def _near_an_initial(name: str, words: Sequence[str]) -> set[str]:
    """Return the same of each initial of a name, or of its first word, and its other words."""
    every = words_in(name.casefold().translate(PLAIN))
    pairs = {(each, word) for each in every if len(each) == 1 for word in words}
    given = next((each for each in every if each not in OFFICES | ADDED), "")
    pairs |= {(given[0], word) for word in words if given and word != given}
    found = set()
    for initial, word in pairs:
        found |= {f"{initial}. {slip}" for slip in _slips(word)}
        found.add(f"{initial}. {_sound(word)}~")
    return found


def _joined(name: str) -> set[str]:
    """Return each 2 and 3 neighbouring words of a name, and all after the first, as one word.

    "Mary Ann Mc Donald (Lab)" has "mcdonald", and "annmarie" is "Ann-Marie".
    """
    every = _plain_words(name)[:JOINABLE]
    words = [word for word in every if word not in TITLES | ADDED | OFFICES]
    runs = [words[at : at + number] for number in (2, 3) for at in range(len(words) - number + 1)]
    after = words_in(name.casefold().translate(PLAIN))[1:]
    return {"".join(run) for run in [*runs, after] if len(run) > 1}


def _perhaps_surnames(name: str, first: str, rest: Sequence[str]) -> list[str]:
    """Return words that `words_of` leaves out as titles or offices, and that may be a surname.

    Parties are not if they come after a bracket, a comma or a dash: most people have one.
    """
    words = _plain_words(name)
    if name.strip().partition(",")[0].casefold() not in TITLES:  # "Lord, Peter John"
        after = [*dropwhile(TITLES.__contains__, words)]
        # "LORD Peter (Lab)" may be Peter Lord.
        words = after if sum(word not in ADDED | OFFICES for word in after) > 1 else words
    left = [word for word in words if word not in {first, *rest} and len(word) > 1]
    in_name = _plain_words(AFTER_NAME.split(name)[0])
    return [
        word for word in left if word not in NO_SURNAMES and (word not in ADDED or word in in_name)
    ]


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


def is_personal(name: str) -> bool:
    """Return whether a name is no office, label or initials, which others may have later."""
    return not (has_figure(name) or is_office(name) or _is_initials(name))


def _is_initials(name: str) -> bool:
    """Return whether a name has only initials. A Chinese name can have two words of one letter."""
    words = words_in(name)
    return all(len(word) == 1 for word in words) and not is_chinese(name)


def is_chinese(name: str) -> bool:
    """Return whether a name has Chinese letters, of which one is a word."""
    return any(unicodedata.name(each, "").startswith("CJK") for each in name)


def is_office(name: str) -> bool:
    """Return whether a name has only words of offices, teams and parties, or no letters.

    "A. Green" and "Ward, A." are people; "Ward A" is an area.
    """
    words = words_in(name)
    if not (OFFICES | OF_OFFICES | ADDED).issuperset(words):
        return False
    surnames = [word for word in words if len(word) > 1]
    has_initials = len(surnames) < len(words) and ("," in name or len(words[0]) == 1)
    return not (has_initials and len(surnames) == 1 and surnames[0] in SURNAMES_TOO)


def _whole_name(name: str) -> str:
    """Return a name with plain letters and without "Cllr", to be compared as a whole.

    Initials, honours and wards count: they can be all that tells two people apart. A label with a
    figure, such as "Sheet 2", is returned as it is, and so is a name in which vowels are marks.
    """
    words = _plain_words(name)
    composed = unicodedata.normalize("NFC", name.casefold())
    has_marks = any(unicodedata.category(each).startswith("M") for each in composed)
    if has_figure(name) or has_marks or not words:
        return " ".join(composed.split())
    return " ".join([word for word in words if word not in COUNCILLOR] or words)


def _ends_of(name: str) -> str:
    words = words_in(name)
    return name.casefold() if has_figure(name) or not words else f"{words[0]} {words[-1]}"


def words_of(name: str) -> list[str]:
    """Return the words by which a person may be known, in order and with plain letters.

    "Cllr Ann M. O’Brien OBE (Lab)" has "ann" and "obrien". Initials and titles are left out if
    anything else remains, and offices and parties if 2 words do.
    """
    words = words_in(WARD_AFTER_NAME.sub(r"\1", name).casefold().translate(PLAIN))
    own = [word for word in words if len(word) == 1 or word not in ADDED | OFFICES]
    words = own if len(own) > 1 else words
    return [word for word in words if len(word) > 1] or words or [name.casefold()]


def _slips(word: str) -> set[str]:
    """Return a word and, if it is not short, the same without each of its letters.

    Two words that differ by one letter, or by the order of two, have one of these in common.
    """
    less = {word[:place] + word[place + 1 :] for place in range(len(word))} if word[3:] else set()
    return {word, *less}


def _sound(word: str) -> str:
    """Return the first letter of a word and its consonants, written in one way."""
    plain = re.sub("gh", "", word[1:])
    for letters, one in (("ph", "f"), ("ck", "k"), ("c", "k"), ("q", "k"), ("z", "s")):
        plain = plain.replace(letters, one)
    first = {"c": "k", "q": "k", "z": "s"}.get(word[:1], word[:1])
    return re.sub(r"(.)\1+", r"\1", first + re.sub("[aeiouyhw]", "", plain))


def names_may_be_one(names: Iterable[str]) -> bool:
    """Return whether each two of the names of an account may be the same person's.

    Not if each has a word that the other has not, in no other spelling: someone else may have the
    account, and a surname, a post or a ward in common with the person before.
    """
    found = [_plain_words(name) for name in {*names}]
    return all(
        _is_other_spelling(one, other)
        for place, one in enumerate(found)
        for other in found[place + 1 :]
    )


def _is_other_spelling(one: Sequence[str], other: Sequence[str]) -> bool:
    left = [word for word in other if word not in COUNCILLOR]
    own = [word for word in one if word not in COUNCILLOR]
    alone = 0
    for word in sorted(own, key=lambda word: word not in left):  # first those that are the same
        found = next((each for each in left if each == word), None) or next(
            (each for each in left if _is_slip(word, each)), None
        )
        if found:
            left.remove(found)
        else:
            alone += 1
    return alone < len(own) and not (alone and left)


def _is_slip(word: str, other: str) -> bool:
    """Return whether two words differ by a slip, or one is the initial of the other."""
    if 1 in (len(word), len(other)):
        return word[0] == other[0]
    return bool(_slips(word) & _slips(other))


def _plain_words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name.casefold().translate(PLAIN))
    return re.findall(r"[^\W\d_]+", "".join(c for c in plain if not unicodedata.combining(c)))


def words_in(name: str) -> list[str]:
    """Return the words of a name without accents and, as far as 2 others are left, titles."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    words = re.findall(r"[^\W\d_]+", "".join(c for c in plain if not unicodedata.combining(c)))
    own = [word for word in words if word not in TITLES]
    # A title at the end of 2 words is a surname: "Mary Lord".
    return own if len(own) > 1 else [*dropwhile(TITLES.__contains__, words)] or words


@lru_cache(maxsize=200_000)
def _mark(kind: str, text: str, secret: str) -> str:
    salt = f"assessments.rounds.marks.{kind}"
    return salted_hmac(salt, text, secret=secret, algorithm="sha256").hexdigest()
