"""What is known of a dispute case: its checklist, its chance, what is disputed now."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import Case, Count, F, Q, Sum, Value, When

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
    return frozenset(_evidence([case.pk]).get(case.pk, ()))


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


class Debtor(NamedTuple):
    """What routes and their owners look at of a customer."""

    number: str
    segment: str
    country: str
    collector_id: int | None


def routing_facts(
    company: Company,
    customer: Customer | Debtor,
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


def case_validities(cases: Collection[DisputeCase], policy: DisputePolicy) -> dict[int, Validity]:
    """Return the chance of each case's claim by its key: six queries, however many the cases."""
    keys = [case.pk for case in cases]
    of_reason = _decided(cases, "reason")
    of_customer = _decided(cases, "customer_id")
    verdicts, evidence = _verdicts(keys), _evidence(keys)
    sums = {
        key: (disputed, billed)
        for key, disputed, billed in Dispute.objects.filter(case__in=keys, closed_on=None)
        .values("case")
        .annotate(disputed=Sum("amount_minor"), billed=Sum("item__amount_minor"))
        .values_list("case", "disputed", "billed")
    }
    approved = InvoiceResponse.objects.filter(item__disputes__case__in=keys, code__in=APPROVING)
    accepted = {
        key
        for key, on, opened_on in approved.values_list(
            "item__disputes__case", "effective_on", "item__disputes__case__opened_on"
        )
        if on < opened_on
    }
    found: dict[int, Validity] = {}
    for case in cases:
        decided, right = of_reason[case.pk]
        customer_decided, customer_right = of_customer[case.pk]
        disputed, billed = sums.get(case.pk, (0, 0))
        facts = ClaimFacts(
            decided=decided,
            right=right,
            customer_decided=customer_decided,
            customer_right=customer_right,
            evidence=frozenset(evidence.get(case.pk, ())),
            verdicts=tuple(verdicts.get(case.pk, ())),
            is_whole=bool(disputed) and disputed == billed,
            is_accepted=case.pk in accepted,
        )
        found[case.pk] = validity(policy.reason_rule(case.reason), policy.validity, facts)
    return found


def _verdicts(cases: Collection[int]) -> dict[int, list[str]]:
    """Return what was answered to the tasks of each case, in the order of the tasks."""
    answers = DisputeTask.objects.filter(case__in=cases, cancelled_at=None)
    found: dict[int, list[str]] = {}
    for key, verdict in (
        answers.exclude(answered_at=None).order_by("pk").values_list("case_id", "verdict")
    ):
        found.setdefault(key, []).append(verdict)
    return found


def _evidence(cases: Collection[int]) -> dict[int, set[str]]:
    held = DisputeEvidence.objects.filter(case__in=cases, removed_at=None)
    found: dict[int, set[str]] = {}
    for key, kind in held.values_list("case_id", "kind"):
        found.setdefault(key, set()).add(kind)
    return found


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


def _decided(cases: Collection[DisputeCase], by: str) -> dict[int, tuple[int, float]]:
    """Return how many other claims of the same reason or customer were decided, and were right.

    By the key of each case; in part counts as half. One query.
    """
    keys = [case.pk for case in cases]
    # what was decided of a case itself is told apart, so that it can be left out for that case
    own_case = Case(When(case__in=keys, then=F("case_id")), default=Value(0))
    rows = (
        DisputeResolution.objects.filter(
            case__company__in={case.company_id for case in cases},
            status__in=DECIDED,
            **{f"case__{by}__in": {getattr(case, by) for case in cases}},
        )
        .exclude(authority__has_key="auto")
        .exclude(kind=Kind.WRITE_OFF)
        .annotate(own_case=own_case)
        .values_list(f"case__{by}", "own_case")
        .annotate(
            decided=Count("pk"),
            right=Count("pk", filter=Q(kind__in=RIGHT)),
            partly=Count("pk", filter=Q(kind__in=IN_PART)),
        )
        .order_by()
    )
    whole: dict[object, tuple[int, float]] = {}
    own: dict[int, tuple[int, float]] = {}
    for name, own_key, decided, right, partly in rows:
        before = whole.get(name, (0, 0.0))
        own[own_key] = (decided, right + partly / 2)
        whole[name] = (before[0] + decided, before[1] + right + partly / 2)
    found = {}
    for case in cases:
        together, mine = whole.get(getattr(case, by), (0, 0.0)), own.get(case.pk, (0, 0.0))
        found[case.pk] = (together[0] - mine[0], together[1] - mine[1])
    return found
