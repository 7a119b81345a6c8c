"""How fresh what we know is: the last day each bank or ledger feed covers."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.texts import fitting
from dunwell.models import Company, Feed


@transaction.atomic
def record_feed(
    *,
    actor: Actor,
    kind: str,
    name: str,
    covers_until_on: date,
    as_of: date,
    at: datetime,
    rows: int = 0,
    control_totals: Sequence[dict[str, str | int]] = (),
) -> Feed:
    """Record that a feed now covers everything up to a day; return the feed.

    An older file than the last one leaves the feed as it is. Raises Refused for
    an unknown kind, no name, or a day that has not come yet.
    """
    actor.require("feed.record")
    if kind not in Feed.Kind.values:
        raise Refused(f"There is no kind of feed {kind}; use {', '.join(Feed.Kind.values)}.")
    known_as = fitting(text=name, most=120, what="name")
    if not known_as:
        raise Refused("Name the feed, for example by its bank account.")
    if covers_until_on > as_of:
        raise Refused(
            f"The feed cannot cover {covers_until_on.isoformat()}; today is {as_of.isoformat()}."
        )
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    feeds = Feed.objects.filter(company=actor.company, kind=kind, name=known_as)
    known = feeds.order_by("pk").first()
    if known is not None and known.covers_until_on >= covers_until_on:
        return known
    feed, _ = Feed.objects.update_or_create(
        company=actor.company,
        kind=kind,
        name=known_as,
        defaults={
            "covers_until_on": covers_until_on,
            "rows": rows,
            "control_totals": list(control_totals),
            "received_at": at,
        },
    )
    record_event(
        actor,
        "feed.recorded",
        feed,
        at=at,
        kind=kind,
        name=known_as,
        covers_until_on=covers_until_on.isoformat(),
        rows=rows,
    )
    return feed
