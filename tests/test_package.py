"""The package: what is in it, what it says of itself, and that it runs where nothing else is."""

import re
import shutil
import subprocess
import sys
import tarfile
import threading
import tomllib
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest
import urllib3

from hatch_build import lacking
from tests.ports import free_port
from tests.visitors import Visitor

ROOT = Path(__file__).parents[1]
UV = (sys.executable, "-m", "uv")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PARTS = {
    "page assets": r"static/vendor/.+\.(css|woff2)",
    "the licence of the font": r"static/vendor/LICENSE",
    "own styles and scripts": r"static/(css|js)/.+",
    "pages": r"templates/web/.+\.html",
    "pages for debtors": r"templates/portal/.+\.html",
    "migrations": r"migrations/0001_initial\.py",
    "policies": r"policies/strategy_.+\.yaml",
    "translations": r"locale/de/LC_MESSAGES/django\.mo",
    "learned readers": r"ml/learned/.+\.reader",
    "letters": r"formats/typst/.+\.typ",
}
MINUTES = 8
"""After so many the bare desk is ended, whatever it does."""


def ran(*command, **how):
    """What a command printed; the test fails with it when the command does."""
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False, **how
    )
    if done.returncode:
        pytest.fail(f"{command}:\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The source package of this tree, and the wheel that is built from it and not from the tree."""
    place = tmp_path_factory.mktemp("built")
    ran(*UV, "build", "--no-build-isolation", "--offline", "-o", place, ROOT)
    return next(place.glob("*.tar.gz")), next(place.glob("*.whl"))


@pytest.fixture(scope="module")
def wheel(built):
    """Name -> content reader of the wheel's files."""
    with zipfile.ZipFile(built[1]) as archive:
        yield archive


def test_the_wheel_holds_the_whole_source_and_nothing_else(wheel):
    source = {
        path.relative_to(ROOT / "src").as_posix()
        for path in (ROOT / "src" / "dunwell").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    held = {name for name in wheel.namelist() if ".dist-info/" not in name}

    assert held == source


@pytest.mark.parametrize("part", PARTS)
def test_the_wheel_holds_what_a_desk_needs(wheel, part):
    assert [one for one in wheel.namelist() if re.fullmatch(f"dunwell/{PARTS[part]}", one)] != []


def test_the_source_package_holds_what_a_wheel_is_made_of(built):
    with tarfile.open(built[0]) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames()}

    assert {"pyproject.toml", "hatch_build.py", "LICENSE", "README.md", "assets.txt"} <= names
    assert [
        one for one in names if one.startswith((".git/", ".venv", "node_modules", "data"))
    ] == []


def test_the_package_says_what_it_is(wheel):
    folder = next(one for one in wheel.namelist() if one.endswith("/METADATA")).rsplit("/", 1)[0]
    told = message_from_bytes(wheel.read(f"{folder}/METADATA"))
    scripts = wheel.read(f"{folder}/entry_points.txt").decode()

    assert told["Name"] == "dunwell"
    assert told["License-Expression"] == "Apache-2.0"
    assert told.get_all("License-File") == ["LICENSE"]
    assert told["Requires-Python"] == ">=3.11"
    assert told.get_all("Provides-Extra") == sorted(PROJECT["optional-dependencies"])
    needs = [one for one in told.get_all("Requires-Dist") if "extra ==" not in one]
    assert len(needs) == len(PROJECT["dependencies"])
    assert told["Description-Content-Type"] == "text/markdown"
    assert told.get_payload().startswith("# Dunwell\n")
    assert scripts.split() == ["[console_scripts]", "dunwell", "=", "dunwell.__main__:main"]
    assert wheel.read(f"{folder}/licenses/LICENSE") == (ROOT / "LICENSE").read_bytes()


def test_a_package_without_what_is_made_is_refused(tmp_path):
    source = tmp_path / "src" / "dunwell"
    (source / "locale" / "de" / "LC_MESSAGES").mkdir(parents=True)
    (source / "locale" / "de" / "LC_MESSAGES" / "django.po").touch()
    shutil.copy(ROOT / "assets.txt", tmp_path)

    assert lacking(ROOT) == []
    assert lacking(tmp_path) == [
        "src/dunwell/static/vendor/tabler.min.css",
        "src/dunwell/static/vendor/inter-latin-wght-normal.woff2",
        "src/dunwell/static/vendor/inter-latin-ext-wght-normal.woff2",
        "src/dunwell/static/vendor/LICENSE",
        "src/dunwell/locale/de/LC_MESSAGES/django.mo",
        "src/dunwell/ml/learned/*.reader",
    ]


@pytest.fixture(scope="module")
def bare(built, tmp_path_factory):
    """A fresh environment with the locked packages and the wheel, and nothing for developers."""
    place = tmp_path_factory.mktemp("bare")
    ran(*UV, "venv", "-q", "--python", sys.executable, place / "env")
    python = place / "env" / "bin" / "python"
    install = (*UV, "pip", "install", "-q", "--python", python)
    locked = ("--require-hashes", "-r", ROOT / "requirements" / "run.lock")
    # what dev.py installed is at hand; where nothing is kept, it is fetched as there
    if subprocess.run(
        [*install, "--offline", *locked], check=False, capture_output=True
    ).returncode:
        ran(*install, *locked)
    ran(*install, "--offline", "--no-deps", built[1])
    (place / "home").mkdir()
    (place / "work").mkdir()
    yield place
    shutil.rmtree(place)


def alone(place):
    """How a program of the bare environment is called: no setting, no path, its own home."""
    env = {"PATH": "/usr/bin:/bin", "HOME": str(place / "home"), "LANG": "C.UTF-8"}
    return {"cwd": place / "work", "env": env}


def test_the_locked_packages_are_what_the_package_asks_for(bare):
    ran(*UV, "pip", "check", "--python", bare / "env" / "bin" / "python")
    told = ran(bare / "env" / "bin" / "python", "-c", "import dunwell; print(dunwell.__file__)",
               **alone(bare))  # fmt: skip

    assert Path(told.strip()).is_relative_to(bare / "env")


def shown_by(process):
    """The lines of a program until it says that it serves."""
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if line.startswith("Stop with Ctrl-C"):
            return lines
    return pytest.fail("\n".join(["it ended:", *lines[-60:]]))


@pytest.mark.dealt(one_in=8, of="whole desks")
def test_dunwell_demo_runs_from_the_wheel_alone(bare):
    port = free_port()
    command = [bare / "env" / "bin" / "dunwell", "demo", "--port", str(port)]
    size = ["--customers", "16", "--items", "160"]
    process = subprocess.Popen(
        [*command, *size],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **alone(bare),
    )
    watch = threading.Timer(MINUTES * 60, process.kill)
    watch.start()
    try:
        lines = shown_by(process)
        link = next(one for one in lines if one.startswith("Sign in")).split(": ", 1)[1]
        visitor = Visitor(f"http://127.0.0.1:{port}/")
        patient = urllib3.Retry(total=200, backoff_factor=0.05, backoff_max=0.1)
        with urllib3.PoolManager() as pool:
            pool.request("GET", visitor.address + "health/", retries=patient)
        entrance = visitor.page("accounts/login/")
        sheets = {
            path: visitor.page(path) for path in re.findall(r'href="([^"]+\.css)"', entrance)
        }
        home = visitor.sign_in(link)
    finally:
        watch.cancel()
        process.terminate()
        process.wait(60)
        process.stdout.close()

    assert any(one.startswith("Dunwell Demo GmbH, ") and "16 customers" in one for one in lines)
    assert [path for path in sheets if "/vendor/tabler.min" in path] != []
    assert min(map(len, sheets.values())) > 200
    assert "Dunwell Demo GmbH" in home
    told = ran(command[0], "verify", **alone(bare))
    assert re.search(r"^Dunwell Demo GmbH: \d\d+ checks, 0 broken$", told, re.MULTILINE)
    assert sorted(path.name for path in (bare / "work").iterdir()) == ["data"]
