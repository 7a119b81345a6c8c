"""Files for items as people send them: single or packed, and the numbers their names may mean."""

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath

from dunwell.formats.archive import DAMAGED_ZIP
from dunwell.formats.document_types import MOST_BYTES

MOST_ENTRIES = 2_000
MOST_UNPACKED = 400 * 1024 * 1024
"""Bytes of all files of an archive together."""

LONGEST_STEM = 120
MOST_WORDS = 12
SEPARATORS = ("-", "/", "_", ".", " ", "")
"""What may stand in a number where its file name has another sign: names take no slash."""

_WORD = re.compile(r"[^\W_]+")
_IGNORED = ("__macosx", ".ds_store", "thumbs.db")


class ArchiveError(ValueError):
    """The archive cannot be read; the message says why and what to send instead."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PackedFile:
    """One file: the name it came with and its bytes; `trouble` says why it was left out."""

    name: str
    data: bytes = b""
    trouble: str = ""


def unpacked(files: Sequence[tuple[str, bytes]]) -> Iterator[PackedFile]:
    """Yield the files, those of zips one by one; a file that is too large comes with its trouble.

    Sizes stated in a zip are not believed: what is unpacked is counted. Raises ArchiveError for
    a damaged or encrypted zip, and for one with too many files or too many bytes.
    """
    total = 0
    for name, data in files:
        if not data.startswith(b"PK\x03\x04") or not name.lower().endswith(".zip"):
            yield PackedFile(name=name, data=data)
            continue
        for file in _entries(name, data):
            total += len(file.data)
            if total > MOST_UNPACKED:
                most = MOST_UNPACKED // 1024**2
                raise ArchiveError(f"{name} unpacks to more than {most} MB. Send it in parts.")
            yield file


def numbers_in(name: str) -> tuple[str, ...]:
    """Return the numbers a file name may stand for, the longest first.

    Every run of its words counts, with the signs between them and with each of SEPARATORS, so
    that "Invoice INV_2026_001 copy.pdf" may be INV/2026/001.
    """
    stem = PurePosixPath(name.replace("\\", "/")).stem[:LONGEST_STEM]
    words = list(_WORD.finditer(stem))[:MOST_WORDS]
    found: dict[str, None] = {}
    for length in range(len(words), 0, -1):
        for first in range(len(words) - length + 1):
            run = words[first : first + length]
            found.setdefault(stem[run[0].start() : run[-1].end()])
            for separator in SEPARATORS:
                found.setdefault(separator.join(word.group() for word in run))
    return tuple(one for one in found if any(sign.isdigit() for sign in one))


def _entries(name: str, data: bytes) -> Iterator[PackedFile]:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = [one for one in archive.infolist() if _is_file(one)]
            if len(entries) > MOST_ENTRIES:
                raise ArchiveError(
                    f"{name} holds {len(entries)} files; send at most {MOST_ENTRIES} at once."
                )
            for entry in entries:
                yield _unpacked(archive, entry)
    except DAMAGED_ZIP as error:
        if isinstance(error, ArchiveError):
            raise
        raise ArchiveError(f"{name} is damaged or encrypted. Pack it again.") from error


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> PackedFile:
    name = PurePosixPath(entry.filename.replace("\\", "/")).name
    with archive.open(entry) as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        return PackedFile(name=name, trouble=f"larger than {MOST_BYTES // 1024**2} MB")
    return PackedFile(name=name, data=data)


def _is_file(entry: zipfile.ZipInfo) -> bool:
    told = entry.filename.lower()
    return not entry.is_dir() and not any(part in told for part in _IGNORED)
