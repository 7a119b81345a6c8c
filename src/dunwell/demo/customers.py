"""Customers of the demo: who they are, and the hidden profile that makes them pay as they do."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from dunwell.demo import words
from dunwell.demo.arrays import BoolArray, FloatArray, IntArray, TextArray, take
from dunwell.demo.chance import happens, quota, whole
from dunwell.demo.scene import Scene

COUNTRIES = {
    "DE": 0.30, "AT": 0.06, "FR": 0.13, "ES": 0.09, "NL": 0.06, "IE": 0.05, "GB": 0.16, "US": 0.15,
}  # fmt: skip
LANGUAGE = {
    "DE": "de", "AT": "de", "FR": "fr", "ES": "es", "NL": "nl", "IE": "en", "GB": "en", "US": "en",
}  # fmt: skip
CURRENCY = {"GB": "GBP", "US": "USD"}
LEGAL_FORM = {
    "DE": "GmbH", "AT": "GmbH", "FR": "SARL", "ES": "SL", "NL": "BV", "IE": "Ltd", "GB": "Ltd",
    "US": "Inc",
}  # fmt: skip
HABITS = {
    "prompt": 0.30, "month_end": 0.18, "slow": 0.13, "steady": 0.16, "seasonal": 0.10,
    "failing": 0.065, "new": 0.065,
}  # fmt: skip
TERMS = {
    "Net 30": 0.46, "2/10 net 30": 0.12, "30 days end of month": 0.06, "Net 14": 0.26,
    "Net 45": 0.06, "Net 60": 0.04,
}  # fmt: skip
TERMS_DAYS = np.array([30, 30, 30, 14, 45, 60], dtype=np.int64)
END_OF_MONTH = tuple(TERMS).index("30 days end of month")
DISCOUNT = tuple(TERMS).index("2/10 net 30")
SMALL_FROM = 0.55
"""Customers past this share, the largest first, are small."""
COLLECTORS = ("anna", "ben", "carla")
LEAD, LEAD_EVERY = "lead", 5
"""The lead looks after every fifth customer, so that a day of one's own can be tried."""

PHONE = {
    "DE": ("+49 30 23125 ", 3), "FR": ("+33 1 99 00 ", 4), "GB": ("+44 1632 960", 3),
    "IE": ("+353 20 91", 5), "AT": ("+999 43 ", 6), "ES": ("+999 34 ", 6), "NL": ("+999 31 ", 6),
    "US": ("+1 212 555 01", 2),
}  # fmt: skip
POST_CODE = {
    "DE": ("000", ""), "AT": ("00", ""), "FR": ("000", ""), "ES": ("000", ""), "NL": ("00", " ZZ"),
    "IE": ("Z00 Z0", ""), "GB": ("ZZ", " 9ZZ"), "US": ("000", ""),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Profiles:
    """What drives each customer, as arrays in the order of the customers frame."""

    habit: IntArray
    terms: IntArray
    country: IntArray
    weight: FloatArray
    ticket_minor: FloatArray
    pay_weekday: IntArray
    mean_late: FloatArray
    run_lead: IntArray
    season: IntArray
    first_day: IntArray
    last_day: IntArray
    stop_day: IntArray

    def has(self, habit: str) -> BoolArray:
        """Return which customers have the habit."""
        return np.asarray(self.habit == tuple(HABITS).index(habit))

    @property
    def count(self) -> int:
        """Return how many customers there are."""
        return len(self.habit)


def draw_profiles(
    scene: Scene,
    *,
    customers: int,
) -> Profiles:
    """Return the profiles: heavy-tailed sizes, habits and terms in fixed shares."""
    rng = scene.stream("profiles")
    habit = quota(rng, HABITS, customers)
    named = np.asarray(tuple(HABITS))[habit]
    failing, new = named == "failing", named == "new"
    weight = np.minimum(rng.pareto(1.5, customers) + 0.3, 14.0)
    # A ledger whose largest customer fails is a story of its own, not a sample.
    weight = np.where(failing | new, np.minimum(weight, 1.0), weight)
    ticket = 75_000 * np.power(weight, 0.55) * rng.lognormal(0.0, 0.5, customers)
    mean_late = np.where(named == "steady", rng.uniform(3, 7, customers), 0.0)
    mean_late = np.where(named == "slow", rng.uniform(21, 32, customers), mean_late)
    return Profiles(
        habit=habit,
        terms=quota(rng, TERMS, customers),
        country=quota(rng, COUNTRIES, customers),
        weight=weight,
        ticket_minor=ticket,
        pay_weekday=rng.choice(np.array([-1, 1, 3, 4]), customers, p=[0.4, 0.15, 0.3, 0.15]),
        mean_late=mean_late,
        run_lead=whole(rng, 0, 1, customers),
        season=rng.choice(np.array([1, 7, 12]), customers, p=[0.2, 0.5, 0.3]),
        first_day=np.where(new, scene.as_of_day - whole(rng, 60, 170, customers), scene.first_day),
        last_day=np.where(
            failing, scene.as_of_day - whole(rng, 15, 45, customers), scene.as_of_day
        ),
        stop_day=np.where(
            failing, scene.as_of_day - whole(rng, 60, 110, customers), np.iinfo(np.int32).max
        ),
    )


def customers_frame(
    scene: Scene,
    profiles: Profiles,
    *,
    yearly_minor: FloatArray,
    sector: BoolArray | None = None,
) -> pl.DataFrame:
    """Return one row per customer; a year's expected sales set the limit.

    With a `sector` its customers, and no others, have names of the building trade.
    """
    rng = scene.stream("customers")
    count = profiles.count
    country = take(tuple(COUNTRIES), profiles.country)
    language = take(tuple(LANGUAGE.values()), profiles.country)
    segment = _segments(rng, profiles)
    parent = _parents(rng, profiles, segment)
    # Children carry their parent's root in the name, as groups do.
    root = whole(rng, 0, len(words.HEADS) * len(words.TAILS) - 1, count)
    root = np.where(parent >= 0, root[parent], root)
    frame = pl.DataFrame(
        {
            "number": np.arange(count) + 10_001,
            "root": _roots(root),
            "trade": _trades(rng, language, segment, sector),
            "country": country,
            "language": language,
            "currency": [CURRENCY.get(code, "EUR") for code in country.tolist()],
            "segment": segment,
            "terms": take(tuple(TERMS), profiles.terms),
            "terms_days": TERMS_DAYS[profiles.terms],
            "credit_limit_minor": _limits(rng, yearly_minor),
            "first_name": take(
                words.FIRST_NAMES, whole(rng, 0, len(words.FIRST_NAMES) - 1, count)
            ),
            "last_name": take(words.LAST_NAMES, whole(rng, 0, len(words.LAST_NAMES) - 1, count)),
            "house": whole(rng, 1, 180, count),
            "street": _by_language(rng, words.STREETS, language),
            "town": _roots(whole(rng, 0, len(words.HEADS) * len(words.TAILS) - 1, count)),
            "habit": take(tuple(HABITS), profiles.habit),
            "collector": _collectors(rng, segment),
            "parent": parent,
            "is_head": np.isin(np.arange(count), parent),
            "has_email": ~happens(rng, 0.04, count),
            "has_phone": ~happens(rng, 0.10, count),
            "is_bounced": happens(rng, 0.012, count),
            "is_opted_out": happens(rng, 0.008, count),
        }
    )
    return _finished(frame)


def _segments(rng: np.random.Generator, profiles: Profiles) -> TextArray:
    """Return the segment: the few largest strategic, the light half small, some public bodies."""
    rank = np.argsort(np.argsort(-profiles.weight, kind="stable"), kind="stable")
    share = (rank + 0.5) / profiles.count
    segment = np.where(share > SMALL_FROM, "small", "standard").astype("<U9")
    public = (happens(rng, 0.09, profiles.count)) & ~profiles.has("failing")
    segment = np.where(public, "public", segment)
    return np.where(share <= max(0.03, 1 / profiles.count), "strategic", segment)


def _parents(rng: np.random.Generator, profiles: Profiles, segment: TextArray) -> IntArray:
    """Return the position of the parent, -1 for none: some ten per cent belong to a group."""
    parent = np.full(profiles.count, -1, dtype=np.int64)
    private = np.flatnonzero(segment != "public")
    by_size = private[np.argsort(-profiles.weight[private], kind="stable")]
    heads = by_size[: max(1, profiles.count // 40)]
    rest = by_size[len(heads) :]
    children = np.sort(
        rng.choice(rest, min(len(rest), max(2, profiles.count // 13)), replace=False)
    )
    parent[children] = rng.choice(heads, len(children))
    return parent


def _roots(index: IntArray) -> TextArray:
    """Return the invented word at each index."""
    every = tuple(head + tail for head in words.HEADS for tail in words.TAILS)
    return take(every, index)


def _trades(
    rng: np.random.Generator, language: TextArray, segment: TextArray, sector: BoolArray | None
) -> TextArray:
    """Return the trade word in the customer's language, the kind of body for public ones."""
    if sector is None:
        trade = _by_language(rng, words.TRADES, language)
    else:
        building, others = (
            {code: tuple(all_[place] for place in places) for code, all_ in words.TRADES.items()}
            for places in (words.BUILDING, words.OTHERS)
        )
        trade = np.where(
            sector, _by_language(rng, building, language), _by_language(rng, others, language)
        )
    body = _by_language(rng, words.PUBLIC_BODIES, language)
    return np.where(segment == "public", body, trade)


def _by_language(
    rng: np.random.Generator,
    table: Mapping[str, tuple[str, ...]],
    language: TextArray,
) -> TextArray:
    """Return a random word of each customer's language."""
    draw = rng.random(len(language))
    chosen = np.full(len(language), "", dtype="<U24")
    for code, choices in table.items():
        rows = language == code
        chosen[rows] = take(choices, (draw[rows] * len(choices)).astype(np.int64))
    return chosen


def _limits(rng: np.random.Generator, yearly_minor: FloatArray) -> IntArray:
    """Return the credit limit: some three months' sales, in whole thousands, at least one."""
    wanted = yearly_minor * 0.27 * rng.lognormal(0.1, 0.35, len(yearly_minor))
    return np.maximum(np.round(wanted / 100_000), 1).astype(np.int64) * 100_000


def _collectors(rng: np.random.Generator, segment: TextArray) -> TextArray:
    """Return who looks after the customer: the strategic ones are anna's."""
    drawn = take(COLLECTORS, whole(rng, 0, len(COLLECTORS) - 1, len(segment)))
    drawn = np.where(np.arange(len(segment)) % LEAD_EVERY == LEAD_EVERY - 1, LEAD, drawn)
    return np.where(segment == "strategic", COLLECTORS[0], drawn)


def _finished(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the public columns, built from the drawn parts."""
    code = pl.col("country")
    serial = pl.col("number") - 10_000
    is_public = pl.col("segment") == "public"
    bare = (
        pl.when(is_public)
        .then(pl.format("{} {}", "trade", "root"))
        .otherwise(pl.format("{} {}", "root", "trade"))
    )
    named = frame.with_columns(bare=bare).with_columns(
        twin=pl.col("bare").cum_count().over("bare")
    )
    numbered = (
        pl.when(pl.col("twin") > 1).then(pl.format("{} {}", "bare", "twin")).otherwise("bare")
    )
    form = pl.format("{} {}", "numbered", code.replace_strict(LEGAL_FORM))
    prefix = code.replace_strict({key: text for key, (text, _) in PHONE.items()})
    digits = code.replace_strict({key: size for key, (_, size) in PHONE.items()})
    tail = (serial % pl.lit(10).pow(digits)).cast(pl.Int64).cast(pl.String)
    is_number_first = code.is_in(["FR", "GB", "IE", "US"])
    street = (
        pl.when(is_number_first)
        .then(pl.format("{} {}", "house", "street"))
        .otherwise(pl.format("{} {}", "street", "house"))
    )
    town = pl.concat_str(
        code.replace_strict({key: front for key, (front, _) in POST_CODE.items()}),
        (serial % 90 + 10).cast(pl.String),
        code.replace_strict({key: back for key, (_, back) in POST_CODE.items()}),
        pl.lit(" "),
        "town",
    )
    parent = pl.when(pl.col("parent") >= 0).then(pl.col("parent"))
    return (
        named.with_columns(numbered=numbered)
        .with_columns(name=pl.when(is_public).then("numbered").otherwise(form))
        .select(
            number=pl.format("C{}", "number"),
            name="name",
            country="country",
            language="language",
            currency="currency",
            segment="segment",
            terms="terms",
            terms_days=pl.col("terms_days").cast(pl.Int32),
            credit_limit_minor="credit_limit_minor",
            email=pl.when("has_email").then(
                pl.format("accounts@{}-{}.example", pl.col("root").str.to_lowercase(), "number")
            ),
            phone=pl.when("has_phone").then(
                pl.concat_str(prefix, tail.str.pad_start(digits, "0"))
            ),
            contact_name=pl.format("{} {}", "first_name", "last_name"),
            address=pl.format("{}, {}", street, town),
            vat_id=pl.when(code != "US").then(
                pl.concat_str(code, serial.cast(pl.String).str.zfill(9))
            ),
            collector="collector",
            habit="habit",
            parent_number=pl.format("C{}", parent + 10_001),
            group_name=pl.when((pl.col("parent") >= 0) | pl.col("is_head")).then(
                pl.format("{} Group", "root")
            ),
            is_bounced=pl.col("is_bounced") & pl.col("has_email"),
            is_opted_out="is_opted_out",
        )
    )
