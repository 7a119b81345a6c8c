"""Addresses of the pages about letters."""

from django.urls import path

from dunwell.web import letters

LETTERS = [
    path("letters/", letters.letter_list, name="letters"),
    path("letters/take/", letters.letters_take, name="letters-take"),
    path("letters/<int:letter_batch_id>/", letters.letter_batch_show, name="letter-batch"),
    path(
        "letters/<int:letter_batch_id>/part-<int:part_number>.pdf",
        letters.letter_batch_part,
        name="letter-batch-part",
    ),
    path(
        "letters/<int:letter_batch_id>/letters.zip",
        letters.letter_batch_zip,
        name="letter-batch-zip",
    ),
    path(
        "letters/<int:letter_batch_id>/posted/", letters.letter_batch_posted, name="letter-posted"
    ),
    path(
        "letters/<int:letter_batch_id>/dispatches/",
        letters.letter_batch_dispatches,
        name="letter-dispatches",
    ),
    path(
        "letters/<int:letter_batch_id>/proof.<str:kind>",
        letters.letter_batch_proof,
        name="letter-proof",
    ),
    path("letters/<int:letter_batch_id>/back/", letters.letter_batch_back, name="letter-back"),
    path("messages/<int:message_id>/letter.pdf", letters.message_letter, name="message-letter"),
]
"""Letters to print and post; part of `web.urls`."""
