"""The four protocols with the points to settle in each, and suggested wording.

The wording is ours. `codes` are the points of the guidance it follows and `source` is the law, if
any, that it rests on. It is the same for every group and names none. Words in square brackets are
for the council to complete; {notice}, {period} and {poll} are filled from the dates of the plan.
"""

from collections.abc import Mapping
from dataclasses import dataclass

PUBLICITY_CODE = "Code of Recommended Practice on Local Authority Publicity (2011)"
LGA_1986 = "Local Government Act 1986"
LGHA_1989 = "Local Government and Housing Act 1989"
OPEN_WORDS = ("[", "]")


@dataclass(frozen=True, kw_only=True)
class ProtocolPoint:
    """One point to settle. `key` is unique in its protocol and is stored with the answer.

    `under_order` is suggested in place of `suggestion` for an election under an order: before its
    first election an authority has no councillors and no groups.
    """

    key: str
    title: str
    prompt: str
    suggestion: str
    codes: tuple[str, ...] = ()
    source: str = ""
    under_order: str = ""


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """A protocol to agree with the groups.

    `when` says by when it is best agreed; `is_before_poll` is whether that is before the poll.
    `when_under_order` says it for an election under an order, before which there are no groups.
    """

    key: str
    title: str
    purpose: str
    when: str
    points: tuple[ProtocolPoint, ...]
    is_before_poll: bool = True
    when_under_order: str = ""

    def point(self, key: str) -> ProtocolPoint:
        return next(point for point in self.points if point.key == key)


def suggested(point: ProtocolPoint, days: Mapping[str, str], *, has_order: bool = False) -> str:
    """Return the suggested wording, with `days`: see `wording.days_of`."""
    words = point.under_order if has_order and point.under_order else point.suggestion
    return words.format_map(days)


NEGOTIATION = Protocol(
    key="negotiation",
    title="Negotiation protocol",
    purpose="How officers support the groups while they negotiate.",
    when="Best agreed by every group leader before the notice of election.",
    when_under_order="Best shown to every party and independent candidate before the notice of "
    "election, and agreed by the group leaders after the poll.",
    points=(
        ProtocolPoint(
            key="offer",
            title="The same offer to every group",
            prompt="What is offered, to which groups, and from which day?",
            suggestion="From the declaration of the last result, the council offers every "
            "political group the same support: a room, factual briefings, and advice from the "
            "officers named in this protocol. A group may take up as much of the offer as it "
            "wishes. The offer does not depend on the size of the group or on who it is talking "
            "to.",
            codes=("NOC-11.2", "NOC-11.3"),
        ),
        ProtocolPoint(
            key="contact",
            title="Who the groups contact",
            prompt="Which officer receives requests, and who acts if the chief executive is also "
            "the returning officer?",
            suggestion="Group leaders send requests to the chief executive or, if the chief "
            "executive is absent, to the [head of democratic services]. Until the last result is "
            "declared, the [deputy chief executive] takes this role if the chief executive is also "
            "the returning officer. Councillors do not ask other officers for help with "
            "negotiations.",
            codes=("NOC-11.3",),
        ),
        ProtocolPoint(
            key="facts",
            title="Facts and figures",
            prompt="Who may ask, how quickly is a request answered, and is the answer shared?",
            suggestion="A group leader, or a councillor the leader has named, may ask for facts "
            "and figures. Officers aim to answer within [1 working day]. Facts about the council "
            "that any group could use are sent to every group leader at the same time. Advice on "
            "a group’s own proposal is given to that group only. If groups ask together, the "
            "answer goes to those groups.",
            codes=("NOC-05.1", "COMP-01.3"),
        ),
        ProtocolPoint(
            key="meetings",
            title="Officers at meetings between groups",
            prompt="When do officers attend, who decides, and what do they do there?",
            suggestion="Negotiations are for councillors. An officer attends only if every group "
            "at the meeting has agreed, and only to answer questions of fact, law or finance. "
            "Officers do not propose or recommend terms, and leave when the groups wish to talk "
            "alone.",
            codes=("NOC-11.3", "NOC-14.3"),
        ),
        ProtocolPoint(
            key="broker",
            title="If talks stall",
            prompt="May officers offer to help the groups talk, and would councillor peers help?",
            suggestion="If talks stall, the chief executive may offer all the groups concerned a "
            "meeting with a neutral chair, or support from councillor peers arranged through the "
            "Local Government Association. It is for the groups to accept or decline.",
            codes=("NOC-11.3",),
        ),
        ProtocolPoint(
            key="drafting",
            title="Written agreements",
            prompt="Who drafts an agreement, and what do officers check?",
            suggestion="Any agreement between groups is for the groups to write. If they ask, the "
            "monitoring officer says whether it is consistent with the law and the constitution, "
            "and the section 151 officer says what its proposals would cost. Neither advises on "
            "whether it should be made. Officers treat it as confidential until the groups publish "
            "it.",
            codes=("NOC-11.4", "COMP-03.1"),
        ),
        ProtocolPoint(
            key="confidence",
            title="Confidence and records",
            prompt="What is kept confidential, what is written down, and what are the limits in "
            "law?",
            suggestion="Officers do not tell one group what another has asked or said. The "
            "council keeps a record of the support that was offered and given to each group, so "
            "that it can show that they were treated alike. Confidence has limits: the council "
            "must answer requests under freedom of information and data protection law as they "
            "require.",
            codes=("NOC-16.2",),
            source="Freedom of Information Act 2000, section 1",
        ),
        ProtocolPoint(
            key="media",
            title="Statements to the media",
            prompt="Who speaks for the council while the groups negotiate, and on what?",
            suggestion="Groups speak for themselves. While they negotiate, the council’s own "
            "statements are limited to facts about services, the results and the date of annual "
            "council, and are made in the name of the [chief executive]. The council does not "
            "comment on negotiations.",
            codes=("NOC-17.1",),
            source=f"{LGA_1986}, section 2",
        ),
        ProtocolPoint(
            key="end",
            title="When this protocol ends",
            prompt="When does it end, and how is a concern about it raised?",
            suggestion="This protocol applies until the end of annual council, or [another day]. A "
            "group leader who is concerned that it has not been followed tells the monitoring "
            "officer, who answers in writing within [2 working days].",
            codes=("NOC-13.2",),
        ),
    ),
)

COSTING = Protocol(
    key="costing",
    title="Protocol for costing pledges",
    purpose="What officers will cost for a group before the poll, in confidence, and until when.",
    when="Best agreed before groups finish writing their manifestos.",
    when_under_order="Best agreed before the parties and independent candidates finish writing "
    "their manifestos.",
    points=(
        ProtocolPoint(
            key="offer",
            title="The same offer to every group",
            prompt="Which groups may ask, and is there an offer for candidates outside the groups?",
            suggestion="Every political group on the council may ask officers to cost its own "
            "proposals. The offer, the limits and the last day are the same for each. Other "
            "registered parties and independent candidates may ask for information that the "
            "council publishes or would release to anyone.",
            under_order="[The parties and independent candidates that] may ask officers to cost "
            "their own proposals. In this protocol each of them is called a group, and the person "
            "who makes its requests is its leader. The offer, the limits and the last day are the "
            "same for each. Others may ask for information that the council publishes or would "
            "release to anyone.",
            codes=("NOC-05.1",),
        ),
        ProtocolPoint(
            key="scope",
            title="What officers will cost",
            prompt="What kinds of proposal, and how many? What will officers not do?",
            suggestion="Officers cost up to [5] proposals for each group, if the council has the "
            "power to carry them out. They say what a proposal would cost or save in each of the "
            "next "
            "[3] years, the main assumptions and legal constraints, and how sure they are. They "
            "do not write proposals, suggest savings to pay for them, say whether they are wise, "
            "or cost another group’s proposals.",
            codes=("NOC-05.1",),
        ),
        ProtocolPoint(
            key="request",
            title="How a group asks",
            prompt="Who asks, which officer, and in what form?",
            suggestion="The group leader sends each request in writing to the section 151 "
            "officer, with enough detail to cost it. Officers may ask the group to explain a "
            "request. Other officers who are needed to answer are told only what they need to "
            "know.",
            codes=("NOC-05.1",),
        ),
        ProtocolPoint(
            key="time",
            title="How long it takes, and the last day",
            prompt="How many days does an answer take, and what is the last day for requests?",
            suggestion="Officers aim to answer within [10 working days], in the order in which "
            "requests arrive. The last day for requests is [date], so that answers are given "
            "before the notice of election on {notice}. A request that arrives later is not "
            "costed.",
            codes=("NOC-05.1",),
        ),
        ProtocolPoint(
            key="signed",
            title="Who signs the figures",
            prompt="Who is responsible for the figures?",
            suggestion="The section 151 officer signs every costing. It is the officer’s "
            "professional estimate on the day it is signed, and it will be recalculated before "
            "any decision of the council.",
            codes=("NOC-05.1",),
            source="Local Government Act 1972, section 151",
        ),
        ProtocolPoint(
            key="confidence",
            title="Confidence",
            prompt="Who sees a request and its answer, and what are the limits in law?",
            suggestion="A request and its answer are seen only by the group and by the officers "
            "who prepare it. Officers do not tell other groups that it was made. The council "
            "cannot promise that a request under the Freedom of Information Act 2000 would be "
            "refused; it would ask the group for its views before it answered one.",
            codes=("NOC-05.1", "NOC-16.2"),
            source="Freedom of Information Act 2000, sections 1, 36 and 41",
        ),
        ProtocolPoint(
            key="same_question",
            title="If 2 groups ask the same question",
            prompt="Do both receive the same figures, without learning about each other?",
            suggestion="Groups that ask the same question receive the same figures and "
            "assumptions. Neither is told that the other asked. If officers correct a figure, "
            "they correct it for every group that was given it.",
            codes=("NOC-05.1",),
        ),
        ProtocolPoint(
            key="use",
            title="How a group may use the figures",
            prompt="May a group quote the figures, and may it say that officers support them?",
            suggestion="A group may use the figures as its own. It may say that officers were "
            "asked to cost a proposal, and must quote the figures with their main assumptions. It "
            "does not say or suggest that officers or the council support the proposal. If "
            "figures are quoted wrongly in public, the section 151 officer tells that group’s "
            "leader first.",
            codes=("NOC-05.1", "NOC-14.3"),
            source=f"{LGA_1986}, section 2",
        ),
    ),
)

PRE_ELECTION = Protocol(
    key="pre-election",
    title="Pre-election protocol",
    purpose="What the council publishes and does before the poll, and what every candidate can "
    "expect of it.",
    when="Best agreed before the pre-election period, which begins no later than the notice of "
    "election.",
    points=(
        ProtocolPoint(
            key="period",
            title="When the period begins and ends",
            prompt="On which day does it begin? It can begin before the notice of election.",
            suggestion="The pre-election period begins on {period}, no later than the notice of "
            "election, and ends when the polls close on {poll}. The council’s business continues "
            "throughout.",
            codes=("NOC-07.1",),
            source=f"{PUBLICITY_CODE}, paragraphs 33 and 34",
        ),
        ProtocolPoint(
            key="publicity",
            title="Publicity",
            prompt="What will the council not publish, and who decides in doubtful cases?",
            suggestion="At no time does the council publish material that appears designed to "
            "affect public support for a political party. During the period it also publishes "
            "nothing on controversial issues, nothing that reports views or proposals in a way "
            "that identifies them with individual councillors or groups, and nothing about "
            "individuals involved directly in the election unless the law provides for it. It may "
            "publish facts, including the names, parties and wards or divisions of candidates. The "
            "monitoring officer decides in doubtful cases.",
            codes=("NOC-07.1",),
            source=f"{LGA_1986}, sections 2 and 4; {PUBLICITY_CODE}, paragraphs 33 to 35",
        ),
        ProtocolPoint(
            key="speaks",
            title="Who speaks for the council",
            prompt="Who is quoted, and what happens in an emergency?",
            suggestion="The council’s statements are made in the name of a senior officer. In an "
            "emergency, or where the council’s position needs a councillor to explain it, a "
            "councillor may speak on the facts; the [monitoring officer] agrees to this first.",
            codes=("NOC-07.1",),
            source=f"{LGA_1986}, section 2",
        ),
        ProtocolPoint(
            key="social",
            title="Websites and social media",
            prompt="What happens to council accounts, councillors’ pages and comments by others?",
            suggestion="The council’s accounts follow the rules on publicity. They do not share "
            "posts by candidates, parties or groups. Comments by others on the council’s pages "
            "may be hidden or closed for the period. Councillors use their own accounts for "
            "campaigning, not those of the council.",
            codes=("NOC-07.1",),
            source=f"{PUBLICITY_CODE}, paragraph 33",
        ),
        ProtocolPoint(
            key="premises",
            title="Premises, visits and meetings",
            prompt="How can candidates use council premises, visit services or be photographed?",
            suggestion="Requests to visit council premises or services as a candidate go to the "
            "[head of communications] and are answered alike for every candidate. Council "
            "premises and staff are not used for campaign pictures. The right in law of "
            "candidates to use rooms in schools and publicly funded meeting rooms for public "
            "meetings is not affected: they arrange it with the authority or body that maintains "
            "the room.",
            codes=("NOC-07.1",),
            source="Representation of the People Act 1983, section 96",
        ),
        ProtocolPoint(
            key="candidates",
            title="Information for candidates and agents",
            prompt="What can a candidate who is not a councillor ask for, and are answers shared?",
            suggestion="Candidates put questions about the election to the returning officer’s "
            "staff, and questions about the council to the [head of democratic services]. Every "
            "candidate may have what the council publishes or would release to anyone. Where an "
            "answer could help others, it is sent to every candidate’s agent. Councillors who are "
            "candidates receive what they need as councillors, for that purpose only.",
            codes=("NOC-07.1",),
        ),
        ProtocolPoint(
            key="decisions",
            title="Decisions and meetings",
            prompt="Which decisions wait until after the poll, and which cannot?",
            suggestion="Meetings and decisions that are needed continue. Officers consider with "
            "the [group leaders] whether a decision that is likely to be controversial "
            "can be taken before the period or after the poll. Consultations are not launched "
            "during the period unless the law requires it or a delay would harm the public "
            "interest.",
        ),
        ProtocolPoint(
            key="resources",
            title="Council resources",
            prompt="What may not be used for campaigning?",
            suggestion="Councillors do not use council email, equipment, printing, rooms or staff "
            "time for party political purposes or campaigning. This follows the council’s code of "
            "conduct for members and applies at all times.",
            codes=("NOC-04.1",),
            source="Localism Act 2011, sections 27 and 28",
        ),
        ProtocolPoint(
            key="staff",
            title="Officers in politically restricted posts",
            prompt="Who is reminded of what, and by when?",
            suggestion="Before the period begins, the monitoring officer reminds officers in "
            "politically restricted posts of the limits on their political activity, and all "
            "staff that they are impartial at work. Councillors do not ask officers to take part "
            "in campaigning.",
            codes=("NOC-04.1", "NOC-14.3"),
            source=f"{LGHA_1989}, sections 1 and 2; Local Government Officers (Political "
            "Restrictions) Regulations 1990",
        ),
        ProtocolPoint(
            key="concerns",
            title="How a concern is raised",
            prompt="Who decides whether this protocol was followed, and how fast?",
            suggestion="A councillor, candidate or agent who is concerned about something the "
            "council has published or done tells the monitoring officer, who answers within [1 "
            "working day]. Complaints about the conduct of the election go to the returning "
            "officer, and allegations of an offence to the police.",
            codes=("NOC-04.1",),
        ),
    ),
)

SUPPORT = Protocol(
    key="support",
    title="Officer support to groups",
    purpose="What each group can expect of officers in the months after the poll, and its limits.",
    when="Best agreed with every group leader before or soon after annual council.",
    is_before_poll=False,
    points=(
        ProtocolPoint(
            key="impartial",
            title="Political impartiality",
            prompt="What do impartial officers do, and not do, for any group?",
            suggestion="Officers serve the whole council. They advise every group, whether or not "
            "it is part of the administration, and give their advice honestly to each. They do "
            "not help a group with party political business, and do not compare the groups’ "
            "policies.",
            codes=("NOC-14.3", "ROLE-04.1"),
            source=f"{LGHA_1989}, sections 1 and 2, on politically restricted posts",
        ),
        ProtocolPoint(
            key="meetings",
            title="Officers at group meetings",
            prompt="When may officers attend a meeting of a group, and on what terms?",
            suggestion="A group may ask the chief executive for a factual briefing. At least [2] "
            "officers attend, for their item only, and leave before the group discusses what it "
            "will do. The same briefing is offered to every group. What a group says in its "
            "meeting is not passed on.",
            codes=("NOC-14.2", "NOC-16.2"),
        ),
        ProtocolPoint(
            key="briefings",
            title="Briefings for every group",
            prompt="Which briefings are offered regularly, by which officer and how often?",
            suggestion="The chief executive offers each group leader a meeting every [month]. The "
            "section 151 officer offers every group the same briefing on the financial position "
            "within [2 weeks] of the poll and again before the budget. What is offered to each "
            "group is recorded.",
            codes=("NOC-05.2", "NOC-17.2"),
        ),
        ProtocolPoint(
            key="information",
            title="Access to information",
            prompt="How does a councillor ask for information, and who decides what they need?",
            suggestion="Councillors have rights in law to see documents of the council and its "
            "committees, and of the executive if there is one. A councillor may also see other "
            "information that they need to do their work as a councillor. They say why they need "
            "it; a wish to look through files is not enough. The head of the service decides, and "
            "the monitoring officer in cases of doubt. Confidential information must be kept "
            "confidential.",
            codes=("NOC-14.1",),
            source="Local Government Act 1972, section 100F; Local Authorities (Executive "
            "Arrangements) (Meetings and Access to Information) (England) Regulations 2012, "
            "regulations 16 and 17; the common-law “need to know” principle",
        ),
        ProtocolPoint(
            key="requests",
            title="Requests for work",
            prompt="Who may ask for new work, and what happens if it is more than officers can do?",
            suggestion="Group leaders and committee chairs may ask chief officers for facts and "
            "for help with motions and amendments. Officers help any group to put an amendment in "
            "good order, and the section 151 officer says whether a budget amendment is lawful "
            "and balanced. Work that takes more than [half a day] is agreed with the chief "
            "executive, who treats the groups alike.",
            codes=("NOC-14.2", "NOC-25.6"),
        ),
        ProtocolPoint(
            key="rooms",
            title="Rooms, equipment and staff",
            prompt="What does each group receive, and how does it change with the size of a group?",
            suggestion="Each group has a room or the use of one, and the same equipment and "
            "clerical help for council business in proportion to its members. The council reviews "
            "this after each change in the size of groups. Nothing provided by the council is "
            "used for party political purposes.",
            codes=("NOC-14.2",),
            source="Localism Act 2011, sections 27 and 28, on the code of conduct",
        ),
        ProtocolPoint(
            key="assistants",
            title="Political assistants",
            prompt="Does the council have these posts, and what follows from the new size of "
            "groups?",
            suggestion="[The council has no posts of political assistant.] If the council creates "
            "them, its standing orders provide for them and a post is first allocated to each "
            "group that qualifies. No group can have more than one post, and the council no more "
            "than 3. After the poll the monitoring officer tells every group which of them qualify "
            "and when any current appointment ends. Other officers do not do the work of a "
            "political assistant.",
            codes=("NOC-14.2",),
            source=f"{LGHA_1989}, section 9",
        ),
        ProtocolPoint(
            key="surprises",
            title="No surprises",
            prompt="What do officers and groups tell each other in advance?",
            suggestion="Officers tell the leaders of all groups about significant news of the "
            "council at the same time, where they can, and the councillors for a ward or "
            "division about news of it. Groups try to give notice of motions, amendments and "
            "public criticism of a service, so that facts can be checked.",
            codes=("NOC-16.2", "NOC-17.2"),
        ),
        ProtocolPoint(
            key="concerns",
            title="If something goes wrong",
            prompt="How is a concern about an officer or a councillor raised?",
            suggestion="A councillor who is concerned about an officer tells the chief executive, "
            "not the officer’s staff or the media. An officer who is concerned about a councillor "
            "tells their director or the monitoring officer. Group leaders help to settle "
            "concerns about members of their group informally where they can.",
            codes=("NOC-24.3",),
        ),
    ),
)

PROTOCOLS = (NEGOTIATION, COSTING, PRE_ELECTION, SUPPORT)
BY_KEY = {protocol.key: protocol for protocol in PROTOCOLS}
