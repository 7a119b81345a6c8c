"""Fixed texts that records and the engine carry as plain English, marked for the catalogs.

The engine and the readers of files know nothing of languages, and stored rows keep the
text of their day. What pages show of it is listed here once, so that it is collected for
translation; `ui.translated` and the filters below look it up in the reader's language.
"""

from django import template
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_noop as _

register = template.Library()

PROOFS = (
    _("Every message that went out carries the decision that allowed it, or its author."),
    _(
        "A disputed part is its case's customer's, is open only while the case is, and goes on "
        "only from a part of the same item that was closed."
    ),
    _(
        "A decided resolution asks for exactly what it credits, is done once no note is on its "
        "way, and one that waits keeps its case waiting."
    ),
    _(
        "A credit request is done by one note of the same customer and currency, over at least "
        "its amount; its part stays disputed until then."
    ),
    _(
        "On every day what was applied of a payment lies between 0 and its amount; "
        "a returned payment settles nothing."
    ),
    _(
        "On every day the open amount of an item lies between 0 and its amount, "
        "credit notes included."
    ),
    _("The stored open items equal amount less allocations, row by row."),
    _("An allocation stays in one currency, or says its amount in both."),
    _("A netting takes from the credit what it puts on the debit, of one customer."),
    _("Every approved refund has its item, settled by what it gives back or taken back."),
    _("Every approved refund goes to an approved payee of its customer."),
    _("Interest of a month, a fee of a level and a compensation are charged once an item."),
    _("Every bill of interest or fees is the sum of its charges, booked, or reversed whole."),
    _("A charge is on a debt of the same customer and currency, and a bill of them too."),
    _("Every official rate in force was approved, and a replaced one is replaced for its day."),
    _("Nothing is booked before its item is issued or its money has reached us."),
    _("The ageing buckets sum to the open amount, per currency."),
    _("A promise is kept only with enough money or credit in time, and broken only without."),
    _(
        "The instalments of a plan are covered + interest + fee - concession, and its items are "
        "what it covers."
    ),
    _("A plan covers at most what its items are, of its customer and currency."),
    _("A running plan binds and holds its items, one plan an item; another binds none."),
    _(
        "A dispute covers at most its item, an open one what was open when recorded, "
        "and an item has one open dispute."
    ),
    _("In one cycle an item reaches one level by one channel."),
    _("A customer gets at most one message per channel and cycle."),
    _("No row points to a row of another company."),
    _("Every message that went out carries the decision that allowed it."),
    _("No message asks for more than was open when it was written."),
    _("An item has one open promise, of at most what was open when it was recorded."),
    _("The database refuses to change or delete ledger rows: its triggers stand."),
    _("A reversed item is offset by exactly its amount, for the same customer, once."),
    _("A returned payment is offset by exactly its amount, once."),
    _("A row that takes an allocation back has its amount with the other sign, once."),
    _("Every adjustment is booked once, in full, on its own item."),
    _("One number of a payment, or of a customer's item of a kind, stands once."),
    _("Every money row was written by an action that left an event at that moment."),
    _(
        "Money of a bank statement is one payment of its amount and currency, and no other "
        "entry's."
    ),
    _("Amounts are stored as whole minor units."),
    _("Nothing was booked on a day of a closed period while it was closed."),
    _("Every line of a journal says what its entry line says, of days it covers."),
    _("Every journal has the lines it noted, and takes a posting with all its lines."),
    _("Every journal balances in each currency and in the company's own."),
    _("Journals are numbered without a gap."),
    _(
        "What is settled is worth nothing any more: of every settled item and used payment "
        "the journals' values in the company's currency sum to 0."
    ),
    _("Every posting balances, per currency."),
    _("Every item has its two entry lines, with its amount, days and customer."),
    _("Every payment has its two entry lines, with its amount, days and payer."),
    _(
        "Every allocation has its two entry lines, across currencies its four, with its "
        "amounts and days."
    ),
    _("No entry line stands without its ledger row."),
    _("The trial balance is 0 in every currency."),
    _(
        "What an agency kept of money that reached our bank is given up on the items of its "
        "placement, to the cent."
    ),
    _("A dividend is one payment of the matter's currency, put on its items."),
    _(
        "A matter's lines sum to its claim and interest, are bound while it runs, and what it is "
        "about is held."
    ),
    _("No more of an item was recovered than was written off."),
    _(
        "Only reversals, and recoveries of what was written off, carry the sign against their "
        "item."
    ),
    _("VAT claimed back is the VAT within the lost amount, and no more than that is repaid."),
    _("On every day the receivables account equals the open items, per customer and currency."),
    _(
        "On every day the unapplied-cash account equals payments less what was applied, "
        "per payer and currency."
    ),
    _(
        "Every debit item that was open on the last scored day, refunds left out, has one "
        "prediction, of what was open, and no other item has one."
    ),
    _(
        "Of a prediction a longer delay is never likelier than a shorter one, "
        "and its days come in the order of their chances."
    ),
    _("At most one version of the pay-date model serves, and none serves undecided."),
    _("An action was chosen only where it was permitted, and by a chance above 0."),
    _("Every log of predictions and every trained model is what was hashed when written."),
    _("Every issued statement of account can be made again from the ledger, to the byte."),
    _("The lines of every provision sum to its allowance, and so do its moves."),
    _("The allowance account holds the newest posted provision, to the cent."),
    _("Every posted provision opens with what the posted one before it closed with."),
    _("What is owed to lenders is what was paid out on items still assigned."),
)
"""What the proofs of the books say (`queries.proofs`), as kept with every verification."""

PURPOSES = (
    _("courtesy note before the due date"),
    _("first friendly reminder"),
    _("second reminder, firmer"),
    _("third reminder, asks for payment or an answer by a day"),
    _("last letter before other steps"),
    _("what to say and ask in a first call"),
    _("what to say in a call about old items"),
    _("a promised payment did not arrive"),
    _("confirms what was promised"),
    _("account statement without a request"),
    _("one short message"),
    _("one short notice on the debtor's page"),
    _("leads to the assistant, which asks when it will be paid and what is in the way"),
    _("a plain answer to what a customer wrote"),
    _("sends copies of invoices"),
    _("asks which invoices a payment was for"),
    _("says that a complaint is looked into"),
)
"""What message templates are for (`engine.wording.TEMPLATES`)."""

DRAFTS = (_("Nothing is late that may be asked for in a call."),)
"""Why the copilot has no draft (`queries.copilot_drafts`)."""

RULES = (
    _("an earlier message has not gone out, or a task of it is still open"),
    _(
        "another company of ours to which the debtor owes money contacts it on this day; ours "
        "waits"
    ),
    _("who enters customers should not approve their limits"),
    _("who asks for a limit should not approve it"),
    _("who posts cash should not write off or credit"),
    _("who posts cash should not approve losses"),
    _("who posts cash should not change accounts that money goes to"),
    _("who issues invoices should not credit them"),
    _("who proposes a loss should not approve it"),
    _("who proposes a settlement should not approve it"),
    _("who proposes a refund should not approve the account it goes to"),
    _("who writes a policy should not publish it"),
    _("who enters rates should not bill interest by them"),
    _("who manages users should not post money"),
    _("who closes a period should not open it again"),
)
"""Why a contact waits (`queries.reminders.REASONS`), why roles are kept apart (`actions.gate`)."""

FIELDS = (
    _("Status"),
    _("Reference"),
    _("Method"),
    _("Country"),
    _("Language"),
    _("Phone"),
    _("Segment"),
    _("Parent"),
    _("Street"),
    _("Street2"),
    _("Postcode"),
    _("City"),
    _("Region"),
    _("Contact last name"),
    _("Contact first name"),
    _("Currency"),
    _("Dispute number"),
    _("Dispute reason"),
    _("Dispute amount"),
    _("Opened day"),
    _("Closed day"),
    _("Quantity"),
    _("Unit price"),
)
"""Fields of `formats.roles` that are their own name; the others are in `imports.FIELD_LABELS`."""

DETECTED = (
    _("format"),
    _("encoding"),
    _("delimiter"),
    _("header row"),
    _("columns"),
    _("columns left out"),
    _("table"),
    _("sheet"),
    _("empty rows"),
)
"""What `formats` detects in a file, by name."""

FINDINGS = (
    _("Ambiguous amount"),
    _("Ambiguous date"),
    _("Cancelled"),
    _("Closed period"),
    _("Conflicting"),
    _("Credit sign"),
    _("Default currency"),
    _("Dispute amount missing"),
    _("Dispute date missing"),
    _("Dotted dates"),
    _("Draft"),
    _("Due before issue"),
    _("Due from terms"),
    _("Due missing"),
    _("Duplicate"),
    _("Float noise"),
    _("Formula text"),
    _("Implausible date"),
    _("Impossible date"),
    _("Issued missing"),
    _("Missing amount"),
    _("Missing currency"),
    _("Missing customer"),
    _("Missing date"),
    _("Missing number"),
    _("Missing payment number"),
    _("Mixed date styles"),
    _("Mixed encoding"),
    _("More than paid"),
    _("Negative invoice"),
    _("No currency column"),
    _("No issue column"),
    _("Open amount only"),
    _("Open disagrees"),
    _("Open exceeds amount"),
    _("Orders as items"),
    _("Other currency"),
    _("Overpaid"),
    _("Paid before issue"),
    _("Paid without date"),
    _("Part paid unknown"),
    _("Part paid without date"),
    _("Payment among items"),
    _("Payment date missing"),
    _("Payment sign"),
    _("Pays credit note"),
    _("Repeated header"),
    _("Settled as payment"),
    _("Settled but open"),
    _("Several credit limits"),
    _("Several names"),
    _("Several terms"),
    _("Shared payment number"),
    _("Shared symbol"),
    _("Shifted row"),
    _("Short row"),
    _("Table left out"),
    _("Too large amount"),
    _("Too many decimals"),
    _("Total row"),
    _("Unknown country"),
    _("Unknown currency"),
    _("Unknown item"),
    _("Unknown kind"),
    _("Unknown party"),
    _("Unknown zones"),
    _("Unknown order"),
    _("Unknown payment"),
    _("Unknown status"),
    _("Unknown way"),
    _("Unreadable amount"),
    _("Unreadable date"),
    _("Unreadable limit"),
    _("Zero amount"),
)
"""Kinds of finding in imported files, as `imports.code_words` says them."""

SUBJECTS = {
    "accountstatement": _("statement of account"),
    "adjustment": _("adjustment"),
    "allocation": _("allocation"),
    "anomaly": _("anomaly"),
    "apitoken": _("API token"),
    "approvalrequest": _("request for approval"),
    "bankaccount": _("bank account"),
    "bankentry": _("bank entry"),
    "bankfile": _("bank file"),
    "banklayout": _("layout of bank sheets"),
    "bankstatement": _("bank statement"),
    "company": _("company"),
    "contact": _("contact"),
    "customer": _("customer"),
    "debit": _("direct debit"),
    "debitrun": _("direct debit run"),
    "dispute": _("dispute"),
    "disputecase": _("dispute case"),
    "disputeresolution": _("end of a dispute"),
    "causeaction": _("action against a cause"),
    "experiment": _("experiment"),
    "feed": _("feed"),
    "hold": _("hold"),
    "importbatch": _("import"),
    "importprofile": _("import profile"),
    "incentive": _("incentive"),
    "escalation": _("escalation"),
    "casecomment": _("remark of a colleague"),
    "duty": _("days on call"),
    "handoff": _("hand-off"),
    "mention": _("mention"),
    "certificate": _("certificate"),
    "curriculumassignment": _("request to learn"),
    "quizsitting": _("quiz"),
    "roleplay": _("practised call"),
    "meeting": _("meeting"),
    "meetingdecision": _("decision of a meeting"),
    "voice": _("suggestion"),
    "teammail": _("mail to a colleague"),
    "exposurefreeze": _("freeze of the exposure"),
    "item": _("item"),
    "matchcase": _("cash application case"),
    "mandate": _("mandate"),
    "message": _("message"),
    "modelversion": _("model version"),
    "note": _("note"),
    "payeralias": _("name or account of a payer"),
    "payerrelation": _("who pays for whom"),
    "payment": _("payment"),
    "order": _("order"),
    "credithold": _("hold on an order"),
    "payee": _("payee"),
    "policyversion": _("policy"),
    "paymentplan": _("payment plan"),
    "promise": _("promise"),
    "refund": _("refund"),
    "invoice": _("invoice"),
    "invoiceschedule": _("invoice that comes again"),
    "invoicingprofile": _("details on invoices"),
    "customerinvoicing": _("how a customer wants invoices"),
    "numberseries": _("number series"),
    "taxrate": _("tax code"),
    "remittance": _("remittance advice"),
    "creditapplication": _("credit application"),
    "sanctionlist": _("sanction list"),
    "screeninghit": _("likeness with a sanction list"),
    "settlement": _("settlement"),
    "snooze": _("snooze"),
    "task": _("task"),
    "user": _("user"),
    "watch": _("watch"),
}
"""What an event may be about, by the name of its record."""

ACTIONS = {
    "refused": pgettext_lazy("imported row", "Refused"),
    "changed": pgettext_lazy("imported row", "Changed"),
    "kept": pgettext_lazy("imported row", "Kept"),
}
"""What became of an imported row; a row is kept in another sense than a promise."""


@register.filter
def subject_name(subject: str) -> str:
    """Return what an event is about, in the reader's language."""
    return gettext(SUBJECTS.get(subject, subject))


@register.filter
def row_action(action: str) -> str:
    """Return what became of an imported row, in the reader's language."""
    return str(ACTIONS.get(action, action))
