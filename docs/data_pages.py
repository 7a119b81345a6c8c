"""Pages and pictures of the reference that stand in files of their own, by name."""
# ruff: noqa: INP001 -- a script beside the text it writes, not a package

from collections.abc import Callable, Mapping

from export_page import export_page
from layers_page import layers_page, layers_svg
from rules_page import rules_page

DATA_PAGES: Mapping[str, Callable[[], str]] = {
    "export": export_page,
    "rules": rules_page,
    "layers": layers_page,
}
PICTURES: Mapping[str, Callable[[], str]] = {"layers.svg": layers_svg}
"""What docs/img holds of them."""
