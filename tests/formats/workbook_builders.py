"""How workbooks of tests are built by hand: open documents (ODS) and old workbooks (XLS)."""

import io
import struct
import zipfile
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from tests.formats.outlook_builders import compound

SPREADSHEET = "application/vnd.oasis.opendocument.spreadsheet"
_NAMES = "urn:oasis:names:tc:opendocument:xmlns"
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<office:document-content '
    f'xmlns:office="{_NAMES}:office:1.0" xmlns:table="{_NAMES}:table:1.0" '
    f'xmlns:text="{_NAMES}:text:1.0" office:version="1.3"><office:body><office:spreadsheet>'
)
TAIL = "</office:spreadsheet></office:body></office:document-content>"
MANIFEST = '<manifest:manifest xmlns:manifest="urn:x"/>'
FIRST_DAY = date(1899, 12, 30)
BEGIN, END, GOES_ON = 0x0809, 0x000A, 0x003C


def document_cell(value, more=""):
    """A cell of an ODS as programs write it: text, number, day, truth, or empty."""
    if value in ("", None):
        return f"<table:table-cell{more}/>"
    text = f"<text:p>{escape(str(value))}</text:p>"
    if isinstance(value, bool):
        kind = f'boolean" office:boolean-value="{str(value).lower()}'
    elif isinstance(value, int | float):
        kind = f'float" office:value="{value}'
    elif isinstance(value, date):
        kind = f'date" office:date-value="{value.isoformat()}'
    else:
        kind = "string"
    return f'<table:table-cell office:value-type="{kind}"{more}>{text}</table:table-cell>'


def document_rows(rows):
    """Rows of an ODS."""
    return "".join(
        f"<table:table-row>{''.join(map(document_cell, row))}</table:table-row>" for row in rows
    )


def packed_document(content, *, manifest=MANIFEST, kind=SPREADSHEET, way=zipfile.ZIP_DEFLATED):
    """An ODS of the whole content, or of the rows of one sheet named Items."""
    if not content.startswith("<?xml"):
        content = f'{HEAD}<table:table table:name="Items">{content}</table:table>{TAIL}'
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", way) as archive:
        archive.writestr("mimetype", kind, zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return target.getvalue()


def document(sheets):
    """An ODS of sheets by their names, each ended by empty rows as programs end it."""
    empty = (
        '<table:table-row table:number-rows-repeated="1048500"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row>'
    )
    tables = "".join(
        f"<table:table table:name={quoteattr(name)}>{document_rows(rows)}{empty}</table:table>"
        for name, rows in sheets.items()
    )
    return packed_document(HEAD + tables + TAIL)


def record(kind, content=b""):
    """A record of an XLS."""
    return struct.pack("<HH", kind, len(content)) + content


def begun(kind):
    """The record that begins a book (5), a sheet (16) or a chart (32)."""
    return record(BEGIN, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))


def text_table(texts, most=8_224):
    """The shared texts of an XLS in records of at most so many bytes, signs of two bytes each."""
    pieces = [bytearray(struct.pack("<II", len(texts), len(texts)))]
    for text in texts:
        if len(pieces[-1]) > most - 20:
            pieces.append(bytearray())
        pieces[-1] += struct.pack("<HB", len(text.encode("utf-16-le")) // 2, 1)
        for sign in text:
            if len(pieces[-1]) > most - 4:
                pieces.append(bytearray(b"\1"))
            pieces[-1] += sign.encode("utf-16-le")
    first, *others = map(bytes, pieces)
    return record(0xFC, first) + b"".join(record(GOES_ON, other) for other in others)


def old_cell(row, column, value, texts):
    """The record of a cell: its text by number, its day as a number in the second format."""
    place = struct.pack("<HH", row, column)
    if isinstance(value, str):
        if value not in texts:
            texts.append(value)
        return record(0xFD, place + struct.pack("<HI", 0, texts.index(value)))
    if isinstance(value, bool):
        return record(0x0205, place + struct.pack("<HBB", 0, value, 0))
    if isinstance(value, date):
        return record(0x0203, place + struct.pack("<Hd", 1, (value - FIRST_DAY).days))
    return record(0x0203, place + struct.pack("<Hd", 0, value))


def old_sheet(rows, texts):
    """The records of the cells of a sheet, empty ones left out."""
    return b"".join(
        old_cell(row, column, value, texts)
        for row, cells in enumerate(rows)
        for column, value in enumerate(cells)
        if value not in ("", None)
    )


def old_stream(sheets, texts=(), *, more=b"", places=None):
    """The stream of an XLS from the records of its sheets by name, and its shared texts."""
    bodies = [begun(16) + body + record(END) for body in sheets.values()]
    formats = b"".join(record(0xE0, struct.pack("<HH16x", 0, one)) for one in (0, 14))
    head = begun(5) + record(0x42, struct.pack("<H", 1200)) + more + formats
    tail = text_table(list(texts)) + record(END)
    names = [name.encode("utf-16-le") for name in sheets]
    at = len(head) + sum(12 + len(name) for name in names) + len(tail)
    told = b""
    for number, (name, body) in enumerate(zip(names, bodies, strict=True)):
        place = at if places is None else places[number]
        told += record(0x85, struct.pack("<IHBB", place, 0, len(name) // 2, 1) + name)
        at += len(body)
    return head + told + tail + b"".join(bodies)


def old_workbook(sheets):
    """An XLS of rows by the names of their sheets, with dimensions as they are."""
    texts = []
    bodies = {
        name: dimensions(len(rows), max(map(len, rows))) + old_sheet(rows, texts)
        for name, rows in sheets.items()
    }
    return compound({"Workbook": old_stream(bodies, texts)})


def dimensions(rows, columns):
    """The record that states how far a sheet goes."""
    return record(0x0200, struct.pack("<IIHHH", 0, rows, 0, columns, 0))
