"""Bank files from bytes to matched payments: real ones, by the command, and what gaps stop."""

from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError

from dunwell.actions.policies import load_shipped_policies
from dunwell.jobs.bank_files import read_file
from dunwell.models import (
    Allocation,
    BankEntry,
    BankFile,
    BankStatement,
    Feed,
    MatchCase,
    Payment,
)
from dunwell.queries.ledgers import Books
from dunwell.queries.policies import strategies_in_force
from dunwell.queries.reminders import plan_contacts
from dunwell.queries.verify import verify_books
from tests.actions.bank_rows import MONDAY, days, line, read, sta
from tests.actions.ledger_rows import invoice
from tests.actions.test_reminders import owing
from tests.conftest import AT, TODAY

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "bank"
PATTERNS = (
    "camt_genkgo/*.xml",
    "mt940_wolph/*/*.sta",
    "bai2_moov/*.txt",
    "n43_oca/*.n43",
    "coda_oca/*.txt",
    "mixed_bsp/sample*",
    "ofx_ofxparse/a*.ofx",
    "paypal_oca11/**/*.csv",
)
MOST_BYTES = 60_000


def files():
    if not FOLDER.is_dir():
        pytest.skip(f"test data {FOLDER} is absent")
    found = [path for pattern in PATTERNS for path in sorted(FOLDER.glob(pattern))]
    return [path for path in found if path.is_file() and path.stat().st_size < MOST_BYTES]


def test_real_files_become_records_once_and_the_books_hold(company):
    paths = files()
    told = [read(company, p.read_bytes(), p.name, as_of=TODAY, currency="EUR") for p in paths]
    counts = [model.objects.count() for model in (BankStatement, BankEntry, Payment)]
    for path in reversed(paths):
        read(company, path.read_bytes(), f"again {path.name}", as_of=TODAY, currency="EUR")

    assert [model.objects.count() for model in (BankStatement, BankEntry, Payment)] == counts
    assert {file.status for file in told} <= {"read", "refused"}
    assert all(file.error.startswith(file.name) for file in told if file.status == "refused")
    assert BankFile.objects.filter(status="read").count() >= 40
    assert [proof.id for proof in verify_books(company).proofs if proof.broken] == []
    for statement in BankStatement.objects.prefetch_related("entries"):
        listed = [e for e in statement.entries.all() if e.status == "booked"]
        assert len(statement.entries.all()) <= statement.entries_count
        if len(statement.entries.all()) == statement.entries_count:
            same = [e for e in listed if e.currency == statement.account.currency]
            assert sum(e.amount_minor for e in same) == statement.entries_minor


def reasons(company, as_of=TODAY):
    """Why nobody may be contacted on the day."""
    policies = strategies_in_force(company, as_of=as_of)
    plan = plan_contacts(
        company, books=Books(company), strategies=[one.strategy for one in policies], as_of=as_of
    )
    return set(plan.reasons.filter(plan.reasons["is_block"])["reason"])


def test_a_gap_stops_reminders_and_the_missing_statement_lets_them_go_on(company):
    load_shipped_policies(company=company, at=AT)
    type(company).objects.update(feed_max_age_days=2)
    company.refresh_from_db()
    owing(company, "K1", late=40)
    chain = days(4)
    for data in (chain[0], chain[2], chain[3]):
        read(company, data)
    assert "stale_feed" in reasons(company)
    read(company, chain[1])
    assert "stale_feed" not in reasons(company)


def test_a_statement_is_matched_as_soon_as_it_is_read(company, customer):
    item = invoice(customer, "INV-77001", 50_00)
    read(company, sta(1, 0, line(50_00, "Acme", "INV-77001")))

    assert MatchCase.objects.get().payment == Payment.objects.get()
    told = Allocation.objects.filter(item=item).values_list("amount_minor", flat=True)
    assert list(told) in ([50_00], [])


def test_the_command_reads_files_and_says_how_far_they_reach(company, tmp_path):
    good, bad = tmp_path / "a.sta", tmp_path / "b.sta"
    good.write_bytes(days(1)[0])
    bad.write_bytes(b":20:X\n:25:1\nnothing\n")
    out = StringIO()
    with time_machine.travel(AT, tick=False):
        call_command("import_bank", company.name, str(good), stdout=out)
        with pytest.raises(CommandError, match="Refused: 1 of 1 file"):
            call_command("import_bank", company.name, str(bad), stdout=out)

    told = out.getvalue()
    assert "a.sta: Read mt940" in told and "payments: 1" in told
    assert f"covers until {MONDAY}" in told and "b.sta: Refused" in told
    assert Feed.objects.get().covers_until_on == MONDAY
    with pytest.raises(CommandError, match="There is no company named Nobody"):
        call_command("import_bank", "Nobody", str(good))
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_bank", company.name, str(tmp_path / "none"))


def test_a_file_whose_bytes_are_gone_says_what_to_do(company, settings, tmp_path):
    file = read(company, b":20:X\n:25:1\nnothing\n")
    settings.DATA_DIR = tmp_path
    again = read_file(file_id=file.pk, as_of=TODAY, at=AT)
    assert again.error == "The uploaded file is no longer in the data folder. Upload it again."
