"""What a signed-in person can reach of development records and check-ins."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from assessments.plans.models import AdviserGrant, AdviserLook
from councils.models import Membership, User
from councils.permissions import require_second_factor

from .models import (
    CheckInPart,
    DevelopmentRecord,
    DevelopmentShare,
    JournalEntry,
    Reflection,
    StandardAnswer,
)
from .offers import offered_by


def own_record(user: User) -> DevelopmentRecord | None:
    """Return the person's record, or None before they start one."""
    require_second_factor(user)
    return DevelopmentRecord.objects.filter(person=user).select_related("edition", "person").first()


def record_for(user: User) -> DevelopmentRecord:
    """Return the person's own record; else 404. No address names a record of someone else."""
    record = own_record(user)
    if record is None:
        raise Http404
    return record


def answer_for(user: User, standard_id: int) -> StandardAnswer:
    """Return the person's answer to a standard of their record's edition, or an unsaved one."""
    record = record_for(user)
    standard = get_object_or_404(record.standards, pk=standard_id)
    answer = StandardAnswer.objects.filter(record=record, standard=standard).first()
    answer = answer or StandardAnswer(version=0)
    answer.record, answer.standard = record, standard
    return answer


def reflection_for(user: User, kind: str, subject_id: int) -> Reflection:
    """Return the person's note on a principle or an attribute, or an unsaved one; else 404."""
    record = record_for(user)
    if kind not in Reflection.SUBJECTS:
        raise Http404
    subject = get_object_or_404(Reflection.subjects(kind, record), pk=subject_id)
    place = {"record": record, kind: subject}
    reflection = Reflection.objects.filter(**place).first() or Reflection(version=0)
    for name, value in place.items():
        setattr(reflection, name, value)
    return reflection


def journal_entry_for(user: User, entry_id: int) -> JournalEntry:
    """Return an entry of the person's own journal; else 404."""
    entries = JournalEntry.objects.select_related("plan__council", "step")
    return get_object_or_404(entries, record=record_for(user), pk=entry_id)


def share_for(user: User, share_id: int) -> DevelopmentShare:
    """Return a live share of the person's own record; else 404."""
    shares = DevelopmentShare.objects.live().select_related("reader")
    return get_object_or_404(shares, record=record_for(user), pk=share_id)


def shares_with(user: User) -> QuerySet[DevelopmentShare]:
    """Return what other people share with `user` today."""
    return DevelopmentShare.objects.live().filter(reader=user, record__person__is_active=True)


def shared_for(user: User, share_id: int) -> DevelopmentShare:
    """Return a record that someone else shares with `user` today; else 404."""
    require_second_factor(user)
    shares = shares_with(user).select_related("record__person", "record__edition")
    return get_object_or_404(shares, pk=share_id)


def contact_of(user: User, email: str) -> User | None:
    """Return the person with that address if they and `user` know each other here; else None.

    They do if both are members of one council, if one advises a plan of the other's council and has
    opened it, or if they have a check-in. For every other address the answer is the same, so that
    no one can find out who has an account.
    """
    mine = Membership.objects.current().filter(user=user)
    my_grants = AdviserGrant.objects.live().filter(adviser=user)
    councils = mine.values("council")
    advised = my_grants.values("plan__council")
    theirs = Membership.objects.current().filter(user=OuterRef("pk"))
    their_grants = AdviserGrant.objects.live().filter(
        Exists(AdviserLook.objects.filter(grant=OuterRef("pk"))), plan__council__in=councils
    )
    check_ins = CheckInPart.objects.filter(person=user).values("check_in")
    check_in_parts = CheckInPart.objects.filter(person=OuterRef("pk"), check_in__in=check_ins)
    known = (
        Q(Exists(theirs.filter(Q(council__in=councils) | Q(council__in=advised))))
        | Q(pk__in=their_grants.values("adviser"))
        | Q(Exists(check_in_parts))
    )
    return User.objects.filter(known, email=email, is_active=True).exclude(pk=user.pk).first()


def offer_for(user: User, token: str) -> User:
    """Return the person who offers `user` a check-in with this link; else 404."""
    require_second_factor(user)
    person = offered_by(token, user)
    if person is None:
        raise Http404
    return person


def check_ins_of(user: User) -> QuerySet[CheckInPart]:
    """Return the person's own parts, the latest check-in first."""
    require_second_factor(user)
    return CheckInPart.objects.of(user).select_related("check_in")


def part_for(user: User, check_in_id: int) -> CheckInPart:
    """Return the person's own part of a check-in; else 404."""
    return get_object_or_404(check_ins_of(user), check_in=check_in_id)


def part_seen_by(user: User, check_in_id: int) -> CheckInPart | None:
    """Return the other person's part once both have chosen to share; until then None."""
    return CheckInPart.objects.seen_by(user).filter(check_in=check_in_id).first()
