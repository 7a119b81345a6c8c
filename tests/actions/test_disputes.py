from datetime import timedelta

import pytest

from dunwell.actions.disputes import close_dispute, open_dispute
from dunwell.actions.gate import Forbidden, Refused
from dunwell.models import Dispute
from tests.actions.desk import acting, last_event, verbs
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY


@pytest.fixture
def item(customer):
    return invoice(customer, "R1", 100_00)


@pytest.fixture
def dispute(collector, item):
    return open_dispute(
        actor=acting(collector),
        item=item,
        amount_minor=30_00,
        reason="price",
        note=" agreed 5 % less ",
        as_of=TODAY,
        at=AT,
    )


def close(user, dispute, **changes):
    arguments = {"outcome": "credit note sent", "as_of": TODAY, "at": AT, **changes}
    close_dispute(actor=acting(user), dispute=dispute, **arguments)


def test_opening_writes_the_dispute_and_one_event(company, customer, item, dispute):
    assert list(
        Dispute.objects.values_list(
            "customer", "item", "amount_minor", "reason", "note", "opened_on", "closed_on"
        )
    ) == [(customer.pk, item.pk, 30_00, "price", "agreed 5 % less", TODAY, None)]
    assert last_event(company) == (
        "dispute.opened",
        "anna",
        customer.pk,
        {"item": "R1", "amount_minor": 30_00, "currency": "EUR", "reason": "price"},
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"reason": "mood"},
            (
                "There is no reason mood; use price, short_delivery, quality, no_po, duplicate, tax, "
                "already_paid, other, damage, return, discount, freight, promotion, not_received, "
                "wrong_address, contract, cancelled."
            ),
        ),
        (
            {"amount_minor": 0},
            "Dispute more than 0 and at most 100.00 EUR, the open amount of R1.",
        ),
        (
            {"amount_minor": 100_01},
            "Dispute more than 0 and at most 100.00 EUR, the open amount of R1.",
        ),
    ],
)
def test_what_cannot_be_disputed_is_refused(company, collector, item, change, sentence):
    arguments = {"amount_minor": 1, "reason": "tax", "as_of": TODAY, "at": AT, **change}

    with pytest.raises(Refused) as refusal:
        open_dispute(actor=acting(collector), item=item, **arguments)

    assert str(refusal.value) == sentence
    assert (Dispute.objects.count(), verbs(company)) == (0, [])


def test_credits_and_disputed_items_are_refused(collector, customer, item, dispute):
    credit = invoice(customer, "C1", -10_00)
    arguments = {
        "actor": acting(collector),
        "amount_minor": 1,
        "reason": "tax",
        "as_of": TODAY,
        "at": AT,
    }

    with pytest.raises(Refused) as second:
        open_dispute(item=item, **arguments)
    with pytest.raises(Refused) as nothing:
        open_dispute(item=credit, **arguments)

    assert str(second.value) == "R1 is already disputed; close that dispute first."
    assert str(nothing.value) == "Nothing of C1 is open, so nothing can be disputed."


def test_closing_says_how_it_ended_and_frees_the_item(company, manager, item, dispute):
    later = TODAY + timedelta(days=3)
    close(manager, dispute, as_of=later)

    dispute.refresh_from_db()
    assert (dispute.closed_on, dispute.outcome) == (later, "credit note sent")
    assert last_event(company)[0::3] == ("dispute.closed", {"outcome": "credit note sent"})
    again = open_dispute(
        actor=acting(manager), item=item, amount_minor=1, reason="tax", as_of=later, at=AT
    )
    assert again.pk != dispute.pk


def test_of_two_people_closing_at_once_one_is_told(company, manager, dispute):
    stale = Dispute.objects.get(pk=dispute.pk)
    close(manager, dispute)

    with pytest.raises(Refused) as refusal:
        close(manager, stale)
    stale.refresh_from_db()
    with pytest.raises(Refused) as later:
        close(manager, stale)

    assert str(refusal.value) == (
        "Somebody else has just closed this dispute; load the page again."
    )
    assert str(later.value) == "This dispute was closed on 2026-03-05."
    assert verbs(company) == ["dispute.opened", "dispute.closed"]


def test_closing_needs_an_outcome_a_day_and_the_right(collector, manager, rival, dispute):
    for user, change, sentence in [
        (manager, {"outcome": ""}, "Say how the dispute ended."),
        (
            manager,
            {"as_of": TODAY - timedelta(days=1)},
            "The dispute was opened on 2026-03-05; it cannot end earlier.",
        ),
        (rival, {}, "This dispute belongs to another company."),
    ]:
        with pytest.raises(Refused) as refusal:
            close(user, dispute, **change)
        assert str(refusal.value) == sentence
    with pytest.raises(Forbidden):
        close(collector, dispute)
    dispute.refresh_from_db()
    assert dispute.closed_on is None


def test_another_companys_item_is_refused(rival, item):
    with pytest.raises(Refused, match="This item belongs to another company"):
        open_dispute(
            actor=acting(rival), item=item, amount_minor=1, reason="tax", as_of=TODAY, at=AT
        )
