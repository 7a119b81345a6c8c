"""Encrypts assertions as providers do, by libxmlsec1, which the desk does not open them with."""

import re

import pytest
import xmlsec
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from dunwell.actions.saml_keys import make_saml_key
from dunwell.queries.saml_keys import saml_certificate
from tests.conftest import AT
from tests.trust.saml_server import A, D, certificate

XENC, XENC11 = "http://www.w3.org/2001/04/xmlenc#", "http://www.w3.org/2009/xmlenc11#"
GCM, CBC = f"{XENC11}aes256-gcm", f"{XENC}aes256-cbc"
OAEP_SHA1, OAEP, RSA_15 = f"{XENC}rsa-oaep-mgf1p", f"{XENC11}rsa-oaep", f"{XENC}rsa-1_5"
TRIPLE_DES = f"{XENC}tripledes-cbc"
SHA256 = f"{XENC}sha256"


def pem_of(told):
    """The PEM of a certificate as metadata have it."""
    return f"-----BEGIN CERTIFICATE-----\n{told}\n-----END CERTIFICATE-----\n".encode()


def pem_of_key(key):
    return certificate(key).public_bytes(Encoding.PEM)


class Encrypting:
    """Puts the assertion of an answer out of sight, or what else it is told to.

    `beside` puts the key beside what it opens; `loose` leaves names of the answer out of it.
    """

    def __init__(
        self, pem, *, cipher=GCM, transport=OAEP_SHA1, inside="", beside=False, loose=False
    ):
        self.pem, self.cipher, self.transport, self.inside = pem, cipher, transport, inside
        self.beside, self.loose = beside, loose

    def __call__(self, root):
        held = root.find(f"{{{A}}}Assertion")
        self.hide(root, held)
        root.remove(held)

    def hide(self, root, element):
        """Add an element to the answer, encrypted."""
        place = etree.SubElement(root, f"{{{A}}}EncryptedAssertion", nsmap={None: A})
        plain = etree.tostring(element, with_tail=False)
        if self.loose:
            plain = plain.replace(f' xmlns="{A}"'.encode(), b"", 1)
            assert f'xmlns="{A}"'.encode() not in plain
        manager = xmlsec.KeysManager()
        manager.add_key(xmlsec.Key.from_memory(self.pem, xmlsec.KeyFormat.CERT_PEM))
        context = xmlsec.EncryptionContext(manager)
        kind = xmlsec.KeyData.DES if self.cipher == TRIPLE_DES else xmlsec.KeyData.AES
        bits = 192 if self.cipher == TRIPLE_DES else int(re.search("aes([0-9]+)", self.cipher)[1])
        context.key = xmlsec.Key.generate(kind, bits, xmlsec.KeyDataType.SESSION)
        place.append(context.encrypt_binary(self.template(), plain))
        if self.beside:
            place.append(place.find(f".//{{{XENC}}}EncryptedKey"))

    def template(self):
        return etree.fromstring(
            f'<xenc:EncryptedData xmlns:xenc="{XENC}" Type="{XENC}Element">'
            f'<xenc:EncryptionMethod Algorithm="{self.cipher}"/><ds:KeyInfo xmlns:ds="{D}">'
            f'<xenc:EncryptedKey><xenc:EncryptionMethod Algorithm="{self.transport}">'
            f"{self.inside}</xenc:EncryptionMethod><xenc:CipherData><xenc:CipherValue/>"
            "</xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData>"
            "<xenc:CipherValue/></xenc:CipherData></xenc:EncryptedData>"
        )


@pytest.fixture
def pem(db):
    """The certificate for which the provider encrypts, as our metadata tell it."""
    make_saml_key(at=AT)
    return pem_of(saml_certificate())


def sealed_parts(root):
    place = root.find(f"{{{A}}}EncryptedAssertion")
    data = place.find(f"{{{XENC}}}EncryptedData")
    return place, data
