"""What Stripe says in JSON, as the facts every provider shares, and the form of questions to it.

Objects are those of API version 2024-06-20 (https://docs.stripe.com/api). Stripe counts ISK and
UGX in hundredths that do not exist; our minor units are those of ISO 4217.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from dunwell.engine import checkout_facts as facts
from dunwell.engine.checkout_facts import PayoutLine, ProviderFact, SavedMethodFacts

API_VERSION = "2024-06-20"
OURS = "dunwell"
"""Key of the metadata that holds the number of our checkout."""
SAVED = "dunwell_saved"
"""Key of the metadata of a payment that was charged without the payer."""
HUNDREDFOLD = frozenset({"ISK", "UGX"})
Json = Mapping[str, Any]

_SESSION: Mapping[str, str] = {
    "checkout.session.async_payment_succeeded": facts.PAID,
    "checkout.session.async_payment_failed": facts.FAILED,
    "checkout.session.expired": facts.EXPIRED,
}
_INTENT: Mapping[str, str] = {
    "payment_intent.succeeded": facts.PAID,
    "payment_intent.processing": facts.PROCESSING,
    "payment_intent.payment_failed": facts.FAILED,
    "payment_intent.canceled": facts.CANCELLED,
}
_INTENT_STATUS: Mapping[str, str] = {
    "succeeded": facts.PAID,
    "processing": facts.PROCESSING,
    "requires_payment_method": facts.FAILED,
    "requires_action": facts.FAILED,
    "canceled": facts.CANCELLED,
}
_REFUNDS = ("refund.created", "refund.updated", "refund.failed", "charge.refund.updated")
_REFUND_STATUS: Mapping[str, str] = {
    "succeeded": facts.REFUNDED,
    "failed": facts.REFUND_FAILED,
    "canceled": facts.REFUND_FAILED,
}
_DISPUTE_STATUS: Mapping[str, str] = {
    "won": facts.CHARGEBACK_WON,
    "warning_closed": facts.CHARGEBACK_WON,
    "lost": facts.CHARGEBACK_LOST,
}
_LINE_KINDS: Mapping[str, str] = {
    "charge": "payment",
    "refund": "refund",
    "refund_failure": "regained",
    "dispute": "chargeback",
    "dispute_reversal": "regained",
    "fee": "fee",
}


def form_pairs(values: Json, *, inside: str = "") -> Iterator[tuple[str, str]]:
    """Yield nested values as Stripe's form fields: a[b][0]=c; what is None is left out."""
    for name, value in values.items():
        key = f"{inside}[{name}]" if inside else name
        if isinstance(value, Mapping):
            yield from form_pairs(value, inside=key)
        elif isinstance(value, Sequence) and not isinstance(value, str):
            yield from form_pairs({str(at): one for at, one in enumerate(value)}, inside=key)
        elif isinstance(value, bool):
            yield key, "true" if value else "false"
        elif value is not None:
            yield key, str(value)


def to_stripe(amount_minor: int, currency: str) -> int:
    """Return an amount as Stripe counts it."""
    return amount_minor * 100 if currency in HUNDREDFOLD else amount_minor


def from_stripe(amount: object, currency: str) -> int:
    """Return an amount of Stripe in our minor units; what is not told is 0."""
    number = amount if isinstance(amount, int) else 0
    return number // 100 if currency in HUNDREDFOLD else number


def webhook_facts(event: Json) -> tuple[ProviderFact, ...]:  # noqa: PLR0911  one per kind
    """Return the fact an event tells, none for what we do not use."""
    kind, thing = str(event["type"]), event["data"]["object"]
    told: dict[str, Any] = {"event_id": str(event["id"]), "happened_at": moment(event["created"])}
    if kind in {*_SESSION, "checkout.session.completed"} and thing.get("mode") == "payment":
        return (_session_fact(thing, _SESSION.get(kind) or _completed(thing), told),)
    if kind in _INTENT and metadata(thing).get(SAVED):
        return (_intent_fact(thing, _INTENT[kind], told),)
    if kind in _REFUNDS and thing.get("status") in _REFUND_STATUS:
        return (refund_fact(thing, told),)
    if kind == "charge.dispute.created":
        return (dispute_fact(thing, facts.CHARGED_BACK, told),)
    if kind == "charge.dispute.closed" and thing.get("status") in _DISPUTE_STATUS:
        return (dispute_fact(thing, _DISPUTE_STATUS[thing["status"]], told),)
    if kind == "payment_method.detached":
        return (ProviderFact(kind=facts.METHOD_GONE, about=str(thing["id"]), **told),)
    if kind == "payout.paid":
        return (
            ProviderFact(
                kind=facts.PAID_OUT, about=str(thing["id"]), **told, **_money(thing, "amount")
            ),
        )
    return ()


def session_facts(session: Json) -> tuple[ProviderFact, ...]:
    """Return what a session tells when it is asked for, with its payment expanded."""
    subject, status = str(session["id"]), session.get("status")
    intent = _object(session.get("payment_intent"))
    if status == "open":
        return (_session_fact(session, facts.OPENED, _asked(session, f"{subject}:opened")),)
    kind = facts.EXPIRED if status == "expired" else _completed(session)
    if kind == facts.PROCESSING and intent.get("status") == "requires_payment_method":
        kind = facts.FAILED
    fact = _session_fact(session, kind, _asked(intent or session, f"{subject}:{kind}"), intent)
    method = _object(intent.get("payment_method"))
    if kind != facts.PAID or not intent.get("setup_future_usage") or not method:
        return (fact,)
    saved = ProviderFact(
        event_id=f"{subject}:{facts.METHOD_SAVED}",
        kind=facts.METHOD_SAVED,
        happened_at=fact.happened_at,
        subject=subject,
        number=fact.number,
        about=str(method["id"]),
        method=saved_method(method, payer=str(session.get("customer") or "")),
    )
    return (fact, saved)


def intent_facts(intent: Json) -> tuple[ProviderFact, ...]:
    """Return what a payment without the payer tells when it is made or asked for."""
    kind = _INTENT_STATUS.get(str(intent.get("status")), facts.PROCESSING)
    return (_intent_fact(intent, kind, _asked(intent, f"{intent['id']}:{kind}")),)


def refund_fact(refund: Json, told: Mapping[str, Any] | None = None) -> ProviderFact:
    """Return what a refund that has ended tells; its subject is the payment it gives back."""
    kind = _REFUND_STATUS[str(refund["status"])]
    return ProviderFact(
        kind=kind,
        subject=str(refund.get("payment_intent") or ""),
        number=metadata(refund).get(OURS, ""),
        about=str(refund["id"]),
        reason=str(refund.get("failure_reason") or refund.get("reason") or "")[:60],
        **(told or _asked(refund, f"{refund['id']}:{kind}")),
        **_money(refund, "amount"),
    )


def ended_refund(refund: Json) -> bool:
    """Return whether a refund came to an end."""
    return refund.get("status") in _REFUND_STATUS


def dispute_facts(dispute: Json) -> tuple[ProviderFact, ...]:
    """Return that a payment was charged back, and how it ended where it did."""
    told = [facts.CHARGED_BACK]
    if dispute.get("status") in _DISPUTE_STATUS:
        told.append(_DISPUTE_STATUS[dispute["status"]])
    return tuple(
        dispute_fact(dispute, kind, _asked(dispute, f"{dispute['id']}:{kind}")) for kind in told
    )


def dispute_fact(dispute: Json, kind: str, told: Mapping[str, Any]) -> ProviderFact:
    """Return one step of a chargeback; its subject is the payment that is contested."""
    due = _object(dispute.get("evidence_details")).get("due_by")
    return ProviderFact(
        kind=kind,
        subject=str(dispute.get("payment_intent") or ""),
        number=metadata(dispute).get(OURS, ""),
        about=str(dispute["id"]),
        reason=str(dispute.get("reason") or "")[:60],
        due_on=moment(due).date() if isinstance(due, int) and due > 0 else None,
        **told,
        **_money(dispute, "amount"),
    )


def saved_method(method: Json, *, payer: str = "") -> SavedMethodFacts:
    """Return what may be shown of a way to pay that Stripe keeps."""
    kind = str(method.get("type") or "")
    card = _object(method.get("card"))
    account = _object(method.get(kind)) if kind != "card" else {}
    year, month = card.get("exp_year"), card.get("exp_month")
    wallet = _object(card.get("wallet")).get("type")
    ours = "wallet" if wallet or kind in {"link", "paypal"} else "card" if card else "debit"
    return SavedMethodFacts(
        token=str(method["id"]),
        kind=ours,
        payer_token=str(method.get("customer") or payer),
        brand=str(card.get("brand") or account.get("bank_name") or kind)[:40],
        last4=str(card.get("last4") or account.get("last4") or "")[:4],
        expires=f"{year:04d}-{month:02d}" if year and month else "",
        funding=_funding(card),
        country=str(card.get("country") or account.get("country") or "")[:2],
    )


def payout_line(line: Json) -> PayoutLine | None:
    """Return one part of a payout, None for the line of the payout itself."""
    if line.get("type") == "payout":
        return None
    source = _object(line.get("source"))
    currency = str(line["currency"]).upper()
    amount, fee = from_stripe(line["amount"], currency), from_stripe(line.get("fee"), currency)
    return PayoutLine(
        line_id=str(line["id"]),
        kind=_LINE_KINDS.get(str(line.get("reporting_category")), "other"),
        currency=currency,
        amount_minor=amount,
        fee_minor=fee,
        subject=str(source.get("payment_intent") or ""),
        number=metadata(source).get(OURS, ""),
        about=str(source.get("id") or line.get("source") or ""),
    )


def moment(seconds: object) -> datetime:
    """Return a moment of Stripe (seconds since 1970) in UTC; raise TypeError for anything else."""
    if not isinstance(seconds, int) or isinstance(seconds, bool):
        raise TypeError(f"{seconds!r} is no moment")
    return datetime.fromtimestamp(seconds, tz=UTC)


def arrival(payout: Json) -> date:
    """Return the day a payout reaches our account."""
    return moment(payout["arrival_date"]).date()


def metadata(thing: Json) -> dict[str, str]:
    """Return what we wrote on an object."""
    return {str(name): str(value) for name, value in _object(thing.get("metadata")).items()}


def _completed(session: Json) -> str:
    is_paid = session.get("payment_status") in {"paid", "no_payment_required"}
    return facts.PAID if is_paid else facts.PROCESSING


def _session_fact(
    session: Json, kind: str, told: Mapping[str, Any], intent: Json | None = None
) -> ProviderFact:
    paid_by = session.get("payment_intent")
    return ProviderFact(
        kind=kind,
        subject=str(session["id"]),
        number=str(session.get("client_reference_id") or metadata(session).get(OURS, "")),
        about=str(_object(paid_by).get("id") or (paid_by if isinstance(paid_by, str) else "")),
        fee_minor=_fee(intent or {}),
        reason=_decline(intent or {}),
        **told,
        **_money(session, "amount_total"),
    )


def _intent_fact(intent: Json, kind: str, told: Mapping[str, Any]) -> ProviderFact:
    needs_payer = intent.get("status") == "requires_action"
    return ProviderFact(
        kind=kind,
        subject=str(intent["id"]),
        number=metadata(intent).get(OURS, ""),
        about=str(intent["id"]),
        fee_minor=_fee(intent),
        reason="authentication_required" if needs_payer else _decline(intent),
        **told,
        **_money(intent, "amount"),
    )


def _asked(thing: Json, event_id: str) -> dict[str, Any]:
    """Return id and moment of a fact that was asked for: the same whenever it is asked."""
    charge = _object(thing.get("latest_charge"))
    return {"event_id": event_id, "happened_at": moment(charge.get("created", thing["created"]))}


def _money(thing: Json, name: str) -> dict[str, Any]:
    currency = str(thing.get("currency") or "").upper()
    return {"currency": currency, "amount_minor": from_stripe(thing.get(name), currency)}


def _fee(intent: Json) -> int:
    booked = _object(_object(intent.get("latest_charge")).get("balance_transaction"))
    return from_stripe(booked.get("fee"), str(booked.get("currency") or "").upper())


def _decline(intent: Json) -> str:
    error = _object(intent.get("last_payment_error"))
    return str(error.get("decline_code") or error.get("code") or "")[:60]


def _funding(card: Json) -> str:
    told = str(card.get("funding") or "")
    return told if told in {"credit", "debit", "prepaid"} else ""


def _object(value: object) -> Json:
    return value if isinstance(value, Mapping) else {}
