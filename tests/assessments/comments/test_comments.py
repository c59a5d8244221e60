"""Comments: what people say about items and steps, what each has seen, and what they took back."""

import datetime as dt
import io

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from model_bakery import baker
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
from assessments.data_protection.actions import purge_plan
from assessments.exports.drawing import Drawing
from assessments.exports.excel import render_workbook
from assessments.exports.report import ExportOptions, report_for
from assessments.exports.scope import Scope
from assessments.plans.actions import remove_item
from assessments.plans.models import Event, Plan
from assessments.words import moment_in_words
from councils import permissions
from councils.models import Membership
from frameworks.models import Framework, Stage, Step
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
def test_a_comment_starts_a_thread_on_an_item(client, item, officer, chief, headers):
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
        assert "Mentions Chief" in words(found[f"thread-{comment.thread_id}"])
        assert f"item-{item.pk}-comments-new" in found  # an empty form for another
        assert found[f"item-{item.pk}-comments-new-text"].text.strip() == ""
        count = found[f"item-{item.pk}-comments-count"]
        assert (words(count), count.get("data-hx-swap-oob")) == ("1 comment", "true")
        assert count.get("id") in by_id(client.get(comments_url(item), headers=HTMX))
    else:
        place = f"{comments_url(item)}?thread={comment.thread_id}#thread-{comment.thread_id}"
        assert response.url == place
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
def test_a_reply_is_shown_in_its_thread_and_counted(client, item, officer, chief, headers):
    thread = about(item, chief)
    response = client.post(thread_url(thread), {"text": "Yes."}, headers=headers)
    assert response.status_code == (200 if headers else 302)
    assert list(thread.comments.values_list("text", flat=True)) == ["Is this agreed?", "Yes."]
    if headers:
        found = by_id(response)
        assert "Yes." in words(found[f"thread-{thread.pk}"])
        assert f"item-{item.pk}-comments" not in found  # only the count is redrawn as well
        assert words(found[f"item-{item.pk}-comments-count"]) == "2 comments"
    assert Event.objects.first().kind == "comment-added"


@PAGE_AND_HTMX
@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"text": ""}, "Enter a comment"),
        ({"text": " \r\n "}, "Enter a comment"),
        ({}, "Enter a comment"),
        ({"text": "x" * 4001}, "The comment must be 4,000 characters or fewer"),
        ({"text": "Hello", "tell": ["x"]}, "Select people from the list"),
        ({"text": "Hello", "tell": ["9" * 40]}, "Select people from the list"),
        ({"text": "a\0b"}, "Null characters are not allowed"),
    ],
)
def test_an_invalid_comment_is_returned_with_the_reason(client, item, headers, data, message):
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
def test_a_refused_reply_keeps_its_text_in_an_open_form(client, item, chief, headers):
    thread = about(item, chief)
    response = client.post(thread_url(thread), {"text": "y" * 5000}, headers=headers)
    assert response.status_code == 422
    found = by_id(response)
    assert found[f"thread-{thread.pk}-text"].text.strip() == "y" * 5000
    assert thread.comments.count() == 1


def test_a_member_of_another_council_cannot_be_mentioned(client, item, stranger):
    data = {"text": "Hello", "tell": [member(stranger).pk]}
    assert client.post(comments_url(item), data).status_code == 422
    assert not Mention.objects.exists()


def test_former_members_and_oneself_cannot_be_mentioned(client, item, officer, chief):
    Membership.objects.filter(user=chief).update(ended_at=NOON)
    form = by_id(client.get(comments_url(item)))
    offered = [words(e) for id_, e in form.items() if "tell_" in id_]
    assert offered == []
    for who in (chief, officer):
        data = {"text": "Hello", "tell": [member(who).pk]}
        assert client.post(comments_url(item), data).status_code == 422


def test_typed_markup_is_shown_as_text(client, item, chief):
    about(item, chief, "<script>alert(1)</script> & {{ x }}")
    page = client.get(comments_url(item))
    assert "<script>alert(1)</script> & {{ x }}" in text_of(page)
    assert b"<script>alert" not in page.content


# --- Resolve and reopen ---------------------------------------------------------------------------


@PAGE_AND_HTMX
def test_a_thread_is_resolved_and_reopened(client, item, officer, chief, headers):
    thread = about(item, chief)
    client.post(thread_url(thread), {"text": "", "resolve": "1"}, headers=headers)
    thread.refresh_from_db()
    assert (thread.resolved_at, thread.resolved_by) == (NOON, officer)
    assert Event.objects.first().kind == "thread-resolved"
    page = client.get(comments_url(item))
    assert "Resolved by Officer at midday on 18 May 2027" in text_of(page)
    # A second press leaves no second event.
    client.post(thread_url(thread), {"resolve": "1"}, headers=headers)
    assert Event.objects.filter(kind="thread-resolved").count() == 1
    client.post(thread_url(thread), {"reopen": "1"}, headers=headers)
    thread.refresh_from_db()
    assert (thread.resolved_at, thread.resolved_by) == (None, None)
    assert Event.objects.first().kind == "thread-reopened"
    assert thread.comments.count() == 1


def test_text_typed_before_resolving_is_added_as_a_comment(client, item, chief):
    thread = about(item, chief)
    client.post(thread_url(thread), {"text": "Done.", "resolve": "1"})
    thread.refresh_from_db()
    assert thread.is_resolved
    assert thread.comments.last().text == "Done."


def test_a_reply_reopens_a_thread_that_a_colleague_has_just_resolved(client, item, chief):
    thread = about(item, chief)
    resolve_thread(thread, by=chief)
    response = client.post(thread_url(thread), {"text": "One more thing"}, headers=HTMX)
    assert "One more thing" in text_of(response)
    assert not Thread.objects.get().is_resolved
    kinds = list(Event.objects.values_list("kind", flat=True)[:2])
    assert kinds == ["thread-reopened", "comment-added"]


@pytest.mark.parametrize("move", ["resolve", "reopen"])
def test_an_adviser_comments_but_does_not_resolve_or_reopen(plan, item, chief, granted, move):
    adviser = granted(plan, "talker", may_comment=True).adviser
    thread = about(item, chief)
    if move == "reopen":
        resolve_thread(thread, by=chief)
    client, before = signed_in(adviser), Thread.objects.get().is_resolved
    page = client.get(comments_url(item))
    assert f'name="{move}"' not in page.content.decode()
    assert client.post(thread_url(thread), {"text": "Yes", move: "1"}).status_code == 403
    assert (Thread.objects.get().is_resolved, thread.comments.count()) == (before, 1)
    assert client.post(thread_url(thread), {"text": "I would"}).status_code == 302


def test_a_thread_is_resolved_by_someone_or_not_at_all(item, chief):
    thread = about(item, chief)
    with pytest.raises(IntegrityError), transaction.atomic():
        Thread.objects.filter(pk=thread.pk).update(resolved_at=NOON)


# --- Editing and removing -------------------------------------------------------------------------


def one_url(comment, name):
    return reverse(name, args=[comment.thread.plan_id, comment.pk])


def test_ones_own_comment_can_be_edited_for_15_minutes(client, item, officer, clock):
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


def test_ones_own_comment_can_be_removed_and_leaves_a_mark(client, item, officer, clock):
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


def test_no_one_changes_the_comment_of_another_person(item, officer, chief, reviewer):
    comment = about(item, officer).comments.get()
    for user in (chief, reviewer):
        for name in ("comment_edit", "comment_remove"):
            for ask in (signed_in(user).get, signed_in(user).post):
                assert ask(one_url(comment, name), {"text": "Mine now"}).status_code == 403
    comment.refresh_from_db()
    assert comment.text == "Is this agreed?"


# --- What one has not seen ------------------------------------------------------------------------


def test_comments_by_others_are_unread_until_they_are_shown(client, plan, item, officer, chief):
    thread = about(item, chief)
    reply(thread, text="Anyone?", by=chief)
    assert (unseen(plan, officer), unseen(plan, chief)) == (2, 0)
    row = by_id(client.get(step_url(plan, 13)))[f"item-{item.pk}-comments"]
    assert words(row).startswith("2 comments")
    assert words(row).endswith("2 new")
    # A page that only counts has shown nothing.
    assert unseen(plan, officer) == 2
    shown = client.get(comments_url(item), headers=HTMX)
    assert text_of(shown).count("New ") == 3  # two comments, and "New thread"
    assert unseen(plan, officer) == 0
    assert text_of(client.get(comments_url(item), headers=HTMX)).count("New ") == 1
    reply(thread, text="Hello?", by=chief)
    assert unseen(plan, officer) == 1


def test_a_head_request_marks_nothing_as_read(client, plan, item, officer, chief):
    about(item, chief)
    client.head(comments_url(item))
    assert unseen(plan, officer) == 1


def test_removed_comments_are_not_unread(plan, item, officer, chief):
    thread = about(item, chief)
    remove_comment(thread.comments.get(), by=chief)
    assert unseen(plan, officer) == 0


def test_commenting_does_not_mark_the_comments_of_others_as_read(
    client, plan, item, officer, chief
):
    thread = about(item, chief)
    reply(thread, text="Mine", by=officer)
    assert unseen(plan, officer) == 1


def test_all_comments_can_be_marked_as_read_at_once(client, plan, item, officer, chief, reviewer):
    for n in range(3):
        about(item, chief, f"Words {n}")
    assert client.post(reverse("comments_seen", args=[plan.pk])).status_code == 302
    assert (unseen(plan, officer), unseen(plan, reviewer)) == (0, 3)
    assert not Event.objects.filter(by=officer).exists()


# --- All of a plan --------------------------------------------------------------------------------


def listed(client, plan, show):
    page = client.get(reverse("plan_comments", args=[plan.pk]), {"show": show})
    return [words(li) for li in tree_of(page).iter("li") if li.get("class") == "app-line"]


def test_the_list_of_threads_has_four_parts(client, plan, item, officer, chief):
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


# --- Permissions ----------------------------------------------------------------------------------


def test_a_reviewer_can_comment_and_resolve(item, reviewer):
    client = signed_in(reviewer)
    assert client.post(comments_url(item), {"text": "Have you thought of …"}).status_code == 302
    thread = Thread.objects.get()
    assert client.post(thread_url(thread), {"resolve": "1"}).status_code == 302
    assert Thread.objects.get().is_resolved


def test_without_the_right_to_comment_there_is_no_form(monkeypatch, item, reviewer, chief):
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


def test_a_thread_is_only_found_in_its_own_plan(client, item, chief, stranger, their_plan):
    thread = about(item, chief)
    theirs = about(their_plan.items.first(), stranger)
    url = reverse("thread", args=[item.plan_id, theirs.pk])
    assert client.post(url, {"text": "x"}).status_code == 404
    assert client.post(thread_url(theirs), {"text": "x"}).status_code == 404
    assert signed_in(stranger).post(thread_url(thread), {"text": "x"}).status_code == 404
    assert Comment.objects.count() == 2


def test_a_removed_item_keeps_its_comments(client, plan, chief):
    own = own_item(plan, by=chief)
    about(own, chief)
    remove_item(fresh(own), version=1, by=chief)
    assert "Is this agreed?" in text_of(client.get(comments_url(own)))


# --- In exports, if asked -------------------------------------------------------------------------


def test_exports_include_comments_only_on_request(plan, item, officer, chief):
    thread = about(item, chief, tell=[member(officer)])
    reply(thread, text="Yes.", by=officer)
    remove_comment(reply(thread, text="Oh no", by=officer), by=officer)
    resolve_thread(thread, by=officer)
    step = fresh(item).step
    start_thread(plan, step, text="About the whole step", by=chief)
    today = NOON.date()
    assert "Is this agreed?" not in str(report_for(plan, today=today))
    report = report_for(plan, options=ExportOptions(comments=True), today=today)
    (step,) = [step for step in report.steps if step.number == 13]
    assert [c.text for d in step.discussions for c in d.comments] == ["About the whole step"]
    (discussion,) = step.items[0].discussions
    assert discussion.is_resolved
    assert [(c.who, c.text, c.told) for c in discussion.comments] == [
        ("Chief", "Is this agreed?", ("Officer",)),
        ("Officer", "Yes.", ()),
    ]
    assert report.contents_in_words.endswith("with notes and comments")
    sheet = load_workbook(io.BytesIO(render_workbook(report)))["Comments"]
    noon = dt.datetime(2027, 5, 18, 12)  # noqa: DTZ001 - Excel has no time zones
    assert [[cell.value for cell in row[2:]] for row in sheet.iter_rows(min_row=2)] == [
        ["Chief", noon, "About the whole step", None, "Open"],
        ["Chief", noon, "Is this agreed?", "Officer", "Resolved"],
        ["Officer", noon, "Yes.", None, "Resolved"],
    ]
    summary = report_for(
        plan, scope=Scope.parse("summary"), options=ExportOptions(comments=True), today=today
    )
    assert "Is this agreed?" not in str(summary)


def test_a_comment_makes_no_new_version_of_the_plan(plan, item, chief):
    before = report_for(plan, today=NOON.date()).version
    resolve_thread(about(item, chief), by=chief)
    assert report_for(plan, today=NOON.date()).version == before


def test_the_pdf_includes_comments_only_on_request(plan, item, chief):
    about(item, chief, "Shall we\nwait?")
    for wanted in (True, False):
        report = report_for(plan, options=ExportOptions(comments=wanted), today=NOON.date())
        context = vars(Drawing.of(report))
        html = render_to_string("assessments/exports/print/_actions.html", context)
        said = f"<b>Chief</b>, {moment_in_words(NOON)}: Shall we\nwait?"
        assert (said in html) == wanted


def test_the_download_page_offers_comments(client, plan, item, chief):
    about(item, chief)
    page = client.get(reverse("action_plan", args=[plan.pk]))
    assert "checked" not in by_id(page)["id_comments"].attrib
    url = reverse("action_plan_excel", args=[plan.pk])
    assert client.post(url, {"scope": "whole", "comments": "1"}).status_code == 200
    assert Event.objects.first().detail.endswith("without guidance or notes, with comments")


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


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_members_are_told_which_advisers_can_read_a_comment(plan, item, chief, granted, headers):
    client = signed_in(chief)
    address = item_url(item, "item_comments")
    none = "No adviser has access to it now."
    assert none in text_of(client.get(address, headers=headers))
    other = granted(plan, "ben", stages=[3])
    assert none in text_of(client.get(address, headers=headers))
    ada = granted(plan, "ada", stages=[item.step.stage.number])
    said = "People at the council and this adviser can read this: {}."
    # The name would tell an owner whose account the address belongs to.
    page = text_of(client.get(address, headers=headers))
    assert said.format(ada.adviser.email) in page
    assert other.adviser.email not in page
    theirs = text_of(signed_in(ada.adviser).get(address, headers=headers))
    assert "can read this:" not in theirs
    page = text_of(client.get(address, headers=headers))
    assert said.format("Ada Adviser") in page


def test_a_comment_follows_a_plan_that_has_just_moved_to_another_edition(plan, item, chief):
    """The step was fetched before the move, which the action waits for."""
    newer = baker.make(Framework, slug=Framework.TRANSITION, edition="9", is_current=False)
    stage = baker.make(Stage, framework=newer, number=2)
    same = baker.make(Step, framework=newer, stage=stage, number=item.step.number)
    Plan.objects.filter(pk=plan.pk).update(transition=newer)
    comment = start_thread(plan, item.step, text="?", by=chief)
    assert comment.thread.step == same


def test_a_comment_in_a_plan_deleted_meanwhile_is_not_found(plan, item, chief, monkeypatch):
    thread = start_thread(plan, item.step, text="?", by=chief).thread
    url = reverse("thread", args=[plan.pk, thread.pk])
    client = signed_in(chief)

    def delete_first(*args, **kwargs):
        purge_plan(plan, by=chief)
        return reply(*args, **kwargs)

    monkeypatch.setattr("assessments.comments.actions.reply", delete_first)
    assert client.post(url, {"text": "Still there?"}).status_code == 404


@PAGE_AND_HTMX
def test_one_person_makes_a_limited_number_of_comments_in_one_place(
    client, officer, chief, plan, headers, monkeypatch
):
    monkeypatch.setattr("assessments.comments.actions.OWN_COMMENTS_MAX", 3, raising=False)
    step, *_, elsewhere = Step.objects.filter(framework=plan.transition).order_by("number")
    new = reverse("step_comments", args=[plan.pk, step.number])
    mine = start_thread(plan, step, text="First", by=officer).thread
    remove_comment(start_thread(plan, step, text="Second", by=officer), by=officer)
    reply(mine, text="Third", by=officer)
    begun = client.post(new, {"text": "A fourth, typed"}, headers=headers)
    said = client.post(
        reverse("thread", args=[plan.pk, mine.pk]), {"text": "A fourth, typed"}, headers=headers
    )
    for page in (begun, said):
        assert page.status_code == 422
        shown = page.content.decode()
        assert "A person can make up to 3 comments in one place" in shown
        assert "A fourth, typed" in shown
    assert Comment.objects.on(plan).count() == 3
    assert mine.comments.count() == 2
    reply(mine, text="Of someone else", by=chief)
    start_thread(plan, elsewhere, text="In another place", by=officer)
