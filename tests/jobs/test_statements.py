"""Statements for many customers: in the background, resumed after a crash, and by the command."""

import csv
import io
import re
import zipfile
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from dunwell.actions.gate import Refused, system
from dunwell.formats import exports, typesetting
from dunwell.formats.exports import write_csv
from dunwell.jobs import statements
from dunwell.jobs.statements import (
    DONE,
    REFUSED,
    RUNNING,
    begin_run,
    read_run,
    run_statements,
    run_zip,
    runs_of,
)
from dunwell.models import AccountStatement
from dunwell.queries.account_documents import Span
from tests.actions.ledger_rows import invoice, payment
from tests.conftest import AT, TODAY, add_customer

SPAN = Span(from_on=date(2026, 2, 1), to_on=TODAY, known_on=TODAY)


@pytest.fixture
def three(company):
    """Three customers with an invoice each; the last one is a customer in yen."""
    made = [add_customer(company, f"K{n}", f"Customer {n}") for n in (1, 2, 3)]
    for customer in made[:2]:
        invoice(customer, f"R{customer.number}", 50_00)
    invoice(made[2], "RK3", 5_000, currency="JPY")
    return made


def begin(company, **changes):
    values = {"span": SPAN, "scope": "balance", "kinds": ["json"], "at": AT, **changes}
    return begin_run(actor=system(company), **values)


def run(company, begun):
    run_statements(company_id=company.pk, run_id=begun.id, as_of=TODAY, at=AT)
    return read_run(company, begun.id)


def index_of(path):
    with zipfile.ZipFile(path) as archive:
        text = archive.read("index.csv").decode("utf-8-sig")
    return [tuple(row)[:7] for row in csv.reader(io.StringIO(text))][1:]


def test_a_run_makes_a_zip_with_an_index_whose_closing_balances_are_the_ledger_s(company, three):
    begun = begin(company)
    assert run_zip(company, begun.id) is None and begun.status == RUNNING
    done = run(company, begun)

    assert (done.status, done.total, done.done, done.percent) == (DONE, 3, 3, 100)
    assert index_of(run_zip(company, begun.id)) == [
        ("ST-000001", "K1", "Customer 1", "EUR", "0.00", "50.00", "50.00"),
        ("ST-000002", "K2", "Customer 2", "EUR", "0.00", "50.00", "50.00"),
        ("ST-000003", "K3", "Customer 3", "JPY", "0", "5000", "5000"),
    ]
    assert done in runs_of(company)


def test_a_run_that_died_is_begun_again_and_comes_out_the_same(company, three, monkeypatch):
    monkeypatch.setattr(statements, "AT_ONCE", 1)
    begun, written = begin(company), []

    def die(columns, rows):
        written.append(len(rows))
        raise KeyboardInterrupt

    monkeypatch.setattr(statements, "write_csv", die)
    with pytest.raises(KeyboardInterrupt):
        run(company, begun)
    died = read_run(company, begun.id)
    monkeypatch.setattr(statements, "write_csv", write_csv)
    done = run(company, begun)
    first = run_zip(company, begun.id).read_bytes()
    # a finished run stays as it is, and the same request again gives the same bytes
    assert run(company, done) == done
    again = run(company, begin(company))

    assert (died.status, died.done, written) == (RUNNING, 3, [3])
    assert AccountStatement.objects.count() == 3
    assert (done.status, again.status) == (DONE, DONE)
    assert run_zip(company, begun.id).read_bytes() == first


def test_a_run_that_is_refused_says_why_and_leaves_no_zip(company, three):
    late = Span(from_on=date(2026, 2, 1), to_on=date(2026, 3, 6), known_on=date(2026, 3, 6))
    begun = begin(company, span=late)
    refused = run(company, begun)

    assert refused.status == REFUSED and "is not known yet; today is 2026-03-05" in refused.error
    assert run_zip(company, begun.id) is None


def unsettable(monkeypatch):
    monkeypatch.setattr(typesetting, "TRIES", ())
    return "pdf", r"Statement ST-\d+ of customer K1 as PDF: .* cannot be set: typst gave no file"


def too_long(monkeypatch):
    monkeypatch.setattr(exports, "MOST_ROWS", 2)
    return "xlsx", r"Statement ST-\d+ of customer K1 as XLSX: A sheet holds 1 rows"


@pytest.mark.parametrize("broken", [unsettable, too_long])
def test_a_file_that_cannot_be_written_ends_the_run_and_the_command(
    company, three, tmp_path, monkeypatch, broken
):
    kind, said = broken(monkeypatch)
    begun = begin(company, kinds=[kind])
    refused = run(company, begun)

    assert refused.status == REFUSED and re.search(said, refused.error), refused.error
    assert run_zip(company, begun.id) is None
    told = {"company": "Northwind", "from_on": SPAN.from_on, "to_on": TODAY, "kinds": [kind]}
    with pytest.raises(CommandError, match=said):
        call_command("statements", **told, out=str(tmp_path / "x"), stdout=StringIO())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kinds": ["docx"]}, "Choose at least one kind of file: pdf, csv, xlsx, json."),
        ({"scope": "debt"}, "There is no choice debt"),
        ({"segment": "none"}, "No customer fits this choice."),
    ],
)
def test_a_wrong_choice_is_refused_at_once(company, three, changes, said):
    with pytest.raises(Refused, match=said):
        begin(company, **changes)
    assert runs_of(company) == [] or said


def test_there_is_no_run_of_another_name(company):
    assert read_run(company, "../../etc/passwd") is None
    assert read_run(company, "none") is None


def test_the_command_writes_a_folder_or_a_zip(company, three, tmp_path):
    payment(three[0], "P1", 70_00)
    told = {
        "company": "Northwind",
        "from_on": date(2026, 2, 1),
        "to_on": TODAY,
        "stdout": StringIO(),
    }
    call_command("statements", **told, out=str(tmp_path / "files"), kinds=["json", "csv"])
    call_command("statements", **told, out=str(tmp_path / "all.zip"), scope="all", language="de")

    assert sorted(path.name for path in (tmp_path / "files").iterdir()) == [
        *(f"ST-00000{n}-K{n}-{TODAY}.{kind}" for n in (1, 2, 3) for kind in ("csv", "json")),
        "index.csv",
    ]
    names = zipfile.ZipFile(tmp_path / "all.zip").namelist()
    # in German they say the same but are other documents
    assert names == [*(f"ST-00000{n + 3}-K{n}-{TODAY}.pdf" for n in (1, 2, 3)), "index.csv"]
    assert index_of(tmp_path / "all.zip")[0][4:] == ("0.00", "-20.00", "-20.00")
    assert f"3 statements in {tmp_path / 'all.zip'}" in told["stdout"].getvalue()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"company": "Nobody"}, "There is no company named Nobody."),
        ({"to_on": date(2026, 1, 1)}, "The span ends on 2026-01-01, before it begins"),
    ],
)
def test_the_command_says_what_is_wrong(company, tmp_path, changes, said):
    told = {"company": "Northwind", "from_on": date(2026, 2, 1), "to_on": TODAY, **changes}
    with pytest.raises(CommandError, match=said):
        call_command("statements", **told, out=str(tmp_path / "x"))


def test_the_command_takes_days_as_text(company, tmp_path):
    call_command(
        "statements", "--company=Northwind", "--from=2026-02-01", "--to=2026-02-28",
        f"--out={tmp_path}", "--scope=all", stdout=StringIO(),
    )  # fmt: skip
    with pytest.raises(CommandError, match="write the day as YYYY-MM-DD"):
        call_command(
            "statements",
            "--company=Northwind",
            "--from=soon",
            "--to=2026-02-28",
            f"--out={tmp_path}",
        )
