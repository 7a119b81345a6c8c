import csv
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from pypdf import PdfReader

from dunwell.actions.feeds import record_feed
from dunwell.actions.gate import Forbidden, Refused, system
from dunwell.actions.letters import Taken, post_letters, put_back_letters, take_letters
from dunwell.actions.messages import cancel_message
from dunwell.actions.policies import load_shipped_policies
from dunwell.actions.tasks import complete_task
from dunwell.jobs.letters import COLUMNS, letters_zip
from dunwell.models import ContactAttempt, Message, Task
from dunwell.queries.letters import letter_batches, letter_counts, taken_at
from tests.actions.desk import acting, last_event, verbs
from tests.actions.ledger_rows import payment
from tests.actions.letter_rows import letter_to
from tests.conftest import AT, TODAY, add_customer

NOON = datetime(2026, 3, 5, 11, tzinfo=UTC)
LATER = NOON + timedelta(minutes=5)


@pytest.fixture
def desk(company):
    """A company whose bank feed is fresh and whose strategies are known."""
    load_shipped_policies(company=company, at=AT)
    record_feed(
        actor=system(company), kind="bank", name="Main", covers_until_on=TODAY, as_of=TODAY, at=AT
    )
    return company


def customer_of(desk, number, address="Weg 1\n10115 Berlin"):
    return add_customer(desk, number, f"{number} GmbH", country="DE", address=address)


def taken(person, at=NOON):
    return take_letters(actor=acting(person), as_of=TODAY, at=at)


def posted(person, at=LATER, batch=NOON):
    return post_letters(actor=acting(person), taken_at=batch, as_of=TODAY, at=at)


def states():
    return {m.customer.number: m.status for m in Message.objects.select_related("customer")}


def test_letters_are_taken_once_posted_and_kept_as_contacts(desk, collector, manager):
    letters = [letter_to(customer_of(desk, f"K{n}"), f"L{n}") for n in range(3)]
    letter_to(customer_of(desk, "K9", address=""), "L9")

    assert letter_counts(desk).ready == 3 and letter_counts(desk).no_address == 1
    assert taken(collector) == Taken(3, 0, 0)
    with pytest.raises(Refused, match="No letter can be printed now"):
        taken(manager, at=LATER)
    assert states() == {"K0": "claimed", "K1": "claimed", "K2": "claimed", "K9": "ready"}

    assert posted(collector) == 3
    with pytest.raises(Refused, match="No letter of this batch waits to be posted"):
        posted(manager)
    assert states() == {"K0": "sent", "K1": "sent", "K2": "sent", "K9": "ready"}
    made = ContactAttempt.objects.order_by("message").values_list(
        "message", "channel", "outcome", "by", "at", "verdict__decision"
    )
    assert list(made) == [
        (letter.pk, "letter", "written", "anna", LATER, "allow") for letter in letters
    ]
    assert set(Task.objects.filter(message__in=letters).values_list("status", "done_by")) == {
        ("done", "anna")
    }
    (batch,) = letter_batches(desk)
    assert (batch.taken_at, batch.letters, batch.to_post, batch.posted_at) == (NOON, 3, 0, LATER)
    assert taken_at(batch.id) == NOON
    keys = [letter.pk for letter in letters]
    assert last_event(desk) == ("letters.posted", "anna", None, {"messages": keys})


def test_what_was_paid_meanwhile_is_withdrawn_with_its_task(desk, collector):
    paid, owing = customer_of(desk, "K1"), customer_of(desk, "K2")
    gone = letter_to(paid, "L1")
    letter_to(owing, "L2")
    payment(paid, "P1", 100_00)

    assert taken(collector) == Taken(1, 1, 0)
    assert states() == {"K1": "cancelled", "K2": "claimed"}
    task = Task.objects.get(message=gone)
    assert task.status == "cancelled"
    assert "what it asks for is not what is open any more" in _fresh(gone).error


def test_a_batch_that_is_put_back_waits_again_and_is_printed_anew(desk, collector):
    letter = letter_to(customer_of(desk, "K1"))
    taken(collector)
    with pytest.raises(Refused, match="being sent right now"):
        cancel_message(actor=acting(collector), message=_fresh(letter), reason="x", at=NOON)

    assert put_back_letters(actor=acting(collector), taken_at=NOON, at=LATER) == 1
    with pytest.raises(Refused, match="No letter of this batch can be put back"):
        put_back_letters(actor=acting(collector), taken_at=NOON, at=LATER)
    assert _fresh(letter).status == "ready" and _fresh(letter).attempts == 0
    assert taken(collector, at=LATER) == Taken(1, 0, 0)
    assert verbs(desk)[-3:] == ["letters.taken", "letters.put_back", "letters.taken"]


def test_letters_are_printed_at_any_hour_of_any_day(desk, collector):
    letter_to(customer_of(desk, "K1"))
    sunday_night = datetime(2026, 3, 8, 22, tzinfo=UTC)

    found = take_letters(actor=acting(collector), as_of=TODAY + timedelta(days=3), at=sunday_night)
    assert found == Taken(1, 0, 0)


def test_a_task_ticked_off_meanwhile_is_one_contact(desk, collector):
    letter = letter_to(customer_of(desk, "K1"))
    taken(collector)
    complete_task(actor=acting(collector), task=Task.objects.get(message=letter), at=NOON)

    assert posted(collector) == 1
    assert ContactAttempt.objects.count() == 1


def test_letters_need_the_right_and_are_the_company_s_own(desk, clerk, rival, collector):
    letter_to(customer_of(desk, "K1"))
    for act in (taken, posted):
        with pytest.raises(Forbidden, match="task.complete"):
            act(clerk)
    with pytest.raises(Refused, match="No letter can be printed"):
        taken(rival)
    taken(collector)
    with pytest.raises(Refused, match="No letter of this batch"):
        posted(rival)
    assert states() == {"K1": "claimed"}


def test_the_files_hold_each_letter_on_its_pages_and_are_the_same_again(
    desk, collector, monkeypatch
):
    monkeypatch.setattr("dunwell.jobs.letters.PART", 2)
    for n in range(3):
        letter_to(customer_of(desk, f"K{n}"), f"L{n}")
    taken(collector)
    (batch,) = letter_batches(desk)

    data = b"".join(letters_zip(desk, batch.id))
    assert data == b"".join(letters_zip(desk, batch.id))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == [
            "letters-001.pdf",
            "letters-002.pdf",
            "manifest.csv",
            "manifest.json",
        ]
        sheets = PdfReader(io.BytesIO(archive.read("letters-001.pdf")))
        rows = list(csv.reader(io.StringIO(archive.read("manifest.csv").decode("utf-8-sig"))))
        told = json.loads(archive.read("manifest.json"))
    texts = [page.extract_text() for page in sheets.pages]
    assert [("K0 GmbH" in text, "K1 GmbH" in text) for text in texts] == [
        (True, False), (False, True),
    ]  # fmt: skip
    assert "10115 Berlin" in texts[0] and "Dear K0 GmbH" in texts[0]
    assert rows[0] == list(COLUMNS)
    assert [row[:4] + row[6:11] for row in rows[1:]] == [
        [f"letters-00{1 + n // 2}.pdf", str(1 + n % 2), "1", "1", f"K{n}", f"K{n} GmbH",
         "Weg 1, 10115 Berlin", "10115", "DE"]
        for n in range(3)
    ]  # fmt: skip
    assert (told["letters"], [line["message_id"] for line in told["manifest"]]) == (
        3,
        [row[5] for row in rows[1:]],
    )


def test_posting_costs_the_same_queries_for_one_letter_and_three(
    desk, collector, django_assert_max_num_queries
):
    spent = []
    for rows, batch in ((1, NOON), (3, LATER)):
        for n in range(rows):
            letter_to(customer_of(desk, f"K{rows}{n}"), f"L{rows}{n}")
        taken(collector, at=batch)
        actor = acting(collector)
        with django_assert_max_num_queries(40) as queries:
            post_letters(actor=actor, taken_at=batch, as_of=TODAY, at=LATER)
        spent.append(len(queries))
    assert spent[0] == spent[1]


def _fresh(message):
    return Message.objects.get(pk=message.pk)
