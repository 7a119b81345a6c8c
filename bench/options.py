"""What a bench session is asked for on its command line."""

import argparse
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from dunwell.backends import BACKENDS

CORES = tuple(f"core_{backend}" for backend in BACKENDS)
"""The measure of the engine core on each backend."""
SIZES = (10_000, 100_000, 1_000_000)
DATABASES = {"sqlite": "sqlite", "postgres": "postgresql", "postgresql": "postgresql"}
UNITS = {"k": 1_000, "m": 1_000_000}


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """Sizes in open items, databases and engine backends to measure on, and how."""

    sizes: tuple[int, ...]
    db: tuple[str, ...]
    backend: tuple[str, ...]
    only: tuple[str, ...]
    requests: int
    lines: int
    built_in: bool
    peer: bool
    together: bool
    keep: bool


def read_options(names: Sequence[str], arguments: Sequence[str] | None = None) -> Options:
    """Return the options; ends the program with what is wrong about them."""
    parser = argparse.ArgumentParser(
        prog="dev.py bench", description="Measure the desk's work beside its floors."
    )
    parser.add_argument("plain", nargs="*", metavar="SIZE", help="open items, as --sizes")
    parser.add_argument("--sizes", default="", metavar="10k,100k,1m,10m", help="open items")
    parser.add_argument("--backend", default="polars", help=", ".join(BACKENDS))
    parser.add_argument("--db", default="sqlite", help="sqlite, postgres")
    parser.add_argument("--quick", action="store_true", help="the smallest size alone")
    parser.add_argument("--only", default="", metavar="NAME,NAME", help=", ".join(names))
    parser.add_argument("--postgresql", action="store_true", help="on PostgreSQL as well")
    parser.add_argument("--built-in", action="store_true", help="the product's own generator")
    parser.add_argument("--peer", action="store_true", help="the spreadsheet on the same rows")
    parser.add_argument("--requests", type=int, default=200, help="requests per page")
    parser.add_argument("--lines", type=int, default=1_000, help="lines of the bank file")
    parser.add_argument(
        "--together", action="store_true", help="few processes: quick, but memory adds up"
    )
    parser.add_argument(
        "--keep", action="store_true", help="leave the SQLite databases for a look"
    )
    asked = parser.parse_args(arguments)
    sizes = [_size(parser, word) for word in (*_words(asked.sizes), *asked.plain)] or list(SIZES)
    db = [_one_of(parser, word, DATABASES) for word in _words(asked.db)]
    if asked.postgresql:
        db.append("postgresql")
    return Options(
        sizes=(min(sizes),) if asked.quick else tuple(sizes),
        db=tuple(dict.fromkeys(DATABASES[word] for word in db)),
        backend=tuple(_one_of(parser, word, BACKENDS) for word in _words(asked.backend)),
        only=tuple(_one_of(parser, word, names) for word in _words(asked.only)),
        requests=max(asked.requests, 20),
        lines=max(asked.lines, 1),
        built_in=asked.built_in,
        peer=asked.peer,
        together=asked.together,
        keep=asked.keep,
    )


def _words(text: str) -> list[str]:
    return [word.strip().lower() for word in text.split(",") if word.strip()]


def _size(parser: argparse.ArgumentParser, word: str) -> int:
    digits, unit = (word[:-1], UNITS[word[-1]]) if word[-1:] in UNITS else (word, 1)
    if not digits.isdecimal() or not int(digits):
        parser.error(f"{word} is no number of items; write 10000, 10k or 1m")
    return int(digits) * unit


def _one_of(parser: argparse.ArgumentParser, word: str, known: Collection[str]) -> str:
    if word not in known:
        parser.error(f"{word} is not known; choose from {', '.join(known)}")
    return word
