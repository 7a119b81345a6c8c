"""What a file from a stranger is, told by its bytes, and a name that is safe to keep and send."""

import re
import unicodedata
import zipfile
from io import BytesIO
from pathlib import PurePosixPath

MOST_BYTES = 10 * 1024 * 1024
LONGEST_NAME = 100
_OFFICE = {
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
ENDINGS = {
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/tiff": ".tif",
    _OFFICE["xl/workbook.xml"]: ".xlsx",
    _OFFICE["word/document.xml"]: ".docx",
}
"""Types that are taken, and how their names end, whatever the sender called them."""


class DocumentTypeError(ValueError):
    """The file cannot be taken: why, and what to send instead."""


def document_type(data: bytes) -> str:
    """Return the media type of the bytes.

    Raises DocumentTypeError for an empty file, one too large, a type that is not taken, an
    office file with macros, and a PDF that starts programs.
    """
    if not data:
        raise DocumentTypeError("The file is empty. Save it again and send it.")
    if len(data) > MOST_BYTES:
        most = MOST_BYTES // 1024 // 1024
        raise DocumentTypeError(f"The file has more than {most} MB. Send it in parts.")
    if data.startswith(b"%PDF-"):
        if b"/Launch" in data or b"/EmbeddedFile" in data:
            raise DocumentTypeError("The PDF carries a program or other files. Print it anew.")
        return "application/pdf"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith((b"II*\x00", b"MM\x00*")):
        return "image/tiff"
    if data.startswith(b"PK\x03\x04"):
        return _office(data)
    raise DocumentTypeError("Send a PDF, a picture (PNG, JPEG, TIFF), or an XLSX or DOCX file.")


def safe_name(name: str, media_type: str) -> str:
    """Return a file name of plain letters with the ending of its type, never a path."""
    stem = PurePosixPath(name.replace("\\", "/")).stem
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    told = re.sub(r"[^A-Za-z0-9_-]+", "-", plain).strip("-_")[:LONGEST_NAME]
    return f"{told or 'document'}{ENDINGS.get(media_type, '.bin')}"


def _office(data: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise DocumentTypeError("The file is damaged. Save it again and send it.") from error
    if any("vbaproject" in name.lower() or name.lower().endswith(".exe") for name in names):
        raise DocumentTypeError("The file holds macros. Save it without them.")
    for part, media_type in _OFFICE.items():
        if part in names:
            return media_type
    raise DocumentTypeError("Archives are not taken. Send each file by itself.")
