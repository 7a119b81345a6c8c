"""What customers do: the sections and divisions of NACE Rev. 2.

Source: Regulation (EC) No 1893/2006, annex I. A customer carries a division's two digits, or a
section's letter where no more is known.
"""

from collections.abc import Mapping

SECTIONS: Mapping[str, str] = {
    "A": "Agriculture, forestry and fishing",
    "B": "Mining and quarrying",
    "C": "Manufacturing",
    "D": "Electricity, gas, steam and air conditioning supply",
    "E": "Water supply, sewerage, waste management and remediation",
    "F": "Construction",
    "G": "Wholesale and retail trade, repair of motor vehicles",
    "H": "Transportation and storage",
    "I": "Accommodation and food service",
    "J": "Information and communication",
    "K": "Financial and insurance activities",
    "L": "Real estate activities",
    "M": "Professional, scientific and technical activities",
    "N": "Administrative and support service activities",
    "O": "Public administration and defence",
    "P": "Education",
    "Q": "Human health and social work",
    "R": "Arts, entertainment and recreation",
    "S": "Other service activities",
    "T": "Activities of households as employers",
    "U": "Activities of extraterritorial organisations",
}

DIVISIONS: Mapping[str, tuple[str, str]] = {
    "01": ("A", "Crop and animal production, hunting"),
    "02": ("A", "Forestry and logging"),
    "03": ("A", "Fishing and aquaculture"),
    "05": ("B", "Mining of coal and lignite"),
    "06": ("B", "Extraction of crude petroleum and natural gas"),
    "07": ("B", "Mining of metal ores"),
    "08": ("B", "Other mining and quarrying"),
    "09": ("B", "Mining support service activities"),
    "10": ("C", "Food products"),
    "11": ("C", "Beverages"),
    "12": ("C", "Tobacco products"),
    "13": ("C", "Textiles"),
    "14": ("C", "Wearing apparel"),
    "15": ("C", "Leather and related products"),
    "16": ("C", "Wood and products of wood"),
    "17": ("C", "Paper and paper products"),
    "18": ("C", "Printing and reproduction of recorded media"),
    "19": ("C", "Coke and refined petroleum products"),
    "20": ("C", "Chemicals and chemical products"),
    "21": ("C", "Pharmaceutical products"),
    "22": ("C", "Rubber and plastic products"),
    "23": ("C", "Other non-metallic mineral products"),
    "24": ("C", "Basic metals"),
    "25": ("C", "Fabricated metal products"),
    "26": ("C", "Computer, electronic and optical products"),
    "27": ("C", "Electrical equipment"),
    "28": ("C", "Machinery and equipment"),
    "29": ("C", "Motor vehicles, trailers and semi-trailers"),
    "30": ("C", "Other transport equipment"),
    "31": ("C", "Furniture"),
    "32": ("C", "Other manufacturing"),
    "33": ("C", "Repair and installation of machinery"),
    "35": ("D", "Electricity, gas, steam and air conditioning supply"),
    "36": ("E", "Water collection, treatment and supply"),
    "37": ("E", "Sewerage"),
    "38": ("E", "Waste collection, treatment and disposal"),
    "39": ("E", "Remediation and other waste management"),
    "41": ("F", "Construction of buildings"),
    "42": ("F", "Civil engineering"),
    "43": ("F", "Specialised construction activities"),
    "45": ("G", "Trade and repair of motor vehicles"),
    "46": ("G", "Wholesale trade"),
    "47": ("G", "Retail trade"),
    "49": ("H", "Land transport and pipelines"),
    "50": ("H", "Water transport"),
    "51": ("H", "Air transport"),
    "52": ("H", "Warehousing and support for transportation"),
    "53": ("H", "Postal and courier activities"),
    "55": ("I", "Accommodation"),
    "56": ("I", "Food and beverage service"),
    "58": ("J", "Publishing"),
    "59": ("J", "Film, video and television production, sound recording"),
    "60": ("J", "Programming and broadcasting"),
    "61": ("J", "Telecommunications"),
    "62": ("J", "Computer programming and consultancy"),
    "63": ("J", "Information service activities"),
    "64": ("K", "Financial services but insurance and pensions"),
    "65": ("K", "Insurance, reinsurance and pension funding"),
    "66": ("K", "Activities auxiliary to financial services"),
    "68": ("L", "Real estate activities"),
    "69": ("M", "Legal and accounting activities"),
    "70": ("M", "Head offices and management consultancy"),
    "71": ("M", "Architecture and engineering, technical testing"),
    "72": ("M", "Scientific research and development"),
    "73": ("M", "Advertising and market research"),
    "74": ("M", "Other professional, scientific and technical activities"),
    "75": ("M", "Veterinary activities"),
    "77": ("N", "Rental and leasing"),
    "78": ("N", "Employment activities"),
    "79": ("N", "Travel agencies and tour operators"),
    "80": ("N", "Security and investigation"),
    "81": ("N", "Services to buildings and landscape"),
    "82": ("N", "Office administration and business support"),
    "84": ("O", "Public administration and defence, social security"),
    "85": ("P", "Education"),
    "86": ("Q", "Human health"),
    "87": ("Q", "Residential care"),
    "88": ("Q", "Social work without accommodation"),
    "90": ("R", "Creative, arts and entertainment activities"),
    "91": ("R", "Libraries, archives and museums"),
    "92": ("R", "Gambling and betting"),
    "93": ("R", "Sports, amusement and recreation"),
    "94": ("S", "Membership organisations"),
    "95": ("S", "Repair of computers and household goods"),
    "96": ("S", "Other personal services"),
    "97": ("T", "Households as employers of domestic personnel"),
    "98": ("T", "Goods and services of households for own use"),
    "99": ("U", "Extraterritorial organisations and bodies"),
}

CODES = (*SECTIONS, *DIVISIONS)


def section_of(code: str) -> str:
    """Return the section a code lies in, "" for one that is not known."""
    if code in SECTIONS:
        return code
    return DIVISIONS[code][0] if code in DIVISIONS else ""


def sector_name(code: str) -> str:
    """Return what a code stands for, the code itself where it is not known."""
    if code in DIVISIONS:
        return DIVISIONS[code][1]
    return SECTIONS.get(code, code)


def read_sector(text: str) -> str:
    """Return the code in a text as books write it: "46", "G", "46.21", "G46.2", "G 46".

    Anything finer than a division counts as its division. Raises ValueError for what is no code.
    """
    plain = text.strip().upper().replace(" ", "")
    if not plain:
        return ""
    letter = plain[0] if plain[0] in SECTIONS else ""
    digits = plain[len(letter) :].split(".", maxsplit=1)[0]
    if not digits and letter and plain == letter:
        return letter
    if not digits.isascii() or not digits.isdigit():
        raise ValueError(_wrong(text))
    code = digits.zfill(2)[:2] if len(digits) == 1 else digits[:2]
    if code not in DIVISIONS or (letter and DIVISIONS[code][0] != letter):
        raise ValueError(_wrong(text))
    return code


def _wrong(text: str) -> str:
    told = text.strip()[:20]
    return f"{told!r} is no sector: write a NACE section (A to U) or a division (01 to 99)"
