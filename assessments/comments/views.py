"""What people say about items and steps. By HTMX beside the item, without it on a page."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import Truncator
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.access import item_for, plan_for
from assessments.words import moment_words
from councils.permissions import Right
from frameworks.models import Step

from . import actions
from .access import own_comment_for, thread_for, thread_to_resolve_for
from .models import Comment, Thread
from .threads import (
    SHOWN_ON_A_LIST,
    CommentForm,
    Discussion,
    address_of,
    count_words,
    discussion_for,
    dom_of,
    rows_for,
    told_by,
)

PAGE = 25


@require_http_methods(["GET", "HEAD", "POST"])
def of_item(request, plan_id, item_id):
    """What is said about an item. POST: begin a thread."""
    item, rights = item_for(request.user, plan_id, item_id, needs=_needs(request))
    return _discussion(request, item.plan, rights, step=item.step, item=item)


@require_http_methods(["GET", "HEAD", "POST"])
def of_step(request, plan_id, number):
    """What is said about a step as a whole. POST: begin a thread."""
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
            comment = actions.start_thread(plan, step, item=item, by=request.user, **form.said())
            return _begun(request, plan, rights, comment.thread)
    discussion = discussion_for(
        plan, request.user, step=step, item=item, may_comment=rights.can_comment
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
        "words": item.words(plan.coalition_term) if item else "",
        "discussion": discussion,
        "form": form,
    }
    template = "assessments/comments/_discussion.html"
    if not request.htmx:
        template = "assessments/comments/discussion.html"
    return render(request, template, context, status=422 if form else 200)


def _begun(request, plan, rights, thread):
    """The new thread, and an empty box for the next."""
    if not request.htmx:
        return redirect(f"{address_of(thread)}#thread-{thread.pk}")
    (row,), _ = rows_for(Thread.objects.filter(pk=thread.pk), plan, request.user, may_comment=True)
    dom = dom_of(item_id=thread.item_id)
    box = CommentForm(dom=f"{dom}-new", members=row.form.members.values())
    discussion = Discussion(dom, address_of(thread), [row], box)
    context = {"row": row, "discussion": discussion, "rights": rights, "focus": True}
    return render(request, "assessments/comments/_begun.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def thread(request, plan_id, thread_id):
    """A thread stands with the others of its item. POST: reply, resolve (both at once), reopen."""
    if {"resolve", "reopen"} & request.POST.keys():
        plan, thread, rights = thread_to_resolve_for(request.user, plan_id, thread_id)
    else:
        plan, thread, rights = thread_for(request.user, plan_id, thread_id, needs=_needs(request))
    place = f"{address_of(thread)}#thread-{thread.pk}"
    if request.method != "POST":
        return redirect(place)
    form = CommentForm(
        request.POST,
        dom=f"thread-{thread.pk}",
        members=told_by(plan, request.user),
        may_be_empty="resolve" in request.POST or "reopen" in request.POST,
    )
    if not form.is_valid():
        return _thread_again(request, plan, rights, thread, form)
    if form.cleaned_data["text"]:
        actions.reply(thread, by=request.user, **form.said())
    if "resolve" in request.POST:
        actions.resolve_thread(thread, by=request.user)
    elif "reopen" in request.POST:
        actions.reopen_thread(thread, by=request.user)
    if request.htmx:
        return _thread_again(request, plan, rights, thread)
    return redirect(place)


def _thread_again(request, plan, rights, thread, form=None):
    """One thread alone, or its page; `form` is a reply with something to put right."""
    threads = Thread.objects.filter(pk=thread.pk)
    if request.htmx:
        (row,), latest_unseen = rows_for(
            threads, plan, request.user, may_comment=rights.can_comment
        )
        actions.mark_seen(latest_unseen, by=request.user)
        row.form = form or row.form
        context = {"row": row, "rights": rights, "focus": True}
        status = 422 if form else 200
        return render(request, "assessments/comments/_thread.html", context, status=status)
    discussion = discussion_for(
        plan,
        request.user,
        step=thread.step,
        item=thread.item,
        may_comment=rights.can_comment,
    )
    for row in discussion.threads:
        if row.thread == thread:
            row.form = form
    return _page(request, plan, rights, discussion, step=thread.step, item=thread.item, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, plan_id, comment_id):
    """Put one's own comment right, within a quarter of an hour."""
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
            return redirect(f"{address_of(comment.thread)}#thread-{comment.thread_id}")
    status = 409 if too_late else 422 if form.is_bound else 200
    return _one(request, plan, rights, comment, "edit", status, form=form, too_late=too_late)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request, plan_id, comment_id):
    """Ask, then take one's own comment back."""
    plan, comment, rights = own_comment_for(request.user, plan_id, comment_id)
    if request.method != "POST":
        return _one(request, plan, rights, comment, "remove", 200)
    actions.remove_comment(comment, by=request.user)
    messages.success(request, "Comment removed.")
    return redirect(f"{address_of(comment.thread)}#thread-{comment.thread_id}")


def _one(request, plan, rights, comment, name, status, **context):
    context |= {
        "plan": plan,
        "council": plan.council,
        "marking": plan.get_marking_display(),
        "rights": rights,
        "comment": comment,
        "back": f"{address_of(comment.thread)}#thread-{comment.thread_id}",
    }
    return render(request, f"assessments/comments/{name}.html", context, status=status)


# --- All of a plan --------------------------------------------------------------------------------

SHOW = {
    "open": "Open",
    "unseen": "Not yet seen",
    "mine": "Mention me",
    "resolved": "Resolved",
}


@dataclass
class Line:
    """A thread in the list of all: where it is, and what was said last."""

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
    """The threads of a plan, what was said last first."""
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
    return Line(
        thread=thread,
        url=f"{address_of(thread)}#thread-{thread.pk}",
        place=thread.item.words(plan.coalition_term) if thread.item else "The step as a whole",
        who=comment.author.name,
        when=moment_words(comment.at),
        latest=Truncator(comment.text).chars(SHOWN_ON_A_LIST),
        count=count_words(tally["total"] if tally else 0),
        unseen=tally["unseen"] if tally else 0,
    )


@require_POST
def mark_all_seen(request, plan_id):
    """Nothing said so far is news any more, as for whoever joins a plan that is half-way."""
    plan, _ = plan_for(request.user, plan_id)
    latest = (Thread.objects.on(plan).with_unseen_by(request.user).by_latest()).values_list(
        "latest_id", flat=True
    )
    actions.mark_seen(list(Comment.objects.filter(pk__in=list(latest))), by=request.user)
    return redirect("plan_comments", plan.pk)
