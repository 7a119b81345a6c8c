"""Exports of everything that is open: what they no longer list was settled where they come from."""

from datetime import timedelta

import pytest

from dunwell.actions.gate import staff, system
from dunwell.actions.imports import set_profile, start_import
from dunwell.actions.payments import apply_payment
from dunwell.actions.uploads import Upload, receive_upload
from dunwell.jobs.imports import check_batch, run_batch
from dunwell.models import Customer, Item, Payment
from tests.actions.exports import items_csv
from tests.actions.ledger_rows import breaks, invoice, open_amounts, payment
from tests.conftest import AT, TODAY

ROWS = {
    "R1": "K1;Acme;R1;invoice;2026-01-05;2026-02-04;EUR;100.00;100.00",
    "R2": "K1;Acme;R2;invoice;2026-02-20;2026-03-20;EUR;50.00;50.00",
    "C1": "K1;Acme;C1;credit note;2026-02-01;2026-02-01;EUR;-20.00;-20.00",
}


@pytest.fixture
def by(company, clerk):
    return staff(clerk, company)


def checked(actor, *rows, **profile):
    """The files looked at, as a list of everything open unless the profile says otherwise."""
    files = [Upload(name="list.csv", data=items_csv(*rows))]
    batch = receive_upload(actor=actor, files=files, at=AT)
    document = {"lists_all_open": True, **profile}
    set_profile(actor=actor, batch=batch, document=document, at=AT)
    return check_batch(batch_id=batch.pk, at=AT)


def taken_in(actor, *rows, as_of=TODAY, **profile):
    batch = checked(actor, *rows, **profile)
    start_import(actor=actor, batch=batch, at=AT)
    return run_batch(batch_id=batch.pk, as_of=as_of, at=AT)


def told(batch):
    rows = batch.findings.filter(code__startswith="unlisted").order_by("value")
    return list(rows.values_list("code", "value"))


def test_what_is_no_longer_listed_is_settled_on_the_day_of_the_list(by, company):
    taken_in(by, *ROWS.values())
    own = invoice(Customer.objects.get(number="K1"), "OWN1", 7_00)

    seen = checked(by, ROWS["R1"])
    assert (seen.counts["items_unlisted"], told(seen)) == (
        2, [("unlisted", "C1"), ("unlisted", "R2")]
    )  # fmt: skip
    batch = taken_in(by, ROWS["R1"], "K1;Acme;R9;invoice;2026-03-01;2026-03-30;EUR;9.00;9.00")

    # what was issued here stands in no list of theirs
    assert open_amounts(company) == {"R1": 100_00, "R9": 9_00, own.number: 7_00}
    assert told(batch) == [("unlisted_settled", "C1"), ("unlisted_settled", "R2")]
    assert batch.counts["items_unlisted"] == 2
    money = Payment.objects.order_by("number").values_list("number", "amount_minor", "value_on")
    assert list(money) == [("paid/K1/C1/1", -20_00, TODAY), ("paid/K1/R2/1", 50_00, TODAY)]
    assert breaks(company) == {}


def test_what_is_listed_again_is_open_again(by, company):
    taken_in(by, *ROWS.values())
    taken_in(by, ROWS["R1"])
    tomorrow = TODAY + timedelta(days=1)

    taken_in(by, ROWS["R2"], ROWS["R1"], as_of=tomorrow)

    assert open_amounts(company) == {"R1": 100_00, "R2": 50_00}
    assert breaks(company) == {}


def test_the_same_list_as_before_is_read_again_where_another_came_since(by, company):
    taken_in(by, *ROWS.values())
    again = taken_in(by, *ROWS.values())
    assert again.counts["same_as_batch"]
    taken_in(by, ROWS["R1"])

    taken_in(by, *ROWS.values())

    assert open_amounts(company) == {"R1": 100_00, "R2": 50_00, "C1": -20_00}
    assert breaks(company) == {}


def test_only_a_list_of_everything_settles_what_it_leaves_out(by, company):
    taken_in(by, *ROWS.values())
    batch = taken_in(by, ROWS["R1"], lists_all_open=False)
    assert (told(batch), batch.counts["items_unlisted"]) == ([], 0)
    assert set(open_amounts(company)) == {"R1", "R2", "C1"}


def test_what_was_paid_in_part_here_is_settled_by_the_rest(by, company):
    taken_in(by, *ROWS.values())
    money = payment(Customer.objects.get(number="K1"), "BANK1", 30_00)
    apply_payment(
        actor=system(company), payment=money, amounts={Item.objects.get(number="R2"): 30_00},
        as_of=TODAY, at=AT,
    )  # fmt: skip

    taken_in(by, ROWS["R1"], ROWS["C1"])

    assert open_amounts(company) == {"R1": 100_00, "C1": -20_00}
    assert Payment.objects.get(number="paid/K1/R2/1").amount_minor == 20_00
    assert breaks(company) == {}


def test_a_list_with_refused_rows_settles_nothing(by, company):
    taken_in(by, *ROWS.values())
    batch = taken_in(by, ROWS["R1"], ROWS["R2"].replace("50.00;50.00", "oops;oops"))
    assert told(batch) == [("unlisted_kept", "C1"), ("unlisted_kept", "R2")]
    assert set(open_amounts(company)) == {"R1", "R2", "C1"}


@pytest.mark.parametrize(("number", "kept"), [(20, 0), (21, 21)])
def test_nobody_looks_at_it_and_most_of_the_list_is_gone(company, number, kept):
    actor = system(company)
    many = [f"K1;Acme;N{n};invoice;2026-01-05;2026-02-04;EUR;1.00;1.00" for n in range(number)]
    taken_in(actor, ROWS["R1"], *many)
    taken_in(actor, ROWS["R1"])
    assert len(open_amounts(company)) == 1 + kept
