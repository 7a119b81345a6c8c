"""Every operation of the API: who may call it, and a call of it that succeeds.

`may` names the roles by letters: A admin, M credit manager, C collector, K clerk, R read
only, P an agency's partner, and 0 for a token without any right.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from tests.api.analysis_operations import ANALYSIS_OPERATIONS, ANALYSIS_UPLOADS
from tests.api.application_operations import APPLICATION_OPERATIONS
from tests.api.bank_layout_operations import BANK_LAYOUT_OPERATIONS
from tests.api.books import LEDGER, strategy
from tests.api.bulk_operations import BULK_OPERATIONS
from tests.api.cash_operations import CASH_OPERATIONS
from tests.api.channel_operations import CHANNEL_OPERATIONS
from tests.api.charge_operations import CHARGE_OPERATIONS
from tests.api.checkout_operations import CHECKOUT_OPERATIONS
from tests.api.composition_books import PDF
from tests.api.composition_operations import (
    COMPOSITION_OPERATIONS,
    COMPOSITION_WITHOUT_KEY,
    PAPER_OPERATIONS,
)
from tests.api.connection_operations import CONNECTION_OPERATIONS, CONNECTION_WITHOUT_KEY
from tests.api.contact_operations import CONTACT_OPERATIONS
from tests.api.cover_operations import COVER_OPERATIONS
from tests.api.credit_data_operations import CREDIT_DATA_OPERATIONS
from tests.api.credit_policy_operations import CREDIT_POLICY_OPERATIONS
from tests.api.customer_answer_operations import CUSTOMER_ANSWER_OPERATIONS
from tests.api.debit_operations import DEBIT_OPERATIONS
from tests.api.delivery_operations import DELIVERY_OPERATIONS
from tests.api.desk_export_operations import DESK_EXPORT_OPERATIONS, DESK_EXPORT_WITHOUT_KEY
from tests.api.dispute_operations import DISPUTE_OPERATIONS, EVIDENCE_OPERATIONS
from tests.api.early_payment_operations import EARLY_PAYMENT_OPERATIONS
from tests.api.einvoice_operations import EINVOICE_OPERATIONS, EINVOICE_WITHOUT_KEY
from tests.api.escalation_operations import ESCALATION_OPERATIONS
from tests.api.feedback_operations import FEEDBACK_OPERATIONS
from tests.api.improvement_operations import IMPROVEMENT_OPERATIONS
from tests.api.inbox_operations import INBOX_OPERATIONS
from tests.api.invoice_operations import INVOICE_OPERATIONS, INVOICE_UPLOADS
from tests.api.kpi_operations import KPI_OPERATIONS
from tests.api.legal_operations import LEGAL_OPERATIONS
from tests.api.letter_operations import LETTER_OPERATIONS
from tests.api.limit_operations import LIMIT_OPERATIONS
from tests.api.mailbox_operations import MAILBOX_OPERATIONS, MAILBOX_WITHOUT_KEY
from tests.api.meeting_operations import MEETING_OPERATIONS
from tests.api.merge_operations import MERGE_OPERATIONS
from tests.api.my_day_operations import MY_DAY_OPERATIONS
from tests.api.order_operations import ORDER_OPERATIONS
from tests.api.placement_operations import PLACEMENT_OPERATIONS
from tests.api.plan_operations import PLAN_OPERATIONS
from tests.api.planning_operations import PLANNING_OPERATIONS
from tests.api.portal_operations import PORTAL_OPERATIONS
from tests.api.prediction_operations import PREDICTION_OPERATIONS
from tests.api.privacy_operations import PRIVACY_OPERATIONS, PRIVACY_WITHOUT_KEY
from tests.api.provision_operations import FINANCING_OPERATIONS, PROVISION_OPERATIONS
from tests.api.reader_operations import READER_OPERATIONS
from tests.api.refund_operations import REFUND_OPERATIONS
from tests.api.report_operations import REPORT_OPERATIONS
from tests.api.risk_operations import RISK_OPERATIONS
from tests.api.scorecard_operations import SCORECARD_OPERATIONS
from tests.api.segment_operations import SEGMENT_OPERATIONS
from tests.api.settlement_operations import SETTLEMENT_OPERATIONS
from tests.api.share_operations import SHARE_OPERATIONS
from tests.api.steering_operations import STEERING_OPERATIONS
from tests.api.suppression_operations import SUPPRESSION_OPERATIONS
from tests.api.training_operations import TRAINING_OPERATIONS
from tests.api.webhook_operations import WEBHOOK_OPERATIONS

ALL = "AMCKDRNF"


@dataclass(frozen=True)
class Call:
    """What to send: a body (a function of keys and today), files, and keys to use instead."""

    may: str
    body: object = None
    keys: dict = field(default_factory=dict)
    is_upload: bool = False
    file: bytes = LEDGER

    def sent(self, ids, today):
        return self.body(ids, today) if callable(self.body) else self.body

    def keys_of(self, ids):
        """The keys of this operation: those of all, and its own in their place."""
        return {**ids, **{param: ids[other] for param, other in self.keys.items()}}


def line(key, amount_minor):
    return lambda ids, today: {"lines": [{"item_id": ids[key], "amount_minor": amount_minor}]}


WHY = {"reason": "agreed by phone"}
OPERATIONS = {
    "show_me": Call(ALL + "0"),
    **{name: Call(*told, **more) for name, (told, more) in EINVOICE_OPERATIONS.items()},
    "show_home": Call(ALL),
    "show_aging": Call(ALL),
    "list_kpis": Call(ALL),
    **{name: Call(*told) for name, told in SHARE_OPERATIONS.items()},
    **{name: Call(*told) for name, told in KPI_OPERATIONS.items()},
    **{name: Call(*told) for name, told in IMPROVEMENT_OPERATIONS.items()},
    **{name: Call(*told) for name, told in MEETING_OPERATIONS.items()},
    **{name: Call(*told) for name, told in TRAINING_OPERATIONS.items()},
    **{name: Call(*told) for name, told in REPORT_OPERATIONS.items()},
    **{name: Call(*told) for name, told in ANALYSIS_OPERATIONS.items()},
    **{
        name: Call(may, is_upload=True, file=file)
        for name, (may, file) in ANALYSIS_UPLOADS.items()
    },
    "start_cycle": Call("AM", {}),
    "verify": Call(ALL),
    "list_events": Call(ALL),
    "check_chain": Call(ALL),
    "show_company": Call(ALL),
    "change_company": Call("A", {"pay_to": "IBAN DE00"}),
    "list_customers": Call(ALL),
    "assign": Call(
        "M",
        lambda ids, today: {
            "customer_ids": [ids["customer_id"]],
            "collector_id": ids["user_id"],
        },
    ),
    "show_customer": Call(ALL),
    "change_customer": Call("M", {"segment": "large"}),
    "show_timeline": Call(ALL),
    "add_note": Call("MCKDNF", {"kind": "note", "text": "asked for a copy"}),
    "new_contact": Call("MC", {"email": "two@globex.example", "name": "Two"}),
    "change_contact": Call("MC", {"phone": "+49 30 1"}),
    "put_aside": Call("MC", lambda ids, today: {"until_on": str(today + timedelta(days=2))}),
    "bring_back": Call("MC"),
    "list_items": Call(ALL),
    "total_items": Call(ALL),
    "export_items": Call(ALL),
    "export_payments": Call(ALL),
    "new_item": Call(
        "K",
        lambda ids, today: {
            "customer_id": ids["customer_id"],
            "number": "N1",
            "kind": "invoice",
            "currency": "EUR",
            "amount_minor": 5_00,
            "issued_on": str(today),
            "due_on": str(today),
        },
    ),
    "show_item": Call(ALL),
    "take_back_item": Call("M", WHY, keys={"item_id": "spare_id"}),
    "new_adjustment": Call(
        "M", {"kind": "small_balance", "amount_minor": 1, "reason": "too little to chase"}
    ),
    "take_back_adjustment": Call("M", WHY),
    "list_imports": Call(ALL),
    "upload_files": Call("K", is_upload=True),
    "show_import": Call(ALL),
    "list_findings": Call(ALL),
    "check_import": Call("K"),
    "map_import": Call("K", {"profile": {"decimal": "."}}),
    "run_import": Call("K"),
    "list_profiles": Call(ALL),
    "keep_profile": Call("K", {"name": "ours", "profile": {"decimal": ","}}),
    "list_payments": Call(ALL),
    "show_payment": Call(ALL),
    "new_payment": Call(
        "K",
        lambda ids, today: {
            "customer_id": ids["customer_id"],
            "number": "B9",
            "currency": "EUR",
            "amount_minor": 7,
            "value_on": str(today),
        },
    ),
    "put_on_items": Call("K", line("item_id", 1)),
    "return_payment": Call("K", WHY),
    "net_credit": Call("K", line("item_id", 1), keys={"item_id": "credit_id"}),
    "take_back_allocation": Call("K", WHY),
    "list_bank_accounts": Call(ALL),
    "change_bank_account": Call("A", {"name": "Main account"}),
    "list_bank_files": Call(ALL),
    "send_bank_files": Call("K", is_upload=True),
    "show_bank_file": Call(ALL),
    "read_bank_file_again": Call("K", {}),
    **{name: Call(*told) for name, told in BANK_LAYOUT_OPERATIONS.items()},
    "list_statements": Call(ALL),
    "show_statement": Call(ALL),
    "explain_finding": Call("A", {"code": "balance_gap", "reason": "the bank says so"}),
    "list_bank_entries": Call(ALL),
    "decide_on_entry": Call("K", {"treatment": "open"}),
    "list_remittances": Call(ALL),
    "send_remittance": Call("K", is_upload=True),
    "show_remittance": Call(ALL),
    "link_advice": Call("K", lambda ids, today: {"payment_id": ids["payment_id"]}),
    "unlink_advice": Call("K"),
    **{name: Call(*told) for name, told in REFUND_OPERATIONS.items()},
    **{name: Call(*told) for name, told in CHECKOUT_OPERATIONS.items()},
    **{name: Call(*told) for name, told in PLACEMENT_OPERATIONS.items()},
    **{name: Call(*told) for name, told in LIMIT_OPERATIONS.items()},
    **{name: Call(*told) for name, told in ORDER_OPERATIONS.items()},
    **{name: Call(*told) for name, told in PLAN_OPERATIONS.items()},
    **{name: Call(*told) for name, told in MY_DAY_OPERATIONS.items()},
    **{name: Call(*told) for name, told in LETTER_OPERATIONS.items()},
    **{name: Call(*told) for name, told in INVOICE_OPERATIONS.items()},
    **{
        name: Call(may, is_upload=True, file=file) for name, (may, file) in INVOICE_UPLOADS.items()
    },
    **{name: Call(*told) for name, told in CASH_OPERATIONS.items()},
    **{name: Call(*told) for name, told in SETTLEMENT_OPERATIONS.items()},
    **{name: Call(*told) for name, told in LEGAL_OPERATIONS.items()},
    **{name: Call(*told) for name, told in DEBIT_OPERATIONS.items()},
    **{name: Call(*told) for name, told in APPLICATION_OPERATIONS.items()},
    **{name: Call(*told) for name, told in COVER_OPERATIONS.items()},
    **{name: Call(*told) for name, told in CREDIT_DATA_OPERATIONS.items()},
    **{name: Call(*told) for name, told in CREDIT_POLICY_OPERATIONS.items()},
    **{name: Call(*told) for name, told in SCORECARD_OPERATIONS.items()},
    **{name: Call(*told) for name, told in CHANNEL_OPERATIONS.items()},
    **{name: Call(*told) for name, told in (WEBHOOK_OPERATIONS | CONNECTION_OPERATIONS).items()},
    **{name: Call(*told) for name, told in BULK_OPERATIONS.items()},
    **{name: Call(*told) for name, told in COMPOSITION_OPERATIONS.items()},
    **{name: Call("MCKD", is_upload=True, file=PDF) for name in PAPER_OPERATIONS},
    **{name: Call(*told) for name, told in MAILBOX_OPERATIONS.items()},
    **{name: Call(*told) for name, told in INBOX_OPERATIONS.items()},
    **{name: Call(*told) for name, told in DELIVERY_OPERATIONS.items()},
    **{name: Call(*told) for name, told in FEEDBACK_OPERATIONS.items()},
    **{name: Call(*told) for name, told in SEGMENT_OPERATIONS.items()},
    **{name: Call(*told) for name, told in ESCALATION_OPERATIONS.items()},
    **{name: Call(*told) for name, told in DISPUTE_OPERATIONS.items()},
    **{name: Call(may, is_upload=True, file=PDF) for name, may in EVIDENCE_OPERATIONS.items()},
    **{name: Call(*told) for name, told in CHARGE_OPERATIONS.items()},
    **{name: Call(*told) for name, told in (CONTACT_OPERATIONS | STEERING_OPERATIONS).items()},
    **{name: Call(*told) for name, told in (EARLY_PAYMENT_OPERATIONS | MERGE_OPERATIONS).items()},
    **{name: Call(*told) for name, told in PLANNING_OPERATIONS.items()},
    **{name: Call(*told) for name, told in PRIVACY_OPERATIONS.items()},
    **{name: Call(*told) for name, told in RISK_OPERATIONS.items()},
    **{name: Call(*told) for name, told in PROVISION_OPERATIONS.items()},
    **{name: Call(*told) for name, told in FINANCING_OPERATIONS.items()},
    **{name: Call(*told) for name, told in SUPPRESSION_OPERATIONS.items()},
    **{name: Call(*told) for name, told in DESK_EXPORT_OPERATIONS.items()},
    **{name: Call(*told) for name, told in PORTAL_OPERATIONS.items()},
    **{name: Call(*told) for name, told in CUSTOMER_ANSWER_OPERATIONS.items()},
    **{name: Call(*told) for name, told in READER_OPERATIONS.items()},
    "list_period_locks": Call(ALL),
    "close_period": Call(
        "M",
        lambda ids, today: {"until_on": str(today - timedelta(days=800)), "reason": "month end"},
    ),
    "ask_to_open_period": Call("M", {"until_on": None, "reason": "late invoice"}),
    "decide_on_unlock": Call("M", {"is_granted": True}),
    "list_journals": Call(ALL),
    "new_journal": Call("M", lambda ids, today: {"until_on": str(today)}),
    "show_journal": Call(ALL),
    "list_journal_lines": Call(ALL),
    "export_journal": Call(ALL),
    "take_journal_over": Call("M", {"receipt": "GL-4711"}),
    "show_exchange_differences": Call(ALL),
    "list_exchange_differences": Call(ALL),
    "list_allocation_orders": Call(ALL),
    "simulate_allocation": Call(ALL),
    "list_promises": Call(ALL),
    "show_promise": Call(ALL),
    "add_promise": Call(
        "MC",
        lambda ids, today: {
            "customer_id": ids["customer_id"],
            "lines": [{"item_id": ids["item_id"], "amount_minor": 1}],
            "due_on": str(today + timedelta(days=3)),
        },
    ),
    "take_back_promise": Call("MC", WHY),
    "list_promise_days": Call(ALL),
    "forgive": Call("MC", WHY, {"promise_id": "failed_promise_id"}),
    "list_disputes": Call(ALL),
    "add_dispute": Call(
        "MCKD",
        lambda ids, today: {"item_id": ids["item_id"], "amount_minor": 1, "reason": "price"},
    ),
    "end_dispute": Call("M", {"outcome": "settled"}),
    "list_holds": Call(ALL),
    "add_hold": Call(
        "MC", lambda ids, today: {"customer_id": ids["customer_id"], "reason": "legal"}
    ),
    "end_hold": Call("M", {"note": "over"}),
    "list_worklist": Call(ALL),
    "count_worklist": Call(ALL),
    "show_day_plan": Call(ALL),
    "list_tasks": Call(ALL),
    "finish_task": Call("MC"),
    "drop_task": Call("MC", WHY),
    "list_messages": Call(ALL),
    "show_message": Call(ALL),
    "allow_message": Call("M"),
    "allow_messages": Call("M", lambda ids, today: {"message_ids": [ids["message_id"]]}),
    "drop_message": Call("MC", WHY),
    "list_strategies": Call(ALL),
    "show_strategy": Call(ALL),
    "show_dry_run": Call(ALL),
    "new_draft": Call(
        "AM", lambda ids, today: {"text": strategy("second", today + timedelta(days=1))}
    ),
    "publish": Call("M"),
    "discard": Call("AM"),
    **dict.fromkeys(("list_users", "new_link", "list_tokens", "end_token"), Call("A")),
    "new_user": Call("A", {"username": "nina", "roles": ["collector"]}),
    "change_roles": Call("A", {"roles": ["collector", "clerk"]}),
    "reset_factor": Call("A", {"reason": "phone lost, called back"}),
    "new_token": Call("A", {"name": "two", "rights": ["ledger.view"]}),
    "list_rates": Call(ALL),
    "new_rate": Call(
        "AM",
        lambda ids, today: {
            "currency": "USD",
            "from_on": str(today),
            "rate_ppm": 910_000,
            "source": "bank",
        },
    ),
    "new_feed": Call(
        "AK",
        lambda ids, today: {"kind": "bank", "name": "second", "covers_until_on": str(today)},
    ),
    **{name: Call(*told) for name, told in PREDICTION_OPERATIONS.items()},
    "list_account_statements": Call(ALL),
    "new_account_statement": Call(
        "MCK",
        lambda ids, today: {
            "customer_id": ids["customer_id"],
            "from_on": str(today - timedelta(days=30)),
            "to_on": str(today),
        },
    ),
    "new_account_statements": Call(
        "MCK",
        lambda ids, today: {
            "customer_ids": [ids["customer_id"]],
            "from_on": str(today - timedelta(days=30)),
            "to_on": str(today),
            "language": "de",
        },
    ),
    "mail_account_statement": Call("MCK"),
    "show_account_statement": Call(ALL),
    "list_account_statement_lines": Call(ALL),
    "get_account_statement_pdf": Call(ALL),
    "get_account_statement_csv": Call(ALL),
    "get_account_statement_xlsx": Call(ALL),
    "get_account_statement_json": Call(ALL),
}

WITHOUT_KEY = {
    **EINVOICE_WITHOUT_KEY,
    **CONNECTION_WITHOUT_KEY,
    **DESK_EXPORT_WITHOUT_KEY,
    "begin_domain_check": "asked twice one check runs",
    "check_credit": "one that writes nothing needs none, one that writes asks for it itself",
    "check_many_credits": "as check_credit",
    "check_mandates": "it changes nothing",
    "start_cycle": "a day already run is not run again",
    "check_import": "reading the same files again finds the same",
    "map_import": "the same profile again changes nothing",
    "run_bureau_pulls": "a question is asked once, however often it is begun",
    "send_by_channel": "each try is a message to oneself",
    "run_import": "an import is merged once, however often it is asked for",
    "start_reader_training": "the same messages trained into the same bytes are kept once",
    "start_training": "the same rows trained into the same bytes are kept once",
    "train_new_scorecard": "the same rows learned into the same document are kept once",
    "read_bank_file_again": "a file is recorded once, however often it is read",
    "new_token": "a kept answer would store the secret",
    "new_link": "a kept answer would store the secret",
    **MAILBOX_WITHOUT_KEY,
    **COMPOSITION_WITHOUT_KEY,
    **PRIVACY_WITHOUT_KEY,
    "new_webhook": "a kept answer would store the secret",
    "new_webhook_secret": "a kept answer would store the secret",
}
"""Writes that ask for no Idempotency-Key, and why."""


def operations(document):
    """Every operation of an OpenAPI document: (id, method, path, what it says)."""
    return [
        (told["operationId"], method.upper(), path.removeprefix("/api/v1"), told)
        for path, methods in document["paths"].items()
        for method, told in methods.items()
    ]


def send(program, name, method, path, ids, today, **options):
    """Call an operation as a program would, with keys and a body that fit."""
    call = OPERATIONS[name]
    path = path.format(**call.keys_of(ids))
    if call.is_upload:
        return program.upload(path, [("ledger.csv", call.file)], **options)
    return program.call(method, path, call.sent(ids, today), **options)
