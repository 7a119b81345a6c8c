"""Pages of analyses and benchmarks: a story each, in words, with exports that say the same."""

import io
from dataclasses import replace
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dunwell.actions.gate import system
from dunwell.actions.industry_figures import add_industry_figure
from dunwell.models import Analysis, IndustryFigure, KpiValue
from dunwell.queries.dso_bridge import BridgeRows
from dunwell.templatetags.analysis import waterfall
from tests.actions.credit_worlds import paying, silent
from tests.conftest import AT, TODAY

ADDED = {
    "kpi": "dso",
    "value": "54.2",
    "industry": "Wholesale",
    "region": "DE",
    "period": "2025",
    "source": "Trade body, page 4",
    "published_on": "2026-01-15",
}


DAYS = "as_of=2026-03-05&since=2025-12-31"
BEHIND = "by=segment&key=standard&part=mix&unit=minor"


@pytest.fixture
def world(company):
    paying(company, "PROMPT", late=-3, months=9, segment="key")
    paying(company, "LATE", late=25, months=9)
    silent(company, "LOST", issued_days=120)


def text_of(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_empty_book_says_so_on_every_page(come_in, reader):
    client = come_in(reader)
    for page in ("course", "bridge", "causes", "rolls", "vintages", "curves"):
        assert "Nothing to analyse on this day" in text_of(client.get(f"/analysis/{page}/"))
    assert "No figure of an industry yet" in text_of(client.get("/analysis/benchmarks/"))
    assert client.get("/analysis/rolls/items/?month=x&from=new&to=paid").status_code == 404


def test_analyses_tell_what_moved_and_lead_to_who_is_behind(come_in, manager, world):
    client = come_in(manager)
    home = text_of(client.get("/analysis/"))
    assert "Where overdue money sits" in home and "DSO changed by" in home
    bridge = text_of(client.get(f"/analysis/bridge/?by=segment&{DAYS}"))
    assert "Shapley" in bridge and "part=mix" in bridge
    behind = text_of(client.get(f"/analysis/bridge/customers/?{DAYS}&{BEHIND}"))
    assert "LOST" in behind
    causes = text_of(client.get("/analysis/causes/"))
    assert "Overdue claims are €5,000.00" in causes
    assert "LOST-1" in text_of(client.get("/analysis/causes/items/?at="))
    assert client.get("/analysis/causes/items/?at=0.9.9").status_code == 404
    rolls = text_of(client.get("/analysis/rolls/"))
    assert "Rows sum to what was there" in rolls
    vintages = text_of(client.get("/analysis/vintages/"))
    assert "month=2025-11-30" in vintages
    assert "LOST-1" in text_of(client.get("/analysis/vintages/items/?month=2025-11-30"))
    assert "too young" in text_of(client.get("/analysis/curves/"))
    assert "too few to compare" in text_of(client.get("/analysis/curves/?by=segment"))
    assert "more months are needed" in text_of(client.get("/analysis/course/?kpi=sales"))
    for what in ("course", "bridge", "causes", "rolls", "vintages", "curves"):
        assert len(text_of(client.get(f"/analysis/export/{what}.csv")).splitlines()) > 1
    assert client.get("/analysis/export/weather.csv").status_code == 404


def test_any_day_is_worked_out_when_asked_for(come_in, manager, reader, world):
    client = come_in(manager)
    sent = {"kind": "bridge", "as_of": "2026-02-20", "since": "2026-01-20"}
    answer = client.post("/analysis/order/", sent)
    assert answer["location"].endswith("/analysis/bridge/?as_of=2026-02-20&since=2026-01-20")
    assert Analysis.objects.get().status == "done"
    assert "Work it out again" in text_of(client.get(answer["location"]))
    assert client.post("/analysis/order/", {**sent, "as_of": "2030-01-01"}).status_code == 422
    assert come_in(reader).post("/analysis/order/", sent).status_code == 403


def test_figures_of_industries_stand_beside_ours_with_their_source(come_in, manager, company):
    KpiValue.objects.create(
        company=company, as_of=TODAY, currency="EUR", kpi="dso", value="60.0", unit="days"
    )
    client = come_in(manager)
    assert client.post("/analysis/benchmarks/add/", ADDED).status_code == 302
    again = client.post("/analysis/benchmarks/add/", ADDED)
    assert again.status_code == 422 and "is there already" in again.content.decode()
    wrong = client.post("/analysis/benchmarks/add/", {**ADDED, "value": "abc", "region": "FR"})
    assert "is no number" in wrong.content.decode() and "abc" in wrong.content.decode()
    page = text_of(client.get("/analysis/benchmarks/"))
    assert "Trade body, page 4" in page and "worse" in page and "54.2" in page
    head = ",".join(ADDED)
    row = "dso,47.5,Wholesale,AT,2025,Trade body,2026-01-15"

    def sent(text):
        file = SimpleUploadedFile("figures.csv", text.encode())
        return client.post("/analysis/benchmarks/import/", {"file": file})

    assert "write published_on" in sent(f"{head}\n{row}\n{row[:-3]}").content.decode()
    assert "no KPI weather" in sent(f"{head}\nweather{row[3:]}").content.decode()
    assert IndustryFigure.objects.count() == 1
    assert sent(f"{head}\n{row}").status_code == 302
    assert sent(f"{head}\n{row}").status_code == 302
    assert IndustryFigure.objects.count() == 2
    lines = text_of(client.get("/analysis/export/industry.csv")).splitlines()
    assert len(lines) == 3
    figure = IndustryFigure.objects.get(region="AT")
    away = f"/analysis/benchmarks/{figure.pk}/withdraw/"
    assert client.post(away).status_code == 302
    assert client.post(away).status_code == 422
    assert "47.5" not in text_of(client.get("/analysis/benchmarks/"))


def test_another_company_sees_none_of_it(come_in, rival, company):
    figure = add_industry_figure(
        actor=system(company),
        as_of=TODAY,
        at=AT,
        **{**ADDED, "published_on": date(2026, 1, 15)},
    )
    client = come_in(rival)
    assert client.post(f"/analysis/benchmarks/{figure.pk}/withdraw/").status_code == 404
    assert "Trade body" not in text_of(client.get("/analysis/benchmarks/"))
    sheet = client.get("/analysis/export/industry.xlsx").content
    assert io.BytesIO(sheet).read(2) == b"PK"


def test_the_bridge_is_drawn_large_where_its_parts_are_small():
    rows = BridgeRows(
        unit="days", currency="EUR", dimension="segment", before=43_000, after=42_000,
        parts=(("terms", -1_500), ("mix", 500)), slices=(),
    )  # fmt: skip
    drawn = waterfall(rows)
    assert drawn["is_cut"] and drawn["low"] == 38_500 and drawn["high"] == 43_000
    assert [bar["height"] for bar in drawn["bars"]] == ["96.00", "32.00", "10.67", "74.67"]
    small = replace(rows, before=1_000, after=0, parts=(("terms", -1_000),))
    assert waterfall(small)["low"] == 0 and not waterfall(small)["is_cut"]
