"""What the guidance's templates need: a council's own term in the text, and the way around."""

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
def term(text, term=wording.DEFAULT_TERM):
    """`text` with its placeholders filled: {{ text|term }} or {{ text|term:plan.coalition_term }}.

    Without a term of the council's own it keeps the source's word. The result is escaped like any
    other text, so a term can hold no markup.
    """
    return wording.put_term(str(text), term or wording.DEFAULT_TERM)


@register.filter
def paragraphs(text):
    return wording.paragraphs(text)


@register.simple_tag(takes_context=True)
def guidance_sections(context):
    """The guidance's sections, and where the page being read stands: on one, or within it."""
    for section, view, label in SECTIONS:
        url = reverse(view)
        within = "true" if section == context.get("section") else ""
        yield {
            "url": url,
            "label": label,
            "current": "page" if url == context["request"].path else within,
        }


@register.filter
def in_sentence(name):
    """A name as it stands inside a sentence: "monitoring officer", but "LGA adviser"."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]
