"""Which encoding a text file is written in, and its text as UTF-8 bytes without loss.

A file that mixes encodings is decoded line by line (UTF-8 where the line is UTF-8,
the single-byte encoding elsewhere) and every such line is reported: nothing is replaced.
"""

import codecs
from dataclasses import dataclass

from charset_normalizer import from_bytes

from dunwell.formats.findings import TableError

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CHUNK = 1 << 24
SAMPLE = 1 << 16
SHORTEST_WIDE = 4
WESTERN = ("cp1252", "cp850", "mac_roman")
"""Single-byte encodings of English, German, French and Spanish exports, most common first."""
EXPECTED = frozenset("äöüÄÖÜßéèêëàâçîïôûùœÉÈÀÇñÑáíóúÁÍÓÚ¿¡€£§°«»“”—…\u00a0\u2013\u2018\u2019")
"""Characters beyond ASCII that such files are expected to hold."""
ENOUGH = 0.5
"""Share of expected characters from which a western reading is accepted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OddLine:
    """A line in another encoding than the rest: its number, first byte and text as read."""

    line: int
    offset: int
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Decoded:
    """The text as UTF-8 bytes, the encoding it was in, and the lines that were in another."""

    data: bytes
    encoding: str
    is_certain: bool
    odd_lines: tuple[OddLine, ...] = ()


def decode(data: bytes, *, name: str, encoding: str = "") -> Decoded:
    """Return the file's text as UTF-8 bytes; `encoding` overrides detection.

    Raises TableError for an unknown encoding name, for text that the given encoding
    cannot hold, and for binary data.
    """
    if encoding:
        return _as_told(data, name=name, encoding=encoding)
    for bom, found in BOMS:
        if data.startswith(bom):
            return _as_told(data, name=name, encoding=found)
    wide = _utf16_without_bom(data)
    if wide:
        return _as_told(data, name=name, encoding=wide)
    zero = data.find(b"\0")
    if zero >= 0:
        raise TableError(
            f"{name}: byte {zero + 1} is zero, so this is no text table but a binary or damaged "
            "file. Export it again as CSV, XLSX or Parquet."
        )
    bad = _first_bad_byte(data)
    if bad < 0:
        return Decoded(data=data, encoding="utf-8", is_certain=True)
    return _single_byte(data)


def _as_told(data: bytes, *, name: str, encoding: str) -> Decoded:
    try:
        label = codecs.lookup(encoding).name
    except LookupError as error:
        raise TableError(
            f"{name}: the encoding {encoding!r} is not known. Name one such as utf-8 or cp1252."
        ) from error
    try:
        text = data.decode(encoding)
    except (UnicodeError, ValueError, TypeError, LookupError) as error:
        where = getattr(error, "start", 0) + 1
        raise TableError(
            f"{name}: byte {where} cannot be read as {label}. Choose another encoding or export "
            "the file again as UTF-8."
        ) from error
    if not isinstance(text, str) or "\0" in text:
        raise TableError(f"{name}: holds zero characters when read as {label}; it is not a table.")
    clean = text.removeprefix("\ufeff").encode("utf-8", "replace")
    return Decoded(data=clean, encoding=label, is_certain=True)


def _utf16_without_bom(data: bytes) -> str:
    sample = data[: SAMPLE // 8]
    half = len(sample) // 2
    if half < SHORTEST_WIDE or len(data) % 2:
        return ""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd > half * 0.6 and even < half * 0.1:
        return "utf-16-le"
    if even > half * 0.6 and odd < half * 0.1:
        return "utf-16-be"
    return ""


def _first_bad_byte(data: bytes) -> int:
    """Return the offset of the first byte that is not UTF-8, or -1; works in chunks."""
    if data.isascii():
        return -1
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(data), CHUNK):
        held = len(decoder.getstate()[0])
        try:
            decoder.decode(data[start : start + CHUNK], final=start + CHUNK >= len(data))
        except UnicodeDecodeError as error:
            return start - held + error.start
    return -1


def _score(sample: bytes, encoding: str) -> float:
    high = sample.translate(None, bytes(range(128)))
    text = high.decode(encoding, "replace")
    return sum(character in EXPECTED for character in text) / max(1, len(text))


def _guess(high_lines: bytes) -> tuple[str, bool]:
    """Return the single-byte encoding that fits best and whether it fits well."""
    best = max(WESTERN, key=lambda encoding: (_score(high_lines, encoding), encoding == "cp1252"))
    if _score(high_lines, best) >= ENOUGH:
        return best, True
    match = from_bytes(high_lines[: SAMPLE // 4]).best()
    if match is None or match.encoding in {"ascii", "utf_8"}:
        return "cp1252", False
    try:
        high_lines.decode(match.encoding)
    except (UnicodeError, LookupError):
        return "cp1252", False
    return codecs.lookup(match.encoding).name, False


def _whole(line: bytes, encoding: str) -> str:
    """Decode a line; a byte the code page leaves undefined keeps its number: nothing is lost."""
    try:
        return line.decode(encoding)
    except UnicodeError:
        return "".join(
            chr(byte) if (one := bytes([byte]).decode(encoding, "replace")) == "\ufffd" else one
            for byte in line
        )


def _single_byte(data: bytes) -> Decoded:
    lines = data.split(b"\n")
    wide, odd, offset = 0, [], 0
    for number, line in enumerate(lines):
        if not line.isascii():
            try:
                line.decode("utf-8")
                wide += 1
            except UnicodeDecodeError:
                odd.append((number, offset))
        offset += len(line) + 1
    sample = b"\n".join(lines[number] for number, _ in odd[:5000])[:SAMPLE]
    encoding, is_certain = _guess(sample)
    if not wide:
        text = _whole(data, encoding)
        return Decoded(data=text.encode("utf-8"), encoding=encoding, is_certain=is_certain)
    found = []
    for number, start in odd:
        text = _whole(lines[number], encoding)
        lines[number] = text.encode("utf-8")
        found.append(OddLine(line=number + 1, offset=start + 1, text=text.strip()))
    return Decoded(
        data=b"\n".join(lines),
        encoding=f"utf-8 and {encoding}",
        is_certain=is_certain,
        odd_lines=tuple(found),
    )
