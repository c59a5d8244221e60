"""Record notices of political groups."""

import datetime as dt

from django.db import transaction

from assessments.seats.actions.compositions import record_for_council
from assessments.versions import StaleVersion
from councils.models import Council, CouncilEvent, User

from .models import GroupNotice


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
        Council.objects.select_for_update().get(pk=council.pk)
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
            after=f"{notice.get_kind_display()}, {members} members, "
            f"received on {received_on:%-d %B %Y}",
        )
    return notice
