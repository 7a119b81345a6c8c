"""Files to and from agencies: a batch of placements as a ZIP, and what the agency reports as CSV.

A batch, layout `dunwell.placements.1`: `placements.json` with everything, `placements.csv` and
`items.csv` for programs that read tables, each claim's evidence under `packs/`, and a manifest.

A report, UTF-8, comma or semicolon, a header line with these columns in any order:

* placement: our number of it. event: accepted, refused, remitted, direct, settled, returned,
  legal or note. on: the day, YYYY-MM-DD.
* reference: the agency's own, needed for accepted and for money; the same one again is the same.
* currency, gross, commission, net: for remitted (the agency collected it) and direct (the debtor
  paid us); 1234.56 without thousands marks, below 0 for money that came back. Commission and net
  may be left out: then they follow from the agreed rate. gross = commission + net.
* note: why, for refused, settled, returned and legal; the words of a note.
"""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from dunwell.engine.money import to_minor
from dunwell.formats.currencies import ISO_CODES
from dunwell.formats.evidence_pack import canonical, packed
from dunwell.formats.exports import write_csv

FORMAT = "dunwell.placements.1"
"""Name and version of the batch's layout; another layout gets another number."""

COLUMNS = (
    *("placement", "event", "on", "reference", "currency"),
    *("gross", "commission", "net", "note"),
)
MONEY = ("remitted", "direct")
WHY = ("refused", "settled", "returned", "legal", "note")
EVENTS = ("accepted", *MONEY, *WHY)
MOST_LINES = 20_000
LONGEST = {"placement": 40, "reference": 80, "note": 300}
MOST_AMOUNT = 20

PLACEMENT_COLUMNS = (
    *("placement", "customer", "name", "address", "country", "vat_id", "language", "currency"),
    *("placed_minor", "charges_minor", "commission_ppm", "age_days", "pack", "pack_sha256"),
)
ITEM_COLUMNS = (
    *("placement", "number", "kind", "reference", "issued_on", "due_on", "days_past_due"),
    *("amount_minor", "open_minor", "interest_minor", "fees_minor"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class LineRefusal:
    """Why a line of a report cannot be read or booked: its line and column, and what to do."""

    line: int
    column: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AgencyLine:
    """One line of a report; amounts in minor units, None where they follow from the rate."""

    line: int
    placement: str
    event: str
    on: date
    reference: str
    currency: str
    gross_minor: int
    commission_minor: int | None
    net_minor: int | None
    note: str


class _LineError(ValueError):
    """A cell cannot be used."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


def batch_file(document: Mapping[str, Any], packs: Mapping[str, bytes]) -> bytes:
    """Return a batch as a ZIP; the same document and packs give the same bytes."""
    placements = document["placements"]
    files = {
        "placements.json": canonical(document),
        "placements.csv": write_csv(
            PLACEMENT_COLUMNS,
            ([row[name] for name in PLACEMENT_COLUMNS] for row in placements),
        ),
        "items.csv": write_csv(
            ITEM_COLUMNS,
            (
                [{"placement": row["placement"], **item}[name] for name in ITEM_COLUMNS]
                for row in placements
                for item in row["items"]
            ),
        ),
        **{f"packs/{name}.zip": data for name, data in packs.items()},
    }
    head = {name: document[name] for name in ("format", "batch", "agency", "company", "made_on")}
    return packed(files, head=head, on=date.fromisoformat(document["made_on"]))


def read_report(data: bytes) -> tuple[tuple[AgencyLine, ...], tuple[LineRefusal, ...]]:
    """Return the lines of an agency's report, and why the others cannot be read."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return (), (_refusal(line, "", "the file is not UTF-8; save it as CSV UTF-8"),)
    if "\0" in text:
        return (), (_refusal(1, "", "the file holds zero characters; it is no CSV file"),)
    head = text.split("\n", 1)[0]
    delimiter = ";" if head.count(";") > head.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return _lines(reader)
    except csv.Error as error:
        return (), (_refusal(reader.line_num, "", f"the line is no CSV ({error})"),)


def _lines(reader: Any) -> tuple[tuple[AgencyLine, ...], tuple[LineRefusal, ...]]:
    names = [name.strip().lower() for name in next(reader, [])]
    if found := _header(names):
        return (), found
    good: list[AgencyLine] = []
    bad: list[LineRefusal] = []
    for row in reader:
        number = reader.line_num
        if not any(cell.strip() for cell in row):
            continue
        if len(good) + len(bad) >= MOST_LINES:
            bad.append(_refusal(number, "", f"more than {MOST_LINES} lines; split the file"))
            break
        if len(row) != len(names):
            reason = f"{len(row)} cells where the header has {len(names)}"
            bad.append(_refusal(number, "", reason))
            continue
        cells = dict(zip(names, (cell.strip() for cell in row), strict=True))
        try:
            good.append(_line(number, cells))
        except _LineError as error:
            bad.append(_refusal(number, error.column, str(error)))
    if not good and not bad:
        bad.append(_refusal(1, "", "the file has a header but no lines"))
    return tuple(good), tuple(bad)


def _header(names: Sequence[str]) -> tuple[LineRefusal, ...]:
    found = [
        _refusal(1, name, "the column is missing; add it, empty cells are fine")
        for name in COLUMNS
        if name not in names
    ]
    found += [
        _refusal(1, name, "the column is not known; take it out")
        for name in names
        if name not in COLUMNS
    ]
    found += [
        _refusal(1, name, "the column stands there twice")
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    return tuple(found)


def _line(number: int, cells: Mapping[str, str]) -> AgencyLine:
    for name, most in LONGEST.items():
        if len(cells[name]) > most:
            raise _LineError(name, f"{len(cells[name])} characters; at most {most} fit")
    event = cells["event"].lower()
    if not cells["placement"]:
        raise _LineError("placement", "empty; write our number of the placement")
    if event not in EVENTS:
        raise _LineError("event", f"{event[:20]!r} is no event; use {', '.join(EVENTS)}")
    if event in WHY and not cells["note"]:
        raise _LineError("note", f"empty; say why, for {event}")
    if event in ("accepted", *MONEY) and not cells["reference"]:
        raise _LineError("reference", "empty; write your own reference")
    gross, commission, net = _amounts(cells) if event in MONEY else (0, None, None)
    if event not in MONEY:
        for name in ("gross", "commission", "net"):
            if cells[name]:
                raise _LineError(name, f"filled in, but {event} is no money; leave it empty")
    return AgencyLine(
        line=number,
        placement=cells["placement"],
        event=event,
        on=_day(cells["on"]),
        reference=cells["reference"],
        currency=cells["currency"],
        gross_minor=gross,
        commission_minor=commission,
        net_minor=net,
        note=cells["note"],
    )


def _amounts(cells: Mapping[str, str]) -> tuple[int, int | None, int | None]:
    currency = cells["currency"]
    if currency not in ISO_CODES:
        raise _LineError("currency", f"{currency[:10]!r} is no ISO 4217 code")
    gross = _amount(cells, "gross", currency)
    if not gross:
        raise _LineError("gross", "empty or 0; write what was collected")
    commission = _amount(cells, "commission", currency)
    net = _amount(cells, "net", currency)
    if commission is None and net is not None:
        commission = gross - net
    if commission is not None and net is not None and gross != commission + net:
        raise _LineError("net", "gross is not commission + net")
    return gross, commission, net


def _amount(cells: Mapping[str, str], name: str, currency: str) -> int | None:
    text = cells[name]
    if not text:
        return None
    if len(text) > MOST_AMOUNT or set(text) - set("+-.0123456789"):
        raise _LineError(name, f"{text[:30]!r} is no amount; write 1234.56")
    return _read(name, lambda: to_minor(Decimal(text), currency))


def _read(name: str, read: Callable[[], int]) -> int:
    try:
        return read()
    except InvalidOperation as error:
        raise _LineError(name, "no amount; write 1234.56") from error
    except ValueError as error:
        raise _LineError(name, str(error)) from error


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text) if len(text) == len("2026-01-31") else None
    except ValueError:
        day = None
    if day is None:
        raise _LineError("on", f"{text[:20]!r} is no day; write YYYY-MM-DD")
    return day


def _refusal(line: int, column: str, reason: str) -> LineRefusal:
    return LineRefusal(line=line, column=column, reason=reason)
