"""The parts of a verdict of authority in the reader's language: what, above what, by whom.

`engine.authority` puts its sentences together from parts: an act with its figures, the bounds that
are exceeded, a role. A catalog's template has them as values, and these tell each part.
"""

import re
from collections.abc import Callable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from dunwell.engine.authority import ACTS, BOT, PORTAL, ROLES, STAFF
from dunwell.formats.figures_told import figures_told
from dunwell.models import Role

ACT_LABELS: Mapping[str, Promise | str] = {
    "settlement": _("Settlement"),
    "plan": _("Payment plan"),
    "waiver": _("Waiver of interest or a fee"),
    "write_off": _("Write-off"),
    "rebate": _("Rebate for paying on time"),
    "promise_days": _("Promise further away than usual"),
    "limit": _("Credit limit"),
    "temporary_limit": _("Temporary limit"),
    "release": _("Release of an order"),
    "terms": _("Terms of payment"),
    "freeze": _("Freeze of the exposure"),
    "dispute_credit": _("Credit or write-off of a dispute"),
}
ACTS_TOLD: Mapping[str, str] = {act.replace("_", " ").capitalize(): act for act in ACTS}
ROLES_TOLD: Mapping[str, Promise | str] = {
    role.replace("_", " "): Role(role).label for role in ROLES
}
"""Roles that authority is given to, as verdicts write them."""
ASK = re.compile(
    rf"({'|'.join([*ACTS_TOLD, 'This'])}) of (.+?)(?= is (?:above|not decided|decided) |$)(.*)"
)
ABOVE = re.compile(r" is above (.+)")
MOST = re.compile(r"; the most is (.+)")
CERTIFICATE = re.compile(r" is decided alone only with a certificate (.+) that is good that day")
GIVEN_UP, MONTHS = re.compile(r"([\d.,]+\s%) given up"), re.compile(r"(\d+) months?")


def told_part(name: str, value: str, language: str) -> str | None:
    """Return a part of a verdict told; None where it is none."""
    tell = TOLD.get(name.rstrip("0123456789"))
    return tell(value, language) if tell is not None else None


def _role(value: str, _language: str) -> str | None:
    return str(ROLES_TOLD[value]) if value in ROLES_TOLD else None


def _source(value: str, _language: str) -> str | None:
    told = {
        STAFF: pgettext("authority", "the staff"),
        PORTAL: pgettext("authority", "the portal"),
        BOT: pgettext("authority", "the assistant"),
    }
    return told.get(value)


def _ask(value: str, language: str) -> str | None:
    """Return an act with its figures and what follows it, or what follows alone."""
    match = ASK.fullmatch(value)
    if match is None:
        return _beyond(value, language)
    act, figures, rest = match.groups()
    label = str(ACT_LABELS[ACTS_TOLD[act]]) if act in ACTS_TOLD else pgettext("authority", "This")
    told = pgettext("authority", "%(act)s of %(figures)s") % {
        "act": label,
        "figures": ", ".join(_figure(one, language) for one in figures.split(", ")),
    }
    return told + ((_beyond(rest, language) or rest) if rest else "")


def _beyond(value: str, language: str) -> str | None:
    if value == " is not decided alone":
        return pgettext("authority", " is not decided alone")
    if (match := ABOVE.fullmatch(value)) is not None:
        return pgettext("authority", " is above %(most)s") % {"most": _bounds(match[1], language)}
    if (match := MOST.fullmatch(value)) is not None:
        return pgettext("authority", "; the most is %(most)s") % {
            "most": _bounds(match[1], language)
        }
    if (match := CERTIFICATE.fullmatch(value)) is not None:
        told = pgettext(
            "authority",
            " is decided alone only with a certificate %(name)s that is good that day",
        )
        return told % {"name": match[1]}
    return None


def _bounds(text: str, language: str) -> str:
    return gettext(" and ").join(_figure(one, language) for one in text.split(" and "))


def _figure(text: str, language: str) -> str:
    if text == "an amount that is not known":
        return pgettext("authority", "an amount that is not known")
    if (match := GIVEN_UP.fullmatch(text)) is not None:
        share = figures_told(match[1], language)
        return pgettext("authority", "%(share)s given up") % {"share": share}
    if (match := MONTHS.fullmatch(text)) is not None:
        if match[1] == "1":
            return pgettext("authority", "1 month")
        return pgettext("authority", "%(n)s months") % {"n": match[1]}
    return figures_told(text, language)


TOLD: Mapping[str, Callable[[str, str], str | None]] = {
    "ask": _ask,
    "why": _ask,
    "role": _role,
    "source": _source,
}
