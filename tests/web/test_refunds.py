from datetime import timedelta
from xml.etree import ElementTree

import pytest

from dunwell.actions.payees import retire_payee
from dunwell.actions.payments import reverse_payment
from dunwell.models import BankAccount, Item, Payee, PolicyVersion, Refund
from tests.actions.desk import acting
from tests.actions.ledger_rows import breaks, invoice, open_amounts, payment
from tests.actions.refund_rows import (
    IBAN,
    approved_payee,
    approved_refund,
    proposed_payee,
    proposed_refund,
)
from tests.conftest import AT, TODAY, add_customer, add_user

ON = {"as_of": TODAY, "at": AT}
QUERIES_OF_THE_LIST = 7
QUERIES_OF_THE_PAYEES = 6
QUERIES_OF_THE_UNCLAIMED = 9


@pytest.fixture
def payee(clerk, manager, customer):
    return approved_payee(clerk, manager, customer)


@pytest.fixture
def money(customer):
    return payment(customer, "P1", 100_00)


def test_a_refund_goes_from_the_payment_to_the_bank_by_two_people(
    come_in, company, clerk, manager, payee, money
):
    client = come_in(clerk)
    assert f"/payments/{money.pk}/refund/" in client.get(f"/payments/{money.pk}/").text
    form = client.get(f"/payments/{money.pk}/refund/").text
    assert 'value="100.00"' in form and IBAN in form and "€100.00 of Acme" in form
    answer = client.post(
        f"/payments/{money.pk}/refund/",
        {"payee": payee.pk, "amount": "40.00", "reason": "paid twice"},
    )
    refund = Refund.objects.get()
    assert answer["Location"] == f"/refunds/{refund.pk}/"
    assert "can be approved" not in client.get(f"/refunds/{refund.pk}/").text
    assert client.post(f"/refunds/{refund.pk}/approve/").status_code == 403

    client = come_in(manager)
    assert "RF-1" in client.get("/refunds/").text
    page = client.get(f"/refunds/{refund.pk}/").text
    assert "paid twice" in page and IBAN in page and "/approve/" in page
    client.post(f"/refunds/{refund.pk}/approve/")
    page = client.get("/refunds/?status=approved").text
    assert "RF-1" in page and "needs an account of ours" in page and "€40.00" in page

    client.post("/refunds/paid/", {"refund": refund.pk, "paid_on": TODAY.isoformat()})
    refund.refresh_from_db()
    assert (refund.status, refund.paid_on) == ("paid", TODAY)
    client.post(f"/refunds/{refund.pk}/fail/", {"reason": "account closed"})
    refund.refresh_from_db()
    assert (
        refund.status == "failed" and "account closed" in client.get(f"/refunds/{refund.pk}/").text
    )
    assert open_amounts(company) == {} and breaks(company) == {}


def test_a_credit_note_is_given_back_from_its_page(come_in, clerk, payee, customer):
    credit = invoice(customer, "G1", -30_00)
    client = come_in(clerk)
    assert f"/items/{credit.pk}/refund/" in client.get(f"/items/{credit.pk}/").text
    client.post(
        f"/items/{credit.pk}/refund/", {"payee": payee.pk, "amount": "30.00", "reason": "returned"}
    )
    refund = Refund.objects.get()
    assert (refund.credit, refund.amount_minor) == (credit, 30_00)
    again = client.post(
        f"/items/{credit.pk}/refund/", {"payee": payee.pk, "amount": "0.01", "reason": "again"}
    )
    assert again.status_code == 422 and "as 30.00 EUR is proposed already" in again.text
    item = invoice(customer, "R1", 10_00)
    refused = client.get(f"/items/{item.pk}/refund/")
    assert refused.status_code == 422 and "Nothing of R1 can be given back" in refused.text


def test_without_an_account_the_form_asks_for_one_first(come_in, clerk, manager, customer, money):
    client = come_in(clerk)
    address = f"/payments/{money.pk}/refund/"
    answer = client.get(address)
    assert answer["Location"] == f"/customers/{customer.pk}/payee/?next={address}"
    wrong = {"name": "Acme", "account": "DE00", "bic": "", "evidence": "letter"}
    page = client.post(f"/customers/{customer.pk}/payee/", wrong)
    assert page.status_code == 422 and "DE00 is no IBAN" in page.text
    client.post(f"/customers/{customer.pk}/payee/", {**wrong, "account": IBAN, "next": address})
    payee = Payee.objects.get()
    assert payee.status == "proposed" and IBAN in client.get("/refunds/payees/").text
    assert client.post(f"/refunds/payees/{payee.pk}/approve/").status_code == 403

    client = come_in(manager)
    client.post(f"/refunds/payees/{payee.pk}/approve/")
    assert client.get("/refunds/payees/?status=approved").text.count(IBAN) >= 1
    client.post(f"/refunds/payees/{payee.pk}/retire/", {"reason": "closed"})
    payee.refresh_from_db()
    assert (payee.status, payee.approver) == ("retired", "mona")
    assert f"/payees/{payee.pk}/" not in client.get("/refunds/payees/").text


def test_a_shared_account_is_marked(come_in, manager, clerk, company, customer):
    proposed_payee(clerk, customer)
    assert "another customer has it too" not in come_in(manager).get("/refunds/payees/").text
    proposed_payee(clerk, add_customer(company, "K2"))
    assert come_in(manager).get("/refunds/payees/").text.count("another customer has it too") == 2


def test_a_proposal_is_rejected_or_taken_back_with_its_reason(
    come_in, clerk, manager, payee, money
):
    first = proposed_refund(clerk, money, payee, 10_00)
    second = proposed_refund(clerk, money, payee, 20_00)
    come_in(manager).post(f"/refunds/{first.pk}/reject/", {"reason": "not ours"})
    come_in(clerk).post(f"/refunds/{second.pk}/withdraw/", {"reason": "typo"})
    told = Refund.objects.order_by("pk").values_list("status", "decision", "approver")
    assert list(told) == [("rejected", "not ours", "mona"), ("rejected", "typo", "")]


def test_the_sepa_file_holds_what_can_be_paid_and_says_what_cannot(
    come_in, company, clerk, manager, customer, payee, money
):
    account = BankAccount.objects.create(
        company=company, account="FR1420041010050500013M02606", currency="EUR", name="Main",
        recorded_at=AT,
    )  # fmt: skip
    dollars = payment(customer, "P2", 50_00, currency="USD")
    bounced = payment(customer, "P3", 30_00)
    other = approved_payee(clerk, manager, customer, account="026009593", bic="")
    for source, to, amount in (
        (money, payee, 10_00), (money, payee, 20_01), (dollars, payee, 5_00), (money, other, 1_00),
        (bounced, payee, 30_00),
    ):  # fmt: skip
        approved_refund(clerk, manager, source, to, amount)
    reverse_payment(actor=acting(clerk), payment=bounced, reason="no funds", **ON)
    client = come_in(manager)
    page = client.get("/refunds/?status=approved").text
    assert "SEPA file of 2 refunds" in page and "2 refunds are not in euro" in page
    assert "the money came back out" in page

    answer = client.get(f"/refunds/payments.xml?account={account.pk}")

    assert answer["Content-Type"] == "application/xml"
    assert 'filename="refunds-2026-03-05-' in answer["Content-Disposition"]
    root = ElementTree.fromstring(answer.content)
    ns = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
    told = [
        (one.findtext(".//p:EndToEndId", "", ns), one.findtext(".//p:InstdAmt", "", ns))
        for one in root.iterfind(".//p:CdtTrfTxInf", ns)
    ]
    assert told == [("RF-1", "10.00"), ("RF-2", "20.01")]
    assert root.findtext(".//p:CtrlSum", "", ns) == "30.01"
    again = client.get(f"/refunds/payments.xml?account={account.pk}")
    assert again.content == answer.content
    assert client.get("/refunds/payments.xml?account=99").status_code == 404

    retire_payee(actor=acting(manager), payee=payee, reason="hacked", at=AT)
    none = client.get(f"/refunds/payments.xml?account={account.pk}")
    assert none.status_code == 422 and "There is no transfer to write" in none.text


def test_money_nobody_used_is_listed_with_its_age_and_exported(come_in, reader, company, customer):
    old = TODAY - timedelta(days=365)
    payment(customer, "P1", 100_00, value_on=old)
    payment(customer, "P2", 100_00, value_on=old + timedelta(days=1))
    invoice(customer, "G1", -40_00, issued_on=old, due_on=old)
    client = come_in(reader)
    page = client.get("/refunds/unclaimed/").text
    assert "P1" in page and "G1" in page and "P2" not in page
    assert "2 in EUR" in page and "€140.00" in page
    csv = client.get("/refunds/unclaimed/export.csv").content.decode()
    assert "P1" in csv and "365" in csv and "100.00" in csv
    assert "365 days or longer" in page


def test_a_return_has_a_reason_and_a_fee_where_the_policy_has_one(
    come_in, clerk, company, customer
):
    PolicyVersion.objects.create(
        company=company, kind="cash", name="cash", version=1, text="", status="published",
        document={"cash": {"valid_from": "2026-01-01", "returned": {"fee_minor": 750}}},
        valid_from=TODAY, author="mona", approver="max", recorded_at=AT, published_at=AT,
    )  # fmt: skip
    money = payment(customer, "P1", 100_00)
    client = come_in(clerk)
    form = client.get(f"/payments/{money.pk}/reverse/").text
    assert "AM04 · Not enough money on the account" in form and "€7.50" in form
    silent = client.post(f"/payments/{money.pk}/reverse/", {"reason_code": "NARR"})
    assert silent.status_code == 422 and "Say why the payment came back" in silent.text

    client.post(f"/payments/{money.pk}/reverse/", {"reason_code": "AM04", "charge_fee": "on"})

    assert open_amounts(company) == {"RET-P1": 7_50}
    page = client.get(f"/payments/{money.pk}/").text
    assert "Not enough money on the account" in page and "Fee RET-P1 charged" in page


def test_a_file_holds_the_rows_of_the_page(come_in, reader, clerk, manager, payee, money):
    proposed_refund(clerk, money, payee, 10_00)
    approved_refund(clerk, manager, money, payee, 20_00)
    client = come_in(reader)
    csv = client.get("/refunds/export.csv?status=approved").content.decode("utf-8-sig")
    assert [line.split(",")[0] for line in csv.splitlines()] == ["Refund", "RF-2"]
    assert IBAN not in csv and f"…{IBAN[-4:]}" in csv and "20.00" in csv
    assert client.get("/refunds/export.xlsx?status=all").status_code == 200
    assert "2 refunds in EUR" in client.get("/refunds/?status=all").text


def test_rights_and_companies_are_kept_apart(
    come_in, reader, clerk, rival, customer, payee, money
):
    refund = proposed_refund(clerk, money, payee, 10_00)
    client = come_in(reader)
    for path in (f"/payments/{money.pk}/refund/", f"/customers/{customer.pk}/payee/"):
        assert client.get(path).status_code == 403
    for path in ("approve", "reject", "withdraw", "fail"):
        assert client.post(f"/refunds/{refund.pk}/{path}/", {"reason": "x"}).status_code == 403
    assert (
        client.post("/refunds/paid/", {"refund": refund.pk, "paid_on": "2026-03-05"}).status_code
        == 403
    )
    assert client.get("/refunds/payments.xml?account=1").status_code == 403
    assert "/approve/" not in client.get(f"/refunds/{refund.pk}/").text
    client = come_in(rival)
    for path in (
        f"/refunds/{refund.pk}/", f"/payments/{money.pk}/refund/",
        f"/refunds/payees/{payee.pk}/retire/", f"/customers/{customer.pk}/payee/",
    ):  # fmt: skip
        assert client.get(path).status_code == 404
    assert "RF-1" not in client.get("/refunds/?status=all").text
    assert IBAN not in client.get("/refunds/payees/").text
    refund.refresh_from_db()
    assert refund.status == "proposed" and not Item.objects.filter(kind="refund").exists()


@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same_however_long_they_are(
    come_in, manager, clerk, company, count, django_assert_num_queries
):
    second = add_user(company, "max", "credit_manager")
    for number in range(count):
        owner = add_customer(company, f"K{number}")
        payee = approved_payee(clerk, second, owner)
        money = payment(owner, f"P{number}", 5_00, value_on=TODAY - timedelta(days=400))
        proposed_refund(clerk, money, payee, 1_00)
    client = come_in(manager)
    with django_assert_num_queries(QUERIES_OF_THE_LIST):
        client.get("/refunds/?cursor=nonsense")
    with django_assert_num_queries(QUERIES_OF_THE_PAYEES):
        client.get("/refunds/payees/?cursor=nonsense")
    with django_assert_num_queries(QUERIES_OF_THE_UNCLAIMED):
        client.get("/refunds/unclaimed/?cursor=nonsense")
