"""The import wizard in a browser: drop, answer, confirm, see the result; and without a script."""

import pytest

from tests.browser.test_accessibility import findings

pytestmark = [pytest.mark.browser, pytest.mark.dealt(one_in=10, of="journeys in a browser")]

FILE = (
    "Invoice No;Customer;Posted;Due;Total\n"
    "WIZ-{n}1;K{n};03/04/2025;05/06/2025;100,00\n"
    "WIZ-{n}2;K{n};04/05/2025;06/07/2025;250,50\n"
)


def export(n):
    return {"name": f"export-{n}.csv", "mimeType": "text/csv", "buffer": FILE.format(n=n).encode()}


def test_a_file_is_taken_in_questioned_and_imported(open_page):
    page = open_page("/imports/")
    page.set_input_files("#files", export(1))
    assert "export-1.csv" in page.locator("[data-chosen]").inner_text()
    page.get_by_role("button", name="Look at the files").click()

    page.get_by_text("which comes first: day or month?").wait_for()
    assert page.get_by_role("button", name="Import now").count() == 0
    page.get_by_label("Day first").check()
    page.get_by_label("Currency of rows that name none").select_option("EUR")
    page.get_by_role("button", name="Read again with these changes").click()

    page.get_by_role("button", name="Import now").wait_for()
    assert page.get_by_text("Apr 3, 2025").count() == 1
    page.get_by_role("button", name="Import now").click()
    page.get_by_role("link", name="To the worklist").wait_for(timeout=20_000)
    assert page.get_by_text("ties out").count() == 1


def test_a_dropped_file_is_chosen(open_page):
    page = open_page("/imports/")
    page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.items.add(new File(["a,b\\n1,2\\n"], "dropped.csv"));
            document.querySelector("[data-dropzone]").dispatchEvent(
                new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        }"""
    )
    assert "dropped.csv" in page.locator("[data-chosen]").inner_text()
    assert page.evaluate("document.getElementById('files').files.length") == 1


def test_two_columns_never_claim_one_field(open_page):
    page = open_page("/imports/")
    page.set_input_files("#files", export(2))
    page.get_by_role("button", name="Look at the files").click()
    page.get_by_label("Field for column Posted").select_option("due")
    assert page.get_by_label("Field for column Due").input_value() == ""


def test_it_works_without_a_script_on_a_phone(open_page):
    page = open_page("/imports/", size="phone", script=False)
    assert not page.locator("[data-dropzone]").is_hidden()
    page.set_input_files("#files", export(3))
    page.get_by_role("button", name="Look at the files").click()
    page.get_by_label("Month first").check()
    page.get_by_label("Currency of rows that name none").select_option("USD")
    page.get_by_role("button", name="Read again with these changes").click()
    page.get_by_role("button", name="Import now").click()
    if page.get_by_role("link", name="To the worklist").count() == 0:
        page.get_by_role("link", name="Refresh").click()
    page.get_by_role("link", name="To the worklist").wait_for(timeout=20_000)


def test_the_wizard_is_accessible_and_fits_a_phone(open_page):
    page = open_page("/imports/", bypass_csp=True)
    page.set_input_files("#files", export(4))
    page.get_by_role("button", name="Look at the files").click()
    page.get_by_text("which comes first: day or month?").wait_for()
    assert findings(page) == []
    page.get_by_label("Day first").check()
    page.get_by_label("Currency of rows that name none").select_option("EUR")
    page.get_by_role("button", name="Read again with these changes").click()
    page.get_by_role("button", name="Import now").click()
    page.get_by_role("link", name="To the worklist").wait_for(timeout=20_000)
    assert findings(page) == []
    page.get_by_role("link", name="Default currency").first.click()
    assert findings(page) == []
