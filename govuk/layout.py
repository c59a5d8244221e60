"""Layout objects for what crispy's own cannot say. `Submit` is the main button as it comes."""

from crispy_forms.layout import Field, Submit


class PageHeading(Field):
    """A field whose label or legend is the page's h1, for a page that asks one question."""

    def render(self, form, context, extra_context=None, **kwargs):
        extra_context = {**(extra_context or {}), "label_is_page_heading": True}
        return super().render(form, context, extra_context=extra_context, **kwargs)


class SecondarySubmit(Submit):
    """A button that also sends the form, but is not what most people should choose."""

    field_classes = "govuk-button--secondary"
