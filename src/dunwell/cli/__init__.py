"""The library on files, no database: `dunwell age FILE --as-of D`, `kpi` and `quality`."""

import argparse
import csv
import io
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import narwhals.stable.v2 as nw
import polars as pl

from dunwell import __version__
from dunwell.engine.aging import BUCKETS, aging_totals, currency_totals
from dunwell.engine.calendars import day_date
from dunwell.engine.items import open_items
from dunwell.engine.kpi_catalogue import KPIS
from dunwell.engine.kpi_tables import kpi_table
from dunwell.engine.money import from_minor
from dunwell.engine.quality import findings
from dunwell.formats.findings import LedgerError, TableError
from dunwell.formats.frames import FileFrames, file_frames
from dunwell.formats.ledger import Ledger, read_ledger
from dunwell.formats.profile import Profile, read_profile

COMMANDS = ("age", "kpi", "quality")
UNREADABLE, UNDECIDED = 2, 3
"""Exit codes: the file cannot be read; the file leaves a question open."""

Row = Mapping[str, object]


def main(argv: Sequence[str]) -> int:
    """Run one command on files and print its answer; return the exit code (0, 2 or 3)."""
    options = _parser().parse_args(argv)
    try:
        ledger = read_ledger(
            options.files, _profile(options), default_currency=options.default_currency
        )
        if ledger.decisions:
            _ask(ledger)
            return UNDECIDED
        answer, rows = ANSWERS[options.command](ledger, options)
    except (TableError, LedgerError, ValueError) as error:
        sys.stderr.write(f"dunwell {options.command}: {error}\n")
        return UNREADABLE
    except OSError as error:
        sys.stderr.write(
            f"dunwell {options.command}: {error.filename}: {error.strerror}; check the path.\n"
        )
        return UNREADABLE
    _print(answer, rows, options.format)
    if ledger.findings.height and options.command != "quality":
        sys.stderr.write(
            f"{ledger.rows_refused} of {ledger.rows_read} rows refused, "
            f"{ledger.findings.height} findings; `dunwell quality` lists them.\n"
        )
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dunwell",
        description="Receivables from any ledger export (CSV, TSV, XLSX, Parquet, SQL dump).",
        epilog="Every other command (demo, serve, migrate, cycle, verify ...) is the server's; "
        "`dunwell help` lists them.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="age|kpi|quality")
    for name, words in (
        ("age", "what is open per currency, by days past due"),
        ("kpi", "DSO, CEI, ADD and the other figures, each with its formula and inputs"),
        ("quality", "what is wrong or doubtful in the files"),
    ):
        command = commands.add_parser(name, help=words, description=words)
        command.add_argument("files", type=Path, nargs="+", metavar="FILE")
        command.add_argument(
            "--as-of",
            type=_day,
            required=name != "quality",
            help="the day asked about, YYYY-MM-DD"
            + ("" if name != "quality" else " (default: the files' last day)"),
        )
        command.add_argument("--format", choices=("table", "json", "csv"), default="table")
        command.add_argument("--profile", type=Path, help="a saved column mapping (YAML or JSON)")
        command.add_argument("--default-currency", default="", help="for rows that name none")
        command.add_argument("--date-order", choices=("dmy", "mdy"), default="")
    return parser


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; write it as YYYY-MM-DD") from error


def _profile(options: argparse.Namespace) -> Profile | None:
    document: dict[str, object] = {}
    if options.profile:
        document = read_profile(options.profile.read_text(encoding="utf-8")).as_dict()
    if options.date_order:
        document["date_order"] = options.date_order
    return read_profile(document) if document else None


def _ask(ledger: Ledger) -> None:
    for one in ledger.decisions:
        sys.stderr.write(f"{one.file}: {one.question}\n")
        for example in one.examples:
            sys.stderr.write(f"  {example}\n")
        if one.options:
            sys.stderr.write(f"  decide with a profile or an option: {', '.join(one.options)}\n")


def _age(ledger: Ledger, options: argparse.Namespace) -> tuple[object, list[Row]]:
    frames = file_frames(ledger).ledger
    opened = open_items(frames.items, frames.allocations, as_of=options.as_of)
    totals = {str(row["currency"]): row for row in _collected(currency_totals(opened))}
    cells = {
        (str(row["currency"]), str(row["bucket"])): row for row in _collected(aging_totals(opened))
    }
    currencies = [
        {
            "currency": currency,
            "open_minor": totals[currency]["open_minor"],
            "items": totals[currency]["items"],
            "customers": totals[currency]["customers"],
            "buckets": [
                {
                    "bucket": bucket,
                    "open_minor": cells.get((currency, bucket), {}).get("open_minor", 0),
                    "items": cells.get((currency, bucket), {}).get("items", 0),
                }
                for bucket in BUCKETS
            ],
        }
        for currency in sorted(totals)
    ]
    answer = {
        "as_of": options.as_of.isoformat(),
        "rows_read": ledger.rows_read,
        "rows_refused": ledger.rows_refused,
        "currencies": currencies,
    }
    rows: list[Row] = [
        {
            "currency": currency,
            "bucket": bucket,
            "open": _money(cells[currency, bucket]["open_minor"], currency),
            "open_minor": cells[currency, bucket]["open_minor"],
            "items": cells[currency, bucket]["items"],
        }
        for currency in sorted(totals)
        for bucket in BUCKETS
        if (currency, bucket) in cells
    ]
    return answer, rows


def _kpi(ledger: Ledger, options: argparse.Namespace) -> tuple[object, list[Row]]:
    values = kpi_table(file_frames(ledger).ledger, as_of=options.as_of)
    kpis = [
        {
            "kpi": value.kpi,
            "name": value.name,
            "currency": value.currency,
            "value": None if value.value is None else str(value.value),
            "unit": value.unit,
            "formula_id": KPIS[value.kpi].formula_id,
            "formula": value.formula,
            "inputs": dict(value.inputs),
        }
        for value in values
    ]
    answer = {
        "as_of": options.as_of.isoformat(),
        "rows_read": ledger.rows_read,
        "rows_refused": ledger.rows_refused,
        "kpis": kpis,
    }
    rows: list[Row] = [
        {
            **{key: kpi[key] for key in ("currency", "kpi")},
            "value": "n/a" if kpi["value"] is None else kpi["value"],
            "unit": kpi["unit"],
            "formula": kpi["formula"],
        }
        for kpi in kpis
    ]
    return answer, rows


def _quality(ledger: Ledger, options: argparse.Namespace) -> tuple[object, list[Row]]:
    frames = file_frames(ledger)
    as_of = options.as_of or day_date(ledger.known_day)
    rows = [*_read_findings(ledger), *_data_findings(frames, as_of)]
    answer = {
        "as_of": as_of.isoformat(),
        "rows_read": ledger.rows_read,
        "rows_refused": ledger.rows_refused,
        "totals": ledger.totals.to_dicts(),
        "findings": rows,
    }
    return answer, rows


def _read_findings(ledger: Ledger) -> Sequence[Row]:
    columns = ("file", "row", "column", "value", "code", "reason", "action")
    return ledger.findings.select(columns).to_dicts()


def _data_findings(frames: FileFrames, as_of: date) -> list[Row]:
    found = nw.to_native(findings(frames.ledger, frames.details, as_of=as_of).collect())
    is_item = pl.col("subject") == "item"
    named = (
        pl.DataFrame(found)
        .with_columns(item_id=pl.when(is_item).then("subject_id"))
        .join(frames.numbers, on="item_id", how="left", maintain_order="left")
        .join(frames.customers, on="customer_id", how="left", maintain_order="left")
        .sort("code", "subject", "subject_id", "other_id", "currency")
    )
    return [
        {
            "file": row["file"] or "",
            "row": row["row"],
            "column": "",
            "value": row["number"] or row["customer_number"] or "",
            "code": row["code"],
            "reason": row["reason"],
            "action": "kept",
        }
        for row in named.to_dicts()
    ]


ANSWERS = {"age": _age, "kpi": _kpi, "quality": _quality}


def _collected(frame: nw.LazyFrame) -> list[dict[str, object]]:
    return list(frame.collect().rows(named=True))


def _money(amount_minor: object, currency: str) -> str:
    return f"{from_minor(int(str(amount_minor)), currency):,f}"


def _print(answer: object, rows: list[Row], style: str) -> None:
    if style == "json":
        sys.stdout.write(json.dumps(answer, indent=1, ensure_ascii=False, default=str) + "\n")
    elif style == "csv":
        text = io.StringIO()
        if rows:
            writer = csv.DictWriter(text, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        sys.stdout.write(text.getvalue())
    else:
        sys.stdout.write(_table(rows))


def _table(rows: list[Row]) -> str:
    if not rows:
        return "Nothing found.\n"
    heads = [head for head in rows[0] if not head.endswith("_minor")]
    cells = [["" if row[head] is None else str(row[head]) for head in heads] for row in rows]
    widths = [
        min(60, max(len(head), *(len(line[index]) for line in cells)))
        for index, head in enumerate(heads)
    ]
    numeric = {index for index, head in enumerate(heads) if head in {"open", "items", "value"}}
    return "".join(
        "  ".join(
            text[:60].rjust(width) if index in numeric else text[:60].ljust(width)
            for index, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        + "\n"
        for line in [heads, *cells]
    )
