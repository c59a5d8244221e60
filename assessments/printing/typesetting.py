"""The only module that imports WeasyPrint, and with it Pango; it runs in the `press`.

Turns the HTML of `pdf.render_html` into PDF. Nothing is fetched, from the network or from disk,
but the files named here. It knows nothing of Django.
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

STATIC = Path(__file__).resolve().parent.parent.parent / "static"
# No request ever goes there (RFC 6761): the name only makes relative addresses resolve.
BASE_URL = "https://plan.invalid/print/"
FILES = {
    "https://plan.invalid/print/action-plan.css": ("print/action-plan.css", "text/css"),
    "https://plan.invalid/print/balance.css": ("print/balance.css", "text/css"),
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
    """Hands out the files above and refuses every other address, whatever its scheme.

    What was asked for and refused is kept in `refused`: nothing in our document asks, so anything
    here is somebody's words taken for markup.
    """

    def __init__(self):
        super().__init__(allowed_protocols=(), allow_redirects=False)
        self.refused = []

    def fetch(self, url, headers=None):
        try:
            path, content_type = FILES[url]
        except KeyError:
            self.refused.append(url)
            raise ValueError("the action plan fetches nothing") from None
        return URLFetcherResponse(url, _content(path), {"Content-Type": content_type})


@functools.cache
def _content(path):
    """The file; a font is unpacked, once a process, since every document would do it again."""
    content = (STATIC / path).read_bytes()
    if path.endswith(".woff2"):
        unpacked = io.BytesIO()
        woff2.decompress(io.BytesIO(content), unpacked)
        return unpacked.getvalue()
    return content


def load_fonts():
    """Have the files at hand before a document asks for them."""
    for path, _ in FILES.values():
        _content(path)


def typeset(html):
    """The PDF/UA-1 of a document, as bytes."""
    with _uncollected():
        document = HTML(string=html, base_url=BASE_URL, url_fetcher=FixedFiles())
        return document.write_pdf(pdf_variant="pdf/ua-1", finisher=complete)


@contextlib.contextmanager
def _uncollected():
    """Garbage waits: the search for it, in boxes that are all in use, takes a fifth of the time."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
