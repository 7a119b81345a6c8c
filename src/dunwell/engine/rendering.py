"""A wording and its facts put together: the subject and the body of one message.

A day renders thousands of messages from a few wordings, so each wording is cut up once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from dunwell.engine import fillings
from dunwell.engine.fillings import BREAK, CONTROL, filled, names, one_line
from dunwell.engine.wording import (
    LONGEST_BODY,
    LONGEST_SUBJECT,
    LONGEST_VALUE,
    MOST_LINES,
    SEVERAL_LINES,
    Facts,
    Line,
    Wording,
    WordingError,
    block_of,
)


def render(wording: Wording, facts: Facts) -> tuple[str, str]:
    """Return subject and body.

    A line break in a value becomes a space, except in `how_to_pay`; in a subject
    it is refused. Beyond MOST_LINES items the rest is counted in one line. Raises
    WordingError when a fact is missing or a text grows too long.
    """
    where = f"{wording.template} ({wording.language})"
    said = said_alike(facts.said, where)
    everything = {
        # most fit as they are, and a day has a hundred thousand
        name: text
        if len(text) <= LONGEST_VALUE and text.isprintable()
        else _value(name, text, where)
        for name, text in facts.values.items()
    }
    everything |= said.values
    for code, text in facts.totals.items():
        everything[f"total:{code}"] = _value("total", text, where)
    for name in names(wording.subject):
        if name in said.broken or BREAK.search(facts.values.get(name, "")):
            raise WordingError(f"{where}: {name} holds a line break and stands in the subject")
    subject = _fill(wording.subject, everything, where)
    blocks = {
        "lines": _lines(wording, facts.items, where),
        "credits": _credits(wording, facts.credits, where),
        "charges": _charges(wording, facts, where),
        "totals": [
            _fill(
                wording.total_line,
                {"currency": code, "total": everything[f"total:{code}"]},
                where,
            )
            for code in sorted(facts.totals)
        ],
    }
    lines: list[str] = []
    for block, text in body_parts(wording.body):
        lines += [_fill(text, everything, where)] if block is None else blocks[block]
    body = fillings.without_gaps("\n".join(lines)).strip() + "\n"
    if len(subject) > LONGEST_SUBJECT + LONGEST_VALUE or len(body) > LONGEST_BODY:
        raise WordingError(f"{where}: the text grew too long; shorten the wording or the facts")
    return subject, body


@dataclass(frozen=True, slots=True)
class Said:
    """What many messages say alike, as it stands in them, and which of it had line breaks."""

    values: Mapping[str, str]
    broken: frozenset[str]


@lru_cache(maxsize=256)
def said_alike(said: tuple[tuple[str, str], ...], where: str) -> Said:
    """Return what messages say alike, looked through once; WordingError for what is too long."""
    return Said(
        values={name: _value(name, text, where) for name, text in said},
        broken=frozenset(name for name, text in said if BREAK.search(text)),
    )


@lru_cache(maxsize=256)
def body_parts(body: str) -> tuple[tuple[str | None, str], ...]:
    """Return (block, its line) or (None, lines between two blocks) in the order of a body."""
    found: list[tuple[str | None, str]] = []
    for line in body.split("\n"):
        block = block_of(line)
        is_next = block is None and found and found[-1][0] is None
        found.append((block, f"{found.pop()[1]}\n{line}" if is_next else line))
    return tuple(found)


def _fill(text: str, values: Mapping[str, str], where: str) -> str:
    try:
        return filled(text, values)
    except KeyError as missing:
        raise WordingError(f"{where}: the fact for {missing.args[0]} is missing") from None


def _value(name: str, text: str, where: str) -> str:
    if len(text) > LONGEST_VALUE:
        raise WordingError(f"{where}: {name} is longer than {LONGEST_VALUE} characters")
    if name in SEVERAL_LINES and not text.isprintable():
        return "\n".join(CONTROL.sub(" ", line) for line in text.splitlines())
    return one_line(text)


def _lines(wording: Wording, rows: Sequence[Line], where: str) -> list[str]:
    shown = [
        row
        if isinstance(row, str)
        else _row(wording.line if row.get("days_late") else wording.line_before_due, row, where)
        for row in rows[:MOST_LINES]
    ]
    return shown + _more(wording, rows, where)


def _credits(wording: Wording, rows: Sequence[Line], where: str) -> list[str]:
    if not rows:
        return []
    shown = [
        row if isinstance(row, str) else _row(wording.credit_line, row, where)
        for row in rows[:MOST_LINES]
    ]
    return [wording.credits_heading, *shown, *_more(wording, rows, where)]


def _charges(wording: Wording, facts: Facts, where: str) -> list[str]:
    if not facts.charges or not wording.charges_heading:
        return []
    until = {"charges_until": _value("charges_until", facts.values["charges_until"], where)}
    return [
        _fill(wording.charges_heading, until, where),
        *[_row(wording.charge_line, row, where) for row in facts.charges[:MOST_LINES]],
        *_more(wording, facts.charges, where),
        *[_row(wording.charges_total_line, row, where) for row in facts.charge_totals],
    ]


def _row(form: str, row: Mapping[str, str], where: str) -> str:
    return _fill(form, {name: _value(name, text, where) for name, text in row.items()}, where)


def _more(wording: Wording, rows: Sequence[Line], where: str) -> list[str]:
    """Return the line that counts what is not shown, if anything is not."""
    left = len(rows) - MOST_LINES
    return [_fill(wording.more_line, {"count": str(left)}, where)] if left > 0 else []
