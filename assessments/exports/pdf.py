"""Draw a Report as a PDF/UA-1 document. `render_html` returns the page it is set from.

WeasyPrint needs Pango, a library of the operating system. The press loads it in a process of its
own when a PDF is requested, so everything else works without it.
"""

from django.template.loader import render_to_string

from assessments.printing.pdf import print_pdf
from assessments.printing.text import printable

from .drawing import Drawing
from .kept import kept_or_made
from .report import Report


def render_html(report: Report) -> str:
    """Return the document as HTML, with addresses relative to static/print/."""
    context = vars(Drawing.of(report))
    return printable(render_to_string("assessments/exports/print/action_plan.html", context))


def render_pdf(report: Report, *, wait: float = 0) -> bytes:
    """Return the document as PDF, waiting at most `wait` seconds for a place in the press.

    A PDF that was made within a day and shows the same is returned at once. Raises PdfNotMade.
    """
    html = render_html(report)
    return kept_or_made(report.plan_id, html, lambda: print_pdf(html, wait=wait))
