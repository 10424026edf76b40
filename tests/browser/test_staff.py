"""Staff in a real browser, with scripts and without: find, take up, go wrong, put it right, read the receipt."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.browser.chromium import context, log_in
from tests.service.ladders import Town


def errors_of(page: Page) -> list[str]:
    """What the browser's console says that went wrong, a script that was not let run among it."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_coordinator_finds_a_task_takes_it_up_goes_wrong_and_completes_it(
    chromium: Browser, site: str, scripts: bool
) -> None:
    with context(chromium, site, scripts=scripts) as made:
        page = made.new_page()
        said = errors_of(page)
        log_in(page, "coordinator")
        page.get_by_label("Handeling").select_option("werk")
        page.get_by_label("Wijk").select_option("tanthof")
        page.get_by_role("button", name="Toon", exact=True).click()
        page.wait_for_url("**handeling=werk**")
        expect(page.get_by_role("heading", level=1)).to_have_text("Mijn werk")
        page.get_by_role("link", name="Knelpunt beschrijven").first.click()
        page.get_by_role("button", name="Oppakken").click()
        expect(page.get_by_text("U hebt deze taak.")).to_be_visible()

        page.get_by_label("Bedrag").first.fill("veel")
        page.get_by_role("button", name="Vastleggen", exact=True).last.click()

        summary = page.get_by_role("alert")
        expect(summary).to_contain_text("Het verzoek bevat fouten")
        expect(summary).to_be_focused()
        expect(page).to_have_title("Niet vastgelegd: Knelpunt beschrijven – Wijkcyclus")
        summary.get_by_role("link").first.click()
        expect(page.locator(":focus")).to_have_attribute("aria-invalid", "true")
        expect(page.get_by_label("Bedrag").first).to_have_value("veel")

        page.locator("#veld-omschrijving").fill("De stoep ligt los bij de school.")
        page.get_by_label("Bedrag").first.fill("450,00")
        page.get_by_role("button", name="Vastleggen", exact=True).last.click()
        page.wait_for_url("**/ontvangst")
        expect(page.get_by_role("status").first).to_contain_text("Vastgelegd")
        page.get_by_role("link", name="Naar de zaak").click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert [text for text in said if "status of 400" not in text] == []


def test_the_college_is_refused_at_inv_07_and_then_gives_its_reasons(chromium: Browser, site: str, town: Town) -> None:
    address = f"/taken/{town.task('bijdrage_besluiten_coproduceren')}"
    with context(chromium, site) as made:
        page = made.new_page()
        log_in(page, "college")
        page.goto(address)
        expect(page.get_by_text("Niet afwijken van het gezamenlijke voorstel")).to_be_visible()
        for field, value in (("locatie", "Plein"), ("bedrag", "10.000,00"), ("uitvoering", "werkgroep")):
            page.locator(f"[name='velden.{field}']").fill(value)
        page.get_by_role("button", name="Besluit vastleggen").click()
        expect(page.get_by_role("alert")).to_contain_text("INV-07")
        expect(page.get_by_role("alert")).to_contain_text("Wat u wel kunt doen")
        expect(page.locator("[name='velden.locatie']")).to_have_value("Plein")

        page.locator("button[value='erbij:afwijkingen']").click()
        page.locator("[name='afwijkingen[0].veld']").fill("locatie")
        page.locator("[name='afwijkingen[0].reden']").fill("Bij het hof liggen leidingen onder de grond.")
        expect(page.locator("[name='velden.locatie']")).to_have_value("Plein")
        page.locator("[name='bedrag']").fill("10.000,00")
        page.locator("[name='dekking']").fill("wijkbudget 2027")
        page.locator("[name='inspanning']").fill("Twee fondsen gevraagd")
        page.locator("[name='aantal_belanghebbenden']").fill("40")
        for number in range(1, 8):
            page.locator(f"[name='toets_per_regel.wb{number}']").select_option("ja")
        page.locator("[name='individueel_voordeel'][value='nee']").check()
        page.locator("[name='openbare_ruimte'][value='ja']").check()
        page.get_by_role("button", name="Besluit vastleggen").click()
        page.wait_for_url("**/ontvangst")
        expect(page.get_by_role("status").first).to_contain_text("Vastgelegd")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_coordinator_lays_a_file_beside_a_task_while_writing_and_remarks_on_the_case(
    chromium: Browser, site: str, tmp_path: Path, scripts: bool
) -> None:
    content = f"Gemeten op de hoek, {scripts}.\n".encode()
    file = FilePayload(name="Meting Dé hoek.txt", mimeType="application/pdf", buffer=content)
    large = tmp_path / "Film van de hoek.png"  # the browser reads it itself: as an argument it would go through JSON
    large.write_bytes(bytes(20 * 1024 * 1024))
    with context(chromium, site, scripts=scripts) as made:
        page = made.new_page()
        said = errors_of(page)
        log_in(page, "coordinator")
        page.goto("/werk?handeling=werk&wijk=tanthof")
        page.get_by_role("link", name="Wijziging beschrijven").click()
        page.locator("#veld-reden").fill("Nog niet af")
        add = page.get_by_role("button", name="Voeg toe")
        page.get_by_label("Bestand toevoegen").set_input_files(file)
        page.get_by_role("button", name="Vastleggen", exact=True).last.click()
        expect(page.get_by_role("alert")).to_contain_text("nog niet toegevoegd")
        expect(page.locator("#veld-reden")).to_have_value("Nog niet af")

        for button, where in ((page.get_by_role("button", name="Vastleggen").last, ""), (add, "/bijlagen")):
            page.get_by_label("Bestand toevoegen").set_input_files(large)
            button.click()
            page.wait_for_url(f"**/taken/*{where}")
            expect(page.get_by_role("alert")).to_contain_text("Film van de hoek.png")
            expect(page.locator("#veld-reden")).to_have_value("Nog niet af")
        expect(page.get_by_role("alert")).to_contain_text("een bijlage is hoogstens 10 MB")

        page.get_by_label("Bestand toevoegen").set_input_files(file)
        add.click()
        link = page.get_by_role("group", name="Bijlagen").get_by_role("link")
        expect(link).to_have_text("Meting Dé hoek.txt")
        expect(page.locator("#veld-reden")).to_have_value("Nog niet af")
        with page.expect_download() as download:
            link.click()
        assert download.value.suggested_filename == "Meting Dé hoek.txt"
        assert download.value.path().read_bytes() == content
        page.get_by_role("button", name="Haal weg").click()
        expect(link).to_have_count(0)
        expect(page.locator("#veld-reden")).to_have_value("Nog niet af")

        page.get_by_role("link", name="Alle opmerkingen").click()
        page.get_by_label("Uw opmerking").fill(f"Wie gaat mee? {scripts}")
        page.get_by_role("button", name="Plaats opmerking").click()
        expect(page.get_by_text(f"Wie gaat mee? {scripts}")).to_be_visible()
        assert [text for text in said if "status of 400" not in text] == []
