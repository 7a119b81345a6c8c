"""Pages of the credit policy: tables, trying it, ratings, replays with drill-down and export."""

from datetime import timedelta

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from dunwell.actions.credit_replays import order_credit_replay
from dunwell.jobs.credit_replays import run_credit_replay
from dunwell.models import PolicyVersion, Replay
from dunwell.queries.credit_ratings import ratings
from dunwell.web.credit_panels import POLICY_PANEL, policy_panel
from tests.actions.credit_worlds import drafted_credit, paying, published_credit, silent
from tests.actions.desk import acting
from tests.actions.test_credit_ratings import ON, rated
from tests.conftest import TODAY
from tests.jobs.test_credit_replays import LATE

QUERIES = {"/credit-policy/": 15, "/credit-policy/ratings/": 6}


def test_the_standard_is_shown_in_tables_until_a_policy_is_published(come_in, collector):
    page = come_in(collector).get("/credit-policy/").text
    assert "the standard applies" in page and "Credit management" in page
    assert "A bureau reports an insolvency" in page
    assert "Class is A or B" in page and "Amount asked for from 25,000.00 EUR" in page
    assert "200 % of highest balance of a year or 10 % of revenue" in page
    assert "Nobody is rated yet" in page
    assert "classes D and E" in page and "20 %" in page


def test_the_tables_read_in_the_language_of_who_looks(come_in, collector):
    client = come_in(collector)
    client.cookies["django_language"] = "de"
    page = client.get("/credit-policy/").text.replace("\N{NO-BREAK SPACE}", " ")
    for told in (
        "Eine Auskunftei meldet eine Insolvenz: ja",
        "Klasse ist A oder B",
        "Beantragter Betrag ab 25.000,00 €",
        "Höchster Saldo eines Jahres \N{MULTIPLICATION SIGN} 200 % oder Umsatz",
        "Ältester Posten überfällig",
        "toleriert: 30 Tage",
        "ab 90 % Ausschöpfung des Limits",
        "alle 12 Monate",
    ):
        assert told in page, told
    for english in (
        "Days overdue",
        "Any bureau",
        "Amount asked",
        ">Mahnsperre</span>",
        "highest balance",
    ):
        assert english not in page, english


ORDERS = """
  orders:
    review_days: 2
    auto_release: true
    rules:
      - {rule: days_overdue, days: 10, for: {risk_classes: [D, unknown], parties: [public]}}
      - {rule: days_overdue, days: 45, severity: warn, checkpoints: {order: 0, delivery: 3}}
      - {rule: order_amount, most_minor: 5000000}
      - {rule: risk_class, classes: [E]}
    exclusions:
      - {name: spare parts, types: [parts], below_minor: 50000, skips: [days_overdue, limit]}
      - {name: paid in advance, prepaid_ppm: 500000, countries: [DE]}
  reviews:
    per_week: 7
    auto_close: false
    months: {high: 1}
    triggers: [blocked_order]
"""


def test_what_stops_an_order_what_passes_and_when_is_reviewed_is_shown(
    come_in, company, collector
):
    published_credit(company, classes=("  classes:\n", f"{ORDERS}\n  classes:\n"))
    page = " ".join(come_in(collector).get("/credit-policy/").text.split())
    for told in (
        "10 days are tolerated; classes D, without a class; public bodies",
        "45 days are tolerated; at the order; at delivery with 3 days of grace",
        "at most €50,000.00",
        "classes E",
        "worth less than €500.00; of type parts",
        "Oldest item overdue, Over the limit",
        "at least 50 % prepaid; countries DE",
        "every rule but those that stop the customer itself",
        "A hold is looked at again 2 days after it was raised.",
        "A hold whose reasons are gone is released by itself, never a forced one.",
        "7 reviews",
        "every month",
        "looked at by a person",
        "<dd>Order held</dd>",
    ):
        assert told in page, told


def test_a_policy_that_was_not_looked_at_in_time_says_so(come_in, company, collector):
    start = TODAY - timedelta(days=400)
    published_credit(company, start=start)
    page = come_in(collector).get("/credit-policy/").text
    assert "should have looked at this policy by" in page
    version = PolicyVersion.objects.get()
    shown = come_in(collector).get(f"/credit-policy/{version.pk}/").text
    assert "Classes a year ago" not in shown and "credit version 1" in " ".join(shown.split())


def test_trying_shows_the_decision_with_its_reasons_and_writes_nothing(
    come_in, company, collector
):
    paying(company, "GOOD", late=0)
    client = come_in(collector)
    assert "Nobody chosen yet" in client.get("/credit-policy/try/").text
    page = client.get("/credit-policy/try/", {"number": "GOOD", "asked": "1,000.00"}).text
    assert "Approve" in page and "The risk of default is low." in page
    assert "€1,000.00" in page and "a person would decide" in page
    wrong = client.get("/credit-policy/try/", {"number": "NOBODY"})
    assert wrong.status_code == 422 and "No customer has this number." in wrong.text
    odd = client.get("/credit-policy/try/", {"number": "GOOD", "asked": "lots"})
    assert odd.status_code == 422


def test_ratings_are_listed_filtered_and_exported(come_in, company, collector):
    good = paying(company, "GOOD", late=0)
    silent(company, "BAD")
    client = come_in(collector)
    assert "No ratings here" in client.get("/credit-policy/ratings/").text
    published_credit(company)
    rated(company)
    page = client.get("/credit-policy/ratings/").text
    assert "GOOD" in page and "BAD" in page
    risk_class = ratings(company, as_of=TODAY)[good.pk].risk_class
    some = client.get(f"/credit-policy/ratings/?class={risk_class}").text
    assert "GOOD" in some and "BAD" not in some
    rows = client.get("/credit-policy/ratings/export.csv").content.decode("utf-8-sig").splitlines()
    assert len(rows) == 3 and any(f"GOOD,GOOD,{risk_class},low,approve" in row for row in rows)
    assert client.get("/credit-policy/ratings/?cursor=x").status_code == 200


def test_a_replay_is_ordered_shown_narrowed_and_exported(come_in, company, manager):
    paying(company, "LATE", late=20, months=10)
    version = drafted_credit(manager, decisions=("    rules:\n", LATE))
    client = come_in(manager)
    draft = client.get(f"/policies/credit/{version.pk}/").text
    assert "See first what it would have changed" in draft
    assert "was not replayed yet" in client.get(f"/credit-policy/{version.pk}/replays/").text
    answer = client.post(f"/credit-policy/{version.pk}/replays/")
    replay = Replay.objects.get()
    assert answer["Location"] == f"/credit-policy/replays/{replay.pk}/"
    page = client.get(answer["Location"]).text
    assert "Sales declined" in page and "LATE" in page and "Customers declined" in page
    some = client.get(f"{answer['Location']}?kind=sales&on=2026-01-31").text
    assert "Sales, " in some and "Show all" in some
    progress = client.get(f"{answer['Location']}progress/")
    assert (progress.status_code, progress["HX-Refresh"]) == (204, "true")
    rows = client.get(f"{answer['Location']}export.csv").content.decode("utf-8-sig").splitlines()
    assert len(rows) == Replay.objects.get().summary["changes"] + 1
    assert client.get(f"/replays/{replay.pk}/").status_code == 404


def test_who_may_not_replay_finds_no_button_and_is_refused(
    come_in, company, manager, collector, rival
):
    paying(company, "GOOD", late=0, months=3)
    version = drafted_credit(manager)
    client = come_in(collector)
    assert "Only a credit manager may order a replay" in (
        client.get(f"/credit-policy/{version.pk}/replays/").text
    )
    assert client.post(f"/credit-policy/{version.pk}/replays/").status_code == 403
    found = order_credit_replay(actor=acting(manager), version=version, **ON)
    assert "0 % of the months" in client.get(f"/credit-policy/replays/{found.pk}/").text
    run_credit_replay(found.pk)
    stranger = come_in(rival)
    for address in (f"/credit-policy/replays/{found.pk}/", f"/credit-policy/{version.pk}/"):
        assert stranger.get(address).status_code == 404


@pytest.mark.parametrize("address", sorted(QUERIES))
def test_pages_ask_the_same_number_of_queries_for_one_row_and_three(
    come_in, company, collector, address
):
    published_credit(company)
    client = come_in(collector)
    counts = []
    for names in (("A",), ("B", "C")):
        for name in names:
            paying(company, name, late=0, months=3)
        rated(company)
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        counts.append(len(found))
    assert counts == [QUERIES[address]] * 2


def test_the_panel_of_the_credit_file_shows_rating_and_proposal(company):
    good = paying(company, "GOOD", late=0)
    published_credit(company)
    rated(company)
    panel = policy_panel(good, TODAY)
    page = render_to_string(POLICY_PANEL, {"panel": panel})
    assert f"class {panel['rating'].risk_class} since" in " ".join(page.split())
    assert panel["proposal"].outcome == "approve" and "Worth of a year" in page
