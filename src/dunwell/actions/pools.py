"""Pools: saved choices of customers with the people who work on them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import polars as pl
from django.db import transaction
from django.db.models import QuerySet

from dunwell.actions.bulk import insert_rows
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, Stale
from dunwell.actions.texts import fitting
from dunwell.engine.documents import DocumentError
from dunwell.engine.segments_rules import POOL_FACTS, read_conditions, stated_conditions
from dunwell.models import Company, Pool, PoolMember, User
from dunwell.queries.ledgers import Books
from dunwell.queries.segments_due import PoolFound, chosen
from dunwell.queries.segments_facts import facts_frame
from dunwell.queries.workforce import collectors_of

LONGEST_NAME, LONGEST_NOTE = 80, 300
MOST_POOLS = 200
CHUNK = 5_000
"""Customers named in one statement."""


@transaction.atomic
def add_pool(
    *,
    actor: Actor,
    name: str,
    rule: Mapping[str, object],
    people: Sequence[User] = (),
    note: str = "",
    as_of: date,
    at: datetime,
) -> Pool:
    """Save a choice of customers; they are found at once and anew by every cycle.

    `rule`: conditions by fact, all of which hold (see `engine.segments_rules`). Raises Refused for
    a name that is taken, conditions that cannot be read, and people who do not collect.
    """
    actor.require("pool.edit")
    fields = _checked(actor, name=name, rule=rule, people=people, note=note)
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    pools = Pool.objects.filter(company=actor.company)
    _refuse_name(pools, fields["name"])
    if pools.count() >= MOST_POOLS:
        raise Refused(f"There are {MOST_POOLS} pools already; remove one that nobody uses.")
    pool = Pool.objects.create(company=actor.company, by=actor.name, recorded_at=at, **fields)
    pool.users.set(people)
    found = _find(pool, as_of=as_of)
    _tell(actor, "pool.added", pool, people, found, at=at)
    return pool


@transaction.atomic
def change_pool(
    *,
    actor: Actor,
    pool: Pool,
    seen: int,
    name: str,
    rule: Mapping[str, object],
    people: Sequence[User] = (),
    note: str = "",
    as_of: date,
    at: datetime,
) -> None:
    """Change a pool; its customers are found anew. The same again changes nothing.

    `seen`: the version the person changed; another one now is Stale. Raises Refused as `add_pool`.
    """
    actor.require("pool.edit")
    fields = _checked(actor, name=name, rule=rule, people=people, note=note)
    locked = _locked(actor, pool)
    same = all(getattr(locked, field) == value for field, value in fields.items())
    if same and {user.pk for user in people} == set(locked.users.values_list("pk", flat=True)):
        return
    if locked.version != seen:
        raise Stale(f"Somebody else changed the pool {locked.name} meanwhile; load it again.")
    _refuse_name(Pool.objects.filter(company=actor.company).exclude(pk=pool.pk), fields["name"])
    for field, value in fields.items():
        setattr(locked, field, value)
    locked.version += 1
    locked.by, locked.recorded_at = actor.name, at
    locked.save()
    locked.users.set(people)
    found = _find(locked, as_of=as_of)
    _tell(actor, "pool.changed", locked, people, found, at=at)


@transaction.atomic
def remove_pool(*, actor: Actor, pool: Pool, at: datetime) -> None:
    """Remove a pool; its customers stay as they are. Raises Refused when it is gone already."""
    actor.require("pool.edit")
    locked = _locked(actor, pool)
    key, members = locked.pk, locked.members.count()
    _tell(actor, "pool.removed", locked, list(locked.users.all()), members, at=at)
    Pool.objects.filter(pk=key).delete()


def keep_members(company: Company, found: PoolFound) -> int:
    """Bring a pool's customers in line with what was found; return how many came or went.

    A pool that was changed or removed since it was read is left alone.
    """
    pool = Pool.objects.filter(company=company, pk=found.pool_id, version=found.version)
    return _keep(found.pool_id, found.customers) if pool.exists() else 0


def _keep(pool_id: int, customers: Sequence[int]) -> int:
    held = dict(PoolMember.objects.filter(pool=pool_id).values_list("customer", "pk"))
    wanted = set(customers)
    gone = [key for customer, key in held.items() if customer not in wanted]
    for start in range(0, len(gone), CHUNK):
        PoolMember.objects.filter(pk__in=gone[start : start + CHUNK]).delete()
    new = sorted(wanted - held.keys())
    rows = pl.DataFrame({"customer_id": new}, schema={"customer_id": pl.Int64})
    insert_rows(
        table="dunwell_poolmember", rows=rows.with_columns(pool_id=pl.lit(pool_id, pl.Int64))
    )
    return len(gone) + len(new)


def _find(pool: Pool, *, as_of: date) -> int:
    """Find a pool's customers now; return how many there are."""
    customers = chosen(facts_frame(Books(pool.company), as_of=as_of), pool.rule)
    _keep(pool.pk, customers)
    return len(customers)


def _checked(
    actor: Actor, *, name: str, rule: Mapping[str, object], people: Sequence[User], note: str
) -> dict[str, object]:
    told = fitting(text=name, most=LONGEST_NAME, what="name")
    if not told:
        raise Refused("Give the pool a name.")
    try:
        conditions = read_conditions(rule, "pool", facts=POOL_FACTS)
    except DocumentError as error:
        raise Refused(str(error)) from error
    members = {person.pk for person in collectors_of(actor.company)}
    for person in people:
        if person.pk not in members:
            raise Refused(f"{person.username} does not collect for {actor.company.name}.")
    return {
        "name": told,
        "rule": stated_conditions(conditions),
        "note": fitting(text=note, most=LONGEST_NOTE, what="note"),
    }


def _refuse_name(pools: QuerySet[Pool], name: object) -> None:
    if pools.filter(name=name).exists():
        raise Refused(f"There is a pool named {name} already; give this one its own name.")


def _locked(actor: Actor, pool: Pool) -> Pool:
    # the company first, as the cycle does, so that neither waits for the other
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    found = Pool.objects.select_for_update().filter(pk=pool.pk, company=actor.company).first()
    if found is None:
        raise Refused("This pool was removed, or belongs to another company.")
    return found


def _tell(
    actor: Actor, verb: str, pool: Pool, people: Sequence[User], customers: int, *, at: datetime
) -> None:
    record_event(
        actor,
        verb,
        pool,
        at=at,
        name=pool.name,
        rule=pool.rule,
        people=sorted(person.username for person in people),
        customers=customers,
    )
