"""A clerk's day with payments by keyboard alone: nothing is clicked, no address is opened by hand."""

import json

import pytest

from tests.browser import cash_records
from tests.browser.cash_records import ITEMS
from tests.browser.conftest import press_and_load

pytestmark = [pytest.mark.browser, pytest.mark.release]


@pytest.fixture(scope="module")
def money(desk):
    """Five payments that stand first in the queue."""
    desk.manage("shell", "-v", "0", "-c", cash_records.CALL)


def queue(open_page):
    """The queue, found from the first page."""
    page = open_page("/")
    page.keyboard.press("g")
    press_and_load(page, "y")
    return page


def found(page, number):
    """Look for the payment in the queue and open it."""
    page.keyboard.press("f")
    page.keyboard.type(number)
    press_and_load(page, "Enter")
    press_and_load(page, "o")
    assert page.get_by_role("heading", level=1).inner_text() == number


def type_over(page, text):
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(text)


def take_item(page, number):
    """Find a further item; the amount of its row has the focus then."""
    page.keyboard.press("f")
    page.keyboard.type(number)
    page.keyboard.press("Enter")
    is_focused(page, f"Amount for {number}")


def is_focused(page, name):
    page.wait_for_function(
        "name => { const at = document.activeElement;"
        " return (at.ariaLabel ?? at.labels?.[0]?.innerText.trim() ?? '') === name }",
        arg=name,
    )


def told(page, text):
    page.locator("[data-sum]", has_text=text).wait_for()


def gone_on(page, number):
    """Apply by its key; the next payment stands there, with what was applied above it."""
    press_and_load(page, "a")
    assert page.locator("[role=alert]").all_inner_texts() == []
    page.get_by_text(f"{number} is applied.").wait_for()


def in_dialog(page, key, **fields):
    """Open a dialog by its key, type into one field after the other and send it by Enter."""
    page.keyboard.press(key)
    page.locator("dialog#dialog[open]").wait_for()
    for number, (label, text) in enumerate(fields.items()):
        if number:
            page.keyboard.press("Tab")
        is_focused(page, label.replace("_", " "))
        type_over(page, text)
    page.keyboard.press("Enter")
    page.locator("dialog#dialog:not([open])").wait_for(state="attached")


def heading(page, text):
    page.get_by_role("heading", level=1, name=text, exact=True).wait_for()


def test_keys_work_on_after_something_was_done_in_a_dialog(open_page, money):
    page = queue(open_page)
    found(page, "DAY-5")
    in_dialog(page, "h", Reason="who is that", Who_looks_at_it="lead")
    page.get_by_text("Held", exact=True).first.wait_for()
    in_dialog(page, "r", Reason="known now")
    page.get_by_text("To be decided", exact=True).first.wait_for()

    take_item(page, "KEYS-2")
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    told(page, "All of it is put on items.")


def test_enter_goes_on_in_the_fields_and_never_applies(open_page, money):
    page = queue(open_page)
    found(page, "DAY-2")
    page.keyboard.press("0")
    take_item(page, "KEYS-1")
    page.keyboard.type("1.00")
    page.keyboard.press("Escape")
    take_item(page, "KEYS-2")
    page.keyboard.type("2.00")
    page.keyboard.press("Escape")

    page.keyboard.press("f")
    page.keyboard.type("keys-")
    page.keyboard.press("Enter")
    is_focused(page, "Amount for KEYS-1")
    page.locator("#found", has_text="KEYS-4").wait_for()
    numbers = [n for n in page.locator("[data-row] th a").all_inner_texts() if n in ITEMS]
    assert numbers == sorted(ITEMS)

    page.keyboard.press("ArrowDown")
    is_focused(page, "Amount for KEYS-2")
    page.keyboard.press("ArrowUp")
    is_focused(page, "Amount for KEYS-1")
    for _ in numbers:
        page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.matches('[data-apply]')")
    told(page, "95.00 EUR stays on account")
    heading(page, "DAY-2")


def test_a_days_payments_are_decided_by_keyboard_alone(open_page, desk, money):
    page = queue(open_page)
    press_and_load(page, "o")

    heading(page, "DAY-1")  # one payment over two items, its payer remembered
    page.keyboard.press("0")  # only its amount may be like that of an item
    told(page, "450.00 EUR stays on account")
    take_item(page, "KEYS-1")
    page.keyboard.type("300.00")
    page.keyboard.press("Escape")
    take_item(page, "KEYS-2")
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    told(page, "All of it is put on items.")
    page.keyboard.press("Escape")
    page.keyboard.press("l")
    gone_on(page, "DAY-1")

    heading(page, "DAY-2")  # less a discount
    take_item(page, "KEYS-3")
    page.keyboard.type("98.00")
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    is_focused(page, "Discount")
    assert page.evaluate("document.activeElement.value") == "2.00"
    page.keyboard.press("Escape")
    gone_on(page, "DAY-2")

    heading(page, "DAY-3")  # less a deduction
    take_item(page, "KEYS-4")
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    is_focused(page, "Deduction")
    type_over(page, "4.00")
    page.keyboard.press("Tab")
    page.keyboard.type("Qual")
    page.keyboard.press("Escape")
    gone_on(page, "DAY-3")

    heading(page, "DAY-4")  # what was applied last is taken back; this one stays on account
    in_dialog(page, "u", Reason="wrong payment")
    page.locator("#toasts", has_text="Taken back; the payment waits again.").wait_for()
    in_dialog(page, "p", Customer_number="KEYS", Reason="says nothing")
    page.get_by_text("Left on account", exact=True).first.wait_for()
    press_and_load(page, "j")

    heading(page, "DAY-3")  # waits again; the next one is held
    press_and_load(page, "j")
    heading(page, "DAY-5")
    in_dialog(page, "h", Reason="who is that", Who_looks_at_it="lead")
    page.get_by_text("Held", exact=True).first.wait_for()

    answer = json.loads(desk.manage("shell", "-v", "0", "-c", cash_records.ASK).splitlines()[-1])
    assert answer == {
        "cases": {
            "DAY-1": "decided",
            "DAY-2": "decided",
            "DAY-3": "exception",
            "DAY-4": "parked",
            "DAY-5": "held",
        },
        "put": [
            ["DAY-1", "KEYS-1", 300_00],
            ["DAY-1", "KEYS-2", 150_00],
            ["DAY-2", "KEYS-3", 98_00],
            ["DAY-3", "KEYS-4", 75_00],
            ["DAY-3", "KEYS-4", -75_00],
        ],
        "given up": [["KEYS-3", "discount", 2_00]],
        "refused": [["KEYS-4", "quality", 4_00, "Taken back: wrong payment"]],
        "on account of": ["KEYS"],
        "learned": [["name", "KEYS"]],
    }
