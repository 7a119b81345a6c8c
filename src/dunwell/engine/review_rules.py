"""When a customer's credit is reviewed, and which early warnings count: two policy sections.

Section `reviews` of the credit policy: how often by risk class, what triggers one out of turn,
how many a week people can do, and what is too small a move to trouble anybody with. Section
`warnings`: from which strength a warning is told, and how long a dismissed one stays quiet.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dunwell.engine import documents
from dunwell.engine.early_warnings import WARNING_CODES
from dunwell.engine.warning_strength import BUREAU_DROP

TRIGGERS = (
    "blocked_order",
    "external_event",
    "cover_expiring",
    "limit_expiring",
    "early_warning",
    "class_changed",
    "over_limit",
)
"""What may ask for a review out of turn; `periodic` is the calendar's own."""

_REVIEWS = {
    *("months", "default_months", "triggers", "per_week", "auto_close", "expiring_days"),
    *("from_exposure_minor", "move_exposure_ppm", "move_pd_ppm", "quiet_days", "lgd_ppm"),
    "unrated_pd_ppm",
}
_WARNINGS = {"from_strength_ppm", "quiet_days", "kinds"}
WARNING_KINDS = (*WARNING_CODES, BUREAU_DROP)
"""What a warning can be about: the customer's own behaviour, or news from a bureau."""
PPM = 1_000_000
MOST_MONTHS = 60
MOST_DAYS = 730

STANDARD_MONTHS: Mapping[str, int] = {"low": 12, "medium": 6, "high": 3}


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewRules:
    """How reviews are planned.

    `months` by risk class or by risk (low, medium, high); a class of its own name wins, what is
    named by neither takes `default_months`. Customers whose exposure and limit are both below
    `from_exposure_minor` (home minor units) are not planned. `per_week` is how many people can
    do; `auto_close` closes a periodic review in which nothing moved: exposure by less than
    `move_exposure_ppm` of the limit, the probability of default by less than `move_pd_ppm`, the
    class not at all, and no trigger. After a closed review a trigger stays quiet for `quiet_days`.
    `lgd_ppm` is lost of an exposure in default; `unrated_pd_ppm` counts for who has no rating.
    """

    months: Mapping[str, int] = field(default_factory=lambda: dict(STANDARD_MONTHS))
    default_months: int = 12
    triggers: tuple[str, ...] = TRIGGERS
    per_week: int = 25
    auto_close: bool = True
    expiring_days: int = 45
    from_exposure_minor: int = 0
    move_exposure_ppm: int = 200_000
    move_pd_ppm: int = 10_000
    quiet_days: int = 30
    lgd_ppm: int = 450_000
    unrated_pd_ppm: int = 30_000

    def interval(self, *, risk_class: str, risk: str) -> int:
        """Return the months between two reviews of a customer of a class and a risk."""
        for name in (risk_class, risk):
            if name in self.months:
                return self.months[name]
        return self.default_months


@dataclass(frozen=True, kw_only=True, slots=True)
class WarningRules:
    """Which warnings are told: from a strength on, of these kinds (none named: all).

    The standard of 600,000 gives at most two false alarms per 100 customers a month on simulated
    ledgers, 68 % of the customers that fail and about five months' notice
    (tests/engine/test_warning_recall.py); 300,000 tells 95 % of them and five false alarms.
    A warning that was dismissed is not raised again for `quiet_days` after its sign is gone.
    """

    from_strength_ppm: int = 600_000
    quiet_days: int = 60
    kinds: tuple[str, ...] = ()

    def counts(self, kind: str, strength_ppm: int) -> bool:
        """Return whether a warning of a kind and strength is told."""
        is_named = not self.kinds or kind in self.kinds
        return is_named and strength_ppm >= self.from_strength_ppm


def read_review_rules(section: object) -> ReviewRules:
    """Return the rules of section `reviews`, the standard for what it leaves out.

    None is the standard as a whole. Raises DocumentError naming field and place.
    """
    if section is None:
        return ReviewRules()
    where, standard = "reviews", ReviewRules()
    stated = documents.fields(section, where)
    documents.known(stated, _REVIEWS, where)
    months = dict(standard.months)
    for name in documents.fields(stated.get("months", {}), f"{where}: months"):
        months[str(name)] = documents.number(
            documents.fields(stated["months"], where),
            name,
            f"{where}: months",
            smallest=1,
            largest=MOST_MONTHS,
        )
    triggers = standard.triggers
    if "triggers" in stated:
        triggers = tuple(
            documents.choice(name, "triggers", TRIGGERS, where)
            for name in documents.names(stated["triggers"], "triggers", where)
        )

    def number(name: str, default: int, *, smallest: int = 0, largest: int) -> int:
        return documents.number(
            stated, name, where, default=default, smallest=smallest, largest=largest
        )

    return ReviewRules(
        months=months,
        default_months=number(
            "default_months", standard.default_months, smallest=1, largest=MOST_MONTHS
        ),
        triggers=triggers,
        per_week=number("per_week", standard.per_week, smallest=1, largest=100_000),
        auto_close=documents.switch(stated, "auto_close", where, default=standard.auto_close),
        expiring_days=number("expiring_days", standard.expiring_days, largest=MOST_DAYS),
        from_exposure_minor=number(
            "from_exposure_minor", standard.from_exposure_minor, largest=documents.LARGEST
        ),
        move_exposure_ppm=number("move_exposure_ppm", standard.move_exposure_ppm, largest=PPM),
        move_pd_ppm=number("move_pd_ppm", standard.move_pd_ppm, largest=PPM),
        quiet_days=number("quiet_days", standard.quiet_days, largest=MOST_DAYS),
        lgd_ppm=number("lgd_ppm", standard.lgd_ppm, largest=PPM),
        unrated_pd_ppm=number("unrated_pd_ppm", standard.unrated_pd_ppm, largest=PPM),
    )


def read_warning_rules(section: object) -> WarningRules:
    """Return the rules of section `warnings`, the standard for what it leaves out.

    None is the standard as a whole. Raises DocumentError naming field and place.
    """
    if section is None:
        return WarningRules()
    where, standard = "warnings", WarningRules()
    stated = documents.fields(section, where)
    documents.known(stated, _WARNINGS, where)
    return WarningRules(
        from_strength_ppm=documents.number(
            stated, "from_strength_ppm", where, default=standard.from_strength_ppm, largest=PPM
        ),
        quiet_days=documents.number(
            stated, "quiet_days", where, default=standard.quiet_days, largest=MOST_DAYS
        ),
        kinds=tuple(
            documents.choice(name, "kinds", WARNING_KINDS, where)
            for name in documents.names(stated.get("kinds"), "kinds", where)
        ),
    )
