"""Everything the planner holds for one council, and nothing of another council, as a zip file.

    README.txt                what the files are, for a person who opens the zip
    council.json              format, version, who made it and when, the council, and for each file
                              what its rows are, their fields and how many there are
    people.json               everyone who belongs to the council or is named by id in another file:
                              name, email address and the posts they hold or held
    data/<noun>.json          a list of rows, one object a row, fields as in the database: days as
                              2027-05-06, times in UTC, references as the id of the row they mean
    restricted/<noun>.json    the same for restricted notes, scenarios, and requests and amendments
                              in confidence, only if they were asked for, and only those that the
                              person asking can read
    rounds/<id>.json          what the result of a closed round shows, numbers and words; nothing of
                              an open one, nor who said what
    action-plans/<day>.pdf    the action plan of each plan, by election day

A complete export, from which another installation can import the council, has more. It is for
system administrators only, since owners must not read all of it:

    council.json              also the migrations applied here, and the council's id and first day
    people.json               also when an account was made and closed, and its settings
    guidance.json             edition and code of each part of the guidance that a row refers to
    complete/<noun>.json      what else an installation needs: the seals of the record, the answers
                              in review rounds, and so on (`COMPLETE_FILES`)

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
from django.db import connection, models
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Prefetch, Q
from django.template.loader import render_to_string
from django.utils import timezone

from assessments.advice.models import AdviceQuestion
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
from assessments.budget.models import (
    Budget,
    BudgetAmendment,
    BudgetAmendmentLine,
    ConfidentialAmendment,
    ConfidentialAmendmentEvent,
    ConfidentialAmendmentLine,
    OwnBudgetDate,
)
from assessments.comments.models import Comment, Mention, Thread, ThreadMark
from assessments.comparisons.models import ComparisonShare
from assessments.election_night.models import (
    CountGroup,
    CountWard,
    ElectionCount,
    WardResult,
    WardResultSeats,
)
from assessments.exports.models import KeptPdf
from assessments.exports.pdf import render_pdf
from assessments.exports.report import report_for
from assessments.links.models import DocumentLink
from assessments.notices.models import Notice
from assessments.packs.models import (
    CouncillorList,
    CouncillorReturn,
    FinanceNote,
    LeadersMeeting,
    MeetingAction,
    NewCouncillor,
)
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
    SignOffStatement,
    Snapshot,
    SnapshotDate,
    SnapshotItem,
    SnapshotMark,
    SnapshotSource,
    SnapshotStage,
    SnapshotStep,
)
from assessments.portfolio.models import BundlePdf, BundlePlan
from assessments.presence.models import Presence
from assessments.printing.names import document_name
from assessments.register.kinds import KINDS
from assessments.restricted_notes.models import RestrictedNote, RestrictedNoteEvent
from assessments.reviews.models import ControlChange, StepReopening
from assessments.rounds.actions import keep_results_of
from assessments.rounds.documents import as_data
from assessments.rounds.models import DeletedRound, Respondent, Round, RoundAnswer, RoundItem
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
from assessments.vacancies.models import NoConfidenceMotion, Vacancy
from assessments.ways_of_working.models import GroupProtocol, ProtocolAnswer, ProtocolGroup
from assessments.words import counted
from councils.belongings import belongings_of
from councils.models import (
    AmendedEntry,
    Amendment,
    ChainHead,
    ChainLink,
    Council,
    CouncilEvent,
    CouncilImport,
    Deputy,
    DomainMove,
    DomainMovePerson,
    EarlierAddress,
    EarlierName,
    Invitation,
    Membership,
    User,
    counts_in,
)
from frameworks.models import Framework

from .models import (
    ConfirmationOutcome,
    ConfirmationRequest,
    PurgeCertificate,
    PurgedRows,
    Retention,
)

PDF_WAIT = 10  # seconds to wait for each PDF while others are being made
# What ExactEncoder writes.
JSON_TYPES = (str, int, float, bool, dt.date, dt.time, dt.timedelta, Decimal, UUID)

FORMAT, VERSION = "transition-planner-council", 1

FILES: dict[str, type[models.Model]] = {
    "memberships": Membership,
    "deputies": Deputy,
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
    "sign-off-statements": SignOffStatement,
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
    "document-links": DocumentLink,
    "parity-entries": ParityEntry,
    "parity-shares": ParityShare,
    "budgets": Budget,
    "vacancies": Vacancy,
    "no-confidence-motions": NoConfidenceMotion,
    "budget-dates": OwnBudgetDate,
    "budget-amendments": BudgetAmendment,
    "budget-amendment-lines": BudgetAmendmentLine,
    "new-councillor-lists": CouncillorList,
    "new-councillors": NewCouncillor,
    "new-councillor-returns": CouncillorReturn,
    "finance-notes": FinanceNote,
    "leaders-meetings": LeadersMeeting,
    "leaders-meeting-actions": MeetingAction,
    "protocols": GroupProtocol,
    "protocol-points": ProtocolAnswer,
    "protocol-groups": ProtocolGroup,
    "rounds": Round,
    "round-respondents": Respondent,
    "adviser-grants": AdviserGrant,
    "advice-questions": AdviceQuestion,
    "comparison-shares": ComparisonShare,
    "adviser-looks": AdviserLook,
    "council-events": CouncilEvent,
    "council-imports": CouncilImport,
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
    "confidential-amendments": ConfidentialAmendment,
    "confidential-amendment-lines": ConfidentialAmendmentLine,
    "confidential-amendment-readers": ConfidentialAmendment.readers.through,
    "confidential-amendment-events": ConfidentialAmendmentEvent,
}
LEFT_OUT = {
    BulkChange: "what undoing a change needs; the change is in the history",
    BulkChangeRow: "what undoing a change needs; the change is in the history",
    Notice: "who was told of something that is in the plan itself",
    Presence: "who has a page open now",
    ThreadMark: "how far a person has read",
    RoundAnswer: "one person's answers; rounds/ has what the result of a closed round shows",
    DeletedRound: "people of deleted rounds, who can only be recognised here",
    RoundItem: "in rounds/, without the answer that the action was made from",
    DomainMove: "a move of email addresses that is in progress; the record says who changed theirs",
    DomainMovePerson: "who has still to confirm a new address in such a move",
    BundlePlan: "a download made from the plan, deleted after a day",
    BundlePdf: "a copy of a download, deleted after a day",
    KeptPdf: "a copy of a download, deleted after a day",
    ChainHead: "in council.json",
    Council.predecessors.through: "the councils it takes over from, as the council directory says",
    ChainLink: "checksums of the record, which can only be checked here",
}
# What a complete export also has, of what is left out of others.
COMPLETE_FILES: dict[str, type[models.Model]] = {
    "record": ChainLink,
    "bulk-changes": BulkChange,
    "bulk-change-rows": BulkChangeRow,
    "thread-marks": ThreadMark,
    "round-answers": RoundAnswer,
    "round-items": RoundItem,
}
# The apps whose tables a complete export is of.
APPS = ("councils", "frameworks", "assessments")
# Secrets, and what has no meaning outside the database.
FIELDS_LEFT_OUT: dict[type[models.Model], set[str]] = {
    Invitation: {"token_digest"},
    CalendarFeed: {"token_digest"},
    # The marks are made with the key of one installation.
    Respondent: {"token_digest", "email_mark", "name_mark", "other_marks", "may_be_named"},
    # Whose answers a result shows.
    Round: {"disclosure"},
}
# What only a complete export has of these.
FIELDS_IN_COMPLETE: dict[type[models.Model], set[str]] = {
    Respondent: {"may_be_named"},
    Round: {"disclosure"},
}
# What a row refers to, so that the file can be read without the guidance.
FIELDS_ADDED: dict[type[models.Model], dict[str, models.F]] = {
    PlanItem: {
        "step_number": models.F("step__number"),
        "step_title": models.F("step__title"),
        "guidance_code": models.F("source__code"),
        "guidance_text": models.F("source__text"),
        "guidance_edition": models.F("source__framework__edition"),
        "guidance_new_text": models.F("new_wording__text"),
    },
    Plan: {
        "transition_edition": models.F("transition__edition"),
        "components_edition": models.F("components__edition"),
    },
}


@dataclass(frozen=True)
class RestrictedSelection:
    """The restricted notes, scenarios, requests and amendments in confidence to include."""

    notes: models.QuerySet
    scenarios: models.QuerySet
    requests: models.QuerySet
    amendments: models.QuerySet

    @classmethod
    def readable_by(cls, user: User) -> Self:
        """Return those that `user` can read as a member."""
        return cls(
            RestrictedNote.objects.readable_by(user),
            Scenario.objects.readable_by(user),
            ConfidentialRequest.objects.readable_by(user),
            ConfidentialAmendment.objects.readable_by(user),
        )

    @classmethod
    def everything(cls) -> Self:
        """Return all of them: for a system administrator, if the council's owners ask."""
        return cls(
            RestrictedNote.objects.all(),
            Scenario.objects.all(),
            ConfidentialRequest.objects.all(),
            ConfidentialAmendment.objects.all(),
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
            ConfidentialAmendment: models.Q(pk__in=self.amendments),
            ConfidentialAmendmentLine: models.Q(amendment__in=self.amendments),
            ConfidentialAmendment.readers.through: models.Q(
                confidentialamendment__in=self.amendments
            ),
            ConfidentialAmendmentEvent: models.Q(amendment__in=self.amendments),
        }[model]


@dataclass
class ExportContents:
    """What an export includes, as council.json and the event describe it."""

    is_complete: bool = False
    files: dict[str, dict[str, object]] = field(default_factory=dict)
    people: set[int | None] = field(default_factory=set)
    guidance: dict[type[models.Model], set[int | None]] = field(default_factory=dict)
    plans: int = 0
    head: ChainHead | None = None

    def in_words(self, *, pdfs: bool, restricted: bool) -> str:
        plans = counted(self.plans, "plan")
        if self.is_complete:
            return f"{plans}, complete, for an import into another installation"
        return (
            f"{plans}, {'with' if pdfs else 'without'} PDFs, "
            f"{'with' if restricted else 'without'} restricted notes, scenarios, and "
            "requests and amendments in confidence"
        )


def export_council(
    council: Council,
    file: IO[bytes],
    *,
    by: User | None = None,
    pdfs: bool = True,
    restricted: RestrictedSelection | None = None,
    complete: bool = False,
) -> ExportContents:
    """Write the zip to `file`, open for writing in binary, and return its contents.

    `restricted` is what to include of restricted notes, scenarios, and requests and amendments in
    confidence; None leaves them all out. `complete` is for an import into another installation: it
    includes all of those, whatever `restricted` is.
    Raises PdfNotMade.
    """
    contents = ExportContents(is_complete=complete)
    if complete:
        restricted = RestrictedSelection.everything()
    plans = Plan.objects.with_all_stages().filter(council=council).select_related("council")
    found = results_by_plan(plans)
    if any(each.round.disclosure is None for results in found.values() for each in results):
        keep_results_of(council)
        found = results_by_plan(plans)
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
        for name, model in COMPLETE_FILES.items() if complete else ():
            rows = model._base_manager.filter(**{ways[model]: council.pk})
            _write_rows(archive, f"complete/{name}.json", rows, contents)
        for results in found.values():
            for result in results:
                _write(archive, f"rounds/{result.round.pk}.json", as_data(result))
        contents.plans = len(plans)
        if pdfs:
            for plan in plans:
                report = report_for(plan, today=timezone.localdate())
                pdf = render_pdf(report, wait=PDF_WAIT)
                archive.writestr(f"action-plans/{plan.election_day}.pdf", pdf)
        if complete:
            _write(archive, "guidance.json", _guidance(contents.guidance))
        _write(archive, "people.json", _people(council, contents.people, complete=complete))
        about = _about(council, by, contents)
        _write(archive, "council.json", about)
        readme = render_to_string(
            "assessments/data_protection/export_readme.txt",
            {"council": council, "about": about, "contents": contents, "restricted": restricted},
        )
        archive.writestr("README.txt", readme)
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
    return document_name(str(council), "data", day=day) + ".zip"


def fields_of(model: type[models.Model], *, complete: bool = False) -> list[str]:
    """Return the names of the fields of a model that its file has."""
    return own_fields_of(model, complete=complete) + list(FIELDS_ADDED.get(model, ()))


def own_fields_of(model: type[models.Model], *, complete: bool = False) -> list[str]:
    """Return the names without FIELDS_ADDED."""
    left_out = FIELDS_LEFT_OUT.get(model, set())
    if complete:
        left_out = left_out - FIELDS_IN_COMPLETE.get(model, set())
    return [each.attname for each in model._meta.concrete_fields if each.attname not in left_out]


def _write_rows(archive, name, queryset, contents):
    """Write rows as a JSON list, one at a time, so that memory does not grow with them."""
    model = queryset.model
    own = own_fields_of(model, complete=contents.is_complete)
    rows = queryset.order_by("pk").values(*own, **FIELDS_ADDED.get(model, {}))
    columns = {each.attname: each for each in model._meta.concrete_fields}
    to_people = [each.attname for each in model._meta.concrete_fields if each.related_model is User]
    to_guidance = {
        name: contents.guidance.setdefault(each.related_model, set())
        for name, each in columns.items()
        if each.related_model and each.related_model._meta.app_label == "frameworks"
    }
    count = 0
    with archive.open(name, "w") as file:
        for count, row in enumerate(rows.iterator(), start=1):
            contents.people |= {row[each] for each in to_people}
            for each, keys in to_guidance.items():
                keys.add(row[each])
            file.write(b",\n" if count > 1 else b"[\n")
            values = {key: _plain(columns.get(key), value) for key, value in row.items()}
            file.write(_json(values).encode())
        file.write(b"\n]\n" if count else b"[]\n")
    contents.files[name] = {
        "what": str(model._meta.verbose_name_plural),
        "fields": fields_of(model, complete=contents.is_complete),
        "rows": count,
    }


def _people(council, ids, *, complete):
    """Return people's names, email addresses and posts in this council, and no more.

    An adviser who has not opened a plan of the council is named by their address alone, as on the
    pages of advisers: an owner could find out otherwise whose account an address belongs to. A
    complete export has also what an account of theirs elsewhere needs.
    """
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
    named = User.objects.filter(pk__in=(ids | set(posts)) - {None})
    accounts = Q(pk__in=named.values("pk")) | Q(pk__in=named.values("merged_into"))
    people = User.objects.filter(accounts if complete else Q(pk__in=named.values("pk")))
    people = people.order_by("pk")
    grants = AdviserGrant.objects.filter(plan__council=council).order_by()
    opened = AdviserLook.objects.filter(grant__plan__council=council).values("grant__adviser")
    unopened = set(grants.exclude(adviser__in=opened).values_list("adviser", flat=True))
    by_address = set() if complete else unopened - set(posts)
    return [
        {
            "id": each.pk,
            "name": each.email if each.pk in by_address else each.name,
            "email": each.email,
            "posts": posts.get(each.pk, []),
        }
        | (_account(each) if complete else {})
        for each in people.prefetch_related(
            *(
                Prefetch(had, model._default_manager.filter(counts_in(council)))
                for had, model in (
                    ("earlier_names", EarlierName),
                    ("earlier_addresses", EarlierAddress),
                )
            )
        )
    ]


# Of an account, what is the same in every installation; not what signs the person in.
ACCOUNT = (
    *("is_active", "joined_at", "name_chosen_at", "erased_at"),
    *("digest_frequency", "digest_chosen_at"),
)


def _account(person):
    names = [
        {"name": each.name, "chosen_at": each.chosen_at, "changed_at": each.changed_at}
        for each in person.earlier_names.all()
    ]
    addresses = [
        {"email": each.email, "changed_at": each.changed_at}
        for each in person.earlier_addresses.all()
    ]
    had = {
        "earlier_names": names,
        "earlier_addresses": addresses,
        "merged_into": person.merged_into_id,
    }
    return {name: getattr(person, name) for name in ACCOUNT} | had


def _guidance(keys):
    """Return slug, edition and code of each part of the guidance by its id, for each model."""
    found = {}
    for model, ids in keys.items():
        rows = model._base_manager.filter(pk__in=ids - {None}).order_by("pk")
        if model is not Framework:
            rows = rows.select_related("framework")
        found[model._meta.label_lower] = {str(each.pk): each.natural_key() for each in rows}
    return found


def migrations_of(names) -> list[str]:
    """Return those migrations, pairs of app and name, that make the tables of a council."""
    return sorted(f"{app}.{name}" for app, name in names if app in APPS)


def _about(council, by, contents):
    contents.head = head = ChainHead.objects.filter(council=council).first()
    about = {
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
    if contents.is_complete:
        about["council"] |= {"id": council.pk, "established_on": council.established_on}
        about["migrations"] = migrations_of(MigrationRecorder(connection).applied_migrations())
    return about


def _plain(column, value):
    """Return a value as JSON can hold it: what a field keeps as text in the database, as text."""
    is_plain = value is None or isinstance(value, JSON_TYPES)
    return value if is_plain or column is None else column.get_prep_value(value)


class ExactEncoder(DjangoJSONEncoder):
    """Django's encoder leaves out microseconds, without which the record cannot be verified."""

    def default(self, o):
        if isinstance(o, dt.datetime):
            return o.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
        return super().default(o)


def _json(value):
    return json.dumps(value, cls=ExactEncoder, ensure_ascii=False)


def _write(archive, name, value):
    text = json.dumps(value, cls=ExactEncoder, ensure_ascii=False, indent=2)
    archive.writestr(name, text + "\n")
