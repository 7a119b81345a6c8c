"""The process that runs rules: kept warm, bounded in time and memory, started anew after a crash."""

import os
import signal
import sys
from pathlib import Path

import pytest

from dunwell.connectors.rule_process import RuleProcess, RuleProcessError

ECHO = """
import json, sys
for line in sys.stdin:
    asked = json.loads(line)
    {act}
    print(json.dumps({{"svrl": asked["xml"]}}), flush=True)
"""
SHEET = Path("rules.xslt")
IDENTITY = """<xsl:stylesheet version="2.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
<xsl:template match="/"><out><xsl:value-of select="upper-case(string(.))"/></out></xsl:template>
</xsl:stylesheet>"""


def process(act="", **bounds):
    return RuleProcess(command=(sys.executable, "-c", ECHO.format(act=act)), **bounds)


@pytest.fixture
def close():
    made = []
    yield made.append
    for one in made:
        one.close()


def test_one_process_answers_many_and_is_reused(close):
    rules = process()
    close(rules)
    assert rules.process_id is None
    assert rules.report(SHEET, "<a/>") == b"<a/>"
    first = rules.process_id
    assert rules.report(SHEET, "ä" * 300_000) == ("ä" * 300_000).encode()
    assert rules.process_id == first
    rules.close()
    assert rules.process_id is None


@pytest.mark.parametrize(
    ("act", "bounds", "why"),
    [
        ("import time; time.sleep(60)", {"seconds": 0.5}, "no verdict within 0.5 seconds"),
        ("kept = bytearray(200_000_000)\n    import time; time.sleep(60)",
         {"most_memory": 120_000_000}, "more than 120 MB"),
        ("import os; os._exit(3)", {}, "ended on its own"),
        ("print('nonsense', flush=True)", {}, "Expecting value"),
    ],
)  # fmt: skip
def test_one_that_hangs_grows_or_crashes_is_ended_and_the_next_is_answered(
    close, act, bounds, why
):
    rules = process(
        f"if asked['xml'] == 'bad':\n        {act.replace(chr(10), chr(10) + '    ')}", **bounds
    )
    close(rules)
    assert rules.report(SHEET, "good") == b"good"
    number = rules.process_id
    with pytest.raises(RuleProcessError, match=why):
        rules.report(SHEET, "bad")
    assert rules.process_id is None
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
    assert rules.report(SHEET, "good") == b"good"


def test_one_that_was_killed_while_idle_is_started_anew(close):
    rules = process()
    close(rules)
    rules.report(SHEET, "a")
    os.kill(rules.process_id, signal.SIGKILL)
    rules._running.wait()
    assert rules.report(SHEET, "b") == b"b"


def test_a_stylesheet_runs_in_the_real_one_and_a_bad_one_is_told_without_its_death(
    close, tmp_path
):
    good, bad = tmp_path / "good.xslt", tmp_path / "bad.xslt"
    good.write_text(IDENTITY)
    bad.write_text("<nonsense/>")
    rules = RuleProcess()
    close(rules)
    assert b"<out>ABC</out>" in rules.report(good, "<a>abc</a>")
    number = rules.process_id
    with pytest.raises(RuleProcessError, match="bad.xslt"):
        rules.report(bad, "<a/>")
    with pytest.raises(RuleProcessError, match="good.xslt"):
        rules.report(good, "<a>")
    assert rules.report(good, "<a>x</a>").endswith(b"<out>X</out>")
    assert rules.process_id == number
