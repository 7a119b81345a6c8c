"""Choosing what the portal of a company shows."""

from datetime import datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, Stale
from dunwell.actions.texts import fitting
from dunwell.models import Company, PortalSetting

LONGEST_WELCOME = 600
CHOICES = ("shows_limit", "shows_orders", "shows_interest", "takes_statements", "welcome")


@transaction.atomic
def save_portal_settings(
    *,
    actor: Actor,
    version: int,
    shows_limit: str,
    shows_orders: bool,
    shows_interest: bool,
    takes_statements: bool,
    welcome: str = "",
    at: datetime,
) -> PortalSetting:
    """Save what the company's portal shows; the same again changes nothing.

    `version` is that of the page, 0 where nothing was saved yet. Raises Refused for an unknown
    choice or a text that is too long, Stale when somebody saved meanwhile.
    """
    actor.require("company.edit")
    if shows_limit not in PortalSetting.ShowsLimit.values:
        known = ", ".join(PortalSetting.ShowsLimit.values)
        raise Refused(f"The limit cannot be shown to {shows_limit!r}; use {known}.")
    wanted = {
        "shows_limit": shows_limit,
        "shows_orders": shows_orders,
        "shows_interest": shows_interest,
        "takes_statements": takes_statements,
        "welcome": fitting(text=welcome, most=LONGEST_WELCOME, what="welcome text"),
    }
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    held = PortalSetting.objects.filter(company=actor.company).first()
    if (held.version if held else 0) != version:
        by = f"{held.changed_by} saved" if held else "Somebody saved"
        raise Stale(f"{by} these settings meanwhile; load the page again.")
    before = {name: getattr(held, name) for name in CHOICES} if held else {}
    if before == wanted and held is not None:
        return held
    setting, _ = PortalSetting.objects.update_or_create(
        company=actor.company,
        defaults={**wanted, "version": version + 1, "changed_by": actor.name, "changed_at": at},
    )
    record_event(actor, "portal_setting.saved", setting, at=at, before=before, after=wanted)
    return setting
