"""Counts how often each kind of evidence is right in the seeded worlds, and writes the table.

`python -m tests.engine.match_precision [worlds] [first seed]` writes
`engine/matching/precision_table.py`. The order in which payments choose depends on the table, so
after a change run it twice, with other seeds: what ships is counted with what nearly ships.
"""

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from textwrap import wrap

from dunwell.engine.matching import match
from dunwell.engine.matching.answers import Matching
from dunwell.engine.matching.precision import SHIPPED, Precision
from dunwell.engine.matching.readings import Cell
from tests.engine.match_world import World, world

TABLE = Path(__file__).parents[2] / "src/dunwell/engine/matching/precision_table.py"
FEWEST = 8
"""Cells met more seldom are not worth a line."""


def outcomes(made: World, matching: Matching) -> list[tuple[Cell, bool]]:
    """Return the evidence of every allocation of the best readings, and whether it is true."""
    held = {one.payment_id for one in matching.held}
    found = []
    for one in matching.proposals:
        if one.rank == 1 and one.payment_id not in held:
            truth = made.truth[one.payment_id]
            found += [(one.evidence, truth.get(key) == a) for key, a in one.allocations]
    return found


def judged(seeds: Iterable[int], precision: Precision) -> list[tuple[Cell, bool]]:
    """Return the outcomes of the worlds of these seeds."""
    found = []
    for seed in seeds:
        made = world(seed)
        payments, items, lines = made.frames()
        matching = match(payments, items, remittances=lines, precision=precision)
        found += outcomes(made, matching)
    return found


def write(found: list[tuple[Cell, bool]]) -> None:
    """Write the counts as the shipped table."""
    cases, right = Counter(cell for cell, _ in found), Counter(cell for cell, ok in found if ok)
    lines = [
        "|".join((c.source, c.fit, c.reference, c.payer, c.doubt, str(cases[c]), str(right[c])))
        for c in sorted(
            (c for c in cases if cases[c] >= FEWEST),
            key=lambda c: (c.source, c.fit, c.reference, c.payer, c.doubt),
        )
    ]
    head = TABLE.read_text(encoding="utf-8").split('COUNTS = """')[0]
    TABLE.write_text(
        head + 'COUNTS = """\n' + "\n".join(wrap(" ".join(lines), 96)) + '\n"""\n',
        encoding="utf-8",
    )


def main() -> None:
    """Count with the table as it stands and write the new one."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_600
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 300_000
    write(judged(range(first, first + count), SHIPPED))


if __name__ == "__main__":
    main()
