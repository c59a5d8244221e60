"""Every kind of PDF keeps the rules of PDF/UA-1 that a program can check: see `tests.pdf_ua`."""

import pytest
from django.conf import settings
from django.test.signals import template_rendered
from django.utils import timezone

from assessments.demo import seed as demo
from assessments.development.document import DocumentChoices
from assessments.development.document import render_html as development_html
from assessments.development.models import DevelopmentRecord
from assessments.election_night.actions import start_count
from assessments.election_night.models import ElectionCount
from assessments.election_night.note import note_html as night_html
from assessments.election_night.note import note_of
from assessments.election_night.running import running_state
from assessments.exports.pdf import render_html
from assessments.exports.report import ExportOptions, report_for
from assessments.exports.scope import Scope, ScopeKind
from assessments.plans.models import Plan
from assessments.printing import typesetting
from assessments.reviews.frozen import Frozen, report_of
from assessments.reviews.models import Snapshot
from assessments.rounds.documents import exercise_html, result_html
from assessments.rounds.models import Round
from assessments.rounds.results import result_of, weakest_of
from assessments.seats.balance_documents import balance_html
from assessments.seats.balance_report import balance_report
from assessments.seats.models import CouncilComposition, PoliticalBalance
from assessments.timetable.dates_sheet import dates_html, dates_sheet
from assessments.timetable.interim_note import note_for
from assessments.timetable.interim_note import note_html as interim_html
from frameworks.models import CoalitionComponent, DevelopmentTheme, ReflectiveQuestion
from tests import pdf_ua

pytestmark = [pytest.mark.pdf, pytest.mark.slow]

FRAME = "action-plan.css"  # the style sheet of every document
SCOPES = {
    ScopeKind.WHOLE: "whole",
    ScopeKind.SUMMARY: "summary",
    ScopeKind.STAGE: "stage-2",
    ScopeKind.AREA: "area-3",
    ScopeKind.OFFICER: "officer-monitoring-officer",
    ScopeKind.MINE: "mine",
}


def action_plans(plan, today):
    member = plan.council.memberships.get(user__email__startswith="monitoring@")
    options_of = {
        ScopeKind.WHOLE: ExportOptions(register=True, comments=True),
        ScopeKind.AREA: ExportOptions(guidance=True, comments=True),
    }
    for kind in ScopeKind:
        scope = Scope.parse(SCOPES[kind], member=member.pk, office=member.office)
        options = options_of.get(kind, ExportOptions())
        report = report_for(plan, scope=scope, options=options, today=today)
        yield f"action plan, {kind.value}", render_html(report)


def documents(today):
    """Yield `(name, html)` of every document of the demo, and of some that it lacks."""
    plans = Plan.objects.with_all_stages().select_related("council")
    yield from action_plans(plans.get(council__slug="riverdale"), today)
    for snapshot in Snapshot.objects.all():
        yield f"snapshot {snapshot.title}", render_html(report_of(Frozen.of(snapshot)))
    for record in DevelopmentRecord.objects.all():
        themes = list(DevelopmentTheme.objects.all())
        choices = DocumentChoices(themes, ratings=True, reflections=True, journal=True)
        yield f"development of {record.person}", development_html(record, choices, today=today)
    for round_ in Round.objects.exclude(closed_at=None):
        result, plan = result_of(round_), plans.get(pk=round_.plan_id)
        html = result_html(result, plan=plan, weakest=weakest_of(result, plan))
        yield f"round {round_.name} of {plan.council}", html
    for balance in PoliticalBalance.objects.all():
        current = CouncilComposition.objects.of(balance.council).first()
        yield (
            f"balance of {balance.council}",
            balance_html(balance_report(balance, current=current)),
        )
    plan = plans.get(council__slug="riverdale")
    components = CoalitionComponent.objects.filter(framework=plan.components_id)
    questions = ReflectiveQuestion.objects.filter(framework=plan.components_id)
    yield "sheets", exercise_html(plan, list(components), list(questions))
    yield "interim note", interim_html(note_for(plan, None))
    yield "dates", dates_html(dates_sheet(plan, today=today))
    owner = plan.council.memberships.get(user__email__startswith="chief@").user
    count = start_count(
        plan,
        by_wards=True,
        wards=[("Castle", 3), ("Mill", 2)],
        groups=[("Oak", 1), ("Ash", 0)],
        seats_up=5,
        by=owner,
    )
    state = running_state(ElectionCount.objects.with_results().get(pk=count.pk))
    yield "election night", night_html(note_of(plan, state, now=timezone.now()))


def kinds():
    """The templates of documents: those with the style sheet of documents."""
    folder = settings.BASE_DIR / "templates"
    pages = folder.rglob("*.html")
    return {str(each.relative_to(folder)) for each in pages if FRAME in each.read_text()}


def test_every_kind_of_pdf_keeps_the_rules(prepared, subtests):
    today = timezone.localdate()
    prepared("demo", lambda: demo.seed(today=today), silent=True)
    drawn = set()

    def note(template, **kwargs):
        drawn.add(template.name)

    template_rendered.connect(note)
    try:
        for name, html in documents(today):
            with subtests.test(name):
                assert pdf_ua.faults(typesetting.typeset(html)) == []
    finally:
        template_rendered.disconnect(note)
    assert kinds() - drawn == set()


def test_the_check_finds_what_is_wrong():
    picture = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/>'
    )
    table = "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>"
    html = f"<html><body><h2>Second</h2><h4>Fourth</h4>{picture}{table}</body></html>"
    found = pdf_ua.faults(typesetting.typeset(html))
    for rule in ("7.1-9", "7.2-29", "7.2-42", "7.3-1", "7.4.2", "7.5"):
        assert any(words.startswith(rule) for words in found), (rule, found)
