"""Reading a scorecard document strictly: every refusal says what, where, and what to do."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from dunwell.engine import documents
from dunwell.engine.documents import DocumentError
from dunwell.engine.protected_inputs import protected_ground
from dunwell.engine.scorecard_terms import (
    CATEGORY,
    COMPANIES,
    KINDS,
    METHODS,
    PERSONS,
    SUBJECTS,
    Bin,
    CalibrationPoint,
    CardCase,
    CardInput,
    Scale,
    Scorecard,
    Value,
)

PPM = 1_000_000
MOST_POINTS = 100_000
MOST_INPUTS, MOST_BINS, MOST_TEXT = 200, 200, 300
MOST_VALUES = 2_000

_NAME = re.compile("[a-z][a-z0-9_]{0,79}")
_FIELDS = {
    *("name", "version", "valid_from", "subjects", "method", "scale", "start", "inputs"),
    *("calibration", "cut_off"),
}
_INPUT = {"name", "label", "kind", "bins", "other", "missing", "policy_points"}


def read_scorecard(document: Mapping[str, object]) -> Scorecard:
    """Build a scorecard from a parsed document of the form {scorecard: …, cases: […]}.

    Raises DocumentError naming the first wrong field: a stretch out of order, a bin below the
    policy's points without a reason, a probability that rises with the points, an input that
    may not be asked of a natural person.
    """
    outer = documents.fields(document, "document")
    documents.known(outer, {"scorecard", "cases"}, "document")
    body = documents.fields(outer.get("scorecard"), "scorecard")
    documents.known(body, _FIELDS, "scorecard")
    name = documents.text(body, "name", "scorecard")
    if not _NAME.fullmatch(name):
        raise DocumentError(
            f"scorecard: name {name!r} cannot be used; write a-z, 0-9 and _, "
            "beginning with a letter"
        )
    card = Scorecard(
        name=name,
        version=documents.number(body, "version", "scorecard", default=1, smallest=1),
        valid_from=documents.day(body.get("valid_from"), "valid_from", "scorecard"),
        subjects=documents.choice(
            body.get("subjects", COMPANIES), "subjects", SUBJECTS, "scorecard"
        ),
        method=documents.choice(body.get("method", "by_hand"), "method", METHODS, "scorecard"),
        scale=_scale(body.get("scale")),
        start=_points(body, "start", "scorecard"),
        inputs=_inputs(body.get("inputs")),
        calibration=_calibration(body.get("calibration")),
        cut_off=_cut_off(body),
    )
    _check_persons(card)
    return replace(card, cases=_cases(outer.get("cases", []), card))


def _scale(value: object) -> Scale:
    where = "scorecard, scale"
    stated = {} if value is None else documents.fields(value, where)
    documents.known(stated, {"base_points", "base_odds", "double_points"}, where)
    standard = Scale()
    return Scale(
        base_points=_points(stated, "base_points", where, default=standard.base_points),
        base_odds=documents.number(
            stated, "base_odds", where, default=standard.base_odds, smallest=1, largest=PPM
        ),
        double_points=documents.number(
            stated, "double_points", where, default=standard.double_points, smallest=1,
            largest=MOST_POINTS,
        ),
    )  # fmt: skip


def _points(
    stated: Mapping[str, object], name: str, where: str, *, default: int | None = None
) -> int:
    return documents.number(
        stated, name, where, default=default, smallest=-MOST_POINTS, largest=MOST_POINTS
    )


def _cut_off(body: Mapping[str, object]) -> int | None:
    return None if body.get("cut_off") is None else _points(body, "cut_off", "scorecard")


def _inputs(value: object) -> tuple[CardInput, ...]:
    listed = documents.rows(value, "inputs", "scorecard")
    if not 1 <= len(listed) <= MOST_INPUTS:
        raise DocumentError(
            f"scorecard: {len(listed)} inputs are stated; give 1 to {MOST_INPUTS} of them"
        )
    found = tuple(_input(entry, number) for number, entry in enumerate(listed, 1))
    names = [one.name for one in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DocumentError(f"scorecard: input {twice[0]!r} is stated twice; keep one of them")
    return found


def _input(entry: object, number: int) -> CardInput:
    stated = documents.fields(entry, f"scorecard, input {number}")
    name = documents.text(stated, "name", f"scorecard, input {number}")
    where = f"scorecard, input {name}"
    documents.known(stated, _INPUT, where)
    kind = documents.choice(stated.get("kind", "whole"), "kind", KINDS, where)
    listed = documents.rows(stated.get("bins"), "bins", where)
    if not 1 <= len(listed) <= MOST_BINS:
        raise DocumentError(f"{where}: {len(listed)} bins are stated; give 1 to {MOST_BINS}")
    read = _text_bin if kind == CATEGORY else _number_bin
    bins = tuple(read(one, f"{where}, bin {at}") for at, one in enumerate(listed, 1))
    if kind == CATEGORY:
        _check_texts(bins, where)
    else:
        _check_edges(bins, kind, where)
    missing = _plain_bin(stated.get("missing"), f"{where}, missing")
    other = None
    if kind == CATEGORY:
        # a text that is in no group tells as little as none
        stated_other = stated.get("other")
        other = missing if stated_other is None else _plain_bin(stated_other, f"{where}, other")
    if kind != CATEGORY and stated.get("other") is not None:
        raise DocumentError(f"{where}: other is for texts; a number always lies in a stretch")
    best = max(one.points for one in bins)
    policy = _points(stated, "policy_points", where, default=best)
    if policy > best:
        raise DocumentError(
            f"{where}: policy_points is {policy} but no bin has more than {best}; lower it"
        )
    found = CardInput(
        name=name,
        label=documents.text(stated, "label", where, default=name),
        kind=kind,
        bins=bins,
        other=other,
        missing=missing,
        policy_points=policy,
    )
    _check_reasons(found, where)
    return found


def _number_bin(value: object, where: str) -> Bin:
    stated = documents.fields(value, where)
    documents.known(stated, {"up_to", "points", "reason"}, where)
    edge = stated.get("up_to")
    is_number = isinstance(edge, int | float) and not isinstance(edge, bool)
    if edge is not None and not (is_number and math.isfinite(float(str(edge)))):
        raise DocumentError(f"{where}: up_to must be a number, found {edge!r}")
    return Bin(
        points=_points(stated, "points", where),
        reason=_reason(stated, where),
        up_to=edge if isinstance(edge, int | float) else None,
    )


def _text_bin(value: object, where: str) -> Bin:
    stated = documents.fields(value, where)
    documents.known(stated, {"values", "points", "reason"}, where)
    listed = documents.rows(stated.get("values"), "values", where)
    # YAML reads an unquoted yes as true
    texts = ["yes" if one is True else "no" if one is False else one for one in listed]
    values = documents.names(texts, "values", where)
    if not 1 <= len(values) <= MOST_VALUES:
        raise DocumentError(f"{where}: {len(values)} values are stated; give 1 to {MOST_VALUES}")
    return Bin(
        points=_points(stated, "points", where), reason=_reason(stated, where), values=values
    )


def _plain_bin(value: object, where: str) -> Bin:
    stated: Mapping[str, object] = (
        {"points": 0} if value is None else documents.fields(value, where)
    )
    documents.known(stated, {"points", "reason"}, where)
    return Bin(points=_points(stated, "points", where), reason=_reason(stated, where))


def _reason(stated: Mapping[str, object], where: str) -> str:
    text = documents.text(stated, "reason", where, default="")
    if len(text) > MOST_TEXT:
        raise DocumentError(f"{where}: reason is longer than {MOST_TEXT} characters; shorten it")
    return text


def _check_edges(bins: Sequence[Bin], kind: str, where: str) -> None:
    edges = [one.up_to for one in bins]
    if edges[-1] is not None or None in edges[:-1]:
        raise DocumentError(
            f"{where}: every bin but the last needs up_to, and the last must not have it"
        )
    known = [edge for edge in edges if edge is not None]
    if known != sorted(set(known)):
        raise DocumentError(f"{where}: up_to must rise from bin to bin; sort the bins")
    if kind == "whole" and any(not isinstance(edge, int) for edge in known):
        raise DocumentError(f"{where}: a whole number needs whole up_to, or make it kind number")


def _check_texts(bins: Sequence[Bin], where: str) -> None:
    texts = [text for one in bins for text in one.values]
    twice = sorted({text for text in texts if texts.count(text) > 1}) if texts else []
    if twice:
        raise DocumentError(f"{where}: value {twice[0]!r} stands in two bins; keep one of them")


def _check_reasons(found: CardInput, where: str) -> None:
    for number, one in enumerate(found.places, 1):
        if one.points < found.best and not one.reason:
            raise DocumentError(
                f"{where}, bin {number} of {len(found.places)}: {one.points} points are less than "
                f"the best bin's {found.best}; give the reason a person is told"
            )


def _calibration(value: object) -> tuple[CalibrationPoint, ...]:
    where = "scorecard, calibration"
    found = []
    for number, entry in enumerate(documents.rows(value, "calibration", "scorecard"), 1):
        stated = documents.fields(entry, f"{where} {number}")
        documents.known(stated, {"points", "pd_ppm"}, f"{where} {number}")
        found.append(
            CalibrationPoint(
                points=_points(stated, "points", f"{where} {number}"),
                pd_ppm=documents.number(stated, "pd_ppm", f"{where} {number}", largest=PPM),
            )
        )
    if not found:
        raise DocumentError(f"{where}: give at least one row of points and pd_ppm")
    for before, after in pairwise(found):
        if after.points <= before.points or after.pd_ppm > before.pd_ppm:
            raise DocumentError(
                f"{where}: after {before.points} points with {before.pd_ppm} ppm come "
                f"{after.points} with {after.pd_ppm}; points must rise and pd_ppm must not"
            )
    return tuple(found)


def _check_persons(card: Scorecard) -> None:
    if card.subjects != PERSONS:
        return
    for one in card.inputs:
        ground = protected_ground(one.name) or protected_ground(one.label)
        if ground:
            raise DocumentError(
                f"scorecard, input {one.name}: it speaks of {ground}, which may not score a "
                "natural person; leave it out"
            )


def _cases(value: object, card: Scorecard) -> tuple[CardCase, ...]:
    names = {one.name for one in card.inputs}
    found = []
    for number, entry in enumerate(documents.rows(value, "cases", "document"), 1):
        where = f"case {number}"
        stated = documents.fields(entry, where)
        documents.known(stated, {"name", "values", "points", "pd_ppm"}, where)
        values = documents.fields(stated.get("values"), f"{where}, values")
        documents.known(values, names, f"{where}, values")
        pd_ppm = stated.get("pd_ppm")
        found.append(
            CardCase(
                name=documents.text(stated, "name", where),
                values={name: _value(given, f"{where}, {name}") for name, given in values.items()},
                points=_points(stated, "points", where),
                pd_ppm=None
                if pd_ppm is None
                else documents.number(stated, "pd_ppm", where, largest=PPM),
            )
        )
    return tuple(found)


def _value(given: object, where: str) -> Value:
    if given is None or isinstance(given, bool | int | float | str):
        return given
    raise DocumentError(f"{where}: expected a number, a text or nothing, found {given!r}")
