"""Company names brought to one form, so that two spellings of one customer meet."""

import narwhals.stable.v2 as nw

LEGAL_FORMS = (
    "gmbh co kg|gmbh|mbh|kgaa|ag|kg|ohg|ug|eg|ev|ek|inc|incorporated|corp|corporation|co|company"
    "|llc|llp|lp|ltd|limited|plc|sarl|sas|sasu|sa|spa|srl|sl|slu|bv|nv|ab|as|aps|oy|oyj"
    "|sp z oo|sp z o o|kft|sro|doo|pty|pte"
)
ACCENTS = (
    ("[àáâãåāą]", "a"),
    ("[äæ]", "ae"),
    ("[çćč]", "c"),
    ("[ďđ]", "d"),
    ("[èéêëēęě]", "e"),
    ("[ìíîïī]", "i"),
    ("[łľ]", "l"),
    ("[ñńň]", "n"),
    ("[òóôõőō]", "o"),
    ("[öøœ]", "oe"),
    ("[řŕ]", "r"),
    ("[śšş]", "s"),
    ("ß", "ss"),
    ("[ťţ]", "t"),
    ("[ùúûűūů]", "u"),
    ("ü", "ue"),
    ("[ýÿ]", "y"),
    ("[źżž]", "z"),
)


def normalised_name(name: nw.Expr) -> nw.Expr:
    """Return a name in lower case without accents, punctuation and legal form, for comparing."""
    plain = name.str.to_lowercase()
    for pattern, letter in ACCENTS:
        plain = plain.str.replace_all(pattern, letter)
    # Dots join: "G.m.b.H." is one word; any other mark parts words.
    plain = plain.str.replace_all("[.'\u2019]", "").str.replace_all(r"[^\p{L}\p{N}]+", " ")
    plain = plain.str.strip_chars(" ")
    return plain.str.replace_all(rf"( ({LEGAL_FORMS}))+$", "").str.strip_chars(" ")
