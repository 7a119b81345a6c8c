"""A lost second factor: who may take it away, what ends with it, and what one admin may not do."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.test import Client

from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.second_factors import reset_second_factor
from dunwell.actions.users import make_sign_in_link
from dunwell.jobs.team_work import deliver_team_mails
from dunwell.models import Event, Membership, Role, TeamMail
from tests.actions.desk import acting
from tests.conftest import AT, add_user

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
APART = "You gave this person the other half of a way in within a day"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def lost(collector):
    """Somebody with an app, recovery codes, and a session open somewhere."""
    TOTP.activate(collector, SECRET)
    RecoveryCodes.activate(collector)
    return collector


def reset(admin, user, *, reason="phone lost, called back", at=AT):
    return reset_second_factor(actor=acting(admin), user=user, reason=reason, at=at)


def refused(admin, user, **given):
    with pytest.raises(Refused) as refusal:
        reset(admin, user, **given)
    return str(refusal.value)


def signed_in(user):
    client = Client()
    client.force_login(user)
    client.get("/customers/")
    return client


def test_factors_codes_and_sessions_end_and_the_trail_says_why(admin, lost):
    open_somewhere, mine = signed_in(lost), signed_in(admin)

    ended = reset(admin, lost)

    assert (ended, Authenticator.objects.filter(user=lost).count()) == (1, 0)
    assert open_somewhere.get("/customers/")["Location"].startswith("/accounts/login/")
    assert mine.get("/customers/")["Location"] == "/accounts/2fa/"
    assert UserSession.objects.filter(user=lost).count() == 0
    event = Event.objects.get(verb="user.second_factor_reset")
    assert (event.actor, event.subject_id, event.data) == (
        admin.username, lost.pk,
        {
            "username": lost.username, "reason": "phone lost, called back", "sessions": 1,
            "kinds": ["recovery_codes", "totp"],
        },
    )  # fmt: skip


def test_whoever_needs_a_factor_is_led_to_set_one_up_and_to_nothing_else(admin, lost, settings):
    settings.REQUIRE_MFA = True
    reset(admin, lost)
    client = Client()
    client.force_login(lost)

    assert client.get("/customers/")["Location"] == "/accounts/2fa/"


def test_the_person_is_told_by_mail_in_their_language(company, admin, lost, settings, tmp_path):
    settings.DATA_DIR, settings.SITE = tmp_path, "https://desk.example"
    lost.language = "de"
    lost.save()
    reset(admin, lost)

    assert deliver_team_mails(company.pk) == {"sent": 1}
    path = next(tmp_path.glob("outbox/*/*.eml"))
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert (mail["To"], mail["Subject"]) == (
        lost.email, f"{admin.username} hat Ihren zweiten Faktor entfernt",
    )  # fmt: skip
    assert "https://desk.example/accounts/2fa/" in mail.get_content()
    assert "sagen Sie es sofort" in mail.get_content()
    assert TeamMail.objects.get().customer is None


def test_nobody_resets_their_own_nor_without_a_reason_nor_twice(admin, lost, company):
    TOTP.activate(admin, SECRET)

    told = [refused(admin, admin), refused(admin, lost, reason="  ")]
    reset(admin, lost)
    told.append(refused(admin, lost))

    assert told == [
        "Somebody else has to reset your second factor.",
        "Say why, and how you made sure who asked.",
        f"{lost.username} has no second factor.",
    ]
    assert Event.objects.filter(verb="user.second_factor_reset").count() == 1
    assert TeamMail.objects.count() == 1


def test_only_who_manages_users_and_only_for_their_own_company(admin, manager, lost, rival):
    TOTP.activate(rival, SECRET)
    with pytest.raises(Forbidden):
        reset(manager, lost)

    assert refused(admin, rival) == "This person works for another company."
    assert Authenticator.objects.filter(user__in=[lost, rival]).count() == 3


def test_who_works_elsewhere_too_keeps_it_unless_the_admin_is_one_there(admin, lost, rival):
    elsewhere = rival.memberships.first().company
    Membership.objects.create(company=elsewhere, user=lost, role=Role.READ_ONLY)

    told = refused(admin, lost)
    Membership.objects.create(company=elsewhere, user=admin, role=Role.ADMIN)
    reset(admin, lost)

    assert told.startswith(f"{lost.username} works for another company as well")
    events = Event.objects.filter(verb="user.second_factor_reset")
    assert {one.company_id for one in events} == {
        admin.memberships.first().company_id,
        elsewhere.pk,
    }


def test_one_admin_gives_a_link_or_a_reset_and_not_both_where_there_is_another(
    company, admin, lost
):
    make_sign_in_link(actor=acting(admin), user=lost, at=AT)
    alone = reset(admin, lost)
    TOTP.activate(lost, SECRET)
    other = add_user(company, "otto", "admin")

    both = refused(admin, lost)
    reset(other, lost)
    with pytest.raises(Refused, match=APART):
        make_sign_in_link(actor=acting(other), user=lost, at=AT)
    make_sign_in_link(actor=acting(admin), user=lost, at=AT)
    make_sign_in_link(actor=acting(other), user=lost, at=AT + timedelta(days=1))
    TOTP.activate(lost, SECRET)
    later = reset(admin, lost, at=AT + timedelta(days=1, seconds=1))

    assert (alone, later) == (0, 0)
    assert both.startswith(APART)


def test_once_a_new_factor_is_set_up_the_same_admin_may_make_a_link(company, admin, lost):
    add_user(company, "otto", "admin")
    reset(admin, lost)
    TOTP.activate(lost, SECRET)

    assert make_sign_in_link(actor=acting(admin), user=lost, at=AT)


def test_the_owner_of_the_server_resets_it_by_a_command(lost, capsys):
    call_command("reset_second_factor", lost.username, "called from the desk phone")

    assert capsys.readouterr().out == "Reset; 0 sessions ended.\n"
    assert Event.objects.get(verb="user.second_factor_reset").actor == "system"
    for name, said in ((lost.username, "has no second factor"), ("nobody", "There is no user")):
        with pytest.raises(CommandError, match=said):
            call_command("reset_second_factor", name, "again")


def test_what_goes_wrong_half_way_leaves_everything(admin, lost, monkeypatch):
    signed_in(lost)
    before = Session.objects.count()
    monkeypatch.setattr("dunwell.actions.second_factors.tell_colleagues", None)

    with pytest.raises(TypeError):
        reset(admin, lost)

    assert Authenticator.objects.filter(user=lost).count() == 2
    assert (Session.objects.count(), Event.objects.count()) == (before, Event.objects.count())
    assert Event.objects.filter(verb="user.second_factor_reset").count() == 0
