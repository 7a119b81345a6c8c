"""One door for bank files: recognise the format by content, read it, prove its sums."""

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace

from dunwell.formats.archive import DAMAGED_ZIP
from dunwell.formats.bank.balances import balance_findings
from dunwell.formats.bank.fields import quote
from dunwell.formats.bank.identities import content_sha256
from dunwell.formats.bank.registry import FORMATS
from dunwell.formats.bank.sheet_file import AS_FOUND
from dunwell.formats.bank.sheet_profile import SheetProfile
from dunwell.formats.bank.statement import BankFile, StatementError
from dunwell.formats.bank.text import head
from dunwell.formats.workbooks import ZIP, is_workbook

MOST_BYTES = 64 * 1024**2
"""Largest bank file and largest content of a packed one, in bytes."""
MOST_PACKED = 200
"""Most files in a packed delivery."""
MOST_RATIO = 200
"""Bytes unpacked per byte packed; statements pack 10 to 30 times."""
SPREADSHEET = ("[Content_Types].xml", "xl/")
BLOCK = 1 << 20

Profiles = Callable[[bytes, str], SheetProfile]
"""Returns how a sheet is read, by its content and name."""


def as_found(content: bytes, name: str) -> SheetProfile:  # noqa: ARG001  the signature of Profiles
    """Return the profile that leaves everything to the file."""
    return AS_FOUND


def read_bank_file(content: bytes, name: str, *, profiles: Profiles = as_found) -> BankFile:
    """Return what a bank file holds; a zip of bank files gives all their statements.

    `name` is only for messages; `profiles` says how sheets are read. Every statement comes with
    its findings: balances that do not add up, what was assumed. Raises StatementError (file,
    place, reason) and nothing else.
    """
    if len(content) > MOST_BYTES:
        raise StatementError(
            name,
            "whole file",
            f"the file has more than {MOST_BYTES // 1024**2} MB. Ask the bank for one file per "
            "account and day",
        )
    if not content.strip():
        raise StatementError(name, "whole file", "the file is empty. Fetch it from the bank again")
    packed = _packed(content, name)
    if packed is None:
        return _read(content, name, profiles)
    files = [_read(inner, f"{name}/{inner_name}", profiles) for inner_name, inner in packed]
    names = sorted({file.format for file in files})
    return BankFile(
        format=" and ".join(names),
        statements=tuple(statement for file in files for statement in file.statements),
        content_sha256=content_sha256(content),
        findings=tuple(finding for file in files for finding in file.findings),
    )


def _read(content: bytes, name: str, profiles: Profiles) -> BankFile:
    """Return one unpacked file with identities and findings."""
    for known in FORMATS:
        if known.sniff(content, name):
            if known.read_sheet is None:
                file = known.read(content, name)
            else:
                file = known.read_sheet(content, name, profile=profiles(content, name))
            statements = tuple(
                replace(
                    statement,
                    findings=(*statement.findings, *balance_findings(statement)),
                )
                for statement in file.statements
            )
            return replace(file, statements=statements, content_sha256=content_sha256(content))
    names = ", ".join(known.name for known in FORMATS)
    raise StatementError(
        name,
        "line 1",
        f"the file begins with {quote(head(content)[:200])} and is of no bank format known here "
        f"({names}). Choose another export of the bank",
    )


def _packed(content: bytes, name: str) -> list[tuple[str, bytes]] | None:
    """Return the files of a zip, or None for what is no zip (or a spreadsheet)."""
    if not content.startswith(ZIP) or is_workbook(content):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            inner = [entry for entry in archive.infolist() if not entry.is_dir()]
            if any(entry.filename.startswith(SPREADSHEET) for entry in inner):
                return None
            found = _all_unpacked(archive, inner, name=name, packed=len(content))
    except StatementError:
        raise
    except DAMAGED_ZIP as error:
        raise StatementError(
            name,
            "whole file",
            f"the zip is damaged, cut off or encrypted ({error}). Fetch it again",
        ) from error
    if not found:
        raise StatementError(
            name, "whole file", "the zip holds no file. Fetch it from the bank again"
        )
    return found


def _all_unpacked(
    archive: zipfile.ZipFile, inner: Sequence[zipfile.ZipInfo], *, name: str, packed: int
) -> list[tuple[str, bytes]]:
    """Return name and bytes of the files of a zip that hold anything."""
    if len(inner) > MOST_PACKED:
        raise StatementError(
            name, "whole file", f"the zip holds more than {MOST_PACKED} files. Send fewer at once"
        )
    found: list[tuple[str, bytes]] = []
    left = min(MOST_BYTES, MOST_RATIO * packed)
    for entry in inner:
        data = _unpacked(archive, entry, name=name, most=left)
        left -= len(data)
        if data.strip() and not entry.filename.startswith("__MACOSX/"):
            found.append((entry.filename, data))
    return found


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, *, name: str, most: int) -> bytes:
    """Return a file of the zip; sizes it states are not believed but counted."""
    blocks = []
    size = 0
    with archive.open(entry) as stream:
        while block := stream.read(BLOCK):
            size += len(block)
            if size > most:
                raise StatementError(
                    name,
                    entry.filename[:100],
                    "it unpacks to far more data than bank files hold. It was not opened",
                )
            blocks.append(block)
    return b"".join(blocks)
