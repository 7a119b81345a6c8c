"""From what day the VAT of a bad debt may be claimed back, and until when: rules and dates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import narwhals.stable.v2 as nw

from dunwell.engine import documents
from dunwell.engine.documents import DocumentError
from dunwell.engine.limitation_days import with_months_later
from dunwell.engine.money import part
from dunwell.engine.schema import Column, Frame

WRITTEN_OFF, LOST = "written_off", "lost"
WHEN = (WRITTEN_OFF, LOST)
PPM = 1_000_000
MOST_MONTHS = 240

BAD_DEBTS: Frame = {
    "item_id": Column(nw.Int64, "key of the item"),
    "due_day": Column(nw.Int32, "day it fell due"),
    "supply_day": Column(nw.Int32, "day of supply, or of issue where that is all we know"),
    "written_off_day": Column(nw.Int32, "day a part was written off first", nullable=True),
    "insolvent_day": Column(nw.Int32, "day the customer's insolvency opened", nullable=True),
}
RELIEF: Frame = {
    "item_id": Column(nw.Int64, "key of the item"),
    "from_day": Column(nw.Int32, "first day on which the VAT may be claimed back"),
    "until_day": Column(nw.Int32, "last day, empty where the rule sets none", nullable=True),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class VatRule:
    """One country's rule; months count from the later of due day and supply."""

    id: str
    title: str
    country: str
    when: str
    wait_months: int
    within_months: int | None
    source: str
    evidence: str


def read_vat_rules(document: Mapping[str, object]) -> tuple[VatRule, ...]:
    """Return the rules of a document {rules: […]}, one per country; raise DocumentError."""
    outer = documents.fields(document, "document")
    documents.known(outer, {"rules"}, "document")
    rules = [
        _rule(row, f"rule {number}")
        for number, row in enumerate(documents.rows(outer.get("rules"), "rules", "document"), 1)
    ]
    countries = [rule.country for rule in rules]
    if twice := sorted({name for name in countries if countries.count(name) > 1}):
        raise DocumentError(f"document: {twice[0]} has two rules; one is enough")
    return tuple(rules)


def vat_rule(rules: Sequence[VatRule], *, country: str) -> VatRule | None:
    """Return the rule of a country, None where none is known."""
    return next((rule for rule in rules if rule.country == country), None)


def vat_relief(debts: nw.LazyFrame, rule: VatRule) -> nw.LazyFrame:
    """Return the debts whose VAT may be claimed back some day, in columns RELIEF.

    The first day is the later of the day the debt counts as lost and the end of the waiting time.
    """
    written, insolvent = nw.col("written_off_day"), nw.col("insolvent_day")
    lost = written
    if rule.when == LOST:
        earlier = nw.when(insolvent < written).then(insolvent).otherwise(written)
        lost = nw.coalesce(earlier, insolvent)
    due, supply = nw.col("due_day"), nw.col("supply_day")
    within = 0 if rule.within_months is None else rule.within_months
    found = debts.with_columns(
        lost_day=lost,
        base_day=nw.when(supply > due).then(supply).otherwise(due),
        wait=nw.lit(rule.wait_months),
        within=nw.lit(within),
    ).filter(~nw.col("lost_day").is_null())
    waited = with_months_later(found, day="base_day", months="wait", alias="waited_day")
    ended = with_months_later(waited, day="base_day", months="within", alias="end_day")
    later = nw.col("waited_day") > nw.col("lost_day")
    first = nw.when(later).then(nw.col("waited_day")).otherwise(nw.col("lost_day"))
    until = nw.when(nw.lit(rule.within_months is not None)).then(nw.col("end_day"))
    return ended.with_columns(
        from_day=first.cast(nw.Int32), until_day=until.cast(nw.Int32)
    ).select(*RELIEF)


def vat_within(gross_minor: int, *, rate_ppm: int) -> int:
    """Return the VAT inside a gross amount: gross * rate / (1 + rate), rounded half up."""
    return part(gross_minor, rate_ppm, PPM + rate_ppm)


def _rule(row: object, where: str) -> VatRule:
    stated = documents.fields(row, where)
    documents.known(
        stated,
        {
            *("id", "title", "country", "when", "wait_months", "within_months"),
            *("source", "evidence"),
        },
        where,
    )
    within = stated.get("within_months")
    return VatRule(
        id=documents.text(stated, "id", where),
        title=documents.text(stated, "title", where),
        country=documents.text(stated, "country", where),
        when=documents.choice(stated.get("when"), "when", WHEN, where),
        wait_months=documents.number(stated, "wait_months", where, largest=MOST_MONTHS),
        within_months=None
        if within is None
        else documents.number(stated, "within_months", where, smallest=1, largest=MOST_MONTHS),
        source=documents.text(stated, "source", where),
        evidence=documents.choice(stated.get("evidence"), "evidence", ("P", "S", "M"), where),
    )
