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
        "Konto, notiere eine Zahlungszusage oder biete einen Ratenplan an. Sie können jederzeit "
        "nach einem Menschen fragen.",
        "greeting": "Guten Tag. Wie kann ich bei Ihrem Konto helfen?",
        "other_language": "Ich kann nur auf Englisch antworten.",
        "balance": "Sie schulden insgesamt {owed}. Davon sind {overdue} überfällig.",
        "nothing_open": "Auf Ihrem Konto ist nichts offen.",
        "item": "Rechnung {number}: {open} offen, fällig am {due}.",
        "more_items": "Alle anderen stehen auf der Seite Rechnungen.",
        "item_not_open": "Ich finde keine offene Rechnung von Ihnen mit dieser Nummer.",
        "bank_details": "Bitte überweisen Sie an {name}, IBAN {iban}.",
        "payment_link": "Bezahlen können Sie auf der Seite Bezahlen.",
        "documents": "Rechnungen und Unterlagen stehen auf der Seite Dokumente.",
        "statement": "Ihr Kontoauszug steht auf der Seite Kontoauszug.",
        "paid_already": "Vielen Dank. Zahlungen erscheinen, sobald die Bank sie meldet. Sollte "
        "Ihre schon da sein, fragen Sie nach einem Menschen.",
        "thanks": "Gern geschehen.",
        "who_are_you": "Ich bin ein KI-Assistent, kein Mensch. Sie können jederzeit nach einem "
        "Menschen fragen.",
        "nothing_waits": "Es gibt nichts zu bestätigen. Wie kann ich helfen?",
        "not_understood": "Das habe ich nicht verstanden. Bitte sagen Sie es anders, oder "
        "fragen Sie nach einem Menschen.",
        "hand_over": "Ich gebe das an einen Menschen aus unserem Team weiter, mit dem, was hier "
        "gesagt wurde. Die Antwort kommt unter Nachrichten.",
        "nothing_to_promise": "Zurzeit gibt es keinen offenen Betrag, der zugesagt werden kann.",
        "which_invoice": "Ihre Rechnungen lauten auf mehrere Währungen. Bitte nennen Sie die "
        "Rechnung, die Sie meinen.",
        "ask_day": "Bis zu welchem Tag zahlen Sie? Spätestens notieren kann ich den {latest}.",
        "day_not_taken": "Diesen Tag kann ich nicht notieren. Bitte nennen Sie einen Tag von "
        "heute bis {latest}.",
        "confirm_promise": "Sie zahlen {amount} bis zum {day} für: {numbers}. Soll ich das "
        "notieren? Ja oder nein.",
        "promise_done": "Vielen Dank, das ist unter Zusagen und Ratenpläne notiert.",
        "confirm_plan": "Ich kann anbieten: {number} Raten von höchstens {level}, insgesamt "
        "{total}, beginnend am {first}, endend am {last}. Soll ich ihn anfragen? Ja oder nein.",
        "plan_done": "Der Plan ist angefragt. Sie finden ihn unter Zusagen und Ratenpläne, wo "
        "Sie die Bedingungen lesen und annehmen.",
        "confirm_contact": "Soll ich das für Sie notieren? Eine neue E-Mail-Adresse gilt, "
        "sobald ein Mensch aus unserem Team sie bestätigt hat. Ja oder nein.",
        "not_done": "Ich habe nichts geändert.",
        "not_possible": "Das war hier nicht möglich. Ich gebe es an einen Menschen aus unserem "
        "Team weiter.",
        "unproven": "Das kann ich nicht sicher beantworten. Ich gebe es an einen Menschen aus "
        "unserem Team weiter.",
        "item_disputed": "Von {number} sind {amount} reklamiert und ruhen.",
        "item_promised": "{number} ist für den {day} zugesagt.",
        "item_agreed": "{number} ist Teil einer Vereinbarung; siehe Zusagen und Ratenpläne.",
        "item_settled": "Auf {number} ist nichts offen.",
        "payment": "Wir haben {amount} am {day} erhalten.",
        "no_payment": "Ich finde keine Zahlung von Ihnen.",
        "documents_of": "Rechnungen mit einer Datei für Sie: {count}.",
        "plan_deposit": "Zuerst eine Anzahlung von {deposit}, fällig am {first}.",
        "confirm_dispute": "Sie beanstanden {amount} von: {numbers}. Soll ich mit dem, was Sie "
        "geschrieben haben, eine Reklamation anlegen? Ja oder nein.",
        "dispute_done": "Die Reklamation ist angelegt. Sie finden sie unter Rückfragen; "
        "worum es geht, ruht, bis sie beantwortet ist.",
        "new_email": "Ihre neue E-Mail-Adresse: {email}.",
        "new_phone": "Ihre neue Telefonnummer: {phone}.",
        "contact_same": "Das steht bei uns schon so.",
        "contact_done": "Vielen Dank, das ist unter Kontakte notiert.",
        "yes_or_no": "Bitte sagen Sie nur ja oder nein, oder sagen Sie neu, was Sie möchten.",
        "only_looks": "Mit Ihrem Zugang können Sie Zahlen erfragen, hier aber nichts "
        "vereinbaren oder schreiben. Bitte fragen Sie, wer in Ihrer Firma die Zugänge "
        "verwaltet.",
        "too_long": "Dieses Gespräch ist lang. Ich gebe es an einen Menschen aus unserem Team "
        "weiter.",
    },
    "fr": {
        "hello": "Bonjour. Je suis un assistant IA, pas une personne. Je vous renseigne sur "
        "votre compte, je note une promesse de paiement ou propose un échéancier. Vous pouvez "
        "demander une personne à tout moment.",
        "greeting": "Bonjour. Comment puis-je vous aider pour votre compte ?",
        "other_language": "Je ne peux répondre qu'en anglais.",
        "balance": "Vous devez {owed} au total. Dont {overdue} en retard.",
        "nothing_open": "Rien n'est ouvert sur votre compte.",
        "item": "Facture {number} : {open} à payer, échéance le {due}.",
        "more_items": "Toutes les autres sont sur la page des factures.",
        "item_not_open": "Je ne trouve aucune facture ouverte à vous avec ce numéro.",
        "bank_details": "Veuillez virer à {name}, IBAN {iban}.",
        "payment_link": "Vous pouvez payer sur la page de paiement.",
        "documents": "Les factures et pièces sont sur la page des documents.",
        "statement": "Votre relevé est sur la page du relevé.",
        "paid_already": "Merci. Les paiements apparaissent dès que la banque les annonce. Si le "
        "vôtre devrait déjà y être, demandez une personne.",
        "thanks": "Je vous en prie.",
        "who_are_you": "Je suis un assistant IA, pas une personne. Vous pouvez demander une "
        "personne à tout moment.",
        "nothing_waits": "Il n'y a rien à confirmer. Comment puis-je vous aider ?",
        "not_understood": "Je n'ai pas compris. Dites-le autrement, ou demandez une personne.",
        "hand_over": "Je transmets à une personne de notre équipe, avec ce qui a été dit ici. "
        "La réponse arrive dans les messages.",
        "nothing_to_promise": "Aucun montant ouvert ne peut être promis pour le moment.",
        "which_invoice": "Vos factures sont en plusieurs devises. Nommez la facture dont il "
        "s'agit.",
        "ask_day": "Jusqu'à quel jour payez-vous ? Le plus tard que je peux noter : le {latest}.",
        "day_not_taken": "Je ne peux pas noter ce jour. Nommez un jour d'aujourd'hui au {latest}.",
        "confirm_promise": "Vous payez {amount} au plus tard le {day} pour : {numbers}. Dois-je "
        "le noter ? Oui ou non.",
        "promise_done": "Merci, c'est noté avec vos promesses et échéanciers.",
        "confirm_plan": "Je peux proposer : {number} échéances de {level} au plus, {total} au "
        "total, du {first} au {last}. Dois-je le demander ? Oui ou non.",
        "plan_done": "L'échéancier est demandé. Vous le trouvez avec vos promesses et "
        "échéanciers, où vous lisez et acceptez les conditions.",
        "confirm_contact": "Dois-je le noter pour vous ? Une nouvelle adresse e-mail compte dès "
        "qu'une personne de notre équipe l'a confirmée. Oui ou non.",
        "not_done": "Je n'ai rien changé.",
        "not_possible": "Ce n'était pas possible ici. Je transmets à une personne de notre "
        "équipe.",
        "unproven": "Je ne peux pas répondre avec certitude. Je transmets à une personne de "
        "notre équipe.",
        "item_disputed": "Sur {number}, {amount} est contesté et reste en suspens.",
        "item_promised": "{number} est promise pour le {day}.",
        "item_agreed": "{number} fait partie d'un accord ; voyez les promesses et échéanciers.",
        "item_settled": "Rien n'est ouvert sur {number}.",
        "payment": "Nous avons reçu {amount} le {day}.",
        "no_payment": "Je ne trouve aucun paiement de votre part.",
        "documents_of": "Factures avec un fichier pour vous : {count}.",
        "plan_deposit": "D'abord un acompte de {deposit}, dû le {first}.",
        "confirm_dispute": "Vous contestez {amount} de : {numbers}. Dois-je ouvrir une "
        "réclamation avec ce que vous avez écrit ? Oui ou non.",
        "dispute_done": "La réclamation est ouverte. Vous la trouvez avec vos réclamations ; ce "
        "qu'elle concerne est suspendu jusqu'à la réponse.",
        "new_email": "Votre nouvelle adresse e-mail : {email}.",
        "new_phone": "Votre nouveau numéro de téléphone : {phone}.",
        "contact_same": "C'est déjà ce que nous avons.",
        "contact_done": "Merci, c'est noté avec vos contacts.",
        "yes_or_no": "Dites seulement oui ou non, ou redites ce que vous voulez.",
        "only_looks": "Avec votre accès vous pouvez demander des chiffres, mais rien convenir "
        "ni écrire ici. Demandez à qui gère les accès dans votre entreprise.",
        "too_long": "Cette conversation est longue. Je la transmets à une personne de notre "
        "équipe.",
    },
    "es": {
        "hello": "Hola. Soy un asistente de IA, no una persona. Le informo sobre su cuenta, "
        "anoto una promesa de pago u ofrezco un plan de pagos. Puede pedir hablar con una "
        "persona en cualquier momento.",
        "greeting": "Hola. ¿En qué puedo ayudarle con su cuenta?",
        "other_language": "Solo puedo responder en inglés.",
        "balance": "Debe {owed} en total. De ello, {overdue} están vencidos.",
        "nothing_open": "No hay nada pendiente en su cuenta.",
        "item": "Factura {number}: {open} pendientes, vence el {due}.",
        "more_items": "Las demás están en la página de facturas.",
        "item_not_open": "No encuentro ninguna factura pendiente suya con ese número.",
        "bank_details": "Transfiera a {name}, IBAN {iban}.",
        "payment_link": "Puede pagar en la página de pago.",
        "documents": "Las facturas y papeles están en la página de documentos.",
        "statement": "Su extracto está en la página del extracto.",
        "paid_already": "Gracias. Los pagos aparecen cuando el banco los comunica. Si el suyo "
        "ya debería estar, pida hablar con una persona.",
        "thanks": "De nada.",
        "who_are_you": "Soy un asistente de IA, no una persona. Puede pedir hablar con una "
        "persona en cualquier momento.",
        "nothing_waits": "No hay nada que confirmar. ¿En qué puedo ayudarle?",
        "not_understood": "No he entendido. Dígalo de otra manera o pida hablar con una persona.",
        "hand_over": "Lo paso a una persona de nuestro equipo, con lo que se ha dicho aquí. La "
        "respuesta llega en los mensajes.",
        "nothing_to_promise": "Ahora no hay ningún importe pendiente que se pueda prometer.",
        "which_invoice": "Sus facturas están en varias monedas. Diga de qué factura se trata.",
        "ask_day": "¿Hasta qué día pagará? Lo más tarde que puedo anotar es el {latest}.",
        "day_not_taken": "No puedo anotar ese día. Diga un día desde hoy hasta el {latest}.",
        "confirm_promise": "Usted paga {amount} a más tardar el {day} por: {numbers}. ¿Lo "
        "anoto? Sí o no.",
        "promise_done": "Gracias, queda anotado con sus promesas y planes.",
        "confirm_plan": "Puedo ofrecer: {number} cuotas de {level} como máximo, {total} en "
        "total, desde el {first} hasta el {last}. ¿Lo pido? Sí o no.",
        "plan_done": "El plan está pedido. Lo encuentra con sus promesas y planes, donde lee y "
        "acepta las condiciones.",
        "confirm_contact": "¿Lo anoto para usted? Una nueva dirección de correo vale cuando una "
        "persona de nuestro equipo la ha confirmado. Sí o no.",
        "not_done": "No he cambiado nada.",
        "not_possible": "Aquí no ha sido posible. Lo paso a una persona de nuestro equipo.",
        "unproven": "No puedo responder con seguridad. Lo paso a una persona de nuestro equipo.",
        "item_disputed": "De {number}, {amount} está reclamado y queda en suspenso.",
        "item_promised": "{number} está prometida para el {day}.",
        "item_agreed": "{number} forma parte de un acuerdo; véalo con sus promesas y planes.",
        "item_settled": "No hay nada pendiente de {number}.",
        "payment": "Recibimos {amount} el {day}.",
        "no_payment": "No encuentro ningún pago suyo.",
        "documents_of": "Facturas con un archivo para usted: {count}.",
        "plan_deposit": "Antes un depósito de {deposit}, con vencimiento el {first}.",
        "confirm_dispute": "Usted reclama {amount} de: {numbers}. ¿Abro una reclamación con lo "
        "que ha escrito? Sí o no.",
        "dispute_done": "La reclamación está abierta. La encuentra con sus reclamaciones; lo "
        "reclamado queda en suspenso hasta la respuesta.",
        "new_email": "Su nueva dirección de correo: {email}.",
        "new_phone": "Su nuevo número de teléfono: {phone}.",
        "contact_same": "Es lo que ya tenemos.",
        "contact_done": "Gracias, queda anotado con sus contactos.",
        "yes_or_no": "Diga solo sí o no, o diga de nuevo lo que quiere.",
        "only_looks": "Con su acceso puede pedir cifras, pero no acordar ni escribir nada aquí. "
        "Pregunte a quien gestiona los accesos en su empresa.",
        "too_long": "Esta conversación es larga. La paso a una persona de nuestro equipo.",
    },
}
"""Sentences by language (ISO 639-1) and key; every language has the same keys and gaps."""
