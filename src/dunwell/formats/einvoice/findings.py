"""What is wrong with an electronic invoice: findings by rule, and the error of a refused file."""

from dataclasses import dataclass

FATAL, WARNING = "fatal", "warning"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One rule that an invoice breaks; a fatal one makes the invoice invalid."""

    rule: str
    """As its authors number it: BR-CO-15, PEPPOL-EN16931-R010, BR-DE-1."""
    level: str
    text: str
    where: str = ""
    """The element, as a path of names."""


class EInvoiceError(ValueError):
    """A file cannot be read, or an invoice not be written: what, where, which rule, what to do."""

    def __init__(self, what: str, *, advice: str, where: str = "", rule: str = "") -> None:
        self.what, self.advice, self.where, self.rule = what, advice, where, rule
        place = f" (at {where})" if where else ""
        named = f" [{rule}]" if rule else ""
        super().__init__(f"{what}{place}{named}. {advice}")
