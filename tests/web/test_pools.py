"""Pages of pools: saved, shown with ageing, used to narrow lists, changed and removed."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell.actions.pools import add_pool
from dunwell.models import Pool, WorklistEntry
from tests.actions.desk import acting
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY, add_customer

LATE = {"issued_on": TODAY - timedelta(days=90), "due_on": TODAY - timedelta(days=60)}


@pytest.fixture
def book(company):
    customers = [
        add_customer(company, "K1", "Alpha", country="DE"),
        add_customer(company, "K2", "Beta", country="FR"),
    ]
    for n, customer in enumerate(customers, 1):
        invoice(customer, f"R{n}", 100_00 * n, **LATE)
        WorklistEntry.objects.create(
            customer=customer, company=company, as_of=TODAY, rank=n, currency="EUR",
            due_minor=1, promised_minor=0, disputed_minor=0, dunned_minor=0, to_collect_minor=1,
            expected_extra_minor=0, score=1, minutes=1, oldest_days=1, reasons={},
        )  # fmt: skip
    return customers


def add(user, **changes):
    arguments = {"name": "Germans", "rule": {"country": ["DE"]}, "as_of": TODAY, "at": AT}
    return add_pool(actor=acting(user), **{**arguments, **changes})


def test_a_pool_is_saved_shown_changed_and_removed(come_in, manager, collector, book):
    client = come_in(manager)
    values = {
        "name": "Late Germans", "country": "DE, AT", "not_language": "fr", "oldest_days_from": "30",
        "owed_minor_from": "10.00", "late_ppm_to": "", "people": [collector.pk],
    }  # fmt: skip
    empty = client.post("/pools/new/", {"name": "x"})
    assert empty.status_code == 422 and "state at least one condition" in empty.text
    both = client.post("/pools/new/", {**values, "not_country": "FR"})
    assert both.status_code == 422 and "not both" in both.text

    # language is not known, so nobody meets the exclusion
    answer = client.post("/pools/new/", values)
    pool = Pool.objects.get()
    assert answer["Location"] == f"/pools/{pool.pk}/"
    assert pool.rule == {
        "country": ["DE", "AT"], "language": {"not": ["fr"]}, "oldest_days": {"from": 30},
        "owed_minor": {"from": 10_00},
    }  # fmt: skip
    assert "Nobody is in this pool today" in client.get(f"/pools/{pool.pk}/").text

    form = client.get(f"/pools/{pool.pk}/change/").text
    assert 'value="DE, AT"' in form and 'value="10.00"' in form and "checked" in form
    changed = {**values, "not_language": "", "seen": "1"}
    assert client.post(f"/pools/{pool.pk}/change/", changed).status_code == 302
    again = client.post(f"/pools/{pool.pk}/change/", {**changed, "note": "mine"})
    assert again.status_code == 422 and "Somebody else changed the pool" in again.text
    page = client.get(f"/pools/{pool.pk}/").text
    assert "Country: DE, AT" in page and "Owed: from €10.00" in page and "anna" in page
    assert f"/items/?pool={pool.pk}&amp;currency=EUR&amp;bucket=31-60" in page
    items = client.get(f"/items/?pool={pool.pk}&currency=EUR&bucket=31-60").text
    assert "R1" in items and "R2" not in items
    client.post(f"/pools/{pool.pk}/remove/")
    assert not Pool.objects.exists()
    assert client.post(f"/pools/{pool.pk}/remove/").status_code == 404


def test_a_pool_narrows_the_worklist_and_the_customers(come_in, manager, book):
    pool = add(manager)
    client = come_in(manager)
    page = client.get(f"/worklist/?show=all&pool={pool.pk}").text
    assert "Of the pool Germans only" in page and "Alpha" in page and "Beta" not in page
    page = client.get(f"/customers/?pool={pool.pk}").text
    assert "of the pool Germans" in page and "Alpha" in page and "Beta" not in page
    assert "Beta" in client.get("/customers/?pool=x").text
    listed = client.get(f"/pools/{pool.pk}/export.csv").content.decode("utf-8-sig").splitlines()
    assert listed[1:] == ["K1,Alpha,standard,DE,,EUR,100.00,100.00"]
    rows = client.get("/pools/export.csv").content.decode("utf-8-sig").splitlines()
    assert rows[1:] == ["Germans,1,EUR,100.00,100.00,0,"]


def test_mine_are_those_i_am_named_in_and_rivals_see_none(
    come_in, manager, collector, rival, book
):
    pool = add(manager, people=[collector])
    add(manager, name="Others")
    mine = come_in(collector).get("/pools/?who=mine").text
    assert "Germans" in mine and "Others" not in mine and "New pool" not in mine
    assert come_in(collector).get("/pools/new/").status_code == 403
    stranger = come_in(rival)
    assert "No pools here" in stranger.get("/pools/").text
    for path in ("", "change/", "export.csv"):
        assert stranger.get(f"/pools/{pool.pk}/{path}").status_code == 404
    assert "Alpha" not in stranger.get(f"/customers/?pool={pool.pk}").text


@pytest.mark.parametrize(("address", "queries"), [("/pools/", 9), ("/pools/{key}/", 12)])
def test_a_page_asks_as_much_for_one_row_as_for_three(
    come_in, manager, collector, company, address, queries
):
    client = come_in(manager)
    counted = []
    for names in (["K1"], ["K2", "K3"]):
        for name in names:
            invoice(add_customer(company, name, country="DE"), f"R{name}", 5_00, **LATE)
            pool = add(manager, name=name, people=[collector])
        path = address.format(key=pool.pk)
        client.get(path)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(path).status_code == 200
        counted.append(len(seen))
    assert counted == [queries, queries]
