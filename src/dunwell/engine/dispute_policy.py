"""The dispute policy as a document: reasons and their evidence, causes, routes, clocks, letters.

One document, versioned like a strategy. Amounts are minor units of the company's own currency,
rates ppm, times business days. The first route and the first clock that fit a case are taken.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from dunwell.engine import documents
from dunwell.engine.dispute_policy_cases import PolicyCase, read_policy_cases
from dunwell.engine.dispute_routes import AutoRule, ClockRule, Conditions, Route
from dunwell.engine.documents import DocumentError

PPM = 1_000_000
LANGUAGES = ("en", "de")
"""Languages letters and labels are written in; another language is answered in the first."""

PLACES = ("company", "customer", "case", "items", "amount", "reason", "why", "sender", "date")
"""What a letter may name in braces."""

LONGEST_TEAM = 40
OUTCOMES = ("accept", "write_off")
_CODE = re.compile("[a-z][a-z0-9_]{0,19}")
_NAME = re.compile("[a-z][a-z0-9_]{0,39}")
_PLACE = re.compile(r"\{([^{}]*)\}")
_FIELDS = {
    *("name", "valid_from", "reopen_days", "evidence", "reasons", "root_causes", "routes"),
    *("clocks", "task_days", "auto", "validity", "letters"),
}
_WHEN = {"reasons", "from_minor", "below_minor", "segments", "countries", "customers"}


class DisputePolicyError(DocumentError):
    """The dispute policy cannot be used; the message says what, where, and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReasonRule:
    """A reason: evidence that speaks for the customer and for us, and what must be there.

    `base_ppm`: how often such a claim is right before anything is known. `denial`: the
    sentence of the letter by language.
    """

    code: str
    labels: Mapping[str, str]
    customer: tuple[str, ...] = ()
    us: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    root_cause: str = ""
    base_ppm: int = 500_000
    denial: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class RootCause:
    """Why disputes happen, and the team that can end it."""

    code: str
    labels: Mapping[str, str]
    team: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ValidityRule:
    """How sure the estimate of a claim may become: cases that the base rate counts as, weights.

    Weights are thousandths of a logit: what one piece of evidence, or one answer, moves.
    """

    base_cases: int = 20
    customer_cases: int = 5
    evidence_milli: int = 900
    answer_milli: int = 1_500
    whole_milli: int = -300


@dataclass(frozen=True, kw_only=True, slots=True)
class DisputePolicy:
    """The whole document. `evidence`: the kinds there are, with their labels by language."""

    name: str
    valid_from: date
    reopen_days: int
    task_days: int
    evidence: Mapping[str, Mapping[str, str]]
    reasons: Mapping[str, ReasonRule]
    root_causes: Mapping[str, RootCause]
    routes: tuple[Route, ...]
    clocks: tuple[ClockRule, ...]
    auto: tuple[AutoRule, ...]
    validity: ValidityRule
    letters: Mapping[str, Mapping[str, str]]
    cases: tuple[PolicyCase, ...] = ()

    def reason_rule(self, code: str) -> ReasonRule:
        """Return the rule of a reason; a code the policy does not have is one of its others."""
        return self.reasons.get(code) or self.reasons["other"]

    def reason_label(self, code: str, language: str = "en") -> str:
        """Return a reason in words; a code the policy no longer has as it is written."""
        rule = self.reasons.get(code)
        return _label(rule.labels if rule else {}, code, language)

    def cause_label(self, code: str, language: str = "en") -> str:
        """Return a root cause in words; a code the policy no longer has as it is written."""
        cause = self.root_causes.get(code)
        return _label(cause.labels if cause else {}, code, language)

    def evidence_label(self, kind: str, language: str = "en") -> str:
        """Return a kind of evidence in words."""
        return _label(self.evidence.get(kind, {}), kind, language)


def read_dispute_policy(document: Mapping[str, object]) -> DisputePolicy:
    """Build a dispute policy from {disputes: …, cases: […]}, naming the first wrong field.

    Raises DisputePolicyError, also where a route, a clock or a reason names what is not there.
    """
    try:
        outer = documents.fields(document, "document")
        documents.known(outer, {"disputes", "cases"}, "document")
        body = documents.fields(outer.get("disputes"), "disputes")
        return _policy(body, outer.get("cases", []))
    except DisputePolicyError:
        raise
    except DocumentError as error:
        raise DisputePolicyError(str(error)) from error


def _policy(body: Mapping[str, object], cases: object) -> DisputePolicy:
    where = "disputes"
    documents.known(body, _FIELDS, where)
    name = documents.text(body, "name", where, default="disputes")
    if not _NAME.fullmatch(name):
        raise DisputePolicyError(f"{where}: name {name!r} cannot be used; write a-z, 0-9 and _")
    evidence = {
        kind: _labels(labels, f"{where}, evidence, {kind}")
        for kind, labels in _coded(body.get("evidence"), f"{where}, evidence", _NAME)
    }
    causes = _causes(body.get("root_causes"))
    reasons = _reasons(body.get("reasons"), evidence=evidence, causes=causes)
    return DisputePolicy(
        name=name,
        valid_from=documents.day(body.get("valid_from"), "valid_from", where),
        reopen_days=documents.number(body, "reopen_days", where, default=30, largest=3_660),
        task_days=documents.number(body, "task_days", where, default=3, smallest=1, largest=366),
        evidence=evidence,
        reasons=reasons,
        root_causes=causes,
        routes=_routes(body.get("routes", []), reasons),
        clocks=_clocks(body.get("clocks", []), reasons),
        auto=_auto(body.get("auto", []), reasons),
        validity=_validity(body.get("validity", {})),
        letters=_letters(body.get("letters")),
        cases=read_policy_cases(cases, reasons),
    )


def _reasons(
    value: object,
    *,
    evidence: Mapping[str, Mapping[str, str]],
    causes: Mapping[str, RootCause],
) -> Mapping[str, ReasonRule]:
    found = {}
    for code, stated in _coded(value, "disputes, reasons", _CODE):
        where = f"disputes, reasons, {code}"
        row = documents.fields(stated, where)
        documents.known(
            row,
            {"label", "customer", "us", "required", "root_cause", "base_ppm", "denial"},
            where,
        )
        customer = documents.names(row.get("customer"), "customer", where)
        us = documents.names(row.get("us"), "us", where)
        required = documents.names(row.get("required"), "required", where)
        for kind in (*customer, *us):
            documents.choice(kind, "evidence", evidence, where)
        if both := sorted({*customer} & {*us}):
            raise DisputePolicyError(
                f"{where}: {both[0]} speaks for the customer and for us; keep one of them"
            )
        for kind in required:
            documents.choice(kind, "required", (*customer, *us), where)
        cause = documents.choice(row.get("root_cause"), "root_cause", causes, where)
        found[code] = ReasonRule(
            code=code,
            labels=_labels(row.get("label"), where),
            customer=customer,
            us=us,
            required=required,
            root_cause=cause,
            base_ppm=documents.number(
                row, "base_ppm", where, default=500_000, smallest=10_000, largest=PPM - 10_000
            ),
            denial=_texts(row.get("denial"), f"{where}, denial"),
        )
    if "other" not in found:
        raise DisputePolicyError("disputes, reasons: other is missing; it takes what fits nothing")
    return found


def _causes(value: object) -> Mapping[str, RootCause]:
    found = {}
    for code, stated in _coded(value, "disputes, root_causes", _NAME):
        where = f"disputes, root_causes, {code}"
        row = documents.fields(stated, where)
        documents.known(row, {"label", "team"}, where)
        found[code] = RootCause(
            code=code,
            labels=_labels(row.get("label"), where),
            team=_team(row, where),
        )
    return found


def _routes(value: object, reasons: Collection[str]) -> tuple[Route, ...]:
    routes = []
    for n, stated in enumerate(documents.rows(value, "routes", "disputes"), 1):
        where = f"disputes, route {n}"
        row = documents.fields(stated, where)
        documents.known(row, {"name", "team", "owner", *_WHEN}, where)
        owner = ""
        if row.get("owner") is not None:
            owner = documents.text(row, "owner", where)
        routes.append(
            Route(
                name=documents.text(row, "name", where)[:80],
                when=_when(row, reasons, where),
                team=_team(row, where),
                owner=owner,
            )
        )
    documents.refuse_twice([one.name for one in routes], "disputes, routes")
    return tuple(routes)


def _clocks(value: object, reasons: Collection[str]) -> tuple[ClockRule, ...]:
    clocks = []
    for n, stated in enumerate(documents.rows(value, "clocks", "disputes"), 1):
        where = f"disputes, clock {n}"
        row = documents.fields(stated, where)
        documents.known(row, {"respond_days", "resolve_days", *_WHEN}, where)
        respond = documents.number(row, "respond_days", where, smallest=1, largest=366)
        resolve = documents.number(row, "resolve_days", where, smallest=1, largest=366)
        if respond > resolve:
            raise DisputePolicyError(
                f"{where}: respond_days {respond} is more than resolve_days {resolve}; swap them"
            )
        clocks.append(
            ClockRule(when=_when(row, reasons, where), respond_days=respond, resolve_days=resolve)
        )
    if not any(one.when == Conditions() for one in clocks):
        raise DisputePolicyError(
            "disputes, clocks: a last one without conditions is missing; every case has a clock"
        )
    return tuple(clocks)


def _auto(value: object, reasons: Collection[str]) -> tuple[AutoRule, ...]:
    rules = []
    for n, stated in enumerate(documents.rows(value, "auto", "disputes"), 1):
        where = f"disputes, auto {n}"
        row = documents.fields(stated, where)
        documents.known(row, {"name", "is_on", "outcome", "month_minor", *_WHEN}, where)
        when = _when(row, reasons, where)
        if when.below_minor is None:
            raise DisputePolicyError(f"{where}: below_minor is missing; say what is small")
        rules.append(
            AutoRule(
                name=documents.text(row, "name", where)[:80],
                when=when,
                outcome=documents.choice(row.get("outcome"), "outcome", OUTCOMES, where),
                month_minor=documents.number(row, "month_minor", where, smallest=1),
                is_on=documents.switch(row, "is_on", where),
            )
        )
    documents.refuse_twice([one.name for one in rules], "disputes, auto")
    return tuple(rules)


def _when(row: Mapping[str, object], reasons: Collection[str], where: str) -> Conditions:
    named = documents.names(row.get("reasons"), "reasons", where)
    for code in named:
        documents.choice(code, "reasons", reasons, where)
    least = documents.number(row, "from_minor", where, default=0)
    below: int | None = None
    if row.get("below_minor") is not None:
        below = documents.number(row, "below_minor", where, smallest=1)
        if below <= least:
            raise DisputePolicyError(f"{where}: below_minor {below} must be above from_minor")
    return Conditions(
        reasons=frozenset(named),
        from_minor=least,
        below_minor=below,
        segments=frozenset(documents.names(row.get("segments"), "segments", where)),
        countries=frozenset(documents.names(row.get("countries"), "countries", where)),
        customers=frozenset(documents.names(row.get("customers"), "customers", where)),
    )


def _validity(value: object) -> ValidityRule:
    where, standard = "disputes, validity", ValidityRule()
    stated = documents.fields(value, where)
    names = ("base_cases", "customer_cases", "evidence_milli", "answer_milli", "whole_milli")
    documents.known(stated, names, where)
    read = {
        name: documents.number(
            stated,
            name,
            where,
            default=getattr(standard, name),
            smallest=-5_000 if name == "whole_milli" else 0,
            largest=5_000,
        )
        for name in names
    }
    return ValidityRule(**read)


def _letters(value: object) -> Mapping[str, Mapping[str, str]]:
    where = "disputes, letters"
    stated = documents.fields(value, where)
    documents.known(stated, LANGUAGES, where)
    found = {}
    for language in LANGUAGES:
        place = f"{where}, {language}"
        row = documents.fields(stated.get(language), place)
        documents.known(row, {"subject", "body"}, place)
        found[language] = {
            part: _placed(documents.text(row, part, place), f"{place}, {part}")
            for part in ("subject", "body")
        }
    return found


def _placed(text: str, where: str) -> str:
    for name in _PLACE.findall(text):
        documents.choice(name, "placeholder", PLACES, where)
    if "{" in (rest := _PLACE.sub("", text)) or "}" in rest:
        raise DisputePolicyError(f"{where}: a brace stands alone; write placeholders as {{name}}")
    return text


def _coded(value: object, where: str, shape: re.Pattern[str]) -> list[tuple[str, object]]:
    """Return the entries of a part by code; raise where a code cannot be one, or none is there."""
    stated = documents.fields(value, where)
    if not stated:
        raise DisputePolicyError(f"{where}: nothing is listed; name at least one")
    for code in stated:
        if not isinstance(code, str) or not shape.fullmatch(code):
            raise DisputePolicyError(
                f"{where}: {code!r} cannot be a code; write a-z, 0-9 and _, at most 20 for a "
                "reason and 40 else"
            )
    return list(stated.items())


def _labels(value: object, where: str) -> Mapping[str, str]:
    """Return labels by language; one text alone is the label in every language."""
    if isinstance(value, str) and value.strip():
        return {LANGUAGES[0]: value}
    return _texts(value, where)


def _texts(value: object, where: str) -> Mapping[str, str]:
    stated = documents.fields(value, where)
    documents.known(stated, LANGUAGES, where)
    if LANGUAGES[0] not in stated:
        raise DisputePolicyError(f"{where}: the text in {LANGUAGES[0]} is missing")
    return {str(language): documents.text(stated, str(language), where) for language in stated}


def _team(row: Mapping[str, object], where: str) -> str:
    team = documents.text(row, "team", where)
    if len(team) > LONGEST_TEAM:
        raise DisputePolicyError(
            f"{where}: team has {len(team)} characters; at most {LONGEST_TEAM} fit"
        )
    return team


def _label(labels: Mapping[str, str], code: str, language: str) -> str:
    return labels.get(language[:2]) or labels.get(LANGUAGES[0]) or code.replace("_", " ")
