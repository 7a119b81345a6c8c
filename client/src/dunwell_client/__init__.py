"""Client of Dunwell's REST API: every operation as a typed method, retries, paging, webhooks."""

from dunwell_client.desk import Dunwell
from dunwell_client.errors import (
    BadRequest,
    Conflict,
    DunwellError,
    Forbidden,
    Invalid,
    NotFound,
    NotSignedIn,
    Refused,
    ServerFailed,
    TooLarge,
    TooManyRequests,
    Unreachable,
)
from dunwell_client.paging import Page, every_row
from dunwell_client.webhooks import SignatureError, WebhookEvent, read_webhook

__version__ = "1.0.0"
__all__ = [
    "BadRequest",
    "Conflict",
    "Dunwell",
    "DunwellError",
    "Forbidden",
    "Invalid",
    "NotFound",
    "NotSignedIn",
    "Page",
    "Refused",
    "ServerFailed",
    "SignatureError",
    "TooLarge",
    "TooManyRequests",
    "Unreachable",
    "WebhookEvent",
    "every_row",
    "read_webhook",
]
