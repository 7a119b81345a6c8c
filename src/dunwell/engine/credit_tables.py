"""Sections `limits` and `terms` of the credit policy: what a class of customers may be given.

The first row that fits decides. A limit is the lowest (or highest) of shares of what is known
about the customer, within a least and a most, rounded down. Amounts are home minor units.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from dunwell.engine import documents
from dunwell.engine.credit_classes import (
    PPM,
    read_conditions_of_credit,
    short_text,
)
from dunwell.engine.credit_conditions import read_fact
from dunwell.engine.documents import DocumentError
from dunwell.engine.limit_worth import WorthOfCredit, read_worth_of_credit

LOWEST, HIGHEST = "lowest", "highest"
MOST_SHARE = 100 * PPM
MOST_DAYS = 365
_COUNTRY = re.compile("[A-Z]{2}")
_SCOPE = {"classes", "segments", "countries"}
_ROW = {"name", "bases", "take", "fixed_minor", "least_minor", "most_minor", *_SCOPE}


@dataclass(frozen=True, kw_only=True, slots=True)
class Base:
    """A share of a known amount, such as 5 % of its revenue."""

    fact: str
    share_ppm: int


@dataclass(frozen=True, kw_only=True, slots=True)
class LimitRow:
    """How a limit comes about. `fixed_minor` where no base is known, then within the bounds."""

    name: str
    classes: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    bases: tuple[Base, ...] = ()
    take: str = LOWEST
    fixed_minor: int = 0
    least_minor: int = 0
    most_minor: int = documents.LARGEST


@dataclass(frozen=True, kw_only=True, slots=True)
class LimitTable:
    """The rows in order; limits are whole multiples of `round_minor`, rounded down."""

    rows: tuple[LimitRow, ...] = ()
    round_minor: int = 1
    worth: WorthOfCredit = field(default_factory=WorthOfCredit)


@dataclass(frozen=True, kw_only=True, slots=True)
class TermsRow:
    """Days to pay of a class, the share paid beforehand, and what the credit depends on.

    `options` are the days among which the most worthwhile is proposed; none named: `days` alone.
    """

    classes: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    days: int = 0
    options: tuple[int, ...] = ()
    deposit_ppm: int = 0
    conditions: tuple[str, ...] = ()


def fits(row: LimitRow | TermsRow, *, risk_class: str, segment: str, country: str) -> bool:
    """Return whether a row is about such a customer; no names mean all."""
    return (
        (not row.classes or risk_class in row.classes)
        and (not row.segments or segment in row.segments)
        and (not row.countries or country in row.countries)
    )


def read_limit_table(value: object, *, classes: tuple[str, ...]) -> LimitTable:
    """Build section `limits`; raise DocumentError naming the first wrong field."""
    where = "credit, limits"
    stated = documents.fields({} if value is None else value, where)
    documents.known(stated, {"table", "round_minor", "worth"}, where)
    listed = documents.rows(stated.get("table") or [], "table", where)
    rows = tuple(_limit(row, classes, f"{where}, row {n}") for n, row in enumerate(listed, 1))
    documents.refuse_twice([one.name for one in rows], where)
    return LimitTable(
        rows=rows,
        round_minor=documents.number(stated, "round_minor", where, default=1, smallest=1),
        worth=read_worth_of_credit(stated.get("worth")),
    )


def read_terms_table(value: object, *, classes: tuple[str, ...]) -> tuple[TermsRow, ...]:
    """Build section `terms`: [{classes, days, options, deposit_ppm, conditions}]."""
    where = "credit, terms"
    listed = documents.rows([] if value is None else value, "terms", "credit")
    return tuple(_terms(row, classes, f"{where}, row {n}") for n, row in enumerate(listed, 1))


def _limit(row: object, classes: tuple[str, ...], where: str) -> LimitRow:
    stated = documents.fields(row, where)
    documents.known(stated, _ROW, where)
    least = documents.number(stated, "least_minor", where, default=0)
    most = documents.number(stated, "most_minor", where, default=documents.LARGEST)
    fixed = documents.number(stated, "fixed_minor", where, default=0)
    if not least <= most or fixed > most:
        raise DocumentError(f"{where}: least_minor and fixed_minor cannot be above most_minor")
    listed = documents.rows(stated.get("bases") or [], "bases", where)
    return LimitRow(
        name=short_text(stated, "name", where),
        bases=tuple(_base(one, f"{where}, base {n}") for n, one in enumerate(listed, 1)),
        take=documents.choice(stated.get("take", LOWEST), "take", (LOWEST, HIGHEST), where),
        fixed_minor=fixed,
        least_minor=least,
        most_minor=most,
        **_scope(stated, classes, where),
    )


def _base(row: object, where: str) -> Base:
    stated = documents.fields(row, where)
    documents.known(stated, {"fact", "share_ppm"}, where)
    fact = read_fact(stated.get("fact"), "fact", where)
    if not fact.endswith("_minor"):
        raise DocumentError(f"{where}: {fact} is no amount; name a fact that ends with _minor")
    return Base(
        fact=fact, share_ppm=documents.number(stated, "share_ppm", where, largest=MOST_SHARE)
    )


def _terms(row: object, classes: tuple[str, ...], where: str) -> TermsRow:
    stated = documents.fields(row, where)
    documents.known(stated, {"days", "options", "deposit_ppm", "conditions", *_SCOPE}, where)
    days = documents.number(stated, "days", where, largest=MOST_DAYS)
    options = []
    for one in documents.rows(stated.get("options") or [], "options", where):
        if isinstance(one, bool) or not isinstance(one, int) or not 0 <= one <= days:
            raise DocumentError(f"{where}: options must be days from 0 to {days}, found {one!r}")
        options.append(one)
    return TermsRow(
        days=days,
        options=tuple(sorted({*options, days})) if options else (),
        deposit_ppm=documents.number(stated, "deposit_ppm", where, default=0, largest=PPM),
        conditions=read_conditions_of_credit(stated.get("conditions"), where),
        **_scope(stated, classes, where),
    )


def _scope(
    stated: Mapping[str, object], classes: tuple[str, ...], where: str
) -> dict[str, tuple[str, ...]]:
    named = documents.names(stated.get("classes"), "classes", where)
    countries = documents.names(stated.get("countries"), "countries", where)
    for code in countries:
        if not _COUNTRY.fullmatch(code):
            raise DocumentError(f"{where}: {code!r} is no country; write a code such as DE")
    return {
        "classes": tuple(documents.choice(one, "classes", classes, where) for one in named),
        "segments": documents.names(stated.get("segments"), "segments", where),
        "countries": countries,
    }
