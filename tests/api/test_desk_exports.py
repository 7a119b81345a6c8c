"""A full export as a program and a browser's session make, follow, fetch and remove it."""

import io
import json
import zipfile

import pytest

from tests.api.conftest import add_token
from tests.conftest import add_user


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def test_a_program_makes_an_export_follows_fetches_and_removes_it(company, admin):
    program = add_token(admin, company, rights=["desk.export"])
    begun = program.call("POST", "/desk-exports", {"form": "json"})
    (listed,) = program.call("GET", "/desk-exports").json()
    path = f"/desk-exports/{listed['id']}"
    shown = program.call("GET", path).json()
    file = b"".join(program.call("GET", f"{path}/file").streaming_content)
    removed = program.call("POST", f"{path}/remove").json()
    again = program.call("POST", f"{path}/remove")
    gone = program.call("GET", f"{path}/file")

    assert (begun.status_code, begun.json()["is_begun"]) == (202, True)
    assert shown == listed
    assert (shown["status"], shown["form"], shown["broken"]) == ("done", "json", [])
    assert len(file) == shown["size_bytes"]
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        assert json.loads(archive.read("manifest.json"))["companies"][0]["head"] == shown["head"]
    assert (removed["status"], again.json()["status"]) == ("removed", "removed")
    assert (gone.status_code, "no archive" in gone.json()["detail"]) == (422, True)
    assert program.call("GET", "/desk-exports/..").status_code == 404


def test_open_fields_need_a_right_of_their_own(company, admin):
    program = add_token(admin, company, rights=["desk.export"])
    opener = add_token(
        add_user(company, "olga", "admin"), company, rights=["desk.export", "desk.export_opened"]
    )
    told = {"is_opened": True}
    refused = program.call("POST", "/desk-exports", told)
    made = opener.call("POST", "/desk-exports", told).json()["export"]

    assert refused.status_code == 403 and "desk.export_opened" in refused.json()["detail"]
    assert program.call("GET", f"/desk-exports/{made['id']}/file").status_code == 403
    assert opener.call("GET", f"/desk-exports/{made['id']}/file").status_code == 200
