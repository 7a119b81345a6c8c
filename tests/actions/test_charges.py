"""Charges as records: accrued once, corrected by differences, waived with authority, proved."""

import json
from datetime import date, timedelta

import pytest

from dunwell.actions.approvals import decide_approval
from dunwell.actions.charges import restore_charge, waive_charge
from dunwell.actions.disputes import open_dispute
from dunwell.actions.gate import Refused, system
from dunwell.actions.items import reverse_item
from dunwell.actions.payments import apply_payment, reverse_allocation, reverse_payment
from dunwell.models import Allocation, ApprovalRequest, Charge, Message, MessageItem, Run
from dunwell.queries.charges_due import charges_due
from tests.actions.charge_desk import (
    ACCRUE,
    DUE,
    GOLDEN,
    accrue,
    charged,
    charges_policy,
    late,
    total,
)
from tests.actions.desk import acting, last_event, verbs
from tests.actions.ledger_rows import breaks, invoice, payment
from tests.conftest import AT, TODAY, add_customer

ON = {"as_of": GOLDEN, "at": AT}


@pytest.fixture
def german(company):
    return add_customer(company, "D1", "Deutsch", country="DE", party="company")


def paid(item, amount_minor, value_on, *, as_of=GOLDEN, number="P1"):
    money = payment(item.customer, number, amount_minor, value_on=value_on, as_of=as_of)
    apply_payment(
        actor=system(item.company), payment=money, amounts={item: amount_minor}, as_of=as_of, at=AT
    )
    return money


def test_nobody_is_charged_until_a_policy_says_so(company, german, django_assert_num_queries):
    late(german)
    with django_assert_num_queries(1):
        assert charges_due(company, as_of=GOLDEN) is None
    assert accrue(company) == 0 and Charge.objects.count() == 0


def test_months_of_the_golden_add_up_to_the_cent_and_a_second_run_changes_nothing(company, german):
    charges_policy(company, ACCRUE)
    item = late(german)

    assert accrue(company) == 9

    assert total(company) == 751_15
    assert [period for period, _ in charged(company)] == [
        "2024-12", "2025-01", "2025-02", "2025-03", "2025-04", "2025-05", "2025-06", "2025-07",
    ]  # fmt: skip
    assert charged(company, "compensation") == [("once", 40_00)]
    first = Charge.objects.get(period="2024-12")
    assert (first.item, first.customer, first.currency, first.rule, first.status) == (
        item, german, "EUR", "DE-BGB-288-B2B", "accrued",
    )  # fmt: skip
    assert (first.from_on, first.until_on, first.days) == (
        DUE + timedelta(1),
        date(2024, 12, 31),
        31,
    )
    assert (first.base_minor, first.amount_minor) == (10_000_00, 105_06)
    parts = first.parts if isinstance(first.parts, list) else json.loads(first.parts)
    assert parts == [
        {
            "from_on": "2024-12-01", "until_on": "2024-12-31", "days": 31, "rate_ppm": 123_700,
            "base_minor": 10_000_00,
            "source": "DE_BASIS 3.37 % of 2024-07-01 + 9 % (Deutsche Bundesbank, BGB 247)",
        }
    ]  # fmt: skip
    assert verbs(company)[-1] == "charges.accrued"
    assert last_event(company)[3] == {
        "as_of": "2025-07-31", "added": 9, "changed": 0, "removed": 0,
    }  # fmt: skip
    assert accrue(company) == 0
    assert breaks(company) == {}


def test_running_daily_late_or_once_is_the_same(company, german):
    charges_policy(company, ACCRUE)
    late(german)
    day = DUE
    while day < date(2025, 2, 10):
        accrue(company, day)
        Run.objects.get_or_create(
            company=company, kind="cycle", as_of=day, step="accrue_charges",
            defaults={"changed": 0, "finished_at": AT},
        )  # fmt: skip
        day += timedelta(days=3)
    accrue(company, GOLDEN)
    stepwise = charged(company)
    Charge.objects.all().delete()
    Run.objects.all().delete()
    accrue(company, GOLDEN)
    assert charged(company) == stepwise and total(company) == 751_15


def test_part_payments_count_from_their_value_day_and_come_back_when_returned(company, german):
    charges_policy(company, ACCRUE)
    item = late(german)
    accrue(company, date(2025, 3, 31))
    money = paid(item, 10_000_00, date(2024, 12, 31), as_of=date(2025, 4, 10))

    accrue(company, date(2025, 4, 10))
    assert charged(company) == [("2024-12", 105_06)]  # the later months are gone

    reverse_payment(actor=system(company), payment=money, reason="bounced",
                    as_of=date(2025, 7, 30), at=AT)  # fmt: skip
    accrue(company)
    assert total(company) == 751_15


def test_an_item_paid_late_between_two_runs_is_charged_for_its_days(company, german):
    charges_policy(company, ACCRUE)
    Run.objects.create(company=company, kind="cycle", as_of=date(2025, 7, 2), changed=0,
                       step="accrue_charges", finished_at=AT)  # fmt: skip
    item = late(german, due_on=date(2025, 7, 1))
    paid(item, 10_000_00, date(2025, 7, 11), as_of=date(2025, 7, 11))
    on_time = late(german, "R2", due_on=date(2025, 7, 11))
    paid(on_time, 10_000_00, date(2025, 7, 11), as_of=date(2025, 7, 11), number="P2")

    accrue(company, date(2025, 7, 12))

    assert charged(company) == [("2025-07", 28_14)]  # ten days
    assert charged(company, "compensation", item=item) == [("once", 40_00)]
    assert not Charge.objects.filter(item=on_time).exists()


def test_a_reversed_invoice_costs_nothing_any_more(company, german):
    charges_policy(company, ACCRUE)
    item = late(german)
    accrue(company)
    reverse_item(actor=system(company), item=item, reason="wrong", as_of=GOLDEN, at=AT)

    assert accrue(company) == 9
    assert Charge.objects.count() == 0


def test_disputes_pause_the_disputed_part(company, german):
    charges_policy(company, ACCRUE)
    item = late(german)
    open_dispute(
        actor=system(company), item=item, amount_minor=10_000_00, reason="price",
        as_of=date(2025, 1, 1), at=AT,
    )  # fmt: skip
    accrue(company)
    assert charged(company) == [("2024-12", 105_06)]


def test_groups_decide_by_segment_country_and_kind(company):
    charges_policy(
        company,
        "mode: off, segments: [public]",
        "mode: accrue, since: 2025-07-01, countries: [DE], assume_party: company, "
        "compensation: false",
        "mode: accrue, since: 2024-01-01, rule: contract, contract_rate_ppm: 100000",
    )
    for number, fields in {
        "off": {"segment": "public", "country": "DE", "party": "company"},
        "assumed": {"country": "DE"},
        "contract": {"country": "US"},
    }.items():
        late(add_customer(company, number, **fields), number, 36_500_00)
    accrue(company)
    assert {number: charged(company, item__number=number) for number in ("off", "assumed")} == {
        "off": [],
        "assumed": [("2025-07", 318_37)],
    }
    assert total(company, item__number="contract") == 243 * 10_00
    assert charged(company, "compensation") == []


def test_a_rate_that_is_not_known_is_said_and_nothing_accrues_beyond(company):
    charges_policy(company, ACCRUE)
    french = add_customer(company, "F1", country="FR", party="company")
    late(french, due_on=date(2026, 2, 28))
    due = charges_due(company, as_of=date(2026, 8, 5))
    assert [(u.rule, u.reference, u.from_on) for u in due.unknown] == [
        ("FR-L441-10", "ECB_MRO", date(2026, 7, 1))
    ]
    accrue(company, date(2026, 8, 5))
    assert charged(company)[-1][0] == "2026-06"


def test_compensation_in_another_currency_needs_a_rate(company, german):
    charges_policy(company, ACCRUE)
    late(german, currency="USD")
    due = charges_due(company, as_of=GOLDEN)
    assert due.unpriced == 1
    accrue(company)
    assert charged(company, "compensation") == []
    company.fx_rates.create(
        currency="USD", from_on=date(2024, 1, 1), rate_ppm=800_000, source="t", recorded_at=AT
    )
    accrue(company)
    assert charged(company, "compensation") == [("once", 50_00)]


def reminded(item, level, day, *, channel="email", status="sent", key=""):
    message = Message.objects.create(
        company=item.company, customer=item.customer, channel=channel, status=status,
        strategy="s", level=level, template="reminder", language="en", subject="s", body="b",
        body_sha256="3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d",
        message_id=f"{item.pk}-{level}-{day}-{channel}{key}", as_of=day, recorded_at=AT,
        decision={"decision": "clear"},
    )  # fmt: skip
    MessageItem.objects.create(message=message, item=item, level=level, open_minor=1)
    return message


def test_reminder_fees_are_charged_once_a_level_on_one_item_of_the_message(company, german):
    charges_policy(
        company,
        f"{ACCRUE}, compensation: false, rule: contract, "
        "fees: [{level: 2, currency: EUR, fee_minor: 500}]",
    )
    first, second = late(german, "R1"), late(german, "R2")
    message = reminded(first, 2, DUE + timedelta(days=5))
    MessageItem.objects.create(message=message, item=second, level=2, open_minor=1)
    reminded(first, 2, DUE + timedelta(days=9))
    reminded(first, 1, DUE + timedelta(days=1))
    reminded(second, 2, DUE - timedelta(days=5))
    reminded(second, 2, DUE + timedelta(days=12), status="cancelled")

    accrue(company)

    rows = Charge.objects.filter(kind="fee").values_list("item", "period", "amount_minor")
    assert list(rows) == [(first.pk, "level 2", 500)]
    assert accrue(company) == 0


def test_consumers_in_belgium_owe_after_a_free_reminder_and_fourteen_days(company):
    charges_policy(
        company, f"{ACCRUE}, fees: [{{level: 1, currency: EUR, fee_minor: 900}}, "
        "{level: 2, currency: EUR, fee_minor: 900}]",
    )  # fmt: skip
    person = add_customer(company, "B1", country="BE", party="person")
    item = late(person, amount_minor=400_00)
    accrue(company)
    assert Charge.objects.count() == 0  # no letter, nothing owed
    reminded(item, 1, date(2024, 12, 9), channel="letter")  # a Monday: counts from Thursday on
    accrue(company, date(2024, 12, 25))
    assert Charge.objects.count() == 0
    accrue(company, date(2024, 12, 26))
    assert charged(company, "compensation") == [("once", 55_00)]
    reminded(item, 2, date(2025, 1, 20))
    accrue(company)
    assert charged(company, "fee") == [("level 2", 7_50)]


def test_a_small_charge_is_waived_at_once_and_stays_waived(company, collector, german):
    charges_policy(company, ACCRUE)
    late(german)
    accrue(company)
    charge = Charge.objects.get(kind="compensation")

    assert waive_charge(actor=acting(collector), charge=charge, reason="goodwill", **ON) is None

    charge.refresh_from_db()
    assert (charge.status, charge.waived_by, charge.waived_reason) == (
        "waived", "anna", "goodwill",
    )  # fmt: skip
    assert charge.authority["status"] == "allowed"
    verb, actor, customer_id, data = last_event(company)
    assert (verb, actor, customer_id) == ("charge.waived", "anna", german.pk)
    assert (data["amount_minor"], data["reason"], data["bill"]) == (40_00, "goodwill", "")
    assert accrue(company) == 0
    with pytest.raises(Refused, match="marked: waived"):
        waive_charge(actor=acting(collector), charge=charge, reason="again", **ON)
    with pytest.raises(Refused, match="Say why"):
        restore_charge(actor=acting(collector), charge=charge, reason=" ", **ON)

    restore_charge(actor=acting(collector), charge=charge, reason="by mistake", **ON)

    charge.refresh_from_db()
    assert (charge.status, charge.waived_by, charge.authority) == ("accrued", "", {})
    assert last_event(company)[0] == "charge.restored"
    assert breaks(company) == {}


def test_more_than_ones_authority_waits_for_approval(company, collector, manager, german):
    charges_policy(company, ACCRUE)
    late(german)
    accrue(company)
    charge = Charge.objects.get(period="2025-01")
    assert charge.amount_minor <= 100_00
    first = Charge.objects.get(period="2024-12")
    assert waive_charge(
        actor=acting(collector), charge=charge, reason="goodwill", **ON
    ) is None  # fmt: skip

    # what was waived before counts: two small ones are one large one
    request = waive_charge(actor=acting(collector), charge=first, reason="goodwill", **ON)

    assert isinstance(request, ApprovalRequest)
    first.refresh_from_db()
    assert first.status == "accrued"
    with pytest.raises(Refused, match="somebody else has to decide|not allowed|may not"):
        decide_approval(actor=acting(collector), request=request, approve=True, **ON)
    decide_approval(actor=acting(manager), request=request, approve=True, **ON)
    first.refresh_from_db()
    assert (first.status, first.waived_by) == ("waived", "anna, mona")
    assert breaks(company) == {}


def test_a_rejected_waiver_changes_nothing_and_a_grown_charge_is_asked_for_again(
    company, collector, manager, german
):
    charges_policy(company, ACCRUE)
    late(german, amount_minor=100_000_00)
    accrue(company, date(2025, 7, 20))
    charge = Charge.objects.get(period="2025-07")
    ask = {"actor": acting(collector), "charge": charge, "reason": "goodwill"}
    request = waive_charge(**ask, **ON)
    decide_approval(actor=acting(manager), request=request, approve=False, reason="no", **ON)
    charge.refresh_from_db()
    assert charge.status == "accrued"
    request = waive_charge(**ask, **ON)
    accrue(company)
    with pytest.raises(Refused, match="has grown since"):
        decide_approval(actor=acting(manager), request=request, approve=True, **ON)


def test_an_allocation_taken_back_is_seen_by_the_next_run(company, german):
    charges_policy(company, ACCRUE)
    item = late(german)
    paid(item, 10_000_00, DUE + timedelta(days=10), as_of=date(2025, 1, 10))
    accrue(company, date(2025, 1, 10))
    assert charged(company) == [("2024-12", 33_89)]
    Run.objects.create(company=company, kind="cycle", as_of=date(2025, 1, 10), changed=0,
                       step="accrue_charges", finished_at=AT)  # fmt: skip
    row = Allocation.objects.get()
    reverse_allocation(actor=system(company), allocation=row, reason="wrong item",
                       as_of=date(2025, 7, 20), at=AT)  # fmt: skip
    accrue(company)
    assert total(company) == 751_15


def test_credits_and_fees_bear_nothing(company, german):
    charges_policy(company, ACCRUE)
    late(german, "G1", -100_00)
    invoice(german, "F1", 100_00, kind="fee", issued_on=DUE, due_on=DUE)
    assert accrue(company) == 0
    assert TODAY > GOLDEN
