"""Adding platforms that tell us what became of e-invoices, and changing their secrets."""

from datetime import datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, own
from dunwell.actions.texts import fitting
from dunwell.models import Company, InvoicePlatform
from dunwell.queries.link_tokens import fresh_nonce

MOST = 20


@transaction.atomic
def add_invoice_platform(*, actor: Actor, name: str, at: datetime) -> InvoicePlatform:
    """Add a platform under a name of its own; raise Refused for one that is taken."""
    actor.require("mailbox.edit")
    told = fitting(text=name, most=80, what="name")
    if not told:
        raise Refused("Give the platform a name.")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    theirs = InvoicePlatform.objects.filter(company=actor.company)
    if theirs.filter(name=told).exists():
        raise Refused(f"There is a platform {told} already.")
    if theirs.count() >= MOST:
        raise Refused(f"There are {MOST} platforms; no more are kept.")
    platform = InvoicePlatform.objects.create(
        company=actor.company, name=told, nonce=fresh_nonce(), by=actor.name, recorded_at=at
    )
    record_event(actor, "platform.added", platform, at=at, name=told)
    return platform


@transaction.atomic
def renew_platform_secret(
    *, actor: Actor, platform: InvoicePlatform, at: datetime
) -> InvoicePlatform:
    """Give a platform a new address and secret; those before stop working at once."""
    actor.require("mailbox.edit")
    own(actor, platform, "platform")
    nonce = fresh_nonce()
    InvoicePlatform.objects.filter(pk=platform.pk).update(nonce=nonce)
    platform.nonce = nonce
    record_event(actor, "platform.renewed", platform, at=at, name=platform.name)
    return platform


@transaction.atomic
def switch_invoice_platform(
    *, actor: Actor, platform: InvoicePlatform, is_active: bool, at: datetime
) -> InvoicePlatform:
    """Let a platform post, or refuse all it posts; the same again changes nothing."""
    actor.require("mailbox.edit")
    own(actor, platform, "platform")
    rows = InvoicePlatform.objects.filter(pk=platform.pk, is_active=not is_active).update(
        is_active=is_active
    )
    platform.is_active = is_active
    if rows:
        record_event(
            actor, "platform.switched", platform, at=at, name=platform.name, is_active=is_active
        )
    return platform
