"""A folder on an SFTP server: listed, read file by file, and tidied; never trusted on first sight.

The host shows its key before anything secret is sent, and a key that is not pinned ends the call.
"""

import io
import socket
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from dunwell.formats.connection_rows import (
    OutsideChange,
    OutsideError,
    OutsideFault,
    OutsideSystem,
    OutsideWrite,
    WriteVerdict,
)
from dunwell.formats.outside_answers import words
from dunwell.formats.remote_files import (
    LONGEST_PLACE,
    REASON,
    FileRules,
    RemoteFile,
    free_names,
    is_plain_name,
    oldest_first,
)
from dunwell.formats.ssh_keys import is_private_key, read_fingerprints, read_private_key

TIMEOUT_SECONDS = 30.0
FILE_SECONDS = 300.0
"""So long one file may take; a sync is taken over after 15 minutes without one."""
BLOCK = 32_768
MOST_ENTRIES = 10_000
Wire = Callable[[str, int], socket.socket]
"""How a host is reached: host and port in, a connected socket out. Raises OutsideError."""


class MovedOnError(Exception):
    """The file is not the one that was looked at any more: somebody writes or moves it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SftpFolder:
    """Where a folder is and how one signs in; `host_key` holds one or more SHA256 fingerprints.

    `secret` is a password, or the text of a private key without passphrase.
    """

    address: str
    host_key: str
    user: str
    secret: str
    wire: Wire
    rules: FileRules
    folder: str = ""
    timeout_seconds: float = TIMEOUT_SECONDS
    most_entries: int = MOST_ENTRIES

    def system(self) -> OutsideSystem:
        """Sign in, look into the folder and say what lies there; nothing is written."""
        with self.session() as there:
            found = there.look()
            return OutsideSystem(
                product="SFTP",
                version=there.version,
                company=there.path,
                facts={"files": str(len(found.files))},
            )

    def push(self, changes: Sequence[OutsideChange], *, dry_run: bool) -> list[OutsideWrite]:  # noqa: ARG002 -- nothing is written either way
        """Answer that a folder takes no write-backs."""
        text = "a folder of files takes no limits, holds or notes"
        return [
            OutsideWrite(key=one.key, verdict=WriteVerdict.UNSUPPORTED, text=text)
            for one in changes
        ]

    @contextmanager
    def session(self) -> Iterator["SftpSession"]:
        """Sign in and hold the folder; raises OutsideError for every failure, as it all does."""
        paramiko = _paramiko()
        pinned = _pinned(self.host_key)
        host, port = _host_and_port(self.address)
        line = self.wire(host, port)
        transport = None
        try:
            with _told(self.address, "sign-in"):
                line.settimeout(self.timeout_seconds)
                transport = paramiko.Transport(line)
                for limit in ("banner_timeout", "handshake_timeout", "auth_timeout"):
                    setattr(transport, limit, self.timeout_seconds)
                transport.start_client(timeout=self.timeout_seconds)
                self._check_host(transport.get_remote_server_key(), pinned)
                self._sign_in(paramiko, transport)
                client = paramiko.SFTPClient.from_transport(transport)
                client.get_channel().settimeout(self.timeout_seconds)
            with _told(self.address, f"folder {self.folder or '.'}"):
                path = client.normalize(self.folder or ".")
            yield SftpSession(
                client=client, path=path, of=self, version=str(transport.remote_version)
            )
        finally:
            if transport is not None:
                transport.close()
            line.close()

    def _check_host(self, shown: Any, pinned: Sequence[str]) -> None:
        if shown.fingerprint not in pinned:
            raise OutsideError(
                OutsideFault.REFUSED,
                f"{self.address} shows the host key {shown.fingerprint} ({shown.get_name()}), "
                "which is not the one that is pinned. Nothing was sent. Ask whoever runs it "
                "whether the key is theirs, by another way than this one, before you pin it.",
            )

    def _sign_in(self, paramiko: Any, transport: Any) -> None:
        if is_private_key(self.secret):
            key = _private_key(paramiko, self.secret)
            left = transport.auth_publickey(self.user, key)
        else:
            left = transport.auth_password(self.user, self.secret, fallback=False)
        if left or not transport.is_authenticated():
            raise OutsideError(
                OutsideFault.CREDENTIALS,
                f"{self.address} wants {', '.join(left) or 'more'} besides; let it sign in this "
                "user by a password or a key alone.",
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What lies in the folder: files to take, oldest first by folder, and what was passed over.

    `whole` has the places of files that a marker says to be whole; `strange` names that are none
    and links, each with the reason.
    """

    files: tuple[RemoteFile, ...]
    whole: frozenset[str] = frozenset()
    strange: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class SftpSession:
    """A folder that is held open; `SftpFolder.session` makes it."""

    client: Any
    path: str
    of: SftpFolder
    version: str

    def look(self) -> Look:
        """Return what lies there; raises OutsideError where no folder is, or too much is in it."""
        files: list[RemoteFile] = []
        whole: set[str] = set()
        strange: list[tuple[str, str]] = []
        rules, is_found = self.of.rules, False
        for folder, _ in rules.folders:
            entries = self._entries(folder)
            if entries is None:
                continue
            is_found = True
            names = {one.filename for one in entries}
            found = []
            for entry in entries:
                if _is_folder(entry):
                    continue
                if trouble := _trouble(entry, folder):
                    strange.append((ascii(entry.filename)[1:-1], trouble))
                elif rules.is_taken(entry.filename):
                    found.append(_seen(entry, folder))
            files += oldest_first(found)
            whole.update(one.place for one in found if rules.whole(names, one.name))
        if not is_found:
            wanted = ", ".join(folder for folder, _ in rules.folders if folder)
            raise OutsideError(
                OutsideFault.SCHEMA,
                f"There is none of the folders {wanted} in {self.path}; make one there, or say "
                "what the files are and which folder they lie in."
                if wanted
                else f"There is no folder {self.path}; make it there, or say which one to read.",
            )
        return Look(files=tuple(files), whole=frozenset(whole), strange=tuple(strange))

    def read(self, file: RemoteFile) -> bytes:
        """Return the bytes of a file; raises MovedOnError when it is not the one that was seen."""
        until, blocks, size = time.monotonic() + FILE_SECONDS, list[bytes](), 0
        with self._about(file.place):
            self._check_same(file)
            with self.client.open(self._path(file.place), "rb") as content:
                # no more than was seen, whatever is being added to it meanwhile
                while size <= file.size and (block := content.read(BLOCK)):
                    blocks.append(block)
                    size += len(block)
                    if time.monotonic() > until:
                        raise TimeoutError
            self._check_same(file)
        if size != file.size:
            raise MovedOnError
        return b"".join(blocks)

    def move(self, file: RemoteFile, into: Sequence[str], *, reason: str = "") -> str:
        """Move a file into a folder beside it, made if needed; return its place from the folder.

        A name that is there gets a number; nothing is written over. `reason` is written beside it
        first. The marker of the file goes with it. Raises MovedOnError for another file by now.
        """
        target = file.folder
        with self._about(file.place):
            for part in into:
                target = f"{target}/{part}" if target else part
                if self._is_free(target):
                    self.client.mkdir(self._path(target))
            name = next(one for one in free_names(file.name) if self._is_free(f"{target}/{one}"))
            self._check_same(file)
            if reason:
                self._write(f"{target}/{name}{REASON}", reason)
            self.client.rename(self._path(file.place), self._path(f"{target}/{name}"))
            for mark in self.of.rules.marks(file.name):
                self._move_mark(file.folder, mark, f"{target}/{mark}")
        return f"{target}/{name}"

    def _entries(self, folder: str) -> list[Any] | None:
        found: list[Any] = []
        with self._about(folder or "the folder"):
            try:
                for entry in self.client.listdir_iter(self._path(folder), read_aheads=4):
                    found.append(entry)
                    if len(found) > self.of.most_entries:
                        raise OutsideError(
                            OutsideFault.REFUSED,
                            f"More than {self.of.most_entries:,} files lie in "
                            f"{self._path(folder)}; clear it, or let files be moved.",
                        )
            except FileNotFoundError:
                return None
            except UnicodeDecodeError as error:
                raise OutsideError(
                    OutsideFault.SCHEMA,
                    f"A name in {self._path(folder)} is no UTF-8; rename the file there.",
                ) from error
        return found

    def _check_same(self, file: RemoteFile) -> None:
        try:
            told = self.client.lstat(self._path(file.place))
        except FileNotFoundError as error:
            raise MovedOnError from error
        if (told.st_size, int(told.st_mtime or 0)) != (file.size, file.written):
            raise MovedOnError

    def _is_free(self, place: str) -> bool:
        try:
            self.client.lstat(self._path(place))
        except FileNotFoundError:
            return True
        return False

    def _write(self, place: str, text: str) -> None:
        with self.client.open(self._path(place), "wb") as content:
            content.write(text.encode())

    def _move_mark(self, folder: str, mark: str, target: str) -> None:
        place = f"{folder}/{mark}" if folder else mark
        if self._is_free(place):
            return
        if self._is_free(target):
            self.client.rename(self._path(place), self._path(target))
        else:
            # an empty word about a file of the same name that was taken before
            self.client.remove(self._path(place))

    def _path(self, place: str) -> str:
        return f"{self.path.rstrip('/')}/{place}" if place else self.path

    def _about(self, place: str) -> AbstractContextManager[None]:
        return _told(self.of.address, place)


def _paramiko() -> Any:
    """Return the library, which starting the desk shall not wait for."""
    try:
        return import_module("paramiko")
    except ModuleNotFoundError as error:
        raise OutsideError(
            OutsideFault.REFUSED, f"SFTP needs {error.name}: pip install 'dunwell[sftp]'."
        ) from error


def _pinned(text: str) -> tuple[str, ...]:
    try:
        return read_fingerprints(text)
    except ValueError as error:
        raise OutsideError(
            OutsideFault.REFUSED, f"Give the fingerprint of the host key: {error} there."
        ) from error


def _host_and_port(address: str) -> tuple[str, int]:
    host, sign, port = address.rpartition(":")
    if not sign or not host or not port.isdecimal() or not 0 < int(port) < 2**16:
        raise OutsideError(
            OutsideFault.REFUSED, f"{address} is no address; give host:port, such as host:22."
        )
    return host.strip("[]"), int(port)


def _private_key(paramiko: Any, text: str) -> Any:
    try:
        kind, told = read_private_key(text)
    except ValueError as error:
        raise OutsideError(
            OutsideFault.CREDENTIALS,
            "The private key cannot be read. Give an RSA, ECDSA or Ed25519 key without a "
            "passphrase, as ssh-keygen writes it; it is kept sealed.",
        ) from error
    return getattr(paramiko, kind).from_private_key(io.StringIO(told))


def _is_folder(entry: Any) -> bool:
    if entry.st_mode is not None:
        return stat.S_ISDIR(entry.st_mode)
    return str(getattr(entry, "longname", "")).startswith("d")


def _trouble(entry: Any, folder: str) -> str:
    """Return why an entry is never touched; nothing for a file."""
    if not is_plain_name(entry.filename):
        return "It is no plain name, and might lead elsewhere. Rename the file there."
    if len(f"{folder}/{entry.filename}") > LONGEST_PLACE:
        return f"Its path has more than {LONGEST_PLACE} characters. Rename the file there."
    if entry.st_mode is not None and not stat.S_ISREG(entry.st_mode):
        return "It is a link or no plain file. Put the file itself there."
    if entry.st_size is None:
        return "The server does not tell its size."
    return ""


def _seen(entry: Any, folder: str) -> RemoteFile:
    return RemoteFile(
        folder=folder,
        name=entry.filename,
        size=int(entry.st_size),
        written=int(entry.st_mtime or 0),
    )


@contextmanager
def _told(address: str, place: str) -> Iterator[None]:
    """Turn what the library raises into one typed error: what, where, and what to do."""
    paramiko = _paramiko()
    try:
        yield
    except paramiko.BadAuthenticationType as error:
        raise OutsideError(
            OutsideFault.CREDENTIALS,
            f"{address} signs in by {', '.join(error.allowed_types)} alone; give that kind of "
            "secret, or let it allow yours.",
        ) from error
    except paramiko.AuthenticationException as error:
        raise OutsideError(
            OutsideFault.CREDENTIALS,
            f"{address} did not let us in; check the user and the password or key.",
        ) from error
    except paramiko.IncompatiblePeer as error:
        raise OutsideError(
            OutsideFault.VERSION,
            f"{address} knows no way to encrypt that is safe today: {words(error)}",
        ) from error
    except TimeoutError as error:
        raise OutsideError(
            OutsideFault.UNREACHABLE, f"{address} did not answer in time ({place})."
        ) from error
    except PermissionError as error:
        raise OutsideError(
            OutsideFault.CREDENTIALS,
            f"{address} does not let the user do that ({place}). Let them read there, and write "
            "where files are moved; else choose leave.",
        ) from error
    except FileNotFoundError as error:
        raise OutsideError(
            OutsideFault.SCHEMA, f"{address} has no such place ({place}); check the folder."
        ) from error
    except (paramiko.SSHException, paramiko.SFTPError, EOFError, OSError) as error:
        raise OutsideError(
            OutsideFault.UNREACHABLE,
            f"{address} could not be used over SFTP ({place}): {words(error) or 'it hung up'}",
        ) from error
