"""pain.002: what the bank says of a collection we handed over, as a whole and debit by debit."""

from collections.abc import Mapping
from dataclasses import dataclass

from dunwell.formats.bank.statement import StatementError
from dunwell.formats.bank.xml_tree import Node, read_xml

ROOTS = ("CstmrPmtStsRpt", "pain.002.001.02")
"""Names of the message's element; the oldest version is named like its file."""

REFUSED = "RJCT"
"""Status of what will not be carried out. Any other status says how far the bank is."""

MOST_STATUSES = 200_000
LONGEST_CODE = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    """One verdict of the bank: the status, its reason code and text where it gives them."""

    code: str
    reason_code: str = ""
    text: str = ""

    @property
    def is_refused(self) -> bool:
        """Whether the bank will not carry it out."""
        return self.code == REFUSED


@dataclass(frozen=True, kw_only=True, slots=True)
class StatusReport:
    """A status report: about which message of ours, and what of it.

    `group` is about the whole message, `batches` by the id of a batch, `debits` by end-to-end
    id. Where the bank names none of them they are empty.
    """

    message_id: str
    original_id: str
    group: Status
    batches: Mapping[str, Status]
    debits: Mapping[str, Status]


def read_pain002(content: bytes, name: str) -> StatusReport:
    """Return the status report of a pain.002 file, whatever its version and namespace.

    Raises StatementError, with file, place and what to do, for damaged XML, a document type or
    entity, another kind of file, a report that names no message of ours, and contradictions.
    """
    root = read_xml(content, name)
    report = next((found for found in (root.first(path) for path in ROOTS) if found), None)
    if root.name != "Document" or report is None:
        raise StatementError(
            name, f"line {root.line}", "this is no status report (pain.002). Choose another file"
        )
    about = report.first("OrgnlGrpInfAndSts", "OrgnlGrpInf")
    original = about.value("OrgnlMsgId") if about else ""
    if about is None or not original:
        raise StatementError(
            name,
            f"line {report.line}",
            "the report does not say which message it is about (OrgnlMsgId). Ask the bank",
        )
    batches: dict[str, Status] = {}
    debits: dict[str, Status] = {}
    # from version 03 on the debits stand inside their batch, before it beside the group
    for batch in report.all("OrgnlPmtInfAndSts"):
        if (identity := batch.value("OrgnlPmtInfId")) and batch.value("PmtInfSts"):
            _keep(batches, identity, _status(batch, "PmtInfSts"), name, batch)
    for node in (*report.all("OrgnlPmtInfAndSts/TxInfAndSts"), *report.all("TxInfAndSts")):
        if identity := node.value("OrgnlEndToEndId"):
            _keep(debits, identity, _status(node, "TxSts"), name, node)
    return StatusReport(
        message_id=report.value("GrpHdr/MsgId"),
        original_id=original,
        group=_status(about, "GrpSts"),
        batches=batches,
        debits=debits,
    )


def _status(node: Node, path: str) -> Status:
    """Return the verdict of an element; a reason without a status is a refusal."""
    reason = node.value(
        "StsRsnInf/Rsn/Cd", "StsRsnInf/Rsn/Prtry", "StsRsnInf/StsRsn/Cd", "StsRsnInf/StsRsn/Prtry"
    )
    text = " ".join(found.text.strip() for found in node.all("StsRsnInf/AddtlInf"))
    text = text or " ".join(found.text.strip() for found in node.all("StsRsnInf/AddtlStsRsnInf"))
    code = node.value(path).upper()
    return Status(
        code=code or (REFUSED if reason and path == "TxSts" else ""),
        reason_code=reason[:LONGEST_CODE].upper(),
        text=" ".join(text.split())[:300],
    )


def _keep(found: dict[str, Status], identity: str, status: Status, name: str, node: Node) -> None:
    """Keep a verdict; the same again is one, another one of the same thing is a contradiction."""
    if len(found) >= MOST_STATUSES:
        raise StatementError(
            name, f"line {node.line}", f"the report names more than {MOST_STATUSES:,} of them"
        )
    if found.setdefault(identity, status) != status:
        raise StatementError(
            name,
            f"line {node.line}",
            f"the report says two different things of {identity[:40]}. Ask the bank which holds",
        )
