"""`dunwell process`: what follows what in a log of any program, or why it cannot be read."""

import json
from datetime import UTC, datetime, timedelta

from dunwell import cli
from dunwell.formats.ocel import OcelEvent, OcelLog, OcelObject, write_ocel

FRIDAY = datetime(2026, 3, 6, 16, tzinfo=UTC)


def test_a_log_is_mined_by_the_objects_of_one_type(tmp_path, capsys):
    path = tmp_path / "log.json"
    told = (("ship", 0), ("bill", 3), ("pay", 4))
    events = [
        OcelEvent(id=name, type=name, at=FRIDAY + timedelta(days=days), objects=(("o1", "of"),))
        for name, days in told
    ]
    log = OcelLog(events=events, objects=[OcelObject(id="o1", type="order")])
    path.write_bytes(write_ocel(log))

    assert cli.main(["process", str(path), "--case", "order", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["cases"], found["events"]) == (1, 3)
    assert found["variants"] == [{"name": "ship>bill>pay", "cases": 1, "median_days": 4}]
    ways = {row["name"]: (row["median_days"], row["median_hours"]) for row in found["follows"]}
    assert ways == {"ship>bill": (3, 8), "bill>pay": (1, 8), "pay>": (None, None)}


def test_a_file_that_is_no_log_is_refused(tmp_path, capsys):
    path = tmp_path / "log.xes"
    path.write_text("<log><trace>", encoding="utf-8")

    assert cli.main(["process", str(path)]) == 2
    assert "is no XES log" in capsys.readouterr().err
