"""PDFs are made in a separate process, with limits of number, memory and time."""

import datetime as dt
import fcntl
import io
import os
import resource
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import pikepdf
import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from assessments.exports import pdf
from assessments.exports.report import report_for
from assessments.exports.scope import Scope
from assessments.plans.models import Event, Plan
from assessments.printing import pdf as printing
from assessments.printing import typesetting
from assessments.printing.pdf import (
    PdfBusy,
    PdfInterrupted,
    PdfTooLarge,
    PdfUnavailable,
    print_pdf,
)
from tests.acting import draw_pdf_with, form_on, signed_in, text_of
from tests.assessments.exports.test_action_plan_pdf import pages_of
from tests.test_killed import wait_until

pytestmark = pytest.mark.pdf

SHORT = "<html lang=en><title>Short</title><body><p>Text</p></body></html>"
LONG = f"<html lang=en><title>Long</title><body>{'<p>Words of a paragraph</p>' * 40_000}</body>"


@contextmanager
def taken(settings, count=2):
    """Hold the first places of this server, as another process would."""
    folder = settings.PRIVATE_DIR / "places"
    folder.mkdir(exist_ok=True)
    with ExitStack() as held:
        for number in range(count):
            lock = held.enter_context((folder / str(number)).open("w"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture
def new_press(monkeypatch):
    """Start a new press, so that none from an earlier test is used."""
    monkeypatch.setattr(printing, "_idle", idle := [])
    yield idle
    for press in idle:
        press.close()


# --- The press ------------------------------------------------------------------------------------


def test_a_pdf_is_made_where_the_limit_of_the_server_is_lower(new_press, monkeypatch, settings):
    def lower():
        resource.setrlimit(resource.RLIMIT_AS, (900 * 2**20,) * 2)

    assert settings.PDF_MEMORY_MB > 900
    start = partial(subprocess.Popen, preexec_fn=lower)
    monkeypatch.setattr("assessments.printing.pdf.subprocess.Popen", start)
    assert print_pdf(SHORT).startswith(b"%PDF")


def test_the_press_produces_the_same_pages_as_this_process(plan):
    plan = Plan.objects.with_all_stages().select_related("council").get(pk=plan.pk)
    report = report_for(plan, scope=Scope.parse("area-3"), today=dt.date(2027, 5, 18))
    printed = pdf.render_pdf(report)
    assert printed.startswith(b"%PDF-1.7")
    with pikepdf.open(io.BytesIO(printed)) as document:
        assert document.open_metadata()["pdfuaid:part"] == "1"
    assert pages_of(printed) == pages_of(typesetting.typeset(pdf.render_html(report)))


def test_the_press_is_started_once_and_again_after_it_was_ended(new_press):
    print_pdf(SHORT)
    (first,) = new_press
    print_pdf(SHORT)
    assert new_press == [first]
    os.kill(first.process.pid, signal.SIGKILL)
    first.process.wait()
    assert print_pdf(SHORT).startswith(b"%PDF")
    (second,) = new_press
    assert second.process.pid != first.process.pid


def test_the_press_ends_with_the_server(new_press):
    print_pdf(SHORT)
    (press,) = new_press
    new_press.clear()
    press.close()
    assert press.process.returncode == 0


@pytest.mark.skipif(not Path("/proc/self/oom_score_adj").exists(), reason="needs /proc")
def test_where_memory_is_short_what_reads_or_makes_a_file_is_ended_first(new_press, settings):
    """And not the database or the web server."""
    print_pdf(SHORT)
    (press,) = new_press
    command = [sys.executable, "-m", "assessments.action_log.cells", "Actions", "1", "1", "1"]
    with subprocess.Popen(command, cwd=settings.BASE_DIR, stdin=subprocess.PIPE) as reader:
        scores = [Path(f"/proc/{each.pid}/oom_score_adj") for each in (press.process, reader)]
        wait_until(lambda: [score.read_text() for score in scores] == ["1000\n"] * 2)
        reader.stdin.close()


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")
def test_the_press_gets_no_secrets(new_press, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "a-secret-4711")
    monkeypatch.setenv("DATABASE_URL", "postgres://planner:a-secret-4711@db/planner")
    print_pdf(SHORT)
    environment = Path(f"/proc/{new_press[0].process.pid}/environ").read_bytes()
    assert b"4711" not in environment
    names = {line.partition(b"=")[0].decode() for line in environment.split(b"\0") if line}
    assert names <= {*printing.ENVIRONMENT}


def test_the_press_imports_only_the_typesetter():
    code = (
        "import sys\n"
        "import assessments.printing.press, assessments.printing.typesetting\n"
        "ours = {'django', 'councils', 'frameworks', 'assessments.models', 'noc_transition'}\n"
        "assert not ours & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_error_of_the_press_is_not_reported_as_a_large_document(new_press, monkeypatch, capfd):
    broken = (
        "import runpy, sys\n"
        "from assessments.printing import typesetting\n"
        "def typeset(html): raise ZeroDivisionError('a fault')\n"
        "typesetting.typeset = typeset\n"
        "runpy.run_module('assessments.printing.press', run_name='__main__')"
    )
    monkeypatch.setattr(printing, "COMMAND", [sys.executable, "-c", broken])
    with pytest.raises(RuntimeError, match="log"):
        print_pdf(SHORT)
    assert "ZeroDivisionError: a fault" in capfd.readouterr().err


# --- So much each ---------------------------------------------------------------------------------


def test_a_document_that_takes_too_long_is_stopped_and_the_next_is_made(settings):
    print_pdf(SHORT)
    settings.PDF_SECONDS = 1
    with pytest.raises(PdfTooLarge):
        print_pdf(LONG)
    settings.PDF_SECONDS = 120
    assert print_pdf(SHORT).startswith(b"%PDF")


def test_a_document_that_needs_too_much_memory_is_stopped_and_the_next_is_made(settings):
    settings.PDF_MEMORY_MB = 300
    with pytest.raises(PdfTooLarge):
        print_pdf(LONG)
    settings.PDF_MEMORY_MB = 1024
    assert print_pdf(SHORT).startswith(b"%PDF")


def ended(presses):
    while presses:
        presses.pop().close()


def test_a_process_that_was_killed_is_not_reported_as_a_large_document(
    client, plan, new_press, monkeypatch
):
    """A server that is short of memory ends the process that uses most of it."""
    for last, expected in (
        ("os.kill(os.getpid(), signal.SIGKILL)", PdfInterrupted),
        ("os.kill(os.getpid(), signal.SIGTERM)", PdfInterrupted),
        ("os.kill(os.getppid(), signal.SIGKILL); time.sleep(0.2)", PdfInterrupted),
        ("os.kill(os.getpid(), signal.SIGALRM)", PdfTooLarge),
    ):
        killed = (
            "import runpy, os, signal, time\n"
            "from assessments.printing import typesetting\n"
            f"def typeset(html): {last}\n"
            "typesetting.typeset = typeset\n"
            "runpy.run_module('assessments.printing.press', run_name='__main__')"
        )
        monkeypatch.setattr(printing, "COMMAND", [sys.executable, "-c", killed])
        ended(new_press)
        with pytest.raises(expected):
            print_pdf(SHORT)
    draw_pdf_with(monkeypatch, lambda report, **_: print_pdf(SHORT))
    monkeypatch.setattr(printing, "COMMAND", [sys.executable, "-c", "raise SystemExit(1)"])
    ended(new_press)
    response = client.post(take(plan), {"scope": "stage", "stage": "2"})
    assert response.status_code == 503
    assert "This PDF was not finished" in text_of(response)
    assert form_on(response, take(plan)) == {"scope": "stage", "stage": "2"}


# --- So many at a time ----------------------------------------------------------------------------


def test_a_third_document_at_a_time_is_refused_as_busy(settings):
    with taken(settings, 1):
        assert print_pdf(SHORT)
    with taken(settings, 2), pytest.raises(PdfBusy):
        print_pdf(SHORT)
    assert print_pdf(SHORT)


def test_a_caller_that_waits_gets_the_next_place(settings):
    with taken(settings, 2):
        waiting = threading.Thread(target=lambda: made.append(print_pdf(SHORT, wait=120)))
        made = []
        waiting.start()
        waiting.join(0.5)
        assert not made
    waiting.join(120)
    assert made[0].startswith(b"%PDF")


def test_a_process_that_dies_releases_its_place(settings):
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import fcntl, sys, time\n"
            "locks = [open(path, 'w') for path in sys.argv[1:]]\n"
            "for lock in locks: fcntl.flock(lock, fcntl.LOCK_EX)\n"
            "print('held', flush=True); time.sleep(60)",
            *(str(settings.PRIVATE_DIR / "places" / n) for n in "01"),
        ],
        stdout=subprocess.PIPE,
    )
    with holder:
        holder.stdout.readline()
        with pytest.raises(PdfBusy):
            print_pdf(SHORT)
        holder.kill()
    assert print_pdf(SHORT)


# --- What people are told -------------------------------------------------------------------------


@pytest.fixture
def client(officer):
    return signed_in(officer)


def take(plan):
    return reverse("action_plan_pdf", args=[plan.pk])


def exported(plan):
    return plan.events.filter(kind=Event.Kind.PLAN_EXPORTED).exists()


def test_the_busy_page_keeps_the_choices_and_says_when_to_retry(client, plan, settings):
    with taken(settings):
        response = client.post(take(plan), {"scope": "stage", "stage": "2", "open": "1"})
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert "The PDF service is busy" in text_of(response)
    assert not exported(plan)
    again = form_on(response, take(plan))
    assert again == {"scope": "stage", "stage": "2", "open": "1"}
    response = client.post(take(plan), again)
    assert response.headers["Content-Type"] == "application/pdf"
    event = plan.events.get(kind=Event.Kind.PLAN_EXPORTED)
    assert "open actions only, without guidance or notes" in event.detail


def test_a_page_says_that_the_pdf_is_too_large(client, plan, settings):
    settings.PDF_MEMORY_MB = 1
    response = client.post(take(plan), {"scope": "whole"})
    assert response.status_code == 503
    assert "Retry-After" not in response.headers
    assert "This PDF is too large" in text_of(response)
    assert not exported(plan)


def test_the_command_reports_busy_and_too_large(plan, settings, tmp_path):
    output = tmp_path / "plan.pdf"
    settings.PDF_SECONDS = 1
    with taken(settings), pytest.raises(CommandError, match="busy"):
        call_command("export_plan", str(plan.pk), "--output", str(output))
    settings.PDF_SECONDS, settings.PDF_MEMORY_MB = 120, 1
    with pytest.raises(CommandError, match="smaller --scope"):
        call_command("export_plan", str(plan.pk), "--output", str(output))
    assert not output.exists()
    assert not exported(plan)


# --- Without Pango --------------------------------------------------------------------------------

WITHOUT_PANGO = """
import runpy, sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name == "weasyprint":
            print("WeasyPrint could not import some external libraries.")
            raise OSError("cannot load library 'libpango-1.0-0'")
sys.meta_path.insert(0, Missing())
runpy.run_module("assessments.printing.press", run_name="__main__")
"""


@pytest.fixture
def without_pango(new_press, monkeypatch):
    """Simulate a server without the libraries that WeasyPrint needs."""
    monkeypatch.setattr(printing, "COMMAND", [sys.executable, "-c", WITHOUT_PANGO])


def test_without_pango_the_error_says_what_to_install(without_pango, capfd):
    with pytest.raises(PdfUnavailable, match="apt-get install libpango"):
        print_pdf(SHORT)
    said = capfd.readouterr()
    assert (said.out, said.err) == ("", "")


def test_without_pango_only_the_download_fails(client, plan, without_pango):
    response = client.post(take(plan), {"scope": "summary"})
    assert response.status_code == 503
    text = text_of(response)
    assert "PDFs are not available" in text
    assert "cannot make PDFs yet" in text
    assert "Riverdale Borough Council" in text
    assert not exported(plan)
    assert client.get(reverse("action_plan", args=[plan.pk])).status_code == 200


def test_without_pango_the_command_reports_it_in_one_line(plan, without_pango, tmp_path):
    output = tmp_path / "plan.pdf"
    with pytest.raises(CommandError) as error:
        call_command("export_plan", str(plan.pk), "--output", str(output))
    assert "apt-get install libpango-1.0-0" in str(error.value)
    assert "\n" not in str(error.value)
    assert not output.exists()
    assert not exported(plan)
