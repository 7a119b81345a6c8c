"""What the assistant can say, by language and key; gaps are filled by `assistant_words`.

Sentences hold no figure of their own, so that every figure in an answer comes from the ledger.
"""

from collections.abc import Mapping

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "hello": "Hello. I am an AI assistant, not a person. I can tell you about your account, "
        "note a promise to pay or offer a payment plan. Ask for a person at any time.",
        "greeting": "Hello. How can I help with your account?",
        "other_language": "I can only answer in English.",
        "balance": "You owe {owed} in total. Of this, {overdue} is overdue.",
        "nothing_open": "Nothing is open on your account.",
        "item": "Invoice {number}: {open} open, due on {due}.",
        "more_items": "All others are on the page Invoices.",
        "item_not_open": "I find no open invoice of yours with that number.",
        "bank_details": "Please transfer to {name}, IBAN {iban}.",
        "payment_link": "You can pay on the page Pay.",
        "documents": "Invoices and papers are on the page Documents.",
        "statement": "Your statement is on the page Statement.",
        "paid_already": "Thank you. Payments show once the bank reports them. If yours should "
        "be here by now, ask for a person.",
        "thanks": "You are welcome.",
        "who_are_you": "I am an AI assistant, not a person. Ask for a person at any time.",
        "nothing_waits": "There is nothing to confirm. How can I help?",
        "not_understood": "I did not understand. Please say it in other words, or ask for a "
        "person.",
        "hand_over": "I pass this on to a person of our team, with what was said here. The "
        "answer comes under Messages.",
        "nothing_to_promise": "There is no open amount that could be promised now.",
        "which_invoice": "Your invoices are in several currencies. Please name the invoice you "
        "mean.",
        "ask_day": "By which day will you pay? The latest day I can note is {latest}.",
        "day_not_taken": "I cannot note that day. Please name a day from today until {latest}.",
        "confirm_promise": "You pay {amount} by {day} for: {numbers}. Shall I note this? Yes or "
        "no.",
        "promise_done": "Thank you, this is noted under Promises and plans.",
        "confirm_plan": "I can offer: {number} instalments of at most {level}, {total} in "
        "total, the first on {first}, the last on {last}. Shall I ask for it? Yes or no.",
        "plan_done": "The plan is asked for. You find it under Promises and plans, where you "
        "read the terms and accept them.",
        "confirm_contact": "Shall I note this for you? A new e-mail address counts once a "
        "person of our team has confirmed it. Yes or no.",
        "not_done": "I changed nothing.",
        "not_possible": "This could not be done here. I pass it on to a person of our team.",
        "unproven": "I cannot answer this safely. I pass it on to a person of our team.",
        "item_disputed": "Of {number}, {amount} is objected to and rests.",
        "item_promised": "{number} is promised for {day}.",
        "item_agreed": "{number} is part of an agreement; see Promises and plans.",
        "item_settled": "Nothing is open on {number}.",
        "payment": "We received {amount} on {day}.",
        "no_payment": "I find no payment of yours.",
        "documents_of": "Invoices with a file for you: {count}.",
        "plan_deposit": "First a deposit of {deposit}, due on {first}.",
        "confirm_dispute": "You object to {amount} of: {numbers}. Shall I open a query with "
        "what you wrote? Yes or no.",
        "dispute_done": "The query is open. You find it under Queries; what it is about rests "
        "until it is answered.",
        "new_email": "Your new e-mail address: {email}.",
        "new_phone": "Your new phone number: {phone}.",
        "contact_same": "That is what we have already.",
        "contact_done": "Thank you, this is noted under Contacts.",
        "yes_or_no": "Please say only yes or no, or tell me anew what you want.",
        "only_looks": "With your access you can ask for figures, but not arrange or write "
        "anything here. Please ask whoever manages the access in your company.",
        "too_long": "This talk is long. I pass it on to a person of our team.",
    },
    "de": {
        "hello": "Guten Tag. Ich bin ein KI-Assistent, kein Mensch. Ich gebe Auskunft zu Ihrem "
        "Konto, notiere eine Zahlungszusage oder biete einen Ratenplan an. Wenn Sie lieber mit "
        "einem Menschen sprechen möchten, sagen Sie es jederzeit.",
        "greeting": "Guten Tag. Wie kann ich bei Ihrem Konto helfen?",
        "other_language": "Ich kann nur auf Englisch antworten.",
        "balance": "Sie schulden insgesamt {owed}. Davon sind {overdue} überfällig.",
        "nothing_open": "Auf Ihrem Konto ist nichts offen.",
        "item": "Rechnung {number}: {open} offen, fällig am {due}.",
        "more_items": "Alle anderen stehen auf der Seite „Rechnungen“.",
        "item_not_open": "Ich finde keine offene Rechnung von Ihnen mit dieser Nummer.",
        "bank_details": "Bitte überweisen Sie an {name}, IBAN {iban}.",
        "payment_link": "Bezahlen können Sie auf der Seite „Bezahlen“.",
        "documents": "Rechnungen und andere Unterlagen stehen auf der Seite „Belege“.",
        "statement": "Ihren Kontoauszug finden Sie auf der Seite „Kontoauszug“.",
        "paid_already": "Vielen Dank. Zahlungen erscheinen, sobald die Bank sie meldet. Wenn "
        "Ihre Zahlung längst da sein müsste, bitten Sie um einen Menschen.",
        "thanks": "Gern geschehen.",
        "who_are_you": "Ich bin ein KI-Assistent, kein Mensch. Wenn Sie lieber mit einem "
        "Menschen sprechen möchten, sagen Sie es jederzeit.",
        "nothing_waits": "Es gibt nichts zu bestätigen. Wie kann ich helfen?",
        "not_understood": "Das habe ich nicht verstanden. Bitte sagen Sie es mit anderen Worten, "
        "oder bitten Sie um einen Menschen.",
        "hand_over": "Ich gebe das an einen Menschen aus unserem Team weiter, mit allem, was "
        "hier gesagt wurde. Die Antwort finden Sie dann unter „Nachrichten“.",
        "nothing_to_promise": "Zurzeit gibt es keinen offenen Betrag, der zugesagt werden kann.",
        "which_invoice": "Ihre Rechnungen lauten auf mehrere Währungen. Bitte nennen Sie die "
        "Rechnung, die Sie meinen.",
        "ask_day": "Bis wann werden Sie zahlen? Der späteste Tag, den ich notieren kann, ist der "
        "{latest}.",
        "day_not_taken": "Diesen Tag kann ich nicht notieren. Bitte nennen Sie einen Tag von "
        "heute bis zum {latest}.",
        "confirm_promise": "Sie zahlen {amount} bis zum {day} für: {numbers}. Soll ich das "
        "notieren? Ja oder nein.",
        "promise_done": "Vielen Dank, das ist unter „Zahlungszusagen und Ratenpläne“ notiert.",
        "confirm_plan": "Ich kann einen Ratenplan anbieten: {number} Raten von höchstens "
        "{level}, insgesamt {total}, die erste am {first}, die letzte am {last}. Soll ich ihn "
        "für Sie anfragen? Ja oder nein.",
        "plan_done": "Der Ratenplan ist angefragt. Sie finden ihn unter „Zahlungszusagen und "
        "Ratenpläne“, wo Sie die Bedingungen lesen und annehmen können.",
        "confirm_contact": "Soll ich das für Sie notieren? Eine neue E-Mail-Adresse gilt, sobald "
        "ein Mensch aus unserem Team sie bestätigt hat. Ja oder nein.",
        "not_done": "Ich habe nichts geändert.",
        "not_possible": "Das war hier nicht möglich. Ich gebe es an einen Menschen aus unserem "
        "Team weiter.",
        "unproven": "Das kann ich nicht sicher beantworten. Ich gebe es an einen Menschen aus "
        "unserem Team weiter.",
        "item_disputed": "Von {number} sind {amount} beanstandet und ruhen.",
        "item_promised": "Für {number} ist die Zahlung zum {day} zugesagt.",
        "item_agreed": "{number} ist Teil einer Vereinbarung; siehe „Zahlungszusagen und "
        "Ratenpläne“.",
        "item_settled": "Zu {number} ist nichts offen.",
        "payment": "Wir haben {amount} am {day} erhalten.",
        "no_payment": "Ich finde keine Zahlung von Ihnen.",
        "documents_of": "Rechnungen mit einer Datei zum Herunterladen: {count}.",
        "plan_deposit": "Zuerst eine Anzahlung von {deposit}, fällig am {first}.",
        "confirm_dispute": "Sie beanstanden {amount} von: {numbers}. Soll ich mit dem, was Sie "
        "geschrieben haben, eine Rückfrage eröffnen? Ja oder nein.",
        "dispute_done": "Die Rückfrage ist eröffnet. Sie finden sie unter „Rückfragen“; was Sie "
        "beanstanden, ruht, bis sie beantwortet ist.",
        "new_email": "Ihre neue E-Mail-Adresse: {email}.",
        "new_phone": "Ihre neue Telefonnummer: {phone}.",
        "contact_same": "So steht es bei uns bereits.",
        "contact_done": "Vielen Dank, das ist unter „Kontakte“ notiert.",
        "yes_or_no": "Bitte antworten Sie nur mit Ja oder Nein, oder sagen Sie noch einmal, was "
        "Sie möchten.",
        "only_looks": "Mit Ihrem Zugang können Sie Auskunft erhalten, hier aber nichts "
        "vereinbaren oder schreiben. Bitte wenden Sie sich an die Person, die in Ihrer Firma die "
        "Zugänge verwaltet.",
        "too_long": "Dieses Gespräch ist lang geworden. Ich gebe es an einen Menschen aus "
        "unserem Team weiter.",
    },
    "fr": {
        "hello": "Bonjour. Je suis un assistant IA, pas une personne. Je vous renseigne sur "
        "votre compte, je note une promesse de paiement ou je propose un échéancier. Vous pouvez "
        "à tout moment demander à parler à une personne.",
        "greeting": "Bonjour. Comment puis-je vous aider pour votre compte ?",
        "other_language": "Je ne peux répondre qu'en anglais.",
        "balance": "Vous devez {owed} au total, dont {overdue} en retard.",
        "nothing_open": "Il n'y a rien à payer sur votre compte.",
        "item": "Facture {number} : {open} à payer, échéance le {due}.",
        "more_items": "Toutes les autres sont sur la page des factures.",
        "item_not_open": "Je ne trouve aucune facture impayée à votre nom sous ce numéro.",
        "bank_details": "Veuillez faire votre virement à {name}, IBAN {iban}.",
        "payment_link": "Vous pouvez payer sur la page de paiement.",
        "documents": "Les factures et autres documents sont sur la page des documents.",
        "statement": "Votre relevé est sur la page du relevé.",
        "paid_already": "Merci. Les paiements apparaissent dès que la banque nous les "
        "communique. Si le vôtre devrait déjà y être, demandez à parler à une personne.",
        "thanks": "Je vous en prie.",
        "who_are_you": "Je suis un assistant IA, pas une personne. Vous pouvez à tout moment "
        "demander à parler à une personne.",
        "nothing_waits": "Il n'y a rien à confirmer. Comment puis-je vous aider ?",
        "not_understood": "Je n'ai pas compris. Dites-le autrement, ou demandez à parler à une "
        "personne.",
        "hand_over": "Je transmets votre demande à une personne de notre équipe, avec ce qui a "
        "été dit ici. Vous trouverez la réponse dans les messages.",
        "nothing_to_promise": "Il n'y a actuellement aucun montant dont le paiement puisse être "
        "promis.",
        "which_invoice": "Vos factures sont en plusieurs devises. Indiquez de quelle facture il "
        "s'agit.",
        "ask_day": "Quel jour paierez-vous au plus tard ? La dernière date que je peux noter est "
        "le {latest}.",
        "day_not_taken": "Je ne peux pas noter cette date. Indiquez un jour entre aujourd'hui et "
        "le {latest}.",
        "confirm_promise": "Vous payez {amount} au plus tard le {day} pour : {numbers}. Dois-je "
        "le noter ? Oui ou non.",
        "promise_done": "Merci, c'est noté dans vos promesses et échéanciers.",
        "confirm_plan": "Je peux proposer un échéancier : {number} versements de {level} au "
        "plus, {total} au total, le premier le {first}, le dernier le {last}. Dois-je en faire "
        "la demande ? Oui ou non.",
        "plan_done": "L'échéancier est demandé. Vous le trouverez dans vos promesses et "
        "échéanciers, où vous pourrez lire et accepter les conditions.",
        "confirm_contact": "Dois-je le noter pour vous ? Une nouvelle adresse e-mail n'est "
        "valable qu'une fois confirmée par une personne de notre équipe. Oui ou non.",
        "not_done": "Je n'ai rien changé.",
        "not_possible": "Cela n'a pas été possible ici. Je transmets à une personne de notre "
        "équipe.",
        "unproven": "Je ne peux pas y répondre avec certitude. Je transmets à une personne de "
        "notre équipe.",
        "item_disputed": "Sur {number}, {amount} est contesté et reste en suspens.",
        "item_promised": "Le paiement de {number} est promis pour le {day}.",
        "item_agreed": "{number} fait partie d'un accord ; voyez vos promesses et échéanciers.",
        "item_settled": "Il n'y a rien à payer sur {number}.",
        "payment": "Nous avons reçu {amount} le {day}.",
        "no_payment": "Je ne trouve aucun paiement de votre part.",
        "documents_of": "Factures que vous pouvez télécharger : {count}.",
        "plan_deposit": "D'abord un acompte de {deposit}, à payer le {first}.",
        "confirm_dispute": "Vous contestez {amount} sur : {numbers}. Dois-je ouvrir une "
        "réclamation avec ce que vous avez écrit ? Oui ou non.",
        "dispute_done": "La réclamation est ouverte. Vous la trouverez dans vos réclamations ; "
        "ce que vous contestez reste en suspens jusqu'à la réponse.",
        "new_email": "Votre nouvelle adresse e-mail : {email}.",
        "new_phone": "Votre nouveau numéro de téléphone : {phone}.",
        "contact_same": "C'est déjà ce qui est enregistré chez nous.",
        "contact_done": "Merci, c'est noté dans vos contacts.",
        "yes_or_no": "Répondez seulement par oui ou non, ou redites ce que vous souhaitez.",
        "only_looks": "Avec votre accès, vous pouvez demander des chiffres, mais ne rien "
        "convenir ni écrire ici. Adressez-vous à qui gère les accès dans votre entreprise.",
        "too_long": "Cette conversation est devenue longue. Je la transmets à une personne de "
        "notre équipe.",
    },
    "es": {
        "hello": "Hola. Soy un asistente de IA, no una persona. Le informo sobre su cuenta, "
        "anoto una promesa de pago u ofrezco un plan de pagos. Puede pedir hablar con una "
        "persona en cualquier momento.",
        "greeting": "Hola. ¿En qué puedo ayudarle con su cuenta?",
        "other_language": "Solo puedo responder en inglés.",
        "balance": "Debe {owed} en total, de los que {overdue} están vencidos.",
        "nothing_open": "No hay nada pendiente en su cuenta.",
        "item": "Factura {number}: {open} pendientes, vence el {due}.",
        "more_items": "Las demás están en la página de facturas.",
        "item_not_open": "No encuentro ninguna factura pendiente suya con ese número.",
        "bank_details": "Haga la transferencia a {name}, IBAN {iban}.",
        "payment_link": "Puede pagar en la página de pago.",
        "documents": "Las facturas y demás documentos están en la página de documentos.",
        "statement": "Su extracto está en la página del extracto.",
        "paid_already": "Gracias. Los pagos aparecen cuando el banco nos los comunica. Si el "
        "suyo ya debería estar, pida hablar con una persona.",
        "thanks": "De nada.",
        "who_are_you": "Soy un asistente de IA, no una persona. Puede pedir hablar con una "
        "persona en cualquier momento.",
        "nothing_waits": "No hay nada que confirmar. ¿En qué puedo ayudarle?",
        "not_understood": "No lo he entendido. Dígalo de otra manera o pida hablar con una "
        "persona.",
        "hand_over": "Lo paso a una persona de nuestro equipo, con lo que se ha dicho aquí. "
        "Encontrará la respuesta en los mensajes.",
        "nothing_to_promise": "Ahora no hay ningún importe pendiente que se pueda prometer.",
        "which_invoice": "Sus facturas están en varias monedas. Indique de qué factura se trata.",
        "ask_day": "¿Qué día pagará a más tardar? El último día que puedo anotar es el {latest}.",
        "day_not_taken": "No puedo anotar ese día. Indique un día entre hoy y el {latest}.",
        "confirm_promise": "Usted paga {amount} a más tardar el {day} por: {numbers}. ¿Lo anoto? "
        "Sí o no.",
        "promise_done": "Gracias, queda anotado con sus promesas y planes.",
        "confirm_plan": "Puedo ofrecer un plan: {number} cuotas de {level} como máximo, {total} "
        "en total, del {first} al {last}. ¿Lo solicito? Sí o no.",
        "plan_done": "El plan está solicitado. Lo encontrará con sus promesas y planes, donde "
        "puede leer y aceptar las condiciones.",
        "confirm_contact": "¿Lo anoto para usted? Una nueva dirección de correo solo vale cuando "
        "la ha confirmado una persona de nuestro equipo. Sí o no.",
        "not_done": "No he cambiado nada.",
        "not_possible": "Aquí no ha sido posible. Lo paso a una persona de nuestro equipo.",
        "unproven": "No puedo responder a eso con seguridad. Lo paso a una persona de nuestro "
        "equipo.",
        "item_disputed": "De {number}, {amount} están reclamados y quedan en suspenso.",
        "item_promised": "El pago de {number} está prometido para el {day}.",
        "item_agreed": "{number} forma parte de un acuerdo; véalo con sus promesas y planes.",
        "item_settled": "No hay nada pendiente en {number}.",
        "payment": "Recibimos {amount} el {day}.",
        "no_payment": "No encuentro ningún pago suyo.",
        "documents_of": "Facturas que puede descargar: {count}.",
        "plan_deposit": "Primero un pago inicial de {deposit}, con vencimiento el {first}.",
        "confirm_dispute": "Usted reclama {amount} de: {numbers}. ¿Abro una reclamación con lo "
        "que ha escrito? Sí o no.",
        "dispute_done": "La reclamación está abierta. La encontrará con sus reclamaciones; lo "
        "reclamado queda en suspenso hasta la respuesta.",
        "new_email": "Su nueva dirección de correo: {email}.",
        "new_phone": "Su nuevo número de teléfono: {phone}.",
        "contact_same": "Es lo que ya tenemos anotado.",
        "contact_done": "Gracias, queda anotado con sus contactos.",
        "yes_or_no": "Responda solo sí o no, o diga de nuevo lo que quiere.",
        "only_looks": "Con su acceso puede pedir cifras, pero aquí no puede acordar ni escribir "
        "nada. Pregunte a quien gestiona los accesos en su empresa.",
        "too_long": "Esta conversación se ha hecho larga. La paso a una persona de nuestro "
        "equipo.",
    },
}
"""Sentences by language (ISO 639-1) and key; every language has the same keys and gaps."""
