"""The content of email updates; the command `send_digests` decides when to send them.

An update says no more than the person can see in the plan, and never the text of notes or comments.
"""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Exists, OuterRef, Q
from django.template.loader import render_to_string
from django.utils import timezone

from assessments.addresses import address
from assessments.comments.models import Comment, Mention
from assessments.comments.threads import place_of
from assessments.development.models import CheckInPart, DevelopmentShare
from assessments.for_you.waiting import WaitingKind, of_kind, waiting_for
from assessments.notices.models import Notice
from assessments.plans.models import (
    DUE_SOON_DAYS,
    Event,
    Marking,
    Plan,
    PlanItem,
)
from assessments.printing.text import printable
from assessments.words import day_in_words, within_sentence
from councils.digests import stop_path
from councils.models import DigestFrequency

from .access import plans_to_tell_of

SHOWN = 10  # lines under each heading; the rest are counted
AT_MOST = {
    DigestFrequency.AT_ONCE: "once a week",
    DigestFrequency.DAILY: "once a day",
    DigestFrequency.WEEKLY: "once a week",
}


# The headings about a member's own actions that are due; the email says which those are.
DUE = "Your overdue actions", f"Your actions due in the next {DUE_SOON_DAYS} days"


@dataclass(frozen=True)
class DigestHeading:
    """A heading of an update, how many things are under it, and lines for the first of them."""

    name: str
    count: int
    lines: tuple[str, ...]

    @classmethod
    def of(cls, name, things, line):
        return cls(name, len(things), tuple(line(thing) for thing in things[:SHOWN]))

    @property
    def unshown(self):
        return self.count - len(self.lines)


@dataclass(frozen=True)
class PlanNews:
    """What is new in one plan. `says_words` is False if only numbers can be emailed."""

    plan: Plan
    link: str
    headings: tuple[DigestHeading, ...]

    @property
    def says_words(self):
        return self.plan.marking != Marking.OFFICIAL_SENSITIVE


def digest_for(user, *, now):
    """Return the email update for `user`, ready to send, or None if there is nothing to report.

    It covers the time since the previous update, or one period if there was none.
    """
    frequency = DigestFrequency(user.digest_frequency)
    since = user.digest_sent_at
    if since is None or since > now:  # none yet, or sent by a clock that was wrong
        since = now - dt.timedelta(days=frequency.days)
    plans, waiting = plans_to_tell_of(user), waiting_for(user)
    news = [news_of(plan, user, waiting, since=since, now=now) for plan in plans]
    news = [each for each in news if each.headings]
    private = private_lines(user, waiting, since=since)
    decisions = tuple(_link_line(item) for item in waiting if item.kind is WaitingKind.CONFIRMATION)
    if not news and not decisions and not private:
        return None
    stop = settings.SITE_URL + stop_path(user)
    context = {
        "user": user,
        "news": news,
        "has_due": any(each.name in DUE for plan in news for each in plan.headings),
        "decisions": decisions,
        "decisions_heading": WaitingKind.CONFIRMATION.value,
        "private": private,
        "private_link": settings.SITE_URL + address("development"),
        "at_most": AT_MOST[frequency],
        "stop": stop,
    }
    return EmailMessage(
        subject="Your transition planner update",
        body=printable(render_to_string("assessments/digests/email.txt", context)),
        to=[user.email],
        headers={
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )


def news_of(plan, user, waiting, *, since, now):
    """Return the PlanNews of `plan`, which was fetched for `user`.

    `waiting` is what needs their answer, of all plans. At most three queries.
    """
    headings = _of_member(plan, user, since=since, now=now) if plan.membership_id else []
    for kind in WaitingKind:
        found = of_kind(waiting, kind, plan)
        if kind is not WaitingKind.COMMENT:
            headings.append(DigestHeading.of(kind.value, found, lambda item: item.line))
        elif plan.grant_id:
            headings.append(DigestHeading.of("Comments to answer", found, _link_line))
    if plan.grant_id:
        given = Notice.objects.filter(user=user, kind=Notice.Kind.ACCESS, plan=plan, at__gt=since)
        headings.append(DigestHeading.of("Access given to you", given, _access_line))
    link = settings.SITE_URL + address("plan", plan.pk)
    return PlanNews(plan, link, tuple(heading for heading in headings if heading.count))


def private_lines(user, waiting, *, since):
    """Return what others share with them privately and is new, one line each, with no content."""
    lines = [
        f"Check-in to answer, {within_sentence(item.line)}"
        for item in waiting
        if item.kind is WaitingKind.CHECK_IN
    ]
    shares = DevelopmentShare.objects.live().filter(reader=user, shared_at__gt=since)
    lines += [
        f"{share.record.person.name} has shared a private document with you"
        for share in shares.select_related("record__person")
    ]
    seen = CheckInPart.objects.seen_by(user).filter(
        Q(shown_at__gt=since) | Q(check_in__parts__shown_at__gt=since)
    )
    names = seen.values_list("person__name", flat=True).distinct().order_by("person__name")
    return [*lines, *(f"You and {name} can now read your check-in" for name in names)]


def _of_member(plan, user, *, since, now):
    """Return the headings about a member's actions, and about comments for them."""
    today = timezone.localdate(now)
    items = (
        PlanItem.objects.live()
        .on(plan)
        .open()
        .for_member(plan.membership_id, plan.office)
        .filter(due__lte=today + dt.timedelta(days=DUE_SOON_DAYS))
        .with_everything()
        .by_due()
    )
    overdue = [item for item in items if item.due < today]
    coming = [item for item in items if item.due >= today]

    comments = _meant_for(plan, user, since)
    mentions = [comment for comment in comments if comment.mentions_them]
    replies = [comment for comment in comments if not comment.mentions_them]

    def line(item):
        return _item_line(item, plan)

    return [
        DigestHeading.of(DUE[0], overdue, line),
        DigestHeading.of(DUE[1], coming, line),
        DigestHeading.of("Newly assigned to you", _given(plan, user, since), line),
        DigestHeading.of("Comments that mention you", mentions, _comment_line),
        DigestHeading.of("Replies to your comments", replies, _comment_line),
    ]


def _given(plan, user, since):
    """Return open items that someone else assigned to them since then."""
    events = Event.objects.filter(item=OuterRef("pk"), at__gt=since, changes__field="owner")
    items = PlanItem.objects.live().on(plan).open().filter(owner=plan.membership_id)
    return list(items.filter(Exists(events.exclude(by=user))).with_everything().by_due())


def _meant_for(plan, user, since):
    """Return unread comments that mention them, or that follow one of theirs in an open thread.

    `mentions_them` tells which.
    """
    told = Mention.objects.filter(comment=OuterRef("pk"), membership=plan.membership_id)
    theirs = Comment.objects.shown().filter(thread=OuterRef("thread"), author=user)
    comments = Comment.objects.on(plan).unseen_by(user).annotate(mentions_them=Exists(told))
    is_reply = Q(Exists(theirs), thread__resolved_at=None)
    return list(
        comments.filter(Q(mentions_them=True) | is_reply, at__gt=since).select_related(
            "author", "thread__step"
        )
    )


def _item_line(item, plan):
    due = f" (due {day_in_words(item.due)})" if item.due else ""
    return f"Step {item.step.number}: {item.words(plan.term)}{due}"


def _access_line(notice):
    return f"By {notice.by.name}, on {day_in_words(timezone.localdate(notice.at))}"


def _comment_line(comment):
    link = settings.SITE_URL + place_of(comment.thread)
    return f"From {comment.author.name}, on step {comment.thread.step.number}: {link}"


def _link_line(item):
    return f"{item.line}: {settings.SITE_URL}{item.url}"
