"""The formats a Report can be downloaded in: the one list of them.

Addresses, the options page, `export_plan` and the zip of several plans all read it, so a new format
is a module that draws a Report and an entry here.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from assessments.plans.models import Plan
from assessments.printing.responses import WORD_TYPE
from assessments.printing.workbook import EXCEL_TYPE
from assessments.words import within_sentence

from .csv_log import CSV_TYPE, render_csv
from .excel import render_workbook
from .pdf import render_pdf
from .report import ExportOptions, Report
from .scope import ScopeKind
from .shortening import is_too_long
from .word import render_committee_report

CHOICES = ("open_only", "guidance", "notes", "comments", "register")


@dataclass(frozen=True)
class ExportFormat:
    """One format. `key` names it in addresses, in URL names and on the command line.

    `ending` is that of the file name, without the dot. `shows` are the choices of ExportOptions it
    has a place for, and `scopes` what it can cover. A format that `is_typeset` goes through the
    press: it has few places at a time and only the bundled font. A format that `is_published` is
    meant for the public, so it is held back in the pre-election period.
    """

    key: str
    name: str
    ending: str
    content_type: str
    draw: Callable[..., bytes]
    summary: str
    shows: frozenset[str] = frozenset()
    scopes: frozenset[ScopeKind] = field(default_factory=lambda: frozenset(ScopeKind))
    is_typeset: bool = False
    is_published: bool = False

    @property
    def url_name(self) -> str:
        return f"action_plan_{self.key}"

    def options_for(self, options: ExportOptions) -> ExportOptions:
        """Return the options without those that this format does not show."""
        return replace(options, **{name: False for name in CHOICES if name not in self.shows})

    def contents_in_words(self, report: Report, *, reason: str = "") -> str:
        """Return what the file contains, for the plan's history."""
        if self.shows:
            contents = within_sentence(report.contents_in_words)
            if self.is_typeset and is_too_long(report):
                contents += ", long texts shortened"
        else:
            contents = f"figures only, {within_sentence(report.covers)}"
        if reason:
            contents += f". Reason: {reason}"
        return f"{self.name}: {contents}"

    def needs_reason(self, plan: Plan, today: dt.date) -> bool:
        """Return whether only an owner may download it now, and must say why."""
        return self.is_published and plan.is_in_pre_election_period(today)


PDF = ExportFormat(
    key="pdf",
    name="PDF",
    ending="pdf",
    content_type="application/pdf",
    draw=render_pdf,
    summary="To print, read or share. It starts with a one-page summary.",
    shows=frozenset(CHOICES),
    is_typeset=True,
)
EXCEL = ExportFormat(
    key="excel",
    name="Excel action log",
    ending="xlsx",
    content_type=EXCEL_TYPE,
    draw=render_workbook,
    summary="One row for each action, to sort and filter. It has no guidance and no register.",
    shows=frozenset({"open_only", "notes", "comments"}),
)
WORD = ExportFormat(
    key="word",
    name="Word committee report",
    ending="docx",
    content_type=WORD_TYPE,
    draw=render_committee_report,
    summary="A draft with progress figures and key dates, and headings for officers to complete. "
    "It has no actions, names, notes or comments, whatever you choose above.",
    scopes=frozenset({ScopeKind.WHOLE, ScopeKind.SUMMARY, ScopeKind.STAGE, ScopeKind.AREA}),
    is_published=True,
)
CSV = ExportFormat(
    key="csv",
    name="CSV action log",
    ending="csv",
    content_type=CSV_TYPE,
    draw=render_csv,
    summary="The rows of the Excel action log as plain text, for other programs. It carries no "
    "marking inside the file, and has no comments.",
    shows=frozenset({"open_only", "notes"}),
    scopes=frozenset(ScopeKind) - {ScopeKind.SUMMARY},
)

FORMATS = {each.key: each for each in (PDF, EXCEL, WORD, CSV)}
