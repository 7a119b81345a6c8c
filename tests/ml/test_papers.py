"""Documents on paper that are paid later than electronic ones: the model must find it."""

from dataclasses import replace
from functools import cache

import numpy as np
import polars as pl

from dunwell.ml.curves import ITEM_COLUMNS
from dunwell.ml.explain import reasons
from dunwell.ml.history import HISTORY_ITEMS, PAPERS, History
from dunwell.ml.pay_date import fit

AS_OF, ITEMS, CUSTOMERS = 20_500, 900, 20
LATER = 14
"""Days that a document on paper is paid after an electronic one."""
NOBODY = {"item_id": pl.Int64, "day": pl.Int32}
ASKED = pl.DataFrame(
    [
        (90_001, 1, "EUR", 20_000, AS_OF - 1, AS_OF + 29),
        (90_002, 1, "EUR", 20_000, AS_OF - 1, AS_OF + 29),
    ],
    schema={name: HISTORY_ITEMS[name] for name in ITEM_COLUMNS},
    orient="row",
)


@cache
def book() -> History:
    """Items paid about the due day, those on paper LATER; of every tenth it is not known."""
    random = np.random.default_rng(5)
    number = np.arange(1, ITEMS + 1)
    issued = AS_OF - np.sort(random.integers(0, 500, ITEMS))[::-1]
    is_paper = random.random(ITEMS) < 0.5
    paid = issued + 30 + np.rint(random.normal(0, 3, ITEMS)).astype(int) + LATER * is_paper
    ended = [int(day) if day <= AS_OF else None for day in paid]
    items = pl.DataFrame(
        {
            "item_id": number,
            "customer_id": random.integers(1, CUSTOMERS + 1, ITEMS),
            "currency": ["EUR"] * ITEMS,
            "amount_minor": random.integers(1_000, 90_000, ITEMS),
            "open_minor": [0 if day else 1_000 for day in ended],
            "issued_day": issued,
            "due_day": issued + 30,
            "paid_day": ended,
            "ended_day": ended,
        }
    ).cast(pl.Schema(HISTORY_ITEMS))
    papers = pl.DataFrame({"item_id": number, "is_paper": is_paper}, schema=PAPERS)
    asked = pl.DataFrame([(90_001, True), (90_002, False)], schema=PAPERS, orient="row")
    return History(
        as_of=AS_OF,
        items=items,
        parts=pl.DataFrame(schema=NOBODY | {"amount_minor": pl.Int64}),
        disputes=pl.DataFrame(
            schema={"item_id": pl.Int64, "opened_day": pl.Int32, "closed_day": pl.Int32}
        ),
        promises=pl.DataFrame(
            schema={"item_id": pl.Int64}
            | dict.fromkeys(("made_day", "due_day", "withdrawn_day"), pl.Int32)
        ),
        contacts=pl.DataFrame(schema=NOBODY | {"customer_id": pl.Int64}),
        countries=pl.DataFrame(schema={"customer_id": pl.Int64, "country": pl.String}),
        papers=pl.concat([papers.filter(pl.col("item_id") % 10 != 0), asked]),
    )


@cache
def model():
    return fit(book(), "hazard")


def test_a_document_on_paper_is_expected_later():
    paper, electronic = model().curves(book(), ASKED).expected()

    assert paper - electronic > LATER / 2


def test_how_it_was_sent_is_told_as_a_reason_in_days():
    # most of what is open went out on paper, so that is what is usual
    assert book().open.join(book().papers, on="item_id")["is_paper"].mean() > 0.5

    paper, electronic = reasons(model(), book(), ASKED).to_list()

    told = {one["code"]: one for one in electronic}["paper"]
    assert told["value"] == 0
    assert told["effect_days"] < -LATER / 2
    assert "paper" not in {one["code"] for one in paper}


def test_where_it_is_not_known_how_they_were_sent_both_are_expected_alike():
    unknown = replace(book(), papers=book().papers.clear())

    one, two = fit(unknown, "hazard").curves(unknown, ASKED).expected()

    assert one == two
