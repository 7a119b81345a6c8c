"""Country names and codes of exports to ISO 3166-1 alpha-2."""

from collections.abc import Mapping

from dunwell.formats.words import plain_words

_CODES = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO "
    "BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ "
    "DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP "
    "GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG "
    "KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML "
    "MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE "
    "PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL "
    "SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM "
    "US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW"
)
ISO_CODES = frozenset(_CODES.split())
"""ISO 3166-1 alpha-2 codes (and XK)."""

_NAMES = {
    "AE": "united arab emirates|uae|vereinigte arabische emirate|emirats arabes unis|"
    "emiratos arabes unidos|are",
    "AR": "argentina|argentinien|argentine|arg",
    "AT": "austria|osterreich|oesterreich|autriche|aut",
    "AU": "australia|australien|australie|aus",
    "BE": "belgium|belgien|belgique|belgica|bel",
    "BG": "bulgaria|bulgarien|bulgarie|bgr",
    "BR": "brazil|brasilien|bresil|brasil|bra",
    "CA": "canada|kanada|can",
    "CH": "switzerland|schweiz|suisse|suiza|che",
    "CL": "chile|chili|chl",
    "CN": "china|chine|chn|prc",
    "CO": "colombia|kolumbien|colombie|col",
    "CY": "cyprus|zypern|chypre|chipre|cyp",
    "CZ": "czech republic|czechia|tschechien|tschechische republik|republique tcheque|"
    "republica checa|chequia|cze",
    "DE": "germany|deutschland|allemagne|alemania|deu|ger|brd",
    "DK": "denmark|danemark|dinamarca|dnk",
    "EE": "estonia|estland|estonie|est",
    "EG": "egypt|agypten|egypte|egipto|egy",
    "ES": "spain|spanien|espagne|espana|esp",
    "FI": "finland|finnland|finlande|finlandia|fin",
    "FR": "france|frankreich|francia|fra",
    "GB": "united kingdom|uk|great britain|grossbritannien|vereinigtes konigreich|"
    "royaume uni|reino unido|england|angleterre|inglaterra|scotland|wales|gbr",
    "GR": "greece|griechenland|grece|grecia|grc|el",
    "HK": "hong kong|hongkong|hkg",
    "HR": "croatia|kroatien|croatie|croacia|hrv",
    "HU": "hungary|ungarn|hongrie|hungria|hun",
    "IE": "ireland|irland|irlande|irlanda|irl",
    "IL": "israel|isr",
    "IN": "india|indien|inde|ind",
    "IT": "italy|italien|italie|italia|ita",
    "JP": "japan|japon|jpn",
    "KR": "south korea|korea|sudkorea|coree du sud|corea del sur|republic of korea|kor",
    "LI": "liechtenstein|lie",
    "LT": "lithuania|litauen|lituanie|lituania|ltu",
    "LU": "luxembourg|luxemburg|luxemburgo|lux",
    "LV": "latvia|lettland|lettonie|letonia|lva",
    "MA": "morocco|marokko|maroc|marruecos|mar",
    "MT": "malta|malte|mlt",
    "MX": "mexico|mexiko|mexique|mejico|mex",
    "MY": "malaysia|malaisie|malasia|mys",
    "NL": "netherlands|niederlande|pays bas|paises bajos|the netherlands|holland|nld",
    "NO": "norway|norwegen|norvege|noruega|nor",
    "NZ": "new zealand|neuseeland|nouvelle zelande|nueva zelanda|nzl",
    "PE": "peru|perou|per",
    "PH": "philippines|philippinen|filipinas|phl",
    "PL": "poland|polen|pologne|polonia|pol",
    "PT": "portugal|prt",
    "RO": "romania|rumanien|roumanie|rumania|rou",
    "RS": "serbia|serbien|serbie|srb",
    "RU": "russia|russland|russie|rusia|russian federation|rus",
    "SA": "saudi arabia|saudi arabien|arabie saoudite|arabia saudi|sau",
    "SE": "sweden|schweden|suede|suecia|swe",
    "SG": "singapore|singapur|singapour|sgp",
    "SI": "slovenia|slowenien|slovenie|eslovenia|svn",
    "SK": "slovakia|slowakei|slovaquie|eslovaquia|svk",
    "TH": "thailand|thailande|tailandia|tha",
    "TN": "tunisia|tunesien|tunisie|tunez|tun",
    "TR": "turkey|turkei|turquie|turquia|turkiye|tur",
    "TW": "taiwan|twn",
    "UA": "ukraine|ucrania|ukr",
    "US": "united states|usa|us|united states of america|vereinigte staaten|etats unis|"
    "estados unidos|america",
    "UY": "uruguay|ury",
    "VE": "venezuela|ven",
    "ZA": "south africa|sudafrika|afrique du sud|sudafrica|zaf",
}
NAMES: Mapping[str, str] = {
    name: code for code, names in _NAMES.items() for name in names.split("|")
}
"""Name in four languages, or alpha-3 code, as `plain_words` writes it -> alpha-2 code."""


def country_code(text: str) -> str:
    """Return the alpha-2 code for a country cell, or an empty text when it is none."""
    plain = text.strip().upper()
    if plain in ISO_CODES:
        return plain
    return NAMES.get(plain_words(text), "")
