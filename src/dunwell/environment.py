"""What the environment says: variables DUNWELL_..., read in one way, and refused by their name."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from dunwell.formats.client_addresses import Network, read_networks
from dunwell.formats.root_certificates import read_certificates


def read_text(name: str, default: str = "") -> str:
    """Return DUNWELL_<name>, or the content of the file that DUNWELL_<name>_FILE names.

    Raises ImproperlyConfigured for a file that cannot be read.
    """
    if file := os.environ.get(f"DUNWELL_{name}_FILE"):
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeError) as error:
            raise ImproperlyConfigured(
                f"DUNWELL_{name}_FILE names {file}, which cannot be read ({error}). "
                "Make the file or leave the setting out."
            ) from error
    return os.environ.get(f"DUNWELL_{name}", default)


def read_flag(name: str, *, default: bool) -> bool:
    """Return a yes or no."""
    value = read_text(name, "1" if default else "0").lower()
    if value not in {"0", "1", "true", "false"}:
        raise ImproperlyConfigured(f"DUNWELL_{name} is {value!r}; say 1 or 0.")
    return value in {"1", "true"}


def read_number(name: str, default: int) -> int:
    """Return a whole number."""
    value = read_text(name, str(default))
    if not value.isdigit():
        raise ImproperlyConfigured(f"DUNWELL_{name} is {value!r}; say a whole number.")
    return int(value)


def read_addresses(name: str, default: str) -> tuple[Network, ...]:
    """Return networks."""
    value = read_text(name, default)
    try:
        return read_networks(value)
    except ValueError as error:
        raise ImproperlyConfigured(
            f"DUNWELL_{name} is {value!r}; say addresses or networks such as 10.0.0.0/8 ({error})."
        ) from None


def read_roots(name: str) -> str:
    """Return certificates in PEM form, "" for none."""
    try:
        return read_certificates(read_text(name))
    except ValueError as error:
        raise ImproperlyConfigured(f"DUNWELL_{name} holds {error}; name a file of them.") from None


def read_secrets(what: str) -> dict[str, str]:
    """Return the variables DUNWELL_<what>_..., or the contents of files they name, by their names.

    Records name the one they use: a secret is never kept in the database.
    """
    return {
        name: read_text(name.removeprefix("DUNWELL_"))
        for name in (key.removesuffix("_FILE") for key in os.environ)
        if name.startswith(f"DUNWELL_{what}_")
    }
