"""Every personal field of the desk: what it is for, by which right, and how long it is kept.

Bases are those of Article 6(1) GDPR: b contract, c legal duty, f legitimate interest. Years run
from the end of the calendar year (§ 257 HGB, § 147 AO: letters 6 years, books and vouchers 8;
§ 8 GwG: what was found in screening 5).
"""

from dataclasses import dataclass
from functools import cache

from django.apps import apps
from django.db import models

NOW, AFTER, KEPT = "now", "after", "kept"
"""When a field goes: at the erasure, when the retention has ended, or never by an update, because
the database keeps the row as it was written (letters, books, the chain)."""

SCREENED, LETTERS, BOOKS, NONE = 5, 6, 8, 0
"""Years."""

SINCE = {
    "creditapplication": "opened_on",
    "applicationreference": "application__opened_on",
    "applicationmail": "application__opened_on",
    "applicationcheck": "application__opened_on",
    "applicationsignature": "application__opened_on",
    "screeninghit": "screened_at",
}
"""Where the clock of a row runs from its own day, whether somebody was erased or not."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonalField:
    """One personal field. `path` leads from its row to the customer, empty where none does.

    `since` leads to the day its years run from; empty where that is the newest voucher of a
    person who was erased.
    """

    model: str
    field: str
    whose: str
    purpose: str
    basis: str
    years: int
    goes: str
    path: str
    since: str


# whose, purpose, basis, years, when it goes, path to the customer, fields by model
_GROUPS: tuple[tuple[str, str, str, int, str, str, dict[str, str]], ...] = (
    ("contact", "reach", "f", NONE, NOW, "customer", {
        "contact": "name email phone",
        "detailchange": "before after reason",
        "survey": "comment",
        "portallink": "email",
        "suppression": "note lifted_note",
        "contactrestriction": "note",
        "customerdocument": "name reason",
        "documentrequest": "note",
    }),
    ("contact", "collect", "f", NONE, NOW, "customer", {
        "task": "reason",
        "hold": "note",
        "promise": "note",
        "conversation": "subject label",
        "watch": "reason agenda result",
        "escalation": "reason resolution",
        "dispute": "note outcome",
        "disputecase": "title reason",
        "snooze": "reason",
    }),
    ("contact", "collect", "f", NONE, NOW, "dispute__customer", {"creditrequest": "note"}),
    ("contact", "collect", "f", NONE, NOW, "case__customer", {
        "disputetask": "question guest_name guest_email answer",
        "disputeevidence": "note name",
    }),
    # who does not want to be written to has to be known (Article 21(3))
    ("contact", "refusal", "c", NONE, KEPT, "customer", {"suppression": "address"}),
    ("contact", "letters", "c", LETTERS, KEPT, "customer", {
        "message": "to subject body",
        "inboundmessage": "sender sender_name to subject text quoted",
        "portalmail": "to subject body",
        "note": "text",
        "casecomment": "text",
        "handoff": "what context result",
        "deliverynote": "note",
        "portalrequest": "subject",
        "teammail": "to",
        "invoiceresponse": "note sender",
    }),
    ("contact", "collect", "f", LETTERS, KEPT, "placement__customer", {"placementnote": "text"}),
    ("contact", "collect", "f", LETTERS, KEPT, "matter__customer", {"legalentry": "note"}),
    ("contact", "letters", "c", LETTERS, KEPT, "case__customer", {"disputecomment": "text"}),
    ("contact", "letters", "c", LETTERS, KEPT, "conversation__customer", {
        "assistantturn": "text answer",
    }),
    ("contact", "letters", "c", LETTERS, KEPT, "inbound__customer", {
        "inboundreading": "extracts suggestions",
    }),
    ("portal person", "portal", "b", NONE, NOW, "", {
        "portalperson": "email name",
        "portalpasskey": "name",
        "portalknock": "email",
    }),
    ("customer", "account", "b", BOOKS, AFTER, "customer", {
        "customerinvoicing": "street street_more postcode city endpoint buyer_reference",
        "mandate": "debtor iban bic",
        "payee": "name account bic evidence",
        "payeralias": "text",
        "autopay": "agreed_by text",
    }),
    ("customer", "account", "b", BOOKS, AFTER, "id", {"customer": "name address vat_id"}),
    ("customer", "books", "c", BOOKS, KEPT, "customer", {
        "payment": "payer reference",
        "checkout": "address",
        "transfer": "reference announced_by",
        "bureaureport": "raw",
        "invoice": "note",
        "accountstatement": "totals",
        "statementanswer": "note",
    }),
    ("customer", "books", "c", BOOKS, KEPT, "mandate__customer", {
        "mandateconsent": "text signed_by",
    }),
    ("customer", "books", "c", BOOKS, KEPT, "payment__customer", {
        "bankentry": "counterparty counterparty_account text",
        "remittance": "payer reference",
    }),
    ("customer", "credit", "b", LETTERS, AFTER, "application__customer", {
        "applicationreference": "name person email phone answer",
        "applicationmail": "to subject body",
        "applicationcheck": "text detail",
        "applicationsignature": "signed_by",
    }),
    ("customer", "credit", "b", LETTERS, AFTER, "customer", {
        "creditapplication": "name email answers consents",
    }),
    ("customer", "sanctions", "c", SCREENED, AFTER, "customer", {
        "screeninghit": "subject_name entry_name evidence",
    }),
    ("portal person", "audit", "c", BOOKS, KEPT, "", {"event": "actor"}),
    ("staff", "work", "b", BOOKS, KEPT, "", {
        "user": "username email first_name last_name",
        "voice": "text answer",
        "absence": "note",
        "reportmail": "to",
        "reportschedule": "recipients",
    }),
    ("advisor", "work", "b", BOOKS, KEPT, "", {"advisoraccess": "name email firm reason"}),
    ("agency", "collect", "b", BOOKS, KEPT, "", {"agency": "name email"}),
    ("our company", "account", "c", BOOKS, KEPT, "", {
        "invoicingprofile": "contact phone email account_name iban bic street street_more postcode"
        " city vat_id tax_number",
        "bankaccount": "account name bic",
        "company": "reply_to",
        "mailbox": "address",
        "channel": "address sender",
    }),
    ("listed person", "sanctions", "c", BOOKS, KEPT, "", {"sanctionentry": "name names birth"}),
    ("traded person", "signals", "f", LETTERS, KEPT, "", {"risksignal": "party text vat_id"}),
)  # fmt: skip

# fmt: off
STAFF_NAMES = frozenset(
    [
        "accepted_by", "acknowledged_by", "actor", "advised_by", "answered_by", "approved_by",
        "approver", "asked_by", "author", "by", "changed_by", "claimed_by", "closed_by",
        "decided_by", "disbursed_by", "done_by", "drawn_by", "ended_by", "entered_by",
        "evidence_by", "filed_by", "frozen_by", "granted_by", "handled_by", "invited_by", "issuer",
        "judged_by", "learned_from", "lifted_by", "made_by", "offered_by", "posted_by",
        "promoted_by", "proposed_by", "raised_by", "recommended_by", "recorded_by", "removed_by",
        "requested_by", "resolved_by", "reviewed_by", "reviewer", "revoked_by", "sanctioned_by",
        "saved_by", "split_by", "started_by", "taken_by", "told_by", "trained_by", "waived_by",
        "withdrawn_by",
    ]
)
# fmt: on
"""Names of who did what: of colleagues, or of a customer's people where they did it themselves.
They prove who answered for a thing (c, legal duty), stay with its record, and are in the chain."""


@cache
def personal_fields() -> tuple[PersonalField, ...]:
    """Return the register, in the order it is written in."""
    return tuple(
        PersonalField(
            model=model, field=field, whose=whose, purpose=purpose, basis=basis, years=years,
            goes=goes, path=path, since=SINCE.get(model, ""),
        )
        for whose, purpose, basis, years, goes, path, fields in _GROUPS
        for model, names in fields.items()
        for field in names.split()
    )  # fmt: skip


def dated_fields() -> dict[type[models.Model], list[PersonalField]]:
    """Return the fields whose clock runs from their row's own day, by model."""
    found: dict[type[models.Model], list[PersonalField]] = {}
    for one in personal_fields():
        if one.since:
            found.setdefault(apps.get_model("dunwell", one.model), []).append(one)
    return found


def fields_by_model(*goes: str) -> dict[type[models.Model], list[PersonalField]]:
    """Return the fields that lead to a customer and go at one of these times, by model."""
    found: dict[type[models.Model], list[PersonalField]] = {}
    for one in personal_fields():
        if one.path and one.goes in goes:
            found.setdefault(apps.get_model("dunwell", one.model), []).append(one)
    return found
