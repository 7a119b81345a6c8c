"""The ledger everything is measured on: the shared generator's files, or the built-in sample's.

The shared generator needs numpy, pandas and pyarrow in an environment of its own, made once
under .cache/bench-venv; without it, or without a network, the product's own generator serves.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".cache" / "bench"
VENV = ROOT / ".cache" / "bench-venv"
GENERATOR = ROOT.parent / "shared" / "bench" / "gen_ledger.py"
SHEET_PEER = GENERATOR.with_name("peer_sheet.py")
NEEDS = ("numpy>=2", "pandas>=2.2", "pyarrow>=18", "openpyxl>=3.1")

AS_OF = date(2026, 11, 22)
"""The day of the ledgers, a Sunday."""
FIRST_STEP = 7
"""Days past due from which the peers remind."""
DIGITS = {"JPY": 0}


@dataclass(frozen=True, slots=True)
class Workload:
    """Files of one export, and what they hold by their own account."""

    size: int
    origin: str
    folder: Path

    @property
    def files(self) -> list[Path]:
        """The files of one import, items first."""
        names = ("open_items", "customers", "payments", "allocations", "disputes", "ledger")
        return [path for name in names if (path := self.folder / f"{name}.csv").exists()]

    @property
    def items_file(self) -> Path:
        """The file with the open items."""
        return self.files[0]

    @property
    def rates_file(self) -> Path:
        """Exchange rates: currency, date, rate in EUR per unit."""
        return self.folder / "rates.csv"

    def oracle(self) -> dict[str, object]:
        """Return items, debits, open_minor per currency, reminders_due: from the file itself.

        A reminder is due on an amount above 0 at least seven days past its due date.
        """
        wanted = "open_amount" if self.origin == "shared" else "Open Amount"
        due, currency = (
            ("due_date", "currency") if self.origin == "shared" else ("Due Date", "Currency")
        )
        rows = pl.read_csv(
            self.items_file, columns=[wanted, due, currency], schema_overrides={wanted: pl.String}
        )
        scale = pl.lit(10).pow(pl.col(currency).replace_strict(DIGITS, default=2))
        amount = (pl.col(wanted).cast(pl.Float64) * scale).round().cast(pl.Int64)
        rows = rows.with_columns(minor=amount, day=pl.col(due).str.to_date()).filter(
            pl.col("minor") != 0
        )
        past_due = (AS_OF - pl.col("day")).dt.total_days()
        late = rows.filter((pl.col("minor") > 0) & (past_due >= FIRST_STEP))
        sums = rows.group_by(currency).agg(pl.col("minor").sum()).sort(currency)
        return {
            "items": rows.height,
            "open_minor": dict(sums.iter_rows()),
            "debits": rows.filter(pl.col("minor") > 0).height,
            "reminders_due": late.height,
        }


def workload(size: int, *, built_in: bool) -> Workload:
    """Return the files of a size, making them when they are not there yet."""
    if not built_in and GENERATOR.exists() and (python := _environment()):
        return _shared(size, python)
    return _own(size)


def environment() -> Path | None:
    """Return the Python of the generator's environment, when it was made."""
    python = VENV / "bin" / "python"
    return python if python.exists() else None


def _environment() -> Path | None:
    """Make the generator's environment once; None when that cannot be done."""
    if (python := environment()) is not None:
        probe = [python, "-c", "import numpy, pandas, pyarrow"]
        if _run(probe) == 0:
            return python
    _say("making .cache/bench-venv for the ledger generator")
    python = VENV / "bin" / "python"
    uv = [sys.executable, "-m", "uv"]
    has_uv = _run([*uv, "--version"]) == 0
    steps = (
        [[*uv, "venv", "-q", VENV], [*uv, "pip", "install", "-q", "--python", python, *NEEDS]]
        if has_uv
        else [[sys.executable, "-m", "venv", VENV], [python, "-m", "pip", "install", "-q", *NEEDS]]
    )
    for step in steps:
        if _run(step):
            _say("the environment cannot be made; the built-in ledger is used instead")
            return None
    return python


def _shared(size: int, python: Path) -> Workload:
    folder = CACHE / f"shared-{size}"
    if not (folder / "rates.csv").exists():
        _say(f"generating {size:,} open items")
        command = [python, GENERATOR, "--open", str(size), "--bank", "1000", "--out", folder]
        if _run(command):
            raise SystemExit("bench: the ledger generator failed; --built-in does without it.")
        rates = pl.read_csv(folder / "fx.csv").rename({"rate_to_eur": "rate"})
        rates.write_csv(folder / "rates.csv")
    told = json.loads((folder / "meta.json").read_text())
    if told["args"]["asof"] != AS_OF.isoformat():
        raise SystemExit(f"bench: {folder} is of {told['args']['asof']}; remove it and run again.")
    return Workload(size, "shared", folder)


def _own(size: int) -> Workload:
    # only here: the generator loads numpy and polars that the session itself needs not
    from dunwell.demo.bench import bench_ledger  # noqa: PLC0415
    from dunwell.demo.csv_file import as_csv  # noqa: PLC0415

    folder = CACHE / f"own-{size}"
    if not (folder / "rates.csv").exists():
        _say(f"making {size:,} open items with the built-in generator")
        folder.mkdir(parents=True, exist_ok=True)
        ledger = bench_ledger(as_of=AS_OF, open_items=size)
        (folder / "ledger.csv").write_bytes(as_csv(ledger))
        ledger.fx.select(
            "currency",
            pl.col("day").cast(pl.Date).alias("date"),
            (pl.col("rate_ppm") / 1_000_000).alias("rate"),
        ).write_csv(folder / "rates.csv")
    return Workload(size, "built-in", folder)


def _run(command: Sequence[object]) -> int:
    """Run a command without its output and return its exit code."""
    words = [str(word) for word in command]
    return subprocess.run(words, check=False, capture_output=True).returncode  # noqa: S603


def _say(text: str) -> None:
    sys.stderr.write(f"· bench: {text}\n")
    sys.stderr.flush()
