"""Saving assumptions under a name, changing, copying and archiving them."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, Stale, own
from dunwell.actions.texts import fitting, unused_name
from dunwell.engine.money import is_currency_code
from dunwell.engine.scenarios import Assumptions
from dunwell.models import Company, Customer, Scenario

PPM = 1_000_000
MOST_DEFAULTS = 20
MOST_SCENARIOS = 100
BOUNDS: Mapping[str, tuple[int, int, str]] = {
    "volume_ppm": (-PPM, PPM, "Sales change by -100 % to 100 %."),
    "delay_days": (0, 365, "Customers pay 0 to 365 days later."),
    "dispute_ppm": (0, PPM, "Between 0 and 100 % of the cash is disputed."),
    "dispute_days": (0, 365, "A dispute takes 0 to 365 days."),
    "discount_uptake_ppm": (0, PPM, "Between 0 and 100 % of the cash takes the discount."),
    "discount_ppm": (0, PPM // 2, "A discount is 0 to 50 %."),
    "discount_days": (0, 180, "A discount brings money 0 to 180 days earlier."),
    "terms_days": (-180, 365, "Terms of new sales change by -180 to 365 days."),
}
"""Smallest and largest value of each assumption, and what is said of any other."""


@transaction.atomic
def save_scenario(
    *,
    actor: Actor,
    name: str,
    note: str,
    assumptions: Assumptions,
    scenario: Scenario | None = None,
    version: int = 0,
    at: datetime,
) -> Scenario:
    """Keep assumptions as a new scenario, or as the next version of one.

    `version` is the one that was shown: raises Stale where somebody saved meanwhile. Raises
    Refused for values out of bounds, an unknown customer, a name that is taken, an archived one.
    """
    actor.require("planning.edit")
    document = _document(actor, assumptions)
    remark = fitting(text=note, most=300, what="note")
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    live = Scenario.objects.filter(company=company, archived_on=None)
    if scenario is None:
        if live.count() >= MOST_SCENARIOS:
            raise Refused(f"There are {MOST_SCENARIOS} scenarios; archive some first.")
        called = unused_name(live, name=name, what="a scenario")
        made = Scenario.objects.create(
            company=company,
            name=called,
            note=remark,
            assumptions=document,
            author=actor.name,
            changed_at=at,
            recorded_at=at,
        )
        record_event(actor, "scenario.saved", made, at=at, name=called, version=1)
        return made
    own(actor, scenario, "scenario")
    found = Scenario.objects.select_for_update(no_key=True).get(pk=scenario.pk)
    if found.archived_on is not None:
        raise Refused(f"{found.name} is archived; copy it to go on with it.")
    called = unused_name(live, name=name, what="a scenario", besides=found)
    if (found.name, found.note, found.assumptions) == (called, remark, document):
        return found
    if found.version != version:
        raise Stale(f"Somebody changed {found.name} meanwhile; load the page again.")
    found.name, found.note, found.assumptions = called, remark, document
    found.version, found.changed_at = found.version + 1, at
    found.save(update_fields=["name", "note", "assumptions", "version", "changed_at"])
    record_event(actor, "scenario.saved", found, at=at, name=called, version=found.version)
    return found


@transaction.atomic
def copy_scenario(*, actor: Actor, scenario: Scenario, name: str, at: datetime) -> Scenario:
    """Return a new scenario with the assumptions of another, archived or not."""
    actor.require("planning.edit")
    own(actor, scenario, "scenario")
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    live = Scenario.objects.filter(company=company, archived_on=None)
    if live.count() >= MOST_SCENARIOS:
        raise Refused(f"There are {MOST_SCENARIOS} scenarios; archive some first.")
    called = unused_name(live, name=name, what="a scenario")
    made = Scenario.objects.create(
        company=company,
        name=called,
        note=scenario.note,
        assumptions=scenario.assumptions,
        author=actor.name,
        changed_at=at,
        recorded_at=at,
    )
    record_event(actor, "scenario.copied", made, at=at, name=called, source=scenario.pk)
    return made


@transaction.atomic
def archive_scenario(*, actor: Actor, scenario: Scenario, as_of: date, at: datetime) -> Scenario:
    """Put a scenario away; it stays readable and can be copied. Twice is once."""
    actor.require("planning.edit")
    own(actor, scenario, "scenario")
    found = Scenario.objects.select_for_update(no_key=True).get(pk=scenario.pk)
    if found.archived_on is not None:
        return found
    found.archived_on = as_of
    found.save(update_fields=["archived_on"])
    record_event(actor, "scenario.archived", found, at=at, name=found.name)
    return found


def _document(actor: Actor, told: Assumptions) -> dict[str, Any]:
    for field, (least, most, said) in BOUNDS.items():
        if not least <= getattr(told, field) <= most:
            raise Refused(said)
    for code, change in told.fx_ppm.items():
        if not is_currency_code(code):
            raise Refused(f"{code!r} is no currency; write its three letters, such as USD.")
        if code == actor.company.currency:
            raise Refused(f"{code} is the home currency; its own value does not change.")
        if not -900_000 <= change <= 9 * PPM:  # noqa: PLR2004
            raise Refused("A currency changes by -90 % to 900 %.")
    keys = list(dict.fromkeys(told.defaults))
    if len(keys) > MOST_DEFAULTS:
        raise Refused(f"A scenario names {MOST_DEFAULTS} customers at most.")
    known = Customer.objects.filter(company=actor.company, pk__in=keys).count()
    if known != len(keys):
        raise Refused("A customer that is named does not belong to this company.")
    return {**asdict(told), "defaults": keys, "fx_ppm": dict(sorted(told.fx_ppm.items()))}
