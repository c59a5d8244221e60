from django.db.models import QuerySet

from assessments.exports.kept import forget_pdfs
from assessments.plans.models import Plan
from assessments.portfolio.actions import forget_pdfs_in_bundles
from councils.models import User

from ..models import ConfirmationOutcome, ConfirmationRequest


def close_requests(
    requests: QuerySet[ConfirmationRequest], *, by: User | None, is_carried_out: bool
) -> None:
    """Record the outcome of those requests that are still pending."""
    for request in requests.filter(outcome=None).select_related("council"):
        ConfirmationOutcome.objects.create(request=request, by=by, is_carried_out=is_carried_out)


def forget_copies(plans: QuerySet[Plan]) -> None:
    """Delete the PDFs of these plans that are kept for a day, which name people as they were."""
    forget_pdfs(plans)
    forget_pdfs_in_bundles(plans)
