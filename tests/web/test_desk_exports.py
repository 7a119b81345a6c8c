"""The page about full exports: one is made in the background, taken, removed, and its days end."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
import time_machine

from dunwell.actions.gate import Forbidden, Refused
from dunwell.jobs import desk_export_runs as runs
from dunwell.models import Event
from tests.actions.desk import acting
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, add_customer


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    """Archives lie outside the database: no test may leave any to the next."""
    settings.DATA_DIR = tmp_path


@pytest.fixture
def books(company):
    customer = add_customer(company, "K1", "Globex")
    invoice(customer, "R1", 5000, issued_on=AT.date(), due_on=AT.date())
    return company


def events(company, *names):
    found = Event.objects.filter(company=company, verb__in=names).order_by("seq")
    return [(event.verb, event.actor) for event in found]


def test_an_archive_holds_what_the_list_says_of_it(come_in, admin, books):
    form = "csv"  # the others: tests/api/test_desk_exports.py, tests/journeys/test_desk_export.py
    client = come_in(admin)
    before = client.get("/desk-exports/").text
    after = client.post("/desk-exports/new/", {"format": form}, follow=True).text
    (run,) = runs.export_runs(books, at=AT)
    answer = client.post(f"/desk-exports/{run.id}/file/")
    data = b"".join(answer.streaming_content)

    assert "Nothing was exported yet" in before
    assert "The export runs." in after and "all hold" in after and "Ready" in after
    assert (len(data), run.status, run.percent) == (run.size_bytes, "done", 100)
    assert answer["Content-Length"] == str(len(data))
    assert answer["Content-Disposition"].endswith(f'-{form}.zip"')
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        told = json.loads(archive.read("manifest.json"))
        names = set(archive.namelist())
    assert (told["form"], told["scope"], told["is_opened"]) == (form, "company", False)
    assert told["tables"]["dunwell_item"]["rows"] == 1
    assert sum(table["rows"] for table in told["tables"].values()) == run.rows
    assert told["companies"][0]["head"] == run.head
    assert len([name for name in names if name.startswith("tables/")]) == len(told["tables"])
    assert events(books, "desk.exported", "desk.export_fetched") == [
        ("desk.exported", "ada"),
        ("desk.export_fetched", "ada"),
    ]
    left = sorted(path.suffix for path in (runs._folder(books)).iterdir() if run.id in path.name)
    assert left == [".json", ".lock", ".zip"]


def test_an_archive_goes_when_somebody_removes_it_or_its_days_are_over(come_in, admin, books):
    client = come_in(admin)
    client.post("/desk-exports/new/", {"format": "csv"})
    client.post("/desk-exports/new/", {"format": "csv", "is_opened": "on"})
    opened, plain = sorted(runs.export_runs(books, at=AT), key=lambda run: not run.is_opened)
    removed = client.post(f"/desk-exports/{plain.id}/remove/", follow=True).text
    gone = client.post(f"/desk-exports/{plain.id}/file/")
    with time_machine.travel(AT + timedelta(days=runs.KEPT_DAYS_OPENED), tick=False):
        come_in(admin)
        over = client.post(f"/desk-exports/{opened.id}/file/")
        page = client.get("/desk-exports/").text

    assert "The archive is deleted." in removed and "fields open" in removed
    assert gone.status_code == over.status_code == 422
    assert "Its days are over" in page and "Download" not in page
    assert not list(runs._folder(books).glob("*.zip"))
    assert events(books, "desk.export_removed") == [("desk.export_removed", "ada")]


def test_the_newest_archives_are_kept(admin, books, monkeypatch):
    monkeypatch.setattr(runs, "MOST_KEPT", 1)
    for day in range(runs.MOST_KEPT + 1):
        with time_machine.travel(AT + timedelta(minutes=day), tick=False):
            runs.begin_export(
                actor=acting(admin), form="csv", is_opened=False, at=AT + timedelta(minutes=day)
            )

    assert [run.status for run in runs.export_runs(books, at=AT)] == [
        *["done"] * runs.MOST_KEPT,
        "expired",
    ]
    assert len(list(runs._folder(books).glob("*.zip"))) == runs.MOST_KEPT


def test_a_run_whose_process_died_is_made_by_whoever_looks_next_but_not_for_ever(
    come_in, admin, books
):
    client = come_in(admin)
    begun = runs.ExportRun(
        id="died", form="csv", is_opened=False, by="ada", user_id=admin.pk, begun_at=AT, tries=1
    )
    hopeless = runs.replace(begun, id="hopeless", tries=runs.MOST_TRIES)
    folder = runs._folder(books)
    (folder / "died.folder.77.part" / "tables").mkdir(parents=True)
    for run in (begun, hopeless):
        runs._note(books, run)
    bar = client.get("/desk-exports/progress/")
    page = client.get("/desk-exports/").text

    assert bar["HX-Refresh"] == "true"
    assert runs.read_export(books, "died").status == "done"
    assert "The server died 3 times" in page
    assert not list(folder.glob("*.part"))


def test_what_runs_is_shown_and_not_begun_twice(come_in, admin, books, monkeypatch):
    monkeypatch.setattr(runs, "begin", lambda *_, **__: True)
    client = come_in(admin)
    client.post("/desk-exports/new/", {"format": "csv"})
    again = client.post("/desk-exports/new/", {"format": "json"}, follow=True).text
    bar = client.get("/desk-exports/progress/").text

    assert "An export runs already." in again and "New export" not in again
    assert 'role="progressbar"' in bar and "0 % is written." in bar
    assert [run.form for run in runs.export_runs(books, at=AT)] == ["csv"]


def test_a_full_disk_is_told_and_leaves_nothing(come_in, admin, books, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(runs, "_pack", full)
    page = come_in(admin).post("/desk-exports/new/", {"format": "csv"}, follow=True).text

    assert "The archive cannot be written: No space left on device." in page
    assert not [path for path in runs._folder(books).iterdir() if path.is_dir()]


def test_only_holders_of_the_right_export_and_of_another_company_there_is_nothing(
    client, manager, admin, books, rival
):
    runs.begin_export(actor=acting(admin), form="csv", is_opened=False, at=AT)
    (run,) = runs.export_runs(books, at=AT)
    client.force_login(rival)
    strange = [
        client.post(f"/desk-exports/{run.id}/file/").status_code,
        client.post(f"/desk-exports/{run.id}/remove/").status_code,
        client.post("/desk-exports/..%2F..%2Fsecret/file/").status_code,
    ]
    empty = client.get("/desk-exports/").text
    client.force_login(manager)
    pages = [client.get("/desk-exports/"), client.post("/desk-exports/new/", {"format": "csv"})]

    assert strange == [404, 404, 404]
    assert "Nothing was exported yet" in empty
    assert [page.status_code for page in pages] == [403, 403]
    with pytest.raises(Forbidden):
        runs.begin_export(actor=acting(manager), form="csv", is_opened=False, at=AT)
    with pytest.raises(Forbidden):
        runs.fetch_export(actor=acting(manager), run_id=run.id, at=AT)
    with pytest.raises(Refused, match="no form xml"):
        runs.begin_export(actor=acting(admin), form="xml", is_opened=False, at=AT)
