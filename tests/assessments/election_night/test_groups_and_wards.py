"""Groups that are removed from a count, and names that two people save at the same moment."""

import pytest
from django.urls import reverse

from assessments.election_night import actions
from assessments.election_night.actions import GroupHasResults, add_wards, change_count, change_ward
from assessments.election_night.models import CountGroup, CountWard, ElectionCount, WardResult
from assessments.plans.models import Event, EventChange
from tests.acting import error_links, form_on, signed_in, text_of
from tests.assessments.plans.test_concurrency import all_at_once

from .test_counts import before, count, enter, page, state_of, ward

__all__ = ["before", "count"]

pytestmark = pytest.mark.django_db

NONE = WardResult.Status.NONE


@pytest.fixture
def meanwhile(monkeypatch):
    """Return a function that lets something happen after a view has read, before it saves."""

    def let(name, happen):
        action = getattr(actions, name)

        def after_it(*args, **kwargs):
            happen()
            return action(*args, **kwargs)

        monkeypatch.setattr(actions, name, after_it)

    return let


@pytest.fixture
def settings_page(count):
    return page("_settings", count)


def group(count, name):
    return count.groups.get(name=name, is_listed=True)


def listed(count):
    now = ElectionCount.objects.with_results().get(pk=count.pk)
    return [each.name for each in now.groups.all()]


def ways_out(count, officer):
    """Return what takes the seats of a group out of the result of Castle, by what it is called."""
    return {
        "corrected": lambda: enter(count, "Castle", by=officer, Oak=3),
        "removed": lambda: enter(count, "Castle", by=officer, status=NONE),
    }


@pytest.mark.parametrize("way", ["corrected", "removed"])
def test_a_group_that_was_entered_by_mistake_can_be_removed(count, officer, settings_page, way):
    client = signed_in(officer)
    enter(count, "Castle", by=officer, Oka=3)
    ways_out(count, officer)[way]()
    form = form_on(client.get(settings_page))
    saved = client.post(settings_page, form | {f"name_{group(count, 'Oka').pk}": ""}, follow=True)
    assert saved.status_code == 200
    assert listed(count) == ["Ash", "Oak"]
    assert "Oka" not in text_of(client.get(page("", count)))
    assert "Oka" not in text_of(client.get(page("_ward", count, ward(count, "Mill").pk)))
    assert "Oka" not in form_on(client.get(settings_page)).values()
    # The record keeps what was entered, and that the group was removed.
    first = WardResult.objects.order_by("pk").first()
    assert first.by_group == {"Oka": 3}
    change = EventChange.objects.get(event__kind=Event.Kind.COUNT_CHANGED)
    assert (change.before, change.after) == ("Ash 0, Oak 0, Oka 0", "Ash 0, Oak 0")


def test_a_group_without_any_result_is_deleted(count, officer):
    kept = {group(count, "Oak").pk: ("Oak", 0)}
    change_count(count, groups=kept, removed=[group(count, "Ash").pk], version=1, by=officer)
    assert [each.name for each in CountGroup.objects.all()] == ["Oak"]


def test_the_name_of_a_removed_group_can_be_used_again(count, officer, settings_page):
    client = signed_in(officer)
    enter(count, "Castle", by=officer, Elm=3)
    enter(count, "Castle", by=officer, Oak=3)
    form = form_on(client.get(settings_page))
    client.post(settings_page, form | {f"name_{group(count, 'Elm').pk}": ""})
    enter(count, "Mill", by=officer, elm=3)
    assert listed(count) == ["Ash", "elm", "Oak"]
    enter(count, "Mill", by=officer, Oak=3)
    form = form_on(client.get(settings_page))
    client.post(settings_page, form | {f"name_{group(count, 'elm').pk}": "", "name_new_1": "Elm"})
    assert listed(count) == ["Ash", "Elm", "Oak"]
    assert CountGroup.objects.count() == 5


def test_a_group_with_seats_in_a_result_is_refused_beside_its_name(count, officer, settings_page):
    client = signed_in(officer)
    enter(count, "Castle", by=officer, Oak=3)
    field = f"name_{group(count, 'Oak').pk}"
    refused = client.post(settings_page, form_on(client.get(settings_page)) | {field: ""})
    assert refused.status_code == 422
    words = "Oak has results, so it cannot be removed. Correct the results first"
    assert error_links(refused) == [(words, f"id_{field}")]
    with pytest.raises(GroupHasResults):
        change_count(count, groups={}, removed=[group(count, "Oak").pk], version=1, by=officer)
    assert listed(count) == ["Ash", "Oak"]


def test_a_result_of_a_group_that_is_just_being_removed_keeps_it(
    count, officer, settings_page, meanwhile
):
    client = signed_in(officer)
    form = form_on(client.get(settings_page))
    meanwhile("change_count", lambda: enter(count, "Castle", by=officer, Ash=3))
    refused = client.post(settings_page, form | {f"name_{group(count, 'Ash').pk}": ""})
    assert refused.status_code == 422
    assert "Ash has results" in text_of(refused)
    assert listed(count) == ["Ash", "Oak"]


@pytest.mark.parametrize("when", ["after the page was opened", "while it is saved"])
def test_settings_keep_a_group_that_a_result_adds(count, officer, settings_page, meanwhile, when):
    client = signed_in(officer)
    form = form_on(client.get(settings_page)) | {"seats_up": "8"}

    def happen():
        enter(count, "Castle", by=officer, Elm=3)

    if when == "while it is saved":
        meanwhile("change_count", happen)
    else:
        happen()
    assert client.post(settings_page, form).status_code == 302
    assert listed(count) == ["Ash", "Elm", "Oak"]
    assert ElectionCount.objects.get(pk=count.pk).seats_up == 8


@pytest.mark.parametrize("field", ["name_new_1", "name_{oak}"])
def test_a_group_that_a_result_has_just_added_is_said_beside_the_same_name(
    count, officer, settings_page, meanwhile, field
):
    client = signed_in(officer)
    field = field.format(oak=group(count, "Oak").pk)
    form = form_on(client.get(settings_page)) | {field: "ELM"}
    meanwhile("change_count", lambda: enter(count, "Castle", by=officer, Elm=3))
    refused = client.post(settings_page, form)
    assert refused.status_code == 422
    assert error_links(refused) == [("ELM is listed already", f"id_{field}")]
    again = client.post(settings_page, form)  # and then the page has the group
    assert "ELM is listed more than once" in text_of(again)
    assert "Elm" in form_on(again).values()


def test_seats_of_a_group_that_was_removed_are_not_dropped_in_silence(count, officer):
    client, url = signed_in(officer), page("_ward", count, ward(count, "Castle").pk)
    oak, ash = group(count, "Oak"), group(count, "Ash")
    form = form_on(client.get(url)) | {f"seats_{oak.pk}": "2", f"seats_{ash.pk}": "1"}
    change_count(count, groups={}, removed=[ash.pk], version=1, by=officer)
    refused = client.post(url, form)
    assert refused.status_code == 422
    assert "A group that you entered seats for has been removed" in text_of(refused)
    assert not WardResult.objects.exists()
    assert client.post(url, form | {f"seats_{ash.pk}": "0"}).status_code == 302


def test_a_ward_keeps_the_groups_of_its_result_while_one_is_renamed(count, officer):
    enter(count, "Castle", by=officer, Oak=3)
    read = ward(count, "Castle")
    change_count(count, groups={group(count, "Oak").pk: ("Elm", 0)}, version=1, by=officer)
    change_ward(read, name="Castle Hill", seats=3, version=2, by=officer)
    assert listed(count) == ["Ash", "Elm"]
    assert ward(count, "Castle Hill").result.in_words == "Elm 3"


# --- Wards ----------------------------------------------------------------------------------------


def test_wards_that_are_sent_twice_are_added_once(count, officer):
    client, url = signed_in(officer), reverse("election_night_wards", args=[count.plan_id])
    change_count(count, groups={}, version=1, by=officer, seats_up=20)
    form = form_on(client.get(url)) | {"name": "Abbey", "seats": "1"}
    form["csrfmiddlewaretoken"] = "of one page"
    assert [client.post(url, form).status_code for _ in range(2)] == [302, 302]
    assert CountWard.objects.filter(name="Abbey").count() == 1


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": "Abbey", "seats": "1"}, "name"),
        ({"pasted": "Park 1\nAbbey 1"}, "pasted"),
        ({"name": "Park", "seats": "1", "pasted": "Abbey 1"}, "pasted"),
    ],
)
def test_a_ward_that_someone_has_just_added_is_said_beside_the_field(
    count, officer, meanwhile, typed, field
):
    change_count(count, groups={}, version=1, by=officer, seats_up=20)
    client, url = signed_in(officer), reverse("election_night_wards", args=[count.plan_id])
    form = form_on(client.get(url)) | typed
    meanwhile("add_wards", lambda: CountWard.objects.create(count=count, name="ABBEY", seats=1))
    refused = client.post(url, form)
    assert refused.status_code == 422
    assert error_links(refused) == [("Abbey is listed already", f"id_{field}")]
    assert CountWard.objects.filter(count=count).count() == 4


def test_two_wards_that_get_one_name_at_once_are_told_apart(count, officer, meanwhile):
    client, url = signed_in(officer), page("_ward_change", count, ward(count, "Castle").pk)
    form = {"name": "Abbey", "seats": "3", "version": "1"}
    meanwhile("change_ward", lambda: CountWard.objects.filter(name="Mill").update(name="abbey"))
    refused = client.post(url, form)
    assert refused.status_code == 422
    assert error_links(refused) == [("Abbey is listed already", "id_name")]


@pytest.mark.parametrize("then", ["at once", "after a change of its name"])
def test_a_ward_whose_result_was_removed_can_be_removed(count, officer, then):
    client = signed_in(officer)
    enter(count, "Castle", by=officer, Oak=3)
    found = ward(count, "Castle")
    address = page("_ward_change", count, found.pk)
    remove = page("_ward_remove", count, found.pk)
    assert "Remove this ward" not in text_of(client.get(address))
    client.post(remove, {"version": found.version})
    assert ward(count, "Castle").result.in_words == "Oak 3"
    enter(count, "Castle", by=officer, status=NONE)
    if then != "at once":
        change_ward(ward(count, "Castle"), name="Keep", seats=3, version=3, by=officer)
    client.post(remove, form_on(client.get(address), remove))
    assert [each.name for each in state_of(count).wards_to_come] == ["Mill", "Quayside"]
    assert client.get(address).status_code == 404
    assert WardResult.objects.filter(ward=found).count() == 2  # the record keeps them
    name = {"at once": "Castle", "after a change of its name": "Keep"}[then]
    add_wards(count, [(name, 3)], by=officer)
    assert len(state_of(count).wards_to_come) == 3


@pytest.mark.django_db(transaction=True)
def test_two_people_who_add_one_ward_at_once_both_get_an_answer(count, officer, chief):
    change_count(count, groups={}, version=1, by=officer, seats_up=20)
    url = reverse("election_night_wards", args=[count.plan_id])

    def add(user):
        client = signed_in(user)
        form = form_on(client.get(url)) | {"name": "Abbey", "seats": "1"}
        return lambda: client.post(url, form).status_code

    assert sorted(all_at_once([add(officer), add(chief)])) == [302, 422]
    assert CountWard.objects.filter(name="Abbey").count() == 1
