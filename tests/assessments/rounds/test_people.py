"""Who is who in several rounds: sure, someone else, or in doubt and then in no later figure."""

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.rounds.actions import (
    add_on_paper,
    ask_by_link,
    ask_member,
    close_round,
    finish_answers,
    make_round,
    remove_name,
)
from assessments.rounds.marks import is_personal, names_may_be_one, signs_kept_in, signs_of
from assessments.rounds.models import Respondent
from assessments.rounds.people import People
from assessments.rounds.results import result_of
from councils.actions import change_name
from councils.models import Membership, User
from tests.acting import error_links, text_of
from tests.councils.test_merge_accounts import merged


@pytest.fixture
def rounds(plan, chief):
    """Return two open rounds of one plan."""
    today = timezone.localdate()
    return [make_round(plan, name=name, opens=today, closes=today, by=chief) for name in "AB"]


def answered(respondent):
    finish_answers(respondent, may_be_named=False)
    return respondent


def by_link(round_, by, name, email="ann@example.org"):
    return answered(ask_by_link(round_, name=name, email=email, group="officers", by=by))


def on_paper(round_, by, name):
    return answered(add_on_paper(round_, name=name, group="officers", by=by))


def as_member(round_, by, user):
    member = Membership.objects.select_related("user").get(user=user)
    return answered(ask_member(round_, membership=member, group="officers", by=by))


def found_in(rounds, by):
    """Close the rounds; return pairs of the number and the doubt about each respondent, by key."""
    for round_ in rounds:
        close_round(round_, by=by)
    asked = asked_in(rounds)
    People(rounds[0].plan.council_id, rounds, asked, [], [])
    return {
        each.pk: (each.person, each.is_in_doubt) for people in asked.values() for each in people
    }


def people_of(rounds):
    return People(rounds[0].plan.council_id, rounds, asked_in(rounds), [], [])


def asked_in(rounds):
    return {
        round_.pk: list(
            Respondent.objects.filter(round=round_).select_related(
                "membership__user__merged_into", "invited_by__merged_into"
            )
        )
        for round_ in rounds
    }


@pytest.mark.parametrize("removes", [False, True])
@pytest.mark.parametrize(
    ("name", "email", "is_same", "is_in_doubt"),
    [
        ("Ann Ash", "ann@example.org", True, False),
        ("Cllr Ann Ash", "ANN@example.org", True, False),
        ("Ann M. Ash", "ann@example.org", False, True),  # the initial may be of another Ann
        ("Bob Birch", "ann@example.org", False, True),  # perhaps someone else has the mailbox now
        ("Ann Ash", "home@example.org", False, True),
        ("Ann Ash OBE", "home@example.org", False, True),
        ("Ash, Ann (Lab)", "home@example.org", False, True),
        ("Nan Ash", "home@example.org", False, True),
        ("Ann Asch", "home@example.org", False, True),  # perhaps a slip
        ("Ann Mary Ash", "ann@example.org", False, True),
        ("Ann Birch", "home@example.org", False, False),  # only a first name in common
        ("Bob Birch", "home@example.org", False, False),
    ],
)
def test_by_link(rounds, chief, name, email, is_same, is_in_doubt, removes):
    first, second = rounds
    ann = by_link(first, chief, "Ann Ash")
    close_round(first, by=chief)
    if removes:
        remove_name(ann, by=chief)
    again = by_link(second, chief, name, email)
    found = found_in(rounds, chief)
    assert (found[again.pk][0] == found[ann.pk][0]) is is_same
    assert found[again.pk][1] is is_in_doubt
    assert found[ann.pk][1] is False


def test_two_who_answered_one_round_are_two_people(rounds, chief):
    first, second = rounds
    numbers = {}
    for round_ in rounds:
        for name, email in (("Ann Ash", "ann@example.org"), ("Ann Ash-Birch", "b@example.org")):
            numbers[round_.pk, name] = by_link(round_, chief, name, email).pk
    found = found_in(rounds, chief)
    for name in ("Ann Ash", "Ann Ash-Birch"):
        assert found[numbers[first.pk, name]] == found[numbers[second.pk, name]]
        assert found[numbers[first.pk, name]][1] is False


def test_a_sheet_does_not_prove_that_someone_is_another_person(rounds, chief):
    """Anyone can have entered it, under any name."""
    first, second = rounds
    by_link(first, chief, "Ann Ash")
    on_paper(second, chief, "Ann Ash OBE")
    again = by_link(second, chief, "Ann Ash", "home@example.org")
    assert found_in(rounds, chief)[again.pk][1] is True


@pytest.mark.parametrize(
    ("name", "by_another", "is_same", "is_in_doubt"),
    [
        ("Ann Ash", False, True, False),
        ("Ann Ash", True, False, True),
        ("Bob Birch", False, False, False),
    ],
)
def test_on_paper(rounds, chief, officer, name, by_another, is_same, is_in_doubt):
    first, second = rounds
    sheet = on_paper(first, chief, "Ann Ash")
    again = on_paper(second, officer if by_another else chief, name)
    found = found_in(rounds, chief)
    assert (found[again.pk][0] == found[sheet.pk][0]) is is_same
    assert found[again.pk][1] is is_in_doubt


@pytest.mark.parametrize("by_one", [True, False])
def test_two_of_one_surname_who_answered_one_round_are_two_people(rounds, chief, officer, by_one):
    """A family would else be left out of every round."""
    names = ("Ann Ash", "Bob Ash")
    writers = (chief, chief if by_one else officer)
    pairs = [[*map(on_paper, (round_, round_), writers, names)] for round_ in rounds]
    found = found_in(rounds, chief)
    before, again = ([found[each.pk] for each in sheets] for sheets in pairs)
    assert [number for number, _ in before] == [number for number, _ in again]
    assert [is_in_doubt for _, is_in_doubt in again] == [False, False]


def test_the_answers_of_one_person_with_two_accounts_count_once(rounds, chief, person, riverdale):
    kept, ended = person(riverdale, "kept"), person(riverdale, "ended")
    User.objects.filter(pk=kept.pk).update(name="Opal Otter")
    User.objects.filter(pk=ended.pk).update(name="Opal M Otter")
    both = [as_member(rounds[0], chief, user) for user in (kept, ended)]
    merged(kept, ended)
    found = found_in(rounds, chief)
    assert [found[each.pk][1] for each in both] == [False, True]


@pytest.mark.parametrize(
    ("name", "is_same"), [("Opal M Otter", True), ("Otto Other", False), ("Opal Ash", False)]
)
def test_a_member_is_the_same_unless_the_account_may_have_been_handed_over(
    rounds, chief, officer, name, is_same
):
    first, second = rounds
    User.objects.filter(pk=officer.pk).update(name="Opal Otter")
    officer.refresh_from_db()
    before = as_member(first, chief, officer)
    close_round(first, by=chief)
    officer.refresh_from_db()
    change_name(officer, name=name)
    again = as_member(second, chief, officer)
    found = found_in(rounds, chief)
    assert (found[again.pk][0] == found[before.pk][0]) is is_same
    assert found[again.pk][1] is not is_same


def test_who_was_in_doubt_stays_so_until_both_answer_one_round(plan, rounds, chief):
    first, second = rounds
    today = timezone.localdate()
    more = [make_round(plan, name=name, opens=today, closes=today, by=chief) for name in "CDE"]
    third, fourth, fifth = more
    by_link(first, chief, "Ann Ash")
    again = [by_link(second, chief, "Ann M. Ash", "home@example.org")]
    again.append(by_link(third, chief, "Ann M. Ash", "home@example.org"))
    by_link(fourth, chief, "Cllr Ann Ash")
    again.append(by_link(fourth, chief, "Ann M. Ash", "home@example.org"))
    again.append(by_link(fifth, chief, "Ann M. Ash", "home@example.org"))
    found = found_in([*rounds, *more], chief)
    assert len({found[each.pk][0] for each in again}) == 1
    assert [found[each.pk][1] for each in again] == [True, True, False, False]


def test_two_of_one_name_in_a_round_may_be_one_person(plan, rounds, chief):
    """Someone may have answered twice: that proves nothing for later rounds."""
    first, second = rounds
    by_link(first, chief, "Ann Ash")
    twice = [by_link(second, chief, "Ann Ash")]
    twice.append(by_link(second, chief, "Cllr Ann Ash", "home@example.org"))
    third = make_round(plan, name="C", opens=first.opens, closes=first.closes, by=chief)
    again = by_link(third, chief, "Ann Ash", "home@example.org")
    found = found_in([*rounds, third], chief)
    assert [found[each.pk][1] for each in (*twice, again)] == [False, True, True]


def test_someone_asked_by_a_link_and_then_with_their_account_counts_once(rounds, chief, officer):
    User.objects.filter(pk=officer.pk).update(name="Opal Otter", name_chosen_at=timezone.now())
    officer.refresh_from_db()
    as_member(rounds[0], chief, officer)
    first = by_link(rounds[1], chief, "Cllr Opal Otter", "home@example.org")
    as_member(rounds[1], chief, officer)
    found = found_in(rounds, chief)
    assert found[first.pk][1]


def test_who_was_found_stays_so_if_their_name_changes(rounds, chief, officer):
    """A name chosen later could else make a result seem safe that is not."""
    User.objects.filter(pk=officer.pk).update(name="Opal Otter")
    officer.refresh_from_db()
    asked = [as_member(round_, chief, officer) for round_ in rounds]
    for round_ in rounds:
        close_round(round_, by=chief)
    officer.refresh_from_db()
    change_name(officer, name="Otto Other")
    for each, round_ in zip(asked, rounds, strict=True):
        each.refresh_from_db()
        assert [*result_of(round_).numbers] == [each.person]
    assert asked[0].person == asked[1].person


@pytest.mark.parametrize(
    ("name", "is_office"),
    [
        ("Leader of the Council", True),
        ("Section 151 Officer", True),
        ("Group Leader (Lab)", True),
        ("Leader of the Opposition (Labour)", True),
        ("Conservative Group", True),
        ("Chief Whip", True),
        ("Town Clerk", True),
        ("Scrutiny Manager", True),
        ("Electoral Services", True),
        ("Head of HR", True),
        ("Ward Member", True),
        ("Ann Green", False),
        ("Will Ward", False),
        ("A. Green", False),
        ("Green, A.", False),
        ("S Ward", False),
        ("Ward A", True),
        ("Reform UK Group", True),
        ("Chief Operating Officer", True),
        ("Person A", True),
        ("A Team", True),
        ("First sheet", True),
        ("AD Finance", True),
        ("Front desk", True),
        ("Leader Ann Ash", False),
        ("Olive Otter (S151 officer)", False),
        ("Bessie Head", False),
    ],
)
def test_an_office_can_have_another_holder(name, is_office):
    signs = signs_of(accounts=[4], emails=["leader@example.org"], names=[name])
    assert signs.is_sure(signs) is not is_office
    assert signs.may_be(signs)


@pytest.mark.parametrize(
    ("one", "other"), [("Ann O’Brien", "ann obrien"), ("Jan Kołodziej", "Jan Kolodziej")]
)
def test_letters_are_compared_as_plain_ones(one, other):
    assert signs_of(names=[one]).may_be(signs_of(names=[other]))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Peter Lord", "Peter Lord OBE"),
        ("Peter Lord (Lab)", "Peter John Lord"),
        ("Ann Head", "Ann Head (Eastgate)"),
        ("Mary Ann Head", "Dr Mary Head OBE"),
        ("Head, Mary Ann", "Mary Head"),
        ("P. Lord OBE", "Peter Lord"),
        ("LORD Peter (Lab)", "Peter Lord"),
        ("Ian Con OBE", "Ian Peter Con"),
        ("Will Ward (Eastgate Ward)", "Bill Ward"),
        ("Councillor A. Ash MBE JP", "Ash, Ann"),
        ("S. Chambers OBE", "CHAMBERS, Sue"),
        ("Ald. Peter Lord", "P. Lord"),
        ("Rt Hon Mary Head", "M. Head MBE"),
        ("Leader - Peter Lord", "P. Lord"),
        ("M. Head", "Head, Mary Ann"),
        ("A. Clark", "Ann Clarke"),
        ("Clark A", "A Clarke"),
        ("A. Clark-Smyth", "Ann Clarke"),
        ("Ann Mc Donald (Lab)", "Ann McDonald"),
        ("Mary Ann Mc Donald", "Mary McDonald"),
        ("Jan van den Berg, Leader", "Jan Vandenberg"),
        ("Maria Clara De Souza", "Maria DeSouza"),
        ("Ann-Marie Smith-Jones", "AnnMarie SmithJones (Lab)"),
        ("Ann Mc Donnald (Lab)", "Ann McDonald"),
        ("Ali Kılıç", "Ali Kilic"),
        ("Ayşe Yıldız", "Ayse Yildiz"),
        ("Guðrún Sigurðardóttir", "Gudrun Sigurdardottir"),
        ("王伟", "王 伟"),
        ("王 小明", "王小明"),
    ],
)
def test_a_name_written_in_another_way_may_be_the_same(one, other):
    assert signs_of(names=[one]).may_be(signs_of(names=[other]))
    assert signs_of(names=[other]).may_be(signs_of(names=[one]))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Cllr Ann Ash", "Cllr Ann Birch"),
        ("Ann Ash OBE (Lab)", "Ann Birch OBE (Lab)"),
        ("Cllr Mrs Ann Ash", "Cllr Mrs Bea Birch"),
        ("Ann Ash, Leader", "Bob Birch, Leader"),
        ("Sir Peter Ash", "Sir Paul Birch"),
        ("Ald. Peter Ash", "Hon. Ald. Paul Birch"),
        ("Ann Ash CIPFA", "Bob Birch CIPFA"),
        ("Ann Ash - Con", "Bob Birch – Con"),
        ("Ann Ash [Con]", "Bob Birch / Con"),
        ("Ann Ash - Eastgate Ward", "Bob Birch - Westgate Ward"),
        ("Councillor A. Ash MBE JP", "Councillor M. Birch MBE JP"),
        ("A. Ash", "A. Birch"),
        ("Janet Mason, Leader", "John Clark, Group Leader"),
        ("Ann Ash (Eastgate Ward)", "Bob Birch (Westgate Ward)"),
        ("Ann Ash, Eastgate Division", "Bob Birch, North Division"),
        ("Deputy Leader - Ann Ash", "Deputy Leader - Bob Birch"),
    ],
)
def test_a_title_or_an_office_in_common_makes_no_one_the_same(one, other):
    assert not signs_of(names=[one]).may_be(signs_of(names=[other]))


def test_vowels_that_are_marks_tell_names_apart():
    at = {"emails": ["desk@example.org"]}
    assert not signs_of(names=["मीना शाह"], **at).is_sure(signs_of(names=["मोना शाह"], **at))


@pytest.mark.parametrize("name", ["J. S.", "J S", "AA"])
def test_initials_can_be_those_of_someone_else(name):
    signs = signs_of(emails=["desk@example.org"], names=[name])
    assert is_personal(name) is signs.is_sure(signs) is (name == "AA")


def test_someone_asked_with_their_account_and_by_a_link_counts_once(rounds, chief, officer):
    """The planner does not refuse it if they chose the name of their account."""
    User.objects.filter(pk=officer.pk).update(name="Opal Otter", name_chosen_at=timezone.now())
    officer.refresh_from_db()
    as_account = as_member(rounds[0], chief, officer)
    by_a_link = by_link(rounds[0], chief, "Opal Otter", "home@example.org")
    found = found_in(rounds, chief)
    assert [found[each.pk][1] for each in (as_account, by_a_link)] == [False, True]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mary Smith (Lab)", "Mary Jones (Lab)"),
        ("Mary Smith Labour", "Mary Jones Labour"),
        ("Mary Smith OBE", "Mary Jones OBE"),
        ("Mary Smith, Leader of the Council", "Mary Jones, Leader of the Council"),
        ("Mary Smith - Riverdale Council", "Mary Jones - Riverdale Council"),
        ("A. Smith", "B. Smith"),
        ("A. B.", "C. B."),
        ("Deputy Leader - Mary Smith", "Deputy Leader - Mary Jones"),
        ("Mary A Smith", "Mary B Smith"),
        ("Mr J Patel", "Mrs J Patel"),
        ("De Souza, Maria", "De Souza, Paulo"),
        ("Mary Smith (South Ward)", "Mary Smith (North Ward)"),
        ("Mary Ann Head", "Mary Ann Clerk"),
    ],
)
def test_what_others_have_in_their_name_too_makes_no_one_the_same(one, other):
    at = {"accounts": [4], "emails": ["leader@example.org"], "writers": [5]}
    assert not signs_of(names=[one], **at).is_sure(signs_of(names=[other], **at))


@pytest.mark.parametrize(
    ("one", "other", "may_be"),
    [
        ("Ann Ash", "Anne Ash", True),
        ("Ann Ash", "A. Ash", True),
        ("Ann Ash", "Ann Ash-Birch", True),
        ("Ann Smith", "Ann Smyth", True),
        ("Ann Ash", "Ann Ash, Leader of the Council", True),
        ("Ann Ash", "Ann Birch", False),
        ("Ann Ash", "Bob Ash", False),
        ("Ann Ash (Lab)", "Bob Birch (Lab)", False),
        ("Deputy Leader - Ann Ash", "Deputy Leader - Bob Birch", False),
        ("Ann Ash - Riverdale Council", "Bob Birch - Riverdale Council", False),
        ("Eastgate Ward, Ann Ash", "Eastgate Ward, Bob Birch", False),
        ("Van Dijk, Ann", "Van Dijk, Bea", False),
        ("John A Smith", "John B Smith", False),
        ("John Smith (South Ward)", "John Smith (North Ward)", False),
        ("John Smith", "Jane Smith", False),
        ("Mary Ann Head", "Mary Ann Clerk", False),
        ("Group Leader (Ann Ash)", "Group Leader (Bob Birch)", False),
        ("Ash, Ann", "Ann Ash", True),
        ("Ann Ash", "Ash", True),
    ],
)
def test_an_account_may_have_been_handed_over(one, other, may_be):
    assert names_may_be_one([one, other]) is may_be


@pytest.mark.parametrize(
    "name",
    [
        "Deputy Leader - Olive Otter",
        "Group Leader, Olive Otter",
        "Eastgate Ward - Olive Otter",
        "Monitoring Officer (Olive Otter)",
        "Otter, Olive",
        "Olive Otter OBE",
    ],
)
def test_a_name_is_found_beside_a_post_or_a_ward(name):
    assert signs_of(names=[name]).may_be(signs_of(names=["Olive Otter"]))
    assert signs_of(names=["O. Otter"]).may_be(signs_of(names=[name]))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mary Smith", "Mary Smyth"),
        ("Mary Smith", "Mary Simth"),
        ("Mary Smith", "Mary Smiths"),
        ("Mary Jane Osborne", "Mary Osbourne"),
        ("Mary Clark", "Mary Clarke"),
        ("Mary Hussain", "Mary Hussein"),
        ("Mohammed Hussain", "Mohamed Hussein"),
        ("Kathy Clark", "Cathy Clarke"),
        ("Jo Day", "Jo Dey"),
        ("Ann Li", "Anne Lee"),
        ("Sue Wu", "Sue Woo"),
        ("Liam O Shea", "Liam O'Shee"),
    ],
)
def test_someone_may_be_asked_under_a_mistyped_surname(one, other):
    assert signs_of(names=[one]).may_be(signs_of(names=[other]))
    assert signs_of(names=[other]).may_be(signs_kept_in(signs_of(names=[one], keeps=True).kept()))
    unlike = " ".join(["Vera", *other.split()[1:]])
    assert not signs_of(names=[one]).may_be(signs_of(names=[unlike]))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mary McDonald", "Mary Mc Donald"),
        ("Mary St John", "Mary StJohn"),
        ("Mary Smith-Jones", "Mary SmithJones"),
        ("Annika Klark", "Clarke, Annika"),
    ],
)
def test_a_name_can_be_written_in_another_order_or_as_one_word(one, other):
    assert signs_of(names=[one]).may_be(signs_of(names=[other]))
    assert signs_of(names=[other]).may_be(signs_of(names=[one]))


@pytest.mark.parametrize(
    "name", ["Sheet 2", "Sheet A", "AA", "Anonymous", "Monitoring Officer", "Cllr Ash"]
)
def test_a_label_is_refused_on_paper(client, chief, rounds, name):
    change_name(chief, name="Clare Cole")
    client.force_login(chief)
    address = reverse("round_paper_new", args=[rounds[0].plan_id, rounds[0].pk])
    page = client.post(address, {"name": name, "group": "wider"})
    assert error_links(page) == [
        ("Enter their first name and surname, not a label or an office", "id_name")
    ]
    assert not Respondent.objects.exists()


@pytest.mark.parametrize("name", ["Mary Lord", "Cllr Jo Dame", "J. Smith", "Sir Ian Head", "王伟"])
def test_a_surname_can_be_a_title(client, chief, rounds, name):
    change_name(chief, name="Clare Cole")
    client.force_login(chief)
    address = reverse("round_paper_new", args=[rounds[0].plan_id, rounds[0].pk])
    assert client.post(address, {"name": name, "group": "wider"}).status_code == 302
    assert Respondent.objects.get().name == name


def test_no_one_enters_answers_from_an_account_that_is_named_by_an_office(client, officer, rounds):
    """The planner could not tell whether its user answers the round, too, and so what they know."""
    client.force_login(officer)
    address = reverse("round_paper_new", args=[rounds[0].plan_id, rounds[0].pk])
    told = "Your account has the name of an office or a team"
    page = client.get(address)
    assert told in text_of(page)
    assert 'name="name"' not in page.content.decode()
    refused = client.post(address, {"name": "Una Umber", "group": "wider"}, follow=True)
    assert told in text_of(refused)
    assert not Respondent.objects.exists()
    change_name(officer, name="Olive Otter")
    assert told not in text_of(client.get(address))
    assert client.post(address, {"name": "Una Umber", "group": "wider"}).status_code == 302


def test_numbers_that_people_had_from_the_start_are_no_obstacle(rounds, chief):
    """Respondents once had the numbers of someone of an earlier round who they seemed to be."""
    first, second = rounds
    people = {
        "Ann Ash": "ann@example.org",
        "Bob Birch": "bob@example.org",
        "Cy Cole": "c@b.example",
    }
    before = {name: by_link(first, chief, name, people[name]).person for name in people}
    close_round(first, by=chief)
    bob = ask_by_link(second, name="Bob Birch", email="b@c.example", group="officers", by=chief)
    ann, cy = (by_link(second, chief, name, people[name]) for name in ("Ann Ash", "Cy Cole"))
    taken = {ann: before["Bob Birch"], cy: before["Ann Ash"], bob: before["Cy Cole"]}
    for respondent, number in taken.items():
        Respondent.objects.filter(pk=respondent.pk).update(person=number)
    close_round(second, by=chief)
    for respondent in taken:
        respondent.refresh_from_db()
    assert (ann.person, cy.person) == (before["Ann Ash"], before["Cy Cole"])
    assert bob.person not in before.values()


def test_signs_are_read_as_they_were_kept(settings):
    signs = signs_of(
        accounts=[4], emails=["a@b.example"], names=["Ann Ash", "Bea Birch"], keeps=True
    )
    assert signs_kept_in(signs.kept()) == signs
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key, as long as it must be"
    assert signs_kept_in(signs.kept()).may_be(signs_of(names=["A Ash"]))
    assert not signs_kept_in(signs.kept()).may_be(signs_of(names=["Cy Cole"]))


def test_marks_of_which_the_kind_was_not_kept_are_recognised():
    ann = signs_of(emails=["a@b.example"], names=["Ann Ash"])
    before = signs_kept_in([min(ann.emails), f"chosen:{min(ann.names)}"])
    assert ann.is_sure(before)
    assert before.may_be(signs_of(names=["Ann Ash"]))
    assert not before.is_sure(signs_of(names=["Ann Ash"]))
