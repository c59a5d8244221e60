"""The order of business of the annual meeting: who presides at each point, and who has which vote.

The law settles the chair's election and what must come first; the rest is for the council's
standing orders and constitution. It is guidance for the monitoring officer to confirm.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from .interim import LGA_1972, LGA_2000, Governance, chair_may_be_mayor, has_borough_mayor
from .timetable import Certainty, CouncilKind

SCHEDULE_12 = f"{LGA_1972}, Schedule 12"


class CouncilOffice(StrEnum):
    """An office that the council fills by a vote at the meeting."""

    CHAIR = "chair"
    VICE_CHAIR = "vice-chair"
    LEADER = "leader"


class Presiding(StrEnum):
    """Who presides while the chair is elected."""

    CHAIR_MEMBER = "chair-member"
    CHAIR_LEFT = "chair-left"
    VICE_MEMBER = "vice-member"
    VICE_LEFT = "vice-left"
    CHOSEN = "chosen"


OUTGOING = {
    Presiding.CHAIR_MEMBER: "The outgoing chair, who is still a councillor",
    Presiding.CHAIR_LEFT: "The outgoing chair, who is no longer a councillor",
    Presiding.VICE_MEMBER: "The outgoing vice-chair, who is still a councillor",
    Presiding.VICE_LEFT: "The outgoing vice-chair, who is no longer a councillor",
    Presiding.CHOSEN: "A councillor chosen by the members present",
}


@dataclass(frozen=True, kw_only=True)
class BusinessItem:
    """One item of business.

    `words` say what happens, `said` is a suggestion for the person presiding, `tied` and `unfilled`
    say what follows equal votes and a vote that elects no one. `office` is what is filled, if any.
    """

    key: str
    title: str
    presides: str
    words: str
    source: str
    said: str = ""
    tied: str = ""
    unfilled: str = ""
    office: CouncilOffice | None = None
    certainty: Certainty = Certainty.BELIEVED


_MAYOR_FOR_CHAIR = (
    ("Chair of the council", "Mayor of the borough"),
    ("The chair and vice-chair of the council", "The mayor and deputy mayor of the borough"),
    ("outgoing vice-chair", "outgoing deputy mayor"),
    ("outgoing chair", "outgoing mayor"),
    ("The new chair", "The new mayor"),
    ("the chair is elected", "the mayor is elected"),
    ("for chair", "for mayor"),
    ("vice-chair or Leader", "Leader"),
    ("vice-chair or leader", "leader"),
    ("vice-chair and Leader", "Leader"),
    ("The chair can", "The mayor can"),
    ("The chair has", "The mayor has"),
)


_WHO_PRESIDES = (
    "Check the order for who presides until the chair is elected: if it does not say, the members "
    "present choose a councillor to preside"
)
# Words on outgoing officers, and what takes their place at the first meeting of an authority.
_WITHOUT_OUTGOING = (
    (
        "If the outgoing chair and the vice-chair are both absent, the members present choose a "
        "councillor to preside, not a member of the cabinet",
        _WHO_PRESIDES,
    ),
    (
        "If the outgoing chair and the vice-chair are both absent, the members present choose a "
        "councillor to preside",
        _WHO_PRESIDES,
    ),
    ("The outgoing chair stays in office until a successor can act. ", ""),
    (
        "The outgoing vice-chair holds office until immediately after the chair’s election. The "
        "new one makes",
        "The vice-chair makes",
    ),
)


def offices_filled(
    governance: Governance, council_type: CouncilKind | None
) -> tuple[CouncilOffice, ...]:
    """Return the offices that the council elects at the meeting, in order.

    The mayor of a London borough appoints the deputy. Under an elected mayor there is no Leader to
    elect.
    """
    offices = [CouncilOffice.CHAIR]
    if not has_borough_mayor(council_type, governance):
        offices.append(CouncilOffice.VICE_CHAIR)
    if governance is not Governance.MAYOR:
        offices.append(CouncilOffice.LEADER)
    return tuple(offices)


def casting_vote_of_chair_election(presiding: Presiding) -> str:
    """Say which votes the person presiding at the chair's election has."""
    if presiding in {Presiding.CHAIR_LEFT, Presiding.VICE_LEFT}:
        return (
            "The person presiding has no vote of their own. If votes are equal, they must give a "
            "casting vote."
        )
    return (
        "The person presiding can vote as a member. If votes are equal, they must also give a "
        "casting vote."
    )


def may_leave_tied(office: CouncilOffice) -> bool:
    """Return whether equal votes can end with no casting vote given, and so with no one elected.

    Not in the chair's election: the person presiding must give one (1972 Act, section 4(3)).
    """
    return office is not CouncilOffice.CHAIR


def order_of_business(
    governance: Governance,
    presiding: Presiding,
    council_type: CouncilKind | None,
    *,
    has_order: bool = False,
) -> tuple[BusinessItem, ...]:
    """Return the items of the meeting, in order.

    With `has_order`, the meeting follows an order, and may be the first of a new authority. It is
    if a councillor chosen by the members present presides: there is no outgoing chair.
    """
    is_borough_mayor = has_borough_mayor(council_type, governance)
    items = [
        _chair(presiding, governance, council_type),
        _acceptance(is_borough_mayor=is_borough_mayor),
        _DEPUTY_MAYOR if is_borough_mayor else _vice_chair(governance, council_type),
    ]
    items.append(_opening(has_order=has_order))
    items.append(_RESULTS)
    if governance is not Governance.MAYOR:
        items.append(_leader(governance))
    if governance is not Governance.COMMITTEES:
        items.append(_cabinet(governance))
    items += [_BALANCE, _appointments(governance), _outside_bodies(governance), _DELEGATION]
    if has_order and presiding is Presiding.CHOSEN:
        items = [_without_outgoing(item) for item in items]
    return tuple(map(_with_borough_mayor, items)) if is_borough_mayor else tuple(items)


def _without_outgoing(item: BusinessItem) -> BusinessItem:
    """Return the item as it is where there is no outgoing chair or vice-chair."""
    words, unfilled = item.words, item.unfilled
    for outgoing, without in _WITHOUT_OUTGOING:
        words, unfilled = words.replace(outgoing, without), unfilled.replace(outgoing, without)
    return replace(item, words=words, unfilled=unfilled)


def _with_borough_mayor(item: BusinessItem) -> BusinessItem:
    """Return the item with the mayor of a London borough in place of the chair."""
    return replace(
        item,
        presides=_mayor_for_chair(item.presides),
        words=_mayor_for_chair(item.words),
        tied=_mayor_for_chair(item.tied),
    )


def _mayor_for_chair(words: str) -> str:
    for chair, mayor in _MAYOR_FOR_CHAIR:
        words = words.replace(chair, mayor)
    return words


def words_for(words: str, governance: Governance, council_type: CouncilKind | None) -> str:
    """Return words about the chair and the Leader as they apply to this council.

    Under an elected mayor there is no Leader. A committee system has a leader by its constitution
    only. In a London borough without an elected mayor the words are about the mayor. The rule on
    equal votes at the chair's election is in section 4(3) of the 1972 Act; for London, in
    Schedule 2.
    """
    if council_type is CouncilKind.LONDON_BOROUGH:
        words = words.replace("section 4(3)", "Schedule 2, Part I")
    if governance is Governance.MAYOR:
        words = words.replace("vice-chair or Leader", "vice-chair")
    elif governance is Governance.COMMITTEES:
        words = words.replace("vice-chair or Leader", "vice-chair or leader")
    return _mayor_for_chair(words) if has_borough_mayor(council_type, governance) else words


def _chair(
    presiding: Presiding, governance: Governance, council_type: CouncilKind | None
) -> BusinessItem:
    is_london = council_type is CouncilKind.LONDON_BOROUGH
    provisions = "Schedule 2, Part I" if is_london else "sections 3 and 4"
    is_borough_mayor = has_borough_mayor(council_type, governance)
    chair = "mayor" if is_borough_mayor else "chair of the council"
    outgoing = "mayor" if is_borough_mayor else "chair"
    outside = "" if governance is Governance.COMMITTEES else ", not a member of the cabinet"
    if is_borough_mayor:
        absent = (
            "If the outgoing mayor is absent, the deputy mayor presides if still a councillor and "
            "chosen by the members present. Otherwise they choose another councillor to preside"
        )
    else:
        absent = (
            "If the outgoing chair and the vice-chair are both absent, the members present choose "
            "a councillor to preside"
        )
    styled = ""
    if not is_london and chair_may_be_mayor(council_type, governance):
        styled = " In a borough or city that has one, the chair is the mayor."
    return BusinessItem(
        key="chair",
        title=f"Election of the {chair}",
        presides=OUTGOING[presiding],
        words="This is the first business of the meeting. The council elects one of its "
        f"councillors{outside}.{styled} {casting_vote_of_chair_election(presiding)} "
        f"{absent}{outside}.",
        said=f"I invite nominations for {chair} for the coming year. Is each one seconded? I now "
        "put the nominations to the vote.",
        tied="The person presiding must give a casting vote.",
        unfilled=f"The outgoing {outgoing} stays in office until a successor can act. The council "
        "should not move on to other business: take the monitoring officer’s advice on further "
        "nominations or an adjournment.",
        source=f"{LGA_1972}, {provisions}, and Schedule 12, paragraph 5",
        office=CouncilOffice.CHAIR,
        certainty=Certainty.VERIFIED,
    )


def _acceptance(*, is_borough_mayor: bool) -> BusinessItem:
    chair = "mayor" if is_borough_mayor else "chair"
    return BusinessItem(
        key="acceptance",
        title="Declaration of acceptance of office",
        presides=f"The new {chair}, once the declaration is made",
        words=f"The new {chair} makes the declaration before acting in the office, and presides "
        "from here on. The form of words is prescribed: the proper officer has it.",
        source=f"{LGA_1972}, section 83",
        certainty=Certainty.VERIFIED,
    )


_CHAIR_VOTES = (
    "The chair can vote as a member, and has a second or casting vote if votes are equal."
)


def _vice_chair(governance: Governance, council_type: CouncilKind | None) -> BusinessItem:
    is_london = council_type is CouncilKind.LONDON_BOROUGH
    outside = "" if governance is Governance.COMMITTEES else ", not a member of the cabinet"
    if not governance:
        outside += " if it has one"
    provisions = "Schedule 2, paragraph 5H, section 83" if is_london else "sections 5 and 83"
    return BusinessItem(
        key="vice-chair",
        title="Appointment of the vice-chair",
        presides="The new chair",
        words=f"The council appoints one of its members{outside}. {_CHAIR_VOTES} The outgoing "
        "vice-chair holds office until immediately after the chair’s election. The new one makes a "
        "declaration of acceptance before acting.",
        said="I invite nominations for vice-chair of the council for the coming year.",
        tied="The chair has a second or casting vote.",
        unfilled="The council still has to appoint a vice-chair: take further nominations, now or "
        "at another meeting.",
        source=f"{LGA_1972}, {provisions}, and Schedule 12, paragraph 39",
        office=CouncilOffice.VICE_CHAIR,
        certainty=Certainty.VERIFIED,
    )


_DEPUTY_MAYOR = BusinessItem(
    key="vice-chair",
    title="Deputy mayor",
    presides="The new mayor",
    words="In a London borough the mayor may appoint a councillor as deputy mayor, not a member of "
    "the cabinet if there is one. The mayor tells the council of the appointment in writing, and "
    "the minutes record it.",
    source=f"{LGA_1972}, Schedule 2, paragraphs 5 and 5A",
    certainty=Certainty.VERIFIED,
)


def _opening(*, has_order: bool) -> BusinessItem:
    if_any = ", if there has been one" if has_order else ""
    return BusinessItem(
        key="opening",
        title="Apologies, interests, minutes and announcements",
        presides="The new chair",
        words="Apologies and declarations of interest, then the minutes of the last meeting"
        f"{if_any}, which the person presiding signs. Check your standing orders for the order.",
        said="Are there any declarations of interest in the business of this meeting?",
        source=f"Localism Act 2011, section 31, and {SCHEDULE_12}, paragraph 41",
        certainty=Certainty.VERIFIED,
    )


_RESULTS = BusinessItem(
    key="results",
    title="Election results and political groups",
    presides="The new chair",
    words="The council notes the results of the election, and the groups of which the proper "
    "officer has had notice. A group needs at least 2 members and a signed notice.",
    said="The council is asked to note the results and the political groups as reported.",
    source="Local Government (Committees and Political Groups) Regulations 1990, regulation 8",
    certainty=Certainty.VERIFIED,
)


def _leader(governance: Governance) -> BusinessItem:
    leader, title = "Leader", "Election of the Leader"
    if governance is Governance.COMMITTEES:
        leader, title = "leader", "Election of a leader, if the constitution has one"
        words = (
            "Under a committee system the law gives a leader no power to decide. If the "
            "constitution has the office, it says how it is filled."
        )
        unfilled = "There is no leader yet. Check your constitution for what follows."
        source = f"{LGA_2000}, section 9B, and {SCHEDULE_12}, paragraph 39"
    else:
        words = (
            "The council elects the Leader as its executive arrangements provide. Check your "
            "constitution for the term, if it sets one, and for whether the Leader is elected at "
            "this meeting."
        )
        unfilled = (
            "There is no Leader yet. Check your constitution for who takes executive decisions "
            "meanwhile, and whether the council votes again, adjourns or calls another meeting."
        )
        source = f"{LGA_2000}, sections 9C and 9I, and {SCHEDULE_12}, paragraph 39"
    return BusinessItem(
        key="leader",
        title=title,
        presides="The new chair",
        words=f"{words} {_CHAIR_VOTES}",
        said=f"I invite nominations for {leader} of the council. Is each nomination seconded? I "
        "now put the nominations to the vote.",
        tied="The chair has a second or casting vote. If your standing orders settle ties by "
        "drawing lots, take the monitoring officer’s advice before the meeting on how that fits "
        "with the casting vote in paragraph 39.",
        unfilled=unfilled,
        source=source,
        office=CouncilOffice.LEADER,
        certainty=Certainty.VERIFIED,
    )


def _cabinet(governance: Governance) -> BusinessItem:
    is_mayor = governance is Governance.MAYOR
    leader = "elected mayor" if is_mayor else "Leader"
    deputy = "deputy mayor" if is_mayor else "deputy leader"
    return BusinessItem(
        key="cabinet",
        title="Cabinet",
        presides="The new chair",
        words=f"The {leader} appoints the cabinet, which has 2 to 9 other members, and a {deputy} "
        "from among them. The chair and vice-chair of the council cannot be members. "
        f"These are the {leader}’s appointments: the council notes them. Political balance does "
        "not apply.",
        said=f"I invite the {leader} to report the appointments to the cabinet.",
        source=f"{LGA_2000}, sections 9C and 9GC and Schedule A1",
        certainty=Certainty.VERIFIED,
    )


_BALANCE = BusinessItem(
    key="balance",
    title="Political balance",
    presides="The new chair",
    words="At the meeting, or as soon as practicable after it, the council reviews how seats on "
    "its committees are allocated to the groups, and decides the allocation. An allocation that "
    "departs from political balance needs a vote with no member voting against, and notice.",
    said="The council is asked to agree the allocation of seats in the report.",
    tied="The chair has a second or casting vote.",
    source="Local Government and Housing Act 1989, sections 15 and 17; Local Government "
    "(Committees and Political Groups) Regulations 1990, regulation 20",
    certainty=Certainty.VERIFIED,
)
_DELEGATION = BusinessItem(
    key="delegation",
    title="Scheme of delegation, calendar of meetings and other business",
    presides="The new chair",
    words="The council agrees the part of the scheme of delegation that is for it to agree, and "
    "its calendar. Apart from the business that an Act requires at this meeting, and urgent "
    "business that standing orders allow, only what the summons specifies can be done.",
    source=f"{SCHEDULE_12}, paragraph 4(5)",
    certainty=Certainty.VERIFIED,
)


def _appointments(governance: Governance) -> BusinessItem:
    cabinet = (
        ""
        if governance is Governance.COMMITTEES
        else "A member of the cabinet cannot be a member of an overview and scrutiny committee. "
    )
    source = (
        "Local Government and Housing Act 1989, section 16; Local Government (Committees and "
        "Political Groups) Regulations 1990, regulation 16"
    )
    return BusinessItem(
        key="appointments",
        title="Appointments to committees",
        presides="The new chair",
        words="The council appoints the members that each group has named for its seats. It also "
        f"fills the seats left for members in no group. {cabinet}Check your constitution for who "
        "elects the chairs of committees.",
        said="The council is asked to appoint the members named by the groups.",
        source=f"{source}; {LGA_2000}, section 9FA" if cabinet else source,
        certainty=Certainty.VERIFIED,
    )


def _outside_bodies(governance: Governance) -> BusinessItem:
    executive = (
        ""
        if governance is Governance.COMMITTEES
        else "Other appointments may be for the executive. "
    )
    return BusinessItem(
        key="outside-bodies",
        title="Appointments to outside bodies",
        presides="The new chair",
        words="Political balance applies to some bodies, such as joint committees, if the council "
        f"fills at least 3 of their seats. {executive}Check the rules of each body and your "
        "constitution. Take a separate vote on each contested seat.",
        tied="The chair has a second or casting vote.",
        source="Local Government and Housing Act 1989, Schedule 1, paragraphs 1 and 2, and "
        f"{SCHEDULE_12}, paragraph 39",
        certainty=Certainty.VERIFIED,
    )
