"""Notices of political groups: the log, the current position, wrong input and stale saves."""

import datetime as dt

import pytest
from django.urls import reverse

from assessments.appointments import views
from assessments.appointments.models import GroupNotice, current_groups
from assessments.seats.actions import record_composition
from councils.models import CouncilEvent
from elections.composition import Composition, Group
from tests.acting import signed_in, text_of

pytestmark = pytest.mark.django_db

NOTICE = {
    "latest": 0,
    "kind": "formed",
    "group": "Oak",
    "leader": "Ada Moss",
    "deputy": "Ben Reed",
    "members": 4,
    "signed_by": "Ada Moss\r\nBen Reed",
    "received_on-day": 9,
    "received_on-month": 11,
    "received_on-year": 2026,
}


@pytest.fixture
def post(riverdale, officer):
    client = signed_in(officer)

    def post(**changed):
        return client.post(
            reverse("group_notice_new", args=[riverdale.slug]), data=NOTICE | changed
        )

    post.page = lambda: client.get(reverse("group_notices", args=[riverdale.slug]))
    return post


def test_a_later_notice_replaces_an_earlier_one_and_both_are_kept(post):
    assert post().status_code == 302
    first = GroupNotice.objects.get()
    renamed = post(
        latest=first.pk, kind="changed", group="Oak Trees", former_name="oak", leader="Cy Lee"
    )
    assert renamed.status_code == 302
    notices = list(GroupNotice.objects.all())
    assert [(each.group, each.leader) for each in current_groups(notices)] == [
        ("Oak Trees", "Cy Lee")
    ]
    page = post.page().content.decode()
    assert "formerly oak" in page
    assert "leader Ada Moss" in page
    events = CouncilEvent.objects.filter(kind=CouncilEvent.Kind.GROUP_NOTICE_RECORDED)
    assert events.count() == 2
    assert "Moss" not in "".join(f"{each.person}{each.before}{each.after}" for each in events)
    assert post(latest=notices[0].pk, kind="ended", group="Oak Trees").status_code == 302
    assert current_groups(list(GroupNotice.objects.all())) == []
    assert "No political groups are recorded now." in text_of(post.page())


def test_without_notices_only_those_who_record_them_are_told_to(post, riverdale, reviewer):
    empty = "No notices of political groups have been recorded yet."
    to_do = "Record the notices that the proper officer has received."
    assert f"{empty} {to_do}" in text_of(post.page())
    theirs = signed_in(reviewer).get(reverse("group_notices", args=[riverdale.slug]))
    assert empty in text_of(theirs)
    assert to_do not in text_of(theirs)


def test_wrong_input_gets_a_message_beside_its_field(post, subtests):
    cases = (
        ("group", {"group": " "}),
        ("group", {"kind": "changed", "group": "Elm"}),
        ("former_name", {"kind": "changed", "former_name": "Elm"}),
        ("kind", {"kind": "other"}),
        ("leader", {"leader": ""}),
        ("members", {"members": 1}),
        ("members", {"members": "many"}),
        ("signed_by", {"signed_by": "Ada Moss"}),
        ("signed_by", {"signed_by": "Ada Moss\nada  moss"}),
        ("received_on", {"received_on-year": 2999}),
        ("received_on", {"received_on-day": ""}),
        ("latest", {"latest": "x"}),
    )
    for field, changed in cases:
        with subtests.test(field=field, changed=changed):
            answer = post(**changed)
            assert answer.status_code == 422
            assert field in answer.context["form"].errors
    assert not GroupNotice.objects.exists()


def test_a_stale_save_shows_both_notices(post):
    post()
    answer = post(group="Elm", leader="Dee Fox")
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Ada Moss" in page
    assert "Dee Fox" in page
    assert f'name="latest" value="{GroupNotice.objects.get().pk}"' in page


def test_the_page_compares_members_with_the_composition_and_has_a_limit(
    post, riverdale, chief, monkeypatch
):
    record_composition(
        council=riverdale,
        as_at=dt.date(2026, 5, 7),
        composition=Composition((Group("Oak", 5), Group("Ash", 3))),
        based_on=None,
        by=chief,
    )
    post()
    post(latest=GroupNotice.objects.get().pk, group="Elm")
    page = post.page().content.decode()
    assert "Oak: 4 according to its notice, 5 in the composition" in page
    assert "Elm: 4 according to its notice, none in the composition" in page
    assert "Ash: no notice, 3 in the composition" in page
    monkeypatch.setattr(views, "NOTICES_A_PAGE", 1)
    page = post.page().content.decode()
    assert page.count("Recorded by") == 1
    assert "Page 1 of 2" in page
