"""A folder of an IMAP server: which mails are new, and their bytes; nothing is ever deleted.

Mails are read without marking them as read. Passwords leave this process only over TLS, or to
this machine itself; the caller sees to that.
"""

import imaplib
import re
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError
from imap_tools.imap_utf7 import utf7_encode

TIMEOUT_SECONDS = 30.0
START_TLS_PORT = 143
MOST_BYTES = 25 * 1024 * 1024
"""Of a larger mail the headers alone are fetched."""
WINDOW = 20_000
"""Numbers that are asked about at once; an answer must fit on one line of a megabyte."""
SIZE = re.compile(rb"UID (\d+)\b.*?RFC822\.SIZE (\d+)|RFC822\.SIZE (\d+)\b.*?UID (\d+)", re.DOTALL)
UID = re.compile(rb"\bUID (\d+)\b")
NO_TLS = "WRONG_VERSION_NUMBER"
"""What OpenSSL says of a server that answers in the clear."""
Failure = (ImapToolsError, imaplib.IMAP4.error, OSError, UnicodeError)


class ImapError(RuntimeError):
    """The mailbox could not be read; the sentence says what to look at."""


class ImapCertificateError(ImapError):
    """The server shows a certificate nobody we trust has signed, or of another name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ImapServer:
    """Where mail lies, and as whom it is read."""

    host: str
    port: int
    user: str
    password: str
    folder: str = "INBOX"
    move_to: str = ""
    is_encrypted: bool = True
    timeout_seconds: float = TIMEOUT_SECONDS
    root_certificate: str = ""
    """PEM text of whom to trust, alone; without it whoever the system trusts."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FetchedMail:
    """The bytes of a mail; of one that is too large its headers alone."""

    uid: int
    data: bytes
    is_whole: bool = True


class ImapFolder:
    """An open folder. A new `uid_validity` means that every mail has another number now."""

    def __init__(self, box: BaseMailBox, server: ImapServer) -> None:
        self._box, self._server = box, server
        status = box.folder.status(server.folder, ["UIDVALIDITY", "UIDNEXT"])
        self.uid_validity = status["UIDVALIDITY"]
        self._next_uid = status["UIDNEXT"]

    def new_uids(self, last_uid: int) -> list[int]:
        """Return the numbers of the mails behind one, oldest first."""
        found: list[int] = []
        with _told(self._server):
            for first in range(last_uid + 1, self._next_uid, WINDOW):
                last = min(first + WINDOW, self._next_uid) - 1
                found.extend(int(uid) for uid in self._box.uids(f"UID {first}:{last}"))
        # a server may answer with the last mail where none is that new
        return sorted(uid for uid in set(found) if uid > last_uid)

    def fetch(self, uids: Sequence[int]) -> Iterator[FetchedMail]:
        """Yield the mails of the numbers; one that is gone meanwhile is left out."""
        with _told(self._server):
            sizes = self._sizes(uids)
        for uid in uids:
            if uid not in sizes:
                continue
            is_whole = sizes[uid] <= MOST_BYTES
            with _told(self._server):
                data = self._body(uid, "BODY.PEEK[]" if is_whole else "BODY.PEEK[HEADER]")
            if data:
                yield FetchedMail(uid=uid, data=data, is_whole=is_whole)

    def move(self, uids: Sequence[int]) -> None:
        """Move mails that are kept to the folder for them; nothing where there is none."""
        if not self._server.move_to or not uids:
            return
        with _told(self._server):
            status, told = self._box.client.uid("MOVE", _set(uids), _quoted(self._server.move_to))
        if status != "OK":
            raise ImapError(
                f"{_place(self._server)} could not move mails to {self._server.move_to}: "
                f"{_words(told)}. Make the folder there, or leave the mails where they are."
            )

    def _sizes(self, uids: Sequence[int]) -> dict[int, int]:
        status, told = self._box.client.uid("FETCH", _set(uids), "(UID RFC822.SIZE)")
        if status != "OK":
            raise ImapError(f"{_place(self._server)} did not tell sizes: {_words(told)}")
        sizes: dict[int, int] = {}
        for line in told:
            raw = b" ".join(line) if isinstance(line, tuple) else line or b""
            if (match := SIZE.search(raw)) is not None:
                uid, size = (match[1] or match[4]), (match[2] or match[3])
                sizes[int(uid)] = int(size)
        return sizes

    def _body(self, uid: int, what: str) -> bytes:
        status, told = self._box.client.uid("FETCH", str(uid), f"(UID {what})")
        if status != "OK":
            raise ImapError(f"{_place(self._server)} did not hand a mail over: {_words(told)}")
        for line in told:
            if isinstance(line, tuple) and (match := UID.search(line[0])) and int(match[1]) == uid:
                return bytes(line[1])
        return b""


class _TlsClient(imaplib.IMAP4_SSL):
    """Closes the line when no encryption comes about; the library leaves it open."""

    def _create_socket(self, timeout: float | None) -> ssl.SSLSocket:
        line = socket.create_connection((self.host, self.port), timeout)
        try:
            encrypted: ssl.SSLSocket = self.ssl_context.wrap_socket(
                line, server_hostname=self.host
            )
        except OSError:
            line.close()
            raise
        return encrypted


class _TlsBox(MailBox):
    def _get_mailbox_client(self) -> imaplib.IMAP4:
        return _TlsClient(
            self._host, self._port, ssl_context=self._ssl_context, timeout=self._timeout
        )


@contextmanager
def imap_folder(server: ImapServer) -> Iterator[ImapFolder]:
    """Yield the folder, opened for reading alone unless mails are moved; raises ImapError."""
    with _told(server):
        box = _connected(server)
    try:
        with _told(server):
            try:
                box.login(server.user, server.password, initial_folder=None)
            except Failure as error:
                raise ImapError(
                    f"{_place(server)} refused the sign-in of {server.user}: {_said(error)}. "
                    "Check the user and the variable with the password."
                ) from error
            try:
                folder = ImapFolder(box, server)
                box.folder.set(server.folder, readonly=not server.move_to)
            except (ImapToolsError, imaplib.IMAP4.error, KeyError) as error:
                raise ImapError(
                    f"{_place(server)} has no folder {server.folder}: {_said(error)}. Check its "
                    "name and that the user may read it."
                ) from error
        yield folder
    finally:
        with suppress(*Failure):
            box.logout()
        # the library leaves the line open when saying goodbye fails
        with suppress(OSError):
            box.client.shutdown()


def _connected(server: ImapServer) -> BaseMailBox:
    if not server.is_encrypted:
        return MailBoxUnencrypted(server.host, server.port, timeout=server.timeout_seconds)
    context = ssl.create_default_context(cadata=server.root_certificate or None)
    kind = MailBoxStartTls if server.port == START_TLS_PORT else _TlsBox
    return kind(server.host, server.port, timeout=server.timeout_seconds, ssl_context=context)


@contextmanager
def _told(server: ImapServer) -> Iterator[None]:
    """Turn what the libraries raise into one error with a sentence."""
    try:
        yield
    except ImapError:
        raise
    except TimeoutError as error:
        seconds = f"{server.timeout_seconds:g}"
        raise ImapError(f"{_place(server)} did not answer within {seconds} seconds") from error
    except ssl.SSLCertVerificationError as error:
        raise ImapCertificateError(
            f"{_place(server)} shows a certificate that is not trusted: {error.verify_message}; "
            "check its name, or set DUNWELL_MAIL_ROOT_CERTIFICATE_FILE to who signed it"
        ) from error
    except ssl.SSLError as error:
        if error.reason != NO_TLS:
            raise ImapError(f"{_place(server)} could not be used: {_said(error)}") from error
        raise ImapError(
            f"{_place(server)} does not speak TLS from the first byte; give its port for that, "
            "993 with most, or 143 for STARTTLS"
        ) from error
    except Failure as error:
        raise ImapError(f"{_place(server)} could not be used: {_said(error)}") from error


def _place(server: ImapServer) -> str:
    return f"{server.host}:{server.port}"


def _said(error: BaseException) -> str:
    """Return what the server answered, on one line."""
    told = getattr(error, "command_result", None)
    return _words(told[1]) if told else _words(error.args) or type(error).__name__


def _words(told: object) -> str:
    found = told if isinstance(told, list | tuple) else [told]
    texts = [
        one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one) for one in found
    ]
    return " ".join(" ".join(texts).split())[:200]


def _set(uids: Sequence[int]) -> str:
    return ",".join(str(uid) for uid in uids)


def _quoted(folder: str) -> str:
    # imaplib sends arguments as they are
    told = utf7_encode(folder).decode("ascii")
    escaped = told.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
