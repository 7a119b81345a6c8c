"""Ways to pay that a provider keeps for a customer: kept as told, removed when asked."""

from datetime import datetime

from django.db import transaction

from dunwell.actions.autopay import end_of_method
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, own_customer
from dunwell.engine.checkout_facts import SavedMethodFacts
from dunwell.models import Customer, PaymentProvider, SavedMethod
from dunwell.models.sealed import mark_of


@transaction.atomic
def keep_method(
    *,
    actor: Actor,
    customer: Customer,
    provider: PaymentProvider,
    method: SavedMethodFacts,
    at: datetime,
) -> SavedMethod:
    """Keep a way to pay as the provider tells of it; told again, what may be shown is renewed.

    Only the provider's token is kept, never a number. Raises Refused where another customer has
    the token.
    """
    actor.require("cycle.run")
    shown = {
        "brand": method.brand[:40],
        "last4": method.last4[-4:],
        "expires": method.expires[:7],
        "funding": method.funding[:8],
        "is_commercial": method.is_commercial,
        "country": method.country[:2],
    }
    kinds = SavedMethod.Kind.values
    saved, is_new = SavedMethod.objects.get_or_create(
        provider=provider,
        token_mark=mark_of(SavedMethod, "token", method.token),
        defaults={
            "token": method.token,
            "company": actor.company,
            "customer": customer,
            "kind": method.kind if method.kind in kinds else SavedMethod.Kind.CARD,
            "payer_token": method.payer_token,
            "saved_by": actor.name,
            "recorded_at": at,
            **shown,
        },
    )
    if saved.customer_id != customer.pk:
        raise Refused("This way to pay is another customer's.")
    if not is_new:
        SavedMethod.objects.filter(pk=saved.pk).update(**shown)
        return saved
    record_event(
        actor,
        "saved_method.kept",
        saved,
        at=at,
        customer_id=customer.pk,
        kind=saved.kind,
        brand=saved.brand,
        last4=saved.last4,
    )
    return saved


@transaction.atomic
def remove_method(*, actor: Actor, method: SavedMethod, at: datetime) -> SavedMethod:
    """Stop using a way to pay: its standing orders end, and the provider is told to forget it.

    The debtor's people need portal.manage, ours autopay.edit. Removed twice it is removed.
    """
    actor.require("autopay.edit" if actor.customer_id is None else "portal.manage")
    found = (
        SavedMethod.objects.select_for_update(no_key=True, of=("self",))
        .filter(company=actor.company, pk=method.pk)
        .select_related("customer")
        .first()
    )
    if found is None:
        raise Refused("This way to pay belongs to another company.")
    own_customer(actor, found.customer)
    if found.removed_at is not None:
        return found
    SavedMethod.objects.filter(pk=found.pk).update(removed_at=at, removed_by=actor.name)
    end_of_method(actor, found, at=at)
    record_event(
        actor,
        "saved_method.removed",
        found,
        at=at,
        customer_id=found.customer_id,
        brand=found.brand,
        last4=found.last4,
    )
    found.refresh_from_db()
    return found


@transaction.atomic
def note_forgotten(*, actor: Actor, method: SavedMethod, at: datetime) -> None:
    """Note that the provider has forgotten a way to pay that was removed, or says it is gone."""
    actor.require("cycle.run")
    found = SavedMethod.objects.select_for_update(no_key=True).get(
        company=actor.company, pk=method.pk
    )
    if found.forgotten_at is not None:
        return
    by = found.removed_by or actor.name
    SavedMethod.objects.filter(pk=found.pk).update(
        removed_at=found.removed_at or at, removed_by=by, forgotten_at=at
    )
    end_of_method(actor, found, at=at)
    record_event(
        actor, "saved_method.forgotten", found, at=at, customer_id=found.customer_id, by=by
    )
