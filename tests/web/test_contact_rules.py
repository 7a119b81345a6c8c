"""Pages about contact rules: the list, one customer's panel, the forms, contacts made, files."""

import csv
import io
import re
from datetime import timedelta

import pytest

from dunwell.actions.contact_attempts import log_attempt
from dunwell.models import Consent, ContactAttempt, ContactRestriction, Customer
from dunwell.queries.contact_rules import shipped_rules
from dunwell.templatetags.contact_rules import KINDS, RULE_TEXTS
from tests.actions.desk import acting
from tests.actions.test_restrictions import consent, restrict
from tests.conftest import AT, TODAY, add_customer

HTMX = {"HX-Request": "true"}
QUERIES_OF_THE_LIST = 5


def lines(answer):
    """The rows of a CSV file."""
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def shown(page):
    """The page's text without its tags and double blanks."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_every_shipped_rule_has_its_words_for_translation():
    rules = {rule.id: rule.text for rule in shipped_rules().rules}

    assert {name: str(RULE_TEXTS[name]) for name in rules} == rules
    assert {rule.kind for rule in shipped_rules().rules} == set(KINDS)


def test_the_rules_in_force_are_listed_with_source_and_days(come_in, reader):
    page = shown(come_in(reader).get("/contact-rules/").text)

    assert "US-REGF-7IN7 How often" in page and "since Nov 30, 2021" in page
    assert "12 CFR 1006.14(b)(2) text of the law read, compared on Nov 26, 2026" in page
    assert (
        "A customer of whom nothing is known counts as a company with a business debt in our own "
        "country." in page
    )
    # New York City's cap and the withdrawal for every matter are still to come
    assert page.index("To come") < page.index("US-NYC-FREQ")
    assert "from Jan 31, 2027" in page


def test_the_rules_are_a_file_too(come_in, reader):
    found = lines(come_in(reader).get("/contact-rules/export.csv"))

    assert found[0][:4] == ["Rule", "About", "What it says", "Countries"]
    assert ["US-MA-CALLS", "How often"] in [row[:2] for row in found]


def test_a_customer_page_brings_the_panel_or_a_link_to_it(come_in, collector, customer):
    page = come_in(collector).get(f"/customers/{customer.pk}/").text

    assert f'hx-get="/contact-rules/customers/{customer.pk}/"' in page
    assert f'<a href="/contact-rules/customers/{customer.pk}/">' in page


def test_the_panel_says_what_is_allowed_and_why_not(come_in, collector, customer):
    restrict(collector, customer, note="told by phone")
    consent(collector, customer)
    client, address = come_in(collector), f"/contact-rules/customers/{customer.pk}/"

    page, part = client.get(address).text, client.get(address, headers=HTMX).text

    assert "<html" in page and "<html" not in part
    assert "Call Allowed" in shown(part)
    assert "E-mail The customer opted out of this channel for this purpose. OWN-OPTOUT" in shown(
        part
    )
    assert "Not by itself: something has to change first. Not now" in shown(part)
    assert "Opted out E-mail from Mar 5, 2026 · anna · told by phone Lift" in shown(part)
    assert "Text message Collection given on Mar 5, 2026 · form 7 Withdraw" in shown(part)
    assert "Kind of customer Not known" in shown(part)


def test_the_panel_asks_as_often_for_three_words_as_for_one(
    come_in, collector, company, customer, django_assert_num_queries
):
    other = add_customer(company, "K2")
    restrict(collector, customer)
    consent(collector, customer)
    for channel in ("email", "letter", "call"):
        restrict(collector, other, channel=channel)
        consent(collector, other, channel=channel)
    client = come_in(collector)
    client.get("/contact-rules/")
    for key in (customer.pk, other.pk):
        with django_assert_num_queries(15):
            client.get(f"/contact-rules/customers/{key}/")


def test_a_reader_sees_the_panel_without_buttons(come_in, reader, collector, customer):
    restrict(collector, customer)
    address = f"/contact-rules/customers/{customer.pk}/"

    page = come_in(reader).get(address).text

    assert "OWN-OPTOUT" in page and "/lift/" not in page and "/restriction/" not in page
    assert come_in(reader).get(f"{address}restriction/").status_code == 403


def test_another_companys_customer_is_not_there(come_in, rival, collector, customer):
    restriction = restrict(collector, customer)
    client = come_in(rival)
    base = f"/contact-rules/customers/{customer.pk}/"

    for address in (base, f"{base}restriction/", f"{base}consent/", f"{base}attempt/"):
        assert client.get(address).status_code == 404
    assert client.get(f"/contact-rules/restrictions/{restriction.pk}/lift/").status_code == 404


def test_a_restriction_is_recorded_and_lifted_by_forms(come_in, collector, customer):
    client = come_in(collector)
    answer = client.post(
        f"/contact-rules/customers/{customer.pk}/restriction/",
        {
            "kind": "inconvenient",
            "channel": "call",
            "minute_from": "09:30",
            "minute_until": "12:00",
        },
    )
    (restriction,) = ContactRestriction.objects.all()
    wrong = client.post(f"/contact-rules/restrictions/{restriction.pk}/lift/", {"reason": ""})
    lifted = client.post(
        f"/contact-rules/restrictions/{restriction.pk}/lift/", {"reason": "any time"}
    )
    restriction.refresh_from_db()

    assert (answer.status_code, answer["Location"]) == (
        302,
        f"/contact-rules/customers/{customer.pk}/",
    )
    assert (restriction.minute_from, restriction.minute_until) == (570, 720)
    assert (wrong.status_code, lifted.status_code) == (422, 302)
    assert restriction.lifted_on == TODAY


def test_what_does_not_fit_is_said_on_the_form(come_in, collector, customer):
    answer = come_in(collector).post(
        f"/contact-rules/customers/{customer.pk}/restriction/",
        {"kind": "cease", "minute_from": "09:30", "minute_until": "12:00"},
    )

    assert answer.status_code == 422
    assert "Only what is inconvenient has hours." in answer.text


def test_a_consent_is_recorded_and_withdrawn(come_in, collector, customer):
    client = come_in(collector)
    client.post(
        f"/contact-rules/customers/{customer.pk}/consent/",
        {"channel": "sms", "purpose": "collection", "source": "form", "given_on": "2026-03-01"},
    )
    (given,) = Consent.objects.all()
    first = client.post(f"/contact-rules/consents/{given.pk}/withdraw/")
    second = client.post(f"/contact-rules/consents/{given.pk}/withdraw/")
    given.refresh_from_db()

    assert (first.status_code, second.status_code) == (302, 422)
    assert given.withdrawn_on == TODAY
    assert "was withdrawn on 2026-03-05" in second.text


def test_a_refused_contact_says_the_rule_and_when_it_is_allowed(come_in, collector, customer):
    client, address = come_in(collector), f"/contact-rules/customers/{customer.pk}/attempt/"
    body = {"channel": "call", "purpose": "collection", "outcome": "conversation"}

    made, refused = client.post(address, body), client.post(address, body)

    assert (made.status_code, refused.status_code) == (302, 422)
    assert (
        "Not made: Businesses in the EU and the UK hear from us at most once in 48 hours, whatever "
        "the team and the channel. Rule EU-B2B-TOUCH; allowed again from Mar 9, 2026, 08:00. The "
        "refusal is kept." in refused.text
    )
    assert list(ContactAttempt.objects.order_by("id").values_list("outcome", flat=True)) == [
        "conversation",
        "refused",
    ]


def test_contacts_are_listed_filtered_and_exported(come_in, collector, customer):
    for _ in range(2):
        log_attempt(
            actor=acting(collector), customer=customer, channel="call", outcome="conversation",
            as_of=TODAY, at=AT,
        )  # fmt: skip
    client = come_in(collector)

    page = shown(client.get("/contact-rules/attempts/").text)
    refused = shown(client.get("/contact-rules/attempts/?refused=1").text)
    rows = lines(client.get(f"/contact-rules/attempts/export.csv?customer={customer.pk}"))

    assert "Acme Mar 5, 2026" in page and "Conversation Allowed" in page
    assert "Not made: a rule forbids it Not now EU-B2B-TOUCH allowed from Mar 9, 2026" in refused
    assert "Conversation Allowed" not in refused
    assert [row[6:9] for row in rows[1:]] == [
        ["Not made: a rule forbids it", "Not now", "EU-B2B-TOUCH"],
        ["Conversation", "Allowed", ""],
    ]


def test_no_contact_yet_is_said(come_in, reader):
    assert "No contact here" in come_in(reader).get("/contact-rules/attempts/").text


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_as_often_for_three_contacts_as_for_one(
    come_in, collector, company, number, django_assert_num_queries
):
    for place in range(number):
        log_attempt(
            actor=acting(collector), customer=add_customer(company, f"C{place}"), channel="call",
            outcome="no_answer", as_of=TODAY, at=AT + timedelta(seconds=place),
        )  # fmt: skip
    client = come_in(collector)
    client.get("/contact-rules/attempts/")
    with django_assert_num_queries(QUERIES_OF_THE_LIST):
        client.get("/contact-rules/attempts/")


def test_the_facts_of_a_customer_are_edited_by_a_manager(come_in, manager, collector, customer):
    address = f"/contact-rules/customers/{customer.pk}/facts/"
    body = {
        "party": "person",
        "debt_use": "personal",
        "country": "US",
        "region": "US-CA",
        "zones": "America/Los_Angeles, America/Denver",
    }
    forbidden = come_in(collector).post(address, body)
    changed = come_in(manager).post(address, body)
    wrong = come_in(manager).post(address, {**body, "zones": "Mars/Base"})

    customer = Customer.objects.get(pk=customer.pk)
    assert (forbidden.status_code, changed.status_code, wrong.status_code) == (403, 302, 422)
    assert (customer.party, customer.region, customer.zones) == (
        "person",
        "US-CA",
        ["America/Denver", "America/Los_Angeles"],
    )
    assert "Mars/Base is no time zone" in wrong.text
