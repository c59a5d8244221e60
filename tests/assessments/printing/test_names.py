"""Names of downloaded files: the council, what it is, its marking and the day."""

import datetime as dt
import re

import pytest

from assessments.printing.names import document_name
from tests.assessments.printing.test_turns import name_of, views_that_make_files

DAY = dt.date(2027, 5, 18)


@pytest.mark.pure
@pytest.mark.parametrize(
    ("parts", "marking", "name"),
    [
        (
            ("Riverdale Borough Council", "parity log"),
            "OFFICIAL-SENSITIVE",
            "Riverdale Borough Council parity log OFFICIAL-SENSITIVE 2027-05-18",
        ),
        (
            ("King’s Lynn & Wéstmère", "scenarios"),
            "OFFICIAL, restricted",
            "Kings Lynn Westmere scenarios OFFICIAL restricted 2027-05-18",
        ),
        (('../"; rm -rf ~\r\nX: y', "", "data"), "", "rm rf X y data 2027-05-18"),
        (("市議会", "Labour (Co-op)"), "", "Labour (Co-op) 2027-05-18"),
    ],
)
def test_a_name_has_only_what_every_system_accepts(parts, marking, name):
    assert document_name(*parts, marking=marking, day=DAY) == name


def test_every_download_has_such_a_name():
    made = dict(views_that_make_files())
    assert len(made) > 20
    named = re.compile(r"\bdocument_name\(|\bfile_stem\b|\bfile_name\(|\bzip_name\(")
    assert not [name_of(view) for view, source in made.items() if not named.search(source)]
