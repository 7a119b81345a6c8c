"""Keys of SSH as people hand them over: fingerprints of hosts, and private keys to sign in."""

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

FINGERPRINT, DIGEST = "SHA256:", 43
_BEGIN, _DASHES = "-----BEGIN ", "-----"
_KINDS = (
    (RSAPrivateKey, "RSAKey"),
    (EllipticCurvePrivateKey, "ECDSAKey"),
    (Ed25519PrivateKey, "Ed25519Key"),
)


def read_fingerprints(text: str) -> tuple[str, ...]:
    """Return SHA256 fingerprints as OpenSSH writes them; raises ValueError for anything else."""
    found = tuple(one.rstrip("=") for one in text.replace(",", " ").split())
    if not found or any(
        not one.startswith(FINGERPRINT) or len(one) != len(FINGERPRINT) + DIGEST for one in found
    ):
        raise ValueError("SHA256: and 43 characters, as ssh-keygen -lf tells it")
    return found


def is_private_key(secret: str) -> bool:
    """Return whether a secret is the text of a private key, and no password."""
    return secret.strip().startswith(_BEGIN)


def read_private_key(text: str) -> tuple[str, str]:
    """Return the kind of a private key (RSAKey, ECDSAKey, Ed25519Key) and its text for OpenSSH.

    PEM and OpenSSH's own format are read; a form may have taken the line breaks. Raises
    ValueError for what is none, is of another kind, or has a passphrase.
    """
    begin, _, rest = text.strip().removeprefix(_BEGIN).partition(_DASHES)
    body, _, end = rest.partition(_DASHES)
    packed = "".join(body.split())
    lines = "\n".join(packed[start : start + 64] for start in range(0, len(packed), 64))
    data = f"{_BEGIN}{begin}{_DASHES}\n{lines}\n{_DASHES}{end.strip()}\n".encode()
    try:
        key = (
            serialization.load_ssh_private_key(data, password=None)
            if "OPENSSH" in begin
            else serialization.load_pem_private_key(data, password=None)
        )
    except (TypeError, UnsupportedAlgorithm) as error:
        # a key with a passphrase is a TypeError there
        raise ValueError(str(error)) from error
    for kind, name in _KINDS:
        if isinstance(key, kind):
            told = key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.OpenSSH,
                serialization.NoEncryption(),
            )
            return name, told.decode()
    raise ValueError(f"a {type(key).__name__} is none of RSA, ECDSA and Ed25519")
