from ..models import Council, CouncilEvent, User

DETAIL_LENGTH = 200  # of CouncilEvent.before and .after


def record_data_export(council: Council, *, by: User | None, contents: str) -> None:
    """Record that all the council's data was exported; `contents` says what the file contains."""
    CouncilEvent.objects.create(
        council=council,
        kind=CouncilEvent.Kind.DATA_EXPORTED,
        by=by,
        after=contents[:DETAIL_LENGTH],
    )


def record_retention(council: Council, *, by: User | None, before: str, after: str) -> None:
    """Record that the council changed how long it keeps plans, or its hold on deletion."""
    CouncilEvent.objects.create(
        council=council,
        kind=CouncilEvent.Kind.RETENTION_CHANGED,
        by=by,
        before=before[:DETAIL_LENGTH],
        after=after[:DETAIL_LENGTH],
    )
