"""The pages of the guidance, for anyone signed in. They show current editions only."""

from collections import defaultdict

from django.db.models import Count, F, FilteredRelation, Prefetch, Q
from django.http import Http404
from django.shortcuts import render

from .models import (
    Attribute,
    ChecklistItem,
    CoalitionComponent,
    DevelopmentPhase,
    DevelopmentStandard,
    DevelopmentTheme,
    OfficerRole,
    PointerPlacement,
    Principle,
    ReflectiveQuestion,
    RoleArea,
    Stage,
    Step,
)
from .search import LONGEST_QUERY, find

HIGHEST_NUMBER = 999  # far above any framework's own numbering, and safe in every database


def guidance(request):
    """Show the matrix of role areas by stages, with a link to every step."""
    stages = list(Stage.objects.current().select_related("framework"))
    steps = (
        Step.objects.current()
        .select_related("lead_role")
        .annotate(item_count=Count("items"))
        .defer("summary", "guidance")
    )
    cells = {(step.role_area_id, step.stage_id): step for step in steps}
    rows = [
        (area, [(stage, cells.get((area.pk, stage.pk))) for stage in stages])
        for area in RoleArea.objects.current().defer("guidance")
    ]
    context = {
        "section": "steps",
        "framework": stages[0].framework if stages else None,
        "stages": stages,
        "rows": rows,
    }
    return render(request, "frameworks/guidance.html", context)


def step(request, number):
    """Show a step with its checklist, the pointers we placed on it and related guidance."""
    area_of_step = Step.objects.current().filter(number=number).values("role_area")
    found = _near(
        Step.objects.current()
        .select_related("framework", "stage", "role_area", "lead_role")
        .prefetch_related("support_roles"),
        number,
        also=Q(role_area__in=area_of_step),
    )
    step = found[number]
    # The step's own items, and the pointers placed on it, each with the reason for the placement.
    items = (
        ChecklistItem.objects.current()
        .alias(here=FilteredRelation("placements", condition=Q(placements__step=step)))
        .filter(Q(step=step) | Q(here__isnull=False))
        .annotate(reason=F("here__reason"))
        .select_related("lead_role", "component")
        .prefetch_related("support_roles")
        .order_by("component__number", "position")
    )
    context = {
        "section": "steps",
        "step": step,
        "framework": step.framework,
        "locator": f"Step {number}",
        "previous": found.get(number - 1),
        "next": found.get(number + 1),
        "area_steps": [s for s in found.values() if s.role_area_id == step.role_area_id],
        "items": [item for item in items if item.step_id],
        "pointers": [item for item in items if item.component_id],
        "component_links": step.component_links.filter(
            component__framework__is_current=True
        ).select_related("component"),
        "theme_links": step.theme_links.filter(theme__framework__is_current=True).select_related(
            "theme"
        ),
    }
    return render(request, "frameworks/step.html", context)


def area(request, number):
    """Show a role area: what the chief executive does in it, and its steps."""
    found = _near(RoleArea.objects.current().select_related("framework"), number)
    area = found[number]
    context = {
        "section": "steps",
        "area": area,
        "framework": area.framework,
        "locator": f"The chief executive’s roles, area {number}",
        "previous": found.get(number - 1),
        "next": found.get(number + 1),
        "statements": area.statements.all(),
        "steps": area.steps.select_related("stage", "lead_role"),
    }
    return render(request, "frameworks/area.html", context)


def components(request):
    """List the components of effective coalitions."""
    components = list(
        CoalitionComponent.objects.current().select_related("framework").defer("guidance")
    )
    context = {
        "section": "components",
        "framework": components[0].framework if components else None,
        "components": components,
        "questions": ReflectiveQuestion.objects.current(),
    }
    return render(request, "frameworks/components.html", context)


def component(request, number):
    """Show a component with its pointers, and the steps that we linked to it."""
    found = _near(CoalitionComponent.objects.current().select_related("framework"), number)
    component = found[number]
    placements = PointerPlacement.objects.filter(step__framework__is_current=True).select_related(
        "step__stage"
    )
    context = {
        "section": "components",
        "component": component,
        "framework": component.framework,
        "locator": f"Component {number}",
        "previous": found.get(number - 1),
        "next": found.get(number + 1),
        "pointers": component.pointers.select_related("lead_role").prefetch_related(
            "support_roles", Prefetch("placements", placements, to_attr="places")
        ),
        "questions": component.framework.reflectivequestions.all(),
        "step_links": component.step_links.filter(step__framework__is_current=True).select_related(
            "step__stage"
        ),
    }
    return render(request, "frameworks/component.html", context)


def themes(request):
    """Show the table of development themes by phases, with the number of standards in each."""
    themes = list(DevelopmentTheme.objects.current().select_related("framework"))
    phases = list(DevelopmentPhase.objects.current())
    counted = (
        DevelopmentStandard.objects.current()
        .order_by()
        .values_list("theme", "phase")
        .annotate(number=Count("pk"))
    )
    numbers = {(theme, phase): number for theme, phase, number in counted}
    context = {
        "section": "themes",
        "framework": themes[0].framework if themes else None,
        "phases": phases,
        "rows": [
            (theme, [(phase, numbers.get((theme.pk, phase.pk), 0)) for phase in phases])
            for theme in themes
        ],
    }
    return render(request, "frameworks/themes.html", context)


def theme(request, number):
    """Show a development theme with its standards by phase."""
    found = _near(DevelopmentTheme.objects.current().select_related("framework"), number)
    theme = found[number]
    standards = defaultdict(list)
    for standard in theme.standards.select_related("phase"):
        standards[standard.phase].append(standard)
    context = {
        "section": "themes",
        "theme": theme,
        "framework": theme.framework,
        "locator": f"Theme {number}",
        "previous": found.get(number - 1),
        "next": found.get(number + 1),
        "phases": list(standards.items()),
        "step_links": theme.step_links.filter(step__framework__is_current=True).select_related(
            "step__stage"
        ),
    }
    return render(request, "frameworks/theme.html", context)


def reflections(request):
    """Show the principles and attributes of 2 essays, which are opinion and not guidance."""
    context = {
        "section": "reflections",
        "principles": list(Principle.objects.current().select_related("framework")),
        "attributes": list(Attribute.objects.current().select_related("framework")),
    }
    return render(request, "frameworks/reflections.html", context)


def officers(request):
    """Show each officer role: its part, and what we suggest it leads and supports."""
    roles = {role.pk: role for role in OfficerRole.objects.all()}
    steps = list(
        Step.objects.current()
        .select_related("stage")
        .defer("summary", "guidance", "stage__summary", "stage__guidance", "stage__focus")
    )
    items = ChecklistItem.objects.filter(step__in=steps).order_by()
    leads_items = set(items.values_list("lead_role", "step"))
    supports = set(items.values_list("support_roles", "step"))
    supports.update(Step.objects.current().order_by().values_list("support_roles", "pk"))
    rows = [
        (
            role,
            [step for step in steps if step.lead_role_id == pk],
            [s for s in steps if (pk, s.pk) in leads_items and s.lead_role_id != pk],
            [s for s in steps if (pk, s.pk) in supports and s.lead_role_id != pk],
        )
        for pk, role in roles.items()
    ]
    return render(request, "frameworks/officers.html", {"section": "officers", "roles": rows})


def search(request):
    """Search the guidance. Return a page, or only the results to htmx while someone types."""
    typed = request.GET.get("q", "")
    query = typed[:LONGEST_QUERY].strip()
    context = {
        "section": "search",
        "query": query,
        "longest_query": LONGEST_QUERY,
        "was_cut": len(typed) > LONGEST_QUERY,
        "answer": find(query),
    }
    template = "frameworks/_search_answer.html" if request.htmx else "frameworks/search.html"
    return render(request, template, context)


def _near(entries, number, also=None):
    """Return entry `number` and its neighbours by number, in one query, or raise Http404.

    `also` adds other entries to the result.
    """
    if number > HIGHEST_NUMBER:
        raise Http404
    wanted = Q(number__range=(number - 1, number + 1))
    if also is not None:
        wanted |= also
    found = {entry.number: entry for entry in entries.filter(wanted)}
    if number not in found:
        raise Http404
    return found
