"""Who may do what to a stage in which state; sign-off, read-only stages, reopening."""

import datetime as dt
import json

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from assessments.access import StageRights
from assessments.plans.actions import remove_item, restore_item, save_item, set_due_in_bulk
from assessments.plans.models import (
    Event,
    EventChange,
    PlanItem,
    Review,
    ReviewMark,
    SignOff,
    Snapshot,
)
from assessments.plans.stages import (
    MOVES,
    MoveRefused,
    StageMove,
    StageSignedOff,
    StageStanding,
    State,
    standing_of_stage,
    standings_of,
)
from assessments.restricted_notes.actions import save_restricted_note
from assessments.reviews.actions import (
    ReasonNeeded,
    answer_concern,
    ask_for_review,
    call_off_review,
    change_review,
    latest_change,
    mark_step,
    reopen_stage,
    sign_off_stage,
    take_snapshot,
)
from assessments.timetable.actions import set_date
from assessments.versions import StaleVersion
from councils.models import Access, Deputy, Membership
from councils.permissions import may
from elections.offsets import Offset, Side, Unit
from frameworks.models import Stage, Step
from tests.acting import (
    HTMX,
    answer,
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
    whole,
)

pytestmark = pytest.mark.django_db

DUE = dt.date(2099, 5, 25)


@pytest.fixture
def stage(plan):
    return Stage.objects.get(framework=plan.transition_id, number=2)


def member(user):
    return Membership.objects.get(user=user)


def ask(plan, stage, *reviewers, by):
    return ask_for_review(
        plan, stage, reviewers=[member(user) for user in reviewers], due=DUE, by=by
    )


def sign(plan, stage, *, by, reason="Nothing is left"):
    seen = latest_change(plan, stage)
    return sign_off_stage(plan, stage, seen=seen, reason=reason, by=by)


def bring_to(state, plan, stage, chief, reviewer):
    """Leads the stage into a state, by the moves that lead there."""
    if state in (State.SIGNED_OFF, State.REOPENED):
        sign(plan, stage, by=chief)
    if state is State.REOPENED:
        reopen_stage(plan, stage, reason="The leader changed", by=chief)
    if state is State.IN_REVIEW:
        ask(plan, stage, reviewer, by=chief)
    assert standing_of_stage(plan, stage).state is state


# --- The table ------------------------------------------------------------------------------------

TRUTH = """
move           draft            in review        signed off    reopened
EDIT           owner editor     owner editor     -             owner editor
ASK            owner            -                -             owner
CHANGE_REVIEW  -                owner            -             -
CALL_OFF       -                owner            -             -
MARK           -                everyone         -             -
ANSWER         -                owner editor     -             -
SIGN_OFF       owner            owner            -             owner
REOPEN         -                -                owner         -
"""
EVERYONE = {Access.OWNER, Access.EDITOR, Access.REVIEWER}
STATES = (State.DRAFT, State.IN_REVIEW, State.SIGNED_OFF, State.REOPENED)
LEADS_TO = {
    StageMove.ASK: State.IN_REVIEW,
    StageMove.CALL_OFF: State.DRAFT,
    StageMove.SIGN_OFF: State.SIGNED_OFF,
    StageMove.REOPEN: State.REOPENED,
}


def truth():
    for line in TRUTH.strip().splitlines()[1:]:
        name, rest = line.split(maxsplit=1)
        cells = [cell.strip() for cell in rest.replace("  ", "|").split("|") if cell.strip()]
        for state, cell in zip(STATES, cells, strict=True):
            who = EVERYONE if cell == "everyone" else {Access(w) for w in cell.split() if w != "-"}
            yield StageMove[name], state, who


CASES = list(truth())


def standing_in(state):
    """Return a StageStanding of that state, from unsaved rows."""
    signed = SignOff(reopened_at=None)
    reopened = SignOff(reopened_at=dt.datetime(2027, 1, 1, tzinfo=dt.UTC))
    return {
        State.DRAFT: StageStanding(),
        State.IN_REVIEW: StageStanding(review=Review()),
        State.SIGNED_OFF: StageStanding(sign_off=signed),
        State.REOPENED: StageStanding(sign_off=reopened),
    }[state]


@pytest.mark.parametrize(
    ("move", "state", "who"), CASES, ids=[f"{m.name}-{s.name}" for m, s, _ in CASES]
)
def test_who_may_make_which_move_in_which_state(move, state, who):
    standing = standing_in(state)
    assert standing.state is state
    assert {access for access in Access if standing.may(Membership(access=access), move)} == who
    assert standing.allows(move) == bool(who)
    if who:
        assert MOVES[move].leads[state] is LEADS_TO.get(move, state)


def test_the_table_covers_every_move_and_state():
    assert {(move, state) for move, state, _ in CASES} == {
        (m, s) for m in StageMove for s in STATES
    }
    assert set(MOVES) == set(StageMove)
    assert set(STATES) == set(State)


def make(move, plan, stage, item, chief, reviewer):
    """Each move as the action that makes it."""
    review = Review.objects.filter(plan=plan, stage=stage).first()
    people = {"reviewers": [member(reviewer)], "due": DUE}
    if move is StageMove.EDIT:
        answer(item, chief, note="Words")
    elif move is StageMove.ASK:
        ask_for_review(plan, stage, by=chief, **people)
    elif move is StageMove.SIGN_OFF:
        sign(plan, stage, by=chief)
    elif move is StageMove.REOPEN:
        reopen_stage(plan, stage, reason="Because", by=chief)
    elif move is StageMove.CHANGE_REVIEW:
        change_review(review, words="New", version=review.version, by=chief, **people)
    elif move is StageMove.CALL_OFF:
        call_off_review(review, by=chief)
    elif move is StageMove.MARK:
        mark_step(
            review, item.step, reviewer=member(reviewer), verdict="agree", version=0, by=reviewer
        )
    else:
        mark = review.marks.get()
        answer_concern(mark, answer="Yes", version=mark.version, by=chief)


@pytest.mark.parametrize(
    ("move", "state", "who"), CASES, ids=[f"{m.name}-{s.name}" for m, s, _ in CASES]
)
def test_the_actions_hold_the_table(move, state, who, plan, stage, item, chief, reviewer):
    # A review that is over, with a concern: what it left must not open a way around.
    old = ask(plan, stage, reviewer, by=chief)
    if state is not State.IN_REVIEW:
        call_off_review(old, by=chief)
        bring_to(state, plan, stage, chief, reviewer)
    ReviewMark.objects.create(
        review=old,
        reviewer=member(reviewer),
        step=Step.objects.get(stage=stage, number=20),
        verdict="concern",
        words="Not yet",
    )
    events = Event.objects.count()
    if who:
        make(move, plan, stage, item, chief, reviewer)
        assert Event.objects.count() == events + 1
        leads = MOVES[move].leads[state]
        assert standing_of_stage(plan, stage).state is leads
        assert standings_of(plan)[stage.pk].state is leads
    else:
        with pytest.raises(MoveRefused) as refusal:
            make(move, plan, stage, item, chief, reviewer)
        assert str(refusal.value)
        assert Event.objects.count() == events
        assert standing_of_stage(plan, stage).state is state


def test_pages_receive_booleans_of_the_same_table(plan, stage, chief, officer, reviewer):
    ask(plan, stage, officer, by=chief)
    standing = standing_of_stage(plan, stage)
    for user, asked in ((chief, False), (officer, True), (reviewer, False)):
        place = member(user)
        place.membership_id = place.pk
        found = StageRights.of(place, standing)
        assert found.can_mark == asked
        assert found.can_edit == may(place, MOVES[StageMove.EDIT].right)
        assert found.can_sign_off == (user == chief)
        assert not found.can_reopen
        assert not found.can_ask


# --- Signing off ----------------------------------------------------------------------------------


@pytest.fixture
def url(plan):
    return reverse("stage_sign_off", args=[plan.pk, 2])


def review_everything(plan, stage, chief, reviewer, *, but=()):
    review = ask(plan, stage, reviewer, by=chief)
    for step in Step.objects.filter(stage=stage).exclude(number__in=but):
        mark_step(review, step, reviewer=member(reviewer), verdict="agree", version=0, by=reviewer)
    return review


def test_no_reason_is_needed_if_every_step_was_reviewed(plan, stage, url, chief, reviewer):
    review_everything(plan, stage, chief, reviewer)
    client = signed_in(chief)
    page = client.get(url)
    assert "10 of 10 steps" in text_of(page)
    assert "reason" not in form_on(page, None)
    page = client.post(url, form_on(page, None), follow=True)
    sign_off = SignOff.objects.get()
    assert sign_off.snapshot.digest in text_of(page)
    assert "Chief, Chief executive" in text_of(page)
    assert (sign_off.signed_by, sign_off.reason) == (chief, "")
    assert Review.objects.get().ended_at == sign_off.signed_at
    event = Event.objects.first()
    assert (event.kind, event.detail, event.by) == (
        "stage-signed-off",
        f"Stage 2, {sign_off.snapshot.seal}",
        chief,
    )
    assert sign_off.snapshot.stages.get(number=2).reviewers == "Reviewer, LGA adviser"
    assert "agree" in text_of(client.get(sign_off.snapshot.get_absolute_url()))


def test_a_step_not_reviewed_needs_a_reason(plan, stage, url, chief, reviewer):
    review_everything(plan, stage, chief, reviewer, but=(14, 19))
    client = signed_in(chief)
    page = client.get(url)
    assert "8 of 10 steps" in text_of(page)
    response = client.post(url, form_on(page, None))
    assert response.status_code == 422
    assert error_links(response) == [
        ("Enter why you are signing off before everything is finished", "id_reason")
    ]
    assert not SignOff.objects.exists()
    with pytest.raises(ReasonNeeded) as refusal:
        sign(plan, stage, by=chief, reason="")
    assert [step.number for step in refusal.value.steps] == [14, 19]
    client.post(url, form_on(page, None) | {"reason": "Both are the adviser’s own"})
    assert SignOff.objects.get().snapshot.reason == (
        "Sign-off of stage 2.\nSteps not reviewed: 14, 19.\n"
        "Reviewers who had not finished: Reviewer, LGA adviser (8 of 10 steps).\n"
        "Reason given by Chief: Both are the adviser’s own"
    )


def test_a_statutory_officer_who_has_not_finished_is_named_and_needs_a_reason(
    plan, stage, url, chief, officer, reviewer
):
    review = ask(plan, stage, reviewer, officer, by=chief)
    for step in Step.objects.filter(stage=stage):
        mark_step(review, step, reviewer=member(reviewer), verdict="agree", version=0, by=reviewer)
    first = Step.objects.filter(stage=stage)[0]
    mark_step(review, first, reviewer=member(officer), verdict="agree", version=0, by=officer)
    client = signed_in(chief)
    page = client.get(url)
    assert "Reviewed 10 of 10 steps by at least one reviewer" in text_of(page)
    assert f"Not finished {member(officer)} (1 of 10 steps)" in text_of(page)
    assert "A statutory officer who was asked to review this stage has not finished" in text_of(
        page
    )
    assert client.post(url, form_on(page, None)).status_code == 422
    with pytest.raises(ReasonNeeded) as refusal:
        sign(plan, stage, by=chief, reason="")
    assert [each.who for each in refusal.value.officers] == [str(member(officer))]
    client.post(url, form_on(page, None) | {"reason": "They are ill"})
    reason = SignOff.objects.get().snapshot.reason
    assert reason.splitlines() == [
        "Sign-off of stage 2.",
        f"Reviewers who had not finished: {member(officer)} (1 of 10 steps).",
        "Reason given by Chief: They are ill",
    ]


def test_a_reviewer_of_no_statutory_office_who_has_not_finished_is_only_named(
    plan, stage, url, chief, reviewer, person
):
    review_everything(plan, stage, chief, reviewer)
    friendly = person(plan.council, "friendly")
    review = Review.objects.open().get()
    change_review(
        review,
        reviewers=[member(reviewer), member(friendly)],
        due=review.due,
        words="",
        version=review.version,
        by=chief,
    )
    client = signed_in(chief)
    page = client.get(url)
    assert f"Not finished {member(friendly)} (0 of 10 steps)" in text_of(page)
    assert "reason" not in form_on(page, None)
    opened = form_on(page, None)
    # A deputy of a statutory officer counts as one, and a change of who was asked is seen first.
    Deputy.objects.create(
        membership=member(friendly),
        office="section-151-officer",
        named_by=chief,
    )
    assert client.post(url, opened).status_code == 422
    review.refresh_from_db()
    change_review(
        review,
        reviewers=[member(reviewer)],
        due=review.due,
        words="",
        version=review.version,
        by=chief,
    )
    assert client.post(url, opened).status_code == 409
    assert client.post(url, form_on(client.get(url), None)).status_code == 302


def test_what_changed_after_the_page_was_opened_is_not_signed_unseen(
    plan, stage, item, url, chief, officer, reviewer
):
    review = review_everything(plan, stage, chief, reviewer)
    client = signed_in(chief)
    opened = form_on(client.get(url), None)
    answer(item, officer, note="Written meanwhile")
    response = client.post(url, opened)
    assert response.status_code == 409
    assert not SignOff.objects.exists()
    opened = form_on(response, None)
    mark = review.marks.get(step__number=13)
    mark_step(
        review,
        mark.step,
        reviewer=mark.reviewer,
        verdict="concern",
        words="Not so",
        version=1,
        by=reviewer,
    )
    assert client.post(url, opened).status_code == 409
    # What happens in other stages does not matter.
    opened = form_on(client.get(url), None)
    answer(plan.items.select_related("plan", "step").filter(step__number=1)[0], chief, note="Else")
    ask(plan, Stage.objects.get(framework=plan.transition_id, number=3), reviewer, by=chief)
    assert client.post(url, opened).status_code == 302


def concern_of(user, plan, stage, chief, words="The budget gap is not shown"):
    """Have everyone asked agree with every step but one, about which `user` has a concern."""
    review = ask(plan, stage, user, by=chief)
    for step in Step.objects.filter(stage=stage):
        is_concern = step.number == 15
        mark_step(
            review,
            step,
            reviewer=member(user),
            verdict="concern" if is_concern else "agree",
            words=words if is_concern else "",
            version=0,
            by=user,
        )
    return review.marks.get(verdict="concern")


def test_an_unanswered_concern_of_a_statutory_officer_needs_a_reason(
    plan, stage, url, chief, officer
):
    concern = concern_of(officer, plan, stage, chief)
    assert member(officer).office == "monitoring-officer"
    client = signed_in(chief)
    page = client.get(url)
    assert "A statutory officer’s concern has not been answered: step 15" in text_of(page)
    response = client.post(url, form_on(page, None))
    assert response.status_code == 422
    with pytest.raises(ReasonNeeded) as refusal:
        sign(plan, stage, by=chief, reason="")
    assert list(refusal.value.concerns) == [concern]
    assert not SignOff.objects.exists()
    client.post(url, form_on(page, None) | {"reason": "It is in the next budget report"})
    assert SignOff.objects.get().snapshot.reason == (
        "Sign-off of stage 2.\n"
        "Concerns of statutory officers not answered: step 15, Monitoring officer.\n"
        "Reason given by Chief: It is in the next budget report"
    )


def test_several_unanswered_concerns_are_counted(plan, stage, url, chief, officer):
    concern = concern_of(officer, plan, stage, chief)
    concern.review.marks.filter(step__number=14).update(verdict="concern", words="Too early")
    page = text_of(signed_in(chief).get(url))
    assert "2 concerns of statutory officers have not been answered: step 14" in page
    assert "answer them first" in page


def test_cancelling_the_review_does_not_settle_a_concern(plan, stage, url, chief, officer, person):
    concern = concern_of(officer, plan, stage, chief)
    call_off_review(concern.review, by=chief)
    friendly = person(plan.council, "friendly")
    review = ask(plan, stage, friendly, by=chief)
    for step in Step.objects.filter(stage=stage):
        mark_step(review, step, reviewer=member(friendly), verdict="agree", version=0, by=friendly)
    client = signed_in(chief)
    page = client.get(url)
    assert "step 15, Monitoring officer (in a review that was cancelled)" in text_of(page)
    assert client.post(url, form_on(page, None)).status_code == 422
    with pytest.raises(ReasonNeeded) as refusal:
        sign(plan, stage, by=chief, reason="")
    assert list(refusal.value.concerns) == [concern]
    # The officer has seen what was done about it and agrees.
    change_review(
        review,
        reviewers=[member(friendly), member(officer)],
        due=review.due,
        words="",
        version=review.version,
        by=chief,
    )
    for step in Step.objects.filter(stage=stage):
        mark_step(review, step, reviewer=member(officer), verdict="agree", version=0, by=officer)
    sign(plan, stage, by=chief, reason="")


def test_an_answered_concern_needs_no_reason(plan, stage, url, chief, officer):
    concern = concern_of(officer, plan, stage, chief)
    answer_concern(concern, answer="It is on page 4", version=1, by=chief)
    client = signed_in(chief)
    page = client.get(url)
    assert "reason" not in form_on(page, None)
    assert client.post(url, form_on(page, None)).status_code == 302


def test_a_concern_of_someone_else_needs_no_reason(plan, stage, url, chief, reviewer):
    concern_of(reviewer, plan, stage, chief)
    client = signed_in(chief)
    assert client.post(url, form_on(client.get(url), None)).status_code == 302


def test_a_form_error_does_not_hide_that_the_stage_has_changed(plan, item, url, chief, officer):
    client = signed_in(chief)
    opened = form_on(client.get(url), None)
    unchanged = client.post(url, opened)
    assert unchanged.status_code == 422
    assert "The stage changed after you opened this page" not in text_of(unchanged)
    answer(item, officer, note="Written meanwhile")
    response = client.post(url, opened)
    assert response.status_code == 422
    assert "The stage changed after you opened this page" in text_of(response)
    assert not SignOff.objects.exists()


def test_nonsense_signs_nothing(url, chief):
    client = signed_in(chief)
    for data in ({}, {"seen": "x"}, {"seen": "9" * 30}, {"seen": "-1"}, {"seen": "0"}):
        assert client.post(url, data).status_code == 422
    assert client.post(url, {"seen": "1", "reason": "a\0b"}).status_code == 422
    assert client.post(url, {"seen": "1", "reason": "x" * 5001}).status_code == 422
    assert not SignOff.objects.exists()


def test_signing_twice_makes_one_sign_off(plan, stage, url, chief):
    client = signed_in(chief)
    data = form_on(client.get(url), None) | {"reason": "All is well"}
    assert client.post(url, data).status_code == 302
    response = client.post(url, data)
    assert response.status_code == 409
    assert "All is well" in text_of(response)
    assert SignOff.objects.count() == Snapshot.objects.count() == 1
    assert client.get(url).status_code == 302
    with pytest.raises(IntegrityError), transaction.atomic():
        SignOff.objects.create(
            plan=plan,
            stage=stage,
            snapshot=take_snapshot(plan, [2], by=chief, reason="x"),
            signed_by=chief,
        )


# --- A signed-off stage is read-only --------------------------------------------------------------


@pytest.fixture
def signed(plan, stage, chief):
    return sign(plan, stage, by=chief)


WHO = "was signed off by Chief"


def test_no_action_changes_an_item_of_it(plan, item, chief, stage):
    own, gone = own_item(plan, by=chief), own_item(plan, by=chief)
    remove_item(fresh(gone), version=1, by=chief)
    sign(plan, stage, by=chief)
    before = list(PlanItem.objects.order_by("pk").values())
    for change in (
        lambda: save_item(fresh(item), version=1, by=chief, note="Late"),
        lambda: own_item(plan, by=chief),
        lambda: remove_item(fresh(own), version=1, by=chief),
        lambda: restore_item(fresh(gone), by=chief),
    ):
        with pytest.raises(StageSignedOff, match="signed off by Chief"):
            change()
    assert list(PlanItem.objects.order_by("pk").values()) == before
    # Other stages and other councils' plans are as open as before.
    own_item(plan, 3, by=chief)


@pytest.mark.parametrize("part", ["whole", "status"])
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_a_save_that_comes_late_is_refused_and_its_words_are_kept(
    item, officer, signed, part, headers
):
    words = "Written while it was signed"
    if part == "whole":
        body = whole(item, note=words, status="in-progress")
    else:
        body = status_only(item, "not-needed", reason=words)
    response = signed_in(officer).post(item_url(item), body, headers=headers)
    assert response.status_code == 409
    html = response.content.decode()
    assert WHO in html
    if not headers:
        assert words in html
        assert form_on(response, item_url(item))["version"] == "1"
    else:
        # The boxes are not part of the answer, so what was typed stays in them.
        assert "<textarea" not in html
        assert "Not saved" in html
    assert fresh(item).version == 1


def test_an_item_that_is_added_late_is_refused_and_kept(plan, officer, signed):
    body = {"title": "Thought of late", "note": "And its note"}
    response = signed_in(officer).post(step_url(plan, 13, "item_add"), body)
    assert response.status_code == 409
    html = response.content.decode()
    assert WHO in html
    assert "Thought of late" in html
    assert "And its note" in html


def test_removing_and_restoring_late_are_refused(plan, stage, chief, officer):
    own, gone = own_item(plan, by=chief), own_item(plan, by=chief)
    remove_item(fresh(gone), version=1, by=chief)
    sign(plan, stage, by=chief)
    client = signed_in(officer)
    for url, data in (
        (item_url(own, "item_remove"), {"version": 1}),
        (item_url(gone, "item_restore"), {}),
    ):
        response = client.post(url, data)
        assert response.status_code == 403
        assert WHO in text_of(response)


def test_its_pages_say_so_and_offer_nothing_to_change(plan, item, chief, officer, signed):
    own = plan.items.filter(step__number=1).first()
    client = signed_in(officer)
    for url in (step_url(plan, 13), reverse("plan_stage", args=[plan.pk, 2])):
        page = client.get(url)
        assert WHO in text_of(page)
        assert item_url(item, "item_edit") not in page.content.decode()
        assert 'name="part"' not in page.content.decode()
    # A list across the stages: stage 1 can be changed, stage 2 cannot.
    page = client.get(reverse("plan_area", args=[plan.pk, 3])).content.decode()
    assert item_url(item, "item_edit") not in page
    third = plan.items.filter(step__number=3).first()
    assert item_url(third, "item_edit") in page
    page = client.get(reverse("plan_open", args=[plan.pk])).content.decode()
    assert item_url(own, "item_edit") in page
    assert item_url(item, "item_edit") not in page
    for url in (item_url(item, "item_edit"), step_url(plan, 13, "item_add")):
        for headers in ({}, HTMX):
            response = client.get(url, headers=headers)
            assert response.status_code == 403
            assert WHO in response.content.decode()
    assert len(item_ids(client.get(item_url(item), headers=HTMX))) == 1


def test_restricted_notes_can_still_be_written(plan, item, chief, signed):
    client = signed_in(chief)
    address = reverse("restricted_note", args=[plan.pk, item.pk])
    assert address in client.get(step_url(plan, 13)).content.decode()
    response = client.post(address, {"version": 0, "text": "Only for us"})
    assert response.status_code == 302


# --- Reopening ------------------------------------------------------------------------------------


def test_the_owner_reopens_it_for_a_reason_and_the_snapshot_stays(
    plan, stage, item, chief, officer, signed
):
    client = signed_in(chief)
    url = reverse("stage_reopen", args=[plan.pk, 2])
    kept = Snapshot.objects.values().get()
    for nothing in ({}, {"reason": " "}, {"reason": "a\0b"}):
        assert client.post(url, nothing).status_code == 422
    assert client.post(url, {"reason": "The leader\r\nchanged"}).status_code == 302
    signed.refresh_from_db()
    assert (signed.reopened_by, signed.reopening_reason) == (chief, "The leader\nchanged")
    event = Event.objects.first()
    assert (event.kind, event.by) == ("stage-reopened", chief)
    answer(item, officer, note="Open again")
    assert Snapshot.objects.values().get() == kept
    page = text_of(client.get(reverse("sign_off", args=[plan.pk, signed.pk])))
    assert "The leader changed" in page
    # And signed off again: a second snapshot beside the first.
    sign(plan, stage, by=chief)
    assert SignOff.objects.count() == Snapshot.objects.count() == 2
    assert "Reopened" not in text_of(client.get(reverse("stage_review", args=[plan.pk, 2])))


def test_a_reason_that_comes_too_late_is_kept_on_the_page(plan, stage, chief, signed):
    client = signed_in(chief)
    url = reverse("stage_reopen", args=[plan.pk, 2])
    client.post(url, {"reason": "First of all"})
    response = client.post(url, {"reason": "Second of all"})
    assert response.status_code == 409
    assert "Second of all" in text_of(response)
    assert "You cannot reopen it now: the stage has been reopened." in text_of(response)
    assert client.get(url).status_code == 302


def test_plan_home_shows_the_state_of_each_stage(plan, stage, chief, officer):
    client = signed_in(officer)
    home = reverse("plan", args=[plan.pk])
    assert "Stage 2:" not in text_of(client.get(home))
    ask(plan, stage, officer, by=chief)
    assert "Stage 2: in review, due by 25 May 2099" in text_of(client.get(home))
    sign(plan, stage, by=chief)
    assert "Stage 2: signed off by Chief" in text_of(client.get(home))
    reopen_stage(plan, stage, reason="Because", by=chief)
    assert "Stage 2: reopened" in text_of(client.get(home))


def test_what_is_recorded_names_no_restricted_note(plan, stage, item, chief):
    save_restricted_note(item, None, text="secret-4471", version=0, by=chief)
    sign(plan, stage, by=chief)
    told = json.dumps(
        [list(Event.objects.values()), list(EventChange.objects.values())], default=str
    )
    assert "secret-4471" not in told


def test_a_stage_that_is_signed_off_can_be_commented_on(plan, stage, item, chief, officer):
    page = text_of(signed_in(chief).get(reverse("stage_sign_off", args=[plan.pk, 2])))
    assert "Comments and restricted notes are not in the snapshot. People can still comment" in page
    sign(plan, stage, by=chief)
    url = reverse("item_comments", args=[plan.pk, item.pk])
    signed_in(officer).post(url, {"text": "A remark after the sign-off"})
    assert "A remark after the sign-off" in text_of(signed_in(officer).get(url))
    kept = json.dumps(list(Snapshot.objects.values()), default=str)
    assert "A remark" not in kept


# --- Key dates ------------------------------------------------------------------------------------


def test_due_dates_of_a_signed_off_stage_stay_until_it_is_reopened(plan, item, stage, chief):
    rule = Offset(1, Unit.DAYS, Side.AFTER, "annual_meeting")
    answer(item, chief, due_rule=rule)
    was = fresh(item).due
    sign(plan, stage, by=chief)
    day = was + dt.timedelta(days=1)
    set_date(plan, "annual_meeting", date=day, reason="Agreed", version=0, by=chief)
    everything = PlanItem.objects.filter(plan=plan).select_related("step", "source")
    set_due_in_bulk(plan, everything, by=chief)
    assert (fresh(item).due, fresh(item).due_rule) == (was, rule)
    assert not PlanItem.objects.exclude(step__stage=stage).exclude(due=None).exists()
    page = text_of(signed_in(chief).get(reverse("stage_reopen", args=[plan.pk, 2])))
    assert "the due dates counted from them move now too" in page
    reopen_stage(plan, stage, reason="The leader changed", by=chief)
    assert fresh(item).due == day + dt.timedelta(days=1)


def test_a_stage_is_not_signed_off_while_its_dates_move(plan, item, stage, chief):
    answer(item, chief, due=dt.date(2027, 6, 1))
    seen = latest_change(plan, stage)
    everything = PlanItem.objects.filter(plan=plan).select_related("step", "source")
    set_due_in_bulk(plan, everything, by=chief)
    with pytest.raises(StaleVersion):
        sign_off_stage(plan, stage, seen=seen, reason="Nothing is left", by=chief)
