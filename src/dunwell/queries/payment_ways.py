"""The ways a customer can pay an amount now, each with what it adds and how long it takes."""

from dataclasses import dataclass
from datetime import date

from dunwell.formats.payment_code import iban_in
from dunwell.models import Checkout, Customer, PaymentProvider, SavedMethod
from dunwell.queries.autopay import method_label, saved_methods
from dunwell.queries.surcharges import surcharge_for

SAVED, PROVIDER, TRANSFER = "saved", "provider", "transfer"


@dataclass(frozen=True, kw_only=True, slots=True)
class PaymentWay:
    """One way to pay: `value` names it in a form; `total_minor` holds the surcharge."""

    value: str
    kind: str
    method: str
    label: str
    provider: PaymentProvider | None
    saved: SavedMethod | None
    surcharge_minor: int
    total_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TransferTo:
    """Our account as a payer needs it."""

    name: str
    iban: str
    bic: str


def payment_ways(
    customer: Customer, *, currency: str, amount_minor: int, on: date
) -> tuple[PaymentWay, ...]:
    """Return every way to pay an amount: saved ones first, then hosted pages, then a transfer."""
    providers = [
        one
        for one in PaymentProvider.objects.filter(
            company=customer.company, ended_on=None
        ).order_by("pk")
        if currency in one.currencies
    ]
    usable = {one.pk for one in providers}
    ways = [
        _way(customer, saved.provider, saved.kind, amount_minor, on, saved=saved)
        for saved in saved_methods(customer)
        if saved.provider_id in usable
    ]
    ways += [
        _way(customer, provider, method, amount_minor, on)
        for provider in providers
        for method in (Checkout.Method.CARD, Checkout.Method.WALLET, Checkout.Method.DEBIT)
        if method in provider.methods
    ]
    if transfer_to(customer) is not None:
        ways.append(
            PaymentWay(
                value=TRANSFER,
                kind=TRANSFER,
                method=TRANSFER,
                label=str(Checkout.Method.TRANSFER.label),
                provider=None,
                saved=None,
                surcharge_minor=0,
                total_minor=amount_minor,
            )
        )
    return tuple(ways)


def transfer_to(customer: Customer) -> TransferTo | None:
    """Return the account customers transfer to, None where the company names none."""
    company = customer.company
    iban = iban_in(company.pay_to)
    if not iban:
        return None
    account = company.bank_accounts.filter(account=iban, is_active=True).first()
    return TransferTo(name=company.name, iban=iban, bic=account.bic if account else "")


def _way(
    customer: Customer,
    provider: PaymentProvider,
    method: str,
    amount_minor: int,
    on: date,
    saved: SavedMethod | None = None,
) -> PaymentWay:
    added = surcharge_for(
        customer, provider, method=method, amount_minor=amount_minor, saved=saved, on=on
    ).amount_minor
    label = method_label(saved) if saved else str(Checkout.Method(method).label)
    return PaymentWay(
        value=f"{SAVED}:{saved.pk}" if saved else f"{PROVIDER}:{provider.pk}:{method}",
        kind=SAVED if saved else PROVIDER,
        method=method,
        label=label,
        provider=provider,
        saved=saved,
        surcharge_minor=added,
        total_minor=amount_minor + added,
    )
