"""What a domain says about its mail: the rules of SPF, DKIM and DMARC, and what to mend."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.formats.mail_domain import (
    Answer,
    SpfError,
    read_dkim,
    read_dmarc,
    read_spf,
    rsa_bits,
    spf_terms,
)
from dunwell.formats.mail_domain_check import check_domain, is_good


def zone(**records):
    """Ask a zone: TXT of names as texts, MX and A as lists; an exception stands for no answer."""
    table = {}
    for name, values in records.get("txt", {}).items():
        table[name, "TXT"] = (values,) if isinstance(values, str) else tuple(values)
    for kind in ("MX", "A"):
        for name, values in records.get(kind.lower(), {}).items():
            table[name, kind] = tuple(values)

    def ask(name, kind):
        if name in records.get("failing", ()):
            return Answer("failed")
        values = table.get((name, kind), ())
        return Answer("found" if values else "none", values)

    return ask


def der(tag, content):
    size = len(content)
    head = bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2, "big")
    return bytes([tag]) + head + content


def key_of(bits):
    """A public key of a length, as it stands in a zone: SubjectPublicKeyInfo in base64."""
    modulus = b"\0" + (1 << (bits - 1) | 1).to_bytes(bits // 8, "big")
    key = der(0x30, der(0x02, modulus) + der(0x02, b"\x01\x00\x01"))
    algorithm = der(0x30, der(0x06, b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01") + b"\x05\x00")
    return base64.b64encode(der(0x30, algorithm + der(0x03, b"\0" + key))).decode()


GOOD = {
    "txt": {
        "acme.example": ["v=spf1 include:_spf.mail.example -all", "other"],
        "_spf.mail.example": "v=spf1 ip4:192.0.2.0/24 ~all",
        "s1._domainkey.acme.example": f"v=DKIM1; k=rsa; p={key_of(2048)}",
        "_dmarc.acme.example": "v=DMARC1; p=reject; rua=mailto:d@acme.example",
    },
    "mx": {"acme.example": ["10 mx.acme.example."]},
}


def codes(findings):
    return [(found.about, found.code, found.level) for found in findings]


def checked(records, **options):
    return check_domain("acme.example", zone(**records), **options)


def spf(record, **more):
    txt = {"acme.example": record, **more}
    return read_spf("acme.example", zone(txt=txt))


def test_a_domain_in_order_has_good_findings_alone():
    findings = checked(GOOD)

    assert codes(findings) == [
        ("spf", "spf_good", "good"),
        ("dkim", "dkim_good", "good"),
        ("dmarc", "dmarc_good", "good"),
        ("alignment", "aligned", "good"),
        ("mx", "mx_good", "good"),
    ]
    assert is_good(findings)
    assert findings[1].name == "s1._domainkey.acme.example"
    assert findings[1].values["bits"] == "2048"
    assert findings[3].values == {"ways": "SPF + DKIM"}


def test_an_empty_zone_says_what_to_put_there():
    findings = checked({}, report_to="d@acme.example", host="smtp.acme.example")

    assert [(f.code, f.level, f.name, f.put) for f in findings] == [
        ("spf_missing", "bad", "acme.example", "v=spf1 a:smtp.acme.example -all"),
        (
            "dkim_unknown",
            "warn",
            "<selector>._domainkey.acme.example",
            "v=DKIM1; k=rsa; p=",
        ),
        (
            "dmarc_missing",
            "bad",
            "_dmarc.acme.example",
            "v=DMARC1; p=none; rua=mailto:d@acme.example",
        ),
        ("mx_missing", "bad", "acme.example", ""),
    ]
    assert not is_good(findings)


def test_name_servers_that_do_not_answer_are_no_missing_record():
    failing = ["acme.example", "_dmarc.acme.example", "s9._domainkey.acme.example"]
    findings = checked({"failing": failing}, selectors=["s9"])

    assert codes(findings) == [
        ("spf", "unreachable", "bad"),
        ("dkim", "unreachable", "bad"),
        ("dmarc", "unreachable", "bad"),
        ("mx", "unreachable", "bad"),
    ]


@pytest.mark.parametrize(
    ("record", "code", "level", "put"),
    [
        ("v=spf1 mx +all", "spf_all", "bad", "v=spf1 mx -all"),
        ("v=spf1 mx all", "spf_all", "bad", "v=spf1 mx -all"),
        ("v=spf1 mx ?all", "spf_neutral", "warn", "v=spf1 mx ~all"),
        ("v=spf1 mx", "spf_neutral", "warn", "v=spf1 mx ~all"),
        ("v=spf1 ip5:1.2.3.4 -all", "spf_broken", "bad", ""),
        ("v=spf1 include: -all", "spf_broken", "bad", ""),
        ("v=spf1 include:nothing.example -all", "spf_broken", "bad", ""),
        ("v=spf1 ptr -all", "spf_ptr", "warn", ""),
        (
            ["v=spf1 mx -all", "v=spf1 a:x.example ~all"],
            "spf_several",
            "bad",
            "v=spf1 mx a:x.example -all",
        ),
    ],
)
def test_each_fault_of_spf_has_its_finding(record, code, level, put):
    findings = check_domain("acme.example", zone(txt={"acme.example": record}))
    first = findings[0]

    assert (first.about, first.code, first.level, first.put) == ("spf", code, level, put)


def test_queries_are_counted_over_all_that_is_included():
    chain = {f"i{n}.example": f"v=spf1 include:i{n + 1}.example -all" for n in range(1, 9)}
    found = spf(
        "v=spf1 include:i1.example a:x.example -all", **chain, **{"i9.example": "v=spf1 mx -all"}
    )

    assert (found.lookups, found.problem, found.all_sign) == (11, "", "-")
    findings = check_domain(
        "acme.example",
        zone(
            txt={
                "acme.example": "v=spf1 include:i1.example a:x.example -all",
                **chain,
                "i9.example": "v=spf1 mx -all",
            }
        ),
    )
    assert (findings[0].code, findings[0].values) == ("spf_lookups", {"n": "11", "most": "10"})


@pytest.mark.parametrize(
    ("record", "more", "expected"),
    [
        ("v=spf1 ip4:192.0.2.1 ip6:::1 -all", {}, (0, 0, "-", "")),
        ("v=spf1 redirect=r.example", {"r.example": "v=spf1 ip4:192.0.2.1 ~all"}, (1, 0, "~", "")),
        ("v=spf1 -all redirect=r.example", {}, (0, 0, "-", "")),
        ("v=spf1 exists:%{i}.x.example -all", {}, (1, 0, "-", "")),
        ("v=spf1 a:n1.example mx:n2.example -all", {}, (2, 2, "-", "")),
        (
            "v=spf1 include:i.example -all",
            {"i.example": "v=spf1 include:acme.example -all"},
            (2, 0, "", "it comes back to acme.example"),
        ),
        (
            "v=spf1 include:i.example -all",
            {"i.example": "text"},
            (1, 0, "", "it includes i.example, which has no SPF record"),
        ),
        ("V=SPF1 A/24 -ALL", {}, (1, 1, "-", "")),
    ],
)
def test_spf_is_evaluated_as_receivers_do(record, more, expected):
    found = spf(record, **more)

    assert (found.lookups, found.void, found.all_sign, found.problem) == expected


def test_a_term_that_is_none_says_which():
    with pytest.raises(SpfError, match="no mechanism"):
        spf_terms("v=spf1 all1 -all")
    with pytest.raises(SpfError, match="-redirect=x is no term"):
        spf_terms("v=spf1 -redirect=x")


@pytest.mark.parametrize(
    ("record", "code", "level"),
    [
        (f"v=DKIM1; p={key_of(2048)}", "dkim_good", "good"),
        (
            "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
            "dkim_good",
            "good",
        ),
        (f"v=DKIM1; p={key_of(1024)}", "dkim_short", "warn"),
        (f"v=DKIM1; p={key_of(512)}", "dkim_weak", "bad"),
        (f"v=DKIM1; t=y; p={key_of(2048)}", "dkim_test", "warn"),
        ("v=DKIM1; p=", "dkim_revoked", "warn"),
        ("v=DKIM1; p=!!", "dkim_broken", "bad"),
        ("v=DKIM1; p=aGVsbG8=", "dkim_broken", "bad"),
    ],
)
def test_a_key_is_judged_by_its_length_and_marks(record, code, level):
    findings = check_domain(
        "acme.example", zone(txt={"s9._domainkey.acme.example": record}), selectors=["s9"]
    )

    assert ("dkim", code, level) in codes(findings)


def test_a_key_that_was_named_and_is_absent_is_bad():
    findings = checked(GOOD, selectors=["s1", "s2"])

    assert codes(findings)[1:3] == [("dkim", "dkim_absent", "bad"), ("dkim", "dkim_good", "good")]
    assert findings[1].name == "s2._domainkey.acme.example"


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ("v=DMARC1; p=none; rua=mailto:x@y.example", ["dmarc_none"]),
        ("v=DMARC1; p=none", ["dmarc_none", "dmarc_blind"]),
        ("v=DMARC1; p=reject; pct=20; rua=mailto:x@y.example", ["dmarc_part"]),
        ("v=DMARC1; p=quarantine; rua=mailto:x@y.example", ["dmarc_good"]),
        ("v=DMARC1; p=always; rua=mailto:x@y.example", ["dmarc_broken"]),
        (["v=DMARC1; p=none", "v=DMARC1; p=reject"], ["dmarc_several"]),
    ],
)
def test_each_policy_of_dmarc_has_its_finding(record, expected):
    findings = check_domain("acme.example", zone(txt={"_dmarc.acme.example": record}))

    assert [found.code for found in findings if found.about == "dmarc"] == expected


def test_a_domain_below_takes_the_policy_of_the_one_above():
    ask = zone(txt={"_dmarc.acme.example": "v=DMARC1; p=reject; sp=none"})

    assert (
        read_dmarc("mail.acme.example", ask).policy,
        read_dmarc("acme.example", ask).policy,
    ) == (
        "none",
        "reject",
    )
    assert read_dmarc("mail.acme.example", ask).domain == "acme.example"


def test_mail_that_passes_by_nothing_is_told():
    records = {"txt": {"_dmarc.acme.example": "v=DMARC1; p=reject"}}

    assert ("alignment", "aligned_none", "bad") in codes(checked(records))
    records["txt"]["acme.example"] = "v=spf1 mx -all"
    assert ("alignment", "aligned_spf", "warn") in codes(checked(records))


def test_a_domain_that_takes_no_mail_cannot_take_reports_back():
    assert codes(checked({"mx": {"acme.example": ["0 ."]}}))[-1] == ("mx", "mx_null", "bad")


def test_bare_keys_are_measured_too():
    modulus = b"\0" + (1 << 2047 | 1).to_bytes(256, "big")

    assert rsa_bits(der(0x30, der(0x02, modulus) + der(0x02, b"\x03"))) == 2048


@given(st.text(max_size=80), st.binary(max_size=60))
def test_any_record_gives_findings(text, data):
    record = f"v=spf1 {text}"
    txt = {
        "acme.example": record,
        "s9._domainkey.acme.example": f"p={base64.b64encode(data).decode()}",
        "_dmarc.acme.example": f"v=DMARC1; {text}",
    }
    check_domain("acme.example", zone(txt=txt), selectors=["s9"])
    read_dkim("s9", text)
