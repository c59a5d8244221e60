"""Responses with a file, and the pages shown when a PDF could not be made."""

import re
import unicodedata

from django.http import HttpResponse
from django.shortcuts import render

from govuk.fields import fields_sent

from .pdf import PdfBusy, PdfInterrupted, PdfNoPlaces, PdfTooLarge, PdfUnavailable

WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PAGES = {
    PdfBusy: "busy",
    PdfInterrupted: "interrupted",
    PdfNoPlaces: "no_places",
    PdfTooLarge: "too_large",
    PdfUnavailable: "unavailable",
}
RETRY_AFTER = 10  # seconds; most PDFs take two or three


def file_response(content: bytes, content_type: str, name: str) -> HttpResponse:
    """Return the file as a download. Its name is reduced to characters every system accepts."""
    return HttpResponse(
        content,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{safe_file_name(name)}"'},
    )


def safe_file_name(name: str) -> str:
    """Return the name in ASCII letters, figures, dots, spaces, brackets and hyphens."""
    letters = unicodedata.normalize("NFKD", name)
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"[^A-Za-z0-9._ ()-]+", "-", plain)


def no_pdf(request, error, context, *, layout, back, smaller="", instead=""):
    """Return the page (503) that says why there is no PDF, with what was asked for in its form.

    `error` is a PdfNotMade. `layout` is the template to extend, which reads `context`; `back` is
    the address to return to. `smaller` is the address where less can be chosen, and `instead` a
    sentence on what is available meanwhile.
    """
    context = context | {
        "layout": layout,
        "back": back,
        "smaller": smaller,
        "instead": instead,
        "again": request.path,
        "answers": fields_sent(request),
    }
    template = f"assessments/printing/{PAGES[type(error)]}.html"
    response = render(request, template, context, status=503)
    if isinstance(error, PdfBusy):
        response.headers["Retry-After"] = RETRY_AFTER
    return response
