"""Run a day's figures and habits in this process and again on Sail; print whether both are equal.

`python -m tests.backends.handed_cycle FOLDER` in an empty folder.
"""

import os
import sys


def main():
    """Do both on a database of their own."""
    os.environ |= {"DUNWELL_DATA_DIR": sys.argv[1], "DJANGO_SETTINGS_MODULE": "dunwell.settings"}
    import django

    django.setup()
    import time_machine

    from dunwell.jobs import cycle, handed_nights
    from dunwell.jobs.handed_nights import Engine
    from tests.backends.kept_nights import forget, kept
    from tests.jobs.demo_desk import AT, DAY, demo_company
    from tests.migrated import migrate

    migrate()
    cycle.STEPS = tuple(s for s in cycle.STEPS if s[0] in {"record_figures", "refresh_habits"})
    handed_nights.is_big = lambda company: True
    with time_machine.travel(AT, tick=False):
        company = demo_company()
        from dunwell.actions import figures

        figures.is_big = lambda company: True
        cycle.run_cycle(company.pk, DAY)
        alone = kept(company)
        forget(company)
        cycle.run_cycle(company.pk, DAY, engine=Engine("sail"))
    sys.stdout.write("equal\n" if kept(company) == alone else "different\n")


if __name__ == "__main__":
    main()
