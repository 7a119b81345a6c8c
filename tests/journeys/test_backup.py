"""T17: a backup of a running desk comes back whole, or says loudly that it does not."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, nullcontext
from pathlib import Path

import psycopg
import pytest

from tests.dealing import hand
from tests.postgres import cluster

ROOT = Path(__file__).parents[2]
START = "import django; django.setup(); from tests.journeys import books_flow; "
PREPARE = START + "from tests.crash import prepare; prepare(books_flow); books_flow.run()"
DIGEST = START + "import json; from tests.table_digest import digest; print(json.dumps(digest()))"
pytestmark = [
    pytest.mark.skipif("DUNWELL_DATABASE_URL" in os.environ, reason="starts databases of its own"),
    pytest.mark.dealt(one_in=8, of="whole desks", whole=True),
]


def ran(folder, url, *arguments, key="", well=True):
    """What a process said that works on a data folder and a database."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("DUNWELL_")}
    told = {"DJANGO_SETTINGS_MODULE": "dunwell.settings", "DUNWELL_DATA_DIR": str(folder)}
    told |= {"DUNWELL_DATABASE_URL": url} if url else {}
    told |= {"DUNWELL_BACKUP_KEY_FILE": str(key)} if key else {}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", *arguments],
        cwd=ROOT,
        env=own | told,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode == 0) == well, done.stdout[-2000:] + done.stderr[-2000:]
    assert "Traceback" not in done.stderr
    return done.stdout if well else done.stderr


def dunwell(folder, url, *arguments, **kwargs):
    return ran(folder, url, "-m", "dunwell", *arguments, **kwargs)


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    path = tmp_path_factory.mktemp("keys") / "backup.key"
    dunwell(path.parent / "none", "", "backup", "--new-key", str(path))
    assert path.stat().st_mode & 0o777 == 0o600
    return path


def made(folder, url):
    """The folder of a desk with closed books and a kept file."""
    (folder / "uploads").mkdir()
    (folder / "uploads" / "abc").write_bytes(b"kept byte for byte")
    ran(folder, url, "-c", PREPARE)
    return folder


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def desk(request, tmp_path_factory, key, small):
    """A desk with closed books, its database's address, and what a backup with a drill said."""
    with cluster() if request.param == "postgresql" else nullcontext("") as url:
        folder = made(tmp_path_factory.mktemp("desk"), url) if url else small
        out = tmp_path_factory.mktemp("out")
        said = dunwell(folder, url, "backup", str(out), "--drill", key=key)
        (path,) = out.glob("*.backup")
        yield folder, url, path, said


@pytest.fixture
def empty(desk, request):
    """The address of an empty database on the desk's server; nothing for SQLite."""
    _, url, _, _ = desk
    if not url:
        return ""
    name = f"empty_{abs(hash(request.node.name))}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    return f"{url.rsplit('/', 1)[0]}/{name}"


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A desk on SQLite that nothing is written to."""
    return made(tmp_path_factory.mktemp("small"), "")


def test_t17_a_restored_desk_equals_the_one_that_was_backed_up(desk, empty, tmp_path, key):
    folder, url, path, drill = desk
    new = tmp_path / "new"

    said = dunwell(new, empty, "restore", str(path), key=key)

    assert "every hash as in its manifest" in said
    assert "Drill: Restored" in drill
    assert "0 broken" in drill
    assert not [*folder.glob("back*"), *folder.glob("drill*")]
    assert json.loads(ran(new, empty, "-c", DIGEST)) == json.loads(ran(folder, url, "-c", DIGEST))
    assert (new / "uploads" / "abc").read_bytes() == b"kept byte for byte"
    assert (new / "secret_key").read_text() == (folder / "secret_key").read_text()
    again = dunwell(new, empty, "restore", str(path), key=key, well=False)
    assert "has tables already" in again


def test_t17_a_backup_without_its_key_or_with_a_changed_byte_fails_loudly(
    desk, empty, tmp_path, key
):
    _, _, path, _ = desk
    other, cut, changed = tmp_path / "other.key", tmp_path / "cut", tmp_path / "changed"
    dunwell(tmp_path / "none", "", "backup", "--new-key", str(other))
    data = path.read_bytes()
    assert b"Acme" not in data
    cut.write_bytes(data[:-1])
    middle = len(data) // 2
    changed.write_bytes(data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :])
    new = tmp_path / "new"

    for backup, opener, words in (
        (path, "", "needs a key"),
        (path, other, "key does not open"),
        (cut, key, "cut|damaged"),
        (changed, key, "damaged"),
        (tmp_path / "missing", key, "No such file"),
    ):
        said = dunwell(new, empty, "restore", str(backup), key=opener, well=False)
        assert any(word in said for word in words.split("|")), said
        assert {one.name for one in new.iterdir()} <= {
            "secret_key",
            "dunwell.sqlite3",
            "dunwell.sqlite3-wal",
            "dunwell.sqlite3-shm",
        }
    assert "Restored" in dunwell(new, empty, "restore", str(path), key=key)


def test_t17_a_drill_of_a_backup_that_does_not_come_back_fails_loudly(desk, tmp_path, key):
    folder, url, path, _ = desk
    data = path.read_bytes()
    files = {
        "no backup": (b"PK" + data, key, "This is not a backup"),
        "cut": (data[: len(data) // 2], key, "is cut after|is damaged at frame"),
        "changed": (data[:-9] + bytes([data[-9] ^ 1]) + data[-8:], key, "is damaged at frame"),
        "another's key": (data, tmp_path / "other.key", "The key does not open this backup"),
        "keyless": (data, "", "A backup needs a key"),
    }
    dunwell(tmp_path / "none", "", "backup", "--new-key", str(tmp_path / "other.key"))
    dealt = hand(files, url and "postgresql", one_in=5)
    for name, (content, opener, words) in dealt.items():
        (tmp_path / name).write_bytes(content)
        bad = str(tmp_path / name)
        said = dunwell(folder, url, "restore", bad, "--drill", key=opener, well=False)
        assert any(word in said for word in words.split("|")), (name, said)
        assert not [*folder.glob("drill*")]


@pytest.mark.skipif(sys.platform != "linux" or os.getuid() != 0, reason="mounts a small disk")
def test_t05_a_full_disk_leaves_nothing_that_looks_like_a_backup(small, tmp_path, key):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], check=False
    ).returncode:
        pytest.skip("this machine lets nobody mount")
    try:
        said = dunwell(small, "", "backup", str(disk), key=key, well=False)
        assert "No space left" in said
        assert list(disk.iterdir()) == []
    finally:
        subprocess.run(["umount", disk], check=True)


def test_only_the_newest_backups_are_kept_and_a_key_is_never_written_over(small, tmp_path, key):
    out = tmp_path / "out"
    out.mkdir()
    for day in ("01", "02"):
        (out / f"dunwell-202601{day}T000000000000Z.backup").touch()
    said = dunwell(small, "", "backup", str(out), "--keep", "2", key=key)
    assert "deleted dunwell-20260101" in said
    assert len(list(out.iterdir())) == 2
    assert "exists" in dunwell(small, "", "backup", "--new-key", str(key), well=False)


def test_what_a_writer_adds_meanwhile_is_in_the_backup_whole_or_not_at_all(small, tmp_path, key):
    with closing(sqlite3.connect(small / "dunwell.sqlite3")) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE dunwell_company SET name = 'Half written'")
        dunwell(small, "", "backup", str(tmp_path / "out"), key=key)
        writer.rollback()
    (path,) = (tmp_path / "out").iterdir()
    assert "Close: " in dunwell(tmp_path / "new", "", "restore", str(path), key=key)


def test_a_restore_that_was_killed_can_be_begun_again(desk, empty, tmp_path, key):
    folder, _, path, _ = desk
    new = tmp_path / "new"
    # as a kill between the files and the database leaves it
    (new / "restoring").mkdir(parents=True)
    (new / "restoring" / "database").write_bytes(b"half")
    shutil.copytree(folder / "uploads", new / "uploads")

    assert "Restored" in dunwell(new, empty, "restore", str(path), key=key)
    assert not (new / "restoring").exists()
