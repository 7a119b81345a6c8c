"""Packages imported without their body: modules inside at once, the body for all else."""

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dunwell.engine.late_packages import import_late

BODY = """
from late_example.inner import VALUE
RUN = True
__all__ = ["RUN"]
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    folder = tmp_path / "late_example"
    folder.mkdir()
    (folder / "__init__.py").write_text(BODY)
    (folder / "inner.py").write_text("VALUE = 7\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield "late_example"
    for name in [name for name in sys.modules if name.partition(".")[0] == "late_example"]:
        del sys.modules[name]


def test_a_module_inside_is_imported_without_the_body(package: str) -> None:
    import_late(package)
    assert importlib.import_module(f"{package}.inner").VALUE == 7
    assert "RUN" not in vars(sys.modules[package])


def test_another_name_runs_the_body_once(package: str) -> None:
    import_late(package)
    late = importlib.import_module(package)
    assert late.RUN
    assert late.VALUE == 7
    assert vars(late)["__all__"] == ["RUN"]
    with pytest.raises(AttributeError):
        late.NOTHING  # noqa: B018


def test_what_every_module_is_asked_for_needs_no_body(package: str) -> None:
    import_late(package)
    late = sys.modules[package]
    assert not hasattr(late, "__warningregistry__")
    assert str(late.__file__).endswith("__init__.py")
    assert "RUN" not in vars(late)


def test_a_package_that_is_there_stays_as_it_is(package: str) -> None:
    whole = importlib.import_module(package)
    import_late(package)
    assert sys.modules[package] is whole


def test_a_package_that_is_not_installed_is_named() -> None:
    with pytest.raises(ModuleNotFoundError, match="no_such_package"):
        import_late("no_such_package")


def test_one_calendar_imports_one_country_and_the_others_are_found() -> None:
    code = (
        "import sys; from datetime import date; from dunwell.engine.calendars import *\n"
        "assert not is_business_day(date(2026, 12, 25), country='DE')\n"
        "few = sum(name.startswith('holidays.countries.') for name in sys.modules)\n"
        "assert few < 5, few\n"
        "from holidays.countries import France\n"
        "assert date(2026, 7, 14) in France(years=2026)\n"
        "assert not is_business_day(date(2026, 7, 14), country='FR')\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
