"""Any sequence of exports, early, late, repeated or shuffled, ends in the books of the last one."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from dunwell.actions.balances import rebuild_open_items
from dunwell.actions.gate import system
from tests.actions.exports import item_totals, items_csv, merged
from tests.actions.ledger_rows import breaks, open_amounts
from tests.conftest import AT, examples

pytestmark = pytest.mark.dealt(one_in=10, of="long files", whole=True)

ITEM = st.tuples(
    st.sampled_from(["K1", "K2", "K3"]), st.integers(-3, 9).filter(bool), st.integers(0, 40)
)
"""A customer, an amount in tens, and the day of issue from 1 January on."""


@st.composite
def histories(draw):
    """Items, and per export how many tenths of each are settled: more than before, or less."""
    items = draw(st.lists(ITEM, min_size=1, max_size=8))
    exports = draw(st.integers(1, 4))
    paid = [draw(st.lists(st.integers(0, 10), min_size=exports, max_size=exports)) for _ in items]
    born = [draw(st.integers(0, exports - 1)) for _ in items]
    repeats = draw(st.lists(st.booleans(), min_size=exports, max_size=exports))
    order = draw(st.permutations(range(len(items))))
    return items, exports, paid, born, repeats, order


def lines(items, paid, born, order, export):
    found = []
    for n in order:
        customer, tens, day = items[n]
        if born[n] <= export:
            issued = date(2026, 1, 1) + timedelta(days=day)
            kind = "invoice" if tens > 0 else "credit note"
            still_open = tens * (10 - paid[n][export])
            found.append(
                f"{customer};Name;N{n};{kind};{issued};{issued};EUR;{tens * 10}.00;{still_open}.00"
            )
    return found


@examples(10, release=100)
@given(history=histories())
def test_any_sequence_of_exports_ends_in_the_books_of_the_last(company, history):
    items, exports, paid, born, repeats, order = history
    with transaction.atomic():
        for export in range(exports):
            rows = lines(items, paid, born, order, export)
            if not rows:
                continue
            for turn in range(2 if repeats[export] else 1):
                at = AT + timedelta(days=export, hours=turn)
                batch = merged(company, items_csv(*rows), at=at, as_of=at.date())
                total, imported, known, refused = item_totals(batch)["EUR"]
                assert (total, refused) == (imported + known, 0)
                (tie,) = batch.tie
                assert (tie["ours_minor"], tie["differences"]) == (tie["told_minor"], 0)

        expected = {
            f"N{n}": items[n][1] * 100 * (10 - paid[n][exports - 1])
            for n in range(len(items))
            if paid[n][exports - 1] < 10
        }
        assert open_amounts(company) == expected
        assert breaks(company) == {}
        assert rebuild_open_items(actor=system(company), at=AT) == 0
        transaction.set_rollback(True)
