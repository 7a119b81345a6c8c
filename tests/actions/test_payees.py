"""Payees: four eyes, checked accounts, and an approved one never changes."""

import pytest

from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.payees import approve_payee, propose_payee, retire_payee
from dunwell.models import Payee, PolicyVersion
from tests.actions.desk import acting, last_event, verbs
from tests.actions.refund_rows import IBAN, proposed_payee
from tests.conftest import AT, TODAY, add_user


@pytest.fixture
def both(company):
    """Somebody who proposes and approves."""
    return add_user(company, "bea", "clerk", "credit_manager")


def test_an_account_is_proposed_by_one_and_approved_by_another(company, clerk, manager, customer):
    payee = proposed_payee(clerk, customer, account="de89 3704 0044 0532 0130 00", bic="cobadeff")
    assert (payee.account, payee.bic, payee.status) == (IBAN, "COBADEFF", "proposed")

    approve_payee(actor=acting(manager), payee=payee, at=AT)

    payee.refresh_from_db()
    assert (payee.status, payee.author, payee.approver, payee.approved_at) == (
        "approved", "carla", "mona", AT,
    )  # fmt: skip
    assert verbs(company) == ["payee.proposed", "payee.approved"]
    assert last_event(company)[2:] == (
        customer.pk, {"name": "Acme", "account": "…3000", "author": "carla", "override": ""},
    )  # fmt: skip


def test_who_proposed_does_not_approve_unless_nobody_else_works_here(company, both, customer):
    payee = proposed_payee(both, customer)
    other = add_user(company, "max", "collector")
    with pytest.raises(Refused, match="somebody else has to approve it"):
        approve_payee(actor=acting(both), payee=payee, at=AT)

    other.is_active = False
    other.save()
    approve_payee(actor=acting(both), payee=payee, at=AT)
    assert last_event(company)[3]["override"] == "nobody else works here"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"account": "DE89370400440532013001"}, "DE89370400440532013001 is no IBAN: invalid"),
        ({"account": "DE1"}, "Write the IBAN, or for an account that has none"),
        ({"account": "12 € 3"}, "Write the IBAN, or for an account that has none"),
        ({"bic": "NOBIC"}, "NOBIC is no BIC"),
        ({"name": "  "}, "Write the name the account is held in"),
        ({"evidence": ""}, "Say where the account number comes from"),
        ({"name": "x" * 141}, "at most 140 fit"),
    ],
)
def test_what_cannot_be_paid_to_is_refused(company, clerk, customer, changes, sentence):
    with pytest.raises(Refused, match=sentence):
        proposed_payee(clerk, customer, **changes)
    assert Payee.objects.count() == 0 and verbs(company) == []


def test_an_account_without_an_iban_is_taken_as_it_is_written(clerk, customer):
    assert (
        proposed_payee(clerk, customer, account="026009593 / 12-34").account == "026009593/12-34"
    )


def test_the_policy_may_do_without_evidence(company, clerk, customer):
    PolicyVersion.objects.create(
        company=company, kind="cash", name="cash", version=1, text="", status="published",
        document={"cash": {"valid_from": "2026-01-01", "refund_evidence": False}},
        valid_from=TODAY, author="mona", approver="max", recorded_at=AT, published_at=AT,
    )  # fmt: skip
    assert proposed_payee(clerk, customer, evidence="").evidence == ""


def test_the_same_account_again_is_the_same_payee_and_another_name_is_refused(
    company, clerk, manager, customer
):
    payee = proposed_payee(clerk, customer)
    assert proposed_payee(clerk, customer) == payee
    with pytest.raises(Refused, match="known as Acme's already .Waits for approval."):
        proposed_payee(clerk, customer, name="Mallory")

    retire_payee(actor=acting(manager), payee=payee, reason="closed", at=AT)
    again = proposed_payee(clerk, customer, name="Acme Ltd")
    assert again != payee and Payee.objects.count() == 2
    payee.refresh_from_db()
    with pytest.raises(Refused, match="marked: no longer used"):
        approve_payee(actor=acting(manager), payee=payee, at=AT)
    assert verbs(company) == ["payee.proposed", "payee.retired", "payee.proposed"]


def test_two_people_at_once_decide_once(clerk, manager, customer):
    payee = proposed_payee(clerk, customer)
    stale = Payee.objects.get(pk=payee.pk)
    retire_payee(actor=acting(manager), payee=payee, reason="wrong", at=AT)
    with pytest.raises(Refused, match="Somebody else has just decided"):
        approve_payee(actor=acting(manager), payee=stale, at=AT)


def test_rights_and_companies_are_kept_apart(company, clerk, manager, collector, rival, customer):
    payee = proposed_payee(clerk, customer)
    for user, act in (
        (collector, lambda by: proposed_payee(by, customer)),
        (clerk, lambda by: approve_payee(actor=acting(by), payee=payee, at=AT)),
        (clerk, lambda by: retire_payee(actor=acting(by), payee=payee, reason="x", at=AT)),
    ):
        with pytest.raises(Forbidden):
            act(user)
    stranger = acting(rival)
    with pytest.raises(Refused, match="does not belong to Rival"):
        approve_payee(actor=stranger, payee=payee, at=AT)
    with pytest.raises(Refused, match="does not belong to Rival"):
        propose_payee(
            actor=stranger, customer=customer, name="A", account=IBAN, as_of=TODAY, at=AT
        )
