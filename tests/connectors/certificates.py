"""Certificates made in a test: an authority, and files with what it signed for this machine."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
END = BEGIN + timedelta(36_500)
"""Long before and long after any day a test runs on."""

HERE = "127.0.0.1"


def authority(name="House"):
    """Return a key and a certificate that signs others."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name(name)
    usage = x509.KeyUsage(
        digital_signature=False, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=True, crl_sign=True,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    told = (
        _told(subject, subject, key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
    )
    return key, told.sign(key, hashes.SHA256())


def root(of):
    """Return the PEM text of an authority's certificate."""
    return of[1].public_bytes(serialization.Encoding.PEM).decode()


def server_file(folder, of, *, address=HERE):
    """Return a file with certificate and key of a server at an address, signed by an authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))])
    told = (
        _told(_name("server"), of[1].subject, key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(names, critical=False)
        .sign(of[0], hashes.SHA256())
    )
    path = folder / f"server-{address}.pem"
    path.write_bytes(
        told.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return str(path)


def _told(subject, issuer, key):
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGIN)
        .not_valid_after(END)
    )


def _name(text):
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])
