"""Portfolio risk on its pages: spread and drill, the form, stress, rebalancing, signals."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dunwell.actions.covenants import add_covenant
from dunwell.actions.gate import system
from dunwell.models import (
    AppetiteStatement,
    Company,
    PolicyVersion,
    RiskSignal,
    StressScenario,
    Task,
)
from tests.actions.appetite_rows import appetite, kept
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY, add_customer, add_user

pytestmark = pytest.mark.django_db

SIGNALS = b"""ID;Title;Date;Kind;Severity;Party;Region
A1;Insolvency of Globex;2026-03-01;insolvency;high;Globex Trading GmbH;
A2;Rules change in France;2026-03-01;rule;low;;FR
A3;;2026-03-01;rule;low;;FR
"""


@pytest.fixture
def book(customer):
    customer.sector, customer.country = "41", "DE"
    customer.save()
    invoice(customer, "R1", 6_000_00)
    other = add_customer(customer.company, "C2", name="Globex Trading", country="FR")
    invoice(other, "R2", 4_000_00)
    kept(customer.company)
    return customer


@pytest.fixture
def mona(book, client):
    client.force_login(add_user(book.company, "mona", "credit_manager", "admin"))
    return client


def shown(response, status=200):
    assert response.status_code == status
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


def test_every_part_leads_to_the_customers_that_add_up_to_it(mona, book):
    page = shown(mona.get("/risk/"))
    assert "41 Construction of buildings" in page
    assert "10,000.00" in page
    part = shown(mona.get("/risk/by/sector/customers/?key=41"))
    assert "Acme" in part
    assert "6,000.00" in part
    for dimension in ("sector", "country", "currency", "group", "class", "segment", "collector"):
        assert mona.get(f"/risk/by/{dimension}/").status_code == 200
    assert mona.get("/risk/by/shoe-size/").status_code == 404
    for address in ("/risk/export.csv", "/risk/by/country/customers/export.csv?key=FR"):
        assert b"Globex" in mona.get(address).content or b"FR" in mona.get(address).content


@pytest.mark.parametrize(
    ("language", "names"),
    [("en", ("Germany", "France")), ("de", ("Deutschland", "Frankreich"))],
)
@pytest.mark.parametrize(
    "address", ["/risk/", "/risk/by/country/", "/credit/", "/credit/customers/"]
)
def test_countries_are_called_by_their_names(mona, book, address, language, names):
    page = shown(mona.get(address, headers={"accept-language": language}))

    assert [name for name in names if f" {name} " not in page] == []
    assert re.findall(r" (?:DE|FR) ", page) == []


def test_what_a_country_leads_to_calls_it_by_its_name(mona, book):
    german = {"accept-language": "de"}
    for address in ("/risk/by/country/customers/?key=FR", "/credit/customers/?country=FR"):
        assert "Land: Frankreich " in shown(mona.get(address, headers=german))
    assert " Änderung " in shown(mona.get("/risk/by/country/", headers=german))


def test_answers_become_a_draft_with_the_arithmetic_and_a_paper(mona, book):
    assert mona.get("/risk/appetite/new/").status_code == 200
    wrong = {"largest_name": "20", "largest_group": "10", "valid_from": TODAY.isoformat()}
    assert "A group holds at least" in shown(mona.post("/risk/appetite/new/", wrong), 422)
    assert not AppetiteStatement.objects.exists()
    right = {**wrong, "largest_group": "25", "yearly_loss": "1000", "insured": "40",
             "sector": "30", "sector_then": "stop"}  # fmt: skip
    response = mona.post("/risk/appetite/new/", right)
    statement = AppetiteStatement.objects.get()
    assert response.url == f"/risk/appetite/{statement.pk}/"
    page = shown(mona.get(response.url))
    assert "1,000.00" in page
    assert "500.00" in page
    draft = PolicyVersion.objects.get(status="draft", kind="credit")
    rows = {one["measure"]: one for one in draft.document["credit"]["appetite"]}
    assert rows["expected_loss"]["most_minor"] == 500_00
    assert rows["uncovered_share"]["most_ppm"] == 600_000
    assert (rows["sector_share"]["then"], rows["sector_share"]["most_ppm"]) == ("stop", 300_000)
    # everything else stays as it was written, comments included
    assert "# The first rule that holds decides." in draft.text
    paper = mona.get(f"/risk/appetite/{statement.pk}/statement.pdf")
    assert paper.content.startswith(b"%PDF")
    # the same answers again are the same statement
    mona.post("/risk/appetite/new/", right)
    assert AppetiteStatement.objects.count() == 1
    assert shown(mona.get("/risk/appetite/")).count("mona") >= 1


def test_shocks_are_worked_out_saved_and_taken_away(mona, book):
    assert "Downturn" in shown(mona.get("/risk/stress/?ready=downturn"))
    for ready in ("top", "rates", "inflation", "foreign"):
        assert mona.get(f"/risk/stress/?ready={ready}").status_code == 200
    assert mona.get("/risk/stress/?top=-1").status_code == 422
    assert "Correct the shocks" in shown(mona.post("/risk/stress/save/", {"top": "x"}), 422)
    assert "change nothing" in shown(mona.post("/risk/stress/save/", {"name": "calm"}), 422)
    mona.post("/risk/stress/save/", {"name": "Two fail", "top": "2"})
    saved = StressScenario.objects.get()
    page = shown(mona.get(f"/risk/stress/?scenario={saved.pk}"))
    assert "Two fail" in page
    assert b"Acme" in mona.get(f"/risk/stress/export.csv?scenario={saved.pk}").content
    assert "is a scenario named" in shown(
        mona.post("/risk/stress/save/", {"name": "Two fail", "top": "3"}), 422
    )
    mona.post(f"/risk/stress/{saved.pk}/end/")
    assert mona.get(f"/risk/stress/?scenario={saved.pk}").status_code == 404


def test_covenants_under_stress_are_told_in_their_unit(mona, book):
    add_covenant(
        actor=system(book.company), name="Spread", lender="Bank", measure="concentration",
        currency="EUR", threshold=255_000, first_test_on=TODAY, every_months=3, at=AT,
    )  # fmt: skip
    page = shown(mona.get("/risk/stress/?ready=downturn"))
    assert "25.5" in page and "60.0" in page
    assert "ppm" not in page and "600,000" not in page


def test_rebalancing_says_what_to_do_and_what_it_costs(mona, book):
    appetite(book.company, {"name": "one name", "measure": "top_1_share", "most_ppm": 550_000})
    page = shown(mona.get("/risk/rebalancing/"))
    assert "one name: 60" in page
    assert "Take out cover" in page
    assert (
        "Take out cover"
        not in shown(mona.get("/risk/rebalancing/?without=cover"))
        .split("Steps")[-1]
        .split("Limits of the appetite")[0]
    )
    assert b"one name" in mona.get("/risk/rebalancing/export.csv").content
    assert mona.get("/risk/rebalancing/?fee=999").status_code == 422


def test_a_file_of_signals_finds_whom_it_touches_and_makes_one_task_each(mona, book):
    upload = SimpleUploadedFile("news.csv", SIGNALS)
    page = shown(mona.post("/risk/signals/upload/", {"file": upload}))
    assert "2 signals are new." in page
    assert "the title is missing" in page
    insolvency = RiskSignal.objects.get(kind="insolvency")
    rule = RiskSignal.objects.get(kind="rule")
    listed = shown(mona.get("/risk/signals/"))
    assert "Insolvency of Globex" in listed
    one = shown(mona.get(f"/risk/signals/{insolvency.pk}/"))
    assert "by its name" in one
    assert "touches none" in shown(
        mona.post(f"/risk/signals/{insolvency.pk}/follow/", {"way": "task"}), 422
    )
    globex = insolvency.matches.get().customer
    mona.post(f"/risk/signals/{insolvency.pk}/follow/", {"customer": globex.pk, "way": "task"})
    mona.post(f"/risk/signals/{rule.pk}/follow/", {"customer": globex.pk, "way": "task"})
    assert Task.objects.get(kind="signal").customer == globex
    again = {"customer": globex.pk, "way": "task"}
    told = shown(mona.post(f"/risk/signals/{rule.pk}/follow/", again), 422)
    assert "marked: followed up by mona" in told
    upload = SimpleUploadedFile("news.csv", SIGNALS)
    assert "0 signals are new." in shown(mona.post("/risk/signals/upload/", {"file": upload}))
    assert b"Insolvency" in mona.get("/risk/signals/export.csv?status=acted").content
    assert mona.get("/risk/signals/template.csv").status_code == 200


def test_feeds_are_added_changed_and_never_twice(mona, book):
    told = {"name": "Gazette", "url": "https://g.example/rss", "form": "feed",
            "kind": "insolvency", "severity": "3"}  # fmt: skip
    assert mona.get("/risk/signals/feeds/new/").status_code == 200
    mona.post("/risk/signals/feeds/new/", told)
    assert "There is a feed named Gazette" in shown(
        mona.post("/risk/signals/feeds/new/", told), 422
    )
    feed = book.company.signal_feeds.get()
    edited = {**told, "sector": "F", "version": feed.version, "is_on": "on"}
    mona.post(f"/risk/signals/feeds/{feed.pk}/", edited)
    assert "changed this feed meanwhile" in shown(
        mona.post(f"/risk/signals/feeds/{feed.pk}/", edited), 422
    )
    assert "Gazette" in shown(mona.get("/risk/signals/"))


def test_the_sector_of_a_customer_is_set_from_the_list(mona, book):
    assert mona.get(f"/risk/sector/{book.pk}/").status_code == 200
    mona.post(f"/risk/sector/{book.pk}/", {"sector": "46"})
    book.refresh_from_db()
    assert book.sector == "46"


def test_nothing_of_another_company_is_shown(client, book):
    other = Company.objects.create(name="Other", currency="EUR", created_at=AT)
    client.force_login(add_user(other, "eve", "credit_manager"))
    signal = RiskSignal.objects.create(
        company=book.company, source="x", external_id="1", kind="rule", title="t",
        published_on=TODAY, as_of=TODAY, by="x", recorded_at="2026-03-01T00:00:00Z",
    )  # fmt: skip
    assert client.get(f"/risk/signals/{signal.pk}/").status_code == 404
    assert client.post(f"/risk/signals/{signal.pk}/follow/").status_code == 404
    assert client.get(f"/risk/sector/{book.pk}/").status_code == 404
    assert client.get("/risk/appetite/1/").status_code == 404
    assert "Acme" not in shown(client.get("/risk/"))
