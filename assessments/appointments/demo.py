"""The demo's group notices: those that Riverdale's groups gave after the election."""

import datetime as dt

from .actions import record_group_notice
from .models import GroupNotice

# Leader and deputy, who sign with the group's other members.
LEADERS = {
    "Ash": ("Councillor Priya Nair", "Councillor Tom Hale"),
    "Beech": ("Councillor Ruth Amadi", "Councillor Alan Frost"),
    "Elm": ("Councillor Joan Pike", "Councillor Sam Ode"),
    "Oak": ("Councillor Martin Shaw", "Councillor Leila Aziz"),
    "Rowan": ("Councillor Owen Price", "Councillor Mei Lin"),
}
DAYS = 5  # from election day


def seed_group_notices(council, sizes, *, election_day, by):
    """Record a notice of each group; `sizes` are members by group."""
    latest = 0
    for group, members in sizes.items():
        leader, deputy = LEADERS[group]
        latest = record_group_notice(
            council=council,
            kind=GroupNotice.Kind.FORMED,
            group=group,
            members=members,
            leader=leader,
            deputy=deputy,
            signed_by=f"{leader}\n{deputy}",
            received_on=election_day + dt.timedelta(days=DAYS),
            latest=latest,
            by=by,
        ).pk
