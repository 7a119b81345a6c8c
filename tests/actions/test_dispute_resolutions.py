from datetime import timedelta

import pytest

from dunwell.actions.approvals import decide_approval, withdraw_approval
from dunwell.actions.credit_requests import (
    export_requests,
    refuse_request,
    settle_request,
    settle_requests,
)
from dunwell.actions.dispute_cases import merge_cases
from dunwell.actions.dispute_evidence import add_evidence
from dunwell.actions.dispute_letters import send_denial
from dunwell.actions.dispute_moves import reopen_case, review_case
from dunwell.actions.dispute_resolutions import (
    ResolvedPart,
    decide_resolution,
    propose_resolution,
)
from dunwell.actions.disputes import close_dispute
from dunwell.actions.gate import Forbidden, Refused, system
from dunwell.actions.payments import apply_payment
from dunwell.models import (
    Adjustment,
    ApprovalRequest,
    CreditRequest,
    DisputeCase,
)
from tests.actions.desk import acting, last_event, verbs
from tests.actions.dispute_rows import amounts, case_over, on, part_of, parts_of, resolve
from tests.actions.ledger_rows import breaks, invoice, open_amounts, payment
from tests.conftest import TODAY, add_user


@pytest.fixture
def item(customer):
    return invoice(customer, "R1", 5_000_00)


@pytest.fixture
def resolver(company):
    return acting(add_user(company, "dora", "resolver"))


@pytest.fixture
def case(item):
    return case_over(item, 300_00)


def refused(action, *arguments, **named):
    with pytest.raises(Refused) as refusal:
        action(*arguments, **named)
    return str(refusal.value)


def note(customer, number, amount, *, days=0, **changes):
    """A credit note that the billing system wrote."""
    day = TODAY + timedelta(days=days)
    return invoice(customer, number, -amount, issued_on=day, due_on=day, **{**on(days), **changes})


def test_a_denied_claim_is_owed_again_at_once_with_a_letter(company, customer, resolver, case):
    found = resolve(case, resolver, denied=300_00, days=1, reason="The list price holds.")

    case.refresh_from_db()
    assert (found.kind, found.status, found.decided_by) == ("invalid_denied", "done", "dora")
    assert (case.status, case.resolved_on, case.root_cause) == (
        *("resolved", TODAY + timedelta(days=1), "price_master"),
    )
    assert parts_of(case) == [(300_00, False, "Denied: The list price holds.")]
    assert amounts(case, days=1) == (300_00, 0, 0, 0, 0, 0, 300_00)
    assert found.letter.startswith("Your claim D-000001\n\nDear customer,")
    assert "(Price) over 300.00 EUR" in found.letter
    assert "order confirmation or price list is attached. The list price holds." in found.letter
    assert verbs(company) == ["dispute_case.opened", "dispute_case.resolved"]


def test_a_letter_is_in_the_customers_language(customer, resolver, case):
    customer.language = "de"
    customer.save()

    letter = resolve(case, resolver, denied=300_00).letter

    assert letter.startswith("Ihre Reklamation D-000001") and "(Preis) über 300,00 EUR" in letter


def test_a_credit_within_authority_is_asked_of_billing_and_the_part_stays_out_of_reminders(
    company, customer, resolver, case, item
):
    found = resolve(case, resolver, credit=200_00, denied=100_00, days=1)

    case.refresh_from_db()
    request = CreditRequest.objects.get()
    assert (found.kind, found.status, case.status) == ("partial", "approved", "resolved")
    assert (request.number, request.amount_minor, request.status) == ("CR-000001", 200_00, "open")
    assert parts_of(case) == [
        (300_00, False, "Credit note asked for, denied: agreed"),
        (200_00, True, ""),
    ]
    assert amounts(case, days=1) == (300_00, 200_00, 0, 0, 0, 0, 100_00)
    assert request.dispute == part_of(case)
    assert open_amounts(company) == {"R1": 5_000_00}


def test_a_credit_note_that_names_the_item_settles_its_request(
    company, customer, clerk, resolver, case, item
):
    found = resolve(case, resolver, credit=300_00, days=1)
    (request,) = export_requests(
        actor=acting(clerk), requests=[CreditRequest.objects.get()], **on(1)
    )
    assert request.status == "exported"
    # another amount, another customer's item, and an older note do not answer it
    note(customer, "G0", 299_00, days=2, reference="to R1")
    note(customer, "G2", 300_00, days=2, reference="to R2")
    assert settle_requests(actor=acting(clerk), **on(2)) == 0
    credit = note(customer, "G1", 300_00, days=3, reference="Credit for R1.")

    assert settle_requests(actor=acting(clerk), **on(3)) == 1
    assert settle_requests(actor=acting(clerk), **on(3)) == 0

    request.refresh_from_db()
    found.refresh_from_db()
    assert (request.status, request.credit_item, found.status) == ("done", credit, "done")
    assert parts_of(case) == [(300_00, False, "Credit note G1")]
    assert amounts(case, days=3) == (300_00, 0, 300_00, 0, 0, 0, 0)
    assert amounts(case, days=2) == (300_00, 300_00, 0, 0, 0, 0, 0)
    assert open_amounts(company) == {"R1": 4_700_00, "G0": -299_00, "G2": -300_00}
    assert breaks(company) == {}


def test_two_notes_that_fit_are_left_to_a_person(company, customer, clerk, resolver, case):
    resolve(case, resolver, credit=300_00)
    first = note(customer, "G1", 300_00, reference="R1")
    note(customer, "G2", 300_00, reference="R1")
    assert settle_requests(actor=acting(clerk), **on()) == 0

    request = CreditRequest.objects.get()
    small = note(customer, "G3", 1_00)
    assert (
        refused(settle_request, actor=acting(clerk), request=request, credit_item=small, **on())
        == "G3 is not a credit of at least 300.00 EUR."
    )
    settle_request(actor=acting(clerk), request=request, credit_item=first, **on())
    assert refused(
        settle_request, actor=acting(clerk), request=request, credit_item=first, **on()
    ).startswith("CR-000001 is marked: credit note is here")


def test_a_note_that_names_the_request_is_taken_before_others(customer, clerk, resolver, case):
    resolve(case, resolver, credit=300_00)
    note(customer, "G1", 300_00, reference="R1")
    named = note(customer, "G2", 300_00, reference="CR-000001")

    assert settle_requests(actor=acting(clerk), **on()) == 1
    assert CreditRequest.objects.get().credit_item == named


def test_what_billing_refuses_is_reviewed_again(company, clerk, resolver, case):
    found = resolve(case, resolver, credit=300_00, days=1)

    refuse_request(
        actor=acting(clerk), request=CreditRequest.objects.get(), reason="no such price", **on(2)
    )

    case.refresh_from_db()
    found.refresh_from_db()
    assert (case.status, case.resolved_on, found.status) == ("in_review", None, "rejected")
    assert part_of(case).amount_minor == 300_00
    resolve(case, resolver, denied=300_00, days=3)


def test_a_write_off_is_an_adjustment_and_counts_as_such(company, resolver, case, item):
    found = resolve(case, resolver, written_off=300_00, days=1, reason="too small to argue")

    row = Adjustment.objects.get()
    assert (row.kind, row.amount_minor, row.reason) == (
        *("write_off", 300_00, "D-000001: too small to argue"),
    )
    assert (found.kind, found.status) == ("write_off", "done")
    assert amounts(case, days=1) == (300_00, 0, 0, 0, 300_00, 0, 0)
    assert open_amounts(company) == {"R1": 4_700_00}
    assert breaks(company) == {}


def test_a_rebill_says_so_to_billing(resolver, case):
    found = resolve(case, resolver, credit=300_00, is_rebilled=True)

    assert (found.kind, CreditRequest.objects.get().is_rebilled) == ("rebill", True)


def test_beyond_authority_it_waits_with_the_approvals_and_nobody_approves_his_own(
    company, manager, resolver, item
):
    case = case_over(item, 1_500_00)
    found = resolve(case, resolver, credit=1_500_00)

    case.refresh_from_db()
    request = ApprovalRequest.objects.get()
    assert (found.status, case.status) == ("pending", "pending_approval")
    assert (request.subject, request.act, request.needs_role, request.amount_minor) == (
        *("disputeresolution", "dispute_credit", "credit_manager", 1_500_00),
    )
    with pytest.raises(Forbidden):
        decide_resolution(actor=resolver, resolution=found, approve=True, **on())
    assert refused(review_case, actor=resolver, case=case, **on()) == (
        "A resolution of D-000001 waits for a decision; decide or reject that first."
    )

    done = decide_resolution(actor=acting(manager), resolution=found, approve=True, **on(1))

    case.refresh_from_db()
    request.refresh_from_db()
    assert (done.status, done.decided_by, case.status, request.status) == (
        *("approved", "mona", "resolved", "approved"),
    )
    assert CreditRequest.objects.get().amount_minor == 1_500_00


def test_a_rejected_or_withdrawn_request_sends_the_case_back_with_nothing_booked(
    company, manager, resolver, item
):
    case = case_over(item, 1_500_00)
    for decide in (
        lambda request: decide_approval(
            actor=acting(manager), request=request, approve=False, reason="prove it", **on()
        ),
        lambda request: withdraw_approval(actor=resolver, request=request, **on()),
    ):
        found = resolve(case, resolver, written_off=1_500_00)
        decide(ApprovalRequest.objects.get(status="open"))
        case.refresh_from_db()
        found.refresh_from_db()
        assert (found.status, case.status) == ("rejected", "in_review")
    assert (Adjustment.objects.count(), parts_of(case)) == (0, [(1_500_00, True, "")])


def test_a_proposal_is_decided_by_somebody_else(company, manager, resolver, case):
    found = resolve(case, resolver, credit=300_00, only_proposed=True)
    case.refresh_from_db()
    assert (found.status, case.status) == ("proposed", "proposed")
    own = resolve(
        case_over(invoice(case.customer, "R2", 10_00), 10_00),
        acting(manager),
        denied=10_00,
        only_proposed=True,
    )
    assert refused(
        decide_resolution, actor=acting(manager), resolution=own, approve=True, **on()
    ) == ("You proposed this; somebody else has to decide it.")
    assert (
        refused(decide_resolution, actor=acting(manager), resolution=found, approve=False, **on())
        == "Say why the resolution is rejected; its author reads it."
    )

    decide_resolution(actor=acting(manager), resolution=found, approve=True, **on())

    case.refresh_from_db()
    assert case.status == "resolved"
    assert (
        refused(decide_resolution, actor=acting(manager), resolution=found, approve=True, **on())
        == "This resolution is marked: approved; load the page again."
    )


def test_small_pieces_of_one_case_count_together(resolver, item):
    case = case_over(item, 1_500_00)
    assert resolve(case, resolver, written_off=900_00, denied=600_00).status == "done"
    reopen_case(actor=resolver, case=case, reason="it was right after all", **on(1))

    # with the 900 of before it is more than a resolver gives up alone
    assert resolve(case, resolver, written_off=600_00, days=1).status == "pending"


def test_amounts_must_come_to_what_is_disputed_and_open(company, customer, resolver, case, item):
    assert refused(resolve, case, resolver, credit=299_99) == (
        "300.00 EUR of R1 is disputed and open; credit, denial and write-off come to 299.99 EUR."
    )
    assert refused(resolve, case, resolver, credit=301_00, denied=-1_00) == (
        "Amounts of R1 cannot be below 0."
    )
    money = payment(customer, "B1", 4_900_00, value_on=TODAY)
    apply_payment(actor=system(company), payment=money, amounts={item: 4_900_00}, **on())
    assert refused(resolve, case, resolver, denied=300_00) == (
        "100.00 EUR of R1 is disputed and open; credit, denial and write-off come to 300.00 EUR."
    )
    resolve(case, resolver, denied=100_00)
    assert amounts(case) == (300_00, 0, 0, 200_00, 0, 0, 100_00)


def test_money_that_comes_before_the_approval_makes_the_proposal_stale(
    company, customer, manager, resolver, item
):
    case = case_over(item, 1_500_00)
    found = resolve(case, resolver, written_off=1_500_00)
    money = payment(customer, "B1", 4_000_00, value_on=TODAY)
    apply_payment(actor=system(company), payment=money, amounts={item: 4_000_00}, **on())

    assert refused(
        decide_resolution, actor=acting(manager), resolution=found, approve=True, **on()
    ) == (
        "1000.00 EUR of R1 is disputed and open; credit, denial and write-off come to 1500.00 EUR."
    )
    assert ApprovalRequest.objects.get().status == "open"


def test_required_evidence_is_there_or_it_is_said_why_not(resolver, case):
    assert refused(resolve, case, resolver, denied=300_00, missing_evidence="") == (
        "The checklist asks for price list in force; add it, or say why it is not there."
    )
    add_evidence(actor=resolver, case=case, kind="price_list", note="sent before", **on())

    assert resolve(case, resolver, denied=300_00, missing_evidence="").missing_evidence == ""


def test_a_case_of_two_currencies_is_split_first(company, customer, resolver, item):
    dollars = invoice(customer, "U1", 10_00, currency="USD")
    case = case_over(item, 10_00)
    case_over(dollars, 5_00)
    other = DisputeCase.objects.get(number="D-000002")
    merge_cases(actor=resolver, case=other, into=case, **on())
    parts = [
        ResolvedPart(dispute=one, denied_minor=one.amount_minor) for one in case.disputes.all()
    ]
    assert (
        refused(propose_resolution, actor=resolver, case=case, parts=parts, reason="no", **on())
        == "D-000001 is about several currencies; split it by currency first."
    )


def test_a_resolved_case_is_reopened_with_what_was_denied(
    company, clerk, resolver, case, customer
):
    resolve(case, resolver, credit=200_00, denied=100_00, days=1)
    assert refused(reopen_case, actor=resolver, case=case, reason="new proof", **on(2)) == (
        "CR-000001 is still asked of billing; have it refused or settled first."
    )
    note(customer, "G1", 200_00, days=2, reference="R1")
    settle_requests(actor=acting(clerk), **on(2))

    reopen_case(actor=resolver, case=case, reason="new proof", **on(3))

    assert part_of(case).amount_minor == 100_00
    assert amounts(case, days=3) == (300_00, 100_00, 200_00, 0, 0, 0, 0)
    assert amounts(case, days=2) == (300_00, 0, 200_00, 0, 0, 0, 100_00)
    resolve(case, resolver, written_off=100_00, days=4)
    assert amounts(case, days=4) == (300_00, 0, 200_00, 0, 100_00, 0, 0)


def test_a_part_whose_credit_is_on_its_way_is_not_closed_by_hand(manager, resolver, case):
    resolve(case, resolver, credit=300_00)

    assert (
        refused(
            close_dispute, actor=acting(manager), dispute=part_of(case), outcome="done", **on()
        )
        == "CR-000001 is asked of billing; have it refused or settled instead."
    )
    assert last_event(case.company)[0] == "dispute_case.resolved"


def test_the_letter_goes_out_with_its_pdf_in_the_thread_once_a_day(
    company, customer, resolver, case, settings, tmp_path
):
    settings.DATA_DIR = tmp_path
    customer.address = "Weg 2\n10115 Berlin"
    customer.save()
    found = resolve(case, resolver, denied=300_00, only_proposed=True)
    send = {"actor": resolver, "resolution": found, "is_confirmed": True, "channel": "letter"}
    assert refused(send_denial, **send, **on(1)) == (
        "The end of D-000001 is not decided; its letter goes out then."
    )
    boss = acting(add_user(company, "boris", "credit_manager"))
    decide_resolution(actor=boss, resolution=found, approve=True, **on(1))

    message = send_denial(**send, **on(2))

    assert (message.subject, message.author) == ("Your claim D-000001", "dora")
    assert "We cannot accept your claim (Price) over 300.00 EUR." in message.body
    assert list(message.attachments.values_list("name", "media_type")) == [
        ("D-000001.pdf", "application/pdf")
    ]
    assert send_denial(**send, **on(2)).pk == message.pk
