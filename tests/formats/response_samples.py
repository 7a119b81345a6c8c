"""Answers to invoices as systems write them: Peppol, message level, French life cycle."""

UBL = "urn:oasis:names:specification:ubl:schema:xsd"
UNECE = "urn:un:unece:uncefact:data:standard"


def peppol(
    number="R1",
    code="RE",
    *,
    identity="IR-1",
    on="2026-03-04",
    status="",
    kind="invoice_response",
):
    """Return a Peppol Invoice Response 3 about one invoice; `status` stands inside the response."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<ApplicationResponse xmlns="{UBL}:ApplicationResponse-2"
    xmlns:cac="{UBL}:CommonAggregateComponents-2" xmlns:cbc="{UBL}:CommonBasicComponents-2">
  <cbc:CustomizationID>urn:fdc:peppol.eu:poacc:trns:{kind}:3</cbc:CustomizationID>
  <cbc:ProfileID>urn:fdc:peppol.eu:poacc:bis:{kind}:3</cbc:ProfileID>
  <cbc:ID>{identity}</cbc:ID>
  <cbc:IssueDate>2026-03-05</cbc:IssueDate>
  <cac:SenderParty>
    <cbc:EndpointID schemeID="0088">4007731000016</cbc:EndpointID>
    <cac:PartyLegalEntity><cbc:RegistrationName>Acme GmbH</cbc:RegistrationName></cac:PartyLegalEntity>
  </cac:SenderParty>
  <cac:ReceiverParty><cbc:EndpointID schemeID="9930">DE123456789</cbc:EndpointID></cac:ReceiverParty>
  <cac:DocumentResponse>
    <cac:Response>
      <cbc:ResponseCode listID="UNCL4343OpSubset">{code}</cbc:ResponseCode>
      <cbc:EffectiveDate>{on}</cbc:EffectiveDate>{status}
    </cac:Response>
    <cac:DocumentReference>
      <cbc:ID>{number}</cbc:ID>
      <cbc:DocumentTypeCode listID="UNCL1001">380</cbc:DocumentTypeCode>
    </cac:DocumentReference>
  </cac:DocumentResponse>
</ApplicationResponse>
""".encode()


def reason(code, text="", *, listed="OPStatusReason", condition=""):
    """Return a status of a Peppol response with a reason or action code."""
    return f"""
      <cac:Status>
        <cbc:StatusReasonCode listID="{listed}">{code}</cbc:StatusReasonCode>
        <cbc:StatusReason>{text}</cbc:StatusReason>{condition}
      </cac:Status>"""


def condition(name, value):
    """Return a condition of a Peppol status: a field and what should stand in it."""
    return f"""
        <cac:Condition>
          <cbc:AttributeID>{name}</cbc:AttributeID><cbc:Description>{value}</cbc:Description>
        </cac:Condition>"""


def cdar(number="R1", code="207", *, identity="CDV-1", on="20260304", status=""):
    """Return a French life-cycle message about one invoice."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossDomainAcknowledgementAndResponse
    xmlns:rsm="{UNECE}:CrossDomainAcknowledgementAndResponse:100"
    xmlns:ram="{UNECE}:ReusableAggregateBusinessInformationEntity:100"
    xmlns:udt="{UNECE}:UnqualifiedDataType:100">
  <rsm:ExchangedDocumentContext>
    <ram:GuidelineSpecifiedDocumentContextParameter>
      <ram:ID>urn.cpro.gouv.fr:1p0:CDV:invoice</ram:ID>
    </ram:GuidelineSpecifiedDocumentContextParameter>
  </rsm:ExchangedDocumentContext>
  <rsm:ExchangedDocument>
    <ram:ID>{identity}</ram:ID>
    <ram:IssueDateTime><udt:DateTimeString format="204">20260305101500</udt:DateTimeString></ram:IssueDateTime>
    <ram:SenderTradeParty><ram:Name>Platform SA</ram:Name></ram:SenderTradeParty>
  </rsm:ExchangedDocument>
  <rsm:AcknowledgementDocument>
    <ram:TypeCode>23</ram:TypeCode>
    <ram:IssueDateTime><udt:DateTimeString format="102">{on}</udt:DateTimeString></ram:IssueDateTime>
    <ram:ReferenceReferencedDocument>
      <ram:IssuerAssignedID>{number}</ram:IssuerAssignedID>
      <ram:ProcessConditionCode>{code}</ram:ProcessConditionCode>{status}
    </ram:ReferenceReferencedDocument>
  </rsm:AcknowledgementDocument>
</rsm:CrossDomainAcknowledgementAndResponse>
""".encode()


def french_reason(code, text="", *, amount=""):
    """Return the status of a life-cycle message, with an amount where one is told."""
    told = (
        "<ram:SpecifiedDocumentCharacteristic><ram:TypeCode>MEN</ram:TypeCode>"
        f'<ram:ValueAmount currencyID="EUR">{amount}</ram:ValueAmount>'
        "</ram:SpecifiedDocumentCharacteristic>"
        if amount
        else ""
    )
    return f"""
      <ram:SpecifiedDocumentStatus>
        <ram:ReasonCode>{code}</ram:ReasonCode><ram:Reason>{text}</ram:Reason>{told}
      </ram:SpecifiedDocumentStatus>"""
