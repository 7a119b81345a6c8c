"""The library on files, no database: `dunwell age FILE --as-of D`, `predict`, `forecast` ..."""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path

from dunwell import __version__
from dunwell.backends import BACKENDS
from dunwell.cli.printing import Answer, show
from dunwell.formats.bank.statement import StatementError
from dunwell.formats.findings import LedgerError, TableError
from dunwell.formats.ledger import Ledger, read_ledger
from dunwell.formats.profile import Profile, read_profile

UNREADABLE_STATEMENT, UNREADABLE, UNDECIDED = 1, 2, 3
"""Exit codes: a bank file or another file cannot be read; a file leaves a question open."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command on a ledger: what it says, where its answer is made, which days it asks for.

    The module is imported when the command is called, so that a quick answer does not wait
    for the libraries of a slow one.
    """

    words: str
    module: str
    days: tuple[str, ...] = ("--as-of",)


LEDGER_COMMANDS: Mapping[str, Command] = {
    "age": Command("what is open per currency, by days past due", "ledgers"),
    "kpi": Command("DSO, CEI, ADD and the other figures, each with its formula", "ledgers"),
    "quality": Command("what is wrong or doubtful in the files", "ledgers"),
    "predict": Command("when each open item will be paid, with chances and range", "pay_dates"),
    "forecast": Command("money expected from the open items, by week", "pay_dates"),
    "backtest": Command(
        "how well each model would have done between two days", "pay_dates", ("--from", "--to")
    ),
}
BANK_COMMANDS: Mapping[str, str] = {
    "statement": "what a bank or remittance file holds: statements, balances, entries, advices",
    "match": "which payment pays which open item, how surely, and why",
}
SCORECARD = "scorecard"
READ_MESSAGE = "read-message"
PROCESS = "process"
VERIFY_EVENTS = "verify-events"
NIGHTLY = "nightly"
SLOW_MODULES: Mapping[str, str] = {
    SCORECARD: "scorecards",
    READ_MESSAGE: "messages",
    PROCESS: "process",
    VERIFY_EVENTS: "events",
    NIGHTLY: "nights",
}
"""Commands that are neither on a ledger nor on a bank file, and where their answer is made."""

COMMANDS = (*LEDGER_COMMANDS, *BANK_COMMANDS, *SLOW_MODULES)


def main(argv: Sequence[str]) -> int:
    """Run one command on files and print its answer; return the exit code (0 to 3)."""
    options = _parser().parse_args(argv)
    try:
        if options.command in (*BANK_COMMANDS, *SLOW_MODULES):
            module = SLOW_MODULES.get(options.command, "bank")
            name = options.command.replace("-", "_")
            answer: Callable[[argparse.Namespace], Answer] = _function(module, name)
            show(*answer(options), options.format)
            return 0
        return _on_ledger(options)
    except StatementError as error:
        sys.stderr.write(f"dunwell {options.command}: {error}\n")
        return UNREADABLE_STATEMENT
    except (TableError, LedgerError, ValueError) as error:
        sys.stderr.write(f"dunwell {options.command}: {error}\n")
        return UNREADABLE
    except BrokenPipeError:
        raise  # of the answer, not of a file that was named
    except OSError as error:
        sys.stderr.write(
            f"dunwell {options.command}: {error.filename}: {error.strerror}; check the path.\n"
        )
        return UNREADABLE


def _on_ledger(options: argparse.Namespace) -> int:
    """Run a command on a ledger's files; return the exit code."""
    ledger = read_ledger(
        options.files, _profile(options), default_currency=options.default_currency
    )
    if ledger.decisions:
        _ask(ledger)
        return UNDECIDED
    module = LEDGER_COMMANDS[options.command].module
    answer: Callable[[Ledger, argparse.Namespace], Answer] = _function(module, options.command)
    show(*answer(ledger, options), options.format)
    if ledger.findings.height and options.command != "quality":
        sys.stderr.write(
            f"{ledger.rows_refused} of {ledger.rows_read} rows refused, "
            f"{ledger.findings.height} findings; `dunwell quality` lists them.\n"
        )
    return 0


def _function(module: str, name: str) -> Callable[..., Answer]:
    found: Callable[..., Answer] = getattr(import_module(f"dunwell.cli.{module}"), name)
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dunwell",
        description="Receivables from any ledger export (CSV, TSV, XLSX, Parquet, SQL dump).",
        epilog="Every other command (demo, serve, migrate, cycle, verify ...) is the server's; "
        "`dunwell help` lists them.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="|".join(COMMANDS))
    for name, about in LEDGER_COMMANDS.items():
        command = commands.add_parser(name, help=about.words, description=about.words)
        command.add_argument("files", type=Path, nargs="+", metavar="FILE")
        for day in about.days:
            command.add_argument(
                day,
                type=_day,
                dest=day.strip("-").replace("-", "_") + ("_on" if day != "--as-of" else ""),
                required=name != "quality",
                help="the day asked about, YYYY-MM-DD"
                + ("" if name != "quality" else " (default: the files' last day)"),
            )
        if name == "forecast":
            command.add_argument("--weeks", type=_weeks, default=13, help="weeks ahead, 1 to 52")
        if about.module == "pay_dates":
            command.add_argument("--seed", type=_seed, default=7, help="same seed, same answer")
        command.add_argument("--format", choices=("table", "json", "csv"), default="table")
        command.add_argument("--profile", type=Path, help="a saved column mapping (YAML or JSON)")
        command.add_argument("--default-currency", default="", help="for rows that name none")
        command.add_argument("--date-order", choices=("dmy", "mdy"), default="")
    for name, words in BANK_COMMANDS.items():
        command = commands.add_parser(name, help=words, description=words)
        if name == "statement":
            command.add_argument(
                "file",
                type=Path,
                metavar="FILE",
                help="a bank file, a zip of them, or a remittance advice",
            )
        else:
            command.add_argument(
                "--statement", type=Path, required=True, help="a bank file, or payments as a table"
            )
            command.add_argument("--items", type=Path, required=True, help="open items as a table")
            command.add_argument("--remittance", type=Path, help="remittance lines as a table")
            command.add_argument(
                "--own-name", action="append", metavar="NAME",
                help="a name of ours; money meant for another company is held; may be repeated",
            )  # fmt: skip
        command.add_argument("--format", choices=("table", "json", "csv"), default="table")
    _add_scorecard(commands)
    _add_read_message(commands)
    _add_process(commands)
    _add_verify_events(commands)
    _add_nightly(commands)
    return parser


def _add_read_message(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    words = "what a customer's message is about, and its days, amounts and numbers"
    command = commands.add_parser(READ_MESSAGE, help=words, description=words)
    command.add_argument("file", type=Path, metavar="FILE", help="the message as plain text")
    command.add_argument(
        "--day", type=_day, required=True, help="the day it was written, YYYY-MM-DD"
    )
    command.add_argument("--language", default="", help="en, de, fr or es; for dates and phones")
    command.add_argument("--country", default="", help="two letters; US writes the month first")
    command.add_argument("--currency", default="", help="of amounts that name none")
    command.add_argument(
        "--item", action="append", default=[], metavar="NUMBER", help="an item we know; repeatable"
    )
    command.add_argument("--format", choices=("table", "json", "csv"), default="table")


def _add_process(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    words = "what follows what in an event log (OCEL 2.0 JSON or XES), with waits and variants"
    command = commands.add_parser(PROCESS, help=words, description=words)
    command.add_argument("file", type=Path, metavar="FILE", help="the log; XES may be gzipped")
    command.add_argument(
        "--case", default="invoice", metavar="TYPE", help="type of object that is a case (OCEL)"
    )
    command.add_argument(
        "--transitions", action="store_true", help="tell apart start and completion (XES)"
    )
    command.add_argument("--country", default="XX", help="whose holidays are no business days")
    command.add_argument("--format", choices=("table", "json", "csv"), default="table")


def _add_verify_events(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    words = "whether a file of `dunwell export_events` is whole and unchanged"
    command = commands.add_parser(VERIFY_EVENTS, help=words, description=words)
    command.add_argument("file", type=Path, metavar="FILE", help="the events as JSON lines")
    command.add_argument(
        "--noted", action="append", default=[], metavar="HASH",
        help="the head of an earlier file or backup, which must be in the chain; repeatable",
    )  # fmt: skip
    command.add_argument("--format", choices=("table", "json", "csv"), default="table")


def _add_nightly(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    words = "the figures of a night from Parquet tables, on one machine or a cluster"
    command = commands.add_parser(NIGHTLY, help=words, description=words)
    command.add_argument("folder", type=Path, help="tables in the columns of the data dictionary")
    command.add_argument("--as-of", type=_day, required=True, help="the day, YYYY-MM-DD")
    command.add_argument("--home", required=True, metavar="CODE", help="home currency")
    command.add_argument("--country", default="", help="whose business days count, such as DE")
    command.add_argument(
        "--strategy", type=Path, action="append", default=[], metavar="FILE",
        help="a strategy in force, for the worklist's channels; repeatable",
    )  # fmt: skip
    command.add_argument("--out", type=Path, help="where results go (default: FOLDER/results)")
    command.add_argument(
        "--only", action="append", default=[], metavar="RESULT", help="one result; repeatable"
    )
    command.add_argument("--backend", choices=tuple(BACKENDS), default="polars")
    command.add_argument("--master", default="", help="where Sail or Spark runs: sc://host:port")
    command.add_argument("--format", choices=("table", "json", "csv"), default="table")


def _add_scorecard(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    words = "a scorecard learned from a table of outcomes, or a table scored by one"
    command = commands.add_parser(SCORECARD, help=words, description=words)
    command.add_argument("file", type=Path, metavar="FILE", help="a table, one row per subject")
    command.add_argument("--target", default="", metavar="COLUMN", help="column of the outcome")
    command.add_argument("--bad", default="", metavar="VALUE", help="its value for gone bad")
    command.add_argument(
        "--card", type=Path, metavar="CARD.json",
        help="where the card is written; without --target, the card to score by",
    )  # fmt: skip
    command.add_argument(
        "--leave-out", action="append", default=[], metavar="COLUMN", help="no input; repeatable"
    )
    command.add_argument(
        "--protected", action="append", default=[], metavar="COLUMN",
        help="no input, but looked at for fairness and stand-ins; repeatable",
    )  # fmt: skip
    command.add_argument(
        "--refused", type=Path, metavar="FILE",
        help="those who were refused, with the same columns but the outcome (reject inference)",
    )  # fmt: skip
    command.add_argument(
        "--harder", type=float, default=1.0,
        help="how many times likelier the refused go bad than their points alone say",
    )  # fmt: skip
    command.add_argument(
        "--persons", action="store_true", help="natural persons: protected inputs are refused"
    )
    command.add_argument(
        "--method", choices=("woe", "stumps", "blend"), default="",
        help="weight of evidence, boosted stumps or both; left out, the data decide",
    )  # fmt: skip
    command.add_argument("--seed", type=_seed, default=7, help="same seed, same answer")
    command.add_argument("--format", choices=("table", "json", "csv"), default="table")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; write it as YYYY-MM-DD") from error


def _weeks(text: str) -> int:
    if text.isdecimal() and 1 <= int(text) <= MOST_WEEKS:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no number of weeks from 1 to {MOST_WEEKS}")


MOST_WEEKS = 52


def _seed(text: str) -> int:
    if text.isdecimal() and int(text) <= MOST_SEED:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 0 to {MOST_SEED}")


MOST_SEED = 2**31 - 1


def _profile(options: argparse.Namespace) -> Profile | None:
    document: dict[str, object] = {}
    if options.profile:
        document = read_profile(options.profile.read_text(encoding="utf-8")).as_dict()
    if options.date_order:
        document["date_order"] = options.date_order
    return read_profile(document) if document else None


def _ask(ledger: Ledger) -> None:
    for one in ledger.decisions:
        sys.stderr.write(f"{one.file}: {one.question}\n")
        for example in one.examples:
            sys.stderr.write(f"  {example}\n")
        if one.options:
            sys.stderr.write(f"  decide with a profile or an option: {', '.join(one.options)}\n")
