"""Training: what a company's past says about its pay days, back-tested, judged and recorded.

All the work is on frames and arrays, outside any transaction; one action at the end writes.
Same ledger, day and seed: same bytes.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from functools import partial
from typing import Any

import polars as pl

from dunwell import clock
from dunwell.actions.gate import Actor, Refused, staff, system
from dunwell.actions.model_versions import TrainedModel, record_model_version
from dunwell.engine.calendars import day_date
from dunwell.jobs.book_inputs import book_inputs
from dunwell.jobs.model_cards import model_card
from dunwell.ml.artifact import dump
from dunwell.ml.drift import reference, reference_data
from dunwell.ml.history import History
from dunwell.ml.league import league
from dunwell.ml.league_document import league_document, plain
from dunwell.ml.model import PayDateModel
from dunwell.ml.pay_date import TooLittleToLearn, fit
from dunwell.ml.samples import MOST_ITEMS
from dunwell.ml.trials import WEEKLY, back_tested, fitted
from dunwell.models import Company, ModelVersion, User
from dunwell.queries.histories import company_history
from dunwell.queries.ledgers import Books
from dunwell.queries.model_versions import serving_kind

SEED = 7
"""Seed unless asked otherwise."""

REFERENCE_WEEKS = 13
"""The books of so many weeks say how the inputs usually look."""


STAGES: Mapping[str, int] = {
    "read": 0,
    "test": 50_000,
    "fit": 650_000,
    "judge": 850_000,
    "record": 980_000,
}
"""What training does one after the other, and how much of it is done when each begins, ppm of
the time it usually takes."""

Tell = Callable[[str, int], None]
"""Hears which of STAGES is at work, and how much of the whole is done, in ppm."""


def nobody(stage: str, done_ppm: int) -> None:
    """Tell nobody."""
    del stage, done_ppm


def train(
    company_id: int,
    *,
    as_of: date | None = None,
    seed: int = SEED,
    kind: str = "",
    pooled_with: Sequence[int] = (),
    user_id: int | None = None,
    weeks: int = WEEKLY.snapshots,
    most_items: int = MOST_ITEMS,
    is_quick: bool = False,
    tell: Tell = nobody,
) -> ModelVersion:
    """Train on the company's past up to a day, today unless given; return the new version.

    The winner of the back-test is recorded, or the model named `kind`. `pooled_with` are other
    companies whose past is learned from too; the back-test is on the company's own. `user_id`
    is the person who asked and needs the right in each company. `is_quick` asks for a model
    that is read from its tables alone. `tell` hears of each stage as it begins, and within the
    back-test of every answer of a model. Raises Refused when there is nothing to learn from,
    for an unknown kind, and for a missing right.
    """
    company = Company.objects.get(pk=company_id)
    actor = _actor(company, user_id)
    actor.require("model.train")
    if kind and kind not in ModelVersion.Kind.values:
        raise Refused(f"There is no model {kind}; use {', '.join(ModelVersion.Kind.values)}.")
    others = list(Company.objects.filter(pk__in=pooled_with).exclude(pk=company_id).order_by("pk"))
    for other in others:
        _actor(other, user_id).require("model.train")
    day = as_of or clock.today(company.zone)
    tell("read", STAGES["read"])
    own = company_history(Books(company), as_of=day)
    if not own.items.height:
        raise Refused(f"{company.name} has no items up to {day}; import its ledger first.")
    histories = [own, *(company_history(Books(other), as_of=day) for other in others)]
    trained = trained_model(
        pooled(histories),
        tested_on=own,
        company=company,
        learned_from=[company.pk, *(other.pk for other in others)],
        champion=serving_kind(company),
        seed=seed,
        kind=kind,
        weeks=weeks,
        most_items=most_items,
        is_quick=is_quick,
        tell=tell,
    )
    tell("record", STAGES["record"])
    return record_model_version(actor=actor, trained=trained, at=clock.now())


def trained_model(
    history: History,
    *,
    tested_on: History,
    company: Company,
    learned_from: Sequence[int],
    champion: str = "",
    seed: int = SEED,
    kind: str = "",
    weeks: int = WEEKLY.snapshots,
    most_items: int = MOST_ITEMS,
    is_quick: bool = False,
    tell: Tell = nobody,
) -> TrainedModel:
    """Return the model that the back-test on `tested_on` chooses, fitted on the whole history.

    `champion` is the kind that serves now, empty for none; the league then says whether the
    new one may replace it. A learned model is fitted on at most `most_items` paid items, with
    `is_quick` one that is read from its tables alone: in seconds.
    """
    protocol = replace(WEEKLY, snapshots=weeks, most_items=most_items, is_quick=is_quick)
    tell("test", STAGES["test"])
    test = back_tested(tested_on, seed=seed, protocol=protocol, tell=partial(_tell_test, tell))
    found = league(test.backtest)
    chosen = kind or found.serves
    tell("fit", STAGES["fit"])
    try:
        model = fitted(history, chosen, seed=seed, most_items=most_items, is_quick=is_quick)
        artifact = dump(model)
    except TooLittleToLearn as error:
        raise Refused(f"{error}; let the back-test choose, or import more of the past.") from error
    tell("judge", STAGES["judge"])
    training_sha256 = history_sha256(history)
    replayed = test.replayed[chosen]
    return TrainedModel(
        kind=chosen,
        as_of=day_date(history.as_of),
        seed=seed,
        learned_from=learned_from,
        paid_items=history.paid_items,
        artifact=artifact,
        training_sha256=training_sha256,
        league=league_document(test.backtest, found, chosen=chosen, champion=champion),
        card=model_card(
            history,
            test,
            found,
            kind=chosen,
            owner=company.name,
            seed=seed,
            training_sha256=training_sha256,
            artifact_sha256=hashlib.sha256(artifact).hexdigest(),
        ),
        replay=plain(
            {
                "cash": replayed.cash,
                "paid": replayed.paid,
                "crps_days": replayed.crps_days,
                "inputs": _reference(history),
            }
        ),
    )


def naive_model(history: History, *, company: Company, kind: str) -> TrainedModel:
    """Return a naive model without a back-test of its own, to fall back on at once."""
    return untested_model(history, company=company, model=fit(history, kind, seed=0), seed=0)


def untested_model(
    history: History, *, company: Company, model: PayDateModel, seed: int
) -> TrainedModel:
    """Return a model that was fitted on the history, with no back-test to tell how good it is."""
    return TrainedModel(
        kind=model.name,
        as_of=day_date(history.as_of),
        seed=seed,
        learned_from=[company.pk],
        paid_items=history.paid_items,
        artifact=dump(model),
        training_sha256=history_sha256(history),
        league={},
        card={},
        replay={},
    )


def pooled(histories: Sequence[History]) -> History:
    """Return the histories of several companies of one day as one; keys are the database's own."""
    first = histories[0]
    if len(histories) == 1:
        return first
    frames = {
        field.name: pl.concat([getattr(one, field.name) for one in histories])
        for field in fields(History)
        if field.name != "as_of"
    }
    frames["items"] = frames["items"].sort("item_id")
    return History(as_of=first.as_of, **frames)


def history_sha256(history: History) -> str:
    """Return the hash of everything a model may learn from, the day included."""
    digest = hashlib.sha256(str(history.as_of).encode())
    for field in fields(History):
        frame = getattr(history, field.name)
        if isinstance(frame, pl.DataFrame):
            digest.update(field.name.encode())
            for part in frame.iter_slices(100_000):
                digest.update(part.write_csv().encode())
    return digest.hexdigest()


def _tell_test(tell: Tell, done_ppm: int) -> None:
    """Tell of the back-test, whose part of the whole lies between two of STAGES."""
    begin, end = STAGES["test"], STAGES["fit"]
    tell("test", begin + (end - begin) * done_ppm // 1_000_000)


def _reference(history: History) -> dict[str, Any]:
    """Return how the books of the last quarter looked, a week apart, as plain data."""
    days = [history.as_of - WEEKLY.step_days * week for week in range(REFERENCE_WEEKS)]
    told: dict[str, Any] = {}
    for name, rows in book_inputs(history, days=days).items():
        known = [fact for fact in rows.columns if rows[fact].null_count() < rows.height]
        told[name] = reference_data(reference(rows.select(known)))
    return told


def _actor(company: Company, user_id: int | None) -> Actor:
    if user_id is None:
        return system(company)
    return staff(User.objects.get(pk=user_id), company)
