"""Planning workbooks: formulas that recompute to what stands beside them, and safe texts."""

import io
import re
import zipfile
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree as ET

from dunwell.formats.planning_sheets import (
    BudgetSheetRow,
    ScenarioBook,
    ScenarioSheet,
    write_budget,
    write_scenarios,
)

WORDS = dict.fromkeys(
    [
        "assumption",
        "receivables",
        "sales",
        "sales_days",
        "as_of",
        "currency",
        "from",
        "until",
        "expected",
        "p5",
        "p10",
        "p50",
        "p90",
        "p95",
        "base",
        "total",
        "later",
        "lost",
        "dso",
        "tied",
        "share",
        "note",
    ],
    "word",
)
CELL = re.compile(r"(?:(\w+)!)?\$?([A-Z]+)\$?(\d+)(?::\$?([A-Z]+)\$?(\d+))?")


MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def column(text):
    number = 0
    for letter in text:
        number = number * 26 + ord(letter) - 64
    return number


class Sheets:
    """Reads cells of a workbook from its XML and works formulas out by itself."""

    def __init__(self, data):
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            book = ET.fromstring(parts.read("xl/workbook.xml"))
            names = [one.get("name") for one in book.iter(f"{MAIN}sheet")]
            texts = [
                "".join(t.text or "" for t in one.iter(f"{MAIN}t"))
                for one in ET.fromstring(parts.read("xl/sharedStrings.xml"))
            ]
            self.formulas, self.values = {}, {}
            for number, name in enumerate(names, start=1):
                sheet = ET.fromstring(parts.read(f"xl/worksheets/sheet{number}.xml"))
                for cell in sheet.iter(f"{MAIN}c"):
                    self._keep(name, cell, texts)

    def _keep(self, name, cell, texts):
        at, told, formula = cell.get("r"), cell.find(f"{MAIN}v"), cell.find(f"{MAIN}f")
        if formula is not None:
            self.formulas[name, at] = formula.text
        if told is None or told.text is None:
            self.values[name, at] = ""
        elif cell.get("t") == "s":
            self.values[name, at] = texts[int(told.text)]
        else:
            self.values[name, at] = told.text if cell.get("t") == "str" else float(told.text)

    def value(self, sheet, coordinate):
        told = self.formulas.get((sheet, coordinate))
        if told is None:
            return self.values.get((sheet, coordinate), "")
        names = {}

        def name_of(match):
            where, column_, row, last_column, last_row = match.groups()
            if last_column:
                found = (
                    [
                        self.value(sheet, at) or 0
                        for kept, at in list(self.values)
                        if kept == sheet
                        and at.rstrip("0123456789") == column_ == last_column
                        and int(row) <= int(at.removeprefix(column_)) <= int(last_row)
                    ]
                    if column_ == last_column
                    else [
                        self.value(sheet, at) or 0
                        for kept, at in list(self.values)
                        if kept == sheet
                        and at.endswith(row)
                        and at.removesuffix(row).isalpha()
                        and column(column_) <= column(at.removesuffix(row)) <= column(last_column)
                    ]
                )
            else:
                found = self.value(where or sheet, f"{column_}{row}")
            names[key := f"v{len(names)}"] = found
            return key

        text = CELL.sub(name_of, told.replace('""', "EMPTY"))
        text = re.sub(r"(?<![<>=])=(?!=)", "==", text)
        tools = {
            "SUM": sum,
            "OR": lambda *parts: any(parts),
            "EMPTY": "",
        }
        return eval(_lazy(text), {"__builtins__": {}}, {**tools, **names})


def _lazy(text):
    """Turn the second and third part of each IF into functions, so that only one is worked out."""
    at = text.find("IF(")
    if at < 0:
        return text
    depth, parts, start = 0, [], at + 3
    for place in range(at + 3, len(text)):
        letter = text[place]
        if letter == "(":
            depth += 1
        elif letter == ")" and depth:
            depth -= 1
        elif letter in ",)" and not depth:
            parts.append(text[start:place])
            start = place + 1
            if letter == ")":
                break
    test, yes, no = (_lazy(part) for part in parts)
    return f"{text[:at]}(({yes}) if ({test}) else ({no})){_lazy(text[start:])}"


def checked(data):
    sheets = Sheets(data)
    for sheet, at in sheets.formulas:
        kept, worked_out = sheets.values[sheet, at], sheets.value(sheet, at)
        if isinstance(worked_out, str):
            assert kept == worked_out, (sheet, at)
        else:
            assert abs(kept - worked_out) < 1e-6, (sheet, at)
    return sheets, len(sheets.formulas)


def test_every_formula_of_a_scenario_book_recomputes_to_its_value_and_no_text_runs():
    name = '=HYPERLINK("http://evil")'
    book = ScenarioBook(
        as_of=date(2026, 3, 5),
        currency="EUR",
        periods=[(date(2026, 3, 6), date(2026, 3, 12)), (date(2026, 3, 13), date(2026, 3, 19))],
        base=dict.fromkeys(("expected", "p5", "p10", "p50", "p90", "p95"), (10000, 5001)),
        receivables_minor=900_00,
        sales_minor=1800_00,
        sales_days=90,
        scenarios=[
            ScenarioSheet(
                name=name, facts=[("Delay", 7), ("Customers", "+K1")], cash=(20_00, 100_00),
                later_minor=30_00, lost_minor=1, receivables_minor=930_00,
            )
        ],
    )  # fmt: skip
    data = write_scenarios(book, words=WORDS)
    sheets, found = checked(data)
    assert found == 6 + 2 + 2 * 3 + 2 + 2
    assert sheets.values["Assumptions", "B1"] == f"'{name}"
    assert sheets.values["Scenarios", "C8"] == 46.5
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        shown = b"".join(parts.read(one) for one in parts.namelist() if "sheet" in one)
    assert b"<f>HYPERLINK" not in shown


def test_a_budget_book_compares_the_months_both_know_and_recomputes():
    rows = [
        BudgetSheetRow(
            figure="sales", dimension="", key="", is_flow=True,
            budget=[Decimal(100), Decimal(0)], actual=[Decimal(90), Decimal(5)],
        ),
        BudgetSheetRow(
            figure="dso", dimension="segment", key="@SUM", is_flow=False,
            budget=[Decimal("45.5"), None], actual=[None, None],
        ),
    ]  # fmt: skip
    months = [date(2026, 1, 1), date(2026, 2, 1)]
    sheets, _found = checked(write_budget(rows, months=months, currency="EUR", words=WORDS))
    assert [sheets.values["Variance", cell] for cell in ("D2", "E2", "F2", "G2", "D3")] == [
        -10, 5, -0.1, "", "",
    ]  # fmt: skip
    assert sheets.values["Budget", "C3"] == "'@SUM"
