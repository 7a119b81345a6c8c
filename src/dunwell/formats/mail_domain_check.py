"""Findings about the domain we send from, each with what to put into its zone.

Only codes and values: pages say them in words. `good`, `warn` and `bad` tell how much it matters:
a domain with a bad finding loses mail at large receivers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Literal

from dunwell.formats.mail_domain import (
    MOST_LOOKUPS,
    MOST_VOID,
    Ask,
    DkimKey,
    Dmarc,
    SpfReading,
    read_dkim,
    read_dmarc,
    read_spf,
)

Level = Literal["good", "warn", "bad"]

COMMON_SELECTORS = (
    *("default", "dkim", "mail", "email", "s1", "s2", "k1", "k2", "k3", "selector1", "selector2"),
    *("google", "mandrill", "smtp", "fm1", "fm2", "fm3", "pm", "zoho", "protonmail", "sig1"),
    *("key1", "key2", "mx", "sendgrid", "mailjet", "brevo", "krs", "dkim1", "dkim2", "s1024"),
)
"""Names mail services use: a key can be looked for only by its name."""

RESERVED = ("example", "test", "invalid", "localhost", "local")
RESERVED_BELOW = ("com", "net", "org")
"""RFC 2606 and 6762: names of examples, such as example.com, and of a network at home."""

MOST_SELECTORS = 60
WEAK_BITS, GOOD_BITS = 1024, 2048
"""RFC 8301: RSA keys below 1024 bits are not verified, 2048 are what signers should have."""
NEAR = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One finding: what it is about, its code with the values its words need, and the cure.

    `name` and `put` are the name in the zone and the text record to put there, `found` what
    stands there now.
    """

    about: str
    code: str
    level: Level
    name: str = ""
    found: str = ""
    put: str = ""
    values: dict[str, str] = field(default_factory=dict)

    def document(self) -> dict[str, object]:
        """Return the finding as it is stored."""
        return asdict(self)


def check_domain(
    domain: str, ask: Ask, *, selectors: Sequence[str] = (), report_to: str = "", host: str = ""
) -> tuple[Finding, ...]:
    """Return the findings about a domain in the order of their subjects.

    `selectors` are names of DKIM keys told by a person; without any the common ones are tried.
    `report_to` is the address that reports are proposed to go to, `host` our mail server.
    """
    spf = read_spf(domain, ask)
    keys, is_unknown = _keys(domain, ask, selectors or COMMON_SELECTORS)
    dmarc = read_dmarc(domain, ask)
    return (
        *_spf_findings(domain, spf, host),
        *_dkim_findings(domain, keys, tuple(selectors), is_unknown=is_unknown),
        *_dmarc_findings(dmarc, report_to),
        *_alignment(domain, spf, keys, dmarc),
        *_mx_findings(domain, ask),
    )


def is_reserved(domain: str) -> bool:
    """Return whether a domain is kept for examples and tests, so that no zone can have it."""
    labels = domain.lower().split(".")
    is_below = labels[-2:-1] == ["example"] and labels[-1] in RESERVED_BELOW
    return is_below or labels[-1] in RESERVED


def reserved_finding(domain: str) -> Finding:
    """Return the one finding about a domain that is kept for examples."""
    return Finding(about="mx", code="reserved", level="bad", values={"domain": domain})


def is_good(findings: Sequence[Finding]) -> bool:
    """Return whether nothing is bad."""
    return all(finding.level != "bad" for finding in findings)


def _spf_findings(domain: str, spf: SpfReading, host: str) -> Iterator[Finding]:
    """Yield what is wrong with the SPF of a domain, or that it is in order."""
    if len(spf.records) != 1:
        yield _spf_absent(domain, spf, f"a:{host}" if host else "mx")
        return
    yield from _spf_limits(domain, spf)
    if spf.has_ptr:
        yield _spf(domain, spf, "spf_ptr", "warn")
    if spf.is_unknown:
        yield _spf(domain, spf, "spf_partly", "warn")
    if spf.problem:
        yield _spf(domain, spf, "spf_broken", "bad", problem=spf.problem)
        return
    record = spf.records[0]
    if spf.all_sign == "+":
        yield _spf(domain, spf, "spf_all", "bad", put=_with_all(record, "-all"))
    elif spf.all_sign in {"", "?"} and not spf.is_unknown:
        yield _spf(domain, spf, "spf_neutral", "warn", put=_with_all(record, "~all"))
    elif spf.lookups <= MOST_LOOKUPS and spf.void <= MOST_VOID:
        yield _spf(domain, spf, "spf_good", "good", n=spf.lookups, sign=spf.all_sign)


def _spf_absent(domain: str, spf: SpfReading, ours: str) -> Finding:
    """Return the finding about a domain that has no SPF record, or several."""
    if spf.records:
        put = _joined(spf.records)
        return _spf(domain, spf, "spf_several", "bad", put=put, n=len(spf.records))
    if spf.is_unknown:
        return _spf(domain, spf, "unreachable", "bad")
    return _spf(domain, spf, "spf_missing", "bad", put=f"v=spf1 {ours} -all")


def _spf_limits(domain: str, spf: SpfReading) -> Iterator[Finding]:
    """Yield what of RFC 7208, 4.6.4 the record breaks, or is near to break."""
    n, most = spf.lookups, MOST_LOOKUPS
    if n > most:
        yield _spf(domain, spf, "spf_lookups", "bad", n=n, most=most)
    elif n > most - NEAR:
        yield _spf(domain, spf, "spf_lookups_near", "warn", n=n, most=most)
    if spf.void > MOST_VOID:
        yield _spf(domain, spf, "spf_void", "bad", n=spf.void, most=MOST_VOID)


def _spf(
    domain: str, spf: SpfReading, code: str, level: Level, *, put: str = "", **values: object
) -> Finding:
    return Finding(
        about="spf",
        code=code,
        level=level,
        name=domain,
        found="\n".join(spf.records),
        put=put,
        values={name: str(value) for name, value in values.items()},
    )


def _joined(records: Sequence[str]) -> str:
    """Return one record with the terms of several, each once, the strictest all at the end."""
    words: list[str] = []
    for record in records:
        words += [word for word in record.split()[1:] if word not in words]
    ends = [word for word in words if word.lower().lstrip("+~?-") == "all"]
    rest = [word for word in words if word not in ends]
    end = "-all" if "-all" in ends else "~all"
    return " ".join(["v=spf1", *rest, end])


def _with_all(record: str, end: str) -> str:
    words = [word for word in record.split() if word.lower().lstrip("+~?-") != "all"]
    return " ".join([*words, end])


def _keys(domain: str, ask: Ask, selectors: Sequence[str]) -> tuple[list[DkimKey], bool]:
    """Return the keys that were found, and whether the name servers failed for one."""
    found: list[DkimKey] = []
    is_unknown = False
    for selector in list(dict.fromkeys(selectors))[:MOST_SELECTORS]:
        answer = ask(f"{selector}._domainkey.{domain}", "TXT")
        is_unknown |= answer.status == "failed"
        records = [text for text in answer.values if "p=" in text.replace(" ", "")]
        if records:
            found.append(read_dkim(selector, records[0]))
    return found, is_unknown


def _dkim_findings(
    domain: str, keys: Sequence[DkimKey], asked: tuple[str, ...], *, is_unknown: bool
) -> Iterator[Finding]:
    put = "v=DKIM1; k=rsa; p="
    known = {key.selector for key in keys}
    for selector in asked:
        if selector not in known:
            name = f"{selector}._domainkey.{domain}"
            code = "unreachable" if is_unknown else "dkim_absent"
            values = {"selector": selector}
            yield Finding(about="dkim", code=code, level="bad", name=name, put=put, values=values)
    if not keys and not asked:
        yield Finding(
            about="dkim",
            code="unreachable" if is_unknown else "dkim_unknown",
            level="warn",
            name=f"<selector>._domainkey.{domain}",
            put=put,
        )
    for key in keys:
        yield _dkim_finding(domain, key)


def _dkim_finding(domain: str, key: DkimKey) -> Finding:
    level: Level
    code, level = "dkim_good", "good"
    if key.problem:
        code, level = "dkim_broken", "bad"
    elif key.is_revoked:
        code, level = "dkim_revoked", "warn"
    elif key.kind == "rsa" and key.bits < WEAK_BITS:
        code, level = "dkim_weak", "bad"
    elif key.kind == "rsa" and key.bits < GOOD_BITS:
        code, level = "dkim_short", "warn"
    elif key.is_test:
        code, level = "dkim_test", "warn"
    values = {"selector": key.selector, "bits": str(key.bits), "problem": key.problem}
    return Finding(
        about="dkim",
        code=code,
        level=level,
        name=f"{key.selector}._domainkey.{domain}",
        found=key.record,
        values={**values, "kind": key.kind},
    )


def _dmarc_findings(dmarc: Dmarc, report_to: str) -> Iterator[Finding]:
    rua = f"; rua=mailto:{report_to}" if report_to else ""

    def of(code: str, level: Level, *, put: str = "", **values: object) -> Finding:
        return Finding(
            about="dmarc",
            code=code,
            level=level,
            name=f"_dmarc.{dmarc.domain}",
            found="\n".join(dmarc.records),
            put=put,
            values={name: str(value) for name, value in values.items()},
        )

    if dmarc.is_unknown:
        yield of("unreachable", "bad")
        return
    if not dmarc.records:
        yield of("dmarc_missing", "bad", put=f"v=DMARC1; p=none{rua}")
        return
    if len(dmarc.records) > 1:
        yield of("dmarc_several", "bad", put=dmarc.records[0], n=len(dmarc.records))
        return
    if dmarc.problem:
        yield of("dmarc_broken", "bad", put=f"v=DMARC1; p=quarantine{rua}", problem=dmarc.problem)
        return
    if dmarc.policy == "none":
        yield of("dmarc_none", "warn", put=f"v=DMARC1; p=quarantine{rua}")
    elif dmarc.tags.get("pct", "100") != "100":
        yield of("dmarc_part", "warn", pct=dmarc.tags["pct"][:5])
    else:
        yield of("dmarc_good", "good", policy=dmarc.policy)
    if "rua" not in dmarc.tags:
        yield of("dmarc_blind", "warn", put=dmarc.records[0].rstrip("; ") + rua if rua else "")


def _alignment(
    domain: str, spf: SpfReading, keys: Sequence[DkimKey], dmarc: Dmarc
) -> Iterator[Finding]:
    """Say whether mail from the domain can pass DMARC: by SPF or DKIM of the very domain."""
    by_spf = len(spf.records) == 1 and not spf.problem and spf.lookups <= MOST_LOOKUPS
    by_dkim = any(not key.problem and not key.is_revoked for key in keys)
    if not dmarc.records or spf.is_unknown:
        return
    if by_spf or by_dkim:
        ways = " + ".join(name for name, holds in (("SPF", by_spf), ("DKIM", by_dkim)) if holds)
        level: Level = "good" if by_dkim else "warn"
        code = "aligned" if by_dkim else "aligned_spf"
        yield Finding(about="alignment", code=code, level=level, values={"ways": ways})
    else:
        yield Finding(about="alignment", code="aligned_none", level="bad", name=domain)


def _mx_findings(domain: str, ask: Ask) -> Iterator[Finding]:
    answer = ask(domain, "MX")
    found = "\n".join(answer.values)
    hosts = [value.split()[-1] for value in answer.values if value.split()]
    level: Level
    code, level = "mx_good", "good"
    if answer.status == "failed":
        code, level = "unreachable", "bad"
    elif hosts == ["."]:
        code, level = "mx_null", "bad"
    elif not hosts:
        code, level = "mx_missing", "bad"
    yield Finding(
        about="mx",
        code=code,
        level=level,
        name=domain,
        found=found,
        values={"n": str(len(hosts))},
    )
