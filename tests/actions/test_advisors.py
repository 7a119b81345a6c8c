"""Advisors and auditors: invited, let in, extended by a second person, gone on the minute."""

from datetime import timedelta

import pytest

from dunwell.actions.advisors import (
    accept_invitation,
    ask_extension,
    decide_extension,
    end_access,
    invite_advisor,
    remind_of_ends,
)
from dunwell.actions.gate import Forbidden, Refused, program, staff, system
from dunwell.models import AdvisorAccess, ApiToken, Event, Membership
from tests.actions.desk import acting
from tests.conftest import AT, add_user

TERMS = {
    "name": "Olga Orth",
    "email": "olga@audit.example",
    "role": "auditor",
    "areas": ["ledger", "control"],
    "reason": "year-end audit",
    "starts_at": AT,
    "ends_at": AT + timedelta(days=2),
    "at": AT,
}


def invited(admin, **changed):
    return invite_advisor(actor=acting(admin), **{**TERMS, **changed})


def test_an_auditor_is_one_from_the_first_minute_to_the_last_and_only_reads(admin, company):
    access, token = invited(admin, starts_at=AT + timedelta(hours=1))
    user = accept_invitation(token=token, at=AT)
    ends = access.ends_at
    for moment in (AT, ends, ends + timedelta(days=1), None):
        with pytest.raises(Forbidden):
            staff(user, company, at=moment)
    actor = staff(user, company, at=ends - timedelta(seconds=1))
    assert actor.rights == {"ledger.view", "ledger.verify"}
    assert actor.areas == {"ledger", "control"} and actor.access_id == access.pk
    # a key of the person's own ends with the person
    key = ApiToken.objects.create(
        company=company, user=user, name="old", token_hash="x", rights=["ledger.view"],
        created_at=AT,
    )  # fmt: skip
    assert program(key, at=ends - timedelta(minutes=1)).access_id == access.pk
    with pytest.raises(Forbidden):
        program(key, at=ends)
    with pytest.raises(Refused, match="used, ended"):
        accept_invitation(token=token, at=AT)
    assert Event.objects.filter(verb="advisor.accepted").count() == 1


def test_words_and_judgements_come_with_their_areas_alone(admin, company):
    _, token = invited(admin, areas=["messages", "credit"])
    actor = staff(accept_invitation(token=token, at=AT), company, at=AT)
    assert actor.rights == {
        "ledger.view", "ledger.verify", "timeline.words", "timeline.judgement",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"role": "admin"}, "advisor or auditor"),
        ({"areas": []}, "at least one area"),
        ({"areas": ["vault"]}, "no area vault"),
        ({"ends_at": AT}, "must end after"),
        ({"ends_at": AT + timedelta(days=400)}, "366 days at most"),
        ({"reason": " "}, "what the access is for"),
        ({"email": "nobody"}, "not an e-mail address"),
    ],
)
def test_an_invitation_that_does_not_hold_is_refused_and_leaves_nothing(admin, changed, why):
    with pytest.raises(Refused, match=why):
        invited(admin, **changed)
    assert not AdvisorAccess.objects.exists() and not Event.objects.exists()


def test_nobody_is_invited_twice_and_none_of_our_own(admin, manager):
    invited(admin)
    with pytest.raises(Refused, match="waits already"):
        invited(admin)
    manager.email = "mona@ours.example"
    manager.save()
    with pytest.raises(Refused, match="works here"):
        invited(admin, email="Mona@ours.example")
    with pytest.raises(Forbidden):
        invited(manager, email="else@audit.example")


def test_a_second_person_decides_on_a_longer_stay(admin, company, other_admin):
    access, token = invited(admin)
    user = accept_invitation(token=token, at=AT)
    until = access.ends_at + timedelta(days=5)
    asked = ask_extension(
        actor=acting(admin), access=access, until_at=until, reason="samples", at=AT
    )
    with pytest.raises(Refused, match="Somebody else must decide"):
        decide_extension(actor=acting(admin), extension=asked, is_granted=True, at=AT)
    with pytest.raises(Refused, match="asked for already"):
        ask_extension(actor=acting(admin), access=access, until_at=until, reason="x", at=AT)
    assert remind_of_ends(actor=system(company), at=AT) == 1
    assert remind_of_ends(actor=system(company), at=AT) == 0
    decide_extension(actor=acting(other_admin), extension=asked, is_granted=True, at=AT)
    with pytest.raises(Refused, match="already"):
        decide_extension(actor=acting(other_admin), extension=asked, is_granted=False, at=AT)
    assert staff(user, company, at=until - timedelta(minutes=1)).access_id == access.pk
    end_access(actor=acting(admin), access=access, at=AT)
    with pytest.raises(Forbidden):
        staff(user, company, at=AT)
    assert Membership.objects.filter(user=user, role="auditor").exists()


@pytest.fixture
def other_admin(company):

    return add_user(company, "otto", "admin")
