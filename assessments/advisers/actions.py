from functools import partial

from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from assessments.plans.actions import hold, record
from assessments.plans.models import SAME_LOOK, STAGES, AdviserGrant, AdviserLook, Event
from assessments.versions import Change
from councils.actions import find_or_add_person
from councils.models import Membership


def grant_adviser(plan, *, email, name, stages, may_comment, until, by, link_for=None):
    """Let an adviser see `stages` of the plan until a day, that day included.

    `link_for(user)` makes the address that the e-mail to them leads to; without it none is sent.
    Somebody new gets an account without a password. ValidationError, by field, if they are a
    member of the council, have a grant already, or their account is closed.
    """
    with transaction.atomic():
        hold(plan)
        adviser = find_or_add_person(email=email, name=name)
        if Membership.objects.current().filter(council=plan.council_id, user=adviser).exists():
            raise ValidationError(
                {"email": f"{adviser.name} is a member of this council and sees the plan already."}
            )
        earlier = AdviserGrant.objects.filter(plan=plan, adviser=adviser, revoked_at=None)
        if earlier.live().exists():
            raise ValidationError(
                {"email": f"{adviser.name} has access already. Change that instead."}
            )
        earlier.update(revoked_at=timezone.now())
        grant = AdviserGrant.objects.create(
            plan=plan, adviser=adviser, granted_by=by, **_scope(stages, may_comment, until)
        )
        record(plan, Event.Kind.ADVISER_GRANTED, by=by, detail=str(grant))
        if link_for:
            _write_to(adviser, grant, link_for(adviser))
    return grant


def change_grant(grant, *, stages, may_comment, until, by):
    """Change what an adviser may see and how long, from their next request on.

    Does nothing if that is what they have, or if the grant has ended meanwhile.
    """
    with transaction.atomic():
        hold(grant.plan)
        stored = AdviserGrant.objects.live().select_related("adviser").filter(pk=grant.pk).first()
        if stored is None:
            return
        before = stored.scope_in_words
        for name, value in _scope(stages, may_comment, until).items():
            setattr(stored, name, value)
        after = stored.scope_in_words
        if before != after:
            stored.save()
            changes = [Change("scope", after, before, after)]
            record(
                grant.plan, Event.Kind.ADVISER_CHANGED, by=by, detail=str(stored), changes=changes
            )


def revoke_grant(grant, *, by):
    """End an adviser's access, from their next request on. Does nothing if it has ended already."""
    with transaction.atomic():
        live = AdviserGrant.objects.live().filter(pk=grant.pk)
        if live.update(revoked_at=timezone.now(), revoked_by=by):
            record(grant.plan, Event.Kind.ADVISER_REVOKED, by=by, detail=str(grant))


def record_look(grant_id, *, what):
    """Note that an adviser looked at a page; again within SAME_LOOK is the same look."""
    lately = AdviserLook.objects.filter(
        grant=grant_id, what=what, is_export=False, at__gt=timezone.now() - SAME_LOOK
    )
    if not lately.exists():
        grant = AdviserGrant.objects.select_related("plan").get(pk=grant_id)
        AdviserLook.objects.create(grant=grant, what=what)


def _scope(stages, may_comment, until):
    scope = {f"stage_{number}": number in stages for number in STAGES}
    return scope | {"may_comment": may_comment, "until": until}


def _write_to(adviser, grant, link):
    """Nothing but who let them in, where and until when: e-mail is read by others."""
    council = grant.plan.council.name
    context = {
        "adviser": adviser,
        "council": council,
        "by": grant.granted_by,
        "until": grant.until,
        "is_new": not adviser.has_usable_password(),
        "link": link,
    }
    transaction.on_commit(
        partial(
            send_mail,
            f"{council} has given you access in the transition planner",
            render_to_string("assessments/advisers/email.txt", context),
            None,
            [adviser.email],
        )
    )
