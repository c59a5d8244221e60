"""Leaders' meetings: the agenda, the notes, and the actions that are made from them."""

import datetime as dt
import io

import pytest
from django.urls import reverse
from docx import Document

from assessments.data_protection.traces import traces_of
from assessments.packs.actions import add_leaders_meeting, make_actions
from assessments.packs.leaders import leaders_agenda
from assessments.packs.models import LeadersMeeting, MeetingAction
from assessments.plans.models import Control, Event, Plan, PlanItem
from assessments.register.actions import add_to_register
from assessments.register.models import EarlyWin, Issue
from councils.models import Membership
from tests.acting import signed_in, text_of

TODAY = dt.date(2027, 5, 20)
TO_DO = "Send every group the options\nPublish the list\nFix the dates"


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(dt.datetime(2027, 5, 20, 12, tzinfo=dt.UTC), tick=False)


@pytest.fixture
def meeting(plan, chief):
    return add_leaders_meeting(plan, held_on=TODAY, notes="Agreed", to_do=TO_DO, by=chief)


def sent(**others):
    day = {f"held_on-{part}": getattr(TODAY, part) for part in ("day", "month", "year")}
    return {"version": 0, "notes": "Agreed", "to_do": TO_DO, **day, **others}


def url(name, *args):
    return reverse(name, args=args)


def step_of(plan, number=13):
    return plan.items.filter(step__number=number)[0].step_id


def chosen(plan, *numbers, version=1, **others):
    data = {"version": version}
    for number in numbers:
        line = TO_DO.splitlines()[number - 1]
        data |= {f"add-{number}": "on", f"title-{number}": line, f"step-{number}": step_of(plan)}
    return data | others


def test_the_agenda_is_made_from_the_register_and_the_dates(plan, chief):
    add_to_register(
        Issue, plan, by=chief, kind="crunch", words="The contract", group="Oak", agreed="No"
    )
    add_to_register(Issue, plan, by=chief, kind="red-line", words="No car park", group="Elm")
    add_to_register(
        Issue, plan, by=chief, kind="crunch", words="Old", state="settled", agreed="Yes"
    )
    add_to_register(EarlyWin, plan, by=chief, words="Meetings online", state="under-way")
    add_to_register(EarlyWin, plan, by=chief, words="Done", state="achieved")
    agenda = leaders_agenda(plan, today=TODAY)
    assert [each.words for each in agenda.decisions] == ["The contract"]
    assert [each.words for each in agenda.wins] == ["Meetings online"]
    assert agenda.dates
    client = signed_in(chief)
    response = client.post(url("leaders_agenda", plan.pk))
    document = Document(io.BytesIO(response.content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    for words in ("The contract", "Meetings online"):
        assert words in cells
        assert words in text_of(client.get(url("leaders_meetings", plan.pk)))
    assert not {"No car park", "Old", "Done", "Oak", "Elm"} & set(cells)


def test_a_single_party_minority_has_its_own_wording(plan):
    plan.control = Control.TWO
    assert leaders_agenda(plan, today=TODAY).who.startswith("For the leaders of the groups that")
    plan.control = Control.MINORITY
    who = leaders_agenda(plan, today=TODAY).who
    assert who.startswith("For the leaders of the administration and of groups whose")


def test_a_majority_of_one_group_is_not_called_a_coalition(plan, officer):
    Plan.objects.filter(pk=plan.pk).update(control=Control.MAJORITY)
    client, said = signed_in(officer), "For the leaders of all groups, or of those that your"
    page = text_of(client.get(url("leaders_meetings", plan.pk)))
    document = Document(io.BytesIO(client.post(url("leaders_agenda", plan.pk)).content))
    for words in (page, "\n".join(each.text for each in document.paragraphs)):
        assert said in words
        assert "groups that form" not in words


def test_a_meeting_is_recorded_once_and_leads_to_its_actions(plan, officer):
    client, page = signed_in(officer), url("leaders_meeting_add", plan.pk)
    data = sent(csrfmiddlewaretoken="token")
    first, again = client.post(page, data), client.post(page, data)
    found = LeadersMeeting.objects.get()
    assert first.url == again.url == url("leaders_actions", plan.pk, found.pk)
    event = Event.objects.get(kind=Event.Kind.LEADERS_MET)
    assert event.detail == "Leaders’ meeting of 20 May 2027"
    for words, wrong in (
        ("must be today or in the past", {"held_on-day": 21}),
        ("Enter 20 lines or fewer", {"to_do": "x\n" * 21}),
        ("Each line must be 160 characters or fewer", {"to_do": "x" * 161}),
        ("The notes must be 5,000 characters or fewer", {"notes": "x" * 5001}),
    ):
        refused = client.post(page, sent(**wrong))
        assert refused.status_code == 422
        assert words in text_of(refused)


def test_a_stale_save_keeps_both_texts(plan, officer, meeting):
    client, page = signed_in(officer), url("leaders_meeting", plan.pk, meeting.pk)
    assert client.post(page, sent(version=1, notes="Theirs")).status_code == 302
    stale = client.post(page, sent(version=1, notes="Mine"))
    assert stale.status_code == 409
    assert "Theirs" in text_of(stale)
    assert stale.context["form"]["notes"].value() == "Mine"
    again = sent(version=stale.context["version"], notes="Mine")
    assert client.post(page, again).status_code == 302
    assert Event.objects.filter(kind=Event.Kind.LEADERS_NOTED).count() == 2


def test_lines_are_shown_as_actions_and_added_once(plan, officer, reviewer, meeting):
    client, page = signed_in(officer), url("leaders_actions", plan.pk, meeting.pk)
    assert "These actions will be added to the plan." in text_of(client.get(page))
    owner = Membership.objects.get(user=officer)
    data = chosen(plan, 1, 3, **{"title-1": "Send the options", "owner-1": owner.pk})
    data |= {"due-1-day": 1, "due-1-month": 6, "due-1-year": 2027, "title-2": "x" * 999}
    done = client.post(page, data, follow=True)
    assert "2 actions have been added to the plan." in text_of(done)
    assert "Send the options" in text_of(done)
    first, last = (each.item for each in MeetingAction.objects.select_related("item"))
    assert (first.title, first.owner, first.due) == ("Send the options", owner, dt.date(2027, 6, 1))
    assert last.title == "Fix the dates"
    meeting.refresh_from_db()
    assert (meeting.to_do, meeting.version) == ("Publish the list", 2)
    for reader in (officer, reviewer):
        shown = text_of(signed_in(reader).get(url("leaders_meeting", plan.pk, meeting.pk)))
        made = shown[shown.index("Actions added to the plan") :]
        assert made.index("Send the options") < made.index("Fix the dates")
        assert "Not started · Officer, " in made
    assert Event.objects.filter(kind=Event.Kind.ITEM_ADDED).count() == 2
    assert Event.objects.filter(kind=Event.Kind.LEADERS_NOTED).count() == 1
    again = client.post(page, data)
    assert again.status_code == 409
    assert "Nothing has been added now." in text_of(again)
    assert "Send the options" in text_of(again)  # what was sent is not lost
    assert PlanItem.objects.filter(source=None).count() == 2
    assert signed_in(reviewer).get(page).status_code == 403


def test_what_is_wrong_with_an_action_is_said_and_nothing_is_added(plan, officer, meeting):
    client, page = signed_in(officer), url("leaders_actions", plan.pk, meeting.pk)
    for words, data in (
        ("Select at least one action to add", {"version": 1}),
        ("Select a step for action 1", chosen(plan, 1, **{"step-1": ""})),
        ("Select the step for action 1 from the list", chosen(plan, 1, **{"step-1": "x"})),
        ("Select the owner of action 2 from the list", chosen(plan, 2, **{"owner-2": "0"})),
        ("Enter action 1", chosen(plan, 1, **{"title-1": " "})),
        ("must be 160 characters or fewer", chosen(plan, 1, **{"title-1": "x" * 161})),
        ("due date of action 1", chosen(plan, 1, **{"due-1-day": "x"})),
    ):
        refused = client.post(page, data)
        assert refused.status_code == 422, words
        assert words.lower() in text_of(refused).lower()
    assert client.post(page, chosen(plan, 1, version="x")).status_code == 409
    assert not MeetingAction.objects.exists()
    assert LeadersMeeting.objects.get().version == 1


def test_a_name_in_the_notes_is_found_before_a_person_is_erased(plan, chief, officer):
    add_leaders_meeting(plan, held_on=TODAY, notes=f"{officer.name} will ask", to_do="", by=chief)
    add_leaders_meeting(plan, held_on=TODAY, notes="", to_do=f"Ask {officer.name}", by=chief)
    assert len(traces_of(officer, [plan.council]).in_meetings) == 2


def test_a_meeting_recorded_by_mistake_is_removed_and_restored(plan, officer, reviewer, meeting):
    make_actions(
        meeting,
        [{"step": plan.items.first().step, "title": "Send the options"}],
        left="Publish the list",
        version=1,
        by=officer,
    )
    client, page = signed_in(officer), url("leaders_meeting", plan.pk, meeting.pk)
    remove = url("leaders_meeting_remove", plan.pk, meeting.pk)
    assert remove in client.get(page).content.decode()
    assert "Remove this meeting?" in text_of(client.get(remove))
    assert signed_in(reviewer).post(remove, {"version": 2}).status_code == 403
    stale = client.post(remove, {"version": 1})
    assert (stale.status_code, "Someone saved this" in text_of(stale)) == (409, True)
    done = client.post(remove, {"version": 2}, follow=True)
    assert "has been removed. You can restore it" in text_of(done)
    assert "Send the options" not in text_of(done)
    assert PlanItem.objects.get(title="Send the options").removed_at is None
    assert client.get(page).status_code == client.get(remove).status_code == 404
    for version in (2, 3):  # from before the removal, and with the version that it gave
        kept = client.post(page, sent(version=version, notes="What I typed"))
        assert (kept.status_code, "removed this at" in text_of(kept)) == (409, True)
        assert "What I typed" in kept.content.decode()
        late = client.post(url("leaders_actions", plan.pk, meeting.pk), {"version": version})
        assert late.status_code in {409, 422}
    restore = url("leaders_meeting_restore", plan.pk, meeting.pk)
    for _ in range(2):
        assert "has been restored" in text_of(client.post(restore, follow=True))
    assert "Send the options" in text_of(client.get(url("leaders_meetings", plan.pk)))
    kinds = Event.objects.filter(kind__startswith="leaders-re").order_by("pk")
    assert [(each.kind, each.detail) for each in kinds] == [
        ("leaders-removed", str(meeting)),
        ("leaders-restored", str(meeting)),
    ]
