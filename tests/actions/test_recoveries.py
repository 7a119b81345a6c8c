"""Recoveries: a written-off debt comes back as far as it is paid, and the write-off stays."""

from datetime import date, timedelta

import pytest

from dunwell.actions.adjustments import reverse_adjustment
from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.legal import close_matter
from dunwell.actions.limitation import (
    end_limitation_event,
    record_limitation_event,
    take_back_limitation_event,
)
from dunwell.actions.payments import apply_payment, reverse_payment
from dunwell.actions.recoveries import record_recovery
from dunwell.actions.vat_relief import claim_vat_relief, record_vat_repayment
from dunwell.models import Adjustment, Allocation, LimitationEvent, VatRelief
from dunwell.queries import limitation, limitation_frames
from dunwell.queries.limitation import (
    barred_items,
    limitation_book,
    limitation_page,
    limitation_rows,
    limitation_totals,
)
from dunwell.queries.limitation_frames import limitation_frame
from dunwell.queries.recoveries import recovery_frame, recovery_rows, recovery_totals
from dunwell.queries.vat_relief import vat_rows_of
from tests.actions.desk import acting, verbs
from tests.actions.ledger_rows import breaks, invoice, open_amounts, payment, postings
from tests.actions.legal_rows import ON, late_items, opened, written_off
from tests.conftest import AT, TODAY, add_customer


def recovered(user, item, money, amount_minor, **changes):
    return record_recovery(
        actor=acting(user),
        item=item,
        payment=money,
        amount_minor=amount_minor,
        **{**ON, **changes},
    )


def test_a_recovery_is_settled_by_its_payment_and_booked_as_one(company, manager, clerk, customer):
    (item,) = late_items(customer, 1_000_00)
    written_off(manager, item)
    adjustment = recovered(clerk, item, payment(customer, "P1", 500_00), 300_00)

    assert (adjustment.kind, adjustment.amount_minor) == ("recovery", -300_00)
    assert open_amounts(company) == {}
    back, paid = Allocation.objects.order_by("pk")[1:]
    assert postings("allocation", back) == [("receivable", 300_00), ("recovery", -300_00)]
    assert postings("allocation", paid) == [("unapplied", 300_00), ("receivable", -300_00)]
    found = recovery_frame(company, as_of=TODAY)
    (total,) = recovery_totals(found)
    assert (total.written_off_minor, total.recovered_minor, total.recovered_ppm) == (
        1_000_00, 300_00, 300_000,
    )  # fmt: skip
    assert verbs(company)[-1] == "recovery.recorded"
    assert breaks(company) == {}
    with pytest.raises(Refused, match=r"between 0 and the 700.00 EUR written off"):
        recovered(clerk, item, payment(customer, "P2", 900_00), 700_01)
    with pytest.raises(Refused, match=r"200.01 EUR is more than the 200.00 EUR left"):
        recovered(clerk, item, back_money(customer), 200_01)
    assert breaks(company) == {}


def back_money(customer):
    return customer.payments.get(number="P1")


def test_write_off_and_recovery_are_taken_back_in_the_right_order_only(
    company, manager, clerk, customer
):
    (item,) = late_items(customer, 1_000_00)
    lost = written_off(manager, item)
    money = payment(customer, "P1", 300_00)
    adjustment = recovered(clerk, item, money, 300_00)
    undo = {"actor": acting(manager), "reason": "wrong", **ON}
    with pytest.raises(Refused, match="300.00 EUR of it was recovered"):
        reverse_adjustment(adjustment=lost, **undo)
    with pytest.raises(Refused, match="The payment still settles what was recovered"):
        reverse_adjustment(adjustment=adjustment, **undo)
    reverse_payment(actor=acting(clerk), payment=money, reason="returned", **ON)
    assert open_amounts(company) == {"L1": 300_00}
    reverse_adjustment(adjustment=adjustment, **undo)
    assert open_amounts(company) == {}
    reverse_adjustment(adjustment=lost, **undo)
    assert open_amounts(company) == {"L1": 1_000_00}
    assert recovery_rows(recovery_frame(company, as_of=TODAY)).rows == ()
    assert breaks(company) == {}


def test_the_pool_leaves_out_what_is_recovered_barred_or_ended_in_insolvency(
    company, manager, clerk
):
    german = add_customer(company, "D", country="DE")
    (asked, paid, ended) = late_items(german, 100_00, 200_00, 300_00)
    old = invoice(german, "OLD", 50_00, issued_on=date(2022, 1, 1), due_on=date(2022, 12, 31))
    for item in (asked, paid, old):
        written_off(manager, item)
    recovered(clerk, paid, payment(german, "P1", 200_00), 200_00)
    matter = opened(manager, [ended], kind="insolvency")
    written_off(manager, ended)
    close_matter(
        actor=acting(manager), matter=matter, result="no assets", is_chased_again=False, **ON
    )
    found = recovery_frame(company, as_of=TODAY)
    over = {row.number: row.over for row in recovery_rows(found).rows}
    assert over == {"L1": "", "L2": "recovered", "L3": "insolvency", "OLD": "barred"}
    assert [row.number for row in recovery_rows(found, which="ask").rows] == ["L1"]
    assert [row.number for row in recovery_rows(found, which="over").rows] == ["L3", "OLD", "L2"]
    assert list(barred_items(company, as_of=TODAY)) == [old.pk]
    # the last day is still one to act on
    assert list(barred_items(company, as_of=date(2025, 12, 31))) == []


def test_events_by_hand_and_part_payments_move_the_last_day_and_are_taken_back(
    company, manager, collector, clerk
):
    german = add_customer(company, "D", country="DE")
    item = invoice(german, "OLD", 50_00, issued_on=date(2022, 1, 1), due_on=date(2022, 12, 31))
    written = {"customer": german, "kind": "acknowledged", "on": date(2025, 6, 1), **ON}
    with pytest.raises(Forbidden):
        record_limitation_event(actor=acting(collector), evidence="mail", **written)
    with pytest.raises(Refused, match="Say what proves it"):
        record_limitation_event(actor=acting(manager), evidence=" ", **written)
    event = record_limitation_event(actor=acting(manager), evidence="mail", **written)
    same = record_limitation_event(actor=acting(manager), evidence="mail", **written)
    assert (event.pk, LimitationEvent.objects.count()) == (same.pk, 1)
    (row,) = rows(company)
    assert (row.last_on, row.bucket, row.rule) == (date(2028, 6, 1), "later", "DE-BGB-195")
    assert [(c.kind, c.on, c.effect) for c in row.causes] == [
        ("acknowledged", date(2025, 6, 1), "anew"),
    ]
    take_back_limitation_event(actor=acting(manager), event=event, reason="not signed", **ON)
    (row,) = rows(company)
    assert (row.last_on, row.bucket, row.days_left) == (date(2025, 12, 31), "barred", -64)
    with pytest.raises(Refused, match="taken back on"):
        take_back_limitation_event(actor=acting(manager), event=event, reason="again", **ON)
    talks = record_limitation_event(
        actor=acting(manager), customer=german, item=item, kind="negotiating",
        on=date(2025, 12, 1), evidence="minutes", **ON,
    )  # fmt: skip
    assert [one.bucket for one in limitation_totals(limitation_frame(company, as_of=TODAY))] == [
        "stopped",
    ]
    end_limitation_event(actor=acting(manager), event=talks, until_on=date(2026, 1, 31), **ON)
    # 62 days of talks are added to 31 December 2025; three months after their end is later
    assert rows(company)[0].last_on == date(2026, 4, 30)
    assert verbs(company) == [
        "limitation.recorded", "limitation.taken_back", "limitation.recorded", "limitation.ended",
    ]  # fmt: skip


def rows(company):
    found = limitation_frame(company, as_of=TODAY)
    return limitation_rows(company, found, as_of=TODAY).rows


def test_the_clock_of_what_was_written_off_is_that_of_the_whole_book(
    company, manager, clerk, customer
):
    lost, back, kept, part = late_items(customer, 100_00, 200_00, 300_00, 400_00)
    written_off(manager, lost)
    written_off(manager, back)
    recovered(clerk, back, payment(customer, "P1", 200_00), 200_00)
    pay = payment(customer, "P2", 50_00)
    apply_payment(actor=acting(clerk), payment=pay, amounts={part: 50_00}, **ON)
    whole = limitation_frame(company, as_of=TODAY).sort("item_id")
    assert whole["item_id"].to_list() == [lost.pk, kept.pk, part.pk]
    some = limitation_frame(company, as_of=TODAY, written_off=True)
    assert some.rows(named=True) == whole.head(1).rows(named=True)
    assert recovery_frame(company, as_of=TODAY).sort("item_id")["over"].to_list() == [
        "",
        "recovered",
    ]


@pytest.mark.both
def test_a_large_book_lapses_claim_by_claim_as_a_small_one_does(
    company, manager, clerk, customer, monkeypatch
):
    german = add_customer(company, "D", country="DE", party="business")
    ours = late_items(customer, *(100_00 * n for n in range(1, 6)))
    theirs = [
        invoice(german, f"D{n}", 50_00, issued_on=date(2022, 1, 1), due_on=due)
        for n, due in enumerate([date(2022, 6, 1), date(2022, 6, 1), date(2026, 9, 1)])
    ]
    written_off(manager, ours[0])
    written_off(manager, ours[1])
    recovered(clerk, ours[1], payment(customer, "P1", 200_00), 200_00)
    for item, number in ((ours[2], "P2"), (theirs[0], "P3")):
        pay = payment(item.customer, number, 20_00)
        apply_payment(actor=acting(clerk), payment=pay, amounts={item: 20_00}, **ON)
    record_limitation_event(
        actor=acting(manager), customer=german, kind="negotiating", item=theirs[1],
        on=date(2025, 12, 1), evidence="minutes", **ON,
    )  # fmt: skip
    invoice(customer, "G", -5_00)

    def told():
        book = limitation_book(company, as_of=TODAY)
        pages, cursor = [], ""
        while True:
            page = limitation_page(company, book, as_of=TODAY, cursor=cursor, limit=2)
            pages += page.rows
            if not (cursor := page.next):
                break
        of_bucket = {
            one.bucket: limitation_page(company, book, as_of=TODAY, bucket=one.bucket).rows
            for one in book.totals
        }
        return book.totals, pages, of_bucket, book.found is None

    *small, is_large = told()
    assert not is_large
    for page in (limitation, limitation_frames):
        monkeypatch.setattr(page, "MANY_ITEMS", 1)
    *large, is_large = told()
    assert is_large
    assert large == small
    totals, pages, of_bucket = large
    assert [row.item_id for row in pages] == [
        row.item_id
        for row in limitation_rows(
            company, limitation_frame(company, as_of=TODAY), as_of=TODAY
        ).rows
    ]
    assert sum(one.claims for one in totals) == len(pages) == 7
    assert {row.item_id for rows in of_bucket.values() for row in rows} == {
        *(item.pk for item in (ours[0], *ours[2:], *theirs))
    }


def test_vat_is_claimed_within_its_time_and_repaid_when_money_comes(company, manager, clerk):
    company.country = "GB"
    company.save()
    customer = add_customer(company, "B", country="GB")
    item = invoice(customer, "V", 120_00, issued_on=date(2025, 8, 1), due_on=date(2025, 9, 6))
    claim = {"actor": acting(manager), "item": item, "rate_ppm": 200_000}
    with pytest.raises(Refused, match="is no lost debt under a VAT rule known for GB"):
        claim_vat_relief(**claim, **ON)
    written_off(manager, item)
    with pytest.raises(Refused, match="may be claimed from 2026-03-06 on"):
        claim_vat_relief(**claim, **ON)
    later = {"as_of": date(2026, 3, 6), "at": AT + timedelta(days=1)}
    relief = claim_vat_relief(**claim, **later)
    assert (relief.vat_minor, relief.base_minor, relief.rule) == (20_00, 120_00, "GB-VATA-36")
    with pytest.raises(Refused, match="was claimed on 2026-03-06"):
        claim_vat_relief(**claim, **later)
    after = {"as_of": date(2026, 3, 9), "at": AT + timedelta(days=4)}
    recovered(clerk, item, payment(customer, "P", 60_00, as_of=date(2026, 3, 9)), 60_00, **after)
    (row,) = vat_rows_of(company, as_of=date(2026, 3, 9))
    assert (row.state, row.to_repay_minor) == ("repay", 10_00)
    record_vat_repayment(actor=acting(manager), item=item, **after)
    assert VatRelief.objects.get().repaid_minor == 10_00
    with pytest.raises(Refused, match="No VAT of V has to be repaid"):
        record_vat_repayment(actor=acting(manager), item=item, **after)
    assert breaks(company) == {}


def test_german_vat_is_lost_with_the_insolvency_and_no_rule_means_no_rows(
    company, manager, customer
):
    (item,) = late_items(customer, 119_00)
    opened(manager, [item], kind="insolvency")
    (row,) = vat_rows_of(company, as_of=TODAY)
    assert (row.state, row.from_on, row.until_on, row.base_minor) == (
        "due", TODAY - timedelta(days=10), None, 119_00,
    )  # fmt: skip
    relief = claim_vat_relief(actor=acting(manager), item=item, rate_ppm=190_000, **ON)
    assert relief.vat_minor == 19_00
    company.country = "FR"
    company.save()
    assert vat_rows_of(company, as_of=TODAY) == ()
    assert Adjustment.objects.count() == 0
