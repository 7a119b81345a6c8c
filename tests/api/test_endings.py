"""What ends: rows of one table become headers, marks in the document, and nothing that breaks."""

from copy import deepcopy
from datetime import date

import pytest

from dunwell.api import api, endings
from dunwell.api.endings import Ending, EndingError, headers, mark
from tools.api_digest import breaking, digest
from tools.client import read

READ_AT = "https://erp.example/changes"
SINCE = date(2026, 3, 5)
DAYS = {"deprecated_on": SINCE, "read_at": READ_AT}
PLANTED = (
    Ending(operation="list_payments", ends_on=date(2027, 3, 5), **DAYS),
    Ending(operation="list_customers", parameter="search", **DAYS),
    Ending(schema="PaymentIn", field="reference", deprecated_on=date(2026, 4, 1), read_at="/two"),
)
TOLD = {
    "Deprecation": "@1772668800",
    "Sunset": "Fri, 05 Mar 2027 00:00:00 GMT",
    "Link": f'<{READ_AT}>; rel="deprecation"',
}


@pytest.fixture
def planted(monkeypatch):
    """Rows stand in the table, and the document is made anew."""
    monkeypatch.setattr(endings, "ENDINGS", PLANTED)
    monkeypatch.setattr(api, "_documents", {}, raising=False)


def told(answer):
    return {name: answer.headers[name] for name in TOLD if name in answer.headers}


def test_an_operation_that_ends_says_so_in_every_answer_and_no_other_does(as_clerk, planted):
    assert told(as_clerk.get("/payments")) == TOLD
    assert told(as_clerk.get("/payments?limit=x")) == TOLD  # refused
    assert told(as_clerk.call("GET", "/payments", Authorization="Bearer wrong")) == TOLD
    assert told(as_clerk.get("/items")) == {}


def test_a_parameter_and_a_field_end_for_the_operations_that_take_them(as_clerk, planted):
    for answer, since, address in (
        (as_clerk.get("/customers"), "@1772668800", READ_AT),
        (as_clerk.post("/payments", {}), "@1775001600", "/two"),
        (as_clerk.post("/payments/bulk", {}), "@1775001600", "/two"),
    ):
        assert told(answer) == {"Deprecation": since, "Link": f'<{address}>; rel="deprecation"'}
    assert told(as_clerk.get("/customers/1")) == {}


def test_the_document_marks_what_ends_and_breaks_nobody(as_clerk, planted):
    document = as_clerk.get("/openapi.json").json()
    paths = document["paths"]
    listed = paths["/api/v1/payments"]["get"]
    search = {one["name"]: one for one in paths["/api/v1/customers"]["get"]["parameters"]}
    fields = document["components"]["schemas"]["PaymentIn"]["properties"]

    assert listed["deprecated"]
    assert f"Deprecated since {SINCE}, ends on 2027-03-05: {READ_AT}" in listed["description"]
    assert [name for name, one in search.items() if one.get("deprecated")] == ["search"]
    assert [name for name, one in fields.items() if one.get("deprecated")] == ["reference"]
    marks = str(document).count("'deprecated': True")
    assert marks == len(PLANTED)


def test_what_is_marked_is_no_breaking_change():
    document = read(api.get_openapi_schema())
    marked = deepcopy(document)
    mark(marked, PLANTED)

    assert marked != document
    assert breaking(digest(document), digest(marked)) == []


def test_a_version_that_ends_says_so_everywhere():
    document = read(api.get_openapi_schema())
    found = headers(document, [Ending(version="1", **DAYS), *PLANTED])

    assert len(found) == sum(len(methods) for methods in document["paths"].values())
    both = found["POST", "/api/v1/payments"]
    assert both["Deprecation"] == "@1772668800"  # the earlier of the two
    assert both["Link"] == f'<{READ_AT}>; rel="deprecation", </two>; rel="deprecation"'
    assert headers(document, [Ending(version="2", **DAYS)]) == {}


def test_today_s_table_names_only_what_the_api_has():
    mark(deepcopy(read(api.get_openapi_schema())), endings.ENDINGS)


@pytest.mark.parametrize(
    ("named", "why"),
    [
        ({}, "Name an operation"),
        ({"operation": "a", "version": "1"}, "Name an operation"),
        ({"schema": "PaymentIn"}, "Name an operation"),
        ({"version": "1", "parameter": "limit"}, "one of an operation"),
        ({"operation": "list_payments", "ends_on": date(2027, 3, 4)}, "must stay for 365 days"),
    ],
)
def test_a_row_that_cannot_be_is_refused(named, why):
    with pytest.raises(EndingError, match=why):
        Ending(**named, **DAYS)


@pytest.mark.parametrize(
    "named",
    [
        {"operation": "list_nothing"},
        {"operation": "list_payments", "parameter": "colour"},
        {"schema": "PaymentIn", "field": "colour"},
        {"version": "9"},
    ],
)
def test_what_the_api_does_not_have_cannot_end(named):
    with pytest.raises(EndingError, match="The API has no"):
        mark(deepcopy(read(api.get_openapi_schema())), [Ending(**named, **DAYS)])
