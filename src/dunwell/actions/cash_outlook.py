"""The day's outlook of cash and what came of earlier ones, kept as differences only."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl
from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor
from dunwell.ml.cash_claims import COMPONENTS
from dunwell.models import CashBasis, CashPeriod, Company, ModelVersion

CHUNK = 500
QUANTILES = ("p5_minor", "p10_minor", "p50_minor", "p90_minor", "p95_minor")
FIGURES = ("expected_minor", *QUANTILES, "spread_minor")
KEY = ("scope", "kind", "is_consolidated", "currency", "number")


@dataclass(frozen=True, kw_only=True, slots=True)
class OutlookOfDay:
    """What was worked out for a day.

    `rows` has the columns of `ml.cash_outlook.ROWS`; `naive` what each rule says per
    (scope, currency, kind, number). The files are those of `CashBasis`. `came`
    (id, came_minor): what earlier periods really brought.
    """

    rows: pl.DataFrame
    naive: Mapping[tuple[str, str, str, int], Mapping[str, int]]
    claims: bytes
    parts: bytes
    levers: bytes
    missing_rates: Sequence[str]
    figures: Mapping[str, object]
    came: pl.DataFrame


@transaction.atomic
def keep_outlook(
    *, actor: Actor, version: ModelVersion, outlook: OutlookOfDay, as_of: date, at: datetime
) -> int:
    """Make the kept outlook of the day that which was worked out; return how many rows changed."""
    actor.require("cycle.run")
    company = actor.company
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    told = _tell_what_came(outlook.came)
    changed = _write_periods(company, version, outlook, as_of)
    changed += _write_basis(company, version, outlook, as_of, at)
    if changed or told:
        record_event(
            actor,
            "outlook.kept",
            version,
            at=at,
            as_of=as_of.isoformat(),
            changed=changed,
            told=told,
            missing_rates=list(outlook.missing_rates),
        )
    return changed + told


def _tell_what_came(came: pl.DataFrame) -> int:
    """Write what periods brought; the rows given are those that differ."""
    rows = [CashPeriod(pk=pk, came_minor=minor) for pk, minor in came.iter_rows()]
    CashPeriod.objects.bulk_update(rows, ["came_minor"], batch_size=CHUNK)
    return len(rows)


def _write_periods(
    company: Company, version: ModelVersion, outlook: OutlookOfDay, as_of: date
) -> int:
    made = [
        _period(row, company, version, outlook, as_of) for row in outlook.rows.rows(named=True)
    ]
    kept = {
        tuple(getattr(one, name) for name in KEY): one
        for one in CashPeriod.objects.filter(company=company, as_of=as_of)
    }
    changed = [one for one in made if _differs(one, kept.pop(_key(one), None))]
    CashPeriod.objects.bulk_create(
        changed,
        batch_size=CHUNK,
        update_conflicts=True,
        unique_fields=["company", "as_of", *KEY],
        update_fields=["version", "starts_on", "ends_on", *FIGURES, "components", "naive"],
    )
    # a currency that has left the book since the day was first worked out
    CashPeriod.objects.filter(pk__in=[one.pk for one in kept.values()]).delete()
    return len(changed) + len(kept)


def _key(one: CashPeriod) -> tuple[object, ...]:
    return tuple(getattr(one, name) for name in KEY)


def _differs(one: CashPeriod, kept: CashPeriod | None) -> bool:
    if kept is None:
        return True
    names = ("version_id", "starts_on", "ends_on", *FIGURES, "components", "naive")
    return any(getattr(one, name) != getattr(kept, name) for name in names)


def _period(
    row: Mapping[str, Any],
    company: Company,
    version: ModelVersion,
    outlook: OutlookOfDay,
    as_of: date,
) -> CashPeriod:
    place = (row["scope"], row["currency"], row["kind"], row["number"])
    naive = {} if row["is_consolidated"] else dict(outlook.naive.get(place, {}))
    return CashPeriod(
        company=company,
        version=version,
        as_of=as_of,
        starts_on=row["starts_on"],
        ends_on=row["ends_on"],
        components={name: row[f"{name}_minor"] for name in COMPONENTS if row[f"{name}_minor"]},
        naive=naive,
        **{name: row[name] for name in (*KEY, *FIGURES)},
    )


def _write_basis(
    company: Company, version: ModelVersion, outlook: OutlookOfDay, as_of: date, at: datetime
) -> int:
    missing, figures = list(outlook.missing_rates), dict(outlook.figures)
    digest = hashlib.sha256(outlook.claims + outlook.parts + outlook.levers)
    digest.update(json.dumps([missing, figures], sort_keys=True).encode())
    sha = digest.hexdigest()
    same = CashBasis.objects.filter(
        company=company, as_of=as_of, version=version, content_sha256=sha
    )
    if same.exists():
        return 0
    CashBasis.objects.update_or_create(
        company=company,
        as_of=as_of,
        defaults={
            "version": version,
            "claims": outlook.claims,
            "parts": outlook.parts,
            "levers": outlook.levers,
            "content_sha256": sha,
            "missing_rates": missing,
            "figures": figures,
            "recorded_at": at,
        },
    )
    return 1
