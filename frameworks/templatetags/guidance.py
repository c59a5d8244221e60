"""Filters and tags for the guidance's templates: a council's own term, and the navigation."""

from django import template
from django.urls import reverse

from frameworks import wording

register = template.Library()

SECTIONS = (
    ("steps", "guidance", "The 30 steps"),
    ("components", "guidance_components", "Coalition components"),
    ("themes", "guidance_themes", "Development themes"),
    ("officers", "guidance_officers", "Officer roles"),
    ("reflections", "guidance_reflections", "Reflections"),
)


@register.filter
def term(text: str, term: wording.Term | str | None = None) -> str:
    """Return `text` with its placeholders filled: {{ text|term }} or {{ text|term:plan.term }}.

    Without a term, the source's word is used. The result is escaped like any other text, so a term
    cannot add markup.
    """
    return wording.put_term(str(text), term or wording.DEFAULT_TERM)


@register.filter
def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of `text`, which blank lines separate."""
    return wording.paragraphs(text)


@register.simple_tag(takes_context=True)
def guidance_bar(context):
    """Return the bar of the guidance: its sections, with the `aria-current` of the current one.

    It has a search box beside them, except on the pages that have one of their own.
    """
    path, places, search = context["request"].path, [], reverse("guidance_search")
    for section, view, label in SECTIONS:
        url = reverse(view)
        within = "true" if section == context.get("section") else ""
        current = "page" if url == path else within
        places.append({"url": url, "label": label, "current": current})
    has_box = path in {reverse("guidance"), search}
    beside = "" if has_box else "frameworks/_bar_search.html"
    return {"place": "Guidance", "places": places, "beside": beside, "search": search}


@register.filter
def in_sentence(name: str) -> str:
    """Return `name` for use inside a sentence: "monitoring officer", but "LGA adviser"."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]
