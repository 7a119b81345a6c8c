"""Assertions that a SAML provider encrypts for this desk, and the key pair it needs for that.

Opened with `cryptography` and not by the XML library: that one follows references and transforms
which whoever wrote the answer chooses, and knows algorithms that are broken. Here one value is
opened with one key that travels beside it (XML Encryption 1.1), by algorithms named below.
"""

import base64
import binascii
import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from lxml import etree

from dunwell.formats.saml_parties import LARGEST_ANSWER, SamlError, read_xml

SAML = "{urn:oasis:names:tc:SAML:2.0:assertion}"
DS = "{http://www.w3.org/2000/09/xmldsig#}"
XENC = "{http://www.w3.org/2001/04/xmlenc#}"
XENC11 = "{http://www.w3.org/2009/xmlenc11#}"
ELEMENT = "http://www.w3.org/2001/04/xmlenc#Element"

GCM: Mapping[str, int] = {
    f"http://www.w3.org/2009/xmlenc11#aes{bits}-gcm": bits // 8 for bits in (128, 192, 256)
}
"""Bytes of the key by the name of the cipher; it notices itself what was changed."""
CBC: Mapping[str, int] = {
    f"http://www.w3.org/2001/04/xmlenc#aes{bits}-cbc": bits // 8 for bits in (128, 192, 256)
}
"""Notices nothing: whoever may ask about changed ones reads them a byte at a time (Jager and
Somorovsky 2011), so these are opened only where the provider signed the encrypted answer."""

OAEP_SHA1 = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"
OAEP = "http://www.w3.org/2009/xmlenc11#rsa-oaep"
DIGESTS: Mapping[str, type[hashes.HashAlgorithm]] = {
    "http://www.w3.org/2000/09/xmldsig#sha1": hashes.SHA1,
    "http://www.w3.org/2001/04/xmlenc#sha256": hashes.SHA256,
    "http://www.w3.org/2001/04/xmldsig-more#sha384": hashes.SHA384,
    "http://www.w3.org/2001/04/xmlenc#sha512": hashes.SHA512,
}
"""SHA-1 is what the standard begins with; OAEP needs no resistance to collisions."""
UNSAID = hashes.SHA1
"""What OAEP takes where a method names nothing."""
MASKS: Mapping[str, type[hashes.HashAlgorithm]] = {
    f"http://www.w3.org/2009/xmlenc11#mgf1{name}": digest
    for name, digest in (
        ("sha1", hashes.SHA1),
        ("sha256", hashes.SHA256),
        ("sha384", hashes.SHA384),
        ("sha512", hashes.SHA512),
    )
}
NONCE, TAG, BLOCK = 12, 16, 16
BITS = 3072
LASTS = timedelta(days=3650)

NOT_OPENED = "the assertion cannot be opened with a key of this desk"
"""One text for each way in which opening fails, lest it be asked until it tells the content."""


def new_key(*, at: datetime) -> tuple[str, str]:
    """Return a fresh private key as PEM, and base64 of a certificate for it by itself."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Dunwell SAML encryption")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        # a provider whose clock is behind ours takes it, too
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + LASTS)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    told = made.public_bytes(serialization.Encoding.DER)
    return private.decode(), base64.b64encode(told).decode()


def fingerprint(certificate: str) -> str:
    """Return SHA-256 of a certificate (base64) in pairs of digits, as providers show it."""
    return hashlib.sha256(base64.b64decode(certificate)).digest().hex(":").upper()


def opened_answer(root: etree._Element, *, keys: Sequence[str], is_signed: bool) -> bytes:
    """Return an answer with its assertion in the open and without the signature around it.

    `is_signed` says that a signature of the provider over all of `root` was checked. `keys` are
    tried one after the other. Raises SamlError for what is weak or misplaced, with the reason,
    and for whatever does not open with one text for all. Who signed the assertion is the
    caller's to check: anybody can encrypt for us.
    """
    if not keys:
        raise SamlError("the assertion is encrypted, and this desk has no key: dunwell saml_keys")
    sealed = _sealed(root)
    data = _only(sealed, f"{XENC}EncryptedData")
    if data.get("Type") != ELEMENT:
        raise SamlError("what is encrypted is no element")
    open_key = _transport(data, sealed)
    cipher = str(_only(data, f"{XENC}EncryptionMethod").get("Algorithm"))
    if cipher in CBC and not is_signed:
        raise SamlError(
            "AES-CBC is accepted only where the whole answer is signed; have the provider sign"
            " the answer, too, or encrypt with AES-GCM"
        )
    if cipher not in CBC and cipher not in GCM:
        raise SamlError(f"the encryption {cipher} is not accepted")
    content = _value(data)
    for key in keys:
        assertion = _assertion(open_key, key, cipher, content, sealed)
        if assertion is not None:
            return _spliced(root, sealed, assertion)
    raise SamlError(NOT_OPENED)


def _sealed(root: etree._Element) -> etree._Element:
    found = list(root.iter(f"{SAML}EncryptedAssertion"))
    if len(found) != 1 or found[0].getparent() is not root:
        raise SamlError(f"the answer has {len(found)} encrypted assertions, or not in their place")
    if next(root.iter(f"{SAML}Assertion"), None) is not None:
        raise SamlError("the answer has an encrypted assertion and one in the open")
    if any(one.tag not in {f"{XENC}EncryptedData", f"{XENC}EncryptedKey"} for one in found[0]):
        raise SamlError("something else stands beside what is encrypted")
    return found[0]


def _transport(data: etree._Element, sealed: etree._Element) -> Callable[[str], bytes | None]:
    """Return what opens the key of the content with a private key; None where it does not."""
    found = list(sealed.iter(f"{XENC}EncryptedKey"))
    if len(found) != 1 or found[0].getparent() not in (sealed, data.find(f"{DS}KeyInfo")):
        raise SamlError(f"{len(found)} keys come along, or not where they belong")
    method = _only(found[0], f"{XENC}EncryptionMethod")
    name = str(method.get("Algorithm"))
    if name not in {OAEP, OAEP_SHA1}:
        raise SamlError(f"the encryption of the key {name} is not accepted")
    if method.find(f"{XENC}OAEPparams") is not None:
        raise SamlError("the key is bound to parameters of OAEP")
    digest = _named(method, f"{DS}DigestMethod", DIGESTS)
    mask = _named(method, f"{XENC11}MGF", MASKS) if name == OAEP else UNSAID()
    pad = padding.OAEP(mgf=padding.MGF1(mask), algorithm=digest, label=None)
    value = _value(found[0])

    def opened(pem: str) -> bytes | None:
        private = serialization.load_pem_private_key(pem.encode(), None)
        try:
            return private.decrypt(value, pad) if isinstance(private, rsa.RSAPrivateKey) else None
        except (ValueError, UnsupportedAlgorithm):
            return None

    return opened


def _assertion(
    open_key: Callable[[str], bytes | None],
    private: str,
    cipher: str,
    content: bytes,
    sealed: etree._Element,
) -> str | None:
    key = open_key(private)
    if key is None or len(key) != (GCM.get(cipher) or CBC.get(cipher)):
        return None
    try:
        plain = _gcm(key, content) if cipher in GCM else _cbc(key, content)
        # names of the answer count inside, too: some providers leave them out of what they encrypt
        scope = etree.tostring(etree.Element("scope", nsmap=sealed.nsmap)).removesuffix(b"/>")
        held = read_xml(scope + b">" + plain + b"</scope>", most=LARGEST_ANSWER)
    except (ValueError, InvalidTag):
        return None
    around = held.text or (held[0].tail if len(held) else None) or ""
    if len(held) != 1 or held[0].tag != f"{SAML}Assertion" or around.strip():
        return None
    told: str = etree.tostring(held[0], encoding="unicode", with_tail=False)
    return told


def _spliced(root: etree._Element, sealed: etree._Element, assertion: str) -> bytes:
    """Return the answer's bytes with the assertion's in place of what was encrypted.

    As text, for an element that moves from tree to tree may take another prefix for its names,
    over which it was signed.
    """
    for one in root.findall(f"{DS}Signature"):
        root.remove(one)
    place = secrets.token_hex(32)
    before = sealed.getprevious()
    if before is None:
        root.text = place
    else:
        before.tail = place
    root.remove(sealed)
    told: str = etree.tostring(root, encoding="unicode")
    return told.replace(place, assertion, 1).encode()


def _gcm(key: bytes, content: bytes) -> bytes:
    if len(content) < NONCE + TAG:
        raise ValueError("too short")
    return AESGCM(key).decrypt(content[:NONCE], content[NONCE:], None)


def _cbc(key: bytes, content: bytes) -> bytes:
    opener = Cipher(AES(key), modes.CBC(content[:BLOCK])).decryptor()
    plain = opener.update(content[BLOCK:]) + opener.finalize()
    # the last byte counts the bytes that fill the last block, whatever they are
    if not plain or not 1 <= plain[-1] <= BLOCK:
        raise ValueError("no padding")
    return plain[: -plain[-1]]


def _named(
    method: etree._Element, name: str, known: Mapping[str, type[hashes.HashAlgorithm]]
) -> hashes.HashAlgorithm:
    """Return the algorithm that a method names, SHA-1 where it names none."""
    found = method.findall(name)
    if not found:
        return UNSAID()
    told = str(found[0].get("Algorithm"))
    if len(found) != 1 or told not in known:
        raise SamlError(f"the encryption of the key with {told} is not accepted")
    return known[told]()


def _value(element: etree._Element) -> bytes:
    """Return the bytes that stand in an element itself; what it refers to is not fetched."""
    held = _only(_only(element, f"{XENC}CipherData"), f"{XENC}CipherValue")
    try:
        return base64.b64decode("".join("".join(held.itertext()).split()), validate=True)
    except (binascii.Error, ValueError):
        raise SamlError(NOT_OPENED) from None


def _only(parent: etree._Element, name: str) -> etree._Element:
    found = parent.findall(name)
    if len(found) != 1:
        raise SamlError(f"what is encrypted has {len(found)} times {etree.QName(name).localname}")
    return found[0]
