"""Pages about incentives: proposing, budget and effect, grants that sum to what is used, ending."""

import pytest

from dunwell.models import ApprovalRequest, Incentive
from dunwell.templatetags.disputes import centidays
from tests.actions.ledger_rows import invoice
from tests.actions.test_incentives import grant, paid_items, proposed, running
from tests.conftest import TODAY, add_customer, add_user

__all__ = ["running"]
QUERIES_OF_THE_LIST = 5
QUERIES_OF_A_PAGE = 7


def test_an_incentive_is_proposed_approved_granted_and_shown(come_in, company, manager, customer):
    client = come_in(manager)
    assert "No incentives here" in client.get("/incentives/").text
    facts = {
        "name": "Early birds", "kind": "rebate", "streak": "2", "reward": "1", "budget": "10.00",
        "control": "0", "segments": "", "reason": "less lateness",
        "from_on": TODAY.isoformat(), "until_on": "2026-06-01",
    }  # fmt: skip
    wrong = client.post("/incentives/new/", {**facts, "reward": "50"})
    assert wrong.status_code == 422 and "more than anybody may grant" in wrong.text
    client.post("/incentives/new/", facts)
    incentive = Incentive.objects.get()
    assert (incentive.reward_ppm, incentive.budget_minor) == (10_000, 10_00)
    address = f"/incentives/{incentive.pk}/"
    assert "Somebody else has to approve the budget" in client.get(address).text
    second = come_in(add_user(company, "max", "credit_manager"))
    approvals = second.get("/approvals/").text
    assert f'href="{address}"' in approvals and "€10.00" in approvals
    second.post(f"/approvals/{ApprovalRequest.objects.get().pk}/approve/", {"reason": ""})

    invoice(customer, "T", 80_00)
    paid_items(customer, "R1", "R2")
    assert grant(company) == 1

    page = second.get(address).text
    assert page.count("€2.00") == 3 and "€8.00" in page and "R2" in page
    assert "Too few customers in a group" in page
    assert "R2,no,EUR,2.00" in second.get(f"{address}export.csv").text.replace(";", ",")
    assert "€2.00" in second.get("/incentives/?status=running").text
    second.post(f"{address}end/", {"reason": "enough"})
    incentive.refresh_from_db()
    assert incentive.status == "ended"


def test_only_managers_change_and_strangers_find_nothing(come_in, manager, collector, rival):
    incentive = proposed(manager)
    client = come_in(collector)
    assert client.get(f"/incentives/{incentive.pk}/").status_code == 200
    assert client.get("/incentives/new/").status_code == 403
    assert come_in(rival).get(f"/incentives/{incentive.pk}/").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_pages_cost_the_same_whatever_there_is(
    come_in, company, manager, running, number, django_assert_num_queries
):
    for n in range(number):
        incentive = running(name=f"I{n}")
        customer = add_customer(company, f"C{n}")
        invoice(customer, f"T{n}", 80_00)
        paid_items(customer, f"A{n}", f"B{n}")
    grant(company)
    client = come_in(manager)
    client.get("/incentives/")
    with django_assert_num_queries(QUERIES_OF_THE_LIST):
        client.get("/incentives/")
    with django_assert_num_queries(QUERIES_OF_A_PAGE):
        client.get(f"/incentives/{incentive.pk}/")


def test_days_before_the_due_day_read_as_they_are():
    assert [centidays(days) for days in (-244, -50, 56, 123_456, None)] == [
        *("-2.44", "-0.50", "0.56", "1,234.56"),
        "\N{EN DASH}",
    ]
