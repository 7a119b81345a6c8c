"""The assistant's sentences: the same keys and gaps in every language, no figure of their own."""

from string import Formatter

from dunwell.engine.evidence import unproven
from dunwell.formats.assistant_sentences import SENTENCES


def gaps(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_language_has_the_same_sentences_and_gaps():
    english = {key: gaps(text) for key, text in SENTENCES["en"].items()}
    for sentences in SENTENCES.values():
        assert {key: gaps(text) for key, text in sentences.items()} == english


def test_no_sentence_claims_anything_by_itself():
    for language, sentences in SENTENCES.items():
        for key, text in sentences.items():
            bare = text.format_map(dict.fromkeys(gaps(text), ""))
            assert unproven(bare, (), language=language) == (), (language, key)
