"""To whom less is offered for earlier money, how much, and how much of it in a month.

One document, versioned like a strategy: programmes in order, the first that fits an item makes
its offer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dunwell.engine import documents
from dunwell.engine.documents import DocumentError

TIERS, DYNAMIC = "tiers", "dynamic"
KINDS = (TIERS, DYNAMIC)
MOST_RATE_PPM = 150_000
"""A higher discount is believed to be a slip, by matching too."""

MOST_APR_PPM = 1_000_000
_OUTER = {"early_payment", "cases"}
_FIELDS = {
    *("name", "valid_from", "funding_ppm", "most_rate_ppm", "most_apr_ppm"),
    *("tells", "programmes"),
}
_PROGRAMME = {
    *("name", "kind", "currency", "segments", "least_minor", "least_days", "budget_minor"),
    *("apr_ppm", "steps"),
}
_STEP = {"days", "rate_ppm"}
_CASE = {"name", "segment", "currency", "open_minor", "issued", "due", "on", "expect"}


class EarlyPaymentPolicyError(DocumentError):
    """The policy of early payment cannot be used; the message says what, where, what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tier:
    """So many days after issue, paying earns this share."""

    days: int
    rate_ppm: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Programme:
    """Which items get an offer, and of which kind.

    `least_minor` what must be open, `least_days` how many days before its due date an item must
    be paid, `budget_minor` the discount at most in a calendar month (None: no bound), all in
    `currency`. Tiers have steps after issue; a dynamic programme pays `apr_ppm` a year for each
    day money comes before it is due.
    """

    name: str
    kind: str
    currency: str
    segments: tuple[str, ...] = ()
    least_minor: int = 1
    least_days: int = 1
    budget_minor: int | None = None
    apr_ppm: int = 0
    steps: tuple[Tier, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class EarlyPaymentCase:
    """An item somebody states, and what it is to be offered: `2026-03-11: 20000` a step."""

    name: str
    segment: str
    currency: str
    open_minor: int
    issued_on: date
    due_on: date
    as_of: date
    expect: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class EarlyPaymentPolicy:
    """The whole document. `funding_ppm`: what our own money costs a year, to compare with.

    `most_rate_ppm` and `most_apr_ppm` bound every offer, also those made by hand. `tells`: a
    customer gets a mail about new offers, at most one in a week.
    """

    name: str
    valid_from: date
    funding_ppm: int = 60_000
    most_rate_ppm: int = 50_000
    most_apr_ppm: int = 400_000
    tells: bool = False
    programmes: tuple[Programme, ...] = ()
    cases: tuple[EarlyPaymentCase, ...] = ()


def read_early_payment_policy(document: Mapping[str, object]) -> EarlyPaymentPolicy:
    """Build the policy from a parsed document of the form {early_payment: …, cases: […]}.

    Raises EarlyPaymentPolicyError naming the first wrong field.
    """
    try:
        return _read(document)
    except EarlyPaymentPolicyError:
        raise
    except DocumentError as error:
        raise EarlyPaymentPolicyError(str(error)) from error


def _read(document: Mapping[str, object]) -> EarlyPaymentPolicy:
    where = "early_payment"
    outer = documents.fields(document, "document")
    documents.known(outer, _OUTER, "document")
    body = documents.fields(outer.get(where), where)
    documents.known(body, _FIELDS, where)
    most = documents.number(
        body, "most_rate_ppm", where, default=50_000, smallest=100, largest=MOST_RATE_PPM
    )
    programmes = tuple(
        _programme(row, f"{where}, programme {number}", most_rate_ppm=most)
        for number, row in enumerate(
            documents.rows(body.get("programmes") or [], "programmes", where), 1
        )
    )
    documents.refuse_twice([one.name for one in programmes], f"{where}, programmes")
    cases = documents.rows(outer.get("cases") or [], "cases", where)
    return EarlyPaymentPolicy(
        name=documents.text(body, "name", where),
        valid_from=documents.day(body.get("valid_from"), "valid_from", where),
        funding_ppm=documents.number(
            body, "funding_ppm", where, default=60_000, largest=MOST_APR_PPM
        ),
        most_rate_ppm=most,
        most_apr_ppm=documents.number(
            body, "most_apr_ppm", where, default=400_000, smallest=1, largest=MOST_APR_PPM
        ),
        tells=documents.switch(body, "tells", where),
        programmes=programmes,
        cases=tuple(_case(row, f"{where}, case {n}") for n, row in enumerate(cases, 1)),
    )


def _programme(stated: object, where: str, *, most_rate_ppm: int) -> Programme:
    fields = documents.fields(stated, where)
    documents.known(fields, _PROGRAMME, where)
    kind = documents.choice(fields.get("kind"), "kind", KINDS, where)
    wrong = "steps" if kind == DYNAMIC else "apr_ppm"
    if wrong in fields:
        raise EarlyPaymentPolicyError(f"{where}: a {kind} programme has no {wrong}; drop it")
    budget = fields.get("budget_minor")
    return Programme(
        name=documents.text(fields, "name", where)[:60],
        kind=kind,
        currency=documents.text(fields, "currency", where),
        segments=documents.names(fields.get("segments"), "segments", where),
        least_minor=documents.number(fields, "least_minor", where, default=1, smallest=1),
        least_days=documents.number(
            fields, "least_days", where, default=1, smallest=1, largest=365
        ),
        budget_minor=None if budget is None else documents.number(fields, "budget_minor", where),
        apr_ppm=documents.number(fields, "apr_ppm", where, smallest=1, largest=MOST_APR_PPM)
        if kind == DYNAMIC
        else 0,
        steps=_tiers(fields, where, most_rate_ppm=most_rate_ppm) if kind == TIERS else (),
    )


def _tiers(
    fields: Mapping[str, object], where: str, *, most_rate_ppm: int
) -> tuple[Tier, ...]:  # fmt: skip
    rows = documents.rows(fields.get("steps") or [], "steps", where)
    if not rows:
        raise EarlyPaymentPolicyError(f"{where}: steps are missing; say days and rate_ppm of each")
    found: list[Tier] = []
    for number, row in enumerate(rows, 1):
        place = f"{where}, step {number}"
        step = documents.fields(row, place)
        documents.known(step, _STEP, place)
        tier = Tier(
            days=documents.number(step, "days", place, largest=365),
            rate_ppm=documents.number(
                step, "rate_ppm", place, smallest=100, largest=most_rate_ppm
            ),
        )
        if tier.rate_ppm % 100:
            raise EarlyPaymentPolicyError(
                f"{place}: rate_ppm is {tier.rate_ppm}; write whole hundredths of a percent (100)"
            )
        if found and not (tier.days > found[-1].days and tier.rate_ppm < found[-1].rate_ppm):
            raise EarlyPaymentPolicyError(
                f"{place}: a later step has more days and a lower rate than the one before"
            )
        found.append(tier)
    return tuple(found)


def _case(stated: object, where: str) -> EarlyPaymentCase:
    fields = documents.fields(stated, where)
    documents.known(fields, _CASE, where)
    return EarlyPaymentCase(
        name=documents.text(fields, "name", where),
        segment=documents.text(fields, "segment", where, default=""),
        currency=documents.text(fields, "currency", where),
        open_minor=documents.number(fields, "open_minor", where, smallest=1),
        issued_on=documents.day(fields.get("issued"), "issued", where),
        due_on=documents.day(fields.get("due"), "due", where),
        as_of=documents.day(fields.get("on"), "on", where),
        expect=documents.names(fields.get("expect", []), "expect", where),
    )
