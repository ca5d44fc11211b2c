"""Rules the files themselves must keep: no inline code or style, alarm colours reserved, libraries as recorded."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from openinfusion.platform import ui
from openinfusion.platform.ui import plan_grid

HOME = Path(ui.__file__).parent
REPOSITORY = HOME.parents[2]
TEMPLATES = sorted((HOME / "templates").rglob("*.html"))
#: Without the style page (for developers) and the templates that hold attributes only.
FOR_USERS = [path for path in TEMPLATES if path.name not in ("style.html", "field_attrs.html", "attrs.html")]
STATIC = HOME / "static" / "ui"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(HOME / "templates")))
def test_templates_have_no_inline_style_script_or_handler(template: Path) -> None:
    """The content security policy allows none of them, and needs no hole."""
    text = template.read_text()
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"<style\b", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert "javascript:" not in text
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", text)
    assert "|safe" not in text
    assert "autoescape off" not in text


@pytest.mark.parametrize("template", FOR_USERS, ids=lambda path: str(path.relative_to(HOME / "templates")))
def test_texts_of_templates_are_translatable(template: Path) -> None:
    """Words outside tags go through translation; the style page is not for users."""
    text = re.sub(r"{%\s*(blocktrans|blocktranslate).*?{%\s*end\1\s*%}", "", template.read_text(), flags=re.DOTALL)
    text = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", "", text, flags=re.DOTALL)
    text = re.sub(r"<[^>]*>", "\n", text)
    left = {word for word in re.findall(r"[A-Za-z]{3,}", text)} - {"OpenInfusion", "nbsp", "min", "comfortable"}
    assert left == set()


def test_red_yellow_and_cyan_belong_to_alarms() -> None:
    """Every use of an alarm token stands in a rule of alarms, or of the emergency call buttons that count as such."""
    for name in ("components.css", "extra.css"):
        for rule in re.findall(r"[^{}]*\{[^{}]*\}", (STATIC / name).read_text()):
            if "--alarm-" in rule:
                assert re.search(r"\.(alarm|prio|emg|btn--alarm)", rule.split("{")[0]), rule


def test_components_use_tokens_not_raw_colours() -> None:
    allowed = {"#fff", "#000", "#777", "#8d99a5", "#c9d1d9"}  # print, and the edges of the dark bar
    for name in ("components.css", "extra.css"):
        found = set(re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;\s])", (STATIC / name).read_text()))
        assert found <= allowed, found - allowed


def test_nothing_flashes() -> None:
    for sheet in STATIC.glob("*.css"):
        assert "animation" not in sheet.read_text()
        assert "@keyframes" not in sheet.read_text()


def test_no_file_loads_anything_from_another_host() -> None:
    for file in [*TEMPLATES, *STATIC.glob("*.css"), *STATIC.glob("*.js")]:
        assert not re.search(r"(?:src|href|url\()\s*=?[\"'(]?\s*(?:https?:)?//", file.read_text()), file


def test_the_plan_grid_is_fresh() -> None:
    assert plan_grid.STYLESHEET.read_text() == plan_grid.stylesheet()
    assert ".at-191{" in plan_grid.stylesheet()
    assert ".for-192{" in plan_grid.stylesheet()


def test_every_class_of_a_component_template_has_a_rule() -> None:
    """A misspelled class draws nothing."""
    rules = "".join(
        (STATIC / name).read_text() for name in ("tokens.css", "components.css", "extra.css", "plan-grid.css")
    )
    known = set(re.findall(r"\.([a-zA-Z][\w-]*)", rules))
    used: set[str] = set()
    for template in TEMPLATES:
        for names in re.findall(r'class="([^"]*)"', re.sub(r"{%.*?%}|{{.*?}}", " ", template.read_text())):
            used |= {name for name in names.split() if not name.endswith("-")}
    hooks = {
        "data-age",
        "data-age__old",
        "bar__name",
        "auth",
        "error-page",
        "not-known",
        "kv__change",
        "infusion",
        "form__section",
    }
    endings = {name.split("--", 1)[1] for name in known if "--" in name}
    assert used - known - hooks - endings == set()


def vendored() -> list[tuple[Path, str]]:
    table = re.findall(r"\| `([^`]+)` \| `([0-9a-f]{64})` \|", (STATIC / "vendor" / "VENDOR.md").read_text())
    places = [
        (REPOSITORY / name if name.startswith("tests/") else STATIC / "vendor" / name, digest) for name, digest in table
    ]
    return [(place, digest) for place, digest in places if place.suffix != ".tgz"]


@pytest.mark.parametrize(
    ("file", "digest"), vendored(), ids=lambda value: value.name if isinstance(value, Path) else ""
)
def test_vendored_files_are_what_was_recorded(file: Path, digest: str) -> None:
    assert hashlib.sha256(file.read_bytes()).hexdigest() == digest


def test_every_vendored_file_is_recorded() -> None:
    files = {
        path for path in (STATIC / "vendor").rglob("*") if path.is_file() and path.name not in ("LICENSE", "VENDOR.md")
    }
    assert files == {file for file, _digest in vendored() if "tests" not in file.parts}


def test_static_files_name_no_missing_source_map() -> None:
    """A hashed static storage refuses to build when a file names a map that is not shipped."""
    for file in STATIC.rglob("*.js"):
        assert "sourceMappingURL" not in file.read_text(), file


def test_files_stay_small_enough_to_read() -> None:
    for file in HOME.rglob("*.py"):
        assert len(file.read_text().splitlines()) <= 420, file
