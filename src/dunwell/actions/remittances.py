"""Remittance advices: kept with their lines, linked to the payment they speak of."""

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from dunwell.actions.banking.advices import add_advices
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.uploads import keep_upload
from dunwell.formats.bank.statement import StatementError
from dunwell.formats.remittance.reader import read_remittance
from dunwell.models import Company, Payment, Remittance
from dunwell.queries.remittance_links import UNLINKED, links, money_near, open_claims


@transaction.atomic
def record_remittance(
    *, actor: Actor, name: str, data: bytes, currency: str = "", at: datetime
) -> list[Remittance]:
    """Keep what a payer says it pays, and link it where exactly one payment fits.

    Returns the advices of the file; the same bytes again add nothing. `currency` counts where
    the file names none. Raises Refused with file, place and reason for what cannot be read.
    """
    actor.require("remittance.record")
    label = Path(name).name[:200] or "remittance"
    if len(data) > settings.IMPORT_LIMIT_BYTES:
        most = settings.IMPORT_LIMIT_BYTES // 1024 // 1024
        raise Refused(f"{label} has {len(data) // 1024 // 1024} MB; {most} MB are allowed.")
    try:
        read = read_remittance(data, label, currency=currency)
    except StatementError as error:
        raise Refused(str(error)) from error
    sha256 = keep_upload(data, by=actor, at=at)
    # reading a file takes a while; nobody waits for that
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    added = add_advices(
        actor_id=actor.user_id,
        company=company,
        name=label,
        sha256=sha256,
        file_format=read.format,
        advices=read.advices,
        at=at,
    )
    if added:
        linked = _link(company, [one.pk for one in added])
        record_event(
            actor,
            "remittance.recorded",
            added[0],
            at=at,
            name=label,
            advices=len(added),
            linked=linked,
        )
    found = Remittance.objects.filter(company=company, sha256=sha256)
    return list(found.order_by("part"))


@transaction.atomic
def link_remittances(*, actor: Actor, at: datetime) -> int:
    """Link every advice that waits to the one payment that fits; return how many were linked."""
    actor.require("remittance.record")
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    linked = _link(company, None)
    if linked:
        record_event(actor, "remittances.linked", company, at=at, linked=linked)
    return linked


@transaction.atomic
def link_remittance(
    *, actor: Actor, remittance: Remittance, payment: Payment, at: datetime
) -> Remittance:
    """Say which payment an advice speaks of.

    Raises Refused for one that is linked, and for a payment that is a return, was returned, or
    is in another currency.
    """
    actor.require("remittance.record")
    found = _locked(actor, remittance)
    money = Payment.objects.filter(company=actor.company, pk=payment.pk).first()
    if money is None:
        raise Refused(f"Payment {payment.number} does not belong to {actor.company.name}.")
    if money.amount_minor <= 0 or hasattr(money, "reversed_by"):
        raise Refused(f"Payment {money.number} was returned, or is a return itself.")
    if found.currency not in {"", money.currency}:
        raise Refused(
            f"The advice is in {found.currency}, payment {money.number} in {money.currency}."
        )
    if found.payment_id == money.pk:
        return found
    if found.payment_id is not None:
        raise Refused("The advice is linked to another payment. Take it off that one first.")
    findings = [one for one in found.findings if one.get("payment") != str(money.pk)]
    Remittance.objects.filter(pk=found.pk).update(payment=money, findings=findings)
    record_event(
        actor,
        "remittance.linked",
        found,
        at=at,
        customer_id=money.customer_id,
        payment=money.number,
    )
    found.refresh_from_db()
    return found


@transaction.atomic
def unlink_remittance(*, actor: Actor, remittance: Remittance, at: datetime) -> Remittance:
    """Take an advice off its payment; it is not linked to that one by itself again."""
    actor.require("remittance.record")
    found = _locked(actor, remittance)
    if found.payment is None:
        return found
    payment = found.payment
    mark = {
        "code": UNLINKED,
        "place": "",
        "reason": f"{actor.name} took it off payment {payment.number}",
        "severity": "info",
        "payment": str(payment.pk),
    }
    Remittance.objects.filter(pk=found.pk).update(payment=None, findings=[*found.findings, mark])
    record_event(
        actor,
        "remittance.unlinked",
        found,
        at=at,
        customer_id=payment.customer_id,
        payment=payment.number,
    )
    found.refresh_from_db()
    return found


def _locked(actor: Actor, remittance: Remittance) -> Remittance:
    found = (
        Remittance.objects.select_for_update(no_key=True, of=("self",))
        .filter(company=actor.company, pk=remittance.pk)
        .select_related("payment")
        .first()
    )
    if found is None:
        raise Refused(f"This advice does not belong to {actor.company.name}.")
    return found


def _link(company: Company, ids: list[int] | None) -> int:
    claims = open_claims(company, ids=ids)
    found = links(claims, money_near(company, claims))
    changed = Remittance.objects.in_bulk(list(found))
    for key, one in changed.items():
        one.payment_id = found[key]
    if changed:
        Remittance.objects.bulk_update(changed.values(), ["payment"], batch_size=500)
    return len(changed)
