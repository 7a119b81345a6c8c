"""`python -m dunwell.ml.learn`: learn the shipped readers once, for every process to read."""

import sys
from pathlib import Path

from dunwell.ml.assistant.reader import learned_intents, learned_languages
from dunwell.ml.intents.kept import FOLDER, keep
from dunwell.ml.intents.shipped import learned_messages

LEARNED = {
    "assistant-intents": learned_intents,
    "assistant-languages": learned_languages,
    "messages": learned_messages,
}


def main() -> int:
    """Write every reader into the folder they are read from."""
    folder = Path(__file__).with_name(FOLDER)
    for name, learn in LEARNED.items():
        keep(name, learn(), folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
