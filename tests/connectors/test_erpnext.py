"""ERPNext through the whole conformance test, and what only it does."""

from datetime import timedelta

import pytest

from dunwell.connectors import erpnext
from dunwell.formats.connection_rows import ChangeKind, OutsideChange, OutsideError, merged_pages
from dunwell.jobs import connections as jobs
from dunwell.models import ConnectionDifference, Payment
from tests.connectors.conformance import Conformance, released
from tests.connectors.erpnext_server import KEY, SECRET, ErpnextWorld, served

pytestmark = pytest.mark.dealt(one_in=6, of="systems of others", whole=True)


@released(
    "test_a_first_sync_brings_all_and_ties_out",
    "test_later_syncs_bring_what_is_new",
    "test_a_void_document_is_owed_no_longer",
    "test_currencies_stand_apart",
    "test_unapplied_money_counts_on_both_sides",
    "test_a_deleted_document_is_told_and_not_guessed",
    "test_over_a_thousand_rows_come_in_pages",
    "test_a_worker_that_died_is_taken_over",
    "test_a_limit_is_tried_approved_and_written_once",
    "test_what_only_we_took_in_is_a_difference",
)
class TestErpnext(Conformance):
    kind, secret = "erpnext", SECRET

    @pytest.fixture
    def there(self):
        with served(ErpnextWorld()) as world:
            yield world

    def settings_of(self, world):
        return {"address": f"http://{world.host}", "key": KEY}

    def test_money_that_is_reconciled_later_is_put_on_the_invoice(self, linked, there):
        customer = there.add_customer("C7", "Hansa GmbH")
        number = there.add_invoice(customer, "SINV-1", 100.00)
        other = there.add_invoice(customer, "SINV-2", 70.00)
        payment = there.pay(customer, 90.00, on={number: 20.00})
        assert self.synced(linked).tie == "equal"
        assert self.open_here() == {"SINV-1": 8000, "SINV-2": 7000}
        there.reconcile(payment, number, 50.00)
        there.reconcile(payment, other, 40.00)
        sync = self.synced(linked)
        assert (sync.tie, self.open_here()) == ("equal", {"SINV-1": 5000, "SINV-2": 3000})
        assert Payment.objects.get().amount_minor == 9000
        self.prove(linked)

    def test_a_credit_note_against_its_invoice_lowers_that(self, linked, there):
        customer = there.add_customer("C7", "Hansa GmbH")
        number = there.add_invoice(customer, "SINV-1", 100.00)
        self.synced(linked)
        there.add_invoice(customer, "SINV-RET-1", -30.00, return_against=number)
        sync = self.synced(linked)
        assert (sync.tie, self.open_here()) == ("equal", {"SINV-1": 7000})

    def test_an_amended_invoice_takes_the_place_of_the_cancelled_one(self, linked, there):
        customer = there.add_customer("C7", "Hansa GmbH")
        there.add_invoice(customer, "SINV-1", 100.00)
        self.synced(linked)
        there.void("SINV-1")
        there.add_invoice(customer, "SINV-1-1", 90.00)
        sync = self.synced(linked)
        assert (sync.tie, self.open_here()) == ("equal", {"SINV-1-1": 9000})
        assert {one["code"] for one in sync.notes} == {"void"}

    def test_a_cancelled_payment_is_told_by_name_and_by_the_tie_out(self, linked, there):
        customer = there.add_customer("C7", "Hansa GmbH")
        number = there.add_invoice(customer, "SINV-1", 100.00)
        payment = there.pay(customer, 40.00, on={number: 40.00})
        self.synced(linked)
        there.void(payment)
        sync = self.synced(linked)
        assert sync.tie == "different"
        assert [(one["code"], one["number"]) for one in sync.notes] == [("taken_back", "SINV-1")]
        told = ConnectionDifference.objects.get()
        assert (told.number, told.theirs_minor, told.ours_minor) == ("SINV-1", 10000, 6000)

    def test_journal_entries_are_money_or_something_owed(self, linked, there):
        hansa, nord = there.add_customer("C7", "Hansa GmbH"), there.add_customer("C8", "Nord AG")
        number = there.add_invoice(hansa, "SINV-1", 100.00)
        owed = there.journal("2026-03-05", [(nord, 60.00, "")])
        there.pay(nord, 25.00, on={owed: 25.00})
        both = there.journal("2026-03-06", [(hansa, -30.00, number), (nord, -5.00, owed)])
        sync = self.synced(linked)
        assert sync.tie == "equal"
        assert self.open_here() == {"SINV-1": 7000, owed: 3000}
        assert set(Payment.objects.values_list("number", flat=True)) == {
            "ACC-PAY-2026-00001", f"{both}/C7/EUR", f"{both}/C8/EUR",
        }  # fmt: skip
        there.void(owed)
        assert self.synced(linked).tie == "different"
        self.prove(linked)

    def test_an_invoice_paid_at_the_till_comes_with_its_payment(self, linked, there):
        customer = there.add_customer("C7", "Hansa GmbH")
        there.add_invoice(customer, "SINV-1", 100.00, paid=100.00)
        there.add_invoice(customer, "SINV-2", 80.00, paid=30.00)
        sync = self.synced(linked)
        assert (sync.tie, self.open_here()) == ("equal", {"SINV-2": 5000})
        paid = dict(Payment.objects.values_list("number", "amount_minor"))
        assert paid == {"SINV-1/paid": 10000, "SINV-2/paid": 3000}
        assert self.synced(linked).tie == "equal"

    def test_a_hold_freezes_and_a_limit_leaves_other_companies_alone(self, linked, there, company):
        customer = there.add_customer("C7", "Hansa GmbH")
        there.tables["Customer"][customer]["credit_limits"] = [
            {"name": "row9", "company": "Southwind", "credit_limit": 70.0,
             "bypass_credit_limit_check": 1}
        ]  # fmt: skip
        ledger = jobs.open_place(linked)
        changes = [
            OutsideChange(
                key="a", kind=ChangeKind.CREDIT_LIMIT, customer=customer, value="500.00",
                currency="EUR",
            ),
            OutsideChange(key="b", kind=ChangeKind.HOLD, customer=customer, value="1"),
        ]  # fmt: skip
        tried = ledger.push(changes, dry_run=True)
        assert [(one.verdict, one.before) for one in tried] == [("changes", "0"), ("changes", "")]
        assert not [one for one in there.requests if one.startswith("PUT")]
        there.saved_meanwhile = 1
        written = ledger.push(changes, dry_run=False)
        assert [one.verdict for one in written] == ["changes", "changes"]
        there_now = there.tables["Customer"][customer]
        assert (there_now["is_frozen"], there_now["disabled"]) == (1, 0)
        assert [
            (one["company"], one["credit_limit"], one["bypass_credit_limit_check"])
            for one in there_now["credit_limits"]
        ] == [("Southwind", 70.0, 1), ("Other 0", 7.0, 1), ("Northwind", 500.0, 0)]
        assert [one.verdict for one in ledger.push(changes, dry_run=False)] == ["same", "same"]

    def test_what_is_refused_there_is_said(self, linked, there):
        customer = there.add_customer("C7", "Hansa GmbH")
        there.add_invoice(customer, "SINV-1", 100.00)
        ledger = jobs.open_place(linked)

        def told(value, currency="EUR", customer=customer):
            change = OutsideChange(
                key="a", kind=ChangeKind.CREDIT_LIMIT, customer=customer, value=value,
                currency=currency,
            )  # fmt: skip
            (write,) = ledger.push([change], dry_run=False)
            assert write.verdict == "refused"
            return write.text

        assert "atleast 100.0" in told("50.00")
        assert "0 means no limit" in told("0.00")
        assert "are in EUR" in told("50.00", currency="USD")
        assert "not found" in told("500.00", customer="C9")
        there.saved_meanwhile = 9
        assert "modified after you have opened it" in told("500.00")
        there.forbidden = {"Customer"}
        assert "No permission" in told("500.00")


@pytest.fixture
def ledger(settings):
    with served(ErpnextWorld()) as world:
        settings.CONNECTION_HOSTS = [world.host]
        yield (
            world,
            erpnext.ErpnextLedger(
                door=jobs._Door(), address=f"http://{world.host}", key=KEY, secret=SECRET
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


def test_a_foreign_document_on_an_account_in_our_currency_is_owed_in_that(ledger):
    world, there = ledger
    number = world.add_invoice(
        world.add_customer("C7", "Hansa"), "SINV-1", 100.00, currency="USD",
        party_account_currency="EUR",
    )  # fmt: skip
    world.pay("C7", 40.00, on={number: 40.00})
    (item,) = drained(there).items
    assert (item.currency, item.amount, item.reference) == ("EUR", 90, "100.0 USD")
    assert [(one.currency, one.open) for one in there.open_now()] == [("EUR", 50)]


def test_a_rounded_document_is_owed_as_it_was_rounded(ledger):
    world, there = ledger
    world.add_customer("C7", "Hansa")
    world.add_invoice(
        "C7", "SINV-1", 99.97, base_rounded_total=100.0, base_rounding_adjustment=0.03,
        rounded_total=100.0, rounding_adjustment=0.03,
    )  # fmt: skip
    assert [one.amount for one in drained(there).items] == [100]


def test_rows_of_one_moment_are_read_once_each(ledger, monkeypatch):
    world, there = ledger
    monkeypatch.setattr(erpnext, "PAGE", 3)
    world.add_customer("C7", "Hansa")
    for number in range(8):
        world.add_invoice("C7", f"SINV-{number}", 10.00)
    for one in world.tables["Sales Invoice"].values():
        one["modified"] = "2026-03-01 08:00:00.000000"
    world.add_invoice("C7", "SINV-8", 10.00)
    numbers = [one.number for one in drained(there).items]
    assert numbers == [f"SINV-{number}" for number in range(9)]
    assert len(there.open_now()) == 9


def test_a_pair_is_told_whole_whichever_page_it_is_on(ledger, monkeypatch):
    world, there = ledger
    world.add_customer("C7", "Hansa")
    for number, amount in (("SINV-1", 100.00), ("SINV-2", 100.00), ("RET-1", -60.00)):
        world.add_invoice("C7", number, amount)
    # one entry puts the credit note on both invoices, another more of it on the second
    lines = [("C7", -20.00, "SINV-1"), ("C7", -10.00, "SINV-2"), ("C7", 30.00, "RET-1")]
    world.journal("2026-03-11", lines)
    world.apply_credit("RET-1", "SINV-2", 5.00)
    monkeypatch.setattr(erpnext, "PAGE", 1)
    told = {(one.source, one.item, one.amount) for one in drained(there).allocations}
    assert told == {("RET-1", "SINV-1", 20), ("RET-1", "SINV-2", 15)}


def test_what_changes_while_pages_are_read_comes_the_next_time(ledger, monkeypatch):
    world, there = ledger
    monkeypatch.setattr(erpnext, "OVERLAP", timedelta(0))
    world.add_customer("C7", "Hansa")
    world.add_invoice("C7", "SINV-1", 10.00)
    cursor = there.pull(there.pull("").cursor).cursor
    # the invoices were read, the ledger was not: only half of this is seen now
    world.pay("C7", 4.00, on={world.add_invoice("C7", "SINV-2", 50.00): 4.00})
    last = there.pull(cursor)
    assert last.is_last
    assert [one.item for one in last.allocations] == ["SINV-2"]
    later = drained(there, last.cursor)
    assert {one.number for one in later.items} == {"SINV-1", "SINV-2"}
    assert [(one.item, one.amount) for one in later.allocations] == [("SINV-2", 4)]


def test_versions_that_are_not_known_are_refused(ledger):
    world, there = ledger
    for version in ("14.9.2", "15.0.0", "16.0.0-beta.1"):
        world.version = version
        assert there.system().version == version
    for version in ("13.52.0", "17.0.0", ""):
        world.version = version
        assert fault_of(there.system).fault == "version"


def test_errors_of_frappe_are_faults_by_what_they_mean(ledger):
    world, there = ledger
    world.key = "other"
    assert fault_of(there.system).fault == "credentials"
    world.key = SECRET
    there.system()
    world.forbidden = {"Payment Ledger Entry"}
    error = fault_of(lambda: there.pull(""))
    assert (error.fault, "Payment Ledger Entry" in str(error)) == ("credentials", True)
    world.forbidden = set()
    for version in ("14.9.2", "15.0.0"):
        world.version, world.lacks = version, "customer_primary_address"
        error = fault_of(lambda: there.pull(""))
        assert (error.fault, "customer_primary_address" in str(error)) == ("schema", True)
    world.lacks, world.hidden = "", {"tax_id"}
    world.add_customer("C7", "Hansa GmbH")
    assert "tax_id" in str(fault_of(lambda: there.pull("")))
    world.status = 429
    error = fault_of(lambda: there.pull(""))
    assert (error.fault, error.wait_seconds) == ("rate_limit", 120)


def test_several_companies_there_need_one_named(ledger):
    world, there = ledger
    world._add("Company", "Southwind", default_currency="USD")
    with pytest.raises(OutsideError, match="Northwind, Southwind"):
        there.system()
    there.company = "Southwind"
    assert (there.system().company, there.system().currency) == ("Southwind", "USD")
