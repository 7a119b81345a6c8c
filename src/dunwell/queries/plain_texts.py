"""The plain texts of a day, put together a column at a time: a day words tens of thousands.

What is plain reads as `engine.rendering.render` writes it. Whoever is not is left out here, and
left to it: a value too long or of several lines where one is meant, more lines than a text
shows, charges, a comparison of wordings.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine.fillings import breaks_rows, filled_rows, gapless_rows, names, one_line_rows
from dunwell.engine.rendering import body_parts, said_alike
from dunwell.engine.wording import (
    LONGEST_BODY,
    LONGEST_SUBJECT,
    LONGEST_VALUE,
    Wording,
    WordingError,
)
from dunwell.queries.line_texts import money_texts
from dunwell.queries.wordings import ChosenWording, WordingsInForce

FEW = 8
"""So many texts of one wording are sooner put together one by one."""
OWN = (
    *("customer_name", "contact_name", "collector_name", "reference"),
    *("item_count", "oldest_days_late"),
)
"""Values that are each customer's own."""
BLOCKS = ("lines", "credits", "totals")
Said = Mapping[str, tuple[tuple[str, str], ...]]
"""What all messages of a language say alike."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one message, and the text they were made of."""

    chosen: ChosenWording
    subject: str
    body: str


def plain_messages(
    wanted: pl.DataFrame, texts: Mapping[str, WordingsInForce], said: Said
) -> dict[int, Words]:
    """Return the plain texts by customer, of wordings that more than FEW get.

    `wanted` holds customer_id, language, template, segment and what `plain_texts` needs.
    """
    by_case = _looked_through(wanted).partition_by("language", "template", "segment", as_dict=True)
    groups: dict[tuple[str, str, str], tuple[ChosenWording, list[pl.DataFrame]]] = {}
    for (language, template, segment), part in by_case.items():
        chosen = texts[language].same_for_all(template, segment=str(segment))
        if chosen is not None:
            groups.setdefault((language, template, chosen.tone), (chosen, []))[1].append(part)
    found: dict[int, Words] = {}
    for (language, _, _), (chosen, parts) in groups.items():
        rows = pl.concat(parts)
        if rows.height > FEW:
            put = _put(rows, chosen.wording, said[language])
            found |= {key: Words(chosen, *words) for key, *words in put.iter_rows()}
    return found


def plain_texts(
    rows: pl.DataFrame, wording: Wording, said: tuple[tuple[str, str], ...]
) -> pl.DataFrame:
    """Return customer_id, subject and body of those whose text is plain.

    The rows hold customer_id, the values OWN, and BLOCKS as their lines, each ended by a line
    break, empty where there are none and null where they are not plain.
    """
    return _put(_looked_through(rows), wording, said)


def _looked_through(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with their values in one line, and whether each was in several.

    Without those of which render refuses a value, whether or not a text says it.
    """
    clean: pl.DataFrame = (
        nw.from_native(rows)
        .with_columns(
            *[breaks_rows(name).alias(f"{name} broken") for name in OWN],
            *[one_line_rows(name, longest=LONGEST_VALUE).alias(name) for name in OWN],
        )
        .to_native()
    )
    return clean.drop_nulls([*OWN, *BLOCKS])


def _put(clean: pl.DataFrame, wording: Wording, said: tuple[tuple[str, str], ...]) -> pl.DataFrame:
    """Return customer_id, subject and body of the rows that were looked through."""
    nothing = pl.DataFrame(schema={n: clean.schema.get(n, pl.String) for n in _PUT})
    try:
        alike = said_alike(said, f"{wording.template} ({wording.language})")
    except WordingError:
        return nothing
    in_subject = names(wording.subject)
    if not {*in_subject, *names(wording.body)}.issubset((*OWN, *BLOCKS, *alike.values)):
        return nothing
    if not alike.broken.isdisjoint(in_subject):
        return nothing
    broken = [f"{name} broken" for name in in_subject if name in OWN]
    put: pl.DataFrame = (
        nw.from_native(clean.filter(~pl.any_horizontal(pl.lit(value=False), *broken)))
        .with_columns(
            *[nw.lit(text).alias(name) for name, text in alike.values.items()],
            _headed(wording.credits_heading).alias("credits"),
        )
        .select("customer_id", subject=_one(wording.subject), body=_body(wording.body))
        .filter(
            nw.col("subject").str.len_chars() <= LONGEST_SUBJECT + LONGEST_VALUE,
            nw.col("body").str.len_chars() <= LONGEST_BODY,
        )
        .to_native()
    )
    return put


_PUT = ("customer_id", "subject", "body")


def total_blocks(totals: pl.DataFrame, texts: Mapping[str, WordingsInForce]) -> pl.DataFrame:
    """Return customer_id, totals: the lines of (customer_id, language, currency, demand_minor).

    Each line is ended by a line break.
    """
    parts = [pl.DataFrame(schema={"customer_id": pl.Int64, "totals": pl.String})]
    for (language,), part in totals.partition_by("language", as_dict=True).items():
        amounts = part.select("currency", amount_minor="demand_minor")
        stated = part.select("customer_id", "currency", total=money_texts(amounts, language))
        worded = nw.from_native(stated.sort("customer_id", "currency")).with_columns(
            line=_one(texts[language].document.total_line)
        )
        block = pl.col("line").str.join("\n") + "\n"
        parts.append(worded.to_native().group_by("customer_id").agg(totals=block))
    return pl.concat(parts)


def _one(text: str) -> nw.Expr:
    return filled_rows(text) if text else nw.lit("")


def _headed(heading: str) -> nw.Expr:
    block = nw.col("credits")
    headed = nw.concat_str(nw.lit(f"{heading}\n"), block)
    return nw.when(block == "").then(block).otherwise(headed)


def _body(body: str) -> nw.Expr:
    parts = [
        nw.col(block) if block else nw.concat_str(_one(text), nw.lit("\n"))
        for block, text in body_parts(body)
    ]
    return nw.concat_str(gapless_rows(nw.concat_str(*parts)).str.strip_chars(), nw.lit("\n"))
