"""The day of the desk that browsers look at: one on which its sample shows what tests look for.

Python imports this in every process of the desk, whose path begins with this folder. The clock
goes on from nine in the morning of the day, whatever the day of the run is.
"""

import os
import time
from datetime import UTC, datetime, timedelta

import time_machine

BEGINS = datetime(2026, 11, 26, 9, tzinfo=UTC)

passed = time.time() - float(os.environ["DUNWELL_DESK_BEGAN"])
time_machine.travel(BEGINS + timedelta(seconds=passed), tick=True).start()
