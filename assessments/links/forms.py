"""The form of a link to a document."""

import re
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError

from .models import LONGEST_ADDRESS, LONGEST_TITLE
from .places import LinkPlace

NOT_AN_ADDRESS = "Enter a web address in the correct format, like https://example.gov.uk/report.pdf"


def clean_address(value: str) -> str:
    """Return a web address that is safe to show as a link. Raises ValidationError.

    Only http and https addresses with a host and without a name or password are accepted. A
    backslash or a control character could make a browser read another host than the one shown.
    """
    value = value.strip()
    scheme = re.match(r"[a-z][a-z0-9+.-]*(?=:)", value, re.IGNORECASE)
    if not scheme or scheme[0].lower() not in ("http", "https"):
        raise ValidationError("Enter a web address that starts with https:// or http://")
    if re.search(r"[\s\\\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069<>\"]", value):
        raise ValidationError(NOT_AN_ADDRESS)
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port  # an invalid port raises ValueError
    except ValueError:
        raise ValidationError(NOT_AN_ADDRESS) from None
    if "@" in parts.netloc:
        raise ValidationError("Enter a web address without a user name or password")
    if not host or not re.fullmatch(r"[\w-]+(\.[\w-]+)*\.?|[0-9a-f:.]*:[0-9a-f:.]*", host):
        raise ValidationError(NOT_AN_ADDRESS)
    try:
        host.encode("idna")
    except UnicodeError:
        raise ValidationError(NOT_AN_ADDRESS) from None
    return f"{parts.scheme}{value[len(scheme[0]) :]}"


class DocumentLinkForm(forms.Form):
    """Title and address of a document. The same address is not added twice to one thing."""

    title = forms.CharField(
        label="Title of the document",
        label_suffix="",
        max_length=LONGEST_TITLE,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": "Enter the title of the document",
            "max_length": f"The title must be {LONGEST_TITLE} characters or fewer",
        },
    )
    address = forms.CharField(
        label="Web address",
        label_suffix="",
        max_length=LONGEST_ADDRESS,
        help_text="For example, the address of the document in SharePoint. The planner does not "
        "open or copy the document, and people need their own access to it.",
        widget=forms.TextInput(
            attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}
        ),
        error_messages={
            "required": "Enter the web address of the document",
            "max_length": f"The web address must be {LONGEST_ADDRESS:,} characters or fewer",
        },
    )

    def __init__(self, data=None, *, place: LinkPlace, **options):
        super().__init__(data, **{"auto_id": f"{place.dom}-link-%s"} | options)
        self.place = place

    def clean_title(self):
        return " ".join(self.cleaned_data["title"].split())

    def clean_address(self):
        address = clean_address(self.cleaned_data["address"])
        if any(link.address == address for link in self.place.links):
            raise ValidationError("This address has already been added here")
        return address
