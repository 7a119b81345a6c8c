"""Header words of ledger exports in English, German, French and Spanish."""

import re
import unicodedata
from collections.abc import Mapping

FIELDS: Mapping[str, str] = {
    "customer_number": "kunnr|customer id|customer no|customer number|customer code|customer|"
    "cust no|cust id|cust number|"
    "account number|account no|account id|client id|client no|client number|client code|"
    "debtor|debtor number|"
    "debtor no|debtor id|bill to id|bill to|sold to|sold to party|payer|partner id|"
    "business partner|bp number|"
    "kundennummer|kunden nr|kundennr|kdnr|kd nr|kunde|kunden id|kundencode|debitor|"
    "debitorennummer|debitor nr|"
    "debitorennr|debitorenkonto|personenkonto|geschaftspartner|kontonummer|konto|"
    "client|numero client|no client|n client|code client|compte client|compte tiers|tiers|"
    "code tiers|id client|"
    "num client|ref client|reference client|numero de client|n de client|debiteur|"
    "cliente|numero cliente|numero de cliente|n cliente|no cliente|codigo cliente|"
    "codigo de cliente|id cliente|"
    "cod cliente|cuenta cliente|deudor|nro cliente",
    "customer_name": "customer name|name customer|cust name|client name|account name|"
    "debtor name|company|company name|"
    "name|business name|partner name|bill to name|trading name|"
    "kundenname|kunde name|name des kunden|debitorenname|debitor name|firma|firmenname|"
    "name 1|name1|bezeichnung|"
    "nom|nom client|nom du client|raison sociale|intitule|intitule client|libelle client|"
    "societe client|"
    "customer|client|cliente|kunde|debitor|debtor|tiers|deudor|nombre|nombre cliente|"
    "nombre del cliente|razon social|nombre o razon social",
    "customer_alias": "code|customer alias|search name|short name|matchcode|suchbegriff|"
    "alias|external id|external customer id",
    "item_number": "belnr|xblnr|invoice no|invoice number|invoice num|invoice nr|invoice|"
    "inv no|inv number|document no|document number|"
    "doc no|doc number|document|bill number|bill no|item number|item no|voucher|voucher no|"
    "transaction number|"
    "open item|number|invoice ref|"
    "rechnungsnummer|rechnungs nr|rechnungsnr|rechnung|rechnung nr|re nr|renr|belegnummer|"
    "beleg nr|belegnr|beleg|"
    "dokumentnummer|rechnungs nummer|opos nr|belegfeld 1|"
    "facture|numero facture|numero de facture|n facture|no facture|n de facture|num facture|"
    "piece|n piece|"
    "numero de piece|no piece|numero piece|numero de document|document n|"
    "factura|numero factura|numero de factura|n factura|no factura|nro factura|n de factura|"
    "num factura|documento|"
    "numero documento|numero de documento|n documento",
    "item_key": "invoice id|document id|item id|doc id|inv id|bill id|rechnung id|"
    "rechnungs id|id facture|id factura|"
    "invoice key|transaction id",
    "instalment": "buzei|instalment|installment|instalment no|installment number|line item|"
    "posten|position|pos|rate nr|"
    "buchungszeile|line|echeance n|n echeance|ligne|numero echeance|cuota|linea|"
    "vencimiento n|posicion",
    "kind": "blart|kind|type|document type|doc type|transaction type|invoice type|class|art|"
    "belegart|typ|dokumentart|"
    "buchungsart|vorgangsart|type de piece|type piece|type document|type de document|nature|"
    "tipo|tipo documento|tipo de documento|clase de documento",
    "amount": "wrbtr|dmbtr|amount|invoice amount|total amount|gross amount|total|"
    "original amount|invoice total|amount due|value|"
    "gross|amount doc currency|amount in doc currency|amount in document currency|"
    "document amount|invoice value|"
    "total invoice amount|amount incl vat|gross total|"
    "betrag|rechnungsbetrag|bruttobetrag|brutto|gesamtbetrag|summe|belegbetrag|betrag brutto|"
    "ursprungsbetrag|"
    "betrag in belegwahrung|betrag in hauswahrung|umsatz|"
    "montant|montant facture|montant ttc|montant total|total ttc|ttc|montant d origine|"
    "montant initial|"
    "importe|importe factura|importe total|monto|monto total|importe original|total factura|"
    "importe bruto",
    "open_amount": "open amount|outstanding|outstanding amount|balance|balance due|"
    "amount outstanding|open balance|"
    "remaining|remaining amount|total open amount|unpaid|unpaid amount|open|residual|"
    "amount open|amount remaining|due amount|"
    "offen|offener betrag|offener posten|restbetrag|offener saldo|saldo|op betrag|"
    "restforderung|noch offen|offene summe|"
    "solde|reste a payer|montant restant|restant du|solde du|montant ouvert|montant du|"
    "encours|reste du|"
    "pendiente|importe pendiente|saldo pendiente|monto pendiente|pendiente de cobro|"
    "pendiente de pago|importe abierto",
    "applied_amount": "applied|applied amount|amount applied|paid|paid amount|amount paid|"
    "received|amount received|"
    "paid to date|payments applied|allocated|allocated amount|settled amount|"
    "bezahlt|bezahlter betrag|gezahlt|gezahlter betrag|zahlungen|ausgeglichen|zahlbetrag|erhalten|"
    "paye|montant paye|regle|montant regle|deja paye|deja regle|montant regle ttc|acompte|"
    "encaisse|"
    "pagado|importe pagado|monto pagado|cobrado|importe cobrado",
    "debit": "debit|debit amount|dr|soll|sollbetrag|betrag soll|montant debit|debito|debe|"
    "importe debe",
    "credit": "credit|credit amount|cr|haben|habenbetrag|betrag haben|montant credit|credito|"
    "haber|importe haber",
    "side": "shkzg|debit credit|dr cr|d c|s h|soll haben|soll haben kennzeichen|sh|dc|sens|"
    "d h|debe haber|debit credit indicator",
    "currency": "waers|currency|currency code|curr|ccy|cur|invoice currency|doc currency|"
    "document currency|"
    "wahrung|waehrung|wahrungscode|belegwahrung|wkz|whrg|wahrungsschlussel|"
    "devise|code devise|monnaie|moneda|divisa|codigo moneda|codigo de moneda",
    "issued": "bldat|invoice date|date|issue date|issued|issued on|document date|doc date|"
    "document create date|bill date|billing date|"
    "date issued|invoice dt|created|tran date|transaction date|opened|opened on|opening date|"
    "rechnungsdatum|belegdatum|datum|ausstellungsdatum|rechnungs datum|beleg datum|re datum|"
    "date facture|date de facture|date de facturation|date d emission|date emission|"
    "date piece|date de piece|date document|"
    "fecha|fecha factura|fecha de factura|fecha emision|fecha de emision|fecha documento|"
    "fecha de expedicion",
    "due": "netdt|zfbdt|faedt|due date|due|due on|due in date|date due|payment due|"
    "payment due date|net due date|maturity|maturity date|due dt|"
    "net due|falligkeit|falligkeitsdatum|fallig|fallig am|faellig|faelligkeit|faellig am|"
    "faelligkeitsdatum|"
    "zahlbar bis|netto falligkeit|nettofalligkeit|zahlungsziel datum|"
    "echeance|date echeance|date d echeance|date limite de paiement|date limite|"
    "a payer avant|exigible le|"
    "vencimiento|fecha vencimiento|fecha de vencimiento|vence|fecha limite|"
    "fecha limite de pago|fecha vto|vto",
    "settled": "augdt|settled date|settled|settled on|clear date|clearing date|cleared|"
    "cleared on|clearing|paid date|date paid|paid on|closed date|"
    "settlement date|closed|closed on|date settled|"
    "ausgleichsdatum|ausgleich|bezahlt am|zahlungseingang|beglichen am|ausgeglichen am|"
    "bezahlt datum|"
    "date de reglement|date reglement|regle le|paye le|date de lettrage|date lettrage|solde le|"
    "fecha de compensacion|fecha compensacion|pagado el|fecha de cobro|fecha cobro|"
    "cobrado el|fecha liquidacion",
    "posted": "budat|posting date|posted|posted on|gl date|accounting date|entry date|"
    "booking date|"
    "buchungsdatum|buchungstag|date comptable|date de comptabilisation|date ecriture|"
    "fecha contable|fecha de contabilizacion",
    "terms": "zterm|terms|payment terms|terms of payment|payment term|terms days|"
    "cust payment terms|net days|credit terms|terms code|"
    "zahlungsbedingung|zahlungsbedingungen|zahlungsziel|zahlungskondition|zlsch|zahlungsfrist|zbd|"
    "conditions de paiement|condition de paiement|conditions de reglement|delai de paiement|"
    "mode de reglement delai|"
    "condiciones de pago|condicion de pago|plazo de pago|forma y plazo|terminos de pago|plazo",
    "status": "status|state|invoice status|payment status|is open|open flag|zustand|"
    "zahlungsstatus|rechnungsstatus|"
    "statut|etat|statut facture|estado|estado factura|situacion|estado de pago",
    "is_disputed": "disputed|dispute|in dispute|is disputed|dispute flag|strittig|"
    "reklamation|reklamiert|streitig|"
    "bestritten|litige|en litige|conteste|disputa|en disputa|disputado|reclamado|en litigio",
    "is_paper": "paper bill|paper invoice|on paper|is paper|sent on paper|paperless|"
    "paperless bill|paperless billing|paperless invoice|electronic invoice|e invoice|"
    "delivery method|delivery channel|invoice delivery|bill delivery|invoice delivery method|"
    "dispatch method|output channel|output medium|"
    "versandart|versandweg|rechnungsversand|papierrechnung|e rechnung|elektronische rechnung|"
    "mode d envoi|canal d envoi|facture electronique|facture papier|"
    "forma de envio|canal de envio|factura electronica|factura en papel",
    "payment_number": "payment id|payment no|payment number|receipt no|receipt number|"
    "receipt id|receipt|payment ref|"
    "check number|cheque number|check no|cheque no|payment document|zahlungsnummer|"
    "zahlungs nr|zahlungsnr|zahlungs id|"
    "zahlungsbeleg|numero de paiement|n paiement|numero paiement|n reglement|"
    "numero reglement|id paiement|cheque|"
    "numero de pago|numero pago|n pago|id pago|recibo|numero de recibo",
    "payment_day": "payment date|pay date|date of payment|receipt date|date received|"
    "received on|deposit date|value date|"
    "zahlungsdatum|zahldatum|zahlungseingangsdatum|valuta|wertstellung|valutadatum|"
    "date de paiement|date paiement|date d encaissement|date de valeur|date valeur|"
    "fecha de pago|fecha pago|fecha valor|fecha ingreso|fecha de ingreso",
    "payment_amount": "payment amount|pay amount|receipt amount|amount of payment|"
    "zahlungsbetrag|montant du paiement|"
    "montant paiement|montant du reglement|importe del pago|importe pago|monto del pago|"
    "monto pago",
    "unapplied_amount": "unapplied|unapplied amount|on account|unallocated|nicht zugeordnet|"
    "non lettre|non affecte|no aplicado",
    "method": "payment method|method|payment type|pay method|zahlungsart|zahlweg|zahlungsweg|"
    "zahlungsmethode|"
    "mode de paiement|moyen de paiement|mode de reglement|metodo de pago|forma de pago|"
    "medio de pago",
    "reference": "sgtxt|zuonr|reference|ref|po number|po|purchase order|po no|"
    "customer reference|your reference|description|text|memo|"
    "remittance|payment reference|referenz|ihr zeichen|bestellnummer|bestell nr|buchungstext|"
    "verwendungszweck|zuordnung|"
    "libelle|reference commande|bon de commande|votre reference|designation|"
    "referencia|concepto|descripcion|pedido|numero de pedido|orden de compra|su referencia",
    "company_code": "bukrs|business code|company code|bukrs|buchungskreis|mandant|"
    "code societe|etablissement|sociedad|"
    "legal entity|business unit|entity|codigo empresa",
    "country": "land1|country|country code|country region|land|landercode|laendercode|"
    "lander code|staat|pays|code pays|pais|codigo pais",
    "language": "spras|language|lang|language code|sprache|sprachcode|langue|code langue|"
    "idioma|lengua",
    "email": "email|e mail|mail|email address|e mail address|billing email|mailadresse|"
    "e mail adresse|emailadresse|"
    "courriel|adresse email|adresse e mail|adresse mail|correo|correo electronico|"
    "direccion de correo",
    "phone": "phone|telephone|phone number|tel|mobile|telefon|telefonnummer|tel nr|rufnummer|"
    "handy|"
    "numero de telephone|portable|telefono|numero de telefono|movil",
    "contact_last_name": "contact last name|last name|contact|contact name|contact person|"
    "ansprechpartner|"
    "kontakt|interlocuteur|personne de contact|contacto|persona de contacto",
    "contact_first_name": "contact first name|first name|vorname|prenom",
    "segment": "segment|customer group|customer segment|group|class of customer|industry|"
    "kundengruppe|branche|kundenklasse|"
    "groupe client|secteur|categorie client|segmento|grupo de clientes|sector|tipo de cliente",
    "credit_limit": "credit limit|limit|credit line|kreditlimit|kreditrahmen|kreditlinie|"
    "limite de credit|plafond|"
    "plafond de credit|encours autorise|limite de credito|limite credito|linea de credito",
    "parent": "parent|parent id|parent customer|parent account|head office|group parent|"
    "ubergeordneter kunde|konzern|mutter|"
    "mutterkonto|zentrale|societe mere|client parent|maison mere|matriz|cliente matriz|"
    "empresa matriz",
    "vat_number": "vat id|vat number|vat no|tax id|tax number|ust id|ust idnr|"
    "umsatzsteuer id|steuernummer|"
    "numero tva|n tva|tva intracommunautaire|nif|cif|nif cif|numero de iva|rfc",
    "sector": "nace|nace code|nace rev 2|nace sector|wz code|wz 2008|branchenschlussel|code nace",
    "iban": "iban|bank account|bankverbindung|compte bancaire|cuenta bancaria",
    "street": "street|address|address line 1|address line1|address1|addressline1|"
    "street address|billing address|"
    "strasse|anschrift|adresse|adresszeile 1|rue|adresse 1|direccion|calle|domicilio",
    "street2": "address line 2|address line2|address2|addressline2|adresszeile 2|"
    "adresszusatz|adresse 2|complement d adresse|direccion 2",
    "postcode": "postal code|postcode|zip|zip code|plz|postleitzahl|code postal|cp|codigo postal",
    "city": "city|town|ort|stadt|wohnort|ville|localite|ciudad|poblacion|localidad",
    "party": "party|party type|kind of party|b2b b2c|personenart|rechtsform art|type de partie|"
    "tipo de parte",
    "zones": "time zone|time zones|timezone|timezones|iana zone|zeitzone|zeitzonen|"
    "fuseau horaire|fuseaux horaires|zona horaria|zonas horarias",
    "region": "region|province|county|us state|bundesland|departement|provincia|comunidad",
    "dispute_number": "dispute id|dispute no|dispute number|case id|case no|claim id|"
    "claim number|reklamationsnummer|"
    "numero litige|id disputa",
    "dispute_reason": "reason|dispute reason|reason code|dispute code|root cause|grund|"
    "reklamationsgrund|streitgrund|"
    "motif|motif du litige|motivo|motivo de disputa|causa",
    "dispute_amount": "disputed amount|dispute amount|strittiger betrag|montant conteste|"
    "montant en litige|importe en disputa",
    "order_number": "order number|order id|order no|sales order|so number|auftragsnummer|"
    "auftrag|auftrags nr|"
    "numero de commande|commande|n commande|numero pedido",
    "order_day": "order date|sales date|auftragsdatum|bestelldatum|date de commande|"
    "date commande|fecha de pedido|fecha pedido",
    "order_amount": "order amount|sales amount|order total|auftragswert|montant commande|"
    "importe pedido",
    "quantity": "quantity|qty|quantity ordered|menge|anzahl|quantite|qte|cantidad",
    "unit_price": "unit price|price|price each|einzelpreis|preis|stuckpreis|prix|"
    "prix unitaire|pu|precio|precio unitario",
    "product": "product|product code|sku|article|artikel|artikelnummer|produit|code article|"
    "producto|articulo|product category",
}
"""Field -> header phrases, normalised as `plain_words` does it."""

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_OTHER = re.compile(r"[^a-z0-9]+")


def plain_words(text: str) -> str:
    """Return a header as plain words: `InvoiceAmount (EUR)` -> `invoice amount eur`."""
    split = _CAMEL.sub(" ", text.replace("ß", "ss"))
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", split)
        if not unicodedata.combining(letter)
    )
    return _OTHER.sub(" ", plain.lower()).strip()


PHRASES: Mapping[str, tuple[str, ...]] = {
    name: tuple(dict.fromkeys(plain_words(phrase) for phrase in phrases.split("|")))
    for name, phrases in FIELDS.items()
}
KNOWN: Mapping[str, tuple[str, ...]] = {
    phrase: tuple(name for name, phrases in PHRASES.items() if phrase in phrases)
    for phrase in dict.fromkeys(one for phrases in PHRASES.values() for one in phrases)
}
"""Header phrase -> the fields it may stand for."""
