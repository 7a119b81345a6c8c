"""Why a customer stands where it stands on the worklist, as a sentence; and its habit."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from dunwell.templatetags.money import money_whole

register = template.Library()

HABIT_LABELS = {
    "new": _("New customer"),
    "failing": _("Failing"),
    "seasonal": _("Seasonal payer"),
    "month_end": _("Month-end payer"),
    "slow": _("Slow payer"),
    "prompt": _("Prompt payer"),
    "steady": _("Steady payer"),
}
CHANNEL_LABELS = {
    "call": _("Call"),
    "email": _("E-mail"),
    "letter": _("Letter"),
    "sms": _("Text message"),
    "whatsapp": _("WhatsApp"),
    "voice": _("Call"),
    "portal": _("Portal"),
    **dict.fromkeys(("notice", "notice2", "notice3"), _("Debit announced")),
    **dict.fromkeys(("statement", "stated2", "stated3"), _("Statement of account")),
    **dict.fromkeys(("confirm", "confirm2", "confirm3"), _("Promise confirmed")),
    **dict.fromkeys(("post", "post2", "post3"), _("Debit announced by letter")),
}
PPM = 1_000_000
NEVER = -1
"""Days since the last contact of a customer that had none; None says it is not known here."""


@register.simple_tag
def rank_parts(
    reasons: Mapping[str, Any],
    to_collect_minor: int,
    oldest_days: int,
    currency: str,
    contacted_days_ago: int | None = None,
) -> list[str]:
    """Return the facts behind a rank, the weightiest first, each as a phrase."""
    parts = []
    if to_collect_minor > 0:
        amount = money_whole(to_collect_minor, currency)
        parts.append(gettext("%(amount)s to collect") % {"amount": amount})
    if oldest_days > 0:
        parts.append(
            ngettext("oldest %(n)d day late", "oldest %(n)d days late", oldest_days)
            % {"n": oldest_days}
        )
    if broken := int(reasons.get("promises_broken") or 0):
        parts.append(
            ngettext("broke %(n)d promise", "broke %(n)d promises", broken) % {"n": broken}
        )
    parts += _habit_parts(reasons)
    parts += _contact_parts(contacted_days_ago)
    if covered := int(reasons.get("covered_minor") or 0):
        amount = money_whole(covered, currency)
        parts.append(gettext("%(amount)s is covered by credits or cash") % {"amount": amount})
    if reasons.get("is_rate_missing"):
        parts.append(gettext("one currency has no exchange rate and is not counted"))
    return parts


@register.simple_tag
def rank_sentence(
    reasons: Mapping[str, Any],
    to_collect_minor: int,
    oldest_days: int,
    currency: str,
    contacted_days_ago: int | None = None,
) -> str:
    """Return the facts behind a rank as one sentence."""
    return ", ".join(
        rank_parts(reasons, to_collect_minor, oldest_days, currency, contacted_days_ago)
    )


@register.filter
def habit_label(label: str) -> str:
    """Return the name of a habit."""
    return str(HABIT_LABELS.get(label, label))


@register.filter
def channel_label(channel: str) -> str:
    """Return the name of a channel."""
    return str(CHANNEL_LABELS.get(channel, channel))


@register.filter
def left_out(entry: Any) -> int:
    """Return what of a worklist entry is neither promised, disputed nor to be collected."""
    rest: int = entry.due_minor - entry.promised_minor - entry.disputed_minor
    return rest - int(entry.to_collect_minor)


@register.filter
def pays(days_late: int) -> str:
    """Return when a customer usually pays, seen from the due day."""
    if days_late > 0:
        return ngettext("%(n)d day late", "%(n)d days late", days_late) % {"n": days_late}
    if days_late == 0:
        return gettext("on the due day")
    return ngettext("%(n)d day early", "%(n)d days early", -days_late) % {"n": -days_late}


@register.filter
def trend_words(days: int) -> str:
    """Return how the last items compare with those before them."""
    if days > 0:
        return ngettext("%(n)d day later than before", "%(n)d days later than before", days) % {
            "n": days
        }
    if days < 0:
        return ngettext(
            "%(n)d day earlier than before", "%(n)d days earlier than before", -days
        ) % {"n": -days}
    return gettext("as before")


@register.filter
def percent(ppm: int | None) -> str:
    """Return a share given in parts per million as whole percent."""
    return "\N{EN DASH}" if ppm is None else f"{round(ppm * 100 / PPM)}\N{NO-BREAK SPACE}%"


@register.filter
def block_codes(blocked: Sequence[Any]) -> list[str]:
    """Return the codes of the reasons against a contact."""
    return [
        str(entry["reason"]) if isinstance(entry, Mapping) else str(entry) for entry in blocked
    ]


def _habit_parts(reasons: Mapping[str, Any]) -> list[str]:
    usual, settled = (
        int(reasons.get("usual_days_late") or 0),
        int(reasons.get("settled_items") or 0),
    )
    if not settled:
        return [gettext("no payment history")]
    if usual > 0:
        return [
            ngettext("usually pays %(n)d day late", "usually pays %(n)d days late", usual)
            % {"n": usual}
        ]
    return [gettext("usually pays on time")]


def _contact_parts(days: int | None) -> list[str]:
    if days is None:
        return []
    if days == NEVER:
        return [gettext("never contacted")]
    if days <= 0:
        return [gettext("contacted today")]
    return [
        ngettext("not contacted for %(n)d day", "not contacted for %(n)d days", days) % {"n": days}
    ]
