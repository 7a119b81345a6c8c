"""An admin gives a link and a reset at once, and two admins reset one factor at once.

`python -m tests.actions.factor_race` works on the database that the environment names, which must
be empty, and prints one JSON line: {"database", "both": how often one admin gave both halves of a
way in, "resets": how often each factor was reset at most, "done": how many of either went
through, "unexpected": errors that are no refusal}.
"""

import json
import sys
from collections import Counter

import django

from tests.actions.debit_race import at_once
from tests.migrated import migrate

ROUNDS = 12


def main():
    """In each round one admin does both halves for one person, and two do the same for another."""
    django.setup()
    from allauth.mfa.totp.internal.auth import TOTP
    from django.db import connection

    from dunwell.actions.gate import staff
    from dunwell.actions.second_factors import reset_second_factor
    from dunwell.actions.users import make_sign_in_link
    from dunwell.models import Company, Event, Role
    from tests.actions.test_second_factors import SECRET
    from tests.conftest import AT, add_user

    migrate()
    company = Company.objects.create(name="Northwind", zone="UTC", country="DE", created_at=AT)
    admins = [staff(add_user(company, name, Role.ADMIN), company) for name in ("ada", "alan")]
    unexpected = []

    def lost(name):
        user = add_user(company, name, Role.COLLECTOR)
        TOTP.activate(user, SECRET)
        return user

    def reset(admin, user):
        return lambda: reset_second_factor(actor=admin, user=user, reason="lost", at=AT)

    for number in range(ROUNDS):
        one, two = lost(f"one{number}"), lost(f"two{number}")

        def link(user=one):
            make_sign_in_link(actor=admins[0], user=user, at=AT)

        at_once(unexpected, link, reset(admins[0], one))
        at_once(unexpected, *[reset(admin, two) for admin in admins])
    told = Event.objects.filter(subject="user").values_list("subject_id", "verb")
    done = Counter(told)
    halves = Counter(person for person, _ in told)
    resets = [n for (_, verb), n in done.items() if verb == "user.second_factor_reset"]
    printed = {
        "database": connection.vendor,
        "both": sum(n > 1 for n in halves.values()),
        "resets": max(resets, default=0),
        "done": len(halves),
        "unexpected": unexpected,
    }
    sys.stdout.write(json.dumps(printed) + "\n")


if __name__ == "__main__":
    main()
