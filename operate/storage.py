"""How much a council's files take on disk."""

from assessments.portfolio.models import BundlePlan
from councils.models import Council


def bytes_kept_for(council: Council) -> int:
    """Return the size of the PDFs that are kept for a day for zips of the council's plans."""
    entries = BundlePlan.objects.filter(plan__council=council).select_related("bundle", "plan")
    sizes = (entry.path for entry in entries)
    return sum(path.stat().st_size for path in sizes if path.is_file())


def in_words(size: int) -> str:
    """Return a number of bytes as "12 KB" or "3.4 MB"."""
    if size < 1_000_000:
        return f"{size / 1000:.0f} KB"
    return f"{size / 1_000_000:.1f} MB"
