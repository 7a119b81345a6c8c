"""The two sides of a SAML sign-on: the provider its metadata tell of, and this desk.

The library that speaks SAML (python3-saml) is an extra, `dunwell[saml]`, and loaded when needed.
"""

from dataclasses import dataclass, field
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from lxml import etree

from dunwell.formats.private_addresses import is_private

LARGEST = 2 * 1024 * 1024
"""Bytes of metadata; a federation's list of thousands of providers is not what is meant."""

LARGEST_ANSWER = 256 * 1024

METADATA = "{urn:oasis:names:tc:SAML:2.0:metadata}"
DSIG = "http://www.w3.org/2000/09/xmldsig#"
SIGNATURE = f"{{{DSIG}}}"
PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"

SMALLEST_RSA = 2048

OFFERED = (
    "http://www.w3.org/2009/xmlenc11#aes256-gcm",
    "http://www.w3.org/2009/xmlenc11#aes128-gcm",
    "http://www.w3.org/2009/xmlenc11#rsa-oaep",
    "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p",
)
"""How our metadata ask a provider to encrypt, the best first."""


class SamlError(ValueError):
    """What a provider said of itself or of somebody does not hold; the text says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Provider:
    """A provider as its metadata tell it."""

    entity_id: str
    sign_on: str
    """Address that takes a request by redirect."""
    certificates: tuple[str, ...]
    """Base64 of each certificate whose key may sign."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """This desk as the provider knows it."""

    entity_id: str
    answers: str
    """Address that takes the provider's answers."""
    certificate: str = ""
    """Base64 of the certificate for whose key the provider may encrypt; empty without one."""
    keys: tuple[str, ...] = field(default=(), repr=False)
    """Private keys (PEM) that open what is encrypted, the newest first."""
    encrypted_only: bool = False
    """Whether an assertion in the open is refused."""


def read_xml(data: bytes, *, most: int) -> etree._Element:
    """Return the root of an XML document that declares nothing and hides nothing.

    Raises SamlError for one that is too large or damaged, or that has a document type, entities,
    comments or processing instructions: none of them is needed, and each has been an attack.
    """
    if len(data) > most:
        raise SamlError(f"the document has {len(data)} bytes, more than {most}")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SamlError(f"the XML is damaged: {error}") from error
    whole = root.getroottree()
    if whole.docinfo.doctype or whole.docinfo.internalDTD is not None:
        raise SamlError("the document declares a type of its own")
    around = (*root.itersiblings(preceding=True), *root.itersiblings())
    if around or any(not isinstance(one.tag, str) for one in root.iter()):
        raise SamlError("the document has comments, instructions or entities")
    return root


def read_provider(data: bytes, *, entity_id: str) -> Provider:
    """Return the provider of that name from metadata.

    Raises SamlError where the metadata do not tell it, or no address or key of it can be used.
    """
    root = read_xml(data, most=LARGEST)
    named = [
        one for one in root.iter(f"{METADATA}EntityDescriptor") if one.get("entityID") == entity_id
    ]
    roles = [
        role
        for one in named
        for role in one.findall(f"{METADATA}IDPSSODescriptor")
        if PROTOCOL in str(role.get("protocolSupportEnumeration", "")).split()
    ]
    if len(roles) != 1:
        raise SamlError(f"the metadata tell of no one identity provider {entity_id}")
    addresses = [
        str(one.get("Location", ""))
        for one in roles[0].findall(f"{METADATA}SingleSignOnService")
        if one.get("Binding") == REDIRECT
    ]
    if not addresses:
        raise SamlError("the provider takes no requests by redirect (HTTP-Redirect)")
    if not is_private(addresses[0]):
        raise SamlError(f"the provider's address {addresses[0]} is not reached by https")
    certificates = tuple(
        "".join("".join(one.itertext()).split())
        for key in roles[0].findall(f"{METADATA}KeyDescriptor")
        if key.get("use") in {None, "signing"}
        for one in key.iter(f"{SIGNATURE}X509Certificate")
    )
    if not certificates:
        raise SamlError("the provider names no certificate that it signs by")
    for one in certificates:
        _check_certificate(one)
    return Provider(entity_id=entity_id, sign_on=addresses[0], certificates=certificates)


def write_metadata(desk: Desk) -> bytes:
    """Return what the provider needs to know of this desk."""
    spoken = toolkit("settings").OneLogin_Saml2_Settings(
        _settings(desk, None), sp_validation_only=True
    )
    told: bytes | str = spoken.get_sp_metadata()
    data = told if isinstance(told, bytes) else told.encode()
    return _with_certificate(data, desk.certificate) if desk.certificate else data


def _with_certificate(data: bytes, certificate: str) -> bytes:
    """Return metadata with a certificate to encrypt for; the library would say it signs, too."""
    root = read_xml(data, most=LARGEST)
    key = etree.Element(f"{METADATA}KeyDescriptor", use="encryption", nsmap={"ds": DSIG})
    info = etree.SubElement(key, f"{SIGNATURE}KeyInfo")
    held = etree.SubElement(info, f"{SIGNATURE}X509Data")
    etree.SubElement(held, f"{SIGNATURE}X509Certificate").text = certificate
    for one in OFFERED:
        etree.SubElement(key, f"{METADATA}EncryptionMethod", Algorithm=one)
    roles = root.findall(f"{METADATA}SPSSODescriptor")
    roles[0].insert(0, key)
    told: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return told


def sign_on_request(provider: Provider, desk: Desk, *, anew: bool) -> tuple[str, str]:
    """Return the id of a new request, and the address that brings it to the provider.

    `anew` asks it to have the person prove who they are, however long they are signed in there.
    """
    auth = toolkit("auth").OneLogin_Saml2_Auth(heard_at(desk), settings_of(provider, desk))
    address: str = auth.login(return_to="", force_authn=anew)
    made: str = auth.get_last_request_id()
    return made, address


def settings_of(provider: Provider, desk: Desk) -> Any:
    """Return both sides as python3-saml takes them, as strict as it can be."""
    return toolkit("settings").OneLogin_Saml2_Settings(_settings(desk, provider))


def toolkit(module: str) -> Any:
    """Return a module of python3-saml; raise SamlError where the extra is not installed."""
    try:
        return import_module(f"onelogin.saml2.{module}")
    except ImportError as error:
        raise SamlError(f"SAML needs {error.name}: pip install 'dunwell[saml]'") from error


def heard_at(desk: Desk) -> dict[str, Any]:
    """Return the request that brings an answer, as python3-saml takes it."""
    parts = urlsplit(desk.answers)
    return {
        "https": "on" if parts.scheme == "https" else "off",
        "http_host": parts.netloc,
        "script_name": parts.path,
        "get_data": {},
        "post_data": {},
    }


def _settings(desk: Desk, provider: Provider | None) -> dict[str, Any]:
    made: dict[str, Any] = {
        "strict": True,
        "debug": False,
        "sp": {
            "entityId": desk.entity_id,
            "assertionConsumerService": {"url": desk.answers, "binding": POST},
            "NameIDFormat": "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
        },
        "security": {
            "authnRequestsSigned": False,
            "wantAssertionsSigned": True,
            "wantNameId": True,
            "wantAttributeStatement": False,
            "requestedAuthnContext": False,
            "allowRepeatAttributeName": True,
            "allowSingleLabelDomains": True,
            "rejectDeprecatedAlgorithm": True,
            "signatureAlgorithm": RSA_SHA256,
            "digestAlgorithm": SHA256,
        },
    }
    if provider is not None:
        made["idp"] = {
            "entityId": provider.entity_id,
            "singleSignOnService": {"url": provider.sign_on, "binding": REDIRECT},
            "x509certMulti": {"signing": list(provider.certificates)},
        }
    return made


def _check_certificate(text: str) -> None:
    try:
        pem = f"-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n"
        key = x509.load_pem_x509_certificate(pem.encode()).public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise SamlError(f"a certificate of the provider cannot be read: {error}") from error
    strong = isinstance(key, ec.EllipticCurvePublicKey) or (
        isinstance(key, rsa.RSAPublicKey) and key.key_size >= SMALLEST_RSA
    )
    if not strong:
        raise SamlError(f"a key of the provider is weaker than RSA with {SMALLEST_RSA} bits")
