"""Currency codes and the symbols and words that stand for them in exports."""

from collections.abc import Mapping

_CODES = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN "
    "BWP BYN BZD CAD CDF CHF CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR "
    "FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD "
    "JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK "
    "MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN "
    "PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB "
    "TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UYW UZS VED VES VND VUV WST XAF XCD XCG "
    "XOF XPF YER ZAR ZMW ZWG"
)
ISO_CODES = frozenset(_CODES.split())
"""ISO 4217 codes of money in use (and HRK, in older ledgers)."""

SYMBOLS: Mapping[str, str] = {
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "₹": "INR",
    "₽": "RUB",
    "₺": "TRY",
    "₩": "KRW",
    "₪": "ILS",
    "zł": "PLN",
    "Kč": "CZK",
    "$": "USD",
}
"""Symbol -> code. `$` and `¥` serve several currencies, so their reading is reported."""

SHARED_SYMBOLS = frozenset({"$", "¥"})

WORDS: Mapping[str, str] = {
    "EURO": "EUR",
    "EUROS": "EUR",
    "US$": "USD",
    "$US": "USD",
    "USD$": "USD",
    "CA$": "CAD",
    "C$": "CAD",
    "CAN$": "CAD",
    "A$": "AUD",
    "AU$": "AUD",
    "DOLLAR": "USD",
    "DOLLARS": "USD",
    "US DOLLAR": "USD",
    "POUND": "GBP",
    "STERLING": "GBP",
    "SFR": "CHF",
    "FR.": "CHF",
    "RMB": "CNY",
    "SKR": "SEK",
    "DKR": "DKK",
    "NKR": "NOK",
    **SYMBOLS,
}
"""What else a currency column may hold, in upper case."""


def currency_code(text: str) -> str:
    """Return the ISO code for a currency cell, or an empty text when it is none."""
    plain = " ".join(text.split()).upper()
    if plain in ISO_CODES:
        return plain
    return WORDS.get(plain, WORDS.get(text.strip(), ""))
