"""Journeys of debtors in a real browser: from a link to money, an answer, a plan that is kept.

A small shop is served by a process of its own; what the pages show is compared with its records.
"""

import contextlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ROOT, SIZES, Desk, _wait_until_served
from tests.browser.test_accessibility import IS_TOO_WIDE, findings, looks_of
from tests.dealing import dealt
from tests.migrated import put_sqlite
from tests.ports import free_port

pytestmark = [pytest.mark.browser, pytest.mark.dealt(one_in=10, of="journeys in a browser")]


PAGES = (
    *("", "items/", "statement/", "statement/compare/", "pay/", "pay/how/?currency=EUR&mode=all"),
    *("ways/", "receipts/", "offers/", "credit/", "documents/", "contacts/", "calendar/"),
    *("arrangements/", "arrangements/promise/", "arrangements/plan/", "arrangements/hardship/"),
    *("arrangements/settlement/", "disputes/", "disputes/new/", "messages/", "messages/new/"),
    *("people/", "suppliers/", "confirm/", "assistant/"),
)
"""Pages of the portal without a key in their address, below /portal/."""

NARROW = {"width": 320, "height": 640}
"""The width at which nothing may scroll sideways (WCAG 1.4.10)."""


class Shop(Desk):
    """The served shop, and what its records say."""

    def ask(self, call):
        """Return what a function of `portal_records` prints."""
        code = f"from tests.browser import portal_records as p; p.{call}"
        return json.loads(self.manage("shell", "-v", "0", "-c", code).splitlines()[-1])


@pytest.fixture(scope="module")
def shop():
    """Two invoices of each customer are 20 days late, and their reminders lie ready."""
    with tempfile.TemporaryDirectory(prefix="dunwell-shop-") as folder:
        port = free_port()
        shop = Shop(address=f"http://127.0.0.1:{port}", folder=Path(folder))
        put_sqlite(shop.folder)
        buyers = shop.ask("opened()")
        shop.manage("cycle")
        with (shop.folder / "server.log").open("wb") as log:
            server = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "django", "serve", "--port", str(port)],
                cwd=ROOT, env=shop.environment, stdout=log, stderr=log,
            )  # fmt: skip
            try:
                _wait_until_served(shop, server)
                yield shop, buyers
            finally:
                server.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    server.wait(timeout=10)
                if server.poll() is None:
                    server.kill()
                    server.wait()


@pytest.fixture
def entered(browser, shop):
    """Open the first link of a customer on a phone, and press its button."""
    served, buyers = shop
    contexts = []

    def enter(name, **how):
        context = browser.new_context(viewport=SIZES["phone"], locale="en-GB", **how)
        contexts.append(context)
        page = context.new_page()
        page.goto(served.address + buyers[name]["link"])
        page.get_by_role("button", name="Open").or_(
            page.get_by_role("button", name="Sign in")
        ).first.click()
        expect(page).to_have_url(served.address + "/portal/")
        return page, served, buyers[name]

    yield enter
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("name", "script"), [("Payer", True), ("Plainly", False)])
def test_from_a_link_to_money_a_receipt_and_no_more_reminders(entered, name, script):
    """The way without a script ends alike: forms are sent, and pages load themselves again."""
    page, shop, buyer = entered(name, java_script_enabled=script)
    before = shop.ask(f"state({buyer['customer']})")
    assert (before["open"], before["reminded"]) == ([40_000, 80_000], 1)

    page.get_by_role("navigation").get_by_role("link", name="Pay", exact=True).click()
    if script:
        _chosen_by_its_fields(page)
    page.get_by_role("radio", name="All that is due").check()
    page.get_by_role("button", name="Continue").click()
    _pay_by_card(page)
    expect(page.get_by_text("settled")).to_have_count(2)

    page.get_by_role("link", name="Receipts").click()
    expect(page.get_by_role("main")).to_contain_text("1,200.00")
    page.goto(shop.address + "/portal/")
    expect(page.get_by_role("main")).not_to_contain_text("800.00")

    shop.manage("deliver")
    after = shop.ask(f"state({buyer['customer']})")
    assert (after["open"], after["reminders"]) == ([], 0)


def _chosen_by_its_fields(page):
    """Whoever ticks an invoice or writes an amount means that, not all that is due."""
    page.get_by_role("checkbox", name="Pay ").first.check()
    expect(page.get_by_role("radio", name="The invoices ticked below")).to_be_checked()
    page.get_by_role("textbox", name="Amount EUR", exact=True).fill("10")
    page.get_by_role("textbox", name="Amount EUR", exact=True).blur()
    expect(page.get_by_role("radio", name="An amount")).to_be_checked()


def test_from_a_link_to_a_query_that_is_answered(entered):
    page, shop, buyer = entered("Asker")
    page.get_by_role("navigation").get_by_role("link", name="Queries").click()
    page.get_by_role("link", name="Question an invoice").click()
    page.get_by_role("checkbox", name="AS-1").check()
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Next").click()
    page.get_by_label("What is wrong?").or_(page.get_by_role("textbox").last).last.fill(
        "The price is not the one of the order."
    )
    page.get_by_role("button", name="Send the query").click()
    page.wait_for_url("**/portal/disputes/*/")
    told = shop.ask(f"state({buyer['customer']})")
    assert len(told["cases"]) == 1

    assert shop.ask(f"denied({buyer['customer']})")["status"] in {"resolved", "closed"}
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("Stays owed")
    # it is owed again in full, and nothing else was touched
    assert shop.ask(f"state({buyer['customer']})")["open"] == [40_000, 80_000]


def test_from_a_link_to_a_plan_whose_instalments_are_kept(entered):
    page, shop, buyer = entered("Planner")
    page.get_by_role("navigation").get_by_role("link", name="Promises and plans").click()
    page.get_by_role("link", name="Ask for a plan").first.click()
    page.get_by_role("button", name="Look at").first.click()
    page.get_by_role("button", name="Ask for this plan").click()
    page.wait_for_url("**/portal/arrangements/plan/*/")
    shop.ask(f"approved({buyer['customer']})")
    page.reload()
    page.get_by_role("main").get_by_role("textbox").first.fill("Jane Planner")
    for box in page.get_by_role("main").get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Accept", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("Jane Planner")
    assert shop.ask(f"state({buyer['customer']})")["plans"] == ["active"]

    count = len(shop.ask(f"state({buyer['customer']})")["instalments"])
    assert count > 1
    for paid in range(1, count + 1):
        page.get_by_role("navigation").get_by_role("link", name="Pay", exact=True).click()
        page.get_by_role("link", name="Pay this instalment").first.click()
        _pay_by_card(page)
        assert shop.ask("judged()") >= 1
        after = shop.ask(f"state({buyer['customer']})")
        assert after["instalments"][:paid] == ["paid"] * paid
        assert after["plans"] == ["completed" if paid == count else "active"]
    assert after["open"] == []


def test_a_link_that_was_used_opens_nothing_and_says_how_to_get_another(entered, browser):
    _page, shop, buyer = entered("Stranger")
    context = browser.new_context()
    other = context.new_page()
    other.goto(shop.address + buyer["link"])
    expect(other.get_by_role("main")).to_be_visible()
    other.goto(shop.address + "/portal/")
    expect(other).to_have_url(shop.address + "/portal/enter/")
    context.close()


def test_the_assistant_is_talked_to_by_keyboard_with_a_script_and_without(entered, browser):
    # axe writes a style of its own that our policy forbids
    page, shop, _buyer = entered("Talker", bypass_csp=True)
    page.goto(f"{shop.address}/portal/assistant/")
    region = page.get_by_role("log", name="What was said")
    region.evaluate("one => { one.dataset.before = 'yes' }")
    _press(page, "How much do I owe?")
    # the first text of a process waits until the reader has learnt: six CPU seconds
    expect(page.locator("#newest")).to_be_focused(timeout=120_000)
    expect(page.locator("#newest")).to_contain_text("1,200.00")
    # the region that tells of it is the one that stood there, so it is read out
    expect(region).to_have_attribute("data-before", "yes")
    expect(page.get_by_label("Your question")).to_have_value("")
    assert findings(page) == []
    _press(page, "Take it from 4111 1111 1111 1111")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Your question")).not_to_have_value("")

    plain = browser.new_context(
        storage_state=page.context.storage_state(), java_script_enabled=False
    )
    still = plain.new_page()
    still.goto(f"{shop.address}/portal/assistant/")
    _press(still, "Which invoices are open?")
    expect(still.locator("#newest:focus")).to_contain_text("TA-2")
    expect(still.get_by_role("listitem").filter(has_text="1,200.00")).to_have_count(1)
    plain.close()


def test_pages_are_usable_for_everybody_and_on_the_narrowest_phone_in_german(entered):
    """German words are the longest; a few of the pages by default, all in the long tier."""
    page, shop, _buyer = entered("Looker", bypass_csp=True)
    page.get_by_role("button", name="Deutsch").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    told = {}
    for path in dealt({path: path for path in PAGES}, "pages of the portal", 4):
        assert page.goto(f"{shop.address}/portal/{path}").status == 200, path
        found = findings(page, looks_of(path)) + [
            f"{page.locator('h1').count()} headings of the first level"
        ] * (page.locator("h1").count() != 1)
        page.set_viewport_size(NARROW)
        found += ["wider than the narrowest phone"] * page.evaluate(IS_TOO_WIDE)
        if found:
            told[path] = found
    assert told == {}


def _press(page, words):
    """Write to the assistant and send it, without a pointer."""
    page.get_by_label("Your question").focus()
    page.keyboard.insert_text(words)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")


def _pay_by_card(page):
    """Pay what was chosen, on our page and then on the provider's."""
    page.get_by_role("radio", name="Card €").check()
    page.get_by_role("button", name="Pay", exact=True).click()
    page.wait_for_url("**/loopback-bank/**")
    page.get_by_role("button", name="Pay", exact=True).click()
    expect(page.get_by_role("heading", name="Thank you, it is paid")).to_be_visible(timeout=30_000)
