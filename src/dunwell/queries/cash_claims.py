"""What the cash outlook counts beside plain items: promises, plans, disputes, invoices to come."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl
from django.db.models import Count, F, Q, Sum

from dunwell.engine.calendars import day_number
from dunwell.ml.cash_claims import CLAIMS, DISPUTES, PLANS, PROMISES, by_priority, no_claims
from dunwell.models import (
    Company,
    Dispute,
    DisputeResolution,
    PaymentPlan,
    PlanInstalment,
    PlanItem,
    Promise,
    PromiseItem,
)
from dunwell.queries.cash_invoices import invoice_claims

PPM = 1_000_000
CHUNK = 10_000

KEPT_PPM, KEPT_ROWS = 600_000, 8
"""Before a company has a record, so many promises or instalments of this share were kept."""

WON_PPM, WON_ROWS = 600_000, 8
"""Share of disputed money that is paid in the end, before resolutions show it."""

CLEARED_DAYS, CLEARED_ROWS = 45, 8
"""Days from the opening of a dispute to its end, before disputes show it."""

PAID_AFTER_DAYS = 14
"""Days from the end of a dispute to the money."""

LATER_DAYS = 90
"""Who misses an instalment pays half of it after so many days on average."""

RECORD_DAYS = 730

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class CashClaims:
    """Claims in columns CLAIMS, the items that plans hold, and what was learned for them."""

    claims: pl.DataFrame
    planned: pl.Series
    figures: dict[str, int]


def cash_claims(company: Company, items: pl.DataFrame, *, as_of: date) -> CashClaims:
    """Return the claims of a company as of a day; a fixed number of queries.

    `items` are the open items: item_id, customer_id, currency, open_minor.
    """
    planned = _planned(company)
    kept, won, cleared = (
        _kept_ppm(company, as_of),
        _won_ppm(company),
        _cleared_days(company, as_of),
    )
    disputes = _disputed(company, items, as_of=as_of, won_ppm=won, days=cleared)
    promises = _promised(company, items, as_of=as_of, kept_ppm=kept["promises"])
    plans = _instalments(company, as_of=as_of, kept_ppm=kept["instalments"])
    claims = pl.concat(
        [no_claims(), disputes, promises, plans, invoice_claims(company, as_of=as_of)]
    )
    return CashClaims(
        claims=by_priority(claims, planned),
        planned=planned,
        figures={
            "promises_kept_ppm": kept["promises"],
            "instalments_kept_ppm": kept["instalments"],
            "disputes_won_ppm": won,
            "disputes_days": cleared,
        },
    )


def _planned(company: Company) -> pl.Series:
    """Return the items that live plans hold: their instalments are what is to be paid."""
    held = PlanItem.objects.filter(plan__company=company, is_live=True).order_by("item")
    return pl.Series("item_id", list(held.values_list("item", flat=True)), dtype=pl.Int64)


def _kept_ppm(company: Company, as_of: date) -> dict[str, int]:
    """Return the share of promises and of instalments that were kept, drawn to KEPT_PPM."""
    since = as_of - timedelta(days=RECORD_DAYS)
    word = Promise.Outcome
    promises = Promise.objects.filter(
        company=company,
        forgiven_on=None,
        settled_on__gte=since,
        outcome__in=(word.KEPT, word.PARTIALLY_KEPT, word.BROKEN),
    ).aggregate(all=Count("pk"), kept=Count("pk", filter=Q(outcome=word.KEPT)))
    paid = PlanInstalment.Status
    instalments = PlanInstalment.objects.filter(
        plan__company=company,
        due_on__gte=since,
        status__in=(paid.PAID, paid.PART, paid.LATE, paid.MISSED),
    ).aggregate(all=Count("pk"), kept=Count("pk", filter=Q(status=paid.PAID)))
    return {
        name: (row["kept"] * PPM + KEPT_ROWS * KEPT_PPM) // (row["all"] + KEPT_ROWS)
        for name, row in (("promises", promises), ("instalments", instalments))
    }


def _won_ppm(company: Company) -> int:
    """Return the share of disputed money that stays ours, by the resolutions that are done."""
    row = DisputeResolution.objects.filter(
        case__company=company, status=DisputeResolution.Status.DONE
    ).aggregate(
        rows=Count("pk"),
        won=Sum("denied_minor", default=0),
        lost=Sum(F("credit_minor") + F("written_off_minor"), default=0),
    )
    judged = row["won"] + row["lost"]
    seen = row["won"] * PPM // judged if judged else WON_PPM
    rows = row["rows"] if judged else 0
    return int((seen * rows + WON_PPM * WON_ROWS) // (rows + WON_ROWS))


def _cleared_days(company: Company, as_of: date) -> int:
    """Return the mean days a dispute is open, drawn to CLEARED_DAYS."""
    spans = Dispute.objects.filter(
        company=company, closed_on__gte=as_of - timedelta(days=RECORD_DAYS), closed_on__lte=as_of
    ).values_list("opened_on", "closed_on")
    days = [(closed - opened).days for opened, closed in spans if closed is not None]
    return (sum(days) + CLEARED_DAYS * CLEARED_ROWS) // (len(days) + CLEARED_ROWS)


def _disputed(
    company: Company, items: pl.DataFrame, *, as_of: date, won_ppm: int, days: int
) -> pl.DataFrame:
    """Return the disputed part of each item, paid after the dispute if it is won, and the rest."""
    found = pl.DataFrame(
        list(
            Dispute.objects.filter(company=company, closed_on=None, opened_on__lte=as_of)
            .order_by("item")
            .values_list("item", "amount_minor", "case__validity_ppm", "item__number")
            .iterator(CHUNK)
        ),
        schema={
            "item_id": pl.Int64,
            "part_minor": pl.Int64,
            "right_ppm": pl.Int64,
            "label": pl.String,
        },
        orient="row",
    ).join(items, on="item_id", how="inner", maintain_order="left")
    won = (PPM - pl.col("right_ppm")).fill_null(won_ppm)
    part = found.with_columns(open_minor=pl.min_horizontal("part_minor", "open_minor"))
    rest = found.with_columns(open_minor=pl.col("open_minor") - pl.col("part_minor")).filter(
        pl.col("open_minor") > 0
    )
    at = day_number(as_of)
    return pl.concat(
        [
            _claims(part, DISPUTES, at_day=at, rest_ppm=won, wait_days=days + PAID_AFTER_DAYS),
            _claims(rest, DISPUTES, at_day=at, base_ppm=PPM),
        ]
    )


def _promised(
    company: Company, items: pl.DataFrame, *, as_of: date, kept_ppm: int
) -> pl.DataFrame:
    """Return the promised part of each item, kept or paid as usual, and the rest of the item."""
    of_items = (
        PromiseItem.objects.filter(promise__company=company, promise__outcome="open")
        .order_by("promise__due_on", "promise", "item")
        .values_list(
            "item", "amount_minor", "promise__due_on", "promise__keep_ppm", "item__number"
        )
    )
    rows: list[Row] = [*of_items.iterator(CHUNK), *_amounts(company, items)]
    found = (
        pl.DataFrame(
            rows,
            schema={
                "item_id": pl.Int64,
                "part_minor": pl.Int64,
                "due_on": pl.Date,
                "keep_ppm": pl.Int64,
                "label": pl.String,
            },
            orient="row",
        )
        # of two promises of one item the one due first counts
        .unique("item_id", keep="first", maintain_order=True)
        .join(items, on="item_id", how="inner", maintain_order="left")
        .with_columns(
            at=pl.col("due_on").cast(pl.Int32), keep=pl.col("keep_ppm").fill_null(kept_ppm)
        )
        .drop("keep_ppm")
    )
    part = found.with_columns(open_minor=pl.min_horizontal("part_minor", "open_minor"))
    rest = found.with_columns(open_minor=pl.col("open_minor") - pl.col("part_minor")).filter(
        pl.col("open_minor") > 0
    )
    keep = pl.col("keep")
    return pl.concat(
        [
            _claims(part, PROMISES, at_day=pl.col("at"), keep_ppm=keep, base_ppm=PPM - keep),
            _claims(rest, PROMISES, at_day=day_number(as_of), base_ppm=PPM),
        ]
    )


def _amounts(company: Company, items: pl.DataFrame) -> Iterable[Row]:
    """Yield promises of an amount spread over the customer's open items, the oldest first."""
    left: dict[tuple[int, str], list[Promise]] = defaultdict(list)
    amounts = Promise.objects.filter(company=company, outcome="open", level="customer")
    for promise in amounts.order_by("due_on", "pk"):
        left[promise.customer_id, promise.currency].append(promise)
    if not left:
        return
    keys = pl.DataFrame(
        list(left), schema={"customer_id": pl.Int64, "currency": pl.String}, orient="row"
    )
    theirs = items.join(keys, on=["customer_id", "currency"], how="semi").sort(
        "due_day", "item_id"
    )
    rest = {key: [promise.amount_minor or 0 for promise in made] for key, made in left.items()}
    for row in theirs.iter_rows(named=True):
        key = row["customer_id"], row["currency"]
        for place, promise in enumerate(left[key]):
            part = min(rest[key][place], row["open_minor"])
            if part > 0:
                rest[key][place] -= part
                yield row["item_id"], part, promise.due_on, promise.keep_ppm, ""
                break


def _instalments(company: Company, *, as_of: date, kept_ppm: int) -> pl.DataFrame:
    """Return what is left of the instalments of live plans, the overdue ones due at once."""
    found = pl.DataFrame(
        list(
            PlanInstalment.objects.filter(
                plan__company=company,
                plan__status__in=PaymentPlan.LIVE,
                amount_minor__gt=F("paid_minor"),
            )
            .order_by("plan", "number")
            .values_list(
                "plan",
                "plan__customer",
                "plan__currency",
                F("amount_minor") - F("paid_minor"),
                "plan__number",
                "number",
                "due_on",
            )
            .iterator(CHUNK)
        ),
        schema={
            "subject_id": pl.Int64,
            "customer_id": pl.Int64,
            "currency": pl.String,
            "open_minor": pl.Int64,
            "plan": pl.String,
            "number": pl.Int64,
            "due_on": pl.Date,
        },
        orient="row",
    ).with_columns(
        label=pl.format("{} / {}", "plan", "number"),
        item_id=pl.lit(None, pl.Int64),
        at=pl.col("due_on").cast(pl.Int32),
    )
    is_due = pl.col("at") <= day_number(as_of)
    keep = pl.when(is_due).then(0).otherwise(kept_ppm)
    later = (PPM - keep) // 2
    return _claims(
        found,
        PLANS,
        subject="plan",
        subject_id=pl.col("subject_id"),
        at_day=pl.col("at"),
        keep_ppm=keep,
        rest_ppm=later,
        wait_days=LATER_DAYS,
    )


def _claims(
    rows: pl.DataFrame,
    component: str,
    *,
    subject: str = "item",
    subject_id: pl.Expr | None = None,
    **laws: pl.Expr | int,
) -> pl.DataFrame:
    """Return rows in columns CLAIMS; a law that is not given is 0."""
    names = ("at_day", "keep_ppm", "rest_ppm", "wait_days", "late_ppm", "base_ppm")
    made = {name: laws.get(name, 0) for name in names}
    return rows.select(
        pl.lit(component).alias("component"),
        pl.lit(subject).alias("subject"),
        (pl.col("item_id") if subject_id is None else subject_id).alias("subject_id"),
        "item_id",
        "customer_id",
        "currency",
        "open_minor",
        "label",
        **{name: pl.lit(law) if isinstance(law, int) else law for name, law in made.items()},
    ).cast(pl.Schema(CLAIMS))
