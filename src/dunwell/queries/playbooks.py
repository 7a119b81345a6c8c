"""The playbooks policy in force, whom it may ask, and what it looks at of each customer."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import TypeVar

from django.db.models import Count, Min, Model, Q, QuerySet, Sum

from dunwell.engine.calendars import day_number
from dunwell.engine.documents import works_here
from dunwell.engine.matching.foreign import Rates, read_rates
from dunwell.engine.office_hours import OfficeHours
from dunwell.engine.playbooks_policy import (
    COLLECTOR,
    RANKS,
    PlaybooksPolicy,
    Rung,
    read_playbooks_policy,
)
from dunwell.engine.risk_conditions import PROMISE_DAYS, RiskFacts
from dunwell.models import (
    Company,
    CustomerScore,
    Duty,
    Membership,
    OpenItem,
    PolicyVersion,
    Promise,
    WatchCheck,
)
from dunwell.queries.frames import fx_frame
from dunwell.queries.policy_documents import document_in_force, standard_document
from dunwell.queries.users import usernames_of

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """Who is asked: a person, or where `user_id` is empty everybody in the role."""

    role: str
    user_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class People:
    """Who may be asked in a company: user name to key, and key to the highest role of RANKS.

    `on_call` is who is on call by role, on the day it was asked for.
    """

    keys: Mapping[str, int]
    roles: Mapping[int, str]
    on_call: Mapping[str, int] = field(default_factory=dict)

    def asked(self, rung: Rung, *, collector_id: int | None) -> Address:
        """Return whom a rung means: its person, who is on call, the customer's own, or a role.

        A person who does not work here any more is nobody: then everybody in the role is asked.
        """
        if rung.person:
            user_id = self.keys.get(rung.person)
            return Address(role=self.roles.get(user_id or 0, rung.role), user_id=user_id)
        if rung.is_on_call:
            return Address(role=rung.role, user_id=self.on_call.get(rung.role))
        if rung.role == COLLECTOR and collector_id is not None and collector_id in self.roles:
            return Address(role=self.roles[collector_id], user_id=collector_id)
        return Address(role=rung.role)


def playbooks_in_force(company: Company, *, as_of: date) -> PlaybooksPolicy:
    """Return who is told and how customers are watched on a day; one query."""
    found = document_in_force(company, PolicyVersion.Kind.PLAYBOOKS, as_of=as_of)
    return _standard() if found.version_id is None else read_playbooks_policy(found.document)


def office_of(company: Company, policy: PlaybooksPolicy) -> OfficeHours:
    """Return when the company's office works, as its policy says."""
    hours = policy.hours
    return OfficeHours(
        country=company.country, zone=company.zone, opens=hours.opens, closes=hours.closes
    )


def people_asked(company: Company, *, as_of: date | None = None) -> People:
    """Return everybody an escalation may be put to, and on a day who is on call; a query each.

    Of two who are on call for a role the one whose days began last answers.
    """
    rows = Membership.objects.filter(
        company=company, role__in=RANKS, user__is_active=True
    ).values_list("user_id", "user__username", "role")
    keys: dict[str, int] = {}
    roles: dict[int, str] = {}
    for user_id, name, role in rows:
        keys[name] = user_id
        roles[user_id] = max(role, roles.get(user_id, role), key=RANKS.__getitem__)
    if as_of is None:
        return People(keys=keys, roles=roles)
    duties = Duty.objects.filter(
        company=company,
        ended_on=None,
        from_on__lte=as_of,
        until_on__gte=as_of,
        user__in=keys.values(),
    )
    on_call = dict(duties.order_by("from_on", "id").values_list("role", "user_id"))
    return People(keys=keys, roles=roles, on_call=on_call)


def check_people(company: Company, policy: PlaybooksPolicy) -> None:
    """Raise DocumentError for the first person named who does not work here; one query."""
    staff = usernames_of(company)
    for n, line in enumerate(policy.matrix, 1):
        for m, rung in enumerate(line.rungs, 1):
            works_here(rung.person, staff, f"playbooks, matrix {n}, rung {m}", "person")
    for n, book in enumerate(policy.playbooks, 1):
        works_here(book.sponsor, staff, f"playbooks, playbook {n}", "sponsor")


def risk_facts(
    company: Company, *, as_of: date, customer_ids: Collection[int] | None = None
) -> dict[int, RiskFacts]:
    """Return what is known of the customers asked for, of all with open items where none is.

    Four queries, however many there are, and one for rates where a foreign currency is open.
    """
    facts = _amounts(company, as_of, customer_ids)
    if customer_ids is not None:
        facts = {key: facts.get(key, RiskFacts()) for key in customer_ids}
    broken = dict(
        _of(
            Promise.objects.filter(
                company=company,
                outcome=Promise.Outcome.BROKEN,
                forgiven_on=None,
                due_on__gt=as_of - timedelta(days=PROMISE_DAYS),
                due_on__lte=as_of,
            ),
            customer_ids,
        )
        .values("customer")
        .annotate(n=Count("id"))
        .values_list("customer", "n")
    )
    scores = {
        key: ("" if is_thin else band, len(warnings))
        for key, band, is_thin, warnings in _of(
            CustomerScore.objects.filter(company=company), customer_ids
        ).values_list("customer_id", "band", "is_thin", "warnings")
        if key in facts
    }
    checks = dict(
        _of(WatchCheck.objects.filter(watch__company=company), customer_ids, "watch__customer")
        .filter(watch__ended_on=None)
        .values("watch__customer")
        .annotate(n=Count("id"))
        .values_list("watch__customer", "n")
    )
    return {
        key: replace(
            one,
            band=scores.get(key, ("", 0))[0],
            warnings=scores.get(key, ("", 0))[1],
            broken_promises=broken.get(key, 0),
            checks=checks.get(key, 0),
        )
        for key, one in facts.items()
    }


def _amounts(
    company: Company, as_of: date, customer_ids: Collection[int] | None
) -> dict[int, RiskFacts]:
    late = Q(due_on__lt=as_of)
    rows = list(
        _of(OpenItem.objects.filter(company=company), customer_ids)
        .values("customer", "currency")
        .annotate(
            owed=Sum("open_minor"),
            late=Sum("open_minor", filter=late),
            oldest=Min("due_on", filter=late & Q(open_minor__gt=0)),
        )
        .order_by("customer", "currency")
        .values_list("customer", "currency", "owed", "late", "oldest")
    )
    is_foreign = any(code != company.currency for _, code, *_ in rows)
    rates = read_rates(fx_frame(company) if is_foreign else None, company.currency)
    found: dict[int, RiskFacts] = {}
    for key, code, owed, overdue, oldest in rows:
        before = found.get(key, RiskFacts())
        days = (as_of - oldest).days if oldest else 0
        found[key] = replace(
            before,
            open_minor=_plus(before.open_minor, owed, code, rates, as_of),
            overdue_minor=_plus(before.overdue_minor, overdue or 0, code, rates, as_of),
            days_late=max(before.days_late, days),
        )
    return found


def _plus(sum_minor: int | None, amount: int, code: str, rates: Rates, as_of: date) -> int | None:
    """Return the sum with an amount of a currency added; None once a rate is missing."""
    worth = rates.convert(int(amount), code, to=rates.home, day=day_number(as_of))
    return None if sum_minor is None or worth is None else sum_minor + worth


def _of(
    rows: QuerySet[Row], customer_ids: Collection[int] | None, column: str = "customer"
) -> QuerySet[Row]:
    return rows if customer_ids is None else rows.filter(**{f"{column}__in": customer_ids})


@lru_cache(maxsize=1)
def _standard() -> PlaybooksPolicy:
    return read_playbooks_policy(standard_document(PolicyVersion.Kind.PLAYBOOKS))
