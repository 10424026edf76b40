"""What pages link to: built or not, a page is whole; a city has its own look by one file."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from jinja2 import Environment, meta

from service.config import Config
from service.web import assets, rendering
from service.web.assets import THEME
from tests.service.browser import at_the_door, flaws
from tests.service.houses import House, peopled

SHIPPED = Config.read({}).city.parent
CITIES = sorted(path.parent for path in SHIPPED.glob("*/stad.toml"))


@pytest.mark.parametrize("name", ["htmx.js", "letter.woff2", "letter-meer.woff2"])
def test_what_was_built_is_served_and_what_was_not_is_missed_by_nobody(small_house: House, name: str) -> None:
    client = small_house.app.test_client()
    is_built = (assets.BUILT / name).is_file()
    assert client.get(f"/opmaak/{name}").status_code == (200 if is_built else 404)
    assert (name in client.get("/opmaak/wijk.css").text + client.get("/inloggen").text) == is_built


@pytest.mark.parametrize("name", ["..%2Fwijk.css", "basis.html", "wijk.css%00", "thema.css", "htmx.js.map"])
def test_nothing_else_is_served(small_house: House, name: str) -> None:
    assert small_house.app.test_client().get(f"/opmaak/{name}").status_code == 404


def test_a_page_without_anything_built_names_no_script_and_lets_none_run(small_house: House) -> None:
    sheet = (Path(rendering.__file__).parent / "templates" / "basis.html").read_text("utf-8")
    asked = meta.find_undeclared_variables(Environment(extensions=["jinja2.ext.i18n"]).parse(sheet))
    given: dict[str, object] = dict.fromkeys(asked - {"talen", "taal", "_", "gettext", "ngettext"}, "")
    given["opmaak"] = {"wijk.css": "/opmaak/wijk.css", "merk.svg": "/opmaak/merk.svg"}
    with small_house.app.test_request_context("/"):
        text = rendering.render("toegankelijkheid.html", **given)
    assert "<script" not in text and "htmx-config" not in text and "thema.css" not in text


def test_a_number_for_a_script_is_used_once(small_house: House) -> None:
    client = small_house.app.test_client()
    policies = {client.get("/inloggen").headers["Content-Security-Policy"] for _ in range(3)}
    assert len(policies) == (3 if (assets.BUILT / "htmx.js").is_file() else 1)


def test_a_city_with_a_theme_has_it_after_our_own_sheet(sqlite_url: str, tmp_path: Path) -> None:
    city = shutil.copytree(Config.read({}).city, tmp_path / "processes" / "elders")
    (city / THEME).write_text(":root { --accent: #7a1fa2; }", "utf-8")
    house = peopled(sqlite_url, tmp_path, city=city)
    client = house.app.test_client()
    sheets = re.findall(r'<link rel="stylesheet" href="/opmaak/(\w+\.css)\?v=\w{12}">', client.get("/inloggen").text)
    assert sheets == ["wijk.css", THEME]
    answer = client.get(f"/opmaak/{THEME}")
    assert (answer.text, answer.mimetype) == (":root { --accent: #7a1fa2; }", "text/css")
    house.installation.database.dispose()


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(one * 2 for one in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


PAIRS = (
    *(("inkt", ground) for ground in ("vlak", "achter")),
    *(("zacht", ground) for ground in ("vlak", "achter")),
    *(("accent", ground) for ground in ("vlak", "achter")),
    *(("op-accent", "accent"), ("op-kop", "kop")),
    *((f"{name}", f"{name}-vlak") for name in ("rood", "geel", "groen", "blauw", "paars")),
    *((name, "vlak") for name in ("rood", "groen")),
)


def _schemes(sheet: str, theme: str) -> list[dict[str, str]]:
    """The colours in light and in dark, with those of the theme over them."""
    found: list[dict[str, str]] = [{}, {}]
    for text in (sheet, theme):
        light, _, dark = text.partition("@media (prefers-color-scheme: dark)")
        dark = dark.partition("\n}")[0]
        for number, parts in enumerate(((light,), (light, dark))):
            for part in parts:
                found[number] |= dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,6})\b", part))
    return found


@pytest.mark.parametrize("city", CITIES, ids=lambda city: city.name)
def test_every_colour_of_text_can_be_read_on_its_ground_in_light_and_in_dark(city: Path) -> None:
    sheet = (Path(assets.__file__).parent / "wijk.css").read_text("utf-8")
    theme = (city / THEME).read_text("utf-8") if (city / THEME).is_file() else ""
    for colours in _schemes(sheet, theme):
        faint = [(ink, ground) for ink, ground in PAIRS if contrast(colours[ink], colours[ground]) < 4.5]
        assert faint == []
        assert contrast(colours["rand"], colours["vlak"]) >= 3


def test_two_colours_that_are_too_alike_would_be_seen() -> None:
    assert contrast("#fff", "#000") == pytest.approx(21) and contrast("#777", "#ffffff") < 4.5


def test_the_statement_on_accessibility_is_there_for_everybody(small_house: House) -> None:
    browser = at_the_door(small_house.app)
    sheet = browser.open("/toegankelijkheid")
    assert sheet.headings == ["Toegankelijkheid"] and flaws(sheet) == []
    assert "/toegankelijkheid" in browser.open("/inloggen").links
