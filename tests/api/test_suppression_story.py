"""Suppressed addresses, mail domain, missing contacts and proof of dispatch, as a program sees them."""

import pytest

from dunwell import clock
from tests.actions.letter_rows import letter_to
from tests.api.conftest import add_token
from tests.conftest import AT, add_customer, add_user


@pytest.fixture
def program(company):
    rights = ["ledger.view", "suppression.edit", "task.complete"]
    return add_token(add_user(company, "pat", "credit_manager"), company, rights=rights)


def test_an_address_is_suppressed_found_and_lifted(program):
    told = {"channel": "email", "address": "AP@globex.example", "reason": "complained"}
    made = program.call("POST", "/suppressions", told)
    wrong = program.call("POST", "/suppressions", {**told, "address": "nobody"})
    listed = program.call("GET", "/suppressions?search=globex").json()["rows"]
    key = made.json()["id"]
    lifted = program.call("POST", f"/suppressions/{key}/lift", {"reason": "mended"})

    assert (made.status_code, wrong.status_code, lifted.json()) == (201, 422, {"changed": 1})
    assert [(row["address"], row["reason"]) for row in listed] == [
        ("ap@globex.example", "complained")
    ]
    assert program.call("GET", "/suppressions").json()["rows"] == []
    gone = program.call("GET", "/suppressions?scope=lifted").json()["rows"]
    assert gone[0]["lifted_note"] == "mended"


def test_a_domain_is_checked_and_the_findings_say_what_to_do(program):
    begun = program.call("POST", "/mail-domain/checks", {"selectors": ["s1"]})
    (check,) = program.call("GET", "/mail-domain/checks").json()["rows"]

    assert (begun.status_code, begun.json()) == (202, {"is_begun": True})
    assert (check["domain"], check["is_good"], check["selectors"]) == (
        "dunwell.example",
        False,
        ["s1"],
    )
    assert "is kept for examples" in check["findings"][0]["text"]


def test_posted_letters_get_their_numbers(program, company):
    customer = add_customer(company, "K1", "One", country="DE", address="Weg 1\n10115 Berlin")
    letter = letter_to(customer, "L1", as_of=clock.today(company.zone), at=AT)
    told = {"dispatches": [{"message_id": letter.pk, "tracking": "RR 1234 5DE"}]}
    early = program.call("POST", "/letters/dispatches", told)
    type(letter).objects.filter(pk=letter.pk).update(status="sent", claimed_at=AT, sent_at=AT)
    done = program.call("POST", "/letters/dispatches", told)
    (batch,) = program.call("GET", "/letters/batches").json()
    (proof,) = program.call("GET", f"/letters/batches/{batch['id']}/dispatches").json()

    assert (early.status_code, done.json()) == (422, {"changed": 1})
    assert (proof["tracking"], proof["way"]) == ("RR 1234 5DE", "post")


def test_nobody_is_missing_without_a_worklist(program):
    assert program.call("GET", "/contact-gaps?role=legal").json() == {"rows": [], "next": ""}
