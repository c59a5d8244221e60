"""The fixtures hold the whole of the guidance, in one voice, and hang together."""

import re
from collections import Counter

import pytest
from django.db import models

from frameworks.loading import MODELS
from frameworks.models import (
    Attribute,
    ChecklistItem,
    CoalitionComponent,
    DevelopmentPhase,
    DevelopmentStandard,
    DevelopmentTheme,
    Framework,
    Guided,
    OfficerRole,
    PointerPlacement,
    Principle,
    ReflectiveQuestion,
    RoleArea,
    RoleStatement,
    Stage,
    Step,
    StepComponentLink,
    StepThemeLink,
    SuggestedDue,
)
from frameworks.wording import PLACEHOLDER

pytestmark = pytest.mark.django_db

COUNTS = {
    Framework: 5,
    OfficerRole: 7,
    Stage: 3,
    RoleArea: 10,
    RoleStatement: 22,
    Step: 30,
    CoalitionComponent: 12,
    ReflectiveQuestion: 4,
    DevelopmentTheme: 7,
    DevelopmentPhase: 3,
    DevelopmentStandard: 114,
    Principle: 13,
    Attribute: 20,
}

# The sources' narrative, paragraph by paragraph: 35 by stage, 12 on roles, 50 on components.
PARAGRAPHS = {
    "NOC-STAGE1": 12,
    "NOC-STAGE2": 13,
    "NOC-STAGE3": 10,
    "ROLE": 12,
    "COMP-01": 4,
    "COMP-02": 11,
    "COMP-03": 2,
    "COMP-04": 3,
    "COMP-05": 8,
    "COMP-06": 2,
    "COMP-07": 6,
    "COMP-08": 2,
    "COMP-09": 1,
    "COMP-10": 3,
    "COMP-11": 5,
    "COMP-12": 3,
}
CARRIED_BY_A_POINT = {"NOC-24.2", "DEV-1A.6"}  # narrative within a point, with a code of its own


def texts():
    """Every text that a reader sees, as (entry, field name, text)."""
    for model in MODELS:
        fields = [
            f.name
            for f in model._meta.concrete_fields
            if isinstance(f, (models.CharField, models.TextField))
            and f.name not in {"code", "slug", "edition", "url", "standing", "sources"}
            and not (model is SuggestedDue and f.name != "reason")
        ]
        for row in model.objects.all():
            for name in fields:
                yield f"{model.__name__} {row}", name, getattr(row, name)


@pytest.mark.parametrize("model", COUNTS, ids=lambda model: model.__name__)
def test_nothing_is_missing(model):
    assert model.objects.count() == COUNTS[model]


def test_points_and_pointers_are_all_there():
    assert ChecklistItem.objects.filter(step__isnull=False).count() == 81
    assert ChecklistItem.objects.filter(component__isnull=False).count() == 30


def test_every_framework_says_where_it_comes_from():
    for framework in Framework.objects.all():
        assert framework.publisher
        assert framework.author
        assert framework.published
    opinions = Framework.objects.filter(standing=Framework.Standing.OPINION)
    assert {f.slug for f in opinions} == {Framework.PRINCIPLES, Framework.ATTRIBUTES}


def test_the_steps_are_ten_areas_in_three_stages():
    cells = {s.number: (s.stage.number, s.role_area.number) for s in Step.objects.all()}
    assert cells == {
        (stage - 1) * 10 + area: (stage, area) for stage in (1, 2, 3) for area in range(1, 11)
    }
    for step in Step.objects.select_related("role_area"):
        assert step.title == step.role_area.title


@pytest.mark.parametrize(
    ("parent", "prefix"), [("step", "NOC"), ("component", "COMP")], ids=["steps", "components"]
)
def test_items_are_numbered_as_in_their_source(parent, prefix):
    items = ChecklistItem.objects.filter(**{f"{parent}__isnull": False}).select_related(parent)
    numbered = Counter(getattr(item, f"{parent}_id") for item in items)
    assert len(numbered) == {"step": 30, "component": 12}[parent]
    for item in items:
        number = getattr(item, parent).number
        assert item.code == f"{prefix}-{number:02}.{item.position}"
        assert 1 <= item.position <= numbered[getattr(item, f"{parent}_id")]


def test_every_theme_has_standards_in_every_phase():
    pairs = set(DevelopmentStandard.objects.order_by().values_list("theme", "phase"))
    assert len(pairs) == 7 * 3


def test_every_paragraph_of_the_narrative_is_carried():
    cited = {
        code
        for model in MODELS
        if issubclass(model, Guided)
        for sources in model.objects.values_list("sources", flat=True)
        for code in sources.split()
    }
    wanted = {
        f"{prefix}-G{number:02}"
        for prefix, last in PARAGRAPHS.items()
        for number in range(1, last + 1)
    }
    assert len(wanted) == 35 + 12 + 50
    assert wanted <= cited
    points = set(ChecklistItem.objects.values_list("code", flat=True))
    standards = set(DevelopmentStandard.objects.values_list("code", flat=True))
    assert points | standards >= CARRIED_BY_A_POINT
    assert cited - wanted <= points, "a source is cited that does not exist"


def test_every_guided_entry_names_its_paragraphs():
    for model in (Stage, RoleArea, Step, CoalitionComponent):
        assert not model.objects.filter(sources="").exists()


# --- Our links ------------------------------------------------------------------------------------


def test_links_reach_every_component_theme_and_step():
    components = set(StepComponentLink.objects.values_list("component__number", flat=True))
    themes = set(StepThemeLink.objects.values_list("theme__number", flat=True))
    assert components == set(range(1, 13))
    assert themes == set(range(1, 8))
    for model in (StepComponentLink, StepThemeLink):
        assert set(model.objects.values_list("step__number", flat=True)) == set(range(1, 31))


def test_every_pointer_is_placed_and_nothing_else_is():
    placed = set(PointerPlacement.objects.values_list("item", flat=True))
    pointers = set(
        ChecklistItem.objects.filter(component__isnull=False).values_list("pk", flat=True)
    )
    assert placed == pointers


@pytest.mark.parametrize("model", [StepComponentLink, StepThemeLink, PointerPlacement])
def test_a_reason_is_one_sentence_or_two(model):
    for link in model.objects.all():
        assert re.fullmatch(r"[^\n]{20,240}[.?]", link.reason), f"{link}: {link.reason}"


# --- Officers -------------------------------------------------------------------------------------


def test_an_adviser_leads_nothing():
    for model in (Step, ChecklistItem):
        assert not model.objects.filter(lead_role__code="lga-adviser").exists()


@pytest.mark.parametrize("model", [Step, ChecklistItem])
def test_nobody_helps_with_what_they_lead(model):
    for row in model.objects.select_related("lead_role").prefetch_related("support_roles"):
        assert row.lead_role not in row.support_roles.all(), row


def test_officers_lead_what_their_post_is_for():
    def leads(area):
        return set(
            Step.objects.filter(role_area__title=area).values_list("lead_role__code", flat=True)
        )

    assert leads("Governance") == {"monitoring-officer"}
    assert leads("Learning and development") == {"head-of-democratic-services"}
    budget = ChecklistItem.objects.filter(text__icontains="budget", step__isnull=False)
    assert "section-151-officer" in budget.values_list("lead_role__code", flat=True)


# --- The wording ----------------------------------------------------------------------------------


def test_placeholders_are_ones_that_can_be_filled():
    for entry, name, text in texts():
        assert not re.search(r"[{}]", PLACEHOLDER.sub("", text)), f"{entry}, {name}: {text}"


def test_titles_hold_no_placeholders():
    for entry, name, text in texts():
        if "title" in name:
            assert "{" not in text, f"{entry}: {text}"


def test_the_word_coalition_is_left_to_each_council():
    for entry, name, text in texts():
        is_a_name = name == "title" or entry.startswith("Framework ")
        if not is_a_name:
            bare = PLACEHOLDER.sub("", text)
            assert not re.search("coalition", bare, re.IGNORECASE), f"{entry}, {name}: {text}"


def test_items_are_short_and_without_a_full_stop():
    for item in ChecklistItem.objects.all():
        assert not item.text.endswith((".", "?", "!")), item.text
        assert item.text[0].isupper() or item.text.startswith("{"), item.text
        for prompt in item.prompt_list:
            assert not prompt.endswith((",", ";", ":")), f"{item}: {prompt}"


def test_texts_have_no_stray_space():
    for entry, name, text in texts():
        assert text == text.strip(), f"{entry}, {name}"
        assert "  " not in text, f"{entry}, {name}"
        assert not re.search(r"\s[,.;:?!]", text), f"{entry}, {name}"


def test_quotation_marks_and_apostrophes_are_curly():
    for entry, name, text in texts():
        assert not re.search(r"['\"]", text), f"{entry}, {name}: {text}"
