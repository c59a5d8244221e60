"""The rules of PDF/UA-1 that can be checked by reading a file, as `faults(content)`.

The clauses are those of ISO 14289-1 as veraPDF numbers its rules. Not checked: whether alternative
texts and the order of reading make sense (a person must read them), and the widths of glyphs.
"""

import io
import itertools
import re
from collections import Counter

import pikepdf
from pikepdf import Array, Dictionary, Name

TAGS = """
Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private P H H1 H2 H3 H4 H5 H6
L LI Lbl LBody Table TR TH TD THead TBody TFoot Span Quote Note Reference BibEntry Code Link Annot
Ruby Warichu RB RT RP WT WP Figure Formula Form
"""
PAINTING = """Tj TJ ' " f F f* B B* b b* S s Do sh BI EI"""
STANDARD = set(TAGS.split())
PAINTS = {*PAINTING.split(), "INLINE IMAGE"}
SHOWS = {"Tj", "TJ", "'", '"'}
# Parents and children that the clauses on tables and lists allow, 7.2-3 to 7.2-20.
PARENTS = {
    "TR": {"Table", "THead", "TBody", "TFoot"},
    "THead": {"Table"},
    "TBody": {"Table"},
    "TFoot": {"Table"},
    "TH": {"TR"},
    "TD": {"TR"},
    "LI": {"L"},
    "LBody": {"LI"},
    "TOCI": {"TOC"},
}
CHILDREN = {
    "Table": {"TR", "THead", "TBody", "TFoot", "Caption"},
    "THead": {"TR"},
    "TBody": {"TR"},
    "TFoot": {"TR"},
    "TR": {"TH", "TD"},
    "L": {"L", "LI", "Caption"},
    "LI": {"Lbl", "LBody"},
    "TOC": {"TOC", "TOCI", "Caption"},
}
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")


def kids_of(element):
    kids = element.get("/K", Array())
    return list(kids) if isinstance(kids, Array) else [kids]


def is_element(kid):
    return isinstance(kid, Dictionary) and "/S" in kid


class Checked:
    """One document: `faults` are the rules it breaks, each with what breaks it."""

    def __init__(self, content):
        self.content = content
        self.pdf = pikepdf.open(io.BytesIO(content))
        self.root = self.pdf.Root
        self.roles = {str(a)[1:]: str(b)[1:] for a, b in self._roles().items()}
        self.elements = []  # (element, role, parent's role, children's roles)
        self.held = {}  # (page, marked content): role of the element
        self.annotated = {}  # annotation: role of the element
        self.streams = [list(pikepdf.parse_content_stream(each)) for each in self.pdf.pages]
        self.faults = []
        for check in (
            self.document,
            self.structure,
            self.headings,
            self.tables,
            self.alternatives,
            self.annotations,
            self.painting,
            self.fonts,
        ):
            self.faults += check()

    def _roles(self):
        return self.root.get("/StructTreeRoot", {}).get("/RoleMap", {})

    def role(self, element):
        name = str(element.S)[1:]
        seen = set()
        while name in self.roles and name not in seen:
            seen.add(name)
            name = self.roles[name]
        return name

    def document(self):
        root = self.root
        if not re.match(rb"%PDF-1\.[0-7]\r?\n", self.content):
            yield "6.1: the header is not of PDF 1.0 to 1.7"
        if self.pdf.is_encrypted:
            yield "7.16: the file is encrypted"
        if not root.get("/MarkInfo", {}).get("/Marked", False):
            yield "6.2: not marked as tagged"
        if root.get("/MarkInfo", {}).get("/Suspects", False):
            yield "7.1-4: the tags are suspect"
        if not root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False):
            yield "7.1-10: a viewer does not show the title"
        if not LANGUAGE.match(str(root.get("/Lang", ""))):
            yield f"7.2-29: no language: {root.get('/Lang')}"
        if "/StructTreeRoot" not in root:
            yield "7.1-11: no structure tree"
        if "/AcroForm" in root:
            yield "7.15: a form"
        if "/Metadata" not in root:
            yield "7.1-8: no metadata"
            return
        with self.pdf.open_metadata() as metadata:
            if metadata.get("pdfuaid:part") != "1":
                yield f"5-1: claims part {metadata.get('pdfuaid:part')} of PDF/UA"
            if not str(metadata.get("dc:title", "")).strip():
                yield "7.1-9: no title"
            if str(metadata.get("dc:title")) != str(self.pdf.docinfo.get("/Title")):
                yield "7.1-9: two titles"

    def structure(self):
        for name, role in self.roles.items():
            if name in STANDARD:
                yield f"7.1-7: the standard {name} is remapped to {role}"
        yield from self._walk(self.root.StructTreeRoot, "")
        for _, role, parent, children in self.elements:
            if role not in STANDARD:
                yield f"7.1-5: {role} has no standard role"
            if role in PARENTS and parent not in PARENTS[role]:
                yield f"7.2: {role} in {parent}"
            if role in CHILDREN and (wrong := set(children) - CHILDREN[role]):
                yield f"7.2: {role} has {sorted(wrong)}"
            if role == "Caption" and parent == "Table":
                continue
            count = Counter(children)
            if role == "Table" and max(count["THead"], count["TFoot"], count["Caption"]) > 1:
                yield "7.2: a table with two heads, feet or captions"

    def _walk(self, element, role):
        for kid in kids_of(element):
            if isinstance(kid, int):
                self.held[element.Pg.objgen, int(kid)] = role
            elif is_element(kid):
                below = self.role(kid)
                children = [self.role(each) for each in kids_of(kid) if is_element(each)]
                self.elements.append((kid, below, role, children))
                if kid.P.objgen != element.objgen:
                    yield f"7.1: {below} names another parent"
                yield from self._walk(kid, below)
            elif kid.get("/Type") == Name.OBJR:
                self.annotated[kid.Obj.objgen] = role
            elif kid.get("/Type") == Name.MCR:
                self.held[kid.get("/Pg", element.get("/Pg")).objgen, int(kid.MCID)] = role

    def headings(self):
        roles = [role for _, role, _, _ in self.elements]
        levels = [int(role[1]) for role in roles if re.fullmatch(r"H\d", role)]
        if not levels or levels[0] != 1:
            yield "7.4.2: the first heading is not of the first level"
        for before, after in itertools.pairwise(levels):
            if after > before + 1:
                yield f"7.4.2: from heading {before} to heading {after}"
        if "H" in roles:
            yield "7.4.4: headings of both kinds"
        for element, role, _, _ in self.elements:
            if re.fullmatch(r"H\d", role) and not kids_of(element):
                yield f"7.4: an empty {role}"

    def tables(self):
        for table, role, _, _ in self.elements:
            if role != "Table":
                continue
            rows = [each for each in self._below(table) if self.role(each) == "TR"]
            cells = [[each for each in kids_of(row) if is_element(each)] for row in rows]
            widths = {sum(self._attribute(cell, "/ColSpan", 1) for cell in row) for row in cells}
            spans_rows = any(
                self._attribute(cell, "/RowSpan", 1) > 1 for row in cells for cell in row
            )
            if len(widths) > 1 and not spans_rows:
                yield f"7.2-42: a table with rows of {sorted(widths)} columns"
            names = {str(cell.get("/ID")) for row in cells for cell in row if "/ID" in cell}
            heads = [cell for row in cells for cell in row if self.role(cell) == "TH"]
            if not heads:
                yield "7.5: a table without header cells"
            for cell in heads:
                if str(self._attribute(cell, "/Scope", "")) not in {"/Row", "/Column", "/Both"}:
                    yield "7.5-1: a header cell without scope"
            for cell in (cell for row in cells for cell in row if self.role(cell) == "TD"):
                for name in self._attribute(cell, "/Headers", ()):
                    if str(name) not in names:
                        yield f"7.5-2: a cell names the header {name}, which is not in its table"

    def _below(self, element):
        for kid in kids_of(element):
            if is_element(kid):
                yield kid
                if self.role(kid) != "Table":
                    yield from self._below(kid)

    @staticmethod
    def _attribute(element, name, default):
        attributes = element.get("/A", Array())
        for each in attributes if isinstance(attributes, Array) else [attributes]:
            if isinstance(each, Dictionary) and name in each:
                value = each[name]
                return int(value) if isinstance(default, int) else value
        return default

    def alternatives(self):
        for element, role, _, _ in self.elements:
            words = str(element.get("/Alt", "")) or str(element.get("/ActualText", ""))
            if role in {"Figure", "Formula"} and not words.strip():
                yield f"7.3-1: a {role} without alternative text"
            if role == "Note" and "/ID" not in element:
                yield "7.9: a note without an ID"
            if "/Lang" in element and not LANGUAGE.match(str(element.Lang)):
                yield f"7.2-29: language {element.Lang}"

    def annotations(self):
        for number, page in enumerate(self.pdf.pages, 1):
            links = page.get("/Annots", Array())
            if page.get("/Tabs") != Name.S:
                yield f"7.18.3: page {number} does not tab in the order of its structure"
            for link in links:
                role = self.annotated.get(link.objgen)
                if link.Subtype == Name.Link and role != "Link":
                    yield f"7.18.5-1: a link on page {number} is in {role}"
                elif role is None:
                    yield f"7.18.1: an annotation on page {number} is in no tag"
                if not str(link.get("/Contents", "")).strip():
                    yield f"7.18.5-2: a link on page {number} without a description"
        for _, role, parent, _ in self.elements:
            if role == "Link" and parent == "Link":
                yield "7.18.5: a link within a link"

    def painting(self):
        found = set()
        for number, page in enumerate(self.pdf.pages, 1):
            open_marks = []
            for operands, operator in self.streams[number - 1]:
                name = str(operator)
                if name in {"BDC", "BMC"}:
                    is_artifact = operands[0] == Name.Artifact
                    mark = operands[1].get("/MCID") if name == "BDC" else None
                    if is_artifact and any(each == "tagged" for each in open_marks):
                        yield f"7.1-1: an artifact within tagged content on page {number}"
                    if mark is not None:
                        if "artifact" in open_marks:
                            yield f"7.1-2: tagged content within an artifact on page {number}"
                        key = page.objgen, int(mark)
                        if key in found:
                            yield f"7.1: content {int(mark)} of page {number} is marked twice"
                        found.add(key)
                        if key not in self.held:
                            yield f"7.1-3: content {int(mark)} of page {number} is in no tag"
                    kind = "artifact" if is_artifact else "tagged" if mark is not None else ""
                    open_marks.append(kind)
                elif name == "EMC":
                    open_marks.pop()
                elif name in PAINTS and not any(open_marks):
                    yield f"7.1-3: untagged content on page {number}: {name}"
        if missing := set(self.held) - found:
            yield f"7.1: {len(missing)} tags without content"

    def fonts(self):
        used = {}
        for page, stream in zip(self.pdf.pages, self.streams, strict=True):
            font = None
            for operands, operator in stream:
                if str(operator) == "Tf":
                    font = page.Resources.Font[operands[0]]
                    used.setdefault(font.objgen, (font, set()))
                elif str(operator) in SHOWS:
                    pieces = operands[-1] if isinstance(operands[-1], Array) else [operands[-1]]
                    for piece in pieces:
                        if isinstance(piece, pikepdf.String):
                            code = bytes(piece)
                            used[font.objgen][1].update(
                                code[n : n + 2] for n in range(0, len(code), 2)
                            )
        for font, codes in used.values():
            name = str(font.BaseFont)
            descendant = font.DescendantFonts[0] if "/DescendantFonts" in font else font
            descriptor = descendant.FontDescriptor
            if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor.keys()):
                yield f"7.21.4.1: {name} is not embedded"
            if font.Subtype == Name.Type0:
                if descendant.Subtype == Name.CIDFontType2 and "/CIDToGIDMap" not in descendant:
                    yield f"7.21.3.2: {name} has no CIDToGIDMap"
                if b"\0\0" in codes:
                    yield f"7.21.8: {name} draws .notdef"
            if "/ToUnicode" not in font:
                yield f"7.21.7: {name} has no Unicode values"
                continue
            if missing := codes - self._mapped(font.ToUnicode.read_bytes()):
                yield f"7.21.7: {name} has {len(missing)} glyphs without Unicode values"

    @staticmethod
    def _mapped(cmap):
        found = set()
        for block in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
            found.update(
                bytes.fromhex(code.decode())
                for code, words in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block)
                if int(words, 16) not in {0, 0xFEFF, 0xFFFE}
            )
        for block in re.findall(rb"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
            for first, last in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*[<\[]", block):
                for code in range(int(first, 16), int(last, 16) + 1):
                    found.add(code.to_bytes(len(first) // 2, "big"))
        return found


def faults(content):
    """Return the rules that the PDF breaks, each once, with how often."""
    return [
        f"{words} (×{number})" if number > 1 else words
        for words, number in Counter(Checked(content).faults).items()
    ]
