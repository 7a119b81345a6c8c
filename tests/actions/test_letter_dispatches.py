"""Proof of dispatch: who posted which letter when, and the number the post follows it by."""

import pytest

from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.letter_dispatches import record_dispatches
from dunwell.formats.letter_dispatches import Dispatch
from dunwell.models import Message
from dunwell.queries.letters import batch_letters, dispatch_rows, letter_batches
from tests.actions.desk import acting, last_event, verbs
from tests.actions.letter_rows import letter_to
from tests.conftest import AT, add_customer


def posted(company, number, address="Weg 1\n10115 Berlin", country="DE", **fields):
    customer = add_customer(company, number, f"{number} Ltd", country=country, address=address)
    letter = letter_to(customer, f"L{number}")
    told = {"status": "sent", "claimed_at": AT, "sent_at": AT, **fields}
    Message.objects.filter(pk=letter.pk).update(**told)
    return letter


def record(user, *dispatches):
    return record_dispatches(actor=acting(user), dispatches=dispatches, at=AT)


def test_a_number_is_kept_once_and_shown_as_proof(company, collector):
    letter = posted(company, "K1")
    dispatch = Dispatch(message_id=letter.pk, tracking=" rr 1234 5678 5de ", is_registered=True)

    assert (record(collector, dispatch), record(collector, dispatch)) == (1, 0)
    (row,) = dispatch_rows(company, letter_batches(company)[0].id)
    assert (row.way, row.tracking, row.posted_at, row.sha256) == (
        "registered post",
        "RR 1234 5678 5DE",
        AT,
        letter.body_sha256,
    )
    assert verbs(company) == ["letter.dispatched"]
    assert last_event(company)[2:] == (
        letter.customer_id,
        {"way": "registered post", "tracking": "RR 1234 5678 5DE", "before": ""},
    )


def test_a_plain_letter_has_no_number(company, collector):
    letter = posted(company, "K1")

    assert record(collector, Dispatch(message_id=letter.pk)) == 1
    (row,) = dispatch_rows(company, letter_batches(company)[0].id)
    assert (row.way, row.tracking) == ("post", "")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"tracking": "?!"}, "is no number of the post"),
        ({"is_registered": True}, "Registered mail has a number"),
        ({"tracking": "TAKEN 1"}, "TAKEN 1 is the number of another letter"),
        ({"message_id": 0}, "was not posted"),
    ],
)
def test_what_cannot_be_proof_is_refused(company, collector, changes, why):
    posted(company, "K0", provider="post", provider_id="TAKEN 1")
    letter = posted(company, "K1")

    with pytest.raises(Refused, match=why):
        record(collector, Dispatch(**{"message_id": letter.pk, **changes}))
    assert verbs(company) == []


def test_only_posted_letters_of_the_own_company_have_proof(company, collector, reader, rival):
    waits = posted(company, "K1", status="claimed", sent_at=None)
    letter = posted(company, "K2")

    for user, key, refusal in (
        (collector, waits.pk, Refused),
        (rival, letter.pk, Refused),
        (reader, letter.pk, Forbidden),
    ):
        with pytest.raises(refusal):
            record(user, Dispatch(message_id=key))
    with pytest.raises(Refused, match="one letter at least"):
        record(collector)
    twice = [
        Dispatch(message_id=one.pk, tracking="SAME 1") for one in (letter, posted(company, "K3"))
    ]
    with pytest.raises(Refused, match="SAME 1"):
        record(collector, *twice)


def test_a_batch_is_printed_in_the_order_of_the_post(company):
    posted(company, "K1", "1 High Street\nLondon SW1A 1AA", country="GB")
    posted(company, "K2", "Weg 1\n80331 München")
    posted(company, "K3", "Weg 1\n10115 Berlin", country="")
    posted(company, "K4", "Stephansplatz 1\n1010 Wien", country="AT")
    posted(company, "K5", "Weg 2\n10115 Berlin")

    found = batch_letters(company, letter_batches(company)[0].id)

    assert [letter.customer.number for letter in found] == ["K3", "K5", "K2", "K4", "K1"]
