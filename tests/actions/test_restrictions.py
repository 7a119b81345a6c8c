"""Restrictions and consents: recorded, ended, read from a reply, and asked by the rules."""

from datetime import timedelta

import pytest

from dunwell.actions.contacts import edit_customer
from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.restrictions import (
    give_consent,
    lift_restriction,
    read_reply,
    record_restriction,
    withdraw_consent,
)
from dunwell.models import Consent, ContactRestriction, Customer
from dunwell.queries.contact_rules import customer_verdicts
from tests.actions.desk import acting, last_event, verbs
from tests.conftest import AT, TODAY, add_customer

DAY = timedelta(days=1)


def restrict(user, customer, **changes):
    arguments = {"kind": "opt_out", "channel": "email", "as_of": TODAY, "at": AT, **changes}
    return record_restriction(actor=acting(user), customer=customer, **arguments)


def consent(user, customer, **changes):
    arguments = {"channel": "sms", "source": "form 7", "as_of": TODAY, "at": AT, **changes}
    return give_consent(actor=acting(user), customer=customer, **arguments)


def decided(customer, channel, *, at=AT, as_of=TODAY):
    (verdict,) = customer_verdicts(
        customer.company, customer.pk, as_of=as_of, at=at, channels=(channel,)
    )
    return verdict.decision, verdict.rule_id


def test_a_restriction_forbids_at_once_and_no_more_when_lifted(company, collector, customer):
    restriction = restrict(collector, customer, note=" by phone ")

    assert (restriction.note, restriction.from_on, restriction.recorded_by) == (
        "by phone",
        TODAY,
        "anna",
    )
    assert decided(customer, "email") == ("deny", "OWN-OPTOUT")
    assert decided(customer, "letter") == ("allow", "")

    lift_restriction(
        actor=acting(collector), restriction=restriction, reason="wants mail", as_of=TODAY, at=AT
    )

    assert decided(customer, "email") == ("allow", "")
    assert last_event(company) == (
        "restriction.lifted",
        "anna",
        customer.pk,
        {"kind": "opt_out", "reason": "wants mail"},
    )
    assert verbs(company) == ["restriction.recorded", "restriction.lifted"]


def test_a_restriction_ends_after_its_last_day(collector, customer):
    restrict(collector, customer, until_on=TODAY)

    assert decided(customer, "email") == ("deny", "OWN-OPTOUT")
    assert decided(customer, "email", at=AT + DAY, as_of=TODAY + DAY) == ("allow", "")


def test_the_same_word_stands_once_and_may_come_again(collector, customer):
    restriction = restrict(collector, customer)
    with pytest.raises(Refused, match="recorded already"):
        restrict(collector, customer)
    lift_restriction(
        actor=acting(collector), restriction=restriction, reason="x", as_of=TODAY, at=AT
    )
    restrict(collector, customer)

    assert ContactRestriction.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "mood"}, "There is no kind mood; use opt_out,"),
        ({"channel": "pigeon"}, "There is no channel pigeon"),
        ({"purpose": "revenge"}, "There is no purpose revenge"),
        ({"until_on": TODAY - DAY}, "The last day has already passed."),
        ({"minute_from": 5, "minute_until": 9}, "Only what is inconvenient has hours."),
        ({"kind": "inconvenient", "minute_from": 5}, "Give the first and the last"),
        (
            {"kind": "inconvenient", "minute_from": 5, "minute_until": 2000},
            "Hours lie between 00:00 and 24:00.",
        ),
    ],
)
def test_what_does_not_fit_is_refused(company, collector, customer, changes, words):
    with pytest.raises(Refused) as refusal:
        restrict(collector, customer, **changes)

    assert str(refusal.value).startswith(words)
    assert verbs(company) == []


def test_a_restriction_is_lifted_once_with_a_reason(collector, customer):
    restriction = restrict(collector, customer)
    arguments = {"actor": acting(collector), "as_of": TODAY, "at": AT}
    with pytest.raises(Refused, match="Say what the customer"):
        lift_restriction(restriction=restriction, reason=" ", **arguments)
    lift_restriction(restriction=restriction, reason="x", **arguments)
    with pytest.raises(Refused, match="Somebody else has just lifted"):
        lift_restriction(restriction=restriction, reason="x", **arguments)
    restriction.refresh_from_db()
    with pytest.raises(Refused, match="was lifted on 2026-03-05"):
        lift_restriction(restriction=restriction, reason="x", **arguments)


def test_a_consent_allows_a_text_in_the_united_states_until_it_is_withdrawn(company, collector):
    customer = add_customer(company, "US1", country="US", region="US-TX", party="company")
    assert decided(customer, "sms") == ("deny", "US-TCPA-CONSENT")

    given = consent(collector, customer)
    assert decided(customer, "sms") == ("allow", "")
    assert last_event(company)[:1] == ("consent.given",)

    withdraw_consent(actor=acting(collector), consent=given, as_of=TODAY, at=AT)
    assert decided(customer, "sms") == ("deny", "US-TCPA-CONSENT")
    given.refresh_from_db()
    with pytest.raises(Refused, match="was withdrawn on 2026-03-05"):
        withdraw_consent(actor=acting(collector), consent=given, as_of=TODAY, at=AT)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"channel": ""}, "Say to which channel"),
        ({"source": " "}, "Say where the consent can be seen"),
        ({"given_on": TODAY + DAY}, "The day of the consent has not come."),
        ({"purpose": "revenge"}, "There is no purpose revenge"),
    ],
)
def test_a_consent_without_what_it_needs_is_refused(collector, customer, changes, words):
    with pytest.raises(Refused) as refusal:
        consent(collector, customer, **changes)

    assert str(refusal.value).startswith(words)
    assert not Consent.objects.exists()


def test_a_fresh_consent_may_follow_an_older_one(collector, customer):
    consent(collector, customer, given_on=TODAY - DAY)
    consent(collector, customer)
    with pytest.raises(Refused, match="of this day or later"):
        consent(collector, customer)


def test_a_reply_with_a_keyword_opts_out_and_ends_the_consents(company, collector, customer):
    given = consent(collector, customer)

    arguments = {"actor": acting(collector), "customer": customer, "channel": "sms"}
    first = read_reply(**arguments, text="STOP please", as_of=TODAY, at=AT)
    again = read_reply(**arguments, text="stop", as_of=TODAY, at=AT)

    given.refresh_from_db()
    assert (first.reading, first.restriction.kind, first.restriction.channel) == (
        "yes",
        "opt_out",
        "sms",
    )
    assert (again.reading, again.restriction) == ("yes", first.restriction)
    assert given.withdrawn_on == TODAY
    assert verbs(company) == ["consent.given", "consent.withdrawn", "restriction.recorded"]
    assert decided(customer, "sms") == ("deny", "OWN-OPTOUT")


def test_a_reply_that_is_not_clear_is_left_to_a_person(collector, customer):
    read = read_reply(
        actor=acting(collector), customer=customer, channel="email",
        text="We pay at the end of the month, as always.", as_of=TODAY, at=AT,
    )  # fmt: skip

    assert (read.reading, read.restriction) == ("perhaps", None)
    assert not ContactRestriction.objects.exists()


def test_others_may_not(clerk, rival, customer):
    with pytest.raises(Forbidden):
        restrict(clerk, customer)
    with pytest.raises(Refused, match="belongs to another company"):
        restrict(rival, customer)


def test_what_the_rules_must_know_of_a_customer_can_be_edited(company, manager, customer):
    changes = {
        "party": "person",
        "debt_use": "personal",
        "country": "us",
        "region": "us-ny-nyc",
        "zones": ["America/New_York", "America/Chicago", "America/New_York"],
    }
    edit_customer(actor=acting(manager), customer=customer, changes=changes, at=AT)
    customer.refresh_from_db()
    edit_customer(actor=acting(manager), customer=customer, changes={"zones": []}, at=AT)

    customer = Customer.objects.get(pk=customer.pk)
    assert (customer.party, customer.debt_use, customer.country, customer.region) == (
        "person",
        "personal",
        "US",
        "US-NY-NYC",
    )
    assert customer.zones == []
    assert last_event(company)[3] == {
        "before": {"zones": ["America/Chicago", "America/New_York"]},
        "after": {"zones": []},
    }


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"party": "dog"}, "There is no party dog; use company, person, public"),
        ({"debt_use": "fun"}, "There is no debt_use fun; use business, personal"),
        ({"region": "Texas"}, "Texas is no region; write an ISO 3166-2 code"),
        ({"zones": ["Mars/Base"]}, "Mars/Base is no time zone"),
        ({"zones": "UTC"}, "zones is a list of time zones."),
    ],
)
def test_a_fact_that_cannot_be_is_refused(manager, customer, changes, words):
    with pytest.raises(Refused) as refusal:
        edit_customer(actor=acting(manager), customer=customer, changes=changes, at=AT)

    assert str(refusal.value).startswith(words)
