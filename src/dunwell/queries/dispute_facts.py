"""What is known of a dispute case: its checklist, its chance, what is disputed now."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, Sum

from dunwell.engine.calendars import day_number
from dunwell.engine.dispute_policy import DisputePolicy
from dunwell.engine.dispute_routes import DisputeFacts
from dunwell.engine.dispute_validity import ClaimFacts, Validity, validity
from dunwell.engine.matching.foreign import Rates, read_rates
from dunwell.models import (
    Company,
    Customer,
    Dispute,
    DisputeCase,
    DisputeEvidence,
    DisputeResolution,
    DisputeTask,
    InvoiceResponse,
    OpenItem,
)
from dunwell.queries.frames import fx_frame

Kind = DisputeResolution.Kind
RIGHT = (Kind.CREDIT, Kind.REBILL)
IN_PART = (Kind.PARTIAL,)
APPROVING = ("AP", "PD", "205", "211", "212")
"""Codes of e-invoice answers by which a customer approved an item."""
DECIDED = (DisputeResolution.Status.APPROVED, DisputeResolution.Status.DONE)


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceKind:
    """A kind of evidence of a reason's checklist, whether it must be there, and whether it is."""

    kind: str
    label: str
    is_required: bool
    is_there: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Checklist:
    """What speaks for the customer, what for us; `missing` are the required kinds not there."""

    customer: tuple[EvidenceKind, ...]
    us: tuple[EvidenceKind, ...]
    missing: tuple[str, ...]


def checklist(case: DisputeCase, policy: DisputePolicy, *, language: str = "en") -> Checklist:
    """Return the checklist of a case's reason with what is there; one query."""
    rule = policy.reason_rule(case.reason)
    there = evidence_kinds(case)

    def kinds(listed: Sequence[str]) -> tuple[EvidenceKind, ...]:
        return tuple(
            EvidenceKind(
                kind=kind,
                label=policy.evidence_label(kind, language),
                is_required=kind in rule.required,
                is_there=kind in there,
            )
            for kind in listed
        )

    return Checklist(
        customer=kinds(rule.customer),
        us=kinds(rule.us),
        missing=tuple(kind for kind in rule.required if kind not in there),
    )


def evidence_kinds(case: DisputeCase) -> frozenset[str]:
    """Return the kinds of evidence a case holds."""
    held = DisputeEvidence.objects.filter(case=case, removed_at=None)
    return frozenset(held.values_list("kind", flat=True))


def open_amounts(items: Collection[int]) -> dict[int, int]:
    """Return what is open of items now, by their keys; settled ones may be left out; one query."""
    found = OpenItem.objects.filter(item__in=items)
    return dict(found.values_list("item_id", "open_minor"))


def disputed_now(disputes: Sequence[Dispute]) -> dict[int, int]:
    """Return what is disputed and still open of each open part, by its key; one query.

    A part of which all was paid meanwhile has 0.
    """
    open_minor = open_amounts([one.item_id for one in disputes])
    return {
        one.pk: max(0, min(one.amount_minor, open_minor.get(one.item_id, 0))) for one in disputes
    }


def routing_facts(
    company: Company,
    customer: Customer,
    *,
    reason: str,
    amounts: Mapping[str, int],
    as_of: date,
    rates: Rates | None = None,
) -> DisputeFacts:
    """Return what routes and clocks look at; `amounts` in minor units by currency.

    The amount is not known where a currency has no exchange rate. `rates` are read where they
    are needed and not given.
    """
    home, day = company.currency, day_number(as_of)
    if rates is None and amounts.keys() - {home}:
        rates = read_rates(fx_frame(company), home)
    known = [
        minor if currency == home else _home(rates, minor, currency, home, day)
        for currency, minor in sorted(amounts.items())
    ]
    told = [minor for minor in known if minor is not None]
    return DisputeFacts(
        reason=reason,
        amount_minor=sum(told) if len(told) == len(known) else None,
        segment=customer.segment,
        country=customer.country,
        customer=customer.number,
    )


def _home(rates: Rates | None, minor: int, currency: str, home: str, day: int) -> int | None:
    return rates.convert(minor, currency, to=home, day=day) if rates else None


def case_validity(case: DisputeCase, policy: DisputePolicy) -> Validity:
    """Return the chance that the claim of a case is right, by what is known now; five queries."""
    rule = policy.reason_rule(case.reason)
    of_reason = _decided(case.company_id, Q(case__reason=case.reason), case)
    of_customer = _decided(case.company_id, Q(case__customer=case.customer_id), case)
    answers = DisputeTask.objects.filter(case=case, cancelled_at=None).exclude(answered_at=None)
    sums = Dispute.objects.filter(case=case, closed_on=None).aggregate(
        disputed=Sum("amount_minor"), billed=Sum("item__amount_minor")
    )
    facts = ClaimFacts(
        decided=of_reason[0],
        right=of_reason[1],
        customer_decided=of_customer[0],
        customer_right=of_customer[1],
        evidence=evidence_kinds(case),
        verdicts=tuple(answers.order_by("pk").values_list("verdict", flat=True)),
        is_whole=bool(sums["disputed"]) and sums["disputed"] == sums["billed"],
        is_accepted=InvoiceResponse.objects.filter(
            item__disputes__case=case, code__in=APPROVING, effective_on__lt=case.opened_on
        ).exists(),
    )
    return validity(rule, policy.validity, facts)


def given_up_in_month(company: Company, *, as_of: date) -> dict[str, int]:
    """Return what each rule for small cases gave up in the month of a day, in home minor units."""
    found: dict[str, int] = {}
    rows = DisputeResolution.objects.filter(
        case__company=company,
        status__in=DECIDED,
        authority__has_key="auto",
        authority__on__gte=as_of.replace(day=1).isoformat(),
        authority__on__lte=as_of.isoformat(),
    )
    for name, minor in rows.values_list("authority__auto", "authority__home_minor"):
        found[name] = found.get(name, 0) + int(minor)
    return found


def _decided(company_id: int, which: Q, case: DisputeCase) -> tuple[int, float]:
    """Return how many claims were decided, and how many were right; in part counts as half."""
    row = (
        DisputeResolution.objects.filter(which, case__company_id=company_id, status__in=DECIDED)
        .exclude(case=case.pk)
        .exclude(authority__has_key="auto")
        .exclude(kind=Kind.WRITE_OFF)
        .aggregate(
            decided=Count("pk"),
            right=Count("pk", filter=Q(kind__in=RIGHT)),
            partly=Count("pk", filter=Q(kind__in=IN_PART)),
        )
    )
    return row["decided"], row["right"] + row["partly"] / 2
