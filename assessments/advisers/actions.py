"""Giving, changing and ending an adviser's access to a plan, and recording what they view."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import TypedDict, Unpack

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Q
from django.template.loader import render_to_string
from django.utils import timezone

from assessments.addresses import address
from assessments.notices.actions import tell
from assessments.notices.models import Notice
from assessments.plans.actions import hold, hold_all, record
from assessments.plans.models import SAME_LOOK, STAGES, AdviserGrant, AdviserLook, Event, Plan
from assessments.versions import FieldValueChange, StaleVersion
from councils.actions import find_or_add_person
from councils.mail import count_email, send_to
from councils.models import Membership, User

LIST_OF_PLANS = "the list of plans"  # what the log calls the page with all plans of an adviser

# What a person got by earlier access to a plan, and a new grant does not bring back; other apps add
# to it. Each is called with the plan and the adviser, in the transaction of the grant.
ENDED_BY_NEW_GRANT: list[Callable[[Plan, User], None]] = []

LinkFor = Callable[[User], str]


class GrantScope(TypedDict):
    """What an adviser can see and do, and the last day of it."""

    stages: Iterable[int]
    may_comment: bool
    until: dt.date


def grant_adviser(
    plan: Plan,
    *,
    email: str,
    name: str,
    by: User,
    link_for: LinkFor | None = None,
    **scope: Unpack[GrantScope],
) -> AdviserGrant:
    """Give an adviser access to stages of a plan until the end of a day.

    Creates an account without a password if the address has none. `link_for(user)` returns the
    address that the email to a new account leads to; without it, no one is told. Someone who has an
    account gets a notice, as often as they want email. Raises ValidationError, by field, if the
    person is a member of the council or has access already, and TooManyEmails.
    """
    with transaction.atomic():
        hold(plan)
        adviser = _person(email, name)
        if Membership.objects.current().filter(council=plan.council_id, user=adviser).exists():
            raise ValidationError(
                {"email": f"{adviser.name} already has access to this council’s plans"}
            )
        earlier = AdviserGrant.objects.filter(plan=plan, adviser=adviser, revoked_at=None)
        if earlier.live().exists():
            raise ValidationError(
                {"email": f"{adviser.email} already has access. Change that access instead"}
            )
        earlier.update(revoked_at=timezone.now())
        for end in ENDED_BY_NEW_GRANT:
            end(plan, adviser)
        grant = AdviserGrant.objects.create(
            plan=plan, adviser=adviser, granted_by=by, **_scope_fields(scope)
        )
        record(plan, Event.Kind.ADVISER_GRANTED, by=by, detail=_detail(grant))
        if link_for:
            count_email(sender=by, recipient=adviser.email, council=plan.council)
            if adviser.has_usable_password():
                tell(
                    [adviser],
                    Notice.Kind.ACCESS,
                    plan=plan,
                    by=by,
                    due=grant.until,
                    key=f"access:{grant.pk}",
                    path=address("plan", plan.pk),
                )
            else:
                _invite_adviser(adviser, grant, link_for(adviser))
    return grant


def change_grant(
    grant: AdviserGrant, *, seen: str | None = None, by: User, **scope: Unpack[GrantScope]
) -> None:
    """Change what an adviser can see and for how long, from their next request.

    `seen` is the scope in words that the person changing it saw; if it has changed since, raises
    StaleVersion. Does nothing if nothing differs or if the grant has ended.
    """
    with transaction.atomic():
        hold(grant.plan)
        stored = AdviserGrant.objects.live().select_related("adviser").filter(pk=grant.pk).first()
        if stored is None:
            return
        before = stored.scope_in_words
        for name, value in _scope_fields(scope).items():
            setattr(stored, name, value)
        after = stored.scope_in_words
        if before == after:
            return
        if seen is not None and seen != before:
            raise StaleVersion
        stored.save()
        changes = [FieldValueChange("scope", after, before, after)]
        record(
            grant.plan, Event.Kind.ADVISER_CHANGED, by=by, detail=_detail(stored), changes=changes
        )


def revoke_grant(grant: AdviserGrant, *, by: User | None) -> None:
    """End an adviser's access, from their next request. Does nothing if it has ended."""
    with transaction.atomic():
        hold(grant.plan)
        live = AdviserGrant.objects.live().filter(pk=grant.pk)
        if stored := live.select_related("adviser").first():
            live.update(revoked_at=timezone.now(), revoked_by=by)
            record(grant.plan, Event.Kind.ADVISER_REVOKED, by=by, detail=_detail(stored))


def revoke_grants_of(membership: Membership, by: User | None) -> None:
    """End what a member had been granted as an adviser of the council before they joined it.

    Someone whose membership ends could otherwise still read the plans as an adviser.
    """
    grants = AdviserGrant.objects.live().filter(
        adviser=membership.user_id, plan__council=membership.council_id
    )
    with transaction.atomic():
        hold_all(Plan.objects.filter(pk__in=grants.values("plan")))
        for grant in grants.select_related("plan", "adviser").order_by("plan_id"):
            revoke_grant(grant, by=by)


def record_look(grant_id: int, *, what: str) -> None:
    """Record that an adviser viewed a page. The same page within SAME_LOOK is recorded once."""
    recent = AdviserLook.objects.filter(
        grant=grant_id, what=what, is_export=False, at__gt=timezone.now() - SAME_LOOK
    )
    if not recent.exists():
        grant = AdviserGrant.objects.select_related("plan").get(pk=grant_id)
        AdviserLook.objects.create(grant=grant, what=what)


def record_looks_at_list(grants: Collection[int]) -> set[int]:
    """Record that an adviser viewed a list of plans with figures of each; return the grants shown.

    `grants` are the keys of the grants by which they see the plans. Those under which they have not
    opened the plan yet are left out: the list must not show figures of it, since the first look is
    what lets pages name them (`grants_of`). One query if nothing is recorded.
    """
    if not grants:
        return set()
    is_list = Q(what=LIST_OF_PLANS, is_export=False)
    looks = AdviserLook.objects.filter(grant__in=grants).order_by().values("grant")
    last = dict(looks.annotate(last=Max("at", filter=is_list)).values_list("grant", "last"))
    since = timezone.now() - SAME_LOOK
    new = [grant for grant, at in last.items() if at is None or at <= since]
    if new:
        found = AdviserGrant.objects.select_related("plan").filter(pk__in=new).order_by("pk")
        AdviserLook.objects.bulk_create(
            AdviserLook(grant=grant, what=LIST_OF_PLANS) for grant in found
        )
    return set(last)


def _person(email: str, name: str) -> User:
    """As `find_or_add_person`, but a closed account is refused without saying that it exists."""
    try:
        return find_or_add_person(email=email, name=name)
    except ValidationError as error:
        if "email" in error.message_dict:
            raise ValidationError(
                {"email": "We cannot give access to this address. Check it with the person"}
            ) from error
        raise


def _detail(grant: AdviserGrant) -> str:
    """Return whose access it is and its scope, naming the adviser only once they have opened it."""
    if grant.looks.exists():
        return str(grant)
    return f"{grant.adviser.email}: {grant.scope_in_words}"


def _scope_fields(scope: GrantScope) -> dict[str, bool | dt.date]:
    stages = set(scope["stages"])
    fields: dict[str, bool | dt.date] = {f"stage_{number}": number in stages for number in STAGES}
    return fields | {"may_comment": scope["may_comment"], "until": scope["until"]}


def _invite_adviser(adviser: User, grant: AdviserGrant, link: str) -> None:
    """Send a link to choose a password, with who gave access, where and until when."""
    council = grant.plan.council.name
    context = {
        "adviser": adviser,
        "council": council,
        "by": grant.granted_by,
        "until": grant.until,
        "link": link,
        "must_sign_in_twice": settings.SECOND_FACTOR_REQUIRED,
    }
    transaction.on_commit(
        partial(
            send_to,
            adviser.email,
            subject=f"{council} has given you access to its transition plan",
            body=render_to_string("assessments/advisers/email.txt", context),
        )
    )
