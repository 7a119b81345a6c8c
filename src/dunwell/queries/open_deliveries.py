"""Open invoices as the board of deliveries asks for them, and those judged by the engine."""

from dataclasses import dataclass
from datetime import date, timedelta

import narwhals.stable.v2 as nw
import polars as pl
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When

from dunwell.engine.calendars import day_number
from dunwell.engine.delivery_ladder import known_facts, ladder
from dunwell.engine.responses_policy import AlarmTerms
from dunwell.models import Company, Invoice, Item, OpenItem
from dunwell.queries.delivery_facts import facts_frame
from dunwell.queries.delivery_ladders import FEW, alarms_frame, due_by
from dunwell.queries.reminders import native
from dunwell.queries.responses_policies import responses_in_force

ROW = {
    "item_id": pl.Int64,
    "number": pl.String,
    "customer_id": pl.Int64,
    "customer_number": pl.String,
    "customer_name": pl.String,
    "kind": pl.String,
    "currency": pl.String,
    "open_minor": pl.Int64,
    "issued_day": pl.Int32,
    "due_day": pl.Int32,
    "is_plain": pl.Boolean,
    "is_asked": pl.Boolean,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenDeliveries:
    """Which open invoices the board is about: of a company or one customer, as of a day."""

    company: Company
    as_of: date
    terms: AlarmTerms
    customer_id: int | None

    @classmethod
    def of(
        cls, company: Company, *, as_of: date, customer_id: int | None = None
    ) -> "OpenDeliveries":
        """Return them under the terms in force on the day."""
        terms = responses_in_force(company, as_of=as_of).policy.alarm
        return cls(company=company, as_of=as_of, terms=terms, customer_id=customer_id)

    @property
    def invoices(self) -> QuerySet[OpenItem]:
        """The open invoices, dated ahead or not."""
        found = OpenItem.objects.filter(company=self.company, item__kind=Item.Kind.INVOICE)
        return found if self.customer_id is None else found.filter(customer=self.customer_id)

    @property
    def is_plain(self) -> Q:
        """Of which we know by the day that they were issued."""
        return Q(item__issued_on__lte=self.as_of, item__recorded_on__lte=self.as_of)

    @property
    def last_issued(self) -> date:
        """The last day of issue of those whose arrival has to be proven by now."""
        return self.as_of - timedelta(days=self.terms.min_wait_days)

    @property
    def is_due(self) -> Q:
        """Due so soon, and so large, that their arrival has to be proven by now."""
        if not self.terms.is_on:
            return Q(pk__in=())
        last = due_by(self.terms, country=self.company.country, as_of=self.as_of)
        return Q(due_on__lte=last, open_minor__gte=max(self.terms.min_open_minor, 1))

    @property
    def is_asked(self) -> Q:
        """Those that nothing proves, if nothing is known but that they were issued."""
        asked = self.is_due & self.is_plain & Q(item__issued_on__lte=self.last_issued)
        if self.terms.only_ours:
            asked &= Q(Exists(Invoice.objects.filter(item=OuterRef("pk"))))
        return asked

    def written(self) -> QuerySet[OpenItem]:
        """Return the open invoices written here, named one by one where they are few."""
        drafts = Invoice.objects.filter(company=self.company, item__isnull=False)
        few = list(drafts.values_list("item", flat=True)[: FEW + 1])
        return self.invoices.filter(pk__in=few) if len(few) <= FEW else self.invoices


def judged(asked: OpenDeliveries, items: QuerySet[Item]) -> pl.DataFrame:
    """Return open invoices with their ladders and alarms, the soonest due first.

    One of which nothing is known by the day is left out.
    """
    known = known_facts(facts_frame(asked.company, items, are_open=True), as_of=asked.as_of)
    opened = _opened_rows(asked, items)
    alarms = alarms_frame(
        asked.company,
        known,
        nw.from_native(opened.lazy()),
        items.values("customer"),
        terms=asked.terms,
        as_of=asked.as_of,
    )
    return (
        native(ladder(known))
        .join(opened, on="item_id")
        .join(alarms.select("item_id", "why", "next_step"), on="item_id", how="left")
        .sort("due_day", "item_id")
    )


def _opened_rows(asked: OpenDeliveries, items: QuerySet[Item]) -> pl.DataFrame:
    rows = (
        asked.invoices.filter(item__in=items)
        .annotate(is_plain=_yes(asked.is_plain), is_asked=_yes(asked.is_asked))
        .values_list(
            *("item", "item__number", "customer", "customer__number", "customer__name"),
            *("item__kind", "currency", "open_minor", "item__issued_on", "due_on"),
            *("is_plain", "is_asked"),
        )
    )
    return pl.DataFrame(
        [(*row[:8], day_number(row[8]), day_number(row[9]), *row[10:]) for row in rows],
        schema=ROW,
        orient="row",
    )


def _yes(condition: Q) -> Case:
    return Case(When(condition, then=Value(value=True)), default=Value(value=False))
