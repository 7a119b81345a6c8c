"""How each route that gives credit is driven to an amount, and what became of it."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from dunwell.actions.gate import Forbidden, Refused, program, staff
from dunwell.actions.limits import propose_limit
from dunwell.engine.authority import RISKS
from dunwell.mcp_server.calls import carry_out
from dunwell.mcp_server.tools import Caller
from dunwell.models import (
    ApiToken,
    ApprovalRequest,
    CreditApplication,
    CreditHold,
    CreditLimit,
    CreditRating,
    CreditReview,
    Role,
)
from tests.actions.application_rows import gathered, recommended
from tests.actions.order_rows import check
from tests.api.conftest import add_token
from tests.conftest import AT, TODAY, add_customer, add_user

ON = {"as_of": TODAY, "at": AT}
WHY = {"reason": "they buy more"}
OWN_LIMIT = 1
"""The least a customer may owe, so that everything asked for is more than there was."""
UNRATED = ""
GIVEN, NOTHING = "given", "nothing"


def day(months):
    """The last day so many months from today, none for 0."""
    return date(2026 + (2 + months) // 12, (2 + months) % 12 + 1, 5) if months else None


@dataclass(kw_only=True)
class Desk:
    """A company with a customer and an application of every risk, and a person of every role."""

    company: object

    @cached_property
    def people(self):
        return {role: add_user(self.company, f"a_{role}", role) for role in Role}

    @cached_property
    def asker(self):
        return staff(add_user(self.company, "nell", Role.CREDIT_ANALYST), self.company)

    @cached_property
    def customers(self):
        found = {}
        for risk in (*RISKS, UNRATED):
            name = risk or "unrated"
            found[risk] = add_customer(
                self.company, name, credit_limit_minor=OWN_LIMIT, segment=name
            )
            if risk:
                CreditRating.objects.create(
                    company=self.company, customer=found[risk], as_of=TODAY, risk_class="X",
                    risk=risk, outcome="refer", digest="x", by="t", recorded_at=AT,
                )  # fmt: skip
        return found

    @cached_property
    def recommended(self):
        return self._application(recommended(self.asker, name="Advised Ltd"))

    @cached_property
    def gathered(self):
        return self._application(gathered(self.asker, name="Gathered Ltd"))

    def _application(self, made):
        return CreditApplication.objects.get(pk=made.pk)

    @cached_property
    def browsers(self):
        found = {}
        for role, person in self.people.items():
            found[role] = Client(raise_request_exception=False)
            found[role].force_login(person)
        return found

    @cached_property
    def programs(self):
        return {role: add_token(person, self.company) for role, person in self.people.items()}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One question to a route: who asks, of which risk, how much, for how long, whose request."""

    desk: Desk
    role: str
    risk: str
    amount: int
    months: int = 0
    author: str = ""

    @property
    def person(self):
        return self.desk.people[self.role]

    @property
    def customer(self):
        return self.desk.customers[self.risk]

    def page(self, name, *args, query="", **form):
        """POST a form; its answer may lead anywhere, what counts is what was written."""
        cache.clear()
        answer = self.desk.browsers[self.role].post(reverse(name, args=args) + query, form)
        assert answer.status_code < 500, (name, answer.content[:200])

    def call(self, path, **body):
        answer = self.desk.programs[self.role].post(path, body)
        assert answer.status_code < 500, (path, answer.content[:200])

    @property
    def typed(self):
        return f"{self.amount // 100}.{self.amount % 100:02}"


def limit_asked(case, act):
    kind = "temporary" if act == "temporary_limit" else "standard"
    last = day(case.months)
    return {"kind": kind, "from_on": str(TODAY), **({"until_on": str(last)} if last else {})}


def limit_page(case, act):
    case.page("limit-add", customer_number=case.customer.number, amount=case.typed,
              **limit_asked(case, act), **WHY)  # fmt: skip


def limit_call(case, act):
    case.call("/limits", customer_id=case.customer.pk, amount_minor=case.amount,
              **limit_asked(case, act), **WHY)  # fmt: skip


def limit_tool(case, act):
    token = ApiToken.objects.get(user=case.person)
    try:
        caller = Caller(actor=program(token), token=token, **ON)
    except Forbidden:  # whoever has no seat or visit now is let in nowhere
        return
    told = {"customer_id": case.customer.pk, "amount_minor": case.amount, **WHY}
    carry_out(caller, "propose_limit", {**told, "idempotency_key": "limit-once"})


def lines_call(case, act):
    told = limit_asked(case, act)
    line = {"customer_number": case.customer.number, "amount_minor": case.amount, **told}
    case.call("/limits/lines", lines=[line], **WHY)


def lines_page(case, act):
    told = limit_asked(case, act)
    text = (
        "customer number,limit,currency,kind,valid from,valid until,reason\n"
        f"{case.customer.number},{case.typed},EUR,{told['kind']},{told['from_on']},"
        f"{told.get('until_on', '')},more\n"
    )
    browser, name = case.desk.browsers[case.role], "limit-upload"

    sent = browser.post(reverse(name), {"file": SimpleUploadedFile("l.csv", text.encode())})
    if sent.status_code == 302:
        assert browser.post(sent["Location"], WHY).status_code < 500


def change_call(case, act):
    case.call(
        "/limits/change", customer_ids=[case.customer.pk], way="set", value=case.amount, **WHY
    )


def change_page(case, act):
    case.page("limit-adjust", make="1", segment=case.customer.segment, way="set",
              amount=case.typed, rounding="nearest", from_on=str(TODAY), **WHY)  # fmt: skip


def limit_outcome(case):
    """What the newest limit of the customer says."""
    row = CreditLimit.objects.filter(customer=case.customer).order_by("-id").first()
    if row is None or row.status not in ("approved", "proposed"):
        return NOTHING
    assert row.amount_minor == case.amount
    return GIVEN if row.status == "approved" else waiting("creditlimit", row.pk)


def waiting(subject, pk):
    found = ApprovalRequest.objects.filter(subject=subject, subject_id=pk, status="open")
    return f"waits for {found.get().needs_role}"


def held(case):
    """A held order that is over by the amount."""
    check(case.customer, amount=case.amount + OWN_LIMIT)
    return CreditHold.objects.get(customer=case.customer)


def release_page(case, act):
    last = day(case.months)
    case.page("credit-hold-release", held(case).pk, until_on=str(last or ""), **WHY)


def release_call(case, act):
    last = day(case.months)
    until = {"scope": "until", "until_on": str(last)} if last else {}
    case.call(f"/credit-holds/{held(case).pk}/release", **until, **WHY)


def releases_page(case, act):
    case.page("credit-holds-release", hold=[held(case).pk], **WHY)


def hold_outcome(case):
    row = CreditHold.objects.get(customer=case.customer)
    if row.status == "released":
        return GIVEN
    is_asked = ApprovalRequest.objects.filter(subject="credithold", subject_id=row.pk).exists()
    return waiting("credithold", row.pk) if is_asked else NOTHING


def advised(case, **values):
    """The application of the risk with the amount recommended, by whom the case says."""
    made = case.desk.recommended
    told = {**made.recommendation, "limit_minor": case.amount, "terms_days": 30 * case.months}
    facts = {
        "recommendation": told, "proposal": {**made.proposal, "risk": case.risk},
        "recommended_by": case.author or case.desk.asker.name, **values,
    }  # fmt: skip
    assert CreditApplication.objects.filter(pk=made.pk).update(**facts) == 1
    return made.pk


def decide_page(case, act):
    case.page("application-decide", advised(case), outcome="approve")


def decide_call(case, act):
    case.call(f"/applications/{advised(case)}/decide", outcome="approve")


def application_outcome(case):
    row = CreditApplication.objects.get(pk=case.desk.recommended.pk)
    if row.status == "approved":
        assert (row.limit_minor, row.terms_days) == (case.amount, 30 * case.months)
        return GIVEN
    is_asked = row.status == "pending_approval"
    return waiting("creditapplication", row.pk) if is_asked else NOTHING


def activated(case):
    """The application as a finance director decided it."""
    return advised(
        case, status="approved", limit_minor=case.amount, terms_days=30, decided_by="fred",
        decided_on=TODAY, decided_at=AT,
        customer=case.customer, decision={"roles": [Role.FINANCE_DIRECTOR.value]},
    )  # fmt: skip


def activate_page(case, act):
    case.page("application-tell", activated(case), "activate", number="")


def activate_call(case, act):
    case.call(f"/applications/{activated(case)}/activate")


def asked_limit(case, act):
    """The key of the request for a limit of the amount, by who the case says; None for none."""
    asker = case.desk.asker
    if case.author:
        asker = staff(case.person, case.desk.company)
    with suppress(Refused):
        propose_limit(
            actor=asker, customer=case.customer, amount_minor=case.amount, from_on=TODAY,
            kind="temporary" if act == "temporary_limit" else "standard",
            until_on=day(case.months), reason="more", **ON,
        )  # fmt: skip
    found = ApprovalRequest.objects.filter(customer=case.customer, subject="creditlimit")
    return found.values_list("pk", flat=True).first()


def approve_page(case, act):
    if (key := asked_limit(case, act)) is not None:
        case.page("approval-approve", key, reason="fine")


def approve_call(case, act):
    if (key := asked_limit(case, act)) is not None:
        case.call(f"/approvals/{key}/decide", is_approved=True)


def reject_page(case, act):
    if (key := asked_limit(case, act)) is not None:
        case.page("approval-reject", key, reason="no")


def review_of(case):
    return CreditReview.objects.create(
        company=case.desk.company, customer=case.customer, status="pending_approval",
        due_on=TODAY, opened_on=TODAY, currency="EUR", advice="raise", advised_minor=case.amount,
        advice_reason="more", advised_by=case.author or case.desk.asker.name, advised_on=TODAY,
        recorded_at=AT,
    ).pk  # fmt: skip


def review_page(case, act):
    case.page("credit-review-decide", review_of(case), is_approved="yes")


def review_call(case, act):
    case.call(f"/credit-reviews/{review_of(case)}/decide", is_approved=True)


def scored(case, name):
    """What became of an application that somebody had the policy look at."""
    key = case.desk.gathered.pk
    if name == "application-score":
        case.page(name, key)
    else:
        case.call(f"/applications/{key}/score")
    row = CreditApplication.objects.get(pk=key)
    return row.status, row.proposal.get("outcome", ""), row.limit_minor
