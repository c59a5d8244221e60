"""Everything the planner holds for one council, and nothing of another council, as a zip file.

    council.json              format, version, who made it and when, the council, and for each file
                              what its rows are, their fields and how many there are
    people.json               everyone who belongs to the council or is named by id in another file:
                              name, email address and the posts they hold or held
    data/<noun>.json          a list of rows, one object a row, fields as in the database: days as
                              2027-05-06, times in UTC, references as the id of the row they mean
    restricted/<noun>.json    the same for restricted notes, scenarios and requests made in
                              confidence, only if they were asked
                              for, and only those that the person asking can read
    rounds/<id>.json          what the result of a closed round shows, numbers and words; nothing of
                              an open one, nor who said what
    action-plans/<day>.pdf    the action plan of each plan, by election day

`VERSION` counts incompatible changes of this format; new files and new fields are compatible. A
table that belongs to a council must be listed here, to be included or left out: a test checks.
"""

import datetime as dt
import json
import tempfile
import zipfile
from dataclasses import dataclass, field
from decimal import Decimal
from typing import IO, Any, Self
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from assessments.annual_council.models import (
    AnnualMeeting,
    OfficeElection,
    OfficeNominee,
    OfficeRound,
    OfficeVotes,
)
from assessments.appointments.models import (
    CouncilAppointment,
    GroupNotice,
    Nomination,
    SeatsNotice,
)
from assessments.comments.models import Comment, Mention, Thread, ThreadMark
from assessments.election_night.models import (
    CountGroup,
    CountWard,
    ElectionCount,
    WardResult,
    WardResultSeats,
)
from assessments.exports.pdf import render_pdf
from assessments.exports.report import report_for
from assessments.notices.models import Notice
from assessments.parity.models import (
    ConfidentialRequest,
    ConfidentialRequestEvent,
    ParityEntry,
    ParityShare,
)
from assessments.plans.models import (
    AdviserGrant,
    AdviserLook,
    BankHoliday,
    BulkChange,
    BulkChangeRow,
    Event,
    EventChange,
    Plan,
    PlanDate,
    PlanItem,
    Review,
    ReviewMark,
    SignOff,
    Snapshot,
    SnapshotDate,
    SnapshotItem,
    SnapshotMark,
    SnapshotSource,
    SnapshotStage,
    SnapshotStep,
)
from assessments.portfolio.models import BundlePlan
from assessments.presence.models import Presence
from assessments.register.kinds import KINDS
from assessments.restricted_notes.models import RestrictedNote, RestrictedNoteEvent
from assessments.reviews.models import ControlChange, StepReopening
from assessments.rounds.documents import as_data
from assessments.rounds.models import Respondent, Round, RoundAnswer, RoundItem
from assessments.rounds.results import results_by_plan
from assessments.seats.models import (
    AdoptedSeats,
    BalanceCommittee,
    BalanceJointGroup,
    CompositionGroup,
    CompositionSuggestion,
    CouncilComposition,
    PoliticalBalance,
    Scenario,
    ScenarioChange,
    ScenarioEvent,
    TieChoice,
)
from assessments.timetable.models import (
    CalendarFeed,
    InterimArrangements,
    OrderDate,
    StructuralOrder,
)
from councils.belongings import belongings_of
from councils.models import (
    AmendedEntry,
    Amendment,
    ChainHead,
    ChainLink,
    Council,
    CouncilEvent,
    Invitation,
    Membership,
    User,
)

from .models import (
    ConfirmationOutcome,
    ConfirmationRequest,
    PurgeCertificate,
    PurgedRows,
    Retention,
)

PDF_WAIT = 10  # seconds to wait for each PDF while others are being made
# What DjangoJSONEncoder writes.
JSON_TYPES = (str, int, float, bool, dt.date, dt.time, dt.timedelta, Decimal, UUID)

FORMAT, VERSION = "transition-planner-council", 1

FILES: dict[str, type[models.Model]] = {
    "memberships": Membership,
    "invitations": Invitation,
    "plans": Plan,
    "items": PlanItem,
    "dates-set-by-hand": PlanDate,
    "bank-holidays": BankHoliday,
    "calendar-feeds": CalendarFeed,
    "interim-arrangements": InterimArrangements,
    "structural-orders": StructuralOrder,
    "dates-of-orders": OrderDate,
    "threads": Thread,
    "comments": Comment,
    "mentions": Mention,
    "compositions": CouncilComposition,
    "composition-groups": CompositionGroup,
    "election-counts": ElectionCount,
    "election-count-groups": CountGroup,
    "election-count-wards": CountWard,
    "election-results": WardResult,
    "election-result-seats": WardResultSeats,
    "composition-suggestions": CompositionSuggestion,
    "annual-council-rules": AnnualMeeting,
    "office-elections": OfficeElection,
    "office-nominees": OfficeNominee,
    "office-votes": OfficeRound,
    "office-vote-numbers": OfficeVotes,
    "political-balances": PoliticalBalance,
    "balance-committees": BalanceCommittee,
    "balance-joint-groups": BalanceJointGroup,
    "adopted-seats": AdoptedSeats,
    "tie-choices": TieChoice,
    "group-notices": GroupNotice,
    "seats-notices": SeatsNotice,
    "nominations": Nomination,
    "appointments": CouncilAppointment,
    "reviews": Review,
    "reviewers": Review.reviewers.through,
    "review-marks": ReviewMark,
    "sign-offs": SignOff,
    "snapshots": Snapshot,
    "snapshot-dates": SnapshotDate,
    "snapshot-stages": SnapshotStage,
    "snapshot-steps": SnapshotStep,
    "snapshot-items": SnapshotItem,
    "snapshot-marks": SnapshotMark,
    "snapshot-sources": SnapshotSource,
    "control-changes": ControlChange,
    "step-reopenings": StepReopening,
    **{kind.file: kind.model for kind in KINDS},
    "parity-entries": ParityEntry,
    "parity-shares": ParityShare,
    "rounds": Round,
    "round-respondents": Respondent,
    "adviser-grants": AdviserGrant,
    "adviser-looks": AdviserLook,
    "council-events": CouncilEvent,
    "plan-events": Event,
    "plan-event-changes": EventChange,
    "amendments": Amendment,
    "amended-entries": AmendedEntry,
    "retention": Retention,
    "confirmation-requests": ConfirmationRequest,
    "confirmation-outcomes": ConfirmationOutcome,
    "purge-certificates": PurgeCertificate,
    "purged-rows": PurgedRows,
}
RESTRICTED_FILES: dict[str, type[models.Model]] = {
    "notes": RestrictedNote,
    "readers": RestrictedNote.readers.through,
    "events": RestrictedNoteEvent,
    "scenarios": Scenario,
    "scenario-changes": ScenarioChange,
    "scenario-readers": Scenario.readers.through,
    "scenario-events": ScenarioEvent,
    "confidential-requests": ConfidentialRequest,
    "confidential-request-readers": ConfidentialRequest.readers.through,
    "confidential-request-events": ConfidentialRequestEvent,
}
LEFT_OUT = {
    BulkChange: "what undoing a change needs; the change is in the history",
    BulkChangeRow: "what undoing a change needs; the change is in the history",
    Notice: "who was told of something that is in the plan itself",
    Presence: "who has a page open now",
    ThreadMark: "how far a person has read",
    RoundAnswer: "one person's answers; rounds/ has what the result of a closed round shows",
    RoundItem: "in rounds/, without the answer that the action was made from",
    BundlePlan: "a download made from the plan, deleted after a day",
    ChainHead: "in council.json",
    Council.predecessors.through: "which councils it takes over from, as the public directory says",
    ChainLink: "checksums of the record, which can only be checked here",
}
# Secrets, and what has no meaning outside the database.
FIELDS_LEFT_OUT: dict[type[models.Model], set[str]] = {
    Invitation: {"token_digest"},
    CalendarFeed: {"token_digest"},
    Respondent: {"token_digest", "may_be_named"},
}
# What a row refers to, so that the file can be read without the guidance.
FIELDS_ADDED: dict[type[models.Model], dict[str, models.F]] = {
    PlanItem: {
        "step_number": models.F("step__number"),
        "step_title": models.F("step__title"),
        "guidance_code": models.F("source__code"),
        "guidance_text": models.F("source__text"),
    }
}


@dataclass(frozen=True)
class RestrictedSelection:
    """The restricted notes, scenarios and confidential requests to include."""

    notes: models.QuerySet
    scenarios: models.QuerySet
    requests: models.QuerySet

    @classmethod
    def readable_by(cls, user: User) -> Self:
        """Return those that `user` can read as a member."""
        return cls(
            RestrictedNote.objects.readable_by(user),
            Scenario.objects.readable_by(user),
            ConfidentialRequest.objects.readable_by(user),
        )

    @classmethod
    def everything(cls) -> Self:
        """Return all of them: for a system administrator, if the council's owners ask."""
        return cls(
            RestrictedNote.objects.all(),
            Scenario.objects.all(),
            ConfidentialRequest.objects.all(),
        )

    def allows(self, model: type[models.Model]) -> models.Q:
        """Return the condition on the rows of one of RESTRICTED_FILES."""
        return {
            RestrictedNote: models.Q(pk__in=self.notes),
            RestrictedNote.readers.through: models.Q(restrictednote__in=self.notes),
            RestrictedNoteEvent: models.Q(note__in=self.notes),
            Scenario: models.Q(pk__in=self.scenarios),
            ScenarioChange: models.Q(scenario__in=self.scenarios),
            Scenario.readers.through: models.Q(scenario__in=self.scenarios),
            ScenarioEvent: models.Q(scenario__in=self.scenarios),
            ConfidentialRequest: models.Q(pk__in=self.requests),
            ConfidentialRequest.readers.through: models.Q(confidentialrequest__in=self.requests),
            ConfidentialRequestEvent: models.Q(request__in=self.requests),
        }[model]


@dataclass
class ExportContents:
    """What an export includes, as council.json and the event describe it."""

    files: dict[str, dict[str, object]] = field(default_factory=dict)
    people: set[int | None] = field(default_factory=set)
    plans: int = 0

    def in_words(self, *, pdfs: bool, restricted: bool) -> str:
        plans = f"{self.plans} plan{'' if self.plans == 1 else 's'}"
        return (
            f"{plans}, {'with' if pdfs else 'without'} PDFs, "
            f"{'with' if restricted else 'without'} restricted notes, scenarios and requests in "
            "confidence"
        )


def export_council(
    council: Council,
    file: IO[bytes],
    *,
    by: User | None = None,
    pdfs: bool = True,
    restricted: RestrictedSelection | None = None,
) -> ExportContents:
    """Write the zip to `file`, open for writing in binary, and return its contents.

    `restricted` is what to include of restricted notes, scenarios and requests in
    confidence; None leaves them all out.
    Raises PdfNotMade.
    """
    contents = ExportContents()
    ways = belongings_of(Council)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, model in FILES.items():
            rows = model._base_manager.filter(**{ways[model]: council.pk})
            _write_rows(archive, f"data/{name}.json", rows, contents)
        if restricted is not None:
            for name, model in RESTRICTED_FILES.items():
                rows = model._base_manager.filter(
                    restricted.allows(model), **{ways[model]: council.pk}
                )
                _write_rows(archive, f"restricted/{name}.json", rows, contents)
        plans = Plan.objects.with_all_stages().filter(council=council).select_related("council")
        for results in results_by_plan(plans).values():
            for result in results:
                _write(archive, f"rounds/{result.round.pk}.json", as_data(result))
        contents.plans = len(plans)
        if pdfs:
            for plan in plans:
                report = report_for(plan, today=timezone.localdate())
                pdf = render_pdf(report, wait=PDF_WAIT)
                archive.writestr(f"action-plans/{plan.election_day}.pdf", pdf)
        _write(archive, "people.json", _people(council, contents.people))
        _write(archive, "council.json", _about(council, by, contents))
    return contents


def export_to_temporary_file(council: Council, **options: Any) -> tuple[IO[bytes], ExportContents]:
    """Return the zip as an open file, which is deleted once it is closed, and its contents."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    try:
        contents = export_council(council, file, **options)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file, contents


def file_name(council: Council, day: dt.date) -> str:
    return f"{council.slug}-data-{day}.zip"


def fields_of(model: type[models.Model]) -> list[str]:
    """Return the names of the fields of a model that its file has."""
    left_out = FIELDS_LEFT_OUT.get(model, ())
    return [
        each.attname for each in model._meta.concrete_fields if each.attname not in left_out
    ] + list(FIELDS_ADDED.get(model, ()))


def _write_rows(archive, name, queryset, contents):
    """Write rows as a JSON list, one at a time, so that memory does not grow with them."""
    model = queryset.model
    own = [each for each in fields_of(model) if each not in FIELDS_ADDED.get(model, ())]
    rows = queryset.order_by("pk").values(*own, **FIELDS_ADDED.get(model, {}))
    columns = {each.attname: each for each in model._meta.concrete_fields}
    to_people = [each.attname for each in model._meta.concrete_fields if each.related_model is User]
    count = 0
    with archive.open(name, "w") as file:
        for count, row in enumerate(rows.iterator(), start=1):
            contents.people |= {row[each] for each in to_people}
            file.write(b",\n" if count > 1 else b"[\n")
            values = {key: _plain(columns.get(key), value) for key, value in row.items()}
            file.write(_json(values).encode())
        file.write(b"\n]\n" if count else b"[]\n")
    contents.files[name] = {
        "what": str(model._meta.verbose_name_plural),
        "fields": fields_of(model),
        "rows": count,
    }


def _people(council, ids):
    """Return people's names, email addresses and posts in this council, and no more."""
    posts = {}
    for membership in Membership.objects.filter(council=council):
        posts.setdefault(membership.user_id, []).append(
            {
                "post": membership.post,
                "officer_role": membership.get_office_display(),
                "access": membership.get_access_display(),
                "is_current": membership.ended_at is None,
            }
        )
    people = User.objects.filter(pk__in=(ids | set(posts)) - {None}).order_by("pk")
    return [
        {"id": each.pk, "name": each.name, "email": each.email, "posts": posts.get(each.pk, [])}
        for each in people
    ]


def _about(council, by, contents):
    head = ChainHead.objects.filter(council=council).first()
    return {
        "format": FORMAT,
        "version": VERSION,
        "exported_at": timezone.now(),
        "exported_by": by.name if by else "System administrator",
        "council": {
            "name": council.name,
            "slug": council.slug,
            "type": council.type,
            "election_cycle": council.election_cycle,
            "gss_code": council.gss_code,
        },
        "record": {"entries": head.sequence, "head": head.digest} if head else None,
        "files": contents.files,
    }


def _plain(column, value):
    """Return a value as JSON can hold it: what a field keeps as text in the database, as text."""
    is_plain = value is None or isinstance(value, JSON_TYPES)
    return value if is_plain or column is None else column.get_prep_value(value)


def _json(value):
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)


def _write(archive, name, value):
    text = json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
    archive.writestr(name, text + "\n")
