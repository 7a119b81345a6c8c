"""How a line to an outside database is encrypted, and whose certificates are believed."""

import ipaddress
import ssl
from pathlib import Path

AUTO, FULL, REQUIRE, DISABLE = "auto", "verify-full", "require", "disable"
BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
"""Where systems keep whom they trust; libpq of the wheel looks into a folder of its own."""


def is_this_machine(host: str) -> bool:
    """Return whether a host is the machine itself, so that nobody else can listen."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def tls_mode(host: str, asked: str) -> str:
    """Return libpq's `sslmode`: what was asked, or verify-full for every other machine."""
    if asked in {FULL, REQUIRE, DISABLE}:
        return asked
    return DISABLE if is_this_machine(host) else FULL


def trusted_bundle() -> str:
    """Return the file of authorities this machine trusts, or `system` where none is found."""
    told = ssl.get_default_verify_paths().cafile
    found = (one for one in (told, *BUNDLES) if one and Path(one).is_file())
    return next(found, "system")
