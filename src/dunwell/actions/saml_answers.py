"""Answers of a SAML provider: each is taken once."""

import hashlib
from datetime import datetime

from django.db import transaction

from dunwell.actions.gate import Refused
from dunwell.models import SamlAnswer


@transaction.atomic
def take_answer(*, provider: str, assertion_id: str, ends_at: datetime, at: datetime) -> None:
    """Remember an assertion until it has ended, and forget those that have.

    Nobody acts yet: who comes in is known only after this. Raises Refused for one that came
    before, to whichever process of the desk.
    """
    SamlAnswer.objects.filter(ends_at__lte=at).delete()
    told = hashlib.sha256(f"{provider}\n{assertion_id}".encode()).hexdigest()
    _row, is_new = SamlAnswer.objects.get_or_create(
        assertion_hash=told, defaults={"ends_at": ends_at}
    )
    if not is_new:
        raise Refused("This answer of the provider was used before; begin again.")
