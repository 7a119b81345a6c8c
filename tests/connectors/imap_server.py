"""A small IMAP4rev1 server on loopback with one account: what a reader of mail needs of one.

It speaks LOGIN, STATUS, SELECT, EXAMINE, UID SEARCH, UID FETCH, UID MOVE and LOGOUT, and notes
what was asked; anything that would delete or mark a mail answers BAD, so a test sees it.
"""

import re
import socketserver
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Account:
    """Folders of mails by their numbers, and how the server behaves."""

    user: str = "desk@seller.example"
    password: str = "s3cret word"
    folders: dict = field(default_factory=lambda: {"INBOX": {}})
    validity: int = 100
    next_uid: int = 1
    commands: list = field(default_factory=list)
    fails_at: str = ""
    port: int = 0

    def put(self, data, *, folder="INBOX"):
        """Add a mail; return its number."""
        uid, self.next_uid = self.next_uid, self.next_uid + 1
        self.folders[folder][uid] = data
        return uid

    def renew(self):
        """Make the folder anew: other numbers, another validity."""
        mails = list(self.folders["INBOX"].values())
        self.validity, self.next_uid = self.validity + 1, 1
        self.folders["INBOX"] = {}
        for data in mails:
            self.put(data)


class Handler(socketserver.StreamRequestHandler):
    """One connection."""

    def handle(self):
        """Answer commands until the other side says goodbye."""
        self.folder, self.is_in, self.is_readonly = None, False, False
        self.say(b"* OK ready")
        while line := self.rfile.readline():
            # who begins with TLS where there is none says no words at all
            tag, _, rest = line.decode("latin-1").strip().partition(" ")
            verb, _, told = rest.partition(" ")
            name = f"{verb} {told.partition(' ')[0]}" if verb.upper() == "UID" else verb
            self.account.commands.append(name.upper())
            if self.account.fails_at and name.upper() == self.account.fails_at:
                return
            answer = getattr(self, "do_" + name.lower().replace(" ", "_"), None)
            if answer is None:
                self.say(f"{tag} BAD unknown command".encode())
                continue
            if verb.upper() == "UID":
                told = told.partition(" ")[2]
            self.say(f"{tag} {answer(told)}".encode())
            if verb.upper() == "LOGOUT":
                return

    @property
    def account(self):
        return self.server.account

    def say(self, line):
        self.wfile.write(line + b"\r\n")

    def do_capability(self, told):
        self.say(b"* CAPABILITY IMAP4rev1 MOVE")
        return "OK done"

    def do_login(self, told):
        user, password = (one.strip('"') for one in re.findall(r'"[^"]*"|\S+', told))
        self.is_in = (user, password) == (self.account.user, self.account.password)
        return "OK welcome" if self.is_in else "NO [AUTHENTICATIONFAILED] wrong user or password"

    def do_status(self, told):
        name = re.match(r'"?([^"(]+?)"? \(', told)[1]
        if name not in self.account.folders:
            return "NO no such folder"
        self.say(
            f'* STATUS "{name}" (UIDVALIDITY {self.account.validity} '
            f"UIDNEXT {self.account.next_uid})".encode()
        )
        return "OK done"

    def do_select(self, told, *, is_readonly=False):
        name = told.strip('"')
        if name not in self.account.folders:
            return "NO no such folder"
        self.folder, self.is_readonly = self.account.folders[name], is_readonly
        self.say(f"* {len(self.folder)} EXISTS".encode())
        return "OK [READ-ONLY] done" if is_readonly else "OK [READ-WRITE] done"

    def do_examine(self, told):
        return self.do_select(told, is_readonly=True)

    def do_uid_search(self, told):
        first, last = re.search(r"(\d+):(\d+)", told).groups()
        found = [uid for uid in sorted(self.folder) if int(first) <= uid <= int(last)]
        self.say(("* SEARCH " + " ".join(map(str, found))).strip().encode())
        return "OK done"

    def do_uid_fetch(self, told):
        numbers, _, what = told.partition(" ")
        for place, uid in enumerate(sorted(self.folder), 1):
            if str(uid) not in numbers.split(","):
                continue
            data = self.folder[uid]
            if "RFC822.SIZE" in what:
                self.say(f"* {place} FETCH (UID {uid} RFC822.SIZE {len(data)})".encode())
                continue
            if "HEADER" in what:
                data = data.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
            self.say(f"* {place} FETCH (UID {uid} BODY[] {{{len(data)}}}".encode())
            self.wfile.write(data + b")\r\n")
        return "OK done"

    def do_uid_move(self, told):
        numbers, _, folder = told.partition(" ")
        if self.is_readonly or folder.strip('"') not in self.account.folders:
            return "NO cannot"
        for uid in map(int, numbers.split(",")):
            self.account.folders[folder.strip('"')][uid] = self.folder.pop(uid)
        return "OK done"

    def do_logout(self, told):
        self.say(b"* BYE")
        return "OK bye"


class Server(socketserver.ThreadingTCPServer):
    """The server of one account."""

    allow_reuse_address = True
    daemon_threads = True
    context = None

    def finish_request(self, request, client_address):
        """Shake hands in the connection's own thread; a reader who hangs up then is none."""
        if self.context is None:
            return super().finish_request(request, client_address)
        with suppress(OSError), self.context.wrap_socket(request, server_side=True) as line:
            return super().finish_request(line, client_address)


@contextmanager
def imap_server(context=None):
    """An account whose server runs meanwhile, encrypted from the first byte with a context."""
    account = Account()
    with Server(("127.0.0.1", 0), Handler) as server:
        server.context = context
        server.account, account.port = account, server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield account
        finally:
            server.shutdown()
            thread.join()
