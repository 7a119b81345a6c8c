"""Rows of a frame as JSON texts, a column at a time: a day keeps thousands of them."""

import json

import polars as pl


def json_rows(rows: pl.DataFrame) -> list[str]:
    """Return each row as `json.dumps(row, sort_keys=True)` writes it.

    Columns hold whole numbers, texts and yes or no; TypeError names one that holds else.
    """
    if rows.is_empty():
        return []
    told: list[pl.Expr] = []
    for name in sorted(rows.columns):
        lead = f"{', ' if told else '{'}{json.dumps(name)}: "
        told += [pl.lit(lead), _json_values(rows[name]).fill_null("null")]
    return rows.select(text=pl.concat_str(*told, pl.lit("}")))["text"].to_list()


def _json_values(column: pl.Series) -> pl.Expr:
    value = pl.col(column.name)
    if column.dtype.is_integer():
        return value.cast(pl.String)
    if column.dtype == pl.Boolean:
        return pl.when(value).then(pl.lit("true")).when(~value).then(pl.lit("false"))
    if column.dtype == pl.String:
        texts = {text: json.dumps(text) for text in column.drop_nulls().unique()}
        return value.replace_strict(texts, default=None, return_dtype=pl.String)
    raise TypeError(f"{column.name} is {column.dtype}: no column of numbers, texts or yes or no")
