"""What machines report about our mails: what follows at once, and what a forged report cannot do."""

from dataclasses import replace
from datetime import date

import pytest

from dunwell.actions.gate import Forbidden, Refused, system
from dunwell.actions.mail_reports import absence_text, act_on_report
from dunwell.formats.mail_absences import Absence
from dunwell.formats.mail_reports import MailReport
from dunwell.models import Contact, Note, Signal, Suppression, Task
from tests.actions.desk import acting, verbs
from tests.actions.inbound_rows import inbound_of
from tests.actions.test_messages import message_to
from tests.conftest import AT, TODAY


@pytest.fixture
def message(customer):
    Contact.objects.create(customer=customer, email="AP@acme.example", recorded_at=AT)
    return message_to(customer, status="sent")


def report_of(message, **changes):
    told = {
        "kind": "bounced",
        "severity": "hard",
        "message_id": message.message_id,
        "address": "ap@acme.example",
        "code": "5.1.1",
        "text": "user unknown",
    }
    return MailReport(**{**told, **changes})


def act(company, report, inbound=None, actor=None):
    inbound = inbound or inbound_of(company)
    acted = act_on_report(
        actor=actor or system(company), inbound=inbound, report=report, as_of=TODAY, at=AT
    )
    inbound.refresh_from_db()
    return acted, inbound.status


def test_a_hard_bounce_marks_the_mail_and_the_contact_and_asks_for_another(company, message):
    acted, status = act(company, report_of(message))
    message.refresh_from_db()

    assert (message.status, message.bounced_at, message.error) == (
        "bounced",
        AT,
        "5.1.1 user unknown",
    )
    assert Contact.objects.get().bounced_on == TODAY
    assert (acted.suppression.reason, acted.suppression.address) == ("bounced", "ap@acme.example")
    assert acted.suppression.message_id == message.pk
    task = Task.objects.get()
    assert (task.kind, task.reason) == (
        "contact_missing",
        "Mail to ap@acme.example came back: 5.1.1 user unknown",
    )
    assert list(Signal.objects.values_list("kind", "source")) == [("bounced", "mail report")]
    assert status == "handled"
    assert verbs(company) == [
        "signal.bounced",
        "suppression.added",
        "contact.bounced",
        "message.bounced",
    ]


def test_the_same_report_again_changes_nothing(company, message):
    act(company, report_of(message))
    act(company, report_of(message))

    assert (Signal.objects.count(), Suppression.objects.count(), Task.objects.count()) == (1, 1, 1)


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        ({"severity": "soft", "code": "4.2.2"}, ("bounced", None, 0)),
        ({"severity": "blocked", "code": "5.7.1"}, ("bounced", None, 0)),
        ({"kind": "delayed", "severity": ""}, ("sent", None, 0)),
        ({"kind": "delivered", "severity": ""}, ("delivered", None, 0)),
    ],
)
def test_what_may_pass_or_is_about_us_stops_no_address(company, message, changes, left):
    _, status = act(company, report_of(message, **changes))
    message.refresh_from_db()

    contact = Contact.objects.get()
    assert (message.status, contact.bounced_on, Suppression.objects.count()) == left
    assert status == "handled"


def test_a_complaint_stops_the_address_whatever_the_report_says_it_is(company, message):
    acted, _ = act(company, report_of(message, kind="complained", address="boss@acme.example"))

    assert (acted.suppression.address, acted.suppression.reason) == (
        "ap@acme.example",
        "complained",
    )
    assert list(Signal.objects.values_list("kind", flat=True)) == ["complained"]
    assert message.status == "sent"


@pytest.mark.parametrize("kind", ["bounced", "complained", "left"])
def test_a_report_about_no_mail_of_ours_is_left_to_a_person(company, message, kind):
    acted, status = act(company, report_of(message, kind=kind, message_id="<made.up@x>"))

    assert (acted.message, acted.suppression, status) == (None, None, "new")
    assert (Suppression.objects.count(), Task.objects.count()) == (0, 0)


def away(message, **changes):
    absence = Absence(
        is_away=True,
        back_on=date(2026, 3, 13),
        deputy_name="Jane Doe",
        deputy_email="jane@acme.example",
    )
    told = {"kind": "away", "severity": "", "code": "", "text": "I am away", "absence": absence}
    return report_of(message, **{**told, **changes})


def test_an_absence_is_noted_with_the_day_and_nothing_else_follows(company, customer, message):
    acted, status = act(company, away(message))

    assert (acted.note.next_on, acted.note.text) == (
        date(2026, 3, 13),
        (
            "ap@acme.example is away and back on 2026-03-13. Deputy: Jane Doe <jane@acme.example>. "
            "\u201cI am away\u201d"
        ),
    )
    assert status == "set_aside"
    assert (Signal.objects.count(), Suppression.objects.count(), Task.objects.count()) == (0, 0, 0)


def test_an_absence_that_is_over_has_no_next_day(company, message):
    report = away(message)
    acted, _ = act(company, replace(report, absence=replace(report.absence, back_on=TODAY)))
    early, _ = act(
        company, replace(report, absence=replace(report.absence, back_on=date(2026, 3, 1)))
    )

    assert (acted.note.next_on, early.note.next_on) == (TODAY, None)


def test_who_has_left_gets_nothing_and_a_person_finds_another(company, message):
    report = away(message, kind="left")
    report = replace(report, absence=replace(report.absence, back_on=None, has_left=True))
    acted, status = act(company, report)

    assert acted.suppression.reason == "left"
    assert Task.objects.get().reason.startswith(
        "ap@acme.example has left the company. Proposed new contact: Jane Doe <jane@acme.example>."
    )
    assert status == "new"


def test_a_leaver_whom_we_did_not_write_to_stops_no_address(company, customer, message):
    elsewhere = act(company, away(message, kind="left", address="boss@acme.example"))[0]
    known = inbound_of(company, customer=customer, kind="automatic")
    unasked = act(company, away(message, kind="left", message_id=""), inbound=known)[0]

    assert (elsewhere.suppression, unasked.suppression) == (None, None)
    assert Note.objects.count() == 2
    assert Task.objects.count() == 1


def test_only_who_handles_mail_may_and_only_of_the_own_company(company, message, reader, rival):
    inbound = inbound_of(company)
    with pytest.raises(Forbidden):
        act(company, report_of(message), inbound, actor=acting(reader))
    with pytest.raises(Refused, match="another company"):
        act(company, report_of(message), inbound, actor=system(acting(rival).company))
    assert verbs(company) == []


def test_a_clerk_hands_in_a_bounce_though_a_clerk_keeps_no_signals(company, message, clerk):
    acted, _ = act(company, report_of(message), actor=acting(clerk))

    assert acted.suppression.by == "carla"


def test_an_absence_without_anything_told_is_a_short_sentence():
    report = MailReport(kind="away")

    assert absence_text(report) == "The reader is away."
