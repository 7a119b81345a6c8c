"""Portfolio risk over the API: every operation for who may, nothing of another company."""

import pytest
import time_machine

from dunwell import clock
from dunwell.models import PolicyVersion, RiskSignal
from tests.actions.appetite_rows import appetite
from tests.actions.ledger_rows import invoice
from tests.api.operations import OPERATIONS, send
from tests.api.risk_books import keep_risk
from tests.api.risk_operations import RISK_OPERATIONS
from tests.conftest import AT, TODAY, add_customer

pytestmark = pytest.mark.django_db
PATHS = {
    "show_spread": ("GET", "/risk/spread"),
    "list_appetite_statements": ("GET", "/risk/appetite"),
    "new_appetite_statement": ("POST", "/risk/appetite"),
    "show_shocks": ("GET", "/risk/stress?pd_times_ppm=2000000"),
    "new_stress_scenario": ("POST", "/risk/stress/scenarios"),
    "show_rebalancing": ("GET", "/risk/rebalancing"),
    "list_signals": ("GET", "/risk/signals"),
    "new_signals": ("POST", "/risk/signals"),
    "list_signal_matches": ("GET", "/risk/signals/{signal_id}/matches"),
    "follow_risk_signal": ("POST", "/risk/signals/{signal_id}/follow"),
    "dismiss_risk_signal": ("POST", "/risk/signals/{signal_id}/dismiss"),
}


@pytest.fixture(autouse=True)
def _standing_clock():
    with time_machine.travel(AT, tick=False):
        yield


def test_every_operation_works_for_who_may_and_others_find_nothing(company, as_anyone, as_rival):
    ids = keep_risk(company, today=clock.today(company.zone), at=AT)
    assert set(PATHS) == set(RISK_OPERATIONS)
    for name, (method, path) in PATHS.items():
        if "_id}" in path:
            assert send(as_rival, name, method, path, ids, TODAY).status_code == 404
        assert OPERATIONS[name].may
        answer = send(as_anyone, name, method, path, ids, TODAY)
        # the signal is followed up by then, and cannot be dismissed any more
        expected = {422} if name == "dismiss_risk_signal" else {200, 201}
        assert answer.status_code in expected, (name, answer.content)
    assert PolicyVersion.objects.filter(kind="credit", status="draft").count() == 2
    assert RiskSignal.objects.get(source="test").status == "acted"


def test_parts_of_the_spread_add_up_and_rebalancing_explains_itself(company, as_manager):
    for number, country, amount in (("A", "DE", 600_00), ("B", "FR", 400_00)):
        invoice(add_customer(company, number, country=country), f"R-{number}", amount)
    spread = as_manager.get("/risk/spread").json()
    for dimension in {one["dimension"] for one in spread["parts"]}:
        parts = [one for one in spread["parts"] if one["dimension"] == dimension]
        assert sum(one["exposure_minor"] for one in parts) == spread["exposure_minor"] == 1_000_00
    assert spread["hhi_ppm"] == 520_000
    appetite(company, {"name": "one", "measure": "top_1_share", "most_ppm": 500_000})
    told = as_manager.get("/risk/rebalancing").json()
    assert [(one["limit"], one["before"], one["after"]) for one in told["steps"]] == [
        ("one", 600_000, 500_000)
    ]
