"""Predictions as pages and the API show them: of an item with reasons, of a customer, of a day."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from django.db.models import Count, ExpressionWrapper, F, IntegerField, Min, Q, QuerySet, Sum

from dunwell.models import CashForecast, Company, ItemPrediction, ModelVersion, PredictionLog
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of
from dunwell.queries.prepared import prepared


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """One reason of a prediction: a code of `ml.explain`, the fact it rests on, and its weight.

    `effect_days`: how many days it moves the expected wait, later > 0; empty for a model that
    only knows the customer's own past.
    """

    code: str
    value: float | None
    effect_days: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PredictionRow:
    """What is expected of one open item; chances in ppm, amounts in minor units of `currency`.

    `history_items`: paid items of the customer it rests on. `dispute_reasons` are rows of
    `ml.dispute_risk` (code, log_odds_ppm).
    """

    item_id: int
    item_number: str
    customer_id: int
    customer_number: str
    customer_name: str
    as_of: date
    currency: str
    open_minor: int
    due_on: date
    p_late_ppm: int
    p_late_7_ppm: int
    p_late_30_ppm: int
    p_unpaid_14_ppm: int
    p_loss_ppm: int
    p_dispute_ppm: int | None
    loss_minor: int
    expected_pay_on: date
    q10_on: date
    q50_on: date
    q90_on: date
    model_number: int
    model_kind: str
    model_label: str
    history_items: int
    reasons: tuple[Reason, ...]
    dispute_reasons: tuple[Mapping[str, object], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerPrediction:
    """What is expected of a customer's open items in one currency, sums in minor units.

    `expected_14_minor` is the money expected within 14 days, `loss_minor` what is expected
    never to come; `next_pay_on` the soonest day by which an item is more likely paid than not.
    """

    currency: str
    items: int
    open_minor: int
    expected_14_minor: int
    loss_minor: int
    mean_p_late_ppm: int
    next_pay_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class ForecastWeek:
    """Cash expected in one week from the items on the book, minor units."""

    week: int
    starts_on: date
    expected_minor: int
    p10_minor: int
    p50_minor: int
    p90_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ForecastRow:
    """The weeks of one currency as of the last scored day."""

    currency: str
    as_of: date
    weeks: tuple[ForecastWeek, ...]


PPM = 1_000_000

NAMED = (
    *("item__number", "customer__number", "customer__name"),
    *("version__number", "version__kind"),
)
"""What a row names of other records: a page shows fifty, and reading them whole costs most."""

ORDERS: Mapping[str, tuple[str, type[int] | type[date]]] = {
    "late": ("-p_late_ppm", int),
    "loss": ("-loss_minor", int),
    "expected": ("expected_pay_on", date),
}
"""Orders of the predictions list: the most likely late, the largest loss, the soonest paid."""


def item_prediction(company: Company, item_id: int) -> PredictionRow | None:
    """Return what is expected of an item, None when it is not open or was not scored yet."""
    found = _page(Q(company=company, item=item_id), field="item_id", limit=1)
    return next((_row(prediction) for prediction in found), None)


def prediction_rows(
    company: Company,
    *,
    customer_id: int | None = None,
    order: str = "late",
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[PredictionRow]:
    """Return one page of predictions in one of ORDERS; raises ValueError for another word."""
    if order not in ORDERS:
        raise ValueError(f"There is no order {order}; use one of {', '.join(ORDERS)}.")
    field, kind = ORDERS[order]
    found = Q(company=company)
    if customer_id is not None:
        found &= Q(customer=customer_id)
    limit = page_limit(limit)
    rows = _page(found & after(cursor, (field, "item_id"), (kind, int)), field=field, limit=limit)
    name = field.removeprefix("-")
    return page_of(
        [_row(prediction) for prediction in rows],
        limit=limit,
        key=lambda row: (getattr(row, name), row.item_id),
    )


def predictions_of(company: Company, item_ids: Sequence[int]) -> dict[int, PredictionRow]:
    """Return the predictions of some items by item, for lists that show them beside the item."""
    # the company is asked of each row: as a condition SQLite walks all of its predictions
    return {one.item_id: _row(one) for one in _of_items(item_ids) if one.company_id == company.pk}


@prepared
def _of_items(item_ids: Sequence[int]) -> QuerySet[ItemPrediction]:
    return _shown(ItemPrediction.objects.filter(item__pk__in=item_ids))


@prepared
def _page(condition: Q, *, field: str, limit: int) -> QuerySet[ItemPrediction]:
    # those of the page are chosen before what is shown beside them is looked up
    keys = ItemPrediction.objects.filter(condition).order_by(field, "item_id").values("pk")
    found = _shown(ItemPrediction.objects.filter(pk__in=keys[: limit + 1]))
    return found.order_by(field, "item_id")


@prepared
def _sums(customer_id: int) -> QuerySet[Any, Any]:
    # open amounts stay far below 9e12 minor units, so that the product fits 64 bits
    weighed = ExpressionWrapper(
        F("open_minor") * (PPM - F("p_unpaid_14_ppm")), output_field=IntegerField()
    )
    found = ItemPrediction.objects.filter(customer=customer_id).values("company_id", "currency")
    return found.annotate(
        items=Count("item"),
        total=Sum("open_minor"),
        weighed=Sum(weighed),
        loss=Sum("loss_minor"),
        late=Sum("p_late_ppm"),
        next_pay_on=Min("q50_on"),
    ).order_by("currency")


def customer_predictions(company: Company, customer_id: int) -> tuple[CustomerPrediction, ...]:
    """Return what is expected of a customer's open items, per currency; one query."""
    return tuple(
        CustomerPrediction(
            currency=row["currency"],
            items=row["items"],
            open_minor=row["total"],
            expected_14_minor=(row["weighed"] + PPM // 2) // PPM,
            loss_minor=row["loss"],
            mean_p_late_ppm=round(row["late"] / row["items"]),
            next_pay_on=row["next_pay_on"],
        )
        for row in _sums(customer_id)
        # asked of each row: as a condition SQLite walks all predictions of the company
        if row["company_id"] == company.pk
    )


def forecast_rows(company: Company) -> tuple[ForecastRow, ...]:
    """Return the cash forecast of the last scored day, per currency."""
    last = CashForecast.objects.filter(company=company).order_by("-as_of").values("as_of")[:1]
    weeks: dict[tuple[str, date], list[ForecastWeek]] = {}
    for row in CashForecast.objects.filter(company=company, as_of=last).order_by(
        "currency", "week"
    ):
        weeks.setdefault((row.currency, row.as_of), []).append(
            ForecastWeek(
                week=row.week,
                starts_on=row.starts_on,
                expected_minor=row.expected_minor,
                p10_minor=row.p10_minor,
                p50_minor=row.p50_minor,
                p90_minor=row.p90_minor,
            )
        )
    return tuple(
        ForecastRow(currency=currency, as_of=as_of, weeks=tuple(found))
        for (currency, as_of), found in weeks.items()
    )


def logged_prediction(
    company: Company, item_id: int, *, as_of: date
) -> Mapping[str, object] | None:
    """Return what was said of an item on a day, from that day's log; None when nothing was."""
    content = logged_content(company, as_of=as_of)
    if content is None:
        return None
    found = pl.read_parquet(io.BytesIO(content)).filter(pl.col("item_id") == item_id)
    return found.row(0, named=True) if found.height else None


def first_logged_on(company: Company) -> date | None:
    """Return the first day on which predictions were logged, None before it."""
    found = PredictionLog.objects.filter(company=company).order_by("as_of")
    return found.values_list("as_of", flat=True).first()


def logged_days(version: ModelVersion, *, since: date) -> list[date]:
    """Return the days on which the version's predictions were logged, the oldest first."""
    found = PredictionLog.objects.filter(version=version, as_of__gte=since)
    return list(found.order_by("as_of").values_list("as_of", flat=True))


def logged_content(company: Company, *, as_of: date) -> bytes | None:
    """Return the day's log as it was written (Parquet), or None."""
    found = PredictionLog.objects.filter(company=company, as_of=as_of)
    content = found.values_list("content", flat=True).first()
    return None if content is None else bytes(content)


def _shown(found: QuerySet[ItemPrediction]) -> QuerySet[ItemPrediction]:
    """Return the predictions with what their rows name of item, customer and version, no more."""
    own = (field.name for field in ItemPrediction._meta.concrete_fields)
    return found.select_related("item", "customer", "version").only(*own, *NAMED)


def _row(prediction: ItemPrediction) -> PredictionRow:
    version = prediction.version
    return PredictionRow(
        item_id=prediction.item_id,
        item_number=prediction.item.number,
        customer_id=prediction.customer_id,
        customer_number=prediction.customer.number,
        customer_name=prediction.customer.name,
        as_of=prediction.as_of,
        currency=prediction.currency,
        open_minor=prediction.open_minor,
        due_on=prediction.due_on,
        p_late_ppm=prediction.p_late_ppm,
        p_late_7_ppm=prediction.p_late_7_ppm,
        p_late_30_ppm=prediction.p_late_30_ppm,
        p_unpaid_14_ppm=prediction.p_unpaid_14_ppm,
        p_loss_ppm=prediction.p_loss_ppm,
        p_dispute_ppm=prediction.p_dispute_ppm,
        loss_minor=prediction.loss_minor,
        expected_pay_on=prediction.expected_pay_on,
        q10_on=prediction.q10_on,
        q50_on=prediction.q50_on,
        q90_on=prediction.q90_on,
        model_number=version.number,
        model_kind=version.kind,
        model_label=str(ModelVersion.Kind(version.kind).label),
        history_items=prediction.history_items,
        reasons=tuple(Reason(**reason) for reason in prediction.reasons),
        dispute_reasons=tuple(prediction.dispute_reasons),
    )
