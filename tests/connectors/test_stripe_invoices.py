"""Stripe's invoices through the conformance test, and what only they do."""

from datetime import timedelta

import pytest

from dunwell.connectors import stripe_invoices
from dunwell.formats.connection_rows import ChangeKind, OutsideChange, OutsideError, merged_pages
from dunwell.jobs import connections as jobs
from dunwell.models import Connection, ConnectionDifference, Item, Payment
from tests.connectors.conformance import Conformance, released
from tests.connectors.stripe_invoice_server import KEY, StripeWorld, served


@released(
    "test_a_first_sync_brings_all_and_ties_out",
    "test_later_syncs_bring_what_is_new",
    "test_a_void_document_is_owed_no_longer",
    "test_a_credit_note_settles_what_it_is_put_on",
    "test_currencies_stand_apart",
    "test_a_deleted_document_is_told_and_not_guessed",
    "test_over_a_thousand_rows_come_in_pages",
    "test_an_outage_in_the_middle_is_gone_on_from",
    "test_a_worker_that_died_is_taken_over",
    "test_what_only_we_took_in_is_a_difference",
)
class TestStripeInvoices(Conformance):
    kind, secret = "stripe", KEY

    @pytest.fixture
    def there(self):
        with served(StripeWorld()) as world:
            yield world

    def settings_of(self, world):
        return {"address": f"http://{world.host}"}

    def test_unapplied_money_counts_on_both_sides(self, linked, there):
        """More than was due is balance of the customer, which comes when an invoice uses it."""
        customer = there.add_customer("C7", "Hansa GmbH")
        number = there.add_invoice(customer, "INV-1", 100.00)
        there.pay(customer, 130.00, on={number: 130.00})
        sync = self.synced(linked)
        assert (sync.tie, self.open_here()) == ("equal", {})
        assert list(Payment.objects.values_list("amount_minor", flat=True)) == [10000]
        there.add_invoice(customer, "INV-2", 80.00)
        there.add_invoice(customer, "INV-3", 5.00)
        sync = self.synced(linked)
        assert (sync.tie, self.open_here()) == ("equal", {"INV-2": 5000, "INV-3": 500})
        assert Payment.objects.get(number="INV-2/balance").amount_minor == 3000
        self.prove(linked)

    def test_what_was_paid_outside_given_up_or_voided_is_told(self, linked, there):
        customer = there.add_customer("C7", "Hansa GmbH")
        outside = there.add_invoice(customer, "INV-1", 100.00)
        given_up = there.add_invoice(customer, "INV-2", 60.00)
        void = there.add_invoice(customer, "INV-3", 20.00)
        there.pay(customer, 40.00, on={outside: 40.00})
        there.draft(customer)
        self.synced(linked)
        there.pay_outside(outside)
        there.give_up(given_up)
        there.void(void)
        sync = self.synced(linked)
        # what is uncollectible there is still owed: writing it off is decided here
        assert (sync.tie, self.open_here()) == ("equal", {"INV-2": 6000})
        paid = dict(Payment.objects.values_list("amount_minor", "method"))
        assert paid == {4000: "stripe", 6000: "outside of Stripe"}
        numbers = set(Item.objects.values_list("number", flat=True))
        assert numbers == {"INV-1", "INV-2", "INV-3", "INV-3/void"}

    def test_a_credit_note_lowers_what_is_due_and_the_rest_is_balance(self, linked, there):
        customer = there.add_customer("C7", "Hansa GmbH")
        number = there.add_invoice(customer, "INV-1", 100.00)
        there.pay(customer, 80.00, on={number: 80.00})
        self.synced(linked)
        there.add_invoice(customer, "INV-1-CN-01", -30.00)
        there.apply_credit("INV-1-CN-01", number, 30.00)
        assert self.synced(linked).tie == "equal"
        assert Item.objects.get(number="INV-1-CN-01").amount_minor == -2000
        there.add_invoice(customer, "INV-2", 50.00)
        sync = self.synced(linked)
        assert (sync.tie, self.open_here()) == ("equal", {"INV-2": 4000})

    def test_a_credit_note_that_is_voided_is_told_and_not_guessed(self, linked, there):
        customer = there.add_customer("C7", "Hansa GmbH")
        number = there.add_invoice(customer, "INV-1", 100.00)
        there.apply_credit("INV-1-CN-01", number, 30.00)
        self.synced(linked)
        there.void_credit("INV-1-CN-01")
        sync = self.synced(linked)
        assert sync.tie == "different"
        assert {one["code"] for one in sync.notes} == {"taken_back", "void_but_settled"}
        told = ConnectionDifference.objects.get()
        assert (told.theirs_minor, told.ours_minor) == (10000, 7000)

    def test_later_syncs_read_what_events_tell_and_all_after_a_month(self, linked, there):
        customer = there.add_customer("C7", "Hansa GmbH")
        for number in range(3):
            there.add_invoice(customer, f"INV-{number}", 10.00)
        self.synced(linked)
        there.now += 3_600
        del there.requests[:]
        self.synced(linked)
        lists = [one for one in there.requests if "/v1/invoices?" in one and "status=" not in one]
        assert lists == []
        there.now += 40 * 86_400
        for one in [one for one in there.things.values() if one["object"] == "event"]:
            del there.things[one["id"]]
        # paid in a time whose events are gone
        there.pay(customer, 10.00, on={"INV-1": 10.00})
        for one in [one for one in there.things.values() if one["object"] == "event"]:
            del there.things[one["id"]]
        sync = self.synced(linked)
        assert (sync.tie, self.open_here()) == ("equal", {"INV-0": 1000, "INV-2": 1000})


@pytest.fixture
def ledger(settings):
    with served(StripeWorld()) as world:
        settings.CONNECTION_HOSTS = [world.host]
        yield (
            world,
            stripe_invoices.StripeLedger(
                door=jobs._Door(), address=f"http://{world.host}", secret=KEY
            ),
        )


def fault_of(call):
    with pytest.raises(OutsideError) as told:
        call()
    return told.value


def drained(there, cursor=""):
    """All pages from a cursor as one."""
    pages = [there.pull(cursor)]
    while not pages[-1].is_last:
        pages.append(there.pull(pages[-1].cursor))
    return merged_pages(pages)


def test_many_payments_of_one_invoice_come_all(ledger, monkeypatch):
    world, there = ledger
    monkeypatch.setattr(stripe_invoices, "PAGE", 2)
    number = world.add_invoice(world.add_customer("C7", "Hansa"), "INV-1", 100.00)
    for _ in range(5):
        world.pay("cus_C7", 10.00, on={number: 10.00})
    found = drained(there)
    assert len({one.number for one in found.payments}) == 5
    assert [(one.item, one.amount) for one in found.allocations] == [("INV-1", 10)] * 5
    assert [one.open for one in there.open_now()] == [50]


def test_a_deleted_customer_is_the_one_on_the_invoice(ledger):
    world, there = ledger
    world.add_invoice(world.add_customer("C7", "Hansa"), "INV-1", 10.00)
    del world.things["cus_C7"]
    assert [one.name for one in drained(there).customers] == ["as on the invoice"]


def test_krona_of_iceland_are_hundredths_there(ledger):
    world, there = ledger
    world.add_invoice(world.add_customer("C7", "Hansa"), "INV-1", 5_000.00, currency="ISK")
    world.add_invoice("cus_C7", "INV-2", 50.00, currency="JPY")
    amounts = {one.number: (one.currency, one.amount) for one in drained(there).items}
    assert amounts == {"INV-1": ("ISK", 5000), "INV-2": ("JPY", 5000)}


def test_balance_that_is_owed_is_on_the_invoice_that_collects_it(ledger):
    world, there = ledger
    world.things[world.add_customer("C7", "Hansa")]["balance"] = 2_000
    world.add_invoice("cus_C7", "INV-1", 100.00)
    assert [one.amount for one in drained(there).items] == [120]
    assert [one.open for one in there.open_now()] == [120]


def test_what_changes_while_pages_are_read_comes_the_next_time(ledger, monkeypatch):
    world, there = ledger
    monkeypatch.setattr(stripe_invoices, "OVERLAP", timedelta(0))
    number = world.add_invoice(world.add_customer("C7", "Hansa"), "INV-1", 10.00)
    cursor = there.pull(there.pull("").cursor).cursor
    world.pay("cus_C7", 4.00, on={number: 4.00})
    last = there.pull(cursor)
    assert (last.is_last, last.rows) == (True, 0)
    later = drained(there, last.cursor)
    assert [(one.item, one.amount) for one in later.allocations] == [("INV-1", 4)]


def test_without_an_address_it_is_stripe_itself(company):
    connection = Connection(company=company, kind="stripe", settings={"address": ""})
    assert jobs.open_place(connection).address == "https://api.stripe.com"


def test_errors_of_stripe_are_faults_by_what_they_mean(ledger):
    world, there = ledger
    assert (there.system().company, there.system().currency) == ("Northwind", "EUR")
    world.forbidden = {"account"}
    assert there.system().company == ""
    world.forbidden = {"invoices"}
    cursor = there.pull("").cursor
    assert fault_of(lambda: there.pull(cursor)).fault == "credentials"
    world.forbidden, world.lacks = set(), "amount_due"
    world.add_invoice(world.add_customer("C7", "Hansa"), "INV-1", 10.00)
    error = fault_of(lambda: there.pull(cursor))
    assert (error.fault, "amount_due" in str(error)) == ("schema", True)
    world.lacks, world.status = "", 429
    assert fault_of(there.system).fault == "rate_limit"
    world.status = 500
    assert fault_of(lambda: there.pull("")).fault == "unreachable"
    world.status, world.version = 0, "2031-01-01.zebra"
    assert fault_of(there.system).fault == "version"


def test_a_note_is_metadata_and_what_is_refused_is_said(ledger):
    world, there = ledger
    customer = world.add_customer("C7", "Hansa GmbH")

    def told(key="dunwell-1", kind=ChangeKind.NOTE, customer=customer, *, dry_run=False):
        change = OutsideChange(key=key, kind=kind, customer=customer, value="Pays on Friday.")
        (write,) = there.push([change], dry_run=dry_run)
        return write

    assert told(dry_run=True).verdict == "changes"
    assert world.things[customer]["metadata"] == {}
    assert (told().verdict, told().verdict) == ("changes", "same")
    assert world.things[customer]["metadata"] == {"dunwell-1": "Pays on Friday."}
    assert told(kind=ChangeKind.HOLD).verdict == "unsupported"
    assert (told(customer="cus_none").verdict, told(customer="cus_none").text) == (
        "refused", "No such customer",
    )  # fmt: skip
    world.forbidden = {"customers_write"}
    assert "required permissions" in told(key="dunwell-2").text
    world.forbidden = set()
    world.things[customer]["metadata"] = {f"k{at}": "x" for at in range(50)}
    assert "up to 50 keys" in told(key="dunwell-2").text
