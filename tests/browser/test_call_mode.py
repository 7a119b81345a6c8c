"""Call mode by keyboard alone: a result in three keys, taken back by one, and a pause."""

import re

import pytest

from tests.browser.conftest import press_and_load

pytestmark = [pytest.mark.browser, pytest.mark.dealt(one_in=10, of="journeys in a browser")]

NAMES = ".calls #call-title, .calls .links a .strong"


def call_first(page):
    """Record a call with the first customer of the day's calls, at whatever hour this runs."""
    name = page.locator(NAMES).first.inner_text()
    if page.locator("#call-title").count() == 0:
        page.locator(".calls .links a").first.click()
        page.wait_for_url(re.compile(r"/customers/\d+/$"))
        page.keyboard.press("c")
        page.locator("dialog#dialog[open]").get_by_text("How did the call go?").wait_for()
    page.keyboard.press("1")  # reached
    page.keyboard.press("1")  # no cash now
    page.keyboard.press("5")  # keep on the list
    page.locator("#toasts", has_text=f"Call with {name} recorded.").wait_for()
    return name


def test_calls_are_made_and_taken_back_by_keyboard(desk, open_page):
    page = open_page(desk.sign_in_path("anna"), is_signed_in=False)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{desk.address}/")
    page.keyboard.press("g")
    page.keyboard.press("t")
    page.wait_for_url("**/my-day/")
    page.keyboard.press("c")
    page.wait_for_url("**/call/")
    name = call_first(page)
    page.goto(f"{desk.address}/call/")
    page.locator(".calls progress[value='1']").wait_for()

    press_and_load(page, "u")
    page.locator("#toasts", has_text=f"The call with {name} is taken back.").wait_for()
    page.locator("#call-title", has_text=name).wait_for()
    press_and_load(page, "b")
    page.get_by_text("until you go on").wait_for()
    press_and_load(page, "b")
    page.locator("#call-title", has_text=name).wait_for()

    page.keyboard.press("2")  # no answer
    press_and_load(page, "5")  # keep on the list
    page.locator("#toasts", has_text=f"Call with {name} recorded.").wait_for()
    page.keyboard.press("q")
    page.wait_for_url("**/my-day/")
    page.get_by_text("Done so far").wait_for()
