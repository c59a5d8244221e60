"""PDFs of action plans are kept for a day, so that one that shows the same is not set again.

A PDF is found only by the whole HTML that it is set from, which is made again for each download. So
no one gets text that they cannot read, or that has changed since.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from assessments.plans.models import Plan

from .models import KeptPdf

A_DAY = timedelta(days=1)
KEPT = 8  # of a plan; the oldest goes when another is made
LARGEST = 4_000_000  # bytes; a larger PDF is not kept


def kept_or_made(plan_id: int, html: str, make: Callable[[], bytes]) -> bytes:
    """Return the PDF of `html`: the one that is kept, or what `make` returns, which is then kept.

    `plan_id` is the primary key of the plan that the document is about.
    """
    digest = sha256(_typesetter() + html.encode()).hexdigest()
    found = KeptPdf.objects.filter(plan=plan_id, digest=digest, made_at__gt=timezone.now() - A_DAY)
    kept = found.values_list("content", flat=True).first()
    if kept is not None:
        return bytes(kept)
    content = make()
    if len(content) <= LARGEST:
        _keep(plan_id, digest, content)
    return content


def _keep(plan_id: int, digest: str, content: bytes) -> None:
    KeptPdf.objects.bulk_create(
        [KeptPdf(plan_id=plan_id, digest=digest, content=content)],
        update_conflicts=True,  # two downloads at once, or one from before yesterday
        unique_fields=["plan", "digest"],
        update_fields=["content", "made_at"],
    )
    clear_kept_pdfs()
    newest = KeptPdf.objects.filter(plan=plan_id).order_by("-made_at", "-pk")
    too_many = list(newest.values_list("pk", flat=True)[KEPT:])
    if too_many:
        KeptPdf.objects.filter(pk__in=too_many).delete()


def clear_kept_pdfs() -> int:
    """Delete those made more than a day ago, and return how many."""
    return KeptPdf.objects.filter(made_at__lte=timezone.now() - A_DAY).delete()[0]


def forget_pdfs(plans: QuerySet[Plan]) -> None:
    """Delete what is kept of these plans. One query."""
    KeptPdf.objects.filter(plan__in=plans).delete()


@cache
def _typesetter() -> bytes:
    """Return a digest of what a PDF depends on besides its HTML: code, style sheets, library."""
    files = [
        *(Path(settings.BASE_DIR) / "assessments" / "printing").glob("*.py"),
        *(Path(settings.BASE_DIR) / "static" / "print").glob("*"),
    ]
    digest = sha256(version("weasyprint").encode())
    for path in sorted(files):
        digest.update(path.read_bytes())
    return digest.digest()
