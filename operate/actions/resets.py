from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from assessments.data_protection.models import LAPSES_AFTER_DAYS
from councils.actions import lock_person, reset_second_factor
from councils.models import User, signs_in_twice
from councils.sessions import lock_access_of

from ..models import OperatorEvent, SecondFactorReset
from .second_operator import (
    require_second_operator,
    require_settled_asker,
    tell_operators,
    why_not_ask,
    with_addresses,
)


def request_reset(*, email: str, reason: str, by: User) -> SecondFactorReset:
    """Ask for a reset of a person's two-step sign-in. Raises ValidationError by field.

    The person and the other operators are told by email.
    """
    with transaction.atomic():
        found = User.objects.filter(email=email.strip().lower()).first()
        # Of two operators who ask at once, the second then finds the request of the first.
        person = lock_person(found.pk) if found else None
        if person is None or not person.is_active or not signs_in_twice(person):
            raise ValidationError({"email": "No one with this address uses two-step sign-in"})
        if person == by:
            raise ValidationError({"email": "Ask another operator to request your own reset"})
        if problem := why_not_ask(by):
            raise ValidationError({"email": problem})
        end_lapsed_resets()
        if SecondFactorReset.objects.filter(person=person, closed_at=None).exists():
            raise ValidationError({"email": "A reset for this person has been requested already"})
        reset = SecondFactorReset.objects.create(person=person, reason=reason, asked_by=by)
        OperatorEvent.objects.create(
            kind=OperatorEvent.Kind.RESET_REQUESTED, person=person, by=by, detail=reason
        )
        subject = f"Reset requested: two-step sign-in for {person.name}"
        context = {"person": person, "who": with_addresses(by), "reason": reason}
        context["days"] = LAPSES_AFTER_DAYS
        own = "Reset requested: your two-step sign-in"
        template = "operate/email/reset_asked.txt"
        tell_operators(subject, template, context, own_subject=own, but=by, also=person)
    return reset


def agree_to_reset(reset: SecondFactorReset, *, by: User) -> bool:
    """Carry out a reset that another operator asked for; False if it is no longer open.

    Raises NeedsSecondOperator. The person is told by email and their councils get an event; the
    operators are told who asked and who agreed.
    """
    with transaction.atomic():
        still_open = SecondFactorReset.objects.open().filter(pk=reset.pk)
        if not list(still_open.select_for_update().values("pk")):
            return False
        lock_access_of(reset.person_id)
        # Once both are locked, so that the role cannot end meanwhile.
        asker, operator = lock_person(reset.asked_by_id), lock_person(by.pk)
        require_second_operator(
            operator, person=reset.person, asked_by=asker, asked_at=reset.asked_at
        )
        require_settled_asker(asker, reset.asked_at)
        still_open.update(closed_at=timezone.now(), agreed_by=by)
        who = f"{with_addresses(reset.asked_by)} and {with_addresses(by)}"
        said = f"{who}, system administrators of the planner"
        reset_second_factor(reset.person, by=by, who=said)
        subject = f"Two-step sign-in for {reset.person.name} has been reset"
        context = {"person": reset.person, "who": who, "reason": reset.reason}
        tell_operators(subject, "operate/email/reset_done.txt", context)
        OperatorEvent.objects.create(kind=OperatorEvent.Kind.RESET_DONE, person=reset.person, by=by)
    return True


def cancel_reset(reset: SecondFactorReset, *, by: User) -> bool:
    """Close a request without a reset; False if it is no longer open.

    The person and the other operators are told by email.
    """
    return _close(SecondFactorReset.objects.open(), reset, by=by)


def end_lapsed_resets() -> int:
    """Close the requests that no second operator agreed to in time; return how many.

    Those who were told of a request are told by email.
    """
    lapsed = SecondFactorReset.objects.lapsed()
    resets = list(lapsed.select_related("person", "asked_by").order_by("pk"))
    return sum(_close(lapsed, reset, by=None) for reset in resets)


def _close(
    resets: QuerySet[SecondFactorReset], reset: SecondFactorReset, *, by: User | None
) -> bool:
    with transaction.atomic():
        if not resets.filter(pk=reset.pk).update(closed_at=timezone.now()):
            return False
        lapsed = f"It lapsed: no second operator agreed in {LAPSES_AFTER_DAYS} days."
        OperatorEvent.objects.create(
            kind=OperatorEvent.Kind.RESET_CANCELLED,
            person=reset.person,
            by=by,
            detail="" if by else lapsed,
        )
        done = "cancelled" if by else "lapsed"
        tell_operators(
            f"Reset {done}: two-step sign-in for {reset.person.name}",
            "operate/email/reset_ended.txt",
            {
                "person": reset.person,
                "who": with_addresses(by) if by else "",
                "reset": reset,
                "days": LAPSES_AFTER_DAYS,
            },
            own_subject=f"Reset {done}: your two-step sign-in",
            but=by,
            also=reset.person if reset.person.is_active else None,
        )
    return True
