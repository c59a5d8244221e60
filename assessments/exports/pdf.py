"""Draws a Report as a PDF/UA-1 document: `render_pdf`. `render_html` is the page it is made from.

WeasyPrint needs Pango, a library of the operating system. It is loaded when a PDF is asked for, so
that without it everything else works and this page says what is missing.
"""

import contextlib
import io

from django.template.loader import render_to_string

from .drawing import Drawing
from .report import printable

INSTALL_COMMAND = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


class PdfUnavailable(Exception):
    """PDF cannot be made on this server; the message says what to install."""

    def __init__(self):
        super().__init__(
            "PDF needs Pango, which is not installed on this server. "
            f"On Debian or Ubuntu, install it with: {INSTALL_COMMAND}"
        )


def render_html(report):
    """The document as HTML; its style sheet and fonts are static/print/ and static/fonts/.

    Its addresses are relative to static/print/.
    """
    html = render_to_string("assessments/exports/action_plan.html", vars(Drawing.of(report)))
    return printable(html)


def render_pdf(report):
    """The document as PDF, in bytes. Raises PdfUnavailable."""
    typeset = _typesetter()
    return typeset(render_html(report))


def _typesetter():
    try:
        # Without Pango, WeasyPrint prints advice for its developers before it gives up.
        with contextlib.redirect_stdout(io.StringIO()):
            from .typesetting import typeset
    except OSError as error:
        raise PdfUnavailable from error
    return typeset
