"""Everything the product holds for one council, and nothing of any other's, as one zip file.

    council.json              what this is: format, version, who made it and when, the council, and
                              for each file what its rows are, their fields and how many there are
    people.json               whoever belongs to the council or did something there: name, e-mail
                              address and the posts they hold or held; other files name them by id
    data/<noun>.json          a list of rows, one object a row, fields as in the database: days as
                              2027-05-06, times in UTC, references as the id of the row they mean
    restricted/<noun>.json    the same for restricted notes and scenarios, only where they were
                              asked for
    rounds/<id>.json          what the result of a closed round shows, numbers and words, and no
                              more: nothing of an open one, nor who said what
    action-plans/<day>.pdf    the action plan of each plan, by election day

`VERSION` counts changes of this shape that a reader would stumble over; new files and new fields
are none. A table that belongs to a council has to be named here, to be taken or to be left out:
a test fails until it is.
"""

import json
import tempfile
import zipfile
from dataclasses import dataclass, field

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from assessments.comments.models import Comment, Mention, Thread, ThreadMark
from assessments.exports.pdf import render_pdf
from assessments.exports.report import report_for
from assessments.plans.models import (
    AdviserGrant,
    AdviserLook,
    BankHoliday,
    Event,
    EventChange,
    Plan,
    PlanDate,
    PlanItem,
    Review,
    ReviewMark,
    SignOff,
    Snapshot,
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
    CompositionGroup,
    CouncilComposition,
    PoliticalBalance,
    Scenario,
    ScenarioChange,
    ScenarioEvent,
    TieChoice,
)
from assessments.timetable.models import CalendarFeed
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

from .models import PurgeCertificate, PurgedRows, Retention

PLACE_WAIT = 10  # seconds for each PDF, while others are being made

FORMAT, VERSION = "transition-planner-council", 1

FILES = {
    "memberships": Membership,
    "invitations": Invitation,
    "plans": Plan,
    "items": PlanItem,
    "dates-set-by-hand": PlanDate,
    "bank-holidays": BankHoliday,
    "calendar-feeds": CalendarFeed,
    "threads": Thread,
    "comments": Comment,
    "mentions": Mention,
    "compositions": CouncilComposition,
    "composition-groups": CompositionGroup,
    "political-balances": PoliticalBalance,
    "balance-committees": BalanceCommittee,
    "adopted-seats": AdoptedSeats,
    "tie-choices": TieChoice,
    "reviews": Review,
    "reviewers": Review.reviewers.through,
    "review-marks": ReviewMark,
    "sign-offs": SignOff,
    "snapshots": Snapshot,
    "snapshot-stages": SnapshotStage,
    "snapshot-steps": SnapshotStep,
    "snapshot-items": SnapshotItem,
    "snapshot-marks": SnapshotMark,
    "snapshot-sources": SnapshotSource,
    "control-changes": ControlChange,
    "step-reopenings": StepReopening,
    **{kind.file: kind.model for kind in KINDS},
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
    "purge-certificates": PurgeCertificate,
    "purged-rows": PurgedRows,
}
RESTRICTED_FILES = {
    "notes": RestrictedNote,
    "readers": RestrictedNote.readers.through,
    "events": RestrictedNoteEvent,
    "scenarios": Scenario,
    "scenario-changes": ScenarioChange,
    "scenario-readers": Scenario.readers.through,
    "scenario-events": ScenarioEvent,
}
LEFT_OUT = {
    Presence: "who has a page open now",
    ThreadMark: "how far a person has read",
    RoundAnswer: "what one person said; of a closed round, rounds/ has what may be shown of it",
    RoundItem: "in rounds/, without the answer that the item was made of",
    BundlePlan: "a file on its way to somebody, made from the plan and gone in a day",
    ChainHead: "it is in council.json",
    ChainLink: "seals of the record, which mean something only where they are checked",
}
# What would let somebody in, or says nothing outside the database.
FIELDS_LEFT_OUT = {
    Invitation: {"token_digest"},
    CalendarFeed: {"token_digest"},
    Respondent: {"token_digest", "may_be_named"},
}
# What a row means that it does not hold itself.
FIELDS_ADDED = {
    PlanItem: {
        "step_number": models.F("step__number"),
        "step_title": models.F("step__title"),
        "guidance_code": models.F("source__code"),
        "guidance_text": models.F("source__text"),
    }
}


@dataclass(frozen=True)
class Restricted:
    """What is for its readers alone, as querysets: of which notes and scenarios to take all."""

    notes: models.QuerySet
    scenarios: models.QuerySet

    @classmethod
    def readable_by(cls, user):
        return cls(RestrictedNote.objects.readable_by(user), Scenario.objects.readable_by(user))

    @classmethod
    def everything(cls):
        return cls(RestrictedNote.objects.all(), Scenario.objects.all())

    def allows(self, model):
        """The condition on the rows of one of RESTRICTED_FILES."""
        return {
            RestrictedNote: models.Q(pk__in=self.notes),
            RestrictedNote.readers.through: models.Q(restrictednote__in=self.notes),
            RestrictedNoteEvent: models.Q(note__in=self.notes),
            Scenario: models.Q(pk__in=self.scenarios),
            ScenarioChange: models.Q(scenario__in=self.scenarios),
            Scenario.readers.through: models.Q(scenario__in=self.scenarios),
            ScenarioEvent: models.Q(scenario__in=self.scenarios),
        }[model]


@dataclass
class Contents:
    """What went into an export, as council.json and the event tell it."""

    files: dict = field(default_factory=dict)
    people: set = field(default_factory=set)
    plans: int = 0

    def in_words(self, *, pdfs, restricted):
        plans = f"{self.plans} plan{'' if self.plans == 1 else 's'}"
        return (
            f"{plans}, {'with' if pdfs else 'without'} PDFs, "
            f"{'with' if restricted else 'without'} restricted notes and scenarios"
        )


def export_council(council, file, *, by=None, pdfs=True, restricted=None):
    """Write the zip to `file`, open for writing in binary; returns its Contents.

    `restricted` is the Restricted of whatever the asking person may read; None takes none. Raises
    PdfNotMade.
    """
    contents = Contents()
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
                pdf = render_pdf(report, wait=PLACE_WAIT)
                archive.writestr(f"action-plans/{plan.election_day}.pdf", pdf)
        _write(archive, "people.json", _people(council, contents.people))
        _write(archive, "council.json", _about(council, by, contents))
    return contents


def export_to_temporary_file(council, **options):
    """The zip, ready to be read and gone once it is closed, with its Contents."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    try:
        contents = export_council(council, file, **options)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file, contents


def file_name(council, day):
    return f"{council.slug}-data-{day}.zip"


def fields_of(model):
    left_out = FIELDS_LEFT_OUT.get(model, ())
    return [
        each.attname for each in model._meta.concrete_fields if each.attname not in left_out
    ] + list(FIELDS_ADDED.get(model, ()))


def _write_rows(archive, name, queryset, contents):
    """The rows as a JSON list, read and written one at a time."""
    model = queryset.model
    own = [each for each in fields_of(model) if each not in FIELDS_ADDED.get(model, ())]
    rows = queryset.order_by("pk").values(*own, **FIELDS_ADDED.get(model, {}))
    to_people = [each.attname for each in model._meta.concrete_fields if each.related_model is User]
    count = 0
    with archive.open(name, "w") as file:
        for count, row in enumerate(rows.iterator(), start=1):
            contents.people |= {row[each] for each in to_people}
            file.write(b",\n" if count > 1 else b"[\n")
            file.write(_json(row).encode())
        file.write(b"\n]\n" if count else b"[]\n")
    contents.files[name] = {
        "what": str(model._meta.verbose_name_plural),
        "fields": fields_of(model),
        "rows": count,
    }


def _people(council, ids):
    """Name, e-mail address and posts in this council: nothing else of an account."""
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
        "exported_by": by.name if by else "the shell",
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


def _json(value):
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)


def _write(archive, name, value):
    text = json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
    archive.writestr(name, text + "\n")
