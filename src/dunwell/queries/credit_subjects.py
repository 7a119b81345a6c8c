"""Customers as the credit decision sees them: the facts its policy and scorecard ask for."""

from collections.abc import Collection
from datetime import date

from dunwell.engine.credit_decision import Subject
from dunwell.engine.credit_fact_names import FACTS
from dunwell.models import Company
from dunwell.queries.credit_facts import CreditFacts, read_credit_facts
from dunwell.queries.ledgers import Books


def subjects_of(
    company: Company,
    names: Collection[str],
    *,
    as_of: date,
    books: Books | None = None,
    customer_ids: Collection[int] | None = None,
    known: CreditFacts | None = None,
) -> dict[int, Subject]:
    """Return each customer with the facts of these names; unknown ones are left out.

    Those that decide are `policy.kinds(card)`. `books` is a ledger that has been read already,
    for everybody; `known` are the facts themselves, where somebody has.
    """
    if known is None:
        known = read_credit_facts(company, as_of=as_of, customer_ids=customer_ids, books=books)
    own = [name for name in names if name not in FACTS]
    if any(name.startswith("point_") for name in own):
        # points of the company's own are in no frame
        return {
            key: Subject(
                facts={name: facts[name] for name in names if facts.get(name) is not None}
            )
            for key, facts in known.by_customer().items()
        }
    listed = ["customer_id", *(name for name in names if name in FACTS)]
    return {
        int(row.pop("customer_id")): Subject(
            facts={name: value for name, value in row.items() if value is not None}
        )
        for row in known.frame.select(listed).iter_rows(named=True)
    }
