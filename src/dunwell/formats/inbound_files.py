"""Files that strangers send with a mail: what they are by their bytes, and which are dangerous.

A file is named by its content, never by its name; what can start a program, hides what is in it
or unpacks to too much is told with the reason. Archives are looked into once, within bounds.
"""

import re
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath

from dunwell.formats.compound_file import OLE
from dunwell.formats.mail_text import UNSEEN
from dunwell.formats.outlook_mail import is_outlook_mail

LONGEST_NAME = 150
MOST_ENTRIES = 1_000
MOST_UNPACKED = 200 * 1024 * 1024
LOOKED_AT = 4_096
"""Bytes of an entry of an archive by which its type is told."""
MOST_LOOKED_AT = 200
"""Entries of an archive that are unpacked that far; the others are judged by their names."""
_ENDINGS = {
    "programs": (
        "exe scr com bat cmd ps1 psm1 vbs vbe js jse mjs wsf wsh hta msi msp msix "
        "appx jar lnk iso img vhd vhdx dll cpl reg pif scf url chm dmg pkg sh bash "
        "app apk deb rpm py pyc pyw pl rb jnlp gadget inf ins isp job sct shb sys vb "
        "xll application appref-ms library-ms search-ms settingcontent-ms website "
        "one mht mhtml"
    ),
    "macros": "docm dotm xlsm xltm xlam pptm potm ppam ppsm sldm",
    "pages": "htm html xhtml xht shtml svg svgz",
    "packed": "rar 7z gz tgz bz2 xz tar cab ace arj lzh z zst",
}
_SETS = {kind: frozenset(told.split()) for kind, told in _ENDINGS.items()}
PROGRAMS, MACRO_FILES = _SETS["programs"], _SETS["macros"]
PAGES, PACKED = _SETS["pages"], _SETS["packed"]
NOT_IN_TEXT = frozenset(range(32)) - frozenset(b"\t\n\v\f\r\x1b")
OUTLOOK = "application/vnd.ms-outlook"
PROGRAM_STARTS = (
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"\xcf\xfa\xed\xfe", "a program"),
    (b"\xce\xfa\xed\xfe", "a program"),
    (b"#!", "a script"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "a link that starts a program"),
    (b"ITSF", "a help file that starts programs"),
)
PACKED_STARTS = (
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"MSCF",
    b"\x28\xb5\x2f\xfd",
)
STARTS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"BM", "image/bmp"),
    (b"\x78\x9f\x3e\x22", "application/ms-tnef"),
)
OFFICE = (
    ("xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (
        "word/document.xml",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    (
        "ppt/presentation.xml",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
)
OPEN_DOCUMENT = re.compile(
    rb"application/vnd\.oasis\.opendocument\.(text|spreadsheet|presentation)"
)
ENDINGS = {
    "application/pdf": "pdf",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/tiff": "tif",
    "image/bmp": "bmp",
    "image/webp": "webp",
    "text/calendar": "ics",
    "text/vcard": "vcf",
    "application/zip": "zip",
    "application/rtf": "rtf",
    "message/rfc822": "eml",
    OUTLOOK: "msg",
    OFFICE[0][1]: "xlsx",
    OFFICE[1][1]: "docx",
    OFFICE[2][1]: "pptx",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
}
"""How the names of types end whose ending is one; others keep the ending they came with."""
WINMAIL = "winmail.dat hides its files. Ask the sender to write in HTML or plain text."
PAGE_START = re.compile(
    rb"\s*(<!--.{0,400}?-->\s*)*<(!doctype\s+html|html|head|body|script|svg)\b", re.I | re.S
)
MAIL_START = re.compile(rb"(received|from|return-path|mime-version|date|message-id):\s", re.I)


@dataclass(frozen=True, kw_only=True, slots=True)
class FileJudgement:
    """The type of a file by its content, and why it must not be opened; empty for no reason."""

    media_type: str
    finding: str = ""


def judge_file(name: str, data: bytes) -> FileJudgement:
    """Return what a file is and the finding against it; never raises."""
    ending = _ending(name)
    judged = _by_content(data, ending)
    finding = ""
    if ending in PROGRAMS:
        finding = f"Files that end in .{ending} can start programs."
    elif ending in MACRO_FILES:
        finding = "Files of this kind hold macros."
    for start, what in PROGRAM_STARTS:
        if data.startswith(start) and not (start == b"MZ" and _is_text(data)):
            finding = f"The file is {what}."
    return FileJudgement(media_type=judged.media_type, finding=finding or judged.finding)


def file_name(name: str, media_type: str) -> str:
    """Return a name that is safe to show and send: no path, no unseen characters, an ending."""
    told = unicodedata.normalize("NFC", name.replace("\\", "/")).translate(UNSEEN)
    last = PurePosixPath(told).name
    kept = "".join(
        one for one in last if unicodedata.category(one)[0] != "C" and one not in '<>:"|?*'
    )
    stem, dot, ending = kept.rpartition(".")
    if not dot:
        stem, ending = kept, ""
    ending = ENDINGS.get(media_type, ending)[:12].strip()
    stem = stem.strip(". ")[: LONGEST_NAME - len(ending) - 1] or "file"
    return f"{stem}.{ending}" if ending else stem


def _by_content(data: bytes, ending: str) -> FileJudgement:
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(data)
    if data.startswith(OLE):
        return _compound(data)
    if data.startswith(PACKED_STARTS) or ending in PACKED or data[257:262] == b"ustar":
        return FileJudgement(
            media_type="application/octet-stream",
            finding="Archives other than zip cannot be looked into.",
        )
    if b"%PDF-" in data[:1024]:
        return FileJudgement(
            media_type="application/pdf",
            finding="The PDF starts a program." if b"/Launch" in data else "",
        )
    media_type = next((told for start, told in STARTS if data.startswith(start)), "")
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        media_type = "image/webp"
    if media_type:
        return FileJudgement(
            media_type=media_type, finding=WINMAIL if media_type == "application/ms-tnef" else ""
        )
    return _of_text(data, ending)


def _of_text(data: bytes, ending: str) -> FileJudgement:
    head = data[:4_096].lstrip(b"\xef\xbb\xbf")
    if ending in PAGES or PAGE_START.match(head.replace(b"\0", b"")):
        return FileJudgement(
            media_type="text/html", finding="Web pages and SVG pictures can run scripts."
        )
    if head.startswith(b"{\\rtf"):
        has_object = b"\\obj" in data or b"\\objdata" in data
        return FileJudgement(
            media_type="application/rtf", finding="The text holds a program." if has_object else ""
        )
    return FileJudgement(media_type=_plain_type(data))


def _plain_type(data: bytes) -> str:
    """Return the type of what is no known container: text of some kind, or unknown."""
    head = data[:4_096].lstrip(b"\xef\xbb\xbf")
    if head.startswith(b"BEGIN:VCALENDAR"):
        return "text/calendar"
    if head.startswith(b"BEGIN:VCARD"):
        return "text/vcard"
    if MAIL_START.match(head):
        return "message/rfc822"
    if head.lstrip().startswith(b"<?xml"):
        return "application/xml"
    return "text/plain" if data and _is_text(data) else "application/octet-stream"


def _is_text(data: bytes) -> bool:
    head = data[:4_096]
    return not any(byte in NOT_IN_TEXT for byte in head)


def _compound(data: bytes) -> FileJudgement:
    """Judge an old office file: its streams have names in UTF-16.

    What lies in a mail of Outlook is judged where the mail is opened.
    """
    if is_outlook_mail(data):
        return FileJudgement(media_type=OUTLOOK)
    if "EncryptedPackage".encode("utf-16-le") in data:
        finding = "The file is encrypted, so that nobody can look into it."
    elif b"_VBA_PROJECT" in data or any(
        name.encode("utf-16-le") in data for name in ("_VBA_PROJECT", "VBA", "Macros")
    ):
        finding = "The file holds macros."
    else:
        finding = ""
    return FileJudgement(media_type="application/x-ole-storage", finding=finding)


def _zipped(data: bytes) -> FileJudgement:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
            media_type = _zip_type(archive, {entry.filename for entry in entries})
            return FileJudgement(
                media_type=media_type,
                finding=_zip_finding(archive, entries, is_office=media_type != "application/zip"),
            )
    except (
        zipfile.BadZipFile,
        zlib.error,
        ValueError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        return FileJudgement(
            media_type="application/zip",
            finding=f"The archive cannot be looked into: {error}."[:300],
        )
    except (OSError, EOFError, KeyError, MemoryError, OverflowError):
        return FileJudgement(media_type="application/zip", finding="The archive is damaged.")


def _zip_type(archive: zipfile.ZipFile, names: set[str]) -> str:
    for part, media_type in OFFICE:
        if part in names:
            return media_type
    if "mimetype" in names:
        with archive.open("mimetype") as file:
            told = file.read(200)
        if OPEN_DOCUMENT.match(told):
            return told.decode("ascii", "replace")[:100]
    return "application/zip"


def _zip_finding(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], *, is_office: bool
) -> str:
    """Return the first thing against an archive; empty where there is none."""
    if len(entries) > MOST_ENTRIES:
        return f"The archive has {len(entries)} entries; at most {MOST_ENTRIES} are looked at."
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        return f"The archive unpacks to more than {MOST_UNPACKED // 1024**2} MB."
    if any(entry.flag_bits & 1 for entry in entries):
        return "The archive is encrypted, so that nobody can look into it."
    for place, entry in enumerate(one for one in entries if not one.is_dir()):
        finding = _entry_finding(entry.filename, is_office=is_office)
        if not finding and not is_office and place < MOST_LOOKED_AT:
            with archive.open(entry) as file:
                finding = _head_finding(entry.filename, file.read(LOOKED_AT))
        if finding:
            return finding
    return ""


def _entry_finding(name: str, *, is_office: bool) -> str:
    """Return what the name of an entry tells against it."""
    ending = _ending(name)
    if "vbaproject" in name.lower() or ending in MACRO_FILES:
        return "The file holds macros."
    if ending in PROGRAMS or (not is_office and ending in PAGES):
        return f"The archive holds {file_name(name, '')}, which can start programs."
    return ""


def _head_finding(name: str, head: bytes) -> str:
    """Return what the first bytes of an entry tell against it."""
    if head.startswith((b"PK\x03\x04", *PACKED_STARTS)) and not _is_office_name(name):
        return f"The archive holds another archive, {file_name(name, '')}."
    if head.startswith(tuple(start for start, _ in PROGRAM_STARTS)):
        return f"The archive holds {file_name(name, '')}, which can start programs."
    return ""


def _is_office_name(name: str) -> bool:
    return _ending(name) in {"docx", "xlsx", "pptx", "odt", "ods", "odp"}


def _ending(name: str) -> str:
    return name.lower().translate(UNSEEN).strip(". \t\r\n\0").rpartition(".")[2]
