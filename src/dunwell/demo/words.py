"""Invented words: company, person and place names, terms, remittance and note texts.

No name is taken from a register. E-mail domains end in `.example`; phone
numbers lie in ranges that regulators keep for fiction (Ofcom 01632 960, US
555-01, Bundesnetzagentur 030 23125, ARCEP 01 99 00, ComReg 020 91); where no
such range exists the unassigned country code +999 stands. Post codes and VAT
numbers start with zeros or letters that are not given out.
"""


def _words(text: str) -> tuple[str, ...]:
    """Return the words of a list written with bars, or with blanks where no word has one."""
    return tuple(text.split("|" if "|" in text else None))


HEADS = _words(
    "Abren Aldro Balvi Benna Birko Brenni Calvo Corvi Dalmi Darvo Delfi Dorna Elvan Embri Fano "
    "Felgo Fenwi Galdo Gherri Halvo Harlo Istra Jorvi Kalde Kelmo Korbi Lando Lerri Lombri Marvo "
    "Melko Norvi Oldra Ostre Pelvi Quello Ravno Rosti Salvi Sorno Tarvi Thelmo Ulvo Vanno Velmi "
    "Wendo Yarvi Zelko"
)
TAILS = _words(
    "bach berg bridge brook cott dale dorf feld ford gate grove ham heim holm hurst lake land "
    "mark mere mont more port rath ridge stad stede strand thal ton vale ville wald well wick "
    "worth"
)
TRADES = {
    "en": _words(
        "Packaging|Engineering|Foods|Logistics|Textiles|Instruments|Building Supplies|Chemicals|"
        "Printing|Furniture|Medical|Electrics|Pumps|Garden Centres|Tools|Marine|Glass|Bakeries|"
        "Components|Hotels|Plastics|Security|Wines|Fittings"
    ),
    "de": _words(
        "Verpackung|Maschinenbau|Lebensmittel|Logistik|Textil|Messtechnik|Baustoffe|Chemie|"
        "Druck|Möbel|Medizintechnik|Elektro|Pumpen|Gartenbau|Werkzeuge|Schiffsbedarf|Glas|"
        "Backwaren|Bauteile|Hotelbetriebe|Kunststoffe|Sicherheit|Weinhandel|Armaturen"
    ),
    "fr": _words(
        "Emballages|Mécanique|Alimentaire|Transports|Textiles|Instruments|Matériaux|Chimie|"
        "Imprimerie|Meubles|Médical|Électricité|Pompes|Jardins|Outillage|Marine|Verrerie|"
        "Boulangerie|Composants|Hôtels|Plastiques|Sécurité|Vins|Robinetterie"
    ),
    "es": _words(
        "Embalajes|Ingeniería|Alimentos|Logística|Textiles|Instrumentos|Materiales|Químicas|"
        "Imprenta|Muebles|Sanitarios|Eléctricas|Bombas|Jardines|Herramientas|Náutica|Vidrio|"
        "Panaderías|Componentes|Hoteles|Plásticos|Seguridad|Vinos|Válvulas"
    ),
    "nl": _words(
        "Verpakking|Machinebouw|Levensmiddelen|Logistiek|Textiel|Instrumenten|Bouwstoffen|Chemie|"
        "Drukwerk|Meubelen|Medisch|Elektra|Pompen|Tuincentra|Gereedschap|Scheepvaart|Glas|"
        "Bakkerijen|Onderdelen|Hotels|Kunststoffen|Beveiliging|Wijnen|Armaturen"
    ),
}
BUILDING = (6, 11, 16, 23)
"""Places of the building trade in each list: supplies, electrics, glass, fittings."""
OTHERS = tuple(place for place in range(24) if place not in BUILDING)
PUBLIC_BODIES = {
    "en": ("County Council", "City Library", "Teaching Hospital", "Water Board"),
    "de": ("Kreisverwaltung", "Stadtwerke", "Klinikum", "Hochschule"),
    "fr": ("Mairie", "Centre hospitalier", "Lycée", "Régie des eaux"),
    "es": ("Ayuntamiento", "Hospital comarcal", "Instituto", "Aguas municipales"),
    "nl": ("Gemeente", "Ziekenhuis", "Hogeschool", "Waterschap"),
}
FIRST_NAMES = _words(
    "Ada Amir Birgit Carlos Chloé Daniel Elena Farah Georg Hanna Ines Jonas Katrin Liam Lucía "
    "Marek Nadia Olaf Paula Quentin Rosa Samir Tessa Ute Victor Wanda Yusuf Zoe"
)
LAST_NAMES = _words(
    "Albrand Benwick Castello Dornfeld Elsworth Fontval Grenmark Hollister Ivarsen Jellick "
    "Kornbach Lavigne Morcastle Nordahl Oakhurst Pellegrand Quintero Rosvall Sandheim Torrell "
    "Ulbrecht Vandermere Wolfram Yardley Zimmeran"
)
STREETS = {
    "en": ("Mill Lane", "Station Road", "Foundry Street", "Harbour Way", "Orchard Close"),
    "de": ("Mühlweg", "Bahnhofstraße", "Gießereistraße", "Hafenallee", "Obstgarten"),
    "fr": (
        "rue du Moulin",
        "rue de la Gare",
        "rue de la Fonderie",
        "quai du Port",
        "rue du Verger",
    ),
    "es": (
        "calle del Molino",
        "calle Estación",
        "calle Fundición",
        "paseo Puerto",
        "calle Huerto",
    ),
    "nl": ("Molenweg", "Stationsstraat", "Gieterijstraat", "Havenlaan", "Boomgaard"),
}
DISPUTE_NOTES = {
    "price": "Price on the invoice is above the order; customer asks for the agreed price.",
    "short_delivery": "Fewer pieces arrived than invoiced; delivery note is with the carrier.",
    "quality": "Goods rejected at incoming inspection; photos asked for.",
    "no_po": "No purchase order number on the invoice; cannot be booked by the customer.",
    "duplicate": "Customer says the same delivery was invoiced twice.",
    "tax": "Wrong tax treatment; customer needs a corrected invoice.",
    "already_paid": "Customer says it is paid; proof of payment asked for.",
}
CALL_NOTES = {
    "no_answer": (
        "No answer, tried twice.",
        "Switchboard only, accounts payable not at the desk.",
        "Line busy in the morning and in the afternoon.",
    ),
    "left_message": (
        "Left a message with the open amount and our number.",
        "Asked a colleague to have accounts payable call back.",
    ),
    "reached": (
        "Spoke to accounts payable; invoices are in approval.",
        "Copy of the invoices asked for and sent.",
        "They have a new approver, release expected with the next run.",
        "Confirmed that all invoices have arrived.",
    ),
    "wrong_number": ("Number belongs to another department; new one asked for by e-mail.",),
    "note": (
        "Payment run moved to another weekday, says accounts payable.",
        "Statement of account sent at the customer's wish.",
        "Sales asks to be told before any formal notice.",
        "Customer wants invoices by e-mail only.",
    ),
}
