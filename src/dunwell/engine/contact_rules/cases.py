"""Playing cases: the verdict of rules and a policy on each, beside the one that is expected."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.contact_rules.case_documents import ContactCase
from dunwell.engine.contact_rules.policy import ContactPolicy, rules_of_company
from dunwell.engine.contact_rules.rules import RulePack
from dunwell.engine.contact_rules.scope import bindings, settled_facts
from dunwell.engine.contact_rules.tables import (
    ATTEMPTS,
    CANDIDATES,
    CONSENTS,
    RESTRICTIONS,
    ContactFacts,
)
from dunwell.engine.contact_rules.verdicts import contact_verdicts, tables_span
from dunwell.engine.contact_rules.zones import (
    days_table,
    holiday_calendar,
    plausible_zones,
    zone_tables,
)
from dunwell.engine.schema import table

HOME_ZONE, HOME_COUNTRY = "Europe/Berlin", "DE"
"""The company of the cases."""

CUSTOMER = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactCaseResult:
    """A case and what came out: the decision, the rule's id and the next allowed moment."""

    case: ContactCase
    decision: str
    rule_id: str
    next_at: datetime | None

    @property
    def is_passed(self) -> bool:
        """Return whether all that the case expects came out."""
        case = self.case
        return (
            self.decision == case.expect
            and (not case.rule or case.expect == "allow" or self.rule_id == case.rule)
            and (case.next is None or self.next_at == case.next)
        )

    def message(self) -> str:
        """Return the name with what was expected and what came out."""
        case = self.case
        wanted = " ".join(part for part in (case.expect, case.rule, _text(case.next)) if part)
        found = " ".join(
            part for part in (self.decision, self.rule_id, _text(self.next_at)) if part
        )
        return f"{case.name}: expected {wanted}, found {found}"


def play_contact_cases(policy: ContactPolicy, pack: RulePack) -> tuple[ContactCaseResult, ...]:
    """Return what the rules and the policy say to each of the policy's own cases, in order."""
    return tuple(play_case(case, policy, pack) for case in policy.cases)


def play_case(case: ContactCase, policy: ContactPolicy, pack: RulePack) -> ContactCaseResult:
    """Return what comes out of a case; it may say for whom it acts and who its customers are."""
    ours = replace(
        policy,
        acts_as=case.acts_as or policy.acts_as,
        customers_are=case.customers_are or policy.customers_are,
    )
    rules = rules_of_company(pack, ours)
    oldest = min((one.at.date() for one in case.attempts), default=None)
    first, last = tables_span(case.at, oldest=oldest)
    facts = case_facts(case, ours, first=first, last=last)
    country = case.country or (HOME_COUNTRY if ours.is_business else None)
    bound_by = bindings(
        rules,
        ours,
        countries={country},
        at=case.at.date(),
        until=last,
        words={one.kind for one in case.restrictions},
    )
    found = contact_verdicts(facts, rules, bound_by, as_of=case.at.date(), at=case.at, keep=_kept)
    row = found.collect().rows(named=True)[0]
    second = row["next_second"]
    return ContactCaseResult(
        case=case,
        decision=row["decision"],
        rule_id=row["rule_id"] or "",
        next_at=None if second is None else datetime.fromtimestamp(second, UTC),
    )


def case_facts(
    case: ContactCase, policy: ContactPolicy, *, first: date, last: date
) -> ContactFacts:
    """Return the facts of a case as frames."""
    country = case.country or (HOME_COUNTRY if policy.is_business else "")
    zones = plausible_zones(
        country,
        case.region or "",
        case.zones,
        home_zone=HOME_ZONE,
        is_business=policy.is_business and case.party != "person",
    )
    key = ",".join(zones)
    calendar = holiday_calendar(country, case.region or "") or HOME_COUNTRY
    candidate = {
        "customer_id": CUSTOMER,
        "channel": case.channel,
        "purpose": case.purpose,
        "contact_id": None,
        "role": case.role,
        "item_id": case.item,
        "country": case.country,
        "region": case.region,
        "party": case.party,
        "debt_use": case.debt_use,
        "zones": key,
        "calendar": calendar,
        "is_automated": case.is_automated,
        "has_opt_out": case.has_opt_out,
        "is_work_address": case.is_work_address,
        "is_time_barred": case.is_time_barred,
        "debt_usd_minor": case.debt_usd_minor,
        "debt_day": None if case.debt_on is None else day_number(case.debt_on),
    }
    return ContactFacts(
        candidates=settled_facts(
            table([candidate], CANDIDATES), policy, home_country=HOME_COUNTRY
        ),
        attempts=table(_attempts(case), ATTEMPTS),
        restrictions=table(_restrictions(case), RESTRICTIONS),
        consents=table(_consents(case), CONSENTS),
        zones=zone_tables({key: zones}, first=first, last=last),
        days=days_table([calendar], first=first, last=last),
    )


def _kept(frame: nw.LazyFrame) -> nw.LazyFrame:
    return frame.collect().lazy()


def _attempts(case: ContactCase) -> list[dict[str, object]]:
    return [
        {
            "customer_id": CUSTOMER,
            "item_id": one.item,
            "channel": one.channel,
            "purpose": one.purpose,
            "role": one.role,
            "is_inbound": one.is_inbound,
            "outcome": one.outcome,
            "at_second": int(one.at.timestamp()),
        }
        for one in case.attempts
    ]


def _restrictions(case: ContactCase) -> list[dict[str, object]]:
    return [
        {
            "customer_id": CUSTOMER,
            "contact_id": None,
            "kind": one.kind,
            "restricted_channel": one.channel,
            "restricted_purpose": one.purpose,
            "minute_from": one.minute_from,
            "minute_until": one.minute_until,
            "from_day": day_number(one.from_on),
            "until_day": _number(one.until_on),
            "lifted_day": _number(one.lifted_on),
        }
        for one in case.restrictions
    ]


def _consents(case: ContactCase) -> list[dict[str, object]]:
    return [
        {
            "customer_id": CUSTOMER,
            "contact_id": None,
            "consented_channel": one.channel,
            "consented_purpose": one.purpose,
            "given_day": day_number(one.given_on),
            "withdrawn_day": _number(one.withdrawn_on),
        }
        for one in case.consents
    ]


def _number(day: date | None) -> int | None:
    return None if day is None else day_number(day)


def _text(moment: datetime | None) -> str:
    return "" if moment is None else f"next {moment.isoformat()}"
