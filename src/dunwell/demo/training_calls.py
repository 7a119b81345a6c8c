"""What collectors of the demo say in practised calls, and what its customers ask the assistant."""

CALLS = {
    "forgetful": (
        (
            "Good morning, this is Kim from Northwind. May I speak with Ms Novak? "
            "Is now a good time to talk?"
        ),
        (
            "I am calling about invoice 4711 over EUR 1,840. I understand, paper piles up; "
            "I send you a copy."
        ),
        "Thank you. What happened to the first one? By when could it be with us, say by Friday?",
        "Thank you, I note EUR 1,840 by Friday and send you that by e-mail.",
    ),
    "disputing": (
        (
            "Good morning, this is Kim from Northwind, calling about invoice 5120. "
            "Am I speaking with Mr Adler?"
        ),
        "I am sorry to hear that. What exactly was wrong with them?",
        (
            "Thank you. I will have it checked by a colleague today and open a dispute, "
            "so nothing more is asked of you meanwhile."
        ),
        "To confirm: two mattresses are disputed, and you hear from us by Friday.",
    ),
}
"""The sentences of a call by its persona, in English; each call passes."""

QUESTIONS = {
    "en": (
        ("Hello", "greeting"),
        ("How much do we owe?", "balance"),
        ("When are the invoices due?", "due_dates"),
    ),
    "de": (
        ("Guten Tag", "greeting"),
        ("Wie viel schulden wir?", "balance"),
        ("Ich möchte mit einem Menschen sprechen.", "human"),
    ),
}
"""What is asked in a talk with its meaning, by language; the German one is handed over."""
