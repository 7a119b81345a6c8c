import re

from dunwell.models import ApiToken, Event
from dunwell.queries.tokens import live_token
from tests.conftest import AT

TOKENS = "/settings/tokens/"


def test_a_token_is_shown_once_works_and_stops_when_revoked(come_in, admin):
    client = come_in(admin)

    page = client.post(TOKENS, {"name": "sync", "days": "90", "rights": ["ledger.view"]}).text

    secret = re.search(r"dw_[\w-]+", page).group()
    assert live_token(secret, at=AT).name == "sync"
    assert secret not in client.get(TOKENS).text
    assert "sync" in client.get(TOKENS).text

    client.post(f"{TOKENS}{ApiToken.objects.get().pk}/revoke/")
    assert live_token(secret, at=AT) is None
    verbs = list(Event.objects.order_by("seq").values_list("verb", flat=True))
    assert verbs == ["token.made", "token.revoked"]


def test_a_token_never_gets_a_right_its_owner_lacks(come_in, admin):
    page = come_in(admin).post(TOKENS, {"name": "x", "rights": ["payment.record"]})
    assert page.status_code == 422 and "payment.record" in page.text
    assert ApiToken.objects.count() == 0


def test_a_name_is_needed(come_in, admin):
    page = come_in(admin).post(TOKENS, {"rights": ["ledger.view"]})
    assert page.status_code == 422 and ApiToken.objects.count() == 0


def test_another_company_s_token_is_not_found(come_in, admin, rival):
    come_in(admin).post(TOKENS, {"name": "ours", "rights": ["ledger.view"]})
    client = come_in(rival)
    assert client.post(f"{TOKENS}{ApiToken.objects.get().pk}/revoke/").status_code == 404
    assert "ours" not in client.get(TOKENS).text
