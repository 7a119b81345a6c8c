"""Why a workbook is not opened, in the words that every kind of workbook has in common."""

from dunwell.formats.findings import TableError
from dunwell.formats.sheet_area import LAST_ROW


def damaged_workbook(name: str, why: object) -> TableError:
    """Return the refusal of a workbook that is damaged, and in which way."""
    return TableError(f"{name}: the workbook is damaged ({why}). Save or export it again.")


def locked_workbook(name: str) -> TableError:
    """Return the refusal of a workbook that only a password opens."""
    return TableError(f"{name}: is locked by a password. Save it without one.")


def stray_cells(name: str) -> TableError:
    """Return the refusal of a workbook whose cells lie too far out or apart."""
    return TableError(
        f"{name}: a sheet has cells beyond column ZZ or row {LAST_ROW:,}, or cells so far from "
        "the others that it is nearly all empty. Delete the stray cells or export the sheet as "
        "CSV."
    )


def too_much_text(name: str, most: int) -> TableError:
    """Return the refusal of a workbook whose cells show more than `most` bytes of text."""
    return TableError(
        f"{name}: the workbook shows long texts in so many cells that they take over "
        f"{most // 1024**2} MB. It was not opened. Export the sheet as CSV."
    )
