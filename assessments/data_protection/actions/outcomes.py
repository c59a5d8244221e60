from django.db.models import QuerySet

from councils.models import User

from ..models import ConfirmationOutcome, ConfirmationRequest


def close_requests(
    requests: QuerySet[ConfirmationRequest], *, by: User | None, is_carried_out: bool
) -> None:
    """Record the outcome of those requests that are still pending."""
    for request in requests.filter(outcome=None).select_related("council"):
        ConfirmationOutcome.objects.create(request=request, by=by, is_carried_out=is_carried_out)
