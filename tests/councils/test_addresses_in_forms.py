"""Email addresses that people type: in lower case, and never longer than the database keeps."""

import pytest
from django import forms
from django.apps import apps

from assessments.advisers.forms import GrantForm
from assessments.development.forms import CheckInForm, ShareForm
from assessments.rounds.forms import LinkForm
from councils.forms import AddressForm, InvitationForm, InvitationRow, MergeForm
from operate.forms import FirstOperatorForm, FirstOwnerForm, OperatorForm, ResetRequestForm
from tests.acting import signed_in
from tests.councils.test_change_address import with_password

# Lower case makes 2 characters of each “İ”.
GROWS = "İ" * 170 + "@riverdale.example"
FORMS = [
    *(AddressForm, CheckInForm, FirstOperatorForm, FirstOwnerForm, GrantForm, InvitationForm),
    *(InvitationRow, LinkForm, MergeForm, OperatorForm, ResetRequestForm, ShareForm),
]


def own_forms(parent=forms.BaseForm):
    for form in parent.__subclasses__():
        if form.__module__.split(".")[0] in {"assessments", "councils", "operate"}:
            yield form
        yield from own_forms(form)


@pytest.mark.parametrize("form", FORMS)
def test_an_address_that_is_too_long_in_lower_case_is_refused(form):
    field = form.base_fields["email"]
    with pytest.raises(forms.ValidationError):
        field.clean(GROWS)
    assert field.clean("  Ada@Riverdale.EXAMPLE ") == "ada@riverdale.example"


def test_every_form_with_an_address_is_in_the_list():
    """Those of signing in are django-allauth's: they store nothing."""
    assert apps.ready
    found = {form for form in own_forms() if "email" in getattr(form, "base_fields", ())}
    assert {form.__name__ for form in found} - {"ResetPasswordForm"} == {
        form.__name__ for form in FORMS
    }


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/account/email/", "/account/merge/"])
def test_the_page_says_so(officer, path):
    response = with_password(officer).post(path, {"email": GROWS, "keeps_other": "this"})
    assert response.status_code == 422
    assert "Error: " in response.content.decode()


@pytest.mark.django_db
def test_so_does_the_invitation(chief):
    answers = {"name": "Ada", "email": GROWS, "office": "slt-member", "access": "editor"}
    response = signed_in(chief).post("/councils/riverdale/people/invite/", answers)
    assert response.status_code == 422
