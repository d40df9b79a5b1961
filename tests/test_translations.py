"""The catalogues: complete, as their sources say, with the same placeholders."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import polib
import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import translation

import django_docusign_connect

PACKAGE = Path(django_docusign_connect.__file__).parent
LANGUAGES = ("de", "es", "fr", "zh_Hans")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")

each_language = pytest.mark.parametrize("language", LANGUAGES)


def catalogue(language: str, *, folder: Path = PACKAGE) -> polib.POFile:
    name = folder / "locale" / language / "LC_MESSAGES" / "django.po"
    return polib.pofile(str(name))


def translations(entry: polib.POEntry | polib.MOEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) or [entry.msgstr]


def placeholders(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text))


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> polib.POFile:
    """Return the catalogue of all texts that the source has now."""
    folder = tmp_path_factory.mktemp("extracted") / PACKAGE.name
    shutil.copytree(PACKAGE, folder, ignore=shutil.ignore_patterns("locale", "*.pyc"))
    (folder / "locale").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        call_command("makemessages", locale=["de"], verbosity=0)
    return catalogue("de", folder=folder)


@each_language
def test_every_text_is_translated(language: str, extracted: polib.POFile) -> None:
    known = catalogue(language)
    texts = {(entry.msgctxt, entry.msgid) for entry in extracted}
    assert {(entry.msgctxt, entry.msgid) for entry in known} == texts
    assert not [entry.msgid for entry in known if not all(translations(entry))]
    assert not [entry.msgid for entry in known if entry.fuzzy]


@each_language
def test_translations_have_the_placeholders_of_their_text(language: str) -> None:
    wrong = []
    for entry in catalogue(language):
        expected = {tuple(placeholders(entry.msgid))}
        if entry.msgid_plural:
            # "One message" may name its number or not.
            expected.add(tuple(placeholders(entry.msgid_plural)))
        found = {tuple(placeholders(text)) for text in translations(entry)}
        if not found <= expected:
            wrong.append((entry.msgid, found))
    assert not wrong


@each_language
def test_compiled_catalogue_is_as_its_source(language: str) -> None:
    source = catalogue(language)
    compiled = polib.mofile(source.fpath.removesuffix("po") + "mo")

    def texts(file: polib.POFile | polib.MOFile) -> set[tuple[object, ...]]:
        return {(one.msgctxt, one.msgid, *translations(one)) for one in file}

    assert texts(compiled) == texts(source)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "word"),
    [("de", "Umschläge"), ("es", "sobres"), ("fr", "enveloppes"), ("zh-hans", "信封")],
)
def test_admin_speaks_the_language_of_the_browser(
    admin_client: Client, language: str, word: str
) -> None:
    page = admin_client.get(
        "/admin/docusign_connect/envelope/", headers={"Accept-Language": language}
    )
    assert word.casefold() in page.content.decode().casefold()
    translation.deactivate()
