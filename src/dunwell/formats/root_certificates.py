"""Root certificates somebody names to be trusted: read, or said to be none."""

import ssl


def read_certificates(text: str) -> str:
    """Return PEM text of certificates as it is, "" for none. Raises ValueError for the rest."""
    if text:
        try:
            ssl.create_default_context(cadata=text)
        except (ssl.SSLError, ValueError) as error:
            raise ValueError(f"no certificates in PEM form ({error})") from error
    return text
