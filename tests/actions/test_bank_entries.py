"""A person's word on entries, gaps and accounts; money whose value day has come."""

from datetime import timedelta

import pytest

from dunwell.actions.bank_accounts import accept_finding, edit_bank_account
from dunwell.actions.bank_entries import book_due_entries, decide_entry
from dunwell.actions.gate import Refused, staff, system
from dunwell.models import BankAccount, BankEntry, BankStatement, Event, Feed, Payment
from dunwell.queries.bank_entries import open_entries, return_offers
from dunwell.queries.reminders import fed_on
from dunwell.queries.verify import verify_books
from tests.actions.bank_rows import MONDAY, days, line, read, sta
from tests.conftest import AT, TODAY

TUESDAY = MONDAY + timedelta(days=1)
ON = {"as_of": TODAY, "at": AT}


def only(**told):
    return BankEntry.objects.get(**told)


def broken(company):
    return [proof.id for proof in verify_books(company).proofs if proof.broken]


@pytest.fixture
def doubtful(company):
    """A payment, and money that went out which may be its return."""
    read(company, sta(1, 0, line(50_00, "Acme", "a"), line(50_00, "Beta", "b")))
    back = line(-50_00, "Beta", "b", on=TUESDAY, e2e="X")
    read(company, sta(2, 100_00, back, on=TUESDAY))
    return only(amount_minor=-50_00)


def test_a_clerk_says_which_payment_came_back(company, clerk, doubtful):
    payment = Payment.objects.get(payer="Beta")
    assert {offer.id for offer in return_offers(doubtful)} == set(
        Payment.objects.values_list("pk", flat=True)
    )
    found = decide_entry(
        actor=staff(clerk, company), entry=doubtful, treatment="return", payment=payment, **ON
    )

    assert (found.treatment, found.payment) == ("return", payment)
    assert Payment.objects.get(reverses=payment).amount_minor == -50_00
    assert (Event.objects.latest("seq").verb, broken(company)) == ("bank_entry.decided", [])
    with pytest.raises(Refused, match="This entry is: payment returned"):
        decide_entry(actor=staff(clerk, company), entry=doubtful, treatment="other", **ON)


def test_what_is_no_customers_gives_its_payment_back_and_may_be_a_payment_again(company, doubtful):
    actor, entry = system(company), BankEntry.objects.get(counterparty="Acme")
    with pytest.raises(Refused, match="Say why this is not from a customer"):
        decide_entry(actor=actor, entry=entry, treatment="other", **ON)
    decide_entry(actor=actor, entry=entry, treatment="other", reason="tax refund", **ON)
    assert Payment.objects.filter(reverses__isnull=False).count() == 1
    # the bank returned nothing: the books say what the clerk said
    reversed_ = Event.objects.get(verb="payment.reversed")
    assert (reversed_.data["reason"], reversed_.actor) == ("tax refund", actor.name)
    entry.refresh_from_db()
    assert (entry.treatment, entry.payment.number) == ("other", reversed_.data["number"][:-2])

    again = decide_entry(actor=actor, entry=entry, treatment="payment", **ON)
    assert again.payment.number == f"{entry.entry_id}-2"
    assert (again.payment.amount_minor, broken(company)) == (50_00, [])


@pytest.mark.parametrize(
    ("treatment", "message"),
    [
        ("payment", "Only booked money that came in is a payment"),
        ("return", "Name the payment that came back"),
        ("refund", "cannot be changed to refund paid out"),
        ("nonsense", "cannot be changed to nonsense"),
    ],
)
def test_moves_that_do_not_fit_are_refused(company, doubtful, treatment, message):
    with pytest.raises(Refused, match=message):
        decide_entry(actor=system(company), entry=doubtful, treatment=treatment, **ON)


def test_a_return_of_less_than_the_payment_is_refused(company):
    read(company, sta(1, 0, line(50_00)))
    read(company, sta(2, 50_00, line(-20_00, on=TUESDAY), on=TUESDAY))
    with pytest.raises(Refused, match="Payments come back whole"):
        decide_entry(
            actor=system(company), entry=only(amount_minor=-20_00), treatment="return",
            payment=Payment.objects.get(), **ON,
        )  # fmt: skip


def test_entries_that_wait_are_listed(company):
    read(company, sta(1, 0, line(3_00)))
    read(company, sta(1, 0, line(3_00), line(4_00, text="other")))
    assert [entry.amount_minor for entry in open_entries(company)] == [4_00]


def test_money_is_booked_when_its_value_day_comes_and_once(company):
    day = TODAY + timedelta(days=2)
    read(company, sta(1, 0, line(3_00, value=day)))
    actor = system(company)
    assert book_due_entries(actor=actor, as_of=TODAY, at=AT) == 0
    assert book_due_entries(actor=actor, as_of=day, at=AT) == 1
    assert book_due_entries(actor=actor, as_of=day, at=AT) == 0
    assert (Payment.objects.get().value_on, broken(company)) == (day, [])


def test_an_explained_gap_lets_the_feed_go_on(company, admin):
    chain = days(4)
    for data in (chain[0], chain[2], chain[3]):
        read(company, data)
    statement = BankStatement.objects.order_by("pk")[1]
    actor = staff(admin, company)
    with pytest.raises(Refused, match="Say what explains it"):
        accept_finding(actor=actor, statement=statement, code="statement_gap", reason=" ", **ON)
    with pytest.raises(Refused, match="shows nothing of that kind"):
        accept_finding(actor=actor, statement=statement, code="balance_gap", reason="x", **ON)
    accept_finding(actor=actor, statement=statement, code="statement_gap", reason="moved", **ON)

    assert fed_on(company) == MONDAY + timedelta(days=3)
    # another file of the account does not forget it, and the missing statement clears it
    read(company, sta(5, 40_00, on=TODAY), as_of=TODAY)
    assert BankStatement.objects.get(pk=statement.pk).findings[0]["accepted_by"] == "ada"
    read(company, chain[1])
    assert BankStatement.objects.get(pk=statement.pk).findings == []


def test_an_account_no_longer_used_holds_nothing_back(company, admin):
    read(company, days(1)[0])
    account = BankAccount.objects.get()
    actor = staff(admin, company)
    edit_bank_account(actor=actor, account=account, name="Old bank", is_active=False, **ON)
    assert (Feed.objects.count(), fed_on(company)) == (0, None)
    read(company, days(2)[1])
    assert Feed.objects.count() == 0

    edit_bank_account(actor=actor, account=account, name="Old bank", is_active=True, **ON)
    assert fed_on(company) == TUESDAY
    events = Event.objects.filter(verb="bank_account.edited").count()
    edit_bank_account(actor=actor, account=account, name="Old bank", is_active=True, **ON)
    assert Event.objects.filter(verb="bank_account.edited").count() == events
    with pytest.raises(Refused, match="Give the account a name"):
        edit_bank_account(actor=actor, account=account, name=" ", **ON)


def test_what_cannot_be_right_of_an_account_is_refused_when_it_is_entered(company, admin):
    read(company, days(1)[0])
    told = {"actor": staff(admin, company), "account": BankAccount.objects.get(), "name": "Bank"}
    with pytest.raises(Refused, match="DE99ZZZ09999999999 cannot be right"):
        edit_bank_account(**told, creditor_id="DE99 ZZZ 09999999999", **ON)
    with pytest.raises(Refused, match="XYZ is no BIC"):
        edit_bank_account(**told, bic="XYZ", **ON)

    found = edit_bank_account(**told, bic="cobadeffxxx", creditor_id="de98 ZZZ 09999999999", **ON)

    assert (found.bic, found.creditor_id) == ("COBADEFFXXX", "DE98ZZZ09999999999")
