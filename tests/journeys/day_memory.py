"""`python -m tests.journeys.day_memory LINES`: a day of so many lines; JSON of its peak memory."""

import json
import os
import resource
import sys
import tempfile


def main() -> int:
    """Prepare and run one day; print what was booked and the most memory it took, in MB."""
    lines = int(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="dunwell-day-") as folder:
        os.environ["DUNWELL_DATA_DIR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "dunwell.settings"
        import django

        django.setup()
        from dunwell.models import BankEntry, Item
        from tests.crash import in_child
        from tests.journeys import big_day_flow
        from tests.migrated import migrate

        def prepared():
            migrate()
            big_day_flow.prepare(2 * lines)

        def lived():
            big_day_flow.run(lines)
            return {
                "items": Item.objects.count(),
                "entries": BankEntry.objects.count(),
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            }

        in_child(prepared)
        sys.stdout.write(json.dumps(in_child(lived)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
