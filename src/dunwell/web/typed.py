"""What was typed into a form that was sent too late: kept until who sent it has signed in again.

It lies sealed in the session, for a quarter of an hour, and comes back once, to the same person,
on the page where the form stood. Files, passwords, secrets and card numbers are never kept.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest

from dunwell import clock
from dunwell.formats.sealing import SealError, opened, sealed
from dunwell.models.sealed import KeyringError, keyring
from dunwell.web.card_numbers import holds_card_number

TYPED = "typed"
"""Key of the session."""
PLACE = "django_session.typed"
MOST_CHARACTERS = 50_000
"""Names and values together; a form with more is not kept."""
SECONDS = 900
SECRET = re.compile(r"passw|passphrase|secret|token|otp|api_?key|csrf|credential", re.IGNORECASE)
"""Names of fields whose values nobody gets back."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Typed:
    """A form's address and what stood in its fields."""

    action: str
    fields: dict[str, list[str]]

    @property
    def document(self) -> str:
        """Return it as the page's script reads it."""
        return json.dumps({"action": self.action, "fields": self.fields})


def page_of(request: HttpRequest) -> str:
    """Return the page where a form that was sent stands; "/" where nobody says so.

    A form in a dialog stands on the page below it.
    """
    told = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))
    if told.netloc != request.get_host():
        return "/"
    return f"{told.path}?{told.query}" if told.query else told.path


def keep_typed(request: HttpRequest, view: object, *, user_id: int) -> None:
    """Keep the fields of a form that its page did not take; what may not be kept is left out.

    A view that reads its form by itself, with bounds of its own, is left to do so.
    """
    request.session.pop(TYPED, None)
    if request.method != "POST" or getattr(view, "csrf_exempt", False):
        return
    if holds_card_number(request):
        return
    fields = {name: values for name, values in request.POST.lists() if not SECRET.search(name)}
    if sum(len(name) + sum(map(len, values)) for name, values in fields.items()) > MOST_CHARACTERS:
        return
    told = {
        "user_id": user_id,
        "at": int(clock.now().timestamp()),
        "page": urlsplit(page_of(request)).path,
        "action": request.path,
        "fields": fields,
    }
    request.session[TYPED] = sealed(json.dumps(told), ring=keyring(), place=PLACE)


def typed_on(request: HttpRequest) -> Typed | None:
    """Return what was typed on this page, once; None where nothing was, or it is another's."""
    kept = request.session.get(TYPED)
    told = _opened(kept) if kept else None
    if told is None or told["at"] + SECONDS < clock.now().timestamp():
        request.session.pop(TYPED, None)
        return None
    if told["user_id"] != request.user.pk:
        del request.session[TYPED]
        return None
    if told["page"] != request.path:
        return None
    del request.session[TYPED]
    return Typed(action=told["action"], fields=told["fields"])


def _opened(kept: str) -> Mapping[str, Any] | None:
    try:
        return json.loads(opened(kept, ring=keyring(), place=PLACE))  # type: ignore[no-any-return]
    except (SealError, KeyringError):
        return None
