"""The figures: targets of each measure, the table at the end, and how cost grows with size."""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

Figure = Mapping[str, object]

SMALL, MIDDLE, LARGE, HUGE = 10_000, 100_000, 1_000_000, 10_000_000
EVERY = (SMALL, MIDDLE, LARGE)
PAGES = tuple(
    f"page_{name}" for name in ("worklist", "home", "items", "customer", "search", "every")
)
TARGETS: Mapping[str, Mapping[int, tuple[str, float]]] = {
    "import": {LARGE: ("cpu_s", 60.0)},
    "age_files": {MIDDLE: ("cpu_s", 5.0)},
    "train_model": {MIDDLE: ("cpu_s", 60.0)},
    "score_items": {LARGE: ("cpu_s", 10.0)},
    "book_kpis": {HUGE: ("ratio", 5.0)},
    "csv_read": {LARGE: ("cpu_s", 5.0)},
    "parquet_read": {LARGE: ("cpu_s", 5.0)},
    "xlsx_read": {LARGE: ("cpu_s", 15.0)},
    "core_polars": {LARGE: ("cpu_s", 2.5)},
    "ageing": {MIDDLE: ("cpu_s", 0.5)},
    "page_ageing": {MIDDLE: ("p95_ms", 100.0), LARGE: ("p95_ms", 300.0)},
    "exposure": {MIDDLE: ("cpu_s", 0.3)},
    "exposure_one": {MIDDLE: ("p95_ms", 5.0), LARGE: ("p95_ms", 10.0)},
    "credit_check": {MIDDLE: ("p95_ms", 5.0), LARGE: ("p95_ms", 10.0)},
    "reminders": {MIDDLE: ("cpu_s", 2.0), LARGE: ("cpu_s", 20.0)},
    "reminders_again": {MIDDLE: ("cpu_s", 1.0)},
    "group_letters": {MIDDLE: ("cpu_s", 2.0)},
    "letters": dict.fromkeys(EVERY, ("cpu_per_thousand_s", 15.0)),
    "post_invoices": dict.fromkeys(EVERY, ("per_cpu_s", 5_000.0)),
    "night_results": {LARGE: ("cpu_s", 6.0)},
    "bank_import": dict.fromkeys(EVERY, ("ms_per_line", 0.5)),
    "match": dict.fromkeys(EVERY, ("ms_per_line", 2.0)),
    **{page: dict.fromkeys((MIDDLE, LARGE), ("p95_ms", 300.0)) for page in PAGES},
    "api_check": dict.fromkeys(EVERY, ("p95_ms", 50.0)),
    "assistant": dict.fromkeys(EVERY, ("p95_ms", 300.0)),
    "restore": {LARGE: ("wall_s", 1_800.0)},
    "crowd": {LARGE: ("p95_ms", 500.0)},
}
"""By measure and size: which figure, and the most it should be (design notes, SPEED).

Of figures of AT_LEAST it is the least.
"""
AT_LEAST = ("per_cpu_s",)
BUSY = {"p95_ms": "cpu_p95_ms", "wall_s": "cpu_s"}
"""What leaves out the waiting: the figure that counts on a machine with other work."""
EXPONENT = 1.05
"""Cost should not grow faster than size to this power."""
HEADS = (
    "measure", "db", "items", "cpu s", "wall s", "MB", "p50 ms", "p95 ms", "cpu p95",
    "load", "floor s", "x floor", "target", "met",
)  # fmt: skip


def target(measure: str, size: int) -> dict[str, object] | None:
    """Return the target of a measure at a size, None without one."""
    found = TARGETS.get(measure, {}).get(size)
    return None if found is None else {"figure": found[0], "most": found[1]}


def is_met(figure: Figure) -> bool | None:
    """Return whether a figure meets its target; None without a target."""
    wanted = figure["target"]
    if not isinstance(wanted, Mapping):
        return None
    name, bound = str(wanted["figure"]), float(wanted["most"])
    found = figure.get(name)
    if not isinstance(found, float | int):
        return False
    return found >= bound if name in AT_LEAST else found <= bound


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as a table for people, measures together, sizes rising."""
    order = list(dict.fromkeys((str(f["db"]), str(f["measure"])) for f in figures))
    rows = [
        _row(figure)
        for db, measure in order
        for figure in figures
        if (figure["db"], figure["measure"]) == (db, measure)
    ]
    widths = [max(len(row[n]) for row in [HEADS, *rows]) for n in range(len(HEADS))]
    lines = [
        "  ".join(
            text.ljust(width) if n < 2 else text.rjust(width)  # noqa: PLR2004  names on the left
            for n, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in [HEADS, *rows]
    ]
    return "\n".join(lines) + "\n"


def growth(figures: Sequence[Figure]) -> list[dict[str, object]]:
    """Return the exponent of CPU by size between neighbouring sizes, for each measure.

    Of what is counted in lines it is the CPU of one line: files of two sizes are compared too.
    """
    found: list[dict[str, object]] = []
    names = list(dict.fromkeys((str(f["db"]), str(f["measure"])) for f in figures))
    for db, measure in names:
        points = sorted(
            (float(str(f["size"])), float(str(f.get("ms_per_line") or f["cpu_s"])))
            for f in figures
            if (f["db"], f["measure"]) == (db, measure) and f.get("cpu_s")
        )
        for (small, less), (large, more) in pairwise(points):
            exponent = round(math.log(more / less) / math.log(large / small), 2)
            found.append(
                {
                    "growth": measure,
                    "db": db,
                    "from": int(small),
                    "to": int(large),
                    "exponent": exponent,
                }
            )
    return found


_SHOWN = ("cpu_s", "wall_s", "rss_mb", "p50_ms", "p95_ms", "cpu_p95_ms", "load")


def _row(figure: Figure) -> tuple[str, ...]:
    wanted = figure["target"]
    met = is_met(figure)
    target_text = (
        f"{wanted['figure'].replace('_', ' ')} {wanted['most']:g}"
        if isinstance(wanted, Mapping)
        else ""
    )
    return (
        str(figure["measure"]),
        str(figure["db"]),
        f"{figure['size']:,}",
        *(_text(figure.get(n)) for n in _SHOWN),
        _text(figure.get("floor_cpu_s")),
        _text(figure.get("ratio")),
        target_text,
        "" if met is None else ("yes" if met else "NO"),
    )


def _text(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else ("" if value is None else str(value))
