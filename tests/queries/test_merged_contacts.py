"""What a merged record heard counts towards the limits of the record it went into."""

from datetime import timedelta

import pytest

from dunwell.actions.contact_attempts import log_attempt
from dunwell.actions.gate import system
from dunwell.actions.notes import record_note
from dunwell.models import Message
from dunwell.queries.contact_facts import attempts_since
from dunwell.queries.reminders import contact_log, native
from tests.actions.merge_rows import merged_by, split_by
from tests.conftest import AT, TODAY, add_customer


@pytest.fixture
def chain(company, customer):
    """Three records of one debtor: the second is to go into the first, the third into it."""
    return customer, add_customer(company, "K2"), add_customer(company, "K3")


def heard(company):
    """Keys of customers that heard from us, a day each."""
    return sorted(native(contact_log(company))["customer_id"].to_list())


def tried(company, *customers):
    rows = native(attempts_since(company, since=None, keys=[one.pk for one in customers]))
    return sorted(rows["customer_id"].to_list())


@pytest.fixture
def contacts(company, chain):
    """A mail to each of the three, and a call of the third, three days ago."""
    for number, one in enumerate(chain):
        Message.objects.create(
            company=company, customer=one, channel="email", status="sent", strategy="s", level=1,
            template="t", language="en", subject="s", body="b", body_sha256="",
            message_id=str(number), as_of=TODAY - timedelta(days=3), recorded_at=AT,
        )  # fmt: skip
    actor = system(company)
    record_note(
        actor=actor, customer=chain[2], kind="call", result="reached", why="", text="asked",
        as_of=TODAY - timedelta(days=3), at=AT - timedelta(days=3),
    )  # fmt: skip
    log_attempt(
        actor=actor, customer=chain[2], channel="call", purpose="collection",
        outcome="conversation", as_of=TODAY, at=AT,
    )  # fmt: skip


@pytest.mark.usefixtures("contacts")
def test_contacts_of_merged_records_count_for_the_survivor(company, chain, clerk, manager):
    first, second, third = (one.pk for one in chain)
    before = heard(company)
    assert before == sorted([first, second, third, third])
    own = tried(company, chain[2])
    assert own and tried(company, chain[0]) == []

    merge = merged_by(clerk, manager, chain[2], chain[1])
    assert heard(company) == sorted([*before, second, second])
    assert len(tried(company, chain[1])) == len(own)
    merged_by(clerk, manager, chain[1], chain[0])
    # along the chain too: the mail and the call of the third, and the mail of the second
    assert heard(company) == sorted([*before, second, second, first, first, first])
    assert tried(company, chain[0]) == [first] * len(own)
    assert tried(company, chain[2]) == own
    assert merge.merged == chain[2]


@pytest.mark.usefixtures("contacts")
def test_a_split_takes_them_back(company, chain, clerk, manager):
    before = heard(company)
    merge = merged_by(clerk, manager, chain[2], chain[1])
    assert heard(company) != before
    split_by(manager, merge)
    assert heard(company) == before and tried(company, chain[1]) == []
