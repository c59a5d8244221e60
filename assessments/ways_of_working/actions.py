"""Write the protocols and record which groups agreed to them."""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from assessments.plans.actions import hold, record
from assessments.plans.models import Event, Plan
from assessments.versions import FieldValueChange, StaleVersion, changes_between, update_at
from assessments.words import day_in_words
from councils.models import User

from .models import GroupProtocol, ProtocolAnswer, ProtocolGroup
from .suggestions import Protocol

# The wording of a point, and whether it is left out.
Answer = tuple[str, bool]
LEFT_OUT = "Left out"
DRAFT = "Draft"


def save_protocol(
    plan: Plan, protocol: Protocol, *, version: int, answers: Mapping[str, Answer], by: User
) -> GroupProtocol:
    """Save the wording of every point; `version` is 0 where the protocol was not saved yet.

    Any change makes an agreed protocol a draft again. Raises StaleVersion, with nothing saved, if
    someone saved it since `version`.
    """
    with transaction.atomic():
        hold(plan)
        found = GroupProtocol.objects.filter(plan=plan, key=protocol.key).first()
        if (found.version if found else 0) != version:
            raise StaleVersion
        changes = answer_changes(protocol, found, answers)
        if found and not changes:
            return found
        stamp = {"saved_at": timezone.now(), "saved_by": by}
        if found is None:
            found = GroupProtocol.objects.create(plan=plan, key=protocol.key, **stamp)
        else:
            was = agreement_in_words(found.agreed_on, [each.name for each in found.groups.all()])
            if found.agreed_on:
                changes.append(FieldValueChange("agreement", None, was, DRAFT))
            update_at(GroupProtocol, found, version, {"agreed_on": None, **stamp})
            found.groups.all().delete()
            found.answers.all().delete()
        ProtocolAnswer.objects.bulk_create(
            ProtocolAnswer(protocol=found, point=key, words=words, is_left_out=is_left_out)
            for key, (words, is_left_out) in answers.items()
        )
        record(plan, Event.Kind.PROTOCOL_CHANGED, by=by, detail=protocol.title, changes=changes)
    return found


def save_agreement(
    found: GroupProtocol,
    *,
    version: int,
    agreed_on: dt.date | None,
    groups: Sequence[str],
    by: User,
) -> bool:
    """Record the day and the groups that agreed, or None for a draft; return if that is a change.

    Raises StaleVersion, with nothing saved, if the protocol was saved since `version`.
    """
    groups = sorted(groups) if agreed_on else []
    before = agreement_in_words(found.agreed_on, [each.name for each in found.groups.all()])
    after = agreement_in_words(agreed_on, groups)
    if before == after:
        return False
    values = {"agreed_on": agreed_on, "saved_at": timezone.now(), "saved_by": by}
    with transaction.atomic():
        hold(found.plan)
        update_at(GroupProtocol, found, version, values)
        found.groups.all().delete()
        ProtocolGroup.objects.bulk_create(
            ProtocolGroup(protocol=found, name=name) for name in groups
        )
        record(
            found.plan,
            Event.Kind.PROTOCOL_AGREED,
            by=by,
            detail=str(found),
            changes=[FieldValueChange("agreement", None, before, after)],
        )
    return True


def answer_changes(
    protocol: Protocol, found: GroupProtocol | None, answers: Mapping[str, Answer]
) -> list[FieldValueChange]:
    """Return a change for each point whose wording, or whether it is left out, differs."""
    saved = {each.point: each for each in found.answers.all()} if found else {}
    changes = []
    for key, (words, is_left_out) in answers.items():
        fields = {"words": words, "is_left_out": is_left_out}
        answer = saved.get(key)
        if answer is None or changes_between(answer, fields):
            before = answer_in_words(answer.words, is_left_out=answer.is_left_out) if answer else ""
            after = answer_in_words(words, is_left_out=is_left_out)
            changes.append(FieldValueChange(f"{protocol.key}-{key}", None, before, after))
    return changes


def answer_in_words(words: str, *, is_left_out: bool) -> str:
    return "\n".join(filter(None, [LEFT_OUT if is_left_out else "", words]))


def agreement_in_words(agreed_on: dt.date | None, groups: Sequence[str]) -> str:
    if agreed_on is None:
        return DRAFT
    return f"Agreed on {day_in_words(agreed_on)}: {', '.join(sorted(groups))}"
