from dataclasses import asdict, fields

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404

from assessments.access import Rights, item_for, plan_for
from assessments.plans.models import Plan, PlanItem
from councils.models import Access, AdviserAccess, Council, Membership
from councils.permissions import ACCESS_HINTS, ALLOWED, Right, access_hint, may, membership_for
from tests.acting import own_item

TRUTH = [
    # access, view, export, comment, edit, record seats, take part, review; then what is the owner's
    (Access.OWNER, True, True, True, True, True, True, True, *[True] * 6),
    (Access.EDITOR, True, True, True, True, True, True, True, *[False] * 6),
    (Access.REVIEWER, True, True, True, False, False, True, True, *[False] * 6),
    (AdviserAccess.READ, True, True, False, False, False, False, False, *[False] * 6),
    (AdviserAccess.COMMENT, True, True, True, False, False, False, False, *[False] * 6),
]
RIGHTS = (
    Right.VIEW,
    Right.EXPORT,
    Right.COMMENT,
    Right.EDIT_ITEMS,
    Right.RECORD_SEATS,
    Right.TAKE_PART,
    Right.REVIEW,
    Right.SIGN_OFF,
    Right.MANAGE_PLAN,
    Right.RESTRICTED,
    Right.MANAGE_PEOPLE,
    Right.GRANT,
    Right.MANAGE_DATA,
)


@pytest.mark.parametrize(("access", "expected"), [(row[0], row[1:]) for row in TRUTH])
def test_what_each_access_may_do(access, expected):
    membership = Membership(access=access)
    assert tuple(may(membership, right) for right in RIGHTS) == expected
    # The database gives text, not the enum's member.
    assert tuple(may(Membership(access=access.value), right) for right in RIGHTS) == expected


def test_the_table_knows_every_access_and_every_right():
    assert set(ALLOWED) == {*Access, *AdviserAccess} == {row[0] for row in TRUTH}
    assert set(RIGHTS) == set(Right)


def test_an_unknown_access_level_gives_no_right():
    for access in ("", "admin", None):
        with pytest.raises(KeyError):
            may(Membership(access=access), Right.VIEW)


def test_each_access_is_explained_in_one_line():
    assert set(ACCESS_HINTS) == {*Access, *AdviserAccess}
    for access, hint in ACCESS_HINTS.items():
        assert len(hint) <= 100
        assert hint.endswith(".")
        assert access_hint(Membership(access=access)) == hint


@pytest.mark.parametrize(
    ("access", "rights"),
    [
        (Access.OWNER, {field.name for field in fields(Rights)}),
        (Access.EDITOR, {"can_edit", "can_comment", "can_export", "can_take_part"}),
        (Access.REVIEWER, {"can_comment", "can_export", "can_take_part"}),
        (AdviserAccess.READ, {"can_export"}),
        (AdviserAccess.COMMENT, {"can_comment", "can_export"}),
    ],
)
def test_templates_receive_booleans(access, rights):
    given = Rights.of(Membership(access=access))
    assert {name for name, held in asdict(given).items() if held is True} == rights


# --- 404 for what belongs to others, 403 for what is not permitted --------------------------------

OUTCOMES = [
    # who,      view, export, comment, edit, record seats, take part, review; then the owner's
    ("chief", *["yes"] * 7, *["yes"] * 6),
    ("officer", *["yes"] * 7, *[PermissionDenied] * 6),
    ("reviewer", *["yes"] * 3, *[PermissionDenied] * 2, *["yes"] * 2, *[PermissionDenied] * 6),
    ("stranger", *[Http404] * 13),
]


def outcome(function, *args, **kwargs):
    try:
        function(*args, **kwargs)
    except (Http404, PermissionDenied) as error:
        return type(error)
    return "yes"


@pytest.mark.parametrize(("who", "expected"), [(row[0], row[1:]) for row in OUTCOMES])
def test_plan_action_and_council_are_found_refused_or_not_found(
    request, who, expected, plan, item, chief
):
    user = request.getfixturevalue(who)
    removed = own_item(plan, by=chief)
    PlanItem.objects.filter(pk=removed.pk).update(removed_at=removed.saved_at)
    for right, wanted in zip(RIGHTS, expected, strict=True):
        assert outcome(plan_for, user, plan.pk, needs=right) == wanted
        assert outcome(item_for, user, plan.pk, item.pk, needs=right) == wanted
        assert outcome(item_for, user, plan.pk, removed.pk, needs=right) == wanted
        assert outcome(membership_for, user, plan.council.slug, needs=right) == wanted


def test_an_action_of_another_plan_is_not_found(chief, stranger, plan, their_plan, item):
    theirs = their_plan.items.first()
    assert outcome(item_for, chief, plan.pk, theirs.pk) is Http404
    assert outcome(item_for, chief, their_plan.pk, item.pk) is Http404
    assert outcome(item_for, stranger, their_plan.pk, item.pk) is Http404
    assert outcome(item_for, stranger, their_plan.pk, theirs.pk) == "yes"


def test_a_refusal_says_what_is_not_permitted_and_who_to_ask(reviewer, plan):
    with pytest.raises(PermissionDenied) as refusal:
        plan_for(reviewer, plan.pk, needs=Right.MANAGE_PLAN)
    assert str(refusal.value) == (
        "You do not have permission to create a plan, change its settings or run its review "
        "rounds. If you need it, ask an owner of the council’s plan."
    )


def test_an_adviser_is_told_what_members_alone_can_do(adviser, partial_adviser, plan):
    with pytest.raises(PermissionDenied, match="This page is for people at the council"):
        plan_for(adviser, plan.pk, needs=Right.TAKE_PART)
    with pytest.raises(PermissionDenied, match="permission to comment on steps"):
        plan_for(partial_adviser, plan.pk, needs=Right.COMMENT)


def test_querysets_carry_the_asking_persons_own_place(chief, officer, stranger, plan, item):
    mine = Membership.objects.get(user=officer)
    for found in (
        Plan.objects.visible_to(officer).get(),
        PlanItem.objects.visible_to(officer).get(pk=item.pk),
    ):
        assert found.access == Access.EDITOR
        assert found.membership_id == mine.pk
        assert found.office == "monitoring-officer"
    assert Plan.objects.visible_to(chief).get().access == Access.OWNER
    assert not Plan.objects.visible_to(stranger).exists()
    assert not PlanItem.objects.visible_to(stranger).exists()
    assert not Council.objects.visible_to(stranger).filter(pk=plan.council_id).exists()


def test_an_anonymous_user_sees_nothing(plan):
    for model in (Plan, PlanItem):
        with pytest.raises(TypeError):
            model.objects.visible_to(AnonymousUser()).exists()


def test_a_person_of_two_councils_has_each_ones_access_there_and_sees_each_thing_once(
    chief, plan, their_plan
):
    Membership.objects.create(
        user=chief, council=their_plan.council, office="lga-adviser", access=Access.REVIEWER
    )
    _, here = plan_for(chief, plan.pk)
    _, there = plan_for(chief, their_plan.pk)
    assert (here.can_manage, there.can_manage, there.can_edit) == (True, False, False)
    assert Plan.objects.visible_to(chief).count() == 2
    assert PlanItem.objects.visible_to(chief).count() == plan.items.count() * 2
