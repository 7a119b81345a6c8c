"""A folder that files are dropped into: each taken once, moved last, nothing outside touched."""

import os
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection

from dunwell.actions.gate import Refused, system
from dunwell.actions.imports import save_profile
from dunwell.jobs.bank_files import read_file
from dunwell.jobs.dropped_files import opened
from dunwell.jobs.file_locks import claimed_file
from dunwell.jobs.folder_intake import Intake, Kind, Outcome, take_folder
from dunwell.models import (
    BankFile,
    BankStatement,
    EInvoiceFile,
    Event,
    ImportBatch,
    Item,
    Payment,
)
from dunwell.queries.verify import verify_books
from tests.actions.bank_rows import days
from tests.actions.exports import items_csv
from tests.actions.ledger_rows import open_amounts
from tests.actions.test_einvoice_imports import xml
from tests.conftest import AT, TODAY

pytestmark = pytest.mark.both

LEDGER = items_csv(
    "K1;Acme;R1;invoice;2026-01-05;2026-02-04;EUR;100.00;60.00",
    "K1;Acme;R2;invoice;2026-01-06;2026-02-05;EUR;50.00;50.00",
)
UNCLEAR = items_csv("K1;Acme;R1;invoice;05/01/2026;04/02/2026;EUR;100.00;100.00")
DAY = TODAY.isoformat()
LINK = "done/" + DAY


class KilledError(BaseException):
    """Stands for SIGKILL: nothing that runs catches it."""


@pytest.fixture
def folder(tmp_path, settings):
    """An empty listed folder with its three sub-folders."""
    folder = tmp_path / "drop"
    for kind in Kind:
        (folder / kind).mkdir(parents=True)
    settings.CONNECTION_FOLDERS = [folder]
    return folder


def drop(path, data, *, seconds=60):
    """Write a file as it would have been that long ago."""
    path.write_bytes(data)
    then = AT.timestamp() - seconds
    os.utime(path, (then, then))
    return path


def take(company, folder, *, kind=None, **more):
    intake = Intake(company=company, as_of=TODAY, at=AT, **more)
    return {one.place: one for one in take_folder(folder, intake=intake, kind=kind)}


def outcomes(told):
    return {place: one.outcome for place, one in told.items()}


def files(folder):
    """Every file and link below, by its path."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


def counted():
    models = (ImportBatch, Item, BankFile, BankStatement, Payment, EInvoiceFile, Event)
    return {model.__name__: model.objects.count() for model in models}


def test_files_of_each_kind_are_taken_and_moved(company, customer, folder):
    drop(folder / "ledger" / "items.csv", LEDGER)
    drop(folder / "bank" / "monday.sta", days(1)[0])
    drop(folder / "invoices" / "R-1.xml", xml(company))

    told = take(company, folder)

    assert outcomes(told) == {
        "ledger/items.csv": Outcome.TAKEN,
        "invoices/R-1.xml": Outcome.TAKEN,
        "bank/monday.sta": Outcome.TAKEN,
    }
    assert files(folder) == [
        f"bank/{LINK}/monday.sta", f"invoices/{LINK}/R-1.xml", f"ledger/{LINK}/items.csv",
    ]  # fmt: skip
    assert told["bank/monday.sta"].moved_to == f"bank/{LINK}/monday.sta"
    assert "items imported 2" in told["ledger/items.csv"].told
    assert set(open_amounts(company)) == {"R1", "R2", "R-1"}
    assert BankFile.objects.get().name == "monday.sta"
    assert [proof.id for proof in verify_books(company).proofs if proof.broken] == []


def test_the_same_bytes_under_any_name_are_taken_once(company, customer, folder):
    drop(folder / "ledger" / "a.csv", LEDGER)
    drop(folder / "bank" / "a.sta", days(1)[0])
    drop(folder / "invoices" / "a.xml", xml(company))
    take(company, folder)
    before = counted()

    for name in ("a", "b"):
        drop(folder / "ledger" / f"{name}.csv", LEDGER)
        drop(folder / "bank" / f"{name}.sta", days(1)[0])
        drop(folder / "invoices" / f"{name}.xml", xml(company))
    told = take(company, folder)

    assert set(outcomes(told).values()) == {Outcome.KNOWN} and len(told) == 6
    assert counted() == before
    assert [one for one in files(folder) if one.startswith("bank")] == [
        f"bank/{LINK}/a-2.sta", f"bank/{LINK}/a.sta", f"bank/{LINK}/b.sta",
    ]  # fmt: skip


def test_what_is_still_written_is_left_alone(company, folder):
    drop(folder / "bank" / "new.sta", days(1)[0], seconds=9)
    for end in ("part", "TMP", "filepart"):
        drop(folder / "bank" / f"x.sta.{end}", b"half")
    drop(folder / "bank" / ".hidden", b"half")
    before = files(folder)

    assert outcomes(take(company, folder)) == {"bank/new.sta": Outcome.LATER}
    assert files(folder) == before and BankFile.objects.count() == 0
    assert outcomes(take(company, folder, quiet_seconds=9)) == {"bank/new.sta": Outcome.TAKEN}


@pytest.mark.parametrize(
    ("place", "data", "code", "reason"),
    [
        ("bank/a.sta", b":20:X\n:25:1\nnothing\n", "not_read", "a.sta"),
        ("bank/a.sta", b"", "empty", "empty"),
        ("ledger/a.csv", UNCLEAR, "not_imported", "Dates of a.csv"),
        ("ledger/a.csv", b"x" * 2001, "too_large", "2,001 bytes; 2,000 are allowed"),
        ("invoices/a.xml", b"<a/>", "not_taken", "a.xml"),
        ("a.csv", LEDGER, "no_kind", "ledger/, invoices/, bank/"),
    ],
)
def test_what_cannot_be_taken_is_put_aside_with_the_reason(
    company, folder, settings, place, data, code, reason
):
    settings.IMPORT_LIMIT_BYTES = 2000
    path = drop(folder / place, data)
    told = take(company, folder)[place]

    assert told.outcome == Outcome.REFUSED
    aside = path.parent / "refused"
    assert (aside / path.name).read_bytes() == data
    text = (aside / f"{path.name}.reason.txt").read_text(encoding="utf-8")
    assert text.startswith(f"File: {place}\nCode: {code}\nReason: ")
    assert reason in text and "\nWhat to do: " in text
    assert counted()["Item"] == counted()["Payment"] == 0


def test_a_file_over_the_limit_is_never_opened(company, folder, settings, monkeypatch):
    settings.IMPORT_LIMIT_BYTES = 10
    drop(folder / "bank" / "a.sta", b"x" * 11)
    monkeypatch.setattr("dunwell.jobs.dropped_files.DropFolder.read", None)

    assert outcomes(take(company, folder)) == {"bank/a.sta": Outcome.REFUSED}


def test_refused_twice_has_two_names_and_two_reasons(company, folder):
    for _ in range(2):
        drop(folder / "bank" / "a.sta", b"nonsense")
        take(company, folder)
    drop(folder / "bank" / "a.sta.reason.txt", b"nonsense")
    take(company, folder)

    assert files(folder / "bank" / "refused") == [
        "a-2.sta", "a-2.sta.reason.txt", "a.sta", "a.sta.reason-2.txt",
        "a.sta.reason-2.txt.reason.txt", "a.sta.reason.txt",
    ]  # fmt: skip


def test_nothing_is_followed_out_of_the_folder(company, folder, tmp_path):
    outside = drop(tmp_path / "outside.sta", days(1)[0])
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (folder / "bank" / "link.sta").symlink_to(outside)
    (folder / "bank" / "done").symlink_to(elsewhere)
    (folder / "ledger").rmdir()
    (folder / "ledger").symlink_to(elsewhere)
    drop(elsewhere / "items.csv", LEDGER)
    os.mkfifo(folder / "bank" / "pipe.sta")

    told = take(company, folder)

    assert outcomes(told) == {
        "ledger": Outcome.FAILED,
        "bank/link.sta": Outcome.REFUSED,
        "bank/done": Outcome.REFUSED,
        "bank/pipe.sta": Outcome.REFUSED,
    }
    assert outside.read_bytes() == days(1)[0]
    assert files(elsewhere) == ["items.csv"]
    assert (folder / "ledger").is_symlink() and counted()["ImportBatch"] == 0


def test_a_folder_that_is_not_listed_is_refused(company, folder, tmp_path):
    (tmp_path / "other" / "bank").mkdir(parents=True)
    kept = drop(tmp_path / "other" / "bank" / "a.sta", days(1)[0])
    (folder / "away").symlink_to(tmp_path / "other")
    for path in (tmp_path / "other", folder / ".." / "other", folder / "away", Path("none")):
        with pytest.raises(Refused):
            take(company, path)
    assert kept.exists() and BankFile.objects.count() == 0
    assert outcomes(take(company, folder / "bank", kind=Kind.BANK)) == {}


def test_a_flat_folder_holds_one_kind(company, folder):
    drop(folder / "monday.sta", days(1)[0])
    assert outcomes(take(company, folder, kind=Kind.BANK)) == {"monday.sta": Outcome.TAKEN}
    assert files(folder) == [f"{LINK}/monday.sta"]


@pytest.mark.parametrize("point", [1, 2, 3])
def test_killed_before_a_move_it_is_finished_by_the_next_call(
    company, customer, folder, monkeypatch, point
):
    drop(folder / "ledger" / "items.csv", LEDGER)
    drop(folder / "bank" / "monday.sta", days(1)[0])
    drop(folder / "invoices" / "R-1.xml", xml(company))
    seen = []

    def move(*args, real=os.replace, **options):
        # the moves of this folder go by handles; kept uploads are renamed as well
        if "src_dir_fd" in options:
            seen.append(args)
            if len(seen) == point:
                raise KilledError
        real(*args, **options)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", move)
        with pytest.raises(KilledError):
            take(company, folder)
    assert len([one for one in files(folder) if "done" not in one]) == 4 - point
    told = take(company, folder)

    assert len(told) == 4 - point
    assert next(iter(told.values())).outcome == Outcome.KNOWN
    assert set(open_amounts(company)) == {"R1", "R2", "R-1"}
    assert (counted()["ImportBatch"], counted()["BankFile"], counted()["EInvoiceFile"]) == (
        1,
        1,
        1,
    )
    assert len(files(folder)) == 3 and all("/done/" in one for one in files(folder))


def test_killed_between_receiving_and_taking_an_invoice_it_is_taken_by_the_next_call(
    company, customer, folder, monkeypatch
):
    drop(folder / "invoices" / "R-1.xml", xml(company))

    def killed(**told):
        raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr("dunwell.jobs.folder_intake.take_einvoices", killed)
        with pytest.raises(KilledError):
            take(company, folder)
    assert (EInvoiceFile.objects.count(), Item.objects.count()) == (1, 0)

    assert outcomes(take(company, folder)) == {"invoices/R-1.xml": Outcome.TAKEN}
    assert (EInvoiceFile.objects.count(), Item.objects.count()) == (1, 1)


def test_killed_after_the_reason_it_is_written_anew(company, folder, monkeypatch):
    drop(folder / "bank" / "a.sta", b"")

    def move(*args, **options):
        raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", move)
        with pytest.raises(KilledError):
            take(company, folder)
    assert files(folder / "bank") == ["a.sta", "refused/a.sta.reason.txt"]
    take(company, folder)
    assert files(folder / "bank") == ["refused/a.sta", "refused/a.sta.reason.txt"]


def test_a_file_that_is_replaced_while_it_is_read_stays(company, folder, monkeypatch):
    first, second = days(2)
    path = drop(folder / "bank" / "a.sta", first)

    def read(**told):
        drop(path, second, seconds=30)
        return read_file(**told)

    with monkeypatch.context() as patched:
        patched.setattr("dunwell.jobs.folder_intake.read_file", read)
        assert outcomes(take(company, folder)) == {"bank/a.sta": Outcome.LATER}
    assert path.read_bytes() == second
    assert outcomes(take(company, folder)) == {"bank/a.sta": Outcome.TAKEN}
    assert BankStatement.objects.count() == 2


@pytest.mark.skipif(connection.vendor != "sqlite", reason="one session holds a claim twice there")
def test_a_folder_is_claimed_while_it_is_emptied(company, folder, settings, monkeypatch):
    drop(folder / "bank" / "a.sta", days(1)[0])
    free = []

    def read(**told):
        for path in (Path(settings.DATA_DIR) / "locks").glob("dunwell-take-in-*.lock"):
            with claimed_file(path) as is_free:
                free.append(is_free)
        return read_file(**told)

    monkeypatch.setattr("dunwell.jobs.folder_intake.read_file", read)
    take(company, folder / "bank", kind=Kind.BANK)
    assert free.count(False) == 1


def test_one_file_that_fails_does_not_hold_up_the_next(company, folder, monkeypatch):
    drop(folder / "ledger" / "items.csv", LEDGER)
    drop(folder / "bank" / "a.sta", days(1)[0])
    with monkeypatch.context() as patched:
        patched.setattr("dunwell.jobs.folder_intake.receive_upload", None)
        told = outcomes(take(company, folder))

    assert told == {"ledger/items.csv": Outcome.FAILED, "bank/a.sta": Outcome.TAKEN}
    assert outcomes(take(company, folder)) == {"ledger/items.csv": Outcome.TAKEN}


def test_names_that_are_no_text_or_too_long_are_taken_too(company, folder):
    one, two = days(2)
    odd = os.fsdecode(b"a\xff\nb.sta")
    drop(folder / "bank" / odd, one, seconds=70)
    drop(folder / "bank" / ("n" * 250 + ".sta"), two)

    told = take(company, folder)

    assert set(outcomes(told).values()) == {Outcome.TAKEN}
    assert next(iter(told)) == "bank/a\ufffd?b.sta"
    assert (folder / "bank" / LINK / odd).exists()
    assert (folder / "bank" / LINK / ("n" * 196 + ".sta")).exists()


def test_an_invoice_whose_customer_nobody_knows_waits_in_the_desk(company, folder):
    drop(folder / "invoices" / "R-1.xml", xml(company))
    told = take(company, folder)["invoices/R-1.xml"]

    assert told.outcome == Outcome.WAITS and "No customer has" in told.told
    assert EInvoiceFile.objects.get().status == EInvoiceFile.Status.WAITING
    assert files(folder) == [f"invoices/{LINK}/R-1.xml"]


def test_the_command_prints_a_line_for_each_and_leaves_with_1(company, folder):
    document = {"date_order": "dmy"}
    save_profile(actor=system(company), name="our ERP", document=document, at=AT)
    drop(folder / "ledger" / "a.csv", UNCLEAR)
    options = {"company": company.name, "profile": "our ERP"}
    out = StringIO()
    with time_machine.travel(AT, tick=False):
        call_command("take_in", str(folder), stdout=out, **options)
        assert out.getvalue().startswith("ledger/a.csv taken: import ")
        assert out.getvalue().endswith(f" -> ledger/{LINK}/a.csv\n")
        drop(folder / "bank" / "b.sta", b"")
        with pytest.raises(CommandError, match="1 could not be taken"):
            call_command("take_in", str(folder), stdout=out, **options)
        with pytest.raises(CommandError, match="no profile named other"):
            call_command("take_in", str(folder), company=company.name, profile="other")
        with pytest.raises(CommandError, match="no company named Nobody"):
            call_command("take_in", str(folder), company="Nobody")
        with pytest.raises(CommandError, match="DUNWELL_CONNECTION_FOLDERS"):
            call_command("take_in", str(folder.parent), company=company.name)
    assert "bank/b.sta refused: It is empty. Export it again. -> bank/refused/b.sta" in (
        out.getvalue()
    )


def test_opening_a_folder_leaves_no_handle(folder, settings):
    before = len(list(Path("/proc/self/fd").iterdir()))
    with opened(folder, settings.CONNECTION_FOLDERS) as (path, _):
        assert path == folder.resolve()
    with pytest.raises(Refused), opened(folder.parent, settings.CONNECTION_FOLDERS):
        pass
    assert len(list(Path("/proc/self/fd").iterdir())) == before
