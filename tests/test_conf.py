from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from django_docusign_connect.conf import get_settings

Configure = Callable[..., None]


def test_defaults_are_those_of_the_contract(configure: Configure) -> None:
    configure(HMAC_KEYS=())
    settings = get_settings()
    assert settings.AUTHENTICATION == ("hmac",)
    assert settings.hmac_keys == ()
    assert settings.MAX_BODY_BYTES == 64 * 1024 * 1024
    assert settings.BODY_INLINE_BYTES == 1024 * 1024
    assert settings.PROCESSOR == "immediate"
    assert settings.CLAIM_SECONDS == 60
    assert len(settings.RETRY_DELAYS) == 6


def test_project_without_the_setting_has_the_defaults(settings: Any) -> None:
    del settings.DOCUSIGN_CONNECT
    assert get_settings().hmac_keys == ()


def test_key_may_be_a_text_a_callable_or_a_variable(
    configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCUSIGN_KEY", "from-the-environment")
    configure(HMAC_KEYS=["text", lambda: "called", "env:DOCUSIGN_KEY"])
    assert get_settings().hmac_keys == ("text", "called", "from-the-environment")


def test_callable_may_name_a_variable(
    configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCUSIGN_KEY", "from-the-environment")
    configure(HMAC_KEYS=[lambda: "env:DOCUSIGN_KEY"])
    assert get_settings().hmac_keys == ("from-the-environment",)


def test_keys_that_are_empty_or_unset_are_left_out(
    configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DOCUSIGN_KEY", raising=False)
    monkeypatch.setenv("EMPTY_KEY", "")
    configure(HMAC_KEYS=["", "env:DOCUSIGN_KEY", "env:EMPTY_KEY", lambda: "", "kept"])
    assert get_settings().hmac_keys == ("kept",)


@pytest.mark.parametrize("key", [None, 5, b"key", ["key"]])
def test_key_that_is_no_text_is_no_key(configure: Configure, key: Any) -> None:
    configure(HMAC_KEYS=[key, lambda: key])
    assert get_settings().hmac_keys == ()


def test_variable_is_read_anew_each_time(
    configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(HMAC_KEYS=["env:DOCUSIGN_KEY"])
    for key in ("old", "new"):
        monkeypatch.setenv("DOCUSIGN_KEY", key)
        assert get_settings().hmac_keys == (key,)


def test_listener_differs_only_in_the_options_that_it_sets(
    configure: Configure,
) -> None:
    configure(
        MAX_BODY_BYTES=5,
        ACCOUNT_IDS=["one"],
        LISTENERS={"demo": {"HMAC_KEYS": ["demo-key"]}},
    )
    demo = get_settings().for_listener("demo")
    assert demo.hmac_keys == ("demo-key",)
    assert (demo.MAX_BODY_BYTES, demo.ACCOUNT_IDS) == (5, ["one"])


def test_default_listener_has_the_options_of_the_whole(configure: Configure) -> None:
    configure(HMAC_KEYS=["key"])
    assert get_settings().for_listener("default") == get_settings()


def test_default_listener_may_be_named_among_the_others(configure: Configure) -> None:
    configure(LISTENERS={"default": {"HMAC_KEYS": ["own"]}})
    assert get_settings().for_listener("default").hmac_keys == ("own",)


def test_unknown_listener_is_a_key_error(configure: Configure) -> None:
    configure(LISTENERS={"demo": {}})
    with pytest.raises(KeyError):
        get_settings().for_listener("nowhere")


def test_keys_are_shown_by_no_repr(configure: Configure) -> None:
    configure(HMAC_KEYS=["top"], LISTENERS={"demo": {"HMAC_KEYS": ["hidden"]}})
    text = repr(get_settings()) + repr(get_settings().for_listener("demo"))
    assert "top" not in text
    assert "hidden" not in text
