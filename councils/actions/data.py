"""What is done with the whole of a council's data."""

from ..models import CouncilEvent


def record_data_export(council, *, by, contents):
    """Note that the council's data left the building: `contents` says what was taken."""
    CouncilEvent.objects.create(
        council=council, kind=CouncilEvent.Kind.DATA_EXPORTED, by=by, after=contents[:200]
    )


def record_retention(council, *, by, before, after):
    """Note that the council changed how long it keeps plans, or its hold."""
    CouncilEvent.objects.create(
        council=council,
        kind=CouncilEvent.Kind.RETENTION_CHANGED,
        by=by,
        before=before[:200],
        after=after[:200],
    )
