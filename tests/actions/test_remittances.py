"""Remittance advices: kept once, linked where exactly one payment fits, by hand otherwise."""

from datetime import date
from hashlib import sha256

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell.actions.gate import Refused, staff, system
from dunwell.actions.remittances import (
    link_remittance,
    link_remittances,
    record_remittance,
    unlink_remittance,
)
from dunwell.actions.uploads import upload_path
from dunwell.models import Event, Payment, Remittance, RemittanceLine
from dunwell.queries.remittances import remittance_card
from tests.actions.bank_rows import line, read, sta
from tests.conftest import AT
from tests.formats.bank.test_edi820 import BODY, edi

ADVICE = (
    b"Payer: Acme GmbH\nPayment reference: W-7788\nPayment date: 2026-03-02\n"
    b"Invoice R1 40.00 EUR\nInvoice R2 10.00 EUR\nTotal: 50.00 EUR\n"
)


def record(company, data=ADVICE, name="advice.txt", **told):
    return record_remittance(actor=system(company), name=name, data=data, at=AT, **told)


def linked():
    return list(Remittance.objects.order_by("pk").values_list("payment__payer", flat=True))


def test_an_advice_is_kept_with_its_lines_and_once(company, clerk):
    actor = staff(clerk, company)
    (one,) = record_remittance(actor=actor, name="a.txt", data=ADVICE, at=AT)
    (again,) = record_remittance(actor=actor, name="b.txt", data=ADVICE, at=AT)

    assert (again.pk, Event.objects.filter(verb="remittance.recorded").count()) == (one.pk, 1)
    assert (one.payer, one.reference, one.currency, one.total_minor, one.paid_on) == (
        "Acme GmbH", "W-7788", "EUR", 50_00, date(2026, 3, 2),
    )  # fmt: skip
    assert list(RemittanceLine.objects.values_list("place", "item_ref", "paid_minor")) == [
        (1, "R1", 40_00), (2, "R2", 10_00),
    ]  # fmt: skip
    assert (one.user, one.payment) == (clerk, None)


def test_bytes_that_were_lost_come_back_with_the_same_advice(company):
    (one,) = record(company)
    upload_path(one.sha256).unlink()
    record(company)
    assert upload_path(one.sha256).read_bytes() == ADVICE


def test_what_cannot_be_read_is_neither_kept_nor_waits_for_the_company(company):
    data = b"not an advice"
    with CaptureQueriesContext(connection) as asked, pytest.raises(Refused):
        record(company, data)
    assert not any("dunwell_company" in query["sql"] for query in asked)
    assert not upload_path(sha256(data).hexdigest()).exists()


@pytest.mark.parametrize(
    ("lines", "payer"),
    [
        # the reference decides, whoever pays
        ([line(50_00, "Bank of Somewhere", "a", ref="W-7788"), line(50_00, "Beta", "b")],
         "Bank of Somewhere"),
        # amount and payer
        ([line(50_00, "ACME GMBH", "a"), line(50_00, "Beta AG", "b")], "ACME GMBH"),
        # the amount alone, where it is the only one and the bank tells no payer
        ([line(50_00, "", "a"), line(49_00, "Acme GmbH", "b")], ""),
        # the amount of somebody else
        ([line(50_00, "Whoever", "a")], None),
        # two equal ones: nobody knows
        ([line(50_00, "Gamma", "a"), line(50_00, "Beta", "b")], None),
        # the reference of a payment of another amount by somebody else
        ([line(12_00, "Gamma", "a", ref="W-7788")], None),
        ([line(12_00, "Gamma", "a")], None),
    ],
)  # fmt: skip
def test_it_is_linked_when_exactly_one_payment_fits(company, lines, payer):
    read(company, sta(1, 0, *lines))
    record(company)
    assert linked() == [payer]


def test_an_advice_that_came_first_is_linked_when_the_money_comes(company):
    record(company)
    read(company, sta(1, 0, line(50_00, "Acme GmbH")))
    assert linked() == ["Acme GmbH"]
    assert link_remittances(actor=system(company), at=AT) == 0


def test_two_advices_of_one_amount_do_not_share_a_payment(company):
    read(company, sta(1, 0, line(50_00, "Acme GmbH")))
    record(company)
    record(company, ADVICE.replace(b"W-7788", b"W-7799"))
    assert linked() == ["Acme GmbH", None]


def test_a_person_links_and_takes_off_and_that_is_not_undone(company, clerk):
    read(company, sta(1, 0, line(50_00, "Gamma", "a"), line(50_00, "Beta", "b")))
    (one,) = record(company, ADVICE.replace(b"Payer: Acme GmbH\n", b""))
    actor, payment = staff(clerk, company), Payment.objects.get(payer="Beta")
    assert [offer.payer for offer in remittance_card(company, one.pk).offers] == ["Beta", "Gamma"]
    link_remittance(actor=actor, remittance=one, payment=payment, at=AT)
    with pytest.raises(Refused, match="linked to another payment"):
        link_remittance(
            actor=actor, remittance=one, payment=Payment.objects.get(payer="Gamma"), at=AT
        )
    found = unlink_remittance(actor=actor, remittance=one, at=AT)
    assert (found.payment, [one["code"] for one in found.findings]) == (None, ["unlinked"])
    # Gamma is the only one left that fits
    assert link_remittances(actor=actor, at=AT) == 1
    assert linked() == ["Gamma"]
    assert [event.verb for event in Event.objects.order_by("-seq")[:3]] == [
        "remittances.linked", "remittance.unlinked", "remittance.linked",
    ]  # fmt: skip


def test_a_payment_in_another_currency_or_a_return_is_refused(company):
    read(company, sta(1, 0, line(50_00), currency="USD"))
    (one,) = record(company)
    assert linked() == [None]
    with pytest.raises(Refused, match="The advice is in EUR"):
        link_remittance(
            actor=system(company), remittance=one, payment=Payment.objects.get(), at=AT
        )


def test_an_advice_in_a_bank_file_is_an_advice_and_no_money(company):
    file = read(company, edi(*BODY).encode(), "820.edi")
    assert (file.status, file.counts["remittances"], Payment.objects.count()) == ("read", 1, 0)
    advice = Remittance.objects.get()
    assert (advice.total_minor, advice.lines.count(), advice.sha256) == (1105_00, 2, file.sha256)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"hello", "advice.txt: whole file: the text names no document"),
        (b"", "the file is empty"),
        (b"%PDF-1.7 x", "the PDF is damaged"),
    ],
)
def test_what_cannot_be_read_is_refused_and_leaves_nothing(company, data, message):
    with pytest.raises(Refused, match=message):
        record(company, data)
    assert Remittance.objects.count() == 0
