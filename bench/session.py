"""A bench session: every measure beside its floor, JSON lines on stdout, a table on stderr.

python bench/run.py [--sizes 10k,100k,1m] [--backend polars,duckdb] [--db sqlite,postgres] [...]

Each measure runs in a process of its own, followed by its floor: a figure counts because its
floor comes from the same run. No second is ever asserted: a line ends the session with 1 only when
its counts are not those of the oracle.
"""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import date
from typing import Any

from bench.databases import Databases, databases
from bench.figures import growth, is_met, table, target
from bench.options import CORES, Options, read_options
from bench.workload import CACHE, ROOT, SHEET_PEER, Workload, environment, workload

FILES = (
    *("read_files", "age_files", "csv_write", "csv_read", "parquet_write", "parquet_read"),
    *("xlsx_write", "xlsx_read", "train_model", "score_items", "book_kpis"),
)
SEEDED = ("train_model", "score_items", "book_kpis")
"""These and the cores work on a book that they draw themselves, not on the ledger's files."""
IMPORTED = (
    *("import_again", "ageing", "kpis", "kpi_slices", "verify"),
    *("exposure", "exposure_one", "credit_check", "credit_checks", "api_check"),
)
COPIED = ("group_letters", "letters", "reminders", "reminders_again")
BANKING = ("bank_import", "match")
INVOICING = ("post_invoices", "issue_invoices")
NIGHT = ("night_results",)
CYCLES = ("cycle", "cycle_again", "cycle_next_day")
AFTER = (
    *("forecast", "page_worklist", "page_home", "page_items", "page_ageing", "page_customer"),
    *("page_search", "page_every", "assistant", "pages_busy", "api_busy"),
)
RECOVERY = ("backup", "restore")
CROWD = ("crowd",)
"""These are measured when one of them is named."""
NAMES = (
    *(*FILES, "import", *IMPORTED, *COPIED, *BANKING, *INVOICING, *NIGHT, *CYCLES, *AFTER),
    *CORES,
)
NONE, MAIN, COPY = "bench_none", "bench_main", "bench_copy"

Told = dict[str, Any]
"""What a child says of one measure: cost, floor, counts, problems."""


def main() -> int:
    """Run the session; return 1 when a count was wrong or a measure failed."""
    options = read_options((*NAMES, *RECOVERY, *CROWD))
    os.environ |= {"BENCH_REQUESTS": str(options.requests), "BENCH_LINES": str(options.lines)}
    figures: list[dict[str, object]] = []
    with ExitStack() as stack:
        # a folder of its own, so that sessions at the same time do not meet
        places = [
            stack.enter_context(
                databases(
                    CACHE / f"{db}-{os.getpid()}",
                    is_postgresql=db == "postgresql",
                    is_kept=options.keep,
                )
            )
            for db in options.db
        ]
        for size in options.sizes:
            has_ledger = not set(options.only or NAMES) <= {*CORES, *SEEDED} or options.peer
            load = (
                workload(size, built_in=options.built_in)
                if has_ledger
                else Workload(size, "seeded", CACHE)
            )
            for place in places:
                for figure in _measured(load, place, options):
                    figures.append(figure)
                    _print(figure)
                if not options.keep:
                    place.drop(MAIN, COPY)
            if options.peer:
                _peer(load)
    grown = growth(figures)
    for line in grown:
        _print(line)
    sys.stderr.write("\n" + table(figures))
    for line in grown:
        sys.stderr.write(
            f"{line['growth']} ({line['db']}) grows by size to the power "
            f"{line['exponent']} from {line['from']:,} to {line['to']:,}\n"
        )
    wrong = [figure for figure in figures if figure["problems"]]
    for figure in wrong:
        sys.stderr.write(f"{figure['measure']} at {figure['size']:,}: {figure['problems']}\n")
    return 1 if wrong else 0


def _measured(load: Workload, place: Databases, options: Options) -> Iterator[dict[str, object]]:
    """Yield the figures of one size on one database, in the order the work builds up."""
    cores = {f"core_{backend}" for backend in options.backend}
    wanted = set(options.only or NAMES) - (set(CORES) - cores)
    stages = _stages(wanted, is_first=place.db == options.db[0])
    if any(database == MAIN for database, _ in stages):
        place.create(MAIN)
    for database, names in stages:
        if database == COPY:
            place.copy(MAIN, COPY)
        for batch in [names] if options.together else [[name] for name in names]:
            for name, done in zip(batch, _done(batch, wanted, load, place, database), strict=True):
                if name in wanted:
                    yield _figure(name, load, place, done)
                elif done["problems"]:
                    raise SystemExit(f"bench: {name}: {done['problems']}")
        if database == COPY:
            place.drop(COPY)


def _stages(wanted: set[str], *, is_first: bool) -> list[tuple[str, list[str]]]:
    """Return the database and the names of each stage; a later one rests on all before it."""
    files = [name for name in (*FILES, *CORES) if name in wanted and is_first]
    stages = [(NONE, files)] if files else []
    if wanted <= {*FILES, *CORES}:
        return stages
    imported = [name for name in (*IMPORTED, *RECOVERY) if name in wanted]
    stages.append((MAIN, ["prepare", "import", *imported]))
    for group in (COPIED, BANKING, INVOICING, NIGHT):
        # what comes later in a group rests on what comes before
        named = [place for place, name in enumerate(group) if name in wanted]
        if named:
            stages.append((COPY, list(group[: named[-1] + 1])))
    after = [name for name in (*AFTER, *CROWD) if name in wanted]
    if after or wanted & {*CYCLES}:
        stages.append((MAIN, [*CYCLES, *after]))
    return stages


def _figure(name: str, load: Workload, place: Databases, done: Told) -> dict[str, object]:
    """Return the figure of one measure beside its floor."""
    cost, least = done["cost"], done.get("floor", {})
    has_both = bool(least.get("cpu_s") and cost.get("cpu_s"))
    figure: dict[str, object] = {
        "measure": name,
        "size": load.size,
        "ledger": load.origin,
        "db": "none" if name in {*FILES, *CORES} else place.db,
        "backend": name.removeprefix("core_") if name in CORES else "polars",
        **cost,
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, "
        f"Python {platform.python_version()}",
        "on": date.today().isoformat(),  # noqa: DTZ011, TID251  the day of the measuring itself
        "load": round(os.getloadavg()[0] / (os.cpu_count() or 1), 1),
        "floor": FLOOR_WORDS.get(name),
        "floor_cpu_s": least.get("cpu_s"),
        "ratio": round(cost["cpu_s"] / least["cpu_s"], 2) if has_both else None,
        "target": target(name, load.size),
        "counts": done["counts"],
        "problems": done["problems"],
    }
    return figure | {"met": is_met(figure)}


FLOOR_WORDS = {
    "read_files": "polars reads the CSV as text",
    "age_files": "polars sums three columns of the CSV",
    "import": "insert the same rows into tables without keys",
    "import_again": "polars reads the CSV as text",
    "ageing": "one SQL statement",
    "exposure": "one SQL statement",
    "exposure_one": "one SQL statement",
    "credit_check": "one SQL statement",
    "credit_checks": "one SQL statement",
    "csv_write": "polars writes the same columns",
    "csv_read": "polars reads the file as text",
    "parquet_write": "polars writes the same columns",
    "parquet_read": "polars reads the file",
    "xlsx_write": "compress the text of the same rows",
    "xlsx_read": "calamine reads the cells alone",
    "train_model": "sort the book by customer and day",
    "score_items": "turn log-odds into curves",
    "group_letters": "join the lines of each customer as text",
    "post_invoices": "insert the same items into a table without keys",
    "forecast": "decode the columns and one argsort",
    **dict.fromkeys(CORES, "decode the columns and one argsort"),
    "book_kpis": "decode the columns and one argsort",
    "kpis": "decode the columns and one argsort",
    "kpi_slices": "decode the columns and one argsort",
    "verify": "decode the columns and one argsort",
    "reminders": "one SQL statement",
    "reminders_again": "one SQL statement",
    "night_results": "decode the columns and one argsort",
    "cycle": "decode the columns and one argsort",
    "cycle_next_day": "decode the columns and one argsort",
    "bank_import": "read the file alone",
    "match": "one hash join of references",
    **dict.fromkeys(
        (name for name in AFTER if name.startswith("page_")), "one SQL statement of 50 rows"
    ),
}


def _done(
    names: Sequence[str], wanted: set[str], load: Workload, place: Databases, database: str
) -> list[Told]:
    """Run the measures in one process, those asked for with their floors."""
    words = ",".join(f"{name}*" if name in wanted else name for name in names)
    command = [
        sys.executable, "-m", "bench.child", words, str(load.size), load.origin, str(load.folder),
    ]  # fmt: skip
    env = {**os.environ, **place.environment(database)}
    if not place.address:
        env.pop("DUNWELL_DATABASE_URL", None)
    done = subprocess.run(  # noqa: S603  our own command
        command, cwd=ROOT, env=env, check=False, stdout=subprocess.PIPE
    )
    told: list[Told] = [json.loads(line) for line in done.stdout.decode().splitlines()]
    failed: Told = {
        "cost": {},
        "counts": {},
        "problems": [f"the process ended with {done.returncode}"],
    }
    return [*told, *[failed] * (len(names) - len(told))]


def _peer(load: Workload) -> None:
    """Run the spreadsheet on the same rows; its own JSON lines are printed as they come."""
    python = environment()
    if load.origin != "shared" or python is None or not SHEET_PEER.exists():
        sys.stderr.write("bench: the spreadsheet needs the shared ledger; left out.\n")
        return
    subprocess.run(  # noqa: S603  our own command
        [python, SHEET_PEER, "--data", load.folder, "--work", CACHE / "sheet"], check=False
    )


def _print(line: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
