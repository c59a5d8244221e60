"""What a signed-in person may reach of development records and check-ins."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from councils.permissions import require_second_factor

from .models import (
    CheckInPart,
    DevelopmentRecord,
    DevelopmentShare,
    JournalEntry,
    Reflection,
    StandardAnswer,
)


def own_record(user):
    """The person's record, None before they begin one."""
    require_second_factor(user)
    return DevelopmentRecord.objects.filter(person=user).select_related("edition", "person").first()


def record_for(user):
    """The person's own record, else 404. No address names one, so nobody can ask for another's."""
    record = own_record(user)
    if record is None:
        raise Http404
    return record


def answer_for(user, standard_id):
    """The person's answer to a standard of their record's edition, a new one if there is none."""
    record = record_for(user)
    standard = get_object_or_404(record.standards, pk=standard_id)
    answer = StandardAnswer.objects.filter(record=record, standard=standard).first()
    answer = answer or StandardAnswer(version=0)
    answer.record, answer.standard = record, standard
    return answer


def reflection_for(user, kind, subject_id):
    """The person's note on a principle or an attribute, a new one if there is none; else 404."""
    record = record_for(user)
    if kind not in Reflection.SUBJECTS:
        raise Http404
    subject = get_object_or_404(Reflection.subjects(kind, record), pk=subject_id)
    place = {"record": record, kind: subject}
    reflection = Reflection.objects.filter(**place).first() or Reflection(version=0)
    for name, value in place.items():
        setattr(reflection, name, value)
    return reflection


def journal_entry_for(user, entry_id):
    entries = JournalEntry.objects.select_related("plan__council", "step")
    return get_object_or_404(entries, record=record_for(user), pk=entry_id)


def share_for(user, share_id):
    """A live share of the person's own record, else 404."""
    shares = DevelopmentShare.objects.live().select_related("reader")
    return get_object_or_404(shares, record=record_for(user), pk=share_id)


def shares_with(user):
    """What others let `user` read today."""
    return DevelopmentShare.objects.live().filter(reader=user, record__person__is_active=True)


def shared_for(user, share_id):
    """What somebody else let `user` read, while they do; else 404."""
    require_second_factor(user)
    shares = shares_with(user).select_related("record__person", "record__edition")
    return get_object_or_404(shares, pk=share_id)


def check_ins_of(user):
    """The person's own parts, the latest check-in first."""
    require_second_factor(user)
    return CheckInPart.objects.of(user).select_related("check_in")


def part_for(user, check_in_id):
    """The person's own part of a check-in; else 404."""
    return get_object_or_404(check_ins_of(user), check_in=check_in_id)


def part_seen_by(user, check_in_id):
    """The other's part, once both have chosen to show; until then None, whatever is in it."""
    return CheckInPart.objects.seen_by(user).filter(check_in=check_in_id).first()
