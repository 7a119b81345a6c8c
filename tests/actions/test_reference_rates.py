"""Official rates entered by a company: two people, one value a day, and charges that follow."""

from datetime import date

import pytest

from dunwell.actions.gate import Refused
from dunwell.actions.reference_rates import (
    approve_reference_rate,
    propose_reference_rate,
    withdraw_reference_rate,
)
from dunwell.models import ReferenceRate
from dunwell.queries.charge_law import company_tables
from tests.actions.charge_desk import ACCRUE, accrue, charged, charges_policy, late
from tests.actions.desk import acting, last_event, verbs
from tests.actions.ledger_rows import breaks
from tests.conftest import AT, add_customer, add_user

JULY = date(2026, 7, 1)


@pytest.fixture
def second(company):
    return add_user(company, "max", "credit_manager")


def proposed(user, **changes):
    values = {"name": "ECB_MRO", "from_on": JULY, "rate_ppm": 19_000, "source": "ECB, 1 July"}
    return propose_reference_rate(actor=acting(user), at=AT, **{**values, **changes})


def test_a_rate_holds_once_a_second_person_approved_it(company, manager, second):
    row = proposed(manager)
    assert company_tables(company)["ECB_MRO"].value_on(JULY) is None
    with pytest.raises(Refused, match="You proposed this rate"):
        approve_reference_rate(actor=acting(manager), rate=row, at=AT)

    approve_reference_rate(actor=acting(second), rate=row, at=AT)

    assert company_tables(company)["ECB_MRO"].value_on(JULY).rate_ppm == 19_000
    assert verbs(company) == ["reference_rate.proposed", "reference_rate.approved"]
    assert last_event(company)[3]["author"] == "mona"
    with pytest.raises(Refused, match="in force already"):
        approve_reference_rate(actor=acting(second), rate=row, at=AT)
    with pytest.raises(Refused, match="has this rate already"):
        proposed(manager, source="again")
    assert breaks(company) == {}


def test_a_correction_replaces_the_value_and_charges_follow(company, manager, second):
    charges_policy(company, ACCRUE)
    late(add_customer(company, "F1", country="FR", party="company"), due_on=date(2026, 6, 30))
    end = date(2026, 7, 31)
    accrue(company, end)
    assert charged(company) == []
    first = proposed(manager)
    approve_reference_rate(actor=acting(second), rate=first, at=AT)
    accrue(company, end)
    assert charged(company) == [("2026-07", 101_07)]

    row = proposed(second, rate_ppm=21_500)
    assert proposed(second, rate_ppm=21_500) == row
    with pytest.raises(Refused, match="max has proposed another rate"):
        proposed(manager, rate_ppm=24_000)
    approve_reference_rate(actor=acting(manager), rate=row, at=AT)
    accrue(company, end)

    assert charged(company) == [("2026-07", 103_19)]
    first.refresh_from_db()
    assert first.replaced_by == row
    assert breaks(company) == {}


def test_a_proposal_is_withdrawn_and_mistakes_are_refused(company, manager):
    row = proposed(manager)
    withdraw_reference_rate(actor=acting(manager), rate=row, at=AT)
    assert not ReferenceRate.objects.exists()
    assert last_event(company)[0] == "reference_rate.withdrawn"
    with pytest.raises(Refused, match="was withdrawn"):
        withdraw_reference_rate(actor=acting(manager), rate=row, at=AT)
    for changes, message in (
        ({"name": "LIBOR"}, "LIBOR is no official rate"),
        ({"rate_ppm": 2_000_000}, "between -10 % and 100 %"),
        ({"source": " "}, "Say where the rate was published"),
    ):
        with pytest.raises(Refused, match=message):
            proposed(manager, **changes)
