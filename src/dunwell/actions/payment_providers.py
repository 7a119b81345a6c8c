"""Payment providers of a company: added, changed, ended. Their keys are settings of the server."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, Stale, own
from dunwell.actions.texts import fitting
from dunwell.models import BankAccount, Checkout, Company, PaymentProvider
from dunwell.queries.link_tokens import fresh_nonce

Kind = PaymentProvider.Kind


@transaction.atomic
def add_payment_provider(
    *,
    actor: Actor,
    kind: str,
    name: str,
    is_live: bool,
    currencies: Sequence[str],
    methods: Sequence[str],
    account: BankAccount | None,
    settings: Mapping[str, Any],
    at: datetime,
) -> PaymentProvider:
    """Add a provider. Raises Refused for a practice bank that is live or where money is real."""
    actor.require("payment_provider.edit")
    if kind not in Kind.values:
        raise Refused(f"{kind} is no payment provider that can be used.")
    told = _checked(actor, name, currencies, methods, account)
    if kind == Kind.LOOPBACK and (is_live or not may_practise(actor.company)):
        raise Refused(
            "The practice bank moves no money: it is for the demo company and for companies that "
            "send in test mode."
        )
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    _check_name(actor, told["name"], None)
    provider = PaymentProvider.objects.create(
        company=actor.company,
        kind=kind,
        is_live=is_live,
        settings=dict(settings),
        nonce=fresh_nonce(),
        recorded_by=actor.name,
        recorded_at=at,
        **told,
    )
    record_event(actor, "payment_provider.added", provider, at=at, kind=kind, name=provider.name)
    return provider


@transaction.atomic
def change_payment_provider(
    *,
    actor: Actor,
    provider: PaymentProvider,
    name: str,
    is_live: bool,
    currencies: Sequence[str],
    methods: Sequence[str],
    account: BankAccount | None,
    settings: Mapping[str, Any],
    version: int,
    at: datetime,
) -> PaymentProvider:
    """Change what a provider is used for; `version` is the one the page showed."""
    actor.require("payment_provider.edit")
    found = _locked(actor, provider)
    if found.version != version:
        raise Stale("Somebody else has changed this provider; load the page again.")
    told = _checked(actor, name, currencies, methods, account)
    if found.kind == Kind.LOOPBACK and is_live:
        raise Refused("The practice bank moves no money; it cannot be live.")
    _check_name(actor, told["name"], found)
    before = {one: getattr(found, one) for one in ("name", "is_live", "currencies", "methods")}
    PaymentProvider.objects.filter(pk=found.pk).update(
        is_live=is_live, settings=dict(settings), version=version + 1, **told
    )
    found.refresh_from_db()
    record_event(actor, "payment_provider.changed", found, at=at, name=found.name, before=before)
    return found


@transaction.atomic
def end_payment_provider(
    *, actor: Actor, provider: PaymentProvider, as_of: date, at: datetime
) -> PaymentProvider:
    """Stop using a provider: nothing new is begun, what is under way still comes in."""
    actor.require("payment_provider.edit")
    found = _locked(actor, provider)
    if found.ended_on is None:
        PaymentProvider.objects.filter(pk=found.pk).update(ended_on=as_of)
        found.refresh_from_db()
        record_event(actor, "payment_provider.ended", found, at=at, name=found.name)
    return found


def may_practise(company: Company) -> bool:
    """Return whether a practice bank may stand for a real one."""
    return company.is_demo or company.sending == Company.Sending.TEST


def _locked(actor: Actor, provider: PaymentProvider) -> PaymentProvider:
    own(actor, provider, "payment provider")
    return PaymentProvider.objects.select_for_update(no_key=True).get(pk=provider.pk)


def _check_name(actor: Actor, name: str, mine: PaymentProvider | None) -> None:
    others = PaymentProvider.objects.filter(company=actor.company, name=name, ended_on=None)
    if mine is not None:
        others = others.exclude(pk=mine.pk)
    if others.exists():
        raise Refused(f"There is a payment provider {name} already; choose another name.")


def _checked(
    actor: Actor,
    name: str,
    currencies: Sequence[str],
    methods: Sequence[str],
    account: BankAccount | None,
) -> dict[str, Any]:
    told = fitting(text=name, most=80, what="name")
    if not told:
        raise Refused("Give the provider a name.")
    money = sorted({one.strip().upper() for one in currencies if one.strip()})
    if not money or any(len(one) != len("EUR") or not one.isalpha() for one in money):
        raise Refused("Name the currencies it takes by their three letters, such as EUR.")
    ways = [one for one in Checkout.Method.values if one in methods]
    if not ways or len(ways) != len(set(methods)):
        raise Refused(f"Choose ways to pay out of {', '.join(Checkout.Method.values)}.")
    if account is not None:
        own(actor, account, "bank account")
    return {"name": told, "currencies": money, "methods": ways, "account": account}
