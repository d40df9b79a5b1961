"""How Sphinx builds the docs: ``make docs``."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from django_docusign_connect import __version__

project = "django-docusign-connect"
author = "django-docusign-connect contributors"
copyright = f"2026, {author}"
release = version = __version__

extensions = ["sphinx.ext.autodoc"]
autodoc_member_order = "bysource"
autodoc_typehints = "none"
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = f"{project} {release}"
