"""Sanction lists as they are published: OFAC's CSV, the European Union's, the United Nations'.

Layouts are told by what is inside: SDN.CSV and ALT.CSV of OFAC (no header, 12 and 5 columns),
the consolidated list of the European Union as CSV (semicolons) or XML, the consolidated list of
the United Nations as XML, and a list of one's own as CSV with a header. Files are of unknown
origin: no document type, no entity, bounded size, and a row that cannot be read stops the file
with its place, since a name left out is a name not screened.
"""

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from dunwell.formats.bank.statement import StatementError
from dunwell.formats.bank.xml_tree import read_xml
from dunwell.formats.sanction_rows import (
    MOST_ROWS,
    SanctionRow,
    SanctionsError,
    SanctionsFile,
    births,
    joined,
)
from dunwell.formats.sanction_trees import read_eu_tree, read_un_tree

MOST_BYTES = 150_000_000
NOTHING = "-0-"
SDN_COLUMNS, ALT_COLUMNS = 12, 5
_SDN_KINDS = {"individual": "person", "": "entity", NOTHING: "entity"}
_DOB = re.compile(r"\bDOB\s+([^;]+)")
_COUNTRY = re.compile(r"\b(?:nationality|citizen)\s+([A-Za-z ]+)")


def read_sanctions(files: Sequence[tuple[str, bytes]]) -> SanctionsFile:
    """Return the entries of one list, in one file or (OFAC) in several.

    Raises SanctionsError naming file and place for an empty or unknown file, one that is cut
    off, an entry without a name, and files of different lists together.
    """
    if not files:
        raise SanctionsError("the upload", "", "no file was sent; choose the list's file")
    read = [_read(name, data) for name, data in files]
    sources = sorted({one.source for one in read})
    if sources == ["alt"]:
        raise SanctionsError(files[0][0], "", "it holds OFAC's aliases alone; add SDN.CSV to it")
    if set(sources) - {"alt", "ofac"} and len(read) > 1:
        raise SanctionsError("the upload", "", "load one list at a time, so that each is dated")
    if sources in (["ofac"], ["alt", "ofac"]):
        return _with_aliases(read)
    return read[0]


def file_digest(files: Iterable[tuple[str, bytes]]) -> str:
    """Return the hash of the files of a list, whatever order they came in."""
    parts = sorted(hashlib.sha256(data).hexdigest() for _, data in files)
    return parts[0] if len(parts) == 1 else hashlib.sha256("".join(parts).encode()).hexdigest()


def _read(name: str, data: bytes) -> SanctionsFile:
    if not data.strip():
        raise SanctionsError(name, "", "the file is empty; fetch it again")
    if len(data) > MOST_BYTES:
        raise SanctionsError(name, "", f"the file has more than {MOST_BYTES} bytes")
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _xml(name, data)
    text = _text(data)
    first = text.lstrip().split("\n", 1)[0]
    if first.count(";") > first.count(",") and "ogical" in first:
        return _eu_csv(name, text)
    row = next(csv.reader([first]), [])
    if row and row[0].strip().isdigit():
        if len(row) == SDN_COLUMNS:
            return _sdn(name, text)
        if len(row) == ALT_COLUMNS:
            return _alt(name, text)
    return _own(name, text)


def _xml(name: str, data: bytes) -> SanctionsFile:
    try:
        root = read_xml(data, name)
    except StatementError as error:
        raise SanctionsError(name, "", _reason(error)) from error
    if root.name == "export":
        return read_eu_tree(root, name)
    if root.name == "CONSOLIDATED_LIST":
        return read_un_tree(root, name)
    raise SanctionsError(
        name, "line 1", f"the XML begins with {root.name}, which is no list that is known here"
    )


def _reason(error: StatementError) -> str:
    return str(error).replace("bank file", "list").replace("from the bank ", "")


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # OFAC's files of old are in Western European letters
        return data.decode("cp1252", "replace")


def _rows(name: str, text: str, *, delimiter: str = ",") -> Iterable[tuple[int, list[str]]]:
    """Yield the rows with their lines; the mark that ends files of DOS is no row."""
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    try:
        for number, row in enumerate(reader, 1):
            if number > MOST_ROWS:
                raise SanctionsError(name, f"line {number}", "the list has too many rows")
            if row and row != ["\x1a"] and any(cell.strip() for cell in row):
                yield reader.line_num, [cell.strip() for cell in row]
    except csv.Error as error:
        raise SanctionsError(
            name, f"line {reader.line_num}", f"the row cannot be read ({error}); fetch it again"
        ) from error


def _sdn(name: str, text: str) -> SanctionsFile:
    found = []
    for line, row in _rows(name, text):
        if len(row) != SDN_COLUMNS or not row[0].isdigit():
            raise SanctionsError(
                name, f"line {line}", f"a row of SDN.CSV has 12 columns, this one {len(row)}"
            )
        told = {at: "" if row[at] == NOTHING else row[at] for at in range(SDN_COLUMNS)}
        remarks = told[11]
        kind = _SDN_KINDS.get(row[2].lower(), "other")
        found.append(
            SanctionRow(
                uid=row[0],
                kind=kind,
                names=_names(name, line, [_turned(told[1], kind)]),
                birth=births(_DOB.findall(remarks)),
                countries=tuple(dict.fromkeys(one.strip() for one in _COUNTRY.findall(remarks))),
                programme=told[3][:120],
            )
        )
    return SanctionsFile(source="ofac", label="OFAC SDN", published_on=None, rows=tuple(found))


def _alt(name: str, text: str) -> SanctionsFile:
    found = []
    for line, row in _rows(name, text):
        if len(row) != ALT_COLUMNS or not row[0].isdigit():
            raise SanctionsError(
                name, f"line {line}", f"a row of ALT.CSV has 5 columns, this one {len(row)}"
            )
        found.append(SanctionRow(uid=row[0], kind="", names=_names(name, line, [row[3]])))
    return SanctionsFile(source="alt", label="OFAC ALT", published_on=None, rows=tuple(found))


def _with_aliases(read: Sequence[SanctionsFile]) -> SanctionsFile:
    entries = {row.uid: row for one in read if one.source == "ofac" for row in one.rows}
    aliases: dict[str, list[str]] = {}
    for one in read:
        for row in one.rows if one.source == "alt" else ():
            if row.uid not in entries:
                raise SanctionsError(
                    "ALT.CSV", f"entry {row.uid}", "SDN.CSV has no such entry; fetch both anew"
                )
            aliases.setdefault(row.uid, []).append(_turned(row.names[0], entries[row.uid].kind))
    return SanctionsFile(
        source="ofac",
        label="OFAC SDN",
        published_on=None,
        rows=tuple(joined(row, aliases.get(uid, ())) for uid, row in entries.items()),
    )


def _turned(name: str, kind: str) -> str:
    """Return `HUSSEIN, Saddam` as Saddam HUSSEIN; names of companies keep their commas."""
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma and kind == "person" else name


def _eu_csv(name: str, text: str) -> SanctionsFile:
    """Read the European Union's CSV: several rows of one entity, by its logical id."""
    rows = iter(_rows(name, text, delimiter=";"))
    _, header = next(rows)
    at = {column.strip().lower(): n for n, column in enumerate(header)}
    uid_at = at.get("entity_logicalid", at.get("entity_logical_id"))
    if uid_at is None:
        raise SanctionsError(name, "line 1", "the column Entity_LogicalId is missing")
    found: dict[str, dict[str, list[str]]] = {}
    published: date | None = None
    for line, row in rows:
        if len(row) != len(header):
            raise SanctionsError(
                name, f"line {line}", f"{len(row)} columns instead of {len(header)}; cut off?"
            )
        cells = {column: row[n] for column, n in at.items()}
        published = published or _day(cells.get("filegenerationdate", ""))
        entry = found.setdefault(row[uid_at], {"line": [str(line)]})
        for key, columns in _EU_COLUMNS.items():
            value = next((cells[c] for c in columns if cells.get(c)), "")
            if value and value not in entry.setdefault(key, []):
                entry[key].append(value)
    return SanctionsFile(
        source="eu",
        label="European Union consolidated",
        published_on=published,
        rows=tuple(_eu_row(name, uid, entry) for uid, entry in found.items()),
    )


_EU_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("namealias_wholename", "naal_wholename"),
    "kind": ("entity_subjecttype", "entity_subjecttype_classificationcode", "subject_type"),
    "birth": ("birthdate_birthdate", "birt_date", "birthdate_year", "birt_year"),
    "country": (
        "citizenship_countryiso2code",
        "address_countryiso2code",
        "citi_country",
        "addr_country",
    ),
    "programme": ("entity_regulation_programme", "programme"),
}


def _eu_row(name: str, uid: str, entry: Mapping[str, list[str]]) -> SanctionRow:
    kind = (entry.get("kind") or [""])[0].lower()
    return SanctionRow(
        uid=uid,
        kind="person" if kind.startswith("p") else "entity",
        names=_names(name, int(entry["line"][0]), entry.get("name", [])),
        birth=births(entry.get("birth", [])),
        countries=tuple(entry.get("country", [])),
        programme=", ".join(entry.get("programme", []))[:120],
    )


def _own(name: str, text: str) -> SanctionsFile:
    first = text.lstrip().split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    rows = iter(_rows(name, text, delimiter=delimiter))
    _, header = next(rows)
    at = {column.strip().lower(): n for n, column in enumerate(header)}
    if "name" not in at:
        raise SanctionsError(
            name,
            "line 1",
            "this is no list that is known here, and no list of your own: its first row must "
            "name the columns, name among them (besides id, aliases, kind, birth, country)",
        )
    found = []
    for line, row in rows:
        if len(row) > len(header):
            raise SanctionsError(name, f"line {line}", "more cells than columns; quote the commas")
        cells = {column: row[n] for column, n in at.items() if n < len(row)}
        aliases = [one.strip() for one in cells.get("aliases", "").split("|")]
        kind = cells.get("kind", "").lower()
        if kind not in {"", "person", "entity", "vessel", "other"}:
            raise SanctionsError(name, f"line {line}", f"kind is {kind!r}; write person or entity")
        found.append(
            SanctionRow(
                uid=cells.get("id") or cells.get("uid") or str(line),
                kind=kind,
                names=_names(name, line, [cells["name"], *aliases]),
                birth=births([cells.get("birth", "")]),
                countries=tuple(filter(None, [cells.get("country", "").upper()])),
                programme=cells.get("programme", "")[:120],
            )
        )
    return SanctionsFile(source="own", label="Own list", published_on=None, rows=tuple(found))


def _names(file: str, line: int, names: Sequence[str]) -> tuple[str, ...]:
    told = tuple(dict.fromkeys(" ".join(one.split())[:300] for one in names if one.strip()))
    if not told or told[0] == NOTHING:
        raise SanctionsError(file, f"line {line}", "an entry has no name; fetch the list again")
    return told


def _day(text: str) -> date | None:
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text[:10], form).date()  # noqa: DTZ007  a day, no moment
        except ValueError:
            continue
    return None
