"""The history of a plan: what is shown, who can read what, and restoring an earlier text."""

import datetime as dt
from time import process_time

import pytest
import time_machine
from django.urls import reverse

from assessments.comments.actions import start_thread
from assessments.history.entries import compared
from assessments.history.subjects import ADVISERS_READ, BY_KIND, SUBJECTS
from assessments.plans.actions import name_of, record, record_export
from assessments.plans.models import Event, EventChange, ReviewMark, Status
from assessments.restricted_notes.actions import save_restricted_note
from assessments.reviews.actions import (
    answer_concern,
    ask_for_review,
    latest_change,
    mark_step,
    sign_off_stage,
)
from assessments.versions import FieldValueChange
from councils.models import Membership
from tests.acting import (
    HTMX,
    answer,
    by_id,
    form_on,
    fresh,
    item_url,
    own_item,
    signed_in,
    text_of,
    tree_of,
    words,
)

LONG = " ".join(f"word{n}" for n in range(300))


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(dt.datetime(2027, 5, 18, 11, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def client(officer):
    return signed_in(officer)


def history_url(plan):
    return reverse("plan_history", args=[plan.pk])


def entries(response):
    """Return the text of each entry on the page."""
    return [words(article) for article in tree_of(response).iter("article")]


def back_forms(response, item):
    action = item_url(item, "item_bring_back")
    return [form for form in tree_of(response).iter("form") if form.get("action") == action]


def test_an_entry_says_who_changed_what_when_and_how(client, item, chief, officer):
    answer(item, chief, note="Meet the groups on Monday", due=dt.date(2027, 6, 1))
    with time_machine.travel(dt.datetime(2027, 5, 19, 7, 5, tzinfo=dt.UTC), tick=False):
        answer(
            item,
            officer,
            note="Meet the groups on Tuesday, before the leaders’ own meeting about the Cabinet",
            status=Status.IN_PROGRESS,
        )
    page = client.get(history_url(item.plan))
    latest, earlier, made = entries(page)
    text = fresh(item).words("coalition")
    assert latest.startswith(f"8:05am Officer changed {text} Step 13")
    assert "Status removed: Not started end of removed. added: In progress" in latest
    assert "Note Meet the groups on removed: Monday end of removed. added: Tuesday" in latest
    assert "Due added: 1 June 2027 end of added." in earlier
    assert made.startswith("midday Chief created the plan")
    headings = [words(heading) for heading in by_id(page)["main"].iter("h2")]
    assert headings[-2:] == ["Wednesday 19 May 2027", "Tuesday 18 May 2027"]


def test_a_long_text_is_shown_as_an_excerpt_with_the_full_text_to_open(client, item, chief):
    answer(item, chief, note=LONG)
    answer(item, chief, note=LONG.replace("word150 ", "another "))
    page = client.get(item_url(item, "item_history"))
    latest = next(tree_of(page).iter("article"))
    (whole,) = latest.iter("details")
    (shown,) = (p for p in latest.iter("p") if "app-history__text" in p.get("class"))
    assert "removed: word150 end of removed. added: another end of added." in words(shown)
    assert "word148" in words(shown)
    assert "word100" not in words(shown)
    assert "word0 " in words(whole)
    assert "word299" in words(whole)


def test_a_rewritten_text_is_shown_old_then_new_and_in_full(client, item, chief):
    before = f"Start. {'olden ' * 1900}End."
    after = f"Start. {'newer ' * 1900}End."
    answer(item, chief, note=before)
    answer(item, chief, note=after)
    latest = next(tree_of(client.get(item_url(item, "item_history"))).iter("article"))
    (whole,) = latest.iter("details")
    assert words(whole).count("olden") == words(whole).count("newer") == 1900


def test_the_history_can_be_filtered_by_step_person_and_subject(client, plan, item, chief, officer):
    other = plan.items.filter(step__number=7).first()
    answer(item, chief, note="Of thirteen")
    answer(other, officer, note="Of seven")
    record_export(plan, by=officer, detail="stage 2")
    url = history_url(plan)
    for query, found in {
        "": 4,
        "?step=13": 1,
        "?step=7": 1,
        f"?by={officer.pk}": 2,
        "?subject=answers": 2,
        "?subject=exports": 1,
        f"?subject=answers&by={officer.pk}&step=13": 0,
    }.items():
        page = client.get(url + query)
        assert (page.status_code, len(entries(page))) == (200, found), query
    page = client.get(item_url(item, "item_history"))
    assert "Of thirteen" in text_of(page)
    assert "Of seven" not in text_of(page)


def test_a_download_of_another_document_is_not_called_the_action_plan(client, plan, chief):
    record_export(plan, by=chief, detail="PDF: one-page summary")
    record_export(plan, by=chief, detail="Script of annual council (Word)")
    page = text_of(client.get(history_url(plan) + "?subject=exports"))
    assert "downloaded the action plan: PDF: one-page summary" in page
    assert "downloaded: Script of annual council (Word)" in page


@pytest.mark.parametrize(
    ("path", "choice", "name"),
    [
        ("annual-council/script/", "", "Word"),
        ("before-annual-council/note/", "word", "Word"),
        ("before-annual-council/note/", "pdf", "PDF"),
        ("budget/download/", "", "Word"),
        ("dates.pdf", "", "PDF"),
        ("packs/administration/download/", "", "Word"),
        ("packs/before-the-poll/", "word", "Word"),
        ("packs/before-the-poll/", "excel", "Excel"),
        ("packs/leaders/agenda/", "", "Word"),
        ("packs/new-councillors/download/", "", "Word"),
        ("parity/download/", "word", "Word"),
        ("parity/download/", "excel", "Excel"),
        ("vacancies/note/", "", "Word"),
        ("ways-of-working/negotiation/download/", "", "Word"),
    ],
)
def test_the_history_names_the_format_of_a_download_as_its_button_does(
    client, plan, path, choice, name
):
    answered = client.post(f"/plans/{plan.pk}/{path}", {"format": choice})
    assert "attachment" in answered["Content-Disposition"]
    detail = Event.objects.get(plan=plan, kind=Event.Kind.PLAN_EXPORTED).detail
    assert detail.endswith(f" ({name})")


def test_the_reviews_of_a_step_belong_to_its_history(client, plan, chief, officer):
    stage = plan.transition.stages.get(number=2)
    mine = Membership.objects.get(user=officer)
    review = ask_for_review(plan, stage, reviewers=[mine], due=dt.date(2027, 6, 1), by=chief)
    mark_step(
        review,
        stage.steps.get(number=13),
        reviewer=mine,
        verdict="concern",
        words="Too soon",
        version=0,
        by=officer,
    )
    (entry,) = entries(client.get(f"{history_url(plan)}?step=13"))
    assert "Officer reviewed step 13 (concern)" in entry
    assert "Too soon" in entry
    assert entries(client.get(f"{history_url(plan)}?step=3&subject=reviews")) == []
    step = stage.steps.get(number=14)
    mark_step(review, step, reviewer=mine, verdict="agree", version=0, by=officer)
    news = text_of(signed_in(chief).get(reverse("plan_for_you", args=[plan.pk])))
    assert "Officer reviewed step 14 (agree) and 1 more" in news
    concern = ReviewMark.objects.get(verdict="concern")
    answer_concern(concern, answer="On page 4", version=concern.version, by=chief)
    (answered, _) = entries(client.get(f"{history_url(plan)}?step=13"))
    assert "Chief answered a concern about step 13, raised by Officer" in answered


def test_every_kind_of_event_belongs_to_one_subject():
    listed = [kind for subject in SUBJECTS for kind in subject.kinds]
    assert sorted(listed) == sorted(Event.Kind.values)


@pytest.mark.parametrize(
    "query",
    ["step=31", "step=x", "by=0", "by=99999999999999999999", "subject=restricted", "step=1%00"],
)
def test_an_invalid_filter_is_an_error_and_not_a_failure(client, plan, query):
    response = client.get(f"{history_url(plan)}?{query}")
    assert response.status_code == 422
    assert "There is a problem" in text_of(response)


def test_pages_keep_the_filter(client, plan, item, chief):
    for n in range(30):
        answer(item, chief, note=f"Note {n}")
    page = client.get(f"{history_url(plan)}?step=13&page=2")
    assert len(entries(page)) == 5
    (newer,) = (a for a in tree_of(page).iter("a") if a.get("rel") == "prev")
    assert newer.get("href") == "?step=13&page=1"
    assert client.get(f"{history_url(plan)}?page=x").status_code == 200


def test_the_history_does_not_mention_restricted_notes(chief, item):
    before = entries(signed_in(chief).get(history_url(item.plan)))
    save_restricted_note(item, None, text="Only for us", version=0, by=chief)
    for url in (history_url(item.plan), item_url(item, "item_history")):
        text = text_of(signed_in(chief).get(url))
        assert "Only for us" not in text
        assert "estricted" not in text
    assert entries(signed_in(chief).get(history_url(item.plan))) == before


def test_an_adviser_reads_about_the_stages_that_they_can_see(partial_adviser, plan, item, chief):
    """Only stage 2, and nothing about reviews, downloads or advisers."""
    first = plan.items.filter(step__number=3).first()
    answer(item, chief, note="Of stage two")
    answer(first, chief, note="Of stage one")
    record_export(plan, by=chief, detail="the whole plan")
    stage = plan.transition.stages.get(number=2)
    sign_off_stage(plan, stage, seen=latest_change(plan, stage), reason="Settled", by=chief)
    client = signed_in(partial_adviser)
    page = client.get(history_url(plan))
    assert len(entries(page)) == 2
    text = text_of(page)
    assert "Of stage two" in text
    for unseen in ("Of stage one", "downloaded", "signed off", "gave an adviser access"):
        assert unseen not in text
    assert "All steps 11 Politics" in text
    assert client.get(f"{history_url(plan)}?step=3").status_code == 422
    assert client.get(item_url(first, "item_history")).status_code == 404
    assert back_forms(client.get(item_url(item, "item_history")), item) == []


def test_the_history_says_who_commented_but_not_what(client, plan, item, officer):
    start_thread(plan, item.step, item=item, text="Not for here", by=officer, tell=[])
    page = client.get(history_url(plan))
    text = fresh(item).words("coalition")
    assert entries(page)[0].startswith(f"midday Officer commented on {text}")
    assert "Not for here" not in text_of(page)


def test_typed_markup_is_shown_as_text(client, item, chief):
    answer(item, chief, note="<script>alert(1)</script> & <ins>")
    html = client.get(history_url(item.plan)).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;ins&gt;" in html


def test_reports_steps_and_items_link_to_the_history(client, item, reviewer):
    for page, link in (
        (reverse("action_plan", args=[item.plan_id]), history_url(item.plan)),
        (reverse("plan_step", args=[item.plan_id, 13]), f"{history_url(item.plan)}?step=13"),
        (item_url(item, "item_edit"), item_url(item, "item_history")),
    ):
        assert link in [a.get("href") for a in tree_of(client.get(page)).iter("a")]
    page = signed_in(reviewer).get(reverse("plan_step", args=[item.plan_id, 13]))
    assert item_url(item, "item_history") in [a.get("href") for a in tree_of(page).iter("a")]


# --- What advisers read ---------------------------------------------------------------------------

HIDDEN = "marker-for-owners-6417"


def texts_for(user, plan):
    return text_of(signed_in(user).get(history_url(plan)))


@pytest.mark.parametrize("who", ["adviser", "partial_adviser"])
@pytest.mark.parametrize("kind", ["item-changed", "plan-changed", "register-changed"])
def test_a_field_that_is_not_marked_for_advisers_stays_with_the_council(
    request, plan, item, chief, officer, who, kind
):
    """Whatever it is called: the names of fields and actions that they read are listed."""
    fields = ("owners_view", "Step 13, owners only", f"{name_of(item)} ")
    changes = [FieldValueChange(field, None, "", f"{HIDDEN} {n}") for n, field in enumerate(fields)]
    about = {"item": item} if kind == "item-changed" else {}
    readable = {"item-changed": "note", "plan-changed": "coalition_term"}.get(kind, "covers")
    changes.append(FieldValueChange(readable, None, "", "For all to read"))
    record(plan, kind, by=chief, changes=changes, **about)
    assert texts_for(officer, plan).count(HIDDEN) == len(fields)
    seen = texts_for(request.getfixturevalue(who), plan)
    assert "For all to read" in seen
    assert HIDDEN not in seen


def test_an_event_that_is_not_marked_for_advisers_stays_with_the_council(plan, adviser, chief):
    read = {kind for rule in ADVISERS_READ for kind in rule.kinds}
    for kind in Event.Kind:
        if kind not in read:
            record(plan, kind, by=chief, detail=HIDDEN)
    assert HIDDEN not in texts_for(adviser, plan)


def test_moved_due_dates_are_those_of_the_actions_that_an_adviser_sees(
    plan, adviser, partial_adviser, item, chief
):
    """Changing election day moves the due dates of all stages in one event."""
    first = plan.items.filter(step__number=3).first()
    record(
        plan,
        "plan-changed",
        by=chief,
        changes=[
            FieldValueChange(name_of(item), None, "1 June 2027", "8 June 2027"),
            FieldValueChange(name_of(first), None, "1 April 2027", "8 April 2027"),
        ],
    )
    seen = texts_for(partial_adviser, plan)
    assert f"Step 13: {item.words(plan.term)} removed: 1 June 2027" in seen
    assert "8 April 2027" not in seen
    assert first.words(plan.term) not in seen
    assert "8 April 2027" in texts_for(adviser, plan)


def test_a_moved_due_date_has_the_words_of_its_action(client, plan, item, chief):
    """The record has the code of an action, or a number for one that the council added."""
    own = own_item(plan, by=chief)
    record(
        plan,
        "plan-changed",
        by=chief,
        changes=[
            FieldValueChange(name_of(each), None, "1 June 2027", "8 June 2027")
            for each in (item, own)
        ],
    )
    (entry, *_) = entries(client.get(history_url(plan)))
    for each in (item, own):
        assert f"Step {each.step.number}: {each.words(plan.term)}" in entry
        assert name_of(each) not in entry


def test_the_fields_that_advisers_read_are_fields_of_what_the_event_is_about():
    for rule in ADVISERS_READ:
        labels = {name for kind in rule.kinds for name in BY_KIND[kind].labels}
        assert rule.fields <= labels
        assert all(BY_KIND[kind].shows_changes for kind in rule.kinds if rule.fields)


def test_a_field_is_named_by_the_subject_it_belongs_to():
    labels = {
        name: BY_KIND[kind].label_of("reason")
        for name, kind in (
            ("item", "item-changed"),
            ("date", "date-set"),
        )
    }
    assert labels == {"item": "Why it is not needed", "date": "Reason for setting it by hand"}
    assert BY_KIND["register-changed"].label_of("due") == "Date"
    assert BY_KIND["item-changed"].label_of("due") == "Due"


# --- Restoring a text -----------------------------------------------------------------------------


@pytest.fixture
def rewritten(item, chief):
    """An item whose note was written over; its second change holds the earlier text."""
    answer(item, chief, note="The first words", due=dt.date(2027, 6, 1), owner_name="Ada")
    answer(item, chief, note="The second words")
    return fresh(item)


def test_an_earlier_text_is_restored_as_a_new_change(client, rewritten, officer):
    page = client.get(item_url(rewritten, "item_history"))
    action = item_url(rewritten, "item_bring_back")
    response = client.post(action, form_on(page, action))
    assert response.status_code == 302
    item = fresh(rewritten)
    assert (item.note, item.owner_name, item.due) == (
        "The first words",
        "Ada",
        dt.date(2027, 6, 1),
    )
    assert item.version == 4
    event = Event.objects.filter(item=item).first()
    assert event.by == officer
    assert [(c.field, c.before, c.after) for c in event.changes.all()] == [
        ("note", "The second words", "The first words")
    ]


def test_a_reason_and_a_title_can_be_restored(client, plan, item, chief):
    own = own_item(plan, by=chief, title="Brief the chairs")
    answer(own, chief, title="Brief the vice-chairs", status=Status.NOT_NEEDED, reason="Merged")
    answer(own, chief, reason="Done elsewhere")
    for field in ("reason", "title"):
        version = fresh(own).version
        change = EventChange.objects.filter(field=field, event__item=own).exclude(before="").first()
        data = {"version": version, "change": change.pk}
        assert client.post(item_url(own, "item_bring_back"), data).status_code == 302
        assert getattr(fresh(own), field) == change.before != ""
        # Restoring it again changes nothing.
        assert client.post(item_url(own, "item_bring_back"), data).status_code == 302
    assert (fresh(own).title, fresh(own).reason) == ("Brief the chairs", "Merged")


def test_a_reason_is_restored_only_if_the_item_is_not_needed(client, item, chief):
    answer(item, chief, status=Status.NOT_NEEDED, reason="Merged")
    answer(item, chief, status=Status.IN_PROGRESS)
    change = EventChange.objects.get(field="reason", before="Merged")
    assert back_forms(client.get(item_url(item, "item_history")), item) == []
    data = {"version": 3, "change": change.pk}
    assert client.post(item_url(item, "item_bring_back"), data).status_code == 403


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_a_stale_restore_is_a_conflict_with_both_texts(client, rewritten, chief, headers):
    action = item_url(rewritten, "item_bring_back")
    data = form_on(client.get(item_url(rewritten, "item_history")), action)
    answer(rewritten, chief, note="The third words")
    response = client.post(action, data, headers=headers)
    assert response.status_code == 409
    assert "The third words" in text_of(response)
    assert "The first words" in text_of(response)
    assert fresh(rewritten).note == "The third words"


def test_nothing_is_restored_in_a_signed_off_stage(client, rewritten, chief):
    action = item_url(rewritten, "item_bring_back")
    data = form_on(client.get(item_url(rewritten, "item_history")), action)
    plan, stage = rewritten.plan, rewritten.step.stage
    sign_off_stage(plan, stage, seen=latest_change(plan, stage), reason="Settled", by=chief)
    response = client.post(action, data)
    assert response.status_code == 409
    assert "was signed off by Chief" in text_of(response)
    assert fresh(rewritten).note == "The second words"
    assert back_forms(client.get(item_url(rewritten, "item_history")), rewritten) == []


def test_only_people_who_can_edit_are_offered_to_restore_a_text(client, rewritten, reviewer):
    page = signed_in(reviewer).get(item_url(rewritten, "item_history"))
    assert "The first words" in text_of(page)
    assert back_forms(page, rewritten) == []
    change = EventChange.objects.get(field="note", before="The first words")
    # The first change of the note had no earlier text. Dates and owners cannot be restored.
    (form,) = back_forms(client.get(item_url(rewritten, "item_history")), rewritten)
    assert str(change.pk) in [box.get("value") for box in form.iter("input")]


def test_forged_requests_to_restore_are_refused(client, plan, rewritten, chief, officer):
    action = item_url(rewritten, "item_bring_back")
    change = EventChange.objects.get(field="note", before="The first words")
    due = EventChange.objects.get(field="due")
    other = plan.items.filter(step__number=7).first()
    for data, status in (
        ({}, 404),
        ({"version": 3}, 404),
        ({"version": 3, "change": "x" * 99}, 404),
        ({"version": 3, "change": "9" * 40}, 404),
        ({"version": 3, "change": due.pk}, 404),
        ({"version": "", "change": change.pk}, 422),
        ({"version": "1\0", "change": change.pk}, 422),
        ({"version": 2, "change": change.pk}, 409),
    ):
        assert client.post(action, data).status_code == status, data
    # A change of one item cannot be restored in another.
    data = {"version": other.version, "change": change.pk}
    assert client.post(item_url(other, "item_bring_back"), data).status_code == 404
    assert fresh(rewritten).version == 3


def test_a_long_word_in_two_texts_is_compared_soon():
    word = "a" * 19_000
    began = process_time()
    pieces = compared(f"{word}! now {word}", f"{word}! then {word}")
    assert process_time() - began < 0.5
    assert [(each.text, each.is_removed, each.is_added) for each in pieces[1:-1]] == [
        ("now", True, False),
        ("then", False, True),
    ]
