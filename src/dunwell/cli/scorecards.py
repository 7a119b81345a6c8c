"""`dunwell scorecard FILE`: a scorecard learned from a table, or a table scored by one."""

import argparse
import json
from datetime import date
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.cli.printing import Answer, Row, Table
from dunwell.engine.documents import DocumentError
from dunwell.engine.scorecard_changes import change_to, told
from dunwell.engine.scorecard_terms import CATEGORY, Scorecard
from dunwell.engine.scorecards import reasons, score_rows
from dunwell.engine.scorecards_policy import read_scorecard
from dunwell.formats.scoring_rows import read_scoring_rows
from dunwell.ml.scorecards.fit import FitChoices, fit_card
from dunwell.ml.scorecards.points import CardTitle
from dunwell.ml.scorecards.samples import Inputs, Sample, inputs_of, sample

VALID_FROM = date(2000, 1, 1)
"""A card learned from a file is valid from the beginning unless somebody dates it."""

REASONS = tuple(f"reason_{number}" for number in range(1, 5))


def scorecard(options: argparse.Namespace) -> Answer:
    """Return the points table and report of a card learned from a file, or the file scored.

    With `target` it learns, and writes the card where `card` says; without, it scores by the
    card. Raises ValueError for what cannot be learned from or read.
    """
    rows = read_scoring_rows(options.file, name=options.file.name)
    if options.target:
        return _learned(rows, options)
    if options.card is None:
        raise ValueError(
            "give --target and --bad to learn a scorecard, or --card to score the file by one"
        )
    return _scored(rows, _card(options.card))


def _learned(rows: pl.DataFrame, options: argparse.Namespace) -> Answer:
    if not options.bad:
        raise ValueError(f"give --bad, the value of {options.target} that means gone bad")
    away = [*options.leave_out, *options.protected]
    learned = sample(rows, target=options.target, bad=options.bad, leave_out=away)
    missing = [name for name in options.protected if name not in rows.columns]
    if missing:
        raise ValueError(f"there is no column {missing[0]!r} to look at as protected")
    found = fit_card(
        learned,
        CardTitle(
            name="scorecard",
            valid_from=VALID_FROM,
            subjects="natural_persons" if options.persons else "companies",
        ),
        FitChoices(
            method=options.method,
            seed=options.seed,
            protected=inputs_of(rows.select(options.protected)),
            refused=_refused(options, learned),
            harder=options.harder,
        ),
    )
    if options.card is not None:
        text = json.dumps(found.document, indent=1, ensure_ascii=False)
        options.card.write_text(text + "\n", encoding="utf-8")
    answer = {"report": found.report, "card": found.document}
    if options.format != "table":
        return answer, _points(found.document)
    return answer, [*_figures(found.report), *_points(found.document)]


def _refused(options: argparse.Namespace, learned: Sample) -> Inputs | None:
    """Return the inputs of those who were refused; raise ValueError for a missing column."""
    if options.refused is None:
        return None
    rows = read_scoring_rows(options.refused, name=options.refused.name)
    missing = [name for name in learned.inputs if name not in rows.columns]
    if missing:
        raise ValueError(f"{options.refused}: there is no column {missing[0]!r}; add it")
    return inputs_of(rows.select(list(learned.inputs)))


def _figures(report: dict[str, Any]) -> list[Row]:
    """Return the main figures as rows of the same columns as the points."""
    told_figures = [
        ("rows", f"{report['rows']:,} ({report['bad']:,} bad)"),
        ("method", report["method"]),
    ]
    told_figures += [
        (
            f"AUC, {name}",
            f"{one['auc']:.4f} (standard error {one['auc_se']:.4f}), KS {one['ks']:.3f}",
        )
        for name, one in report["methods"].items()
    ]
    told_figures += [
        ("calibration", "error {ece:.4f}, slope {slope:.3f}".format(**report["calibration"])),
        ("stability", f"PSI {report['stability']['points_psi']:.4f} between halves of the file"),
        ("average risk", f"from {report['cut_off']} points on"),
    ]  # fmt: skip
    told_figures += [
        (f"stands in for {row['protected']}", f"{row['input']} (V {row['v_milli'] / 1_000:.2f})")
        for row in report["stand_ins"]
        if row["stands_in"]
    ]
    told_figures += [
        (f"fairness, {name}", "within the bounds" if found["is_fair"] else "outside the bounds")
        for name, found in report["fairness"].items()
    ]
    return [{"input": name, "value": "", "points": text} for name, text in told_figures]


def _points(document: dict[str, Any]) -> list[Row]:
    """Return the points table: a row per bin."""
    body = document["scorecard"]
    rows: list[Row] = [{"input": "start", "value": "", "points": body["start"]}]
    for one in read_scorecard(document).inputs:
        for place, part in enumerate(one.places):
            if place < len(one.bins):
                value = told(change_to(one, len(one.places) - 1, place))
            else:
                value = "other" if one.kind == CATEGORY and place == len(one.bins) else "missing"
            rows.append({"input": one.name, "value": value, "points": part.points})
    return rows


def _card(path: Path) -> Scorecard:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path}: no JSON ({error}); give a card that this command wrote") from (
            error
        )
    try:
        return read_scorecard(document)
    except DocumentError as error:
        raise ValueError(f"{path}: {error}") from error


def _scored(rows: pl.DataFrame, card: Scorecard) -> Answer:
    """Return a row per row of the file: points, probability of going bad, and the reasons."""
    texts = [one.name for one in card.inputs if one.kind == CATEGORY and one.name in rows.columns]
    table = rows.with_columns(
        subject_id=pl.int_range(1, rows.height + 1, dtype=pl.Int64),
        **{name: pl.col(name).cast(pl.String) for name in texts},
    )
    frame = nw.from_native(table.lazy())
    scores = score_rows(frame, card).collect().sort("subject_id").to_native()
    why = reasons(frame, card).collect().sort("subject_id", "rank").to_native()
    by_subject: dict[int, list[str]] = {}
    for row in why.iter_rows(named=True):
        one = card.input(row["input"])
        way = told(change_to(one, row["place"], row["to_place"]))
        text = f"{one.places[row['place']].reason} (+{row['gain']} if {way})"
        by_subject.setdefault(row["subject_id"], []).append(text)
    found = []
    for row in scores.iter_rows(named=True):
        texts_of = by_subject.get(row["subject_id"], [])
        padded = [*texts_of, *[""] * (len(REASONS) - len(texts_of))]
        found.append(
            {
                "row": row["subject_id"],
                "points": row["points"],
                "pd_ppm": row["pd_ppm"],
                **dict(zip(REASONS, padded, strict=True)),
            }
        )
    columns = ("row", "points", "pd_ppm", *REASONS)
    return {"card": card.name, "version": card.version, "rows": found}, Table(columns, found)
