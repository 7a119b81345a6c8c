"""A ledger export over the API: uploaded, checked, corrected, merged, listed as of a day."""

import csv
import io
import re
from datetime import timedelta

import pytest

from dunwell import clock
from dunwell.models import ImportBatch, Item, Payment
from tests.api.books import LEDGER

ASKING = b"""Customer No;Invoice No;Invoice Date;Due Date;Amount;Currency
K1;INV-1;03/04/2026;05/06/2026;100.00;EUR
"""


def upload(program, data=LEDGER, **options):
    return program.upload("/imports", [("ledger.csv", data)], **options)


def test_a_ledger_is_uploaded_checked_and_merged_once(as_clerk, company):
    batch = upload(as_clerk).json()["id"]

    checked = as_clerk.post(f"/imports/{batch}/check").json()
    assert (checked["status"], checked["decisions"]) == ("checked", [])
    assert checked["counts"]["rows_read"] == 2
    assert Item.objects.count() == 0

    merged = as_clerk.post(f"/imports/{batch}/run").json()
    again = as_clerk.post(f"/imports/{batch}/run").json()
    assert merged == again
    assert merged["status"] == "done"
    totals = [total for total in merged["totals"] if total["role"] == "items"]
    assert [(t["currency"], t["in_minor"], t["imported_minor"]) for t in totals] == [
        ("EUR", 1_333_50, 1_333_50)
    ]
    assert sorted(Item.objects.values_list("number", "amount_minor")) == [
        ("INV-1", 1_234_50),
        ("INV-2", 99_00),
    ]
    # no column of the file says what is open
    assert merged["tie"] is None
    assert [row["id"] for row in as_clerk.get("/imports").json()["rows"]] == [batch]


def test_an_export_of_open_amounts_is_tied_out(as_clerk, company):
    opened = LEDGER
    for was, now in (
        (";Currency", ";Open;Currency"),
        ("1234.50;", "1234.50;34.50;"),
        ("99.00;", "99.00;99.00;"),
    ):
        opened = opened.replace(was.encode(), now.encode())
    batch = upload(as_clerk, opened).json()["id"]
    as_clerk.post(f"/imports/{batch}/check")
    as_clerk.post(f"/imports/{batch}/run")

    assert as_clerk.get(f"/imports/{batch}").json()["tie"] == [
        {
            "currency": "EUR",
            "items": 2,
            "told_minor": 133_50,
            "ours_minor": 133_50,
            "differences": 0,
        }
    ]


def test_the_same_file_again_changes_nothing(as_clerk, company):
    for _ in range(2):
        batch = upload(as_clerk).json()["id"]
        as_clerk.post(f"/imports/{batch}/check")
        as_clerk.post(f"/imports/{batch}/run")

    assert (Item.objects.count(), ImportBatch.objects.count()) == (2, 2)


def test_an_upload_repeated_under_its_key_is_one_upload(as_clerk, company):
    first, second = upload(as_clerk, key="k"), upload(as_clerk, key="k")
    other = upload(as_clerk, ASKING, key="k")

    assert (first.status_code, second.status_code, other.status_code) == (201, 201, 409)
    assert first.json() == second.json()
    assert ImportBatch.objects.count() == 1


def test_an_open_question_is_answered_by_a_profile(as_clerk, company):
    batch = upload(as_clerk, ASKING).json()["id"]

    asked = as_clerk.post(f"/imports/{batch}/check").json()
    refused = as_clerk.post(f"/imports/{batch}/run")
    mapped = as_clerk.call("PUT", f"/imports/{batch}/profile", {"profile": {"date_order": "mdy"}})
    merged = as_clerk.post(f"/imports/{batch}/run").json()
    kept = as_clerk.call("PUT", "/profiles", {"name": "our ERP", "profile": {"date_order": "mdy"}})

    assert len(asked["decisions"]) >= 1
    assert refused.status_code == 422
    assert mapped.json()["decisions"] == []
    assert merged["status"] == "done"
    assert str(Item.objects.get().issued_on) == "2026-03-04"
    assert kept.status_code == 200
    assert [row["name"] for row in as_clerk.get("/profiles").json()] == ["our ERP"]


@pytest.mark.parametrize("profile", [{"nothing": 1}, {"date_order": "ymd"}, {"roles": {"x": {}}}])
def test_a_profile_that_does_not_fit_is_told(as_clerk, company, profile):
    batch = upload(as_clerk).json()["id"]

    answer = as_clerk.call("PUT", f"/imports/{batch}/profile", {"profile": profile})

    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("profile")


def test_findings_are_listed_row_by_row(as_clerk, company):
    bad = LEDGER + b"K3;Initech;INV-3;2026-01-10;2026-02-09;none;EUR\n" * 3
    batch = upload(as_clerk, bad).json()["id"]
    as_clerk.post(f"/imports/{batch}/check")

    first = as_clerk.get(f"/imports/{batch}/findings?action=refused&limit=2").json()
    rest = as_clerk.get(
        f"/imports/{batch}/findings?action=refused&limit=2&cursor={first['next']}"
    ).json()

    rows = [*first["rows"], *rest["rows"]]
    assert [row["row"] for row in rows] == [4, 5, 6]
    assert {row["action"] for row in rows} == {"refused"}


def test_files_that_cannot_be_read_are_refused_with_the_reason(as_clerk, company):
    for data in (b"\x00\x01\x02" * 100, b"PK\x03\x04broken"):
        batch = upload(as_clerk, data).json()["id"]
        told = as_clerk.post(f"/imports/{batch}/check").json()
        assert (told["status"], told["error"] != "") == ("refused", True)
    assert upload(as_clerk, b"").status_code == 422
    assert Item.objects.count() == 0


def test_more_than_an_installation_takes_is_refused_before_it_is_read(as_clerk, company, settings):
    settings.IMPORT_LIMIT_BYTES = 100

    answer = upload(as_clerk)

    assert (answer.status_code, ImportBatch.objects.count()) == (413, 0)


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\0b.csv", "<script>.csv", "n" * 400])
def test_a_file_s_own_name_is_a_label_and_never_a_path(as_clerk, company, settings, name):
    answer = as_clerk.upload("/imports", [(name, LEDGER)])

    assert answer.status_code in {201, 422}
    for file in (settings.DATA_DIR / "uploads").iterdir():
        assert re.fullmatch(r"[0-9a-f]{64}|import-\d+\.lock", file.name), file


def test_lists_and_ageing_answer_as_of_a_day_and_as_known_on_a_day(as_clerk, customer):
    today = clock.today("Europe/Berlin")
    due = today - timedelta(days=40)
    item = as_clerk.post(
        "/items",
        {
            "customer_id": customer.pk,
            "number": "R1",
            "kind": "invoice",
            "currency": "EUR",
            "amount_minor": 100_00,
            "issued_on": str(due - timedelta(days=30)),
            "due_on": str(due),
        },
    ).json()["id"]
    payment = as_clerk.post(
        "/payments",
        {
            "number": "B1",
            "customer_id": customer.pk,
            "currency": "EUR",
            "amount_minor": 100_00,
            "value_on": str(today),
        },
    ).json()["id"]
    as_clerk.post(
        f"/payments/{payment}/apply", {"lines": [{"item_id": item, "amount_minor": 40_00}]}
    )

    def opens(query):
        rows = as_clerk.get(f"/items?{query}").json()["rows"]
        return [(row["number"], row["open_minor"], row["bucket"]) for row in rows]

    before = today - timedelta(days=20)
    assert opens("") == [("R1", 60_00, "31-60")]
    assert opens(f"as_of={before}") == [("R1", 100_00, "1-30")]
    assert opens(f"as_of={before}&known_on={before}") == []
    assert as_clerk.get(f"/items?as_of={today + timedelta(days=1)}").status_code == 422
    assert as_clerk.get(f"/items/totals?as_of={before}").json() == [
        {"currency": "EUR", "items": 1, "amount_minor": 100_00, "open_minor": 100_00}
    ]
    aging = as_clerk.get(f"/aging?as_of={before}").json()
    assert [(b["bucket"], b["open_minor"]) for b in aging[0]["buckets"]] == [
        ("not_due", 0),
        ("1-30", 100_00),
        ("31-60", 0),
        ("61-90", 0),
        ("91+", 0),
    ]
    assert as_clerk.get(f"/aging?as_of={before}&known_on={before}").json() == []
    assert as_clerk.get("/aging").json()[0]["overdue_minor"] == 60_00


def test_whole_lists_come_as_files_that_are_safe_to_open(as_clerk, customer):
    Payment.objects.all().delete()
    today = str(clock.today("Europe/Berlin"))
    for number in ("=1+1", "B2"):
        as_clerk.post(
            "/payments",
            {
                "number": number,
                "currency": "EUR",
                "amount_minor": 5,
                "value_on": today,
                "customer_id": customer.pk,
            },
        )

    answer = as_clerk.get("/payments.csv?scope=unapplied")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="payments.csv"'
    assert sorted(row["number"] for row in rows) == ["'=1+1", "B2"]
    assert {(row["amount_minor"], row["currency"]) for row in rows} == {("5", "EUR")}
    assert as_clerk.get("/items.csv").content.startswith(b"\xef\xbb\xbfid,number,kind")
