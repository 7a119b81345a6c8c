"""Damaging files: seeded mutations, and a search that keeps what reaches new lines of a reader."""

import random
import resource
import sys
import time
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from dunwell.formats.bank.statement import StatementError
from tests.effort import effort

PARTS = [
    *(b"\0", b"\xff", b"\xc3", b'"', b"'", b"\n", b"\r", b"\n\n", b"-\n", b"<", b">", b"</", b"&"),
    *(
        b"&#0;",
        b"&lt;",
        b"<!--",
        b"]]>",
        b"<![CDATA[",
        b"<!DOCTYPE x>",
        b"<?",
        b"/",
        b"//",
        b"?20",
    ),
    *(b":61:", b":86:", b":20:", b":62F:", b"EREF+", b"/EREF/", b"16,", b"88,", b"03,", b",,,"),
    *(b"^\n", b"D", b"T", b"!Type:Bank\n", b"9" * 30, b"-", b"+", b".", b",", b"1e9", b"0"),
    *(b"EUR", b"XXX", b"260230", b"2026-02-30", b"\xef\xbb\xbf", b"\xff\xfe", "٣".encode()),
]
"""What is put into files: signs of every format, damaged encodings, foreign digits."""
MOST_SECONDS = 2.0
MOST_MEMORY_KB = 256 * 1024
Damage = Callable[[Sequence[bytes], random.Random], bytes]
"""Makes a damaged file of one of those given."""


def damaged(seeds: Sequence[bytes], chance: random.Random) -> bytes:
    """One of the seeds with one to six changes."""
    out = bytearray(chance.choice(seeds))
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(out) + 1)
        act = chance.randrange(7)
        if act == 0:
            out[at : at + 1] = bytes([chance.randrange(256)])
        elif act == 1:
            out[at:at] = chance.choice(PARTS)
        elif act == 2:
            del out[at : at + chance.randint(1, 40)]
        elif act == 3:
            out[at:at] = out[at // 2 : at // 2 + chance.randint(1, 60)]
        elif act == 4:
            other = chance.choice(seeds)
            cut = chance.randrange(len(other) + 1)
            out[at : at + 80] = other[cut : cut + 80]
        elif act == 5:
            lines = bytes(out).split(b"\n")
            chance.shuffle(lines) if chance.random() < 0.1 else lines.reverse()
            out = bytearray(b"\n".join(lines))
        elif chance.random() < 0.3:
            del out[at:]
    return bytes(out)


def judged(read: Callable[[bytes, str], object], content: bytes) -> str:
    """Read or refused; anything else, or more than two seconds, fails the test.

    A machine that was held up while it read is asked once more: what takes its time by itself
    takes it every time.
    """
    refused, spent = _read(read, content)
    if spent > MOST_SECONDS:
        refused, spent = _read(read, content)
    assert spent <= MOST_SECONDS, f"{spent:.1f} s for {content[:400]!r}"
    if refused is None:
        return "read"
    assert refused.file.split("/")[0] == "f"
    assert refused.place
    assert refused.reason
    assert "\n" not in str(refused)
    return "refused"


def _read(
    read: Callable[[bytes, str], object], content: bytes
) -> tuple[StatementError | None, float]:
    """The refusal, if it was refused, and the CPU seconds it took."""
    refused = None
    with effort() as spent:
        try:
            read(content, "f")
        except StatementError as error:
            refused = error
    return refused, spent.seconds


def searched(
    read: Callable[[bytes, str], object],
    seeds: Sequence[bytes],
    *,
    folder: Path,
    seconds: float,
    chance: random.Random,
    damage: Damage = damaged,
) -> tuple[int, int]:
    """Mutate what reached new lines of the package for some seconds; return (tries, lines)."""
    package = str(folder)
    lines: set[tuple[str, int]] = set()

    def traced(frame, event, argument):
        if not frame.f_code.co_filename.startswith(package):
            return None
        if event == "line":
            lines.add((frame.f_code.co_filename, frame.f_lineno))
        return traced

    kept, tries = list(seeds), 0
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        content = kept[tries] if tries < len(seeds) else damage(kept, chance)
        known = len(lines)
        before = sys.gettrace()
        sys.settrace(traced)
        try:
            judged(read, content)
        finally:
            sys.settrace(before)
        if len(lines) > known and len(content) < 20_000:
            kept.append(content)
        tries += 1
    return tries, len(lines)


def zipped(path: Path, content: bytes) -> bytes:
    """A zip of one file, for damaging."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", content)
    return path.read_bytes()


def small(own: Sequence[str], real: Sequence[bytes], *, most: int) -> list[bytes]:
    """Own texts as bytes, and the real files smaller than `most` bytes: quick to damage."""
    return [text.encode() for text in own] + [file for file in real if len(file) < most]


def check_damaged(
    read: Callable[[bytes, str], object],
    seeds: Sequence[bytes],
    *,
    rounds: int,
    chance: random.Random,
    damage: Damage = damaged,
) -> None:
    """Damage seeds so many times; some are still read, some refused, nothing else happens.

    The highest memory the process ever took rises by less than one file may take.
    """
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcomes = [judged(read, damage(seeds, chance)) for _ in range(rounds)]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_MEMORY_KB
    assert outcomes.count("read") > rounds / 50
    assert outcomes.count("refused") > rounds / 50


def check_search(
    read: Callable[[bytes, str], object],
    seeds: Sequence[bytes],
    *,
    folder: Path,
    chance: random.Random,
    damage: Damage = damaged,
) -> None:
    """Search a minute for files that reach new lines; each is read or refused."""
    tries, lines = searched(read, seeds, folder=folder, seconds=60, chance=chance, damage=damage)
    assert tries > len(seeds)
    assert lines > 100
