"""How much text the cells of a workbook show that keeps each text once and names it by number.

A reader gives each cell a copy, so that one long text in many cells of a small file would take
all memory.
"""

import re
import zipfile
from array import array
from itertools import zip_longest
from xml.parsers import expat

from dunwell.formats.workbook_refusals import damaged_workbook, too_much_text

LEAST_TEXT = 256 * 1024**2
TIMES_FILE = 8
"""What cells show may be so many times as long as the unpacked workbook: a cell with a text takes
some 40 bytes besides it, so that texts of 300 signs in every cell still pass."""
BLOCK = 1 << 18
LONGEST_PIECE = 16 * 1024**2
OVERLAP = 64

_HEAD = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^<>]*>\s*)?<sst(?:\s[^<>]*)?>\s*")
_TEXT, _TEXT_ENDS = b"<si>", b"</t></si>"
_TEXT_BEGINS = (b"<si><t>", b'<si><t xml:space="preserve">')
TAGS_OF_TEXT = 4
_STATED = re.compile(rb"uniqueCount\s*=\s*[\"']\D{0,9}(\d+)")


def most_text(size: int) -> int:
    """Return how many bytes of text all cells of so many unpacked bytes may show together."""
    return max(LEAST_TEXT, TIMES_FILE * size)


class SharedTexts:
    """Counts the cells of a workbook that show shared texts, and finds how long those are."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._cells = self._size = 0
        self._sheets: list[zipfile.ZipInfo] = []
        self._texts: list[zipfile.ZipInfo] = []

    def add(
        self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, *, size: int, cells: int
    ) -> None:
        """Take a part of so many unpacked bytes, `cells` of which may show a shared text.

        Raises TableError where it states more texts than it can hold: the reader would keep room.
        """
        if cells:
            self._cells += cells
            self._sheets.append(entry)
        if not entry.filename.lower().endswith("sharedstrings.xml"):
            return
        self._size = max(self._size, size)
        self._texts.append(entry)
        held = b""
        with archive.open(entry) as stream:
            while block := stream.read(BLOCK):
                held += block
                if any(int(stated) > size for stated in _STATED.findall(held)):
                    raise damaged_workbook(self._name, "it states more texts than it holds")
                held = held[-OVERLAP:]

    def check(self, archive: zipfile.ZipFile, *, size: int) -> None:
        """Raise TableError where all cells show more text than so many unpacked bytes may."""
        most = most_text(size)
        if self._cells * self._size <= most or self._cells * self._longest(archive) <= most:
            return
        # where there are two tables of texts, each text counts as the longer one
        lengths = array("Q")
        for entry in self._texts:
            table = _Lengths()
            self._parse(archive, entry, table)
            pairs = zip_longest(lengths, table.lengths, fillvalue=0)
            lengths = array("Q", (max(pair) for pair in pairs))
        shown = _Shown(lengths)
        for entry in self._sheets:
            self._parse(archive, entry, shown)
            if shown.size > most:
                raise too_much_text(self._name, most)

    def _longest(self, archive: zipfile.ZipFile) -> int:
        """Return the bytes of the longest text; of the whole part where it is written oddly."""
        return max((_longest(archive, one) or self._size for one in self._texts), default=0)

    def _parse(
        self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, taken: "_Lengths | _Shown"
    ) -> None:
        """Give the events of a part's XML, which must be whole."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = taken.start
        parser.EndElementHandler = taken.end
        parser.CharacterDataHandler = taken.text
        parser.StartDoctypeDeclHandler = _no_doctype
        try:
            with archive.open(entry) as stream:
                while block := stream.read(BLOCK):
                    parser.Parse(block, False)  # noqa: FBT003  expat's own order
                parser.Parse(b"", True)  # noqa: FBT003
        except (expat.ExpatError, LookupError, ValueError) as error:
            raise damaged_workbook(self._name, str(error)[:100]) from error


def _no_doctype(*_: object) -> None:
    raise ValueError("it declares a document type")


def _longest(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> int:
    """Return the bytes of the longest text, or 0 where one is not written as usual."""
    longest, held, is_begun = 0, b"", False
    with archive.open(entry) as stream:
        while block := stream.read(BLOCK):
            held += block
            if not is_begun:
                head = _HEAD.match(held)
                if head is None:
                    return 0
                held, is_begun = held[head.end() :], True
            cut = held.rfind(_TEXT)
            texts, held = held[: max(cut, 0)], held[max(cut, 0) :]
            if not _is_usual(texts) or len(held) > LONGEST_PIECE:
                return 0
            longest = max(longest, *map(len, texts.split(_TEXT_ENDS)))
    last, _, tail = held.rpartition(_TEXT_ENDS)
    if not _is_usual(last + _TEXT_ENDS) or tail.strip() != b"</sst>":
        return 0
    return max(longest, *map(len, (last, tail)))


def _is_usual(texts: bytes) -> bool:
    """Return whether there is no tag but those of texts: then none ends within another tag."""
    count = texts.count(_TEXT_ENDS)
    begun = sum(map(texts.count, _TEXT_BEGINS))
    return count == begun and texts.count(b"<") == TAGS_OF_TEXT * count


class _Lengths:
    """The bytes of each text of a table of shared texts, in its order."""

    __slots__ = ("_size", "lengths")

    def __init__(self) -> None:
        self.lengths = array("Q")
        self._size = 0

    def start(self, name: str, _: dict[str, str]) -> None:
        if name.rpartition(" ")[2] == "si":
            self._size = 0

    def text(self, text: str) -> None:
        self._size += len(text) if text.isascii() else len(text.encode("utf-8", "replace"))

    def end(self, name: str) -> None:
        if name.rpartition(" ")[2] == "si":
            self.lengths.append(self._size)


class _Shown:
    """The bytes of text that the cells of sheets show, by the lengths of the shared texts."""

    __slots__ = ("_lengths", "_told", "_wants", "size")

    def __init__(self, lengths: "array[int]") -> None:
        self._lengths = lengths
        self._told = ""
        self._wants = False
        self.size = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(" ")[2]
        if local == "c":
            self._wants = attributes.get("t") == "s"
        self._told = ""

    def text(self, text: str) -> None:
        if self._wants:
            self._told += text

    def end(self, _: str) -> None:
        if self._wants and self._told:
            try:
                number = int(self._told)
            except ValueError:
                number = -1
            if 0 <= number < len(self._lengths):
                self.size += self._lengths[number]
            self._told = ""
