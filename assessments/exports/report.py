"""Assemble a plan for download: plain values, in a constant number of queries.

Formats draw a Report and query nothing, so what the Report leaves out no format can show.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import cached_property
from itertools import groupby
from typing import TypeAlias

from django.db.models import Count, Exists, Q, QuerySet
from django.utils import timezone
from django.utils.text import get_text_list

from assessments.advice.models import AdviceQuestion
from assessments.comments.models import Comment, Thread
from assessments.links.places import PlacedLinks, ShownLink, links_on, stored_key
from assessments.plans.models import (
    OPEN_STATUSES,
    Control,
    ControlStanding,
    Event,
    Plan,
    PlanItem,
    Verdict,
)
from assessments.plans.progress import PlanMatrix, Tally, matrix_for, standing_of
from assessments.plans.roles import Role, role_for
from assessments.plans.stage_meanings import meaning_of_stage
from assessments.plans.timeline import Timeline, timeline_for
from assessments.printing.names import document_name
from assessments.register.kinds import KINDS
from assessments.register.lines import RegisterSection, sections_of
from assessments.words import day_in_words, moment_in_words, within_sentence
from councils.models import Membership, Office
from elections.interim import Governance
from elections.timetable import Timetable
from frameworks.models import Framework, Step
from frameworks.wording import put_term

from .scope import Scope, ScopeKind

VIEWS = {Verdict.AGREE.label: "agrees", Verdict.CONCERN.label: "has a concern"}


@dataclass(frozen=True)
class ExportOptions:
    """What the reader chose to include."""

    open_only: bool = False
    guidance: bool = False
    notes: bool = True
    comments: bool = False
    register: bool = False


@dataclass(frozen=True)
class ReportComment:
    """One comment: who wrote it, when, and the people it was addressed to."""

    who: str
    at: dt.datetime
    text: str
    told: tuple[str, ...]

    @property
    def when(self) -> str:
        return moment_in_words(self.at)


@dataclass(frozen=True)
class ReportThread:
    """One thread of comments, without removed ones."""

    is_resolved: bool
    comments: tuple[ReportComment, ...]


# The threads of each step and action; action None is the whole step.
Discussions: TypeAlias = dict[tuple[int, int | None], tuple[ReportThread, ...]]
Advice: TypeAlias = dict[int, list["ReportAdvice"]]  # by step


@dataclass(frozen=True)
class ReportItem:
    """One action. `owner` is a person; `lead` is the officer role we suggest if there is no owner.

    `code` is that of the guidance, empty for the council's own actions. `component` is the number
    of the component the action comes from, if any. `edition_note` says what differs from the plan's
    edition. `pk` is that of the plan's item, and `version` its version; a snapshot has none.
    `owner_email` is empty unless the reader is a member.
    """

    pk: int
    step: int
    words: str
    prompts: tuple[str, ...]
    status: str
    status_label: str
    owner: str
    lead: str
    due: dt.date | None
    completed_on: dt.date | None
    is_overdue: bool
    is_open: bool
    reason: str
    note: str
    is_own: bool
    code: str
    component: int | None
    edition_note: str = ""
    discussions: tuple[ReportThread, ...] = ()
    links: tuple[ShownLink, ...] = ()
    version: int = field(default=0, compare=False)
    owner_email: str = ""

    @property
    def reference(self) -> str:
        """Return what identifies the action and its version in an edited log, if it has one."""
        return f"{self.pk}.{self.version}" if self.version else ""

    @property
    def who(self) -> str:
        if self.owner:
            return self.owner
        return f"Suggested lead: {within_sentence(self.lead)}" if self.lead else "No owner yet"


@dataclass(frozen=True)
class ReportAdvice:
    """A question to an adviser and the answer, which an owner chose to show in downloads."""

    question: str
    answer: str
    adviser: str
    answered_on: dt.date


@dataclass(frozen=True)
class ReportMark:
    """A reviewer's view of a step, and the answer to a concern."""

    reviewer: str
    verdict: str
    words: str
    marked_on: dt.date
    answer: str
    answered_by: str

    @property
    def view(self) -> str:
        """Return the verdict as the rest of a sentence about the reviewer."""
        return VIEWS.get(self.verdict, self.verdict.lower())


@dataclass(frozen=True)
class ReportStep:
    """The actions of one step. The tally also counts those left out of an open-only download.

    Only a snapshot has `marks`.
    """

    number: int
    area: str
    tally: Tally
    summary: str
    guidance: tuple[str, ...]
    items: tuple[ReportItem, ...]
    discussions: tuple[ReportThread, ...] = ()
    marks: tuple[ReportMark, ...] = ()
    advice: tuple[ReportAdvice, ...] = ()


@dataclass(frozen=True)
class ReportStage:
    """One stage, with its first and last day. Stage 1 has no first day."""

    number: int
    title: str
    starts: dt.date | None
    ends: dt.date
    tally: Tally
    steps: tuple[ReportStep, ...]
    meaning: str = ""


@dataclass(frozen=True)
class MatrixColumn:
    number: int
    title: str
    is_current: bool


@dataclass(frozen=True)
class ReportMatrixCell:
    step: int
    tally: Tally
    is_current: bool


@dataclass(frozen=True)
class ReportMatrixRow:
    """A role area. A cell is None where the scope has nothing in that step."""

    area: str
    cells: tuple[ReportMatrixCell | None, ...]


@dataclass(frozen=True)
class ReportMatrix:
    """The steps within the scope, role areas by stages, counting only the scope's actions."""

    columns: tuple[MatrixColumn, ...]
    rows: tuple[ReportMatrixRow, ...]

    @property
    def stage_tallies(self) -> tuple[Tally, ...]:
        """Return the tally of each column. It counts actions that an open-only list leaves out."""
        return tuple(
            sum((cell.tally for row in self.rows if (cell := row.cells[i])), Tally())
            for i in range(len(self.columns))
        )


@dataclass(frozen=True)
class ReportDate:
    """A date still to come: a key date, or the day an open action is due.

    A window ends on `until`, inclusive, and may have started before today. Only actions have `who`.
    """

    day: dt.date
    until: dt.date | None
    words: str
    who: str = ""

    @property
    def is_action(self) -> bool:
        return bool(self.who)


@dataclass(frozen=True)
class ReportDocuments:
    """The links to documents on one key date, or on the entries of one kind in the register."""

    about: str
    links: tuple[ShownLink, ...]


@dataclass(frozen=True)
class ReportSource:
    title: str
    author: str
    publisher: str
    published: str
    edition: str = ""  # empty in older snapshots


@dataclass(frozen=True)
class SnapshotSeal:
    """What only the report of a snapshot has: the reason it was taken, and its checksum."""

    words: str
    reason: str
    reviewed: str
    digest: str


@dataclass(frozen=True)
class Report:
    plan_id: int = field(compare=False)
    council: str
    election_day: dt.date
    exported_on: dt.date
    version: int
    marking: str
    control: str
    term: str
    scope: Scope
    scope_title: str
    options: ExportOptions
    stage_title: str
    standing: str
    tally: Tally
    matrix: ReportMatrix
    timeline: Timeline
    overdue: tuple[ReportItem, ...]
    upcoming: tuple[ReportDate, ...]
    stages: tuple[ReportStage, ...]
    sources: tuple[ReportSource, ...]
    role: Role | None = None
    register: tuple[RegisterSection, ...] = ()
    documents: tuple[ReportDocuments, ...] = ()
    register_documents: tuple[ReportDocuments, ...] = ()
    seal: SnapshotSeal | None = None
    control_label: str = "Control after the election"
    governance: Governance = Governance.UNKNOWN
    seen: str = ""  # "stage 2", if its reader does not see the whole plan

    @property
    def heading(self) -> str:
        """Return the current stage and day, for example "Early foundations, day 13 of 42"."""
        return f"{self.stage_title}, {self.standing}"

    @property
    def covers(self) -> str:
        """Return what part of the plan is counted. Only in a PDF is a summary one page."""
        if self.scope.lists_items:
            return self.scope_title
        return f"The plan’s {self.seen}" if self.seen else "The whole plan"

    @property
    def version_in_words(self) -> str:
        done = "snapshot of" if self.seal else "produced on"
        return f"{self.version}, {done} {day_in_words(self.exported_on)}"

    @property
    def version_line(self) -> str:
        return f"Version {self.version_in_words}"

    @cached_property
    def steps(self) -> tuple[ReportStep, ...]:
        return tuple(step for stage in self.stages for step in stage.steps)

    @property
    def item_count(self) -> int:
        return sum(len(step.items) for step in self.steps)

    @property
    def file_stem(self) -> str:
        """Return the file name without its ending."""
        return document_name(
            self.council,
            "transition action plan",
            self.scope.in_a_file_name,
            "snapshot" if self.seal else "",
            marking=self.marking,
            day=self.exported_on,
        )

    @property
    def contents_in_words(self) -> str:
        """Return what the download contains, for the plan's history."""
        if not self.scope.lists_items:
            return self.scope_title
        if self.seal:
            return f"{self.scope_title}, snapshot of {day_in_words(self.exported_on)}"
        return ", ".join(
            [
                self.scope_title,
                "open actions only" if self.options.open_only else "all actions",
                *_contents(
                    {
                        "guidance": self.options.guidance,
                        "notes": self.options.notes,
                        **({"comments": True} if self.options.comments else {}),
                        **({"the register": True} if self.register else {}),
                    }
                ),
            ]
        )

    def texts(self) -> Iterator[str]:
        """Yield every text of the report, to check it against the characters of a font."""
        return _texts(self)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _texts(each)
    elif is_dataclass(value):
        for each in fields(value):
            yield from _texts(getattr(value, each.name))


def report_for(
    plan: Plan,
    *,
    scope: Scope | None = None,
    options: ExportOptions | None = None,
    today: dt.date,
) -> Report:
    """Return the Report of `plan` in at most 8 queries, whatever its size.

    Comments and a role's scope take 2 more each, the register 4. What is not wanted is not read.
    """
    scope, options = scope or Scope(), options or ExportOptions()
    if not scope.lists_items:
        options = replace(options, guidance=False, notes=False, comments=False)
    everything = matrix_for(plan, today=today, rows=())  # the counts are of the scope, below
    steps = {cell.step.pk: cell.step for row in everything.rows for cell in row.cells}
    rows = list(_rows(scope.items(plan), options))
    tallies = dict.fromkeys(steps, Tally()) if scope.is_everything else {}
    for row in rows:
        tallies[row.step_id] = tallies.get(row.step_id, Tally()) + Tally.of_item(row, today)
    said: Discussions = _discussions(plan) if options.comments else {}
    placed = _links(plan) if scope.lists_items else {}
    items = [
        replace(
            _item(row, steps, plan, options, today),
            discussions=said.get((row.step_id, row.pk), ()),
            links=placed.get(("item", row.pk), ()),
        )
        for row in rows
    ]
    is_whole = scope.kind is ScopeKind.WHOLE
    stage = everything.stages[everything.current_stage - 1]
    version, has_advice, governance = _version_of(plan)
    advice = _advice(plan) if has_advice and scope.lists_items else {}
    return Report(
        plan_id=plan.pk,
        council=plan.council.name,
        election_day=plan.election_day,
        exported_on=today,
        version=version,
        marking=plan.get_marking_display(),
        control=plan.control_in_words,
        control_label=_control_label(plan, today),
        term=plan.coalition_term,
        scope=scope,
        scope_title=_title(scope, plan, everything),
        options=options,
        stage_title=stage.short_title,
        standing=standing_of(plan, today=today),
        tally=sum(tallies.values(), Tally()),
        matrix=_matrix(everything, tallies),
        timeline=timeline_for(
            plan.timetable,
            everything.stages,
            today=today,
            due=Counter(item.due for item in items if item.is_open and item.due),
        ),
        overdue=tuple(
            sorted((item for item in items if item.is_overdue), key=lambda item: item.due or today)
        ),
        upcoming=dates_to_come(plan.timetable, items, today),
        stages=tuple(_stages(plan, steps, tallies, items, options, said, advice))
        if scope.lists_items
        else (),
        sources=_sources(plan),
        role=role_for(plan, scope.office) if scope.office else None,
        register=_register(plan, scope, options, today),
        documents=_documents(plan, placed) if is_whole else (),
        register_documents=_register_documents(plan, placed) if is_whole else (),
        governance=Governance(governance or ""),
        seen="" if plan.is_seen_whole else plan.stages_in_words,
    )


def _links(plan: Plan) -> PlacedLinks:
    """Return the links of the plan without those on entries removed from the register. 1 query."""
    is_live = {f"{kind.field}__removed_at": None for kind in KINDS}
    return links_on(plan, **is_live)


def _documents(plan: Plan, placed: PlacedLinks) -> tuple[ReportDocuments, ...]:
    """Return the key dates that have links to documents, in the order of the timetable."""
    labels = {stored_key(each.key): each.label for each in plan.timetable.every_date}
    return tuple(
        ReportDocuments(label, placed["date_key", key])
        for key, label in labels.items()
        if ("date_key", key) in placed
    )


def _register_documents(plan: Plan, placed: PlacedLinks) -> tuple[ReportDocuments, ...]:
    """Return the links on entries of the register by kind, without what the entries say.

    None for a reader who cannot see the register.
    """
    if not plan.shows_register:
        return ()
    found = [
        (
            kind.heading,
            [link for key, links in placed.items() if key[0] == kind.field for link in links],
        )
        for kind in KINDS
    ]
    return tuple(ReportDocuments(heading, tuple(links)) for heading, links in found if links)


def _register(
    plan: Plan, scope: Scope, options: ExportOptions, today: dt.date
) -> tuple[RegisterSection, ...]:
    """Return the sections of the register that have entries, for a scope of the whole plan.

    None for a reader who cannot see the register.
    """
    if not (options.register and scope.kind is ScopeKind.WHOLE and plan.shows_register):
        return ()
    return tuple(section for section in sections_of(plan, today=today) if section.lines)


def _rows(items: QuerySet[PlanItem], options: ExportOptions) -> QuerySet[PlanItem]:
    """Return the items without the guidance of their component and role."""
    rows = items.select_related("source__component", "source__lead_role", "owner__user").defer(
        "source__component__summary",
        "source__component__guidance",
        "source__lead_role__part",
        "owner__user__password",
    )
    return rows if options.notes else rows.defer("note")


def _item(
    row: PlanItem, steps: Mapping[int, Step], plan: Plan, options: ExportOptions, today: dt.date
) -> ReportItem:
    source = row.source
    return ReportItem(
        pk=row.pk,
        step=steps[row.step_id].number,
        words=row.words(plan.term),
        prompts=tuple(put_term(line, plan.term) for line in source.prompt_list) if source else (),
        status=row.status,
        status_label=row.get_status_display(),
        owner=row.owner_label,
        lead=source.lead_role.name if source else "",
        due=row.due,
        completed_on=row.completed_on,
        is_overdue=row.is_overdue(today),
        is_open=row.status in OPEN_STATUSES,
        reason=row.reason,
        note=row.note if options.notes else "",
        is_own=row.is_own,
        code=source.code if source else "",
        component=source.component.number if source and source.component else None,
        edition_note=row.edition_note,
        version=row.version,
        owner_email=row.owner.user.email if row.owner and _is_for_member(plan) else "",
    )


def _is_for_member(plan: Plan) -> bool:
    """Return whether the reader is a member; a plan fetched for no reader has no membership."""
    return getattr(plan, "membership_id", None) is not None


def _discussions(plan: Plan) -> Discussions:
    """Return the threads that have comments, by step and item; item None is the whole step."""
    threads: dict[Thread, list[ReportComment]] = {}
    comments = (
        Comment.objects.shown()
        .on(plan)
        .select_related("author", "thread")
        .prefetch_related("mentions__membership__user")
        .order_by("thread", "pk")
    )
    for comment in comments:
        threads.setdefault(comment.thread, []).append(
            ReportComment(
                who=comment.author.name,
                at=comment.at,
                text=comment.text,
                told=tuple(told.membership.user.name for told in comment.mentions.all()),
            )
        )
    found: dict[tuple[int, int | None], list[ReportThread]] = {}
    for thread, said in threads.items():
        found.setdefault((thread.step_id, thread.item_id), []).append(
            ReportThread(thread.is_resolved, tuple(said))
        )
    return {place: tuple(discussions) for place, discussions in found.items()}


def _control_label(plan: Plan, today: dt.date) -> str:
    """Say when the control applies: what is confirmed before the poll is the control now."""
    is_known = plan.control != Control.UNKNOWN and plan.control_standing == ControlStanding.KNOWN
    is_before = today < plan.election_day
    return "Control now" if is_known and is_before else "Control after the election"


def _version_of(plan: Plan) -> tuple[int, bool, str | None]:
    """Return the number of changes to the plan, whether it has advice to show, and how its council
    takes decisions, None if it has not said so. One query.
    """
    changes = Count("events", filter=~Q(events__kind__in=Event.LEAVE_THE_PLAN_AS_IT_IS))
    shown = AdviceQuestion.objects.filter(plan=plan, in_exports=True)
    found = Plan.objects.filter(pk=plan.pk).annotate(changes=changes, has_advice=Exists(shown))
    return found.values_list("changes", "has_advice", "interim__governance").get()


def _advice(plan: Plan) -> Advice:
    """Return the answers that owners chose to show in downloads, by step."""
    found: Advice = {}
    shown = AdviceQuestion.objects.filter(plan=plan, in_exports=True).order_by("answered_at", "pk")
    for each in shown.select_related("adviser"):
        if each.answered_at:
            day = timezone.localdate(each.answered_at)
            line = ReportAdvice(each.question, each.answer, each.adviser.name, day)
            found.setdefault(each.step_id, []).append(line)
    return found


def _stages(
    plan: Plan,
    steps: Mapping[int, Step],
    tallies: Mapping[int, Tally],
    items: Sequence[ReportItem],
    options: ExportOptions,
    said: Discussions,
    advice: Advice,
) -> Iterator[ReportStage]:
    """Yield the stages and steps that have actions to list, in the order of the guidance."""
    listed: dict[int, list[ReportItem]] = {}
    for item in items:
        if item.is_open or not options.open_only:
            listed.setdefault(item.step, []).append(item)
    stages = {step.stage_id: step.stage for step in steps.values()}
    for stage in sorted(stages.values(), key=lambda stage: stage.number):
        own = [step for step in steps.values() if step.stage_id == stage.pk]
        groups = tuple(
            ReportStep(
                number=step.number,
                area=step.role_area.title,
                tally=tallies.get(step.pk, Tally()),
                summary=put_term(step.summary, plan.term) if options.guidance else "",
                guidance=tuple(put_term(text, plan.term) for text in step.guidance_paragraphs)
                if options.guidance
                else (),
                items=tuple(listed[step.number]),
                discussions=said.get((step.pk, None), ()),
                advice=tuple(advice.get(step.pk, ())),
            )
            for step in sorted(own, key=lambda step: step.number)
            if step.number in listed
        )
        if groups:
            starts, ends = plan.boundaries.span_of(stage.number)
            tally = sum((tallies.get(step.pk, Tally()) for step in own), Tally())
            meaning = meaning_of_stage(plan, stage.number)
            yield ReportStage(stage.number, stage.short_title, starts, ends, tally, groups, meaning)


def _contents(included: Mapping[str, bool]) -> Iterator[str]:
    """Yield "without guidance" and "with notes and comments", in the order of `included`."""
    for is_in, names in groupby(included, key=lambda name: included[name]):
        how, last = ("with", "and") if is_in else ("without", "or")
        yield f"{how} {get_text_list(list(names), last)}"


def _matrix(everything: PlanMatrix, tallies: Mapping[int, Tally]) -> ReportMatrix:
    """Return the rows and columns that have a step within the scope."""
    cells = [
        [
            ReportMatrixCell(cell.step.number, tallies[cell.step.pk], cell.is_current)
            if cell.step.pk in tallies
            else None
            for cell in row.cells
        ]
        for row in everything.rows
    ]
    kept = [i for i in range(len(everything.shown)) if any(row[i] for row in cells)]
    return ReportMatrix(
        columns=tuple(
            MatrixColumn(stage.number, stage.short_title, everything.is_current(stage.number))
            for i, stage in enumerate(everything.shown)
            if i in kept
        ),
        rows=tuple(
            ReportMatrixRow(row.area.title, tuple(own[i] for i in kept))
            for row, own in zip(everything.rows, cells, strict=True)
            if any(own)
        ),
    )


def dates_to_come(
    timetable: Timetable, items: Sequence[ReportItem], today: dt.date
) -> tuple[ReportDate, ...]:
    """Return the key dates and the days on which open actions are due, soonest first."""
    dates = [
        ReportDate(date.date, date.until, date.label)
        for date in timetable.to_come(today)
        if date.date is not None
    ]
    dates += [
        ReportDate(item.due, None, item.words, item.who)
        for item in items
        if item.is_open and item.due and item.due >= today
    ]
    return tuple(sorted(dates, key=lambda date: max(date.day, today)))


def _title(scope: Scope, plan: Plan, everything: PlanMatrix) -> str:
    match scope.kind:
        case ScopeKind.SUMMARY:
            return "One-page summary"
        case ScopeKind.STAGE:
            title = everything.stages[scope.number - 1].short_title
            return f"Stage {scope.number}: {within_sentence(title)}"
        case ScopeKind.AREA:
            title = everything.rows[scope.number - 1].area.title
            reach = "all 3 stages" if plan.is_seen_whole else plan.stages_in_words
            return f"{title}, in {reach}"
        case ScopeKind.OFFICER:
            return f"Actions for the {within_sentence(Office(scope.office).label)}"
        case ScopeKind.MINE:
            assert scope.member is not None  # noqa: S101 - Scope.parse requires one for this kind
            member = Membership.objects.select_related("user").get(pk=scope.member)
            return f"Actions for {member.user.name}, {member.post}"
    return "The whole plan" if plan.is_seen_whole else f"The plan’s {plan.stages_in_words}"


def _sources(plan: Plan) -> tuple[ReportSource, ...]:
    frameworks = Framework.objects.in_bulk([plan.transition_id, plan.components_id])
    return tuple(
        ReportSource(
            framework.title,
            framework.author,
            framework.publisher,
            within_sentence(framework.published),
            framework.edition,
        )
        for framework in (frameworks[plan.transition_id], frameworks[plan.components_id])
    )
