"""A guided tour by keyboard alone, on a phone too, and what axe finds on its pages."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.test_accessibility import RULES

pytestmark = [pytest.mark.browser, pytest.mark.dealt(one_in=10, of="journeys in a browser")]


def press(page, name):
    """Walk to a control of the panel by Tab from where the focus stands, and press it."""
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").strip() == name:
            page.keyboard.press("Enter")
            return
    pytest.fail(f"Tab does not lead to {name}")


def stop(page, number, title):
    """Wait until the panel shows a stop; it has the focus, so that it is read first."""
    page.get_by_text(f"stop {number} of").wait_for()
    panel = page.get_by_role("region", name=title)
    panel.wait_for()
    page.wait_for_function("document.activeElement.id === 'tour'")
    return panel


def began(open_page, name, **how):
    page = open_page("/tours/", **how)
    # a tour leads over pages that are heavy on a busy machine
    page.set_default_timeout(60_000)
    page.get_by_role("button", name=re.compile(rf"Start\s*: {name}")).press("Enter")
    return page


def test_a_tour_is_walked_by_keyboard_and_remembers_where_one_is(open_page, desk):
    page = began(open_page, "Collector")
    stop(page, 1, "What today should bring")
    press(page, "Next stop")
    stop(page, 2, "Whom to call first, and why")
    press(page, "Next stop")
    stop(page, 3, "Everything about one customer")
    assert "/customers/" in page.url
    press(page, "Stop before")
    stop(page, 2, "Whom to call first, and why")

    page.goto(f"{desk.address}/items/")
    panel = page.get_by_role("region", name="Whom to call first, and why")
    panel.get_by_role("link", name="Go there").press("Enter")
    page.wait_for_url("**/worklist/**")
    press(page, "End the tour")
    page.wait_for_url("**/tours/")
    assert page.locator("#tour").count() == 0


def test_help_leads_to_the_tours(open_page):
    page = open_page("/customers/")
    page.keyboard.press("?")
    page.locator("dialog#keys[open]").get_by_role("link", name="Guided tours").press("Enter")
    page.get_by_role("heading", level=1, name="Guided tours").wait_for()


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_tour_is_accessible_in_both_themes_and_needs_no_scrolling_aside(open_page, size):
    page = began(open_page, "Cash-application clerk", size=size)
    stop(page, 1, "Payments that need a person")
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        found = Axe().run(page, options=RULES).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    press(page, "Next stop")
    stop(page, 2, "One payment and its proposals")
    press(page, "End the tour")
    page.wait_for_url("**/tours/")
    found = Axe().run(page, options=RULES).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == []


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_page_that_puts_the_demo_back_is_accessible_in_both_themes(open_page, size):
    page = open_page("/tours/first-day/", size=size)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        found = Axe().run(page, options=RULES).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == []
    page.get_by_role("button", name="Put the demo back").press("Enter")
    page.get_by_text("This field is required.").wait_for()


def test_a_tour_works_without_a_script(open_page):
    page = began(open_page, "Dispute resolver", script=False)
    page.get_by_text("stop 1 of 5").wait_for()
    page.get_by_role("button", name="Next stop").press("Enter")
    page.get_by_text("stop 2 of 5").wait_for()
