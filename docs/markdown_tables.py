"""Tables and code in Markdown, of which the pages of the reference are made."""
# ruff: noqa: INP001 -- a script beside the text it writes, not a package

from collections.abc import Iterable, Sequence

Row = Sequence[object]


def table(heads: Sequence[str], rows: Iterable[Row]) -> str:
    """Return a Markdown table; bars in cells are escaped."""
    lines = [heads, ["---"] * len(heads), *rows]
    cells = [[str(cell).replace("|", "\\|").replace("\n", " ") for cell in line] for line in lines]
    return "".join("| " + " | ".join(line) + " |\n" for line in cells)


def code(value: object) -> str:
    """Return a value as code; nothing for an empty one."""
    return f"`{value}`" if str(value) else ""


def codes(values: Iterable[object]) -> str:
    """Return values as code, separated by commas."""
    return ", ".join(code(value) for value in values)


def capital(text: str) -> str:
    """Return a text with a capital at its start."""
    return text[:1].upper() + text[1:]
