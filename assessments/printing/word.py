"""Parts that every Word document shares: page, header and footer, tables, texts to complete."""

import datetime as dt

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from .text import printable


def set_up(document, *, title, council, subject, comments, made_on, head, foot):
    """Set properties, font and language, A4, a header, and a footer that ends with the page."""
    properties = document.core_properties
    properties.title = printable(title)
    properties.author = properties.last_modified_by = printable(council)
    properties.subject = subject
    properties.comments = comments
    properties.language = "en-GB"
    properties.created = properties.modified = dt.datetime.combine(
        made_on, dt.time(12), tzinfo=dt.UTC
    )
    body = document.styles["Normal"]
    body.font.name = "Arial"
    body.font.size = Pt(11)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")
        language.set(qn("w:eastAsia"), "en-GB")
    for section in document.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.2)
        top = section.header.paragraphs[0]
        top.text = printable(head)
        top.alignment = WD_ALIGN_PARAGRAPH.CENTER
        bottom = section.footer.paragraphs[0]
        bottom.alignment = WD_ALIGN_PARAGRAPH.CENTER
        bottom.add_run(printable(f"{foot} · page "))
        _add_page_number(bottom)


def _add_page_number(paragraph):
    number = OxmlElement("w:fldSimple")
    number.set(qn("w:instr"), "PAGE")
    paragraph._p.append(number)


def add_details(document, rows, *, description):
    """Add a table of names and values. A value in square brackets is for the author to complete."""
    table = document.add_table(rows=0, cols=2, style="Table Grid")
    for name, value in rows:
        cells = table.add_row().cells
        cells[0].paragraphs[0].add_run(name).bold = True
        cells[1].paragraphs[0].add_run(printable(value)).italic = value.startswith("[")
    finish_table(table, [4.4, 12], description)


def add_placeholders(document, sections):
    for title, words in sections:
        document.add_heading(title, level=1)
        add_placeholder(document, words)


def add_placeholder(document, words, style=None):
    document.add_paragraph(style=style).add_run(words).italic = True


def add_table(document, headings, rows, *, widths, description):
    """Add a table with a header row that repeats on every page."""
    table = document.add_table(rows=1, cols=len(headings), style="Table Grid")
    for cell, heading in zip(table.rows[0].cells, headings, strict=True):
        cell.paragraphs[0].add_run(heading).bold = True
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for row in rows:
        for cell, value in zip(table.add_row().cells, row, strict=True):
            cell.text = printable(str(value))
    finish_table(table, widths, description)


def finish_table(table, widths, description):
    """Set widths in centimetres, align the table with the text, and describe it.

    Widths are set on columns and cells, because programs differ in which they use.
    """
    table.autofit = False
    indent = OxmlElement("w:tblInd")
    indent.set(qn("w:w"), "108")  # twentieths of a point: the padding of a cell
    indent.set(qn("w:type"), "dxa")
    caption = OxmlElement("w:tblDescription")
    caption.set(qn("w:val"), description)
    properties = table._tbl.tblPr
    layout = properties.find(qn("w:tblLayout"))
    layout.addprevious(indent)
    properties.append(caption)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for row in table.rows:
        row._tr.get_or_add_trPr().insert(0, OxmlElement("w:cantSplit"))
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Cm(width)
