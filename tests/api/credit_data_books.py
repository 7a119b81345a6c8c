"""A customer with a bureau, a consent, an answered question, a statement and a data point."""

from datetime import timedelta

from dunwell.actions.bureau_consents import record_consent
from dunwell.actions.bureau_pulls import ask_bureau, claim_pulls, record_answer
from dunwell.actions.bureaus import add_bureau
from dunwell.actions.credit_points import record_data_point
from dunwell.actions.financial_statements import record_statement
from dunwell.actions.gate import system
from dunwell.formats.bureau_answers import BureauAnswer
from tests.conftest import add_customer


def keep_credit_data(company, tag="", *, today, at):
    """Add them; return the keys that calls need."""
    actor, on = system(company), {"as_of": today, "at": at}
    customer = add_customer(company, f"BUREAU{tag}", party="company")
    bureau = add_bureau(
        actor=actor, name=f"Alpha{tag}", kind="file", address="alpha.csv", currency="EUR",
        cost_minor=12_50, at=at,
    )  # fmt: skip
    consent = record_consent(
        actor=actor, customer=customer, given_on=today, evidence="signed form", **on
    )
    ask_bureau(actor=actor, customer=customer, purpose="application", **on)
    (pull,) = claim_pulls(actor=actor, limit=1, **on)
    answer = BureauAnswer(bureau="Alpha", reported_on=today, score=600, pd_ppm=15_000)
    record_answer(actor=actor, pull=pull, answer=answer, **on)
    year = today - timedelta(days=200)
    statement = record_statement(
        actor=actor, customer=customer, kind="annual", period_from=year - timedelta(days=364),
        period_to=year, currency="EUR", lines={"revenue": 1_000_00, "total_assets": 500_00}, **on,
    )  # fmt: skip
    record_data_point(
        actor=actor, customer=customer, name="references_good", value=True, source="call",
        on=today, **on,
    )  # fmt: skip
    return {
        "bureau_id": bureau.pk,
        "bureau_consent_id": consent.pk,
        "bureau_customer_id": customer.pk,
        "financial_statement_id": statement.pk,
    }
