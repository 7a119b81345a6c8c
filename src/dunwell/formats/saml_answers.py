"""An answer of a SAML provider: who it says somebody is, or why it does not hold.

python3-saml checks schema, signature and conditions. What it lets pass, because the standard
does or because it looks things up by name, is checked here on the same bytes first: one signed
assertion in one place and no second thing of the same name, strong algorithms by name, and
audience, recipient, destination, end and the request it answers, none of which may be missing.
One that came encrypted is opened before (`saml_encryption`) and then checked like any other.
"""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from lxml import etree

from dunwell.formats.saml_encryption import opened_answer
from dunwell.formats.saml_parties import (
    LARGEST_ANSWER,
    Desk,
    Provider,
    SamlError,
    heard_at,
    read_xml,
    settings_of,
    toolkit,
)

LONGEST_SUBJECT = 191
"""Characters of a subject that the table of identities holds."""

LEEWAY = timedelta(seconds=60)
"""By how much the provider's clock may differ from ours."""

SAML = "{urn:oasis:names:tc:SAML:2.0:assertion}"
PROTOCOL = "{urn:oasis:names:tc:SAML:2.0:protocol}"
DS = "{http://www.w3.org/2000/09/xmldsig#}"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
BY_ADDRESS = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"

SIGNED_BY = frozenset(
    f"http://www.w3.org/2001/04/xmldsig-more#{kind}-sha{bits}"
    for kind in ("rsa", "ecdsa")
    for bits in (256, 384, 512)
)
DIGESTS = frozenset(
    {
        "http://www.w3.org/2001/04/xmlenc#sha256",
        "http://www.w3.org/2001/04/xmldsig-more#sha384",
        "http://www.w3.org/2001/04/xmlenc#sha512",
    }
)
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
TRANSFORMS = frozenset({EXCLUSIVE, "http://www.w3.org/2000/09/xmldsig#enveloped-signature"})

EMAILS = frozenset(
    {
        "email",
        "mail",
        "urn:oid:0.9.2342.19200300.100.1.3",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    }
)
"""Names under which providers tell somebody's address."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """Who a provider says somebody is."""

    assertion_id: str
    request_id: str
    """The request of ours that it answers."""
    subject: str
    email: str
    context: str
    """How the person proved it (AuthnContextClassRef); empty where it is not told."""
    proved_at: datetime
    ends_at: datetime
    """From then on the assertion does not hold any more, by any clock we believe."""


def read_answer(encoded: str, *, provider: Provider, desk: Desk, at: datetime) -> Answer:
    """Return the answer that a form brought.

    Raises SamlError unless the provider signed exactly this assertion, for this desk and now.
    Whether it answers a request of this browser, and came for the first time, is the caller's.
    """
    if len(encoded) > LARGEST_ANSWER:
        raise SamlError("the answer is too large")
    try:
        data = base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise SamlError("the answer is not base64") from error
    root = read_xml(data, most=LARGEST_ANSWER)
    if root.tag != f"{PROTOCOL}Response":
        raise SamlError("this is no answer to a request for a sign-on")
    if next(root.iter(f"{SAML}EncryptedAssertion"), None) is not None:
        data = _opened(root, data, provider=provider, desk=desk)
        root = read_xml(data, most=LARGEST_ANSWER)
    elif desk.encrypted_only:
        raise SamlError("the assertion is not encrypted, and this desk takes no other")
    assertion = _one_signed(root)
    library, given = toolkit("response"), base64.b64encode(data).decode()
    try:
        told = library.OneLogin_Saml2_Response(settings_of(provider, desk), given)
        told.is_valid(heard_at(desk), raise_exceptions=True)
    # it raises its own errors, those of xmlsec and lxml, and plain exceptions; each is a no
    except Exception as error:
        raise SamlError(str(error) or type(error).__name__) from error
    return _checked(root, assertion, provider=provider, desk=desk, at=at)


def _opened(root: etree._Element, data: bytes, *, provider: Provider, desk: Desk) -> bytes:
    """Return the answer with its assertion in the open, as if it had come so.

    A signature around what is encrypted is checked first, and then taken away, for it is not over
    what is opened. It stands for nothing else: the assertion has to be signed itself, as any.
    """
    _check_ids(root)
    signatures = list(root.iter(f"{DS}Signature"))
    if len(signatures) > 1 or any(one.getparent() is not root for one in signatures):
        raise SamlError("something else than the whole answer is signed around the encrypted one")
    for one in signatures:
        _check_signature(one)
        tools = toolkit("utils").OneLogin_Saml2_Utils
        certificates = [tools.format_cert(told) for told in provider.certificates]
        try:
            holds = tools.validate_sign(
                data,
                xpath="/samlp:Response/ds:Signature",
                multicerts=certificates,
                raise_exceptions=True,
            )
        # as below: each error of the library is a no
        except Exception as error:
            raise SamlError(str(error) or type(error).__name__) from error
        if holds is not True:
            raise SamlError("the signature around the encrypted assertion does not hold")
    return opened_answer(root, keys=desk.keys, is_signed=bool(signatures))


def _check_ids(root: etree._Element) -> None:
    ids = [
        value for one in root.iter() for key, value in one.attrib.items() if key.lower() == "id"
    ]
    if len(set(ids)) != len(ids):
        raise SamlError("two elements have the same ID")


def _one_signed(root: etree._Element) -> etree._Element:
    """Return the one assertion, signed itself where it stands."""
    _check_ids(root)
    if next(root.iter(f"{SAML}EncryptedAssertion"), None) is not None:
        raise SamlError("an encrypted assertion stands inside the encrypted one")
    found = list(root.iter(f"{SAML}Assertion"))
    if len(found) != 1 or found[0].getparent() is not root:
        raise SamlError(f"the answer has {len(found)} assertions, or not where they belong")
    signatures = list(root.iter(f"{DS}Signature"))
    parents = [one.getparent() for one in signatures]
    if parents.count(found[0]) != 1 or any(one not in (root, found[0]) for one in parents):
        raise SamlError("the assertion is not signed itself, or something else is")
    if parents.count(root) > 1:
        raise SamlError("the answer is signed more than once")
    for one in signatures:
        _check_signature(one)
    return found[0]


def _check_signature(signature: etree._Element) -> None:
    """Raise SamlError unless it is over its parent alone, by algorithms that hold."""
    parent = signature.getparent()
    references = list(signature.iter(f"{DS}Reference"))
    if parent is None or len(references) != 1:
        raise SamlError("a signature is over more than one thing")
    if references[0].get("URI") != f"#{parent.get('ID')}" or not parent.get("ID"):
        raise SamlError("a signature is over something else than where it stands")
    if next(signature.iter(f"{DS}Object"), None) is not None:
        raise SamlError("a signature holds objects of its own")
    for name, known in (
        ("SignatureMethod", SIGNED_BY),
        ("DigestMethod", DIGESTS),
        ("CanonicalizationMethod", frozenset({EXCLUSIVE})),
        ("Transform", TRANSFORMS),
    ):
        used = [one.get("Algorithm") for one in signature.iter(f"{DS}{name}")]
        for one in used or [None]:
            if one not in known:
                raise SamlError(f"the signature's {name} {one} is not accepted")


def _checked(
    root: etree._Element,
    assertion: etree._Element,
    *,
    provider: Provider,
    desk: Desk,
    at: datetime,
) -> Answer:
    if root.get("Destination") != desk.answers:
        raise SamlError(f"the answer was sent to {root.get('Destination')!r}")
    if _text(_only(assertion, "Issuer")) != provider.entity_id:
        raise SamlError("the assertion is of another provider")
    _check_conditions(_only(assertion, "Conditions"), desk=desk, at=at)
    subject = _only(assertion, "Subject")
    request_id, ends_at = _confirmed(subject, desk=desk, at=at)
    if root.get("InResponseTo") != request_id:
        raise SamlError("the answer and its assertion answer different requests")
    name = _only(subject, "NameID")
    told = _text(name)
    if not 0 < len(told) <= LONGEST_SUBJECT:
        raise SamlError("the assertion names nobody, or by too long a name")
    if name.get("Format") == TRANSIENT:
        raise SamlError("the provider names people anew each time (transient)")
    statement = _only(assertion, "AuthnStatement")
    proved_at = _moment(statement, "AuthnInstant")
    if proved_at is None or proved_at > at + LEEWAY:
        raise SamlError("the provider does not say when the person proved who they are")
    contexts = [_text(one) for one in statement.iter(f"{SAML}AuthnContextClassRef")]
    address = _address(assertion) or (told if name.get("Format") == BY_ADDRESS else "")
    return Answer(
        assertion_id=str(assertion.get("ID")),
        request_id=request_id,
        subject=told,
        email=address,
        context=contexts[0] if contexts else "",
        proved_at=proved_at,
        ends_at=ends_at,
    )


def _check_conditions(conditions: etree._Element, *, desk: Desk, at: datetime) -> None:
    restrictions = conditions.findall(f"{SAML}AudienceRestriction")
    if not restrictions:
        raise SamlError("the assertion does not say for whom it is")
    for one in restrictions:
        if desk.entity_id not in [_text(audience) for audience in one.iter(f"{SAML}Audience")]:
            raise SamlError("the assertion is for somebody else")
    begins, ends = _moment(conditions, "NotBefore"), _moment(conditions, "NotOnOrAfter")
    if (begins is not None and begins > at + LEEWAY) or (ends is not None and ends <= at - LEEWAY):
        raise SamlError("the assertion does not hold now")


def _confirmed(subject: etree._Element, *, desk: Desk, at: datetime) -> tuple[str, datetime]:
    """Return the request that is answered, and when the answer ends."""
    for confirmation in subject.findall(f"{SAML}SubjectConfirmation"):
        data = confirmation.find(f"{SAML}SubjectConfirmationData")
        if confirmation.get("Method") != BEARER or data is None:
            continue
        begins, ends = _moment(data, "NotBefore"), _moment(data, "NotOnOrAfter")
        answers = data.get("InResponseTo")
        if (
            data.get("Recipient") == desk.answers
            and answers
            and ends is not None
            and at - LEEWAY < ends
            and (begins is None or begins <= at + LEEWAY)
        ):
            return str(answers), ends + LEEWAY
    raise SamlError("the assertion is not confirmed for this desk, this request and this moment")


def _address(assertion: etree._Element) -> str:
    for one in assertion.iter(f"{SAML}Attribute"):
        if one.get("Name") in EMAILS:
            values = [_text(value) for value in one.findall(f"{SAML}AttributeValue")]
            return values[0] if len(values) == 1 else ""
    return ""


def _only(parent: etree._Element, name: str) -> etree._Element:
    found = parent.findall(f"{SAML}{name}")
    if len(found) != 1:
        raise SamlError(f"the assertion has {len(found)} times {name}")
    return found[0]


def _text(element: etree._Element) -> str:
    return "".join(element.itertext()).strip()


def _moment(element: etree._Element, name: str) -> datetime | None:
    told = element.get(name)
    if told is None:
        return None
    try:
        read = datetime.fromisoformat(told)
    except ValueError as error:
        raise SamlError(f"{name} {told!r} is no moment") from error
    # the standard has UTC alone, and lets it be said or not
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
