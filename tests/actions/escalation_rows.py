"""Short builders for escalations and watches, made by the real actions."""

import re
from datetime import timedelta

from dunwell.actions.escalation_steps import raise_escalations
from dunwell.actions.escalations import raise_escalation
from dunwell.actions.gate import Actor, system
from dunwell.actions.policies_by_kind import draft_document, publish_document
from dunwell.actions.role_rights import ROLE_RIGHTS
from dunwell.actions.watches import WatchTerms, start_watch
from dunwell.models import User
from tests.actions.desk import acting
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY, add_user

ON = {"as_of": TODAY, "at": AT}
POLICY = """\
playbooks:
  name: playbooks
  valid_from: {day}
  matrix:
    - kind: large_overdue
      raise_when: {{overdue_minor: 100000, days_late: 30}}
      quiet_days: 10
      rungs:
        - {{role: collector, answer_days: 1}}
        - {{role: credit_manager, answer_days: 2}}
        - {{person: rita, answer_days: 3, from_minor: 500000}}
    - kind: dispute
      rungs:
        - {{role: collector, answer_days: 1}}
        - {{role: credit_manager, answer_days: 2}}
  playbooks:
    - name: High risk
      about: Half of what is open is late
      put_when: {{overdue_minor: 200000, overdue_share_ppm: 500000}}
      quiet_days: 20
      every_days: 7
      agenda: [What is paid this week, What is delivered next]
      sponsor: mona
      freeze: true
      end_when: {{overdue_minor: 0, checks: 1}}
cases:
  - {{name: at first the collector, kind: dispute, expect: [collector]}}
"""


def in_force(company, text=POLICY, *, on=TODAY):
    """Put a playbooks policy in force from a day on, written by one and published by another.

    Whom it names works here when it is published; who is not of the test leaves after it.
    """
    named = set(re.findall(r"(?:person|sponsor): (\w+)", text))
    known = set(User.objects.filter(username__in=named).values_list("username", flat=True))
    leaving = [add_user(company, name, "finance_director") for name in sorted(named - known)]
    rights = ROLE_RIGHTS["credit_manager"]

    def who(name):
        return Actor(company=company, name=name, rights=rights)

    version = draft_document(
        actor=who("petra"), kind="playbooks", text=text.format(day=on.isoformat()), at=AT
    )
    publish_document(actor=who("paul"), version=version, as_of=on, at=AT)
    for user in leaving:
        user.delete()
    return version


def owing(customer, amount_minor=1_500_00, *, days_late=40, number="R1"):
    """An item of the customer that is some days past due today."""
    return invoice(
        customer,
        number,
        amount_minor,
        issued_on=TODAY - timedelta(days=days_late + 30),
        due_on=TODAY - timedelta(days=days_late),
    )


def raised(user, customer, kind="dispute", reason="they do not answer"):
    """An escalation by hand, today."""
    return raise_escalation(actor=acting(user), customer=customer, kind=kind, reason=reason, **ON)


def watched(user, customer, playbook="High risk", **terms):
    """A customer under watch from today on, by hand."""
    return start_watch(
        actor=acting(user), customer=customer, playbook=playbook, reason="rumours",
        terms=WatchTerms(**terms), **ON,
    )  # fmt: skip


def step(company, on=TODAY):
    """The cycle's step on a day; how many records it changed."""
    return raise_escalations(actor=system(company), as_of=on, at=AT)
