"""Compound files, in which Outlook and old office programs keep folders and streams.

Pure and bounded, for files of strangers: chains that run in circles, entries that share their
bytes, folders without end are refused. By [MS-CFB], versions 3 and 4.
"""

import struct
import sys
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEADER_BYTES, ENTRY_BYTES, MINI_BYTES = 512, 128, 64
SECTOR_BYTES = {9: 512, 12: 4_096}
"""Bytes of a sector by the shift that the header names."""
LAST = 0xFFFFFFFA
"""Sector numbers above this one are marks: end of chain, free, of the table itself."""
NOBODY = 0xFFFFFFFF
END_OF_CHAIN, TABLE = 0xFFFFFFFE, 0xFFFFFFFD
IN_HEADER = 109
MOST_ENTRIES = 20_000
MOST_DEPTH = 64
FOLDER, STREAM, ROOT = 1, 2, 5


class CompoundFileError(ValueError):
    """The bytes are no compound file, or a damaged one: why, as a sentence."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Folder:
    """A folder: streams and folders by their names."""

    streams: dict[str, bytes] = field(default_factory=dict)
    folders: "dict[str, Folder]" = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    kind: int
    left: int
    right: int
    child: int
    start: int
    size: int


def read_compound_file(data: bytes) -> Folder:
    """Return the root folder with all that is in it; raises CompoundFileError."""
    if not data.startswith(OLE):
        raise CompoundFileError("The file is no compound file.")
    try:
        return _Reader(data).root()
    except (struct.error, IndexError, KeyError) as error:
        raise CompoundFileError(
            f"The compound file is damaged ({type(error).__name__})."
        ) from error


def write_compound_file(name: str, content: bytes) -> bytes:
    """Return a compound file of version 4 with one stream.

    A short stream is filled up with zeros, so that it has sectors of its own. Raises
    CompoundFileError for one of more than 400 MB.
    """
    size = SECTOR_BYTES[12]
    content = content.ljust(size, b"\0")
    per_table = size // 4
    count = -(-len(content) // size)
    tables = -(-(count + 1) // (per_table - 1))
    if tables > IN_HEADER:
        raise CompoundFileError("The stream is too long for a compound file.")
    # sectors: the table, the directory, the stream
    numbers = array("I", [TABLE] * tables + [END_OF_CHAIN])
    first = len(numbers)
    numbers.extend(range(first + 1, first + count))
    numbers.append(END_OF_CHAIN)
    numbers.extend([NOBODY] * (tables * per_table - len(numbers)))
    if sys.byteorder == "big":  # pragma: no cover -- no such machine is tested
        numbers.byteswap()
    entries = _entry_bytes("Root Entry", ROOT, child=1, start=0, size=0)
    entries += _entry_bytes(name, STREAM, child=NOBODY, start=first, size=len(content))
    header = OLE.ljust(24, b"\0") + struct.pack(
        "<HHHHH6xIIIIIIIII",
        *(0x3E, 4, 0xFFFE, 12, 6, 1, tables, tables, 0, 4096, END_OF_CHAIN, 0, END_OF_CHAIN, 0),
    )
    in_header = [*range(tables), *[NOBODY] * (IN_HEADER - tables)]
    header += struct.pack(f"<{IN_HEADER}I", *in_header)
    filled = -len(content) % size
    return b"".join(
        [
            header.ljust(size, b"\0"),
            numbers.tobytes(),
            entries.ljust(size, b"\0"),
            content,
            bytes(filled),
        ]
    )


def _entry_bytes(name: str, kind: int, *, child: int, start: int, size: int) -> bytes:
    told = name.encode("utf-16-le")
    links = struct.pack("<HBBIII", len(told) + 2, kind, 1, NOBODY, NOBODY, child)
    return told.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", start, size)


class _Reader:
    """Follows the chains of one file; what was read in all is never more than the file holds."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        self.sector = SECTOR_BYTES.get(shift, 0)
        if not self.sector or 1 << min(mini_shift, 16) != MINI_BYTES:
            raise CompoundFileError("The compound file is damaged (its sectors have no size).")
        directory, self.cutoff, mini_table, _, more, _ = struct.unpack_from("<I4xIIIII", data, 48)
        self.sectors = max(0, (len(data) - 1) // self.sector)
        self.read = 0
        self.table = self._numbers(self._table_sectors(more))
        self.mini_table = self._numbers(self._chain(mini_table))
        self.entries = self._entries(directory)
        self.mini = b""

    def root(self) -> Folder:
        """Return the root folder."""
        top = self.entries[0] if self.entries else None
        if top is None or top.kind != ROOT:
            raise CompoundFileError("The compound file is damaged (it has no root).")
        if top.size:
            self.mini = self._bytes(self._chain(top.start))[: top.size]
        return self._folder(top, seen=set(), depth=1)

    def _at(self, number: int) -> bytes:
        start = (number + 1) * self.sector
        return self.data[start : start + self.sector]

    def _numbers(self, sectors: Iterator[int]) -> "array[int]":
        found = array("I", b"")
        for number in sectors:
            piece = self._at(number)
            found.extend(struct.unpack(f"<{len(piece) // 4}I", piece[: len(piece) // 4 * 4]))
        return found

    def _table_sectors(self, more: int) -> Iterator[int]:
        """Yield the sectors of the table: those in the header, then those in further lists."""
        given = struct.unpack_from(f"<{IN_HEADER}I", self.data, 76)
        seen = 0
        while True:
            for number in given:
                if number < LAST:
                    seen += 1
                    self._check(number, seen)
                    yield number
            if more >= LAST:
                return
            seen += 1
            self._check(more, seen)
            *given_list, more = struct.unpack(f"<{self.sector // 4}I", self._at(more))
            given = tuple(given_list)

    def _check(self, number: int, seen: int) -> None:
        if number >= self.sectors:
            raise CompoundFileError("The compound file is damaged (a part of it is missing).")
        if seen > self.sectors:
            raise CompoundFileError("The compound file is damaged (it runs in a circle).")

    def _chain(self, number: int) -> Iterator[int]:
        seen = 0
        while number < LAST:
            seen += 1
            self._check(number, seen)
            yield number
            number = self.table[number]

    def _bytes(self, sectors: Iterator[int]) -> bytes:
        return b"".join(self._at(number) for number in sectors)

    def _entries(self, start: int) -> list[_Entry]:
        found: list[_Entry] = []
        for number in self._chain(start):
            piece = self._at(number)
            places = range(0, len(piece) - ENTRY_BYTES + 1, ENTRY_BYTES)
            found += [_entry(piece[at : at + ENTRY_BYTES]) for at in places]
            if len(found) > MOST_ENTRIES:
                raise CompoundFileError(f"The compound file has more than {MOST_ENTRIES} entries.")
        return found

    def _folder(self, entry: _Entry, *, seen: set[int], depth: int) -> Folder:
        if depth > MOST_DEPTH:
            raise CompoundFileError(f"Folders lie more than {MOST_DEPTH} deep in the file.")
        folder = Folder()
        waiting = [entry.child]
        while waiting:
            number = waiting.pop()
            if number == NOBODY:
                continue
            if number in seen:
                raise CompoundFileError("The compound file is damaged (it runs in a circle).")
            seen.add(number)
            one = self.entries[number]
            waiting += [one.left, one.right]
            if one.kind == STREAM:
                folder.streams[one.name] = self._stream(one)
            elif one.kind == FOLDER:
                folder.folders[one.name] = self._folder(one, seen=seen, depth=depth + 1)
        return folder

    def _stream(self, entry: _Entry) -> bytes:
        """Return what a stream holds: in sectors, or in pieces of the root's stream if short."""
        self.read += entry.size
        if self.read > len(self.data):
            raise CompoundFileError("The compound file is damaged (its parts overlap).")
        if not entry.size:
            return b""
        if entry.size >= self.cutoff:
            found = self._bytes(self._chain(entry.start))[: entry.size]
        else:
            found = b"".join(self._pieces(entry.start))[: entry.size]
        if len(found) < entry.size:
            raise CompoundFileError("The compound file is damaged (a part of it is missing).")
        return found

    def _pieces(self, number: int) -> Iterator[bytes]:
        seen = 0
        while number < LAST:
            seen += 1
            if seen > len(self.mini_table):
                raise CompoundFileError("The compound file is damaged (it runs in a circle).")
            yield self.mini[number * MINI_BYTES : (number + 1) * MINI_BYTES]
            number = self.mini_table[number]


def _entry(told: bytes) -> _Entry:
    length, kind = struct.unpack_from("<HB", told, 64)
    left, right, child = struct.unpack_from("<III", told, 68)
    start, size = struct.unpack_from("<II", told, 116)
    name = told[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
    return _Entry(name, kind, left, right, child, start, size)
