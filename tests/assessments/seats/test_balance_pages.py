"""Political balance on its pages: committees, ties settled, departures by vote, deletion."""

import datetime as dt
import io

import docx
import openpyxl
import pikepdf
import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from assessments.seats.actions import create_balance, record_composition, record_vote
from assessments.seats.balance_documents import balance_html
from assessments.seats.balance_report import balance_report
from assessments.seats.models import CouncilComposition, PoliticalBalance, TieChoice
from assessments.words import day_in_words
from councils.models import CouncilEvent
from elections.bodies import MAX_COMMITTEES, UNGROUPED, BodyKind
from elections.composition import MAX_GROUPS, Composition, Group
from elections.political_balance import Committee
from tests.acting import error_links, form_on, signed_in, text_of, vacate

pytestmark = pytest.mark.django_db


def recorded(council, by, *, ungrouped=0, as_at=dt.date(2026, 5, 7), **groups):
    current = CouncilComposition.objects.of(council).first()
    return record_composition(
        council=council,
        as_at=as_at,
        composition=Composition(
            tuple(Group(name, size) for name, size in groups.items()), ungrouped=ungrouped
        ),
        based_on=current.pk if current else None,
        by=by,
    )


@pytest.fixture
def composition(riverdale, chief):
    return recorded(riverdale, chief, Oak=10, Ash=10)


@pytest.fixture
def balance(composition, chief):
    """Two groups of ten on three committees of five: ties on the way."""
    sizes = {"Planning": 5, "Audit": 5, "Appeals": 3}
    return create_balance(
        composition=composition, committees=[Committee(*each) for each in sizes.items()], by=chief
    )


@pytest.fixture
def client(officer):
    return signed_in(officer)


def url(balance, name="balance", *args):
    return reverse(name, args=[balance.council.slug, balance.pk, *args])


def again(balance):
    return PoliticalBalance.objects.of(balance.council).get(pk=balance.pk)


def test_committees_go_in_and_seats_come_out(client, riverdale, composition):
    address = reverse("balance_new", args=[riverdale.slug])
    sent = {"rows": 3, "name_1": "Planning", "number_1": 5, "name_2": "Audit", "number_2": 4}
    answer = client.post(address, sent, follow=True)
    text = text_of(answer)
    assert "9 seats on 2 committees, worked out for 20 members." in text
    assert "Oak: 9 seats × 10 ÷ 20 members = 4.50." in text
    assert "Provisional: 1 tie to settle" in text
    assert CouncilEvent.objects.filter(kind=CouncilEvent.Kind.BALANCE_CREATED).count() == 1
    # The next one starts from these committees.
    assert form_on(client.get(address))["name_2"] == "Audit"


def test_without_a_composition_it_says_what_comes_first(client, riverdale):
    answer = client.get(reverse("balance_new", args=[riverdale.slug]), follow=True)
    assert "Enter the council’s composition first." in text_of(answer)
    assert "has not been entered yet" in text_of(
        client.get(reverse("balances", args=["riverdale"]))
    )


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"rows": 1}, "at least one committee"),
        ({"rows": 1, "name_1": "Planning", "number_1": 21}, "more than the 20 members"),
        ({"rows": 1, "name_1": "Planning", "number_1": ""}, "Enter how many seats"),
        ({"rows": 2, "name_1": "P", "number_1": 3, "name_2": "p", "number_2": 3}, "more than once"),
        ({"read": "1", "pasted": "Planning\n"}, "Row 1: Planning needs a whole number"),
        ({"read": "1", "pasted": ""}, "Paste some rows"),
    ],
)
def test_wrong_committees_are_named(client, riverdale, composition, sent, words):
    answer = client.post(reverse("balance_new", args=[riverdale.slug]), sent)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert error_links(answer)
    assert not PoliticalBalance.objects.exists()


def test_committees_are_pasted(client, riverdale, composition):
    address = reverse("balance_new", args=[riverdale.slug])
    answer = client.post(
        address, {"read": "1", "pasted": "Committee\tSize\nPlanning\t11\nAudit\t9"}
    )
    data = form_on(answer)
    assert (data["name_2"], data["number_2"]) == ("Audit", "9")


def test_saving_reads_what_was_pasted_and_says_what_was_left_out(client, riverdale, composition):
    address = reverse("balance_new", args=[riverdale.slug])
    answer = client.post(address, {"pasted": "Planning (11 seats)\nAudit (9)\nTotal 20"})
    assert answer.status_code == 200
    data = form_on(answer)
    assert (data["name_1"], data["number_1"], data["number_2"]) == ("Planning", "11", "9")
    text = text_of(answer)
    assert "You pasted 2 committees, 20 seats and a total of 20. The total was left out." in text
    assert "Nothing has been saved yet." in text
    assert not PoliticalBalance.objects.exists()


def test_a_tie_offers_whole_outcomes(client, balance):
    tie = again(balance).worked_out().open_ties[0]
    text = text_of(client.get(url(balance)))
    assert len(tie.outcomes) == 2
    for outcome in tie.outcomes:
        assert f"{outcome.party} ({outcome.words})" in text


def test_a_body_with_one_seat_is_in_the_singular(client, riverdale, chief):
    made = create_balance(
        composition=recorded(riverdale, chief, Ash=8, Elm=7, Oak=6),
        committees=[Committee("Planning", 5), Committee("Waste", 1, kind=BodyKind.JOINT_COMMITTEE)],
        by=chief,
    )
    address = url(made, "balance_committee", made.committees.get(name="Waste").pk)
    assert "Waste, 1 seat " in text_of(client.get(address)) + " "


def test_seats_saved_as_they_were_leave_no_entry_in_the_record(client, riverdale, chief):
    made = create_balance(
        composition=recorded(riverdale, chief, Ash=8, Elm=7, Oak=6),
        committees=[Committee("Planning", 5)],
        by=chief,
    )
    address = url(made, "balance_committee", made.committees.get().pk)
    form = form_on(client.get(address))
    assert client.post(address, form).status_code == 302
    changed = CouncilEvent.objects.filter(kind=CouncilEvent.Kind.SEATS_ADOPTED)
    assert not changed.exists()
    form = form_on(client.get(address)) | {"seats_1": "1", "seats_2": "2", "seats_3": "2"}
    assert client.post(address, form).status_code == 302
    # The council has not voted yet: these are proposed seats, not adopted ones.
    assert changed.get().get_kind_display() == "changed seats in the political balance"


def test_other_seats_within_the_principles_are_no_departure(client, riverdale, chief):
    """Ash 8, Elm 7, Oak 6: of 5 seats 1.90, 1.67, 1.43; of 4 seats 1.52, 1.33, 1.14; 3 each."""
    made = create_balance(
        composition=recorded(riverdale, chief, Ash=8, Elm=7, Oak=6),
        committees=[Committee("Planning", 5), Committee("Audit", 4)],
        by=chief,
    )
    assert [[share.seats for share in row] for row in made.worked_out().seats] == [
        [2, 2, 1],
        [1, 1, 2],
    ]

    def adopt(**seats):
        for committee in made.committees.all():
            address = url(made, "balance_committee", committee.pk)
            numbers = dict(
                zip(("seats_1", "seats_2", "seats_3"), seats[committee.name], strict=True)
            )
            assert client.post(address, form_on(client.get(address)) | numbers).status_code == 302
        return text_of(client.get(url(made)))

    within = adopt(Planning=(1, 2, 2), Audit=(2, 1, 1))
    assert "Another allocation that meets the principles" in within
    assert "Planning: Ash 1 instead of 2" in within
    assert "needs a vote" not in within
    beyond = adopt(Planning=(3, 1, 1), Audit=(0, 2, 2))
    assert "Departs from political balance" in beyond
    assert "principle (d) not met" in beyond
    assert "No vote has been recorded yet" in beyond
    assert "The seats as worked out are proposed to the council" in adopt(
        Planning=(2, 2, 1), Audit=(1, 1, 2)
    )


def test_ties_are_settled_one_by_one(client, balance):
    for _ in range(10):
        open_ties = again(balance).worked_out().open_ties
        if not open_ties:
            break
        sent = {"version": again(balance).version, "party": "Oak", "reason": "The chair drew lots"}
        assert client.post(url(balance, "balance_tie"), sent).status_code == 302
    text = text_of(client.get(url(balance)))
    assert "Provisional" not in text
    assert "The chair drew lots" in text
    assert "It was decided that Oak has it." in text
    assert again(balance).choices.count() >= 2


def test_all_ties_are_settled_as_shown_and_opened_again(client, balance):
    before = again(balance).worked_out()
    sent = {"all-version": 1, "all-reason": "Agreed by the leaders"}
    assert client.post(url(balance, "balance_settle"), sent).status_code == 302
    after = again(balance).worked_out()
    assert after.open_ties == ()
    assert after.seats == before.seats
    assert client.post(url(balance, "balance_reopen"), {"version": 2}).status_code == 302
    assert again(balance).worked_out() == before


@pytest.mark.parametrize(
    "sent",
    [
        {"version": 1, "party": "Oak"},
        {"version": 1, "reason": "Lot"},
        {"version": 1, "party": "No such group", "reason": "Lot"},
        {"version": 1, "party": "Oak", "reason": "x" * 201},
        {"version": "x", "party": "Oak", "reason": "Lot"},
        {},
    ],
)
def test_half_a_decision_is_none(client, balance, sent):
    answer = client.post(url(balance, "balance_tie"), sent)
    assert answer.status_code == 422
    assert not again(balance).choices.exists()


@pytest.mark.parametrize(
    ("votes_for", "words"),
    [
        (20, "A vote has been recorded, but 1 tie is not settled."),
        (0, "The vote that has been recorded did not agree these seats."),
    ],
)
def test_seats_that_a_vote_did_not_decide_are_not_said_to_await_one(
    client, riverdale, composition, chief, votes_for, words
):
    sizes = {"Planning": 5, "Audit": 4}
    balance = create_balance(
        composition=composition, committees=[Committee(*each) for each in sizes.items()], by=chief
    )
    unrecorded = "The council’s vote on these seats has not been recorded."
    pages = [url(balance, "balance_nominations"), url(balance, "balance_seats_notice", 1)]
    assert all(unrecorded in text_of(client.get(page)) for page in pages)
    record_vote(
        again(balance),
        version=1,
        by=chief,
        meeting_on=dt.date(2026, 5, 20),
        votes_for=votes_for,
        votes_against=0,
        abstentions=0,
    )
    for page in [url(balance), *pages]:
        text = text_of(client.get(page))
        assert words in text
        assert unrecorded not in text


def test_equal_votes_ask_for_the_casting_vote(client, riverdale, composition, chief):
    """The person presiding has a second or casting vote (1972 Act, Schedule 12, para 39)."""
    balance = create_balance(composition=composition, committees=[Committee("Audit", 4)], by=chief)
    vote = url(balance, "balance_vote")
    sent = {
        "meeting_on-day": 20,
        "meeting_on-month": 5,
        "meeting_on-year": 2026,
        "votes_for": 10,
        "votes_against": 10,
        "abstentions": 0,
    }
    assert client.post(vote, form_on(client.get(vote)) | sent).status_code == 302
    text = text_of(client.get(url(balance)))
    assert (
        "The votes were equal, so they did not agree these seats. If the person presiding" in text
    )
    # With all 20 members voting, the casting vote is the 21st.
    sent |= {"votes_for": 11}
    assert client.post(vote, form_on(client.get(vote)) | sent).status_code == 302
    assert "The council has adopted the seats" in text_of(client.get(url(balance)))


def test_the_council_votes_on_seats_once_their_composition_applies(
    client, riverdale, composition, chief
):
    """The first composition is dated when it is entered, which can be after the vote on it."""

    def recorded_vote(balance):
        vote = url(balance, "balance_vote")
        sent = {f"meeting_on-{part}": n for part, n in (("day", 6), ("month", 5), ("year", 2026))}
        sent |= {"votes_for": 10, "votes_against": 0, "abstentions": 0}
        return client.post(vote, form_on(client.get(vote)) | sent)

    committees = [Committee("Audit", 4)]
    first = create_balance(composition=composition, committees=committees, by=chief)
    assert recorded_vote(first).status_code == 302
    later = recorded(riverdale, chief, Oak=11, Ash=9, as_at=dt.date(2026, 9, 1))
    refused = recorded_vote(create_balance(composition=later, committees=committees, by=chief))
    assert refused.status_code == 422
    assert "must be on or after 1 September 2026, from which this composition" in text_of(refused)


def test_a_stale_decision_keeps_what_was_typed(client, balance, chief):
    record_vote(
        again(balance),
        version=1,
        by=chief,
        meeting_on=dt.date(2026, 5, 20),
        votes_for=20,
        votes_against=0,
        abstentions=0,
    )
    answer = client.post(
        url(balance, "balance_tie"), {"version": 1, "party": "Oak", "reason": "The chair drew lots"}
    )
    assert answer.status_code == 409
    assert "Someone changed this allocation after you opened this page" in text_of(answer)
    sent = form_on(answer, url(balance, "balance_tie"))
    assert sent["reason"] == "The chair drew lots"
    assert sent["party"] == "Oak"
    assert client.post(url(balance, "balance_tie"), sent).status_code == 302
    for name, stale in (
        ("balance_settle", {"all-version": 1, "all-reason": "Lot"}),
        ("balance_reopen", {"version": 1}),
        ("balance_reopen", {}),
        (
            "balance_vote",
            {
                "version": 1,
                "meeting_on-day": 21,
                "meeting_on-month": 5,
                "meeting_on-year": 2026,
                "votes_for": 1,
                "votes_against": 1,
                "abstentions": 1,
            },
        ),
    ):
        assert client.post(url(balance, name), stale).status_code == 409, name


def test_a_departure_needs_a_vote_with_nobody_against(client, balance):
    planning = balance.committees.get(name="Planning")
    address = url(balance, "balance_committee", planning.pk)
    wrong = client.post(address, {"version": 1, "seats_1": 1, "seats_2": 1})
    assert wrong.status_code == 422
    assert "The seats add up to 2, but Planning has 5" in text_of(wrong)
    sent = form_on(client.get(address)) | {"seats_1": 1, "seats_2": 4}
    assert client.post(address, sent).status_code == 302
    text = text_of(client.get(url(balance)))
    strict = [share.seats for share in again(balance).worked_out().seats[0]]
    assert f"Planning: Ash 1 instead of {strict[0]}" in text
    assert "needs a vote of the council, or of the committee that appoints, with notice" in text
    vote = url(balance, "balance_vote")
    sent = form_on(client.get(vote)) | {
        "meeting_on-day": 20,
        "meeting_on-month": 5,
        "meeting_on-year": 2026,
        "votes_for": 18,
        "votes_against": 1,
        "abstentions": 1,
    }
    wrong = client.post(vote, sent | {"votes_for": 19, "abstentions": 2})
    assert wrong.status_code == 422
    assert "add up to 22, but the council has 20 seats" in text_of(wrong)
    assert "gave a second or casting vote, add it to" in text_of(wrong)
    assert client.post(vote, sent).status_code == 302
    assert "the departure does not have effect" in text_of(client.get(url(balance)))
    assert client.post(vote, form_on(client.get(vote)) | {"votes_against": 0}).status_code == 302
    text = text_of(client.get(url(balance)))
    assert "Meeting of 20 May 2026: 18 for, 0 against, 1 abstained." in text
    assert "does not have effect" not in text
    # A change after a vote with one against: that vote was about other seats.
    assert client.post(vote, form_on(client.get(vote)) | {"votes_against": 1}).status_code == 302
    sent = form_on(client.get(address))
    sent |= {"seats_1": int(sent["seats_1"]) - 1, "seats_2": int(sent["seats_2"]) + 1}
    assert client.post(address, sent).status_code == 302
    text = text_of(client.get(url(balance)))
    assert "Seats or ties have changed since this vote was recorded" in text
    assert "does not have effect" not in text
    # Back to strict balance on this committee.
    sent = form_on(client.get(address)) | {"seats_1": strict[0], "seats_2": strict[1]}
    assert client.post(address, sent).status_code == 302
    assert "The seats as worked out are proposed" in text_of(client.get(url(balance)))


def test_a_stale_departure(client, balance):
    planning = balance.committees.get(name="Planning")
    address = url(balance, "balance_committee", planning.pk)
    assert client.post(address, {"version": 1, "seats_1": 1, "seats_2": 4}).status_code == 302
    answer = client.post(address, {"version": 1, "seats_1": 0, "seats_2": 5})
    assert answer.status_code == 409
    assert "Ash 1" in text_of(answer)
    assert form_on(answer)["seats_2"] == "5"
    assert client.post(address, form_on(answer)).status_code == 302


def test_any_change_of_composition_makes_a_review_due(client, balance, riverdale, chief):
    pages = [
        url(balance),
        reverse("balances", args=[riverdale.slug]),
        reverse("composition", args=[riverdale.slug]),
    ]
    for address in pages:
        assert "review" not in text_of(client.get(address)).lower()
    recorded(riverdale, chief, Oak=11, Ash=9, as_at=dt.date(2026, 9, 1))
    for address in pages:
        text = text_of(client.get(address))
        assert "review" in text.lower()
        # The regulations require no review for every change, such as a vacancy.
        assert "Check whether a review is required" in text
        assert "review is due" not in text


def test_another_allocations_committee_is_not_found(client, balance, composition, chief):
    other = create_balance(composition=composition, committees=[Committee("Planning", 5)], by=chief)
    address = url(balance, "balance_committee", other.committees.get().pk)
    assert client.get(address).status_code == 404


# --- Deletion -------------------------------------------------------------------------------------


def test_the_pdf_is_tagged_and_its_tables_have_headers(client, balance):
    answer = client.post(url(balance, "balance_pdf"))
    assert answer["Content-Type"] == "application/pdf"
    assert "Riverdale Borough Council political balance 20" in answer["Content-Disposition"]
    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert pdf.docinfo["/Title"] == "Riverdale Borough Council: political balance"
        assert str(pdf.Root.Lang) == "en-GB"
    event = CouncilEvent.objects.get(kind=CouncilEvent.Kind.BALANCE_EXPORTED)
    assert event.after == "PDF"


def exported():
    return CouncilEvent.objects.filter(kind=CouncilEvent.Kind.BALANCE_EXPORTED).exists()


def test_while_others_are_made_the_page_says_when_to_come_back(client, balance, settings):
    settings.PDF_AT_ONCE = 0
    address = url(balance, "balance_pdf")
    answer = client.post(address)
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert "The PDF service is busy" in text_of(answer)
    assert not exported()
    settings.PDF_AT_ONCE = 1
    assert client.post(address, form_on(answer, address))["Content-Type"] == "application/pdf"


def test_the_page_says_what_is_too_much_for_a_pdf(client, balance, settings):
    settings.PDF_MEMORY_MB = 1
    answer = client.post(url(balance, "balance_pdf"))
    assert answer.status_code == 503
    assert "Retry-After" not in answer
    assert "This PDF is too large" in text_of(answer)
    assert not exported()


def test_the_workbook_has_the_numbers_and_never_a_formula(client, riverdale, chief):
    composition = recorded(riverdale, chief, **{"=1+1": 12, "+Ash": 8, "@Elm": 4})
    balance = create_balance(
        composition=composition,
        committees=[Committee("-Planning", 6), Committee("=HYPERLINK(1)", 5)],
        by=chief,
    )
    answer = client.post(url(balance, "balance_excel"))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["Seats", "Working"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert {"=1+1", "+Ash", "@Elm", "-Planning", "=HYPERLINK(1)"} <= {cell.value for cell in cells}
    rows = {row[0]: row[1:] for row in book["Seats"].iter_rows(values_only=True)}
    assert rows["All committees"][3] == 11
    assert sum(rows["-Planning"][:3]) == 6


def test_members_in_no_group_have_one_name_and_no_share(client, riverdale, chief):
    sizes = {"Planning": 13, "Regulatory": 12, "Overview and Scrutiny": 11, "Finance": 9}
    sizes |= {"Audit": 9, "Standards": 7, "Employment": 7, "Community": 9, "Appeals": 5}
    balance = create_balance(
        composition=recorded(
            riverdale, chief, Ash=13, Beech=10, Elm=6, Oak=19, Rowan=4, ungrouped=2
        ),
        committees=[Committee(*each) for each in sizes.items()],
        by=chief,
    )
    question = (
        "could equally go to Oak or be left for members in no group. Given to Oak, the result "
        "would be Standards: Oak 3 and in no group 0"
    )
    page = text_of(client.get(url(balance)))
    assert "Proposed seats" in page
    assert "could equally go to Oak or be left for members in no group" in page
    assert "Rowan 6; 3 left for members in no group" in page
    assert "3.04" not in page
    book = openpyxl.load_workbook(io.BytesIO(client.post(url(balance, "balance_excel")).content))
    written = "\n".join(
        str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row
    )
    assert question in written
    document = docx.Document(io.BytesIO(client.post(url(balance, "balance_word")).content))
    report = "\n".join(each.text for each in document.paragraphs)
    assert question in report
    assert "decides how the tie listed in the appendix is settled" in report
    assert "\nTie to settle\n" in report
    sent = form_on(client.get(url(balance)), url(balance, "balance_tie"))
    sent |= {"party": UNGROUPED, "reason": "Agreed by the group leaders"}
    said = client.post(url(balance, "balance_tie"), sent, follow=True)
    assert "The tie has been settled: members in no group have the seat." in text_of(said)
    TieChoice.objects.all().delete()
    # What was saved under the earlier name is the same decision.
    TieChoice.objects.create(
        balance=balance,
        committee=balance.committees.get(name="Standards"),
        number=1,
        party="Ungrouped",
        reason="Agreed by the group leaders",
        chosen_by=chief,
    )
    assert not again(balance).worked_out().open_ties
    settled = text_of(client.get(url(balance)))
    assert "Standards: members in no group. Agreed by the group leaders" in settled
    assert "ungrouped" not in f"{page}{written}{settled}".casefold()


def test_the_largest_forms_can_be_sent(client, riverdale, chief):
    """A form with more fields than a request can have would be refused whole, with all it holds."""
    groups = {f"Group {number}": 18 for number in range(1, MAX_GROUPS + 1)}
    recorded(riverdale, chief, ungrouped=5, **groups)
    address = reverse("balance_new", args=[riverdale.slug])
    names = "\n".join(f"Committee {number}, 17" for number in range(1, MAX_COMMITTEES + 1))
    read = client.post(address, {"rows": 3, "pasted": names, "read": "1"})
    sent = form_on(read)
    assert len(sent) > 200
    made = client.post(address, sent)
    assert made.status_code == 302
    balance = PoliticalBalance.objects.get()
    assert balance.committees.count() == MAX_COMMITTEES
    table = form_on(client.get(url(balance, "balance_table")))
    assert len(table) > MAX_COMMITTEES * MAX_GROUPS
    refused = client.post(url(balance, "balance_table"), table | {"reason": "", "seats_1_1": "x"})
    assert refused.status_code == 422
    assert form_on(refused)["seats_40_16"] == table["seats_40_16"]


def test_a_document_says_when_the_seats_were_worked_out_and_when_it_was_produced(client, balance):
    """It is not as old as the allocation: a vacancy or a vote of later days is in it."""
    worked_out = timezone.localdate(balance.made_at)
    said = f"orked out on {day_in_words(worked_out)}, produced on "
    produced = worked_out + dt.timedelta(days=10)
    with time_machine.travel(balance.made_at + dt.timedelta(days=10)):
        client.force_login(balance.made_by)
        said += day_in_words(produced)
        assert f"W{said}" in balance_html(balance_report(balance, current=balance.composition))
        document = docx.Document(io.BytesIO(client.post(url(balance, "balance_word")).content))
    feet = [section.footer.paragraphs[0].text for section in document.sections]
    assert any(f"DRAFT · w{said}" in foot for foot in feet)
    assert document.core_properties.created.date() == produced


def test_seats_that_have_become_vacant_are_named_until_the_council_has_voted(
    client, balance, plan, chief
):
    def report_in_word():
        document = docx.Document(io.BytesIO(client.post(url(balance, "balance_word")).content))
        return "\n".join(paragraph.text for paragraph in document.paragraphs)

    def head_of_workbook():
        answer = client.post(url(balance, "balance_excel"))
        return openpyxl.load_workbook(io.BytesIO(answer.content))["Seats"]["A2"].value

    check = "[Author: check that no seat has become vacant since that composition."
    assert check in report_in_word()
    assert "vacant" not in head_of_workbook()
    vacate(plan, arose_on=balance.composition.as_at + dt.timedelta(days=7), by=chief)
    said = "Seats that have become vacant since that composition are still counted here: Mill (Ash)"
    assert said in text_of(client.get(url(balance)))
    printed = "Seats that have become vacant since then are still counted: Mill (Ash)."
    assert printed in text_of(client.get(reverse("balance_new", args=[balance.council.slug])))
    assert printed in balance_html(balance_report(balance, current=balance.composition))
    words = report_in_word()
    assert "On the composition from 7 May 2026, the council has 20 members in post." in words
    assert (
        "[Author: seats that have become vacant since that composition are still counted: " in words
    )
    assert "counted: Mill (Ash). Record the composition with the vacant seats" in words
    assert check not in words
    assert head_of_workbook().endswith(printed)
    record_vote(
        again(balance),
        version=1,
        by=chief,
        meeting_on=dt.date(2026, 5, 20),
        votes_for=20,
        votes_against=0,
        abstentions=0,
    )
    assert "Mill (Ash)" not in text_of(client.get(url(balance)))
    voted = balance_report(again(balance), current=balance.composition)
    assert "Mill (Ash)" not in balance_html(voted)
    assert "Mill (Ash)" not in report_in_word()
    assert "Mill (Ash)" not in head_of_workbook()
