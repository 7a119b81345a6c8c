"""Steps of connections: outside ledgers synced, written back to, files taken from their folders."""

from collections import defaultdict
from datetime import timedelta

from dunwell.actions.connection_changes import LEASE as WRITE_LEASE
from dunwell.actions.connection_changes import (
    change_key,
    claim_changes,
    decide_changes,
    mark_written,
    propose_changes,
    propose_note,
    put_back_changes,
    record_trial,
)
from dunwell.actions.connection_syncs import (
    LEASE,
    begin_sync,
    end_sync,
    fail_sync,
    note_system,
    take_page,
)
from dunwell.actions.connections import (
    add_connection,
    ask_for_sync,
    change_connection,
    end_connection,
    pull_again,
    record_connection_test,
)
from dunwell.actions.gate import Refused
from dunwell.engine.money import to_minor
from dunwell.formats.connection_rows import ChangeKind, OutsideChange, OutsideError, OutsideFault
from dunwell.models import (
    Allocation,
    Connection,
    ConnectionChange,
    ConnectionCustomer,
    ConnectionSync,
    Customer,
    EntryLine,
    Item,
    OpenItem,
    Payment,
    PeriodLock,
)
from dunwell.queries.connection_books import base_number
from tests.simulator.theirs import OLDEST, Theirs
from tests.simulator.world import Nothing, step

PROVES = ("D3", "D12", "I19", "I24")
SETTINGS = {"address": "https://erp.example", "database": "firm", "user": "ann"}
MOST = 2
"""Connections that live at a time."""


def _linked(world):
    """One of the living connections as its record is now, and the ledger it leads to."""
    living = [key for key, theirs in world.links.items() if isinstance(theirs, Theirs)]
    rows = Connection.objects.filter(pk__in=living, kind="odoo", ended_at=None)
    link = world.one(rows)
    return link, world.links[link.pk]


def books(world):
    """How many rows there are of all that a sync or a file could double."""
    models = (Item, Payment, Allocation, EntryLine, Customer)
    return [model.objects.filter(company=world.company).count() for model in models]


def _told(world, link, theirs, *, pages=None):
    """Bring every page in, some of them twice; with `pages` only so many, as if killed then.

    Returns the sync, and whether it came to its last page.
    """
    sync = begin_sync(**world.by(), connection=link)
    if sync is None:
        raise Nothing
    note_system(actor=world.system, sync=sync, system=theirs.system())
    is_last = False
    while not is_last and pages != 0:
        cursor = Connection.objects.get(pk=link.pk).cursor
        pulled = theirs.pull(cursor, most=world.chance.choice((3, 1_000)))
        sync = take_page(**world.by(), sync=sync, pulled=pulled)
        if world.chance.random() < 0.2:
            before = books(world)
            sync = take_page(**world.by(), sync=sync, pulled=pulled)
            assert books(world) == before, "a page that was taken in twice"
        is_last, pages = pulled.is_last, None if pages is None else pages - 1
    return sync, is_last


def _whole(world, link, theirs):
    """A sync to its end; what it says of both sides is what both sides have."""
    sync, _ = _told(world, link, theirs)
    done = end_sync(actor=world.system, sync=sync, theirs=theirs.open_now(), at=world.at)
    _tied(link, theirs, done)
    return done


def _tied(link, theirs, done):
    """What a sync says differs is what differs, counted from both books by other means."""
    names = dict(ConnectionCustomer.objects.filter(connection=link).values_list("key", "customer"))
    there, here = defaultdict(int), defaultdict(int)
    for one in theirs.open_now():
        there[one.is_payment, one.number, names[one.customer]] += to_minor(one.open, "EUR")
    for row in OpenItem.objects.filter(customer__in=set(names.values())).select_related("item"):
        here[False, base_number(row.item.number), row.customer_id] += row.open_minor
    for money in Payment.objects.filter(customer__in=set(names.values())):
        rows = Allocation.objects.filter(payment=money)
        used = sum(one.amount_minor if one.paid_minor is None else one.paid_minor for one in rows)
        here[True, money.number, money.customer_id] += used - money.amount_minor
    differ = sum(there.get(key, 0) != here.get(key, 0) for key in there.keys() | here.keys())
    assert sum(total["differences"] for total in done.totals) == differ
    assert sum(total["theirs_minor"] for total in done.totals) == sum(there.values())
    assert sum(total["ours_minor"] for total in done.totals) == sum(here.values())
    assert (done.tie == ConnectionSync.Tie.EQUAL) == (differ == 0)


def _again(world, link, theirs):
    """Everything once more from the beginning changes nothing."""
    _whole(world, link, theirs)
    before = books(world)
    pull_again(actor=world.system, connection=link, at=world.at)
    _whole(world, Connection.objects.get(pk=link.pk), theirs)
    assert books(world) == before, "a sync from the beginning"


@step(1, *PROVES, then=("their_books_change", "sync", "write_back"))
def connect(world):
    """A ledger is connected: while nobody here touches its documents, both sides tie out."""
    if Connection.objects.filter(company=world.company, ended_at=None).count() >= MOST:
        raise Nothing
    link = add_connection(
        actor=world.system, kind="odoo", name=world.number("Ledger "), settings=SETTINGS,
        secret="simulated", at=world.at,
    )  # fmt: skip
    theirs = world.links[link.pk] = Theirs(letter=f"T{world.count}")
    record_connection_test(
        actor=world.system, connection=link, system=theirs.system(), at=world.at
    )
    since = world.day - timedelta(days=OLDEST)
    for _ in range(2):
        for _ in range(world.chance.randint(2, 8)):
            theirs.change(world)
        done = _whole(world, link, theirs)
        differ = list(done.differences.values_list("number", "theirs_minor", "ours_minor"))
        # the books say no to what is dated in a month that is closed
        is_closed = PeriodLock.objects.filter(company=world.company, until_on__gte=since).exists()
        assert is_closed or done.tie == ConnectionSync.Tie.EQUAL, (differ, done.notes)
    _again(world, link, theirs)


@step(3, then=("sync",))
def their_books_change(world):
    _, theirs = _linked(world)
    for _ in range(world.chance.randint(1, 4)):
        theirs.change(world, may_take_back=True)


@step(3, *PROVES, then=("write_back", "apply_money"))
def sync(world):
    """A sync that goes well, or breaks off; who comes later goes on and doubles nothing."""
    link, theirs = _linked(world)
    how = world.chance.choice(("well", "well", "again", "killed", "failed"))
    if how == "again":
        _again(world, link, theirs)
        return
    if how == "well":
        _whole(world, link, theirs)
        return
    held, _ = _told(world, link, theirs, pages=world.chance.choice((0, 1)))
    if how == "failed":
        error = OutsideError(OutsideFault.UNREACHABLE, "Nobody answers.")
        fail_sync(actor=world.system, sync=held, error=error, at=world.at)
        assert Connection.objects.get(pk=link.pk).next_at > world.at
    else:
        assert begin_sync(**world.by(), connection=link) is None
        world.count += int(LEASE.total_seconds()) + 1
    done = _whole(world, Connection.objects.get(pk=link.pk), theirs)
    assert done.pk == held.pk or how == "failed"
    late = {"actor": world.system, "sync": held, "at": world.at}
    try:
        end_sync(**late, theirs=None)
    except Refused:
        return
    raise AssertionError("a worker whose sync was taken over has ended it")


def _asked(link, changes):
    keys = dict(ConnectionCustomer.objects.filter(connection=link).values_list("customer", "key"))
    return [
        OutsideChange(
            key=change_key(one), kind=ChangeKind(one.kind), customer=keys[one.customer_id],
            value=one.value, currency=one.currency,
        )
        for one in changes
    ]  # fmt: skip


@step(3, "I21", then=("write_back", "decide_what_waits"))
def write_back(world):
    """Limits, holds and notes go there: tried, approved by a person, written once, and as tried."""
    link, theirs = _linked(world)
    known = Customer.objects.filter(connections__connection=link)
    Customer.objects.filter(pk=world.one(known).pk).update(
        credit_limit_minor=world.chance.choice((None, 0, 500_00))
    )
    told = {"connection": link, "at": world.at}
    propose_changes(actor=world.system, as_of=world.day, **told)
    assert propose_changes(actor=world.system, as_of=world.day, **told) == 0
    if world.chance.random() < 0.5:
        propose_note(actor=world.system, customer=world.one(known), text="Call first.", **told)
    rows = ConnectionChange.objects.filter(connection=link).order_by("pk")
    waiting = list(rows.filter(status__in=("proposed", "tried")))
    writes = theirs.push(_asked(link, waiting), dry_run=True)
    record_trial(actor=world.system, changes=waiting, writes=writes, **told)
    tried = list(rows.filter(status="tried").values_list("pk", flat=True))
    if tried:
        approved = world.chance.random() < 0.8
        decide_changes(**_told_by(world, link), change_ids=tried, is_approved=approved)
    _written(world, link, theirs)


def _told_by(world, link):
    by = world.by("mona", "max")
    return {"actor": by["actor"], "at": by["at"], "connection": link}


def _written(world, link, theirs):
    """Write what was approved; killed after the write or put back, it is there once all the same."""
    told = {"actor": world.system, "connection": link}
    some = claim_changes(**told, limit=20, at=world.at)
    assert claim_changes(**told, limit=20, at=world.at) == []
    end = world.chance.choice(("well", "killed", "put back"))
    if some and end != "well":
        theirs.push(_asked(link, some), dry_run=False)
        if end == "put back":
            assert put_back_changes(**told, changes=some) == len(some)
        world.count += int(WRITE_LEASE.total_seconds()) + 1
        again = claim_changes(**told, limit=20, at=world.at)
        assert [one.pk for one in again] == [one.pk for one in some]
        some = again
    before = len(theirs.notes)
    writes = theirs.push(_asked(link, some), dry_run=False)
    for change, write in zip(some, writes, strict=True):
        status = mark_written(**told, change=change, write=write, at=world.at)
        assert status == ConnectionChange.Status.WRITTEN
        (asked,) = _asked(link, [change])
        if asked.kind == ChangeKind.NOTE:
            assert theirs.notes[asked.key] == asked.value
        else:
            assert theirs.written[asked.kind, asked.customer] == asked.value
    assert end == "well" or len(theirs.notes) == before, "a note that was written twice"
    assert not ConnectionChange.objects.filter(
        connection=link, status__in=("approved", "writing")
    ).exists()


@step(2, then=("connect", "sync"))
def change_a_connection(world):
    """Paused, asked for, ended: what is paused syncs nothing, what has ended forgets its secret."""
    link = world.one(Connection.objects.filter(company=world.company, ended_at=None))
    told = {"actor": world.system, "connection": link, "at": world.at}
    if world.chance.random() < 0.3:
        end_connection(**told)
        end_connection(**told)
        gone = Connection.objects.get(pk=link.pk)
        waiting = ConnectionChange.objects.filter(
            connection=gone, status__in=ConnectionChange.WAITING
        )
        assert (gone.secret, waiting.exclude(status="writing").count()) == ("", 0)
        return
    is_on = world.chance.random() < 0.7
    change_connection(
        **told, name=link.name, settings=link.settings, every_minutes=60, is_on=is_on,
        version=link.version,
    )  # fmt: skip
    ask_for_sync(**told)
