"""Folders over SFTP: the conformance test, host keys, cut lines, and each file once."""

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from dunwell.actions.connection_files import SETTLE, look_at_files
from dunwell.actions.connection_syncs import begin_sync
from dunwell.actions.connections import pull_again
from dunwell.actions.gate import system
from dunwell.formats.connection_rows import OutsideError
from dunwell.formats.remote_files import RemoteFile
from dunwell.jobs import connections
from dunwell.models import (
    BankFile,
    Connection,
    ConnectionFile,
    EInvoiceFile,
    ImportBatch,
    Item,
)
from tests.actions.bank_rows import line, sta
from tests.actions.exports import items_csv
from tests.actions.test_einvoice_imports import xml
from tests.conftest import AT, TODAY
from tests.connectors.conformance import Conformance, released
from tests.connectors.sftp_server import LEDGER, SECRET, codes, link_named, sync, told

DAY = TODAY.isoformat()


@released("test_over_a_thousand_rows_come_in_pages", "test_later_syncs_bring_what_is_new")
class TestSftp(Conformance):
    kind, secret, tie = "sftp", SECRET, "unknown"
    # what only a ledger can tell: an export of open items says neither
    test_another_amount_is_a_document_of_its_own = None
    test_a_void_document_is_owed_no_longer = None
    test_a_credit_note_settles_what_it_is_put_on = None
    test_currencies_stand_apart = None
    test_unapplied_money_counts_on_both_sides = None
    test_a_deleted_document_is_told_and_not_guessed = None
    test_a_limit_is_tried_approved_and_written_once = None
    test_a_note_is_written_once_whoever_died = None
    test_what_only_we_took_in_is_a_difference = None

    @pytest.fixture
    def there(self, sftp_world):
        return sftp_world

    def settings_of(self, world):
        return world.settings


@pytest.mark.django_db
def test_files_of_every_kind_are_taken_and_moved(link_sftp, sftp_world, company):
    sftp_world.drop("ledger/items.csv", LEDGER)
    sftp_world.drop("bank/monday.sta", sta(1, 0, line(33_33)))
    sftp_world.drop("invoices/one.xml", xml(company))
    sftp_world.drop("bank/empty.sta", b"")
    sftp_world.drop("ledger/half.csv.part", LEDGER)
    sftp_world.drop("ledger/later.csv", LEDGER, marker="")
    sftp_world.drop("beside.csv", LEDGER)
    done = sync(link_sftp())

    assert codes(done) == {
        "ledger/items.csv": "taken", "invoices/one.xml": "taken", "bank/monday.sta": "taken",
        "bank/empty.sta": "refused",
    }  # fmt: skip
    assert sftp_world.files() == sorted(
        [
            "beside.csv", "beside.csv.done", "ledger/half.csv.part", "ledger/half.csv.part.done",
            "ledger/later.csv", f"ledger/done/{DAY}/items.csv",
            f"ledger/done/{DAY}/items.csv.done", f"bank/done/{DAY}/monday.sta",
            f"bank/done/{DAY}/monday.sta.done", f"invoices/done/{DAY}/one.xml",
            f"invoices/done/{DAY}/one.xml.done", "bank/refused/empty.sta",
            "bank/refused/empty.sta.done", "bank/refused/empty.sta.reason.txt",
        ]
    )  # fmt: skip
    reason = (sftp_world.root / "bank/refused/empty.sta.reason.txt").read_text()
    assert reason.startswith("File: bank/empty.sta\nReason: It is empty. Export it again.\n")
    assert Item.objects.count() == 3
    assert (BankFile.objects.count(), EInvoiceFile.objects.count()) == (1, 1)
    assert done.batches == [ImportBatch.objects.get().pk]
    assert done.counts["items_imported"] == 2


@pytest.mark.django_db
def test_without_a_marker_a_file_is_taken_when_two_looks_find_it_unchanged(
    link_sftp, sftp_world, at_nine
):
    linked = link_sftp(marker="")
    file = sftp_world.drop("ledger/items.csv", LEDGER[:-30], marker="")
    first = sync(linked)
    linked.refresh_from_db()
    assert (codes(first), linked.next_at - first.finished_at) == ({}, SETTLE)
    assert codes(sync(linked)) == {}
    file.write_bytes(LEDGER)
    # long enough ago, but it was not this size then
    at_nine.shift(SETTLE)
    assert codes(sync(linked)) == {}
    assert ConnectionFile.objects.count() == 1
    at_nine.shift(SETTLE)
    last = sync(linked)
    linked.refresh_from_db()
    assert codes(last) == {"ledger/items.csv": "taken"}
    assert linked.next_at - last.finished_at == timedelta(hours=1)


@pytest.mark.django_db
def test_what_is_left_there_is_taken_once_and_nothing_is_written(link_sftp, sftp_world):
    linked = link_sftp(afterwards="leave")
    sftp_world.may_write = False
    file = sftp_world.drop("ledger/items.csv", LEDGER)
    sftp_world.drop("ledger/empty.csv", b"")
    before = sftp_world.files()
    assert codes(sync(linked)) == {"ledger/items.csv": "taken", "ledger/empty.csv": "refused"}
    sftp_world.calls.clear()
    assert codes(sync(linked)) == {}
    assert (sftp_world.files(), "open" in sftp_world.calls) == (before, False)

    file.write_bytes(items_csv("K1;Acme;R3;invoice;2026-01-05;2026-02-04;EUR;7.00;7.00"))
    assert codes(sync(linked)) == {"ledger/items.csv": "taken"}
    pull_again(actor=system(linked.company), connection=linked, at=AT)
    assert codes(sync(linked)) == {"ledger/items.csv": "known", "ledger/empty.csv": "refused"}
    assert Item.objects.count() == 3


@pytest.mark.django_db
def test_what_may_not_be_moved_is_told_and_not_taken_again(link_sftp, sftp_world):
    linked = link_sftp()
    sftp_world.may_write = False
    sftp_world.drop("ledger/items.csv", LEDGER)
    done = sync(linked)
    assert done.status == "done"
    assert [one["code"] for one in done.notes] == ["taken", "not_moved"]
    assert "else choose leave" in done.notes[1]["text"]
    sftp_world.may_write = True
    assert codes(sync(linked)) == {}
    assert ConnectionFile.objects.get().moved_to == f"ledger/done/{DAY}/items.csv"
    assert ImportBatch.objects.count() == 1


@pytest.mark.django_db
def test_the_same_file_again_is_known_and_a_taken_name_gets_a_number(link_sftp, sftp_world):
    linked = link_sftp()
    for _ in range(2):
        sftp_world.drop("ledger/items.csv", LEDGER)
        done = sync(linked)
    assert codes(done) == {"ledger/items.csv": "known"}
    assert [one for one in sftp_world.files() if one.endswith(".csv")] == [
        f"ledger/done/{DAY}/items-2.csv", f"ledger/done/{DAY}/items.csv",
    ]  # fmt: skip
    # the very same, time of writing and all
    (sftp_world.root / f"ledger/done/{DAY}/items.csv").rename(sftp_world.root / "ledger/items.csv")
    (sftp_world.root / "ledger/items.csv.done").touch()
    assert codes(sync(linked)) == {"ledger/items.csv": "known"}
    assert ImportBatch.objects.count() == 1


@pytest.mark.django_db
def test_names_that_lead_elsewhere_and_links_are_told_and_never_asked_for(link_sftp, sftp_world):
    linked = link_sftp()
    sftp_world.extra = tuple(
        map(link_named, ("../../etc/passwd", "..\\up.csv", "a\nb.csv", "x" * 320))
    )
    sftp_world.drop("ledger/items.csv", LEDGER)
    (sftp_world.root / "ledger/link.csv").symlink_to("/etc/passwd")
    (sftp_world.root / "ledger/link.csv.done").touch()
    sftp_world.calls.clear()
    done = sync(linked)
    assert [one["code"] for one in done.notes] == ["passed_over"] * 5 + ["taken"]
    assert {one["text"].partition(".")[0] for one in done.notes[:5]} == {
        "It is no plain name, and might lead elsewhere",
        "Its path has more than 300 characters", "It is a link or no plain file",
    }  # fmt: skip
    assert sftp_world.calls.count("open") == 1


@pytest.mark.django_db
def test_sizes_are_bounded_before_anything_is_fetched(link_sftp, sftp_world, settings):
    linked = link_sftp(patterns="*.csv")
    settings.IMPORT_LIMIT_BYTES = 100
    sftp_world.drop("ledger/large.csv", LEDGER)
    sftp_world.drop("ledger/else.txt", LEDGER)
    done = told(sync(linked))
    assert done.keys() == {"ledger/large.csv"}
    assert "It has 207 bytes; 100 are allowed." in done["ledger/large.csv"][1]
    assert "block" not in sftp_world.calls
    sftp_world.drop("ledger/one.csv", b"x")
    folder = replace(connections.open_place(linked), most_entries=3)
    with folder.session() as line, pytest.raises(OutsideError, match="More than 3 files"):
        line.look()


@pytest.mark.django_db
def test_the_command_shows_what_would_be_taken_and_writes_nothing(link_sftp, sftp_world, company):
    linked = link_sftp()
    sftp_world.drop("ledger/items.csv", LEDGER)
    sftp_world.drop("ledger/later.csv", LEDGER, marker="")
    before = sftp_world.files()
    out = io.StringIO()
    call_command("connect", "look", "Bank", stdout=out)
    assert out.getvalue().splitlines() == [
        "ledger/items.csv (207 bytes): would be taken",
        "ledger/later.csv (207 bytes): waits for its marker",
    ]
    assert (sftp_world.files(), ConnectionFile.objects.count()) == (before, 0)
    sync(linked)
    out = io.StringIO()
    call_command("connect", "test", "Bank", stdout=out)
    assert out.getvalue().startswith("Bank: SFTP SSH-2.0-paramiko")
    Connection.objects.update(kind="stripe")
    with pytest.raises(CommandError, match="is no folder of files"):
        call_command("connect", "look", "Bank", stdout=out)


@pytest.mark.django_db
def test_a_look_at_three_files_asks_no_more_than_one_at_one(link_sftp):
    linked = link_sftp()
    actor = system(linked.company)
    held = begin_sync(actor=actor, connection=linked, as_of=TODAY, at=AT)

    def asked(prefix, count):
        files = [
            RemoteFile(folder="ledger", name=f"{prefix}{number}.csv", size=1, written=1)
            for number in range(count)
        ]
        with CaptureQueriesContext(database) as queries:
            for _ in range(2):
                look_at_files(actor=actor, sync=held, files=files, whole=(), is_marked=True, at=AT)
        return len(queries)

    asked("before", 1)
    assert asked("a", 1) == asked("b", 3)
