"""Entering the portal in a real browser: a link, a code by mail, a passkey, and without scripts."""

import contextlib
import re
import subprocess
import sys
import tempfile
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import ROOT, SIZES, Desk, _wait_until_served
from tests.migrated import put_sqlite
from tests.ports import free_port

pytestmark = [pytest.mark.browser, pytest.mark.dealt(one_in=10, of="journeys in a browser")]

RECORDS = """
from datetime import timedelta
from dunwell import clock
from dunwell.actions.companies import add_company
from dunwell.actions.gate import system
from dunwell.actions.portal_access import invite_person
from dunwell.models import Customer, PortalLink
from dunwell.queries.portal_links import portal_token
# a link sent just now would make the door wait with the next
at = clock.now() - timedelta(minutes=20)
company = add_company(
    name="Corner Shop", zone="UTC", country="DE", currency="EUR", language="en", at=at
)
for number in range(1, 4):
    customer = Customer.objects.create(
        company=company, number=f"K{number}", name=f"Buyer {number}", recorded_at=at
    )
    invite_person(
        actor=system(company), customer=customer, email=f"ap{number}@buyer.example",
        name=f"Pat {number}", role="manager", is_checked=True, site="", at=at,
    )
    print(f"/portal/link/{portal_token(PortalLink.objects.latest('pk'))}/")
"""


@pytest.fixture(scope="module")
def door():
    """A served company with three buyers, and the paths of their first links."""
    with tempfile.TemporaryDirectory(prefix="dunwell-door-") as folder:
        port = free_port()
        # a passkey belongs to a name: browsers make none for an address of numbers
        desk = Desk(address=f"http://localhost:{port}", folder=Path(folder))
        put_sqlite(desk.folder)
        told = desk.manage("shell", "-v", "0", "-c", RECORDS)
        with (desk.folder / "server.log").open("wb") as log:
            server = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "django", "serve", "--port", str(port)],
                cwd=ROOT, env=desk.environment, stdout=log, stderr=log,
            )  # fmt: skip
            try:
                _wait_until_served(desk, server)
                yield desk, [line for line in told.splitlines() if line.startswith("/portal/")]
            finally:
                server.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    server.wait(timeout=10)
                if server.poll() is None:
                    server.kill()
                    server.wait()


@pytest.fixture
def entered(browser, door):
    """Press the button of a buyer's first link, on a phone; with or without scripts."""
    desk, links = door
    contexts = []

    def enter(buyer, *, script=True, scheme="light"):
        context = browser.new_context(
            viewport=SIZES["phone"], java_script_enabled=script, color_scheme=scheme
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.goto(desk.address + links[buyer])
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{desk.address}/portal/")
        return page

    yield enter
    for context in contexts:
        context.close()


def mailed(desk, address, pattern, page):
    """What a pattern finds in the newest mail to an address; the mail leaves beside the page."""
    for _ in range(40):
        found = []
        for path in sorted(desk.folder.glob("outbox/*/*.eml"), key=lambda p: p.stat().st_mtime):
            mail = message_from_bytes(path.read_bytes(), policy=policy.default)
            if address in mail["To"]:
                found += re.findall(pattern, mail.get_body().get_content())
        if found:
            return found[-1]
        page.wait_for_timeout(250)
    pytest.fail(f"no mail to {address}")


def confirm(page, desk, address):
    """Give the code of the mail."""
    page.get_by_role("button", name="Send me a code").click()
    code = mailed(desk, address, r"\b\d{6}\b", page)
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Confirm").click()


def found_wrong(page):
    answer = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag22aa"]})
    return [(one["id"], one["nodes"][0]["target"]) for one in answer.response["violations"]]


def test_a_passkey_is_added_after_a_code_and_signs_in_without_mail(entered, door):
    desk, _ = door
    page = entered(0)
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    page.goto(f"{desk.address}/portal/passkeys/")
    confirm(page, desk, "ap1@buyer.example")
    page.wait_for_url(f"{desk.address}/portal/passkeys/")
    page.get_by_label("Name of the passkey").fill("My phone")
    page.get_by_role("button", name="Add this device").click()
    expect(page.get_by_text("My phone", exact=True).first).to_be_visible()
    assert found_wrong(page) == []

    page.goto(f"{desk.address}/portal/people/")
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url(f"{desk.address}/portal/enter/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{desk.address}/portal/")
    # a passkey counts as the second factor
    page.goto(f"{desk.address}/portal/keys/")
    expect(page.get_by_role("heading", name="Keys for programs", exact=True)).to_be_visible()


def test_without_scripts_a_link_by_mail_does(entered, door):
    desk, _ = door
    page = entered(1, script=False)
    page.goto(f"{desk.address}/portal/people/")
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    page.get_by_label("Your mail address").fill("ap2@buyer.example")
    page.get_by_role("button", name="Send me a link").click()
    link = mailed(desk, "ap2@buyer.example", r"http://localhost\S+/portal/link/\S+", page)
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{desk.address}/portal/")
    page.goto(f"{desk.address}/portal/people/invite/")
    confirm(page, desk, "ap2@buyer.example")
    page.get_by_label("Mail address").fill("colleague@buyer.example")
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_text("colleague@buyer.example").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_access_are_usable_for_everybody(browser, entered, door, scheme):
    desk, _ = door
    outside = browser.new_context(viewport=SIZES["phone"], color_scheme=scheme)
    page = outside.new_page()
    seen = {}
    for path in ("/portal/enter/", "/portal/link/none/"):
        page.goto(desk.address + path)
        seen[path] = found_wrong(page)
    outside.close()
    if scheme == "light":
        inside = entered(2)
        for path in ("/portal/people/", "/portal/suppliers/", "/portal/confirm/"):
            inside.goto(desk.address + path)
            seen[path] = found_wrong(inside)
    assert {path: wrong for path, wrong in seen.items() if wrong} == {}
