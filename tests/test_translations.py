"""Every text a page shows is in the German catalog, translated, with the same placeholders."""

import re

import pytest
from babel.messages import mofile

from tools.messages import LANGUAGES, catalog_path, read_catalog, template_catalog

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalog_holds_every_text_and_nothing_else(language):
    wanted = {(message.id, message.context) for message in template_catalog() if message.id}
    held = {(message.id, message.context) for message in read_catalog(language) if message.id}

    assert sorted(map(str, wanted - held)) == [], "run python tools/messages.py"
    assert sorted(map(str, held - wanted)) == [], "run python tools/messages.py"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_with_its_placeholders(language):
    for message in read_catalog(language):
        if not message.id:
            continue
        sources = [message.id] if isinstance(message.id, str) else list(message.id)
        texts = [message.string] if isinstance(message.string, str) else list(message.string)
        assert all(texts), f"not translated: {message.id}"
        wanted = set(PLACEHOLDER.findall(sources[-1]))
        for text in texts:
            found = set(PLACEHOLDER.findall(text))
            assert found <= wanted, f"{message.id}: unknown placeholder in {text}"
        assert set(PLACEHOLDER.findall(texts[-1])) == wanted, message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalog_is_the_written_one(language):
    """Pages read the compiled file; `python3 dev.py` makes it."""
    with catalog_path(language).with_suffix(".mo").open("rb") as file:
        compiled = mofile.read_mo(file)

    for message in read_catalog(language):
        if message.id and isinstance(message.id, str):
            assert compiled.get(message.id, message.context).string == message.string
