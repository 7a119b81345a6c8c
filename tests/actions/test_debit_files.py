"""The file for the bank: written once, every amount in it, and never before customers are told."""

import hashlib
from datetime import timedelta
from xml.etree import ElementTree

import pytest

from dunwell.actions.debit_files import send_run
from dunwell.actions.debit_runs import mark_last
from dunwell.actions.gate import Refused, system
from dunwell.actions.payments import apply_payment
from dunwell.actions.uploads import upload_path
from dunwell.formats.pain008 import SCHEMAS
from dunwell.models import Debit, DebitRun, Mandate
from tests.actions.debit_rows import (
    COLLECT,
    NOW,
    account_of,
    approved,
    mandate_of,
    prepared,
    sent,
    standing,
    tell,
)
from tests.actions.desk import acting, last_event
from tests.actions.ledger_rows import invoice, payment
from tests.conftest import TODAY, add_customer

DUE = {"due_on": COLLECT}


@pytest.fixture
def account(company):
    return account_of(company)


def owing(company, number, *amounts, **changes):
    customer = add_customer(company, number, f"Kunde {number} & Söhne")
    for place, amount in enumerate(amounts):
        invoice(customer, f"R-{number}-{place}", amount, **DUE)
    mandate_of(customer, **changes)
    return customer


def read_back(run):
    """The file of a run, read with a parser of its own: heads and transactions."""
    root = ElementTree.fromstring(upload_path(run.sha256).read_bytes())
    space = {"p": root.tag[1:].partition("}")[0]}
    text = lambda node, path: node.findtext(path, namespaces=space)  # noqa: E731
    batches = {}
    for batch in root.iterfind(".//p:PmtInf", space):
        batches[text(batch, "p:PmtInfId")] = (
            text(batch, "p:PmtTpInf/p:SeqTp"),
            text(batch, "p:PmtTpInf/p:LclInstrm/p:Cd"),
            text(batch, "p:ReqdColltnDt"),
            text(batch, "p:NbOfTxs"),
            text(batch, "p:CtrlSum"),
            [
                (
                    text(one, "p:PmtId/p:EndToEndId"),
                    text(one, "p:InstdAmt"),
                    text(one, "p:DrctDbtTx/p:MndtRltdInf/p:MndtId"),
                    text(one, "p:Dbtr/p:Nm"),
                    text(one, "p:DbtrAcct/p:Id/p:IBAN"),
                    text(one, "p:RmtInf/p:Ustrd"),
                )
                for one in batch.iterfind("p:DrctDbtTxInf", space)
            ],
        )
    head = root.find(".//p:GrpHdr", space)
    return (
        space["p"],
        text(head, "p:MsgId"),
        text(head, "p:NbOfTxs"),
        text(head, "p:CtrlSum"),
        batches,
    )


@pytest.mark.parametrize("schema", SCHEMAS)
def test_the_file_holds_every_debit_to_the_cent(company, clerk, manager, account, schema):
    owing(company, "K1", 100_01, 20_00)
    owing(company, "K2", 7, reference="ZWEI", iban="FR1420041010050500013M02606")
    owing(company, "K3", 999_99, is_recurring=False)
    run = approved(manager, prepared(clerk, account))
    tell(company)

    run = send_run(actor=acting(clerk), run=run, schema=schema, **NOW)

    name = f"DD{company.pk}-1"
    assert read_back(run) == (
        f"urn:iso:std:iso:20022:tech:xsd:{schema}",
        name,
        "3",
        "1120.07",
        {
            f"{name}-FRST": (
                "FRST",
                "CORE",
                "2026-03-20",
                "2",
                "120.08",
                [
                    (f"{name}-1", "120.01", "M-K1", "Kunde K1 + Soehne",
                     "DE02120300000000202051", "R-K1-0, R-K1-1"),
                    (f"{name}-2", "0.07", "ZWEI", "Kunde K2 + Soehne",
                     "FR1420041010050500013M02606", "R-K2-0"),
                ],
            ),
            f"{name}-OOFF": (
                "OOFF",
                "CORE",
                "2026-03-20",
                "1",
                "999.99",
                [(f"{name}-3", "999.99", "M-K3", "Kunde K3 + Soehne",
                  "DE02120300000000202051", "R-K3-0")],
            ),
        },
    )  # fmt: skip
    assert run.total_minor == 1_120_07
    assert {status for _, status in standing(run)} == {"sent"}


def test_it_is_written_once_and_kept_under_its_hash(company, clerk, manager, account):
    owing(company, "K1", 100_00)
    run = sent(clerk, manager, account)

    kept = upload_path(run.sha256).read_bytes()
    assert hashlib.sha256(kept).hexdigest() == run.sha256
    with pytest.raises(Refused, match="is: handed to the bank. Only an approved run"):
        send_run(actor=acting(clerk), run=run, **NOW)
    assert upload_path(run.sha256).read_bytes() == kept
    verb, _, _, data = last_event(company)
    assert (verb, data["sha256"], data["message_id"]) == (
        "debits.sent",
        run.sha256,
        run.message_id,
    )


def test_customers_are_told_first_and_in_time(company, clerk, manager, account):
    owing(company, "K1", 100_00)
    run = approved(manager, prepared(clerk, account))

    with pytest.raises(Refused, match="Kunde K1 & Söhne must be told first"):
        send_run(actor=acting(clerk), run=run, **NOW)
    tell(company)
    notice = Debit.objects.get().notice
    notice.sent_at += timedelta(days=3)
    notice.save(update_fields=["sent_at"])
    with pytest.raises(Refused, match="heard of it after 2026-03-06, less than 14 days before"):
        send_run(actor=acting(clerk), run=run, **NOW)
    assert DebitRun.objects.get().status == "approved"


def test_it_is_refused_when_the_day_is_too_near_or_less_is_owed(company, clerk, manager, account):
    customer = owing(company, "K1", 100_00)
    run = approved(manager, prepared(clerk, account))
    tell(company)

    with pytest.raises(Refused, match="cannot collect on 2026-03-20 any more; .* 2026-03-23"):
        send_run(actor=acting(clerk), run=run, as_of=COLLECT - timedelta(days=1), at=NOW["at"])
    money = payment(customer, "B1", 60_00)
    apply_payment(
        actor=system(company), payment=money, amounts={customer.items.get(): 60_00}, **NOW
    )
    with pytest.raises(Refused, match="but only 40.00 EUR is open now"):
        send_run(actor=acting(clerk), run=run, **NOW)
    assert DebitRun.objects.get().sha256 == ""


def test_what_the_bank_would_refuse_is_refused_here(company, clerk, manager, account):
    owing(company, "K1", 100_00, debtor="\N{BLACK TELEPHONE}")
    run = approved(manager, prepared(clerk, account))
    tell(company)

    with pytest.raises(Refused, match="The name of mandate M-K1 cannot be written in Latin"):
        send_run(actor=acting(clerk), run=run, **NOW)
    Mandate.objects.update(debtor="Acme", bic="nonsense")
    with pytest.raises(Refused, match="The bank would refuse the file at .*BICFI"):
        send_run(actor=acting(clerk), run=run, **NOW)


def test_a_mandate_ends_with_its_last_debit_and_one_used_once_is_used_up(
    company, clerk, manager, account
):
    customer = owing(company, "K1", 100_00)
    once = owing(company, "K2", 50_00, is_recurring=False)
    run = prepared(clerk, account)
    mark_last(actor=acting(clerk), debit=run.debits.order_by("pk")[0], at=NOW["at"])
    approved(manager, run)
    tell(company)

    send_run(actor=acting(clerk), run=run, **NOW)

    ended = Mandate.objects.get(customer=customer)
    assert (ended.status, ended.ended_on) == ("ended", TODAY)
    invoice(once, "R-again", 1_00, **DUE)
    with pytest.raises(Refused, match="cannot be debited: 2"):
        prepared(clerk, account)
