"""Find the pages of a plan by their names, or by what else people call them."""

from django.urls import reverse

from assessments.plans.models import Plan
from councils.models import User
from frameworks.search import words_in

from .access import NavigationLink, link_of, may_open
from .places import PLACES

# Other names of the pages in the second rows, by route, and what can be done on them.
ALSO_CALLED = {
    "plan": "plan home, steps and stages",
    "plan_officers": "owners, responsibilities",
    "plan_open": "tasks, checklist",
    "plan_for_you": "to do, today, overdue",
    "plan_dates": "timetable, election day, deadlines, summons, pre-election period",
    "plan_calendar": "calendar feed, Outlook",
    "interim": "interim arrangements, the gap between election and annual council",
    "composition": "seats, groups, majority, no overall control, political control",
    "election_night": "results, declarations, wards",
    "annual_council": "order of business, votes, election of the Leader, chair or mayor",
    "balances": "proportionality, committee seats, allocation of seats",
    "group_notices": "nominations, group leaders, committee members, outside bodies",
    "scenarios": "what if, expected results",
    "parity": "information given to groups, equal information, requests of groups",
    "register": "register of agreements, agreement, red lines, crunch issues, early wins",
    "rounds": "review of joint working, coalition review, components, questionnaire",
    "budget": "budget amendments, council tax",
    "vacancies": "by-elections, motion of no confidence",
    "ways_of_working": "protocols with the groups, negotiation, costing of pledges, pre-election, "
    "agreement on how officers and groups work",
    "advice": "advice, ask an adviser, questions to advisers, answers",
    "action_plan": "download, PDF, Word committee report, Excel action log, CSV, one-page summary",
    "packs": "pack before the poll, workbook, group leaders, day one, new councillors, incoming "
    "administration, leaders’ meeting, acceptance of office, declarations, register of interests, "
    "agenda",
    "stage_review": "reviewers, concerns, receipts, statements",
    "snapshots": "versions, compare",
    "comparison": "other councils, benchmark, quartiles, share counts",
    "plan_history": "changes, audit trail, record, what advisers viewed",
    "people": "people and access, members, invitations, invite, deputy, deputies",
    "plan_advisers": "adviser access, log of what advisers viewed or looked at",
    "council_data": "export, retention, erase, personal data",
    "restricted_texts": "confidential notes, readers",
    "plan_comments": "threads, mentions",
    "plan_settings": "election day, marking, term for the coalition, stage 2, edition of guidance",
    "plan_next": "archive, next election",
}
# Pages that belong to the person: no plan and no council is in their address.
OWN_PAGES = (
    (NavigationLink("Check-ins", "check_ins"), "Development", "check-in with the Leader"),
    (NavigationLink("Development record", "development"), "Development", "ratings, standards"),
)
# Pages of a plan that are not in a second row: everyone who can see the plan can open them.
OTHER_PAGES = (
    (NavigationLink("Advice", "advice"), "Plan", "questions to advisers, ask an adviser"),
)
SMALL_WORDS = {"a", "an", "and", "at", "for", "in", "of", "on", "or", "the", "to", "what", "with"}


def pages_named(query: str, plan: Plan, user: User) -> list[tuple[NavigationLink, str]]:
    """Return the pages whose names have all words of `query`, each with the name of its place.

    `plan` is as its reader fetched it. Pages that the reader cannot open are left out; no query.
    """
    asked = [word for word in words_in(query) if word not in SMALL_WORDS]
    if not asked:
        return []
    found = [
        (link_of(section, plan, plan.council, path="", is_current=False), place.name)
        for place in PLACES
        for section in place.sections
        if _has(asked, section.label, ALSO_CALLED.get(section.route, ""), place.name)
        and may_open(section, plan, plan, user, is_near=False)
    ]
    other = [
        (NavigationLink(page.label, reverse(page.url, args=[plan.pk])), place)
        for page, place, words in OTHER_PAGES
        if _has(asked, page.label, words, place)
    ]
    own = [
        (NavigationLink(page.label, reverse(page.url)), place)
        for page, place, words in OWN_PAGES
        if _has(asked, page.label, words, place)
    ]
    return found + other + own


def _has(asked: list[str], *names: str) -> bool:
    """Return whether each word asked for begins a word of the names."""
    words = words_in(" ".join(names))
    return all(any(word.startswith(each) for word in words) for each in asked)
