"""Which payment plans a company offers, what they cost, and when one of them has failed.

One document, versioned like a strategy. Amounts are minor units of the company's own currency
(other currencies are converted before they are judged), rates ppm, times days. Whether somebody
may offer a plan without asking is a question for the authority policy, not for this one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from dunwell.engine import documents
from dunwell.engine.documents import DocumentError
from dunwell.engine.plan_cases import PlanCase, read_plan_cases
from dunwell.engine.plan_schedule import FREQUENCIES, METHODS, MOST_INSTALMENTS, SHIFTS

PPM = 1_000_000
ACCELERATIONS = ("ask", "auto", "never")
"""After the days to cure: a person decides, the rest falls due by itself, or never."""

_NAME = re.compile("[a-z][a-z0-9_]{0,79}")
_FIELDS = {
    *("name", "valid_from", "covered", "frequencies", "months", "instalment_minor"),
    *("deposit", "concession_ppm", "interest", "fee_minor", "first_within_days", "shift"),
    *("at_month_end", "offer_days", "tolerance_days", "default", "cure_days", "acceleration"),
    "renegotiations",
}


class PlansPolicyError(DocumentError):
    """The plans policy cannot be used; the message says what, where, and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """The smallest and the largest value, both allowed."""

    least: int
    most: int

    def holds(self, value: int) -> bool:
        """Return whether a value lies within."""
        return self.least <= value <= self.most


@dataclass(frozen=True, kw_only=True, slots=True)
class DefaultRule:
    """When a plan has failed: so many instalments not paid in full, or one so many days late.

    0 switches a condition off; tolerance days have passed before an instalment counts.
    """

    missed: int = 2
    days: int = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class PlansPolicy:
    """The whole document; the standard is valid from the beginning of time.

    `frequencies` maps each allowed frequency to its numbers of instalments; `rate_ppm` a year.
    """

    name: str = "plans"
    valid_from: date = date.min
    covered: Bounds = field(default_factory=lambda: Bounds(least=10_000, most=10_000_000))
    frequencies: Mapping[str, Bounds] = field(
        default_factory=lambda: {
            "weekly": Bounds(least=2, most=26),
            "fortnightly": Bounds(least=2, most=13),
            "monthly": Bounds(least=2, most=12),
        }
    )
    months: int = 12
    instalment_minor: int = 2_500
    deposit_ppm: Bounds = field(default_factory=lambda: Bounds(least=0, most=500_000))
    concession_ppm: int = 0
    method: str = "none"
    rate_ppm: int = 0
    fee_minor: int = 0
    first_within_days: int = 31
    shift: str = "following"
    at_month_end: bool = False
    offer_days: int = 14
    tolerance_days: int = 3
    default: DefaultRule = field(default_factory=DefaultRule)
    cure_days: int = 14
    acceleration: str = "ask"
    renegotiations: int = 1
    cases: tuple[PlanCase, ...] = ()


STANDARD_PLANS = PlansPolicy()


def read_plans_policy(document: Mapping[str, object]) -> PlansPolicy:
    """Build a plans policy from a parsed document of the form {plans: …, cases: […]}.

    A field left out keeps the standard; `frequencies`, when stated, lists all that are allowed.
    Raises PlansPolicyError naming the first wrong field.
    """
    try:
        outer = documents.fields(document, "document")
        documents.known(outer, {"plans", "cases"}, "document")
        return _policy(documents.fields(outer.get("plans"), "plans"), outer.get("cases", []))
    except PlansPolicyError:
        raise
    except DocumentError as error:
        raise PlansPolicyError(str(error)) from error


def _policy(body: Mapping[str, object], cases: object) -> PlansPolicy:
    documents.known(body, _FIELDS, "plans")
    standard = STANDARD_PLANS
    interest = _section(body, "interest")
    documents.known(interest, {"method", "rate_ppm"}, "plans, interest")
    method = documents.choice(
        interest.get("method", standard.method), "method", METHODS, "plans, interest"
    )
    return PlansPolicy(
        name=_name(documents.text(body, "name", "plans", default=standard.name)),
        valid_from=documents.day(body.get("valid_from"), "valid_from", "plans"),
        covered=_bounds(body, "covered", standard.covered, largest=documents.LARGEST),
        frequencies=_frequencies(body),
        months=_number(body, "months", standard.months, smallest=1, largest=120),
        instalment_minor=_number(body, "instalment_minor", standard.instalment_minor, smallest=1),
        deposit_ppm=_bounds(body, "deposit", standard.deposit_ppm, largest=PPM - 1),
        concession_ppm=_number(body, "concession_ppm", standard.concession_ppm, largest=PPM - 1),
        method=method,
        rate_ppm=_rate(interest, method),
        fee_minor=_number(body, "fee_minor", standard.fee_minor, largest=1_000_000_000),
        first_within_days=_number(
            body, "first_within_days", standard.first_within_days, largest=366
        ),
        shift=documents.choice(body.get("shift", standard.shift), "shift", SHIFTS, "plans"),
        at_month_end=documents.switch(
            body, "at_month_end", "plans", default=standard.at_month_end
        ),
        offer_days=_number(body, "offer_days", standard.offer_days, smallest=1, largest=366),
        tolerance_days=_number(body, "tolerance_days", standard.tolerance_days, largest=60),
        default=_default(body),
        cure_days=_number(body, "cure_days", standard.cure_days, largest=366),
        acceleration=documents.choice(
            body.get("acceleration", standard.acceleration), "acceleration", ACCELERATIONS, "plans"
        ),
        renegotiations=_number(body, "renegotiations", standard.renegotiations, largest=20),
        cases=read_plan_cases(cases),
    )


def _section(body: Mapping[str, object], name: str) -> Mapping[str, object]:
    """Return the fields of a part; a part left out, or left empty, has none."""
    value = body.get(name)
    return {} if value is None else documents.fields(value, f"plans, {name}")


def _name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise PlansPolicyError(
            f"plans: name {name!r} cannot be used; write a-z, 0-9 and _, beginning with a letter"
        )
    return name


def _number(
    body: Mapping[str, object],
    name: str,
    default: int,
    *,
    smallest: int = 0,
    largest: int = documents.LARGEST,
) -> int:
    return documents.number(
        body, name, "plans", default=default, smallest=smallest, largest=largest
    )


def _bounds(
    body: Mapping[str, object], name: str, standard: Bounds, *, largest: int, smallest: int = 0
) -> Bounds:
    where = f"plans, {name}"
    stated = _section(body, name)
    documents.known(stated, {"least", "most"}, where)
    least, most = (
        documents.number(stated, bound, where, default=value, smallest=smallest, largest=largest)
        for bound, value in (("least", standard.least), ("most", standard.most))
    )
    if least > most:
        raise PlansPolicyError(f"{where}: least {least} is more than most {most}; swap them")
    return Bounds(least=least, most=most)


def _frequencies(body: Mapping[str, object]) -> Mapping[str, Bounds]:
    if body.get("frequencies") is None:
        return STANDARD_PLANS.frequencies
    stated = _section(body, "frequencies")
    documents.known(stated, FREQUENCIES, "plans, frequencies")
    if not stated:
        raise PlansPolicyError("plans: frequencies is empty; allow at least one of them")
    widest = Bounds(least=1, most=MOST_INSTALMENTS)
    return {
        name: _bounds(stated, name, widest, smallest=1, largest=MOST_INSTALMENTS)
        for name in FREQUENCIES
        if name in stated
    }


def _rate(interest: Mapping[str, object], method: str) -> int:
    rate = documents.number(
        interest, "rate_ppm", "plans, interest", default=STANDARD_PLANS.rate_ppm, largest=PPM
    )
    if method == "none" and rate:
        raise PlansPolicyError(
            f"plans, interest: rate_ppm is {rate} but the method is none; choose flat or declining"
        )
    if method != "none" and not rate:
        raise PlansPolicyError(
            f"plans, interest: the method is {method} but rate_ppm is 0; give the yearly rate"
        )
    return rate


def _default(body: Mapping[str, object]) -> DefaultRule:
    where, standard = "plans, default", STANDARD_PLANS.default
    stated = _section(body, "default")
    documents.known(stated, {"missed", "days"}, where)
    rule = DefaultRule(
        missed=documents.number(
            stated, "missed", where, default=standard.missed, largest=MOST_INSTALMENTS
        ),
        days=documents.number(stated, "days", where, default=standard.days, largest=366),
    )
    if not rule.missed and not rule.days:
        raise PlansPolicyError(f"{where}: missed and days are both 0; a plan could never fail")
    return rule
