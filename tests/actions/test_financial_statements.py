"""Financial statements: typed figures audited, corrected by versions, read from files."""

from datetime import date, timedelta

import pytest

from dunwell.actions.credit_points import record_data_point
from dunwell.actions.financial_statements import record_statement, record_statement_file
from dunwell.actions.gate import Refused, system
from dunwell.models import CreditDataPoint, FinancialStatement
from dunwell.queries.financial_statements import statement_rows, statement_versions, told_lines
from tests.actions.desk import last_event
from tests.conftest import AT, TODAY, add_customer

LINES = {
    "revenue": 1_000_00,
    "total_assets": 500_00,
    "total_liabilities": 300_00,
    "equity": 200_00,
}


@pytest.fixture
def customer(company):
    return add_customer(company, "1001")


def record(customer, **changes):
    stated = {
        "kind": "annual",
        "period_from": date(2025, 1, 1),
        "period_to": date(2025, 12, 31),
        "currency": "EUR",
        "lines": LINES,
        "as_of": TODAY,
        "at": AT,
        **changes,
    }
    return record_statement(actor=system(customer.company), customer=customer, **stated)


def test_a_statement_is_kept_with_its_figures_and_the_event_tells_each(company, customer):
    statement = record(customer)
    assert told_lines(statement) == LINES
    assert (statement.source, statement.version, statement.available_on) == ("manual", 1, TODAY)
    verb, _, customer_id, data = last_event(company)
    assert (verb, customer_id) == ("financial_statement.recorded", customer.pk)
    assert data["figures"] == {name: [None, amount] for name, amount in LINES.items()}
    assert data["findings"] == ["missing"]


def test_the_same_figures_again_are_no_new_version(company, customer):
    first = record(customer)
    assert record(customer) == first
    assert FinancialStatement.objects.count() == 1


def test_a_correction_is_a_new_version_with_a_reason_and_the_old_one_stays(company, customer):
    first = record(customer)
    changed = {**LINES, "revenue": 900_00, "cash": 5_00}
    with pytest.raises(Refused, match="Say why it is corrected"):
        record(customer, lines=changed)
    later = TODAY + timedelta(days=3)
    second = record(customer, lines=changed, reason="typing error", as_of=later)
    assert (second.version, second.supersedes) == (2, first)
    assert told_lines(first) == LINES
    assert last_event(company)[3]["figures"] == {
        "revenue": [1_000_00, 900_00],
        "cash": [None, 5_00],
    }
    assert statement_versions(company, first.pk) == (second, first)
    # a day between the two is still answered by the first
    shown = [statement_rows(company, customer.pk, as_of=day)[0].version for day in (TODAY, later)]
    assert shown == [1, 2]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"lines": {}}, "at least one line"),
        ({"lines": {"goodwill": 1}}, "There is no line goodwill"),
        ({"lines": {"revenue": 10**16}}, "larger than this ledger can hold"),
        ({"period_to": TODAY + timedelta(days=1)}, "has not come yet"),
        ({"period_to": date(2024, 12, 31)}, "must end after it begins"),
        ({"period_from": date(2020, 1, 1)}, "at most 550 fit"),
        ({"currency": "EURO"}, "is no currency"),
        ({"kind": "weekly"}, "There is no kind weekly"),
        ({"scale": 7}, "1, 1,000 or 1,000,000"),
    ],
)
def test_what_is_no_statement_is_refused(customer, changes, message):
    with pytest.raises(Refused, match=message):
        record(customer, **changes)


def test_one_that_does_not_balance_is_kept_and_says_so(company, customer):
    record(customer, lines={**LINES, "equity": 100_00})
    row = statement_rows(company, customer.pk, as_of=TODAY)[0]
    assert (row.is_sound, row.findings[0].code, row.findings[0].off_minor) == (
        False,
        "unbalanced",
        100_00,
    )


def test_a_file_brings_every_year_all_or_none(company, customer):
    stated = {
        "actor": system(company), "customer": customer, "name": "s.csv", "currency": "EUR",
        "as_of": TODAY, "at": AT,
    }  # fmt: skip
    text = "Line;2023;2024\nRevenue;10;12\nTotal assets;5;6\nGoodwill;1;1\n"
    recorded, file = record_statement_file(data=text.encode(), is_audited=True, **stated)
    assert [(one.period_to, one.source, one.is_audited) for one in recorded] == [
        (date(2023, 12, 31), "csv", True),
        (date(2024, 12, 31), "csv", True),
    ]
    assert file.unread == ("s.csv, row 4: Goodwill",)
    rows = statement_rows(company, customer.pk, as_of=TODAY)
    assert [(row.period_to.year, row.leads) for row in rows] == [(2024, True), (2023, False)]
    revenue = rows[0].cells[0]
    assert (revenue.amount_minor, revenue.place, revenue.change_ppm) == (
        12_00,
        "s.csv, row 2, column 3",
        200_000,
    )
    changed = text.replace("Revenue;10;12", "Revenue;10;13")
    with pytest.raises(Refused, match="Say why it is corrected"):
        record_statement_file(data=changed.encode(), is_audited=True, **stated)
    with pytest.raises(Refused, match="which has not come yet"):
        record_statement_file(data=b"Line;2025;2026\nRevenue;10;12\n", **stated)
    assert FinancialStatement.objects.count() == 2


def test_a_data_point_is_added_never_changed_and_the_latest_counts(company, customer):
    stated = {"actor": system(company), "customer": customer, "as_of": TODAY, "at": AT}
    point = {"name": "years_in_business", "source": "trade register", "on": TODAY, **stated}
    first = record_data_point(value=7, **point)
    assert record_data_point(value=7, **point) == first
    record_data_point(value=None, **point)
    assert last_event(company)[3] == {
        "name": "years_in_business",
        "before": 7,
        "after": None,
        "source": "trade register",
        "on": "2026-03-05",
    }
    record_data_point(**{**point, "name": "point_likes_tea", "value": True})
    assert list(CreditDataPoint.objects.order_by("pk").values_list("name", "value")) == [
        ("years_in_business", 7),
        ("years_in_business", None),
        ("likes_tea", True),
    ]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "Bad Name"}, "is no name of a data point"),
        ({"value": True}, "Years in business must be a whole number"),
        ({"value": "seven"}, "must be a whole number"),
        ({"value": 10**16}, "is too large"),
        ({"source": ""}, "Say where this is from"),
        ({"on": TODAY + timedelta(days=1)}, "has not come yet"),
    ],
)
def test_a_data_point_of_the_wrong_kind_is_refused(company, customer, changes, message):
    stated = {
        "name": "years_in_business",
        "value": 7,
        "source": "register",
        "on": TODAY,
        **changes,
    }
    with pytest.raises(Refused, match=message):
        record_data_point(actor=system(company), customer=customer, as_of=TODAY, at=AT, **stated)
