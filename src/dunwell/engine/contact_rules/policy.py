"""What a company decides about contacts: whom it sells to, for whom it collects, its own limits.

A policy adds rules of its own to those of law and may replace defaults of the product; it
cannot switch a rule of law off, so it is never less strict than law.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from dunwell.engine import documents
from dunwell.engine.contact_rules.case_documents import ContactCase, read_contact_cases
from dunwell.engine.contact_rules.params import HoursParams, Params, read_cap, read_hours
from dunwell.engine.contact_rules.rules import (
    ACTING,
    CHANNELS,
    ContactRule,
    RulePack,
    Scope,
    words,
)
from dunwell.engine.documents import DocumentError

CUSTOMERS = ("business", "persons", "both")
ALL_WEEK = (1, 2, 3, 4, 5, 6, 7)
OWN_HOURS, OWN_QUIET, OWN_CAP = "OWN-HOURS", "OWN-QUIET", "OWN-CAP"
_FIELDS = {
    *("name", "valid_from", "customers_are", "acts_as", "opt_out_in_messages", "replaces"),
    *("caps", "hours", "closed_on_holidays", "quiet_days", "one_contact_with"),
    "phones_are_own",
}
_NAME = re.compile("[a-z][a-z0-9_]{0,79}")


class ContactPolicyError(DocumentError):
    """The contact policy cannot be used; the message says what, where, and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnCap:
    """At most `most` contacts within `window_days`, of some channels or of all."""

    most: int
    window_days: int
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactPolicy:
    """The whole document; the standard holds until a company publishes one of its own.

    `customers_are` decides what an unknown fact counts as: in a company that sells to
    businesses an unknown customer is a company with a business debt in the company's own
    country, in any other a person with a personal debt in a country that must be entered.
    `one_contact_with` names companies of ours that make one contact with a debtor that owes
    several of us; each must name the other. `phones_are_own`: the phone numbers we have of persons
    are those of their home or their own, never of their employer.
    """

    name: str = "contact"
    valid_from: date = date.min
    customers_are: str = "business"
    acts_as: str = "first_party"
    opt_out_in_messages: bool = False
    replaces: tuple[str, ...] = ()
    caps: tuple[OwnCap, ...] = ()
    hours: HoursParams = field(default_factory=HoursParams)
    quiet_days: tuple[date, ...] = ()
    one_contact_with: tuple[str, ...] = ()
    phones_are_own: bool = False
    cases: tuple[ContactCase, ...] = ()

    @property
    def is_business(self) -> bool:
        """Return whether customers that say nothing of themselves are businesses."""
        return self.customers_are == "business"


STANDARD_CONTACT = ContactPolicy()


def read_contact_policy(document: Mapping[str, object]) -> ContactPolicy:
    """Build a contact policy from a parsed document {contact: …, cases: […]}.

    A field left out keeps the standard. Raises ContactPolicyError for the first wrong field.
    """
    try:
        documents.known(document, {"contact", "cases"}, "document")
        body = documents.fields(document.get("contact"), "contact")
        return _policy(body, document.get("cases", []))
    except ContactPolicyError:
        raise
    except DocumentError as error:
        raise ContactPolicyError(str(error)) from error


def rules_of_company(pack: RulePack, policy: ContactPolicy) -> RulePack:
    """Return the pack as it binds a company: replaced defaults left out, own rules at the end.

    Raises ContactPolicyError when the policy replaces what is law, or nothing at all.
    """
    defaults = {rule.id for rule in pack.rules if rule.is_default}
    for rule_id in policy.replaces:
        if rule_id not in defaults:
            raise ContactPolicyError(
                f"contact: replaces {rule_id!r} is no default of the product and stays; "
                f"only {', '.join(sorted(defaults))} may be replaced"
            )
    kept = [rule for rule in pack.rules if rule.id not in policy.replaces]
    return replace(pack, rules=(*kept, *own_rules(policy)))


def own_rules(policy: ContactPolicy) -> tuple[ContactRule, ...]:
    """Return the limits of a policy as rules, in the order caps, quiet days, hours."""
    rules = [
        _own(
            f"{OWN_CAP}-{number}",
            "cap",
            _cap_text(cap),
            Params(most=cap.most, window_days=cap.window_days, counts=cap.channels or CHANNELS),
            channels=cap.channels,
        )
        for number, cap in enumerate(policy.caps, 1)
    ]
    if policy.quiet_days:
        text = "Our contact policy keeps this day quiet."
        windows = read_hours({"windows": [_WHOLE_WEEK]}, "quiet days").windows
        rules.append(
            _own(
                OWN_QUIET,
                "hours",
                text,
                HoursParams(windows=windows, closed_days=policy.quiet_days),
            )
        )
    if policy.hours.windows or policy.hours.closed_on_holidays:
        text = "Outside the hours of our contact policy."
        rules.append(_own(OWN_HOURS, "hours", text, policy.hours))
    return tuple(rules)


_WHOLE_WEEK: Mapping[str, object] = {"weekdays": ALL_WEEK, "start": "00:00", "end": "24:00"}


def _own(
    rule_id: str, kind: str, text: str, params: Params, *, channels: tuple[str, ...] = ()
) -> ContactRule:
    return ContactRule(
        id=rule_id,
        kind=kind,
        text=text,
        scope=Scope(channels=channels),
        params=params,
        source="contact policy",
        evidence="own",
        last_verified=date.min,
    )


def _cap_text(cap: OwnCap) -> str:
    what = f"contacts by {', '.join(cap.channels)}" if cap.channels else "contacts"
    return f"Our contact policy allows {cap.most} {what} within {cap.window_days} days."


def _policy(body: Mapping[str, object], cases: object) -> ContactPolicy:
    where = "contact"
    documents.known(body, _FIELDS, where)
    standard = STANDARD_CONTACT
    name = documents.text(body, "name", where, default=standard.name)
    if not _NAME.fullmatch(name):
        raise ContactPolicyError(
            f"contact: name {name!r} cannot be used; write a-z, 0-9 and _, beginning with a letter"
        )
    quiet = documents.rows(body.get("quiet_days", []), "quiet_days", where)
    return ContactPolicy(
        name=name,
        valid_from=documents.day(body.get("valid_from"), "valid_from", where),
        customers_are=documents.choice(
            body.get("customers_are", standard.customers_are), "customers_are", CUSTOMERS, where
        ),
        acts_as=documents.choice(body.get("acts_as", standard.acts_as), "acts_as", ACTING, where),
        opt_out_in_messages=documents.switch(body, "opt_out_in_messages", where),
        replaces=documents.names(body.get("replaces"), "replaces", where),
        caps=tuple(
            _cap(entry, f"contact, cap {number}")
            for number, entry in enumerate(documents.rows(body.get("caps", []), "caps", where), 1)
        ),
        hours=_hours(body),
        quiet_days=tuple(documents.day(day, "quiet_days", where) for day in quiet),
        one_contact_with=_companies(body),
        phones_are_own=documents.switch(body, "phones_are_own", where),
        cases=read_contact_cases(cases),
    )


def _cap(entry: object, place: str) -> OwnCap:
    stated = documents.fields(entry, place)
    documents.known(stated, {"max", "window_days", "channels"}, place)
    channels = words(stated, "channels", CHANNELS, place)
    params = read_cap({name: stated[name] for name in stated if name != "channels"}, place)
    return OwnCap(most=params.most, window_days=params.window_days, channels=channels)


def _companies(body: Mapping[str, object]) -> tuple[str, ...]:
    listed = documents.rows(body.get("one_contact_with", []), "one_contact_with", "contact")
    for name in listed:
        if not isinstance(name, str) or not name.strip():
            raise ContactPolicyError(
                f"contact: one_contact_with {name!r} is no company; write the names of our own "
                "companies as they stand in the settings"
            )
    return tuple(str(name).strip() for name in listed)


def _hours(body: Mapping[str, object]) -> HoursParams:
    stated = {
        "windows": body.get("hours", []),
        "closed_on_holidays": body.get("closed_on_holidays", False),
    }
    found = read_hours(stated, "contact, hours")
    if found.closed_on_holidays and not found.windows:
        # holidays alone: every hour of the other days stays open
        return replace(found, windows=read_hours({"windows": [_WHOLE_WEEK]}, "hours").windows)
    return found
