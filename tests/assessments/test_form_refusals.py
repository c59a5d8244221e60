"""Refusals of forms of which no page test sends the answer that they refuse."""

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile

from assessments.appointments.forms import AppointmentForm, GroupNoticeForm
from assessments.appointments.models import GroupNotice
from assessments.parity.forms import ConfidentialRequestForm
from assessments.reviews.forms import CompareForm, ConcernAnswerForm
from assessments.seats.composition_forms import CompositionForm
from operate.forms import LARGEST_REGISTER, NoticeForm, RegisterFileForm, ResetRequestForm

pytestmark = pytest.mark.pure


def problems(form, field):
    assert not form.is_valid()
    return [str(message) for message in form.errors.get(field, [])]


@pytest.mark.parametrize("rule", ["", "all"])
def test_a_composition_needs_a_rule_for_the_majority(rule):
    message = "Select how a majority should be calculated"
    assert problems(CompositionForm({"rule": rule}), "rule") == [message]


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"group": "Oak"}, "group", "This group already exists: select that it has changed"),
        ({"kind": "changed", "former_name": "Oak"}, "group", "Another group has this name"),
        ({"signed_by": "Ann Fir\nANN  FIR"}, "signed_by", "Enter each name only once"),
        (
            {"signed_by": "Ann Fir\nBo Yew\nCy Box"},
            "signed_by",
            "Enter no more names than the group has members",
        ),
    ],
)
def test_a_notice_of_a_group_that_cannot_be_right(changes, field, message):
    data = {
        "kind": "formed",
        "group": "Ash",
        "members": "2",
        "leader": "Ann Fir",
        "signed_by": "Ann Fir\nBo Yew",
        "received_on-day": "1",
        "received_on-month": "5",
        "received_on-year": "2026",
        "latest": "0",
    }
    if changes.get("kind") == "changed":
        changes = changes | {"group": "Elm"}
    form = GroupNoticeForm(
        data | changes, groups=[GroupNotice(group=name) for name in ("Oak", "Elm")]
    )
    assert message in problems(form, field)


@pytest.mark.parametrize(
    ("form", "field", "message"),
    [
        (AppointmentForm({}), "post", "Enter the committee, body or responsibility"),
        (ConfidentialRequestForm({}), "group", "Enter which group asked"),
        (ConcernAnswerForm({"version": "1"}), "answer", "Enter an answer"),
        (CompareForm({}, snapshots=[]), "before", "Select a snapshot to compare from"),
        (NoticeForm({}), "text", "Enter the notice"),
        (
            ResetRequestForm({"email": "a@example.org"}),
            "reason",
            "Enter how you know that the request comes from them",
        ),
        (RegisterFileForm({}), "register", "Select a file"),
    ],
)
def test_what_is_needed_is_asked_for_beside_the_field(form, field, message):
    assert isinstance(form, forms.Form)
    assert problems(form, field) == [message]


def test_a_register_that_is_too_large_is_not_read():
    file = SimpleUploadedFile("councils.csv", b"gss\n")
    file.size = LARGEST_REGISTER + 1
    form = RegisterFileForm({}, {"register": file})
    assert problems(form, "register") == ["The file must be 5MB or smaller"]
