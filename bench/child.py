"""Measures in a process of their own: `python -m bench.child NAMES SIZE ORIGIN FOLDER`.

NAMES are separated by commas; a name that ends in * is followed by its floor. Prints one JSON
object per name: cost, floor, counts, problems. The clock stands on the bench's day, so that the
same ledger gives the same answers whenever the bench runs.
"""

import json
import os
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

import django
import time_machine

from bench.workload import Workload

if TYPE_CHECKING:
    from bench.measures import Result


def main(arguments: list[str]) -> int:
    """Run the measures one after another and print what came out of each."""
    names, size, origin, folder = arguments
    load = Workload(int(size), origin, Path(folder))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dunwell.settings")
    django.setup()
    # only now: records can be imported once Django is set up
    from bench.assistant import ASSISTANT  # noqa: PLC0415
    from bench.banking import FLOORS as BANK_LEAST  # noqa: PLC0415
    from bench.banking import MEASURES as BANKING  # noqa: PLC0415
    from bench.core import FLOORS as CORE_LEAST  # noqa: PLC0415
    from bench.core import MEASURES as CORE  # noqa: PLC0415
    from bench.credit import FLOORS as CREDIT_LEAST  # noqa: PLC0415
    from bench.credit import MEASURES as CREDIT  # noqa: PLC0415
    from bench.crowd import MEASURES as CROWD  # noqa: PLC0415
    from bench.floors import FLOORS  # noqa: PLC0415
    from bench.forecasts import MEASURES as FORECASTS  # noqa: PLC0415
    from bench.invoices import FLOORS as INVOICE_LEAST  # noqa: PLC0415
    from bench.invoices import MEASURES as INVOICES  # noqa: PLC0415
    from bench.letters import FLOORS as LETTER_LEAST  # noqa: PLC0415
    from bench.letters import MEASURES as LETTERS  # noqa: PLC0415
    from bench.measures import MEASURES, WORK_DAY  # noqa: PLC0415
    from bench.night import FLOORS as NIGHT_LEAST  # noqa: PLC0415
    from bench.night import MEASURES as NIGHT  # noqa: PLC0415
    from bench.orders import FLOORS as ORDERS_LEAST  # noqa: PLC0415
    from bench.orders import MEASURES as ORDERS  # noqa: PLC0415
    from bench.pages import PAGES  # noqa: PLC0415
    from bench.predicting import FLOORS as LEAST  # noqa: PLC0415
    from bench.predicting import MEASURES as PREDICTING  # noqa: PLC0415
    from bench.recovery import MEASURES as RECOVERY  # noqa: PLC0415
    from bench.serving import MEASURES as SERVING  # noqa: PLC0415
    from bench.tables import FLOORS as TABLE_LEAST  # noqa: PLC0415
    from bench.tables import MEASURES as TABLES  # noqa: PLC0415

    measures = MEASURES | PAGES | ASSISTANT | PREDICTING | BANKING | CREDIT | ORDERS | RECOVERY
    measures |= CORE | FORECASTS | INVOICES | LETTERS | SERVING | TABLES | CROWD | NIGHT
    floors = FLOORS | LEAST | BANK_LEAST | CREDIT_LEAST | ORDERS_LEAST
    floors |= CORE_LEAST | INVOICE_LEAST | LETTER_LEAST | TABLE_LEAST | NIGHT_LEAST
    with time_machine.travel(datetime.combine(WORK_DAY, time(9), UTC), tick=True):
        for word in names.split(","):
            name = word.removesuffix("*")
            told = _told(measures[name], load)
            if word.endswith("*") and name in floors and not told["problems"]:
                floor = _told(floors[name], load)
                told |= {"floor": floor["cost"], "problems": floor["problems"]}
            sys.stdout.write(json.dumps(told) + "\n")
            sys.stdout.flush()
    return 0


def _told(work: "Callable[[Workload], Result]", load: Workload) -> dict[str, object]:
    try:
        result = work(load)
    except Exception:
        traceback.print_exc()
        last = traceback.format_exc().strip().splitlines()[-1]
        return {"cost": {}, "counts": {}, "problems": [last[:300]]}
    return {"cost": result.cost, "counts": result.counts, "problems": result.problems}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
