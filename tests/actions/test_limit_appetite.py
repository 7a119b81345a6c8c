"""Limits and the risk appetite: what stops is refused with what fits, what refers takes a second."""

import pytest

from dunwell.actions.gate import Refused
from dunwell.actions.limit_batches import adjust_limits, import_limits
from dunwell.actions.limits import propose_limit
from dunwell.engine.limit_wishes import Change
from dunwell.formats.limit_rows import LimitLine
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
    found = [rated(add_customer(company, number, country="DE"), "A") for number in ("A", "B")]
    invoice(found[1], "R1", 5_000_00)
    return found


def rated(customer, risk_class):
    """The customer, rated at low risk in a class."""
    CreditRating.objects.create(
        company=customer.company, customer=customer, as_of=TODAY, risk_class=risk_class,
        risk="low", outcome="approve", pd_ppm=3_000, digest="x", by="t", recorded_at=AT,
    )  # fmt: skip
    return customer


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


def test_a_change_of_many_is_held_against_the_appetite_line_by_line(company, manager, two):
    stop = "- {name: all, measure: total_exposure, most_minor: 600000, then: stop}"
    published_credit(company, appetite=(SHARE, stop))
    for customer in two:
        wish(manager, customer, 1_000_00)

    with pytest.raises(Refused) as refusal:
        raised(manager, two, 9_000_00)

    # the second owes 5,000.00 of its own, which counts as much with either limit
    assert str(refusal.value) == (
        "Row 1: Used in full, this limit would pass the risk appetite (all). At most 1,000.00 EUR "
        "fits; ask for that, or change the appetite first. Nothing was added; 2 lines do not fit."
    )
    assert CreditLimit.objects.count() == len(two)
    assert raised(manager, two[1:], 6_000_00).approved == 1


def test_what_a_change_of_many_refers_waits_for_a_second_person(company, manager, two):
    refer = "- {name: all, measure: total_exposure, most_minor: 600000, then: refer}"
    published_credit(company, appetite=(SHARE, refer))
    wish(manager, two[0], 1_000_00)

    made = raised(manager, two[:1], 1_000_01)

    limit = CreditLimit.objects.latest("pk")
    assert (made.approved, made.proposed) == (0, 1)
    assert (limit.authority["needs_role"], limit.authority["rule"]) == (
        "credit_manager", "limit/appetite",
    )  # fmt: skip


def test_limits_of_a_file_are_not_held_against_the_appetite(company, manager, two):
    stop = "- {name: all, measure: total_exposure, most_minor: 600000, then: stop}"
    published_credit(company, appetite=(SHARE, stop))
    line = LimitLine(row=2, customer_number=two[0].number, kind="standard", amount_minor=9_000_00)

    made = import_limits(
        actor=acting(manager), lines=[line], reason="kept elsewhere", as_of=TODAY, at=AT
    )

    assert made.approved == 1


def raised(manager, customers, amount_minor):
    return adjust_limits(
        actor=acting(manager),
        change=Change(way="set", value=amount_minor),
        customer_ids=[customer.pk for customer in customers],
        from_on=TODAY,
        reason="grows",
        as_of=TODAY,
        at=AT,
    )


def test_a_class_the_policy_has_no_more_counts_as_unscored_by_hand_and_in_a_batch(
    company, manager, two
):
    unscored = "- {name: unscored, measure: class_share, classes: [D], most_ppm: 1, then: stop}"
    old = rated(add_customer(company, "C", country="DE", credit_limit_minor=1_00), "of before")
    published_credit(company, appetite=(SHARE, unscored))

    with pytest.raises(Refused, match=r"pass the risk appetite \(unscored\)"):
        wish(manager, old, 9_000_00)
    with pytest.raises(Refused, match=r"pass the risk appetite \(unscored\)"):
        raised(manager, [old], 9_000_00)
