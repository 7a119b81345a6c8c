"""The clock between colleagues: mails say what waits and where, once, and not what was said."""

from email import message_from_bytes, policy

import pytest
import time_machine

from dunwell.actions.case_comments import comment_case
from dunwell.actions.escalations import raise_escalation
from dunwell.actions.hand_offs import ask_hand_off
from dunwell.jobs.team_work import deliver_team_mails, turn_clocks
from dunwell.models import Event, TeamMail
from tests.actions.desk import acting
from tests.actions.escalation_rows import in_force, owing
from tests.conftest import AT, TODAY, add_user

ON = {"as_of": TODAY, "at": AT}


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(AT, tick=False):
        yield


def outbox(settings):
    return [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in sorted(settings.DATA_DIR.glob("outbox/*/*.eml"))
    ]


def test_each_colleague_is_told_once_in_their_language_with_a_link(
    company, collector, customer, settings, tmp_path
):
    settings.DATA_DIR, settings.SITE = tmp_path, "https://desk.example"
    sara = add_user(company, "sara", "sales")
    comment_case(actor=acting(collector), customer=customer, text="@sara the secret", **ON)
    work = ask_hand_off(
        actor=acting(collector), customer=customer, to_desk="sales", to_user=sara, what="Ask", **ON
    )
    assert deliver_team_mails(company.pk) == {"sent": 2}
    assert deliver_team_mails(company.pk) == {}
    mails = {mail["Subject"]: mail.get_content() for mail in outbox(settings)}
    assert mails.keys() == {"anna calls you: Acme", "anna hands work to you: Acme"}
    assert mails["anna hands work to you: Acme"].split()[-1] == (
        f"https://desk.example/hand-offs/{work.pk}/"
    )
    assert not any("secret" in text for text in mails.values())
    assert set(TeamMail.objects.values_list("status", flat=True)) == {"sent"}
    assert Event.objects.filter(verb="team.mailed").count() == 2


def test_what_nobody_answered_rises_within_the_day(company, collector, manager, customer):
    in_force(company, HOURLY)
    owing(customer)
    one = raise_escalation(
        actor=acting(collector), customer=customer, kind="dispute", reason="no answer", **ON
    )
    assert turn_clocks(company) == {"escalated": 0, "risen": 0}
    with time_machine.travel("2026-03-05T12:00:00Z", tick=False):
        assert turn_clocks(company)["risen"] == 1
        assert turn_clocks(company)["risen"] == 0
    one.refresh_from_db()
    assert (one.rung, one.to_role, one.rung_on) == (2, "credit_manager", TODAY)


HOURLY = """\
playbooks:
  valid_from: {day}
  matrix:
    - kind: dispute
      rungs:
        - {{role: collector, answer_hours: 3}}
        - {{role: credit_manager, answer_hours: 2}}
"""
