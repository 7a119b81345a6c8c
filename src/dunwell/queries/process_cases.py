"""Which invoices a figure of the process is made of, and the course of one of them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_date
from dunwell.engine.process.log import CASES, DAY_MS, EVENTS, OPENS_MS, steps
from dunwell.engine.process.path import DUE
from dunwell.formats.process_marks import read_marks
from dunwell.models import Company, Item, ProcessMonth
from dunwell.queries.kept_sums import of_large
from dunwell.queries.pages import PAGE_SIZE, Page, page_limit, page_of, read_cursor
from dunwell.queries.process import ProcessChoice
from dunwell.queries.process_events import process_log

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  the clock of the place, without a zone


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcessCase:
    """One invoice that counts in a figure: how often, how long, and how much waited.

    Days and business hours are all of its times together, None where none has ended.
    """

    item_id: int
    number: str
    customer_id: int
    customer_name: str
    amount_minor: int
    times: int
    days: int | None
    hours: int | None
    money_days: int
    is_waiting: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcessCases:
    """The invoices of a figure: their sums are the figure's."""

    kind: str
    name: str
    cases: int
    times: int
    amount_minor: int
    money_days: int
    page: Page[ProcessCase]


@dataclass(frozen=True, kw_only=True, slots=True)
class CourseStep:
    """One thing that happened to an invoice, by what kind of party, and the wait after it.

    `at` is on the company's clock, None where it stands at the opening for its day alone.
    """

    activity: str
    on: date
    at: datetime | None
    resource: str
    days: int | None
    hours: int | None
    open_minor: int
    is_waiting: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemCourse:
    """The course of one invoice up to a day."""

    item_id: int
    number: str
    customer_id: int
    customer_name: str
    currency: str
    amount_minor: int
    steps: tuple[CourseStep, ...]


@of_large
def process_cases(
    company: Company,
    choice: ProcessChoice,
    *,
    kind: str,
    name: str,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> ProcessCases:
    """Return one page of the invoices of a figure, the most money days first; two queries.

    Raises CursorError for a cursor of another list.
    """
    files = ProcessMonth.objects.filter(
        company=company, month__gte=choice.first, month__lte=choice.last
    ).order_by("month")
    found = read_marks(
        (bytes(data) for data in files.values_list("steps", flat=True)), kind=kind, name=name
    ).filter(nw.col("currency") == choice.currency)
    if choice.segment is not None:
        found = found.filter(nw.col("segment") == choice.segment)
    rows = (
        found.group_by("case_id")
        .agg(
            amount_minor=nw.col("amount_minor").max(),
            times=nw.len().cast(nw.Int64),
            ended=nw.col("days").count().cast(nw.Int64),
            days=nw.col("days").sum().cast(nw.Int64),
            hours=nw.col("hours").sum().cast(nw.Int64),
            money_days=nw.col("money_days").sum(),
            is_waiting=nw.col("is_waiting").any(),
        )
        .collect("polars")
        .to_native()
        .sort("money_days", "amount_minor", "case_id", descending=[True, True, False])
    )
    sums = rows.select("times", "amount_minor", "money_days").sum().row(0)
    place = int(read_cursor(cursor, (int,))[0]) if cursor else 0  # type: ignore[arg-type]
    limit = page_limit(limit)
    part = rows.slice(place, limit + 1)
    shown = Item.objects.filter(company=company, pk__in=part["case_id"].to_list())
    items = {one.pk: one for one in shown.select_related("customer")}
    cases = [
        ProcessCase(
            item_id=key,
            number=items[key].number,
            customer_id=items[key].customer_id,
            customer_name=items[key].customer.name,
            amount_minor=amount,
            times=times,
            days=days if ended else None,
            hours=hours if ended else None,
            money_days=money_days,
            is_waiting=is_waiting,
        )
        for key, amount, times, ended, days, hours, money_days, is_waiting in part.rows()
    ]
    return ProcessCases(
        kind=kind,
        name=name,
        cases=rows.height,
        times=int(sums[0] or 0),
        amount_minor=int(sums[1] or 0),
        money_days=int(sums[2] or 0),
        page=page_of(cases, limit=limit, key=lambda _row: (place + limit,)),
    )


def item_course(company: Company, item_id: int, *, as_of: date) -> ItemCourse | None:
    """Return what happened to one invoice by a day, in order; None for no invoice of ours."""
    item = (
        Item.objects.filter(company=company, pk=item_id, kind=Item.Kind.INVOICE)
        .select_related("customer")
        .first()
    )
    if item is None:
        return None
    read = process_log(
        company,
        first=item.issued_on,
        until=item.issued_on + timedelta(days=1),
        as_of=as_of,
        item_id=item.pk,
    )
    ordered = steps(
        nw.from_native(read.events.lazy()).select(*EVENTS),
        nw.from_native(read.cases.lazy()).select(*CASES),
        as_of=as_of,
        country=company.country,
        only_while_open=(DUE,),
    )
    rows = ordered.sort("step").collect("polars").to_native()
    return ItemCourse(
        item_id=item.pk,
        number=item.number,
        customer_id=item.customer_id,
        customer_name=item.customer.name,
        currency=item.currency,
        amount_minor=item.amount_minor,
        steps=tuple(_step(row) for row in rows.iter_rows(named=True)),
    )


def _step(row: dict[str, Any]) -> CourseStep:
    moment = int(row["moment"])
    return CourseStep(
        activity=row["activity"],
        on=day_date(row["day"]),
        at=None if moment % DAY_MS == OPENS_MS else EPOCH + timedelta(milliseconds=moment),
        resource=row["resource"],
        days=row["days"],
        hours=row["hours"],
        open_minor=row["open_minor"],
        is_waiting=row["is_waiting"],
    )
