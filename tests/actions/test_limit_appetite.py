"""Limits and the risk appetite: what stops is refused with what fits, what refers takes a second."""

import pytest

from dunwell.actions.gate import Refused
from dunwell.actions.limits import propose_limit
from dunwell.models import CreditLimit, CreditRating
from tests.actions.credit_worlds import published_credit
from tests.actions.desk import acting
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY, add_customer

SHARE = "- {name: largest customer, measure: top_1_share, most_ppm: 200000, then: watch}"
ASK = {"kind": "standard", "from_on": TODAY, "reason": "grows", "as_of": TODAY, "at": AT}


@pytest.fixture
def two(company):
    """Two customers at low risk, one of them owes 5,000.00."""
    found = []
    for number in ("A", "B"):
        customer = add_customer(company, number, country="DE")
        CreditRating.objects.create(
            company=company, customer=customer, as_of=TODAY, risk_class="A", risk="low",
            outcome="approve", pd_ppm=3_000, digest="x", by="t", recorded_at=AT,
        )  # fmt: skip
        found.append(customer)
    invoice(found[1], "R1", 5_000_00)
    return found


def wish(manager, customer, amount_minor):
    return propose_limit(
        actor=acting(manager), customer=customer, amount_minor=amount_minor, **ASK
    )


def test_the_shipped_appetite_only_watches(company, manager, two):
    assert wish(manager, two[0], 9_000_00).status == "approved"


def test_a_stop_refuses_with_what_still_fits(company, manager, two):
    stop = "- {name: all, measure: total_exposure, most_minor: 600000, then: stop}"
    published_credit(company, appetite=(SHARE, stop))
    with pytest.raises(Refused) as refusal:
        wish(manager, two[0], 1_000_01)
    assert str(refusal.value) == (
        "Used in full, this limit would pass the risk appetite (all). At most 1,000.00 EUR fits; "
        "ask for that, or change the appetite first."
    )
    assert CreditLimit.objects.count() == 0
    assert wish(manager, two[0], 1_000_00).status == "approved"
    # a limit below what is owed already makes nothing worse
    assert wish(manager, two[1], 5_000_00).status == "approved"


def test_a_reference_takes_a_second_person_though_it_is_within_authority(company, manager, two):
    refer = "- {name: all, measure: total_exposure, most_minor: 600000, then: refer}"
    published_credit(company, appetite=(SHARE, refer))
    limit = wish(manager, two[0], 1_000_01)
    assert (limit.status, limit.authority["needs_role"], limit.authority["rule"]) == (
        "proposed", "credit_manager", "limit/appetite",
    )  # fmt: skip
    assert "would pass the risk appetite (all)" in limit.authority["text"]


def test_what_an_import_tells_is_not_held_against_the_appetite(company, manager, two):
    stop = "- {name: all, measure: total_exposure, most_minor: 600000, then: stop}"
    published_credit(company, appetite=(SHARE, stop))
    limit = propose_limit(
        actor=acting(manager), customer=two[0], amount_minor=9_000_00, **ASK,
        source="import",
    )  # fmt: skip
    assert limit.status == "approved"
