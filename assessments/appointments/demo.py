"""The demo's groups: their notices after the election, their nominations, and appointments."""

import datetime as dt

from .actions import record_group_notice, save_appointment, save_nomination, save_seats_notice
from .models import CouncilAppointment, GroupNotice, Nomination
from .seats_due import group_seats, report_of

# Leader and deputy, who sign with the group's other members.
LEADERS = {
    "Ash": ("Councillor Marcus Vale", "Councillor Tom Hale"),
    "Beech": ("Councillor Ruth Amadi", "Councillor Alan Frost"),
    "Elm": ("Councillor Imogen Reeve", "Councillor Sam Ode"),
    "Oak": ("Councillor Helen Marsh", "Councillor Leila Aziz"),
    "Rowan": ("Councillor Owen Price", "Councillor Mei Lin"),
}
# Days from election day: the notice of seats, once the table is worked out, and what follows it.
DAYS_TO_SEATS = 11
DAYS_TO_WISHES = 12
DAYS_TO_REPLY = 18
# The group that has said who should fill its seats, and its members on each body.
NOMINATES = "Oak"
NOMINATED = {
    "Planning": ("Councillor Dorothy Lamb", "Councillor Martin Shaw"),
    "Regulatory": ("Councillor Leila Aziz", "Councillor Joan Pike"),
    "Overview and Scrutiny": ("Councillor Jack Osei", "Councillor Stella Whyte"),
}
Kind = CouncilAppointment.Kind
APPOINTMENTS = (
    (Kind.CHAIR, "Planning", "Councillor Martin Shaw", "Full council"),
    (Kind.VICE_CHAIR, "Planning", "Councillor Joan Pike", "Full council"),
    (Kind.CHAIR, "Audit and Governance", "", "Full council"),
    (Kind.OUTSIDE_BODY, "Riverdale Sports Trust", "Councillor Edwin Dale", "Full council"),
    (Kind.LEAD_MEMBER, "Housing", "Councillor Leila Aziz", "The Leader"),
)


def seed_group_notices(council, sizes, *, received_on, by):
    """Record a notice of each group; `sizes` are members by group."""
    latest = 0
    for group, members in sizes.items():
        leader, deputy = LEADERS[group]
        latest = record_group_notice(
            council=council,
            kind=GroupNotice.Kind.CHANGED,
            group=group,
            members=members,
            leader=leader,
            deputy=deputy,
            signed_by=f"{leader}\n{deputy}",
            received_on=received_on,
            latest=latest,
            by=by,
        ).pk


def seed_nominations(balance, *, election_day, by):
    """Record the notice of seats to each group, and what one group nominates to its bodies."""
    given_on = election_day + dt.timedelta(days=DAYS_TO_SEATS)
    report = report_of(balance)
    committees = {committee.pk: committee for committee in balance.committees.all()}
    for group in group_seats(report):
        if not group.is_group:
            continue
        save_seats_notice(
            balance,
            group.name,
            addressee=LEADERS[group.name][0],
            given_on=given_on,
            reply_by=election_day + dt.timedelta(days=DAYS_TO_REPLY),
            version=0,
            by=by,
            allocated_on=balance.meeting_on if report.is_adopted else None,
        )
        if group.name != NOMINATES:
            continue
        for body, seats in group.bodies:
            if body.name not in NOMINATED:
                continue
            save_nomination(
                committees[body.pk],
                group.name,
                basis=Nomination.Basis.WISHES,
                members="\n".join(NOMINATED[body.name][:seats]),
                substitutes="",
                received_on=election_day + dt.timedelta(days=DAYS_TO_WISHES),
                appointed_on=None,
                version=0,
                by=by,
            )


def seed_appointments(council, *, appointed_on, by):
    """Record a chair, a vice-chair, a vacancy, an outside body and a lead member."""
    for kind, post, holder, made_by in APPOINTMENTS:
        save_appointment(
            council,
            None,
            kind=kind,
            post=post,
            holder=holder,
            made_by=made_by,
            from_on=appointed_on if holder else None,
            until_on=None,
            version=0,
            by=by,
        )
