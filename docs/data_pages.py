"""Pages and pictures of the reference that stand in files of their own, by name, and parts."""
# ruff: noqa: INP001 -- a script beside the text it writes, not a package

from collections.abc import Callable, Mapping

from export_page import export_page
from layers_page import layers_page, layers_svg
from markdown_tables import code, table
from rules_page import rules_page

from dunwell.api.endings import ENDINGS

DATA_PAGES: Mapping[str, Callable[[], str]] = {
    "export": export_page,
    "rules": rules_page,
    "layers": layers_page,
}
PICTURES: Mapping[str, Callable[[], str]] = {"layers.svg": layers_svg}
"""What docs/img holds of them."""
NO_END = "Nothing: every operation, parameter and field stays.\n"


def endings_part() -> str:
    """Return a table of what ends of the API, or that nothing does."""
    ends = [(code(one.what), one.deprecated_on, one.ends_on or "", one.read_at) for one in ENDINGS]
    return table(("what", "deprecated since", "ends on", "what to do"), ends) if ends else NO_END
