"""Customers that change band, the movement matrix, and the stability alarm."""

from random import Random

import narwhals.stable.v2 as nw
import pytest

from dunwell.engine.schema import Column
from dunwell.engine.score_card import HOUSE_CARD
from dunwell.engine.score_moves import migrations, movement_matrix, stability_index
from tests.engine.rows import answers, table

COLUMNS = {
    "customer_id": Column(nw.Int64, "key"),
    "score": Column(nw.Int64, "score"),
    "band": Column(nw.String, "band"),
    "band_no": Column(nw.Int32, "place of the band"),
    "is_thin": Column(nw.Boolean, "thin"),
}


def scores(*values: int, thin=(), first=1) -> nw.LazyFrame:
    """Scores of customers 1, 2, ... in the bands of the house card."""
    rows = []
    for customer, value in enumerate(values, first):
        place = next(n for n, start in enumerate(HOUSE_CARD.bands, 1) if value >= start)
        rows.append(
            {
                "customer_id": customer,
                "score": value,
                "band": list(HOUSE_CARD.bands.values())[place - 1],
                "band_no": place,
                "is_thin": customer in thin,
            }
        )
    return table(COLUMNS, rows)


def test_a_customer_that_falls_two_bands_or_below_the_threshold_raises_the_alarm():
    before = scores(82, 70, 40, 55, 20, 82)
    now = scores(60, 60, 34, 90, 10, 60, 5, thin=[6])
    told = answers(
        migrations(now, before), "customer_id", "bands_fallen", "has_fallen_below", "is_alarm"
    )

    assert [tuple(row.values()) for row in told] == [
        (1, 2, False, True),
        (2, 1, False, False),
        (3, 1, True, True),
        (4, -2, False, False),
        (5, 0, False, False),
        (6, 2, False, False),
        (7, 0, False, False),
    ]


def test_a_new_customer_has_nothing_before():
    (row,) = answers(migrations(scores(50), scores(70, first=2)))

    assert row == {
        "customer_id": 1,
        "score": 50,
        "band": "C",
        "score_before": None,
        "band_before": None,
        "bands_fallen": 0,
        "has_fallen_far": False,
        "has_fallen_below": False,
        "is_alarm": False,
    }


def test_the_movement_matrix_counts_every_move_and_shares_add_up_by_band():
    moved = migrations(scores(85, 66, 66, 50, 10), scores(85, 81, 82, 50))

    assert answers(movement_matrix(moved), "band_before", "band", "customers", "share_ppm") == [
        {"band_before": "A", "band": "A", "customers": 1, "share_ppm": 333_333},
        {"band_before": "A", "band": "B", "customers": 2, "share_ppm": 666_666},
        {"band_before": "C", "band": "C", "customers": 1, "share_ppm": 1_000_000},
    ]


def test_the_stability_index_by_hand():
    found = answers(stability_index(scores(75, 75, 100, 95), scores(75, 75, 75, 95)))

    # 70: p = 2.5 / 9, q = 3.5 / 9; 90: p = 2.5 / 9, q = 1.5 / 9; 100 belongs to the last class
    assert found == [
        {
            "score_class": 70,
            "customers_before": 3,
            "customers": 2,
            "part_ppm": 37_386,
            "index_ppm": 94_144,
            "level": "stable",
        },
        {
            "score_class": 90,
            "customers_before": 1,
            "customers": 2,
            "part_ppm": 56_758,
            "index_ppm": 94_144,
            "level": "stable",
        },
    ]


def drawn(seed: int, customers: int, *, shift: int = 0) -> nw.LazyFrame:
    random = Random(seed)
    values = (round(random.gauss(65 - shift, 12)) for _ in range(customers))
    return scores(*[min(100, max(0, value)) for value in values])


@pytest.mark.parametrize(
    ("customers", "shift", "level"),
    [
        (2_000, 0, "stable"),
        (2_000, 5, "watch"),
        (2_000, 9, "shifted"),
        # few customers show an index that large by chance
        (40, 5, "stable"),
    ],
)
def test_the_stability_alarm_rises_with_the_shift_and_not_by_chance(customers, shift, level):
    found = answers(stability_index(drawn(1, customers, shift=shift), drawn(2, customers)))

    assert {row["level"] for row in found} == {level}
    assert sum(row["part_ppm"] for row in found) == found[0]["index_ppm"]


def test_small_portfolios_without_a_shift_raise_no_alarm():
    levels = [
        answers(stability_index(drawn(seed, 30), drawn(seed + 500, 30)))[0]["level"]
        for seed in range(100)
    ]

    assert [level for level in levels if level != "stable"] == []
