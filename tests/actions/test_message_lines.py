"""Lines of messages: whatever writes them, they name a message and an item that are there."""

import polars as pl
import pytest
from django.db import IntegrityError, connection, transaction

from dunwell.actions.bulk import insert_rows
from dunwell.models import MessageItem
from tests.actions.ledger_rows import invoice
from tests.actions.test_reminders import desk, owing, tonight

__all__ = ["desk"]
NOBODYS = 987_654_321

pytestmark = pytest.mark.both


def written(rows):
    """Write lines (message, item), and look at the keys as the end of a transaction would."""
    frame = pl.DataFrame(rows, schema={"message_id": pl.Int64, "item_id": pl.Int64}, orient="row")
    with transaction.atomic():
        level = pl.lit(1, pl.Int32)
        insert_rows(
            table="dunwell_messageitem", rows=frame.with_columns(level=level, open_minor=5)
        )
        connection.check_constraints()


def moved(**change):
    with transaction.atomic():
        MessageItem.objects.update(**change)
        connection.check_constraints()


@pytest.mark.parametrize("column", ["message_id", "item_id"])
def test_a_line_that_names_nothing_is_refused_with_all_beside_it(desk, column):
    customer = owing(desk, "K1")
    tonight(desk)
    message, item = MessageItem.objects.get().message_id, invoice(customer, "R-2", 10_00).pk
    wrong = (NOBODYS, item) if column == "message_id" else (message, NOBODYS)
    with pytest.raises(IntegrityError):
        written([(message, item), wrong])
    assert MessageItem.objects.count() == 1


@pytest.mark.parametrize("column", ["message_id", "item_id"])
def test_a_line_cannot_come_to_name_nothing(desk, column):
    owing(desk, "K1")
    tonight(desk)
    with pytest.raises(IntegrityError):
        moved(**{column: NOBODYS})
    assert not MessageItem.objects.filter(**{column: NOBODYS}).exists()


def test_lines_of_several_messages_are_written_together(desk):
    customers = [owing(desk, "K1"), owing(desk, "K2")]
    tonight(desk)
    messages = dict(MessageItem.objects.values_list("message__customer_id", "message_id"))
    written([(messages[one.pk], invoice(one, f"S-{one.pk}", 10_00).pk) for one in customers])
    assert MessageItem.objects.count() == 4
