"""The picture and the page of the layers: what imports what, from the contracts and the imports.

The order comes from the import contracts in pyproject.toml, which break the build; the arrows are
the imports that are there. Both are made again by `docs/reference.py` and compared by the tests.
"""
# ruff: noqa: INP001 -- a script beside the text it writes, not a package

import ast
import tomllib
from functools import cache
from html import escape
from pathlib import Path

import grimp
from markdown_tables import code, codes, table

import dunwell

SRC = Path(dunwell.__file__).parent
ROOT = SRC.parents[1]
OUTSIDE = {"management": "Server commands: `dunwell cycle`, `serve`, `backup` and the others."}
"""What packages without a word of their own are."""
PLAIN = ("cli", "connectors", "formats", "ml", "demo", "backends", "engine")
"""Layers that never see Django."""
WIDTH, ROW, BOX, LEFT, GAP = 860, 46, 30, 150, 8
STYLE = """
.page{fill:#fff}text{font:13px system-ui,sans-serif;fill:#1b2430}
.box{fill:#eef2f8;stroke:#8794a8}.plain{fill:#e6f3ea;stroke:#6f9b7d}
.way{fill:none;stroke:#3f6fb5;stroke-width:1.2;opacity:.55}
.head{fill:#3f6fb5;opacity:.8}.small{font-size:11px;fill:#5a6677}
@media (prefers-color-scheme:dark){
.page{fill:#161d28}text{fill:#e4e9f1}.box{fill:#263142;stroke:#6d7f99}
.plain{fill:#21382b;stroke:#6f9b7d}.way{stroke:#8fb4ee}.head{fill:#8fb4ee}.small{fill:#a8b4c5}}
"""

HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
    'aria-labelledby="t d"><title id="t">What imports what</title><desc id="d">Layers from top '
    "to bottom; every arrow leads down. The table beside it says the same in words.</desc>"
    '<style>{style}</style><rect class="page" width="100%" height="100%" rx="6"/>'
)


@cache
def contracts() -> list[dict[str, object]]:
    """Return the import contracts as pyproject.toml states them."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: list[dict[str, object]] = told["tool"]["importlinter"]["contracts"]
    return found


def layers() -> list[list[str]]:
    """Return the layers from top to bottom; those of one row do not know each other."""
    stated = next(one for one in contracts() if one["type"] == "layers")["layers"]
    rows = [part.strip("()").replace(":", "|").split("|") for part in list(stated)]  # type: ignore[call-overload]
    return [[name.strip(" ()") for name in row] for row in rows]


@cache
def imports() -> dict[str, list[str]]:
    """Return for each package and file below `dunwell` which others it imports."""
    graph = grimp.build_graph("dunwell", cache_dir=None)
    names = sorted(graph.find_children("dunwell"))
    for name in names:
        graph.squash_module(name)
    found = {}
    for name in names:
        others = {
            one.removeprefix("dunwell.") for one in graph.find_modules_directly_imported_by(name)
        }
        own = name.removeprefix("dunwell.")
        found[own] = sorted(others - {own, "dunwell"})
    return found


def told(name: str) -> str:
    """Return the sentence a package or file says of itself."""
    path = SRC / name / "__init__.py" if (SRC / name).is_dir() else SRC / f"{name}.py"
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) if path.exists() else ""
    return OUTSIDE.get(name) or (text or "").split("\n\n")[0].replace("\n", " ")


def layers_svg() -> str:
    """Return the layers as a drawing; arrows lead from who imports to what is imported."""
    rows = layers()
    at = {name: number for number, row in enumerate(rows) for name in row}
    ways = sorted({(at[one], at[other]) for one, others in imports().items() if one in at
                   for other in others if other in at})  # fmt: skip
    height = len(rows) * ROW + 34
    parts = [HEAD.format(width=WIDTH, height=height, style=STYLE)]
    edge = WIDTH - LEFT - GAP
    for number, row in enumerate(rows):
        width = (edge - (len(row) - 1) * GAP) / len(row)
        for place, name in enumerate(row):
            left, top = GAP + place * (width + GAP), number * ROW + 6
            kind = "box plain" if name in PLAIN else "box"
            parts.append(
                f'<rect class="{kind}" x="{left:.0f}" y="{top}" width="{width:.0f}" '
                f'height="{BOX}" rx="5"/><text x="{left + width / 2:.0f}" y="{top + 20}" '
                f'text-anchor="middle">{escape(name)}</text>'
            )
    for above, below in ways:
        start, end = above * ROW + 6 + BOX / 2 + 5, below * ROW + 6 + BOX / 2 - 5
        bend = edge + GAP + 10 + (below - above) * (LEFT - 24) / len(rows)
        parts.append(
            f'<path class="way" d="M{edge + GAP} {start:.0f}C{bend:.0f} {start:.0f} {bend:.0f} '
            f'{end:.0f} {edge + GAP + 6} {end:.0f}"/><path class="head" d="M{edge + GAP} '
            f'{end:.0f}l8 -3.5v7z"/>'
        )
    parts.append(
        f'<text class="small" x="{GAP}" y="{height - 10}">Green: plain library, never sees '
        "Django. An arrow leads from a row to one it imports from; none up.</text></svg>\n"
    )
    return "\n".join(parts)


def layers_page() -> str:
    """Return the layers, what each imports, and the contracts that hold it."""
    known = imports()
    rows = (
        (number, code(name), told(name), codes(known.get(name, ())))
        for number, row in enumerate(layers(), 1)
        for name in row
    )
    held = ((str(one["name"]).split(". ", 1)[1], one["type"]) for one in contracts())
    return (
        "# Layers: what may import what\n\nImports lead down only. The build breaks where one "
        "does not; this page and its picture are made from the contracts and from the imports "
        "that are there.\n\n"
        "![Layers from top to bottom, with an arrow for every import between two rows]"
        "(../img/layers.svg)\n\nFiles and packages of one row do not know each other, but where "
        "the last column says so.\n\n"
        + table(("row", "", "is", "imports"), rows)
        + "\n## Contracts\n\nAs `pyproject.toml` states them; `python3 dev.py check` holds "
        "them.\n\n" + table(("contract", "kind"), held)
    )
