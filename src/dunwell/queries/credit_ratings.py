"""Credit ratings: the class each customer is in, how classes moved, and what is due to change."""

import json
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Any

import polars as pl
from django.db.models import OuterRef, QuerySet, Subquery

from dunwell.engine.credit_decision import Decision, add_reasons, decide
from dunwell.engine.credit_fact_names import Value
from dunwell.models import Company, CreditRating
from dunwell.queries.credit_facts import CreditFacts
from dunwell.queries.credit_policies import card_in_force, credit_policy_in_force
from dunwell.queries.credit_subjects import subjects_of
from dunwell.queries.frames import read_rows
from dunwell.queries.ledgers import Books
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

RATED: Mapping[str, type[pl.DataType]] = {
    "customer_id": pl.Int64,
    "risk_class": pl.String,
    "risk": pl.String,
    "pd_ppm": pl.Int64,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Rating:
    """The class of a customer on a day, since `rated_on`; `risk` is low, medium or high.

    `reasons` are documents of `engine.credit_reasons.Reason`, left out where not asked for.
    """

    risk_class: str
    risk: str
    outcome: str
    points: int | None
    pd_ppm: int | None
    reasons: Sequence[Mapping[str, Any]]
    rated_on: date
    policy_version: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RatingRow:
    """One entry of the history of ratings."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    as_of: date
    risk_class: str
    risk: str
    outcome: str
    points: int | None
    pd_ppm: int | None
    reasons: Sequence[Mapping[str, Any]]
    scorecard: str
    policy_version: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassMove:
    """So many customers were in a class on one day and in another on a later one."""

    before: str
    after: str
    customers: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RatingDue:
    """A rating that differs from the one a customer has."""

    customer_id: int
    decision: Decision
    facts: Mapping[str, Value]
    digest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RatingsDue:
    """What the policy of a day says anew, and by what: its version, and the scorecard."""

    rows: tuple[RatingDue, ...]
    rated: int
    version_id: int
    scorecard: str
    scorecard_id: int | None


def ratings(
    company: Company,
    *,
    as_of: date,
    customer_ids: Collection[int] | None = None,
    with_reasons: bool = True,
) -> dict[int, Rating]:
    """Return the rating of each customer as of a day; who has none is left out. One query."""
    found = _newest(company, as_of, customer_ids).values_list(
        *("customer_id", "risk_class", "risk", "outcome", "points", "pd_ppm", "as_of"),
        *("policy_version", *(("reasons",) if with_reasons else ())),
    )
    return {
        row[0]: Rating(
            risk_class=row[1],
            risk=row[2],
            outcome=row[3],
            points=row[4],
            pd_ppm=row[5],
            rated_on=row[6],
            policy_version=row[7],
            reasons=row[8] if with_reasons else (),
        )
        for row in found.iterator(chunk_size=5_000)
    }


def rating_frame(company: Company, *, as_of: date) -> pl.DataFrame:
    """Return the rating of each customer that has one as of a day, in columns RATED; one query."""
    found = _newest(company, as_of, None).order_by()
    statement, values = found.values_list(*RATED).query.sql_with_params()
    return read_rows(statement, values, RATED)


def rating_rows(
    company: Company,
    *,
    customer_id: int | None = None,
    risk_class: str = "",
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[RatingRow]:
    """Return one page of all ratings there were, the newest first; one query."""
    found = CreditRating.objects.filter(company=company).select_related("customer")
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    if risk_class:
        found = found.filter(risk_class=risk_class)
    limit = page_limit(limit)
    rows = found.filter(after(cursor, ("-id",), (int,))).order_by("-id")[: limit + 1]
    return page_of([_row(one) for one in rows], limit=limit, key=lambda row: (row.id,))


def class_moves(company: Company, *, from_on: date, to_on: date) -> tuple[ClassMove, ...]:
    """Return how many customers went from which class to which between two days.

    Whoever had no rating on the first day came from "", and nobody loses one. Two queries.
    """
    first, last = (_classes(company, day) for day in (from_on, to_on))
    counted = Counter((first.get(key, ""), now) for key, now in last.items())
    return tuple(
        ClassMove(before=before, after=now, customers=n)
        for (before, now), n in sorted(counted.items())
    )


def ratings_due(
    company: Company,
    *,
    books: Books,
    as_of: date,
    known: Callable[[], CreditFacts] | None = None,
) -> RatingsDue | None:
    """Return the ratings that differ from those customers have; None without an own policy.

    `known` gives the facts of everybody on the day, where somebody else needs them too.
    One query where the company published no credit policy: nobody is rated by the standard.
    """
    in_force = credit_policy_in_force(company, as_of=as_of)
    if in_force.version_id is None:
        return None
    policy = in_force.policy
    chosen = card_in_force(company, policy, as_of=as_of)
    names = policy.kinds(chosen.card)
    facts = known() if known is not None else None
    subjects = subjects_of(company, names, as_of=as_of, books=books, known=facts)
    decisions = decide(subjects, policy, chosen.card, with_reasons=False)
    before = _digests(company, as_of)
    changed = {
        key: digest
        for key, one in decisions.items()
        if (digest := rating_digest(one)) != before.get(key)
    }
    told = add_reasons(
        {key: subjects[key] for key in changed}, policy, chosen.card, currency=company.currency
    )
    return RatingsDue(
        rows=tuple(
            RatingDue(
                customer_id=key,
                decision=replace(decisions[key], reasons=told[key]),
                facts=subjects[key].facts,
                digest=digest,
            )
            for key, digest in changed.items()
        ),
        rated=len(subjects),
        version_id=in_force.version_id,
        scorecard=chosen.card.name,
        scorecard_id=chosen.scorecard_id,
    )


def rating_digest(decision: Decision) -> str:
    """Return the digest of what a rating says; facts that change nothing are not in it."""
    told = (
        decision.risk_class,
        decision.risk,
        decision.outcome,
        decision.points,
        decision.pd_ppm,
    )
    return sha256(json.dumps(told).encode()).hexdigest()


def _newest(
    company: Company, as_of: date, customer_ids: Collection[int] | None
) -> QuerySet[CreditRating]:
    """Return each customer's newest rating of those until a day."""
    own = CreditRating.objects.filter(
        company=company, customer=OuterRef("customer"), as_of__lte=as_of
    )
    newest = own.order_by("-as_of", "-id").values("pk")[:1]
    found = CreditRating.objects.filter(company=company, pk=Subquery(newest))
    return found if customer_ids is None else found.filter(customer__in=customer_ids)


def _classes(company: Company, as_of: date) -> dict[int, str]:
    found = _newest(company, as_of, None).values_list("customer_id", "risk_class")
    return dict(found.iterator(chunk_size=5_000))


def _digests(company: Company, as_of: date) -> dict[int, str]:
    found = _newest(company, as_of, None).values_list("customer_id", "digest")
    return dict(found.iterator(chunk_size=5_000))


def _row(rating: CreditRating) -> RatingRow:
    return RatingRow(
        id=rating.pk,
        customer_id=rating.customer_id,
        customer_number=rating.customer.number,
        customer_name=rating.customer.name,
        as_of=rating.as_of,
        risk_class=rating.risk_class,
        risk=rating.risk,
        outcome=rating.outcome,
        points=rating.points,
        pd_ppm=rating.pd_ppm,
        reasons=rating.reasons,
        scorecard=rating.scorecard,
        policy_version=rating.policy_version,
    )
