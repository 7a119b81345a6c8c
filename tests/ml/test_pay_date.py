"""Models by name: the naive ones on any history, the learned one where there is enough to learn."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from dunwell.ml.curves import GRID_DAYS
from dunwell.ml.naive import NAIVE
from dunwell.ml.pay_date import LEAST_PAID_ITEMS, TooLittleToLearn, fit, learned
from tests.ml.books import requests, sample_history

BOOK = sample_history(90)
NEVER = pl.lit(None, pl.Int32)
EMPTY = {
    name: getattr(BOOK, name).head(0) for name in ("parts", "disputes", "promises", "contacts")
}
IS_PAID = pl.col("paid_day").is_not_null()
HISTORIES = {
    "no items": replace(BOOK, items=BOOK.items.head(0), **EMPTY),
    "no paid items": replace(BOOK, items=BOOK.items.with_columns(paid_day=NEVER, ended_day=NEVER)),
    "one item": replace(BOOK, items=BOOK.items.filter(IS_PAID).head(1)),
    "all paid": replace(BOOK, items=BOOK.items.filter(IS_PAID)),
    "one day": replace(
        BOOK,
        items=BOOK.items.with_columns(
            issued_day=pl.lit(BOOK.as_of, pl.Int32), paid_day=NEVER, ended_day=NEVER
        ),
    ),
}


@pytest.mark.parametrize("name", NAIVE)
@pytest.mark.parametrize("known", HISTORIES.values(), ids=HISTORIES)
def test_a_naive_model_answers_on_any_history(name, known):
    model = fit(known, name)
    told = model.curves(known, requests(BOOK))
    assert (told.model, told.as_of, len(told)) == (name, BOOK.as_of, BOOK.open.height)
    assert np.isfinite(told.paid).all() and (np.diff(told.paid, axis=1) >= 0).all()
    assert ((told.tail > 0) & (told.tail < 1)).all()
    assert model.curves(known, requests(BOOK).head(0)).paid.shape == (0, GRID_DAYS)


@pytest.mark.parametrize("name", learned())
def test_a_learned_model_refuses_a_history_with_too_little_in_it(name):
    few = ("no items", "no paid items", "one item", "one day")
    for known in (HISTORIES[case] for case in few):
        with pytest.raises(
            TooLittleToLearn, match=f"50 paid items or more, and only {known.paid_items}"
        ):
            fit(known, name)


@pytest.mark.parametrize("name", learned())
def test_a_learned_model_learns_from_the_least_there_must_be(name):
    paid = BOOK.items.filter(IS_PAID).head(LEAST_PAID_ITEMS)
    known = replace(BOOK, items=pl.concat([paid, BOOK.open]).sort("item_id"))
    told = fit(known, name).curves(known, requests(known))
    assert known.paid_items == LEAST_PAID_ITEMS
    assert np.isfinite(told.paid).all() and (np.diff(told.paid, axis=1) >= 0).all()


def test_any_other_name_is_refused():
    with pytest.raises(KeyError, match="oracle"):
        fit(BOOK, "oracle")
    assert set(learned()).isdisjoint(NAIVE)


WITHOUT_LIBRARY = """
import sys
sys.path.insert(0, sys.argv[1])
import dunwell.ml.explain as explain, dunwell.ml.pay_date as pay_date
from dunwell.ml.artifact import dump, load
from tests.ml.books import requests, sample_history
known = sample_history(30)
model = load(dump(pay_date.fit(known, "customer_median")))
asked = requests(known)
print(pay_date.learned(), len(model.curves(known, asked)), len(explain.reasons(model, known, asked)))
"""


def test_where_the_library_cannot_be_loaded_the_naive_models_go_on(tmp_path):
    package = tmp_path / "lightgbm"
    package.mkdir()
    (package / "__init__.py").write_text("raise OSError('libgomp.so.1: cannot open')")
    root = Path(__file__).parents[2]
    done = subprocess.run(  # noqa: PLW1510 -- the answer is what the test is about
        [sys.executable, "-c", WITHOUT_LIBRARY, str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": f"{root / 'src'}{os.pathsep}{root}"},
    )
    number = requests(sample_history(30)).height
    assert (done.stdout, done.stderr) == (f"() {number} {number}\n", "")
