"""`dunwell saml_keys list|make|certificate|drop`: the key pairs a SAML provider encrypts for."""

import textwrap
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.saml_keys import drop_saml_key, make_saml_key
from dunwell.models.sealed import KeyringError
from dunwell.queries.saml_keys import SamlKeyRow, saml_certificate, saml_key_rows

VERBS = ("list", "make", "certificate", "drop")


class Command(BaseCommand):
    """Show the key pairs, make one, print its certificate, drop an old one."""

    requires_system_checks = ()
    help = "List, make or drop the key pairs for which a SAML provider encrypts assertions."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to do."""
        parser.add_argument("verb", choices=VERBS, help="what to do")
        parser.add_argument("number", type=int, nargs="?", help="the key pair to drop")

    def handle(self, **options: Any) -> None:
        """Do it, and show the key pairs as they are then; leave with 1 where it cannot be done."""
        if options["verb"] == "certificate":
            self.stdout.write(_certificate())
            return
        try:
            if options["verb"] == "make":
                make_saml_key(at=clock.now())
            if options["verb"] == "drop":
                if options["number"] is None:
                    raise CommandError("Name the key; `dunwell saml_keys list` shows them.")
                drop_saml_key(number=options["number"])
        except (Refused, KeyringError, OSError) as error:
            raise CommandError(str(error)) from error
        for row in saml_key_rows():
            self.stdout.write(_line(row))


def _certificate() -> str:
    told = saml_certificate()
    if not told:
        raise CommandError("There is no key pair yet; `dunwell saml_keys make` makes one.")
    body = "\n".join(textwrap.wrap(told, 64))
    return f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----"


def _line(row: SamlKeyRow) -> str:
    state = f"opens until {row.opens_until:%Y-%m-%d %H:%M} UTC" if row.opens_until else "published"
    return f"key {row.number}: {state}, made {row.made_at:%Y-%m-%d}, SHA-256 {row.fingerprint}"
