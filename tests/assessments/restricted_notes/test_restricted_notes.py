import datetime as dt

import pytest
from django.urls import reverse

from assessments.restricted_notes.actions import save_restricted_note
from assessments.restricted_notes.models import RestrictedNote
from councils.actions import change_member, end_membership
from councils.models import Access, Membership, Office
from tests.acting import form_on

pytestmark = pytest.mark.django_db

SECRET = "marker-restricted-7319"


@pytest.fixture
def url(plan, item):
    return reverse("restricted_note", args=[plan.pk, item.pk])


@pytest.fixture
def note(item, chief):
    return save_restricted_note(item, None, text=SECRET, version=0, by=chief)


@pytest.fixture
def named(person, riverdale, note, chief, item):
    """Make an editor a named reader of the note."""
    user = person(riverdale, "named", office=Office.SECTION_151_OFFICER)
    member = Membership.objects.get(user=user)
    save_restricted_note(item, note, text=SECRET, version=note.version, by=chief, readers=[member])
    return user


def posted(version=0, text="Only for us", readers=()):
    return {"version": version, "text": text, "readers": list(readers)}


def test_an_owner_writes_one_and_sees_it_under_its_item(client, chief, plan, item, url):
    client.force_login(chief)
    response = client.post(url, posted(text="First line\r\n\r\n  indented"), follow=True)
    page = response.content.decode()
    assert "Restricted note: only the owners can read this" in page
    assert "First line\n\n  indented" in page
    assert RestrictedNote.objects.get().item == item


@pytest.mark.parametrize("who", ["officer", "reviewer", "stranger"])
def test_no_one_else_learns_that_it_exists(request, client, note, url, who):
    client.force_login(request.getfixturevalue(who))
    for answer in (client.get(url), client.post(url, posted(1))):
        assert answer.status_code == 404
    note.refresh_from_db()
    assert note.text == SECRET


def test_a_named_member_can_read_and_change_it_but_not_name_readers(client, named, note, url):
    client.force_login(named)
    page = client.get(url).content.decode()
    assert SECRET in page
    assert "Who else" not in page
    version = RestrictedNote.objects.get().version
    other = Membership.objects.exclude(user=named).first()
    assert client.post(url, posted(version, "Changed", [other.pk])).status_code == 302
    note.refresh_from_db()
    assert note.text == "Changed"
    assert [member.user for member in note.readers.all()] == [named]


@pytest.mark.parametrize(("saved", "says_so"), [(20, False), (21, True)])
def test_the_page_says_if_older_texts_are_not_listed(client, chief, note, url, saved, says_so):
    for number in range(saved - note.events.count()):
        note.events.create(by=chief, text=f"Text {number}")
    client.force_login(chief)
    page = client.get(url).content.decode()
    assert ("Only the latest 20 are listed." in page) is says_so


def test_a_member_who_is_no_longer_named_or_has_left_cannot_read_it(
    client, chief, named, item, note, url
):
    client.force_login(named)
    assert client.get(url).status_code == 200
    note.refresh_from_db()
    save_restricted_note(item, note, text=SECRET, version=note.version, by=chief, readers=[])
    assert client.get(url).status_code == 404
    member = Membership.objects.get(user=named)
    save_restricted_note(item, note, text=SECRET, version=note.version, by=chief, readers=[member])
    end_membership(member, by=chief)
    assert client.get(url).status_code == 404


def test_an_owner_who_becomes_an_editor_can_no_longer_read_it(
    client, chief, person, riverdale, note, url
):
    second = person(riverdale, "second", access=Access.OWNER)
    client.force_login(second)
    assert client.get(url).status_code == 200
    change_member(Membership.objects.get(user=second), by=chief, access=Access.EDITOR)
    assert client.get(url).status_code == 404


def pages_of(plan, item):
    yield reverse("home")
    for name in ("plan", "plan_mine", "plan_open", "plan_officers", "action_plan"):
        yield reverse(name, args=[plan.pk])
    yield reverse("plan_stage", args=[plan.pk, 2])
    yield reverse("plan_area", args=[plan.pk, 3])
    yield reverse("plan_officer", args=[plan.pk, "monitoring-officer"])
    yield reverse("plan_step", args=[plan.pk, 13])
    yield reverse("item", args=[plan.pk, item.pk])
    yield reverse("guidance_search") + f"?q={SECRET}x"
    yield reverse("people", args=[plan.council.slug])


@pytest.mark.parametrize("who", ["officer", "reviewer"])
@pytest.mark.parametrize("htmx", [False, True])
def test_no_page_or_fragment_shows_it_to_others(request, client, plan, item, note, who, htmx):
    user = request.getfixturevalue(who)
    client.force_login(user)
    headers = {"HX-Request": "true"} if htmx else {}
    for address in pages_of(plan, item):
        answer = client.get(address, headers=headers, follow=True)
        assert SECRET not in answer.content.decode().replace(f"{SECRET}x", ""), address
        assert "Restricted note" not in answer.content.decode(), address


def test_no_fragment_event_or_pdf_has_it_even_for_an_owner(client, chief, plan, item, note):
    client.force_login(chief)
    saved = client.post(
        reverse("item", args=[plan.pk, item.pk]),
        {"part": "status", "version": item.version, "status": "completed"},
        headers={"HX-Request": "true"},
    )
    assert saved.status_code == 200
    assert SECRET not in saved.content.decode()
    for event in plan.events.prefetch_related("changes"):
        assert SECRET not in event.detail
        assert all(SECRET not in c.before + c.after for c in event.changes.all())
    from assessments.exports.pdf import render_html
    from assessments.exports.report import report_for

    assert SECRET not in render_html(report_for(plan, today=dt.date(2027, 5, 18)))


def test_a_stale_save_shows_theirs_and_keeps_mine(client, chief, item, note, url):
    save_restricted_note(item, note, text="Theirs meanwhile", version=1, by=chief)
    client.force_login(chief)
    response = client.post(url, posted(1, "Mine, typed long"))
    assert response.status_code == 409
    page = response.content.decode()
    assert "Theirs meanwhile" in page
    assert "You saved this note at" in page
    assert "Mine, typed long" in page
    assert 'name="version" value="2"' in page
    assert client.post(url, posted(2, "Mine, typed long")).status_code == 302
    assert list(note.events.values_list("text", flat=True)) == [
        "Mine, typed long",
        "Theirs meanwhile",
        SECRET,
    ]


def test_two_first_texts_do_not_overwrite_each_other(client, chief, note, url):
    client.force_login(chief)
    response = client.post(url, posted(0, "I also began one"))
    assert response.status_code == 409
    assert SECRET in response.content.decode()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"text": "x" * 20_001}, "20,000 characters or fewer"),
        ({"text": " "}, "Enter the restricted note"),
        ({"readers": ["999999"]}, "people from the list"),
        ({"readers": ["nonsense"]}, "people from the list"),
        ({"readers": [str(10**30)]}, "people from the list"),
    ],
)
def test_an_error_keeps_the_text(client, chief, url, wrong, message):
    client.force_login(chief)
    response = client.post(url, posted() | wrong)
    assert response.status_code == 422
    assert message in response.content.decode()
    assert (posted() | wrong)["text"] in response.content.decode()


def test_a_member_of_another_council_cannot_be_named(client, chief, stranger, url):
    client.force_login(chief)
    theirs = Membership.objects.get(user=stranger)
    assert client.post(url, posted(readers=[theirs.pk])).status_code == 422
    assert not RestrictedNote.objects.exists()


def test_a_line_break_counts_as_one_character(client, chief, url):
    lines = "\r\n".join(["x" * 99] * 200)  # 19,999 characters as the box counts them
    client.force_login(chief)
    assert client.post(url, posted(text=lines)).status_code == 302
    assert len(RestrictedNote.objects.get().text) == 19_999


def test_the_form_under_the_action_changes_the_text_and_keeps_the_readers(
    client, chief, named, plan, item, note, url
):
    step = reverse("plan_step", args=[plan.pk, item.step.number])
    for user, text in ((chief, "From the owner"), (named, "From the reader")):
        client.force_login(user)
        data = form_on(client.get(step), url)
        assert data["part"] == "text"
        saved = client.post(url, data | {"text": text}, follow=True)
        assert text in saved.content.decode()
        note.refresh_from_db()
        assert [reader.user for reader in note.readers.all()] == [named]
        assert note.text == text


def test_only_those_who_can_write_a_note_get_the_form(client, chief, officer, plan, item, url):
    step = reverse("plan_step", args=[plan.pk, item.step.number])
    for user, expected in ((chief, True), (officer, False)):
        client.force_login(user)
        assert (f'action="{url}"' in client.get(step).content.decode()) is expected
