"""A whole book in columns says of every customer what is said of each alone, and is kept well."""

from collections import OrderedDict
from datetime import timedelta

import pytest

from dunwell.actions.gate import system
from dunwell.actions.rates import set_rate
from dunwell.engine.exposure import split_by_currency
from dunwell.engine.stress import Scenario
from dunwell.models import CreditRating, Customer, CustomerLink
from dunwell.queries import kept_sums, limit_use
from dunwell.queries.book_rows import company_book
from dunwell.queries.concentrations import part_members, part_page
from dunwell.queries.credit_policies import credit_policy_in_force
from dunwell.queries.credit_portfolio import chosen_rows, portfolio, rows_page
from dunwell.queries.exposures import exposure_parts, exposures
from dunwell.queries.limit_use import UseFilter, use_rows
from dunwell.queries.limits import limits_in_force
from dunwell.queries.portfolio_pages import credit_customers, credit_home, credit_stress
from dunwell.queries.rebalancing import rebalancing
from tests.actions.ledger_rows import invoice, payment
from tests.actions.limit_rows import approved, cover, group_of, order
from tests.conftest import AT, TODAY, add_customer

pytestmark = pytest.mark.django_db
NAMES = ("risk_class", "risk", "pd_ppm", "lgd_ppm", "is_rated")
WAS = TODAY - timedelta(days=10)


@pytest.fixture
def book(company, customer):
    """Twelve customers of every kind: covers, orders, groups, suspensions, foreign money."""
    set_rate(actor=system(company), currency="USD", from_on=WAS, rate_ppm=900_001,
             source="bank", at=AT)  # fmt: skip
    every = [customer, *(add_customer(company, f"N{n:02}", country="FR") for n in range(11))]
    for number, one in enumerate(every[:-2]):
        invoice(one, f"R{number}", 100_00 + 33 * number)
        invoice(one, f"U{number}", 70_01 + number, currency="USD" if number % 2 else "EUR")
    invoice(every[3], "X", 5_00, currency="JPY")
    payment(every[1], "B1", 40_07)
    payment(every[10], "B2", 40_00)
    order(every[2], "O1", 80_00, prepaid_minor=30_00, delivered_minor=10_00)
    order(every[11], "O2", 60_00)
    cover(every[4], "P1", 60_00, share_ppm=900_000)
    cover(every[5], "P2", 60_00, effect="lifts_limit")
    approved(500_00, customer=every[6])
    approved(10_00, customer=every[7], until_on=TODAY + timedelta(days=3))
    approved(0, customer=every[8], kind="suspension")
    approved(900_00, segment="vip", company=company)
    approved(70_00, segment="vip", company=company, kind="insured")
    approved(300_00, group=group_of("Two", every[0], every[9]))
    Customer.objects.filter(pk__in=[every[n].pk for n in (1, 2, 8, 9)]).update(segment="vip")
    Customer.objects.filter(pk__in=[every[n].pk for n in (2, 3, 7)]).update(
        credit_limit_minor=40_00
    )
    for one, name in ((every[1], "A"), (every[2], "Z")):
        CreditRating.objects.create(
            company=company, customer=one, as_of=WAS, risk_class=name, risk="low",
            outcome="approve", pd_ppm=4_321 if name == "A" else None, recorded_at=AT,
        )  # fmt: skip
    CustomerLink.objects.create(
        company=company, customer=every[2], other=every[1], kind="parent", from_on=WAS, by="mona",
        recorded_at=AT,
    )  # fmt: skip
    return every


def test_columns_say_of_every_customer_what_is_said_of_each(company, book):
    policy = credit_policy_in_force(company, as_of=TODAY).policy
    rows = {
        row["customer_id"]: row
        for row in company_book(company, policy, as_of=TODAY, is_whole=True).rows.iter_rows(
            named=True
        )
    }
    exposed, limits = (read(company, as_of=TODAY) for read in (exposures, limits_in_force))
    assert list(rows) == sorted(one.pk for one in book) == sorted(exposed)
    for key, row in rows.items():
        limit = limits[key]
        assert (row["exposure_minor"], row["covered_minor"]) == (
            exposed[key].exposure_minor, exposed[key].covered_minor
        )  # fmt: skip
        assert (row["limit_minor"], row["until_on"], row["is_suspended"]) == (
            limit.limit_minor, limit.until_on, limit.is_suspended
        )  # fmt: skip
    classes = {one.name: one for one in policy.classes.table}
    unscored = classes[policy.classes.unscored]
    told = [tuple(rows[one.pk][name] for name in NAMES) for one in book[:3]]
    assert told == [
        (unscored.name, unscored.risk, unscored.pd_ppm or 0, unscored.lgd_ppm, False),
        ("A", "low", 4_321, classes["A"].lgd_ppm, True),
        # a class that the policy does not know any more loses as the unscored do
        ("Z", "low", unscored.pd_ppm or 0, unscored.lgd_ppm, True),
    ]
    assert [rows[one.pk]["group_id"] for one in book[:3]] == [0, 0, book[1].pk]
    assert rows[book[3].pk]["exposure_minor"] is None


def test_exposure_by_currency_is_split_as_of_one_customer(company, book):
    found = portfolio(company, as_of=TODAY, is_whole=True)
    parts, exposed = exposure_parts(company), exposures(company, as_of=TODAY)
    rates = {rate.currency: rate for one in exposed.values() for rate in one.rates}
    for row in found.engine_rows:
        expected = ()
        if row.exposure_minor:
            expected = split_by_currency(
                parts[row.customer_id], rates, home="EUR", exposure_minor=row.exposure_minor
            )
        assert row.currencies == expected
    assert any(len(row.currencies) > 1 for row in found.engine_rows)


def test_pages_of_a_filter_are_its_rows_in_order(company, book):
    found = portfolio(company, as_of=TODAY)
    rows = chosen_rows(found, only="owing")
    assert [row.exposure_minor for row in rows] == sorted(
        (row.exposure_minor for row in found.rows if row.exposure_minor), reverse=True
    )
    only, cursor, told = {"only": "owing"}, "", []
    while True:
        shown = credit_customers(company, as_of=TODAY, only=only, cursor=cursor, limit=4)
        told += shown.page.rows
        if not (cursor := shown.page.next):
            break
    assert told == rows
    assert rows_page(found, found.book.rows.head(0)).rows == ()
    assert [one.pk for one in book if one.number == "N03"] == [
        row.customer_id for row in chosen_rows(found, search=" n03")
    ]
    expiring = chosen_rows(found, only="expiring")
    assert [row.customer_id for row in expiring] == [book[7].pk]


@pytest.mark.parametrize("scope", ["over", "none", "suspended"])
def test_many_customers_are_in_a_scope_as_few_are(company, book, monkeypatch, scope):
    only = [UseFilter(scope=scope, segment=segment) for segment in ("", "vip")]
    asked = [{"as_of": TODAY}, {"as_of": TODAY, "known_on": TODAY - timedelta(days=400)}]
    few = [use_rows(company, only=one, **when) for one in only for when in asked]
    monkeypatch.setattr(limit_use, "MOST_NAMED", 0)
    assert [use_rows(company, only=one, **when) for one in only for when in asked] == few
    assert few[0].rows
    cursor, told = "", []
    while True:
        page = use_rows(company, as_of=TODAY, only=only[0], limit=1, cursor=cursor)
        told += page.rows
        if not (cursor := page.next):
            break
    assert tuple(told) == few[0].rows


def test_parts_of_a_dimension_page_through_all_of_them(company, book):
    cursor, told = "", []
    while True:
        page = part_page(company, dimension="group", as_of=TODAY, cursor=cursor, limit=3)
        told += page.rows
        if not (cursor := page.next):
            break
    assert len(told) == len({one.key for one in told}) > 3
    for one in told:
        members = part_members(company, dimension="group", key=one.key, as_of=TODAY)
        assert (members.total_minor, members.customers) == (one.exposure_minor, one.customers)
        most = part_members(company, dimension="group", key=one.key, as_of=TODAY, most=1)
        assert (most.rows, most.customers) == (members.rows[:1], members.customers)


def test_a_kept_page_is_told_anew_after_an_event(company, customer, monkeypatch):
    for module in ("portfolio_pages", "book_rows", "exposure_frames", "rebalancing"):
        monkeypatch.setattr(f"dunwell.queries.{module}.MANY_CUSTOMERS", 1)
    for store in ("_kept", "_frames"):
        monkeypatch.setattr(kept_sums, store, OrderedDict())
    # the test's own transaction is around it
    monkeypatch.setattr(kept_sums, "_may_be_taken_back", lambda: False)
    invoice(customer, "R1", 100_00)
    first = credit_home(company, as_of=TODAY)
    assert credit_home(company, as_of=TODAY) is first
    books = [portfolio(company, as_of=TODAY).book for _ in range(2)]
    assert books[0] is books[1]
    proposed = rebalancing(company, as_of=TODAY)
    assert rebalancing(company, as_of=TODAY) is proposed
    assert rebalancing(company, as_of=TODAY, premium_ppm=1) is not proposed
    calm, worse = Scenario(), Scenario(failing_top=1)
    stress = [credit_stress(company, one, as_of=TODAY, most=5) for one in (calm, worse)]
    assert [one.found.failed for one in stress] == [0, 1]
    set_rate(actor=system(company), currency="USD", from_on=TODAY, rate_ppm=900_000,
             source="bank", at=AT)  # fmt: skip
    invoice(customer, "R2", 50_00)
    then = credit_home(company, as_of=TODAY)
    assert (first.figures.exposure_minor, then.figures.exposure_minor) == (100_00, 150_00)
    assert portfolio(company, as_of=TODAY).figures == then.figures
    assert rebalancing(company, as_of=TODAY) is not proposed
    again = credit_stress(company, worse, as_of=TODAY, most=5)
    assert again.found.exposure_minor == 150_00
    for day in range(kept_sums.MOST_FRAMES + 2):
        portfolio(company, as_of=TODAY - timedelta(days=day))
    assert len(kept_sums._frames) == kept_sums.MOST_FRAMES
