"""The figures: targets of each measure, the table at the end, and how cost grows with size."""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

Figure = Mapping[str, object]

TARGETS: Mapping[str, Mapping[int, tuple[str, float]]] = {
    "import": {1_000_000: ("cpu_s", 60.0)},
    "age_files": {100_000: ("cpu_s", 5.0)},
    "train_model": {100_000: ("cpu_s", 60.0)},
    "score_items": {1_000_000: ("cpu_s", 10.0)},
    "ageing": {100_000: ("cpu_s", 0.5)},
    "exposure": {100_000: ("cpu_s", 0.3)},
    "exposure_one": {100_000: ("p95_ms", 5.0), 1_000_000: ("p95_ms", 10.0)},
    "credit_check": {100_000: ("p95_ms", 5.0), 1_000_000: ("p95_ms", 10.0)},
    "reminders": {100_000: ("cpu_s", 2.0), 1_000_000: ("cpu_s", 20.0)},
    "reminders_again": {100_000: ("cpu_s", 1.0)},
    "cycle": {1_000_000: ("cpu_s", 6.0)},
    "cycle_next_day": {1_000_000: ("cpu_s", 6.0)},
    "bank_import": dict.fromkeys((10_000, 100_000, 1_000_000), ("ms_per_line", 0.5)),
    "match": dict.fromkeys((10_000, 100_000, 1_000_000), ("ms_per_line", 2.0)),
    **{
        f"page_{name}": {100_000: ("p95_ms", 300.0), 1_000_000: ("p95_ms", 300.0)}
        for name in ("worklist", "home", "items", "customer", "search")
    },
    "assistant": dict.fromkeys((10_000, 100_000, 1_000_000), ("p95_ms", 300.0)),
    "restore": {1_000_000: ("wall_s", 1_800.0)},
}
"""By measure and size: which figure, and the most it should be (design notes, SPEED)."""
EXPONENT = 1.05
"""Cost should not grow faster than size to this power."""
HEADS = (
    "measure", "backend", "items", "cpu s", "wall s", "MB", "p50 ms", "p95 ms", "cpu p95",
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
    found = figure.get(str(wanted["figure"]))
    return isinstance(found, float | int) and found <= float(wanted["most"])


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as a table for people, measures together, sizes rising."""
    order = list(dict.fromkeys((str(f["backend"]), str(f["measure"])) for f in figures))
    rows = [
        _row(figure)
        for backend, measure in order
        for figure in figures
        if (figure["backend"], figure["measure"]) == (backend, measure)
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
    """Return the exponent of CPU by size between neighbouring sizes, for each measure."""
    found: list[dict[str, object]] = []
    names = list(dict.fromkeys((str(f["backend"]), str(f["measure"])) for f in figures))
    for backend, measure in names:
        points = sorted(
            (float(str(f["size"])), float(str(f["cpu_s"])))
            for f in figures
            if (f["backend"], f["measure"]) == (backend, measure) and f.get("cpu_s")
        )
        for (small, less), (large, more) in pairwise(points):
            exponent = round(math.log(more / less) / math.log(large / small), 2)
            found.append(
                {
                    "growth": measure,
                    "backend": backend,
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
        str(figure["backend"]),
        f"{figure['size']:,}",
        *(_text(figure.get(n)) for n in _SHOWN),
        _text(figure.get("floor_cpu_s")),
        _text(figure.get("ratio")),
        target_text,
        "" if met is None else ("yes" if met else "NO"),
    )


def _text(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else ("" if value is None else str(value))
