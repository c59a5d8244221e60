"""How much a council's files take in the database."""

from django.db.models import Sum
from django.db.models.functions import Length

from assessments.portfolio.models import BundlePdf
from councils.models import Council


def bytes_kept_for(council: Council) -> int:
    """Return the size of the PDFs that are kept for a day for zips of the council's plans."""
    pdfs = BundlePdf.objects.filter(entry__plan__council=council)
    return pdfs.aggregate(size=Sum(Length("content")))["size"] or 0


def in_words(size: int) -> str:
    """Return a number of bytes as "12KB of files" or "3.4MB of files", or "no files"."""
    if not size:
        return "no files"
    if size < 1_000_000:
        return f"{size / 1000:.0f}KB of files"
    return f"{size / 1_000_000:.1f}MB of files"
