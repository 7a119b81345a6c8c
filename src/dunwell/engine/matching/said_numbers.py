"""Which items of a large book have a number that is said: one table a run, looked up set-based.

`numbers_of` is computed once; what every batch of payments costs then is a look-up by the last
digits, and a comparison of the few rows that are left.
"""

import re
from collections.abc import Collection, Iterator

import narwhals.stable.v2 as nw

from dunwell.engine.matching.inputs import Key

SEVERAL = r"[\s;,|]"
"""What parts the numbers of a reference that holds several."""
LAST = 8
"""So many of the last digits are looked up."""
_SPLIT = re.compile(rf"{SEVERAL}+")
_LAST_GROUP = re.compile(r"([0-9]+)[^0-9]*$")
_NOT_TELLING = re.compile("[^1-9]")


def numbers_of(items: nw.DataFrame) -> nw.DataFrame:
    """Return every number of the items: item_id, text (upper case), ending.

    `items` have item_id, number and reference. A reference is one number, and where it holds
    several, each of them as well. The ending is the last group of digits without leading
    zeros, at most LAST of them.
    """
    numbers = items.select("item_id", nw.col("number").fill_null("").alias("text"))
    others = items.select("item_id", nw.col("reference").fill_null("").alias("text"))
    others = others.filter(nw.col("text") != "")
    tables = [numbers, others]
    several = others.filter(nw.col("text").str.contains(SEVERAL))
    if len(several):
        parts = list(_parts(several))
        told = {"item_id": [key for key, _ in parts], "text": [text for _, text in parts]}
        schema = {name: several.schema[name] for name in ("item_id", "text")}
        tables.append(nw.from_dict(told, schema, backend=items.implementation))
    text = nw.col("text").str.to_uppercase()
    return nw.concat(tables).with_columns(text.alias("text"), _ending(text).alias("ending"))


def _parts(several: nw.DataFrame) -> Iterator[tuple[Key, str]]:
    """Yield each number of a list of them, with its item."""
    keys, texts = several["item_id"].to_list(), several["text"].to_list()
    for key, text in zip(keys, texts, strict=True):
        for one in _SPLIT.split(text):
            if one:
                yield key, one


def _ending(text: nw.Expr) -> nw.Expr:
    last = text.str.replace_all("[^0-9]+$", "").str.replace_all("^.*[^0-9]", "")
    return last.str.replace_all("^0+", "").str.tail(LAST)


def said_items(numbers: nw.DataFrame, said: Collection[str]) -> list[Key]:
    """Return the items one of whose numbers may have a form among those said, in no order.

    `said` are letters and digits in upper case (`claims.said_keys`). Complete for all forms of
    `references.number_forms`; a few more come along, which `references.compare` tells apart.
    """
    wanted = _endings(said)
    few = numbers.filter(nw.col("ending").is_in(wanted))
    if not len(few):
        return []
    return few.filter(_may_be_said(nw.col("text"), said))["item_id"].unique().to_list()


def last_digits(said: Collection[str]) -> list[str]:
    """Return with what the last group of digits of a number may end of which one form is said.

    Without leading zeros, see `_endings`; a number without digits but zeros ends with nothing.
    """
    groups = {match[1] for one in said if (match := _LAST_GROUP.search(one))}
    ends = {one[start:] for one in groups for start in range(len(one)) if one[start] != "0"}
    return sorted(ends)


def _endings(said: Collection[str]) -> list[str]:
    """Return the endings a number may have of which one form is said.

    Every form ends with the number's last group of digits, but for leading zeros and letters
    behind it; so its ending is an ending of the said one's last group, or nothing but zeros.
    """
    found = {""}
    for one in said:
        match = _LAST_GROUP.search(one)
        if match:
            digits = match[1][-LAST:]
            found.update(digits[-length:] for length in range(1, len(digits) + 1))
    return sorted(found)


def _may_be_said(upper: nw.Expr, said: Collection[str]) -> nw.Expr:
    """Return whether a number has the digits of one that is said, zeros left out, or ends in them.

    All forms of a number have the same digits but for zeros, and the last group of digits is a
    form of its own.
    """
    digits = sorted({_NOT_TELLING.sub("", one) for one in said})
    last = upper.str.replace_all("[^0-9]+$", "").str.replace_all("^.*[^0-9]", "")
    return upper.str.replace_all("[^1-9]", "").is_in(digits) | last.str.replace_all("0", "").is_in(
        digits
    )
