"""Comments: what people say about items and steps, what each has seen, and what they took back."""

import datetime as dt
import io

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from openpyxl import load_workbook

from assessments.comments.actions import (
    TooLate,
    edit_comment,
    remove_comment,
    reply,
    resolve_thread,
    start_thread,
)
from assessments.comments.models import Comment, Mention, Thread
from assessments.exports.drawing import Drawing
from assessments.exports.excel import render_workbook
from assessments.exports.report import Options, report_for
from assessments.exports.scope import Scope
from assessments.plans.actions import remove_item
from assessments.plans.models import Event
from councils import permissions
from councils.models import Membership
from tests.acting import (
    HTMX,
    by_id,
    error_links,
    fresh,
    item_url,
    own_item,
    signed_in,
    step_url,
    text_of,
    tree_of,
    words,
)

PAGE_AND_HTMX = pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
NOON = dt.datetime(2027, 5, 18, 11, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def client(officer):
    return signed_in(officer)


def comments_url(item):
    return item_url(item, "item_comments")


def thread_url(thread):
    return reverse("thread", args=[thread.plan_id, thread.pk])


def about(item, by, text="Is this agreed?", tell=()):
    """A thread on an item, begun by someone."""
    item = fresh(item)
    return start_thread(item.plan, item.step, item=item, by=by, text=text, tell=tell).thread


def member(user):
    return Membership.objects.select_related("user").get(user=user)


def unseen(plan, user):
    return Comment.objects.filter(thread__plan=plan).unseen_by(user).count()


# --- Saying something -----------------------------------------------------------------------------


@PAGE_AND_HTMX
def test_a_comment_begins_a_thread_on_an_item(client, item, officer, chief, headers):
    data = {"text": "Who tells\r\nthe groups?", "tell": [member(chief).pk]}
    response = client.post(comments_url(item), data, headers=headers)
    comment = Comment.objects.get()
    assert (comment.author, comment.text, comment.at) == (officer, "Who tells\nthe groups?", NOON)
    assert (comment.thread.item, comment.thread.step) == (item, item.step)
    assert [mention.membership.user for mention in comment.mentions.all()] == [chief]
    if headers:
        assert response.status_code == 200
        found = by_id(response)
        assert "Who tells the groups?" in words(found[f"thread-{comment.thread_id}"])
        assert "For Chief" in words(found[f"thread-{comment.thread_id}"])
        assert f"item-{item.pk}-comments-new" in found  # an empty box for the next
        assert found[f"item-{item.pk}-comments-new-text"].text.strip() == ""
    else:
        assert response.url == f"{comments_url(item)}#thread-{comment.thread_id}"
    event = Event.objects.first()
    assert (event.kind, event.item, event.by) == ("comment-added", item, officer)
    assert {c.field: c.after for c in event.changes.all()} == {
        "comment": "Who tells\nthe groups?",
        "told": "Chief",
    }


@PAGE_AND_HTMX
def test_a_step_as_a_whole_can_be_commented_on(client, plan, officer, headers):
    url = step_url(plan, 13, "step_comments")
    response = client.post(url, {"text": "Ready?"}, headers=headers)
    assert response.status_code == (200 if headers else 302)
    thread = Thread.objects.get()
    assert (thread.item, thread.step.number) == (None, 13)
    assert Event.objects.first().detail == "step 13"
    assert "1 comment" in text_of(client.get(step_url(plan, 13)))
    assert "Ready?" in text_of(client.get(url))
    assert "Ready?" not in text_of(client.get(step_url(plan, 14, "step_comments")))


@PAGE_AND_HTMX
def test_a_reply_stands_in_its_thread(client, item, officer, chief, headers):
    thread = about(item, chief)
    response = client.post(thread_url(thread), {"text": "Yes."}, headers=headers)
    assert response.status_code == (200 if headers else 302)
    assert list(thread.comments.values_list("text", flat=True)) == ["Is this agreed?", "Yes."]
    if headers:
        found = by_id(response)
        assert "Yes." in words(found[f"thread-{thread.pk}"])
        assert f"item-{item.pk}-comments" not in found  # nothing else is redrawn
    assert Event.objects.first().kind == "comment-added"


@PAGE_AND_HTMX
@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"text": ""}, "Enter a comment"),
        ({"text": " \r\n "}, "Enter a comment"),
        ({}, "Enter a comment"),
        ({"text": "x" * 4001}, "The comment must be 4,000 characters or fewer"),
        ({"text": "Hello", "tell": ["x"]}, "Choose people from the list"),
        ({"text": "Hello", "tell": ["9" * 40]}, "Choose people from the list"),
        ({"text": "a\0b"}, "Null characters are not allowed."),
    ],
)
def test_what_cannot_be_said_comes_back_with_the_reason(client, item, headers, data, message):
    response = client.post(comments_url(item), data, headers=headers)
    assert response.status_code == 422
    assert not Thread.objects.exists()
    found = by_id(response)
    dom = f"item-{item.pk}-comments-new"
    slot = "tell" if "tell" in data else "text"
    assert words(found[f"{dom}-error-{slot}"]) == f"Error: {message}"
    if data.get("text", "").strip():
        typed = found[f"{dom}-text"].text.removeprefix("\n")
        assert typed == data["text"].replace("\0", "\ufffd")
    if not headers and slot == "text":
        assert error_links(response) == [(message, f"{dom}-text")]


def test_a_line_break_counts_as_one_character_however_it_is_sent(client, item):
    text = "\r\n".join(["x" * 99] * 40)  # 40 lines of 99 and 39 breaks: 3,999
    assert client.post(comments_url(item), {"text": text}).status_code == 302
    assert len(Comment.objects.get().text) == 3999


@PAGE_AND_HTMX
def test_a_refused_reply_keeps_its_words_and_opens(client, item, chief, headers):
    thread = about(item, chief)
    response = client.post(thread_url(thread), {"text": "y" * 5000}, headers=headers)
    assert response.status_code == 422
    found = by_id(response)
    assert found[f"thread-{thread.pk}-text"].text.strip() == "y" * 5000
    assert thread.comments.count() == 1


def test_someone_of_another_council_cannot_be_told(client, item, stranger):
    data = {"text": "Hello", "tell": [member(stranger).pk]}
    assert client.post(comments_url(item), data).status_code == 422
    assert not Mention.objects.exists()


def test_whoever_left_cannot_be_told_and_oneself_is_not_offered(client, item, officer, chief):
    Membership.objects.filter(user=chief).update(ended_at=NOON)
    form = by_id(client.get(comments_url(item)))
    offered = [words(e) for id_, e in form.items() if "tell_" in id_]
    assert offered == []
    for who in (chief, officer):
        data = {"text": "Hello", "tell": [member(who).pk]}
        assert client.post(comments_url(item), data).status_code == 422


def test_what_is_typed_is_shown_as_text(client, item, chief):
    about(item, chief, "<script>alert(1)</script> & {{ x }}")
    page = client.get(comments_url(item))
    assert "<script>alert(1)</script> & {{ x }}" in text_of(page)
    assert b"<script>alert" not in page.content


# --- Resolve and reopen ---------------------------------------------------------------------------


@PAGE_AND_HTMX
def test_a_thread_is_resolved_and_taken_up_again(client, item, officer, chief, headers):
    thread = about(item, chief)
    client.post(thread_url(thread), {"text": "", "resolve": "1"}, headers=headers)
    thread.refresh_from_db()
    assert (thread.resolved_at, thread.resolved_by) == (NOON, officer)
    assert Event.objects.first().kind == "thread-resolved"
    page = client.get(comments_url(item))
    assert "Resolved by Officer at 12:00 on 18 May 2027" in text_of(page)
    # A second press leaves no second event.
    client.post(thread_url(thread), {"resolve": "1"}, headers=headers)
    assert Event.objects.filter(kind="thread-resolved").count() == 1
    client.post(thread_url(thread), {"reopen": "1"}, headers=headers)
    thread.refresh_from_db()
    assert (thread.resolved_at, thread.resolved_by) == (None, None)
    assert Event.objects.first().kind == "thread-reopened"
    assert thread.comments.count() == 1


def test_what_was_typed_before_pressing_resolve_is_said(client, item, chief):
    thread = about(item, chief)
    client.post(thread_url(thread), {"text": "Done.", "resolve": "1"})
    thread.refresh_from_db()
    assert thread.is_resolved
    assert thread.comments.last().text == "Done."


def test_a_reply_to_what_a_colleague_has_just_resolved_is_not_lost(client, item, chief):
    thread = about(item, chief)
    resolve_thread(thread, by=chief)
    response = client.post(thread_url(thread), {"text": "One more thing"}, headers=HTMX)
    assert "One more thing" in text_of(response)
    assert Thread.objects.get().is_resolved


def test_a_thread_is_resolved_by_someone_or_not_at_all(item, chief):
    thread = about(item, chief)
    with pytest.raises(IntegrityError), transaction.atomic():
        Thread.objects.filter(pk=thread.pk).update(resolved_at=NOON)


# --- Putting right and taking back ----------------------------------------------------------------


def one_url(comment, name):
    return reverse(name, args=[comment.thread.plan_id, comment.pk])


def test_ones_own_comment_can_be_put_right_for_a_quarter_of_an_hour(client, item, officer, clock):
    comment = about(item, officer, "Teh vote").comments.get()
    clock.shift(dt.timedelta(minutes=14))
    url = one_url(comment, "comment_edit")
    assert url in client.get(comments_url(item)).content.decode()
    assert client.post(url, {"text": "The vote"}).status_code == 302
    comment.refresh_from_db()
    assert comment.text == "The vote"
    assert "edited" in text_of(client.get(comments_url(item)))
    event = Event.objects.first()
    assert event.kind == "comment-edited"
    assert event.changes.get().before == "Teh vote"
    clock.shift(dt.timedelta(minutes=2))
    late = client.post(url, {"text": "The votes"})
    assert late.status_code == 409
    assert "The votes" in text_of(late)  # what was typed is not lost
    comment.refresh_from_db()
    assert comment.text == "The vote"
    assert url not in client.get(comments_url(item)).content.decode()
    with pytest.raises(TooLate):
        edit_comment(comment, text="The votes", by=officer)


def test_a_comment_edited_to_nothing_stays_as_it_was(client, item, officer):
    comment = about(item, officer).comments.get()
    for data in ({"text": ""}, {}):
        assert client.post(one_url(comment, "comment_edit"), data).status_code == 422
    comment.refresh_from_db()
    assert comment.text == "Is this agreed?"


def test_ones_own_comment_can_be_taken_back_and_leaves_its_place(client, item, officer, clock):
    thread = about(item, officer, "Thoughtless words")
    comment = thread.comments.get()
    clock.shift(dt.timedelta(minutes=25))
    url = one_url(comment, "comment_remove")
    assert "Thoughtless words" in text_of(client.get(url))
    assert client.post(url).status_code == 302
    page = text_of(client.get(comments_url(item)))
    assert "Thoughtless" not in page
    assert "Removed" in page
    event = Event.objects.first()
    assert event.kind == "comment-removed"
    assert event.changes.get().before == "Thoughtless words"
    # It is gone for its author too, and cannot be edited back.
    assert client.post(url).status_code == 404
    assert client.post(one_url(comment, "comment_edit"), {"text": "x"}).status_code == 404


def test_nobody_changes_what_another_said(item, officer, chief, reviewer):
    comment = about(item, officer).comments.get()
    for user in (chief, reviewer):
        for name in ("comment_edit", "comment_remove"):
            for ask in (signed_in(user).get, signed_in(user).post):
                assert ask(one_url(comment, name), {"text": "Mine now"}).status_code == 403
    comment.refresh_from_db()
    assert comment.text == "Is this agreed?"


# --- What one has not seen ------------------------------------------------------------------------


def test_what_others_said_is_news_until_it_is_shown(client, plan, item, officer, chief):
    thread = about(item, chief)
    reply(thread, text="Anyone?", by=chief)
    assert (unseen(plan, officer), unseen(plan, chief)) == (2, 0)
    row = by_id(client.get(step_url(plan, 13)))[f"item-{item.pk}-comments"]
    assert words(row).startswith("2 comments")
    assert words(row).endswith("2 new")
    assert "2 you have not seen" in text_of(client.get(plan.get_absolute_url()))
    # The pages that only count have shown nothing.
    assert unseen(plan, officer) == 2
    shown = client.get(comments_url(item), headers=HTMX)
    assert text_of(shown).count("New ") == 3  # two comments, and "New thread"
    assert unseen(plan, officer) == 0
    assert text_of(client.get(comments_url(item), headers=HTMX)).count("New ") == 1
    reply(thread, text="Hello?", by=chief)
    assert unseen(plan, officer) == 1
    assert "Nothing you have not seen" in text_of(signed_in(chief).get(plan.get_absolute_url()))


def test_looking_only_at_the_head_of_the_page_shows_nothing(client, plan, item, officer, chief):
    about(item, chief)
    client.head(comments_url(item))
    assert unseen(plan, officer) == 1


def test_what_was_taken_back_is_no_news(plan, item, officer, chief):
    thread = about(item, chief)
    remove_comment(thread.comments.get(), by=chief)
    assert unseen(plan, officer) == 0


def test_ones_own_words_hide_nobody_elses(client, plan, item, officer, chief):
    thread = about(item, chief)
    reply(thread, text="Mine", by=officer)
    assert unseen(plan, officer) == 1


def test_everything_can_be_marked_as_seen_at_once(client, plan, item, officer, chief, reviewer):
    for n in range(3):
        about(item, chief, f"Words {n}")
    assert client.post(reverse("comments_seen", args=[plan.pk])).status_code == 302
    assert (unseen(plan, officer), unseen(plan, reviewer)) == (0, 3)
    assert not Event.objects.filter(by=officer).exists()


# --- All of a plan --------------------------------------------------------------------------------


def listed(client, plan, show):
    page = client.get(reverse("plan_comments", args=[plan.pk]), {"show": show})
    return [words(li) for li in tree_of(page).iter("li") if li.get("class") == "app-line"]


def test_the_list_of_all_and_its_four_parts(client, plan, item, officer, chief):
    elsewhere = plan.items.filter(step__number=14).first()
    first = about(item, chief, "First")
    second = about(elsewhere, chief, "Second", tell=[member(officer)])
    third = about(item, officer, "Third")
    resolve_thread(second, by=chief)
    reply(first, text="First again", by=officer)
    latest, other = listed(client, plan, "open")
    assert "First again" in latest
    assert "Third" in other
    (mine,) = listed(client, plan, "mine")
    assert "Second" in mine
    assert "resolved" in mine
    (resolved,) = listed(client, plan, "resolved")
    assert "Second" in resolved
    assert len(listed(client, plan, "unseen")) == 2
    client.get(comments_url(item))
    (left,) = listed(client, plan, "unseen")
    assert "Second" in left
    assert third.comments.count() == 1


def test_the_list_has_pages(client, plan, item, chief):
    for n in range(26):
        about(item, chief, f"Words {n}")
    assert len(listed(client, plan, "open")) == 25
    url = reverse("plan_comments", args=[plan.pk])
    for page, last in (("2", "Words 0"), ("x", "Words 1"), ("9" * 30, "Words 0"), ("-1", "Words")):
        assert last in text_of(client.get(url, {"page": page}))
    assert client.get(url, {"show": "everything"}).status_code == 404


# --- Who may --------------------------------------------------------------------------------------


def test_a_reviewer_comments_though_they_change_nothing(item, reviewer):
    client = signed_in(reviewer)
    assert client.post(comments_url(item), {"text": "Have you thought of …"}).status_code == 302
    thread = Thread.objects.get()
    assert client.post(thread_url(thread), {"resolve": "1"}).status_code == 302
    assert Thread.objects.get().is_resolved


def test_without_the_right_one_reads_and_is_offered_no_box(monkeypatch, item, reviewer, chief):
    monkeypatch.setitem(
        permissions.ALLOWED, "reviewer", {permissions.Right.VIEW, permissions.Right.EXPORT}
    )
    thread = about(item, chief)
    client = signed_in(reviewer)
    page = client.get(comments_url(item))
    assert "Is this agreed?" in text_of(page)
    assert not list(tree_of(page).iter("form"))
    assert client.post(comments_url(item), {"text": "x"}).status_code == 403
    assert client.post(thread_url(thread), {"text": "x"}).status_code == 403


def test_a_thread_is_found_in_its_own_plan_alone(client, item, chief, stranger, their_plan):
    thread = about(item, chief)
    theirs = about(their_plan.items.first(), stranger)
    url = reverse("thread", args=[item.plan_id, theirs.pk])
    assert client.post(url, {"text": "x"}).status_code == 404
    assert client.post(thread_url(theirs), {"text": "x"}).status_code == 404
    assert signed_in(stranger).post(thread_url(thread), {"text": "x"}).status_code == 404
    assert Comment.objects.count() == 2


def test_a_removed_item_keeps_what_was_said_about_it(client, plan, chief):
    own = own_item(plan, by=chief)
    about(own, chief)
    remove_item(fresh(own), version=1, by=chief)
    assert "Is this agreed?" in text_of(client.get(comments_url(own)))


# --- In exports, if asked -------------------------------------------------------------------------


def test_comments_leave_with_an_export_only_if_asked(plan, item, officer, chief):
    thread = about(item, chief, tell=[member(officer)])
    reply(thread, text="Yes.", by=officer)
    remove_comment(reply(thread, text="Oh no", by=officer), by=officer)
    resolve_thread(thread, by=officer)
    step = fresh(item).step
    start_thread(plan, step, text="About the whole step", by=chief)
    today = NOON.date()
    assert "Is this agreed?" not in str(report_for(plan, today=today))
    report = report_for(plan, options=Options(comments=True), today=today)
    (step,) = [step for step in report.steps if step.number == 13]
    assert [c.text for d in step.discussions for c in d.comments] == ["About the whole step"]
    (discussion,) = step.items[0].discussions
    assert discussion.is_resolved
    assert [(c.who, c.text, c.told) for c in discussion.comments] == [
        ("Chief", "Is this agreed?", ("Officer",)),
        ("Officer", "Yes.", ()),
    ]
    assert report.contents_in_words.endswith("with notes, with comments")
    sheet = load_workbook(io.BytesIO(render_workbook(report)))["Comments"]
    assert [[cell.value for cell in row[2:]] for row in sheet.iter_rows(min_row=2)] == [
        ["Chief", "12:00 on 18 May 2027", "About the whole step", None, "Open"],
        ["Chief", "12:00 on 18 May 2027", "Is this agreed?", "Officer", "Resolved"],
        ["Officer", "12:00 on 18 May 2027", "Yes.", None, "Resolved"],
    ]
    summary = report_for(
        plan, scope=Scope.parse("summary"), options=Options(comments=True), today=today
    )
    assert "Is this agreed?" not in str(summary)


def test_talk_makes_no_new_version_of_the_plan(plan, item, chief):
    before = report_for(plan, today=NOON.date()).version
    resolve_thread(about(item, chief), by=chief)
    assert report_for(plan, today=NOON.date()).version == before


def test_the_pdf_draws_comments_only_if_asked(plan, item, chief):
    about(item, chief, "Shall we\nwait?")
    for wanted in (True, False):
        report = report_for(plan, options=Options(comments=wanted), today=NOON.date())
        context = vars(Drawing.of(report))
        html = render_to_string("assessments/exports/print/_actions.html", context)
        assert ("<b>Chief</b>, 18 May 2027, 12:00: Shall we\nwait?" in html) == wanted


def test_the_page_asks_whether_to_take_comments_along(client, plan, item, chief):
    about(item, chief)
    page = client.get(reverse("action_plan", args=[plan.pk]))
    assert "checked" not in by_id(page)["id_comments"].attrib
    url = reverse("action_plan_excel", args=[plan.pk])
    assert client.post(url, {"scope": "whole", "comments": "1"}).status_code == 200
    assert Event.objects.first().detail.endswith("without notes, with comments")


@PAGE_AND_HTMX
def test_an_adviser_replies_but_does_not_resolve_or_reopen(plan, item, chief, adviser, headers):
    thread = start_thread(plan, item.step, item=item, text="Well?", by=chief).thread
    client = signed_in(adviser)
    address = reverse("thread", args=[plan.pk, thread.pk])
    page = client.get(comments_url(item)).content.decode()
    assert "Reply" in page
    assert 'name="resolve"' not in page
    reply_to = {"text": "Yes"}
    assert client.post(address, reply_to, headers=headers).status_code in {200, 302}
    for move in ("resolve", "reopen"):
        data = {move: "1", "text": "And so"}
        assert client.post(address, data, headers=headers).status_code == 403
    thread.refresh_from_db()
    assert thread.resolved_at is None
    assert not Comment.objects.filter(text="And so").exists()
    resolve_thread(thread, by=chief)
    assert 'name="reopen"' not in client.get(comments_url(item)).content.decode()
    assert client.post(address, {"reopen": "1"}, headers=headers).status_code == 403
    assert 'name="reopen"' in signed_in(chief).get(comments_url(item)).content.decode()
