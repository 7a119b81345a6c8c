"""A real server with a small demo company in a process of its own, and a browser signed in there."""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Locator

from tests.migrated import put_sqlite
from tests.ports import free_port

# Playwright keeps an event loop in this thread; Django would refuse its records in other tests.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

CHROMIUM = "/usr/bin/chromium"
ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120
FIXED_DAY, BEGAN = ROOT / "tests" / "browser" / "fixed_day", time.time()
"""What the sample shows depends on the day; see `fixed_day/sitecustomize.py`."""
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SIGN_IN = """
from dunwell import clock
from dunwell.actions.gate import system
from dunwell.actions.users import make_sign_in_link
from dunwell.models import User
from dunwell.queries.companies import companies_of
user = User.objects.get(username="{username}")
print(make_sign_in_link(actor=system(companies_of(user)[0]), user=user, at=clock.now()))
"""
SIZES = {"desktop": {"width": 1440, "height": 900}, "phone": {"width": 360, "height": 800}}


@dataclass(frozen=True)
class Desk:
    """The running server: its address and its files."""

    address: str
    folder: Path

    def manage(self, *arguments: str) -> str:
        """Run a server command on the desk's data and return what it printed."""
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "django", *arguments],
            cwd=ROOT,
            env=self.environment,
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            pytest.fail(f"{' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    @property
    def environment(self) -> dict[str, str]:
        """The settings of a desk of its own: SQLite in its folder, nothing from outside."""
        own = {
            name: value for name, value in os.environ.items() if not name.startswith("DUNWELL_")
        }
        return {
            **own,
            "DJANGO_SETTINGS_MODULE": "dunwell.settings",
            "DUNWELL_DATA_DIR": str(self.folder),
            "PYTHONPATH": os.pathsep.join((str(FIXED_DAY), str(ROOT / "src"))),
            "DUNWELL_DESK_BEGAN": str(BEGAN),
        }

    def sign_in_path(self, username: str = "lead") -> str:
        """Return the path of a fresh one-time link.

        Not by the command, which reads every page's address to print one.
        """
        token = self.manage("shell", "-v", "0", "-c", SIGN_IN.format(username=username))
        return f"/sign-in/{token.strip()}/"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Debian's own Chromium, without calls home; missing, the run fails and does not skip."""
    if not Path(CHROMIUM).exists():
        pytest.fail(f"{CHROMIUM} is missing; install Debian's chromium package.")
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": list(QUIET)}


@pytest.fixture(scope="session", autouse=True)
def whole_pages():
    """A click that leads to a page ends when its scripts are there, as for whoever looks first.

    Playwright waits until the page begins to come; on a busy machine the next step came before
    the deferred scripts had run.
    """
    click = Locator.click

    def clicked(locator, **how):
        click(locator, **how)
        locator.page.wait_for_load_state("load")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Locator, "click", clicked)
        yield


@pytest.fixture(scope="session")
def desk():
    """A served demo company; stopped at the end of the run."""
    with served_demo() as desk:
        yield desk


@contextlib.contextmanager
def served_demo(*, customers=120, items=2400):
    """Make a demo company in a folder of its own and serve it as long as the block runs."""
    with tempfile.TemporaryDirectory(prefix="dunwell-browser-") as folder:
        port = free_port()
        desk = Desk(address=f"http://127.0.0.1:{port}", folder=Path(folder))
        put_sqlite(desk.folder)
        desk.manage("demo", "--no-serve", f"--customers={customers}", f"--items={items}")
        with (desk.folder / "server.log").open("wb") as log:
            server = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "django", "serve", "--port", str(port)],
                cwd=ROOT,
                env=desk.environment,
                stdout=log,
                stderr=log,
            )
            try:
                _wait_until_served(desk, server)
                yield desk
            finally:
                server.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    server.wait(timeout=10)
                if server.poll() is None:
                    server.kill()
                    server.wait()


@pytest.fixture(scope="session")
def signed_in(browser, desk):
    """The cookies of a person who has every role, taken once by a one-time link."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(desk.address + desk.sign_in_path())
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{desk.address}/")
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def open_page(browser, desk, signed_in):
    """Open a page of the desk in a size and theme; errors in its console fail the test."""
    contexts, errors = [], []

    def opened(path, *, size="desktop", is_signed_in=True, script=True, bypass_csp=False):
        context = browser.new_context(
            viewport=SIZES[size],
            bypass_csp=bypass_csp,
            storage_state=signed_in if is_signed_in else None,
            java_script_enabled=script,
            reduced_motion="reduce",
        )
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(desk.address + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    # a refused form answers 422, which Chromium also writes to its console; and what a page was
    # still asking for when it was left comes to nothing
    usual = ("status of 422", "htmx:afterRequest", "htmx:sendError")
    assert [text for text in errors if not any(one in text for one in usual)] == []


def press_and_load(page, key):
    """Press a key that leads to a page, and wait until its scripts listen to the next key.

    Waiting for a heading is not enough: it is there before the deferred scripts have run.
    """
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press(key)


def _wait_until_served(desk, server):
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends:
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{desk.address}/accounts/login/", timeout=2):
                return
        except OSError:  # not there yet, or too busy to answer in time
            time.sleep(0.1)
    pytest.fail(f"The server did not start:\n{(desk.folder / 'server.log').read_text()}")
