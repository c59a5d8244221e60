"""Councils of kinds that the demo does not have, and all that is said to them.

`KINDS` names them. `make(kind)` creates the council, its plan and what its pages and documents draw
on; `read_everything` returns the words of every page and file of it.
"""

import datetime as dt
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape

from django.urls import reverse
from django.utils import timezone
from docx import Document
from docx.oxml.ns import qn
from openpyxl import load_workbook

from assessments.annual_council.actions import save_nominees, save_rules
from assessments.budget.actions import save_budget
from assessments.digests.sending import send_due_digests
from assessments.election_night.actions import save_result, start_count
from assessments.election_night.models import ElectionCount, WardResult
from assessments.plans.actions import create_plan
from assessments.plans.models import Control, ControlStanding, Formality, Marking
from assessments.register.actions import add_to_register
from assessments.register.models import Agreement, Issue
from assessments.seats.actions import create_balance, record_composition
from assessments.seats.models import PoliticalBalance
from assessments.timetable.actions import save_interim, save_order
from assessments.timetable.actions.order import DateOfOrder, state_of_order
from assessments.timetable.order_dates import VESTING_DAY
from assessments.vacancies.actions import add_motion, add_vacancy
from assessments.vacancies.models import MotionState
from councils.actions import add_member
from councils.models import Access, Council, CouncilType, ElectionCycle, Office
from elections.annual_council import Presiding, offices_filled
from elections.composition import Composition, Group
from elections.council_vote import TieRule, VotingRule
from elections.interim import Governance
from elections.political_balance import BodyKind, Committee
from elections.timetable import CouncilKind, Occasion
from elections.vacancy import VacancyCause
from tests.acting import signed_in

MAY_2027 = dt.date(2027, 5, 6)
VESTING = dt.date(2028, 4, 1)
LICENSING = Committee(
    "Licensing", 10, BodyKind.NOT_BALANCED, reason="Licensing Act 2003, section 6"
)
HUNG = Composition((Group("Oak", 19), Group("Ash", 14), Group("Elm", 7)))


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of council, and of election, as its officers would enter it."""

    name: str
    type: CouncilType
    cycle: ElectionCycle = ElectionCycle.WHOLE
    governance: Governance = Governance.LEADER
    control: Control = Control.UNKNOWN
    occasion: Occasion = Occasion.ORDINARY
    election_day: dt.date = MAY_2027
    composition: Composition = HUNG
    seats_up: int = 40
    not_up: Mapping[str, int] = field(default_factory=dict)
    vacant_not_up: int = 0

    @property
    def slug(self):
        return self.name.split()[0].casefold()


KINDS = {
    "county with committees": Kind(
        name="Fernshire County Council",
        type=CouncilType.COUNTY,
        governance=Governance.COMMITTEES,
        control=Control.TWO,
        election_day=dt.date(2029, 5, 3),
    ),
    "county with a Leader": Kind(
        name="Dunshire County Council",
        type=CouncilType.COUNTY,
        control=Control.MINORITY,
        election_day=dt.date(2029, 5, 3),
    ),
    "London borough with an elected mayor": Kind(
        name="Chalkwell Borough Council",
        type=CouncilType.LONDON_BOROUGH,
        governance=Governance.MAYOR,
        control=Control.MINORITY,
        election_day=dt.date(2030, 5, 2),
    ),
    "London borough with a Leader": Kind(
        name="Millbank Borough Council",
        type=CouncilType.LONDON_BOROUGH,
        control=Control.TWO,
        election_day=dt.date(2030, 5, 2),
    ),
    "metropolitan borough by thirds, hung": Kind(
        name="Harrowgill Metropolitan Borough Council",
        type=CouncilType.METROPOLITAN,
        cycle=ElectionCycle.THIRDS,
        control=Control.THREE,
        composition=Composition(
            (Group("Oak", 26), Group("Ash", 20), Group("Elm", 9)), ungrouped=2, vacancies=3
        ),
        seats_up=20,
        not_up={"Oak": 18, "Ash": 14, "Elm": 6},
        vacant_not_up=2,
    ),
    "district by halves": Kind(
        name="Quarrydale District Council",
        type=CouncilType.DISTRICT,
        cycle=ElectionCycle.HALVES,
        control=Control.MINORITY,
        election_day=dt.date(2028, 5, 4),
        seats_up=20,
        not_up={"Oak": 9, "Ash": 7, "Elm": 4},
    ),
    "district with committees and no leader": Kind(
        name="Saltmarsh District Council",
        type=CouncilType.DISTRICT,
        governance=Governance.COMMITTEES,
        control=Control.UNKNOWN,
    ),
    "unitary with a majority": Kind(
        name="Westerby Council",
        type=CouncilType.UNITARY,
        control=Control.MAJORITY,
        composition=Composition((Group("Oak", 24), Group("Ash", 10), Group("Elm", 6))),
    ),
    "unitary with an elected mayor": Kind(
        name="Longhaven Borough Council",
        type=CouncilType.UNITARY,
        governance=Governance.MAYOR,
        control=Control.FOUR,
    ),
    "shadow authority": Kind(
        name="Norvale Council",
        type=CouncilType.UNITARY,
        control=Control.TWO,
        occasion=Occasion.ORDER,
    ),
    "by-election": Kind(
        name="Thornby Borough Council",
        type=CouncilType.DISTRICT,
        cycle=ElectionCycle.THIRDS,
        control=Control.TWO,
        occasion=Occasion.BY_ELECTION,
        election_day=dt.date(2027, 10, 20),
        seats_up=1,
        not_up={"Oak": 19, "Ash": 13, "Elm": 7},
    ),
    "City of London": Kind(
        name="City of Exampleton Corporation",
        type=CouncilType.CITY_CORPORATION,
        governance=Governance.COMMITTEES,
        election_day=dt.date(2029, 3, 22),
    ),
}


def make(kind):
    """Create the council of a kind with its plan and entries; return the plan and its owner."""
    council = Council.objects.create(
        name=kind.name,
        slug=kind.slug,
        type=kind.type,
        election_cycle=kind.cycle,
        established_on=VESTING if has_order(kind) else None,
    )
    chief = add_member(
        council=council,
        email=f"chief@{kind.slug}.example",
        name="Robin Vale",
        office=Office.CHIEF_EXECUTIVE,
        access=Access.OWNER,
    ).membership.user
    plan = create_plan(
        council=council,
        by=chief,
        election_day=kind.election_day,
        occasion=kind.occasion,
        control=kind.control,
        control_standing=ControlStanding.EXPECTED,
        formality=Formality.FORMAL,
        marking=Marking.OFFICIAL,  # so that emails say what is due
    ).show_all_stages()
    if has_order(kind):
        _save_order(plan, chief)
    save_interim(plan, version=0, by=chief, governance=kind.governance)
    before = record_composition(
        council=council,
        as_at=kind.election_day - dt.timedelta(days=60),
        composition=kind.composition,
        based_on=None,
        by=chief,
    )
    create_balance(
        composition=before,
        committees=[
            Committee("Planning", 11),
            Committee("Audit", 7),
            *([] if kind.type == CouncilType.COUNTY else [LICENSING]),
        ],
        by=chief,
    )
    _count(plan, kind, chief)
    _annual_council(plan, kind, chief)
    _vacancy_and_motion(plan, kind, chief)
    _register(plan, chief)
    return plan, chief


def _save_order(plan, by):
    day = plan.election_day
    save_order(
        plan,
        title="The Norvale (Structural Changes) Order 2026",
        dates={
            "notice_of_election": DateOfOrder(day - dt.timedelta(days=37), "9"),
            "annual_meeting": DateOfOrder(day + dt.timedelta(days=12), "11"),
        },
        others=[
            DateOfOrder(VESTING, "3", VESTING_DAY),
            DateOfOrder(day + dt.timedelta(days=90), "14", "Crematorium board is appointed"),
        ],
        state=state_of_order(plan),
        by=by,
    )


def _count(plan, kind, by):
    count = start_count(
        plan,
        by_wards=True,
        wards=[("Mill", 1)] if kind.seats_up == 1 else [("Mill", 3), ("Castle", 2)],
        groups=kind.not_up.items(),
        seats_up=kind.seats_up,
        vacant_not_up=kind.vacant_not_up,
        by=by,
    )
    ward = ElectionCount.objects.with_results().get(pk=count.pk).wards.all()[0]
    save_result(
        ward,
        status=WardResult.Status.DECLARED,
        seats={"Oak": ward.seats},
        version=ward.version,
        by=by,
    )


def _annual_council(plan, kind, by):
    rules = {"rule": VotingRule.ELIMINATE, "tie": TieRule.CASTING, "lowest_tie": TieRule.LOT}
    if not has_order(kind):  # which says who presides, if the law does not
        save_rules(plan, version=0, presiding=Presiding.CHAIR_LEFT, by=by, **rules)
    for office in offices_filled(kind.governance, CouncilKind(kind.type)):
        save_nominees(plan, office, version=0, names={}, new=["Ada Bell", "Jo Cole"], by=by)


def _vacancy_and_motion(plan, kind, by):
    arose_on = kind.election_day - dt.timedelta(days=30)
    add_vacancy(
        plan,
        ward="Mill",
        group="Ash",
        cause=VacancyCause.RESIGNATION,
        arose_on=arose_on,
        term_ends=arose_on + dt.timedelta(days=3 * 365),
        by=by,
    )
    if kind.governance is Governance.LEADER:
        add_motion(
            plan,
            received_on=arose_on,
            signed=9,
            needed=8,
            notice_days=7,
            state=MotionState.WITHDRAWN,
            by=by,
        )
    save_budget(plan, version=0, year=plan.election_day.year + 1, by=by)


def _register(plan, by):
    add_to_register(
        Issue, plan, kind=Issue.Kind.CRUNCH, words="The leisure contract", group="Ash", by=by
    )
    add_to_register(
        Agreement, plan, by=by, kind="other", manner="verbal", parties="Ash", covers="Chairs"
    )


def has_order(kind):
    return kind.occasion is Occasion.ORDER


# --- Reading --------------------------------------------------------------------------------------

PAGES = (
    "plan",
    "plan_dates",
    "plan_due",
    "plan_settings",
    "interim",
    "scenario_new",
    "election_night",
    "annual_council",
    "annual_council_rules",
    "budget",
    "vacancies",
    "control_changes",
    "control_change_new",
    "ways_of_working",
    "packs",
    "new_councillors",
    "pack_administration",
    "leaders_meetings",
)
PAGES_OF_COUNCIL = (
    "composition",
    "balance_new",
    "group_notices",
    "appointments",
    "appointment_new",
)
# Names of addresses with what is sent, where more than a button is needed.
FILES = (
    ("plan_dates_sheet", {}),
    ("interim_note", {}),
    ("interim_note", {"format": "word"}),
    ("election_night_pdf", {}),
    ("annual_council_script", {}),
    ("budget_download", {}),
    ("vacancy_note", {}),
    ("pack_before_poll", {"format": "word"}),
    ("pack_before_poll", {"format": "excel"}),
    ("pack_new_councillors", {}),
    ("pack_administration_download", {}),
    ("leaders_agenda", {}),
    ("action_plan_pdf", {"preset": "leaders"}),
    ("action_plan_word", {"scope": "whole"}),
    ("action_plan_excel", {"scope": "whole"}),
)
PROTOCOLS = ("negotiation", "costing", "pre-election", "support")
BALANCE_FILES = ("balance_pdf", "balance_word", "balance_excel")
# After a by-election, and where an order or the law of the City applies, there is no such period.
MAY_BE_MISSING = {"interim_note"}


def read_everything(plan, chief, outbox):
    """Return `{name: words}` of every page, document and email whose words depend on the kind."""
    client = signed_in(chief)
    read = {}
    for name in PAGES:
        read[name] = _words_of(client.get(reverse(name, args=[plan.pk])))
    for name in PAGES_OF_COUNCIL:
        read[name] = _words_of(client.get(reverse(name, args=[plan.council.slug])))
    calendar = client.get(reverse("plan_calendar_file", args=[plan.pk]))
    text = b"".join(calendar).decode()
    read["plan_calendar_file"] = re.sub(r"\r\n ", "", text).replace("\\", "")
    for name, data in FILES:
        response = client.post(reverse(name, args=[plan.pk]), data)
        if response.status_code != 200 and name in MAY_BE_MISSING:
            continue
        read[" ".join([name, *data.values()])] = _words_of(response)
    for protocol in PROTOCOLS:
        response = client.post(reverse("protocol_download", args=[plan.pk, protocol]))
        read[f"protocol {protocol}"] = _words_of(response)
    balance = PoliticalBalance.objects.get(council=plan.council)
    args = [plan.council.slug, balance.pk]
    read["balance"] = _words_of(client.get(reverse("balance", args=args)))
    for name in BALANCE_FILES:
        read[name] = _words_of(client.post(reverse(name, args=args)))
    send_due_digests(now=timezone.now())
    read["email"] = "\n".join(f"{each.subject} {each.body}" for each in outbox)
    return read


def _words_of(response):
    assert response.status_code == 200, (response.request["PATH_INFO"], response.status_code)
    kind = response.headers["Content-Type"]
    content = b"".join(response) if response.streaming else response.content
    if "wordprocessingml" in kind:
        return _words_of_word(content)
    if "spreadsheetml" in kind:
        return _words_of_excel(content)
    html = re.sub(r"<(style|script|svg)\b.*?</\1>", " ", content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def _words_of_word(content):
    document = Document(io.BytesIO(content))
    sections = [part for each in document.sections for part in (each.header, each.footer)]
    found = []
    for part in (document.element.body, *(each._element for each in sections)):
        for paragraph in part.iter(qn("w:p")):
            found.append("".join(text.text or "" for text in paragraph.iter(qn("w:t"))))
    return " ".join(" ".join(found).split())


def _words_of_excel(content):
    book = load_workbook(io.BytesIO(content), read_only=True)
    cells = [cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    return " | ".join(cell for cell in cells if isinstance(cell, str) and cell[:1] != "=")
