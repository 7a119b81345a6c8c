"""Key pairs for what a SAML provider encrypts: a new one is made, an old one ends."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from dunwell.actions.gate import Refused
from dunwell.formats.saml_encryption import new_key
from dunwell.models import SamlKey
from dunwell.queries.saml_keys import OVERLAP


@transaction.atomic
def make_saml_key(*, at: datetime) -> int:
    """Make a key pair that is published from now on and return its number.

    The one before opens for thirty days more, and then it is forgotten by the next call. Called
    from the server alone, by whoever may read its keyring.
    """
    SamlKey.objects.filter(retired_at__lte=at - OVERLAP).delete()
    SamlKey.objects.filter(retired_at=None).update(retired_at=at)
    private, certificate = new_key(at=at)
    made = SamlKey.objects.create(private_key=private, certificate=certificate, made_at=at)
    return made.pk


@transaction.atomic
def drop_saml_key(*, number: int) -> None:
    """Forget a key pair at once; raise Refused for the one that is published or not there."""
    found = SamlKey.objects.select_for_update().filter(pk=number).only("retired_at").first()
    if found is None:
        raise Refused(gettext("There is no such key."))
    if found.retired_at is None:
        raise Refused(gettext("This key is published; make a new one first."))
    found.delete()
