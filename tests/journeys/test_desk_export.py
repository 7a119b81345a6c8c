"""A full export comes back whole in an empty desk of either database, or says why it does not."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.postgres import cluster

ROOT = Path(__file__).parents[2]
pytestmark = [
    pytest.mark.skipif("DUNWELL_DATABASE_URL" in os.environ, reason="starts databases of its own"),
    pytest.mark.dealt(one_in=8, of="whole desks", whole=True),
]


def ran(folder, url, *words, ends=0):
    """What a process said that does these words on a data folder and a database."""
    folder.mkdir(parents=True, exist_ok=True)
    own = {name: value for name, value in os.environ.items() if not name.startswith("DUNWELL_")}
    told = {"DJANGO_SETTINGS_MODULE": "dunwell.settings", "DUNWELL_DATA_DIR": str(folder)}
    told |= {"DUNWELL_DATABASE_URL": url} if url else {}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.journeys.export_flow", *words],
        cwd=ROOT,
        env=own | told,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == ends, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def lines(said, start):
    return [line for line in said.splitlines() if line.startswith(start)]


def manifest(folder):
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A desk on SQLite, its folder of exports, and what it tells of itself after the last."""
    folder, out = tmp_path_factory.mktemp("desk"), tmp_path_factory.mktemp("out")
    said = ran(
        folder, "", "migrate", "prepare",
        f"export;{out}/open;--format=json;--open",
        f"export;{out}/other;--format=csv;--company=Other",
        f"archive;Other;{out}/other.zip",
        f"!export;{out}/other",
        f"!export;{out}/none;--company=Nobody",
        f"export;{out}/csv;--format=csv",
        "tell",
    )  # fmt: skip
    assert lines(said, "refused: ") == [
        f"refused: {out}/other is there already. Name a new folder.",
        "refused: There is no company named Nobody.",
    ]
    return folder, out, json.loads(lines(said, "{")[-1])


@pytest.fixture(scope="module")
def travelled(source, tmp_path_factory):
    """The desk brought to PostgreSQL, and from there in Parquet to SQLite again."""
    folder, out, _ = source
    with cluster() as url:
        there = tmp_path_factory.mktemp("there")
        shutil.copy(folder / "keyring", there / "keyring")
        # rows are written and files are in place, and yet nothing of it counts
        ran(there, url, "migrate", f"killed;{out}/csv;all of it is proved", ends=-signal.SIGKILL)
        assert list((there / "uploads").iterdir())
        told = ran(
            there, url, f"import_export;{out}/csv", "tell",
            f"!import_export;{out}/csv", f"export;{out}/parquet;--format=parquet",
        )  # fmt: skip
    back = tmp_path_factory.mktemp("back")
    shutil.copy(folder / "keyring", back / "keyring")
    ran(back, "", "migrate", f"killed;{out}/parquet;reading back", ends=-signal.SIGKILL)
    again = ran(back, "", f"import_export;{out}/parquet", "tell")
    return told, json.loads(lines(again, "{")[-1])


def test_an_export_keeps_secrets_and_what_it_leaves_out_to_itself(source):
    folder, out, _ = source
    told = manifest(out / "csv")

    text = b"".join(path.read_bytes() for path in (out / "csv").rglob("*") if path.is_file())
    assert b"argon2" not in text
    assert b"136695976" not in text
    assert (folder / "secret_key").read_bytes() not in text
    assert b"136695976" in (out / "open" / "tables" / "dunwell_customer.jsonl").read_bytes()
    assert told["tables"]["dunwell_customer"]["rows"] == 3
    assert {"sessions.Session", "mfa.Authenticator", "dunwell.SignInLink"} <= set(told["left_out"])
    assert [one["broken"] for one in told["companies"]] == [[], []]
    schema = json.loads((out / "csv" / "schema.json").read_text(encoding="utf-8"))
    amount = next(c for c in schema["dunwell_item"]["columns"] if c["name"] == "amount_minor")
    assert (amount["kind"], amount["unit"]) == (
        "whole number",
        "whole minor units of the row's currency",
    )


def test_an_export_of_one_company_holds_its_rows_people_and_files_alone(source):
    _, out, _ = source
    told = manifest(out / "other")
    rows = {name: table["rows"] for name, table in told["tables"].items()}

    assert [one["name"] for one in told["companies"]] == ["Other"]
    assert [rows[f"dunwell_{name}"] for name in ("company", "customer", "user", "item")] == [1] * 4
    assert sorted(told["files"]) == ["outbox/2/1.eml"]
    assert "rolf" in (out / "other" / "tables" / "dunwell_user.csv").read_text(encoding="utf-8")


def test_the_archive_of_one_company_comes_back_in_a_desk_of_its_own(source, tmp_path):
    folder, out, here = source
    desk = tmp_path / "desk"
    desk.mkdir()
    shutil.copy(folder / "keyring", desk / "keyring")
    shutil.unpack_archive(out / "other.zip", tmp_path / "unpacked")

    said = ran(desk, "", f"import_export;{tmp_path}/unpacked", "tell")
    told = json.loads(lines(said, "{")[-1])

    assert list(told["verify"]) == ["Other"]
    assert told["verify"]["Other"] == here["verify"]["Other"]
    assert told["kpis"] == {"Other": here["kpis"]["Other"]}
    assert told["heads"][0][0] == 2


@pytest.mark.release
def test_a_desk_goes_to_postgresql_and_back_with_equal_books_chains_and_figures(source, travelled):
    _, out, here = source
    told, back = travelled
    there = json.loads(lines(told, "{")[-1])
    without_passwords = here | {"users": {"anna": False, "rolf": False}}

    assert here["users"] == {"anna": True, "rolf": True}
    assert here["sealed"] == 2
    assert here["kpis"]["Close"]
    assert there == without_passwords
    # the export from PostgreSQL is an event of its own
    assert {**back, "heads": []} == {**without_passwords, "heads": []}
    tables, again = (manifest(out / form)["tables"] for form in ("csv", "parquet"))
    differing = {name for name in tables if tables[name]["digest"] != again[name]["digest"]}
    assert differing == {"dunwell_event", "dunwell_chainhead"}
    assert lines(told, "refused: ")[0].endswith("has rows. Import into an empty desk.")


def spoilt(folder, tmp_path, change):
    """A copy of an export with its manifest changed and hashed anew, as a stranger would."""
    copy = tmp_path / f"copy{len(list(tmp_path.iterdir()))}"
    shutil.copytree(folder, copy)
    told = manifest(copy)
    told.pop("sha256")
    change(told, copy)
    code = "import json, sys; from dunwell.formats.export_manifests import _hash;"
    code += "told = json.load(sys.stdin); print(_hash(told))"
    done = subprocess.run(
        [sys.executable, "-c", code], input=json.dumps(told), capture_output=True, text=True,
        check=True, env={"PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    text = json.dumps({**told, "sha256": done.stdout.strip()})
    (copy / "manifest.json").write_text(text, encoding="utf-8")
    return copy


@pytest.mark.release
def test_a_damaged_foreign_or_newer_folder_leaves_an_empty_desk(source, tmp_path):
    _, out, here = source
    cut, changed = tmp_path / "cut", tmp_path / "changed"
    shutil.copytree(out / "open", cut)
    table = cut / "tables" / "dunwell_item.jsonl"
    table.write_bytes(table.read_bytes()[:-5])
    shutil.copytree(out / "open", changed)
    text = (changed / "manifest.json").read_text(encoding="utf-8")
    (changed / "manifest.json").write_text(text.replace('"Close"', '"Cloze"'), encoding="utf-8")

    def head(told, _):
        told["companies"][0]["head"] = "0" * 64

    def digest(told, _):
        told["tables"]["dunwell_item"]["digest"] = "0" * 64

    folders = {
        tmp_path: "is no export: manifest.json in it cannot be read (No such file or directory).",
        cut: "tables/dunwell_item.jsonl is not what the manifest says. Take another copy.",
        changed: "The manifest was changed or damaged. Take another copy.",
        spoilt(out / "open", tmp_path, lambda told, _: told.update(version=2)):
            "its layout is 2 and this one reads 1. Upgrade first.",
        spoilt(out / "open", tmp_path, lambda told, _: told["migrations"].append("dunwell.9999_x")):
            "which has dunwell.9999_x. Upgrade this one first.",
        spoilt(out / "open", tmp_path, lambda told, _: told["migrations"].remove("dunwell.0002_append_only")):
            "Import it with that version, then upgrade.",
        spoilt(out / "open", tmp_path, lambda told, _: told["files"].update({"../x": "0" * 64})):
            "../x in this export would lie elsewhere.",
        spoilt(out / "open", tmp_path, head): "The chain of events of Close does not end as it did.",
        spoilt(out / "open", tmp_path, digest): "dunwell_item does not hold the rows that the manifest says.",
        # without its keyring
        out / "csv": "or export with --open.",
    }  # fmt: skip
    new = tmp_path / "new"

    said = ran(
        new, "", "migrate", *(f"!import_export;{folder}" for folder in folders),
        f"import_export;{out}/open", "tell",
    )  # fmt: skip

    refusals = lines(said, "refused: ")
    assert len(refusals) == len(folders)
    for refusal, words in zip(refusals, folders.values(), strict=True):
        assert refusal.endswith(words), refusal
    # nothing was left behind, so the whole one came in; it sealed with a keyring of its own
    told = json.loads(lines(said, "{")[-1])
    kept = ("verify", "kpis", "totals", "sealed", "faults", "numbers", "zones", "phones", "found")
    assert {name: told[name] for name in kept} == {name: here[name] for name in kept}
    assert (new / "keyring").exists()
