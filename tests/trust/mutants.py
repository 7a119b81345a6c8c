"""T24: small changes made to a module one by one; the tests of that module must notice them.

`python -m tests.trust.mutants calendar` changes every module of a part and runs the tests named for
it, each change in a process of its own; `--every 10` tries one in ten. Nothing on disk is changed. A change that makes loops run on is ended by counting their turns, not
by the clock, so that a score is the same on every machine.
"""

import argparse
import builtins
import importlib.abc
import importlib.util
import os
import resource
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.trust.changes import Mutant, mutants, source_with

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """Modules below `dunwell`, and the files below `tests` that must notice, the nearest first.

    `least` is how many percent of the changes they must notice: the bar of T24, or about what was
    measured where that is more. It only rises.
    """

    modules: tuple[str, ...]
    tests: tuple[str, ...]
    least: int = 85


PARTS = {
    "calendar": Part(
        modules=("engine.calendars",),
        tests=("engine/test_calendars.py", "engine/test_limitation.py", "trust/test_t12_time.py"),
    ),
    "ledger": Part(
        modules=("engine.ledger", "engine.items", "engine.money"),
        tests=(
            *("engine/test_items.py", "engine/test_money.py", "engine/test_ledger.py"),
            *("engine/test_aging.py", "engine/test_statements.py", "engine/test_kpis.py"),
        ),
        least=90,
    ),
    "allocation": Part(
        modules=("engine.allocation_orders",),
        tests=("engine/test_allocation_orders.py", "engine/test_cash_policy.py"),
    ),
    "interest": Part(
        modules=("engine.charges.interest", "engine.charges.compounding"),
        tests=("engine/test_interest.py", "engine/test_charges.py", "engine/test_charge_laws.py"),
        least=90,
    ),
    "policy": Part(
        modules=("engine.documents", "engine.strategy"),
        tests=(
            *("engine/test_documents.py", "engine/test_strategy.py"),
            *("engine/test_charges_policy.py", "engine/test_cash_policy.py"),
            *("engine/test_credit_policy.py",),
        ),
        least=94,
    ),
}

BROKEN = 3
"""Exit code of pytest, and of a process, that broke by itself."""
ENDLESS = 77
"""Exit code of a process whose loops ran on."""
PATIENCE = 5
"""A change may make loops turn so many times as often as in the module as it stands."""
LONGEST_CPU_SECONDS = 900
"""Only for what no count sees; reported, and not taken for noticed."""
NOTICED_BY_TESTS = {1, 2}
"""Exit codes of pytest: a test failed; a file could not be imported."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Score:
    """What became of the changes to a part."""

    tried: int
    survivors: tuple[Mutant, ...]
    unclear: tuple[Mutant, ...]

    @property
    def per_cent(self) -> int:
        """Whole percent of the changes that were noticed, rounded down."""
        missed = len(self.survivors) + len(self.unclear)
        return 100 * (self.tried - missed) // max(self.tried, 1)


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds and loads one module, changed, before everybody else does."""

    def __init__(self, path: Path, module: str, mutant: Mutant | None) -> None:
        self.path, self.module, self.mutant = path, module, mutant

    def find_spec(self, name, path=None, target=None):
        if name != self.module:
            return None
        return importlib.util.spec_from_file_location(name, self.path, loader=self)

    def exec_module(self, module):
        tree = source_with(self.path.read_text("utf-8"), self.mutant)
        exec(compile(tree, self.path, "exec"), module.__dict__)


def _run(
    change: _Changed, tests: list[str], *, most_turns: int | None, is_told: bool
) -> tuple[int, int]:
    """Run tests with a change in a process of its own; return its exit code and its turns."""
    told, tells = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(told)
        _child(change, tests, most_turns, tells, is_told=is_told)
    os.close(tells)
    with os.fdopen(told) as answer:
        turns = answer.read()
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), int(turns or 0)


def _child(change, tests, most_turns, tells, *, is_told):
    """Be the process of one change: run the files one after the other up to the first that notices."""
    import pytest

    turns = 0

    def turn() -> bool:
        nonlocal turns
        turns += 1
        if most_turns is not None and turns > most_turns:
            os._exit(ENDLESS)
        return True

    os.environ["DJANGO_SETTINGS_MODULE"] = "dunwell.settings"
    # the plugins of browsers and of the API take longer than most tests here
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    builtins.__turn__ = turn
    sys.meta_path.insert(0, change)
    resource.setrlimit(resource.RLIMIT_CPU, (LONGEST_CPU_SECONDS, LONGEST_CPU_SECONDS))
    if not is_told:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
    code = BROKEN
    try:
        for file in tests:
            code = int(pytest.main([*ARGUMENTS, file]))
            if code:
                break
    except BaseException:  # whatever it is, this process must not become a second parent
        traceback.print_exc()
    os.write(tells, str(turns).encode())
    sys.stdout.flush()
    os._exit(code)


WARNINGS = """error
ignore::pytest.PytestConfigWarning
ignore::pytest.PytestAssertRewriteWarning"""
ARGUMENTS = (
    *("-q", "-x", "-p", "no:cacheprovider", "-p", "_hypothesis_pytestplugin", "--disable-warnings"),
    # nothing found is made smaller: that something is found is enough
    "--hypothesis-profile=mutants",
    # without its plugin the setting of Django is no option; and hypothesis is imported already
    *("-o", f"filterwarnings={WARNINGS}"),
)  # fmt: skip


def _prepare() -> None:
    """Import what every process needs and nothing of our own, so that a fork has it."""
    for name in (
        "narwhals.stable.v2",
        "polars",
        "pytest",
        "holidays",
        "yaml",
        "django.conf",
        "django.middleware.csrf",
    ):
        importlib.import_module(name)
    from hypothesis import Phase, settings

    settings.register_profile(
        "mutants", deadline=None, derandomize=True, max_examples=40,
        phases=(Phase.explicit, Phase.generate),
    )  # fmt: skip
    own = sorted(name for name in sys.modules if name.startswith("dunwell."))
    if own:
        raise RuntimeError(f"imported before the fork, so never changed: {own[0]}")


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def score(
    part: Part,
    *,
    root: Path = ROOT / "src/dunwell",
    package: str = "dunwell",
    tell: Callable[[str], None] = _tell,
    every: int = 1,
    first: int = 0,
) -> Score:
    """Try the changes of a part, or every so manieth from a first one on, and return the score.

    Raises RuntimeError where its tests fail without any change, or are not there.
    """
    _prepare()
    tried, survivors, unclear = 0, [], []
    tests = [str(ROOT / "tests" / one) for one in part.tests]
    for name in part.modules:
        path = (root / name.replace(".", "/")).with_suffix(".py")
        module = f"{package}.{name}"
        plain = _Changed(path, module, None)
        code, turns = _run(plain, tests, most_turns=None, is_told=False)
        if code:
            raise RuntimeError(f"the tests of {module} fail as it stands: exit code {code}")
        for mutant in mutants(module, path.read_text("utf-8"))[first::every]:
            change = _Changed(path, module, mutant)
            code, _ = _run(change, tests, most_turns=PATIENCE * turns, is_told=False)
            tried += 1
            if code == 0:
                survivors.append(mutant)
                tell(f"survives {mutant}")
            elif code not in NOTICED_BY_TESTS | {ENDLESS}:
                unclear.append(mutant)
                tell(f"unclear ({code}) {mutant}")
    return Score(tried=tried, survivors=tuple(survivors), unclear=tuple(unclear))


def main() -> int:
    """Tell what survives in the named parts, and each score; return 1 where one is too low."""
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("parts", nargs="+", choices=PARTS)
    reading.add_argument("--every", type=int, default=1, help="try one change in so many")
    reading.add_argument("--first", type=int, default=0, help="from this change on")
    stated = reading.parse_args()
    is_enough = True
    for name in stated.parts:
        found = score(PARTS[name], every=stated.every, first=stated.first)
        missed = len(found.survivors) + len(found.unclear)
        _tell(f"{name}: {found.per_cent} % of {found.tried} noticed, {missed} not")
        is_enough = is_enough and found.per_cent >= PARTS[name].least
    return 0 if is_enough else 1


if __name__ == "__main__":
    sys.exit(main())
