"""Sets HTML as PDF: the only module that imports WeasyPrint, and with it Pango.

It runs in the `press` and does not import Django. It fetches nothing from the network or from disk
except the files named here.
"""

import contextlib
import functools
import gc
import io
from pathlib import Path

from fontTools.ttLib import woff2
from weasyprint import HTML
from weasyprint.urls import URLFetcher, URLFetcherResponse

from .tagging import complete
from .text import breakable, drawable, printable

STATIC = Path(__file__).resolve().parent.parent.parent / "static"
# No request ever goes there (RFC 6761): the name only makes relative addresses resolve.
BASE_URL = "https://plan.invalid/print/"
FILES = {
    "https://plan.invalid/print/action-plan.css": ("print/action-plan.css", "text/css"),
    "https://plan.invalid/print/balance.css": ("print/balance.css", "text/css"),
    "https://plan.invalid/print/note.css": ("print/note.css", "text/css"),
    "https://plan.invalid/print/dates.css": ("print/dates.css", "text/css"),
    "https://plan.invalid/print/round.css": ("print/round.css", "text/css"),
    "https://plan.invalid/fonts/source-sans-3-latin-400.woff2": (
        "fonts/source-sans-3-latin-400.woff2",
        "font/woff2",
    ),
    "https://plan.invalid/fonts/source-sans-3-latin-600.woff2": (
        "fonts/source-sans-3-latin-600.woff2",
        "font/woff2",
    ),
}


class FixedFiles(URLFetcher):
    """Serves the files above and refuses every other address, whatever its scheme.

    Our documents ask for nothing else, so an address in `refused` means that text which a person
    typed was taken for markup.
    """

    def __init__(self):
        super().__init__(allowed_protocols=(), allow_redirects=False)
        self.refused = []

    def fetch(self, url, headers=None):
        try:
            path, content_type = FILES[url]
        except KeyError:
            self.refused.append(url)
            raise ValueError("documents fetch nothing") from None
        return URLFetcherResponse(url, _content(path), {"Content-Type": content_type})


@functools.cache
def _content(path):
    """Return the file; fonts are decompressed once per process, not once per document."""
    content = (STATIC / path).read_bytes()
    if path.endswith(".woff2"):
        unpacked = io.BytesIO()
        woff2.decompress(io.BytesIO(content), unpacked)
        return unpacked.getvalue()
    return content


def load_fonts():
    """Read the files before the first document needs them."""
    for path, _ in FILES.values():
        _content(path)


def typeset(html):
    """Return the PDF/UA-1 document as bytes.

    Text is made safe to set here, inside the limits of the press, so that no document omits it.
    """
    html = breakable(drawable(printable(html)))
    with _uncollected():
        document = HTML(string=html, base_url=BASE_URL, url_fetcher=FixedFiles())
        return document.write_pdf(pdf_variant="pdf/ua-1", finisher=complete)


@contextlib.contextmanager
def _uncollected():
    """Postpone garbage collection: scanning boxes that are all in use takes a fifth of the time."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
