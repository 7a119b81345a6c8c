"""Covers, reviews, warnings and the portfolio over the API, as a program works with them."""

import pytest
import time_machine

from dunwell import clock
from tests.actions.cover_rows import credit_policy, overdue
from tests.api.cover_books import keep_covers
from tests.api.cover_operations import COVER_OPERATIONS
from tests.api.operations import OPERATIONS, send
from tests.conftest import AT, TODAY, add_customer

PATHS = {
    "list_covers": ("GET", "/covers"),
    "list_cover_deadlines": ("GET", "/covers/deadlines"),
    "list_cover_usage": ("GET", "/covers/usage"),
    "show_cover": ("GET", "/covers/{cover_id}"),
    "new_cover": ("POST", "/covers"),
    "grant_one_cover": ("POST", "/covers/{cover_id}/grant"),
    "refuse_one_cover": ("POST", "/covers/{cover_id}/refuse"),
    "end_one_cover": ("POST", "/covers/{cover_id}/end"),
    "meet_cover_deadline": ("POST", "/covers/deadlines/{notice_id}/done"),
    "list_cover_claims": ("GET", "/cover-claims"),
    "show_cover_claim": ("GET", "/cover-claims/{cover_claim_id}"),
    "new_cover_claim": ("POST", "/cover-claims"),
    "file_cover_claim": ("POST", "/cover-claims/{cover_claim_id}/file"),
    "drop_cover_claim": ("POST", "/cover-claims/{cover_claim_id}/drop"),
    "answer_cover_claim": ("POST", "/cover-claims/{cover_claim_id}/answer"),
    "pay_cover_claim": ("POST", "/cover-claims/{cover_claim_id}/pay"),
    "list_credit_reviews": ("GET", "/credit-reviews"),
    "count_credit_reviews": ("GET", "/credit-reviews/counts"),
    "show_review_budget": ("GET", "/credit-reviews/budget"),
    "show_review_calendar": ("GET", "/credit-reviews/calendar"),
    "show_credit_review": ("GET", "/credit-reviews/{review_id}"),
    "new_credit_review": ("POST", "/credit-reviews"),
    "start_credit_review": ("POST", "/credit-reviews/{review_id}/start"),
    "recommend_credit_review": ("POST", "/credit-reviews/{review_id}/recommend"),
    "decide_credit_review": ("POST", "/credit-reviews/{review_id}/decide"),
    "list_early_warnings": ("GET", "/early-warnings"),
    "show_early_warning": ("GET", "/early-warnings/{warning_id}"),
    "decide_early_warning": ("POST", "/early-warnings/{warning_id}/decide"),
    "show_credit_portfolio": ("GET", "/credit-portfolio"),
    "list_credit_portfolio": ("GET", "/credit-portfolio/customers"),
    "show_credit_stress": ("GET", "/credit-portfolio/stress?pd_times_ppm=2000000"),
}


@pytest.fixture(autouse=True)
def _standing_clock():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.mark.dealt(one_in=3)
@pytest.mark.parametrize("name", sorted(COVER_OPERATIONS))
def test_every_operation_works_for_who_may_and_others_find_nothing(
    company, as_anyone, as_rival, name
):
    ids = keep_covers(company, today=clock.today(company.zone), at=AT)
    method, path = PATHS[name]
    if "_id}" in path:
        assert send(as_rival, name, method, path, ids, TODAY).status_code == 404
    assert OPERATIONS[name].may
    answer = send(as_anyone, name, method, path, ids, TODAY)
    assert answer.status_code in {200, 201}, answer.content


def test_a_figure_of_the_portfolio_is_the_sum_of_its_rows(company, as_manager):
    credit_policy_free(company)
    for number, country, amount in (("A", "DE", 500_00), ("B", "FR", 300_00), ("C", "DE", 200_00)):
        overdue(
            add_customer(company, number, country=country, credit_limit_minor=400_00),
            f"R-{number}",
            amount,
        )
    book = as_manager.get("/credit-portfolio").json()
    assert (book["exposure_minor"], book["limit_minor"], book["over_minor"]) == (
        1_000_00, 1_200_00, 100_00,
    )  # fmt: skip
    assert [(one["name"], one["exposure_minor"]) for one in book["countries"]] == [
        ("DE", 700_00), ("FR", 300_00),
    ]  # fmt: skip
    for query, total in (("", 1_000_00), ("?country=DE", 700_00), ("?only=over", 500_00)):
        rows = as_manager.get(f"/credit-portfolio/customers{query}").json()["rows"]
        assert sum(row["exposure_minor"] for row in rows) == total
    first = as_manager.get("/credit-portfolio/customers?limit=1").json()
    then = as_manager.get(f"/credit-portfolio/customers?limit=5&cursor={first['next']}").json()
    assert [row["customer_number"] for row in (*first["rows"], *then["rows"])] == ["A", "B", "C"]
    stress = as_manager.get("/credit-portfolio/stress?failing_country=FR&sales_ppm=-500000").json()
    assert (stress["failed"], stress["stressed_minor"]) == (1, 500_00)


def credit_policy_free(company):
    """No credit policy of its own: classes come from the shipped one."""
    assert not company.policy_versions.exists()


def test_the_usage_of_covers_pages_and_says_what_is_not_covered(company, as_manager):
    credit_policy(company)
    keep_covers(company, today=TODAY, at=AT)
    first = as_manager.get("/covers/usage?limit=2").json()
    rest = as_manager.get(f"/covers/usage?cursor={first['next']}").json()
    rows = [*first["rows"], *rest["rows"]]
    assert len({row["customer_id"] for row in rows}) == len(rows) == 6
    for row in rows:
        assert row["open_minor"] == row["covered_minor"] + row["uncovered_minor"]
        assert row["uncovered_minor"] == sum(gap["amount_minor"] for gap in row["gaps"])
