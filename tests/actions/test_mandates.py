"""Mandates: a checked account, one active a customer, and every move with its event."""

from datetime import date, timedelta

import pytest

from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.mandates import (
    add_mandate,
    end_mandate,
    resume_mandate,
    sign_mandate,
    suspend_mandate,
)
from dunwell.models import Event, Mandate
from tests.actions.debit_rows import NOW, THEIRS, mandate_of
from tests.actions.desk import acting, last_event
from tests.conftest import AT, TODAY


def add(user, customer, **changes):
    values = {"reference": "M1", "iban": THEIRS, "at": AT, **changes}
    return add_mandate(actor=acting(user), customer=customer, **values)


def test_adding_checks_the_account_and_looks_its_bank_up(company, clerk, customer):
    mandate = add(clerk, customer, iban="de02 1203 0000 0000 2020 51", debtor=" Acme GmbH ")

    assert (mandate.iban, mandate.bic, mandate.debtor, mandate.status) == (
        THEIRS,
        "BYLADEM1001",
        "Acme GmbH",
        "draft",
    )
    assert last_event(company) == (
        "mandate.added",
        "carla",
        customer.pk,
        {"reference": "M1", "scheme": "CORE", "iban": f"…{THEIRS[-4:]}"},
    )


def test_the_same_again_changes_nothing_and_another_under_the_reference_is_refused(
    clerk, customer
):
    first = add(clerk, customer)

    assert add(clerk, customer) == first
    with pytest.raises(Refused, match="another mandate M1 already"):
        add(clerk, customer, scheme="B2B")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"iban": "DE02120300000000202052"}, "The account number cannot be right: invalid checks"),
        ({"iban": "hello"}, "The account number cannot be right"),
        ({"iban": "BR1800360305000010009795493C1"}, "Accounts in BR cannot be debited in SEPA"),
        ({"bic": "XX"}, "The BIC cannot be right"),
        ({"reference": "/M1"}, "The reference must have 1 to 35 characters"),
        ({"reference": "M//1"}, "The reference must have 1 to 35 characters"),
        ({"reference": "M1 /"}, "The reference must have 1 to 35 characters"),
        ({"reference": "Mandat Ä"}, "The reference must have 1 to 35 characters"),
        ({"reference": "x" * 36}, "The reference must have 1 to 35 characters"),
        ({"reference": " "}, "The reference must have 1 to 35 characters"),
        ({"scheme": "COR1"}, "There is no scheme COR1; use CORE or B2B."),
        ({"debtor": "x" * 71}, "The debtor has 71 characters; at most 70 fit."),
    ],
)
def test_what_cannot_be_right_is_refused(clerk, customer, change, sentence):
    with pytest.raises(Refused, match=sentence):
        add(clerk, customer, **change)
    assert not Mandate.objects.exists()


def test_signing_makes_it_active_and_a_second_active_one_is_refused(company, clerk, customer):
    first, second = mandate_of(customer), add(clerk, customer)

    with pytest.raises(Refused, match="Acme has the active mandate M-K1; end it first."):
        sign_mandate(actor=acting(clerk), mandate=second, signed_on=TODAY, **NOW)
    end_mandate(actor=acting(clerk), mandate=first, reason="new account", **NOW)
    sign_mandate(actor=acting(clerk), mandate=second, signed_on=TODAY, **NOW)

    assert list(Mandate.objects.order_by("pk").values_list("status", "signed_on", "ended_on")) == [
        ("ended", date(2026, 1, 5), TODAY),
        ("active", TODAY, None),
    ]
    assert last_event(company)[0] == "mandate.signed"


def test_it_is_not_signed_in_the_future(clerk, customer):
    mandate = add(clerk, customer)

    with pytest.raises(Refused, match="lies in the future"):
        sign_mandate(
            actor=acting(clerk), mandate=mandate, signed_on=TODAY + timedelta(days=1), **NOW
        )


def test_suspending_resuming_and_ending_leave_their_events(company, clerk, customer):
    mandate = mandate_of(customer)

    suspend_mandate(actor=acting(clerk), mandate=mandate, reason="account blocked", at=AT)
    resume_mandate(actor=acting(clerk), mandate=mandate, at=AT)
    end_mandate(actor=acting(clerk), mandate=mandate, reason="revoked", **NOW)

    told = Event.objects.filter(verb__startswith="mandate.").order_by("seq")
    assert [event.verb for event in told] == [
        "mandate.added",
        "mandate.signed",
        "mandate.suspended",
        "mandate.resumed",
        "mandate.ended",
    ]
    assert told.last().data == {"reference": "M-K1", "reason": "revoked", "ended_on": str(TODAY)}


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (lambda a, m: suspend_mandate(actor=a, mandate=m, reason=" ", at=AT), "Say why"),
        (lambda a, m: end_mandate(actor=a, mandate=m, reason="", **NOW), "Say why"),
        (lambda a, m: resume_mandate(actor=a, mandate=m, at=AT), "is not signed yet"),
        (lambda a, m: suspend_mandate(actor=a, mandate=m, reason="x", at=AT), "is: not signed"),
    ],
)
def test_moves_that_do_not_exist_are_refused(clerk, customer, act, sentence):
    mandate = add(clerk, customer)

    with pytest.raises(Refused, match=sentence):
        act(acting(clerk), mandate)


def test_another_company_and_a_collector_are_turned_away(clerk, collector, customer, rival):
    mandate = mandate_of(customer)

    with pytest.raises(Refused, match="belongs to another company"):
        suspend_mandate(actor=acting(rival), mandate=mandate, reason="x", at=AT)
    with pytest.raises(Refused, match="does not belong to Rival"):
        add(rival, customer)
    with pytest.raises(Forbidden):
        suspend_mandate(actor=acting(collector), mandate=mandate, reason="x", at=AT)
