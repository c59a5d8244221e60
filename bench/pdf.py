"""The PDF of a full plan, and Chromium printing the same HTML: how long, and how much memory."""

import io
import shutil
import subprocess
import sys
from time import monotonic, perf_counter, sleep

import pikepdf
import psutil
from django.conf import settings
from django.utils import timezone

from assessments.exports.pdf import render_html
from assessments.exports.report import ExportOptions, report_for
from assessments.printing.pdf import PdfUnavailable, print_pdf

from . import seed

CHROMIUM_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-sync",
    "--no-first-run",
    "--no-pdf-header-footer",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--allow-file-access-from-files",
)
ONCE = "from bench import pdf; pdf.first_pdf(pdf.full_report())"
TIMEOUT = 60


class NotMeasured(Exception):
    """Something is missing; the message says what."""


def full_report():
    """Everything there is: all items, notes and guidance."""
    options = ExportOptions(guidance=True, notes=True)
    return report_for(seed.full_plan(), options=options, today=timezone.localdate())


def first_pdf(report):
    """The PDF as it is made when none is kept that shows the same."""
    return print_pdf(render_html(report))


class Printer:
    """Makes the PDF both ways. NotMeasured without Pango or Chromium."""

    def __init__(self, folder):
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        if not chromium:
            raise NotMeasured("Chromium is not installed.")
        self.report = full_report()
        try:
            document = first_pdf(self.report)
        except PdfUnavailable as error:
            raise NotMeasured(str(error)) from error
        self.pages = _pages(document)
        self.output = folder / "chromium.pdf"
        source = folder / "plan.html"
        base = f'<base href="{(settings.BASE_DIR / "static/print").as_uri()}/">'
        source.write_text(render_html(self.report).replace("<head>", f"<head>{base}", 1))
        self.print_command = [
            chromium,
            *CHROMIUM_OPTIONS,
            f"--user-data-dir={folder / 'chromium'}",
            f"--print-to-pdf={self.output}",
            source.as_uri(),
        ]

    def product(self):
        started = perf_counter()
        first_pdf(self.report)
        return perf_counter() - started

    def chromium(self):
        started = perf_counter()
        subprocess.run(self.print_command, check=True, timeout=TIMEOUT, capture_output=True)
        return perf_counter() - started

    def chromium_pages(self):
        return _pages(self.output.read_bytes())

    def product_memory(self):
        return _peak_memory([sys.executable, "manage.py", "shell", "--no-imports", "-c", ONCE])

    def chromium_memory(self):
        return _peak_memory(self.print_command)


def _pages(document):
    with pikepdf.open(io.BytesIO(document)) as pdf:
        return len(pdf.pages)


def _peak_memory(command):
    """The most bytes that a command and its children hold at once, shared ones counted once."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak, until = 0, monotonic() + TIMEOUT
    try:
        watched = psutil.Process(process.pid)
        while process.poll() is None and monotonic() < until:
            peak = max(peak, sum(map(_memory, [watched, *watched.children(recursive=True)])))
            sleep(0.02)
    except psutil.NoSuchProcess:
        pass
    finally:
        process.kill()
        process.wait()
    return peak


def _memory(process):
    try:
        held = process.memory_full_info()
    except psutil.Error:
        return 0
    return getattr(held, "pss", held.rss)
