"""A small company with one record of every kind, for calls that need something to name."""

from datetime import timedelta

from allauth.mfa.totp.internal.auth import TOTP

from dunwell import clock
from dunwell.actions.adjustments import record_adjustment
from dunwell.actions.bank_files import receive_bank_file, record_bank_file
from dunwell.actions.contacts import add_contact
from dunwell.actions.disputes import open_dispute
from dunwell.actions.feeds import record_feed
from dunwell.actions.gate import Actor, system
from dunwell.actions.holds import place_hold
from dunwell.actions.imports import save_profile
from dunwell.actions.items import add_item
from dunwell.actions.journals import make_journal
from dunwell.actions.notes import record_note
from dunwell.actions.payments import apply_payment, record_payment
from dunwell.actions.periods import ask_unlock, lock_period
from dunwell.actions.policies import draft_policy
from dunwell.actions.process import record_process
from dunwell.actions.promises import record_promise
from dunwell.actions.rates import set_rate
from dunwell.actions.remittances import record_remittance
from dunwell.actions.statements import make_statement
from dunwell.actions.uploads import Upload, receive_upload
from dunwell.actions.users import make_api_token
from dunwell.formats.bank.reader import read_bank_file
from dunwell.jobs.imports import check_batch
from dunwell.jobs.process import made_months
from dunwell.models import Allocation, ApiToken, BankEntry, BankStatement, Role, Task
from tests.actions.bank_rows import line, sta
from tests.actions.test_messages import message_to
from tests.api.analysis_books import keep_figures
from tests.api.application_books import keep_applications
from tests.api.bank_layout_books import keep_bank_layouts
from tests.api.cash_books import keep_cash
from tests.api.channel_books import keep_channels
from tests.api.charge_books import keep_charges
from tests.api.checkout_books import keep_checkouts
from tests.api.composition_books import keep_compositions
from tests.api.connection_books import keep_connections
from tests.api.contact_books import keep_contacts
from tests.api.cover_books import keep_covers
from tests.api.credit_data_books import keep_credit_data
from tests.api.credit_policy_books import keep_credit_policy
from tests.api.customer_answer_books import keep_customer_answers
from tests.api.debit_books import keep_debits
from tests.api.delivery_books import keep_deliveries
from tests.api.desk_export_books import keep_desk_exports
from tests.api.dispute_books import keep_disputes
from tests.api.early_payment_books import keep_early_payment
from tests.api.einvoice_books import keep_einvoices
from tests.api.escalation_books import keep_escalations
from tests.api.improvement_books import keep_improvement
from tests.api.inbox_books import keep_inbox
from tests.api.invoice_books import keep_invoices
from tests.api.kpi_books import keep_kpis
from tests.api.legal_books import keep_legal
from tests.api.letter_books import keep_letters
from tests.api.limit_books import keep_limits
from tests.api.mailbox_books import keep_mailboxes
from tests.api.meeting_books import keep_meetings
from tests.api.merge_books import keep_merge
from tests.api.order_books import keep_orders
from tests.api.placement_books import keep_placements
from tests.api.plan_books import keep_plans
from tests.api.planning_books import keep_planning
from tests.api.portal_books import keep_portal
from tests.api.prediction_books import keep_predictions
from tests.api.privacy_books import keep_persons
from tests.api.provision_books import keep_provisions
from tests.api.reader_books import keep_readers
from tests.api.refund_books import keep_refunds
from tests.api.report_books import keep_reports
from tests.api.risk_books import keep_risk
from tests.api.scorecard_books import keep_scorecards
from tests.api.segment_books import keep_segments
from tests.api.settlement_books import keep_settlements
from tests.api.share_books import keep_shared
from tests.api.steering_books import keep_steering
from tests.api.suppression_books import keep_suppressions
from tests.api.training_books import keep_training
from tests.api.webhook_books import keep_webhooks
from tests.conftest import add_customer, add_user

STRATEGY = """\
strategy:
  name: {name}
  valid_from: {day}
  segments: [{name}]
  steps:
    - {{level: 1, day: 3, channel: email, template: reminder}}
cases:
  - {{name: nothing on the second day, days_past_due: 2, expect: null}}
  - {{name: a reminder on the third day, days_past_due: 3, expect: 1}}
"""
LEDGER = b"""Customer No;Customer Name;Invoice No;Invoice Date;Due Date;Amount;Currency
K1;Acme;INV-1;2026-01-10;2026-02-09;1234.50;EUR
K2;Globex;INV-2;2026-01-31;2026-03-02;99.00;EUR
"""


def strategy(name, day):
    """A strategy document that can be drafted."""
    return STRATEGY.format(name=name, day=day)


def keep_books(company, tag=""):
    """Add one record of every kind; return path parameter -> key, and the customer's e-mail."""
    at, today = clock.now(), clock.today(company.zone)
    actor = system(company)
    person = add_user(company, f"{tag}paula", Role.COLLECTOR)
    TOTP.activate(person, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    admin = add_user(company, f"{tag}arne", Role.ADMIN)
    boss = Actor(company=company, name=admin.username, user_id=admin.pk, rights=actor.rights)
    customer = add_customer(company, f"{tag}C1", "Globex", segment="standard")
    on = {"as_of": today, "at": at}
    dated = {"issued_on": today - timedelta(days=40), "due_on": today - timedelta(days=10)}

    def item(number, amount_minor, kind="invoice"):
        return add_item(
            actor=actor, customer=customer, number=number, kind=kind, currency="EUR",
            amount_minor=amount_minor, **dated, **on,
        )  # fmt: skip

    owed, credit = item("R1", 100_00), item("G1", -20_00, "credit_note")
    money = record_payment(
        actor=actor, customer=customer, number="B1", currency="EUR", amount_minor=50_00,
        value_on=today, **on,
    )  # fmt: skip
    apply_payment(actor=actor, payment=money, amounts={owed: 10_00}, **on)
    journal = make_journal(actor=actor, until_on=today, **on)
    long_ago = today - timedelta(days=800)
    lock_period(actor=boss, until_on=long_ago, reason="month end", **on)
    unlock = ask_unlock(actor=boss, until_on=None, reason="late invoice", **on)
    adjustment = record_adjustment(
        actor=actor, item=owed, kind="discount", amount_minor=1_00, reason="agreed", **on
    )
    promise = record_promise(
        actor=actor, customer=customer, amounts={item("R2", 30_00): 30_00},
        due_on=today + timedelta(days=5), **on,
    )  # fmt: skip
    dispute = open_dispute(
        actor=actor, item=item("R3", 70_00), amount_minor=5_00, reason="price", **on
    )
    hold = place_hold(
        actor=actor, customer=customer, reason="manual", note="agreed by phone", **on
    )
    contact = add_contact(
        actor=actor, customer=customer, email=f"{tag}ap@globex.example", name="Pat", at=at
    )
    record_feed(actor=actor, kind="bank", name="main account", covers_until_on=today, **on)
    set_rate(actor=actor, currency="USD", from_on=today, rate_ppm=900_000, source="test", at=at)
    batch = receive_upload(actor=boss, files=[Upload(name="ledger.csv", data=LEDGER)], at=at)
    check_batch(batch_id=batch.pk, at=at)
    save_profile(actor=actor, name="plain", document={"decimal": "."}, at=at)
    make_api_token(actor=boss, name="robot", rights=["ledger.view"], days=None, at=at)
    message = message_to(customer, items=[(owed, 89_00)], as_of=today)
    call = Task.objects.create(
        company=company, customer=customer, kind=Task.Kind.CALL, reason="due", due_on=today,
        as_of=today, recorded_at=at,
    )  # fmt: skip
    told = sta(1, 0, line(-5_00, "Grocer", "rent"), closing=9_99)
    file = receive_bank_file(actor=boss, file=Upload(name="day.sta", data=told), at=at)
    record_bank_file(actor=boss, file=file, read=read_bank_file(told, "day.sta"), **on)
    statement = BankStatement.objects.get(file=file)
    (advice,) = record_remittance(
        actor=boss, name="advice.txt", data=b"Invoice R1: 3.00 EUR\n", at=at
    )
    note = record_note(actor=actor, customer=customer, kind="note", text="polite", **on)
    version = draft_policy(actor=actor, text=strategy("polite", today + timedelta(days=1)), at=at)
    made = made_months(company, as_of=today)
    record_process(actor=actor, made=made, as_of=today, at=at)
    return {
        **keep_predictions(company, items=[owed], today=today, at=at),
        **keep_debits(company, tag, today=today, at=at),
        "account_id": statement.account_id,
        "language": "en",
        "note_id": note.pk,
        "account_statement_id": make_statement(
            actor=boss, customer=customer, from_on=today - timedelta(days=90), to_on=today, **on
        ).pk,
        **keep_refunds(company, actor, customer, today=today, at=at),
        **keep_checkouts(company, tag, at=at),
        **keep_invoices(company, tag, today=today, at=at),
        **keep_einvoices(company, customer, tag, today=today, at=at),
        **keep_plans(company, tag, today=today, at=at),
        **keep_placements(company, tag, today=today, at=at),
        **keep_letters(company, tag, today=today, at=at),
        **keep_early_payment(company, tag, today=today, at=at),
        **keep_planning(company, at=at),
        **keep_risk(company, tag, today=today, at=at),
        **keep_provisions(company, tag, today=today, at=at),
        **keep_figures(company, today=today, at=at),
        **keep_kpis(company, tag, today=today, at=at),
        **keep_reports(company, tag, today=today, at=at),
        **keep_suppressions(company, tag, at=at),
        **keep_desk_exports(company, tag, at=at),
        **keep_portal(customer, tag, as_of=today, at=at),
        **keep_customer_answers(customer, as_of=today, at=at),
        **keep_readers(company, tag, at=at),
        **keep_settlements(company, tag, today=today, at=at),
        **keep_legal(company, tag, today=today, at=at),
        **keep_limits(company, tag, today=today, at=at),
        **keep_merge(company, tag, today=today, at=at),
        **keep_orders(company, tag, today=today, at=at),
        **keep_applications(company, tag, today=today, at=at),
        **keep_covers(company, tag, today=today, at=at),
        **keep_credit_data(company, tag, today=today, at=at),
        **keep_credit_policy(company, tag, today=today, at=at),
        **keep_scorecards(company, tag, today=today, at=at),
        **keep_channels(company, tag, today=today, at=at),
        **keep_webhooks(company, at=at),
        **keep_connections(company, customer, tag, at=at),
        **keep_compositions(company, tag, today=today, at=at),
        **keep_mailboxes(company, at=at),
        **keep_inbox(company, tag, today=today, at=at),
        **keep_segments(company, tag, today=today, at=at),
        **keep_escalations(company, tag, today=today, at=at),
        **keep_persons(company, tag, at=at),
        **keep_shared(company, admin, tag, today=today, at=at),
        **keep_improvement(company, tag, today=today, at=at),
        **keep_meetings(company, admin, tag, today=today, at=at),
        **keep_training(company, admin, today=today, at=at),
        **keep_disputes(company, tag, today=today, at=at),
        **keep_bank_layouts(company, boss, tag, at=at),
        **keep_cash(company, actor, customer, tag, today=today, at=at),
        **keep_charges(company, owed, today=today, at=at),
        **keep_deliveries(company, owed, today=today, at=at),
        "adjustment_id": adjustment.pk,
        "allocation_id": Allocation.objects.get(payment=money, item=owed).pk,
        "batch_id": batch.pk,
        "contact_id": contact.pk,
        "credit_id": credit.pk,
        "customer_id": customer.pk,
        "dispute_id": dispute.pk,
        "entry_id": BankEntry.objects.get(statement=statement).pk,
        "file_id": file.pk,
        "hold_id": hold.pk,
        "item_id": owed.pk,
        "journal_id": journal.pk,
        "lock_id": unlock.pk,
        "message_id": message.pk,
        "payment_id": money.pk,
        "promise_id": promise.pk,
        "remittance_id": advice.pk,
        "spare_id": item("R4", 1_00).pk,
        "statement_id": statement.pk,
        "task_id": call.pk,
        "token_id": ApiToken.objects.get(company=company, name="robot").pk,
        "user_id": person.pk,
        "version_id": version.pk,
        **keep_steering(actor, customer, person, version, today=today, at=at),
        **keep_contacts(actor, customer, today=today, at=at),
    }
