"""Which names a person can have: the record says by name who did what."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone

from .models import Council, Invitation, Membership, Office, User
from .models.events import SYSTEM_ADMINISTRATOR, models_with_author
from .validators import LIKE_PUNCTUATION, as_seen, comparable, is_unseen

# The names of entries made without a person, and of people who have been erased, `as_seen`. That
# makes letters of the figures 0 and 1.
RESERVED_NAME = re.compile(
    rf"{as_seen(SYSTEM_ADMINISTRATOR)}|removed(person|invitation|respondent)[\dio]+"
)
# What email programs make a link of. The ends are those of common web addresses: they count also
# after 1 letter, where the end of another word is not one, as in “J.Smith”, unless a path follows.
WEB_ADDRESS = re.compile(
    r"://|@|\bwww\.|\w{2,}\.[^\W\d_]{2,}|\w\.[^\W\d_]{2,}/|\b\d+(?:\.\d+){3}\b"
    r"|\w\.(?:com|org|net|info|biz|uk|eu|gov|io|co|app|dev|link|site|online|xyz)\b",
    re.IGNORECASE,
)
# Alphabets with letters that look like those of another.
ALPHABETS = {"LATIN", "GREEK", "CYRILLIC", "COPTIC", "ARMENIAN", "CHEROKEE", "LISU"}

# Words of which the names of roles, teams and shared mailboxes consist, with SMALL_WORDS between.
SMALL_WORDS = {"a", "and", "at", "for", "in", "of", "on", "the", "to"}
ROLE_WORDS = set(
    comparable(
        " ".join(Office.labels)
        + " access account admin administration administrator assistant board borough business "
        "cabinet chair chairman city clerk committee comms community corporate council "
        "councillor councillors county customer democracy department deputy digital director "
        "directorate district division editor election elections electoral finance governance "
        "group groups help housing hr ict inbox interim it joint lawyer leader leaders legal "
        "licensing mailbox manager mayor members office officers opposition overview owner paid "
        "people planning policy public reviewer s151 scrutiny secretary shared solicitor staff "
        "strategic strategy support team teams treasurer"
    ).split()
)
# With what the name of a team or a group ends, and that of a person does not.
TEAMS = set(
    comparable(
        "admin administration committee council department directorate group helpdesk inbox "
        "mailbox office officer officers partnership party service services team unit"
    ).split()
)

# Of two names, how much is equal if one could be a correction of the other.
MUCH_ALIKE = 0.8

# Who else is named in a council's plans and record, beside its members; other apps add to it. Each
# returns the people for a council, and the councils in which a person is one of them.
NAMED_BESIDE_MEMBERS: list[
    tuple[
        Callable[[Council], QuerySet[User]],
        Callable[[User], QuerySet[Council]],
        Callable[[User], QuerySet[Council]],
    ]
] = []


def refuse_name(name: str) -> None:
    """Raise ValidationError for a name that the record has for its own entries, or that cannot be
    told from another by reading it.
    """
    if RESERVED_NAME.fullmatch(as_seen(name)):
        raise ValidationError("This name is used for other entries of the record. Enter another")
    if not comparable(name):
        raise ValidationError("Enter a name that can be read")
    refuse_web_address(name, "a name")
    shown = unicodedata.normalize("NFKC", name)
    scripts = [
        {_script(each) for each in word if not is_unseen(each)} - {""} for word in shown.split()
    ]
    is_mixed = any("LATIN" in each and len(each) > 1 for each in scripts)
    if is_mixed or len(set().union(*scripts) & ALPHABETS) > 1:
        raise ValidationError("Enter a name with letters of one alphabet")


def _script(character: str) -> str:
    """Return the first word of the name of a letter, or of a figure that is not 0 to 9; else ""."""
    if character.isascii():
        return "LATIN" if character.isalpha() else ""
    is_one = unicodedata.category(character)[0] in "LN" and character not in LIKE_PUNCTUATION
    script = unicodedata.name(character, "?").split(" ")[0] if is_one else ""
    return "" if script == "MODIFIER" else script  # such as the apostrophe of some languages


def refuse_web_address(text: str, what: str) -> None:
    """Raise ValidationError for text in which email programs would show a link.

    Names and posts are in emails to people who do not know the planner. `what` is the text, as in
    "a name".
    """
    if WEB_ADDRESS.search(unicodedata.normalize("NFKC", text).replace("\u3002", ".")):
        raise ValidationError(
            f"Enter {what} without a web address or email address. Put a space after a full stop"
        )


def councils_naming(person: User) -> QuerySet[Council]:
    """Return the councils whose record names a person: also those that they left.

    The record names them as they are called now, also as the author of what they did without a page
    of the council, as an adviser or as an operator.
    """
    own = Membership.objects.filter(user=person).order_by()
    councils = Council.objects.filter(pk__in=own.values("council"))
    for model in models_with_author():
        entries = model.objects.filter(by=person).order_by()
        councils |= Council.objects.filter(pk__in=entries.values(model.council_path))
    for _, _, naming in NAMED_BESIDE_MEMBERS:
        councils |= Council.objects.filter(pk__in=naming(person).order_by().values("pk"))
    return councils


def council_with_name(name: str, person: User) -> Council | None:
    """Return a council whose record names `person`, and in which someone else has a name that looks
    the same.
    """
    return next(
        (
            each
            for each in councils_naming(person).order_by("name")
            if is_taken(name, each, but=[person])
            or is_promised(name, each, but=person.addresses(each))
        ),
        None,
    )


def is_taken(name: str, council: Council, *, but: Iterable[User] = ()) -> bool:
    """Return whether a name looks like that of someone in the record of a council, except `but`."""
    members = User.objects.filter(
        pk__in=Membership.objects.current().filter(council=council).order_by().values("user")
    )
    some: list[QuerySet[User, Any]] = [members, *(of(council) for of, *_ in NAMED_BESIDE_MEMBERS)]
    compared, own = as_seen(name), [each.pk for each in but]
    return any(
        as_seen(other) == compared
        for people in some
        for other in people.exclude(pk__in=own).values_list("name", flat=True)
    )


def is_promised(name: str, council: Council, *, but: Iterable[str] = ()) -> bool:
    """Return whether someone has been invited to a council under a name that looks like this one.

    Invitations that have expired, and those to the addresses in `but`, do not count.
    """
    invited = Invitation.objects.open().filter(council=council, expires_at__gt=timezone.now())
    invited = invited.exclude(email__in=list(but))
    compared = as_seen(name)
    return any(as_seen(each) == compared for each in invited.values_list("name", flat=True))


def why_not_named(name: str, council: Council, *, email: str) -> str:
    """Return why the person with an address cannot be given a name at a council, or ""."""
    if is_taken(name, council, but=User.objects.filter(email=email)):
        return (
            f"Someone else at {council} has this name. Add an initial or a job title, so that the "
            "record shows who did what"
        )
    if is_promised(name, council, but=[email]):
        return (
            f"Someone has been invited to {council} under this name. If it is the same person, "
            "withdraw that invitation first. Otherwise add an initial or a job title"
        )
    return ""


def is_of_a_role(name: str, council: Council) -> bool:
    """Return whether a name is that of a role, a team or a shared mailbox, not of one person.

    It consists of words for roles and for the council, or ends as the name of a team does.
    """
    words = comparable(_main_part(name)).split()
    roles = ROLE_WORDS | set(comparable(council.name).split())
    own = set(words) - SMALL_WORDS
    return bool(own) and (own <= roles or words[-1] in TEAMS)


def is_distinctive(name: str) -> bool:
    """Return whether a name means a person wherever a text has it.

    Not if it is one word, such as Mark or Grace, or begins or ends with a word in small letters.
    """
    words = _main_part(name).split()
    return " " in name and not (words[0][0].islower() or words[-1][0].islower())


def _main_part(name: str) -> str:
    """Return a name without the role that can follow it: “Ann Ash, solicitor”."""
    return re.split("[,(]", name)[0].strip() or name


def is_much_like(name: str, other: str) -> bool:
    """Return whether a name could be a correction or a short form of another."""
    alike = SequenceMatcher(None, comparable(name), comparable(other), autojunk=False)
    return alike.ratio() >= MUCH_ALIKE
