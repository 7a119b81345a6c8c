"""`dunwell process FILE`: what follows what in an event log of any program, with waits."""

import argparse
from dataclasses import asdict
from datetime import date

from dunwell.cli.printing import Answer, Row
from dunwell.engine.process.graph import follows
from dunwell.engine.process.log import steps
from dunwell.engine.process.marks import VARIANT, plain_marks
from dunwell.engine.process.sums import MEDIAN_MILLI, added, quantile, slice_documents
from dunwell.formats.event_logs import GZIP, CaseLog, flattened, read_xes
from dunwell.formats.ocel import read_ocel

FOREVER = date(2100, 12, 31)
"""Nothing in a foreign log is left out for its day."""


def process(options: argparse.Namespace) -> Answer:
    """Return what follows what, and the variants, of an OCEL 2.0 JSON or an XES file.

    Raises TableError for a file that is neither, and for a type of object it does not hold.
    """
    log = _read(options)
    ordered = steps(log.events, log.cases, as_of=FOREVER, country=options.country.upper())
    sums = added(slice_documents(plain_marks(ordered.collect().lazy(), log.cases)), currency="XXX")
    ways = sorted(follows(sums), key=lambda row: (-row.times, row.name))
    variants = sorted(
        (one for (kind, _name), one in sums.items() if kind == VARIANT),
        key=lambda one: (-one.cases, one.name),
    )
    rows: list[Row] = [
        {
            "activity": row.activity,
            "next": row.next,
            "times": row.times,
            "cases": row.cases,
            "median_days": row.median_days,
            "p90_days": row.p90_days,
            "median_business_hours": row.median_hours,
        }
        for row in ways
    ]
    answer = {
        "cases": len(log.names),
        "events": sum(row.times for row in ways),
        "follows": [asdict(row) for row in ways],
        "variants": [
            {
                "name": one.name,
                "cases": one.cases,
                "median_days": quantile(one.days, MEDIAN_MILLI),
            }
            for one in variants
        ],
    }
    return answer, rows


def _read(options: argparse.Namespace) -> CaseLog:
    data = options.file.read_bytes()
    name = str(options.file)
    if data.startswith(GZIP) or data.lstrip().startswith(b"<"):
        return read_xes(data, name=name, with_transition=options.transitions)
    return flattened(read_ocel(data, name=name), options.case)
