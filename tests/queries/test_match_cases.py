"""The queue as a clerk sees it, and everything about one case."""

from datetime import timedelta

import pytest

from dunwell.actions.match_cases import settle_case, view_case
from dunwell.actions.payments import apply_payment, reverse_payment
from dunwell.models import (
    Remittance,
    RemittanceLine,
)
from dunwell.queries.match_cards import CardEvent, CardText, Looker, found_items
from dunwell.queries.match_cases import (
    CaseTotal,
    case_card,
    case_reasons,
    case_rows,
    case_totals,
    customer_choices,
    waiting_keys,
)
from tests.actions.desk import acting
from tests.actions.ledger_rows import invoice
from tests.actions.match_desk import LATER, advised, case_of, money, run
from tests.conftest import AT, TODAY, add_customer


@pytest.fixture
def acme(company):
    return add_customer(company, "K1", "Acme Trading GmbH")


@pytest.fixture
def queue(company, acme):
    """Three payments that wait, one held, one posted."""
    invoice(acme, "RE-2026-10044", 417_93)
    invoice(acme, "RE-2026-10045", 500_00)
    old = TODAY - timedelta(days=9)
    made = {
        "posted": money(
            company, "B1", 417_93, payer="ACME TRADING GMBH", reference="RE-2026-10044"
        ),
        "small": money(company, "B2", 10_00, payer="Shadow Ltd", value_on=old),
        "large": money(company, "B3", 9_000_00, payer="Shadow Ltd", value_on=old),
        "young": money(company, "B4", 77_00, payer="Somebody", reference="invoice 9"),
        "held": money(company, "B5", 55_00, payer="Shadow Ltd", reference="insolvency"),
    }
    run(company)
    return made


def numbers(company, **asked):
    return [row.payment for row in case_rows(company, **asked).rows]


def test_the_oldest_money_comes_first_and_of_one_day_the_largest(company, queue):
    assert numbers(company, status="exception") == ["B3", "B2", "B4"]
    assert numbers(company, status="held") == ["B5"]
    assert numbers(company, status="posted") == ["B1"]
    assert numbers(company, search="shadow") == ["B3", "B2", "B5"]
    assert numbers(company, search="77.00") == ["B4"]
    assert numbers(company, reason="legal") == ["B5"]
    assert case_reasons(company) == ("no_match",)
    first = case_rows(company, status="exception", limit=2)
    assert numbers(company, status="exception", limit=2, cursor=first.next) == ["B4"]
    with pytest.raises(ValueError, match="There is no status lost; use exception, held"):
        case_rows(company, status="lost")


def test_the_keys_of_what_waits_are_those_of_the_rows_in_their_order(company, clerk, acme, queue):
    def keys():
        return [row.id for row in case_rows(company, status="exception").rows]

    assert list(waiting_keys(company)) == keys() == [
        case_of(queue[name]).pk for name in ("large", "small", "young")
    ]  # fmt: skip
    reverse_payment(actor=acting(clerk), payment=queue["small"], reason="NSF", as_of=TODAY, at=AT)
    assert list(waiting_keys(company)) == keys()
    assert len(keys()) == 2


def test_totals_are_the_sums_of_the_rows(company, queue):
    assert case_totals(company) == (
        CaseTotal(
            status="exception", status_label="To be decided", currency="EUR", cases=3,
            amount_minor=9_087_00, left_minor=9_087_00,
        ),
        CaseTotal(
            status="held", status_label="Held", currency="EUR", cases=1, amount_minor=55_00,
            left_minor=55_00,
        ),
        CaseTotal(
            status="posted", status_label="Posted by itself", currency="EUR", cases=1,
            amount_minor=417_93, left_minor=0,
        ),
    )  # fmt: skip


def test_what_is_used_up_or_returned_leaves_the_queue_by_itself(company, clerk, acme, queue):
    item, actor, when = invoice(acme, "R1", 77_00), acting(clerk), {"as_of": TODAY, "at": AT}
    apply_payment(actor=actor, payment=queue["young"], amounts={item: 77_00}, **when)
    reverse_payment(actor=actor, payment=queue["small"], reason="NSF", **when)
    assert numbers(company, status="exception") == ["B3"]


def test_a_card_shows_all_the_bank_said_the_proposals_and_who_decided(company, clerk, acme):
    item = invoice(acme, "RE-2026-10044", 417_93)
    credit = invoice(acme, "GS-1", -17_00)
    payment = money(company, "B1", 430_00, payer="ACME TRADING GMBH", reference="RE-2026-10044")
    advised(payment)
    advice = Remittance.objects.create(
        company=company, payment=payment, name="advice.pdf", sha256="0", format="pdf",
        recorded_at=AT,
    )  # fmt: skip
    RemittanceLine.objects.create(
        remittance=advice, place=1, item_ref="10044", paid_minor=417_93, text="thanks"
    )
    run(company)
    case = case_of(payment)
    view_case(actor=acting(clerk), case=case, at=AT)

    card = case_card(company, case.pk, as_of=TODAY)

    assert card.left_minor == 430_00 - sum(row.amount_minor for row in payment.allocations.all())
    assert card.texts == (
        CardText(name="Payer", text="ACME TRADING GMBH"),
        CardText(name="Reference", text="RE-2026-10044"),
        CardText(name="Account", text="DE89370400440532013000"),
        CardText(name="Text", text="thank you"),
        CardText(name="Charges", text="1.50 EUR"),
    )
    assert [(line.remittance, line.item_ref, line.paid_minor) for line in card.lines] == [
        ("advice.pdf", "10044", 417_93), ("", "R9", 12_00),
    ]  # fmt: skip
    best = card.proposals[0]
    assert [(one.item.number, one.amount_minor, one.paid_minor) for one in best.items] == [
        ("RE-2026-10044", 417_93, None)
    ]
    assert best.left_minor == 12_07
    assert {one.id for one in card.candidates} <= {item.pk, credit.pk}
    assert card.lookers == (Looker(name="carla", at=AT),)
    if case.status == "exception":
        settle_case(
            actor=acting(clerk), case=case, version=1, amounts={item.pk: 417_93},
            as_of=TODAY, at=LATER,
        )  # fmt: skip
    history = case_card(company, case.pk, as_of=TODAY).history
    assert isinstance(history[0], CardEvent)
    assert history[0].verb in {"cash.settled", "cash.posted"}
    assert case_card(company, 0, as_of=TODAY) is None
    assert [row.number for row in found_items(company, search="GS-", as_of=TODAY)] == ["GS-1"]
    assert customer_choices(company, search="trad") == ((acme.pk, "K1", "Acme Trading GmbH"),)


def test_reasons_say_amounts_as_people_write_them(company, acme):
    invoice(acme, "RE-2026-10044", 417_93)
    payment = money(company, "B1", 430_00, payer="ACME TRADING GMBH", reference="RE-2026-10044")
    run(company)
    card = case_card(company, case_of(payment).pk, as_of=TODAY)
    assert "12.07 EUR more than is open" in card.proposals[0].reasons


def test_one_row_and_three_take_the_same_queries_and_others_see_none(
    company, rival, acme, queue, django_assert_num_queries
):
    with django_assert_num_queries(1):
        assert len(case_rows(company, status="held").rows) == 1
    with django_assert_num_queries(1):
        assert len(case_rows(company, status="exception").rows) == 3
    with django_assert_num_queries(1):
        assert len(case_totals(company)) == 3
    few = _card_queries(company, queue["held"])
    assert _card_queries(company, queue["young"]) == few
    theirs = rival.memberships.all()[0].company
    assert numbers(theirs) == []
    assert case_card(theirs, case_of(queue["held"]).pk, as_of=TODAY) is None


def _card_queries(company, payment):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as found:
        case_card(company, case_of(payment).pk, as_of=TODAY)
    return len(found)
