"""A scanner of others set on the running desk, signed in with every role: it finds nothing.

Wapiti is GPL: dev.py installs it in a place of its own, and it runs in a process of its own.
"""

import json
import os
import subprocess
import sys

import pytest

from tests.browser.conftest import ROOT, served_demo
from tests.visitors import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.release]

PLACE = ROOT / ".cache" / "wapiti"
ATTACKS = (
    *("cookieflags", "crlf", "csp", "csrf", "exec", "file", "htaccess", "http_headers", "methods"),
    *("permanentxss", "redirect", "sql", "upload", "xss", "xxe"),
)
"""Left out: what asks servers elsewhere, what knows products of others, and LDAP, which the desk
does not speak: any answer that differs counts as a finding there."""
NOT_FOLLOWED = ("/accounts/logout/", "/accounts/password/change/", "/cycle/", "/static/")
"""The first two end the session in hand, the third keeps the desk busy for minutes."""
MEDIUM = 2
LEAST_PAGES = 100


@pytest.fixture(scope="module")
def attacked():
    """A desk of its own: what a scanner posts changes it."""
    with served_demo(customers=40, items=400) as desk:
        yield desk


def cookies(desk):
    """Sign in; return the header that tells it."""
    visitor = Visitor(f"{desk.address}/")
    assert 'action="/accounts/logout/"' in visitor.sign_in(desk.sign_in_path())
    return "; ".join(f"{one.name}={one.value}" for one in visitor.jar)


def scanned(desk, folder):
    """Return the report of a scan as Wapiti tells it."""
    report = folder / "report.json"
    # without the packages of the product
    command = [sys.executable, "-S", PLACE / "bin" / "wapiti", "-u", f"{desk.address}/"]
    command += ["-H", f"Cookie: {cookies(desk)}", "--scope", "domain", "-m", ",".join(ATTACKS)]
    for path in NOT_FOLLOWED:
        command += ["-x", f"{desk.address}{path}"]
    command += ["-d", "2", "--max-files-per-dir", "3", "--max-links-per-page", "200"]
    command += ["--max-scan-time", "240", "--max-attack-time", "90", "--tasks", "2", "-t", "60"]
    command += ["--store-session", folder / "session", "--store-config", folder / "config"]
    command += ["-f", "json", "-o", report, "--no-bugreport"]
    done = subprocess.run(
        list(map(str, command)),
        env=os.environ | {"PYTHONPATH": str(PLACE), "HOME": str(folder), "no_proxy": "127.0.0.1"},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-2_000:]
    return json.loads(report.read_text())


def test_a_scanner_signed_in_finds_nothing_of_medium_or_above(attacked, tmp_path):
    told = scanned(attacked, tmp_path)

    found = [
        (kind, one["level"], one["method"], one["path"], one["parameter"], one["info"])
        for part in ("vulnerabilities", "anomalies")
        for kind, those in told[part].items()
        for one in those
        if one["level"] >= MEDIUM
    ]
    assert told["infos"]["crawled_pages_nbr"] >= LEAST_PAGES
    assert found == []
