"""A small shop with customers who have access to the portal, for the journeys of debtors.

Runs in the shop's own process: `django shell` calls the functions, which print JSON.
"""

import json
import sys
from datetime import timedelta

import dunwell.actions.plan_proposals  # noqa: F401  what it asks for can be decided then
from dunwell import clock
from dunwell.actions.approvals import decide_approval
from dunwell.actions.assistant_talks import save_assistant_setting
from dunwell.actions.companies import add_company
from dunwell.actions.dispute_resolutions import ResolvedPart, propose_resolution
from dunwell.actions.feeds import record_feed
from dunwell.actions.gate import Actor, system
from dunwell.actions.items import add_item
from dunwell.actions.payment_providers import add_payment_provider
from dunwell.actions.plan_steps import judge_plans
from dunwell.actions.policies import load_shipped_policies
from dunwell.actions.portal_access import invite_person
from dunwell.actions.role_rights import ROLE_RIGHTS
from dunwell.models import (
    ApprovalRequest,
    Company,
    Contact,
    Customer,
    DisputeCase,
    Message,
    OpenItem,
    PaymentPlan,
    PortalLink,
)
from dunwell.queries.portal_links import portal_token

BUYERS = ("Payer", "Plainly", "Asker", "Planner", "Stranger", "Talker", "Looker")
LATE = 20
"""Days the invoices are past due, so that the day's cycle reminds of them."""


def opened():
    """Open the shop; print by customer its key, its items and the path of its first link."""
    at = clock.now()
    company = add_company(
        name="Corner Shop", zone="UTC", country="DE", currency="EUR", language="en", at=at
    )
    load_shipped_policies(company=company, at=at)
    actor, today = system(company), clock.today("UTC")
    save_assistant_setting(actor=actor, version=0, is_on=True, at=at)
    record_feed(actor=actor, kind="bank", name="bank", covers_until_on=today, as_of=today, at=at)
    add_payment_provider(
        actor=actor, kind="loopback", name="Practice bank", is_live=False, currencies=["EUR"],
        methods=["card", "debit"], account=None, settings={}, at=at,
    )  # fmt: skip
    found = {}
    for number, name in enumerate(BUYERS, 1):
        customer = Customer.objects.create(
            company=company, number=f"K{number}", name=f"{name} Ltd", country="DE", language="en",
            party="company", currency="EUR", recorded_at=at,
        )  # fmt: skip
        email = f"ap@{name.lower()}.example"
        Contact.objects.create(customer=customer, email=email, recorded_at=at)
        items = [
            add_item(
                actor=actor, customer=customer, number=f"{name[:2].upper()}-{n}", kind="invoice",
                currency="EUR", amount_minor=40_000 * n,
                issued_on=today - timedelta(days=LATE + 30), due_on=today - timedelta(days=LATE),
                as_of=today, at=at,
            ).pk
            for n in (1, 2)
        ]  # fmt: skip
        seat = invite_person(
            actor=actor, customer=customer, email=email, role="manager",
            site="http://127.0.0.1", name=name, at=at,
        )  # fmt: skip
        link = PortalLink.objects.filter(seat=seat).latest("pk")
        found[name] = {
            "customer": customer.pk,
            "items": items,
            "link": f"/portal/link/{portal_token(link)}/",
        }
    told(found)


def state(customer_id):
    """Print what is open of a customer, what lies ready to be sent to it, its plans and cases."""
    open_items = OpenItem.objects.filter(customer=customer_id).order_by("item")
    reminders = Message.objects.filter(customer=customer_id, level__gt=0)
    told(
        {
            "open": list(open_items.values_list("open_minor", flat=True)),
            "reminded": reminders.exclude(status="cancelled").count(),
            "reminders": reminders.filter(status="ready").count(),
            "plans": list(
                PaymentPlan.objects.filter(customer=customer_id).values_list("status", flat=True)
            ),
            "instalments": list(
                PaymentPlan.objects.filter(customer=customer_id)
                .order_by("instalments__number")
                .values_list("instalments__status", flat=True)
            ),
            "cases": list(
                DisputeCase.objects.filter(customer=customer_id).values_list("status", flat=True)
            ),
        }
    )


def denied(customer_id):
    """End the customer's case: nothing is credited, with the letter that says so."""
    company = Company.objects.get()
    case = DisputeCase.objects.get(customer=customer_id)
    parts = [
        ResolvedPart(dispute=one, denied_minor=one.amount_minor)
        for one in case.disputes.filter(closed_on=None)
    ]
    resolver = Actor(company=company, name="dora", rights=ROLE_RIGHTS["credit_manager"])
    propose_resolution(
        actor=resolver, case=case, parts=parts, reason="The price is the one ordered",
        missing_evidence="the order itself shows it", as_of=clock.today("UTC"), at=clock.now(),
    )  # fmt: skip
    told({"status": DisputeCase.objects.get(pk=case.pk).status})


def approved(customer_id):
    """Approve what waits for a decision about the customer."""
    company = Company.objects.get()
    boss = Actor(
        company=company, name="mona", roles=frozenset({"finance_director"}),
        rights=ROLE_RIGHTS["finance_director"],
    )  # fmt: skip
    for request in ApprovalRequest.objects.filter(customer=customer_id, status="open"):
        decide_approval(
            actor=boss, request=request, approve=True, as_of=clock.today("UTC"), at=clock.now()
        )
    told({"plans": list(PaymentPlan.objects.filter(customer=customer_id).values_list("status"))})


def judged():
    """Judge the plans as the cycle of a day does; it was done before the money came."""
    company = Company.objects.get()
    told(judge_plans(actor=system(company), as_of=clock.today("UTC"), at=clock.now()))


def told(answer):
    """Print the answer to the caller as one line."""
    sys.stdout.write(json.dumps(answer) + "\n")
