"""All that is told of cases, a row per thing told: every figure is a sum over such rows."""

import narwhals.stable.v2 as nw

from dunwell.engine.process.conformance import deviations, fits
from dunwell.engine.process.log import CASES, MONEY_DAYS
from dunwell.engine.process.path import LOOPS, STAGES
from dunwell.engine.process.rework import loops, repeats
from dunwell.engine.process.stages import stages
from dunwell.engine.process.variants import variants
from dunwell.engine.schema import Column, Frame

STEP, VARIANT, AGAIN, LOOP = "step", "variant", "again", "loop"
STAGE, DEVIATION, FIT, HANDOVER = "stage", "deviation", "fit", "handover"
KINDS = (STEP, VARIANT, AGAIN, LOOP, STAGE, DEVIATION, FIT, HANDOVER)

STILL_WAITING = "still_waiting"
"""What follows a step after which nothing has come and something is still owed."""
ARROW = ">"

MARKS: Frame = {
    "kind": Column(nw.String, "what is told: one of KINDS"),
    "name": Column(nw.String, "of which step, variant, loop, stage, deviation or hand-over"),
    "case_id": CASES["case_id"],
    "customer_id": CASES["customer_id"],
    "segment": CASES["segment"],
    "currency": CASES["currency"],
    "amount_minor": CASES["amount_minor"],
    "money_days": Column(nw.Int64, "minor units times the calendar days they waited"),
    "days": Column(nw.Int32, "calendar days it took, empty for no time", nullable=True),
    "hours": Column(nw.Int32, "whole business hours it took", nullable=True),
    "is_waiting": Column(nw.Boolean, "it goes on; days are those until the day asked about"),
}
_OWN = ("kind", "name", "case_id", "money_days", "days", "hours", "is_waiting")


def marks(steps: nw.LazyFrame, cases: nw.LazyFrame) -> nw.LazyFrame:
    """Return what is told of cases of invoice to cash, in columns MARKS, in no order.

    `steps` in columns STEPS, `cases` in CASES.
    """
    strayed = deviations(steps)
    return _of_cases(
        [
            (STEP, step_marks(steps)),
            (VARIANT, variants(steps)),
            (AGAIN, repeats(steps)),
            (LOOP, loops(steps, LOOPS)),
            (STAGE, stages(steps, STAGES)),
            (DEVIATION, strayed),
            (FIT, fits(steps, strayed)),
            (HANDOVER, handovers(steps)),
        ],
        cases,
    )


def plain_marks(steps: nw.LazyFrame, cases: nw.LazyFrame) -> nw.LazyFrame:
    """Return what can be told of any log, whatever its activities are called."""
    told = [(STEP, step_marks(steps)), (VARIANT, variants(steps)), (AGAIN, repeats(steps))]
    return _of_cases(told, cases)


def step_marks(steps: nw.LazyFrame) -> nw.LazyFrame:
    """Return every step with its wait, named `activity>what came next`."""
    following = (
        nw.when(nw.col("is_waiting")).then(nw.lit(STILL_WAITING)).otherwise("next_activity")
    )
    return steps.with_columns(following=following, money_days=MONEY_DAYS).with_columns(
        name=nw.concat_str([nw.col("activity"), nw.col("following")], separator=ARROW)
    )


def handovers(steps: nw.LazyFrame) -> nw.LazyFrame:
    """Return every step after which another kind of party acted, named `kind>kind`."""
    return steps.filter(
        (nw.col("resource") != "")
        & (nw.col("next_resource") != "")
        & (nw.col("resource") != nw.col("next_resource"))
    ).with_columns(
        name=nw.concat_str([nw.col("resource"), nw.col("next_resource")], separator=ARROW),
        money_days=MONEY_DAYS,
    )


def _of_cases(told: list[tuple[str, nw.LazyFrame]], cases: nw.LazyFrame) -> nw.LazyFrame:
    parts = [part.with_columns(kind=nw.lit(kind)).select(*_OWN) for kind, part in told]
    return nw.concat(parts).join(cases, on="case_id", how="inner").select(*MARKS)
