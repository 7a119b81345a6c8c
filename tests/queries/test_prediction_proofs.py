"""The proofs about predictions find every planted break with its row."""

from datetime import timedelta

import pytest
from django.db import connection

from dunwell.actions.gate import system
from dunwell.actions.payments import apply_payment
from dunwell.models import Item, ItemPrediction
from tests.actions.ledger_rows import breaks, invoice, payment
from tests.actions.test_experiments import choice, log
from tests.actions.test_model_versions import record
from tests.actions.test_predictions import row, write
from tests.conftest import AT, TODAY

EARLIER = AT - timedelta(days=2)


@pytest.fixture
def scored(company, customer):
    """Two open items and a paid one, recorded before the day was scored; a choice of the day."""
    items = [invoice(customer, number, 100_00) for number in ("R1", "R2", "R3")]
    apply_payment(
        actor=system(company),
        payment=payment(customer, "P1", 100_00),
        amounts={items[2]: 100_00},
        as_of=TODAY,
        at=AT,
    )
    backdated("item", "allocation")
    version = record(system(company))
    write(version, [row(item) for item in items[:2]])
    log(company, choice(customer))
    return company


def backdated(*tables):
    """As if the rows had been written two days before the scoring."""
    for table in tables:
        plant(f"UPDATE dunwell_{table} SET recorded_at = %s",
              connection.ops.adapt_datetimefield_value(EARLIER))  # fmt: skip


def plant(statement, *parameters):
    """Change rows behind the product's back."""
    table = statement.split("dunwell_", 1)[1].split(" ", 1)[0]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        else:
            cursor.execute("PRAGMA ignore_check_constraints=ON")
        for verb in ("update", "delete"):
            on = f" ON dunwell_{table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS dunwell_{table}_no_{verb}{on}")
        cursor.execute(statement, parameters)
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints=OFF")


def broken(company, name):
    return breaks(company).get(name, ())


def item(number):
    return Item.objects.get(number=number).pk


def test_a_scored_day_proves_itself(scored):
    names = {"P1", "P2", "P3", "P4", "P5", "I27"}
    assert breaks(scored).keys() & names == set()


def test_an_open_item_without_a_prediction_is_found(scored):
    ItemPrediction.objects.filter(item__number="R2").delete()
    assert broken(scored, "P1") == ((str(item("R2")), "R2", "10000", "", ""),)


def test_a_prediction_of_a_paid_item_and_of_another_amount_are_found(scored):
    plant("UPDATE dunwell_itemprediction SET item_id = %s WHERE item_id = %s",
          item("R3"), item("R1"))  # fmt: skip
    plant("UPDATE dunwell_itemprediction SET open_minor = 9999 WHERE item_id = %s", item("R2"))
    assert [found[1:4] for found in broken(scored, "P1")] == [
        ("R1", "10000", ""),
        ("R2", "10000", "9999"),
        ("R3", "0", "10000"),
    ]


def test_what_was_booked_after_the_scoring_breaks_nothing(scored, customer):
    invoice(customer, "R4", 50_00)
    apply_payment(
        actor=system(scored),
        payment=payment(customer, "P2", 100_00),
        amounts={Item.objects.get(number="R1"): 100_00},
        as_of=TODAY,
        at=AT + timedelta(hours=1),
    )
    assert broken(scored, "P1") == ()


PLANTED = [
    ("P2", "UPDATE dunwell_itemprediction SET p_late_7_ppm = 600001 WHERE item_id = %s", "R1"),
    ("P2", "UPDATE dunwell_itemprediction SET q10_on = '2026-03-20' WHERE item_id = %s", "R1"),
    ("P3", "UPDATE dunwell_modelversion SET decided_by = '' WHERE id > 0 OR id = %s", "R1"),
    ("P4", "UPDATE dunwell_actionchoice SET action = 'call' WHERE id > 0 OR id = %s", "R1"),
    ("P4", "UPDATE dunwell_actionchoice SET propensity_ppm = 0 WHERE id > 0 OR id = %s", "R1"),
]


@pytest.mark.parametrize(
    ("name", "statement", "number"), PLANTED, ids=[f"{p[0]}-{n}" for n, p in enumerate(PLANTED)]
)
def test_a_planted_break_is_found(scored, name, statement, number):
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL keeps its check constraints on")
    plant(statement, item(number))
    assert len(broken(scored, name)) == 1


def test_changed_logs_and_models_are_found(scored):
    plant("UPDATE dunwell_predictionlog SET content = %s", b"other")
    plant("UPDATE dunwell_modelversion SET artifact = %s", b"other")
    assert broken(scored, "P5") == (
        ("log of 2026-03-05", "its content is not the content that was hashed"),
        ("version 1", "its content is not the content that was hashed"),
    )
