"""What becomes of every row that names a customer when its record is merged into another one.

Moved is what is owed, paid, agreed or forbidden now, and how the customer is recognised. The rest
stays with the record that it was written for. A test sees to it that every column is named here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

FROM, TO = "%(before)s", "%(after)s"
"""The two customers in a condition."""


@dataclass(frozen=True, slots=True)
class Place:
    """A column that follows the merge: `where` of its rows, and `twin`, one the survivor has.

    A row is `t`; one that the survivor has already (`s`) stays where it is. `key` is the column
    that names the row.
    """

    table: str
    column: str = "customer_id"
    where: str = ""
    twin: str = ""

    @property
    def name(self) -> str:
        """Return the place as moves name it."""
        return self.table if self.column == "customer_id" else f"{self.table}.{self.column}"

    @property
    def condition(self) -> str:
        """Return SQL that says which rows `t` go to the survivor."""
        parts = [f"t.{self.column} = {FROM}"]
        parts += [f"({self.where})"] * bool(self.where)
        if self.twin:
            # table and conditions are our own texts
            parts.append(
                f"NOT EXISTS (SELECT 1 FROM dunwell_{self.table} s "  # noqa: S608
                f"WHERE s.{self.column} = {TO} AND {self.twin})"
            )
        return " AND ".join(parts)


_LIVE_LINK = (
    "s.until_on IS NULL AND s.kind = t.kind AND (s.other_id = t.other_id OR t.kind <> 'guarantor')"
)
PLACES: tuple[Place, ...] = (
    # items first: whoever agrees on one holds it and is waited for
    Place("item"),
    Place("payment"),
    Place("anomaly"),
    Place("charge"),
    Place("connectioncustomer"),
    Place("consent", where="t.contact_id IS NOT NULL"),
    Place("contact"),
    Place("contactrestriction"),
    Place("conversation"),
    Place("credithold"),
    Place("customer", "parent_id"),
    Place("customerlink", where="t.until_on IS NULL", twin=_LIVE_LINK),
    Place(
        "customerlink", "other_id", "t.until_on IS NULL",
        "s.until_on IS NULL AND s.kind = t.kind AND s.customer_id = t.customer_id",
    ),
    Place("dispute"),
    Place("disputecase"),
    Place(
        "documentrequest",
        twin="s.closed_on IS NULL AND t.closed_on IS NULL AND s.kind = t.kind",
    ),
    Place("einvoicefile"),
    Place(
        "escalation",
        twin="s.status <> 'resolved' AND t.status <> 'resolved' AND s.kind = t.kind",
    ),
    Place(
        "exposurefreeze",
        twin="s.status IN ('pending', 'standing') AND t.status IN ('pending', 'standing')",
    ),
    Place("hold"),
    Place("inboundmessage"),
    Place("limitationevent"),
    Place("lossassessment", where="t.item_id IS NOT NULL"),
    Place("mandate", twin="s.status = 'active' AND t.status = 'active'"),
    Place("order"),
    Place("payee"),
    Place("payeralias", twin="s.kind = t.kind AND s.text = t.text"),
    Place(
        "payerrelation", "customer_id",
        f"t.payer_customer_id IS NULL OR t.payer_customer_id <> {TO}",
        "s.kind = t.kind AND s.payer = t.payer "
        "AND COALESCE(s.payer_customer_id, 0) = COALESCE(t.payer_customer_id, 0)",
    ),
    Place(
        "payerrelation", "payer_customer_id", f"t.customer_id <> {TO}",
        "s.kind = t.kind AND s.payer = t.payer AND s.customer_id = t.customer_id",
    ),
    Place("paymentplan"),
    Place("portalcalendar"),
    Place("portalkey"),
    Place(
        "portalseat",
        twin="s.ended_on IS NULL AND t.ended_on IS NULL AND s.person_id = t.person_id",
    ),
    Place("promise"),
    Place("refund"),
    Place("retention"),
    Place("savedmethod"),
    Place(
        "screeninghit",
        twin="s.source = t.source AND s.uid = t.uid AND s.entry_digest = t.entry_digest "
        "AND s.subject_name = t.subject_name",
    ),
    Place("settlement"),
    Place("signalmatch", twin="s.signal_id = t.signal_id"),
    Place("strategyoverride", where="t.item_id IS NOT NULL"),
    Place("suppression"),
    Place(
        "task",
        twin="t.item_id IS NULL AND s.item_id IS NULL AND t.status = 'open' AND s.status = 'open' "
        "AND s.kind = t.kind",
    ),
    Place("watch", twin="s.status <> 'ended' AND t.status <> 'ended'"),
)  # fmt: skip
"""In the order in which they are taken: the same for every merge."""

FOLLOWING = frozenset(
    {"entryline.customer_id", "itemprediction.customer_id", "openitem.customer_id"}
)
"""Rows that repeat whose item or payment it is."""

WORKED_OUT = frozenset(
    {
        "customerscore.customer_id",
        "habit.customer_id",
        "segmentmembership.customer_id",
        "snooze.customer_id",
        "worklistentry.customer_id",
    }
)
"""One row per customer that the cycle works out again; a closed record leaves the worklist."""

STAYS: Mapping[str, str] = {
    "what was said, sent and shown": (
        "accountstatement assistantconversation casecomment contactattempt "
        "customerdocument deliverynote earlypaymentoffer invoice invoiceresponse "
        "mention message note portallink portalmail portalrequest portalview signal "
        "statementanswer supplierstatement survey teammail transfer checkout"
    ),
    "what was judged of its credit": (
        "bureauconsent bureaupull bureaureport cover creditapplication creditcheck "
        "creditdatapoint creditgroupmember creditlimit creditrating creditreview earlywarning "
        "financialstatement portfoliodecision provisionline scoresnapshot"
    ),
    "what ended, or has to end before": (
        "approvalrequest autopay collectioncost connectionchange connectiondifference debit "
        "detailchange erasure financingitem handoff incentivegrant invoiceschedule journalline "
        "legalmatter meetingpoint payerassignment placement"
    ),
    "how it was worked": (
        "actionchoice customerinvoicing duelcustomer poolmember segmentbyhand segmentmove"
    ),
    "the merges themselves": ("customermerge customermove distinctcustomers"),
}
"""Tables whose rows stay with the record that they were written for, by why."""
