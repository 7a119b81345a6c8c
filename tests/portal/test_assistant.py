"""The assistant's page: asked and answered without JavaScript, and one's own talk alone."""

import re

import pytest
import time_machine
from django.core.cache import cache

from dunwell.actions.assistant_talks import save_assistant_setting
from dunwell.models import AssistantTurn
from tests.actions.desk import acting
from tests.actions.ledger_rows import invoice
from tests.conftest import AT
from tests.portal.seats import seat_of, seated

PAGE = "/portal/assistant/"


@pytest.fixture(autouse=True)
def _now():
    cache.clear()
    with time_machine.travel(AT, tick=False):
        yield


def test_a_talk_on_the_page_is_the_persons_own(customer, admin):
    invoice(customer, "R-1001", 600_00)
    jane = seated(seat_of(customer))
    assert "does not answer here" in jane.get(PAGE).text
    save_assistant_setting(actor=acting(admin), version=0, is_on=True, at=AT)
    page = jane.get(PAGE).text
    assert "AI assistant, not a person" in page
    told = {"key": re.search(r'name="key" value="([^"]+)"', page)[1], "text": "How much do I owe?"}
    for _ in range(2):
        assert jane.post(PAGE, told)["Location"] == f"{PAGE}#newest"
    assert AssistantTurn.objects.count() == 1
    shown, part = jane.get(PAGE).text, jane.get(PAGE, headers={"HX-Request": "true"}).text
    assert "600.00" in shown
    # the newest answer is led to without a script, and takes the focus with one
    assert 'role="log"' in shown and 'id="newest" tabindex="-1">' in shown
    assert 'id="newest" tabindex="-1" autofocus>' in part
    refused = jane.post(PAGE, {"key": "another-key", "text": "4111 1111 1111 1111"})
    assert refused.status_code == 422
    assert "card number" in refused.text
    joe = seated(seat_of(customer, email="joe@buyer.example"))
    assert "600.00" not in joe.get(PAGE).text
    assert jane.post(f"{PAGE}end/").status_code == 302
