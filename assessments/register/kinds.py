"""The kinds of entry in the joint working register: everything that differs between them.

Pages, addresses, dates, the history, the search for a person's name and the council's export all
read KINDS. To add a kind, write its model, its form and its entry here, and name its fields for
advisers in `history.subjects`.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from assessments.links.places import LinkPlace
from assessments.words import day_in_words
from councils.prepared import PreparedQuery

from .forms import AgreementForm, EarlyWinForm, IssueForm, RegisterForm
from .models import Agreement, EarlyWin, Issue, RegisterEntry

OPEN_WINS = (EarlyWin.State.PLANNED, EarlyWin.State.UNDER_WAY)
# Where a model's own name of a field is not what pages call it; one label for all kinds.
LABELS = {
    "kind": "Type",
    "words": "Description",
    "state": "Status",
    "due": "Date",
    "bites_on": "Decision needed by",
    "owner": "Responsible",
    "made_on": "Date it was made",
}
DATE = "Date in the joint working register"  # in calendars, which do not say what an entry is about


@dataclass(frozen=True)
class RegisterLine:
    """One entry as it is shown. `day` is the date by which something is needed, if known."""

    noun: str
    pk: int
    title: str
    state: str
    is_open: bool
    day: dt.date | None
    day_label: str
    facts: tuple[tuple[str, str], ...]
    today: dt.date
    documents: LinkPlace | None = None

    @property
    def is_late(self) -> bool:
        return self.is_open and self.day is not None and self.day < self.today


@dataclass(frozen=True)
class KindDates:
    """How the dates of a kind of entry are found: names of fields, and which entries have one.

    `labels` are what a date is called, by the value of the field `label_by`; without one, the only
    label has the key "". `calendar` is what calendars call every date of the kind.
    """

    day: str
    title: str
    labels: dict[str, str]
    label_by: str = ""
    is_list: bool = False  # the title has one name a line
    who: str = ""
    owner: str = ""  # a field with a membership: only its calendar shows the date
    only: Q = field(default_factory=Q)
    calendar: str = DATE


@dataclass(frozen=True)
class RegisterKind:
    """One kind of entry.

    `noun` names it in addresses and element ids, `words` within a sentence, `file` in the council's
    export. `written` are the fields that hold text people wrote; `related` what its lines need.
    """

    noun: str
    model: type[RegisterEntry]
    form: type[RegisterForm]
    words: str
    heading: str
    add: str
    file: str
    written: tuple[str, ...]
    line_of: Callable[..., RegisterLine]
    dates: KindDates
    related: tuple[str, ...] = ()

    def label_of(self, name: str) -> str:
        """Return what the field `name` is called in conflicts and in the history."""
        own = {each.name: str(each.verbose_name) for each in self.model._meta.concrete_fields}
        label = LABELS.get(name) or own[name]
        return label[:1].upper() + label[1:]

    @property
    def field(self) -> str:
        """Return the name of the field by which a link to a document refers to an entry."""
        return self.noun.replace("-", "_")

    def on(self, plan):
        """Return the queryset of entries on `plan`, removed ones included."""
        return self.model.objects.on(plan).select_related(*self.related)

    def live_on(self, plan):
        """Return the entries on `plan` that have not been removed; none if its reader cannot see
        them. One query.
        """
        return _live_entries.fetch(plan.pk, noun=self.noun) if plan.shows_register else []


def _agreement_line(entry: Agreement, today: dt.date) -> RegisterLine:
    about = (
        ("ways of working", entry.ways_of_working),
        ("a shared agenda", entry.shared_agenda),
        ("communication", entry.communication),
    )
    return RegisterLine(
        noun="agreement",
        pk=entry.pk,
        title=entry.parties_in_words,
        state=entry.get_kind_display(),
        is_open=True,
        day=entry.review_on,
        day_label="Next annual review",
        facts=_known(
            ("Oral or written", entry.get_manner_display()),
            ("Made on", day_in_words(entry.made_on) if entry.made_on else ""),
            ("About", ", ".join(words for words, holds in about if holds)),
            ("Covers", entry.covers),
            ("Where it is recorded", entry.kept_at),
        ),
        today=today,
    )


def _issue_line(entry: Issue, today: dt.date) -> RegisterLine:
    return RegisterLine(
        noun="issue",
        pk=entry.pk,
        title=entry.words,
        state=entry.get_state_display(),
        is_open=entry.state == Issue.State.OPEN,
        day=entry.bites_on,
        day_label=f"{entry.get_kind_display()}, decision needed by"
        if entry.bites_on
        else entry.get_kind_display(),
        facts=_known(("Raised by", entry.group), ("What was agreed", entry.agreed)),
        today=today,
    )


def _win_line(entry: EarlyWin, today: dt.date) -> RegisterLine:
    no_one = "No one yet" if entry.state in OPEN_WINS else ""
    return RegisterLine(
        noun="early-win",
        pk=entry.pk,
        title=entry.words,
        state=entry.get_state_display(),
        is_open=entry.state in OPEN_WINS,
        day=entry.due,
        day_label="Early win, due" if entry.due else "Early win",
        facts=_known(("Responsible", str(entry.owner) if entry.owner_id else no_one)),
        today=today,
    )


def _known(*facts: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(fact for fact in facts if fact[1])


KINDS = (
    RegisterKind(
        noun="agreement",
        model=Agreement,
        form=AgreementForm,
        words="agreement",
        heading="Agreements",
        add="Add an agreement",
        file="agreements",
        written=("parties", "covers", "kept_at"),
        line_of=_agreement_line,
        dates=KindDates(
            day="review_on",
            title="parties",
            is_list=True,
            labels={"": "Agreement’s annual review"},
            calendar="Agreement’s annual review",
        ),
    ),
    RegisterKind(
        noun="issue",
        model=Issue,
        form=IssueForm,
        words="red line or crunch issue",
        heading="Red lines and crunch issues",
        add="Add a red line or crunch issue",
        file="register-issues",
        written=("group", "words", "agreed"),
        line_of=_issue_line,
        dates=KindDates(
            day="bites_on",
            title="words",
            labels=dict(Issue.Kind.choices),
            label_by="kind",
            who="group",
            only=Q(state=Issue.State.OPEN),
        ),
    ),
    RegisterKind(
        noun="early-win",
        model=EarlyWin,
        form=EarlyWinForm,
        words="early win",
        heading="Early wins for the first year",
        add="Add an early win",
        file="early-wins",
        written=("words",),
        line_of=_win_line,
        dates=KindDates(
            day="due",
            title="words",
            labels={"": "Early win"},
            who="owner__user__name",
            owner="owner_id",
            only=Q(state__in=OPEN_WINS),
        ),
        related=("owner__user",),
    ),
)
BY_NOUN = {kind.noun: kind for kind in KINDS}


@PreparedQuery
def _live_entries(plan_id: int, *, noun: str) -> QuerySet[RegisterEntry]:
    kind = BY_NOUN[noun]
    return kind.model.objects.live().filter(plan=plan_id).select_related(*kind.related)
