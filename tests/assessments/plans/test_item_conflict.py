"""Two people edit one action: no text is lost, and no one overwrites a colleague unawares."""

import datetime as dt
import random
import re

import pytest
import time_machine
from django.urls import reverse

from assessments.plans import actions as plans_actions
from assessments.plans.actions import remove_item
from assessments.plans.models import Event, EventChange, PlanItem, Status
from assessments.templatetags.comparison import differing_from
from councils.models import Membership
from tests.acting import (
    HTMX,
    answer,
    by_id,
    form_on,
    fresh,
    item_ids,
    item_url,
    own_item,
    signed_in,
    status_only,
    step_url,
    text_of,
    tree_of,
    whole,
    words,
)

PAGE_AND_HTMX = pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])


@pytest.fixture(autouse=True)
def afternoon():
    with time_machine.travel(dt.datetime(2027, 5, 18, 13, 2, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def client(officer):
    return signed_in(officer)


def post(client, item, data, **kwargs):
    return client.post(item_url(item), data, **kwargs)


def table_of(response):
    """Return the table of a conflict: both texts by field. A row of its own offers to keep both.

    What only screen readers hear, where words differ, is left out.
    """
    (table,) = (t for t in tree_of(response).iter("table"))
    for cell in table.find("tbody").iter("td"):
        for span in cell.iter("span"):
            span.text = ""
    rows = [[words(cell) for cell in row] for row in table.find("tbody").iter("tr")]
    rows = [row for row in rows if row != ["Keep both notes, theirs first"]]
    return {label: (theirs, mine) for label, theirs, mine in rows}


@PAGE_AND_HTMX
def test_a_person_who_saved_it_themselves_is_addressed(client, item, officer, headers):
    mine = whole(item, note="Typed on the tablet")
    answer(item, officer, note="Typed on the laptop")
    response = post(client, item, mine, headers=headers)
    assert response.status_code == 409
    assert "You saved this action at 2:02pm on 18 May 2027, after" in text_of(response)


@PAGE_AND_HTMX
def test_a_stale_save_shows_both_texts_side_by_side(client, item, chief, headers):
    mine = whole(item, note="My words, an hour of them", status="in-progress")
    answer(item, chief, note="The chief’s words", due=dt.date(2027, 6, 1))
    response = post(client, item, mine, headers=headers)
    assert response.status_code == 409
    assert "Chief saved this action at 2:02pm on 18 May 2027, after you opened it" in text_of(
        response
    )
    assert table_of(response) == {
        "Status": ("Not started", "In progress"),
        "Due": ("1 June 2027", "(empty)"),
        "Note": ("The chief’s words", "My words, an hour of them"),
    }
    saved = fresh(item)
    assert (saved.note, saved.status, saved.version) == ("The chief’s words", "not-started", 2)


@PAGE_AND_HTMX
def test_the_words_that_differ_are_marked_in_both_texts(client, item, chief, headers):
    mine = whole(item, note="Ask <b>three</b> groups & report")
    answer(item, chief, note="Ask two groups & report", due=dt.date(2027, 6, 1))
    page = post(client, item, mine, headers=headers)
    marks = [words(mark) for mark in tree_of(page).iter("mark")]
    assert marks == ["two", "<b>three</b>"]
    assert "Ask <b>three</b> groups & report Only in this version: b>three</b." in text_of(page)


def test_texts_without_a_common_word_are_not_marked():
    assert differing_from("Ash, Oak", "Elm, Yew") == "Ash, Oak"
    assert differing_from("", "Elm") == differing_from(None, "Elm") == ""
    assert differing_from("Elm", "Elm") == "Elm"
    one, two = "Ask all five leaders by Friday at the board", "Ask the leaders by noon at the board"
    for text, other, marks in ((one, two, ["all five", "Friday"]), (two, one, ["the", "noon"])):
        assert re.findall("<mark[^>]*>(.*?)</mark>", differing_from(text, other)) == marks
    assert differing_from("Elm & <i>", "Elm") == (
        'Elm<mark class="app-ins"> &amp; &lt;i&gt;</mark><span class="govuk-visually-hidden"> '
        "Only in this version: i.</span>"
    )


def test_the_conflict_page_keeps_the_typed_answer_and_its_version(client, item, chief):
    mine = whole(
        item,
        note="Mine",
        owner="someone-else",
        owner_name="Ada",
        back="/plans/1/mine/",
        **{"due-day": "1", "due-month": "7", "due-year": "2027"},
    )
    answer(item, chief, note="Theirs")
    page = post(client, item, mine)
    assert page.status_code == 409
    sent = form_on(page, item_url(item))
    assert [name for name in sent if name.startswith("merge-")] == ["merge-owner", "merge-due"]
    assert {key: sent[key] for key in mine} == {key: str(value) for key, value in mine.items()}
    # Saving again conflicts again, because the version in the form is unchanged.
    again = post(client, item, form_on(page, item_url(item)))
    assert again.status_code == 409
    assert fresh(item).note == "Theirs"


def test_the_conflict_fragment_leaves_fields_and_version_alone(client, item, chief):
    mine = whole(item, note="Mine")
    answer(item, chief, note="Theirs")
    response = post(client, item, mine, headers=HTMX)
    dom = f"item-{item.pk}"
    found = by_id(response)
    assert f"{dom}-conflict" in found
    assert words(found[f"{dom}-saved"]).startswith("Not saved")
    assert f"{dom}-version" not in found
    assert not {"textarea", "select"} & {element.tag for element in tree_of(response).iter()}
    # So the next autosave conflicts again, with what was typed in the meantime.
    again = post(client, item, mine | {"note": "Mine, and more"}, headers=HTMX)
    assert again.status_code == 409
    assert table_of(again)["Note"] == ("Theirs", "Mine, and more")


@PAGE_AND_HTMX
def test_overwriting_saves_my_version(client, item, chief, headers):
    mine = whole(item, note="Mine", status="completed")
    answer(item, chief, note="Theirs", status=Status.IN_PROGRESS)
    conflict = post(client, item, mine, headers=headers)
    (button,) = (b for b in tree_of(conflict).iter("button") if b.get("name") == "overwrite")
    assert words(button) == "Save my version instead"
    response = post(client, item, mine | {"overwrite": button.get("value")}, headers=headers)
    assert response.status_code == (200 if headers else 302)
    saved = fresh(item)
    assert (saved.note, saved.status, saved.version) == ("Mine", "completed", 3)
    changes = Event.objects.filter(item=item).first().changes
    assert changes.get(field="note").before == "Theirs"
    if headers:
        found = by_id(response)
        assert found[f"item-{item.pk}-version"].get("value") == "3"
        assert words(found[f"item-{item.pk}-conflict"]) == ""


def test_overwriting_applies_only_to_the_version_that_was_shown(client, item, chief):
    mine = whole(item, note="Mine")
    answer(item, chief, note="Theirs")
    post(client, item, mine, headers=HTMX)
    answer(item, chief, note="Theirs, later")
    response = post(client, item, mine | {"overwrite": "2"}, headers=HTMX)
    assert response.status_code == 409
    assert table_of(response)["Note"] == ("Theirs, later", "Mine")
    assert fresh(item).note == "Theirs, later"


@pytest.mark.parametrize("overwrite", ["", "x", "0", "-1", "1", "9" * 40, "\0"])
def test_an_invalid_overwrite_saves_nothing(client, item, chief, overwrite):
    mine = whole(item, note="Mine")
    answer(item, chief, note="Theirs")
    response = post(client, item, mine | {"overwrite": overwrite}, headers=HTMX)
    assert response.status_code == 409
    assert fresh(item).note == "Theirs"


def test_my_version_can_be_discarded(client, item, chief):
    mine = whole(item, note="Mine")
    answer(item, chief, note="Theirs")
    page = post(client, item, mine)
    (link,) = (a for a in tree_of(page).iter("a") if words(a) == "Discard mine and use theirs")
    reopened = client.get(link.get("href").partition("#")[0])
    assert form_on(reopened, item_url(item))["note"] == "Theirs"
    assert form_on(reopened, item_url(item))["version"] == "2"
    fragment = client.get(link.get("data-hx-get"), headers=HTMX)
    assert form_on(fragment, item_url(item))["note"] == "Theirs"


@PAGE_AND_HTMX
def test_a_status_from_a_list_conflicts_too(client, item, chief, headers):
    mine = status_only(item, "completed")
    answer(item, chief, note="Wait for the vote first")
    response = post(client, item, mine, headers=headers)
    assert response.status_code == 409
    assert table_of(response) == {"Status": ("Not started", "Completed")}
    assert fresh(item).status == Status.NOT_STARTED
    if headers:
        overwrite = mine | {"overwrite": "2"}
    else:
        opened = form_on(response, item_url(item))
        assert (opened["status"], opened["note"]) == ("completed", "Wait for the vote first")
        assert opened["version"] == "1"
        overwrite = opened | {"overwrite": "2"}
    saving = post(client, item, overwrite, headers=headers)
    assert saving.status_code == (200 if headers else 302)
    saved = fresh(item)
    assert (saved.status, saved.note) == (Status.COMPLETED, "Wait for the vote first")


def test_an_overwritten_reason_is_kept_in_the_history(client, item, chief):
    mine = status_only(item, "in-progress")
    answer(item, chief, status=Status.NOT_NEEDED, reason="Done by the county")
    assert post(client, item, mine, headers=HTMX).status_code == 409
    post(client, item, mine | {"overwrite": "2"}, headers=HTMX)
    assert fresh(item).status == Status.IN_PROGRESS
    assert EventChange.objects.filter(before="Done by the county").exists()


@PAGE_AND_HTMX
def test_two_equal_answers_do_not_conflict(client, item, chief, headers):
    mine = whole(item, note="Agreed.", status="completed")
    answer(item, chief, note="Agreed.", status=Status.COMPLETED)
    response = post(client, item, mine, headers=headers)
    assert response.status_code == (200 if headers else 302)
    assert fresh(item).version == 2
    if headers:
        assert by_id(response)[f"item-{item.pk}-version"].get("value") == "2"


def test_saves_of_two_actions_do_not_conflict(client, item, plan, chief):
    other = plan.items.exclude(pk=item.pk).filter(step=item.step_id).first()
    mine, theirs = whole(item, note="Mine"), whole(other, note="Theirs")
    assert post(signed_in(chief), other, theirs, headers=HTMX).status_code == 200
    assert post(client, item, mine, headers=HTMX).status_code == 200
    assert (fresh(item).note, fresh(other).note) == ("Mine", "Theirs")


def test_a_save_overtaken_while_it_runs_conflicts(client, item, chief, monkeypatch):
    """The colleague saves after this request has read the action and before it writes it."""
    save_item = plans_actions.save_item

    def overtaken(subject, **kwargs):
        PlanItem.objects.filter(pk=subject.pk).update(note="Theirs", version=2, saved_by=chief)
        return save_item(subject, **kwargs)

    mine = whole(item, note="Mine")
    monkeypatch.setattr("assessments.pages.views.items.save_item", overtaken)
    response = post(client, item, mine, headers=HTMX)
    assert response.status_code == 409
    assert table_of(response)["Note"] == ("Theirs", "Mine")
    assert fresh(item).note == "Theirs"


# --- Field by field -------------------------------------------------------------------------------


def chosen_on(response):
    """Return the selected version of each field of a conflict."""
    radios = {}
    for radio in tree_of(response).iter("input"):
        name = radio.get("name", "")
        if name.startswith("merge-"):
            radios.setdefault(name.removeprefix("merge-"), "")
            if radio.get("checked") is not None:
                radios[name.removeprefix("merge-")] = radio.get("value")
    return radios


@pytest.fixture
def quarrel(item, officer, chief):
    """Both changed the note, only the chief the due date, only I the status and the owner."""
    before = {"note": "As it was", "due": dt.date(2027, 6, 1)}
    answer(item, officer, **before)
    mine = whole(item, note="Mine", status="in-progress", owner=owner_of(chief).pk)
    answer(item, chief, note="Theirs")
    answer(item, chief, due=dt.date(2027, 7, 1))
    return mine


def owner_of(user):
    return Membership.objects.get(user=user)


@PAGE_AND_HTMX
def test_a_field_only_one_person_changed_is_selected(client, item, quarrel, headers):
    response = post(client, item, quarrel, headers=headers)
    assert response.status_code == 409
    assert chosen_on(response) == {"status": "mine", "owner": "mine", "due": "theirs", "note": ""}
    assert table_of(response)["Due"] == ("1 July 2027", "1 June 2027")


@PAGE_AND_HTMX
@pytest.mark.parametrize(
    ("choice", "note"),
    [("theirs", "Theirs"), ("mine", "Mine, edited"), ("both", "Theirs\n\nMine, edited")],
)
def test_the_selected_versions_are_saved(client, item, chief, quarrel, headers, choice, note):
    first = post(client, item, quarrel, headers=headers)
    data = quarrel | {f"merge-{name}": value for name, value in chosen_on(first).items()}
    data |= {"merge": fresh(item).version, "merge-note": choice, "note": "Mine, edited"}
    response = post(client, item, data, headers=headers)
    assert response.status_code == (200 if headers else 302)
    saved = fresh(item)
    assert (saved.note, saved.due, saved.status) == (note, dt.date(2027, 7, 1), "in-progress")
    assert saved.owner.user == chief
    assert saved.version == 5
    if headers:
        # The form is closed, so that no field still shows a version that was not selected.
        assert "textarea" not in {element.tag for element in tree_of(response).iter()}
        assert response.headers["HX-Retarget"] == f"#item-{item.pk}"


@PAGE_AND_HTMX
def test_nothing_is_saved_while_a_field_is_undecided(client, item, quarrel, headers):
    data = quarrel | {"merge": fresh(item).version, "merge-status": "theirs", "merge-note": "x"}
    response = post(client, item, data, headers=headers)
    assert response.status_code == 409
    assert "Select which note to keep" in text_of(response)
    assert chosen_on(response)["status"] == "theirs"  # a selection is kept
    assert fresh(item).version == 4


def test_choices_apply_only_to_the_version_that_was_shown(client, item, chief, quarrel):
    seen = fresh(item).version
    answer(item, chief, note="Theirs, later")
    data = quarrel | {"merge": seen, "merge-note": "mine", "merge-due": "mine"}
    response = post(client, item, data, headers=HTMX)
    assert response.status_code == 409
    assert fresh(item).note == "Theirs, later"


def test_the_reason_is_merged_with_its_status(client, item, chief):
    mine = whole(item, status="in-progress", note="Mine")
    answer(item, chief, status=Status.NOT_NEEDED, reason="Done by the county")
    response = post(client, item, mine, headers=HTMX)
    assert table_of(response)["Status"] == ("Not needed: Done by the county", "In progress")
    choices = {"merge": 2, "merge-status": "theirs", "merge-note": "mine"}
    assert post(client, item, mine | choices, headers=HTMX).status_code == 200
    saved = fresh(item)
    assert (saved.status, saved.reason, saved.note) == (
        Status.NOT_NEEDED,
        "Done by the county",
        "Mine",
    )


def test_both_notes_are_kept_only_where_they_fit(client, item, chief):
    mine = whole(item, note="m" * 15_000)
    answer(item, chief, note="t" * 15_000)
    response = post(client, item, mine | {"merge": 2, "merge-note": "both"}, headers=HTMX)
    assert response.status_code == 409
    assert "Keep both notes" not in text_of(response)
    assert fresh(item).note == "t" * 15_000


def test_nothing_is_preselected_if_the_history_is_incomplete(client, item):
    mine = whole(item, note="Mine")
    PlanItem.objects.filter(pk=item.pk).update(due=dt.date(2027, 6, 1), version=2)
    assert chosen_on(post(client, item, mine, headers=HTMX)) == {"due": "", "note": ""}


# --- An item that a colleague removed -------------------------------------------------------------


@pytest.fixture
def removed(plan, chief):
    own = own_item(plan, by=chief, title="Brief the chairs")
    remove_item(fresh(own), version=1, by=chief)
    return own


@PAGE_AND_HTMX
def test_an_answer_to_a_removed_action_is_not_lost(client, removed, headers):
    mine = whole(removed, version=1, note="My words")
    response = post(client, removed, mine, headers=headers)
    assert response.status_code == 409
    assert "Chief removed this action at 2:02pm on 18 May 2027" in text_of(response)
    assert table_of(response) == {"Note": ("(empty)", "My words")}
    if not headers:
        assert form_on(response, item_url(removed))["note"] == "My words"
    put_back = post(client, removed, mine | {"overwrite": "2"}, headers=headers)
    assert put_back.status_code == (200 if headers else 302)
    saved = fresh(removed)
    assert (saved.note, saved.removed_at) == ("My words", None)
    assert [e.kind for e in Event.objects.filter(item=removed)] == [
        "item-changed",
        "item-restored",
        "item-removed",
        "item-added",
    ]


@PAGE_AND_HTMX
def test_saving_a_removed_action_conflicts_even_without_a_change(client, removed, headers):
    response = post(client, removed, whole(removed, version=1), headers=headers)
    assert response.status_code == 409
    assert "Chief removed this action" in text_of(response)
    assert fresh(removed).removed_at is not None


def test_a_removed_action_says_so_and_cannot_be_opened(client, removed):
    assert client.get(item_url(removed, "item_edit")).status_code == 404
    assert client.get(item_url(removed, "item_edit"), headers=HTMX).status_code == 404
    fragment = client.get(item_url(removed), headers=HTMX)
    assert "This action has been removed from the plan." in text_of(fragment)
    assert "<form" not in fragment.content.decode()


def test_a_removed_action_is_in_no_list(client, removed, plan):
    for page in (
        step_url(plan, 13),
        reverse("plan_stage", args=[plan.pk, 2]),
        reverse("plan_area", args=[plan.pk, 3]),
        reverse("plan_open", args=[plan.pk]) + "?page=2",
    ):
        assert removed.pk not in item_ids(client.get(page))


# --- Nothing lost, whatever happens ---------------------------------------------------------------


def test_every_acknowledged_text_is_in_the_history(item, chief, officer):
    """Two people save one action, sometimes from a stale page, sometimes overwriting the other."""
    chance = random.Random(11)  # noqa: S311 - no secret: the same quarrel every time
    clients = [signed_in(chief), signed_in(officer)]
    pages = [whole(item), whole(item)]
    acknowledged, refused = [], 0
    for n in range(60):
        who = chance.randrange(2)
        if chance.random() < 0.3:
            pages[who] = whole(item)
        if chance.random() < 0.5:
            pages[who] |= {"note": f"Words {n} of {who}"}
        else:
            status = chance.choice(Status.values)
            reason = f"Reason {n} of {who}" if status == Status.NOT_NEEDED else ""
            pages[who] |= {"status": status, "reason": reason}
        response = post(clients[who], item, pages[who], headers=HTMX)
        if response.status_code == 409 and chance.random() < 0.4:
            over = {"overwrite": fresh(item).version}
            response = post(clients[who], item, pages[who] | over, headers=HTMX)
        if response.status_code == 200:
            version = by_id(response)[f"item-{item.pk}-version"].get("value")
            pages[who]["version"] = version
            acknowledged += [pages[who]["note"], pages[who]["reason"]]
        else:
            refused += 1
    assert refused > 5
    assert len(acknowledged) > 40
    recorded = set(EventChange.objects.filter(event__item=item).values_list("after", flat=True))
    assert set(filter(None, acknowledged)) <= recorded
    # Each change starts from the text that the previous one left.
    for field in ("note", "status", "reason"):
        chain = EventChange.objects.filter(event__item=item, field=field).order_by("pk")
        for before, after in zip(chain, list(chain)[1:], strict=False):
            assert before.after == after.before
        value = getattr(fresh(item), field)
        assert chain.last().after == (Status(value).label if field == "status" else value)
    assert fresh(item).version == 1 + Event.objects.filter(item=item).count()
    assert Membership.objects.count() == 2
