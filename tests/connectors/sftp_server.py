"""A real SFTP server on the loopback, over a folder of the test; it can hang up after so many calls.

The server's side of paramiko: the same protocol, keys and encryption as any other, in a thread.
"""

import os
import socketserver
import stat
from contextlib import contextmanager, suppress

import paramiko
from paramiko.sftp_attr import SFTPAttributes

from dunwell.jobs.connections import sync_connection
from tests.actions.exports import items_csv
from tests.connectors.loopback import answering

USER, SECRET = "dunwell", "only-fetching"


LEDGER = items_csv(
    "K1;Acme;R1;invoice;2026-01-05;2026-02-04;EUR;100.00;60.00",
    "K1;Acme;R2;invoice;2026-01-06;2026-02-05;EUR;50.00;50.00",
)


class SftpWorld:
    """A folder that is served, who may come in, and an ERP that drops exports into it.

    `down_after` counts the calls until the line breaks for good, `cut_reads` the blocks of a file
    until it breaks once. `extra` are entries that a list holds besides, as a bad server could.
    """

    writes, secret = frozenset(), SECRET
    down_after = None
    cut_reads = None
    extra = ()
    may_write = True

    def __init__(self, root):
        self.root, self.host, self.calls = root, "", []
        self.visits = self.asked_in = 0
        self.key = paramiko.ECDSAKey.generate()
        self.allowed_key = None
        self.invoices, self.names, self.written, self.is_stale = {}, {}, 0, False
        root.mkdir(parents=True, exist_ok=True)
        (root / "ledger").mkdir(exist_ok=True)

    @property
    def fingerprint(self):
        return self.key.fingerprint

    @property
    def settings(self):
        return {
            "address": self.host, "host_key": self.fingerprint, "user": USER, "marker": ".done",
        }  # fmt: skip

    def called(self, what):
        self.calls.append(what)
        if self.down_after is not None:
            self.down_after -= 1
            if self.down_after < 0:
                raise ConnectionResetError
        if what == "block" and self.cut_reads is not None:
            self.cut_reads -= 1
            if self.cut_reads < 0:
                self.cut_reads = None
                raise ConnectionResetError

    # what an ERP there does: every change is exported as a whole, with a marker

    def add_customer(self, number, name):
        self.names[number] = name
        return number

    def add_invoice(self, customer, number, amount, *, currency="EUR"):
        self.invoices[number] = [customer, currency, amount, amount]
        self.is_stale = True
        return number

    def pay(self, customer, amount, *, on, currency="EUR"):
        self.export()
        for number, part in on.items():
            self.invoices[number][3] -= part
        self.is_stale = True

    def export(self):
        lines = [
            f"{customer};{self.names[customer]};{number};invoice;2026-01-02;2026-02-01;"
            f"{currency};{amount:.2f};{left:.2f}"
            for number, (customer, currency, amount, left) in self.invoices.items()
        ]
        self.written += 1
        self.is_stale = False
        self.drop(f"ledger/export-{self.written:04}.csv", items_csv(*lines))

    def drop(self, place, data, *, marker=".done"):
        path = self.root / place
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        if marker:
            (path.parent / (path.name + marker)).touch()
        return path

    def files(self):
        """Every file below, by its path."""
        found = (path for path in self.root.rglob("*") if not path.is_dir())
        return sorted(str(path.relative_to(self.root)) for path in found)


class _Entrance(paramiko.ServerInterface):
    def __init__(self, world):
        self.world = world

    def get_allowed_auths(self, username):
        return "publickey" if self.world.allowed_key else "password"

    def check_auth_password(self, username, password):
        self.world.asked_in += 1
        is_right = (username, password) == (USER, SECRET) and not self.world.allowed_key
        return paramiko.AUTH_SUCCESSFUL if is_right else paramiko.AUTH_FAILED

    def check_auth_publickey(self, username, key):
        self.world.asked_in += 1
        is_right = username == USER and key == self.world.allowed_key
        return paramiko.AUTH_SUCCESSFUL if is_right else paramiko.AUTH_FAILED

    def check_channel_request(self, kind, chanid):
        return paramiko.OPEN_SUCCEEDED


class _Handle(paramiko.SFTPHandle):
    world = None

    def read(self, offset, length):
        self.world.called("block")
        return super().read(offset, length)


class _Files(paramiko.SFTPServerInterface):
    """The folder's own file system; a broken line ends the whole connection."""

    def __init__(self, server, *args, **kwargs):
        super().__init__(server, *args, **kwargs)
        self.world = server.world

    def _real(self, path):
        return self.world.root / self.canonicalize(path).lstrip("/")

    def _done(self, what, act):
        self.world.called(what)
        try:
            return act()
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)

    def list_folder(self, path):
        real = self._real(path)

        def act():
            if self.world.is_stale:
                self.world.export()
            found = []
            for one in real.iterdir():
                attr = SFTPAttributes.from_stat(one.lstat())
                attr.filename = one.name
                found.append(attr)
            return found + [one for one in self.world.extra if real.name == "ledger"]

        return self._done("list", act)

    def stat(self, path):
        return self._done("stat", lambda: SFTPAttributes.from_stat(self._real(path).stat()))

    def lstat(self, path):
        return self._done("lstat", lambda: SFTPAttributes.from_stat(self._real(path).lstat()))

    def open(self, path, flags, attr):
        def act():
            if flags & os.O_WRONLY and not self.world.may_write:
                raise PermissionError(13, "read-only")
            mode = "wb" if flags & os.O_WRONLY else "rb"
            handle = _Handle(flags)
            handle.world = self.world
            handle.filename = str(self._real(path))
            handle.readfile = handle.writefile = self._real(path).open(mode)
            return handle

        return self._done("open", act)

    def _writes(self, what, act):
        if not self.world.may_write:
            return paramiko.SFTP_PERMISSION_DENIED

        def told():
            act()
            return paramiko.SFTP_OK

        return self._done(what, told)

    def remove(self, path):
        return self._writes("remove", self._real(path).unlink)

    def mkdir(self, path, attr):
        return self._writes("mkdir", self._real(path).mkdir)

    def rename(self, oldpath, newpath):
        old, new = self._real(oldpath), self._real(newpath)
        if new.exists():
            return paramiko.SFTP_FAILURE
        return self._writes("rename", lambda: old.rename(new))


class _Subsystem(paramiko.SFTPServer):
    """A line that breaks in the middle of an answer, where the world says so."""

    def _process(self, *told):
        try:
            super()._process(*told)
        except ConnectionResetError:
            self.sock.get_transport().close()


class _Wire(socketserver.BaseRequestHandler):
    def handle(self):
        world = self.server.world
        world.visits += 1
        transport = paramiko.Transport(self.request)
        transport.add_server_key(world.key)
        transport.set_subsystem_handler("sftp", _Subsystem, _Files)
        with suppress(paramiko.SSHException, EOFError, OSError):
            transport.start_server(server=_Entrance(world))
        transport.join()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address, daemon_threads, block_on_close = True, False, True

    def __init__(self, world):
        super().__init__(("127.0.0.1", 0), _Wire)
        self.world, self.server_port = world, self.server_address[1]


def link_named(name):
    """An entry of a list as a server could make one up."""
    attr = SFTPAttributes()
    attr.filename, attr.st_size, attr.st_mtime = name, 1, 0
    attr.st_mode = stat.S_IFREG | 0o644
    return attr


@contextmanager
def served(world):
    """Serve a world; what is said to it afterwards holds at once."""
    with answering(_Server(world)) as host:
        world.host = host
        yield world


def sync(linked):
    return sync_connection(linked.pk)


def told(done):
    assert (done.status, done.error) == ("done", "")
    return {one["number"]: (one["code"], one["text"]) for one in done.notes}


def codes(done):
    return {place: code for place, (code, _) in told(done).items()}


def failed(done):
    assert done.status == "failed"
    return done.fault, done.error
