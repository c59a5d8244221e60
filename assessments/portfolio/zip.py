"""Put the PDFs of a bundle together as one zip file, for the person who requested it."""

import zipfile

from django.utils import timezone

from assessments.plans.models import Marking
from assessments.printing.names import document_name
from assessments.words import day_in_words

from .access import pdfs_of

CONTENTS = "Contents.txt"


def write_zip(file, bundle, entries):
    """Write the zip with the PDFs that are ready. `entries` are those of `access.entries_for`."""
    # PDFs are compressed already.
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(CONTENTS, _contents(bundle, entries))
        for entry, content in pdfs_of(entries):
            archive.writestr(entry.file_name, content)


def zip_name(bundle, entries):
    """Return the name of the zip, with the marking of its most sensitive plan."""
    held = {entry.marking for entry in entries if entry.is_ready}
    marking = next(label for label in reversed(Marking.labels) if label in held)
    day = timezone.localdate(bundle.asked_at)
    return document_name("transition action plans", marking=marking, day=day) + ".zip"


def _contents(bundle, entries):
    requested = f"requested on {day_in_words(bundle.asked_at)} by {bundle.asked_by}"
    lines = [
        f"Transition action plans, {requested}.",
        f"Each PDF contains {bundle.contents_in_words}.",
        "",
    ]
    for entry in entries:
        lines += [
            f"{entry.plan.council.name}, election of {day_in_words(entry.plan.election_day)}",
            f"  {entry.file_name} ({entry.marking})" if entry.is_ready else f"  {entry.words}",
        ]
    # Line breaks and encoding that Windows programs read.
    return "\r\n".join([*lines, ""]).encode("utf-8-sig")
