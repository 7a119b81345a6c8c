"""How matching reads: by what a payment was read, how its amount fits, and who looks at it."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from dunwell.models import MatchCase
from dunwell.templatetags.sentences import CONTEXT, ENDS, spoken

SOURCES: Mapping[str, Promise | str] = {
    "near_reference": _("By a number with a slip"),
    "reference": _("By number"),
    "payer": _("By payer"),
    "amount": _("By amount alone"),
}
"""What tells the items of a payment, by how a tier begins."""

FITS: Mapping[str, Promise | str] = {
    "full": pgettext_lazy("tier", "in full"),
    "credit": pgettext_lazy("tier", "in full, less a credit note"),
    "discount": pgettext_lazy("tier", "less a discount"),
    "late_discount": pgettext_lazy("tier", "less a discount not earned"),
    "fee": pgettext_lazy("tier", "less a bank fee"),
    "fx": pgettext_lazy("tier", "less a difference of rates"),
    "netting": pgettext_lazy("tier", "netted"),
    "told_deduction": pgettext_lazy("tier", "less the deduction it names"),
    "deduction": pgettext_lazy("tier", "less a deduction"),
    "part": pgettext_lazy("tier", "a part"),
    "refund": pgettext_lazy("tier", "a credit paid back"),
    "short": pgettext_lazy("tier", "too little"),
    "over": pgettext_lazy("tier", "more than is open"),
    "far_over": pgettext_lazy("tier", "far more than is open"),
    "balance": pgettext_lazy("tier", "the whole balance"),
    "oldest": pgettext_lazy("tier", "oldest items first"),
    "completed": pgettext_lazy("tier", "the rest by its amount"),
    "foreign": pgettext_lazy("tier", "in another currency"),
    "foreign_part": pgettext_lazy("tier", "a part in another currency"),
}
"""How the amount fits the items, by how a tier ends; `_set` behind it says: several items."""

OWNERS: Mapping[str, Promise | str] = {
    "cash application": pgettext_lazy("owner", "cash application"),
    "compliance": pgettext_lazy("owner", "compliance"),
    "credit manager": pgettext_lazy("owner", "credit manager"),
    "legal": pgettext_lazy("owner", "legal"),
    "treasury": pgettext_lazy("owner", "treasury"),
}
"""Whom matching sends a payment to; people write whom they like."""

WRITTEN = frozenset({"by_hand", "on_account", "released", "undone"})
"""Reasons whose sentence a person wrote: it is shown as it was written."""

WAS_HELD = "It was held: {why}"
"""How a case is told whose hold has ended (`actions.match_posting`)."""


def told_tier(name: str) -> str:
    """Return a tier's name without what it leads to as words; an unknown one as its own words."""
    source = next((one for one in SOURCES if name.startswith(f"{one}_")), "")
    fit = name.removeprefix(f"{source}_")
    single = fit.removesuffix("_set")
    if not source or single not in FITS:
        return name.replace("_", " ").capitalize()
    words = {"source": SOURCES[source], "fit": FITS[single]}
    if fit == single:
        return gettext("%(source)s: %(fit)s") % words
    return gettext("%(source)s: %(fit)s, several items") % words


def told_reason(text: str) -> str:
    """Return why a payment is read as it is, or waits, in the language of who reads it.

    The engine's words, several parted by a semicolon, may be kept as a sentence: with a capital
    and a full stop.
    """
    if (known := pgettext(CONTEXT, text) if text else text) != text:
        return known
    return "; ".join(map(_told, text.split("; ")))


def told_why(case: MatchCase) -> str:
    """Return the sentence why a case is where it is."""
    if case.reason in WRITTEN:
        return case.why
    held, parting, why = case.why.partition(": ")
    if f"{held}{parting}{{why}}" == WAS_HELD:
        return pgettext(CONTEXT, WAS_HELD).replace("{why}", told_reason(why))
    return told_reason(case.why)


def _told(text: str) -> str:
    if ENDS.search(text):
        return spoken(text)
    bare = text.removesuffix(".")
    stop = text[len(bare) :]
    small = f"{bare[:1].lower()}{bare[1:]}"
    if (told := spoken(bare)) != bare:
        return told + stop
    if (told := spoken(small)) != small:
        return f"{told[:1].upper()}{told[1:]}{stop}"
    return spoken(text)
