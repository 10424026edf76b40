"""The rights table and the role catalogue: what is read, what is refused, and what no table may grant."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bodies import BodyUnknown, Form, body_of
from engine.rights import COLUMNS, STEPS, Matrix
from engine.roles import Kind, Roles
from engine.terms import Finding, Rung
from tests.engine.rights_world import MATRIX, RIGHTS, ROLES, ROLES_FILE

TODAY = date(2026, 9, 1)


def changed(old: str, new: str, count: int = 1) -> tuple[Matrix | None, tuple[Finding, ...]]:
    text = RIGHTS.decode()
    assert old in text
    return Matrix.read(text.replace(old, new, count).encode(), ROLES)


def refuses(read: tuple[Matrix | None, tuple[Finding, ...]], rule: str, *words: str) -> None:
    matrix, findings = read
    assert matrix is None
    found = [finding for finding in findings if finding.rule == rule]
    assert found, [f"{finding.rule}: {finding.sentence}" for finding in findings]
    assert all(any(word in finding.sentence for finding in found) for word in words), found
    assert all(finding.line for finding in found)


def row(step: str, rung: str) -> str:
    return next(line for line in RIGHTS.decode().splitlines() if line.startswith(step) and f",{rung}," in line)


def test_the_shipped_table_is_read_without_findings() -> None:
    matrix, findings = Matrix.read(RIGHTS, ROLES)
    assert matrix is not None
    assert findings == ()
    assert len(matrix.cells) == 46
    assert len(matrix.digest) == 64
    assert all(matrix.default(step, TODAY) for step in STEPS)


def test_what_is_not_in_the_table_is_not_allowed() -> None:
    assert MATRIX.cell("D09", Rung.MEEBESLISSEN, TODAY) is None
    assert MATRIX.cell("D01", Rung.COPRODUCEREN, TODAY) is None


def test_a_cell_holds_only_within_its_validity() -> None:
    assert MATRIX.cell("D02", Rung.ADVISEREN, date(2024, 12, 31)) is None
    matrix, findings = changed("2025-01-01,\nD02", "2025-01-01,2026-06-30\nD02")
    assert matrix is None or matrix.cell("D01", Rung.ADVISEREN, TODAY) is None
    assert not [finding for finding in findings if finding.rule == "rechten/geldigheid"]


def test_the_organ_of_a_step_is_its_decider_below_meebeslissen() -> None:
    organ = MATRIX.organ("D03", TODAY)
    assert organ is not None and organ.roles == {"wijkcoordinator"}
    same = MATRIX.organ("D11", TODAY)
    assert same is not None and MATRIX.resolved(same, TODAY).roles == {"college"}


def test_the_lane_of_a_decision_must_be_one_that_the_table_lets_decide() -> None:
    assert "college" in MATRIX.deciding_roles("D09", (), ROLES)
    assert "wijkcoordinator" not in MATRIX.deciding_roles("D09", (), ROLES)
    assert "college" not in MATRIX.deciding_roles("D07", (Rung.MEEBESLISSEN,), ROLES)
    assert "deelnemers" in MATRIX.deciding_roles("D07", (Rung.MEEBESLISSEN,), ROLES)
    assert not {"auditor", "beheerder", "jurist"} & MATRIX.deciding_roles("D17", (), ROLES)


@pytest.mark.parametrize(
    ("old", "new", "rule", "word"),
    [
        ("D02,Wijk", "D42,Wijk", "rechten/stap", "D42"),
        (",raadplegen,", ",inspreken,", "rechten/trede", "onbekende trede"),
        ("rol:college", "rol:burgemeester", "rechten/rol", "burgemeester"),
        ("rol:college", "wie er maar wil", "rechten/uitdrukking", "wie er maar wil"),
        (",meeweten,ja,", ",meeweten,misschien,", "rechten/waarde", "misschien"),
        ("publicatie;reactie_op", "publikatie;reactie_op", "rechten/waarde", "publikatie"),
        ("2025-01-01", "01-01-2026", "rechten/geldigheid", "01-01-2026"),
        (",250000,", ",veel,", "rechten/waarde", "centen"),
        (",250000,", ",,", "rechten/plafond", "laag:DT05"),
        ("stap,naam", "stapje,naam", "rechten/kolommen", "kolommen"),
        ("D01,Participatiekader vaststellen,", "D01,", "rechten/kolommen", "kolommen"),
        ("zelfde:D09", "zelfde:D11", "rechten/uitdrukking", "zelfde:D11"),
    ],
)
def test_a_fault_in_the_table_is_named_with_its_line(old: str, new: str, rule: str, word: str) -> None:
    refuses(changed(old, new), rule, word)


def test_all_faults_are_told_at_once() -> None:
    matrix, findings = changed("rol:college", "rol:burgemeester", count=3)
    assert matrix is None
    assert len({finding.line for finding in findings}) >= 3


def test_a_cell_twice_for_the_same_time_is_refused() -> None:
    line = row("D05", "meeweten")
    refuses(changed(line, f"{line}\n{line}"), "rechten/dubbel", "D05/meeweten")


def test_two_cells_that_follow_each_other_in_time_are_fine() -> None:
    line = row("D05", "meeweten")
    later = line.removesuffix("2025-01-01,") + "2027-01-01,"
    matrix, findings = changed(line, f"{line}2026-12-31\n{later}")
    assert matrix is not None, findings
    assert matrix.cell("D05", Rung.MEEWETEN, date(2027, 1, 1)) != matrix.cell("D05", Rung.MEEWETEN, TODAY)


@pytest.mark.parametrize(
    ("old", "new"), [(",adviseren,ja,", ",adviseren,nee,"), (",raadplegen,nee,", ",raadplegen,ja,")]
)
def test_a_step_without_exactly_one_default_rung_is_refused(old: str, new: str) -> None:
    refuses(changed(old, new), "rechten/standaard", "standaardtrede")


@pytest.mark.parametrize("organ", ["rol:college", "rol:wijkcoordinator", "professionals", "partij"])
def test_an_organ_never_decides_at_meebeslissen(organ: str) -> None:
    refuses(changed(",nee,deelnemers,deelnemers,", f",nee,{organ},deelnemers,"), "rechten/plafond", "INV-04")


def test_a_mandate_never_exists_at_meebeslissen() -> None:
    line = row("D07", "meebeslissen")
    refuses(changed(line, line.replace(",groep,,nee,", ",groep,,ja,")), "rechten/plafond", "geen mandaat")


@pytest.mark.parametrize("demand", ["zelfbinding", "optietoets", "uitslag"])
def test_meebeslissen_always_demands_what_binds(demand: str) -> None:
    line = row("D07", "meebeslissen")
    refuses(changed(line, line.replace(f";{demand}", "")), "rechten/plafond", demand)


@pytest.mark.parametrize("demand", ["probleemagenda", "gezamenlijk_voorstel", "motivering_per_afwijking"])
def test_coproduceren_always_demands_a_reason_per_deviation(demand: str) -> None:
    line = row("D02", "coproduceren")
    refuses(changed(line, line.replace(f";{demand}", "")), "rechten/plafond", demand)


def test_adviseren_always_demands_advice_and_owes_a_reply() -> None:
    line = row("D02", "adviseren")
    refuses(changed(line, line.replace(";advies,", ",")), "rechten/plafond", "advies")
    refuses(changed(line, line.replace(";reactie_per_advies", "")), "rechten/plafond", "reactie_per_advies")


def test_raadplegen_always_demands_a_register() -> None:
    line = row("D02", "raadplegen")
    refuses(changed(line, line.replace(";inbrengregister", "")), "rechten/plafond", "inbrengregister")


def test_the_programme_is_never_mandated_nor_handed_over_whole() -> None:
    line = row("D09", "raadplegen")
    refuses(changed(line, line.replace(",raad,nee,", ",raad,ja,")), "rechten/plafond", "zonder mandaat")
    whole = row("D03", "meebeslissen").replace("D03", "D09")
    refuses(changed(line, f"{line}\n{whole}"), "rechten/plafond", "zonder mandaat")


@pytest.mark.parametrize("role", ["auditor", "beheerder", "procesontwerper", "jurist", "archivaris", "griffie"])
def test_who_oversees_manages_or_supports_never_decides(role: str) -> None:
    refuses(changed("nee,rol:wijkcoordinator,", f"nee,rol:{role},"), "WL20", role)


def test_who_advises_does_not_decide_on_the_same_step() -> None:
    line = row("D02", "adviseren")
    refuses(changed(line, line.replace(",rol:bewonersplatform+", ",rol:wijkcoordinator+")), "INV-13", "wijkcoordinator")


def test_consent_belongs_to_the_takeover_alone() -> None:
    refuses(changed("instemming:groep(verzoek rol:college)", "deelnemers:groep"), "rechten/plafond", "instemming")
    line = row("D11", "meebeslissen")
    consent = line.replace("deelnemers:groep", "instemming:groep(verzoek rol:college)")
    refuses(changed(line, consent), "rechten/plafond", "instemming")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"\x00", b'"', ",".join(COLUMNS).encode() + b'\n"', b"a\n" * 9])
def test_a_file_that_is_no_table_is_refused_in_words(content: bytes) -> None:
    matrix, findings = Matrix.read(content, ROLES)
    assert matrix is None
    assert findings and all(finding.sentence for finding in findings)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_no_damage_to_the_table_makes_it_crash(data: st.DataObject) -> None:
    content = bytearray(RIGHTS)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    matrix, findings = Matrix.read(bytes(content), ROLES)
    assert matrix is not None or findings


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="rolD09:+()abc_.zelfdsamnt,;", max_size=30))
def test_an_expression_outside_the_language_is_never_guessed(text: str) -> None:
    try:
        body = body_of(text)
    except BodyUnknown:
        return
    assert body.text == text
    assert body.form in set(Form)


def test_the_shipped_roles_are_read_and_their_kinds_are_fixed() -> None:
    assert ROLES.by_id["college"].kind is Kind.ORGAN
    assert all(ROLES.by_id[role].kind.never_decides for role in ("auditor", "beheerder", "procesontwerper", "jurist"))
    assert ROLES.may["vrijgeven"] == {"procesontwerper", "wijkcoordinator", "college"}


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('soort = "orgaan"', 'soort = "baas"', "rollen/velden"),
        ('bereik = "gemeente"', 'bereik = "land"', "rollen/velden"),
        ('naam = "gemeenteraad"', "", "rollen/velden"),
        ('naam = "gemeenteraad"', 'naam = "gemeenteraad"\nmacht = 9', "rollen/velden"),
        ('starten = ["wijkcoordinator"', 'starten = ["keizer"', "rollen/bevoegdheid"),
        ("starten =", "toveren =", "rollen/bevoegdheid"),
        ('"starten:signaal', '"opschorten:signaal', "rollen/bevoegdheid"),
        ("[bevoegdheden]", "[bevoegdheden", "rollen/leesbaar"),
        ("[bevoegdheden]", "[overig]\na = 1\n[bevoegdheden]", "rollen/onbekend"),
    ],
)
def test_a_fault_in_the_role_catalogue_is_named(old: str, new: str, rule: str) -> None:
    text = ROLES_FILE.decode()
    assert old in text
    roles, findings = Roles.read(text.replace(old, new, 1).encode())
    assert roles is None
    assert rule in {finding.rule for finding in findings}
