"""Which links may be opened."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aimusic_desktop.api.links import check_media_url


@pytest.mark.parametrize(
    "url",
    [
        "https://storage.googleapis.com/a/b.m4a",
        "https://cdn1.suno.ai:8443/x.mp3?Signature=a%2Bb&Expires=9#t",
        "https://203.0.113.9/x",
        "https://[2001:db8::1]/x",
        "https://cdn.example/My Song ü.m4a",
        "HTTPS://cdn.example/x",
        "https://cdn.example/x?" + "s" * 8192,
    ],
)
def test_https_goes_to_any_host(url: str) -> None:
    assert check_media_url(f" {url}\n", api_is_loopback=False) == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://cdn.example/x",
        "file:///etc/passwd",
        "data:audio/mp4;base64,AAAA",
        "javascript:alert(1)",
        "ftp://cdn.example/x",
        "//cdn.example/x",
        "/x.m4a",
        "https://",
        "https:///x",
        "https://user:secret@cdn.example/x",
        "https://user@cdn.example/x",
        "https://cdn.example\\@127.0.0.1/x",
        "https://cdn.example/\x00x",
        "https://cdn.example/a\nb",
        "https://cdn.example/\u202ex",
        "https://cdn.example:99999/x",
        "https://cdn.example:0/x",
        "https://cdn.example:port/x",
        "https://[::1/x",
        "https://[foo:bar]/x",
        "https://exämple.com/x",
        "https://cdn.example/" + "x" * 4096,
        "https://cdn.example/x?" + "s" * 8193,
    ],
)
@pytest.mark.parametrize("api_is_loopback", [False, True])
def test_other_links_are_refused(url: str, api_is_loopback: bool) -> None:
    assert check_media_url(url, api_is_loopback=api_is_loopback) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/x",
        "https://localhost/x",
        "https://LOCALHOST./x",
        "https://a.localhost/x",
        "https://[::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://0.0.0.0/x",
        "https://127.1/x",
        "https://2130706433/x",
        "https://0x7f000001/x",
    ],
)
def test_this_machine_is_refused_unless_the_api_is_on_it(url: str) -> None:
    assert check_media_url(url, api_is_loopback=False) is None
    assert check_media_url(url, api_is_loopback=True) == url


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/x", "http://localhost/x", "http://[::1]:5/x"])
def test_plain_http_is_for_loopback_while_the_api_is_there(url: str) -> None:
    assert check_media_url(url, api_is_loopback=True) == url
    assert check_media_url(url, api_is_loopback=False) is None


@settings(deadline=None)
@given(st.text(), st.booleans())
def test_any_text_gets_a_verdict(text: str, api_is_loopback: bool) -> None:
    for url in (text, f"https://{text}", f"https://a.b/{text}"):
        assert check_media_url(url, api_is_loopback=api_is_loopback) in (None, url.strip())
