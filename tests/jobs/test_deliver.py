"""Delivery: what is ready goes out once, judged once more, and what became of it is kept."""

import email
import email.policy
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from dunwell.actions.adjustments import record_adjustment
from dunwell.actions.contacts import add_contact, edit_contact, mark_bounced
from dunwell.actions.disputes import open_dispute
from dunwell.actions.feeds import record_feed
from dunwell.actions.gate import system
from dunwell.actions.holds import place_hold
from dunwell.actions.messages import approve_message
from dunwell.actions.outbox import ATTEMPTS, BACKOFF, LEASE, claim_messages
from dunwell.actions.policies import load_shipped_policies
from dunwell.actions.promises import record_promise
from dunwell.engine.backoff import JITTER
from dunwell.jobs.cycle import run_cycle
from dunwell.jobs.deliver import deliver
from dunwell.models import Company, Event, Item, Message, Task
from dunwell.queries.deliveries import early_messages
from tests.actions.ledger_rows import breaks, invoice, payment
from tests.conftest import AT, TODAY, add_customer
from tests.connectors.mail_sink import mail_sink

LATE = {"issued_on": TODAY - timedelta(days=40), "due_on": TODAY - timedelta(days=10)}
NOON = datetime(2026, 3, 5, 11, tzinfo=UTC)
"""Noon in Berlin on TODAY."""


@pytest.fixture(scope="module")
def _written(standing):
    """A company whose cycle has run and left one reminder ready."""
    company = Company.objects.create(
        name="Northwind", zone="Europe/Berlin", country="DE", currency="EUR", created_at=AT
    )
    load_shipped_policies(company=company, at=AT)
    record_feed(
        actor=system(company), kind="bank", name="Main", covers_until_on=TODAY, as_of=TODAY, at=AT
    )
    customer = add_customer(
        company, "K1", "Acme GmbH", country="DE", address="Weg 1, 10115 Berlin"
    )
    contact(customer, "pay@acme.example")
    invoice(customer, "R1", 100_00, **LATE)
    invoice(customer, "R2", 50_00, **LATE)
    with time_machine.travel(AT, tick=False):
        run_cycle(company.pk, TODAY)
    assert Message.objects.get().status == "ready"


@pytest.fixture
def company(_written, db):
    return Company.objects.get()


@pytest.fixture
def reminded(company, settings, tmp_path):
    """A customer with one reminder that is ready, and the company it belongs to."""
    settings.DATA_DIR = tmp_path
    return company.customers.get()


def contact(customer, address):
    return add_contact(
        actor=system(customer.company), customer=customer, email=address, name="Pat Doe", at=AT
    )


def delivered(company, at=NOON):
    with time_machine.travel(at, tick=False):
        return dict(deliver(company.pk))


def outbox(tmp_path):
    return [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in sorted((tmp_path / "outbox").rglob("*.eml"))
    ]


def told(message_id=None):
    message = Message.objects.order_by("id")[0]
    return message.status, message.error


def test_a_reminder_goes_to_the_file_outbox_once_and_says_what_is_open(reminded, tmp_path):
    company = reminded.company
    assert (delivered(company), delivered(company)) == ({"sent": 1}, {})
    (mail,) = outbox(tmp_path)
    message = Message.objects.get()
    text = mail.get_content().replace("\r\n", "\n")
    assert (mail["To"], mail["Message-ID"], text) == (
        "pay@acme.example",
        f"<{company.pk}.{reminded.pk}.2026-03-05.email@dunwell>",
        message.body,
    )
    lines = [line.strip() for line in text.splitlines() if "R1" in line or "R2" in line]
    assert lines == [
        "Invoice R1 of Jan 24, 2026, due Feb 23, 2026 (10 days late): €100.00",
        "Invoice R2 of Jan 24, 2026, due Feb 23, 2026 (10 days late): €50.00",
    ]
    assert "Amount to pay in EUR: €150.00" in text
    assert (message.status, message.sent_at, message.attempts) == ("sent", NOON, 1)
    verbs = list(Event.objects.order_by("-seq").values_list("verb", "customer_id")[:2])
    assert verbs == [("message.sent", reminded.pk), ("message.claimed", None)]
    assert breaks(company) == {}


def item(number):
    return Item.objects.get(number=number)


def paid_in_part(customer):
    payment(customer, "P1", 20_00)


def paid_in_full(customer):
    payment(customer, "P1", 150_00)


def disputed_in_full(customer):
    for number in ("R1", "R2"):
        row = item(number)
        open_dispute(
            actor=system(customer.company), item=row, amount_minor=row.amount_minor,
            reason="price", as_of=TODAY, at=AT,
        )  # fmt: skip


def promised_in_full(customer):
    amounts = {item(number): item(number).amount_minor for number in ("R1", "R2")}
    record_promise(
        actor=system(customer.company), customer=customer, amounts=amounts,
        due_on=TODAY + timedelta(days=5), as_of=TODAY, at=AT,
    )  # fmt: skip


def held(customer):
    place_hold(
        actor=system(customer.company), customer=customer, reason="legal", as_of=TODAY, at=AT,
    )  # fmt: skip


def written_off(customer):
    record_adjustment(
        actor=system(customer.company), item=item("R2"), kind="write_off", amount_minor=50_00,
        reason="too small", as_of=TODAY, at=AT,
    )  # fmt: skip


def bounced(customer):
    mark_bounced(
        actor=system(customer.company), contact=customer.contacts.get(), as_of=TODAY, at=AT
    )


def moved(customer):
    edit_contact(
        actor=system(customer.company), contact=customer.contacts.get(),
        changes={"email": "new@acme.example"}, at=AT,
    )  # fmt: skip


def opted_out(customer):
    type(customer).objects.filter(pk=customer.pk).update(is_opted_out=True)


@pytest.mark.parametrize(
    ("happened", "reasons"),
    [
        (paid_in_part, ["amounts_changed"]),
        (paid_in_full, ["amounts_changed", "below_minimum", "nothing_to_chase"]),
        (disputed_in_full, ["all_disputed", "amounts_changed"]),
        (promised_in_full, ["amounts_changed", "promise_open"]),
        (held, ["amounts_changed", "legal_hold"]),
        (written_off, ["amounts_changed"]),
        (bounced, ["bounced"]),
        (moved, ["address_changed"]),
        (opted_out, ["opted_out"]),
    ],
)
def test_what_happened_since_withdraws_the_reminder_with_its_reasons(
    reminded, tmp_path, happened, reasons
):
    happened(reminded)
    assert delivered(reminded.company) == {"withdrawn": 1}
    event = Event.objects.order_by("-seq")[0]
    found = [reason for reason in event.data["reasons"] if reason != "below_minimum"]
    assert (event.verb, found) == (
        "message.cancelled",
        [reason for reason in reasons if reason != "below_minimum"],
    )
    assert (Message.objects.get().status, outbox(tmp_path)) == ("cancelled", [])


@pytest.mark.parametrize(
    ("moment", "why"),
    [
        (datetime(2026, 3, 5, 6, 59, tzinfo=UTC), "outside the hours"),
        (datetime(2026, 3, 5, 17, 0, tzinfo=UTC), "outside the hours"),
        (datetime(2026, 3, 7, 11, tzinfo=UTC), "not a business day"),
        (datetime(2026, 3, 9, 11, tzinfo=UTC), "bank data is too old"),
    ],
)
def test_at_the_wrong_hour_it_waits_and_the_attempt_does_not_count(reminded, moment, why):
    Company.objects.update(feed_max_age_days=3)
    assert delivered(reminded.company, moment) == {"waiting": 1}
    message = Message.objects.get()
    assert (message.status, message.attempts) == ("ready", 0)
    assert why in message.error


def test_what_was_given_no_hour_does_not_wait_for_the_hours_of_others(reminded):
    company, given = reminded.company, Message.objects.get()
    assert "not_before_minute" not in given.decision
    told_late = {**given.decision, "not_before_minute": 18 * 60}
    Message.objects.filter(pk=given.pk).update(decision=told_late)
    plain = Message.objects.get()
    plain.pk, plain.channel, plain.message_id = None, "notice", "<notice@dunwell>"
    plain.decision = given.decision
    plain.save(force_insert=True)

    claimed = claim_messages(
        actor=system(company),
        limit=5,
        at=NOON,
        besides=early_messages(company, as_of=TODAY, at=NOON),
    )
    assert [message.channel for message in claimed] == ["notice"]


def test_in_summer_the_hours_follow_the_customers_clock(reminded):
    Company.objects.update(feed_max_age_days=400)
    Message.objects.update(as_of=date(2026, 7, 1))
    six_utc = datetime(2026, 7, 1, 6, 0, tzinfo=UTC)
    assert delivered(reminded.company, six_utc - timedelta(minutes=1)) == {"waiting": 1}
    assert delivered(reminded.company, six_utc) == {"sent": 1}


@pytest.mark.dealt(one_in=8, of="days and months")
def test_a_reminder_that_waited_too_long_is_withdrawn_and_written_anew(reminded):
    Company.objects.update(feed_max_age_days=400)
    later = TODAY + timedelta(days=8)
    moment = datetime(2026, 3, 13, 11, tzinfo=UTC)
    assert delivered(reminded.company, moment) == {"withdrawn": 1}
    with time_machine.travel(moment, tick=False):
        run_cycle(reminded.company.pk, later)
    rows = list(Message.objects.order_by("id").values_list("status", "level", "as_of"))
    assert rows == [
        ("cancelled", 1, TODAY),
        ("cancelled", 1, TODAY + timedelta(days=1)),
        ("ready", 1, later - timedelta(days=1)),
    ]


def test_a_draft_goes_out_only_after_a_second_person_agreed(reminded, manager):
    from tests.actions.desk import acting

    Message.objects.update(status="draft")
    Task.objects.create(
        company=reminded.company, customer=reminded, message=Message.objects.get(),
        kind="approve", reason="", due_on=TODAY, as_of=TODAY, recorded_at=AT,
    )  # fmt: skip
    assert delivered(reminded.company) == {}
    approve_message(actor=acting(manager), message=Message.objects.get(), at=AT)
    assert delivered(reminded.company) == {"sent": 1}


def live(company, settings, port, **changes):
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    Company.objects.update(sending="live", **changes)


def test_a_live_company_sends_through_the_server(reminded, settings, tmp_path):
    folder = tmp_path / "sink"
    folder.mkdir()
    with mail_sink(folder) as port:
        live(reminded.company, settings, port, reply_to="anna@northwind.example")
        assert delivered(reminded.company) == {"sent": 1}
    (path,) = folder.glob("*.eml")
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert (str(mail["From"]), str(mail["Reply-To"]), outbox(tmp_path)) == (
        "Northwind <credit@dunwell.example>",
        "anna@northwind.example",
        [],
    )


@pytest.mark.parametrize(
    ("address", "status", "text"),
    [
        ("refused@acme.example", "dead", "550 no such mailbox"),
        ("later@acme.example", "failed", "451 try again later"),
    ],
)
def test_a_refusal_is_kept_and_only_a_passing_one_is_tried_again(
    reminded, settings, tmp_path, address, status, text
):
    reminded.contacts.update(email=address)
    Message.objects.update(to=address)
    with mail_sink(tmp_path) as port:
        live(reminded.company, settings, port)
        assert delivered(reminded.company) == {status: 1}
        assert delivered(reminded.company, NOON + timedelta(seconds=59)) == {}
        again = {} if status == "dead" else {"failed": 1}
        assert delivered(reminded.company, NOON + BACKOFF[0] * (1 + JITTER)) == again
    message = Message.objects.get()
    assert (message.status, message.attempts) == (status, 1 if status == "dead" else 2)
    assert message.error.endswith(text)


def test_after_the_last_attempt_it_is_given_up(reminded, settings):
    live(reminded.company, settings, 1)
    Message.objects.update(status="failed", attempts=ATTEMPTS - 1, claimed_at=AT - BACKOFF[-1])
    assert delivered(reminded.company) == {"dead": 1}
    assert Event.objects.order_by("-seq")[0].verb == "message.dead"


def test_a_full_or_missing_folder_is_a_failure_to_try_again(reminded, tmp_path):
    (tmp_path / "outbox").write_text("in the way")
    assert delivered(reminded.company) == {"failed": 1}
    assert told()[1].startswith("The file outbox: ")


def test_a_claim_of_a_dead_worker_is_taken_over_when_it_has_run_out(reminded, tmp_path):
    company = reminded.company
    claim_messages(actor=system(company), limit=5, at=NOON)
    assert delivered(company, NOON + LEASE - timedelta(seconds=1)) == {}
    assert delivered(company, NOON + LEASE) == {"sent": 1}
    message = Message.objects.get()
    # one file however often it is written, so nobody need fear a repeat
    assert (len(outbox(tmp_path)), message.attempts, message.may_repeat) == (1, 2, False)


def test_the_command_says_what_became_of_the_messages(reminded):
    out = StringIO()
    with time_machine.travel(NOON, tick=False):
        call_command("deliver", stdout=out)
        call_command("deliver", company="Northwind", stdout=out)
    assert out.getvalue().splitlines() == [
        "Northwind: sent 1 (test: to the file outbox)",
        "Northwind: nothing due (test: to the file outbox)",
    ]
