"""Orders that the risk appetite holds: by what is kept of the book, and what came since."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell.actions.credit_releases import release_hold
from dunwell.actions.gate import Refused
from dunwell.models import CreditHold, PortfolioMeasure
from tests.actions.appetite_rows import appetite, kept
from tests.actions.ledger_rows import invoice
from tests.actions.order_rows import NOW, check, limited, person
from tests.conftest import TODAY, add_customer

pytestmark = pytest.mark.django_db

SECTOR = {"name": "construction", "measure": "sector_share", "sectors": ["F"], "most_ppm": 300_000}


@pytest.fixture
def builder(customer):
    """A customer who builds, owing 2,000 of a book of 10,000."""
    limited(customer, 100_000_00)
    customer.sector, customer.country = "41", "DE"
    customer.save()
    invoice(customer, "R1", 2_000_00)
    other = limited(add_customer(customer.company, "C2", country="FR"), 100_000_00)
    invoice(other, "R2", 8_000_00)
    return customer


def outcome(found, rule):
    return next(one for one in found.outcomes if one["rule"] == rule)


def test_an_order_that_breaks_a_sectors_limit_is_held_with_the_reason_and_the_number(builder):
    appetite(builder.company, {**SECTOR, "then": "stop"})
    kept(builder.company)
    # 3,000 of 11,000 is 27.3 %; 4,000 more of 15,000 is 46.7 %
    assert check(builder, "SO-1", 1_000_00).decision == "approved"
    found = check(builder, "SO-2", 4_000_00)
    said = outcome(found, "appetite_stop")
    assert (found.decision, said["result"]) == ("held", "held")
    assert said["text"] == (
        "construction would be 46.67 %; at most 30 % is wanted. "
        f"By the book of {TODAY.isoformat()} and the orders approved since."
    )
    assert {key: said["figures"][key] for key in ("limit", "value_ppm", "allowed_ppm")} == {
        "limit": "construction", "value_ppm": 466_667, "allowed_ppm": 300_000
    }  # fmt: skip
    # 3,428.57 of 11,428.57 is 30.0 % rounded up: a cent more is above
    assert [(one["kind"], one["amount_minor"]) for one in said["release"]][1] == (
        "reduce", 428_57
    )  # fmt: skip
    assert check(builder, "SO-3", 428_57).decision == "approved"
    hold = CreditHold.objects.get()
    assert hold.reasons[0]["text"] == said["text"]
    with pytest.raises(Refused, match="has to end first"):
        release_hold(
            actor=person(builder.company, "mona", "credit_manager"), hold=hold, reason="x", **NOW
        )


def test_orders_that_are_approved_count_for_those_that_follow(builder):
    appetite(builder.company, {**SECTOR, "then": "refer"})
    kept(builder.company)
    assert [check(builder, f"SO-{n}", 700_00).decision for n in range(3)] == [
        "approved", "approved", "held"
    ]  # fmt: skip
    added = dict(
        PortfolioMeasure.objects.exclude(added_minor=0)
        .exclude(dimension="squares")
        .values_list("dimension", "added_minor")
    )
    assert added == dict.fromkeys(
        ("total", "country", "sector", "currency", "class", "group", "name"), 1_400_00
    )
    # the next cycle finds them in the exposure, and counts anew
    kept(builder.company)
    assert not PortfolioMeasure.objects.exclude(added_minor=0).exists()
    assert check(builder, "SO-9", 700_00).decision == "held"


@pytest.mark.parametrize(
    ("limit", "is_held"),
    [
        ({"measure": "total_exposure", "most_minor": 11_000_00}, True),
        ({"measure": "total_exposure", "most_minor": 13_000_00}, False),
        ({"measure": "country_share", "most_ppm": 300_000, "excluding": ["FR"]}, True),
        ({"measure": "country_share", "most_ppm": 300_000, "excluding": ["DE"]}, False),
        ({"measure": "currency_share", "most_ppm": 100_000, "excluding": ["EUR"]}, False),
        ({"measure": "top_1_share", "most_ppm": 600_000}, False),
        ({"measure": "top_1_exposure", "most_minor": 3_999_99}, True),
        ({"measure": "group_share", "most_ppm": 300_000}, True),
        ({"measure": "class_share", "classes": ["D"], "most_ppm": 1_000_000}, False),
        ({"measure": "new_share", "most_ppm": 1_000_000}, False),
        ({"measure": "uncovered_share", "most_ppm": 1_000_000}, False),
        ({"measure": "hhi", "most_ppm": 540_000}, False),
        ({"measure": "expected_loss", "most_minor": 1}, True),
    ],
)
def test_each_measure_holds_what_it_should(builder, limit, is_held):
    appetite(builder.company, {"name": "one", "then": "refer", **limit})
    kept(builder.company)
    found = check(builder, "SO-1", 2_000_00)
    assert (found.decision == "held") == is_held
    assert outcome(found, "appetite_refer")["result"] == ("held" if is_held else "passed")


def test_a_limit_that_is_watched_holds_nothing_and_asks_nothing_more(builder):
    appetite(builder.company, {**SECTOR, "then": "watch"})
    kept(builder.company)
    with CaptureQueriesContext(connection) as watched:
        assert check(builder, "SO-1", 9_000_00).decision == "approved"
    appetite(builder.company, {**SECTOR, "then": "refer", "most_ppm": 1_000_000})
    with CaptureQueriesContext(connection) as acting:
        assert check(builder, "SO-2", 9_000_00).decision == "approved"
    # what is kept is locked, read and added to
    assert len(acting) - len(watched) == 4
    assert not any("portfoliomeasure" in one["sql"] for one in watched)


def test_nothing_kept_yet_holds_nothing(builder):
    appetite(builder.company, {**SECTOR, "then": "stop"})
    said = outcome(check(builder, "SO-1", 9_000_00), "appetite_stop")
    assert (said["result"], said["text"]) == ("skipped", "No figures of the book are kept yet.")
