"""pain.002: every version alike, and whatever is not one refused with its place."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.formats.bank.statement import StatementError
from dunwell.formats.pain002 import Status, read_pain002

PART = Status(code="PART")


def _verdict(path, status, reason, text=""):
    told = f"<AddtlInf>{text}</AddtlInf>" if text else ""
    why = f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn>{told}</StsRsnInf>" if reason else ""
    return f"<{path}>{status}</{path}>{why}" if status else why


def report(original, status, *, reason="", batches=(), debits=(), version="pain.002.001.10"):
    """A status report about a message: verdicts on it, its batches and its debits."""
    listed = "".join(
        f"<TxInfAndSts><OrgnlEndToEndId>{key}</OrgnlEndToEndId>{_verdict('TxSts', state, code)}"
        "</TxInfAndSts>"
        for key, state, code in debits
    )
    told = "".join(
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{key}</OrgnlPmtInfId>"
        f"{_verdict('PmtInfSts', state, code)}</OrgnlPmtInfAndSts>"
        for key, state, code in batches
    )
    return (
        f'<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:{version}">'
        "<CstmrPmtStsRpt><GrpHdr><MsgId>S1</MsgId></GrpHdr><OrgnlGrpInfAndSts>"
        f"<OrgnlMsgId>{original}</OrgnlMsgId>{_verdict('GrpSts', status, reason)}"
        f"</OrgnlGrpInfAndSts>{told}<OrgnlPmtInfAndSts><OrgnlPmtInfId>B9</OrgnlPmtInfId>{listed}"
        "</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    ).encode()


@pytest.mark.parametrize("version", ["pain.002.001.03", "pain.002.001.10", "pain.002.003.03"])
def test_group_batches_and_debits_are_read_in_every_version(version):
    found = read_pain002(
        report(
            "DD1-1",
            "PART",
            batches=[("DD1-1-FRST", "ACSP", "")],
            debits=[("DD1-1-1", "RJCT", "am04"), ("DD1-1-2", "", "AC01")],
            version=version,
        ),
        "a.xml",
    )

    assert (found.message_id, found.original_id, found.group) == ("S1", "DD1-1", PART)
    assert found.batches == {"DD1-1-FRST": Status(code="ACSP")}
    # a reason without a status is a refusal too
    assert found.debits == {
        "DD1-1-1": Status(code="RJCT", reason_code="AM04"),
        "DD1-1-2": Status(code="RJCT", reason_code="AC01"),
    }
    assert [found.debits[key].is_refused for key in found.debits] == [True, True]


def test_the_oldest_version_lists_debits_beside_the_group():
    content = (
        b"<Document><pain.002.001.02><GrpHdr><MsgId>S1</MsgId></GrpHdr><OrgnlGrpInfAndSts>"
        b"<OrgnlMsgId>DD1-1</OrgnlMsgId><GrpSts>PART</GrpSts></OrgnlGrpInfAndSts><TxInfAndSts>"
        b"<OrgnlEndToEndId>DD1-1-1</OrgnlEndToEndId><TxSts>RJCT</TxSts><StsRsnInf><StsRsn>"
        b"<Prtry>MD07</Prtry></StsRsn><AddtlStsRsnInf>has  died</AddtlStsRsnInf></StsRsnInf>"
        b"</TxInfAndSts></pain.002.001.02></Document>"
    )

    assert read_pain002(content, "old.xml").debits == {
        "DD1-1-1": Status(code="RJCT", reason_code="MD07", text="has died")
    }


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "a.xml: line 1, column 1: the XML is damaged or cut off"),
        (b"<Document><X/></Document>", "a.xml: line 1: this is no status report"),
        (b"<Other><CstmrPmtStsRpt/></Other>", "this is no status report"),
        (b"<Document><CstmrPmtStsRpt/></Document>", "does not say which message it is about"),
        (
            b'<!DOCTYPE a [<!ENTITY b "c">]><Document><CstmrPmtStsRpt/></Document>',
            "declares a document type or an entity",
        ),
        (report("M", "PART", debits=[("E", "RJCT", "AM04"), ("E", "ACSP", "")]), "two different"),
        (report("M", "PART")[:-20], "damaged or cut off"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(content, sentence):
    with pytest.raises(StatementError, match=sentence):
        read_pain002(content, "a.xml")


@given(at=st.integers(0, 700), byte=st.integers(0, 255), drop=st.integers(0, 3))
def test_a_damaged_report_never_breaks_the_reader(at, byte, drop):
    whole = report("DD1-1", "PART", debits=[("DD1-1-1", "RJCT", "AM04")])
    at %= len(whole)
    damaged = whole[:at] + bytes([byte]) + whole[at + drop :]

    with suppress(StatementError):
        assert read_pain002(damaged, "a.xml").original_id
