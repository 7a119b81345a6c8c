"""All consents, and the file that proves them."""

from dunwell.actions.restrictions import give_consent, withdraw_consent
from tests.actions.desk import acting
from tests.conftest import AT, TODAY


def consent(user, customer, **changes):
    told = {"channel": "sms", "source": "form 7", "as_of": TODAY, "at": AT, **changes}
    return give_consent(actor=acting(user), customer=customer, **told)


def test_consents_are_listed_filtered_and_proved(come_in, collector, customer):
    client = come_in(collector)
    empty = client.get("/contact-rules/consents/").text
    consent(collector, customer)
    ended = consent(collector, customer, channel="call", source="call 9")
    withdraw_consent(actor=acting(collector), consent=ended, as_of=TODAY, at=AT)

    listed = client.get("/contact-rules/consents/").text
    standing = client.get("/contact-rules/consents/?standing=1").text
    calls = client.get("/contact-rules/consents/?channel=call&cursor=odd").text
    export = client.get("/contact-rules/consents/export.csv").content.decode()

    assert "No consent here" in empty
    assert "form 7" in listed and "call 9" in listed
    assert "form 7" in standing and "call 9" not in standing
    assert "call 9" in calls and "form 7" not in calls
    assert "2026-03-05,,form 7,anna," in export and "2026-03-05,2026-03-05,call 9,anna," in export
    assert client.get("/contact-rules/").text.count("/contact-rules/consents/") == 1


def test_one_row_and_three_take_the_same_queries(
    come_in, collector, customer, django_assert_num_queries
):
    client = come_in(collector)
    consent(collector, customer)
    client.get("/contact-rules/consents/")
    with django_assert_num_queries(QUERIES):
        client.get("/contact-rules/consents/")
    consent(collector, customer, channel="call")
    consent(collector, customer, channel="email")
    with django_assert_num_queries(QUERIES):
        client.get("/contact-rules/consents/")


QUERIES = 5
