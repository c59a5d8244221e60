"""What every Word document shares: room around tables, and links that can be opened."""

import io

import pytest
from docx import Document
from docx.shared import Pt

from assessments.printing.word import TABLE_GAP, add_link, add_table, document_bytes
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
