"""What a SAML provider signed and what is not for here and now: nobody comes in by it."""
# ruff: noqa: F811  fixtures of another file

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from dunwell.models import SamlAnswer
from tests.conftest import AT
from tests.trust.saml_desk import (  # noqa: F401  fixtures
    ANSWER,
    ANSWERED,
    brought,
    is_in,
    nothing_came_of,
    provider,
    running,
    sent,
    sign_on,
    standing_clock,
)

LATER, BEFORE = "2099-01-01T00:00:00Z", "2020-01-01T00:00:00Z"
TOLD = {
    "another issuer": ({"issuer": "https://id.example"}, "ssuer"),
    "another audience": ({"audience": "https://desk.example"}, "audience"),
    "no audience": ({"audience": None}, "for whom"),
    "another recipient": ({"recipient": "https://desk.example/acs"}, "SubjectConfirmation"),
    "a recipient that ours is a part of": (
        {"recipient": f"http://testserver{ANSWER}?to=eve"}, "not confirmed",
    ),
    "no recipient": ({"recipient": None}, "not confirmed"),
    "another destination": ({"destination": "https://desk.example/acs"}, "instead of"),
    "a destination that begins like ours": (
        {"destination": f"http://testserver{ANSWER}eve"}, "was sent to",
    ),
    "no destination": ({"destination": None}, "was sent to None"),
    "conditions that ended": ({"ends": BEFORE}, "expired"),
    "conditions that begin later": ({"begins": LATER}, "not yet valid"),
    "a confirmation that ended": ({"confirmed_until": BEFORE}, "SubjectConfirmation"),
    "a confirmation without an end": ({"confirmed_until": None}, "not confirmed"),
    "no bearer": ({"method": "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"}, "SubjectConfirmation"),
    "no request in the confirmation": ({"confirms": None}, "not confirmed"),
    "another request in the confirmation": ({"confirms": "_other"}, "SubjectConfirmation"),
    "no request in the answer": ({"in_response_to": None}, "different requests"),
    "another request": ({"in_response_to": "_other", "confirms": "_other"}, "no request of this"),
    "proved later": ({"proved": LATER}, "when the person proved"),
    "a subject for one time": (
        {"format": "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"}, "transient",
    ),
    "a subject that is too long": ({"subject": "s" * 192}, "too long"),
    "nobody": ({"subject": " "}, "names nobody"),
    "given up at the provider": (
        {"status": "urn:oasis:names:tc:SAML:2.0:status:Responder"}, "not Success",
    ),
}  # fmt: skip


@pytest.mark.parametrize("attack", TOLD)
def test_a6_8_2_an_assertion_that_is_not_for_here_and_now_signs_nobody_in(
    client, provider, collector, caplog, attack
):
    told, cause = TOLD[attack]
    provider.told |= told

    answer = sign_on(client, provider)

    nothing_came_of(answer, client, caplog, cause=cause)


def test_a6_8_2_an_answer_of_saml_works_once_in_the_browser_that_asked_within_ten_minutes(
    client, provider, collector, caplog
):
    form = brought(client, provider)
    thief, late, other = Client(), Client(), Client()

    # stolen before its owner has used it: the thief's browser asked for nothing
    stolen = sent(thief, form)
    lacking = thief.get(ANSWERED)
    replayed = sent(client, form)
    mine = sign_on(client, provider)
    client.post("/accounts/logout/")
    emptied = client.get(ANSWERED)
    slow = brought(late, provider)
    with time_machine.travel(AT + timedelta(seconds=301), tick=False):
        ended = sent(late, slow)
    provider.told = {"ends": LATER, "confirmed_until": LATER}
    slow = brought(late, provider)
    with time_machine.travel(AT + timedelta(minutes=10), tick=False):
        sent(late, slow)
        expired = late.get(ANSWERED)
    sent(other, brought(other, provider))
    with time_machine.travel(AT + timedelta(seconds=61), tick=False):
        dawdled = other.get(ANSWERED)

    assert (stolen.status_code, lacking.status_code) == (303, 403)
    assert (replayed.status_code, mine.status_code) == (403, 302)
    tried = [emptied, ended, expired, dawdled]
    assert [one.status_code for one in tried] == [403] * 4
    assert not any(is_in(one) for one in (client, thief, late, other))
    assert [one.cause for one in caplog.records if one.message == "sign_on.failed"] == [
        "the answer is to no request of this browser",
        "This answer of the provider was used before; begin again.",
        'No ":" found in value',
        "A valid SubjectConfirmation was not found on this Response",
        "the answer came after ten minutes",
        "Signature age 61.0 > 60 seconds",
    ]


def test_a6_8_2_what_came_once_is_known_to_every_process_and_forgotten_when_it_has_ended(
    client, provider, collector
):
    form = brought(client, provider)
    sent(client, form)
    cache.clear()

    again = sent(Client(), form)
    kept = SamlAnswer.objects.get()
    with time_machine.travel(AT + timedelta(seconds=361), tick=False):
        provider.told["assertion_id"] = "_another"
        sign_on(Client(), provider)

    assert again.status_code == 403
    assert kept.ends_at == AT.replace(microsecond=0) + timedelta(seconds=360)
    assert SamlAnswer.objects.exclude(pk=kept.pk).count() == SamlAnswer.objects.count() == 1


def test_a6_8_2_a_changed_cookie_brings_nobody_in(client, provider, collector):
    sent(client, brought(client, provider))
    head, rest = client.cookies["saml"].value.split(":", 1)
    client.cookies["saml"] = f"{head[:-4]}AAAA:{rest}"

    answer = client.get(ANSWERED)

    assert (answer.status_code, is_in(client)) == (403, False)
