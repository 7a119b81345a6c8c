"""How scorecards look: their statuses and methods in words, and charts with their figures."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from django import template
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dunwell.ml.scorecards.measures import psi
from dunwell.templatetags.money import NO_VALUE

register = template.Library()

PPM = 1_000_000
STABLE, MOVED = 0.10, 0.25
"""Below the first a population is stable, from the second on it has moved."""

METHODS = {
    "by_hand": _("written by hand"),
    "woe": _("weight of evidence"),
    "stumps": _("boosted stumps"),
    "blend": _("mean of both"),
    "trees": _("trees (for comparison only)"),
}
SUBJECTS = {
    "companies": _("companies"),
    "natural_persons": _("natural persons"),
    "anybody": _("companies and natural persons"),
}
TONES = {"champion": "chip-good", "challenger": "chip-info", "draft": "chip-warn"}
NOTES = {
    "rejects_unknown": _(
        "It learned only from those who were dealt with: of those who were refused nobody knows "
        "what would have become. For groups that were always refused its points are a guess."
    ),
    "rejects_guessed": _(
        "The refused were let in by their likely outcome (fuzzy augmentation). That softens what "
        "their absence does to the points, but it adds no knowledge of what became of them."
    ),
    "halves_in_row_order": _(
        "Stability compares the first half of the rows with the second, in the order of the file; "
        "sort it by date and it tells of time."
    ),
}


@register.filter
def method_label(method: str) -> str:
    """Return how a card was made, in words."""
    return str(METHODS.get(method, method))


@register.filter
def subjects_label(subjects: str) -> str:
    """Return whom a card scores, in words."""
    return str(SUBJECTS.get(subjects, subjects))


@register.filter
def card_tone(status: str) -> str:
    """Return the CSS class that colours a card's status."""
    return TONES.get(status, "")


@register.filter
def note_text(code: str) -> str:
    """Return a note of a report in words."""
    return str(NOTES.get(code, code))


@register.filter
def psi_word(value: float) -> str:
    """Return what a stability index means."""
    if value < STABLE:
        return gettext("stable")
    return gettext("shifted") if value < MOVED else gettext("moved: look into it")


@register.filter
def psi_tone(value: float) -> str:
    """Return the CSS class that colours a stability index."""
    if value < STABLE:
        return "chip-good"
    return "chip-warn" if value < MOVED else "chip-bad"


@register.filter
def figure(value: float | None, digits: int = 3) -> str:
    """Return a figure of a report with so many digits; a dash for none."""
    return NO_VALUE if value is None else f"{value:.{digits}f}"


@register.filter
def signed(points: int) -> str:
    """Return points with their sign."""
    return f"{points:+d}".replace("-", "\N{MINUS SIGN}") if points else "0"


@register.inclusion_tag("web/charts/card_bands.html")
def card_bands(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Draw by band of points what share went bad, as bars, and what was said, as dots."""
    most = max([1, *(max(row["seen_ppm"], row["said_ppm"]) for row in rows)])
    wide = 100 / max(len(rows), 1)
    total = max(sum(row["rows"] for row in rows), 1)
    bars = [
        {
            "row": row,
            "x": wide * place + wide * 0.12,
            "width": wide * 0.76,
            "middle": wide * (place + 0.5),
            "y": 100 - 96 * row["seen_ppm"] / most,
            "height": 96 * row["seen_ppm"] / most,
            "said": 100 - 96 * row["said_ppm"] / most,
            "share_ppm": row["rows"] * PPM // total,
        }
        for place, row in enumerate(rows)
    ]
    return {"bars": bars, "most_ppm": most}


@register.inclusion_tag("web/charts/card_spread.html")
def card_spread(bands: Sequence[Mapping[str, Any]], counts: Sequence[Any]) -> dict[str, Any]:
    """Draw how many lie in each band: in training, and of the customers scored since.

    `bands` are those of the report, `counts` the customers by points.
    """
    ends = [row["points_to"] for row in bands]
    scored = [0] * len(ends)
    for one in counts:
        place = next((at for at, end in enumerate(ends) if one.points <= end), len(ends) - 1)
        scored[place] += one.customers
    learned, now = sum(row["rows"] for row in bands), sum(scored)
    shares = [
        (
            row["rows"] * PPM // max(learned, 1),
            scored[place] * PPM // now if now else 0,
        )
        for place, row in enumerate(bands)
    ]
    most = max([1, *(max(pair) for pair in shares)])
    wide = 100 / max(len(bands), 1)
    bars = [
        {
            "row": row,
            "scored": scored[place],
            "then_ppm": then,
            "now_ppm": share,
            "x": wide * place + wide * 0.1,
            "second": wide * place + wide * 0.5,
            "width": wide * 0.38,
            "then": 96 * then / most,
            "now": 96 * share / most,
            "then_y": 100 - 96 * then / most,
            "now_y": 100 - 96 * share / most,
        }
        for place, (row, (then, share)) in enumerate(zip(bands, shares, strict=True))
    ]
    moved = psi(np.asarray([row["rows"] for row in bands], np.int64), np.asarray(scored, np.int64))
    return {"bars": bars, "has_now": now > 0, "scored": now, "psi": moved}
