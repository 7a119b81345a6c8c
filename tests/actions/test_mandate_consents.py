"""Mandates signed in the portal: the text is kept, and a person checks before one is used."""

import hashlib

import pytest

from dunwell.actions.gate import Refused, debtor
from dunwell.actions.mandate_consents import address_hash_of, enrol_mandate
from dunwell.models import Mandate, MandateConsent
from dunwell.queries.mandate_texts import mandate_terms
from tests.actions.desk import last_event
from tests.conftest import AT, TODAY
from tests.portal.pay_rows import account_of
from tests.portal.seats import seat_of

THEIRS = "DE02 1203 0000 0000 2020 51"


@pytest.fixture
def jane(customer):
    return debtor(seat_of(customer))


def enrol(jane, customer, **changes):
    terms = mandate_terms(customer)
    values = {
        "iban": THEIRS,
        "debtor": "Acme",
        "name": "Jane Buyer",
        "sha256": terms.sha256 if terms else "",
        "address_hash": address_hash_of("192.0.2.1", "salt"),
        **changes,
    }
    return enrol_mandate(actor=jane, customer=customer, **values, as_of=TODAY, at=AT)


def test_a_signed_mandate_waits_for_our_check_and_keeps_what_was_agreed(company, customer, jane):
    account_of(company)

    mandate = enrol(jane, customer)

    consent = MandateConsent.objects.get()
    assert (mandate.status, mandate.iban) == ("draft", "DE02120300000000202051")
    assert hashlib.sha256(consent.text.encode()).hexdigest() == consent.sha256
    assert "DE98ZZZ09999999999" in consent.text
    assert "192.0.2.1" not in consent.address_hash
    assert enrol(jane, customer) == mandate
    assert last_event(company)[0] == "mandate.enrolled"
    with pytest.raises(Refused, match="waits for our check"):
        enrol(jane, customer, name="Somebody else")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"iban": "DE02120300000000202052"}, "account number cannot be right"),
        ({"name": " "}, "Write your name"),
        ({"sha256": "0" * 64}, "has changed meanwhile"),
    ],
)
def test_a_wrong_account_no_name_or_another_text_is_refused(
    company, customer, jane, changes, words
):
    account_of(company)
    with pytest.raises(Refused, match=words):
        enrol(jane, customer, **changes)
    assert not Mandate.objects.exists()


def test_where_we_collect_no_debits_none_is_offered(company, customer, jane):
    account_of(company, creditor_id="")
    with pytest.raises(Refused, match="does not collect by direct debit"):
        enrol(jane, customer)
