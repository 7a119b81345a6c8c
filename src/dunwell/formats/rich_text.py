"""Rich text (RTF) as Outlook keeps words in it: unpacked, and read as plain text.

Pure and bounded; by [MS-OXRTFCP] and [MS-OXRTFEX]. HTML wrapped in rich text is HTML again.
"""

import re
import struct
from dataclasses import dataclass

from dunwell.formats.mail_text import MOST_TEXT

MOST_BYTES = 4 * 1024 * 1024
HEADER_BYTES = 16
PACKED, WHOLE = b"LZFu", b"MELA"
KNOWN = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript "
    rb"\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
"""What every packed text may point back to."""
RING = 4_096
TOKEN = re.compile(
    rb"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-f]{2})|\\([^a-z])|([{}])|([^\\{}\r\n]+)|[\r\n]+",
    re.IGNORECASE,
)
NOT_WORDS = frozenset(
    b"fonttbl colortbl stylesheet info pict object header footer generator listtable".split()
)
SIGNS = {b"par": "\n", b"line": "\n", b"tab": "\t", b"cell": "\t", b"row": "\n"} | {
    b"emdash": "-", b"endash": "-", b"bullet": "*",
    b"lquote": "'", b"rquote": "'", b"ldblquote": '"', b"rdblquote": '"',
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class RichText:
    """What a rich text holds: words, or the source of a page of HTML."""

    text: str
    is_page: bool


class RichTextError(ValueError):
    """The bytes are no rich text, or a damaged one: why, as a sentence."""


def unpacked(data: bytes) -> bytes:
    """Return the rich text that a property of a mail packs; raises RichTextError."""
    if len(data) < HEADER_BYTES:
        raise RichTextError("The rich text is cut off.")
    size, kind = struct.unpack_from("<4xI4s", data)
    told = data[HEADER_BYTES:]
    if kind == WHOLE:
        return told[: min(size, MOST_BYTES)]
    if kind != PACKED:
        raise RichTextError("The rich text is packed in a way that is not known.")
    return _unpacked(told, min(size, MOST_BYTES))


def _unpacked(told: bytes, size: int) -> bytes:
    ring = bytearray(KNOWN.ljust(RING, b"\0"))
    place, at = len(KNOWN), 0
    found = bytearray()
    while at < len(told) and len(found) < size:
        signs, at = told[at], at + 1
        for bit in range(8):
            if not signs >> bit & 1:
                piece, at = told[at : at + 1], at + 1
                start = None
            else:
                if at + 2 > len(told):
                    return bytes(found)
                (pair,) = struct.unpack_from(">H", told, at)
                at += 2
                start = pair >> 4
                if start == place:
                    return bytes(found)
                piece = bytes((pair & 15) + 2)
            for number in range(len(piece)):
                one = piece[number] if start is None else ring[(start + number) % RING]
                ring[place] = one
                place = (place + 1) % RING
                found.append(one)
    return bytes(found[:size])


def rich_text(data: bytes) -> RichText:
    """Return what a rich text holds, paragraphs as lines; raises RichTextError for none."""
    if not data.startswith(b"{\\rtf"):
        raise RichTextError("The words are no rich text.")
    reader = _Reader(data)
    return RichText(text=reader.text(), is_page=reader.is_page)


class _Reader:
    """Goes over the tokens once; what a group changes ends with the group."""

    def __init__(self, data: bytes) -> None:
        self.data = data[:MOST_BYTES]
        self.charset = "cp1252"
        self.kept: list[str] = []
        self.raw = bytearray()
        self.above: list[tuple[bool, bool, int]] = []
        self.is_hidden = self.is_wrapping = self.is_page = False
        self.stands_for, self.skipped = 1, 0

    def text(self) -> str:
        """Return the words."""
        for found in TOKEN.finditer(self.data):
            word, number, code, sign, brace, plain = found.groups()
            if brace:
                self._brace(brace)
            elif word:
                self._word(word.lower(), number)
            elif code:
                self._bytes(bytes.fromhex(code.decode()))
            elif sign:
                self._sign(sign)
            elif plain:
                self._bytes(plain)
        self._end_bytes()
        # halves of a character beyond the first 65,536 come one by one
        told = "".join(self.kept).encode("utf-16-le", "surrogatepass")
        return told.decode("utf-16-le", "replace")[:MOST_TEXT].strip("\n")

    def _brace(self, brace: bytes) -> None:
        self._end_bytes()
        self.skipped = 0
        if brace == b"{":
            self.above.append((self.is_hidden, self.is_wrapping, self.stands_for))
        elif self.above:
            self.is_hidden, self.is_wrapping, self.stands_for = self.above.pop()

    def _word(self, word: bytes, number: bytes | None) -> None:
        if word == b"u" and number:
            self._end_bytes()
            self._say(chr(int(number) % 65_536))
            self.skipped = self.stands_for
        elif word == b"uc" and number:
            self.stands_for = min(max(int(number), 0), 9)
        elif word == b"ansicpg" and number:
            self.charset = "utf-8" if number == b"65001" else f"cp{int(number)}"
        elif word == b"htmlrtf":
            self._end_bytes()
            self.is_wrapping = number != b"0"
        elif word == b"fromhtml":
            self.is_page = True
        elif word == b"htmltag" and self.is_page:
            self.is_hidden = False
        elif word in NOT_WORDS:
            self.is_hidden = True
        elif word in SIGNS:
            self._end_bytes()
            self._say(SIGNS[word])

    def _sign(self, sign: bytes) -> None:
        if sign == b"*":
            self.is_hidden = True
        elif sign in b"\\{}":
            self._bytes(sign)
        elif sign == b"~":
            self._bytes(b" ")
        elif sign in b"\r\n":
            self._say("\n")

    def _bytes(self, told: bytes) -> None:
        left = told[self.skipped :]
        self.skipped = max(0, self.skipped - len(told))
        self.raw += left

    def _end_bytes(self) -> None:
        if not self.raw:
            return
        try:
            self._say(bytes(self.raw).decode(self.charset, "replace"))
        except LookupError:
            self._say(bytes(self.raw).decode("cp1252", "replace"))
        self.raw.clear()

    def _say(self, text: str) -> None:
        if not (self.is_hidden or self.is_wrapping):
            self.kept.append(text)
