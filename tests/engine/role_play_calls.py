"""A call that passes, for every persona in both languages; tests of pages and the API play them."""

GOOD_CALLS = {
    ("forgetful", "en"): (
        "Good morning, this is Kim from Northwind. May I speak with Ms Novak? Is now a good time to talk?",
        "I am calling about invoice 4711 over EUR 1,840. I understand, paper piles up; I send you a copy.",
        "Thank you. What happened to the first one? By when could it be with us, say by Friday?",
        "Thank you, I note EUR 1,840 by Friday and send you that by e-mail.",
    ),
    ("forgetful", "de"): (
        "Guten Morgen, hier ist Kim von Northwind. Spreche ich mit Frau Novak? Passt es Ihnen gerade?",
        "Es geht um Rechnung 4711 über 1.840 EUR. Ich verstehe, Papier stapelt sich; ich schicke Ihnen gleich eine Kopie.",
        "Danke. Woran lag es denn? Bis wann passt es, bis Freitag?",
        "Danke, ich notiere 1.840 EUR bis Freitag und schicke Ihnen die Bestätigung.",
    ),
    ("disputing", "en"): (
        "Good morning, this is Kim from Northwind, calling about invoice 5120. Am I speaking with Mr Adler?",
        "I am sorry to hear that. What exactly was wrong with them?",
        "Thank you. I will have it checked by a colleague today and open a dispute, so nothing more is asked of you meanwhile.",
        "To confirm: two mattresses are disputed, and you hear from us by Friday.",
    ),
    ("disputing", "de"): (
        "Guten Morgen, hier ist Kim von Northwind, es geht um Rechnung 5120. Spreche ich mit Herrn Adler?",
        "Das tut mir leid. Was genau war nicht in Ordnung?",
        "Danke. Ich kläre das heute mit einem Kollegen; passt es Ihnen, wenn ich Sie danach anrufe?",
        "Ich halte fest: zwei Matratzen sind strittig, und bis Freitag hören Sie von uns.",
    ),
    ("insolvent", "en"): (
        "Hello, this is Kim from Northwind. Am I speaking with Ms Okafor? I am calling about three invoices.",
        "I am sorry, that must be hard. What happened?",
        "Thank you for telling me. I will put everything on hold. Who is the administrator, and is there a case number?",
        "Thank you. I note Dr Brandt, 73 IN 211/26; we file our claim there.",
    ),
    ("insolvent", "de"): (
        "Hallo, hier ist Kim von Northwind. Spreche ich mit Frau Okafor? Es geht um drei Rechnungen.",
        "Das tut mir leid. Was ist passiert?",
        "Danke, dass Sie es sagen. Es gibt keine weiteren Mahnungen. Wer ist der Insolvenzverwalter, und wie lautet das Aktenzeichen?",
        "Danke. Ich notiere Dr. Brandt, 73 IN 211/26; wir melden dort unsere Forderung an.",
    ),
    ("hostile", "en"): (
        "Good morning, this is Kim from Northwind. Am I speaking with Mr Stone? I am calling about invoice 3308.",
        "I understand, you have customers. Is now a good time to talk, or when may I call again?",
        "I am sorry business is slow. What happened? We can look for a way: two payments, one part first.",
        "Thank you. To confirm: EUR 1,000 on Friday and EUR 1,275 by the end of the month.",
    ),
    ("hostile", "de"): (
        "Guten Morgen, hier ist Kim von Northwind. Spreche ich mit Herrn Stein? Es geht um Rechnung 3308.",
        "Ich verstehe, Sie haben Kunden. Störe ich, oder wann darf ich Sie anrufen?",
        "Das tut mir leid. Woran liegt es? Wir können eine Lösung suchen, etwa eine Teilzahlung.",
        "Danke. Ich notiere 1.000 EUR am Freitag und 1.275 EUR bis Ende des Monats.",
    ),
    ("vulnerable", "en"): (
        "Good morning, this is Kim from Northwind. Am I speaking with Mr Hale? I am calling about an invoice.",
        "I am so sorry, Mr Hale. That must be hard; take your time. How can I help you?",
        "Thank you for telling me. I put the invoice on hold; there will be no more calls for now.",
        "A colleague of our support team will look at it with you, and there is free advice as well. I confirm that in writing.",
    ),
    ("vulnerable", "de"): (
        "Guten Morgen, hier ist Kim von Northwind. Spreche ich mit Herrn Hahn? Es geht um eine Rechnung.",
        "Das tut mir sehr leid. Lassen Sie sich Zeit. Wie kann ich Ihnen helfen?",
        "Danke, dass Sie es sagen. Ich lasse die Rechnung ruhen; es gibt keine weiteren Anrufe.",
        "Eine Kollegin sieht es mit Ihnen an, auch eine Schuldnerberatung hilft. Ich bestätige es schriftlich.",
    ),
    ("big_customer", "en"): (
        "Good morning, this is Kim from Northwind. Am I speaking with Ms Laurent? I am calling about EUR 148,000.",
        "Thank you, I appreciate your business. Is now a good time to talk? Why is it not released yet?",
        "I understand. What exactly stops the release? I can check with our logistics.",
        "I send you the delivery notes today. To confirm: the whole amount is in the run on Thursday.",
    ),
    ("big_customer", "de"): (
        "Guten Morgen, hier ist Kim von Northwind. Spreche ich mit Frau Laurent? Es geht um 148.000 EUR.",
        "Danke für Ihr Vertrauen. Passt es Ihnen gerade? Warum ist es noch nicht freigegeben?",
        "Ich verstehe. Woran liegt die Freigabe genau? Ich kann bei der Logistik nachsehen.",
        "Ich schicke Ihnen heute die Lieferscheine als Kopie. Ich halte fest: der ganze Betrag ist im Lauf am Donnerstag.",
    ),
}  # fmt: skip
