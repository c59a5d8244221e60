"""Draws a Report as a PDF/UA-1 document: `render_pdf`. `render_html` is the page it is made from.

WeasyPrint needs Pango, a library of the operating system. It is loaded when a PDF is asked for, in
a process of its own (see `press`), so that without it everything else works and this page says what
is missing.
"""

from django.template.loader import render_to_string

from .drawing import Drawing
from .printing import print_pdf

# Control characters have no look, and go. Rare marks that part lines without being line breaks, on
# which the typesetter stumbles, become line breaks.
UNPRINTABLE = dict.fromkeys([*range(9), *range(14, 32), *range(127, 160)])
UNPRINTABLE |= dict.fromkeys(map(ord, "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"), "\n")


def render_html(report):
    """The document as HTML; its style sheet and fonts are static/print/ and static/fonts/.

    Its addresses are relative to static/print/.
    """
    html = render_to_string("assessments/exports/action_plan.html", vars(Drawing.of(report)))
    return html.translate(UNPRINTABLE)


def render_pdf(report, *, wait=0):
    """The document as PDF, in bytes, within the limits of `printing`.

    Raises PdfUnavailable, PdfTooLarge, and PdfBusy if none of the places that the computer has for
    it falls free in `wait` seconds.
    """
    return print_pdf(render_html(report), wait=wait)
