"""The credit policy: one dated document per company, put together from its sections.

Each section is read beside the rules it feeds; one that is not there has its reader's standard.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from dunwell.engine import documents
from dunwell.engine.appetite_measures import AppetiteLimit
from dunwell.engine.application_rules import ApplicationRules, read_application_rules
from dunwell.engine.cover_clock import CoverRules, read_cover_rules
from dunwell.engine.credit_appetite import read_appetite
from dunwell.engine.credit_classes import (
    OUTCOMES,
    Classes,
    Decisions,
    Required,
    read_classes,
    read_decisions,
    read_required,
    short_text,
)
from dunwell.engine.credit_conditions import FOUND, kind_of, read_values, unfit_inputs
from dunwell.engine.credit_fact_names import NUMBER, Value
from dunwell.engine.credit_tables import (
    LimitTable,
    TermsRow,
    read_limit_table,
    read_terms_table,
)
from dunwell.engine.documents import DocumentError
from dunwell.engine.order_book import OrderAppetite, acting
from dunwell.engine.order_rules import OrderRules, read_order_rules
from dunwell.engine.review_rules import (
    ReviewRules,
    WarningRules,
    read_review_rules,
    read_warning_rules,
)
from dunwell.engine.scorecard_terms import CATEGORY, Scorecard
from dunwell.engine.scorecards_policy import read_scorecard

_NAME = re.compile("[a-z][a-z0-9_]{0,79}")
_SECTIONS = {
    *("required", "scorecard", "classes", "decisions", "limits", "terms", "appetite"),
    *("orders", "reviews", "warnings", "applications", "covers"),
}
_FIELDS = {"name", "valid_from", "owner", "review_on", *_SECTIONS}
_EXPECT = {
    *("class", "risk", "outcome", "limit_minor", "days", "deposit_ppm", "points", "pd_ppm"),
}
ALWAYS_READ = ("customer_country", "customer_segment", "customer_party", "own_days_late")
"""Facts that tables and the worth of credit read whatever the rules name."""


class CreditPolicyError(DocumentError):
    """The credit policy cannot be used; the message says what, where, and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditCase:
    """Facts of a customer, what it asks for (None: nothing named), and what should come out."""

    name: str
    facts: Mapping[str, Value]
    asked_minor: int | None
    expect: Mapping[str, str | int]


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditPolicy:
    """The whole document.

    `card` is the scorecard the policy carries; `champion` names the one the company promoted,
    which counts instead where there is one. `review_on`: until when its owner looks at it again.
    """

    name: str
    valid_from: date
    owner: str
    review_on: date
    champion: str
    card: Scorecard
    required: tuple[Required, ...]
    classes: Classes
    decisions: Decisions
    limits: LimitTable
    terms: tuple[TermsRow, ...]
    appetite: tuple[AppetiteLimit, ...]
    orders: OrderRules
    reviews: ReviewRules
    warnings: WarningRules
    applications: ApplicationRules
    covers: CoverRules
    cases: tuple[CreditCase, ...] = field(default_factory=tuple)

    def kinds(self, card: Scorecard) -> dict[str, str]:
        """Return the facts that decide under a scorecard, and what each is."""
        found = {
            one.name: kind_of(one.name, ["text"] if one.kind == CATEGORY else {"from": 0})
            for one in card.inputs
        }
        for rule in self.required:
            found |= {name: found.get(name) or kind_of(name, {}) for name in rule.facts}
        whens = [rule.when for rule in self.required]
        whens += [rule.when for rule in self.decisions.rules]
        whens += [rule.when for rule in self.classes.knock_outs]
        for when in whens:
            found |= {name: kind for name, kind in when.kinds if name not in FOUND}
        for row in self.limits.rows:
            found |= {base.fact: NUMBER for base in row.bases}
        found |= {name: kind_of(name) for name in ALWAYS_READ}
        found["own_highest_balance_minor"] = NUMBER
        return found


def read_credit_policy(document: Mapping[str, object]) -> CreditPolicy:
    """Build the policy from {credit: …, cases: […]}; raise CreditPolicyError for a wrong field."""
    try:
        outer = documents.fields(document, "document")
        documents.known(outer, {"credit", "cases"}, "document")
        body = documents.fields(outer.get("credit"), "credit")
        documents.known(body, _FIELDS, "credit")
        return _policy(body, documents.rows(outer.get("cases") or [], "cases", "credit"))
    except CreditPolicyError:
        raise
    except DocumentError as error:
        raise CreditPolicyError(str(error)) from error


def _policy(body: Mapping[str, object], cases: object) -> CreditPolicy:
    name = documents.text(body, "name", "credit", default="credit")
    if not _NAME.fullmatch(name):
        raise CreditPolicyError(
            f"credit: name {name!r} cannot be used; write a-z, 0-9 and _, beginning with a letter"
        )
    valid_from = documents.day(body.get("valid_from"), "valid_from", "credit")
    review_on = documents.day(body.get("review_on"), "review_on", "credit")
    if review_on <= valid_from:
        raise CreditPolicyError(
            f"credit: review_on {review_on} lies before valid_from; say when it is looked at again"
        )
    classes = read_classes(body.get("classes"))
    champion, card = _scorecard(body.get("scorecard"))
    appetite = read_appetite(body.get("appetite"), classes=classes.names)
    return CreditPolicy(
        name=name,
        valid_from=valid_from,
        owner=short_text(body, "owner", "credit"),
        review_on=review_on,
        champion=champion,
        card=card,
        required=read_required(body.get("required")),
        classes=classes,
        decisions=read_decisions(body.get("decisions")),
        limits=read_limit_table(body.get("limits"), classes=classes.names),
        terms=read_terms_table(body.get("terms"), classes=classes.names),
        appetite=appetite,
        orders=replace(
            read_order_rules(body.get("orders")), appetite=_order_appetite(appetite, classes)
        ),
        reviews=read_review_rules(body.get("reviews")),
        warnings=read_warning_rules(body.get("warnings")),
        applications=read_application_rules(body.get("applications")),
        covers=read_cover_rules(body.get("covers")),
        cases=tuple(
            _case(row, classes, f"credit, case {n}")
            for n, row in enumerate(documents.rows(cases, "cases", "credit"), 1)
        ),
    )


def _order_appetite(appetite: tuple[AppetiteLimit, ...], classes: Classes) -> OrderAppetite | None:
    """Return what of the appetite holds orders, None where everything is only watched."""
    limits = acting(appetite)
    if not limits:
        return None
    losses = {one.name: (one.pd_ppm, one.lgd_ppm) for one in classes.table}
    return OrderAppetite(limits=limits, unscored=classes.unscored, losses=losses)


def _scorecard(value: object) -> tuple[str, Scorecard]:
    """Return the name of the champion, empty for none, and the card the policy carries."""
    where = "credit, scorecard"
    stated = documents.fields(value, where)
    documents.known(stated, {"champion", "card"}, where)
    champion = documents.text(stated, "champion", where, default="")
    body = documents.fields(stated.get("card"), f"{where}, card")
    card = read_scorecard({"scorecard": body})
    if unfit := unfit_inputs(card):
        raise DocumentError(
            f"{where}: input {unfit[0]!r} is no fact of the catalogue, not of its kind, or one "
            "no credit decision may rest on; leave it out"
        )
    return champion, card


def _case(row: object, classes: Classes, where: str) -> CreditCase:
    stated = documents.fields(row, where)
    documents.known(stated, {"name", "facts", "asked_minor", "expect"}, where)
    asked = stated.get("asked_minor")
    return CreditCase(
        name=documents.text(stated, "name", where),
        facts=read_values(stated.get("facts"), f"{where}, facts"),
        asked_minor=None if asked is None else documents.number(stated, "asked_minor", where),
        expect=_expected(stated.get("expect"), classes, f"{where}, expect"),
    )


def _expected(value: object, classes: Classes, where: str) -> Mapping[str, str | int]:
    stated = documents.fields(value, where)
    documents.known(stated, _EXPECT, where)
    if not stated:
        raise DocumentError(f"{where}: state at least one of {', '.join(sorted(_EXPECT))}")
    found: dict[str, str | int] = {}
    for name in stated:
        if name == "class":
            found[name] = documents.choice(stated[name], name, classes.names, where)
        elif name == "outcome":
            found[name] = documents.choice(stated[name], name, OUTCOMES, where)
        elif name == "risk":
            found[name] = documents.choice(stated[name], name, ("low", "medium", "high"), where)
        else:
            found[name] = documents.number(stated, name, where, smallest=-documents.LARGEST)
    return found
