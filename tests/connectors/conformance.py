"""What every connector to an outside ledger has to pass, whatever stands behind it.

A subclass gives the fixture `there`: a world that is served on the loopback, with what people do
there as methods (add_customer, add_invoice, pay, apply_credit, void, delete ...), and
`settings_of(world)`. See tests/connectors/test_odoo.py for one.
"""

from datetime import timedelta
from types import FunctionType

import pytest

from dunwell.actions.connection_changes import decide_changes, propose_note
from dunwell.actions.connections import add_connection, pull_again
from dunwell.actions.gate import system
from dunwell.actions.payers import assign_payer
from dunwell.actions.payments import record_payment
from dunwell.jobs import connections as jobs
from dunwell.models import (
    Allocation,
    Connection,
    ConnectionChange,
    ConnectionDifference,
    ConnectionSync,
    Customer,
    Item,
    OpenItem,
    Payment,
)
from dunwell.queries.verify import verify_books
from tests.conftest import AT, TODAY, add_customer

MANY = 1_205


def counts():
    return (
        Customer.objects.count(), Item.objects.count(), Payment.objects.count(),
        Allocation.objects.count(),
    )  # fmt: skip


def released(*names):
    """Leave tests of the kit to the release run, for a class whose own tests cover its connector."""

    def mark(cls):
        for name in names:
            test = getattr(cls, name)
            # a copy: a mark on the test itself would be one for every connector
            copy = FunctionType(test.__code__, test.__globals__, name)
            setattr(cls, name, pytest.mark.release(copy))
        return cls

    return mark


@pytest.mark.django_db
class Conformance:
    kind = ""
    secret = ""
    tie = "equal"
    """What the tie-out says; a folder of files cannot be compared."""

    def settings_of(self, world):
        raise NotImplementedError

    @pytest.fixture
    def linked(self, company, there, settings):
        """A connection that is added and not synced yet."""
        settings.CONNECTION_HOSTS = [there.host]
        return add_connection(
            actor=system(company), kind=self.kind, name="ERP", settings=self.settings_of(there),
            secret=self.secret, at=AT,
        )  # fmt: skip

    def synced(self, linked):
        sync = jobs.sync_connection(linked.pk)
        assert (sync.status, sync.error) == ("done", "")
        return sync

    def prove(self, linked):
        assert [one for one in verify_books(linked.company).proofs if one.broken] == []

    def open_here(self):
        return {one.item.number: one.open_minor for one in OpenItem.objects.select_related("item")}

    def test_a_first_sync_brings_all_and_ties_out(self, linked, there):
        customer = there.add_customer("C7", "Hansa GmbH")
        first = there.add_invoice(customer, "INV/26/1", 119.50)
        there.add_invoice(customer, "INV/26/2", 80.00)
        there.pay(customer, 100.00, on={first: 100.00})
        sync = self.synced(linked)
        assert Customer.objects.get().name == "Hansa GmbH"
        assert self.open_here() == {"INV/26/1": 1950, "INV/26/2": 8000}
        assert sync.tie == self.tie
        if self.tie == "equal":
            assert sync.totals == [
                {"currency": "EUR", "theirs_minor": 9950, "ours_minor": 9950, "differences": 0}
            ]

    def test_the_same_again_adds_nothing(self, linked, there):
        customer = there.add_customer("C7", "Hansa GmbH")
        number = there.add_invoice(customer, "INV/26/1", 119.50)
        there.pay(customer, 50.00, on={number: 20.00})
        self.synced(linked)
        before = counts()
        assert self.synced(linked).tie == self.tie
        pull_again(actor=system(linked.company), connection=linked, at=AT)
        assert self.synced(linked).tie == self.tie
        assert counts() == before

    def test_later_syncs_bring_what_is_new(self, linked, there):
        customer = there.add_customer("C7", "Hansa GmbH")
        number = there.add_invoice(customer, "INV/26/1", 100.00)
        there.pay(customer, 40.00, on={number: 40.00})
        self.synced(linked)
        there.add_invoice(customer, "INV/26/2", 10.00)
        there.pay(customer, 25.00, on={number: 25.00})
        sync = self.synced(linked)
        assert self.open_here() == {"INV/26/1": 3500, "INV/26/2": 1000}
        assert sync.tie == self.tie
        assert Payment.objects.count() == 2

    def test_money_of_another_payer_is_not_taken_in_twice(self, linked, there):
        hansa = there.add_customer("C7", "Hansa GmbH")
        number = there.add_invoice(hansa, "INV/26/1", 100.00)
        there.pay(hansa, 40.00, on={number: 40.00})
        self.synced(linked)
        payer = add_customer(linked.company, "PAYER", "Hansa Holding")
        assign_payer(
            actor=system(linked.company), payment=Payment.objects.get(), customer=payer,
            reason="the account is theirs", as_of=TODAY, at=AT,
        )  # fmt: skip
        there.pay(hansa, 25.00, on={number: 25.00})
        self.synced(linked)
        first, second = Payment.objects.order_by("pk")
        assert (first.customer, first.amount_minor, second.amount_minor) == (payer, 40_00, 25_00)
        assert self.open_here() == {"INV/26/1": 3500}
        self.prove(linked)

    def test_another_amount_is_a_document_of_its_own(self, linked, there):
        if not there.can_change_amount:
            pytest.skip("a posted document cannot be changed there")
        customer = there.add_customer("C7", "Hansa GmbH")
        less = there.add_invoice(customer, "INV/26/1", 100.00)
        more = there.add_invoice(customer, "INV/26/2", 50.00)
        self.synced(linked)
        there.change_amount(less, 90.00)
        there.change_amount(more, 65.00)
        sync = self.synced(linked)
        assert sync.tie == "equal"
        assert {one["code"] for one in sync.notes} == {"amount_changed"}
        amounts = dict(Item.objects.values_list("number", "amount_minor"))
        assert amounts == {
            "INV/26/1": 10000, "INV/26/1/changed-1": -1000,
            "INV/26/2": 5000, "INV/26/2/changed-1": 1500,
        }  # fmt: skip
        before = counts()
        self.synced(linked)
        assert counts() == before
        there.change_amount(more, 60.00)
        assert self.synced(linked).tie == "equal"
        assert Item.objects.get(number="INV/26/2/changed-2").amount_minor == -500
        self.prove(linked)

    def test_a_void_document_is_owed_no_longer(self, linked, there):
        customer = there.add_customer("C7", "Hansa GmbH")
        number = there.add_invoice(customer, "INV/26/1", 100.00)
        self.synced(linked)
        there.void(number)
        sync = self.synced(linked)
        assert (sync.tie, self.open_here()) == ("equal", {})
        assert self.synced(linked).tie == "equal"

    def test_a_credit_note_settles_what_it_is_put_on(self, linked, there):
        customer = there.add_customer("C7", "Hansa GmbH")
        number = there.add_invoice(customer, "INV/26/1", 100.00)
        credit = there.add_invoice(customer, "RINV/26/1", -30.00)
        self.synced(linked)
        there.apply_credit(credit, number, 30.00)
        sync = self.synced(linked)
        assert (sync.tie, self.open_here()) == ("equal", {"INV/26/1": 7000})
        self.prove(linked)

    def test_currencies_stand_apart(self, linked, there):
        customer = there.add_customer("C7", "Hansa GmbH")
        there.add_invoice(customer, "INV/26/1", 100.00)
        number = there.add_invoice(customer, "INV/26/2", 250.00, currency="USD")
        there.pay(customer, 50.00, on={number: 50.00}, currency="USD")
        sync = self.synced(linked)
        assert [(one["currency"], one["ours_minor"]) for one in sync.totals] == [
            ("EUR", 10000), ("USD", 20000),
        ]  # fmt: skip
        assert sync.tie == "equal"

    def test_unapplied_money_counts_on_both_sides(self, linked, there):
        customer = there.add_customer("C7", "Hansa GmbH")
        number = there.add_invoice(customer, "INV/26/1", 100.00)
        there.pay(customer, 130.00, on={number: 100.00})
        sync = self.synced(linked)
        assert sync.tie == "equal"
        assert sync.totals[0]["theirs_minor"] == -3000
        self.prove(linked)

    def test_a_deleted_document_is_told_and_not_guessed(self, linked, there):
        customer = there.add_customer("C7", "Hansa GmbH")
        there.add_invoice(customer, "INV/26/1", 100.00)
        number = there.add_invoice(customer, "INV/26/2", 40.00)
        self.synced(linked)
        there.delete(number)
        sync = self.synced(linked)
        assert sync.tie == "different"
        told = ConnectionDifference.objects.get()
        assert (told.number, told.theirs_minor, told.ours_minor) == ("INV/26/2", None, 4000)

    def test_over_a_thousand_rows_come_in_pages(self, linked, there):
        customer = there.add_customer("C7", "Hansa GmbH")
        for number in range(MANY):
            there.add_invoice(customer, f"INV/26/{number}", 10.00)
        assert self.synced(linked).tie == self.tie
        assert Item.objects.count() == MANY

    def test_an_outage_in_the_middle_is_gone_on_from(self, linked, there):
        customer = there.add_customer("C7", "Hansa GmbH")
        number = there.add_invoice(customer, "INV/26/1", 100.00)
        there.pay(customer, 40.00, on={number: 40.00})
        for calls in range(1, 40):
            there.down_after = calls
            sync = jobs.sync_connection(linked.pk)
            if sync.status == "done":
                break
            assert sync.fault == "unreachable"
            Connection.objects.filter(pk=linked.pk).update(next_at=AT)
        assert calls > 3
        there.down_after = None
        sync = self.synced(linked)
        assert (sync.tie, self.open_here()) == (self.tie, {"INV/26/1": 6000})
        self.prove(linked)

    def test_a_worker_that_died_is_taken_over(self, linked, there, monkeypatch):
        customer = there.add_customer("C7", "Hansa GmbH")
        there.add_invoice(customer, "INV/26/1", 100.00)
        with monkeypatch.context() as patch:
            patch.setattr(jobs, "end_sync", lambda **_: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                jobs.sync_connection(linked.pk)
        assert jobs.sync_connection(linked.pk) is None
        old = ConnectionSync.objects.get()
        ConnectionSync.objects.update(claimed_at=old.claimed_at - timedelta(hours=1))
        assert self.synced(linked).pk == old.pk
        assert self.open_here() == {"INV/26/1": 10000}

    def test_wrong_credentials_are_told_as_such(self, linked, there):
        Connection.objects.update(secret="wrong")
        sync = jobs.sync_connection(linked.pk)
        assert (sync.status, sync.fault) == ("failed", "credentials")
        linked.refresh_from_db()
        assert (linked.fault, linked.failures) == ("credentials", 1)
        assert linked.next_at > sync.finished_at

    def test_a_limit_is_tried_approved_and_written_once(self, linked, there, company):
        if "credit_limit" not in there.writes:
            pytest.skip("there are no limits there")
        key = there.add_customer("C7", "Hansa GmbH")
        self.synced(linked)
        ours = Customer.objects.get(name="Hansa GmbH")
        Customer.objects.filter(pk=ours.pk).update(credit_limit_minor=500_000)
        self.synced(linked)
        change = ConnectionChange.objects.get(kind="credit_limit")
        assert (change.status, change.value) == ("tried", "5000.00")
        assert float(there.limit_of(key) or 0) == 0
        assert jobs.write_changes(linked.pk) == {}
        decide_changes(
            actor=system(company), connection=linked, change_ids=[change.pk], is_approved=True,
            at=AT,
        )  # fmt: skip
        assert jobs.write_changes(linked.pk) == {"written": 1}
        assert float(there.limit_of(key)) == 5000
        self.synced(linked)
        assert ConnectionChange.objects.count() == 1

    def test_a_note_is_written_once_whoever_died(self, linked, there, company):
        key = there.add_customer("C7", "Hansa GmbH")
        self.synced(linked)
        ours, actor = Customer.objects.get(name="Hansa GmbH"), system(company)
        change = propose_note(
            actor=actor, connection=linked, customer=ours, text="Promised for Friday.", at=AT
        )
        jobs.try_changes(linked.pk)
        assert there.notes_of(key) == []
        decide_changes(
            actor=actor, connection=linked, change_ids=[change.pk], is_approved=True, at=AT
        )
        jobs.write_changes(linked.pk)
        # written there, but the worker died before it was marked
        ConnectionChange.objects.update(status="approved")
        jobs.write_changes(linked.pk)
        assert len(there.notes_of(key)) == 1
        assert "Promised for Friday." in there.notes_of(key)[0]

    def test_what_only_we_took_in_is_a_difference(self, linked, there, company):
        customer = there.add_customer("C7", "Hansa GmbH")
        number = there.add_invoice(customer, "INV/26/1", 100.00)
        self.synced(linked)
        record_payment(
            actor=system(company), customer=Customer.objects.get(name="Hansa GmbH"),
            number="ours-1", currency="EUR", amount_minor=2500, value_on=TODAY, method="transfer",
            as_of=TODAY, at=AT,
        )  # fmt: skip
        sync = self.synced(linked)
        assert sync.totals == [
            {"currency": "EUR", "theirs_minor": 10000, "ours_minor": 7500, "differences": 1}
        ]
        told = ConnectionDifference.objects.get()
        assert (told.number, told.is_payment, told.ours_minor) == ("ours-1", True, -2500)
        assert number in self.open_here()
