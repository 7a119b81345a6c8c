# ruff: noqa: INP001 -- Python imports it by this name, from this folder
"""The clock of the served desk: it goes on from the moment the bench asks for, whatever the day.

Python imports this in every process of the server, whose path begins with this folder; the
workers go on with the clock of the process that started them.
"""

import os
import time
from datetime import UTC, datetime, timedelta

import time_machine

begins = datetime.fromisoformat(os.environ["BENCH_BEGINS"]).replace(tzinfo=UTC)
passed = time.time() - float(os.environ.setdefault("BENCH_BEGAN", str(time.time())))
time_machine.travel(begins + timedelta(seconds=passed), tick=True).start()
