"""The demo's forecasts of the weeks before its first day, each made by what was known that day."""

from datetime import UTC, date, datetime, time, timedelta

from dunwell.actions.cash_outlook import keep_outlook
from dunwell.actions.gate import system
from dunwell.actions.model_versions import promote_model, record_model_version
from dunwell.engine.calendars import add_business_days
from dunwell.jobs.cash_outlook import outlook_of_day
from dunwell.jobs.model_day import FALLBACK
from dunwell.jobs.score import cash_book
from dunwell.jobs.train import SEED, naive_model, untested_model
from dunwell.ml.artifact import load
from dunwell.ml.curves import ITEM_COLUMNS
from dunwell.ml.history import History
from dunwell.ml.league import FEW_PAID_ITEMS
from dunwell.ml.pay_date import fit, learned
from dunwell.ml.samples import sampled
from dunwell.models import Company, ModelVersion
from dunwell.queries.histories import company_history
from dunwell.queries.ledgers import Books

WEEKS = 8
"""As many as the league needs before it says that anybody is better."""

LEARNED_ITEMS = 1_000
"""The first model is fitted on so many paid items and read from its tables alone: in seconds."""

REASON = "Back-tested on the desk's own past, which the model of the first weeks was not."


def forecast_weeks_before(company: Company, *, today: date, most: int = WEEKS) -> int:
    """Keep the outlook of a day in each of `most` weeks before; return how many days were kept.

    All are the word of one model, fitted on the first of these days by the company's past until
    then, which serves. A killed call goes on. A ledger without open items that early has none.
    """
    actor, books, kept = system(company), Books(company), 0
    for weeks in range(most, 0, -1):
        day = add_business_days(today - timedelta(weeks=weeks), -1, country=company.country)
        history = company_history(books, as_of=day)
        if not history.open.height:
            continue
        at = datetime.combine(day, time(6), tzinfo=UTC)
        version = _first_version(company, history, at=at)
        curves = load(bytes(version.artifact)).curves(history, history.open.select(*ITEM_COLUMNS))
        outlook = outlook_of_day(
            company, version, history, cash_book(curves), as_of=day, has_levers=False
        )
        keep_outlook(actor=actor, version=version, outlook=outlook, as_of=day, at=at)
        kept += 1
    return kept


def let_it_serve(version: ModelVersion, *, at: datetime) -> None:
    """Let a trained version serve in the place of the first weeks' model, unless it is worse."""
    if version.status == ModelVersion.Status.CANDIDATE and not version.league.get("is_worse"):
        actor = system(version.company)
        promote_model(actor=actor, version=version, reason=REASON, at=at)


def _first_version(company: Company, history: History, *, at: datetime) -> ModelVersion:
    """Return the company's first version, fitted on this history where there is none.

    It learns as every desk's does in its first night; each customer's own past speaks where
    there is too little to learn from. A simple rule knows no month's end, and most money comes
    then: the weeks that hold one were off by half.
    """
    first = ModelVersion.objects.filter(company=company).order_by("number").first()
    if first is not None:
        return first
    kinds = learned() if history.paid_items >= FEW_PAID_ITEMS else ()
    if kinds:
        known = sampled(history, most_items=LEARNED_ITEMS)
        model = fit(known, kinds[0], seed=SEED, is_quick=True)
        trained = untested_model(history, company=company, model=model, seed=SEED)
    else:
        trained = naive_model(history, company=company, kind=FALLBACK)
    return record_model_version(actor=system(company), trained=trained, at=at)
