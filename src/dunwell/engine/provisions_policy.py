"""How expected losses are measured: rates, overlays, covers, and what credit costs and earns.

One document, versioned like a strategy.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from dunwell.engine import documents
from dunwell.engine.aging import bucket_labels
from dunwell.engine.case_answers import CaseAnswer
from dunwell.engine.documents import DocumentError
from dunwell.engine.loss_rates import (
    EVERYONE,
    Overlay,
    RateRow,
    Scenario,
    rates_of,
    scalar_on,
)
from dunwell.engine.provisions import Pool, PoolRate, line

MILLION = 1_000_000
STANDARDS = ("ifrs9", "cecl")
POOLED_BY = ("segment", "country", "none")
SOURCES = ("own", "typed")
_FIELDS = {
    *("name", "valid_from", "standard", "pool_by", "edges", "source", "months", "lost_days"),
    *("least_items", "rates", "overlays", "rated", "default_days", "counts_covers"),
    *("covered_ppm", "discount_ppm", "carry", "margins", "contact_minor"),
}
_CASE = {"name", "segment", "days_past_due", "open_minor", "covered_minor", "on", "expect"}


class ProvisionsPolicyError(DocumentError):
    """The provisions policy cannot be used; the message says what, where, and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DatedRate:
    """A yearly rate in ppm from a day on, and where it comes from."""

    from_on: date
    rate_ppm: int
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Margin:
    """What sales of a segment (or of everyone) earn before credit costs, in ppm of sales."""

    segment: str
    margin_ppm: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ProvisionCase:
    """Something somebody states to be owed, and the allowance expected in minor units."""

    name: str
    segment: str
    days_past_due: int
    open_minor: int
    covered_minor: int
    on: date
    expect: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ProvisionsPolicy:
    """The whole document; rates in ppm, days are calendar days.

    `table` holds the typed rates by segment; with `source` own they stand in for a segment with
    less than `least_items` in its history. `lost_days` after the due day what is still unpaid
    counts as lost; `rated` are the segments measured by rating.
    """

    name: str
    valid_from: date
    standard: str = "ifrs9"
    pool_by: str = "segment"
    edges: tuple[int, ...] = (0, 30, 60, 90)
    source: str = "own"
    months: int = 24
    lost_days: int = 180
    least_items: int = 50
    table: Mapping[str, RateRow] = field(default_factory=dict)
    overlays: tuple[Overlay, ...] = ()
    rated: tuple[str, ...] = ()
    default_days: int = 90
    counts_covers: bool = True
    discount_ppm: int = 0
    carry: tuple[DatedRate, ...] = ()
    margins: tuple[Margin, ...] = ()
    contact_minor: int = 0
    cases: tuple[ProvisionCase, ...] = ()

    @property
    def buckets(self) -> tuple[str, ...]:
        """Return the names of the buckets, the one not due first."""
        return bucket_labels(self.edges)

    def bucket_of(self, days_past_due: int) -> str:
        """Return the bucket of a lateness in days."""
        return self.buckets[sum(days_past_due > edge for edge in self.edges)]

    def rate(
        self, table: Mapping[str, RateRow], segment: str, bucket: str, *, as_of: date
    ) -> PoolRate:
        """Return what of a bucket is lost by a table of rates."""
        row = rates_of(table, segment)
        overlay = scalar_on(self.overlays, segment, as_of=as_of)
        return PoolRate(
            rate=row.rates[self.buckets.index(bucket)], overlay=overlay, basis=row.source
        )

    def carry_ppm(self, *, as_of: date) -> int | None:
        """Return what money costs us a year on a day; None before the first rate."""
        held = [one for one in self.carry if one.from_on <= as_of]
        return max(held, key=lambda one: one.from_on).rate_ppm if held else None

    def margin_ppm(self, segment: str) -> int | None:
        """Return the margin on sales of a segment, that of everyone, or None."""
        found = {one.segment: one.margin_ppm for one in self.margins}
        return found.get(segment, found.get(EVERYONE))


def read_provisions_policy(document: Mapping[str, object]) -> ProvisionsPolicy:
    """Build a policy from a parsed document of the form {provisions: …, cases: […]}.

    Raises ProvisionsPolicyError naming the first wrong field.
    """
    try:
        return _read(document)
    except ProvisionsPolicyError:
        raise
    except DocumentError as error:
        raise ProvisionsPolicyError(str(error)) from error


def play_provision_cases(policy: ProvisionsPolicy) -> tuple[CaseAnswer, ...]:
    """Return the allowance the typed rates give each of the policy's own cases."""
    return tuple(CaseAnswer(case=case, found=_answer(policy, case)) for case in policy.cases)


def _answer(policy: ProvisionsPolicy, case: ProvisionCase) -> tuple[str, ...]:
    bucket = policy.bucket_of(case.days_past_due)
    rate = policy.rate(policy.table, case.segment, bucket, as_of=case.on)
    net = case.open_minor - case.covered_minor
    pool = Pool(
        method="matrix",
        segment=case.segment,
        bucket=bucket,
        currency="",
        items=1,
        gross_minor=case.open_minor,
        covered_minor=case.covered_minor,
        base_minor=net,
    )
    return (str(line(pool, rate).allowance_minor),)


def _read(document: Mapping[str, object]) -> ProvisionsPolicy:
    outer = documents.fields(document, "document")
    documents.known(outer, {"provisions", "cases"}, "document")
    body, where = documents.fields(outer.get("provisions"), "provisions"), "provisions"
    documents.known(body, _FIELDS, where)
    edges = _edges(body.get("edges", [0, 30, 60, 90]))
    return ProvisionsPolicy(
        name=documents.text(body, "name", where),
        valid_from=documents.day(body.get("valid_from"), "valid_from", where),
        standard=documents.choice(body.get("standard", "ifrs9"), "standard", STANDARDS, where),
        pool_by=documents.choice(body.get("pool_by", "segment"), "pool_by", POOLED_BY, where),
        edges=edges,
        source=documents.choice(body.get("source", "own"), "source", SOURCES, where),
        months=documents.number(body, "months", where, default=24, smallest=1, largest=120),
        lost_days=documents.number(
            body, "lost_days", where, default=180, smallest=edges[-1], largest=3_650
        ),
        least_items=documents.number(body, "least_items", where, default=50, smallest=1),
        table=_table(body.get("rates"), edges),
        overlays=_overlays(body.get("overlays") or []),
        rated=documents.names(body.get("rated"), "rated", where),
        default_days=documents.number(body, "default_days", where, default=90, smallest=1),
        counts_covers=documents.switch(body, "counts_covers", where, default=True),
        discount_ppm=documents.number(body, "discount_ppm", where, default=0, largest=MILLION),
        carry=tuple(
            DatedRate(
                from_on=documents.day(row.get("from_on"), "from_on", place),
                rate_ppm=documents.number(row, "rate_ppm", place, largest=MILLION),
                source=documents.text(row, "source", place),
            )
            for row, place in _rows(body, "carry", {"from_on", "rate_ppm", "source"})
        ),
        margins=tuple(
            Margin(
                segment=documents.text(row, "segment", place),
                margin_ppm=documents.number(row, "margin_ppm", place, largest=MILLION),
            )
            for row, place in _rows(body, "margins", {"segment", "margin_ppm"})
        ),
        contact_minor=documents.number(body, "contact_minor", where, default=0),
        cases=_cases(outer.get("cases") or [], default=body),
    )


def _rows(
    body: Mapping[str, object], name: str, known: set[str]
) -> list[tuple[Mapping[str, object], str]]:
    found = []
    for number, row in enumerate(documents.rows(body.get(name) or [], name, "provisions"), 1):
        place = f"provisions, {name} {number}"
        stated = documents.fields(row, place)
        documents.known(stated, known, place)
        found.append((stated, place))
    return found


def _edges(stated: object) -> tuple[int, ...]:
    edges = documents.rows(stated, "edges", "provisions")
    whole = [edge for edge in edges if isinstance(edge, int) and not isinstance(edge, bool)]
    if len(whole) != len(edges) or not whole or whole[0] != 0 or whole != sorted(set(whole)):
        raise DocumentError(
            f"provisions: edges must be rising whole days that begin with 0, found {stated!r}"
        )
    return tuple(whole)


def _table(stated: object, edges: Sequence[int]) -> Mapping[str, RateRow]:
    table: dict[str, RateRow] = {}
    for number, row in enumerate(documents.rows(stated or [], "rates", "provisions"), 1):
        place = f"provisions, rates {number}"
        fields = documents.fields(row, place)
        documents.known(fields, {"segment", "rates_ppm", "source"}, place)
        segment = documents.text(fields, "segment", place)
        rates = documents.rows(fields.get("rates_ppm"), "rates_ppm", place)
        if len(rates) != len(edges) + 1:
            raise DocumentError(
                f"{place}: rates_ppm needs {len(edges) + 1} rates, one per bucket, found "
                f"{len(rates)}"
            )
        if segment in table:
            raise DocumentError(f"{place}: segment {segment!r} has rates already")
        table[segment] = RateRow(
            segment=segment,
            rates=tuple(
                Fraction(documents.number({"rate": rate}, "rate", place, largest=MILLION), MILLION)
                for rate in rates
            ),
            source=documents.text(fields, "source", place),
        )
    if EVERYONE not in table:
        raise DocumentError(
            "provisions: rates need a row of segment '*' for what has no history of its own"
        )
    return table


def _overlays(stated: object) -> tuple[Overlay, ...]:
    found = []
    for number, row in enumerate(documents.rows(stated, "overlays", "provisions"), 1):
        place = f"provisions, overlays {number}"
        fields = documents.fields(row, place)
        documents.known(fields, {"from_on", "segments", "scenarios", "reason", "source"}, place)
        scenarios = tuple(
            _scenario(one, f"{place}, scenario {n}")
            for n, one in enumerate(documents.rows(fields.get("scenarios"), "scenarios", place), 1)
        )
        if sum(one.weight_ppm for one in scenarios) != MILLION:
            raise DocumentError(f"{place}: the weights of the scenarios must sum to {MILLION}")
        found.append(
            Overlay(
                from_on=documents.day(fields.get("from_on"), "from_on", place),
                segments=documents.names(fields.get("segments"), "segments", place),
                scenarios=scenarios,
                reason=documents.text(fields, "reason", place),
                source=documents.text(fields, "source", place),
            )
        )
    return tuple(found)


def _scenario(stated: object, where: str) -> Scenario:
    fields = documents.fields(stated, where)
    documents.known(fields, {"name", "weight_ppm", "scalar_ppm"}, where)
    return Scenario(
        name=documents.text(fields, "name", where),
        weight_ppm=documents.number(fields, "weight_ppm", where, largest=MILLION),
        scalar_ppm=documents.number(fields, "scalar_ppm", where, largest=100 * MILLION),
    )


def _cases(stated: object, *, default: Mapping[str, object]) -> tuple[ProvisionCase, ...]:
    found = []
    for number, row in enumerate(documents.rows(stated, "cases", "provisions"), 1):
        where = f"provisions, case {number}"
        fields = documents.fields(row, where)
        documents.known(fields, _CASE, where)
        expect = documents.number(fields, "expect", where)
        found.append(
            ProvisionCase(
                name=documents.text(fields, "name", where),
                segment=documents.text(fields, "segment", where, default="standard"),
                days_past_due=documents.number(
                    fields, "days_past_due", where, smallest=-3_650, largest=3_650
                ),
                open_minor=documents.number(fields, "open_minor", where),
                covered_minor=documents.number(fields, "covered_minor", where, default=0),
                on=documents.day(fields.get("on", default.get("valid_from")), "on", where),
                expect=(str(expect),),
            )
        )
    return tuple(found)
