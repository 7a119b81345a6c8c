"""What the credit policy proposes for one customer: outcome, limit, terms, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from dunwell.engine.appetite_measures import BookRow
from dunwell.engine.credit_appetite import Gauge
from dunwell.engine.credit_classes import APPROVE, DECLINE, REFER
from dunwell.engine.credit_decision import Decision, Subject, decide
from dunwell.engine.credit_fact_names import Value
from dunwell.models import Company, Customer
from dunwell.queries.credit_appetite import AppetiteLeft, appetite_left
from dunwell.queries.credit_policies import card_in_force, credit_policy_in_force
from dunwell.queries.credit_subjects import subjects_of
from dunwell.queries.planned_credit import decided_on_few

NOBODY = 0
"""The key of an applicant who is no customer yet."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditProposal:
    """A proposal in the company's currency; amounts of a year beside the limit they belong to.

    `table_minor` is the limit of the policy's table before what it is worth and the appetite
    were looked at. `missing` are facts that must be known, `conditions` what an approval depends
    on (deposit, guarantee, insurance). `reasons` are documents of
    `engine.credit_reasons.Reason`. `next_ppm`: what another unit of limit is worth a year.
    `appetite` names the limits of the whole book that this limit would pass. `policy_version`
    None: by the shipped standard.
    """

    outcome: str
    because: str
    limit_minor: int
    table_minor: int
    asked_minor: int | None
    currency: str
    terms_days: int
    deposit_ppm: int
    risk_class: str
    risk: str
    points: int | None
    pd_ppm: int
    lgd_ppm: int
    reasons: Sequence[Mapping[str, Any]]
    conditions: tuple[str, ...]
    missing: tuple[str, ...]
    expected_loss_minor: int
    margin_minor: int
    carry_minor: int
    next_ppm: int
    policy_version: int | None
    scorecard: str
    scorecard_id: int | None
    facts: Mapping[str, Value] = field(default_factory=dict)
    appetite: tuple[str, ...] = ()

    @property
    def value_minor(self) -> int:
        """Return margin less expected loss less carry, a year."""
        return self.margin_minor - self.expected_loss_minor - self.carry_minor


def propose(
    company: Company,
    *,
    customer: Customer | None,
    as_of: date,
    asked_minor: int | None = None,
    facts: Mapping[str, Value] | None = None,
    on_record: Mapping[str, Value] | None = None,
) -> CreditProposal:
    """Return what the policy in force proposes for a customer, or an applicant without one.

    `facts` are added to those on record and beat them: what an application says, what somebody
    tries. `on_record` are the customer's own of the day, where somebody has read them.
    `asked_minor` in the company's currency; None asks for what the table gives. Raises
    ValueError for an amount below 0.
    """
    if asked_minor is not None and asked_minor < 0:
        raise ValueError(f"{asked_minor} cannot be asked for; it lies below 0")
    in_force = credit_policy_in_force(company, as_of=as_of)
    policy = in_force.policy
    chosen = card_in_force(company, policy, as_of=as_of)
    key = customer.pk if customer is not None else NOBODY
    known: dict[str, Value] = {}
    if customer is not None:
        names = policy.kinds(chosen.card)
        if on_record is not None:
            known |= {name: on_record[name] for name in names if on_record.get(name) is not None}
        else:
            found = subjects_of(company, names, as_of=as_of, customer_ids=[key])
            known |= found[key].facts if key in found else {}
    known |= facts or {}
    subject = Subject(facts=known, asked_minor=asked_minor)
    card, judge = chosen.card, decided_on_few
    one = decide({key: subject}, policy, card, currency=company.currency, judge=judge)[key]
    row = BookRow(
        customer_id=key,
        exposure_minor=0,
        risk_class=one.risk_class,
        country=str(known.get("customer_country") or ""),
        pd_ppm=one.pd_ppm,
        lgd_ppm=one.lgd_ppm,
    )
    left = appetite_left(company, policy, row=row, as_of=as_of)
    breached: tuple[Gauge, ...] = ()
    if left is not None and one.outcome != DECLINE:
        within = replace(subject, most_minor=left.most(one.limit_minor))
        again = decide({key: within}, policy, card, with_reasons=False, judge=judge)[key]
        one = replace(again, reasons=one.reasons)
        breached = _breached(left, one)
    told = _told(one, breached)
    return CreditProposal(
        outcome=told.outcome,
        because=told.because,
        limit_minor=told.limit_minor,
        table_minor=told.table_minor,
        asked_minor=asked_minor,
        currency=company.currency,
        terms_days=told.terms_days,
        deposit_ppm=told.deposit_ppm,
        risk_class=told.risk_class,
        risk=told.risk,
        points=told.points,
        pd_ppm=told.pd_ppm,
        lgd_ppm=told.lgd_ppm,
        reasons=[reason.document() for reason in told.reasons],
        conditions=told.conditions,
        missing=told.missing,
        expected_loss_minor=told.worth.expected_loss_minor,
        margin_minor=told.worth.margin_minor,
        carry_minor=told.worth.carry_minor,
        next_ppm=told.worth.next_ppm,
        policy_version=in_force.version_id,
        scorecard=chosen.card.name,
        scorecard_id=chosen.scorecard_id,
        facts=known,
        appetite=tuple(gauge.limit.name for gauge in breached),
    )


def _breached(left: AppetiteLeft, one: Decision) -> tuple[Gauge, ...]:
    """Return what the limit would pass, and what stopped it where the appetite lowered it."""
    return left.breached(max(one.limit_minor, min(one.table_minor, one.asked_minor)))


def _told(one: Decision, breached: tuple[Gauge, ...]) -> Decision:
    """Return the decision; what passes the appetite is at best for a person to decide."""
    if one.outcome != APPROVE or not breached:
        return one
    names = ", ".join(gauge.limit.name for gauge in breached)
    return replace(one, outcome=REFER, because=f"Beyond the risk appetite: {names}")
