"""The demo's protocols: two agreed before the poll, one still a draft, one not started."""

import datetime as dt

from assessments.demo_story import moment_of

from .actions import save_agreement, save_protocol
from .suggestions import COSTING, NEGOTIATION, SUPPORT, suggested
from .wording import days_of

# What Riverdale put in place of the words in square brackets.
COMPLETED = {
    "[head of democratic services]": "head of democratic services",
    "[deputy chief executive]": "director of resources",
    "[1 working day]": "1 working day",
    "[2 working days]": "2 working days",
    "[10 working days]": "10 working days",
    "[another day]": "3 weeks after the poll, if that is earlier",
    "[chief executive]": "chief executive",
    "[5]": "5",
    "[3]": "3",
}
# Days from election day on which the groups agreed.
AGREED = ((COSTING, -90), (NEGOTIATION, -50))
LAST_DAY_FOR_REQUESTS = -58
LEFT_OUT = "assistants"


def seed_protocols(plan, groups, *, by):
    """Save and agree two protocols with `groups`, and save one as a draft."""
    day, days = plan.election_day, days_of(plan)
    last_day = day + dt.timedelta(days=LAST_DAY_FOR_REQUESTS)
    completed = COMPLETED | {"[date]": f"{last_day:%-d %B %Y}"}
    for protocol, agreed in AGREED:
        agreed_on = day + dt.timedelta(days=agreed)
        yield moment_of(agreed_on - dt.timedelta(days=4), "13:30")
        answers = {}
        for point in protocol.points:
            words = suggested(point, days)
            for blank, answer in completed.items():
                words = words.replace(blank, answer)
            answers[point.key] = (words, False)
        found = save_protocol(plan, protocol, version=0, answers=answers, by=by)
        yield moment_of(agreed_on, "16:45")
        save_agreement(found, version=1, agreed_on=agreed_on, groups=groups, by=by)
    yield moment_of(day - dt.timedelta(days=46), "10:50")
    answers = {
        point.key: (suggested(point, days), point.key == LEFT_OUT) for point in SUPPORT.points
    }
    save_protocol(plan, SUPPORT, version=0, answers=answers, by=by)
