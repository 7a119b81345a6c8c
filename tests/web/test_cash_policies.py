import pytest

from dunwell.actions.adjustments import record_adjustment
from dunwell.actions.gate import system
from dunwell.models import PayerRelation, Payment, PolicyVersion
from dunwell.queries.cash_policies import cash_policy_in_force
from tests.actions.ledger_rows import breaks, invoice, open_amounts
from tests.actions.test_cash_policies import TEXT, draft, publish
from tests.conftest import AT, TODAY, add_user

PAGES = "/cash-policy/"
TODAYS = TEXT.replace("2026-03-10", TODAY.isoformat())
QUERIES_OF_THE_PAGE = 15


def test_the_standard_applies_until_a_version_is_published(come_in, manager, company):
    second_manager = add_user(company, "max", "credit_manager")
    client = come_in(manager)
    page = client.get(PAGES).text
    assert "the standard" in page and "No version of your own yet" in page
    assert "99.5" in page and "€5.00" in page and "€500.00" in page and "Oldest due first" in page
    start = client.get(f"{PAGES}draft/").text
    assert f"valid_from: {TODAY.isoformat()}" in start and "min_precision_ppm: 995000" in start

    answer = client.post(f"{PAGES}draft/", {"text": TODAYS.replace("\n", "\r\n"), "save": "1"})
    version = PolicyVersion.objects.get()
    assert answer["Location"] == f"{PAGES}{version.pk}/" and version.text == TODAYS
    page = client.get(f"{PAGES}{version.pk}/").text
    assert "somebody else has to publish it" in page and "all 1 passed" not in page
    own = client.post(f"{PAGES}{version.pk}/publish/")
    assert own.status_code == 422 and "somebody else has to publish it" in own.text

    second = come_in(second_manager)
    second.post(f"{PAGES}{version.pk}/publish/")
    assert cash_policy_in_force(company, as_of=TODAY).returned.fee_minor == 500
    page = second.get(PAGES).text
    assert "in force" in page and "€10.00" in page
    assert "fee_minor: 500" in second.get(f"{PAGES}draft/").text


def test_checking_a_text_plays_its_cases_and_writes_nothing(come_in, manager):
    client = come_in(manager)
    good = client.post(f"{PAGES}draft/", {"text": TEXT, "check": "1"})
    assert good.status_code == 200 and "its case passes" in good.text
    assert "above the budget of the month" in good.text and "€9.00 used this month" in good.text
    wrong = TEXT.replace("above_budget", "written_off")
    bad = client.post(f"{PAGES}draft/", {"text": wrong, "check": "1"})
    assert bad.status_code == 422 and "1 case does not come out" in bad.text
    for button in ("check", "save"):
        typo = client.post(
            f"{PAGES}draft/", {"text": TEXT.replace("fee_minor", "fee"), button: "1"}
        )
        assert typo.status_code == 422 and 'data-line="3"' in typo.text
        assert "field &#x27;fee&#x27; is not known" in typo.text
    assert PolicyVersion.objects.count() == 0


def test_a_draft_is_discarded_and_a_return_ladder_is_shown(come_in, manager):
    text = TODAYS + "  - {name: no money, returned: AM04, expect: retry, after_days: 5}\n"
    version = draft(manager, text)
    client = come_in(manager)
    page = client.get(f"{PAGES}{version.pk}/").text
    assert "returned with AM04, attempt 1" in page and "tried again after 5 business days" in page
    assert "MD07: stop" in page and "all 2 passed" in page
    client.post(f"{PAGES}{version.pk}/discard/")
    version.refresh_from_db()
    assert version.status == "discarded"


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_shows_what_is_used_of_the_budget(
    come_in, manager, company, customer, count, django_assert_num_queries
):
    for number in range(count):
        item = invoice(customer, f"R{number}", 100_00)
        record_adjustment(
            actor=system(company), item=item, kind="small_balance", amount_minor=50_00,
            reason="small", as_of=TODAY, at=AT,
        )  # fmt: skip
    publish(add_user(company, "max", "credit_manager"), draft(manager, TODAYS))
    client = come_in(manager)
    with django_assert_num_queries(QUERIES_OF_THE_PAGE):
        page = client.get(f"{PAGES}?cursor=nonsense").text
    assert f"€{50 * count}.00" in page and "R0" in page and "Acme" in page


def test_rights_and_companies_are_kept_apart(come_in, reader, rival, manager):
    version = draft(manager)
    client = come_in(reader)
    assert client.get(f"{PAGES}draft/").status_code == 403
    for act in ("publish", "discard"):
        assert client.post(f"{PAGES}{version.pk}/{act}/").status_code == 403
    assert client.get(f"{PAGES}{version.pk}/").status_code == 200
    client = come_in(rival)
    assert client.get(f"{PAGES}{version.pk}/").status_code == 404
    assert client.post(f"{PAGES}{version.pk}/publish/").status_code == 404
    assert client.get(f"{PAGES}draft/?from={version.pk}").status_code == 404
    assert client.get(f"/strategies/{version.pk}/").status_code == 404


def test_items_are_netted_with_what_we_owe(come_in, clerk, company, customer):
    item, other = invoice(customer, "R1", 100_00), invoice(customer, "R2", 50_00)
    client = come_in(clerk)
    address = f"/customers/{customer.pk}/offset/"
    form = {"reference": "V-7", "reason": "their invoice", f"amount-{item.pk}": "60.00"}
    assert "R1" in client.get(address).text
    none = client.post(address, form)
    assert none.status_code == 422 and "There is no agreement to net" in none.text
    PayerRelation.objects.create(
        company=company, customer=customer, kind="netting", recorded_by="mona", recorded_at=AT
    )
    wrong = client.post(address, {**form, f"amount-{item.pk}": "x"})
    assert wrong.status_code == 422 and "R1: x is not an amount" in wrong.text
    empty = client.post(address, {**form, "reference": ""})
    assert empty.status_code == 422 and 'value="60.00"' in empty.text

    client.post(address, {**form, f"amount-{other.pk}": "50.00"})

    assert open_amounts(company) == {"R1": 40_00}
    made = Payment.objects.get()
    assert (made.number, made.amount_minor) == ("OFF-V-7", 110_00) and breaks(company) == {}
    assert f"/payments/{made.pk}/refund/" not in client.get(f"/payments/{made.pk}/").text
