"""What people do in the tests: sign in, read a page, send its form as a browser would, answer."""

import datetime as dt
import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree.ElementTree import TreeBuilder

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.plans.actions import add_item, save_item
from assessments.plans.models import PlanItem
from assessments.seats.actions import record_composition
from assessments.vacancies.actions import add_vacancy
from councils.models import Membership
from elections.composition import Composition, Group
from elections.vacancy import VacancyCause
from frameworks.models import Step

HTMX = {"hx-request": "true"}
PASSWORD = "a-long-enough-password"  # of everyone in the fixtures


# Loading the middleware looks through every static file: once does for every browser here.
SERVER = Client().handler


def browser():
    """Someone's browser before they sign in."""
    client = Client()
    client.handler = SERVER
    return client


def signed_in(user):
    client = browser()
    client.force_login(user)
    return client


def signed_in_just_now(user, password=PASSWORD):
    """A browser in which the password was entered in the last minutes, as some forms need."""
    client = signed_in(user)
    entered = client.post(reverse("account_reauthenticate"), {"password": password})
    assert entered.status_code == 302
    return client


# --- The council ----------------------------------------------------------------------------------


def seats_of(council, *, by):
    """Record that Oak has 15 seats of a council and Ash 10."""
    return record_composition(
        council=council,
        as_at=dt.date(2027, 1, 1),
        composition=Composition((Group("Oak", 15), Group("Ash", 10))),
        based_on=None,
        by=by,
    )


def vacate(plan, *, arose_on, by, ward="Mill", group="Ash"):
    """Record that a councillor has resigned, long before their term ends."""
    return add_vacancy(
        plan,
        ward=ward,
        group=group,
        cause=VacancyCause.RESIGNATION,
        arose_on=arose_on,
        term_ends=arose_on + dt.timedelta(days=3 * 365),
        by=by,
    )


# --- Addresses ------------------------------------------------------------------------------------


def item_url(item, name="item"):
    return reverse(name, args=[item.plan_id, item.pk])


def step_url(plan, number, name="plan_step"):
    return reverse(name, args=[plan.pk, number])


# --- Reading --------------------------------------------------------------------------------------


VOID = {"br", "hr", "img", "input", "link", "meta"}


class Page(HTMLParser):
    """A page or fragment as a tree. Our templates close what they open: anything else fails."""

    def __init__(self, html):
        super().__init__()
        self.builder, self.open = TreeBuilder(), []
        self.handle_starttag("page", [])
        # As a browser reads it: one kind of line break, no U+0000.
        self.feed(html.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd"))
        self.close()
        self.handle_endtag("page")
        self.tree = self.builder.close()

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice: {names}"
        if tag in {"dd", "dt", "li", "td", "th"}:
            self.builder.data(" ")  # apart on the page, so not one word
        self.builder.start(tag, {name: value or "" for name, value in attrs})
        if tag in VOID:
            self.builder.end(tag)
        else:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1] == tag, f"</{tag}> closes <{self.open[-1]}> at {self.getpos()}"
        self.builder.end(self.open.pop())

    def handle_data(self, data):
        self.builder.data(data)


def tree_of(response):
    return Page(response.content.decode()).tree


def words(element):
    return " ".join("".join(element.itertext()).split())


def text_of(response):
    """The words of an answer, without its markup."""
    return words(tree_of(response))


def by_id(response):
    """Return the elements by id; an id used twice is a fault of the page."""
    found = {}
    for element in tree_of(response).iter():
        if id_ := element.get("id"):
            assert id_ not in found, f"two elements have the id {id_}"
            found[id_] = element
    return found


def item_ids(response):
    """The items on a page, in order."""
    return [
        int(pk) for pk in re.findall(r'<article [^>]*id="item-(\d+)"', response.content.decode())
    ]


def form_on(response, action=None):
    """What a browser without JavaScript would send: the controls of the form for `action`."""
    forms = [
        form
        for form in tree_of(response).iter("form")
        if action is None or form.get("action") == action
    ]
    assert len(forms) == 1, f"{len(forms)} forms for {action}"
    return controls_of(forms[0])


def controls_of(form):
    """Return what a browser sends of a form: the value of each control, by name."""
    data = {}
    for control in form.iter():
        name, kind = control.get("name"), control.get("type")
        if not name or name == "csrfmiddlewaretoken":
            continue
        if control.tag == "textarea":
            data[name] = (control.text or "").removeprefix("\n").replace("\n", "\r\n")
        elif control.tag == "select":
            options = list(control.iter("option"))
            chosen = [option for option in options if option.get("selected") is not None]
            data[name] = (chosen or options)[0].get("value")
        elif control.tag == "input" and (
            kind not in {"radio", "checkbox"} or control.get("checked") is not None
        ):
            value = control.get("value", "")
            if kind in {"checkbox", "hidden"} and name in data:  # a list: ticked boxes, or rows
                value = [*([data[name]] if isinstance(data[name], str) else data[name]), value]
            else:
                assert name not in data, f"{name} is sent twice"
            data[name] = value
    return data


def choices_of(response, name):
    """What each control of a name offers: the values of its options, boxes or radios."""
    return {
        option.get("value")
        for control in tree_of(response).iter()
        if control.get("name") == name
        for option in (control.iter("option") if control.tag == "select" else [control])
    }


def error_links(response):
    """The error summary: each message with the id its link leads to (None without a link)."""
    return [
        (words(line), (line.find("a").get("href")[1:] if line.find("a") is not None else None))
        for group in tree_of(response).iter("ul")
        if "govuk-error-summary__list" in group.get("class", "")
        for line in group.iter("li")
    ]


# --- Answering ------------------------------------------------------------------------------------


def fresh(item):
    """The item as the database has it now."""
    return PlanItem.objects.select_related("plan", "step", "source", "owner__user").get(pk=item.pk)


def answer(item, by, **fields):
    """Save an answer on whatever version is the latest."""
    item = fresh(item)
    save_item(item, version=item.version, by=by, **fields)
    return item


def whole(item, **changes):
    """The whole form of `item` as the page sends it, with `changes`."""
    item = fresh(item)
    due = [item.due.day, item.due.month, item.due.year] if item.due else ["", "", ""]
    data = {
        "version": item.version,
        "status": item.status,
        "reason": item.reason,
        "owner": item.owner_id or ("someone-else" if item.owner_name else ""),
        "owner_name": item.owner_name,
        "due-day": due[0],
        "due-month": due[1],
        "due-year": due[2],
        "note": item.note,
        "back": "",
    }
    if item.is_own:
        data["title"] = item.title
    return data | changes


def status_only(item, status, **changes):
    """What the status buttons of a list send."""
    return {
        "part": "status",
        "version": fresh(item).version,
        "status": status,
        "back": "",
    } | changes


def own_item(plan, number=13, *, by, title="Brief new committee chairs", **fields):
    step = Step.objects.get(framework=plan.transition_id, number=number)
    return add_item(plan, step, title=title, by=by, **fields)


def draw_pdf_with(monkeypatch, draw):
    """Replace what draws the PDF of the action plan, wherever one is downloaded."""
    from assessments.exports.formats import FORMATS
    from assessments.portfolio import actions, tasks
    from assessments.reviews.views import snapshots

    fake = replace(FORMATS["pdf"], draw=draw)
    monkeypatch.setitem(FORMATS, "pdf", fake)
    for module in (actions, tasks, snapshots):
        monkeypatch.setattr(module, "PDF", fake)


def settle_owners(*people, days=30):
    """Let them have had their access level for so many days, so that they count as owners."""
    since = timezone.now() - dt.timedelta(days=days)
    Membership.objects.filter(user__in=people).update(access_since=since)
