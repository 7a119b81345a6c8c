"""How models read: why one serves, what an alarm means, the names of inputs and segments."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from babel.numbers import format_decimal
from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop, ngettext
from django.utils.translation import gettext_lazy as _

from dunwell.engine.calendars import day_date, day_number
from dunwell.templatetags.figures import number
from dunwell.templatetags.model_inputs import input_label
from dunwell.templatetags.money import NO_VALUE, locale
from dunwell.templatetags.reasons import percent

register = template.Library()

PPM = 1_000_000
Words = Promise | str

KINDS: Mapping[str, Words] = {
    "hazard": _("Learned from items and days"),
    "customer_median": _("Each customer's median"),
    "customer_rate": _("Each customer's past"),
    "due_date": _("The due date"),
}
KIND_MEANINGS: Mapping[str, Words] = {
    "hazard": _("It learns from every paid and open item on which day items like it are paid."),
    "customer_median": _("An item is paid as late as half of the customer's items were."),
    "customer_rate": _("An item is paid as the customer's items were, early and late ones alike."),
    "due_date": _("An item is paid around its due date, as the company's items are."),
}
SCOPES: Mapping[str, Words] = {
    "new": _("New items"),
    "open": _("Open items"),
    "cold": _("First-time payers"),
    "book": _("Whole book"),
}
SCOPE_MEANINGS: Mapping[str, Words] = {
    "new": _("Items issued in the week after each test day: what a forecast for new business is."),
    "open": _("Items open on each test day: what the worklist and the cash forecast rest on."),
    "cold": _("New items of customers that had paid nothing yet."),
    "book": _("What follows for the worklist and for cash, over the whole open book."),
}
ALARMS: Mapping[str, Words] = {
    "paid_fewer": _("Customers pay later than predicted"),
    "paid_more": _("Customers pay sooner than predicted"),
    "less_exact": _("Pay dates are missed by more"),
    "range_missed": _("Ranges are too narrow"),
    "miscalibrated": _("Chances of late payment are off"),
    "inputs_shifted": _("The book no longer looks like the one it learned from"),
    "other_release": _(
        "It was trained by another release of the program, which this one cannot read"
    ),
}
FOLLOWS: Mapping[str, Words] = {
    "widen": _("read ranges as wider"),
    "refit": _("a new version is trained"),
    "fall_back": _("each customer's own history serves until a person decides"),
}
VERDICTS: Mapping[str, tuple[Words, str]] = {
    "stable": (_("stable"), "chip-good"),
    "watch": (_("worth a look"), "chip-warn"),
    "shifted": (_("shifted"), "chip-bad"),
    "calm": (_("calm"), "chip-good"),
    "fewer": (_("fewer paid than expected"), "chip-bad"),
    "more": (_("more paid than expected"), "chip-warn"),
}
SEGMENTS: Mapping[str, Words] = {
    "all": _("All items"),
    "history 0": _("No paid item yet"),
    "history 1-3": _("1\N{EN DASH}3 paid items"),
    "history 4-10": _("4\N{EN DASH}10 paid items"),
    "history 11+": _("11 or more paid items"),
    "new": _("New items"),
    "open": _("Open items"),
    "cold": _("First-time payers"),
}
METRICS: Mapping[str, Words] = {
    "brier": _("Brier score"),
    "auc": _("Separation (AUC)"),
    "calibration_error": _("Calibration error"),
    "mae": _("Days off"),
    "crps": _("CRPS"),
    "within_3": _("Within 3 days"),
    "cover_80": _("Range holds (80 %)"),
}
CARD_TEXTS = (
    gettext_noop(
        "Predicts on which day open items of business customers are paid: order of the "
        "worklist, expected payments, and what is likely to be late."
    ),
    gettext_noop(
        "Rolling back-test on the company's own past: at every step the model knew only what had "
        "been recorded by that day; open items count as not yet paid; all models are scored on "
        "the same items. Intervals come from resampling whole customers."
    ),
    gettext_noop(
        "Consumer credit. No protected characteristic, nor a stand-in for one, may be an input."
    ),
    gettext_noop(
        "Refusing credit or terms without reasons: whoever is refused is told the principal ones."
    ),
    gettext_noop(
        "Decisions with legal or similar effect without a person who reviews and can change them."
    ),
    gettext_noop("Customers of a company whose ledger it did not learn from."),
)
"""Fixed sentences of `ml.card`, kept with every version and shown in the reader's language."""

FEW_ITEMS = 30
"""`ml.card`: a segment with fewer items proves nothing."""

FALL_BACK = "alarm: "
"""How the reason of a version begins that serves because the monitor asked for it."""


@register.filter
def model_kind(kind: str) -> str:
    """Return the name of a kind of model."""
    return str(KINDS.get(kind, kind))


@register.filter
def model_meaning(kind: str) -> str:
    """Return what a kind of model does, in a sentence."""
    return str(KIND_MEANINGS.get(kind, ""))


@register.filter
def scope_meaning(scope: str) -> str:
    """Return which items a part of the league table is about."""
    return str(SCOPE_MEANINGS.get(scope, ""))


@register.filter
def league_reason(reason: Mapping[str, Any]) -> str:
    """Return why the back-test lets a model serve."""
    code, model = str(reason.get("code", "")), model_kind(str(reason.get("model", "")))
    value, limit = reason.get("value"), reason.get("limit")
    if code == "no_paid_items":
        return gettext("No item has been paid yet, so the due date is all there is to go by.")
    if code == "few_paid_items":
        return gettext(
            "Only %(n)s items have been paid; below %(limit)s nothing can be learned, so each "
            "customer's own history serves."
        ) % {"n": number(str(round(value or 0))), "limit": number(str(round(limit or 0)))}
    if code == "few_rows":
        return gettext(
            "The back-test could judge only %(n)s new items, too few to choose by, so each "
            "customer's own history serves."
        ) % {"n": number(str(round(value or 0)))}
    days = days_text(value) if value is not None else NO_VALUE
    if code == "lowest_crps":
        return gettext(
            "Of the models that nothing speaks against, “%(model)s” missed the pay days of new "
            "items by least: %(days)s days on average over the whole distribution (CRPS). Its "
            "chances and ranges hold what they say."
        ) % {"model": model, "days": days}
    if code == "lowest_crps_none_calibrated":
        return gettext(
            "Of the models that are nowhere worse than a simple rule, “%(model)s” missed the pay "
            "days of new items by least: %(days)s days on average (CRPS). Its chances and ranges "
            "do not hold all they say, and no model about as close does better, so read them with "
            "care."
        ) % {"model": model, "days": days}
    return ""


@register.filter
def against_words(reason: Mapping[str, Any]) -> str:
    """Return what speaks against a model, or against putting it in another's place."""
    value = _figure(reason.get("metric"), reason.get("value"))
    limit = _figure(reason.get("metric"), reason.get("limit"))
    scope = str(SCOPES.get(str(reason.get("scope")), reason.get("scope") or ""))
    metric = str(METRICS.get(str(reason.get("metric")), reason.get("metric") or ""))
    if reason["code"] == "crps_not_better":
        return gettext("it is not surely more exact than what serves now")
    if reason["code"] == "cash":
        return gettext("its cash forecast is less exact: %(value)s off, at most %(limit)s") % {
            "value": value,
            "limit": limit,
        }
    if reason.get("metric") == "cover_80":
        return gettext(
            "its 80 %% range holds %(value)s of the outcomes, at least %(limit)s would do"
        ) % {"value": value, "limit": limit}
    return gettext("%(scope)s, %(metric)s: %(value)s, at most %(limit)s would do") % {
        "scope": scope,
        "metric": metric,
        "value": value,
        "limit": limit,
    }


def days_text(value: float) -> str:
    """Return an error in days to the tenth, in the reader's style."""
    return number(str(round(value, 1)))


def score_text(value: float) -> str:
    """Return a score between 0 and 1 to the thousandth."""
    return str(format_decimal(value, "0.000", locale=locale()))


def share_text(value: float) -> str:
    """Return a share as percent, to the tenth where it has one."""
    text = format_decimal(value * 100, "#,##0.#", locale=locale())
    return f"{text}\N{NO-BREAK SPACE}%"


def _figure(metric: object, value: float | None) -> str:
    if value is None:
        return NO_VALUE
    if metric in {"mae", "crps"}:
        return days_text(value)
    # a share has a tenth, or what lies just beyond its limit would read as if it were the limit
    return score_text(value) if metric == "brier" else share_text(value)


@register.filter
def alarm_label(code: str) -> str:
    """Return the name of an alarm."""
    return str(ALARMS.get(code, code.replace("_", " ")))


@register.filter
def follow_label(code: str) -> str:
    """Return what follows from an alarm."""
    return str(FOLLOWS.get(code, code))


@register.filter
def verdict_label(verdict: str) -> str:
    """Return a verdict of the monitor in words."""
    return str(VERDICTS[verdict][0]) if verdict in VERDICTS else verdict


@register.filter
def verdict_tone(verdict: str) -> str:
    """Return the CSS class that colours a verdict."""
    return VERDICTS[verdict][1] if verdict in VERDICTS else ""


@register.filter
def psi(ppm: int | None) -> str:
    """Return a PSI, kept in ppm, with two decimals."""
    return NO_VALUE if ppm is None else format_decimal(ppm / PPM, "0.00", locale=locale())


@register.filter
def segment_label(segment: str) -> str:
    """Return the name of a segment; a currency is its own."""
    return str(SEGMENTS.get(segment, segment))


@register.filter
def metric_label(metric: str) -> str:
    """Return the name of a metric."""
    return str(METRICS.get(metric, metric))


@register.filter
def metric_figure(value: float | None, metric: str) -> str:
    """Return a metric's value in its own unit: days, percent, or a bare score."""
    return _figure("brier" if metric == "auc" else metric, value)


@register.filter
def fallback_codes(reason: str) -> list[str]:
    """Return the alarms for which a version serves as a fallback; none for any other reason."""
    if not reason.startswith(FALL_BACK):
        return []
    return reason.removeprefix(FALL_BACK).split(", ")


@register.filter
def served_because(reason: str) -> str:
    """Return the stored reason of a decision in words: fixed ones are translated."""
    if reason.startswith(FALL_BACK):
        return ", ".join(alarm_label(code) for code in fallback_codes(reason))
    replaced = "replaced by version "
    if reason.startswith(replaced):
        return gettext("replaced by version %(n)s") % {"n": reason.removeprefix(replaced)}
    return gettext("first version") if reason == "first version" else reason


@register.filter
def day_of_number(day: int) -> date:
    """Return the day that the monitor's tables hold as a number."""
    return day_date(int(day))


@register.simple_tag
def alarm_words(alarm: Mapping[str, Any], figures: Mapping[str, Any]) -> str:
    """Return an alarm as a sentence with its figures, read from the tables of the same check."""
    code = str(alarm["code"])
    since = day_number(date.fromisoformat(str(alarm["since_on"])))
    if code in {"paid_fewer", "paid_more"}:
        weeks = [row for row in figures.get("watch", ()) if row["as_of_day"] >= since]
        return ngettext(
            "In the last week %(paid)s items were paid where %(expected)s were expected.",
            "In the last %(weeks)d weeks %(paid)s items were paid where %(expected)s were "
            "expected.",
            len(weeks),
        ) % {
            "weeks": len(weeks),
            "paid": number(str(sum(row["paid_items"] for row in weeks))),
            "expected": number(str(round(sum(row["expected_items"] for row in weeks)))),
        }
    if code == "inputs_shifted":
        moved = [
            input_label(row["code"])
            for row in figures.get("psi", ())
            if row["verdict"] == "shifted"
        ]
        return gettext("Shifted: %(inputs)s.") % {"inputs": ", ".join(moved)}
    return _trailing_words(code, figures.get("trailing", ()))


def _trailing_words(code: str, trailing: Iterable[Mapping[str, Any]]) -> str:
    field = {"less_exact": "crps_days", "range_missed": "covered_ppm", "miscalibrated": "ece_ppm"}
    rows = [row for row in trailing if row.get(field.get(code, "")) is not None]
    if not rows:
        return ""
    last = rows[-1]
    if code == "less_exact":
        return gettext("The average error over the whole distribution is %(days)s days.") % {
            "days": days_text(last["crps_days"])
        }
    if code == "range_missed":
        return gettext("%(share)s of the pay days fell into ranges that should hold 80 %%.") % {
            "share": percent(last["covered_ppm"])
        }
    return gettext("Chances are off by %(error)s on average; chance explains %(limit)s.") % {
        "error": percent(last["ece_ppm"]),
        "limit": percent(last["ece_limit_ppm"]),
    }


@register.simple_tag
def card_failures(card: Mapping[str, Any]) -> list[str]:
    """Return where a version is worse than the best naive model, or where nobody can tell."""
    told = []
    for row in card.get("segments", ()):
        segment, metric = segment_label(row["segment"]), metric_label(row["metric"])
        if row["items"] < FEW_ITEMS:
            told.append(
                gettext("%(segment)s: only %(n)d items, too few to judge %(metric)s.")
                % {"segment": segment, "n": row["items"], "metric": metric}
            )
        elif row["model"] > row["naive"]:
            told.append(
                gettext("%(segment)s: %(metric)s is %(value)s, with “%(naive)s” %(other)s.")
                % {
                    "segment": segment,
                    "metric": metric,
                    "value": metric_figure(row["model"], row["metric"]),
                    "naive": model_kind(row["naive_name"]),
                    "other": metric_figure(row["naive"], row["metric"]),
                }
            )
    return told
