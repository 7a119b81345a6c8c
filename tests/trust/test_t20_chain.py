"""T20: every change to the trail of events is found, by a verifier that needs no database.

120 tampers by default, 1,000 in the long tier; half of them in the database, as somebody who owns
it could do (its triggers dropped), half in the file that was made of it.
"""

import subprocess
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import F

from dunwell import cli
from dunwell.actions.events import Fact, record_events
from dunwell.actions.gate import system
from dunwell.formats import event_chain
from dunwell.models import ChainHead, Event
from dunwell.queries.events import chain_lines, hash_of
from tests.conftest import AT
from tests.dealing import is_long_tier

EVENTS = 24
TAMPERS = 1_000 if is_long_tier() else 120


@pytest.fixture
def chain(company):
    """A company whose events have every kind of value, and the head that was noted elsewhere."""
    facts = [
        Fact(
            verb="note.recorded", subject="note", subject_id=n, customer_id=n % 3 or None,
            data={"text": f"Größe {n} ✓", "share": n / 7, "rows": [n, None, True], "on": {"a": ""}},
        )
        for n in range(1, EVENTS + 1)
    ]  # fmt: skip
    record_events(system(company), facts, at=AT)
    with connection.cursor() as cursor:
        for verb in ("update", "delete"):
            on = " ON dunwell_event" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER dunwell_event_no_{verb}{on}")
    return company, ChainHead.objects.get(company=company).hash


def checked(company, noted=()):
    return event_chain.check_events(chain_lines(company), noted)


def other(chance, text):
    """The text with one character changed."""
    place = chance.randrange(len(text))
    return text[:place] + chr(ord(text[place]) ^ 1) + text[place + 1 :]


def changed_column(chance, rows, event, head):
    name = chance.choice(("actor", "verb", "subject", "hash", "previous_hash"))
    rows.filter(pk=event.pk).update(**{name: other(chance, getattr(event, name))})


def changed_number(chance, rows, event, head):
    name = chance.choice(("subject_id", "seq", "customer_id"))
    value = {"customer_id": None if event.customer_id else 1, "seq": event.seq + 1_000}
    rows.filter(pk=event.pk).update(**{name: value.get(name, event.subject_id + 1)})


def changed_moment(chance, rows, event, head):
    rows.filter(pk=event.pk).update(at=event.at + timedelta(microseconds=1))


def changed_data(chance, rows, event, head):
    name = chance.choice(("text", "share", "rows", "on", "more"))
    now = {"text": other(chance, event.data["text"]), "share": event.data["share"] * 2}
    rows.filter(pk=event.pk).update(data={**event.data, name: now.get(name, [chance.random()])})


def deleted(chance, rows, event, head):
    rows.filter(pk=event.pk).delete()


def exchanged(chance, rows, event, head):
    neighbour = rows.get(seq=event.seq - 1 or EVENTS)
    rows.filter(pk=neighbour.pk).update(seq=0)
    rows.filter(pk=event.pk).update(seq=neighbour.seq)
    rows.filter(pk=neighbour.pk).update(seq=event.seq)


def forgotten_end(chance, rows, event, head):
    """The newest events deleted, and the end that was noted moved back with them."""
    rows.filter(seq__gte=event.seq).delete()
    head.update(seq=event.seq - 1, hash=event.previous_hash)


def lost_head(chance, rows, event, head):
    head.delete() if chance.random() < 0.5 else head.update(seq=F("seq") - 1)


def written_anew(chance, rows, event, head):
    """One event changed and every hash after it worked out again, the end included."""
    previous = event.previous_hash
    for one in rows.filter(seq__gte=event.seq).order_by("seq"):
        if one.pk == event.pk:
            one.actor = "mallory"
        one.previous_hash = previous
        previous = hash_of(one)
        rows.filter(pk=one.pk).update(
            actor=one.actor, previous_hash=one.previous_hash, hash=previous
        )
    head.update(hash=previous)


IN_DATABASE = (changed_column, changed_number, changed_moment, changed_data, deleted, exchanged,
               forgotten_end, lost_head, written_anew)  # fmt: skip


def test_t20_every_tamper_in_the_database_is_found_offline(chain):
    company, noted = chain
    assert checked(company, [noted]) == event_chain.CheckedEvents(EVENTS, noted)
    rows, head = Event.objects.filter(company=company), ChainHead.objects.filter(company=company)
    missed = []
    for number in range(TAMPERS // 2):
        chance = Random(number)
        tamper = IN_DATABASE[number % len(IN_DATABASE)]
        with transaction.atomic():
            tamper(chance, rows, rows.get(seq=chance.randint(1, EVENTS)), head)
            if not checked(company, [noted]).finding:
                missed.append((number, tamper.__name__))
            transaction.set_rollback(True)
    assert missed == []


def tampered(chance, data):
    """The bytes of a file with one change: a byte, a line, an order or an end."""
    lines, place = data.splitlines(keepends=True), chance.randrange(len(data))
    at, to = chance.randrange(len(lines)), chance.randrange(len(lines) - 1)
    return chance.choice(
        (
            lambda: (
                data[:place] + bytes([data[place] ^ chance.randint(1, 255)]) + data[place + 1 :]
            ),
            lambda: data[:place] + data[place + 1 :],
            lambda: data[:place] + b" " + data[place:],
            lambda: data[:place],
            lambda: b"".join(lines[:at] + lines[at + 1 :]),
            lambda: b"".join([*lines[:at], lines[at], *lines[at:]]),
            lambda: b"".join(_moved(lines, at, to)),
        )
    )()


def _moved(lines, at, to):
    rest = lines[:at] + lines[at + 1 :]
    # an equal place would be no change
    return [*rest[:to], lines[at], *rest[to:]] if to != at else [*rest, lines[at], lines[at]]


def test_t20_every_tamper_in_the_file_is_found_with_its_line(chain):
    company, noted = chain
    data = b"".join(chain_lines(company))
    missed, silent = [], []
    for number in range(TAMPERS // 2):
        changed = tampered(Random(number), data)
        assert changed != data
        found = event_chain.check_events(changed.splitlines(keepends=True), [noted]).finding
        if not found:
            missed.append(number)
        elif not found.startswith(("Line ", "The end of the file is missing.")):
            silent.append((number, found))
    assert (missed, silent) == ([], [])


def test_t20_the_file_is_proved_by_the_command_and_by_python_alone(chain, tmp_path, capsys):
    company, noted = chain
    path, told = tmp_path / "events.jsonl", StringIO()
    call_command("export_events", str(path), company=company.name, stdout=told)
    assert f'"head":"{noted}"' in told.getvalue()
    with pytest.raises(CommandError, match="There is no company Nobody"):
        call_command("export_events", str(path), company="Nobody")

    assert cli.main(["verify-events", str(path), "--noted", noted]) == 0
    assert noted[:20] in capsys.readouterr().out
    assert cli.main(["verify-events", str(path), "--noted", "0" * 64]) == 2
    assert "is not in this chain" in capsys.readouterr().err

    # without site packages and without the package: what an auditor's machine has
    alone = [sys.executable, "-I", "-S", event_chain.__file__, str(path), noted]
    done = subprocess.run(alone, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"Whole: {EVENTS} events, the last is {noted}.\n"
    path.write_bytes(path.read_bytes().replace(b"note.recorded", b"note.removed!", 1))
    done = subprocess.run(alone, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "Line 2 holds event 1, which was changed.\n")
    assert Path(event_chain.__file__).read_text().count("import dunwell") == 0
