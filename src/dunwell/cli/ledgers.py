"""What a ledger read from files holds: `age`, `kpi` and `quality`."""

import argparse
from collections.abc import Sequence
from datetime import date

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.cli.printing import Answer, Row, money
from dunwell.engine.aging import BUCKETS, aging_totals, currency_totals
from dunwell.engine.calendars import day_date
from dunwell.engine.items import open_items
from dunwell.engine.kpi_catalogue import KPIS
from dunwell.engine.kpi_tables import kpi_table
from dunwell.engine.quality import findings
from dunwell.formats.frames import FileFrames, file_frames, kept
from dunwell.formats.ledger import Ledger


def age(ledger: Ledger, options: argparse.Namespace) -> Answer:
    """Return what is open per currency and bucket of days past due."""
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
            "open": money(cells[currency, bucket]["open_minor"], currency),
            "open_minor": cells[currency, bucket]["open_minor"],
            "items": cells[currency, bucket]["items"],
        }
        for currency in sorted(totals)
        for bucket in BUCKETS
        if (currency, bucket) in cells
    ]
    return answer, rows


def kpi(ledger: Ledger, options: argparse.Namespace) -> Answer:
    """Return every KPI with its formula and inputs."""
    values = kpi_table(file_frames(ledger).ledger, as_of=options.as_of, keep=kept)
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


def quality(ledger: Ledger, options: argparse.Namespace) -> Answer:
    """Return what is wrong or doubtful in the files and in the ledger they hold."""
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


def _collected(frame: nw.LazyFrame) -> list[dict[str, object]]:
    return list(frame.collect().rows(named=True))
