"""Reviews: planned within a budget, closed when nothing moved, recommended, decided, carried out."""

from datetime import timedelta

import pytest

from dunwell.actions.approvals import decide_approval
from dunwell.actions.credit_reviews import (
    ask_review,
    decide_review,
    recommend_review,
    start_review,
)
from dunwell.actions.gate import Forbidden, Refused, staff, system
from dunwell.actions.review_steps import plan_reviews
from dunwell.models import (
    ApprovalRequest,
    CreditLimit,
    CreditRating,
    CreditReview,
    Membership,
    User,
)
from dunwell.queries.review_cases import reviews_due
from tests.actions.cover_rows import credit_policy, granted, overdue, who
from tests.actions.desk import acting, verbs
from tests.conftest import AT, TODAY, add_customer, add_user

DAY = timedelta(days=1)
LIMIT = 1_000_000


@pytest.fixture
def limited(company):
    """A customer whose limit of 10,000.00 was granted more than a year ago, rated B."""
    credit_policy(company)
    for name, role in (
        ("nora", "credit_analyst"),
        ("nils", "credit_manager"),
        ("frida", "finance_director"),
    ):
        add_user(company, name, role)
    return with_limit(company, "L1")


def with_limit(company, number, amount_minor=LIMIT, *, days=400, risk="low", pd_ppm=20_000):
    """A customer with a limit granted so many days ago, and a rating."""
    customer = add_customer(company, number)
    on = TODAY - timedelta(days=days)
    grant(customer, amount_minor, on=on)
    rate(customer, "B", risk=risk, pd_ppm=pd_ppm, on=on)
    return customer


def grant(customer, amount_minor, *, on):
    """A standard limit that was approved on a day."""
    CreditLimit.objects.create(
        company=customer.company,
        customer=customer,
        kind="standard",
        status="approved",
        currency="EUR",
        amount_minor=amount_minor,
        from_on=on,
        reason="first",
        asked_by="nora",
        asked_on=on,
        decided_by="mona",
        decided_on=on,
        decided_at=AT - (TODAY - on),
        recorded_at=AT,
    )


def rate(customer, risk_class, *, risk="low", pd_ppm=20_000, on=TODAY):
    """A rating of the customer from a day on."""
    return CreditRating.objects.create(
        company=customer.company,
        customer=customer,
        as_of=on,
        risk_class=risk_class,
        risk=risk,
        outcome="approve",
        pd_ppm=pd_ppm,
        digest=f"{risk_class}{on}",
        by="system",
        recorded_at=AT,
    )


def planned(company, on=TODAY):
    """Run the step of the cycle on a day; return how many changed."""
    return plan_reviews(actor=system(company), due=reviews_due(company, as_of=on), as_of=on, at=AT)


def queue(company):
    """Customer, status, triggers, change and whether it is this week's, the largest first."""
    rows = CreditReview.objects.filter(company=company).order_by("-change_minor", "id")
    return [
        (
            row.customer.number,
            row.status,
            [one["code"] for one in row.triggers],
            row.change_minor,
            row.is_queued,
        )
        for row in rows.select_related("customer")
    ]


def acted(action, review, name="nora", on=TODAY, **values):
    actor = staff(User.objects.get(username=name), review.company)
    return action(actor=actor, review=review, as_of=on, at=AT, **values)


def recommended(customer, advice="raise", limit_minor: int | None = 1_200_000, **values):
    review = ask_review(
        actor=who(customer.company, "nora"), customer=customer, reason="new plant",
        as_of=TODAY, at=AT,
    )  # fmt: skip
    acted(start_review, review)
    return acted(
        recommend_review, review, advice=advice, limit_minor=limit_minor, reason="pays", **values
    )


def decided(review, name="frida", *, is_approved=True, **values):
    return acted(decide_review, review, name, is_approved=is_approved, **values)


def test_nobody_is_reviewed_before_a_credit_policy_is_published(
    company, customer, django_assert_num_queries
):
    with django_assert_num_queries(1):
        assert reviews_due(company, as_of=TODAY) is None
    assert planned(company) == 0


def test_reviews_are_ranked_by_expected_loss_and_given_out_within_the_budget(company):
    credit_policy(company, "{reviews: {per_week: 2}}")
    for number, amount in (("S", 100_000), ("M", 400_000), ("L", 900_000)):
        overdue(with_limit(company, number), number, amount)
    with_limit(company, "NEW", days=10)
    add_customer(company, "NOLIMIT")
    assert planned(company) == 5
    assert queue(company) == [
        ("L", "due", [], 8_100, True),
        ("M", "due", [], 3_600, True),
        ("S", "due", [], 900, False),
    ]
    assert planned(company) == 0
    # 2026-03-05 is a Thursday: the budget begins anew on Monday
    assert planned(company, TODAY + 4 * DAY) == 1
    assert verbs(company) == ["reviews.planned", "reviews.planned"]


def test_what_is_asked_for_comes_at_once_and_goes_when_its_reason_goes(company, limited):
    rate(limited, "B")
    CreditReview.objects.create(**finished(limited, days=60))
    assert planned(company) == 0
    item = overdue(limited, "R1", LIMIT + 1)
    assert planned(company) == 2
    assert queue(company)[0][:3] == ("L1", "triggered", ["over_limit"])
    assert planned(company) == 0
    grant(limited, LIMIT + 1, on=TODAY)
    assert planned(company) == 1
    closed = CreditReview.objects.exclude(outcome="no_change").get()
    assert (closed.status, closed.outcome, closed.closed_on) == ("closed", "reason_gone", TODAY)
    assert item.number == "R1"
    assert verbs(company)[-1] == "review.closed"


def finished(customer, *, days, **facts):
    """Fields of a review that ended so many days ago with these facts."""
    on = TODAY - timedelta(days=days)
    return {
        "company": customer.company,
        "customer": customer,
        "status": "closed",
        "due_on": on,
        "opened_on": on,
        "currency": "EUR",
        "facts": {
            "exposure_minor": 0,
            "limit_minor": LIMIT,
            "pd_ppm": 20_000,
            "risk_class": "B",
            "risk": "low",
            **facts,
        },
        "outcome": "no_change",
        "decided_on": on,
        "closed_on": on,
        "recorded_at": AT,
    }


def test_a_review_in_which_nothing_moved_closes_by_itself_with_its_record(company, limited):
    CreditReview.objects.create(**finished(limited, days=370))
    assert planned(company) == 1
    last = CreditReview.objects.order_by("-id")[0]
    assert (last.status, last.outcome, last.facts["pd_ppm"]) == ("closed", "nothing_moved", 20_000)
    assert verbs(company) == ["review.closed"]
    assert planned(company, TODAY + DAY) == 0


def test_another_class_a_bureau_or_an_ending_cover_triggers_a_review(company, limited):
    CreditReview.objects.create(**finished(limited, days=60))
    rate(limited, "D", risk="high", pd_ppm=200_000)
    granted(limited, until_on=TODAY + 20 * DAY)
    planned(company)
    assert queue(company)[-1][2] == ["cover_expiring", "class_changed"]


def test_a_raise_within_authority_is_carried_out_and_closed_by_the_next_cycle(company, limited):
    review = decided(recommended(limited))
    assert (review.status, review.outcome) == ("implemented", "implemented")
    assert (review.limit.amount_minor, review.limit.source) == (
        1_200_000,
        f"review {review.pk}",
    )
    assert planned(company) == 1
    review.refresh_from_db()
    assert (review.status, review.closed_on) == ("closed", TODAY)


def test_what_is_kept_writes_no_limit(company, limited):
    review = decided(recommended(limited, "keep", None))
    assert (review.status, review.limit_id) == ("no_change", None)
    assert CreditLimit.objects.filter(customer=limited).count() == 1


def test_a_suspension_ends_by_its_day(limited):
    review = decided(recommended(limited, "suspend", None, until_on=TODAY + 30 * DAY))
    assert (review.limit.kind, review.limit.amount_minor, review.limit.until_on) == (
        "suspension",
        0,
        TODAY + 30 * DAY,
    )


def test_who_recommended_does_not_decide_and_a_review_sent_back_is_open_again(
    company, manager, limited
):
    review = recommended(limited)
    with pytest.raises(Forbidden):
        decided(review, "nora")
    Membership.objects.filter(user__username="nora").update(role="credit_manager")
    with pytest.raises(Refused, match="somebody else decides"):
        decided(review, "nora")
    with pytest.raises(Refused, match="looked at again"):
        decided(review, is_approved=False)
    review = decided(review, is_approved=False, reason="ask the bureau")
    assert (review.status, review.decision_reason) == ("recommendation", "ask the bureau")
    assert CreditLimit.objects.filter(customer=limited).count() == 1


def test_a_limit_beyond_authority_waits_and_the_review_with_it(company, manager, limited):
    rate(limited, "E", risk="high")
    review = decided(recommended(limited, limit_minor=500_000_000), "nils")
    assert (review.status, review.limit.status) == ("pending_approval", "proposed")
    with pytest.raises(Refused, match="waits for its approval"):
        decided(review)
    assert planned(company) == 0
    request = ApprovalRequest.objects.get()
    assert request.requested_by == "nora"
    decide_approval(
        actor=staff(User.objects.get(username="frida"), company),
        request=request,
        approve=False,
        reason="too much",
        as_of=TODAY,
        at=AT,
    )
    planned(company)
    review.refresh_from_db()
    assert (review.status, review.limit_id) == ("recommendation", None)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"advice": "double"}, "no advice 'double'"),
        ({"advice": "raise", "limit_minor": LIMIT}, "more than the limit now"),
        ({"advice": "lower", "limit_minor": LIMIT}, "less than now"),
        ({"advice": "raise"}, "Say the new limit"),
        ({"advice": "keep", "limit_minor": 1}, "has an amount"),
        ({"advice": "raise", "limit_minor": LIMIT + 1, "until_on": TODAY - DAY}, "already passed"),
        ({"advice": "keep", "reason": " "}, "Say what speaks for this"),
    ],
)
def test_advice_that_does_not_fit_is_refused(limited, values, message):
    review = ask_review(
        actor=who(limited.company, "nora"), customer=limited, reason="x", as_of=TODAY, at=AT
    )
    acted(start_review, review)
    with pytest.raises(Refused, match=message):
        acted(recommend_review, review, **{"reason": "pays", **values})


def test_a_customer_has_one_open_review_and_waits_for_data_where_told(company, limited, collector):
    planned(company)
    review = CreditReview.objects.get()
    with pytest.raises(Refused, match="open already"):
        ask_review(actor=who(company, "nora"), customer=limited, reason="x", as_of=TODAY, at=AT)
    with pytest.raises(Forbidden):
        start_review(actor=acting(collector), review=review, as_of=TODAY, at=AT)
    assert acted(start_review, review, waits_for_data=True).status == "refreshing"
    with pytest.raises(Refused, match="marked: refreshing data"):
        acted(recommend_review, review, advice="keep", reason="x")
    assert acted(start_review, review).status == "recommendation"


def test_planning_costs_the_same_for_one_and_three_customers(
    company, limited, django_assert_max_num_queries
):
    for n in range(2):
        overdue(with_limit(company, f"X{n}"), f"R{n}")
    with django_assert_max_num_queries(18):
        due = reviews_due(company, as_of=TODAY)
    assert len(due.planned) == 3
