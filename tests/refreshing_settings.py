"""The example project, asking the tests' DocuSign."""

from __future__ import annotations

import os
from typing import Any

from docusign_esign.client.configuration import Configuration

from example_project.settings import *  # noqa: F403 - it is that project
from example_project.settings import DOCUSIGN_CONNECT

Configuration().ssl_ca_cert = os.environ["TESTS_CERTIFICATE"]

api: Any = {
    "INTEGRATION_KEY": os.environ["TESTS_INTEGRATION_KEY"],
    "USER_ID": os.environ["TESTS_USER_ID"],
    "PRIVATE_KEY": "env:TESTS_PRIVATE_KEY",
    "OAUTH_HOST": os.environ["TESTS_OAUTH_HOST"],
}
DOCUSIGN_CONNECT |= {"API": api}
