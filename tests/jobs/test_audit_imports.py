"""Audit files through the import that all files go through: books that tie, once and never twice."""

from io import StringIO

import pytest
from django.core.management import call_command

from dunwell.actions.gate import system
from dunwell.actions.imports import import_ledger, start_import
from dunwell.actions.uploads import Upload, receive_upload
from dunwell.formats.ledger import read_ledger
from dunwell.jobs.imports import check_batch, run_batch
from dunwell.models import Allocation, Customer, Item, Payment
from tests.actions.ledger_rows import breaks, open_amounts
from tests.conftest import AT, TODAY
from tests.formats.books import samples
from tests.formats.books.test_known_exports import SAMPLES

FILES = {
    "norway": (samples.norway().encode(), 950_00),
    "portugal": (samples.portugal(), 36_90),
    "oecd": (samples.oecd().encode(), 77_00),
    "invoices": (samples.poland_invoices().encode(), 196_80),
    "books": (samples.poland_books().encode(), 33_00),
    "fec": (samples.fec().encode("iso-8859-15"), 240_00),
    "extf": (SAMPLES["extf"], 309_00),
    "sap": (SAMPLES["sap"], 1_071_00),
}
"""File -> bytes, and what is open on its items once what it says is settled: money that names no
item (FEC 100.00, SAP 500.00) is on account and does not lower them."""


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Customer, Item, Payment, Allocation))


@pytest.mark.parametrize("name", FILES)
def test_an_audit_file_is_checked_confirmed_and_merged_into_books_that_tie(name, company, clerk):
    data, open_minor = FILES[name]
    actor = system(company)
    batch = receive_upload(actor=actor, files=[Upload(name=name, data=data)], at=AT)
    checked = check_batch(batch_id=batch.pk, at=AT)
    assert (checked.status, checked.decisions, counts()) == ("checked", [], (0, 0, 0, 0))
    assert all(table["columns"] for table in checked.detected)
    start_import(actor=actor, batch=checked, at=AT)
    done = run_batch(batch_id=batch.pk, as_of=TODAY, at=AT)
    assert (done.status, done.error) == ("done", "")
    assert sum(open_amounts(company).values()) == open_minor
    assert breaks(company) == {}
    for total in done.totals:
        assert total["in_minor"] == sum(
            total[f"{part}_minor"] for part in ("imported", "known", "refused")
        )


@pytest.mark.parametrize("name", ["norway", "portugal", "fec", "extf"])
def test_the_same_audit_file_adds_nothing_when_it_is_merged_again(name, company):
    data, _ = FILES[name]
    read = read_ledger([(name, data)])
    actor = system(company)
    import_ledger(actor=actor, ledger=read, as_of=TODAY, at=AT)
    before, owed = counts(), open_amounts(company)
    # under another name and with no hash to be known by: every row is looked at again
    for _ in range(2):
        again = import_ledger(
            actor=actor, ledger=read_ledger([("again", data)]), as_of=TODAY, at=AT
        )
        assert (again.counts["items_imported"], again.counts["payments_added"]) == (0, 0)
    assert (counts(), open_amounts(company), breaks(company)) == (before, owed, {})


def test_the_command_imports_an_audit_file_and_prints_its_totals(company, tmp_path):
    path = tmp_path / "123456789FEC20251231.txt"
    path.write_bytes(FILES["fec"][0])
    out = StringIO()
    call_command("import_ledger", str(path), company=company.name, stdout=out)
    assert "items EUR: in 162000 = imported 162000 + known 0 + refused 0 minor units" in (
        out.getvalue()
    )
