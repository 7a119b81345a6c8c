"""Judging orders: what every rule says, whether the order passes, and what would free it.

One order and a hundred thousand go through the same lines. Orders are judged in the order given,
and one that passes uses up the limits for those after it, as if they had come one by one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

from dunwell.engine.order_appetite import APPETITE
from dunwell.engine.order_book import Place
from dunwell.engine.order_facts import OrderFacts, Outcome, Release, Waiver
from dunwell.engine.order_findings import AMOUNTS, Finding, Rule
from dunwell.engine.order_judged import Book, Judged, judged, settle, with_money
from dunwell.engine.order_release import PAY, WAIT, release_of, releases
from dunwell.engine.order_rules import (
    AMOUNT_RULES,
    HOLD,
    OFF,
    UNKNOWN,
    Exclusion,
    OrderRule,
    OrderRules,
)
from dunwell.engine.order_statuses import STANDING

APPROVED, HELD = "approved", "held"
PASSED, WARNED, SKIPPED = "passed", "warned", "skipped"

FINDERS: Mapping[str, Rule] = {**AMOUNTS, **STANDING, **APPETITE}


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """What a check says of one order. Amounts in the company's currency, None without a rate.

    `outcomes` of every rule that is on, in the order of the catalogue; `release` is what would
    free the whole order. `adds_minor` is what it adds to the exposure, `on_credit_minor` what of
    it can be held, `over_minor` what a release of it grants: the most it is over a limit, or all
    of it where something else holds it (0: nothing does). `grown`: what the order adds to parts of
    the whole book once it is approved, where the appetite holds orders.
    """

    decision: str
    outcomes: tuple[Outcome, ...]
    release: tuple[Release, ...]
    exposure_minor: int | None
    limit_minor: int | None
    adds_minor: int | None
    on_credit_minor: int | None
    over_minor: int | None
    grown: Mapping[Place, int] = field(default_factory=dict)

    @property
    def is_held(self) -> bool:
        """Return whether something holds the order."""
        return self.decision == HELD

    def held(self) -> tuple[Outcome, ...]:
        """Return the outcomes that hold the order."""
        return tuple(one for one in self.outcomes if one.result == HELD)

    def clear_on(self, expected: Sequence[tuple[date, int]]) -> date | None:
        """Return the day on which payments that are expected, or time alone, free the order."""
        days = []
        for way in self.release:
            if way.kind == PAY and way.amount_minor is not None:
                days.append(clear_day(expected, way.amount_minor))
            elif way.kind == WAIT:
                days.append(way.on)
        return min((day for day in days if day is not None), default=None)


def judge_orders(
    orders: Sequence[OrderFacts], rules: OrderRules, *, as_of: date
) -> tuple[Judgement, ...]:
    """Return what the rules say of each order, in the order given."""
    book = Book()
    rows: dict[int, dict[str, OrderRule]] = {}
    is_common = rules.is_for_everybody
    found = []
    for order in orders:
        customer = order.customer
        key = 0 if is_common else customer.customer_id
        if key not in rows:
            rows[key] = rules.for_customer(customer)
        one = judged(order, rows[key], book, as_of=as_of)
        judgement = _judge(one, rules)
        grown = settle(one, judgement.decision)
        found.append(replace(judgement, grown=grown) if grown else judgement)
    return tuple(found)


def judge_order(order: OrderFacts, rules: OrderRules, *, as_of: date) -> Judgement:
    """Return what the rules say of one order."""
    return judge_orders((order,), rules, as_of=as_of)[0]


def what_if(
    order: OrderFacts,
    *,
    paid_minor: int = 0,
    prepaid_minor: int = 0,
    limit_minor: int | None = None,
) -> OrderFacts:
    """Return the facts as they would be after a payment, a prepayment, with another limit.

    `paid_minor` and `limit_minor` in the company's currency; the payment goes on the oldest
    debts and lowers the exposure, never below 0. `prepaid_minor` in the order's currency comes
    on top of what is prepaid already.
    """
    customer, ask = order.customer, order.ask
    more = min(ask.amount_minor - ask.prepaid_minor, max(0, prepaid_minor))
    parts = with_money(customer.parts, customer.currency, paid_minor)
    parts = with_money(parts, ask.currency, more)
    own = customer.own
    if limit_minor is not None:
        own = replace(own, limit_minor=limit_minor, is_suspended=False, is_ended=False)
    return replace(
        order,
        ask=replace(ask, prepaid_minor=ask.prepaid_minor + more),
        customer=replace(
            customer,
            accounts=(own, *customer.accounts[1:]),
            parts=parts,
            credit_minor=customer.credit_minor + paid_minor,
        ),
    )


def clear_day(expected: Sequence[tuple[date, int]], pay_minor: int) -> date | None:
    """Return the first day by which so much is expected to be paid, None when it never is.

    `expected`: amounts by the day they are predicted to be paid, the earliest first.
    """
    paid = 0
    for day, amount in expected:
        paid += amount
        if paid >= pay_minor:
            return day
    return None


def _judge(one: Judged, rules: OrderRules) -> Judgement:
    order = one.order
    exclusion = next((way for way in rules.exclusions if way.fits(order)), None)
    is_free = order.ask.on_credit_minor <= 0
    outcomes: list[Outcome] = []
    held: list[tuple[str, Finding]] = []
    over = 0
    if not is_free and (unknown := _unknown(one)) is not None:
        outcomes.append(_outcome(one, UNKNOWN, HOLD, unknown))
        held.append((UNKNOWN, unknown))
    for name, row in one.rules.items():
        if row.severity == OFF:
            continue
        skipped = _skipped(one, name, row, exclusion, is_free=is_free)
        if skipped is not None:
            outcomes.append(skipped)
            continue
        finding = FINDERS[name](one, row)
        outcome = _outcome(one, name, row.severity, finding)
        outcomes.append(outcome)
        if outcome.result == HELD:
            held.append((name, finding))
            if name in AMOUNT_RULES:
                over = max(over, finding.excess_minor or 0)
    before, after = one.before_minor, one.after_minor
    return Judgement(
        decision=HELD if held else APPROVED,
        outcomes=tuple(outcomes),
        release=releases(one, held),
        exposure_minor=before,
        limit_minor=order.customer.own.limit_minor,
        adds_minor=None if before is None or after is None else after - before,
        on_credit_minor=order.home(order.ask.on_credit_minor),
        over_minor=_over(one, over, held),
    )


def _over(one: Judged, over_minor: int, held: Sequence[tuple[str, Finding]]) -> int | None:
    """Return what a release grants: the excess, or all that is on credit for other reasons."""
    if not held:
        return 0
    on_credit = one.order.home(one.order.ask.on_credit_minor)
    if any(name not in AMOUNT_RULES for name, _finding in held):
        return on_credit
    return over_minor


def _skipped(
    one: Judged, name: str, row: OrderRule, exclusion: Exclusion | None, *, is_free: bool
) -> Outcome | None:
    """Return the outcome of a rule that need not be asked, None where it has to be."""
    text = ""
    if is_free:
        text = "Nothing of this order is on credit: it is prepaid or delivered."
    elif exclusion is not None and exclusion.passes(name):
        text = f"Passes as {exclusion.name}."
    elif not row.applies_at(one.order.ask.checkpoint):
        text = f"Not asked at {one.order.ask.checkpoint}."
    return _plain(name, SKIPPED, text) if text else None


@lru_cache(maxsize=1_000)
def _plain(rule: str, result: str, text: str) -> Outcome:
    """Return an outcome without figures, which is the same for most customers."""
    return Outcome(rule=rule, result=result, text=text)


def _outcome(one: Judged, name: str, severity: str, finding: Finding) -> Outcome:
    if finding.is_broken is not True:
        result = SKIPPED if finding.is_broken is None else PASSED
        if not finding.figures:
            return _plain(name, result, finding.text)
        return Outcome(rule=name, result=result, text=finding.text, figures=finding.figures)
    waiver = _waiver(one, name, finding)
    if waiver is not None:
        until = f" until {waiver.until_on.isoformat()}" if waiver.until_on else ""
        return Outcome(
            rule=name,
            result=SKIPPED,
            text=f"{finding.text} Released by {waiver.by}{until}.",
            figures=finding.figures,
        )
    return Outcome(
        rule=name,
        result=HELD if severity == HOLD else WARNED,
        text=finding.text,
        figures=finding.figures,
        release=release_of(one, finding),
    )


def _waiver(one: Judged, name: str, finding: Finding) -> Waiver | None:
    """Return the release that lets this finding pass: not over, and not for less."""
    for waiver in (*one.order.waivers, *one.facts.waivers):
        is_over = waiver.until_on is not None and waiver.until_on < one.as_of
        if waiver.rule != name or is_over:
            continue
        if name not in AMOUNT_RULES:
            return waiver
        if waiver.most_minor is not None and (finding.excess_minor or 0) <= waiver.most_minor:
            return waiver
    return None


def _unknown(one: Judged) -> Finding | None:
    """Return what cannot be valued: then nobody knows, and the order is held."""
    order, facts = one.order, one.facts
    missing = []
    if order.home(order.ask.amount_minor) is None:
        missing.append(f"no rate for {order.ask.currency} is known")
    if one.before_minor is None or facts.debts is None:
        missing.append("what the customer owes cannot be valued, for a rate is missing")
    for account in facts.accounts[1:]:
        rule = one.rules.get(f"{account.kind}_limit")
        if account.others_minor is None and rule is not None and rule.severity == HOLD:
            missing.append(f"what {account.name} owes cannot be valued")
    if not missing:
        return None
    told = "; ".join(missing)
    return Finding(
        is_broken=True,
        text=f"{told[0].upper()}{told[1:]}.",
        person="Enter the rate that is missing.",
    )
