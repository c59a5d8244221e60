"""The protocols with the groups: suggested wording, the council's own, agreement, and Word."""

import datetime as dt
import io
import re

import pytest
import time_machine as clock
from django.urls import reverse
from docx import Document

from assessments.data_protection.traces import traces_of
from assessments.plans.models import Election, Event, Plan
from assessments.seats.actions import record_composition
from assessments.ways_of_working.actions import save_agreement, save_protocol
from assessments.ways_of_working.models import GroupProtocol
from assessments.ways_of_working.suggestions import COSTING, NEGOTIATION, PROTOCOLS, suggested
from assessments.ways_of_working.wording import days_of, wording_of
from elections.composition import Composition, Group
from frameworks.models import ChecklistItem, RoleStatement
from tests.acting import signed_in, text_of

DAY = dt.date(2027, 3, 1)


@pytest.fixture(autouse=True)
def after_what_is_recorded():
    with clock.travel(dt.datetime(2027, 3, 10, 12, tzinfo=dt.UTC)):
        yield


@pytest.fixture
def groups(riverdale, chief):
    return record_composition(
        council=riverdale,
        as_at=dt.date(2026, 5, 7),
        composition=Composition((Group("Oak", 10), Group("Ash", 9), Group("Elm", 3))),
        based_on=None,
        by=chief,
    )


def answers(**others):
    """Return the form of the negotiation protocol as its page sends it."""
    words = {f"words-{point.key}": point.title for point in NEGOTIATION.points}
    return {"version": 0, **words, **others}


def saved(plan, by):
    words = {point.key: (point.title, False) for point in NEGOTIATION.points}
    return save_protocol(plan, NEGOTIATION, version=0, answers=words, by=by)


def agreed(**others):
    return {
        "version": 1,
        "state": "agreed",
        "agreed_on-day": DAY.day,
        "agreed_on-month": DAY.month,
        "agreed_on-year": DAY.year,
        "offered": ["Ash", "Elm", "Oak"],
        "groups": ["Oak", "Ash"],
        **others,
    }


def address(name, plan):
    return reverse(name, args=[plan.pk, "negotiation"])


def test_suggestions_cite_points_of_the_guidance_and_favour_no_group(plan):
    codes = {code for each in PROTOCOLS for point in each.points for code in point.codes}
    known = set(ChecklistItem.objects.values_list("code", flat=True))
    known |= set(RoleStatement.objects.values_list("code", flat=True))
    assert codes <= known
    for protocol in PROTOCOLS:
        assert 6 <= len(protocol.points) <= 10
        assert len({point.key for point in protocol.points}) == len(protocol.points)
        for point in protocol.points:
            words = suggested(point, days_of(plan))
            assert "{" not in words
            assert "coalition" not in words.lower()
            # Under an elected mayor or a committee system, there may be no Leader to elect.
            assert not re.search(r"elected a Leader|Leader is elected", f"{words} {point.prompt}")
            assert len(f"{protocol.key}-{point.key}") <= 40


def test_no_page_says_after_the_poll_that_a_protocol_is_best_agreed_before_it(plan, officer):
    client, url = signed_in(officer), reverse("ways_of_working", args=[plan.pk])
    before = text_of(client.get(url))
    assert before.count("Best agreed") == len(PROTOCOLS)
    with clock.travel(plan.election_day + dt.timedelta(days=1)):
        after = text_of(signed_in(officer).get(url))
    assert after.count("Best agreed") == 1
    assert after.count("You can keep this for the next election.") == len(PROTOCOLS) - 1
    assert "before or soon after annual council" in after


def test_a_council_changes_the_wording_and_leaves_a_point_out(plan, officer, reviewer):
    client = signed_in(officer)
    page = client.get(address("protocol", plan))
    assert "[deputy chief executive]" in page.content.decode()
    data = answers(**{"words-media": "Groups speak for themselves.", "out-broker": "on"})
    listed = text_of(client.post(address("protocol", plan), data, follow=True))
    assert "“Negotiation protocol” has been saved." in listed
    assert "Draft8 of 9 points included" in listed
    event = Event.objects.get(kind=Event.Kind.PROTOCOL_CHANGED)
    assert event.detail == "Negotiation protocol"
    history = client.get(reverse("plan_history", args=[plan.pk]), {"subject": "protocols"})
    assert "Statements to the media" in text_of(history)
    assert "Groups speak for themselves." in text_of(history)
    read = text_of(signed_in(reviewer).get(address("protocol", plan)))
    assert "Groups speak for themselves." in read
    assert "If talks stall" not in read


def test_what_is_wrong_is_said_beside_the_field(plan, officer, groups, subtests):
    client = signed_in(officer)
    out = {f"out-{point.key}": "on" for point in NEGOTIATION.points}
    for words, wrong in (
        ("Enter the wording of “Statements to the media”", {"words-media": " "}),
        ("must be 4,000 characters or fewer", {"words-media": "x" * 4001}),
        ("Keep at least one point", out),
    ):
        with subtests.test(words):
            page = client.post(address("protocol", plan), answers(**wrong))
            assert page.status_code == 422
            assert words in text_of(page)
    assert not GroupProtocol.objects.exists()
    assert client.get(address("protocol_agreement", plan)).status_code == 404
    saved(plan, officer)
    for words, wrong in (
        ("Select whether the protocol has been agreed", {"state": "x"}),
        ("Enter the date it was agreed", {"agreed_on-day": "", "agreed_on-month": ""}),
        ("Select which groups agreed", {"groups": []}),
        ("Select which groups agreed", {"groups": ["Rowan"]}),
    ):
        with subtests.test(words):
            page = client.post(address("protocol_agreement", plan), agreed(**wrong))
            assert page.status_code == 422
    assert GroupProtocol.objects.get().agreed_on is None


def test_agreement_names_the_groups_and_a_change_makes_a_draft_again(plan, officer, groups):
    saved(plan, officer)
    client = signed_in(officer)
    url = address("protocol_agreement", plan)
    assert client.get(url).context["form"].offered == ["Ash", "Elm", "Oak"]
    listed = client.post(url, agreed(), follow=True)
    assert "Agreed on 1 March 2027: Ash, Oak" in text_of(listed)
    assert "No agreement is recorded from Elm." in text_of(listed)
    assert client.post(url, agreed(groups=["Elm"])).status_code == 409
    form = client.get(address("protocol", plan))
    assert "it becomes a draft again" in text_of(form)
    same = client.post(address("protocol", plan), answers(version=2))
    assert same.status_code == 302
    assert GroupProtocol.objects.get().agreed_on == DAY
    client.post(address("protocol", plan), answers(version=2, **{"words-end": "In June"}))
    found = GroupProtocol.objects.get()
    assert (found.agreed_on, found.groups.count(), found.version) == (None, 0, 3)
    last = Event.objects.filter(kind=Event.Kind.PROTOCOL_CHANGED).first()
    assert [(c.field, c.before, c.after) for c in last.changes.all()] == [
        ("negotiation-end", "When this protocol ends", "In June"),
        ("agreement", "Agreed on 1 March 2027: Ash, Oak", "Draft"),
    ]


def test_a_protocol_with_words_to_complete_is_not_recorded_as_agreed(plan, officer, groups):
    words = {point.key: (point.title, False) for point in NEGOTIATION.points}
    words |= {"end": ("It ends on [date].", False)}
    save_protocol(plan, NEGOTIATION, version=0, answers=words, by=officer)
    client = signed_in(officer)
    page = client.post(address("protocol_agreement", plan), agreed())
    assert page.status_code == 422
    assert "before you record that it has been agreed: When this protocol ends" in text_of(page)
    answer = client.post(address("protocol_agreement", plan), {"version": 1, "state": "draft"})
    assert answer.status_code == 302
    completed = answers(version=1, **{"words-end": "It ends in June."})
    assert client.post(address("protocol", plan), completed).status_code == 302
    assert client.post(address("protocol_agreement", plan), agreed(version=2)).status_code == 302


def test_a_stale_save_keeps_both_texts(plan, chief, officer):
    saved(plan, chief)
    client = signed_in(officer)
    stale = client.post(address("protocol", plan), answers(**{"words-end": "Mine"}))
    assert stale.status_code == 409
    assert "When this protocol ends When this protocol ends Mine" in text_of(stale)
    assert stale.context["form"]["words-end"].value() == "Mine"
    again = answers(**{"words-end": "Mine"}, version=stale.context["version"])
    assert client.post(address("protocol", plan), again).status_code == 302


def test_the_word_document_has_the_points_that_are_kept(plan, chief, groups):
    words = {point.key: (suggested(point, days_of(plan)), False) for point in NEGOTIATION.points}
    words |= {"media": ("=1+1", False), "broker": ("Kept aside", True)}
    found = save_protocol(plan, NEGOTIATION, version=0, answers=words, by=chief)
    save_agreement(found, version=1, agreed_on=DAY, groups=["Oak", "Ash"], by=chief)
    response = signed_in(chief).post(address("protocol_download", plan))
    document = Document(io.BytesIO(response.content))
    text = [paragraph.text for paragraph in document.paragraphs]
    assert "=1+1" in text
    assert "Kept aside" not in text
    assert "8. When this protocol ends" in text
    assert any(each.startswith("Suggested wording. Guidance points NOC-11.2") for each in text)
    noted = [n for n, each in enumerate(text) if each.startswith(("Suggested wording", "Guidance"))]
    assert len(noted) > 5
    for n in noted:  # the note is on the page of its point
        assert document.paragraphs[n - 1].paragraph_format.keep_with_next, text[n]
    rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert "No agreement is recorded from Elm." in text
    # Recorded as agreed before words in square brackets were asked for.
    assert any(each.startswith("[These points still have words in square") for each in text)
    assert rows[2:] == [["Status", "Agreed on 1 March 2027"], ["Agreed by", "Ash, Oak"]]
    assert Event.objects.filter(kind=Event.Kind.PLAN_EXPORTED).count() == 1


def test_a_name_in_a_protocol_is_found_before_a_person_is_erased(plan, chief, officer):
    words = {point.key: (f"Ask {officer.name}", False) for point in NEGOTIATION.points[:1]}
    save_protocol(plan, NEGOTIATION, version=0, answers=words, by=chief)
    assert [str(each) for each in traces_of(officer, [plan.council]).in_protocols] == ["offer"]


def test_suggestions_name_divisions_beside_wards():
    for protocol in PROTOCOLS:
        for point in protocol.points:
            for words in re.findall(r"\bwards?\b(.{0,14})", point.suggestion):
                assert words.lstrip().startswith("or division"), (point.key, words)


def test_an_authority_without_groups_is_offered_wording_for_parties_and_candidates(plan, officer):
    page = reverse("ways_of_working", args=[plan.pk])
    costing = reverse("protocol", args=[plan.pk, "costing"])
    client = signed_in(officer)
    assert "no political groups" not in text_of(client.get(page))
    assert "Every political group on the council may ask" in text_of(client.get(costing))
    Plan.objects.filter(pk=plan.pk).update(occasion=Election.ORDER)
    assert "a new authority has no councillors and no political groups" in text_of(client.get(page))
    found = wording_of(Plan.objects.get(pk=plan.pk), COSTING, None)
    assert [each.point.key for each in found.points if "on the council" in each.words] == []
    assert "offer" in {each.point.key for each in found.open_points}
    page = text_of(client.get(page))
    assert "Best agreed by every group leader" not in page
    assert "Best shown to every party and independent candidate" in page
