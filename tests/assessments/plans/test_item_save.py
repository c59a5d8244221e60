import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from assessments.plans.actions import remove_item
from assessments.plans.models import Event, Status
from councils.models import Membership
from tests.acting import (
    HTMX,
    answer,
    by_id,
    error_links,
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

NOON = dt.datetime(2027, 5, 18, 11, 2, tzinfo=dt.UTC)  # 12:02pm in London


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def client(officer):
    return signed_in(officer)


def member(user):
    return Membership.objects.get(user=user)


def post(client, item, data, **kwargs):
    return client.post(item_url(item), data, **kwargs)


# --- Status at once -------------------------------------------------------------------------------


def test_saving_a_status_updates_the_page(client, item, officer):
    response = post(client, item, status_only(item, "in-progress"), headers=HTMX)
    assert response.status_code == 200
    found = by_id(response)
    dom = f"item-{item.pk}"
    assert set(found) == {
        f"{dom}-version",
        f"{dom}-state",
        f"{dom}-saved",
        f"{dom}-conflict",
        "step-13-progress",
    }
    assert all(element.get("data-hx-swap-oob") for element in found.values())
    assert found[f"{dom}-version"].get("value") == "2"
    assert words(found[f"{dom}-saved"]) == "Saved at 12:02pm"
    assert words(found["step-13-progress"]) == "0 of 4"
    saved = fresh(item)
    assert (saved.status, saved.version) == (Status.IN_PROGRESS, 2)
    assert saved.saved_by == officer
    assert saved.saved_at == NOON


def test_every_element_a_save_updates_is_on_the_page(client, item):
    pages = [
        step_url(item.plan, 13),
        item_url(item, "item_edit"),
        reverse("plan_stage", args=[item.plan_id, 2]),
        reverse("plan_area", args=[item.plan_id, 3]),
        reverse("plan_mine", args=[item.plan_id]),
        reverse("plan_officer", args=[item.plan_id, "monitoring-officer"]),
    ]
    answers = [
        by_id(post(client, item, status_only(item, status), headers=HTMX))
        for status in ("in-progress", "completed")
    ]
    for page in pages:
        assert answers[0].keys() <= by_id(client.get(page)).keys(), page


def test_saving_a_status_updates_the_progress_of_the_step(client, item):
    response = post(client, item, status_only(item, "completed"), headers=HTMX)
    assert words(by_id(response)["step-13-progress"]) == "1 of 4"
    assert words(by_id(response)[f"item-{item.pk}-state"]) == "Completed Tue 18 May"


def test_a_status_alone_changes_nothing_else(client, item, officer, chief):
    answer(
        item,
        chief,
        status=Status.IN_PROGRESS,
        owner=member(officer),
        due=dt.date(2027, 6, 1),
        note="Two lines\nof note",
    )
    post(client, item, status_only(item, "completed"), headers=HTMX)
    saved = fresh(item)
    assert saved.status == Status.COMPLETED
    assert saved.owner == member(officer)
    assert saved.due == dt.date(2027, 6, 1)
    assert saved.note == "Two lines\nof note"


def test_completing_sets_the_completion_date_and_reopening_clears_it(client, item, officer):
    post(client, item, status_only(item, "completed"), headers=HTMX)
    assert fresh(item).completed_on == dt.date(2027, 5, 18)
    with time_machine.travel(NOON + dt.timedelta(days=3), tick=False):
        client.force_login(officer)  # sessions end after 3 days
        post(client, item, whole(item, note="Minuted."), headers=HTMX)
    assert fresh(item).completed_on == dt.date(2027, 5, 18)
    client.force_login(officer)
    post(client, item, status_only(item, "in-progress"), headers=HTMX)
    assert fresh(item).completed_on is None


def test_the_completion_date_is_in_local_time(client, item, officer):
    half_past_midnight_in_london = dt.datetime(2027, 5, 18, 23, 30, tzinfo=dt.UTC)
    with time_machine.travel(half_past_midnight_in_london, tick=False):
        client.force_login(officer)
        post(client, item, status_only(item, "completed"), headers=HTMX)
    assert fresh(item).completed_on == dt.date(2027, 5, 19)


def test_nothing_changed_leaves_no_event_and_no_new_version(client, item):
    before = Event.objects.count()
    for data in (status_only(item, "not-started"), whole(item)):
        assert post(client, item, data, headers=HTMX).status_code == 200
        assert post(client, item, data).status_code == 302
    assert Event.objects.count() == before
    assert fresh(item).version == 1


# --- The whole answer -----------------------------------------------------------------------------


def test_leaving_a_field_saves_the_whole_answer(client, item, chief):
    data = whole(
        item,
        status="in-progress",
        owner=member(chief).pk,
        note="Order of business agreed.",
        **{"due-day": "28", "due-month": "may", "due-year": "2027"},
    )
    response = post(client, item, data, headers=HTMX)
    assert response.status_code == 200
    dom = f"item-{item.pk}"
    found = by_id(response)
    assert found[f"{dom}-version"].get("value") == "2"
    slots = {id_ for id_ in found if "-error-" in id_}
    assert slots == {
        f"{dom}-error-{name}"
        for name in (
            "status",
            "reason",
            "owner",
            "owner_name",
            "due_by",
            "due",
            "due_rule",
            "note",
        )
    }
    assert [words(found[slot]) for slot in slots] == [""] * 8
    saved = fresh(item)
    assert saved.status == Status.IN_PROGRESS
    assert saved.owner == member(chief)
    assert saved.due == dt.date(2027, 5, 28)
    assert saved.note == "Order of business agreed."


def test_successive_autosaves_use_the_version_of_the_previous_response(client, item):
    data = whole(item)
    for number, note in enumerate(["One.", "One. Two.", "One. Two. Three."], start=2):
        response = post(client, item, data | {"note": note}, headers=HTMX)
        data["version"] = by_id(response)[f"item-{item.pk}-version"].get("value")
        assert data["version"] == str(number)
    assert fresh(item).note == "One. Two. Three."


def test_save_and_close_returns_the_action_as_text_with_focus(client, item):
    response = post(client, item, whole(item, note="Done with.", close="1"), headers=HTMX)
    assert response.status_code == 200
    assert response.headers["HX-Retarget"] == f"#item-{item.pk}"
    assert response.headers["HX-Reswap"] == "outerHTML"
    assert "Done with." in text_of(response)
    assert "Saved at 12:02pm" in text_of(response)
    assert response.content.decode().count("autofocus") == 1
    assert "textarea" not in response.content.decode()
    assert by_id(response)["step-13-progress"].get("data-hx-swap-oob") == "innerHTML"


def test_a_page_shows_what_was_saved_and_offers_it_for_editing(client, item, officer):
    answer(
        item,
        officer,
        status=Status.IN_PROGRESS,
        owner=member(officer),
        due=dt.date(2027, 5, 28),
        note="Agreed with <all> groups & the mayor",
    )
    text = text_of(client.get(step_url(item.plan, 13)))
    assert "Agreed with <all> groups & the mayor" in text
    assert "Officer, Monitoring officer" in text
    assert "Fri 28 May" in text
    opened = form_on(client.get(item_url(item, "item_edit")), item_url(item))
    assert opened.pop("due_by") == "date"
    shown = {name: value for name, value in opened.items() if not name.startswith("due_rule")}
    assert shown == {key: str(value) for key, value in whole(item).items()}


# --- Owners ---------------------------------------------------------------------------------------


def test_an_owner_is_a_member_or_a_typed_name_but_not_both(client, item, officer):
    data = whole(item, owner="someone-else", owner_name="Head of communications")
    post(client, item, data, headers=HTMX)
    assert (fresh(item).owner, fresh(item).owner_name) == (None, "Head of communications")
    # The typed name is still in its hidden field when a member is selected instead.
    data = whole(item, owner=member(officer).pk, owner_name="Head of communications")
    post(client, item, data, headers=HTMX)
    assert (fresh(item).owner, fresh(item).owner_name) == (member(officer), "")
    post(client, item, whole(item, owner=""), headers=HTMX)
    assert (fresh(item).owner, fresh(item).owner_name) == (None, "")


@pytest.mark.parametrize("name", ["", "   "])
def test_someone_else_needs_a_name(client, item, name):
    response = post(client, item, whole(item, owner="someone-else", owner_name=name), headers=HTMX)
    assert response.status_code == 422
    slot = by_id(response)[f"item-{item.pk}-error-owner_name"]
    assert words(slot) == "Error: Enter the owner’s name"
    assert fresh(item).version == 1


def test_a_member_of_another_council_cannot_be_assigned_an_action(client, item, stranger):
    page = client.get(item_url(item, "item_edit")).content.decode()
    assert "Stranger" not in page
    foreign = member(stranger).pk
    for owner in (foreign, 999999, "x", "-1", "1e3"):
        response = post(client, item, whole(item, owner=owner), headers=HTMX)
        assert response.status_code == 422
        slot = by_id(response)[f"item-{item.pk}-error-owner"]
        assert words(slot) == "Error: Select an owner from the list"
        assert "Stranger" not in response.content.decode()
    assert fresh(item).owner is None


# --- Dates ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "month", "year", "message"),
    [
        ("31", "2", "2027", "Due date must be a real date"),
        ("1", "", "2027", "Due date must include a month"),
        ("1", "", "", "Due date must include a month and year"),
        ("1", "13", "2027", "Due date must be a real date"),
        ("1", "5", "27", "Due date must include a year with 4 numbers"),
        ("9" * 400, "5", "2027", "Due date must be a real date"),
        ("1", "5", "9" * 400, "Due date must include a year with 4 numbers"),
        ("1", "5", "1999", "Due date must be in a year from 2000 to 2100"),
        ("\0", "5", "2027", "Due date must be a real date"),
        ("١", "5", "2027", "Due date must be a real date"),
        ("<b>", "5", "2027", "Due date must be a real date"),
    ],
)
def test_an_invalid_date_is_explained_and_kept(client, item, day, month, year, message):
    answer(item, fresh(item).plan.created_by, due=dt.date(2027, 6, 1))
    data = whole(item, **{"due-day": day, "due-month": month, "due-year": year}, note="Kept.")
    response = post(client, item, data, headers=HTMX)
    assert response.status_code == 422
    assert words(by_id(response)[f"item-{item.pk}-error-due"]) == f"Error: {message}"
    page = post(client, item, data)
    assert page.status_code == 422
    typed = form_on(page, item_url(item))
    kept = [typed[f"due-{part}"] for part in ("day", "month", "year")]
    # U+0000 is not allowed in HTML.
    assert kept == [day.replace("\0", "\ufffd"), month, year]
    assert typed["note"] == "Kept."
    assert fresh(item).due == dt.date(2027, 6, 1)
    assert fresh(item).note == ""


def test_an_empty_date_clears_the_due_date(client, item, officer):
    answer(item, officer, due=dt.date(2027, 6, 1))
    post(client, item, whole(item, **{"due-day": "", "due-month": "", "due-year": " "}))
    assert fresh(item).due is None


@pytest.mark.parametrize(
    ("due", "status", "state"),
    [
        (dt.date(2027, 5, 17), "in-progress", "Overdue by 1 day"),
        (dt.date(2027, 5, 8), "not-started", "Overdue by 10 days"),
        (dt.date(2027, 5, 18), "in-progress", "Due today"),
        (dt.date(2027, 5, 19), "in-progress", ""),
        (dt.date(2027, 5, 8), "completed", "Completed Tue 18 May"),
    ],
)
def test_a_save_updates_the_overdue_message(client, item, due, status, state):
    data = whole(
        item,
        status=status,
        **{"due-day": due.day, "due-month": due.month, "due-year": due.year},
    )
    response = post(client, item, data, headers=HTMX)
    assert words(by_id(response)[f"item-{item.pk}-state"]) == state


# --- Words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("end_of_line", ["\r\n", "\r", "\n"])
def test_line_breaks_are_kept(client, item, end_of_line):
    note = end_of_line.join(["First", "", "third", "  indented"])
    reason = end_of_line.join(["Because", "of this"])
    for _ in range(2):  # saving the same text again changes nothing
        post(client, item, whole(item, note=note, reason=reason, status="not-needed"))
    saved = fresh(item)
    assert saved.note == "First\n\nthird\n  indented"
    assert saved.reason == "Because\nof this"
    assert saved.version == 2
    html = client.get(step_url(item.plan, 13)).content.decode()
    assert '<p class="app-item__note">First\n\nthird\n  indented</p>' in html
    assert "Because\nof this</p>" in html
    opened = form_on(client.get(item_url(item, "item_edit")), item_url(item))
    assert opened["note"] == "First\r\n\r\nthird\r\n  indented"
    assert opened["reason"] == "Because\r\nof this"


@pytest.mark.parametrize(
    "note",
    [
        "Ffïon Ó Brádaigh, 山田, עברית, ẞ",
        "👩‍💼🏴󠁧󠁢󠁷󠁬󠁳󠁿",
        "<script>alert(1)</script>",
        "{{ plan }} {% csrf_token %} {coalition}",
        "'; DROP TABLE assessments_planitem; --",
        "&lt;b&gt; &amp;amp;",
        "\u202eright to left",
        "</textarea><b>out",
        "x" * 20_000,
        "é" * 20_000,
    ],
)
def test_any_text_is_kept_as_typed(client, item, note):
    assert post(client, item, whole(item, note=note), headers=HTMX).status_code == 200
    assert fresh(item).note == note
    page = client.get(item_url(item, "item_edit"))
    assert form_on(page, item_url(item))["note"] == note
    shown = [
        "".join(element.itertext())
        for element in tree_of(client.get(step_url(item.plan, 13))).iter()
        if element.get("class") == "app-item__note"
    ]
    assert shown == [note]


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("note", "x" * 20_001, "The note must be 20,000 characters or fewer"),
        ("note", "a\0b", "Null characters are not allowed"),
        ("reason", "x" * 2001, "The reason must be 2,000 characters or fewer"),
        ("reason", "a\0b", "Null characters are not allowed"),
        ("owner_name", "x" * 81, "The owner’s name must be 80 characters or fewer"),
        ("owner_name", "a\0b", "Null characters are not allowed"),
    ],
)
def test_invalid_text_shows_an_error_beside_its_field(client, item, field, value, message):
    data = whole(item, status="not-needed", reason="Because.", owner="someone-else")
    data |= {"owner_name": "Ada", field: value}
    response = post(client, item, data, headers=HTMX)
    assert response.status_code == 422
    found = by_id(response)
    assert words(found[f"item-{item.pk}-error-{field}"]) == f"Error: {message}"
    assert words(found[f"item-{item.pk}-saved"]) == f"Not saved. {message}"
    assert f"item-{item.pk}-version" not in found
    page = post(client, item, data)
    assert page.status_code == 422
    assert form_on(page, item_url(item))[field] == value.replace("\0", "\ufffd")
    assert (message, f"item-{item.pk}-{field}") in error_links(page)
    assert fresh(item).version == 1


def test_correcting_an_error_clears_its_message(client, item):
    wrong = whole(item, note="x" * 20_001)
    assert post(client, item, wrong, headers=HTMX).status_code == 422
    response = post(client, item, whole(item, note="x"), headers=HTMX)
    assert words(by_id(response)[f"item-{item.pk}-error-note"]) == ""


# --- Versions and statuses that are none ----------------------------------------------------------


@pytest.mark.parametrize(
    "version", [None, "", "x", "-1", "0", "1.5", "1e3", "9" * 30, "\0", "2147483648", "١x"]
)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_without_a_version_nothing_is_saved(client, item, version, headers):
    for data in (status_only(item, "completed"), whole(item, note="Kept?")):
        data["version"] = version
        if version is None:
            del data["version"]
        response = post(client, item, data, headers=headers)
        assert response.status_code == 422
        assert "This page is out of date" in text_of(response)
        assert 'value="None"' not in response.content.decode()
    if headers:  # the fragment does not replace the field
        assert "textarea" not in {element.tag for element in tree_of(response).iter()}
    else:
        assert form_on(response, item_url(item))["note"] == "Kept?"
    assert (fresh(item).status, fresh(item).note, fresh(item).version) == ("not-started", "", 1)


def test_a_version_from_the_future_is_a_conflict(client, item):
    response = post(client, item, whole(item, note="Mine", version=99), headers=HTMX)
    assert response.status_code == 409
    assert fresh(item).note == ""


@pytest.mark.parametrize("status", [None, "", "done", "COMPLETED", "\0", "x" * 5000])
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_an_unknown_status_is_refused(client, item, status, headers):
    for data in (status_only(item, status), whole(item, status=status)):
        data = {key: value for key, value in data.items() if value is not None}
        response = post(client, item, data, headers=headers)
        assert response.status_code == 422
        assert "Select a status" in text_of(response)
    if not headers:
        assert {target for _, target in error_links(response)} <= by_id(response).keys()
    assert fresh(item).version == 1


# --- Not needed -----------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_not_needed_in_a_list_asks_for_a_reason_and_keeps_the_choice(
    client, item, headers, officer
):
    answer(item, officer, note="Kept all the while")
    response = post(client, item, status_only(item, "not-needed", back="/x"), headers=headers)
    assert response.status_code == 422
    assert fresh(item).status == Status.NOT_STARTED
    slot = by_id(response)[f"item-{item.pk}-error-reason"]
    # Choosing "Not needed" is no error yet: with htmx the form asks for the reason.
    prefix = "" if headers else "Error: "
    assert words(slot) == f"{prefix}Enter the reason this is not needed"
    opened = form_on(response, item_url(item))
    assert opened["status"] == "not-needed"
    assert opened["note"] == "Kept all the while"
    assert opened["version"] == "2"
    if headers:
        assert response.headers["HX-Retarget"] == f"#item-{item.pk}"
        assert response.headers["HX-Reswap"] == "outerHTML"
    else:
        link = ("Enter the reason this is not needed", f"item-{item.pk}-reason")
        assert error_links(response) == [link]
        assert link[1] in by_id(response)
        assert "<title>Error: " in response.content.decode()
    # With a reason it is saved.
    assert post(client, item, opened | {"reason": "Done last year."}).status_code == 302
    saved = fresh(item)
    assert (saved.status, saved.reason) == (Status.NOT_NEEDED, "Done last year.")
    assert saved.note == "Kept all the while"


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_not_needed_in_an_open_action_asks_for_a_reason(client, item, headers):
    data = whole(item, status="not-needed", reason="  ", note="Typed")
    response = post(client, item, data, headers=headers)
    assert response.status_code == 422
    slot = by_id(response)[f"item-{item.pk}-error-reason"]
    assert words(slot) == "Error: Enter the reason this is not needed"
    if not headers:
        opened = form_on(response, item_url(item))
        assert (opened["status"], opened["note"]) == ("not-needed", "Typed")
    assert fresh(item).status == Status.NOT_STARTED


def test_the_reason_is_cleared_when_the_action_is_needed_again(client, item, officer):
    answer(item, officer, status=Status.NOT_NEEDED, reason="Done last year.")
    post(client, item, status_only(item, "in-progress"), headers=HTMX)
    assert (fresh(item).status, fresh(item).reason) == (Status.IN_PROGRESS, "")
    change = Event.objects.filter(item=item).first().changes.get(field="reason")
    assert change.before == "Done last year."


def test_saving_the_same_status_again_does_not_ask_for_the_reason_again(client, item, officer):
    answer(item, officer, status=Status.NOT_NEEDED, reason="Done last year.")
    response = post(client, item, status_only(item, "not-needed"))
    assert response.status_code == 302
    assert fresh(item).reason == "Done last year."
    assert fresh(item).version == 2


# --- Without JavaScript ---------------------------------------------------------------------------


def test_without_javascript_a_save_returns_to_the_list_it_was_made_from(client, item):
    lists = [
        step_url(item.plan, 13),
        reverse("plan_stage", args=[item.plan_id, 2]),
        reverse("plan_area", args=[item.plan_id, 3]),
        reverse("plan_mine", args=[item.plan_id]),
        reverse("plan_officer", args=[item.plan_id, "monitoring-officer"]),
        reverse("plan_open", args=[item.plan_id]) + "?page=1",
    ]
    for page, status in zip(lists, ["in-progress", "not-started"] * 3, strict=True):
        data = form_on(client.get(page), item_url(item))
        assert data["back"] == page
        response = post(client, item, data | {"status": status})
        assert response.status_code == 302
        assert response.url == f"{page}#item-{item.pk}"
        assert fresh(item).status == status
        following = client.get(page)
        assert "Saved at 12:02pm" in text_of(following)
        assert item.pk in item_ids(following)


@pytest.mark.parametrize(
    "back",
    [
        "https://evil.example/",
        "//evil.example/plans/{plan}/",
        "https:///evil.example/plans/{plan}/",
        "javascript:alert(1)",
        "/plans/{plan}/../../sign-out/",
        "/plans/{plan}/%2e%2e/%2e%2e/account/",
        "/plans/{plan}/\\evil.example",
        "/plans/{plan}.evil.example/",
        "/plans/{plan}@evil.example/",
        "\t//evil.example",
        "/account/",
        "/guidance/",
        "/plans/{other}/",
        "/plans/{plan}0/",
        "/plans/{plan}/\r\nSet-Cookie: a=b",
        "/plans/{plan}/\0",
        "",
        "x" * 5000,
    ],
)
def test_a_save_never_redirects_outside_the_plan(client, item, their_plan, back):
    back = back.format(plan=item.plan_id, other=their_plan.pk)
    response = post(client, item, whole(item, note="Saved", back=back))
    assert response.status_code == 302
    assert response.url == step_url(item.plan, 13) + f"#item-{item.pk}"
    assert fresh(item).note == "Saved"


@pytest.mark.parametrize(
    "back", ["http://[", "//[", "\x00", "/\\[", "?" * 3000, "/plans/{plan}/open/?" + "q" * 20_000]
)
def test_whatever_is_sent_as_the_way_back_the_save_is_answered(client, item, back):
    back = back.format(plan=item.plan_id)
    for headers in ({}, HTMX):
        response = client.post(item_url(item), whole(item, back=back), headers=headers)
        assert response.status_code in {200, 302}
        assert client.get(item_url(item), {"back": back}, headers=headers).status_code in {200, 302}


def test_the_return_address_cannot_add_headers(client, item):
    back = reverse("plan_open", args=[item.plan_id]) + "?page=1\r\nSet-Cookie: a=b"
    response = post(client, item, whole(item, note="Saved", back=back))
    assert response.status_code == 302
    assert "\n" not in response.url
    assert "a" not in response.cookies


def test_a_refused_save_keeps_the_answers_and_links_to_the_errors(client, item, officer, chief):
    data = whole(
        item,
        status="not-needed",
        reason="",
        owner="someone-else",
        owner_name="",
        note="Typed\r\nin two lines",
        back=reverse("plan_mine", args=[item.plan_id]),
        **{"due-day": "31", "due-month": "2", "due-year": "2027"},
    )
    page = post(client, item, data)
    assert page.status_code == 422
    shown = form_on(page, item_url(item))
    assert {name: shown[name] for name in data} == {key: str(v) for key, v in data.items()}
    links = error_links(page)
    assert [message for message, _ in links] == [
        "Enter the reason this is not needed",
        "Enter the owner’s name",
        "Due date must be a real date",
    ]
    assert {target for _, target in links} <= by_id(page).keys()
    title = page.content.decode().partition("<title>")[2].partition("</title>")[0]
    assert title.startswith("Error: ")
    assert ", step 13: " in title
    assert len(item_ids(page)) == 4


def test_an_invalid_answer_to_a_removed_action_is_not_lost(client, plan, chief, officer):
    own = own_item(plan, by=chief)
    data = whole(own, note="My hour’s work", **{"due-day": "31", "due-month": "2", "due-year": "1"})
    remove_item(fresh(own), version=1, by=chief)
    page = post(client, own, data)
    assert page.status_code == 422
    assert form_on(page, item_url(own))["note"] == "My hour’s work"
    assert {target for _, target in error_links(page)} <= by_id(page).keys()


def test_the_url_of_an_action_redirects_to_its_step(client, item):
    response = client.get(item_url(item))
    assert response.status_code == 302
    assert response.url == step_url(item.plan, 13) + f"#item-{item.pk}"
    fragment = client.get(item_url(item), headers=HTMX)
    assert fragment.status_code == 200
    assert item_ids(fragment) == [item.pk]
    assert "<html" not in fragment.content.decode()


def test_the_page_and_the_fragment_of_an_open_action_are_the_same(client, item):
    page = client.get(item_url(item, "item_edit"))
    fragment = client.get(item_url(item, "item_edit"), headers=HTMX)
    assert form_on(page, item_url(item)) == form_on(fragment, item_url(item))
    assert "<html" not in fragment.content.decode()
    # Only one action is open: the others keep their status buttons.
    assert page.content.decode().count("<textarea") == 2
