"""However many comments there are, a page of them has a limited length, and each can be reached."""

import pytest
from django.urls import reverse

from assessments.comments.actions import reply, resolve_thread, start_thread
from assessments.comments.models import Comment, Thread
from assessments.comments.threads import COMMENTS_A_PAGE, COMMENTS_SHOWN, THREADS_SHOWN
from tests.acting import HTMX, item_url, signed_in, text_of, tree_of, words


@pytest.fixture
def client(officer):
    return signed_in(officer)


def threads_on(page):
    return [each.get("id") for each in tree_of(page).iter("article")]


def links_on(page):
    """Return the addresses of the links of a page, by their words."""
    return {words(a): a.get("href") for a in tree_of(page).iter("a")}


def talk(item, by, number, *, resolved=False):
    threads = []
    for n in range(number):
        comment = start_thread(item.plan, item.step, item=item, text=f"Thread {n}.", by=by)
        if resolved:
            resolve_thread(comment.thread, by=by)
        threads.append(f"thread-{comment.thread_id}")
    return threads


@pytest.mark.parametrize(
    ("resolved", "older"), [(False, "Older threads"), (True, "Older resolved threads")]
)
def test_each_thread_is_on_one_page(client, item, chief, resolved, older):
    threads = talk(item, chief, 2 * THREADS_SHOWN + 5, resolved=resolved)
    address, found = item_url(item, "item_comments"), []
    for number in (THREADS_SHOWN, THREADS_SHOWN, 5):
        page = client.get(address)
        on_page = threads_on(page)
        assert len(on_page) == number
        found = on_page + found
        address = links_on(page).get(older)
        assert f"{len(threads)} comments" in text_of(page)
        if resolved:
            assert f"Resolved ({len(threads)})" in text_of(page)
    assert address is None
    assert found == threads
    latest = client.get(links_on(page)["Latest threads"])
    assert threads_on(latest) == threads[-THREADS_SHOWN:]
    assert "Latest threads" not in links_on(latest)


def test_a_link_to_a_thread_shows_it_although_others_came_after_it(client, plan, item, chief):
    threads = talk(item, chief, THREADS_SHOWN + 3)
    oldest = Thread.objects.order_by("pk").first()
    place = client.get(reverse("thread", args=[plan.pk, oldest.pk])).url
    assert place.endswith(f"#{threads[0]}")
    assert threads_on(client.get(place)) == threads[:1]
    second = client.get(reverse("thread", args=[plan.pk, oldest.pk + 5])).url
    assert threads_on(client.get(second)) == threads[-THREADS_SHOWN:]


def test_a_resolved_thread_that_a_link_leads_to_is_opened(client, item, chief):
    open_one, resolved = talk(item, chief, 1) + talk(item, chief, 1, resolved=True)
    address = item_url(item, "item_comments")
    for thread, is_open in ((open_one, False), (resolved, True)):
        page = client.get(address, {"thread": thread.removeprefix("thread-")})
        (details,) = (
            each
            for each in tree_of(page).iter("details")
            if any(inside.get("id") == resolved for inside in each.iter("article"))
        )
        assert (details.get("open") is not None) == is_open


@pytest.mark.parametrize("asked", ["", "0", "999999999", "x", "²", "-1", "1" * 30, "1\x00"])
def test_a_thread_that_is_not_there_changes_nothing(client, item, chief, asked):
    threads = talk(item, chief, 2)
    page = client.get(item_url(item, "item_comments"), {"thread": asked})
    assert (page.status_code, threads_on(page)) == (200, threads)


def test_a_thread_of_another_place_changes_nothing(client, plan, item, chief):
    threads = talk(item, chief, THREADS_SHOWN + 3)
    other = start_thread(plan, item.step, text="On the step.", by=chief).thread
    page = client.get(item_url(item, "item_comments"), {"thread": other.pk})
    assert threads_on(page) == threads[-THREADS_SHOWN:]
    assert "On the step." not in text_of(page)


@pytest.fixture
def long_thread(item, chief):
    thread = start_thread(item.plan, item.step, item=item, text="Comment 0.", by=chief).thread
    for n in range(1, COMMENTS_A_PAGE + 5):
        reply(thread, text=f"Comment {n}.", by=chief)
    return thread


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_a_long_thread_shows_its_latest_comments_and_leads_to_all(
    client, plan, item, long_thread, headers
):
    page = client.get(item_url(item, "item_comments"), headers=headers)
    shown = [words(each) for each in tree_of(page).iter("li") if each.get("id")]
    assert len(shown) == COMMENTS_SHOWN
    assert "Comment 45." in shown[0]
    assert "Comment 54." in shown[-1]
    assert f"{COMMENTS_A_PAGE + 5} comments" in text_of(page)
    assert "45 earlier comments in the thread: Comment 0. 45 new" in text_of(page)
    first = client.get(links_on(page)["45 earlier comments in the thread: Comment 0."])
    last = client.get(first.request["PATH_INFO"] + "?page=2")
    on_pages = [
        sum(f"Comment {n}." in text_of(each) for n in range(COMMENTS_A_PAGE, COMMENTS_A_PAGE + 5))
        for each in (first, last)
    ]
    assert on_pages == [0, 5]
    assert "All comments in this thread" in text_of(first)
    assert links_on(first)["Reply"].endswith(f"?thread={long_thread.pk}#thread-{long_thread.pk}")


def test_comments_that_were_not_shown_stay_new(client, plan, item, officer, long_thread):
    def unseen():
        return Comment.objects.on(plan).unseen_by(officer).count()

    everything = COMMENTS_A_PAGE + 5
    client.get(item_url(item, "item_comments"))
    whole = reverse("thread", args=[plan.pk, long_thread.pk])
    client.get(whole, {"page": 2})
    assert unseen() == everything
    client.get(whole, {"page": 1})
    assert unseen() == 5
    client.get(item_url(item, "item_comments"))
    assert unseen() == 0
    client.get(whole, {"page": 1})
    assert unseen() == 0


def test_a_thread_is_named_by_its_first_comment_that_was_not_removed(client, item, long_thread):
    page = client.get(item_url(item, "item_comments"))
    (thread,) = tree_of(page).iter("article")
    assert thread.get("aria-label") == "Thread: Comment 0."


def test_the_whole_thread_is_only_shown_to_its_readers(plan, long_thread, stranger):
    whole = reverse("thread", args=[plan.pk, long_thread.pk]) + "?page=1"
    assert signed_in(stranger).get(whole).status_code == 404
