"""Pages of the design system: style page, service worker, what may be kept, error pages that show a way on."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.http import Http404, HttpRequest
from django.template.loader import render_to_string
from django.test import RequestFactory

from openinfusion.platform.ui import offline, views

pytestmark = pytest.mark.usefixtures("ui_urls")


class Stranger:
    is_authenticated = False


class Nurse:
    is_authenticated = True
    pk = 7


def ask(address: str, user: Any = None, **headers: str) -> HttpRequest:
    request = RequestFactory().get(address, headers=headers)
    request.user = user or Stranger()  # type: ignore[assignment]
    request.session = {}  # type: ignore[assignment]
    return request


def test_the_style_page_shows_every_component_without_inline_code(settings: Any) -> None:
    settings.DEMO, settings.DEBUG = True, False
    html = views.style(ask("/style/?theme=dark")).content.decode()
    for part in ("banner", "journey", "filters", "gate", "findings", "timeline", "kv", "alarm--high", "infusion", "spark",
                 "figure", "chart", "board", "toast", "empty", "skeleton", "form", "tiles", "pages", "refusal"):  # fmt: skip
        assert f'class="{part}' in html or f" {part}" in html, part
    assert 'data-theme="dark"' in html
    assert not re.search(r"\sstyle=|\son[a-z]+=", html)
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids)), sorted(name for name in ids if ids.count(name) > 1)
    for target in re.findall(r'(?:for|aria-labelledby)="([^"]+)"', html):
        assert target in ids, target


def test_the_style_page_keeps_what_was_typed(settings: Any) -> None:
    settings.DEMO = True
    request = RequestFactory().post("/style/", {"fridge": "4,5"})
    request.user, request.session = Stranger(), {}  # type: ignore[assignment]
    html = views.style(request).content.decode()
    assert "<title>Error: Style page" in html
    assert 'value="4,5"' in html


def test_the_style_page_is_only_for_demos_and_developers(settings: Any) -> None:
    settings.DEMO, settings.DEBUG = False, False
    with pytest.raises(Http404):
        views.style(ask("/style/"))


def test_the_service_worker_is_served_for_the_whole_site() -> None:
    response = views.service_worker(ask("/sw.js"))
    assert response["Content-Type"].startswith("text/javascript")
    assert response["Service-Worker-Allowed"] == "/"
    text = response.content.decode()
    for path in offline.KEPT_PATHS:
        assert f'"{path}"' in text


def test_a_stranger_is_told_no_pages_to_keep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offline, "_providers", [lambda request: ["/visits/7/"]])
    body = json.loads(views.service_worker_manifest(ask("/sw-manifest.json")).content)
    assert (body["owner"], body["pages"]) == ("", [])
    assert any(address.endswith("ui/app.js") for address in body["assets"])
    assert "/offline/" in body["assets"]


def test_a_person_gets_the_pages_their_apps_registered_and_an_opaque_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offline, "_providers", [])
    offline.keep(provider := lambda request: ["/visits/7/", "/emergency/7/"])
    offline.keep(provider)
    response = views.service_worker_manifest(ask("/sw-manifest.json", Nurse()))
    body = json.loads(response.content)
    assert body["pages"] == ["/visits/7/", "/emergency/7/"]
    assert re.fullmatch("[0-9a-f]{20}", body["owner"])
    assert "no-store" in response["Cache-Control"]


def test_no_other_page_can_be_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Health information outside visits and emergencies never lands on a phone's disk."""
    monkeypatch.setattr(offline, "_providers", [lambda request: ["/patients/3/"]])
    with pytest.raises(ValueError, match="outside"):
        offline.manifest(ask("/sw-manifest.json", Nurse()))


def test_the_offline_page_is_the_same_for_everybody() -> None:
    html = views.offline(ask("/offline/", Nurse())).content.decode()
    assert "call 911 now" in html
    assert "Sign out" not in html


def test_the_web_manifest_names_its_icons() -> None:
    body = json.loads(views.webmanifest(ask("/manifest.webmanifest")).content)
    assert body["start_url"] == "/"
    assert [icon["type"] for icon in body["icons"]] == ["image/svg+xml", "image/png"]


@pytest.mark.parametrize("number", ["400", "403", "403_csrf", "404", "409", "413", "429", "500"])
def test_error_pages_say_in_plain_words_what_happened_and_show_a_way_on(number: str) -> None:
    html = render_to_string(f"{number}.html", {})
    assert html.count("<h1") == 1
    assert 'class="btn" href="/"' in html
    assert "Traceback" not in html


def test_a_refusal_shows_its_sentence_and_leads_back() -> None:
    request = ask("/visits/7/release/", referer="http://testserver/visits/7/?tab=a")
    context = {"sentence": "The visit cannot be released <now>.", "code": "not_ready"}
    html = render_to_string("409.html", context, request=request)
    assert "The visit cannot be released &lt;now&gt;." in html
    assert 'href="/visits/7/?tab=a"' in html


@pytest.mark.parametrize(
    "referer", ["https://evil.example/visits/7/", "", "http://testserver/here/", "javascript:alert(1)"]
)
def test_the_way_back_never_leaves_the_site_or_turns_in_a_circle(referer: str) -> None:
    html = render_to_string("404.html", {}, request=ask("/here/", referer=referer))
    assert "Go back" not in html
    assert "evil" not in html


def test_the_frame_shows_program_person_navigation_and_messages() -> None:
    class Message:
        level_tag = "error"

        def __str__(self) -> str:
            return "The lab system did not answer <b>."

    context = {
        "program": {"name": "Juniper Valley", "is_demo": True},
        "me": {"name": "Dana Fabel, PharmD", "role": "Pharmacist"},
        "nav_groups": [
            {"title": "Today", "items": [{"label": "Board", "url": "/board/", "count": 1018, "current": True}]}
        ],
        "messages": [Message()],
        "csrf_token": "token-of-test",
    }
    html = render_to_string("ui/workbench.html", context)
    assert "Not for care." in html
    assert '<a class="skip" href="#main">' in html
    assert 'id="main"' in html
    assert '<a href="/board/" aria-current="page">' in html
    assert "1,018" in html
    assert "toast--problem" in html
    assert "did not answer &lt;b&gt;." in html
    assert re.search(r'<form method="post" action="/accounts/logout/" data-sign-out>', html)
    assert "Demo program" not in render_to_string(
        "ui/workbench.html", {**context, "program": {"name": "x", "is_demo": False}}
    )


def test_every_frame_has_landmarks_and_density() -> None:
    for name, density in [
        ("phone", "compact"),
        ("portal", "comfortable"),
        ("public", "comfortable"),
        ("print", "compact"),
    ]:
        html = render_to_string(
            f"ui/{name}.html", {"tabs": [{"url": "/", "icon": "home", "label": "Home", "current": True}]}
        )
        assert f'data-density="{density}"' in html
        assert html.count("<main") == 1
        assert "<header" in html
