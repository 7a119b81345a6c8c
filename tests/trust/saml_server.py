"""A SAML identity provider on loopback: metadata, requests by redirect, signed answers by a form."""

import base64
import html
import re
import secrets
import threading
import time
import zlib
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree

P, A, D = (
    "urn:oasis:names:tc:SAML:2.0:protocol",
    "urn:oasis:names:tc:SAML:2.0:assertion",
    "http://www.w3.org/2000/09/xmldsig#",
)
PASSWORD = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
MAIL = "urn:oid:0.9.2342.19200300.100.1.3"


def rsa_key(bits=2048):
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def certificate(key):
    """A certificate of a key by itself, as providers publish theirs."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "id.northwind.example")])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(datetime(2020, 1, 1)).not_valid_after(datetime(2040, 1, 1))
    return made.sign(key, hashes.SHA256())


def pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def stamp(offset=0):
    """A moment as SAML writes it, so many seconds from now."""
    return (datetime.fromtimestamp(time.time(), UTC) + timedelta(seconds=offset)).strftime(
        "%Y-%m-%dT%H:%M:%SZ"
    )


def attributes(**given):
    return "".join(f' {name}="{told}"' for name, told in given.items() if told is not None)


class SamlProvider:
    """What it says is `told` over what is honest; `bend` changes the tree before it is signed,
    `damage` the bytes after."""

    def __init__(self):
        self.key = rsa_key()
        self.certificate = certificate(self.key)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.provider = self
        self.issuer = f"http://127.0.0.1:{self.server.server_port}/metadata"
        self.honest()
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def honest(self):
        self.told, self.asked = {}, None
        self.signs, self.algorithm, self.digest = ("assertion",), "RSA_SHA256", "SHA256"
        self.by, self.encrypts = self.key, None
        self.bend = self.damage = lambda given: given

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def metadata(self, key=None, *, certified=None):
        shown = (certified or self.certificate).public_bytes(serialization.Encoding.DER)
        where = f"http://127.0.0.1:{self.server.server_port}/sso"
        return (
            f'<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{self.issuer}">'
            f'<IDPSSODescriptor protocolSupportEnumeration="{P}"><KeyDescriptor use="signing">'
            f'<KeyInfo xmlns="{D}"><X509Data><X509Certificate>{base64.b64encode(shown).decode()}'
            "</X509Certificate></X509Data></KeyInfo></KeyDescriptor><SingleSignOnService "
            f'Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="{where}"/>'
            "</IDPSSODescriptor></EntityDescriptor>"
        )

    def visit(self, address):
        """Sign in as a browser does: where the form of the answer is sent, and what it holds."""
        parts = urlsplit(address)
        line = HTTPConnection(parts.hostname, parts.port, timeout=10)
        line.request("GET", f"{parts.path}?{parts.query}")
        answer = line.getresponse()
        page = answer.read().decode()
        line.close()
        assert answer.status == 200, page
        action = html.unescape(re.search('action="([^"]+)"', page)[1])
        fields = re.findall('name="([^"]+)" value="([^"]*)"', page)
        return action, {name: html.unescape(told) for name, told in fields}

    def answer_to(self, query):
        """The address of the desk and the answer to its request, encoded."""
        inflated = zlib.decompress(base64.b64decode(query["SAMLRequest"][0]), -15)
        self.asked = etree.fromstring(inflated)
        where = self.told.get("acs", self.asked.get("AssertionConsumerServiceURL"))
        return where, base64.b64encode(self.answer()).decode()

    def answer(self):
        """The bytes of an answer to what was asked last."""
        root = self.bend(etree.fromstring(self.written()))
        if "assertion" in self.signs:
            self.sign(root.find(f"{{{A}}}Assertion"))
        if self.encrypts:
            self.encrypts(root)
        if "response" in self.signs:
            self.sign(root)
        return self.damage(etree.tostring(root))

    def written(self):
        request, to = self.asked.get("ID"), self.asked.get("AssertionConsumerServiceURL")
        told = {
            "issuer": self.issuer, "subject": "s-1", "format": PERSISTENT,
            "email": "anna@northwind.example", "audience": self.asked.findtext(f"{{{A}}}Issuer"),
            "recipient": to, "destination": to, "in_response_to": request, "confirms": request,
            "begins": stamp(-10), "ends": stamp(300), "confirmed_until": stamp(300),
            "proved": stamp(), "context": PASSWORD, "method": BEARER,
            "status": "urn:oasis:names:tc:SAML:2.0:status:Success",
            "response_id": f"_{secrets.token_hex(16)}", "assertion_id": f"_{secrets.token_hex(16)}",
        } | self.told  # fmt: skip
        audience = told["audience"] and (
            f"<AudienceRestriction><Audience>{told['audience']}</Audience></AudienceRestriction>"
        )
        mail = told["email"] and (
            f'<AttributeStatement><Attribute Name="{MAIL}">'
            f"<AttributeValue>{told['email']}</AttributeValue></Attribute></AttributeStatement>"
        )
        head = attributes(Destination=told["destination"], InResponseTo=told["in_response_to"])
        return (
            f'<samlp:Response xmlns:samlp="{P}" ID="{told["response_id"]}" Version="2.0"'
            f' IssueInstant="{stamp()}"{head}>'
            f'<Issuer xmlns="{A}">{told["issuer"]}</Issuer>'
            f'<samlp:Status><samlp:StatusCode Value="{told["status"]}"/></samlp:Status>'
            f'<Assertion xmlns="{A}" ID="{told["assertion_id"]}" Version="2.0"'
            f' IssueInstant="{stamp()}"><Issuer>{told["issuer"]}</Issuer><Subject>'
            f"<NameID{attributes(Format=told['format'])}>{told['subject']}</NameID>"
            f'<SubjectConfirmation Method="{told["method"]}"><SubjectConfirmationData'
            + attributes(
                NotOnOrAfter=told["confirmed_until"],
                Recipient=told["recipient"],
                InResponseTo=told["confirms"],
            )
            + "/></SubjectConfirmation></Subject>"
            f"<Conditions{attributes(NotBefore=told['begins'], NotOnOrAfter=told['ends'])}>"
            f"{audience or ''}</Conditions>"
            f'<AuthnStatement AuthnInstant="{told["proved"]}"><AuthnContext>'
            f"<AuthnContextClassRef>{told['context']}</AuthnContextClassRef></AuthnContext>"
            f"</AuthnStatement>{mail or ''}</Assertion></samlp:Response>"
        ).encode()

    def sign(self, element):
        """Sign an element where it stands, after its issuer."""
        xmlsec.tree.add_ids(element, ["ID"])
        node = xmlsec.template.create(
            element, xmlsec.Transform.EXCL_C14N, getattr(xmlsec.Transform, self.algorithm)
        )
        element.insert(1, node)
        reference = xmlsec.template.add_reference(
            node, getattr(xmlsec.Transform, self.digest), uri=f"#{element.get('ID')}"
        )
        xmlsec.template.add_transform(reference, xmlsec.Transform.ENVELOPED)
        xmlsec.template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_memory(pem(self.by), xmlsec.KeyFormat.PEM)
        context.sign(node)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        parts, provider = urlsplit(self.path), self.server.provider
        if parts.path == "/metadata":
            self.tell("application/samlmetadata+xml", provider.metadata())
        elif parts.path == "/about":
            self.tell("text/html", "<title>Northwind ID</title>")
        elif parts.path == "/sso":
            where, told = provider.answer_to(parse_qs(parts.query))
            self.tell(
                "text/html",
                f'<form method="post" action="{html.escape(where)}"><input type="hidden"'
                f' name="SAMLResponse" value="{told}"><button>Go on</button></form>',
            )
        else:
            self.send_error(404)

    def tell(self, kind, text):
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_told):
        """Say nothing."""
