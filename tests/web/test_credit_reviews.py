"""Pages about credit reviews and early warnings: queues, one of each, what is done with them."""

import pytest

from dunwell.models import CreditReview, EarlyWarning, Watch
from tests.actions.cover_rows import credit_policy, overdue
from tests.actions.test_credit_reviews import planned, with_limit
from tests.conftest import AT, TODAY, add_customer, add_user

QUERIES = {"/credit-reviews/": 9, "/warnings/": 7}


@pytest.fixture
def analyst(company):
    return add_user(company, "nora", "credit_analyst")


@pytest.fixture
def director(company):
    return add_user(company, "frida", "finance_director")


@pytest.fixture
def review(company):
    credit_policy(company, "{reviews: {per_week: 2}}")
    overdue(with_limit(company, "L1"), "R1", 100_000)
    planned(company)
    return CreditReview.objects.get()


def warned(customer, *, kind="silence", strength_ppm=700_000):
    """A warning about the customer that nobody has looked at."""
    return EarlyWarning.objects.create(
        company=customer.company, customer=customer, kind=kind, sign="refusal",
        strength_ppm=strength_ppm, unit="days", measured=60, usual=12,
        evidence={"rows": 3, "text": ""}, since_on=TODAY, first_on=TODAY, last_on=TODAY,
        recorded_at=AT,
    )  # fmt: skip


def test_empty_pages_say_what_comes(come_in, reader, company):
    credit_policy(company)
    client = come_in(reader)
    assert "No reviews here" in client.get("/credit-reviews/").text
    assert "No warnings here" in client.get("/warnings/").text


def test_the_queue_shows_the_budget_and_the_ranked_reviews(come_in, reader, review):
    page = come_in(reader).get("/credit-reviews/").text
    assert "is 2 reviews: 1 given out, 1 left, 0 waiting" in page
    assert "L1" in page and "€9.00" in page and "the calendar" in page
    assert "L1" in come_in(reader).get("/credit-reviews/?scope=nonsense&cursor=x&customer=x").text
    lines = come_in(reader).get("/credit-reviews/export.csv?scope=all").text.splitlines()
    assert len(lines) == 2


def test_a_review_is_begun_recommended_and_decided_on_its_page(come_in, analyst, director, review):
    address = f"/credit-reviews/{review.pk}/"
    client = come_in(analyst)
    assert "This is the first review" in client.get(address).text
    assert client.post(f"{address}start/", {}).status_code == 302
    page = client.get(address).text
    assert "What the policy would grant" in page
    told = {"advice": "raise", "limit_minor": "12,000.00", "reason": "pays well"}
    assert client.post(f"{address}recommend/", {**told, "limit_minor": "1.00"}).status_code == 422
    assert client.post(f"{address}recommend/", told).status_code == 302
    assert client.get(f"{address}decide/").status_code == 403
    client = come_in(director)
    assert client.post(f"{address}decide/", {"is_approved": "yes"}).status_code == 302
    page = client.get(address).text
    assert "€12,000.00" in page and "pays well" in page
    review.refresh_from_db()
    assert review.status == "implemented"


def test_the_months_to_come_hold_every_customer_with_a_limit(come_in, reader, company):
    assert "Nothing is planned yet" in come_in(reader).get("/credit-reviews/calendar/").text
    credit_policy(company)
    with_limit(company, "OLD", 300_000)
    with_limit(company, "NEW", 200_000, days=30)
    page = come_in(reader).get("/credit-reviews/calendar/").text
    assert "March 2026" in page and "February 2027" in page
    assert "€3,000.00" in page and "€2,000.00" in page and "€5,000.00" in page


def test_a_review_is_asked_for_by_hand(come_in, analyst, company):
    credit_policy(company)
    customer = add_customer(company, "H1")
    address = f"/credit-reviews/new/{customer.pk}/"
    assert come_in(analyst).post(address, {"reason": "new plant"}).status_code == 302
    assert come_in(analyst).post(address, {"reason": "again"}).status_code == 422
    assert "new plant" in come_in(analyst).get("/credit-reviews/").text


def test_a_warning_stands_beside_the_customers_own_pattern(
    come_in, reader, analyst, company, customer
):
    overdue(customer, "R1")
    warning = warned(customer)
    other = warned(customer, kind="bureau_drop", strength_ppm=650_000)
    page = come_in(reader).get("/warnings/").text
    assert "Has gone silent" in page and "60 days" in page and "/accept/" not in page
    shown = come_in(reader).get(f"/warnings/{warning.pk}/").text
    assert "Refusal: it can and will not" in shown and "A bureau thinks less of it" in shown
    client = come_in(analyst)
    accept = f"/warnings/{warning.pk}/accept/"
    assert client.post(accept, {"playbook": "nonsense"}).status_code == 422
    assert client.post(accept, {"reason": "call them"}).status_code == 302
    dismiss = f"/warnings/{other.pk}/dismiss/"
    assert client.post(dismiss, {"reason": ""}).status_code == 422
    assert client.post(dismiss, {"reason": "old news"}).status_code == 302
    assert "call them" in client.get("/warnings/?status=accepted").text
    assert "old news" in client.get("/warnings/export.csv?status=dismissed").text
    assert Watch.objects.count() == 0


def test_nobody_of_another_company_gets_in(come_in, rival, review, customer):
    warning = warned(customer)
    client = come_in(rival)
    assert client.get(f"/credit-reviews/{review.pk}/").status_code == 404
    assert client.get(f"/warnings/{warning.pk}/").status_code == 404


@pytest.mark.parametrize("address", QUERIES)
@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_for_one_and_three_rows(
    come_in, reader, company, django_assert_num_queries, address, count
):
    credit_policy(company)
    for n in range(count):
        customer = with_limit(company, f"Q{n}")
        warned(customer)
    planned(company)
    client = come_in(reader)
    client.get(address)
    with django_assert_num_queries(QUERIES[address]):
        client.get(address)
