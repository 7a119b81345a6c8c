"""From the bench's JSON lines to a page of the docs: tables, and charts as SVG files beside it.

python -m bench.report LINES.jsonl [...]   writes docs/speed.md and docs/img/speed-*.svg

Of two lines about the same thing the later one counts. A target is met when its own figure says
so; where that is a wall clock and the machine had other work, the CPU figure is told beside it.
"""

import json
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from bench.figures import AT_LEAST, BUSY, EXPONENT, Figure, growth, is_met
from bench.peers import PEERS

ROOT = Path(__file__).resolve().parents[1]
PAGE, IMAGES = ROOT / "docs" / "speed.md", ROOT / "docs" / "img"
LINES = ROOT / "bench" / "measured.jsonl"
ROW, LABELS, BARS, EDGE = 18, 190, 430, 90
HEAD = 24
STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#1f2937}.floor{fill:#9ca3af}.ours{fill:#2563eb}"
    ".line{stroke:#9ca3af}@media(prefers-color-scheme:dark){text{fill:#e5e7eb}"
    ".ours{fill:#60a5fa}.floor{fill:#6b7280}}"
)
"""Colours of both schemes: the file follows the reader's, not the page's."""


def main(paths: Sequence[str]) -> int:
    """Write the page and its charts; return 0."""
    figures = read_lines(Path(path) for path in paths or [str(LINES)])
    IMAGES.mkdir(parents=True, exist_ok=True)
    for name, drawing in charts(figures).items():
        (IMAGES / name).write_text(drawing, encoding="utf-8")
    PAGE.write_text(page(figures), encoding="utf-8")
    return 0


def read_lines(paths: Iterable[Path]) -> list[Figure]:
    """Return the figures of JSON lines, the latest of each measure, database and size."""
    found: dict[tuple[object, ...], Figure] = {}
    for path in paths:
        for text in path.read_text(encoding="utf-8").splitlines():
            line = json.loads(text)
            if "measure" in line:
                found[line["measure"], line["db"], line["size"]] = line
    return list(found.values())


def charts(figures: Sequence[Figure]) -> dict[str, str]:
    """Return a chart per database and size by its file name: CPU of each measure, its floor."""
    drawn: dict[str, str] = {}
    for db, size in _groups(figures):
        rows = [
            (str(one["measure"]), float(str(one["cpu_s"])), _number(one.get("floor_cpu_s")))
            for one in figures
            if (one["db"], one["size"]) == (db, size) and _number(one.get("cpu_s"))
        ]
        if rows:
            drawn[f"speed-{db}-{size}.svg"] = bars(rows, f"CPU seconds, {_place(db)}, {size:,}")
    return drawn


def bars(rows: Sequence[tuple[str, float, float | None]], title: str) -> str:
    """Return a drawing: a bar per row on a scale of powers of ten, its floor as a grey one."""
    amounts = [one for _, ours, floor in rows for one in (ours, floor) if one]
    low = math.floor(math.log10(min(amounts)))
    high = max(math.ceil(math.log10(max(amounts))), low + 1)

    def at(amount: float) -> float:
        return BARS * max(math.log10(amount) - low, 0.0) / (high - low)

    height = HEAD + ROW * len(rows) + HEAD
    width = LABELS + BARS + EDGE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        f"<title>{escape(title)}</title><style>{STYLE}</style>",
        f'<text x="0" y="14">{escape(title)}: blue ours, grey floor</text>',
    ]
    for power in range(low, high + 1):
        x = LABELS + at(10.0**power)
        parts.append(
            f'<line class="line" x1="{x:.0f}" x2="{x:.0f}" y1="{HEAD}" y2="{height - HEAD}"/>'
            f'<text x="{x:.0f}" y="{height - 6}" text-anchor="middle">{10.0**power:g}</text>'
        )
    for place, (name, ours, floor) in enumerate(rows):
        y = HEAD + ROW * place
        parts.append(
            f'<text x="{LABELS - 6}" y="{y + 12}" text-anchor="end">{escape(name)}</text>'
            f'<rect class="ours" x="{LABELS}" y="{y + 2}" width="{at(ours):.1f}" height="8"/>'
        )
        if floor:
            parts.append(
                f'<rect class="floor" x="{LABELS}" y="{y + 11}" width="{at(floor):.1f}"'
                ' height="4"/>'
            )
        parts.append(f'<text x="{LABELS + at(ours) + 4:.0f}" y="{y + 12}">{ours:.3g}</text>')
    return "".join(parts) + "</svg>\n"


def page(figures: Sequence[Figure]) -> str:
    """Return the page: targets met and missed, the peers, a table and a chart per group."""
    parts = [_head(figures), _targets(figures), _peers()]
    for db, size in _groups(figures):
        some = [one for one in figures if (one["db"], one["size"]) == (db, size)]
        parts.append(_table(db, size, some))
    parts.append(_growth(figures))
    return "\n".join(parts)


def _head(figures: Sequence[Figure]) -> str:
    said = sorted({str(one["machine"]) for one in figures if one.get("machine")})
    days = sorted({str(one["on"]) for one in figures if one.get("on")})
    span = " to ".join(dict.fromkeys(days[:1] + days[-1:]))
    loads = sorted(value for one in figures if (value := _number(one.get("load"))) is not None)
    return f"""# Speed: what the work costs

Written by `python -m bench.report` from `bench/measured.jsonl`; measured by
`python3 dev.py bench` (see `bench/README.md` for what each measure does and its floor).

Machine: {"; ".join(said) or "not told"}. Measured: {span or "not told"}.
Load per processor while measuring: {f"{loads[0]:g} to {loads[-1]:g}" if loads else "not told"}.
Above 1 the wall clock and latencies say more about the machine than about Dunwell, and CPU
seconds grow too, since processors share their caches. One sample of each; read as within a factor
of two. Sizes are open items.
"""


def _targets(figures: Sequence[Figure]) -> str:
    rows = [
        "| work | open items | database | target | measured | met |",
        "|---|---|---|---|---|---|",
    ]
    for one in sorted(figures, key=lambda line: (str(line["measure"]), int(str(line["size"])))):
        wanted = one.get("target")
        if isinstance(wanted, Mapping):
            rows.append(_target_row(one, str(wanted["figure"]), float(wanted["most"])))
    return "## Targets\n\n" + "\n".join(rows) + "\n"


def _target_row(one: Figure, name: str, bound: float) -> str:
    found, busy = one.get(name), one.get(BUSY.get(name, ""))
    told = f"{_text(found)}" + (f" (CPU {_text(busy)})" if busy is not None else "")
    sign = "at least" if name in AT_LEAST else "at most"
    met = "yes" if is_met(one) else "**no**"
    if not is_met(one) and busy is not None and float(str(busy)) <= bound:
        met = "by CPU alone"
    return (
        f"| {one['measure']} | {one['size']:,} | {_place(one['db'])} "
        f"| {name.replace('_', ' ')} {sign} {bound:g} | {told} | {met} |"
    )


def _peers() -> str:
    heads = "| work (100,000 open items) | Tryton | Odoo + OCA | spreadsheet |"
    rows = [f"| {' | '.join(row)} |" for row in PEERS]
    return "\n".join(
        [
            "## Peers",
            "",
            "Measured on the identical rows on another day, on two shared cores; CPU seconds of",
            "process and database unless said; (q) is the wall clock of a nearly quiet machine.",
            "",
            heads,
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _table(db: object, size: object, some: Sequence[Figure]) -> str:
    rows = [
        f"## {_place(db)[:1].upper()}{_place(db)[1:]}, {size:,} open items",
        "",
        f"![CPU seconds of each measure and its floor](img/speed-{db}-{size}.svg)",
        "",
        "| work | CPU s | wall s | MB | p95 ms | floor CPU s | times the floor |",
        "|---|---|---|---|---|---|---|",
    ]
    rows += [
        f"| {one['measure']} | "
        + " | ".join(
            _text(one.get(name))
            for name in ("cpu_s", "wall_s", "rss_mb", "p95_ms", "floor_cpu_s", "ratio")
        )
        + " |"
        for one in some
    ]
    return "\n".join(rows) + "\n"


def _growth(figures: Sequence[Figure]) -> str:
    lines = growth(figures)
    if not lines:
        return ""
    rows = [
        "## Growth",
        "",
        f"CPU grows by size to this power, of bank lines that of one; {EXPONENT:g} is the most.",
        "",
        "| work | database | from | to | exponent |",
        "|---|---|---|---|---|",
    ]
    rows += [
        f"| {one['growth']} | {_place(one['db'])} | {one['from']:,} | {one['to']:,} "
        f"| {one['exponent']} |"
        for one in lines
    ]
    return "\n".join(rows) + "\n"


def _groups(figures: Sequence[Figure]) -> list[tuple[object, object]]:
    groups = {(one["db"], one["size"]) for one in figures}
    return sorted(groups, key=lambda pair: (str(pair[0]), int(str(pair[1]))))


def _place(db: object) -> str:
    names = {"none": "no database", "sqlite": "SQLite", "postgresql": "PostgreSQL"}
    return names.get(str(db), str(db))


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and value > 0 else None


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if value >= 1_000 else f"{value:.3g}"  # noqa: PLR2004
    return "" if value is None else f"{value:,}" if isinstance(value, int) else str(value)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
