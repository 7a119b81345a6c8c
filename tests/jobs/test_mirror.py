"""The columnar mirror: whatever happens to the ledger, reading through it gives the ledger's rows."""

import logging
import random
from datetime import timedelta

import narwhals.stable.v2 as nw
import polars as pl
import pytest
from django.core.management import call_command
from django.db import connection

from dunwell.actions.adjustments import record_adjustment, reverse_adjustment
from dunwell.actions.events import record_event
from dunwell.actions.gate import Refused, system
from dunwell.actions.payers import assign_payer
from dunwell.actions.payments import apply_payment, reverse_payment
from dunwell.formats.mirror import MirrorError, buckets_for, read_manifest, write_manifest
from dunwell.jobs.mirror import drop_mirror, refresh_by, refresh_if_worth, refresh_mirror
from dunwell.jobs.mirror_files import MOST_FILES
from dunwell.models import Allocation, Event
from dunwell.queries import frames
from dunwell.queries.desk_measures import desk_measures
from dunwell.queries.ledgers import Books
from dunwell.queries.mirror import MANIFEST, mirror_folder, standing_mirror
from dunwell.queries.mirror_rows import has_rows
from dunwell.queries.mirror_status import mirror_status
from dunwell.queries.verify import verify_books
from dunwell.queries.whole_ledger import whole_allocations, whole_items, whole_payments
from tests.actions.ledger_rows import invoice, payment
from tests.conftest import AT, TODAY, add_customer
from tests.dealing import is_long_tier

pytestmark = pytest.mark.both

WHOLE = {
    "items": (whole_items, frames.items_frame),
    "allocations": (whole_allocations, frames.allocations_frame),
    "payments": (whole_payments, frames.payments_frame),
}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


def rows(frame):
    return nw.to_native(frame).collect().rows()


def refresh(company, **options):
    """A refresh inside a test's transaction, whose rows no other connection sees."""
    return refresh_by(
        lambda query, types: frames.read_rows(query, [], types), company, at=AT, **options
    )


def assert_equal(company):
    for mirrored, ledger in WHOLE.values():
        # the order of a database is its own; the mirror's is that of keys
        assert sorted(rows(mirrored(company)), key=str) == sorted(rows(ledger(company)), key=str)
    if mirror_status(company).state == "stands":
        mirror = standing_mirror(company)
        for name in WHOLE:
            parts = [mirror.whole(name, bucket=number) for number in range(8)]
            assert sorted(pl.concat(parts).rows(), key=str) == sorted(
                mirror.whole(name).rows(), key=str
            )


class Desk:
    """Somebody who does anything in any order, from one seed."""

    def __init__(self, company, seed):
        self.company, self.chance = company, random.Random(seed)
        self.customers = [add_customer(company, f"C{n}", f"Customer {n}") for n in range(5)]
        self.items, self.payments, self.count = [], [], 0
        self.actor, self.when = system(company), {"as_of": TODAY, "at": AT}

    def act(self):
        acts = (self.bill, self.bill, self.pay, self.apply, self.adjust, self.name, self.take_back)
        self.count += 1
        try:
            self.chance.choice(acts)()
        except Refused:
            return

    def bill(self):
        amount = self.chance.choice((100_00, 70_00, -20_00))
        self.items.append(invoice(self.chance.choice(self.customers), f"R{self.count}", amount))

    def pay(self):
        payer = self.chance.choice((*self.customers, None))
        new = {"customer": payer, "number": f"P{self.count}", "amount_minor": 50_00}
        if payer is not None:
            self.payments.append(payment(payer, new["number"], 50_00))
            return
        stray = payment(self.customers[0], new["number"], 50_00)
        assign_payer(actor=self.actor, payment=stray, customer=None, reason="nobody", **self.when)
        self.payments.append(stray)

    def apply(self):
        if self.items and self.payments:
            apply_payment(
                actor=self.actor,
                payment=self.chance.choice(self.payments),
                amounts={self.chance.choice(self.items): 10_00},
                **self.when,
            )

    def adjust(self):
        if self.items:
            made = record_adjustment(
                actor=self.actor,
                item=self.chance.choice(self.items),
                kind="discount",
                amount_minor=1_00,
                reason="early",
                **self.when,
            )
            if self.chance.random() < 0.5:
                reverse_adjustment(actor=self.actor, adjustment=made, reason="no", **self.when)

    def name(self):
        if self.payments:
            assign_payer(
                actor=self.actor,
                payment=self.chance.choice(self.payments),
                customer=self.chance.choice(self.customers),
                reason="asked",
                **self.when,
            )

    def take_back(self):
        if self.payments:
            reverse_payment(
                actor=self.actor,
                payment=self.chance.choice(self.payments),
                reason="returned",
                **self.when,
            )


@pytest.mark.parametrize("seed", range(20 if is_long_tier() else 3))
def test_after_any_sequence_of_actions_the_mirror_reads_as_the_ledger(company, seed):
    desk = Desk(company, seed)
    for step in range(60):
        desk.act()
        if step % 9 == 5:
            refresh(company, whole=desk.chance.random() < 0.1)
            assert [p.id for p in verify_books(company).proofs if p.broken] == []
        if step % 4 == 0:
            assert_equal(company)
    assert Allocation.objects.filter(company=company).count() > 5
    assert standing_mirror(company).manifest.generation > 3


def test_a_refresh_reads_only_what_is_new(company, customer):
    invoice(customer, "R1", 100_00)
    first = refresh(company)
    invoice(customer, "R2", 60_00)
    second, third = refresh(company), refresh(company)
    assert (first.is_whole, first.read) == (True, 1)
    assert (second.is_whole, second.read, second.rows) == (False, 1, 2)
    assert (third.read, third.generation) == (0, second.generation)


def test_rows_of_a_customer_lie_in_one_bucket_as_minor_units_and_day_numbers(company):
    owner = {}
    for number in range(12):
        one = add_customer(company, f"C{number}", f"Customer {number}")
        owner[invoice(one, f"R{number}", 100_00).pk] = one.pk
    refresh(company)
    mirror = standing_mirror(company)
    for bucket in range(8):
        for path in mirror.manifest.frames["items"].paths(bucket):
            held = pl.read_parquet(mirror.folder / path, hive_partitioning=False)
            assert held.schema["amount_minor"] == pl.Int64
            assert held.schema["due_day"] == pl.Int32
            assert {owner[key] % 8 for key in held["item_id"]} == {bucket}
    assert buckets_for(10_000_000) == 25
    assert buckets_for(100_000_000) == 250


def test_many_small_files_are_written_into_one_and_old_ones_removed(company, customer):
    for number in range(MOST_FILES + 3):
        invoice(customer, f"R{number}", 100_00)
        refresh(company)
    mirror = standing_mirror(company)
    assert len(mirror.manifest.frames["items"].files) <= 3
    on_disk = {p.relative_to(mirror.folder).as_posix() for p in mirror.folder.rglob("*.parquet")}
    before = read_manifest((mirror.folder / "manifest.before.json").read_bytes())
    assert on_disk == mirror.manifest.paths | before.paths
    assert_equal(company)


def plant(company, *, hide):
    """Change an amount in the mirror, and the hash in its manifest too when it is to be hidden."""
    mirror = standing_mirror(company)
    file = mirror.manifest.frames["items"].files[0]
    place = mirror.folder / file.path
    pl.read_parquet(place, hive_partitioning=False).with_columns(
        amount_minor=pl.col("amount_minor") + 1
    ).write_parquet(place)
    if hide:
        import hashlib

        manifest = (mirror.folder / MANIFEST).read_text()
        digest = hashlib.sha256(place.read_bytes()).hexdigest()
        (mirror.folder / MANIFEST).write_text(manifest.replace(file.sha256, digest))


def found(company):
    return {p.id: p.rows for p in verify_books(company).proofs if p.broken}


def test_a_changed_file_is_not_read_and_told_with_its_row(company, customer, caplog):
    item = invoice(customer, "R1", 100_00)
    refresh(company)
    plant(company, hide=False)
    with caplog.at_level(logging.WARNING):
        assert_equal(company)
    assert "is not what was written" in caplog.text
    row = ("items", str(item.pk), "amount_minor is 10001, in the ledger 10000")
    assert row in found(company)["M1"]
    assert mirror_status(company).state == "unbelieved"
    assert refresh(company).is_whole
    assert found(company) == {}


def test_a_change_with_its_hash_is_found_by_the_comparison(company, customer):
    item = invoice(customer, "R1", 100_00)
    refresh(company)
    plant(company, hide=True)
    wrong = "amount_minor is 10001, in the ledger 10000"
    assert found(company) == {"M1": (("items", str(item.pk), wrong),)}


def test_a_mirror_of_another_database_is_not_believed(company, customer, caplog):
    invoice(customer, "R1", 100_00)
    refresh(company)
    place = mirror_folder(company) / MANIFEST
    last = Event.objects.filter(company=company).latest("seq").hash
    place.write_text(place.read_text().replace(last, "0" * 64))
    with pytest.raises(MirrorError, match="another database"):
        standing_mirror(company)
    with caplog.at_level(logging.WARNING):
        assert_equal(company)
    assert "dunwell mirror refresh" in caplog.text
    assert refresh(company).is_whole


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"format": 2}', b'{"format": 1}'])
def test_a_damaged_manifest_is_told(content):
    with pytest.raises(MirrorError):
        read_manifest(content)


def test_a_manifest_reads_back_as_it_was_written(company, customer):
    invoice(customer, "R1", 100_00)
    refresh(company)
    manifest = standing_mirror(company).manifest
    assert read_manifest(write_manifest(manifest)) == manifest


def test_books_read_the_same_with_and_without_and_with_as_few_queries(
    company, customer, settings, django_assert_num_queries
):
    invoice(customer, "R1", 100_00)
    payment(customer, "P1", 50_00)
    settings.MIRROR = False
    plain = Books(company).whole()
    settings.MIRROR = True
    refresh(company)
    for extra in range(2):
        with django_assert_num_queries(9):
            through = Books(company).whole()
        if not extra:
            assert rows(through.items) == rows(plain.items)
            assert rows(through.payments) == rows(plain.payments)
        for number in range(3):
            invoice(customer, f"X{number}", 10_00)


def test_a_mirror_is_worth_it_from_so_many_items_on(company, customer):
    invoice(customer, "R1", 100_00)
    assert not has_rows(company, least=2)
    invoice(customer, "R2", 100_00)
    assert has_rows(company, least=2)


def test_inside_a_transaction_a_refresh_is_refused_and_the_cycle_goes_on(company, customer):
    with pytest.raises(Refused, match="outside a transaction"):
        refresh_mirror(company, at=AT)
    assert refresh_if_worth(company, at=AT) is None


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a file that is not there")
def test_a_database_that_cannot_be_read_apart_stops_no_cycle(
    company, customer, monkeypatch, caplog
):
    invoice(customer, "R1", 100_00)
    refresh(company)
    invoice(customer, "R2", 100_00)
    # the driver is asked for a database in memory, which it cannot find
    monkeypatch.setattr("dunwell.jobs.mirror.is_within_reach", lambda: True)
    assert refresh_if_worth(company, at=AT) is None
    assert "the mirror was not refreshed" in caplog.text
    assert_equal(company)


def test_a_company_without_a_ledger_has_a_mirror_of_nothing(company, customer):
    record_event(system(company), "company.created", company, at=AT)
    assert (refresh(company).rows, refresh(company, whole=True).rows) == (0, 0)
    assert mirror_status(company).state == "stands"
    assert_equal(company)
    invoice(customer, "R1", 100_00)
    refresh(company)
    assert_equal(company)


def test_a_dropped_mirror_is_gone_and_the_command_says_how_it_stands(company, customer, capsys):
    call_command("mirror", "status")
    invoice(customer, "R1", 100_00)
    refresh(company)
    invoice(customer, "R2", 100_00)
    call_command("mirror", "status", "--company", company.name)
    call_command("mirror", "drop")
    assert not drop_mirror(company)
    none, stands, removed = capsys.readouterr().out.splitlines()
    assert none == "Northwind: none: There is none: all is read from the ledger."
    assert stands.startswith("Northwind: stands since 2026-03-05T09:00:00+00:00: 1 row in ")
    assert stands.endswith("came since, and read from the ledger: 1 row")
    assert removed == "Northwind: removed"
    assert_equal(company)


def test_monitoring_hears_how_old_a_mirror_is(company, customer):
    invoice(customer, "R1", 100_00)
    refresh(company)
    other = mirror_folder(company).with_name(f"company-{company.pk + 1}")
    other.mkdir()
    (other / MANIFEST).write_text("cut off")
    told = {one.name: one.values for one in desk_measures(AT + timedelta(minutes=5))}
    assert told["mirror_age_seconds"] == (((str(company.pk),), 300.0),)
