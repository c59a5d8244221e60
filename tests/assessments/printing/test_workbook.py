"""Cells of workbooks: what a person typed is shown and never runs."""

import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from openpyxl import Workbook

from assessments.printing.workbook import safe_cell, set_properties


def saved(value, *, write_only):
    book = Workbook(write_only=write_only)
    sheet = book.create_sheet("Sheet of the test")
    sheet.append([safe_cell(sheet, value)])
    set_properties(book, title="Log\x07", council="Riverdale\x00")
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def cell_of(content):
    return openpyxl.load_workbook(io.BytesIO(content))["Sheet of the test"]["A1"]


@pytest.mark.parametrize("write_only", [True, False])
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "\x07="])
def test_text_never_starts_a_formula(start, write_only):
    content = saved(f"{start}1+1", write_only=write_only)
    cell = cell_of(content)
    assert cell.data_type != "f"
    assert cell.quotePrefix
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist())


def test_an_escape_of_excel_is_kept_as_it_was_typed():
    content = saved("_x0041_ and _x000D_, not a_xyz_", write_only=True)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "_x005F_x0041_ and _x005F_x000D_, not a_xyz_" in sheet


def test_dates_and_times_are_values_with_a_british_format():
    assert cell_of(saved(dt.date(2027, 5, 6), write_only=True)).number_format == "d mmm yyyy"
    moment = dt.datetime(2027, 5, 6, 17, 30)  # noqa: DTZ001 - Excel has no time zones
    cell = cell_of(saved(moment, write_only=True))
    assert (cell.value, cell.number_format) == (moment, "d mmm yyyy h:mm")


def test_the_file_has_a_title_an_author_and_a_language():
    properties = openpyxl.load_workbook(io.BytesIO(saved("x", write_only=True))).properties
    assert (properties.title, properties.creator) == ("Log", "Riverdale")
    assert properties.language == "en-GB"
