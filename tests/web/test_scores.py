"""Scores and early warnings: the list, its filters, the moves between bands, the export."""

import json

import pytest

from dunwell.models import CustomerScore
from tests.actions.test_predictions import score, scores
from tests.conftest import add_customer
from tests.web.test_exports import lines

QUERIES_OF_THE_PAGE = 8
POINT = {
    "reason": "late_days", "reason_group": "history", "unit": "days", "measured": 21,
    "neutral": 8, "evidence": 12, "points": -6, "most": 10, "least": -12,
}  # fmt: skip
SHARE = {**POINT, "reason": "late_ppm", "unit": "ppm", "measured": 750_000, "points": 0}
WARNING = {
    "code": "silence", "kind": "refusal", "unit": "days", "measured": 163, "usual": 41,
    "evidence": 5, "severity": 3, "since_on": "2025-10-01",
}  # fmt: skip


@pytest.fixture
def three(company, customer):
    """Acme fell from A to E with a warning, Beta rose from B to A, Gamma is new in B."""
    beta, gamma = add_customer(company, "K2", "Beta"), add_customer(company, "K3", "Gamma")
    scores(
        company,
        [
            score(
                customer, 30, band="E", is_alarm=True, score_before=85, band_before="A",
                points=json.dumps([POINT, SHARE]), warnings=json.dumps([WARNING]),
            ),
            score(beta, 81, band="A", score_before=70, band_before="B"),
            score(gamma, 66, band="B", is_thin=True),
        ],
    )  # fmt: skip
    return customer, beta, gamma


def shown(page):
    return [name for name in ("Acme", "Beta", "Gamma") if f">{name}</a>" in page.text]


def test_without_scores_the_page_says_where_they_come_from(come_in, reader):
    assert "No scores yet" in come_in(reader).get("/scores/").text


def test_the_lowest_score_comes_first_with_what_changed(come_in, reader, three):
    page = come_in(reader).get("/scores/").text

    assert page.index("Acme") < page.index("Gamma") < page.index("Beta")
    assert "\N{MINUS SIGN}55" in page and "+11" in page and "from A" in page
    assert "fell sharply" in page and "Has gone silent" in page
    assert "163 days now, 41 days usually, since Oct 1, 2025" in page
    assert "few items" in page
    assert "1 fell, 1 rose." in page


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?band=A", ["Beta"]),
        ("?band=E&before=A", ["Acme"]),
        ("?before=B", ["Beta"]),
        ("?show=alarms", ["Acme"]),
        ("?show=warnings", ["Acme"]),
        ("?q=gam", ["Gamma"]),
        ("?q=zzz", []),
        ("?band=Z&before=%00&show=x&cursor=nonsense", ["Acme", "Beta", "Gamma"]),
    ],
)
def test_the_list_is_filtered(come_in, reader, three, query, names):
    assert shown(come_in(reader).get(f"/scores/{query}")) == names


def test_every_move_opens_its_customers(come_in, reader, three):
    page = come_in(reader).get("/scores/").text

    assert 'href="?band=E&amp;before=A"' in page and 'aria-label="1 from A to E"' in page
    assert 'href="?band=A&amp;before=B"' in page


def test_scores_are_exported_under_the_same_filter(come_in, reader, three):
    client = come_in(reader)

    head = (
        "Customer number,Customer,Score,Band,30 days ago,Band 30 days ago,Fell sharply,Few items,"
        "Early warnings,As of"
    )
    assert lines(client.get("/scores/export.csv?band=E")) == [
        head,
        "K1,Acme,30,E,85,A,true,false,Has gone silent,2026-03-05",
    ]
    assert len(lines(client.get("/scores/export.csv"))) == 4
    assert client.get("/scores/export.exe").status_code == 404


def test_another_company_s_scores_are_not_seen(come_in, rival, three):
    client = come_in(rival)

    assert "No scores yet" in client.get("/scores/").text
    assert len(lines(client.get("/scores/export.csv"))) == 1


def test_a_customer_shows_how_its_score_adds_up(come_in, reader, three):
    page = come_in(reader).get(f"/customers/{three[0].pk}/").text

    assert '<span class="score-number">30</span>' in page and "E: at risk" in page
    assert (
        "Days late on average, by amount" in page
        and "21 days" in page
        and "\N{MINUS SIGN}6" in page
    )
    assert "75\N{NO-BREAK SPACE}%" in page
    assert "Has gone silent" in page and "sign of refusal" in page and "urgent" in page


@pytest.mark.parametrize("count", [1, 3])
def test_listing_costs_the_same_however_long_it_is(
    come_in, reader, company, count, django_assert_num_queries
):
    made = [score(add_customer(company, f"K{number}"), 50) for number in range(count)]
    scores(company, made)
    client = come_in(reader)

    with django_assert_num_queries(QUERIES_OF_THE_PAGE):
        client.get("/scores/")
    assert CustomerScore.objects.count() == count
