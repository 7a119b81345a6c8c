"""Files of a ledger export to a ledger: its frames, findings, control totals and questions."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from dunwell.formats.columns import ColumnMatch
from dunwell.formats.decisions import Decision
from dunwell.formats.findings import LedgerError, empty_findings
from dunwell.formats.grid import DEFAULT_LIMIT, Table
from dunwell.formats.ledger_rows import LedgerRows, build_rows
from dunwell.formats.profile import Profile
from dunwell.formats.sources import Source, profile_of, recognised_sources
from dunwell.formats.table import read_tables
from dunwell.formats.totals import empty_totals

File = Path | tuple[str, bytes | Path] | Table
"""A file to read: its path, its name and bytes or path, or a table read before."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TableUse:
    """How one table of the files was read: what it is, how it is written, which column is what."""

    file: str
    part: str
    role: str
    reason: str
    detected: Mapping[str, str | int]
    columns: tuple[ColumnMatch, ...]
    missing: tuple[str, ...]
    rows: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Ledger:
    """A ledger read from files. Amounts are minor units, days are day numbers.

    customers: customer_number, alias, name, country, currency, email, phone, language, segment,
    terms, credit_limit_minor, parent_number, contact, address parts, region_code, party, zones (a
    JSON list), vat_number, sector, iban.
    items: number, customer_number, kind, currency, amount_minor (credit notes < 0), issued_day,
    due_day (as stated, even before issued_day), is_disputed, is_paper (sent on paper,
    empty while unknown), open_minor (what its own columns say is open, empty when they do not),
    terms, reference, company_code.
    payments: payment_number, customer_number (empty while unknown), currency, amount_minor,
    value_day, method, reference, is_derived (implied by an item's own columns).
    allocations: source (payment or credit), source_number, item_number, customer_number, currency,
    amount_minor (signed like the item), applied_day, value_day.
    disputes: dispute_number, item_number, customer_number, currency, amount_minor, opened_day,
    closed_day, reason, is_open.

    Every frame carries file, part and row of its source. `totals` ties out per role and
    currency: in = imported + refused. With open `decisions` the frames are empty: nothing is read
    on a guess.
    """

    customers: pl.DataFrame
    items: pl.DataFrame
    payments: pl.DataFrame
    allocations: pl.DataFrame
    disputes: pl.DataFrame
    findings: pl.DataFrame = field(default_factory=empty_findings)
    totals: pl.DataFrame = field(default_factory=empty_totals)
    tables: tuple[TableUse, ...] = ()
    decisions: tuple[Decision, ...] = ()
    known_day: int = 0
    profile: Profile = field(default_factory=Profile)

    @property
    def status(self) -> str:
        """Return "ready" or "needs_decision"."""
        return "needs_decision" if self.decisions else "ready"

    @property
    def rows_read(self) -> int:
        """Return the number of rows of all roles that were read, empty ones not counted."""
        return int(self.totals.get_column("rows_in").sum())

    @property
    def rows_refused(self) -> int:
        """Return the number of rows of all roles that were refused."""
        return int(self.totals.get_column("rows_refused").sum())

    def as_dict(self, *, most_findings: int = 1000) -> dict[str, object]:
        """Return status, tables, decisions, totals and the first findings, ready for JSON."""
        return {
            "status": self.status,
            "rows_read": self.rows_read,
            "rows_refused": self.rows_refused,
            "tables": [
                {
                    **{
                        key: getattr(table, key)
                        for key in ("file", "part", "role", "reason", "rows")
                    },
                    "detected": dict(table.detected),
                    "missing": list(table.missing),
                    "columns": [match.as_dict() for match in table.columns],
                }
                for table in self.tables
            ],
            "decisions": [
                {
                    key: list(value) if isinstance(value, tuple) else value
                    for key, value in asdict(one).items()
                }
                for one in self.decisions
            ],
            "totals": self.totals.to_dicts(),
            "findings_count": self.findings.height,
            "findings": self.findings.head(most_findings).to_dicts(),
        }


def read_ledger(
    files: Sequence[File],
    profile: Profile | None = None,
    *,
    default_currency: str = "",
    known_on: date | None = None,
    limit_bytes: int = DEFAULT_LIMIT,
) -> Ledger:
    """Return the ledger of one export, which may be several files, sheets or database tables.

    `profile` overrides what is detected; `default_currency` is for rows that name none;
    `known_on` is the day undated payments are taken to have come (default: the latest day in the
    files). Raises TableError for an unreadable file and LedgerError for a profile that does
    not fit.
    """
    if not files:
        raise LedgerError("No file was given. Choose at least one ledger export.")
    told = profile or Profile()
    tables: list[Table] = []
    for file in files:
        if isinstance(file, Table):
            tables.append(file)
            continue
        name, source = (file.name, file) if isinstance(file, Path) else file
        tables += read_tables(
            source,
            name=name,
            limit_bytes=limit_bytes,
            encoding=told.encoding,
            delimiter=told.delimiter,
            sheet=told.sheet,
        )
    sources = recognised_sources(tables, told)
    rows = build_rows(
        sources,
        default_currency=default_currency or told.default_currency,
        known_on=known_on,
        by_number=told.has_payments_by_number,
    )
    return _ledger(sources, rows, told)


def _ledger(sources: Sequence[Source], rows: LedgerRows, told: Profile) -> Ledger:
    uses = tuple(
        TableUse(
            file=source.table.name,
            part=source.table.part,
            role=source.found.role,
            reason=source.found.reason,
            detected={**source.table.detected, **rows.detected.get(source.table.label, {})},
            columns=source.found.matches,
            missing=tuple(source.found.missing),
            rows=source.table.cells.height + source.table.refused_rows,
        )
        for source in sources
    )
    return Ledger(
        customers=rows.frames["customers"],
        items=rows.frames["items"],
        payments=rows.frames["payments"],
        allocations=rows.frames["allocations"],
        disputes=rows.frames["disputes"],
        findings=rows.findings,
        totals=rows.totals,
        tables=uses,
        decisions=rows.decisions,
        known_day=rows.known_day,
        profile=profile_of(sources, told),
    )
