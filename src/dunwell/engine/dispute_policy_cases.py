"""Cases that travel with a dispute policy: facts of a dispute, and the route and days expected."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from dunwell.engine import documents
from dunwell.engine.dispute_routes import DisputeFacts
from dunwell.engine.documents import DocumentError


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyCase:
    """Facts of a case with the route and the days expected; empty or None is not asked."""

    name: str
    facts: DisputeFacts
    route: str | None
    respond_days: int | None
    resolve_days: int | None


def read_policy_cases(value: object, reasons: Collection[str]) -> tuple[PolicyCase, ...]:
    """Return the cases of a document; raise DocumentError for the first that cannot be used."""
    cases = []
    facts = {"reason", "amount_minor", "segment", "country", "customer"}
    for n, stated in enumerate(documents.rows(value, "cases", "document"), 1):
        where = f"case {n}"
        row = documents.fields(stated, where)
        documents.known(row, {"name", "expect", *facts}, where)
        expect = documents.fields(row.get("expect"), f"{where}: expect")
        documents.known(expect, {"route", "respond_days", "resolve_days"}, f"{where}: expect")
        if not expect:
            raise DocumentError(f"{where}: expect is empty; say a route or days")
        route = expect.get("route")
        if route is not None and not isinstance(route, str):
            raise DocumentError(f"{where}: expect: route must be a text, found {route!r}")
        cases.append(
            PolicyCase(
                name=documents.text(row, "name", where),
                facts=DisputeFacts(
                    reason=documents.choice(row.get("reason"), "reason", reasons, where),
                    amount_minor=documents.number(row, "amount_minor", where, default=0),
                    segment=documents.text(row, "segment", where, default=""),
                    country=documents.text(row, "country", where, default=""),
                    customer=documents.text(row, "customer", where, default=""),
                ),
                route=route,
                respond_days=_days(expect, "respond_days", where),
                resolve_days=_days(expect, "resolve_days", where),
            )
        )
    return tuple(cases)


def _days(expect: Mapping[str, object], name: str, where: str) -> int | None:
    if expect.get(name) is None:
        return None
    return documents.number(expect, name, f"{where}: expect", largest=366)
