from datetime import timedelta

from dunwell.queries.messages import (
    MessageFilter,
    MessageLine,
    MessageRow,
    MessageTotal,
    message_counts,
    message_detail,
    message_rows,
)
from tests.actions.ledger_rows import invoice
from tests.actions.test_messages import message_to
from tests.conftest import AT, TODAY, add_customer


def found(company, **asked):
    paging = {name: asked.pop(name) for name in ("cursor", "limit") if name in asked}
    only = MessageFilter(**asked)
    return [row.id for row in message_rows(company, only=only, **paging).rows]


def row_of(message, customer, items, totals):
    return MessageRow(
        id=message.pk,
        customer_id=customer.pk,
        customer_number="K1",
        customer_name="Acme",
        channel="email",
        status="ready",
        status_label="Ready to send",
        strategy="standard",
        level=2,
        template="reminder",
        language="en",
        to="ap@acme.example",
        subject="Reminder",
        items=items,
        totals=totals,
        as_of=TODAY,
        recorded_at=AT,
        sent_at=None,
        attempts=0,
        error="",
        author="",
        provider="",
        cost_micros=None,
        cost_currency="",
        retry_at=None,
        may_repeat=False,
        delivered_at=None,
        bounced_at=None,
    )


def test_a_row_says_what_the_message_asks_for_and_the_detail_why_it_may(company, customer):
    euro, dollar = invoice(customer, "R1", 10_00), invoice(customer, "R2", 7_00, currency="USD")
    credit = invoice(customer, "C1", -1_00)
    items = [(euro, 10_00), (dollar, 7_00), (credit, -1_00)]
    message = message_to(customer, status="ready", items=items)
    totals = (
        MessageTotal(currency="EUR", open_minor=9_00),
        MessageTotal(currency="USD", open_minor=7_00),
    )

    row = row_of(message, customer, 3, totals)
    detail = message_detail(company, message.pk)

    assert message_rows(company).rows == (row,)
    assert (detail.row, detail.body, detail.decision) == (
        row,
        "Dear Acme",
        {"facts": {"open_minor": 1}},
    )
    assert detail.lines == tuple(
        MessageLine(
            item_id=item.pk,
            number=item.number,
            currency=item.currency,
            open_minor=amount,
            level=2,
            due_on=item.due_on,
        )
        for item, amount in items
    )


def test_messages_are_filtered_counted_and_paged(company, customer):
    yesterday = TODAY - timedelta(days=1)
    old = message_to(customer, status="sent", as_of=yesterday)
    draft = message_to(customer)
    letter = message_to(add_customer(company, "K2"), status="ready", channel="letter")

    assert found(company) == [letter.pk, draft.pk, old.pk]
    assert found(company, status="draft") == [draft.pk]
    assert found(company, channel="letter") == [letter.pk]
    assert found(company, customer_id=customer.pk) == [draft.pk, old.pk]
    assert found(company, as_of=yesterday) == [old.pk]
    page = message_rows(company, limit=2)
    assert found(company, limit=2, cursor=page.next) == [old.pk]
    assert message_counts(company) == {
        "draft": 1,
        "ready": 1,
        "claimed": 0,
        "sent": 1,
        "delivered": 0,
        "bounced": 0,
        "failed": 0,
        "dead": 0,
        "cancelled": 0,
    }


def test_one_row_and_three_take_the_same_queries_and_others_see_none(
    company, customer, rival, django_assert_num_queries
):
    item = invoice(customer, "R1", 10_00)
    one = message_to(customer, items=[(item, 1)])
    with django_assert_num_queries(2):
        found(company)
    for number in ("K2", "K3"):
        other = add_customer(company, number)
        message_to(other, items=[(invoice(other, "R1", 1_00), 1)])
    with django_assert_num_queries(2):
        assert len(found(company)) == 3
    theirs = rival.memberships.all()[0].company
    assert (found(theirs), message_detail(theirs, one.pk)) == ([], None)
