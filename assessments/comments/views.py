"""Comments on items and steps: fragments with HTMX, pages without."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import Truncator
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.access import item_for, plan_for
from assessments.fields import id_in
from assessments.words import moment_in_words
from councils.once import once
from councils.permissions import Right, require
from frameworks.models import Step

from . import actions
from .access import own_comment_for, thread_for, whole_thread_for
from .models import Comment, Thread
from .threads import (
    COMMENTS_A_PAGE,
    SHOWN_ON_A_LIST,
    CommentDiscussion,
    CommentForm,
    address_of,
    comments_to_draw,
    count_words,
    discussion_for,
    dom_of,
    place_of,
    row_of,
    rows_for,
    told_by,
)

PAGE = 25


@require_http_methods(["GET", "HEAD", "POST"])
@once
def of_item(request, plan_id, item_id):
    """Show the comments on an item; POST adds a thread."""
    item, rights = item_for(request.user, plan_id, item_id, needs=_needs(request))
    return _discussion(request, item.plan, rights, step=item.step, item=item)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def of_step(request, plan_id, number):
    """Show the comments on a step as a whole; POST adds a thread."""
    plan, rights = plan_for(request.user, plan_id, needs=_needs(request))
    step = get_object_or_404(
        Step.objects.select_related("stage"),
        framework=plan.transition_id,
        number=number,
        stage__number__in=plan.stages,
    )
    return _discussion(request, plan, rights, step=step)


def _needs(request):
    return Right.COMMENT if request.method == "POST" else Right.VIEW


def _discussion(request, plan, rights, *, step, item=None):
    form = None
    if request.method == "POST":
        dom = dom_of(item_id=item and item.pk)
        members = told_by(plan, request.user)
        form = CommentForm(request.POST, dom=f"{dom}-new", members=members)
        if form.is_valid():
            try:
                comment = actions.start_thread(
                    plan, step, item=item, by=request.user, **form.said()
                )
            except actions.TooManyComments as error:
                form.add_error("text", str(error))
            else:
                return _begun(request, plan, rights, comment.thread)
    discussion = discussion_for(
        plan,
        request.user,
        step=step,
        item=item,
        may_comment=rights.can_comment,
        thread_id=id_in(request.GET, "thread"),
    )
    if form:
        discussion.form = form
        if request.htmx:
            context = {"discussion": discussion, "rights": rights}
            return render(request, "assessments/comments/_new.html", context, status=422)
    response = _page(request, plan, rights, discussion, step=step, item=item, form=form)
    if request.method == "GET":
        actions.mark_seen(discussion.latest_unseen, by=request.user)
    return response


def _page(request, plan, rights, discussion, *, step, item=None, form=None):
    context = {
        "plan": plan,
        "council": plan.council,
        "marking": plan.get_marking_display(),
        "rights": rights,
        "step": step,
        "item": item,
        "words": item.words(plan.term) if item else "",
        "discussion": discussion,
        "form": form,
    }
    template = "assessments/comments/_discussion.html"
    if not request.htmx:
        template = "assessments/comments/discussion.html"
    return render(request, template, context, status=422 if form else 200)


def _begun(request, plan, rights, thread):
    """Return the new thread and an empty form for another."""
    if not request.htmx:
        return redirect(place_of(thread))
    (row,), _ = rows_for(Thread.objects.filter(pk=thread.pk), plan, request.user, may_comment=True)
    dom = dom_of(item_id=thread.item_id)
    box = CommentForm(dom=f"{dom}-new", members=row.form.members.values())
    discussion = CommentDiscussion(dom, address_of(thread), [row], box)
    context = {"row": row, "discussion": discussion, "rights": rights, "focus": True}
    context |= _count(plan, thread)
    return render(request, "assessments/comments/_begun.html", context)


def _count(plan, thread):
    """Return what replaces the number of comments above the threads of the same item or step."""
    comments = Comment.objects.on(plan).shown()
    number = comments.filter(thread__step=thread.step_id, thread__item=thread.item_id).count()
    dom = dom_of(item_id=thread.item_id)
    return {"count": count_words(number), "count_dom": CommentDiscussion(dom, "", []).count_dom}


@require_http_methods(["GET", "HEAD", "POST"])
@once
def thread(request, plan_id, thread_id):
    """Redirect to a thread on the page of its item; POST replies, resolves or reopens it.

    With `?page=`, show all comments of the thread, in pages. Only members resolve and reopen
    threads, not advisers.
    """
    if request.method != "POST" and "page" in request.GET:
        return _whole(request, *whole_thread_for(request.user, plan_id, thread_id))
    plan, thread, rights = thread_for(request.user, plan_id, thread_id, needs=_needs(request))
    if request.method != "POST":
        return redirect(place_of(thread))
    if "resolve" in request.POST or "reopen" in request.POST:
        require(plan, Right.TAKE_PART)
    form = CommentForm(
        request.POST,
        dom=f"thread-{thread.pk}",
        members=told_by(plan, request.user),
        may_be_empty="resolve" in request.POST or "reopen" in request.POST,
    )
    if not form.is_valid():
        return _thread_again(request, plan, rights, thread, form)
    if form.cleaned_data["text"]:
        try:
            actions.reply(thread, by=request.user, **form.said())
        except actions.TooManyComments as error:
            form.add_error("text", str(error))
            return _thread_again(request, plan, rights, thread, form)
    if "resolve" in request.POST:
        actions.resolve_thread(thread, by=request.user)
    elif "reopen" in request.POST:
        actions.reopen_thread(thread, by=request.user)
    if request.htmx:
        return _thread_again(request, plan, rights, thread, members=form.members.values())
    return redirect(place_of(thread))


def _whole(request, plan, thread, rights):
    """Return the page of one thread: all its comments, the earliest first."""
    said = comments_to_draw().filter(thread=thread)
    page = Paginator(said, COMMENTS_A_PAGE).get_page(request.GET["page"])
    comments = list(page)
    row = row_of(thread, comments, plan, request.user, may_comment=rights.can_comment)
    unseen = said.unseen_by(request.user)
    response = render(
        request,
        "assessments/comments/thread.html",
        {
            "plan": plan,
            "council": plan.council,
            "marking": plan.get_marking_display(),
            "rights": rights,
            "thread": thread,
            "words": thread.item.words(plan.term) if thread.item else "",
            "row": row,
            "page": page,
            "back": place_of(thread),
        },
    )
    shows_new = any(each.is_unseen for each in row.comments)
    if request.method == "GET" and shows_new and not unseen.filter(pk__lt=comments[0].pk).exists():
        actions.mark_seen([comments[-1]], by=request.user)
    return response


def _thread_again(request, plan, rights, thread, form=None, *, members=None):
    """Return one thread, or its page; `form` is a reply with an error.

    `members` are the people that a comment can mention; without them they are read again.
    """
    threads = Thread.objects.filter(pk=thread.pk)
    if request.htmx:
        (row,), latest_unseen = rows_for(
            threads, plan, request.user, may_comment=rights.can_comment, members=members
        )
        actions.mark_seen(latest_unseen, by=request.user)
        row.form = form or row.form
        context = {"row": row, "rights": rights, "focus": True, **_count(plan, thread)}
        status = 422 if form else 200
        return render(request, "assessments/comments/_thread_saved.html", context, status=status)
    discussion = discussion_for(
        plan,
        request.user,
        step=thread.step,
        item=thread.item,
        may_comment=rights.can_comment,
        thread_id=thread.pk,
    )
    for row in discussion.threads:
        if row.thread == thread:
            row.form = form
    return _page(request, plan, rights, discussion, step=thread.step, item=thread.item, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, plan_id, comment_id):
    """Edit one's own comment, within EDIT_WINDOW."""
    plan, comment, rights = own_comment_for(request.user, plan_id, comment_id)
    data = request.POST if request.method == "POST" else None
    form = CommentForm(data, dom="comment", initial={"text": comment.text})
    too_late = not comment.is_fresh
    if request.method == "POST" and not too_late and form.is_valid():
        try:
            actions.edit_comment(comment, text=form.cleaned_data["text"], by=request.user)
        except actions.TooLate:
            too_late = True
        else:
            return redirect(place_of(comment.thread))
    status = 409 if too_late else 422 if form.is_bound else 200
    return _one(request, plan, rights, comment, "edit", status, form=form, too_late=too_late)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request, plan_id, comment_id):
    """Remove one's own comment, after confirmation."""
    plan, comment, rights = own_comment_for(request.user, plan_id, comment_id)
    if request.method != "POST":
        return _one(request, plan, rights, comment, "remove", 200)
    actions.remove_comment(comment, by=request.user)
    messages.success(request, "Your comment has been removed.")
    return redirect(place_of(comment.thread))


def _one(request, plan, rights, comment, name, status, **context):
    context |= {
        "plan": plan,
        "council": plan.council,
        "marking": plan.get_marking_display(),
        "rights": rights,
        "comment": comment,
        "back": place_of(comment.thread),
    }
    return render(request, f"assessments/comments/{name}.html", context, status=status)


# --- All of a plan --------------------------------------------------------------------------------

SHOW = {
    "open": "Open",
    "unseen": "Unread",
    "mine": "Mentions of you",
    "resolved": "Resolved",
}


@dataclass
class ThreadSummary:
    """A thread in the list of a plan's threads, with its latest comment."""

    thread: Thread
    url: str
    place: str
    who: str
    when: str
    latest: str
    count: str
    unseen: int


@require_safe
def all_threads(request, plan_id):
    """List the threads of a plan, the latest comment first."""
    plan, rights = plan_for(request.user, plan_id)
    show = request.GET.get("show", "open")
    if show not in SHOW:
        raise Http404
    threads = Thread.objects.on(plan)
    threads = {
        "open": threads.unresolved(),
        "unseen": threads.with_unseen_by(request.user),
        "mine": threads.mentioning(plan.membership_id),
        "resolved": threads.resolved(),
    }[show]
    threads = threads.by_latest().select_related("step", "item__source")
    page = Paginator(threads, PAGE).get_page(request.GET.get("page"))
    latest = Comment.objects.select_related("author").in_bulk([t.latest_id for t in page])
    tallies = {
        row["thread"]: row
        for row in Comment.objects.filter(thread__in=list(page)).tally_by(
            "thread", user=request.user
        )
    }
    everything = Comment.objects.on(plan).unseen_by(request.user)
    return render(
        request,
        "assessments/comments/all.html",
        {
            "plan": plan,
            "council": plan.council,
            "marking": plan.get_marking_display(),
            "rights": rights,
            "show": show,
            "title": SHOW[show],
            "choices": SHOW.items(),
            "page": page,
            "unseen": everything.count(),
            "lines": [
                _line(thread, plan, latest[thread.latest_id], tallies.get(thread.pk))
                for thread in page
            ],
        },
    )


def _line(thread, plan, comment, tally):
    return ThreadSummary(
        thread=thread,
        url=place_of(thread),
        place=thread.item.words(plan.term) if thread.item else "The step as a whole",
        who=comment.author.name,
        when=moment_in_words(comment.at),
        latest=Truncator(comment.text).chars(SHOWN_ON_A_LIST),
        count=count_words(tally["total"] if tally else 0),
        unseen=tally["unseen"] if tally else 0,
    )


@require_POST
def mark_all_seen(request, plan_id):
    """Mark every comment so far as read, for example after joining a plan half-way."""
    plan, _ = plan_for(request.user, plan_id)
    latest = (Thread.objects.on(plan).with_unseen_by(request.user).by_latest()).values_list(
        "latest_id", flat=True
    )
    actions.mark_seen(list(Comment.objects.filter(pk__in=list(latest))), by=request.user)
    return redirect("plan_comments", plan.pk)
