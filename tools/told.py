"""Whose sentences a page tells: the errors and modules that `tools/sentences.py` collects from.

Add an error here once a page, a form or a record that a page shows tells its words;
tests/test_sentences.py fails where a page shows one that is not named.
"""

BASE = "Refused"
"""Rules say no by it; every page that may refuse shows it."""

ERRORS = frozenset(
    [
        "actions.application_answers._Unfit",
        "actions.gate.Refused",
        "connectors.imap.ImapError",
        "connectors.rule_process.RuleProcessError",
        "connectors.webhook_http.WebhookError",
        "engine.appetite_form.AppetiteError",
        "engine.checkout_facts.PaymentGatewayError",
        "engine.documents.DocumentError",
        "engine.invoice_totals.TotalsError",
        "engine.plan_schedule.ScheduleError",
        "formats.bank.statement.StatementError",
        "formats.budget_rows.BudgetFileError",
        "formats.bureau_answers.BureauError",
        "formats.connection_rows.OutsideError",
        "formats.document_archive.ArchiveError",
        "formats.document_types.DocumentTypeError",
        "formats.einvoice.findings.EInvoiceError",
        "formats.erpnext_answers.ErpnextRefusal",
        "formats.exports.ExportError",
        "formats.financial_figures.StatementFileError",
        "formats.findings.LedgerError",
        "formats.findings.TableError",
        "formats.hand_overs.CarrierError",
        "formats.industry_rows.IndustryFileError",
        "formats.invoice_responses.InvoiceResponseError",
        "formats.line_files.LineFileError",
        "formats.mail.MailFormError",
        "formats.mail_domain.SpfError",
        "formats.mail_parts.InboundMailError",
        "formats.mailbox_files.MailboxFileError",
        "formats.mirror.MirrorError",
        "formats.outlook_mail.OutlookMailError",
        "formats.pain001.TransferFileError",
        "formats.pain008.DebitFileError",
        "formats.payment_code.PaymentCodeError",
        "formats.placement_files._LineError",
        "formats.policies.PolicyError",
        "formats.rates.RatesError",
        "formats.sanction_rows.SanctionsError",
        "formats.sealing.KeyringError",
        "formats.sealing.SealError",
        "formats.sepa_accounts.SepaError",
        "formats.signed_exports.SignedExportError",
        "formats.typesetting.TypesettingError",
        "formats.webhook_letters.SignatureError",
        "jobs.folder_intake.FileRefusedError",
        "ml.intents.fit.TooFewMessages",
        "ml.pay_date.TooLittleToLearn",
        "ml.scorecards.samples.UnusableSample",
        "portal.webauthn.PasskeyError",
        "queries.process_files.LogTooLargeError",
    ]
)
"""What they and the classes made of them say is told: of refusals, files, policy documents,
calculations and other systems."""

VALUE_ERRORS = frozenset(
    [
        "engine.limit_wishes",
        "engine.money",
        "engine.scorecard_changes",
        "engine.scorecard_terms",
        "engine.sectors",
        "engine.statements",
        "formats.budget_rows",
        "formats.einvoice.pdf",
        "formats.industry_rows",
        "formats.mail_domain",
        "formats.ssh_keys",
        "formats.webhook_letters",
        "queries.account_documents",
        "queries.segments_moves",
    ]
)
"""Modules whose plain ValueErrors a page shows."""

NOTES = frozenset(
    [
        ("Cause", "why"),
        ("Checked", "text"),
        ("ColumnMatch", "reason"),
        ("Decision", "question"),
        ("DkimKey", "problem"),
        ("Dmarc", "problem"),
        ("ExportCheck", "finding"),
        ("FileJudgement", "finding"),
        ("Finding", "person"),
        ("Finding", "text"),
        ("Fit", "why"),
        ("Hold", "why"),
        ("LineRefusal", "reason"),
        ("MirrorStatus", "reason"),
        ("Reading", "reasons"),
        ("Recognition", "reason"),
        ("RowFinding", "reason"),
        ("StatementFinding", "reason"),
        ("Verdict", "text"),
        ("_blocked", "finding"),
        ("_cut", "reason"),
        ("_keep", "why"),
        ("_spf", "problem"),
        ("_since", "person"),
        ("_since", "text"),
        ("_since", "unless"),
        ("_stopped", "text"),
        ("clear", "text"),
        ("doubted", "why"),
        ("finding", "reason"),
        ("judge_attachment", "finding"),
        ("read_fit", "reasons"),
        ("refuse", "reason"),
        ("refuse_bank_file", "reason"),
        ("refuse_import", "reason"),
        ("refuse_problems", "reasons"),
        ("rows", "reason"),
    ]
)
"""What a call notes in which keyword: findings of rows, entries and files, and open questions."""

ANSWERS = frozenset(
    [
        ("engine.matching.evidence", "payer_reasons"),
        ("engine.matching.evidence", "said_reason"),
    ]
)
"""Functions of a module that return sentences: why a payment is read as it is."""

PROBLEMS = frozenset(["problems"])
"""Lists of what is wrong with a line, which a page shows one after the other."""
