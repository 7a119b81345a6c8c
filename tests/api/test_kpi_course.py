"""The course of a figure over its month ends, as a program asks for it."""

import pytest

from tests.api.conftest import add_token


@pytest.mark.parametrize("name", ["", "sdo"])
def test_a_course_of_no_figure_is_refused_with_those_there_are(company, admin, name):
    program = add_token(admin, company)
    answer = program.get(f"/kpis/course?kpi={name}&currency=EUR")
    assert answer.status_code == 422
    assert f"There is no KPI {name}; there are dso, " in answer.json()["detail"]
    assert program.get("/kpis/course?currency=EUR").json() == []
    assert program.get("/kpis/slices?kpi=").status_code == 200
