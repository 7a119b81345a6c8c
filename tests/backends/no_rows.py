"""`python -m tests.backends.no_rows TABLES OUT`: keeps and writes no rows on Sail."""

import sys
from contextlib import closing

from dunwell import backends


def main():
    """Keep a table without its rows, write it, and compare its columns."""
    with closing(backends.open("sail", sys.argv[1], out=sys.argv[2])) as engine:
        none = engine.persist(engine.read("items").head(0), "none")
        engine.write(none, "none")
        assert none.collect_schema() == engine.read("items").collect_schema()


if __name__ == "__main__":
    main()
