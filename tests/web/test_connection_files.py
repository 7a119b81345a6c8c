"""The page of files a folder connection found: its rows, filter, export, and what each became."""

import hashlib
from datetime import timedelta

import pytest

from dunwell.actions.connections import add_connection
from dunwell.actions.gate import system
from dunwell.models import BankFile, Company, ConnectionFile, ImportBatch
from dunwell.queries.connection_files import connection_file_rows
from tests.conftest import AT, add_user

QUERIES_OF_THE_PAGE = 10
SETTINGS = {
    "address": "sftp.example:22", "host_key": "SHA256:abc", "user": "ann",
}  # fmt: skip


@pytest.fixture
def manager(company):
    return add_user(company, "mia", "credit_manager")


@pytest.fixture
def folder(company):
    return add_connection(
        actor=system(company), kind="sftp", name="Bank drop", secret="s", at=AT,
        settings=SETTINGS,
    )  # fmt: skip


def file(folder, place, content="", outcome="", **fields):
    number = ConnectionFile.objects.count()
    sha256 = hashlib.sha256(content.encode()).hexdigest() if content else ""
    return ConnectionFile.objects.create(
        connection=folder, place=place, size=2_000 + number, written=AT.timestamp(),
        seen_at=AT + timedelta(minutes=number), outcome=outcome, sha256=sha256,
        dealt_at=AT if outcome else None, **fields,
    )  # fmt: skip


def imported(company, content, rows=12):
    inner = hashlib.sha256(content.encode()).hexdigest()
    return ImportBatch.objects.create(
        company=company, name="items.csv", sha256=hashlib.sha256(inner.encode()).hexdigest(),
        size_bytes=9, status="done", counts={"rows_read": rows}, started_at=AT,
    )  # fmt: skip


def read(company, content, entries=3):
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    return BankFile.objects.create(
        company=company, name="one.sta", sha256=sha256, size_bytes=9, status="read",
        counts={"entries": entries}, received_at=AT,
    )  # fmt: skip


def test_each_file_says_what_became_of_it_and_leads_there(come_in, manager, company, folder):
    client = come_in(manager)
    address = f"/connections/{folder.pk}/files/"
    assert "No files here" in client.get(address).text
    assert address in client.get(f"/connections/{folder.pk}/").text

    batch, bank = imported(company, "ledger"), read(company, "bank")
    file(folder, "ledger/items.csv", "ledger", "taken", moved_to="ledger/done/items.csv")
    file(folder, "bank/one.sta", "bank", "known", told="as file 1")
    file(folder, "bank/bad.sta", "bad", "refused", told="It is empty. Export it again.")
    file(folder, "bank/later.sta")

    page = client.get(address).text
    assert f'<a href="/imports/{batch.pk}/">ledger/items.csv</a>' in page
    assert f'<a href="/bank/files/{bank.pk}/">bank/one.sta</a>' in page
    assert "It is empty. Export it again." in page and "Not taken yet" in page
    rows = connection_file_rows(company, connection_id=folder.pk).rows
    assert [
        (one.place, one.outcome, one.rows, one.import_id, one.bank_file_id) for one in rows
    ] == [
        ("bank/later.sta", "seen", None, None, None),
        ("bank/bad.sta", "refused", None, None, None),
        ("bank/one.sta", "known", 3, None, bank.pk),
        ("ledger/items.csv", "taken", 12, batch.pk, None),
    ]


def test_the_filter_narrows_the_page_and_its_export(come_in, manager, folder):
    client = come_in(manager)
    address = f"/connections/{folder.pk}/files/"
    file(folder, "ledger/items.csv", "ledger", "taken")
    file(folder, "bank/later.sta")

    shown = {
        outcome: [
            name for name in ("ledger/items.csv", "bank/later.sta")
            if name in client.get(f"{address}?outcome={outcome}").text
        ]
        for outcome in ("", "taken", "seen", "waits", "nonsense")
    }  # fmt: skip
    lines = client.get(f"{address}export.csv?outcome=seen").text
    assert shown == {
        "": ["ledger/items.csv", "bank/later.sta"], "taken": ["ledger/items.csv"],
        "seen": ["bank/later.sta"], "waits": [], "nonsense": ["ledger/items.csv", "bank/later.sta"],
    }  # fmt: skip
    assert [line.split(",")[1] for line in lines.splitlines()[1:]] == ["bank/later.sta"]


def test_files_of_another_company_are_not_found(come_in, rival, folder):
    file(folder, "ledger/items.csv", "ledger", "taken")
    other = Company.objects.get(name="Rival")
    assert come_in(rival).get(f"/connections/{folder.pk}/files/").status_code == 404
    assert connection_file_rows(other, connection_id=folder.pk).rows == ()


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_many_files_there_are(
    come_in, manager, company, folder, count, django_assert_num_queries
):
    for number in range(count):
        imported(company, f"ledger {number}")
        file(folder, f"ledger/{number}.csv", f"ledger {number}", "taken")
    client = come_in(manager)
    with django_assert_num_queries(QUERIES_OF_THE_PAGE):
        client.get(f"/connections/{folder.pk}/files/")
