"""Parts that every Word document shares: page, header and footer, tables, texts to complete."""

import datetime as dt
import io
import itertools
import re

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph

from elections.timetable import Certainty

from .text import printable

HEADINGS = ("Title", "Heading 1", "Heading 2", "Heading 3")
TABLE_GAP = Pt(8)
SHORT_TABLE, SHORT_TEXT = 12, 1000  # rows and characters of a table that stays on one page
NUMBER = re.compile(r"[−+-]?£?[\d,]*\.?\d+%?|–")
LINK_COLOUR = RGBColor(0x1D, 0x70, 0xB8)


def set_up(document, *, title, council, subject, comments, made_on, head, foot):
    """Set properties, font and language, A4, a header, and a footer that ends with the page."""
    set_properties(
        document, title=title, council=council, subject=subject, comments=comments, made_on=made_on
    )
    body = document.styles["Normal"]
    body.font.name = "Arial"
    body.font.size = Pt(11)
    for name in HEADINGS:
        style = document.styles[name]
        for kind in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            style.element.rPr.rFonts.attrib.pop(qn(f"w:{kind}"), None)
        style.font.name = "Arial"
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
        add_run(bottom, f"{foot} · page ")
        add_page_number(bottom)


def set_properties(document, *, title, council, subject="", comments="", made_on):
    """Set the properties of the file, in place of those of the library’s template."""
    properties = document.core_properties
    properties.title = printable(title)
    properties.author = properties.last_modified_by = printable(council)
    properties.subject = printable(subject)
    properties.comments = printable(comments)
    properties.language = "en-GB"
    properties.created = properties.modified = dt.datetime.combine(
        made_on, dt.time(12), tzinfo=dt.UTC
    )


def document_bytes(document) -> bytes:
    """Return the file, with room between every table and the text before and after it.

    The line before a table stays on the page on which the table begins. In Word a table has no
    margins: the room is that of the paragraphs beside it. Two tables beside each other would be
    joined to one, so nothing is set there.
    """
    parts = list(document.iter_inner_content())
    for before, after in itertools.pairwise(parts):
        match before, after:
            case Table(), Paragraph():
                spacing = after.paragraph_format
                by_style = after.style.paragraph_format.space_before if after.style else None
                spacing.space_before = max(spacing.space_before or by_style or 0, TABLE_GAP)
            case Paragraph(), Table():
                spacing = before.paragraph_format
                spacing.keep_with_next = True
                is_heading = before.style is not None and before.style.name in HEADINGS
                if spacing.space_after is not None or is_heading:
                    spacing.space_after = max(spacing.space_after or 0, TABLE_GAP)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def add_heading(document, text, level=1, *, is_on_new_page=False):
    """Add a heading, as python-docx does, without what no document can hold.

    A paragraph that breaks the page would itself go to a new page if the one before is full, and
    leave it empty; `is_on_new_page` does not.
    """
    heading = document.add_heading(printable(text), level)
    if is_on_new_page:
        heading.paragraph_format.page_break_before = True
    return heading


def add_paragraph(document, text="", style=None):
    """Add a paragraph, as python-docx does, without what no document can hold."""
    return document.add_paragraph(printable(text), style)


def add_run(paragraph, text):
    """Add text to a paragraph, as python-docx does, without what no document can hold."""
    return paragraph.add_run(printable(text))


def add_page_number(paragraph):
    """Add a field with the number of the page to a paragraph of a footer."""
    number = OxmlElement("w:fldSimple")
    number.set(qn("w:instr"), "PAGE")
    paragraph._p.append(number)


def add_details(document, rows, *, description):
    """Add a table of names and values. A value in square brackets is for the author to complete."""
    table = document.add_table(rows=0, cols=2, style="Table Grid")
    for name, value in rows:
        cells = table.add_row().cells
        add_run(cells[0].paragraphs[0], name).bold = True
        add_run(cells[1].paragraphs[0], printable(value)).italic = value.startswith("[")
    finish_table(table, [4.4, 12], description)


def add_placeholders(document, sections):
    for title, words in sections:
        add_heading(document, title)
        add_placeholder(document, words)


def add_placeholder(document, words, style=None):
    add_run(add_paragraph(document, style=style), words).italic = True


def add_points(document, points):
    """Add what the law says: `elections.interim.LegalPoint`, each with its source in small type."""
    for point in points:
        paragraph = add_paragraph(document)
        paragraph.paragraph_format.space_before = Pt(6)
        add_run(paragraph, f"{point.title}: ").bold = True
        add_run(paragraph, f"{point.words} ")
        add_source(paragraph, point.source, is_believed=point.certainty is Certainty.BELIEVED)


def add_source(paragraph, source, *, is_believed=False):
    """Add the source of a rule in small type; one that we believe is to be confirmed."""
    more = " Confirm this with the monitoring officer." if is_believed else ""
    add_run(paragraph, f"{source}.{more}").font.size = Pt(9)


def add_link(paragraph, title: str, address: str) -> None:
    """Add a link; an address that is not a web address becomes plain text.

    The caller says where the link leads, as pages do.
    """
    words = printable(title)
    if not address.startswith(("https://", "http://")):
        add_run(paragraph, words)
        return
    link = OxmlElement("w:hyperlink")
    number = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link.set(qn("r:id"), number)
    run = add_run(paragraph, words)
    run.underline, run.font.color.rgb = True, LINK_COLOUR
    link.append(run._r)
    paragraph._p.append(link)


def add_table(document, headings, rows, *, widths, description, has_numbers=False):
    """Add a table with a header row that repeats on every page, and return it.

    Columns of numbers are aligned on the right. `has_numbers`: all columns but the first are, also
    those that are still empty.
    """
    table = document.add_table(rows=1, cols=len(headings), style="Table Grid")
    for cell, heading in zip(table.rows[0].cells, headings, strict=True):
        add_run(cell.paragraphs[0], heading).bold = True
    repeat_heading(table)
    for row in rows:
        for cell, value in zip(table.add_row().cells, row, strict=True):
            cell.text = printable(str(value))
    finish_table(table, widths, description)
    if has_numbers:
        for row in table.rows:
            for cell in row.cells[1:]:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    return table


def repeat_heading(table):
    """Repeat the first row of the table on every page."""
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def finish_table(table, widths, description):
    """Set widths in centimetres, align the table with the text, and describe it.

    A short table stays on one page. Widths are set on columns and cells, because programs differ in
    which they use.
    """
    table.autofit = False
    indent = OxmlElement("w:tblInd")
    indent.set(qn("w:w"), "108")  # twentieths of a point: the padding of a cell
    indent.set(qn("w:type"), "dxa")
    caption = OxmlElement("w:tblDescription")
    caption.set(qn("w:val"), printable(description))
    properties = table._tbl.tblPr
    layout = properties.find(qn("w:tblLayout"))
    layout.addprevious(indent)
    layout.addnext(_space_above_and_below())
    properties.append(caption)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for row in table.rows:
        row._tr.get_or_add_trPr().insert(0, OxmlElement("w:cantSplit"))
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Cm(width)
    align_numbers(table)
    cells = [row.cells for row in table.rows]
    length = sum(len(cell.text) for cell in itertools.chain(*cells))
    if len(cells) <= SHORT_TABLE and length <= SHORT_TEXT:
        for cell in itertools.chain(*cells[:-1]):
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.keep_with_next = True


def _space_above_and_below():
    """Return the padding of cells above and below their text, in twentieths of a point."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("top", "bottom"):
        space = OxmlElement(f"w:{side}")
        space.set(qn("w:w"), "28")
        space.set(qn("w:type"), "dxa")
        margins.append(space)
    return margins


def align_numbers(table):
    """Align on the right each column, with its heading, whose other cells are all numbers."""
    for heading, *cells in zip(*(row.cells for row in table.rows), strict=True):
        if cells and all(NUMBER.fullmatch(cell.text) for cell in cells):
            for cell in (heading, *cells):
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
