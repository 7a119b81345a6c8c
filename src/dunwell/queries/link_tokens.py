"""Tokens of links that lead an outsider to one record: computed, never stored.

A token is an HMAC of what it opens and a fresh nonce under the installation's secret, 256 bits.
Records keep the nonce and a hash, so neither the database nor an outbox holds a working link.
A new nonce makes the link before stop working.
"""

import base64
import hashlib
import secrets

from django.utils.crypto import salted_hmac

from dunwell.formats.webhook_letters import secret_text

SALT = "dunwell.link"
APPLICANT, REFERENCE = "application", "reference"
"""What a link opens."""
DELIVERY_REPORT, REPORT_SECRET = "delivery_report", "report_secret"
"""Of a channel: the address its provider reports to, and what a plain gateway signs with."""


def fresh_nonce() -> str:
    """Return a nonce of 128 random bits."""
    return secrets.token_hex(16)


def link_token(purpose: str, key: int, nonce: str) -> str:
    """Return the token that opens a record for one purpose; another purpose gives another."""
    digest = salted_hmac(SALT, f"{purpose}:{key}:{nonce}", algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def signing_secret(purpose: str, key: int, nonce: str) -> str:
    """Return what calls about a record are signed with (Standard Webhooks), computed like a token.

    Neither the database nor a backup of it can sign in our name.
    """
    return secret_text(link_token(purpose, key, nonce).encode())


def hashed_link(token: str) -> str:
    """Return what is stored of a token: 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()
