"""Steps of files in remote folders: each is read once, and one that is refused loses nothing."""

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import time_machine

from dunwell.actions.connection_files import SETTLE
from dunwell.actions.connection_syncs import LEASE, begin_sync, end_sync
from dunwell.actions.connections import add_connection
from dunwell.connectors.sftp_folder import Look, MovedOnError
from dunwell.formats.remote_files import DONE, REFUSED, FileRules, RemoteFile
from dunwell.jobs.connection_files import preview_files, take_files
from dunwell.models import BankFile, Connection, ConnectionFile, ImportBatch
from tests.actions.bank_rows import line, sta
from tests.actions.exports import items_csv
from tests.simulator.connections import books
from tests.simulator.world import Nothing, step

SETTINGS = {"address": "files.example:22", "host_key": "SHA256:abc", "user": "ann"}


class Killed(BaseException):
    """What stands for a worker that dies: nothing catches it on the way."""


@dataclass(slots=True)
class Folder:
    """A folder on another machine: its files by place, and which were read how often."""

    rules: FileRules = field(default_factory=FileRules)
    files: dict[str, tuple[RemoteFile, bytes]] = field(default_factory=dict)
    moved: dict[str, bytes] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    reads: list[tuple[str, int, int]] = field(default_factory=list)
    dies_before_move: bool = False

    def put(self, place, data, written):
        kind, _, name = place.partition("/")
        file = RemoteFile(folder=kind, name=name, size=len(data), written=written)
        self.files[place] = (file, data)
        return file

    @contextmanager
    def session(self):
        yield self

    def look(self):
        return Look(files=tuple(file for file, _ in self.files.values()))

    def read(self, file):
        self.reads.append(file.identity)
        found, data = self.files.get(file.place, (None, b""))
        if found != file:
            raise MovedOnError
        return data

    def move(self, file, into, *, reason=""):
        if self.dies_before_move:
            self.dies_before_move = False
            raise Killed
        if self.files.get(file.place, (None,))[0] != file:
            raise MovedOnError
        place = "/".join((file.folder, *into, f"{file.written}-{file.name}"))
        self.moved[place] = self.files.pop(file.place)[1]
        if reason:
            self.reasons[place] = reason
        return place


def _folder(world):
    """A connection that leads to a folder, and the folder; the first one is made."""
    folders = [key for key, there in world.links.items() if isinstance(there, Folder)]
    known = Connection.objects.filter(pk__in=folders, kind="sftp", ended_at=None)
    if known.exists():
        link = world.one(known.filter(is_on=True))
    else:
        link = add_connection(
            actor=world.system, kind="sftp", name=world.number("Folder "), settings=SETTINGS,
            secret="simulated", at=world.at,
        )  # fmt: skip
        world.links[link.pk] = Folder()
    return link, world.links[link.pk]


def _later(world, wait: timedelta):
    world.count += int(wait.total_seconds()) + 1


def _ledger(world):
    customer, due = world.customer(), world.day + timedelta(days=30)
    tail = f"invoice;{world.day};{due};EUR;70.00;70.00"
    return "ledger", items_csv(f"{customer.number};{customer.name};{world.number('L')};{tail}")


def _bank(world):
    item, minor = world.open_item()
    told = line(world.amount(minor), item.customer.name, item.number, on=world.day)
    account = f"DE{world.count:020d}"
    return "bank", sta(world.count % 99_999, 0, told, on=world.day, account=account)


def _bad(world):
    return world.chance.choice((("ledger", b""), ("bank", b"\x00 no bank writes this"),
                                ("ledger", b"%PDF-1.7 a letter")))  # fmt: skip


def _taken(world, link, folder):
    """One round through the folder, as the job makes it; a sync that died is taken over."""
    with time_machine.travel(world.at, tick=False):
        sync = begin_sync(**world.by(), connection=link)
        if sync is None:
            raise Nothing
        told = {"actor": world.system, "sync": sync, "connection": link, "folder": folder}
        again_in = take_files(**told, as_of=world.day)
        end_sync(actor=world.system, sync=sync, theirs=None, at=world.at, again_in=again_in)


@step(1, "D3", "D12", "I24", then=("settle_match",))
def take_remote_files(world):
    """Files come, some twice, some bad; a worker may die between taking one and moving it."""
    link, folder = _folder(world)
    files = [world.chance.choice((_ledger, _bank, _bad))(world) for _ in range(2)]
    if world.chance.random() < 0.4:
        files.append(files[0])
    written = int(world.at.timestamp())
    seen = [
        folder.put(f"{kind}/{world.count}-{place}.txt", data, written + place)
        for place, (kind, data) in enumerate(files)
    ]
    before = len(folder.reads)
    _taken(world, link, folder)
    assert folder.reads[before:] == [], "a file that may still be written was read"
    _later(world, SETTLE)
    folder.dies_before_move = world.chance.random() < 0.3
    try:
        _taken(world, link, folder)
    except Killed:
        _later(world, LEASE)
        _taken(world, link, folder)
    _dealt_with(world, link, folder, seen, before)
    whole = books(world)
    _later(world, SETTLE)
    _taken(world, link, folder)
    preview_files(actor=world.system, connection=link, folder=folder)
    assert books(world) == whole, "a round with nothing new"


def _dealt_with(world, link, folder, seen, before):
    """Every file was read once, has its outcome, and lies there still, byte for byte."""
    assert folder.files == {}
    read = folder.reads[before:]
    assert sorted(read) == sorted({one.identity for one in seen if one.size})
    rows = {
        one.place: one
        for one in ConnectionFile.objects.filter(
            connection=link, place__in=[one.place for one in seen]
        )
    }
    for file in seen:
        row = rows[file.place]
        into = REFUSED if row.outcome == "refused" else f"{DONE}/{world.day}"
        assert row.moved_to.startswith(f"{file.folder}/{into}/"), row.moved_to
        assert len(folder.moved[row.moved_to]) == file.size
        assert bool(folder.reasons.get(row.moved_to)) == (row.outcome == "refused")
        assert row.outcome != "refused" or row.told
    hashes = [one.sha256 for one in rows.values() if one.outcome in {"taken", "known"}]
    for model, status in ((ImportBatch, "done"), (BankFile, "read")):
        done = model.objects.filter(company=world.company, status=status, sha256__gt="")
        once = done.values("sha256").distinct().count()
        assert done.count() == once, "a file that was taken in twice"
    assert all(hashes)
