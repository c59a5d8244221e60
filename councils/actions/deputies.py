from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from ..models import STATUTORY_OFFICES, CouncilEvent, Deputy, Membership, User
from .events import SET_BY_THEMSELVES, record_member
from .members import has_other_owner, lock_council


def name_deputy(membership: Membership, *, office: str, by: User) -> Deputy:
    """Record that a member is the deputy for an officer role of their council.

    They keep their own role and access level. An owner makes themselves the deputy of a statutory
    officer only if there is no other owner, and the record then says so. Raises ValidationError by
    field if they left, hold that role themselves, or are its deputy already.
    """
    with transaction.atomic():
        lock_council(membership.council)
        stored = Membership.objects.current().filter(pk=membership.pk).first()
        if stored is None:
            raise ValidationError({"membership": "This person no longer has access"})
        if stored.office == office:
            raise ValidationError({"membership": "This person holds that role themselves"})
        is_self_set = stored.user_id == by.pk and office in STATUTORY_OFFICES
        if is_self_set and has_other_owner(stored):
            words = "Another owner has to name you as the deputy for a statutory role"
            raise ValidationError({"membership": words})
        if Deputy.objects.current().filter(membership=stored, office=office).exists():
            raise ValidationError({"membership": "This person is already the deputy"})
        deputy = Deputy(membership=membership, office=office, named_by=by)
        deputy.full_clean()
        deputy.save()
        after = f"{deputy.post}, {SET_BY_THEMSELVES}" if is_self_set else deputy.post
        record_member(membership, CouncilEvent.Kind.DEPUTY_NAMED, by=by, after=after)
    return deputy


def end_deputy(deputy: Deputy, *, by: User | None) -> bool:
    """End a deputy's role; False if it had ended. What they did as deputy still says so."""
    with transaction.atomic():
        current = Deputy.objects.current().filter(pk=deputy.pk)
        if not current.update(ended_at=timezone.now()):
            return False
        kind = CouncilEvent.Kind.DEPUTY_ENDED
        record_member(deputy.membership, kind, by=by, before=deputy.post)
    return True
