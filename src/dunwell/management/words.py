"""Words of what commands print; they speak English."""


def counted(number: int, one: str, more: str = "") -> str:
    """Return a number with its noun, in the plural (`more`, or with an s) unless it is 1."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"
