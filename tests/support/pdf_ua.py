"""What PDF/UA-1 asks of a document and a program can see; the decision record on reviews and leaving names each check.

The numbers are the clauses of ISO 14289-1.
"""

from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise
from typing import Any

import pypdf
from pypdf.generic import ArrayObject, ContentStream, DictionaryObject, IndirectObject

_KINDS = (
    "Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private P H H1 H2 H3 H4 H5 H6 L LI Lbl "
    "LBody Table TR TH TD THead TBody TFoot Span Quote Note Reference BibEntry Code Link Annot Figure Formula Form"
)
STANDARD = frozenset(_KINDS.split())
PAINTS = {b"Tj", b"TJ", b"'", b'"', b"f", b"F", b"f*", b"S", b"s", b"B", b"B*", b"b", b"b*", b"sh", b"Do", b"BI"}


def findings(content: bytes) -> list[str]:
    """Everything that is wrong with a document, a sentence each; nothing is right."""
    reader = pypdf.PdfReader(BytesIO(content))
    root = reader.trailer["/Root"]
    return [*_document(reader, root), *_tree(root), *(f for page in reader.pages for f in _page(page, reader))]


def words(content: bytes) -> str:
    """The text in the order in which it is read aloud, on one line."""
    pages = pypdf.PdfReader(BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def headings(content: bytes) -> list[str]:
    """The headings by their tags, in the order of the tree."""
    root = pypdf.PdfReader(BytesIO(content)).trailer["/Root"]
    return [kind for kind, _ in _elements(root) if kind in ("H1", "H2", "H3", "H4", "H5", "H6")]


def _document(reader: pypdf.PdfReader, root: Any) -> Iterator[str]:
    marks, xmp = root.get("/MarkInfo", {}), reader.xmp_metadata
    known = xmp.stream.get_data() if xmp is not None else b""
    wrong = {
        "7.1: the document is not marked as tagged": not marks.get("/Marked"),
        "7.1: the document says that its tags are suspect": bool(marks.get("/Suspects")),
        "7.1: the window shows the file's name": not root.get("/ViewerPreferences", {}).get("/DisplayDocTitle"),
        "7.1: the title is missing": xmp is None or not xmp.dc_title,
        "7.2: the document's language is not said": root.get("/Lang") != "en-GB",
        "5: the document does not say that it is PDF/UA-1": b'pdfuaid:part="1"' not in known,
        "7.16: the document is encrypted": reader.is_encrypted,
        "7.15: the document runs something": "/OpenAction" in root or "/JavaScript" in root.get("/Names", {}),
        "7.18: the document holds a form": "/AcroForm" in root,
        "7.1: there is no structure tree": "/StructTreeRoot" not in root,
        "7.1: content cannot be found from its page": "/ParentTree" not in root.get("/StructTreeRoot", {}),
    }
    yield from (sentence for sentence, found in wrong.items() if found)


def _tree(root: Any) -> Iterator[str]:
    roles = {str(name)[1:]: str(kind)[1:] for name, kind in root["/StructTreeRoot"].get("/RoleMap", {}).items()}
    kinds = []
    for own, element in _elements(root):
        kind = roles.get(own, own)
        kinds.append(kind)
        yield from _element(kind, element)
    yield from _levels([int(kind[1]) for kind in kinds if len(kind) == 2 and kind[0] == "H" and kind[1].isdigit()])


def _element(kind: str, element: Any) -> Iterator[str]:
    if kind not in STANDARD:
        yield f"7.1: {kind} is no standard structure type"
    if kind == "Figure" and not element.get("/Alt"):
        yield "7.3: a figure has no words in its place"
    below = {str(each["/S"])[1:] for each in _children(element)}
    allowed = {"L": {"LI", "L", "Caption"}, "LI": {"Lbl", "LBody"}}.get(kind)
    if allowed is not None and not below <= allowed:
        yield f"7.6: {kind} holds {sorted(below)}"


def _levels(levels: list[int]) -> Iterator[str]:
    if not levels:
        yield "7.4: there is no heading"
    for before, level in pairwise([0, *levels]):
        if level > before + 1:
            yield f"7.4.2: H{level} follows H{before}"


def _page(page: Any, reader: pypdf.PdfReader) -> Iterator[str]:
    if page.get("/Annots"):
        if page.get("/Tabs") != "/S":
            yield "7.18.3: the tab order is not that of the tags"
        yield from (
            "7.18.5: a link says nothing of where it leads"
            for each in page["/Annots"]
            if each.get_object().get("/Subtype") == "/Link" and not each.get_object().get("/Contents")
        )
    for font in page["/Resources"].get("/Font", {}).values():
        yield from _font(font.get_object())
    open_marks: list[bool] = []
    for operands, operator in ContentStream(page.get_contents(), reader).operations:
        if operator in (b"BDC", b"BMC"):
            marked = operands[0] == "/Artifact" or (len(operands) > 1 and "/MCID" in _named(operands[1], page))
            open_marks.append(marked)
        elif operator == b"EMC":
            open_marks.pop()
        elif operator in PAINTS and not any(open_marks):
            yield f"7.1: something is painted ({operator.decode()}) that is neither tagged nor decoration"


def _named(properties: Any, page: Any) -> Any:
    if isinstance(properties, DictionaryObject):
        return properties
    return page["/Resources"].get("/Properties", {}).get(properties, {})


def _font(font: Any) -> Iterator[str]:
    below = font.get("/DescendantFonts", [font])[0].get_object()
    descriptor = below.get("/FontDescriptor", {})
    if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor):
        yield f"7.21.4: {font.get('/BaseFont')} is not embedded"
    if "/ToUnicode" not in font:
        yield f"7.21.7: {font.get('/BaseFont')} does not say which letters it shows"


def _elements(root: Any) -> Iterator[tuple[str, Any]]:
    """Every structure element with its type, in the order of the tree."""
    waiting = _children(root["/StructTreeRoot"])
    while waiting:
        element = waiting.pop(0)
        yield str(element["/S"])[1:], element
        waiting[:0] = _children(element)


def _children(element: Any) -> list[Any]:
    kids = element.get("/K", [])
    kids = kids if isinstance(kids, ArrayObject) else [kids]
    found = [each.get_object() if isinstance(each, IndirectObject) else each for each in kids]
    return [each for each in found if isinstance(each, DictionaryObject) and "/S" in each]
