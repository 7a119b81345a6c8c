"""The examples in the pages about the API are run, from top to bottom, and tell what is shown."""

import contextlib
import functools
import io
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from unittest.mock import patch

import pytest
import time_machine

from dunwell_client.webhooks import TOLERANCE_SECONDS
from tests.api.books import LEDGER
from tests.client.serving import ROOT, served_desk
from tests.connectors.webhook_receiver import webhook_receiver

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = ("docs/how-to/api.md", "docs/how-to/webhooks.md", "client/README.md")

NOT_RUN = {
    "$ export TOKEN=dw_...": "the test sets them to the desk and the program that it serves",
    "RateLimit-Policy:": "headers; tests/api/test_throttle.py reads them",
    "Deprecation: @": "headers; tests/api/test_endings.py reads them",
    "$ pip install ./client": "the tests import the same source from client/src",
    '$ curl -s -H "Authorization: Bearer $TOKEN" -X POST $DESK/model/train': (
        "trains in a process that outlives the desk; tests/api/test_prediction_story.py asks for it"
    ),
    "POST /hooks/dunwell": "a letter with its parts left out; the letters told are checked below",
}
"""How a block begins that is not run, and why."""


@dataclass(frozen=True)
class Block:
    """A fenced block: its page, the line it begins on, its language and text."""

    page: str
    line: int
    language: str
    text: str

    @property
    def reason(self):
        """Why it is not run, or nothing."""
        return next((why for start, why in NOT_RUN.items() if self.text.startswith(start)), "")

    def __str__(self):
        return f"{self.page}:{self.line}"


def blocks(page):
    """The fenced blocks of a page."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return [
        Block(page, text.count("\n", 0, found.start()) + 1, found[1], found[2])
        for found in FENCE.finditer(text)
    ]


def steps(text):
    """The commands of a console block, each with what it is shown to answer."""
    told = []
    for line in text.replace("\\\n", "\\\0").splitlines():
        if line.startswith("$ "):
            told.append((line[2:].replace("\\\0", "\\\n"), []))
        elif quotes_open(told[-1][0]):
            told[-1] = (f"{told[-1][0]}\n{line}", [])
        else:
            told[-1][1].append(line)
    return [(command, "\n".join(answer)) for command, answer in told]


def quotes_open(command):
    return command.count("'") % 2 == 1


def fits(shown, told):
    """Whether an answer is the one shown, in which `...` stands for anything."""
    parts = (re.escape(" ".join(part.split())) for part in shown.split("..."))
    return re.fullmatch(r"\s*.*\s*".join(parts), " ".join(told.split())) is not None


CURL = """curl() { command curl -w '%{stderr}%{http_code}\\n' "$@"; }
"""


class Reader:
    """Who follows a page: variables, a folder, and what Python has defined so far."""

    def __init__(self, folder, variables):
        self.folder, self.variables, self.names = folder, dict(variables), {}
        self.past = []
        self.printed = ""

    def follow(self, block):
        """Run a block and compare; what it exports and defines stays."""
        kinds = {"console": self.console, "python": self.python, "text": self.compare}
        kinds[block.language](block)
        self.past.append(self.variables)

    def compare(self, block):
        """What the Python before it has printed is what is shown."""
        assert fits(block.text.strip(), self.printed.strip()), (str(block), self.printed)

    def console(self, block):
        for command, shown in steps(block.text):
            told, statuses = self.shell(command)
            # what is shown to be refused is refused; all else is done
            want = "4" if shown.startswith('{"detail"') else "2"
            wrong = [one for one in statuses if one[0] != want]
            assert not wrong, (str(block), command, statuses, told)
            assert bool(statuses) == ("curl " in command), (str(block), command)
            if shown:
                assert fits(shown, told), (str(block), command, told)

    def shell(self, command):
        done = subprocess.run(
            ["bash", "-eu", "-c", f"{CURL}{command}\nenv -0 > .variables"],
            cwd=self.folder, env=self.variables, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, (command, done.stderr)
        kept = (self.folder / ".variables").read_text(encoding="utf-8")
        self.variables = dict(one.split("=", 1) for one in kept.rstrip("\0").split("\0"))
        return done.stdout, re.findall(r"^\d{3}$", done.stderr, re.MULTILINE)

    def python(self, block):
        out = io.StringIO()
        with patch.dict(os.environ, self.variables), contextlib.redirect_stdout(out):
            exec(compile(block.text, str(block), "exec"), self.names)
        self.printed = out.getvalue()


@pytest.fixture(scope="module")
def receiver():
    with webhook_receiver(200) as one:
        yield one


@pytest.fixture(scope="module")
def served(receiver):
    with served_desk(
        "tests.client.example_desk:make_application", DUNWELL_WEBHOOK_HOSTS=receiver.host
    ) as told:
        yield told


@pytest.fixture(scope="module")
def followed(served, receiver, tmp_path_factory):
    """Who has followed a page, with a token, a ledger to import and an address for webhooks."""
    if lacking := [name for name in ("bash", "curl", "jq") if shutil.which(name) is None]:
        pytest.skip(f"the examples need {', '.join(lacking)}")
    address, told, environment = served

    @functools.cache
    def follow(page):
        folder = tmp_path_factory.mktemp("reader")
        (folder / "ledger.csv").write_bytes(LEDGER)
        path = f"{Path(sys.executable).parent}:{environment['PATH']}"
        given = {"TOKEN": told["erp"], "DESK": f"{address}/api/v1", "HOOK": receiver.address}
        reader = Reader(folder, {**environment, **given, "PATH": path})
        for block in blocks(page):
            if not block.reason:
                reader.follow(block)
        return reader

    return follow


def test_every_block_is_run_or_says_why_not():
    every = [block for page in PAGES for block in blocks(page)]
    strange = [
        str(block)
        for block in every
        if block.language not in {"console", "python", "text"} and not block.reason
    ]
    unused = [start for start in NOT_RUN if not any(one.text.startswith(start) for one in every)]

    # what is printed is shown right below the Python that prints it
    lost = [
        str(block)
        for before, block in pairwise(every)
        if block.language == "text"
        if (before.page, before.language, before.reason) != (block.page, "python", "")
    ]

    assert strange == []
    assert unused == []
    assert lost == []


@pytest.mark.parametrize("page", PAGES)
def test_the_examples_of_a_page_tell_what_it_shows(page, followed):
    followed(page)


def test_every_address_to_begin_with_answers(followed):
    page = "docs/how-to/api.md"
    reader = followed(page)
    text = (ROOT / page).read_text(encoding="utf-8")
    addresses = sorted(set(re.findall(r"`GET (\$DESK/[^`]+)`", text)))

    told = {
        one: reader.shell(f'curl -s -H "Authorization: Bearer $TOKEN" "{one}"')[1]
        for one in addresses
    }

    assert len(addresses) >= 9
    assert {one for one, statuses in told.items() if statuses != ["200"]} == set()


def test_letters_the_desk_signed_are_taken_and_others_refused(
    followed, receiver, monkeypatch, capsys
):
    reader = followed("docs/how-to/webhooks.md")
    old = next(one["SECRETS"] for one in reader.past if "SECRETS" in one)
    new = reader.variables["SECRETS"]
    # what comes between and after them the guide does besides, and tells again under the same key
    letters = {}
    for _, headers, body in receiver.heard:
        if b'"webhook.tested"' in body:
            letters.setdefault(headers["webhook-id"], (headers, body))
    first, second = list(letters.values())[:2]

    def taken(letter, *secrets, seconds_later=0):
        """The status that the function of the page answers, when the letter comes."""
        at = int(letter[0]["webhook-timestamp"]) + seconds_later
        monkeypatch.setenv("SECRETS", " ".join(secrets))
        with time_machine.travel(at, tick=False):
            return reader.names["take"](*letter)

    assert old != new
    # told before the change: signed by the old secret alone
    assert [taken(first, old), taken(first, new), taken(first, old, new)] == [204, 401, 204]
    # told while it was changed: signed by both
    assert [taken(second, old), taken(second, new)] == [204, 204]
    # the same letter twice is one event
    assert capsys.readouterr().out == "webhook.tested Northwind\n" * 2
    assert taken((second[0], second[1].replace(b"Northwind", b"Southwind")), new) == 401
    assert taken(({**second[0], "webhook-id": "evt_1_1"}, second[1]), new) == 401
    assert taken(second, new, seconds_later=TOLERANCE_SECONDS) == 204
    assert taken(second, new, seconds_later=TOLERANCE_SECONDS + 1) == 401
    assert taken(second, new, seconds_later=-TOLERANCE_SECONDS - 1) == 401
