"""A person's notes on the principles and attributes."""

from functools import partial

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from assessments.versions import StaleVersion, differences

from .. import actions
from ..access import record_for, reflection_for
from ..forms import ReflectionForm
from ..reflections import essays_of
from .records import development_page

reflection_page = partial(development_page, section="development_reflections")


@require_safe
def reflections(request):
    return reflection_page(request, "reflections", essays=essays_of(record_for(request.user)))


@require_http_methods(["GET", "HEAD", "POST"])
def reflection(request, kind, subject_id):
    """Edit one note. A stale save shows both texts."""
    reflection = reflection_for(request.user, kind, subject_id)
    back = f"{reverse('development_reflections')}#{kind}-{subject_id}"
    theirs, status = None, 200
    if request.method == "POST":
        form, status = ReflectionForm(request.POST), 422
        if form.is_valid():
            try:
                actions.save_reflection(reflection, **form.cleaned_data)
            except StaleVersion:
                reflection = reflection_for(request.user, kind, subject_id)
                note = {"note": form.cleaned_data["note"]}
                theirs, status = differences(reflection, note), 409
            else:
                title = reflection.subject.title
                messages.success(request, f"Your note on “{title}” has been saved.")
                return redirect(back)
    else:
        initial = {"version": reflection.version, "note": reflection.note}
        form = ReflectionForm(initial=initial)
    return reflection_page(
        request,
        "reflection",
        status=status,
        subject=reflection.subject,
        form=form,
        version=reflection.version if theirs is not None else form["version"].value(),
        theirs=theirs,
        back=back,
    )
