"""Record notices of political groups and of seats, nominations and appointments.

Events say which group, body or post, when and how many, and never name a councillor: names stay
where erasing a person reaches them.
"""

import datetime as dt
from typing import Any

from django.db import transaction

from assessments.seats.actions.compositions import record_for_council
from assessments.seats.models import BalanceCommittee, PoliticalBalance
from assessments.versions import StaleVersion, update_at
from assessments.words import counted, day_in_words, within_sentence
from councils.models import Council, CouncilEvent, User

from .models import CouncilAppointment, GroupNotice, Nomination, SeatsNotice


def record_group_notice(
    *,
    council: Council,
    kind: str,
    group: str,
    members: int,
    received_on: dt.date,
    latest: int,
    by: User,
    former_name: str = "",
    leader: str = "",
    deputy: str = "",
    signed_by: str = "",
) -> GroupNotice:
    """Add a notice to the log.

    `latest` is the key of the newest notice when the person began, or 0. Raises StaleVersion, with
    nothing saved, if another has been recorded since. The event has no names of members.
    """
    with transaction.atomic():
        Council.objects.select_for_update(no_key=True).get(pk=council.pk)
        newest = GroupNotice.objects.filter(council=council).first()
        if (newest.pk if newest else 0) != latest:
            raise StaleVersion
        notice = GroupNotice.objects.create(
            council=council,
            kind=kind,
            group=group,
            former_name=former_name,
            leader=leader,
            deputy=deputy,
            members=members,
            signed_by=signed_by,
            received_on=received_on,
            recorded_by=by,
        )
        record_for_council(
            council,
            CouncilEvent.Kind.GROUP_NOTICE_RECORDED,
            by=by,
            about=group,
            before=former_name,
            after=f"{notice.what_happened}, {members} members, received on {received_on:%-d %B %Y}",
        )
    return notice


def save_seats_notice(
    balance: PoliticalBalance,
    group: str,
    *,
    addressee: str,
    given_on: dt.date,
    reply_by: dt.date,
    version: int,
    by: User,
    allocated_on: dt.date | None = None,
) -> SeatsNotice:
    """Record or correct the notice to a group. `version` is 0 for the first.

    A notice from before `allocated_on`, when the council allocated the seats, is an advance notice;
    so is every notice if it is None. Raises StaleVersion.
    """
    values = {"addressee": addressee, "given_on": given_on, "reply_by": reply_by}
    with transaction.atomic():
        PoliticalBalance.objects.select_for_update(no_key=True).get(pk=balance.pk)
        notice = SeatsNotice.objects.filter(balance=balance, group=group).first()
        before = _notice_in_words(notice, allocated_on) if notice else ""
        saved = _saved(notice or SeatsNotice(balance=balance, group=group), version, values)
        record_for_council(
            balance.council,
            CouncilEvent.Kind.SEATS_NOTICE_RECORDED,
            by=by,
            about=group,
            before=before,
            after=_notice_in_words(saved, allocated_on),
        )
    return saved


def save_nomination(
    committee: BalanceCommittee,
    group: str,
    *,
    basis: str,
    members: str,
    substitutes: str,
    received_on: dt.date | None,
    appointed_on: dt.date | None,
    version: int,
    by: User,
) -> Nomination:
    """Record the members a group nominates, or those the council chose without its wishes.

    `version` is 0 for the first. Raises StaleVersion.
    """
    values = {
        "basis": basis,
        "members": members,
        "substitutes": substitutes,
        "received_on": received_on,
        "appointed_on": appointed_on,
    }
    with transaction.atomic():
        PoliticalBalance.objects.select_for_update(no_key=True).get(pk=committee.balance_id)
        nomination = Nomination.objects.filter(committee=committee, group=group).first()
        before = _nomination_in_words(nomination) if nomination else ""
        saved = _saved(nomination or Nomination(committee=committee, group=group), version, values)
        record_for_council(
            committee.balance.council,
            CouncilEvent.Kind.NOMINATION_RECORDED,
            by=by,
            about=f"{group} on {committee.name}",
            before=before,
            after=_nomination_in_words(saved),
        )
    return saved


def save_appointment(
    council: Council,
    appointment: CouncilAppointment | None,
    *,
    kind: str,
    post: str,
    holder: str,
    made_by: str,
    from_on: dt.date | None,
    until_on: dt.date | None,
    version: int,
    by: User,
) -> CouncilAppointment:
    """Add an appointment, with `version` 0, or change one. Raises StaleVersion."""
    values = {
        "kind": kind,
        "post": post,
        "holder": holder,
        "made_by": made_by,
        "from_on": from_on,
        "until_on": until_on,
    }
    with transaction.atomic():
        before = _appointment_in_words(appointment) if appointment else ""
        saved = _saved(appointment or CouncilAppointment(council=council), version, values)
        record_for_council(
            council,
            CouncilEvent.Kind.APPOINTMENT_RECORDED,
            by=by,
            about=f"{saved.post} ({within_sentence(saved.get_kind_display())})",
            before=before,
            after=_appointment_in_words(saved),
        )
    return saved


def _saved(row: Any, version: int, values: dict[str, Any]) -> Any:
    """Insert a new row, for which `version` is 0, or update one that still has `version`."""
    if row.pk:
        update_at(type(row), row, version, values)
        return row
    if version:
        raise StaleVersion
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    return row


def _notice_in_words(notice: SeatsNotice, allocated_on: dt.date | None) -> str:
    given, reply_by = _day(notice.given_on), _day(notice.reply_by)
    if allocated_on is None or notice.given_on < allocated_on:
        return f"advance notice given on {given}, wishes asked for by {reply_by}"
    return f"notice given on {given}, wishes to be received by {reply_by}"


def _nomination_in_words(nomination: Nomination) -> str:
    words = [
        counted(len(nomination.names), "member"),
        counted(len(nomination.substitute_names), "substitute") if nomination.substitutes else "",
        within_sentence(nomination.get_basis_display()),
        nomination.received_on and f"received {_day(nomination.received_on)}",
        f"appointed {_day(nomination.appointed_on)}"
        if nomination.appointed_on
        else "not yet appointed",
    ]
    return ", ".join(part for part in words if part)


def _appointment_in_words(appointment: CouncilAppointment) -> str:
    words = [
        "filled" if appointment.holder else "vacant",
        appointment.from_on and f"from {_day(appointment.from_on)}",
        appointment.until_on and f"until {_day(appointment.until_on)}",
    ]
    return ", ".join(part for part in words if part)


def _day(day: dt.date | None) -> str:
    return day_in_words(day) if day else "no date"
