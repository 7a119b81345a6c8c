"""Contact rules over the API: the rules, a customer's answer, words said, contacts refused."""

import pytest
import time_machine

from tests.conftest import AT


@pytest.fixture(autouse=True)
def _standing_clock():
    with time_machine.travel(AT, tick=False):
        yield


def test_the_rules_in_force_come_with_source_and_days(as_collector):
    told = as_collector.get("/contact-rules").json()

    rules = {rule["id"]: rule for rule in told["rules"]}
    assert (told["customers_are"], told["acts_as"], told["policy_version"]) == (
        "business",
        "first_party",
        None,
    )
    assert rules["US-REGF-7IN7"] == {
        "id": "US-REGF-7IN7",
        "kind": "cap",
        "text": "At most 7 calls about a debt within 7 days, and none within 7 days of a "
        "conversation (its day is the first).",
        "countries": [],
        "regions": [],
        "effective_from": "2021-11-30",
        "effective_to": None,
        "source": "12 CFR 1006.14(b)(2)",
        "evidence": "P",
        "last_verified": "2026-11-26",
        "is_own": False,
    }
    # New York City's cap begins in September
    assert "US-NYC-FREQ" not in rules and rules["EU-B2B-TOUCH"]["is_own"]


def test_a_refused_contact_is_answered_with_its_rule_and_the_next_moment(as_collector, customer):
    path = f"/customers/{customer.pk}/contact-attempts"
    first = as_collector.post(path, {"channel": "call", "outcome": "conversation"})
    second = as_collector.post(path, {"channel": "email", "outcome": "written"})
    listed = as_collector.get(f"/contact-attempts?customer_id={customer.pk}").json()["rows"]
    refused = as_collector.get("/contact-attempts?only_refused=true").json()["rows"]

    assert (first.status_code, first.json()["outcome"]) == (201, "conversation")
    assert second.json() == {
        "id": second.json()["id"],
        "outcome": "refused",
        "decision": "deny",
        "rule": "EU-B2B-TOUCH",
        "text": "Businesses in the EU and the UK hear from us at most once in 48 hours, whatever "
        "the team and the channel.",
        "next_at": "2026-03-09T07:00:00+00:00",
    }
    assert [row["outcome"] for row in listed] == ["refused", "conversation"]
    assert [row["id"] for row in refused] == [second.json()["id"]]
    assert refused[0]["verdict"]["rule"] == "EU-B2B-TOUCH"


def test_a_customer_shows_what_was_said_and_which_channel_is_open(as_collector, customer):
    base = f"/customers/{customer.pk}"
    body = {"kind": "inconvenient", "channel": "call", "minute_from": 540, "minute_until": 720}
    key = as_collector.post(f"{base}/restrictions", body).json()["id"]

    card = as_collector.get(f"{base}/contact-rules").json()
    open_now = {one["channel"]: one["decision"] for one in card["verdicts"]}
    (call,) = [one for one in card["verdicts"] if one["channel"] == "call"]

    assert open_now == {
        "email": "allow",
        "letter": "allow",
        "call": "deny",
        "sms": "allow",
        "portal": "allow",
        "visit": "allow",
    }
    assert (call["rule_id"], call["next_at"]) == ("OWN-INCONVENIENT", "2026-03-05T11:00:00Z")
    assert [(row["id"], row["is_active"]) for row in card["restrictions"]] == [(key, True)]

    lifted = as_collector.post(f"/restrictions/{key}/lift", {"reason": "mornings are fine"})
    again = as_collector.get(f"{base}/contact-rules").json()

    assert lifted.json() == {"changed": 1}
    assert {one["decision"] for one in again["verdicts"]} == {"allow"}
    assert [row["is_active"] for row in again["restrictions"]] == [False]


def test_a_reply_opts_out_and_a_consent_is_given_and_withdrawn(as_collector, customer):
    base = f"/customers/{customer.pk}"
    given = as_collector.post(
        f"{base}/consents", {"channel": "call", "source": "form", "given_on": "2026-03-01"}
    ).json()["id"]
    read = as_collector.post(f"{base}/replies", {"channel": "sms", "text": "Stop"}).json()
    ended = as_collector.post(f"/consents/{given}/withdraw")
    card = as_collector.get(f"{base}/contact-rules").json()

    assert read["reading"] == "yes" and read["restriction_id"]
    assert ended.json() == {"changed": 1}
    assert [(row["channel"], row["withdrawn_on"]) for row in card["consents"]] == [
        ("call", "2026-03-05")
    ]


def test_the_facts_of_a_customer_are_changed_like_any_other(as_manager, customer):
    body = {"party": "person", "debt_use": "personal", "region": "US-MA", "country": "US"}
    answer = as_manager.call("PATCH", f"/customers/{customer.pk}", body)
    card = as_manager.get(f"/customers/{customer.pk}/contact-rules").json()

    assert answer.json() == {"changed": 4}
    assert (card["party"], card["debt_use"], card["region"]) == ("person", "personal", "US-MA")


def test_nobody_sees_or_changes_another_companys(as_rival, customer):
    base = f"/customers/{customer.pk}"
    attempt = {"channel": "call", "outcome": "no_answer"}

    assert as_rival.get(f"{base}/contact-rules").status_code == 404
    assert as_rival.post(f"{base}/contact-attempts", attempt).status_code == 404
    assert as_rival.post(f"{base}/restrictions", {"kind": "cease"}).status_code == 404
