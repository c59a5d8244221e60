"""Day one for new councillors: the forms they return, who has returned them, and their pack.

The forms that the law asks for have the deadline of the plan's timetable. The others are the
council's own practice and are never late.
"""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from assessments.appointments.models import GroupNotice, current_groups
from assessments.plans.models import Election, Plan
from assessments.timetable.governance import governance_of
from assessments.timetable.order_dates import dates_with_order
from assessments.words import counted, day_in_words
from councils.models import Membership, Office
from elections.interim import LGA_1972, LegalPoint
from elections.timetable import Certainty, DateStanding, KeyDate

from .before_poll import FIRST_WEEKS
from .models import CouncillorList, NewCouncillor

TITLE = re.compile(r"^(?:councillor|cllr)\.?\s+", re.IGNORECASE)
OURS = "Council practice. Not a legal requirement"


@dataclass(frozen=True, kw_only=True)
class NewCouncillorForm:
    """Something that each new councillor returns.

    `date_key` is the date of the timetable that is its deadline, "" for none. `overdue` says what
    follows if it is late, and `words` what the councillor does.
    """

    key: str
    title: str
    words: str
    source: str
    certainty: Certainty = Certainty.BELIEVED
    date_key: str = ""
    overdue: str = ""

    @property
    def is_law(self) -> bool:
        return self.source != OURS


FORMS = (
    NewCouncillorForm(
        key="declaration",
        title="Declaration of acceptance of office",
        words="Make the declaration in the form that the law prescribes and deliver it to the "
        "proper officer. You cannot act as a councillor until you have made it. If it is not "
        "delivered in time, the office becomes vacant.",
        source=f"{LGA_1972}, section 83",
        certainty=Certainty.VERIFIED,
        date_key="acceptance_of_office_by",
        overdue="The office may be vacant. Take advice from the monitoring officer.",
    ),
    NewCouncillorForm(
        key="interests",
        title="Register of interests",
        words="Tell the monitoring officer about your disclosable pecuniary interests. Regulations "
        "list them: employment, sponsorship, contracts with the council, land, licences to occupy "
        "land, corporate tenancies and securities. They include interests of your spouse or civil "
        "partner, or of a person you live with as if you were married or civil partners, if you "
        "know about them. If you were re-elected, you need to tell them only about interests that "
        "are not in the register yet. The code of conduct may ask you to register more. If "
        "publishing the details of an interest could lead to violence or intimidation, tell the "
        "monitoring officer: if they agree, the details are left out of the published register.",
        source="Localism Act 2011, sections 30 to 32; Relevant Authorities (Disclosable Pecuniary "
        "Interests) Regulations 2012",
        certainty=Certainty.VERIFIED,
        date_key="register_of_interests_by",
        overdue="Failing to register without a reasonable excuse is an offence (Localism Act "
        "2011, section 34). The monitoring officer reminds the councillor.",
    ),
    NewCouncillorForm(
        key="summons",
        title="Consent to summons by email",
        words="Say whether the summons to meetings can be sent to an email address that you give. "
        "You do not have to agree, and you can withdraw your consent. Without it, the "
        "summons is left at or posted to your usual place of residence, or another address that "
        "you give.",
        source=f"{LGA_1972}, Schedule 12, paragraph 4, as amended by the Local Government "
        "(Electronic Communications) (England) Order 2015",
        certainty=Certainty.VERIFIED,
    ),
    NewCouncillorForm(
        key="contact",
        title="Contact details and details for allowances",
        words="Give the details for the council’s website and for the payment of allowances. You "
        "can choose which address and telephone number are published.",
        source=OURS,
    ),
    NewCouncillorForm(
        key="equipment",
        title="Equipment, accounts and personal data",
        words="Collect your equipment and accept the council’s rules for accounts and personal "
        "data. As a councillor you may be responsible in your own right for the personal data "
        "of residents who ask for your help.",
        source=OURS,
    ),
)
# Left out of the first election to an authority, to which no one can be re-elected.
RE_ELECTED = (
    "If you were re-elected, you need to tell them only about interests that are not in the "
    "register yet. "
)
BY_KEY = {form.key: form for form in FORMS}

CODE_UNDER_AN_ORDER = (
    "The council must have a code of conduct, which applies to you whenever you act as a "
    "councillor. A new authority adopts its own: ask the monitoring officer which code applies. "
    "Read it before your first meeting."
)
POINTS = (
    LegalPoint(
        title="Code of conduct",
        words="The council has adopted a code of conduct, which applies to you whenever you act as "
        "a councillor. Read it before your first meeting.",
        source="Localism Act 2011, sections 27 and 28",
        certainty=Certainty.VERIFIED,
    ),
    LegalPoint(
        title="Interests at meetings",
        words="If you have a disclosable pecuniary interest in a matter, you must not take part in "
        "its discussion or vote on it without a dispensation. If it is not registered, you "
        "must disclose it at the meeting and tell the monitoring officer about it within 28 days. "
        "Standing orders may require you to leave the meeting for that item.",
        source="Localism Act 2011, sections 31 and 33",
        certainty=Certainty.VERIFIED,
    ),
    LegalPoint(
        title="Political groups",
        words="Two or more councillors are a political group once they have given the proper "
        "officer a signed notice. Seats on committees are shared among groups. You do not have to "
        "join one.",
        source="Local Government (Committees and Political Groups) Regulations 1990, regulation 8",
        certainty=Certainty.VERIFIED,
    ),
    LegalPoint(
        title="Allowances",
        words="The council makes a scheme of members’ allowances after a report from its "
        "independent remuneration panel. You can give up all or part of an allowance by notice in "
        "writing to the proper officer.",
        source="Local Authorities (Members’ Allowances) (England) Regulations 2003, regulations "
        "10, 13 and 19",
        certainty=Certainty.VERIFIED,
    ),
    LegalPoint(
        title="Council tax arrears",
        words="If council tax that you owe has been unpaid for at least 2 months, you must say so "
        "at a meeting that considers the budget calculations, anything that might affect them, or "
        "the collection of council tax, and you must not vote on it. It is an offence not to "
        "say so, or to vote.",
        source="Local Government Finance Act 1992, section 106",
        certainty=Certainty.VERIFIED,
    ),
)


# --- The tally ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReturnCell:
    """Whether one councillor has returned one form, in words."""

    title: str
    words: str
    is_late: bool
    is_returned: bool


@dataclass(frozen=True)
class CouncillorRow:
    """One councillor and their cells, in the order of FORMS."""

    pk: int
    name: str
    group: str
    cells: tuple[ReturnCell, ...]

    @property
    def label(self) -> str:
        return f"{self.name} ({self.group})" if self.group else self.name

    def words_of(self, form: NewCouncillorForm) -> str:
        """Return when the councillor returned a form, "" if they have not."""
        cell = self.cells[FORMS.index(form)]
        return cell.words if cell.is_returned else ""


@dataclass(frozen=True)
class FormTally:
    """How many have returned a form; `late` are those who have not and whose time has ended."""

    form: NewCouncillorForm
    deadline: dt.date | None
    returned: int
    total: int
    late: int

    @property
    def outstanding(self) -> int:
        return self.total - self.returned

    @property
    def state(self) -> str:
        """Return the state in words."""
        words = f"{self.returned} of {self.total} returned"
        if not self.outstanding:
            return words
        return f"{words}, {self.late} overdue" if self.late else words


@dataclass(frozen=True)
class ReturnsTally:
    """The new councillors of a plan and what each has returned."""

    version: int
    rows: tuple[CouncillorRow, ...]
    forms: tuple[FormTally, ...]


def tally_of(plan: Plan, *, today: dt.date) -> ReturnsTally:
    """Return the tally, in 3 queries at most; without rows if no councillors are entered."""
    found = CouncillorList.objects.filter(plan=plan).first()
    people = list(found.councillors.prefetch_related("returns")) if found else []
    days = {form.key: deadline_of(plan, form) for form in FORMS}
    returned = {
        person.pk: {each.form: each.returned_on for each in person.returns.all()}
        for person in people
    }
    forms = []
    for form in FORMS:
        given = sum(form.key in returned[person.pk] for person in people)
        ended = is_over(days[form.key], today)
        late = len(people) - given if ended else 0
        forms.append(FormTally(form, days[form.key], given, len(people), late))
    rows = tuple(
        CouncillorRow(
            person.pk,
            person.name,
            person.group,
            tuple(_cell(f, days[f.key], returned[person.pk].get(f.key), today) for f in FORMS),
        )
        for person in people
    )
    return ReturnsTally(found.version if found else 0, rows, tuple(forms))


def deadline_of(plan: Plan, form: NewCouncillorForm) -> dt.date | None:
    """Return the last day to return a form; None if it has none or the date is not known."""
    return getattr(plan.timetable, form.date_key) if form.date_key else None


def is_over(deadline: dt.date | None, today: dt.date) -> bool:
    return deadline is not None and deadline < today


def _cell(
    form: NewCouncillorForm, deadline: dt.date | None, returned_on: dt.date | None, today: dt.date
) -> ReturnCell:
    if returned_on is None:
        late = is_over(deadline, today)
        return ReturnCell(form.title, "Overdue" if late else "Not yet", late, False)
    late = is_over(deadline, returned_on)
    words = f"{returned_on:%-d %b %Y}"
    return ReturnCell(form.title, f"{words}, late" if late else words, late, True)


# --- The names ------------------------------------------------------------------------------------


def names_in_notices(plan: Plan) -> list[tuple[str, str]]:
    """Return the members named in the notices of groups, without title, with their group, by name.

    Notices may name members who were not elected at this poll.
    """
    notices = current_groups(GroupNotice.objects.filter(council=plan.council))
    found: dict[str, tuple[str, str]] = {}
    for notice in notices:
        for titled in (notice.leader, notice.deputy, *notice.signatories):
            if name := TITLE.sub("", titled):
                found.setdefault(name.casefold(), (name, notice.group))
    return [found[key] for key in sorted(found)]


def as_lines(names: Iterable[tuple[str, str]]) -> str:
    """Return names as they are entered: one a line, with the group in brackets."""
    return "\n".join(f"{name} ({group})" if group else name for name, group in names)


def listed(people: Iterable[NewCouncillor]) -> list[tuple[str, str]]:
    return [(person.name, person.group) for person in people]


# --- The pack -------------------------------------------------------------------------------------

POSTS = (
    Office.CHIEF_EXECUTIVE,
    Office.MONITORING_OFFICER,
    Office.SECTION_151_OFFICER,
    Office.RETURNING_OFFICER,
    Office.HEAD_OF_DEMOCRATIC_SERVICES,
)
WHAT_FOR = {
    Office.CHIEF_EXECUTIVE: "The council’s services and its staff",
    Office.MONITORING_OFFICER: "The law, the code of conduct, interests",
    Office.SECTION_151_OFFICER: "The council’s finances",
    Office.RETURNING_OFFICER: "The election and returns of expenses",
    Office.HEAD_OF_DEMOCRATIC_SERVICES: "Meetings, papers, support to councillors",
}
BLANK = "[name]"


@dataclass(frozen=True)
class NewCouncillorsPack:
    """What the document draws."""

    plan: Plan
    forms: tuple[tuple[NewCouncillorForm, dt.date | None], ...]
    dates: tuple[KeyDate, ...]
    officers: tuple[tuple[str, str, str], ...]
    groups: tuple[tuple[str, str, str], ...]
    points: tuple[LegalPoint, ...]


def _form_for(plan: Plan, form: NewCouncillorForm) -> NewCouncillorForm:
    if plan.occasion != Election.ORDER:
        return form
    return replace(form, words=form.words.replace(RE_ELECTED, ""))


def _points_for(plan: Plan) -> tuple[LegalPoint, ...]:
    """Return what the law says; a new authority may have no code of conduct yet."""
    if plan.occasion != Election.ORDER:
        return POINTS
    code, *others = POINTS
    return replace(code, words=CODE_UNDER_AN_ORDER), *others


def new_councillors_pack(plan: Plan) -> NewCouncillorsPack:
    """Return the pack of `plan`, in 2 queries: who has which officer role, and the groups."""
    holders: dict[str, list[str]] = {}
    members = Membership.objects.current().filter(council=plan.council, office__in=POSTS)
    for member in members.select_related("user").order_by("user__name", "pk"):
        holders.setdefault(member.office, []).append(member.user.name)
    notices = current_groups(GroupNotice.objects.filter(council=plan.council))
    return NewCouncillorsPack(
        plan=plan,
        points=_points_for(plan),
        forms=tuple((_form_for(plan, form), deadline_of(plan, form)) for form in FORMS),
        dates=dates_after_poll(plan),
        officers=tuple(
            (post.label, ", ".join(holders.get(post, [])) or BLANK, WHAT_FOR[post])
            for post in POSTS
        ),
        groups=tuple((each.group, each.leader, each.deputy) for each in notices),
    )


def dates_after_poll(plan: Plan) -> tuple[KeyDate, ...]:
    """Return the dates of the law from the day after the poll through the first weeks.

    The annual meeting is always among them; other dates of practice are for the plan.
    """
    last = plan.election_day + FIRST_WEEKS
    return tuple(
        each
        for each in dates_with_order(plan, governance_of(plan))
        if each.date
        and plan.election_day < each.date <= last
        and (each.standing != DateStanding.PRACTICE or each.key == "annual_meeting")
    )


def count_in_words(number: int) -> str:
    return counted(number, "new councillor")


def by_when(form: NewCouncillorForm, deadline: dt.date | None) -> str:
    """Say by when a form is returned; with a blank where the law sets a day that is not known."""
    if deadline is None and form.date_key:
        return "By [date]"
    return f"By {day_in_words(deadline)}" if deadline else "No deadline in law"
