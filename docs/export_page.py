"""The page of the full export: every table and column of it, from the models themselves."""
# ruff: noqa: INP001 -- a script beside the text it writes, not a package

from markdown_tables import code, table

from dunwell.queries.desk_exports import BLANKED, LEFT_OUT, export_tables
from dunwell.queries.export_columns import table_meaning


def export_page() -> str:
    """Return what `dunwell export` writes: tables, columns, kinds, units, meanings."""
    text = (
        "# Tables of a full export\n\n`dunwell export` writes one file per table, with these "
        "columns in this order; `schema.json` in its folder says the same to programs. See "
        "[export and import](../how-to/export.md).\n\n"
        "| kind | Parquet | CSV | JSON lines |\n| --- | --- | --- | --- |\n"
        "| whole number | int64 | digits | number |\n"
        "| yes or no | bool | true, false | true, false |\n"
        "| day | date32 | YYYY-MM-DD | text YYYY-MM-DD |\n"
        "| moment | timestamp, microseconds, UTC | ISO 8601 | text, ISO 8601 |\n"
        "| text | string | text | text |\n"
        "| document | string that holds JSON | JSON | the document itself |\n"
        "| bytes | binary | base64 | text, base64 |\n\n"
        "In CSV every value stands in quotes and what is missing is empty without quotes, so that "
        "an empty text stays one; in JSON a missing document is left out.\n\n"
        "## Left out\n\n"
    )
    text += table(
        ("table", "because it holds, or is"), ((code(k), v) for k, v in LEFT_OUT.items())
    )
    text += "\nColumns written as a value that opens nothing:\n\n"
    text += table(("column", "value"), ((code(k), code(v) if v else "empty")
                                         for k, v in BLANKED.items()))  # fmt: skip
    for one in export_tables(is_opened=False):
        text += f"\n## {one.name}\n\n{table_meaning(one.model)}\n\n"
        rows = ((code(c.name), c.kind, c.unit, c.meaning) for c in one.columns)
        text += table(("column", "kind", "unit", "meaning"), rows)
    return text
