"""Names and accounts that pay for a customer, and who pays for whom: learned or entered."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, open_customer
from dunwell.actions.payers import own_customer
from dunwell.actions.texts import fitting
from dunwell.engine.number_forms import letters_and_digits
from dunwell.models import Customer, PayerAlias, PayerRelation
from dunwell.queries.match_payers import plain_name

LONGEST_NAME = 200
LONGEST_ACCOUNT = 64
LEARNED, ENTERED = "learned", "entered"


@transaction.atomic
def add_alias(
    *, actor: Actor, customer: Customer, kind: str, text: str, as_of: date, at: datetime
) -> PayerAlias:
    """Say that a name or an account pays for a customer; the same again changes nothing.

    Raises Refused for an unknown kind, an empty text and a customer of another company.
    """
    actor.require("alias.edit")
    open_customer(actor, customer)
    customer = own_customer(actor.company, customer.pk)
    if kind not in PayerAlias.Kind.values:
        raise Refused(f"There is no kind {kind}; use {' or '.join(PayerAlias.Kind.values)}.")
    most = LONGEST_ACCOUNT if kind == PayerAlias.Kind.ACCOUNT else LONGEST_NAME
    plain = _plain(kind, fitting(text=text, most=most, what=kind))
    if not plain:
        raise Refused(f"Write the {kind} as the bank writes it; {text!r} has no letter or digit.")
    alias, is_new = PayerAlias.objects.get_or_create(
        company=actor.company,
        customer=customer,
        kind=kind,
        text=plain,
        defaults={
            "source": ENTERED,
            "last_on": as_of,
            "recorded_by": actor.name,
            "recorded_at": at,
        },
    )
    if is_new:
        record_event(
            actor, "alias.added", alias, at=at, customer_id=customer.pk, kind=kind, text=plain
        )
    return alias


@transaction.atomic
def remove_alias(*, actor: Actor, alias: PayerAlias, at: datetime) -> None:
    """Forget a name or an account of a payer; raise Refused when it is gone already."""
    actor.require("alias.edit")
    rows, _ = PayerAlias.objects.filter(company=actor.company, pk=alias.pk).delete()
    if not rows:
        raise Refused("This name or account was removed before; load the page again.")
    record_event(
        actor,
        "alias.removed",
        alias,
        at=at,
        customer_id=alias.customer_id,
        kind=alias.kind,
        text=alias.text,
    )


@transaction.atomic
def add_relation(
    *,
    actor: Actor,
    customer: Customer,
    kind: str,
    payer: str = "",
    payer_customer: Customer | None = None,
    currency: str = "",
    amount_minor: int | None = None,
    at: datetime,
) -> PayerRelation:
    """Say who pays for a customer, by name or as a customer; the same again changes nothing.

    Of netting, `amount_minor` of `currency` is what we owe the customer. Raises Refused for an
    unknown kind, nobody named, a customer that pays for itself, and netting without an amount.
    """
    actor.require("alias.edit")
    open_customer(actor, customer)
    customer = own_customer(actor.company, customer.pk)
    if payer_customer is not None:
        payer_customer = own_customer(actor.company, payer_customer.pk)
    name = fitting(text=payer, most=LONGEST_NAME, what="payer")
    _check_relation(kind, name, customer, payer_customer, currency, amount_minor)
    figures = {"currency": currency, "amount_minor": amount_minor, "is_active": True}
    key = {
        "company": actor.company,
        "customer": customer,
        "kind": kind,
        "payer": name,
        "payer_customer": payer_customer,
    }
    relation, is_new = PayerRelation.objects.get_or_create(
        **key, defaults={**figures, "recorded_by": actor.name, "recorded_at": at}
    )
    if not is_new and all(getattr(relation, field) == told for field, told in figures.items()):
        return relation
    if not is_new:
        PayerRelation.objects.filter(pk=relation.pk).update(**figures)
        relation.refresh_from_db()
    record_event(
        actor,
        "relation.added",
        relation,
        at=at,
        customer_id=customer.pk,
        kind=kind,
        payer=name or (payer_customer.number if payer_customer else ""),
        amount_minor=amount_minor,
        currency=currency,
    )
    return relation


def _check_relation(
    kind: str,
    name: str,
    customer: Customer,
    payer_customer: Customer | None,
    currency: str,
    amount_minor: int | None,
) -> None:
    if kind not in PayerRelation.Kind.values:
        raise Refused(f"There is no kind {kind}; use {', '.join(PayerRelation.Kind.values)}.")
    if kind == PayerRelation.Kind.NETTING:
        if not amount_minor or amount_minor < 0 or not currency:
            raise Refused("Say what we owe the customer: an amount above 0 and its currency.")
        return
    if amount_minor is not None or currency:
        raise Refused("Only netting has an amount.")
    if not name and payer_customer is None:
        raise Refused("Say who pays: a name, or one of the customers.")
    if payer_customer == customer:
        raise Refused(f"{customer.number} pays for itself already; name somebody else.")


@transaction.atomic
def remove_relation(*, actor: Actor, relation: PayerRelation, at: datetime) -> None:
    """Let a relation rest from now on; raise Refused when it rests already."""
    actor.require("alias.edit")
    active = PayerRelation.objects.filter(company=actor.company, pk=relation.pk, is_active=True)
    if active.update(is_active=False) != 1:
        raise Refused("This relation was removed before; load the page again.")
    record_event(
        actor,
        "relation.removed",
        relation,
        at=at,
        customer_id=relation.customer_id,
        kind=relation.kind,
        payer=relation.payer,
    )


def learn_aliases(
    actor: Actor,
    *,
    customer_id: int,
    name: str,
    account: str,
    as_of: date,
    at: datetime,
) -> list[int]:
    """Learn a payer's name and account inside the caller's transaction; return their keys.

    What is known already counts one time more. The caller records the event.
    """
    told = {PayerAlias.Kind.NAME: name, PayerAlias.Kind.ACCOUNT: account}
    learned = []
    for kind, text in told.items():
        if not (plain := _plain(kind, text)):
            continue
        alias, is_new = PayerAlias.objects.get_or_create(
            company=actor.company,
            customer_id=customer_id,
            kind=kind,
            text=plain[:LONGEST_NAME],
            defaults={
                "source": LEARNED,
                "last_on": as_of,
                "recorded_by": actor.name,
                "recorded_at": at,
            },
        )
        if not is_new:
            PayerAlias.objects.filter(pk=alias.pk).update(times=F("times") + 1, last_on=as_of)
        learned.append(alias.pk)
    return learned


def unlearn_aliases(actor: Actor, aliases: Sequence[int]) -> None:
    """Take back what a decision taught: once learned it goes, else it counts one time less."""
    found = PayerAlias.objects.filter(company=actor.company, pk__in=aliases)
    found.filter(times=1, source=LEARNED).delete()
    found.filter(times__gt=1).update(times=F("times") - 1)


def _plain(kind: str, text: str) -> str:
    """Return a name or an account as matching compares it."""
    if kind == PayerAlias.Kind.ACCOUNT:
        return letters_and_digits(text)
    return plain_name(text)
