"""Addresses on whose way nobody can read or change what is said."""

from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def is_private(address: str) -> bool:
    """Return whether nobody between us and an address can read or change what is said."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
