"""Many threads send the same request at once: `python -m tests.api.duplicates` counts the effects.

It works on the database that the environment names, which must be empty, and prints one JSON
line: {"database", "answers": [[status, body] ...], "effects", "chain_breaks"}.
"""

import json
import sys
import threading

import django

from tests.migrated import migrate

THREADS = 8
ROUNDS = 5


def main():
    """Set up one company and send each of ROUNDS requests from THREADS threads at once."""
    django.setup()
    from django.db import connection

    from dunwell import clock
    from dunwell.models import Company, Payment, Role
    from dunwell.queries.events import chain_check
    from tests.api.conftest import add_token
    from tests.conftest import AT, add_user

    migrate()
    company = Company.objects.create(name="Northwind", zone="UTC", created_at=AT)
    program = add_token(add_user(company, "carla", Role.CLERK), company)
    today = str(clock.today("UTC"))
    answers = []

    def send(number, gate):
        body = {
            "number": f"B{number}",
            "currency": "EUR",
            "amount_minor": 5,
            "value_on": today,
        }
        gate.wait()
        answer = type(program)(program.token).post("/payments", body, key=f"key-{number}")
        answers.append([answer.status_code, answer.json()])
        connection.close()

    for number in range(ROUNDS):
        gate = threading.Barrier(THREADS)
        threads = [threading.Thread(target=send, args=(number, gate)) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    told = {
        "database": connection.vendor,
        "answers": sorted(answers, key=str),
        "effects": Payment.objects.count(),
        "is_whole": chain_check(company).is_whole,
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
