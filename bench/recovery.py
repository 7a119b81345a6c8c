"""A backup of the imported books, and its way back: the recovery time of a desk that was lost.

Both are asked for by name (`--only backup`, `--only restore`); a session without does not wait
for them.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.cost import Meter
from bench.desk import the_company
from bench.measures import Result
from bench.workload import Workload
from dunwell import clock
from dunwell.formats.sealed_archive import key_of, new_key
from dunwell.jobs.backup_drills import drill
from dunwell.jobs.backups import back_up


def backup(load: Workload) -> Result:
    """Make an encrypted backup: the database as of one moment, every hash, the file on disk."""
    the_company()
    with tempfile.TemporaryDirectory() as folder:
        with Meter() as meter:
            made = back_up(Path(folder), key=key_of(new_key()), at=clock.now())
        result = Result(meter.cost())
        result.counts |= {"items": load.size, "bytes": made.size_bytes}
        result.expect(
            "items_held", made.manifest.tables["dunwell_item"][0], load.oracle()["items"]
        )
    return result


def restore(load: Workload) -> Result:
    """Restore a backup into an empty place and prove its books, as after a disaster."""
    the_company()
    key = new_key()
    with tempfile.TemporaryDirectory() as folder:
        made = back_up(Path(folder), key=key_of(key), at=clock.now())
        with Meter() as meter:
            said = drill(made.path, key)
    result = Result(meter.cost())
    result.counts |= {"items": load.size, "bytes": made.size_bytes}
    result.expect("is_proven", said.endswith(" 0 broken"), True)  # noqa: FBT003
    return result


MEASURES: dict[str, Callable[[Workload], Result]] = {"backup": backup, "restore": restore}
