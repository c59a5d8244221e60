import pytest
from django.test import Client
from django.urls import reverse

from assessments.plans.actions import save_item
from councils import actions
from councils.actions import people
from councils.models import Access, Membership, Office, StandingHasEnded
from tests.acting import choices_of, form_on, text_of

pytestmark = pytest.mark.django_db


def membership_of(user, council):
    return Membership.objects.get(user=user, council=council)


def post_of(membership, **changes):
    """What the form about a member sends, opened just now."""
    return {
        "seen": membership.state,
        "office": Office.SLT_MEMBER,
        "job_title": "",
        "access": Access.EDITOR,
    } | changes


def test_members_see_each_other_and_owners_see_what_is_open(client, riverdale, chief, officer):
    client.force_login(officer)
    page = client.get(reverse("people", args=["riverdale"])).content.decode()
    assert "chief@riverdale.example" in page
    assert "Invite people" not in page
    assert "Changes at the council</h2>" not in page
    client.force_login(chief)
    page = client.get(reverse("people", args=["riverdale"])).content.decode()
    assert "Invite people" in page
    assert "Changes at the council</h2>" in page


@pytest.mark.parametrize("name", ["invite", "member", "member_remove"])
@pytest.mark.parametrize(
    ("user", "status"), [("officer", 403), ("reviewer", 403), ("stranger", 404)]
)
def test_only_owners_manage_people(request, client, riverdale, chief, name, user, status):
    args = ["riverdale"]
    if name != "invite":
        args.append(membership_of(chief, riverdale).pk)
    client.force_login(request.getfixturevalue(user))
    for method in (client.get, client.post):
        assert method(reverse(name, args=args)).status_code == status


def test_a_change_of_access_acts_on_the_next_request(client, riverdale, chief, officer, plan):
    theirs = Client()
    theirs.force_login(officer)
    item = plan.items.first()
    edit = reverse("item_edit", args=[plan.pk, item.pk])
    assert theirs.get(edit).status_code == 200
    client.force_login(chief)
    mine = membership_of(officer, riverdale)
    address = reverse("member", args=["riverdale", mine.pk])
    client.post(address, post_of(mine, access=Access.REVIEWER))
    assert theirs.get(edit).status_code == 403


def test_a_removed_member_has_no_access_from_the_next_request_in_every_tab(
    client, riverdale, chief, officer, plan
):
    tabs = [Client(), Client()]
    for tab in tabs:
        tab.force_login(officer)
        assert tab.get(plan.get_absolute_url()).status_code == 200
    client.force_login(chief)
    pk = membership_of(officer, riverdale).pk
    client.post(reverse("member_remove", args=["riverdale", pk]))
    for tab in tabs:
        assert tab.get(plan.get_absolute_url()).status_code == 404
        assert tab.get(reverse("people", args=["riverdale"])).status_code == 404
        assert "Riverdale" not in tab.get(reverse("home")).content.decode()


def test_actions_assigned_to_a_removed_member_stay_under_their_name(
    riverdale, chief, officer, plan, client
):
    item = plan.items.select_related("plan", "step", "source").first()
    membership = membership_of(officer, riverdale)
    save_item(
        item, version=1, by=officer, status="in-progress", owner=membership, note="Mine to do"
    )
    actions.end_membership(membership, by=chief)
    client.force_login(chief)
    page = client.get(reverse("plan_step", args=[plan.pk, item.step.number])).content.decode()
    assert "Officer, Monitoring officer" in page
    # A colleague changes something else: the owner is still theirs until someone chooses another.
    opened = client.get(reverse("item_edit", args=[plan.pk, item.pk]))
    assert form_on(opened, reverse("item", args=[plan.pk, item.pk]))["owner"] == str(membership.pk)
    response = client.post(
        reverse("item", args=[plan.pk, item.pk]),
        {
            "version": 2,
            "status": "in-progress",
            "owner": membership.pk,
            "owner_name": "",
            "due-day": "",
            "due-month": "",
            "due-year": "",
            "note": "Taken over",
        },
    )
    assert response.status_code == 302
    item.refresh_from_db()
    assert (item.owner_id, item.note) == (membership.pk, "Taken over")


def test_a_removed_member_cannot_be_chosen_for_new_actions(riverdale, chief, officer, plan, client):
    client.force_login(chief)
    page = reverse("item_edit", args=[plan.pk, plan.items.first().pk])
    membership = membership_of(officer, riverdale)
    assert str(membership.pk) in choices_of(client.get(page), "owner")
    actions.end_membership(membership, by=chief)
    assert str(membership.pk) not in choices_of(client.get(page), "owner")


def test_the_last_owner_cannot_leave_or_step_down(client, riverdale, chief, officer):
    client.force_login(chief)
    mine = membership_of(chief, riverdale)
    pk = mine.pk
    for name, args in (("people", []), ("member_remove", [pk])):
        page = client.get(reverse(name, args=["riverdale", *args]))
        assert "cannot be removed. Make someone else an owner first." in text_of(page)
        removal = reverse("member_remove", args=["riverdale", pk])
        assert f'href="{removal}"' not in page.content.decode()
        assert "Keep their access" not in text_of(page)
    removal = client.post(reverse("member_remove", args=["riverdale", pk]))
    change = client.post(reverse("member", args=["riverdale", pk]), post_of(mine))
    for response in (removal, change):
        assert response.status_code == 422
        assert "must keep at least one owner" in response.content.decode()
    assert membership_of(chief, riverdale).access == Access.OWNER
    actions.change_member(membership_of(officer, riverdale), by=chief, access=Access.OWNER)
    assert client.post(reverse("member_remove", args=["riverdale", pk])).status_code == 302
    assert client.get(reverse("people", args=["riverdale"])).status_code == 404


def test_two_people_add_someone_new_at_the_same_moment(riverdale, eastmere, monkeypatch):
    place = {"email": "new@riverdale.example", "name": "New", "office": Office.SLT_MEMBER}
    refuse = people.refuse_name

    def just_after_another(name):
        monkeypatch.setattr(people, "refuse_name", refuse)
        actions.add_member(council=eastmere, access=Access.EDITOR, **place)
        refuse(name)

    monkeypatch.setattr(people, "refuse_name", just_after_another)
    added = actions.add_member(council=riverdale, access=Access.EDITOR, **place)
    assert added.membership.user.memberships.count() == 2


def test_an_owner_who_was_one_when_the_request_began_gives_no_access(
    riverdale, chief, officer, person
):
    """It can have waited for the change that made them none, and would undo it."""
    second = person(riverdale, "second", access=Access.OWNER)
    mine, theirs = membership_of(second, riverdale), membership_of(officer, riverdale)
    actions.change_member(membership_of(second, riverdale), by=chief, access=Access.REVIEWER)
    for place in (mine, theirs):
        with pytest.raises(StandingHasEnded):
            actions.change_member(place, by=second, access=Access.OWNER)
    assert membership_of(second, riverdale).access == Access.REVIEWER
    assert membership_of(officer, riverdale).access == Access.EDITOR


def test_a_former_member_can_be_added_again(riverdale, chief, officer):
    membership = membership_of(officer, riverdale)
    actions.end_membership(membership, by=chief)
    added = actions.add_member(
        council=riverdale,
        email=officer.email,
        name="",
        office=Office.SLT_MEMBER,
        access=Access.REVIEWER,
        by=chief,
    )
    assert added.is_new_member
    assert added.membership.pk == membership.pk
    assert membership_of(officer, riverdale).ended_at is None


def test_changes_say_who_made_them_from_what_and_to_what(riverdale, chief, officer, client):
    membership = membership_of(officer, riverdale)
    actions.change_member(membership, by=chief, access=Access.REVIEWER)
    actions.end_membership(membership, by=chief)
    actions.end_membership(membership, by=chief)
    client.force_login(chief)
    page = client.get(reverse("people", args=["riverdale"])).content.decode()
    assert "Monitoring officer (editor) changed to Monitoring officer (reviewer)" in page
    assert page.count("Chief removed Officer") == 1


def test_a_member_of_two_councils_moves_between_them_by_address(
    client, chief, eastmere, stranger, plan, their_plan
):
    actions.add_member(
        council=eastmere,
        email=chief.email,
        name="",
        office=Office.CHIEF_EXECUTIVE,
        access=Access.REVIEWER,
        by=stranger,
    )
    client.force_login(chief)
    home = client.get(reverse("home")).content.decode()
    assert plan.get_absolute_url() in home
    assert their_plan.get_absolute_url() in home
    # Two tabs, two councils, no state between them; and what one may do differs by council.
    settings = [reverse("plan_settings", args=[each.pk]) for each in (plan, their_plan)]
    assert [client.get(url).status_code for url in settings] == [200, 403]


def test_the_people_page_costs_the_same_for_few_and_many(
    client, riverdale, chief, person, django_assert_num_queries
):
    client.force_login(chief)
    url = reverse("people", args=["riverdale"])
    with django_assert_num_queries(8):  # 2 of them for the bar, as long as there is no plan
        client.get(url)
    for n in range(5):
        person(riverdale, f"more{n}")
    with django_assert_num_queries(8):
        client.get(url)
