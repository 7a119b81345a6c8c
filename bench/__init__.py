"""The bench: what the desk's work costs, beside the least that work could cost, in one run."""
