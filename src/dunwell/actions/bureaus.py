"""Bureaus a company asks: the waterfall with addresses, ages and costs."""

import re
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, Stale
from dunwell.actions.texts import fitting, unused_name
from dunwell.engine.money import LARGEST_MINOR
from dunwell.formats.currencies import ISO_CODES
from dunwell.models import BureauAccount, Company

FEED_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
SECRET_NAME = re.compile(r"DUNWELL_BUREAU_[A-Z0-9_]{1,60}")
LOOPBACK = ("http://localhost", "http://127.0.0.1")
MOST_PRIORITY, MOST_AGE_DAYS = 1_000, 3_660
Kind = BureauAccount.Kind


@transaction.atomic
def add_bureau(
    *,
    actor: Actor,
    name: str,
    kind: str,
    address: str = "",
    secret_name: str = "",
    priority: int = 1,
    max_age_days: int = 180,
    cost_minor: int = 0,
    currency: str,
    at: datetime,
) -> BureauAccount:
    """Add a bureau to the waterfall, asked in the order of `priority`.

    `address` is the name of a feed file or an https address, `secret_name` the environment
    variable (DUNWELL_BUREAU_...) that holds its token. Raises Refused for a name that is taken,
    an address or a secret of another form.
    """
    actor.require("bureau.edit")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    fields = _fields(
        kind=kind,
        address=address,
        secret_name=secret_name,
        priority=priority,
        max_age_days=max_age_days,
        cost_minor=cost_minor,
        currency=currency,
    )
    called = _name(actor.company, name)
    bureau = BureauAccount.objects.create(
        company=actor.company, name=called, by=actor.name, recorded_at=at, **fields
    )
    record_event(actor, "bureau.added", bureau, at=at, name=called, **fields)
    return bureau


@transaction.atomic
def edit_bureau(
    *,
    actor: Actor,
    bureau: BureauAccount,
    version: int,
    name: str,
    kind: str,
    address: str = "",
    secret_name: str = "",
    priority: int,
    max_age_days: int,
    cost_minor: int,
    currency: str,
    is_active: bool,
    at: datetime,
) -> BureauAccount:
    """Change a bureau; what it reported and cost stays as it was.

    Raises Stale when somebody changed it since `version`, Refused as `add_bureau` does.
    """
    actor.require("bureau.edit")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    found = BureauAccount.objects.filter(company=actor.company, pk=bureau.pk).first()
    if found is None:
        raise Refused(f"{bureau.name} is no bureau of {actor.company.name}.")
    if found.version != version:
        raise Stale(f"Somebody else has changed {found.name} meanwhile; load the page again.")
    fields: dict[str, Any] = {
        "name": _name(actor.company, name, besides=found),
        "is_active": is_active,
        **_fields(
            kind=kind,
            address=address,
            secret_name=secret_name,
            priority=priority,
            max_age_days=max_age_days,
            cost_minor=cost_minor,
            currency=currency,
        ),
    }
    before = {field: getattr(found, field) for field in fields}
    if before == fields:
        return found
    BureauAccount.objects.filter(pk=found.pk).update(**fields, version=found.version + 1)
    changed = {field: [before[field], fields[field]] for field in fields}
    told = {field: pair for field, pair in changed.items() if pair[0] != pair[1]}
    record_event(actor, "bureau.edited", found, at=at, name=fields["name"], changed=told)
    return BureauAccount.objects.get(pk=found.pk)


def _name(company: Company, name: str, *, besides: BureauAccount | None = None) -> str:
    bureaus = BureauAccount.objects.filter(company=company)
    return unused_name(bureaus, name=name, what="a bureau", besides=besides)


def _fields(
    *,
    kind: str,
    address: str,
    secret_name: str,
    priority: int,
    max_age_days: int,
    cost_minor: int,
    currency: str,
) -> dict[str, Any]:
    """Return the settings of a bureau, or raise Refused with what is wrong."""
    if kind not in Kind.values:
        raise Refused(f"There is no kind {kind}; use {', '.join(Kind.values)}.")
    if currency not in ISO_CODES:
        raise Refused(f"{currency!r} is no currency; use an ISO 4217 code.")
    if not 1 <= priority <= MOST_PRIORITY:
        raise Refused(f"The priority must lie between 1 and {MOST_PRIORITY}; 1 is asked first.")
    if not 0 <= max_age_days <= MOST_AGE_DAYS:
        raise Refused(f"A report may be 0 to {MOST_AGE_DAYS} days old.")
    if not 0 <= cost_minor <= LARGEST_MINOR:
        raise Refused("The cost of a report cannot be below 0.")
    return {
        "kind": kind,
        "address": _address(kind, address),
        "secret_name": _secret(kind, secret_name),
        "priority": priority,
        "max_age_days": max_age_days,
        "cost_minor": cost_minor,
        "currency": currency,
    }


def _address(kind: str, address: str) -> str:
    told = fitting(text=address, most=300, what="address")
    if kind == Kind.HAND:
        return ""
    if kind == Kind.FILE:
        if not FEED_NAME.fullmatch(told):
            raise Refused(
                "Give the name of the feed file alone, such as ratings.csv; it is looked for in "
                "the folder of bureau feeds."
            )
        return told
    try:
        parts = urlsplit(told)
        host = parts.hostname
    except ValueError:
        parts, host = None, None
    if parts is None or not host or parts.username or parts.password:
        raise Refused("Give an https address without a user, such as https://api.bureau.example/.")
    origin = f"{parts.scheme}://{host}"
    if parts.scheme != "https" and origin not in LOOPBACK:
        raise Refused("The address must begin with https://; customers are asked about encrypted.")
    return told


def _secret(kind: str, secret_name: str) -> str:
    told = fitting(text=secret_name, most=80, what="name of the secret")
    # no other variable: an address of somebody's choice would be sent any secret of ours
    if told and (kind != Kind.HTTP or not SECRET_NAME.fullmatch(told)):
        raise Refused(
            "Name the environment variable with the token: DUNWELL_BUREAU_ and capital letters, "
            "digits or _. Only bureaus that are asked over HTTPS have one."
        )
    return told
