"""Direct debit mandates: adding, signing, suspending, resuming and ending them.

A mandate is never edited: another account or another debtor needs a new signature and so a
new mandate.
"""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, open_customer
from dunwell.actions.texts import fitting
from dunwell.formats.sealing import hinted
from dunwell.formats.sepa_accounts import SepaError, mandate_reference, sepa_account
from dunwell.models import Customer, Mandate

LONGEST_REASON = 300

Status = Mandate.Status


@transaction.atomic
def add_mandate(
    *,
    actor: Actor,
    customer: Customer,
    reference: str,
    iban: str,
    debtor: str = "",
    bic: str = "",
    scheme: str = Mandate.Scheme.CORE,
    is_recurring: bool = True,
    at: datetime,
) -> Mandate:
    """Add a mandate that is not signed yet; the same one again is returned as it is.

    The BIC is looked up where it is left out. Raises Refused for a reference that is taken by
    another mandate, an account number that cannot be right, and one outside SEPA.
    """
    actor.require("mandate.edit")
    if not Customer.objects.filter(company=actor.company, pk=customer.pk).exists():
        raise Refused(f"Customer {customer.number} does not belong to {actor.company.name}.")
    open_customer(actor, customer)
    try:
        reference = mandate_reference(reference)
        account, bank = sepa_account(iban, bic)
    except SepaError as error:
        raise Refused(str(error)) from error
    if scheme not in Mandate.Scheme.values:
        raise Refused(f"There is no scheme {scheme}; use {' or '.join(Mandate.Scheme.values)}.")
    figures = {
        "customer": customer,
        "scheme": scheme,
        "is_recurring": is_recurring,
        "debtor": fitting(text=debtor or customer.name, most=70, what="debtor"),
        "iban": account,
        "bic": bank,
    }
    mandate, is_new = Mandate.objects.get_or_create(
        company=actor.company,
        reference=reference,
        defaults={**figures, "recorded_by": actor.name, "recorded_at": at},
    )
    if not is_new:
        if any(getattr(mandate, name) != value for name, value in figures.items()):
            raise Refused(
                f"There is another mandate {reference} already; a reference is given once."
            )
        return mandate
    record_event(
        actor,
        "mandate.added",
        mandate,
        at=at,
        customer_id=customer.pk,
        reference=reference,
        scheme=scheme,
        iban=hinted(account),
    )
    return mandate


@transaction.atomic
def sign_mandate(
    *, actor: Actor, mandate: Mandate, signed_on: date, as_of: date, at: datetime
) -> None:
    """Note the day of the signature; from then on the mandate may be used.

    Raises Refused for a day in the future and while another mandate of the customer is active.
    """
    actor.require("mandate.edit")
    mandate = _locked(actor, mandate)
    if signed_on > as_of:
        raise Refused(f"The mandate cannot be signed on {signed_on}; that lies in the future.")
    _only_active(mandate)
    move_mandate(actor, mandate, Status.ACTIVE, at=at, signed_on=signed_on, reason="")


@transaction.atomic
def suspend_mandate(*, actor: Actor, mandate: Mandate, reason: str, at: datetime) -> None:
    """Stop using a mandate until it is resumed; raise Refused without a reason."""
    actor.require("mandate.edit")
    told = _told(reason, "Say why the mandate is suspended.")
    move_mandate(actor, _locked(actor, mandate), Status.SUSPENDED, at=at, reason=told)


@transaction.atomic
def resume_mandate(*, actor: Actor, mandate: Mandate, at: datetime) -> None:
    """Use a suspended mandate again; raise Refused while another one is active."""
    actor.require("mandate.edit")
    mandate = _locked(actor, mandate)
    if mandate.status == Status.DRAFT:
        raise Refused("This mandate is not signed yet; note the day of the signature.")
    _only_active(mandate)
    move_mandate(actor, mandate, Status.ACTIVE, at=at, reason="")


@transaction.atomic
def end_mandate(*, actor: Actor, mandate: Mandate, reason: str, as_of: date, at: datetime) -> None:
    """End a mandate for good, as when the customer revokes it; raise Refused without a reason."""
    actor.require("mandate.edit")
    told = _told(reason, "Say why the mandate ends.")
    move_mandate(actor, _locked(actor, mandate), Status.ENDED, at=at, reason=told, ended_on=as_of)


def move_mandate(
    actor: Actor, mandate: Mandate, status: Mandate.Status, *, at: datetime, **changes: object
) -> None:
    """Move a mandate on, with its event; what returns and last debits do to it as well.

    Raises Refused for a move that Mandate.MOVES does not have, and for one made twice at once.
    """
    before = Status(mandate.status)
    if status not in Mandate.MOVES[before]:
        raise Refused(f"Mandate {mandate.reference} is: {before.label.lower()}.")
    if not Mandate.objects.filter(pk=mandate.pk, status=before).update(status=status, **changes):
        raise Refused("This mandate has just changed; load the page again.")
    verb = {Status.SUSPENDED: "suspended", Status.ENDED: "ended"}.get(
        status, "signed" if before == Status.DRAFT else "resumed"
    )
    told = {name: str(value) for name, value in changes.items() if value}
    record_event(
        actor,
        f"mandate.{verb}",
        mandate,
        at=at,
        customer_id=mandate.customer_id,
        reference=mandate.reference,
        **told,
    )


def _locked(actor: Actor, mandate: Mandate) -> Mandate:
    """Lock the customer, so that it cannot get two active mandates, and return the mandate."""
    found = Mandate.objects.filter(company=actor.company, pk=mandate.pk).first()
    if found is None:
        raise Refused("This mandate belongs to another company.")
    Customer.objects.select_for_update(no_key=True).get(pk=found.customer_id)
    return Mandate.objects.select_related("customer").get(pk=found.pk)


def _only_active(mandate: Mandate) -> None:
    other = (
        Mandate.objects.filter(customer=mandate.customer_id, status=Status.ACTIVE)
        .exclude(pk=mandate.pk)
        .first()
    )
    if other is not None:
        raise Refused(
            f"{mandate.customer.name} has the active mandate {other.reference}; end it first."
        )


def _told(reason: str, question: str) -> str:
    told = fitting(text=reason, most=LONGEST_REASON, what="reason")
    if not told:
        raise Refused(question)
    return told
