"""How channels fare: a carrier that is down rests; its messages wait and lose no attempts."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor
from dunwell.models import Channel, Company
from dunwell.queries.channel_carriers import DOWN_AFTER
from dunwell.queries.link_tokens import fresh_nonce

RESTS = tuple(timedelta(minutes=minutes) for minutes in (2, 5, 15, 30, 60))
"""How long it rests after the first, second ... time it tripped; the last one goes on."""


@transaction.atomic
def note_failure(*, actor: Actor, kind: str, error: str, at: datetime) -> datetime | None:
    """Count a failure that is the carrier's; return until when it rests now, None for not at all.

    E-mail by the server of the settings has no row of its own until it fails first.
    """
    actor.require("message.send")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    channel, _ = Channel.objects.get_or_create(
        company=actor.company,
        kind=kind,
        is_active=True,
        defaults={
            "provider": "smtp",
            "nonce": fresh_nonce(),
            "by": actor.name,
            "recorded_at": at,
        },
    )
    failures = channel.failures + 1
    turn = failures - DOWN_AFTER
    rest_until = at + RESTS[min(turn, len(RESTS) - 1)] if turn >= 0 else None
    Channel.objects.filter(pk=channel.pk).update(
        failures=failures, last_failed_at=at, error=error[:500], rest_until=rest_until
    )
    if turn == 0:
        record_event(actor, "channel.rested", channel, at=at, kind=kind, error=error[:500])
    return rest_until


@transaction.atomic
def note_success(*, actor: Actor, kind: str, at: datetime) -> None:
    """Note that a carrier takes messages: what it failed before is over. No row, nothing to do."""
    actor.require("message.send")
    found = Channel.objects.filter(company=actor.company, kind=kind, is_active=True)
    was_down = found.filter(failures__gte=DOWN_AFTER).first()
    found.filter(Q(last_ok_at=None) | Q(last_ok_at__lte=at)).update(
        failures=0, rest_until=None, error="", last_ok_at=at
    )
    if was_down is not None:
        record_event(actor, "channel.recovered", was_down, at=at, kind=kind)
