"""Provision runs as pages, the API and other parts see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from dunwell.models import (
    Company,
    EntryLine,
    Item,
    ProvisionLine,
    ProvisionMove,
    ProvisionRun,
)
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of, read_cursor
from dunwell.queries.provision_measures import read_content

Status = ProvisionRun.Status
PPM = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class ProvisionSummary:
    """The newest posted provision, in minor units of `currency`, the company's."""

    run_id: int
    as_of: date
    standard: str
    currency: str
    gross_minor: int
    covered_minor: int
    allowance_minor: int

    @property
    def rate_ppm(self) -> int:
        """Return the allowance as a part of what is owed."""
        return self.allowance_minor * PPM // self.gross_minor if self.gross_minor else 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ProvisionRunRow:
    """One run with its roll-forward, in minor units of `currency`."""

    id: int
    as_of: date
    standard: str
    standard_label: str
    status: str
    status_label: str
    policy: str
    policy_version: int | None
    previous_id: int | None
    currency: str
    items: int
    gross_minor: int
    covered_minor: int
    allowance_minor: int
    opening_minor: int
    charge_minor: int
    release_minor: int
    write_off_minor: int
    recovery_minor: int
    fx_minor: int
    drawn_by: str
    drawn_at: datetime
    reviewed_by: str
    posted_by: str
    posted_on: date | None
    ended_by: str
    reason: str
    digest: str

    @property
    def rate_ppm(self) -> int:
        """Return the allowance as a part of what is owed."""
        return self.allowance_minor * PPM // self.gross_minor if self.gross_minor else 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ProvisionLineRow:
    """One line of a run; amounts in `currency`, `home_` ones in the run's."""

    place: int
    method: str
    method_label: str
    segment: str
    bucket: str
    customer_id: int | None
    customer_name: str
    currency: str
    items: int
    gross_minor: int
    covered_minor: int
    net_minor: int
    rate_ppm: int
    overlay_ppm: int
    allowance_minor: int
    home_gross_minor: int
    home_allowance_minor: int
    basis: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ProvisionMoveRow:
    """The roll-forward of one segment."""

    segment: str
    opening_minor: int
    charge_minor: int
    release_minor: int
    write_off_minor: int
    recovery_minor: int
    fx_minor: int
    transfer_minor: int
    closing_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ProvisionPostingRow:
    """One entry line of a run: a debit is above 0."""

    account: str
    account_label: str
    posted_on: date
    amount_minor: int
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ProvisionDetail:
    """A run with everything it keeps."""

    row: ProvisionRunRow
    lines: tuple[ProvisionLineRow, ...]
    moves: tuple[ProvisionMoveRow, ...]
    postings: tuple[ProvisionPostingRow, ...]
    tables: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class ProvisionItemRow:
    """An open part of an item in a line of a run; `row` is its place in the run."""

    row: int
    item_id: int
    number: str
    customer_id: int
    customer_name: str
    currency: str
    days_past_due: int
    gross_minor: int
    covered_minor: int
    allowance_minor: int
    home_allowance_minor: int


def latest_provision(company: Company) -> ProvisionSummary | None:
    """Return the newest posted provision, None before the first; one query."""
    run = (
        ProvisionRun.objects.filter(company=company, status=Status.POSTED)
        .defer("content", "tables")
        .order_by("-as_of", "-pk")
        .first()
    )
    if run is None:
        return None
    return ProvisionSummary(
        run_id=run.pk,
        as_of=run.as_of,
        standard=run.standard,
        currency=run.currency,
        gross_minor=run.gross_minor,
        covered_minor=run.covered_minor,
        allowance_minor=run.allowance_minor,
    )


def run_rows(
    company: Company, *, status: str = "", cursor: str = "", limit: int = PAGE_SIZE
) -> Page[ProvisionRunRow]:
    """Return one page of runs, the newest first; an empty `status` shows all but dropped ones."""
    found = ProvisionRun.objects.filter(company=company).defer("content", "tables")
    found = found.filter(status=status) if status else found.exclude(status=Status.DROPPED)
    limit = page_limit(limit)
    rows = found.filter(after(cursor, ("-id",), (int,))).order_by("-id")[: limit + 1]
    return page_of([run_row(run) for run in rows], limit=limit, key=lambda row: (row.id,))


def run_row(run: ProvisionRun) -> ProvisionRunRow:
    """Return a run as it is shown."""
    same = ("as_of", "standard", "status", "policy", "policy_version", "previous_id", "currency")
    figures = ("gross", "covered", "allowance", "opening", "charge", "release", "write_off")
    names = (
        *same,
        *(f"{name}_minor" for name in (*figures, "recovery", "fx")),
        *("items", "drawn_by", "drawn_at", "reviewed_by", "posted_by", "posted_on", "ended_by"),
        *("reason", "digest"),
    )
    return ProvisionRunRow(
        id=run.pk,
        standard_label=str(ProvisionRun.Standard(run.standard).label),
        status_label=str(Status(run.status).label),
        **{name: getattr(run, name) for name in names},
    )


def run_detail(company: Company, run_id: int) -> ProvisionDetail | None:
    """Return a run of the company with its lines, moves and postings; four queries."""
    run = ProvisionRun.objects.filter(company=company, pk=run_id).defer("content").first()
    if run is None:
        return None
    lines = ProvisionLine.objects.filter(run=run).select_related("customer").order_by("place")
    moves = ProvisionMove.objects.filter(run=run).order_by("segment")
    sources = (EntryLine.Source.PROVISION, EntryLine.Source.REVERSAL)
    booked = EntryLine.objects.filter(company=company, source__in=sources, source_id=run.pk)
    return ProvisionDetail(
        row=run_row(run),
        lines=tuple(_line(one) for one in lines),
        moves=tuple(
            ProvisionMoveRow(**{name: getattr(one, name) for name in ProvisionMoveRow.__slots__})
            for one in moves
        ),
        postings=tuple(
            ProvisionPostingRow(
                account=one.account,
                account_label=str(EntryLine.Account(one.account).label),
                posted_on=one.posted_on,
                amount_minor=one.amount_minor,
                source=one.source,
            )
            for one in booked.order_by("pk")
        ),
        tables=run.tables,
    )


def run_items(
    company: Company,
    run_id: int,
    *,
    place: int | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[ProvisionItemRow]:
    """Return one page of a run's items, the largest allowance first; of one line if told."""
    run = ProvisionRun.objects.only("content").get(company=company, pk=run_id)
    found = read_content(run.content).with_row_index("row")
    if place is not None:
        found = found.filter(pl.col("place") == place)
    found = found.sort(pl.col("home_allowance_minor"), pl.col("row"), descending=[True, False])
    limit = page_limit(limit)
    if cursor:
        minor, row = read_cursor(cursor, (int, int))
        beyond = (pl.col("home_allowance_minor") == minor) & (pl.col("row") > row)
        found = found.filter((pl.col("home_allowance_minor") < minor) | beyond)
    rows = list(found.head(limit + 1).iter_rows(named=True))
    names = {
        key: (number, customer)
        for key, number, customer in Item.objects.filter(
            pk__in=[row["item_id"] for row in rows]
        ).values_list("pk", "number", "customer__name")
    }
    same = (
        *("row", "item_id", "customer_id", "currency", "days_past_due", "gross_minor"),
        *("covered_minor", "allowance_minor", "home_allowance_minor"),
    )
    return page_of(
        [
            ProvisionItemRow(
                number=names[row["item_id"]][0],
                customer_name=names[row["item_id"]][1],
                **{name: row[name] for name in same},
            )
            for row in rows
        ],
        limit=limit,
        key=lambda one: (one.home_allowance_minor, one.row),
    )


def _line(one: ProvisionLine) -> ProvisionLineRow:
    names = [
        name
        for name in ProvisionLineRow.__slots__
        if name not in ("method_label", "customer_name")
    ]
    return ProvisionLineRow(
        method_label=str(ProvisionLine.Method(one.method).label),
        customer_name=one.customer.name if one.customer is not None else "",
        **{name: getattr(one, name) for name in names},
    )
