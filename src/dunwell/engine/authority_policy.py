"""The authority policy as a document: who may grant what, read strictly, and its cases played."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from dunwell.engine import documents
from dunwell.engine.authority import (
    ACTS,
    ALLOWED,
    BOT,
    LATER_ACTS,
    NEVER,
    PORTAL,
    PPM,
    RISKS,
    ROLES,
    SOURCES,
    STAFF,
    Ask,
    AuthorityCase,
    AuthorityPolicy,
    Grant,
    Limits,
    judge,
)
from dunwell.engine.documents import DocumentError
from dunwell.engine.worth_policy import read_worth

ANY = "any"
"""Written for an amount without a limit."""

BANDS = ("A", "B", "C", "D", "E")
"""Bands of the customers' score; a customer without one has no risk that is known."""

MOST_MONTHS = 600
_NAME = re.compile("[a-z][a-z0-9_]{0,79}")
_FIELDS = {
    *("name", "valid_from", "ladder", "risks", "window_days"),
    *("grants", "sources", "acts_as", "worth"),
}
_LIMITS = {"amount_minor", "concession_ppm", "months"}
_ASK = {"act", "source", "roles", "risk", "certificates", *_LIMITS}


class AuthorityPolicyError(DocumentError):
    """The authority policy cannot be used; the message says what, where, and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AuthorityCaseResult:
    """A case and what the policy answers: allowed, never, or the role that has to approve."""

    case: AuthorityCase
    found: str

    @property
    def is_passed(self) -> bool:
        """Return whether the answer is the expected one."""
        return self.found == self.case.expect

    def message(self) -> str:
        """Return the name with what was expected and what came out."""
        return f"{self.case.name}: expected {self.case.expect}, found {self.found}"


def read_authority_policy(document: Mapping[str, object]) -> AuthorityPolicy:
    """Build an authority policy from {authority: …, cases: […]}, naming the first wrong field.

    Raises AuthorityPolicyError, also where a cell is stated twice, where a role may do more
    alone than it may approve, and where a role higher on the ladder may approve less.
    """
    try:
        outer = documents.fields(document, "document")
        documents.known(outer, {"authority", "cases"}, "document")
        body = documents.fields(outer.get("authority"), "authority")
        return _policy(body, outer.get("cases", []))
    except AuthorityPolicyError:
        raise
    except DocumentError as error:
        raise AuthorityPolicyError(str(error)) from error


def play_authority_cases(policy: AuthorityPolicy) -> tuple[AuthorityCaseResult, ...]:
    """Return what the policy answers to each of its own cases, in order."""
    results = []
    for case in policy.cases:
        verdict = judge(case.ask, policy)
        found = verdict.needs_role or verdict.status
        results.append(AuthorityCaseResult(case=case, found=found))
    return tuple(results)


def completed(policy: AuthorityPolicy, standard: AuthorityPolicy) -> AuthorityPolicy:
    """Return a policy with the standard's cells for credit, and for disputes, it names none of.

    For documents published before these were decided by them. Roles the standard adds stand
    on the ladder after those they follow there; what the policy says itself is not changed.
    """
    stated = {key[0] for key in policy.grants} | {key[1] for key in policy.sources}
    absent = frozenset(act for group in LATER_ACTS if not stated & set(group) for act in group)
    if not absent:
        return policy
    ladder = list(policy.ladder)
    for place, role in enumerate(standard.ladder):
        if role not in ladder:
            below = [ladder.index(one) for one in standard.ladder[:place] if one in ladder]
            ladder.insert(max(below) + 1 if below else 0, role)
    return replace(
        policy,
        ladder=tuple(ladder),
        grants={
            **policy.grants,
            **{key: cell for key, cell in standard.grants.items() if key[0] in absent},
        },
        sources={
            **policy.sources,
            **{key: cell for key, cell in standard.sources.items() if key[1] in absent},
        },
    )


def _policy(body: Mapping[str, object], cases: object) -> AuthorityPolicy:
    where = "authority"
    documents.known(body, _FIELDS, where)
    name = documents.text(body, "name", where, default="authority")
    if not _NAME.fullmatch(name):
        raise AuthorityPolicyError(
            f"{where}: name {name!r} cannot be used; write a-z, 0-9 and _, beginning with a letter"
        )
    ladder = documents.names(body.get("ladder"), "ladder", where)
    for role in ladder:
        documents.choice(role, "ladder", ROLES, where)
    grants = _grants(body.get("grants", []), ladder)
    _check_climb(grants, ladder)
    return AuthorityPolicy(
        name=name,
        valid_from=documents.day(body.get("valid_from"), "valid_from", where),
        ladder=ladder,
        bands=_bands(body.get("risks", {})),
        grants=grants,
        sources=_sources(body.get("sources", [])),
        acts_as=_acts_as(body.get("acts_as", {}), ladder),
        window_days=documents.number(
            body, "window_days", where, default=365, smallest=0, largest=3_660
        ),
        worth=read_worth(body.get("worth")),
        cases=_cases(cases),
    )


def _bands(value: object) -> Mapping[str, str]:
    """Return the risk of each band; a band that is not named has none that is known."""
    where = "authority, risks"
    stated = documents.fields(value, where)
    documents.known(stated, RISKS, where)
    found: dict[str, str] = {}
    for risk, listed in stated.items():
        for band in documents.names(listed, str(risk), where):
            documents.choice(band, str(risk), BANDS, where)
            if band in found:
                raise AuthorityPolicyError(
                    f"{where}: band {band} is {found[band]} and {risk}; keep one of them"
                )
            found[band] = str(risk)
    return found


def _grants(value: object, ladder: tuple[str, ...]) -> Mapping[tuple[str, str, str], Grant]:
    found: dict[tuple[str, str, str], Grant] = {}
    for n, row in enumerate(documents.rows(value, "grants", "authority"), 1):
        where = f"authority, grant {n}"
        stated = documents.fields(row, where)
        documents.known(
            stated, {"act", "role", "risks", "alone", "approves", "certificate"}, where
        )
        act = documents.choice(stated.get("act"), "act", ACTS, where)
        role = documents.choice(stated.get("role"), "role", ROLES, where)
        if role not in ladder:
            raise AuthorityPolicyError(
                f"{where}: role {role!r} is not on the ladder; add it there"
            )
        grant = replace(_grant(stated, where), certificate=_certificate(stated, where))
        for risk in _risks(stated, where):
            if (act, role, risk) in found:
                raise AuthorityPolicyError(
                    f"{where}: {act} of {role} at {risk} risk is stated before; keep one of them"
                )
            found[act, role, risk] = grant
    return found


def _sources(value: object) -> Mapping[tuple[str, str, str], Grant]:
    found: dict[tuple[str, str, str], Grant] = {}
    for n, row in enumerate(documents.rows(value, "sources", "authority"), 1):
        where = f"authority, source {n}"
        stated = documents.fields(row, where)
        documents.known(stated, {"source", "act", "risks", "alone", "asks"}, where)
        source = documents.choice(stated.get("source"), "source", (PORTAL, BOT), where)
        act = documents.choice(stated.get("act"), "act", ACTS, where)
        grant = _grant({**stated, "approves": stated.get("asks")}, where, second="asks")
        for risk in _risks(stated, where):
            if (source, act, risk) in found:
                raise AuthorityPolicyError(
                    f"{where}: {act} over {source} at {risk} risk is stated before; keep one"
                )
            found[source, act, risk] = grant
    return found


def _grant(stated: Mapping[str, object], where: str, *, second: str = "approves") -> Grant:
    """Return what is decided alone and what by asking; the second covers the first."""
    alone = _limits(stated.get("alone"), f"{where}, alone")
    approves = _limits(stated.get("approves"), f"{where}, {second}")
    if second == "asks" and approves is None:
        approves = alone
    if alone is not None and approves is not None and not alone.within(approves):
        raise AuthorityPolicyError(
            f"{where}: alone goes beyond {second}; raise {second} or lower alone"
        )
    return Grant(alone=alone, approves=approves)


def _certificate(stated: Mapping[str, object], where: str) -> str:
    """Return what has to be held to decide alone, empty for nothing."""
    name = documents.text(stated, "certificate", where, default="")
    if name and not _NAME.fullmatch(name):
        raise AuthorityPolicyError(f"{where}: certificate {name!r} is no name of a curriculum")
    if name and stated.get("alone") is None:
        raise AuthorityPolicyError(
            f"{where}: a certificate unlocks what is decided alone; state alone, or leave it out"
        )
    return name


def _limits(value: object, where: str) -> Limits | None:
    if value is None:
        return None
    stated = documents.fields(value, where)
    documents.known(stated, _LIMITS, where)
    amount: int | None = None
    if stated.get("amount_minor") != ANY:
        amount = documents.number(stated, "amount_minor", where)
    return Limits(
        amount_minor=amount,
        concession_ppm=documents.number(stated, "concession_ppm", where, default=0, largest=PPM),
        months=documents.number(stated, "months", where, default=0, largest=MOST_MONTHS),
    )


def _risks(stated: Mapping[str, object], where: str) -> tuple[str, ...]:
    risks = documents.names(stated.get("risks", list(RISKS)), "risks", where)
    for risk in risks:
        documents.choice(risk, "risks", RISKS, where)
    return risks


def _acts_as(value: object, ladder: tuple[str, ...]) -> Mapping[str, str]:
    where = "authority, acts_as"
    stated = documents.fields(value, where)
    documents.known(stated, (PORTAL, BOT), where)
    return {
        str(source): documents.choice(role, str(source), ladder, where)
        for source, role in stated.items()
    }


def _check_climb(grants: Mapping[tuple[str, str, str], Grant], ladder: tuple[str, ...]) -> None:
    """Refuse a matrix in which somebody higher may approve less."""
    for act in ACTS:
        for risk in RISKS:
            below: tuple[str, Limits] | None = None
            for role in ladder:
                limits = grants.get((act, role, risk), Grant()).approves
                if limits is None:
                    continue
                if below is not None and not below[1].within(limits):
                    raise AuthorityPolicyError(
                        f"authority: {act} at {risk} risk: {role} may approve less than "
                        f"{below[0]}; whoever is asked later has to have more"
                    )
                below = role, limits


def _cases(rows: object) -> tuple[AuthorityCase, ...]:
    listed = documents.rows([] if rows is None else rows, "cases", "authority")
    return tuple(_case(row, f"authority, case {n}") for n, row in enumerate(listed, 1))


def _case(row: object, where: str) -> AuthorityCase:
    stated = documents.fields(row, where)
    documents.known(stated, {"name", "expect", *_ASK}, where)
    roles = documents.names(stated.get("roles"), "roles", where)
    ask = Ask(
        act=documents.choice(stated.get("act"), "act", ACTS, where),
        source=documents.choice(stated.get("source", STAFF), "source", SOURCES, where),
        roles=frozenset(documents.choice(role, "roles", ROLES, where) for role in roles),
        risk=documents.choice(stated.get("risk", ""), "risk", (*RISKS, ""), where),
        amount_minor=_known(stated, "amount_minor", where),
        concession_ppm=documents.number(stated, "concession_ppm", where, default=0, largest=PPM),
        months=documents.number(stated, "months", where, default=0, largest=MOST_MONTHS),
        certificates=frozenset(
            documents.names(stated.get("certificates", []), "certificates", where)
        ),
    )
    expect = documents.choice(stated.get("expect"), "expect", (ALLOWED, NEVER, *ROLES), where)
    return AuthorityCase(name=documents.text(stated, "name", where), ask=ask, expect=expect)


def _known(stated: Mapping[str, object], name: str, where: str) -> int | None:
    """Return a number, None where the case says null: not known."""
    if name in stated and stated[name] is None:
        return None
    return documents.number(stated, name, where)
