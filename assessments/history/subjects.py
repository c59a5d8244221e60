"""What the history of a plan is about: which events belong together, and who reads what of them.

The two tables here decide it. What is not named in ADVISERS_READ no adviser reads: neither a kind
of event nor a field of one that is added later.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from django.db import models

from assessments.election_night.models import ElectionCount
from assessments.parity.models import ParityEntry
from assessments.plans import item_fields
from assessments.plans.models import Event, Plan, PlanItem
from assessments.register.kinds import KINDS as REGISTER_KINDS
from assessments.ways_of_working.suggestions import PROTOCOLS
from elections.budget import OWN_STEPS
from elections.timetable import timetable_for

Kind = Event.Kind


def _labels(*tables: type[models.Model], **others: str) -> dict[str, str]:
    """Return labels by field name: the models' own, and `others` where pages say it differently."""
    labels = {
        each.name: str(each.verbose_name)
        for table in tables
        for each in table._meta.concrete_fields
    }
    return {name: label[:1].upper() + label[1:] for name, label in (labels | others).items()}


def _labels_of_dates() -> dict[str, str]:
    """Return the labels of the key dates by key, as the page of dates has them."""
    usual = timetable_for(dt.date(2027, 5, 6)).every_date
    return {each.key: each.label for each in usual} | {
        # What fits every council and every kind of election.
        "annual_meeting": "Annual council meeting",
        "council_tax_by": "Last day to set council tax or issue the precept",
        "retirement": "New councillors take office",
    }


@dataclass(frozen=True)
class HistorySubject:
    """A choice in the filter of the history, and the kinds of event that belong to it.

    `labels` name the fields of its changes. With `shows_changes` false, only that something was
    done is shown, to members as well.
    """

    name: str
    title: str
    kinds: frozenset[Kind]
    labels: dict[str, str] = field(default_factory=dict)
    shows_changes: bool = True

    def label_of(self, name: str) -> str:
        """Return the label of a field; a name without one is a phrase already."""
        label = self.labels.get(name) or name.replace("_", " ")
        return label[:1].upper() + label[1:]


ITEM_KINDS = frozenset({Kind.ITEM_ADDED, Kind.ITEM_REMOVED, Kind.ITEM_RESTORED})
ITEM_LABELS = _labels(PlanItem, **item_fields.LABELS)
REGISTER_LABELS = {
    each.name: kind.label_of(each.name)
    for kind in REGISTER_KINDS
    for each in kind.model._meta.concrete_fields
}

# The fields of a budget that are figures; the others are its year and its dates.
BUDGET_FIGURES = frozenset({"requirement", "tax_base"})

SUBJECTS = (
    HistorySubject("answers", "Changes to actions", frozenset({Kind.ITEM_CHANGED}), ITEM_LABELS),
    HistorySubject("items", "Actions added, removed or restored", ITEM_KINDS, ITEM_LABELS),
    HistorySubject(
        "plan",
        "The plan and its settings",
        frozenset({Kind.PLAN_CREATED, Kind.PLAN_CHANGED, Kind.PLAN_FOLLOWED, Kind.EDITION_CHANGED}),
        _labels(
            Plan,
            occasion="Kind of election",
            control="Control after the election",
            control_standing="Expected or confirmed",
            formality="Formal or informal",
            coalition_term="Term used for the arrangement",
            stage_2_weeks="Length of stage 2 in weeks",
            marking="Protective marking",
            shows_set_up="Set-up list on plan home",
            dates_checked_for="Key dates checked for the election on",
        ),
    ),
    HistorySubject(
        "dates",
        "Key dates and due dates",
        frozenset(
            {
                Kind.DATE_SET,
                Kind.DATE_CLEARED,
                Kind.BANK_HOLIDAY_ADDED,
                Kind.BANK_HOLIDAY_REMOVED,
                Kind.CYCLE_CHANGED,
                Kind.INTERIM_CHANGED,
                Kind.ITEMS_MOVED,
            }
        ),
        {
            **_labels_of_dates(),
            "reason": "Reason for setting it by hand",
            "governance": "How the council takes decisions",
            "executive": "How long office is held",
            "decisions": "Who takes decisions",
            "committees": "Committees that can meet",
            "officers": "Decisions by officers",
            "urgent": "Urgent decisions",
            "meeting": "The annual meeting",
            "waiting": "Decisions left for annual council",
            "order": "The order",
            "other_dates": "Other dates of the order",
        },
    ),
    HistorySubject(
        "control",
        "Changes of control",
        frozenset({Kind.CONTROL_CHANGED, Kind.STEP_LOOKED_AGAIN}),
        {"words": "What happened", "steps_to_review": "Steps to review again"},
    ),
    HistorySubject(
        "register",
        "Joint working register",
        frozenset(
            {
                Kind.REGISTER_ADDED,
                Kind.REGISTER_CHANGED,
                Kind.REGISTER_REMOVED,
                Kind.REGISTER_RESTORED,
            }
        ),
        REGISTER_LABELS,
    ),
    HistorySubject(
        "count",
        "Election night",
        frozenset({Kind.COUNT_STARTED, Kind.COUNT_CHANGED, Kind.COUNT_ENDED, Kind.RESULT_SAVED}),
        _labels(ElectionCount, rule="Majority calculated from"),
    ),
    HistorySubject(
        "annual-council",
        "Annual council",
        frozenset(
            {
                Kind.MEETING_CHANGED,
                Kind.NOMINEES_CHANGED,
                Kind.VOTE_SAVED,
                Kind.TIE_DECIDED,
                Kind.VOTE_REMOVED,
            }
        ),
        {
            "presiding": "Who presides at the start of the meeting",
            "rule": "How an office is filled if there are several nominees",
            "tie": "How equal votes for other offices are decided",
            "lowest_tie": "How it is decided who drops out",
            "decision": "Decision",
        },
    ),
    HistorySubject(
        "parity",
        "Parity log",
        frozenset(
            {
                Kind.PARITY_ADDED,
                Kind.PARITY_CHANGED,
                Kind.PARITY_REMOVED,
                Kind.PARITY_RESTORED,
            }
        ),
        _labels(
            ParityEntry,
            kind="Type of support",
            reason="Why it was not offered to every group",
            groups="What each group was offered or given",
        ),
    ),
    HistorySubject(
        "vacancies",
        "Vacancies and motions",
        frozenset(
            {
                Kind.VACANCY_ADDED,
                Kind.VACANCY_CHANGED,
                Kind.MOTION_ADDED,
                Kind.MOTION_CHANGED,
            }
        ),
        {
            "ward": "Ward or division",
            "state": "Status",
            "arose_on": "Date it arose",
            "term_ends": "Date the term would have ended",
            "notice_on": "Date of the electors’ notice",
            "poll_on": "Day of election",
            "received_on": "Received on",
            "signed": "Councillors who signed",
            "needed": "Signatures needed",
            "notice_days": "Clear days’ notice",
            "meeting_on": "Day of the meeting",
            "votes_for": "Votes for",
            "against": "Votes against",
            "abstained": "Abstentions",
        },
    ),
    HistorySubject(
        "budget",
        "Budget and amendments",
        frozenset(
            {
                Kind.BUDGET_CHANGED,
                Kind.AMENDMENT_ADDED,
                Kind.AMENDMENT_CHANGED,
                Kind.AMENDMENT_PUBLISHED,
                Kind.AMENDMENT_STATED,
            }
        ),
        {
            "year": "Year in which the financial year begins",
            "requirement": "Council tax requirement",
            "tax_base": "Council tax base",
            "received_on": "Received on",
            "tax_change": "Change in the council tax requirement",
            "lines": "Figures",
            "statement": "Statement of the section 151 officer",
            "is_stated": "The statement is about these figures",
            "state": "Status",
        }
        | {step.value: title for step, title in OWN_STEPS.items()},
    ),
    HistorySubject(
        "links",
        "Links to documents",
        frozenset({Kind.LINK_ADDED, Kind.LINK_REMOVED}),
        {"address": "Web address"},
    ),
    HistorySubject(
        "protocols",
        "Ways of working with the groups",
        frozenset({Kind.PROTOCOL_CHANGED, Kind.PROTOCOL_AGREED}),
        {f"{each.key}-{point.key}": point.title for each in PROTOCOLS for point in each.points}
        | {"agreement": "Status"},
    ),
    HistorySubject(
        "packs",
        "Packs and leaders’ meetings",
        frozenset(
            {
                Kind.COUNCILLORS_LISTED,
                Kind.RETURNS_RECORDED,
                Kind.FINANCE_NOTE_SAVED,
                Kind.LEADERS_MET,
                Kind.LEADERS_NOTED,
                Kind.LEADERS_REMOVED,
                Kind.LEADERS_RESTORED,
            }
        ),
        {
            "returned": "Returned",
            "councillors": "New councillors",
            "words": "Section 151 officer’s note",
            "held_on": "Date of the meeting",
            "to_do": "Agreed actions",
        },
    ),
    HistorySubject(
        "reviews",
        "Stage reviews and sign-off",
        frozenset(
            {
                Kind.REVIEW_ASKED,
                Kind.REVIEW_CHANGED,
                Kind.REVIEW_ENDED,
                Kind.STEP_MARKED,
                Kind.CONCERN_ANSWERED,
                Kind.STAGE_SIGNED_OFF,
                Kind.STATEMENT_MADE,
                Kind.STAGE_REOPENED,
                Kind.SNAPSHOT_TAKEN,
            }
        ),
        {"words": "Comments", "due": "Review by"},
    ),
    HistorySubject(
        "rounds",
        "Review rounds",
        frozenset(
            {
                Kind.ROUND_MADE,
                Kind.ROUND_CHANGED,
                Kind.ROUND_OPENED,
                Kind.ROUND_CLOSED,
                Kind.RESPONDENT_INVITED,
                Kind.RESPONDENT_RESENT,
                Kind.RESPONDENT_REMOVED,
                Kind.RESPONDENT_UNNAMED,
            }
        ),
        {"opens": "First day", "closes": "Last day"},
    ),
    HistorySubject(
        "comments",
        "Comments",
        frozenset(
            {
                Kind.COMMENT_ADDED,
                Kind.COMMENT_EDITED,
                Kind.COMMENT_REMOVED,
                Kind.THREAD_RESOLVED,
                Kind.THREAD_REOPENED,
            }
        ),
        shows_changes=False,
    ),
    HistorySubject(
        "advice",
        "Questions to advisers",
        frozenset(
            {
                Kind.ADVICE_ASKED,
                Kind.ADVICE_ANSWERED,
                Kind.ADVICE_WITHDRAWN,
                Kind.ADVICE_CLOSED,
                Kind.ADVICE_SHOWN,
                Kind.ADVICE_HIDDEN,
            }
        ),
        shows_changes=False,
    ),
    HistorySubject(
        "comparisons",
        "Sharing for comparison",
        frozenset({Kind.COMPARISON_SHARED, Kind.COMPARISON_ENDED}),
        shows_changes=False,
    ),
    HistorySubject(
        "advisers",
        "Adviser access",
        frozenset({Kind.ADVISER_GRANTED, Kind.ADVISER_CHANGED, Kind.ADVISER_REVOKED}),
        shows_changes=False,
    ),
    HistorySubject(
        "exports",
        "Downloads and calendar addresses",
        frozenset({Kind.PLAN_EXPORTED, Kind.FEED_MADE, Kind.FEED_ENDED}),
        shows_changes=False,
    ),
)
BY_NAME = {subject.name: subject for subject in SUBJECTS}
BY_KIND = {kind: subject for subject in SUBJECTS for kind in subject.kinds}


# --- What advisers read ---------------------------------------------------------------------------


class AdviserScope(Enum):
    """Which events of a kind an adviser reads."""

    ITEM = "those about an action of a stage they can see"
    PLAN = "all of them"
    REGISTER = "all of them, if they can see the register"


@dataclass(frozen=True)
class AdviserReads:
    """What an adviser reads of some kinds of event: the `scope`, and of these which `fields`.

    With `moved_items`, the changes of due dates of the actions they can see as well. Such a change
    has the name of its action in place of a field.
    """

    kinds: frozenset[Kind]
    scope: AdviserScope
    fields: frozenset[str] = frozenset()
    moved_items: bool = False


ADVISERS_READ = (
    AdviserReads(
        BY_NAME["answers"].kinds | ITEM_KINDS,
        AdviserScope.ITEM,
        frozenset(item_fields.ANSWER_FIELDS) - item_fields.hidden_fields(is_adviser=True),
    ),
    AdviserReads(BY_NAME["comments"].kinds, AdviserScope.ITEM),
    AdviserReads(BY_NAME["links"].kinds, AdviserScope.ITEM, frozenset({"address"})),
    AdviserReads(
        frozenset({Kind.PLAN_CREATED, Kind.PLAN_CHANGED}),
        AdviserScope.PLAN,
        frozenset(
            {
                "election_day",
                "occasion",
                "control",
                "control_standing",
                "formality",
                "coalition_term",
                "stage_2_weeks",
                "marking",
            }
        ),
        moved_items=True,
    ),
    AdviserReads(
        BY_NAME["register"].kinds,
        AdviserScope.REGISTER,
        frozenset(
            {
                "agreed",
                "bites_on",
                "communication",
                "covers",
                "due",
                "group",
                "kept_at",
                "kind",
                "made_on",
                "manner",
                "owner",
                "parties",
                "review_on",
                "shared_agenda",
                "state",
                "ways_of_working",
                "words",
            }
        ),
    ),
)


def events_condition(plan: Plan) -> models.Q:
    """Return the condition on the events that the adviser who `plan` was fetched for can read."""
    return _any(
        models.Q(kind__in=rule.kinds) & _in_scope(rule.scope, plan) for rule in ADVISERS_READ
    )


def changes_condition(plan: Plan, names: Iterable[str]) -> models.Q:
    """Return the condition on the changes that they read; `names` are of the actions they see."""
    return _any(
        models.Q(event__kind__in=rule.kinds)
        & models.Q(field__in=[*rule.fields, *(names if rule.moved_items else ())])
        for rule in ADVISERS_READ
    )


def _in_scope(scope, plan):
    if scope is AdviserScope.ITEM:
        return models.Q(item__step__stage__number__in=plan.stages)
    if scope is AdviserScope.REGISTER and not plan.shows_register:
        return models.Q(pk__in=())
    return models.Q()


def _any(conditions):
    found = models.Q(pk__in=())
    for condition in conditions:
        found |= condition
    return found
