"""Draws a Report as a PDF/UA-1 document: `render_pdf`. `render_html` is the page it is made from.

WeasyPrint needs Pango, a library of the operating system. It is loaded when a PDF is asked for, in
a process of its own (see `press`), so that without it everything else works and this page says what
is missing.
"""

from django.template.loader import render_to_string

from assessments.printing.pdf import print_pdf
from assessments.printing.text import printable

from .drawing import Drawing


def render_html(report):
    """The document as HTML; its style sheet and fonts are static/print/ and static/fonts/.

    Its addresses are relative to static/print/.
    """
    html = render_to_string("assessments/exports/print/action_plan.html", vars(Drawing.of(report)))
    return printable(html)


def render_pdf(report, *, wait=0):
    """The document as PDF, in bytes, within the limits of `printing`.

    Raises PdfUnavailable, PdfTooLarge, and PdfBusy if none of the places that the computer has for
    it falls free in `wait` seconds.
    """
    return print_pdf(render_html(report), wait=wait)
