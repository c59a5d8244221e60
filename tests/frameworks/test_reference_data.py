"""The fixtures hold all of the guidance, in consistent wording and with no broken references."""

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
from frameworks.wording import ALTERNATIVES, PLACEHOLDER, Administration, Term, put_term

pytestmark = pytest.mark.django_db

COUNTS = {
    Framework: 5,
    OfficerRole: 10,
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
COVERED_BY_A_POINT = {"NOC-24.2", "DEV-1A.6"}  # narrative within a point, with a code of its own


def texts():
    """Yield every text that a reader sees, as (entry, field name, text)."""
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


def test_no_point_or_pointer_is_missing():
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


def test_every_paragraph_of_the_narrative_is_covered():
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
    assert points | standards >= COVERED_BY_A_POINT
    assert cited - wanted <= points, "a source is cited that does not exist"


def test_every_guided_entry_lists_its_paragraphs():
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


def test_only_pointers_are_placed_and_all_of_them():
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
def test_a_role_does_not_support_what_it_leads(model):
    for row in model.objects.select_related("lead_role").prefetch_related("support_roles"):
        assert row.lead_role not in row.support_roles.all(), row


# Protocols and codes of conduct are the monitoring officer's to assess; once people have new roles,
# the chief executive leads the conversations about them.
MORE_THAN_ONE_LEAD = {"Councillor-officer boundaries and respective roles"}


def test_one_role_leads_an_area_through_all_stages():
    leads = {}
    for step in Step.objects.select_related("lead_role"):
        leads.setdefault(step.title, set()).add(step.lead_role.code)
    assert {title for title, codes in leads.items() if len(codes) > 1} == MORE_THAN_ONE_LEAD
    assert leads["Governance"] == {"monitoring-officer"}
    assert leads["Learning and development"] == {"head-of-democratic-services"}
    assert leads["Communication"] == {"head-of-democratic-services"}


@pytest.mark.parametrize(
    ("code", "lead"),
    [
        ("NOC-05.1", "section-151-officer"),  # costing commitments
        ("NOC-25.5", "section-151-officer"),
        ("NOC-17.1", "head-of-communications"),
        ("COMP-08.2", "head-of-communications"),
        ("NOC-09.1", "head-of-hr"),
        ("NOC-21.5", "head-of-democratic-services"),
        ("NOC-25.4", "chief-executive"),
        ("COMP-04.2", "chief-executive"),
    ],
)
def test_officers_lead_what_their_post_is_for(code, lead):
    assert ChecklistItem.objects.get(code=code).lead_role.code == lead


def test_the_work_is_shared_between_roles():
    led = Counter(ChecklistItem.objects.values_list("lead_role__code", flat=True))
    assert led["chief-executive"] <= 0.4 * led.total()
    assert set(led) == set(OfficerRole.objects.values_list("code", flat=True)) - {
        "returning-officer",  # stays outside the council's politics, and so only supports
        "head-of-service",
        "lga-adviser",
    }


def test_officer_roles_have_an_order():
    positions = list(OfficerRole.objects.values_list("position", flat=True))
    assert positions == list(range(1, len(positions) + 1))


# --- The wording ----------------------------------------------------------------------------------


TERMS = {
    "coalition": Term(),
    "own term": Term("alliance"),
    "single-party minority": Term("minority administration", Administration.MINORITY),
    "single-party minority, no term": Term("coalition", Administration.MINORITY),
    "single-party minority, own term": Term("partnership", Administration.MINORITY),
    "majority": Term("coalition", Administration.MAJORITY),
    "majority, term of another form": Term("minority administration", Administration.MAJORITY),
    "majority, own term": Term("cabinet", Administration.MAJORITY),
}


@pytest.mark.parametrize("term", TERMS.values(), ids=TERMS)
def test_every_placeholder_and_choice_of_wording_is_filled(term):
    for entry, name, text in texts():
        filled = put_term(text, term)
        assert not re.search(r"[][{}|]|  |\s[,.;:?!]", filled), f"{entry}, {name}: {filled}"
        assert filled.strip() == filled, f"{entry}, {name}: {filled}"
        if name != "title":
            assert filled[:1] == filled[:1].upper(), f"{entry}, {name}: {filled}"


# A single-party minority has no groups within it, and no partners that govern with it.
NOT_OF_ONE_PARTY = re.compile(
    r"groups? (that govern together|in (the|a|an|each) ((minority|majority) )?administration)"
    r"|administration[\u2019']s groups|across the (whole )?administration"
    r"|in a (minority|majority) administration|by the partners|partner[\u2019']s belief"
    r"|\bcoalition",
    re.IGNORECASE,
)


# A group with a majority needs no votes of others, and its council has overall control.
NOT_OF_A_MAJORITY = re.compile(
    NOT_OF_ONE_PARTY.pattern
    + r"|votes (it|the administration) needs|votes may be needed|giv(e|es|ing) (its|their) votes"
    r"|minority administration (and|to)|under a minority|support for a m|win support"
    r"|no group has a majority|than a majority administration|than under (a )?majority"
    r"|their first agreement|must now be reached",
    re.IGNORECASE,
)


@pytest.mark.parametrize(
    ("term", "wrong"),
    [
        (TERMS["single-party minority"], NOT_OF_ONE_PARTY),
        (TERMS["majority"], NOT_OF_A_MAJORITY),
    ],
    ids=["minority", "majority"],
)
def test_the_administration_of_one_group_is_never_described_as_another(term, wrong):
    found = [
        (entry, name, filled)
        for entry, name, text in texts()
        if name != "title" and not entry.startswith("Framework ")
        if wrong.search(filled := put_term(text, term))
    ]
    assert found == []


def test_the_wordings_of_a_choice_differ_and_say_something():
    for entry, name, text in texts():
        for choice in ALTERNATIVES.finditer(text):
            # The first two are alike where only a majority needs a wording of its own.
            is_for_majority = choice["majority"] is not None
            assert choice["several"] != choice["minority"] or is_for_majority, f"{entry}, {name}"
            assert choice["minority"] != choice["majority"], f"{entry}, {name}"
            assert "" not in choice.groups(), f"{entry}, {name}"


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
        for term in TERMS.values():
            assert len(put_term(item.text, term)) <= 160, item.text
        assert not item.text.endswith((".", "?", "!")), item.text
        assert item.text[0].isupper() or item.text.startswith("{"), item.text
        for prompt in item.prompt_list:
            assert not prompt.endswith((",", ";", ":")), f"{item}: {prompt}"


def test_texts_on_retirement_and_annual_council_fit_a_by_election():
    for entry, name, text in texts():
        for sentence in re.findall(r"[^.?\n]*\bretire\b[^.?\n]*", text):
            assert sentence.strip().startswith("If councillors retire"), (
                f"{entry}, {name}: {sentence}"
            )
        assert not re.search(r"(?<!election, )the gap between the results", text, re.IGNORECASE)


def test_the_action_on_next_year_s_election_fits_every_election_cycle():
    prompts = ChecklistItem.objects.get(code="NOC-21.5").prompt_list
    assert "by halves or all at once" in prompts[0]


def test_texts_have_no_stray_space():
    for entry, name, text in texts():
        assert text == text.strip(), f"{entry}, {name}"
        assert "  " not in text, f"{entry}, {name}"
        assert not re.search(r"\s[,.;:?!]", text), f"{entry}, {name}"


def test_quotation_marks_and_apostrophes_are_curly():
    for entry, name, text in texts():
        assert not re.search(r"['\"]", text), f"{entry}, {name}: {text}"


# Habits of an earlier draft, which read as literary or translated.
ODD = re.compile(
    r"open the way|who know NOC|\bbargain|\brepay|\bplain(ly)?\b|\bfalls? to\b|\bwhoever\b"
    r"|\bnobody\b|\bsomebody\b|\banew\b|\ball the same\b|\bas ever\b|\bfor good\b|\bbears? on\b"
    r"|\bpurdah\b|\bhugely\b|it is (critical|necessary|vital)\b",
    re.IGNORECASE,
)


def test_the_wording_is_plain_english():
    assert [(entry, found[0]) for entry, _, text in texts() if (found := ODD.search(text))] == []


# --- People ---------------------------------------------------------------------------------------


def test_items_that_ask_about_people_say_so():
    asking = ChecklistItem.objects.filter(asks_about_people=True)
    assert set(asking.values_list("code", flat=True)) >= {
        "NOC-01.1",
        "NOC-12.1",
        "NOC-19.3",
        "NOC-22.2",
        "NOC-24.3",
        "NOC-29.3",
        "NOC-30.2",
        "COMP-06.1",
    }
    assert all("not an opinion" in item.caution for item in asking)
    assert ChecklistItem.objects.get(code="NOC-13.2").caution == ""


def test_prompts_do_not_ask_for_a_name():
    asks_who = re.compile(
        r"^(who|which (lead members|councillors|individuals|people))\b.*"
        r"\b(need|gain|trust|help|capacity|commitment|weak)",
        re.IGNORECASE,
    )
    for item in ChecklistItem.objects.all():
        for prompt in item.prompt_list:
            assert not asks_who.search(prompt), f"{item}: {prompt}"
