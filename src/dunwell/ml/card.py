"""The model card: what a version is for, how good it was on the company's own data, where not.

After Mitchell et al. 2019 (Model Cards for Model Reporting). The same version and figures give
the same card, byte for byte.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

import polars as pl

from dunwell.engine.calendars import day_date

Plain = str | int | float | bool | None
"""What a table cell of the card can be."""

PURPOSE = (
    "Predicts on which day open items of business customers are paid: order of the worklist, "
    "expected payments, and what is likely to be late."
)

PROTOCOL = (
    "Rolling back-test on the company's own past: at every step the model knew only what had been "
    "recorded by that day; open items count as not yet paid; all models are scored on the same "
    "items. Intervals come from resampling whole customers."
)

PROHIBITED = (
    "Consumer credit. No protected characteristic, nor a stand-in for one, may be an input.",
    "Refusing credit or terms without reasons: whoever is refused is told the principal ones.",
    "Decisions with legal or similar effect without a person who reviews and can change them.",
    "Customers of a company whose ledger it did not learn from.",
)

LICENCES: Mapping[str, str] = {
    "LightGBM": "MIT",
    "NumPy": "BSD-3-Clause",
    "SciPy": "BSD-3-Clause",
    "Polars": "MIT",
    "holidays": "MIT",
}
"""Libraries the models rest on."""

NOT_KNOWN = "Nothing was measured, so nothing is known."

FEW_ITEMS = 30
"""A segment with fewer items proves nothing, neither good nor bad."""

LOWER_IS_BETTER = frozenset({"crps", "mae", "rmse", "brier", "calibration_error", "log_loss"})
"""Metrics of which less is better; of all others more is."""

DECIMALS = 4

SIDES, UNITS = ("low", "high"), ("_ppm", "_days")
"""Parts of the names of figures and their intervals."""


@dataclass(frozen=True, slots=True)
class Version:
    """What is known of a model version apart from its figures; days as day numbers.

    `inputs` are name and meaning. Hashes are those of the training data and of the artifact.
    """

    name: str
    version: str
    owner: str
    made_day: int
    review_day: int
    first_day: int
    last_day: int
    items: int
    customers: int
    seed: int
    training_hash: str
    artifact_hash: str
    inputs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class LeagueLine:
    """One metric of one model in the back-test with its 95 % interval."""

    model: str
    metric: str
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class SegmentScore:
    """A metric of the model and of the best naive one on the same items of a segment.

    `low` and `high` bound the difference, model less naive, with 95 %; the others bound the two
    figures themselves.
    """

    segment: str
    metric: str
    items: int
    model: float
    naive: float
    naive_name: str
    low: float
    high: float
    model_low: float
    model_high: float
    naive_low: float
    naive_high: float

    @property
    def worse_by(self) -> float:
        """How much worse than naive in the metric's unit; negative when better."""
        gap = self.model - self.naive
        return gap if self.metric in LOWER_IS_BETTER else -gap


Card = dict[str, object]
"""Plain data, ready for JSON."""


def card(
    version: Version,
    *,
    league: Sequence[LeagueLine],
    segments: Sequence[SegmentScore],
    calibration: pl.DataFrame,
    ranges: pl.DataFrame,
    limits: Sequence[str] = (),
) -> Card:
    """Return the card as plain data: strings, whole numbers, floats of four decimals, None.

    `calibration` and `ranges` are the tables of `ml.calibration`; `limits` are further known
    limits in words. Known failures are computed: every segment and metric in which the model is
    worse than naive, and every segment too small to tell.
    """
    return {
        "name": version.name,
        "version": version.version,
        "owner": version.owner,
        "made_on": _date(version.made_day),
        "review_on": _date(version.review_day),
        "purpose": PURPOSE,
        "training": {
            "from": _date(version.first_day),
            "to": _date(version.last_day),
            "items": version.items,
            "customers": version.customers,
            "seed": version.seed,
            "training_hash": version.training_hash,
            "artifact_hash": version.artifact_hash,
        },
        "protocol": PROTOCOL,
        "league": [_rounded(asdict(line)) for line in _sorted_league(league)],
        "segments": [_rounded(asdict(score)) for score in _sorted_segments(segments)],
        "calibration": [_rounded(row) for row in calibration.to_dicts()],
        "ranges": [_rounded(row) for row in ranges.to_dicts()],
        "known_failures": [*known_failures(segments), *limits],
        "prohibited_uses": list(PROHIBITED),
        "inputs": [{"name": name, "meaning": meaning} for name, meaning in version.inputs],
        "licences": dict(LICENCES),
    }


def known_failures(segments: Iterable[SegmentScore]) -> list[str]:
    """Return a sentence per segment and metric that is worse than naive or too small to tell."""
    found = []
    for score in _sorted_segments(segments):
        if score.items < FEW_ITEMS:
            found.append(
                f"{score.segment}: only {score.items} items, too few to judge {score.metric}."
            )
        elif score.worse_by > 0:
            is_sure = score.low > 0 or score.high < 0
            found.append(
                f"{score.segment}: {score.metric} is {_number(score.model)}, worse than "
                f"{score.naive_name} ({_number(score.naive)}) on {score.items} items"
                f"{'.' if is_sure else '; the difference may be chance.'}"
            )
    return found


def card_text(plain: Card) -> str:
    """Return the card as Markdown. Equal cards give equal text."""
    training = _mapping(plain["training"])
    lines = [
        f"# {plain['name']}, version {plain['version']}",
        "",
        str(plain["purpose"]),
        "",
        *_table(
            [
                {"fact": "Owner", "value": _plain(plain["owner"])},
                {"fact": "Made on", "value": _plain(plain["made_on"])},
                {"fact": "To be reviewed by", "value": _plain(plain["review_on"])},
                {
                    "fact": "Learned from",
                    "value": f"{training['items']} items of {training['customers']} customers, "
                    f"{training['from']} to {training['to']}",
                },
                {"fact": "Seed", "value": _plain(training["seed"])},
                {"fact": "Training data (hash)", "value": _plain(training["training_hash"])},
                {"fact": "Artifact (hash)", "value": _plain(training["artifact_hash"])},
            ]
        ),
        "",
        "## How it was judged",
        "",
        str(plain["protocol"]),
    ]
    for title, key in (
        ("League table", "league"),
        ("Segments against the best naive model", "segments"),
        ("Calibration of P(late by more than k days)", "calibration"),
        ("80 % range of the pay day", "ranges"),
        ("Inputs", "inputs"),
    ):
        rows = [_told(_mapping(row)) for row in _list(plain[key])]
        lines += ["", f"## {title}", "", *(_table(rows) if rows else ["Nothing measured yet."])]
    is_measured = bool(_list(plain["segments"]))
    none = "None found in the segments above." if is_measured else NOT_KNOWN
    failures = _list(plain["known_failures"]) or [none]
    lines += ["", "## Known failures", "", *[f"* {line}" for line in failures]]
    lines += ["", "## Not to be used for", ""]
    lines += [f"* {line}" for line in _list(plain["prohibited_uses"])]
    lines += ["", "## Libraries", ""]
    lines += [f"* {name}: {terms}" for name, terms in _mapping(plain["licences"]).items()]
    return "\n".join(lines) + "\n"


def _sorted_league(league: Iterable[LeagueLine]) -> list[LeagueLine]:
    """Return the lines metric by metric, the best model first."""

    def place(line: LeagueLine) -> tuple[str, float, str]:
        sign = 1 if line.metric in LOWER_IS_BETTER else -1
        value = math.inf if math.isnan(line.value) else sign * line.value
        return line.metric, value, line.model

    return sorted(league, key=place)


def _sorted_segments(segments: Iterable[SegmentScore]) -> list[SegmentScore]:
    return sorted(segments, key=lambda score: (score.segment, score.metric, score.naive_name))


def _told(row: Mapping[str, Plain]) -> dict[str, Plain]:
    """Return a row with the interval of a figure behind it, not in columns of its own.

    The ends of `told_ppm` are `told_low_ppm` and `told_high_ppm`; those of a model's figure in
    the league and of the difference in a segment stay columns.
    """
    ends = {
        name: tuple(f"{stem}_{side}{unit}" for side in SIDES)
        for name in row
        for stem, unit in [_stem(name)]
        if f"{stem}_{SIDES[0]}{unit}" in row
    }
    apart = {end for pair in ends.values() for end in pair}
    told: dict[str, Plain] = {}
    for name, value in row.items():
        if name not in apart:
            told[name] = value
            if name in ends and value is not None:
                low, high = (_shown(end, row[end]) for end in ends[name])
                told[name] = f"{_shown(name, value)} ({low} to {high})"
    return told


def _stem(name: str) -> tuple[str, str]:
    """Return a figure's name without its unit, and the unit."""
    unit = next((unit for unit in UNITS if name.endswith(unit)), "")
    return name.removesuffix(unit), unit


def _table(rows: Sequence[Mapping[str, Plain]]) -> list[str]:
    """Return a Markdown table of rows with the same keys."""
    names = list(rows[0])
    heads = [name.replace("_", " ") for name in names]
    body = [[_shown(name, row[name]) for name in names] for row in rows]
    lines = [heads, ["---"] * len(names), *body]
    return ["| " + " | ".join(cells) + " |" for cells in lines]


def _shown(name: str, value: Plain) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, float):
        return _number(value)
    if name.endswith("_ppm") and isinstance(value, int):
        return f"{value:,}"
    return str(value).replace("|", "\\|").replace("\n", " ")


def _number(value: float) -> str:
    return "unknown" if math.isnan(value) else f"{value:.{DECIMALS}f}".rstrip("0").rstrip(".")


def _rounded(row: Mapping[str, Plain]) -> dict[str, Plain]:
    """Return the row with floats of four decimals; what is not a number is None."""
    return {name: _cell(value) for name, value in row.items()}


def _cell(value: Plain) -> Plain:
    if isinstance(value, float):
        return round(value, DECIMALS) if math.isfinite(value) else None
    return value


def _date(day: int) -> str:
    return day_date(day).isoformat()


def _plain(value: object) -> Plain:
    return value if isinstance(value, str | int | float | None) else str(value)


def _mapping(value: object) -> Mapping[str, Plain]:
    if not isinstance(value, Mapping):
        raise TypeError(f"a card holds a mapping here, found {type(value).__name__}")
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError(f"a card holds a list here, found {type(value).__name__}")
    return value
