"""What every Word document shares: room around tables, and links that can be opened."""

import io

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt

from assessments.printing.word import (
    TABLE_GAP,
    add_heading,
    add_link,
    add_table,
    document_bytes,
)
from tests.test_architecture import code_of_assessments

pytestmark = pytest.mark.pure


def test_there_is_room_between_a_table_and_the_text_beside_it():
    document = Document()
    document.add_paragraph("Before").paragraph_format.space_after = Pt(2)
    add_table(document, ("A",), [("1",)], widths=(3,), description="One")
    document.add_paragraph("After")
    document.add_heading("Next", level=1)
    add_table(document, ("A",), [("1",)], widths=(3,), description="Two")
    document.add_heading("Last", level=1)
    before, after, heading, last = Document(io.BytesIO(document_bytes(document))).paragraphs
    assert before.paragraph_format.space_after == TABLE_GAP
    assert after.paragraph_format.space_before == TABLE_GAP
    assert heading.paragraph_format.space_after == TABLE_GAP
    assert last.paragraph_format.space_before == Pt(24)  # as its style has it


def test_there_is_room_above_and_below_the_text_of_a_cell():
    table = add_table(Document(), ("A",), [("1",)], widths=(3,), description="One")
    margins = table._tbl.tblPr.find(qn("w:tblCellMar"))
    assert [each.tag for each in margins] == [qn("w:top"), qn("w:bottom")]
    assert all(int(each.get(qn("w:w"))) > 0 for each in margins)
    assert margins.getprevious().tag == qn("w:tblLayout")  # the order that the format prescribes


def test_a_heading_on_a_new_page_leaves_no_page_empty():
    """A paragraph with a page break goes to a page of its own if the page before is full."""
    document = Document()
    assert add_heading(document, "New", is_on_new_page=True).paragraph_format.page_break_before
    assert not add_heading(document, "Next").paragraph_format.page_break_before
    breaks = [each for each in code_of_assessments() if "add_page_break" in each.read_text()]
    assert breaks == []


def add_seats(document, bodies, words=""):
    rows = [(f"Body {number}", str(number), words, "£1,200", "–") for number in range(bodies)]
    headings = ("Body", "Seats", "Name", "Cost", "Share")
    return add_table(document, headings, rows, widths=(4, 2, 2, 2, 2), description="Seats")


def test_columns_of_numbers_are_aligned_on_the_right_with_their_headings():
    for row in add_seats(Document(), 3, "A name").rows:
        sides = [cell.paragraphs[0].alignment for cell in row.cells]
        assert [side == WD_ALIGN_PARAGRAPH.RIGHT for side in sides] == [0, 1, 0, 1, 1]


@pytest.mark.parametrize(
    ("bodies", "words", "is_kept"), [(9, "", True), (30, "", False), (9, "a" * 300, False)]
)
def test_a_short_table_is_on_one_page_with_the_line_before_it(bodies, words, is_kept):
    document = Document()
    document.add_paragraph("Before")
    add_seats(document, bodies, words)
    saved = Document(io.BytesIO(document_bytes(document)))
    assert saved.paragraphs[0].paragraph_format.keep_with_next
    *rows, last = saved.tables[0].rows
    kept = {bool(row.cells[0].paragraphs[0].paragraph_format.keep_with_next) for row in rows}
    assert kept == {is_kept}
    assert not last.cells[0].paragraphs[0].paragraph_format.keep_with_next


def test_every_document_is_finished_in_this_way():
    wrong = [
        str(path)
        for path in code_of_assessments()
        if ".save(" in path.read_text() and "from docx import Document" in path.read_text()
    ]
    assert [each for each in wrong if not each.endswith("parity/documents.py")] == []


def test_only_web_addresses_become_links():
    document = Document()
    paragraph = document.add_paragraph()
    add_link(paragraph, "Agenda\x00", "https://riverdale.example/a?b=1&c=2")
    add_link(paragraph, "Script", "javascript:alert(1)")
    (found,) = Document(io.BytesIO(document_bytes(document))).paragraphs
    assert found.text == "AgendaScript"
    assert [(link.text, link.address) for link in found.hyperlinks] == [
        ("Agenda", "https://riverdale.example/a?b=1&c=2")
    ]
