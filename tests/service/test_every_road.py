"""Every road around what participants decided, each walked over HTTP: the outcome stands, and it is on record."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from engine.rights import Matrix
from engine.roles import Roles
from engine.terms import Act
from service import db, definitions, people, replay, store_trail
from service.__main__ import main
from service.config import Config
from service.stage import ADMINISTRATOR, Reply
from tests.engine.bpmn import diagram, end, process, start, user, wijk
from tests.service.ladders import FRAME, OUTCOME, Town, refused

RATIFY = {"bekrachtigd": True}
OTHER = OUTCOME | {"uitslag": "B", "bedrag": "1,00"}
_WAYS = {"opschorting": "opschorten", "afbreking": "afbreken"}


def decided(town: Town) -> None:
    """The participants chose A; nobody has ratified it yet."""
    town.bound()
    town.done("speelplek", "deelnemers_besluiten", **OUTCOME)


def stands(town: Town) -> None:
    """A is still what was decided, the organ can do nothing but ratify it, and each ruling is judged the same again."""
    register = f"/v1/zaken/{town.case}/registers/besluiten"
    taken = [row["inhoud"] for row in town.stage.must("jurist", "GET", register)["resultaten"]]
    assert [(row["rol"], row["gegevens"]["uitslag"]) for row in taken if row["handeling"] == "besluit"] == [
        ("deelnemers", "A")
    ]
    assert refused(town.attempt("college", "besluit", bedrag=1, toets_per_regel="x", dekking="y"), "INV-04")
    town.done("college", "uitslag_bekrachtigen", **RATIFY)
    assert town.agrees()


def propose(town: Town, files: dict[str, bytes]) -> Reply:
    sent: list[Any] = [{"naam": name, "base64": base64.b64encode(content).decode()} for name, content in files.items()]
    return town.stage.send("ontwerper", "POST", "/v1/procesmodellen", {"bestanden": sent, "aanvulling": True})


def hired(town: Town, *keys: str) -> None:
    """More people: designers, who may propose and release process models."""
    for key in keys:
        town.stage.passwords[key] = f"wachtwoord van {key}"
        asked: dict[str, Any] = {"gebruikersnaam": key, "naam": f"Naam {key}", "wachtwoord": f"wachtwoord van {key}"}
        role = {"rol": "procesontwerper", "bereik": "gemeente"}
        reply = town.stage.must(ADMINISTRATOR, "POST", "/v1/personen", asked | {"isBewoner": False, "rol": role})
        town.stage.ids[key] = str(reply["id"])


def released(town: Town, files: dict[str, bytes]) -> str:
    reply = propose(town, files)
    assert reply.status == 201, reply
    version = str(reply.content["procesmodel"]["versie"])
    assert town.stage.send("ontwerper", "PUT", f"/v1/procesmodellen/{version}/vrijgave").status == 403
    town.stage.must("tweede", "PUT", f"/v1/procesmodellen/{version}/vrijgave")
    return version


def test_not_by_an_administrator(either_town: Town) -> None:
    town = either_town
    decided(town)
    for act in ("besluit", "bekrachtiging", "kader", "zelfbinding", "boeking"):
        reply = town.attempt(ADMINISTRATOR, act, uitslag="B", bekrachtigd=True)
        assert reply.status in (403, 404), (act, reply)
    me = town.stage.ids[ADMINISTRATOR]
    for role in ("college", "deelnemers"):
        given = {"persoon": me, "rol": role, "bereik": "gemeente" if role == "college" else "wijk", "wijk": "tanthof"}
        assert refused(town.stage.send(ADMINISTRATOR, "POST", "/v1/rollen", given), "benoemen/zelf"), role
    mandate: dict[str, Any] = {
        "orgaan": "college",
        "persoon": me,
        "stap": ["D07"],
        "van": "2026-01-01",
        "tot": "2027-12-31",
    }
    assert refused(town.stage.send(ADMINISTRATOR, "POST", "/v1/mandaten", mandate), "INV-13")
    instead = {"vervangt": town.stage.ids["college"], "vervanger": me, "van": "2026-01-01", "tot": "2027-12-31"}
    assert refused(town.stage.send(ADMINISTRATOR, "POST", "/v1/vervangingen", instead), "vervangen/gegevens")
    for way in ("afbreking", "opschorting"):
        reply = town.stage.send(ADMINISTRATOR, "PUT", f"/v1/zaken/{town.case}/{way}", {"reden": "Opruimen"})
        assert reply.status in (403, 404), reply
    stands(town)


def test_not_by_the_api(town: Town) -> None:
    decided(town)
    for who in ("college", "burgemeester", "coordinator", "communicatie", "jurist", "buurvrouw"):
        for act in Act:
            reply = town.attempt(who, act.value, uitslag="B", bedrag=1, trede="raadplegen")
            assert reply.status in (400, 403, 409), (who, act, reply)
    for method in ("PUT", "PATCH", "DELETE"):
        for path in ("", "/registers/besluiten", "/verantwoording"):
            assert town.stage.send("college", method, f"/v1/zaken/{town.case}{path}", {}).status == 405
    task = town.task("uitslag_bekrachtigen")
    for who in ("speelplek", "coordinator", "burgemeester"):
        reply = town.stage.send(who, "PUT", f"/v1/taken/{task}/afronding", {"gegevens": {"uitslag": "B"}})
        assert reply.status in (400, 403), (who, reply)
    stands(town)


def test_inv_04_not_by_putting_the_case_away(either_town: Town) -> None:
    """Suspended until the self-binding has expired, the matter would be the organ's again."""
    town = either_town
    town.bound()
    for way in ("opschorting", "afbreking"):
        for who in ("coordinator", "burgemeester", "college"):
            reply = town.stage.send(who, "PUT", f"/v1/zaken/{town.case}/{way}", {"reden": "Het is nu niet handig."})
            assert reply.status == 403 and reply.content["regel"] in ("INV-04", f"zaak/{_WAYS[way]}"), (who, way, reply)
    assert refused(
        town.stage.send("coordinator", "PUT", f"/v1/zaken/{town.case}/opschorting", {"reden": "x"}), "INV-04"
    )
    town.done("speelplek", "deelnemers_besluiten", **OUTCOME)
    stands(town)


@pytest.mark.parametrize("name", ["i-05", "l-05", "\u0406-05", "I-\u041e5"], ids=ascii)
def test_inv_01_not_under_another_spelling(town: Town, name: str) -> None:
    """A second case in the dossier, of a group whose name only looks like that of the first."""
    decided(town)
    year = town.case
    reply = town.begin(groep=name, dossier=year)
    if reply.status == 201:
        lower = FRAME | {"trede": "raadplegen", "termijn": "2027-01-15"}
        reply = town.do("college", "traject_kader_vaststellen", **lower)
        assert reply.status == 403 and reply.content["regel"] in ("INV-01", "INV-04"), reply
    for act in ("kader", "besluit", "zelfbinding"):
        reply = town.attempt("college", act, subject=name, **OTHER)
        assert reply.status in (400, 403), reply
    town.case = year
    stands(town)


def test_inv_44_not_by_deploying_a_diagram(town: Town) -> None:
    decided(town)
    hired(town, "ontwerper", "tweede")
    files = {}
    for lane in ("college", "raad", "beheerder"):
        task = user("grijpen", wijk("taak", handeling="besluit", stap="D07", treden="meebeslissen"))
        drawn = process(lane, start("s"), task, end("e"), flow="s > grijpen > e", lanes={lane: "s grijpen e"})
        files[f"greep_{lane}.bpmn"] = diagram(drawn)
    reply = propose(town, files)
    assert reply.status == 400, reply
    wrong = [one for one in reply.content["fouten"] if one["regel"] in ("WL02", "WL20")]
    assert {one["veld"].partition("#")[0] for one in wrong} == set(files), reply
    stands(town)


def test_inv_44_not_by_deploying_a_table_that_grants_more(town: Town) -> None:
    decided(town)
    hired(town, "ontwerper", "tweede")
    files = definitions.family_files(Config.read({}).city)
    rights = files["rechten.csv"]
    roles, _ = Roles.read(files["rollen.toml"], "rollen.toml")
    assert roles is not None
    for old, new in (
        (b"deelnemers:groep,groep,,nee,,bedrag", b"rol:college,groep,,nee,,bedrag"),
        (b"deelnemers:groep,groep,,nee,,bedrag", b"deelnemers:groep,groep,,ja,,bedrag"),
        (b";zelfbinding;optietoets;uitslag", b""),
        (b";motivering_per_afwijking", b""),
        (b"publicatie,2025-01-01,", b"publicatie,,"),
    ):
        assert old in rights
        matrix, findings = Matrix.read(rights.replace(old, new), roles, "rechten.csv")
        assert matrix is None and findings, new
    reply = propose(town, {"rechten.csv": rights.replace(old, new)})  # the last of them, all the way
    assert reply.status == 400, reply
    stands(town)


def test_inv_46_not_by_a_new_version_in_the_middle(either_town: Town) -> None:
    """A version in which nobody but the college decides: what runs stays on the version that was promised."""
    town = either_town
    town.bound()
    hired(town, "ontwerper", "tweede")
    files = definitions.family_files(Config.read({}).city)
    rows = [row for row in files["rechten.csv"].split(b"\n") if not row.startswith((b"D07,", b"D11,", b"D18,"))]
    kept = [row for row in files["rechten.csv"].split(b"\n") if row.startswith((b"D07,", b"D11,", b"D18,"))]
    lower = [row.replace(b"2025-01-01,", b"2025-01-01,2026-01-31") if b"meebeslissen" in row else row for row in kept]
    terms = files["termijnen.toml"].replace(b"aantal = 6", b"aantal = 1").replace(b"aantal = 8", b"aantal = 1")
    was = town.stage.must("college", "GET", f"/v1/zaken/{town.case}")["procesmodel"]
    version = released(town, {"rechten.csv": b"\n".join([*rows[:-1], *lower, b""]), "termijnen.toml": terms})
    assert town.stage.must("college", "GET", f"/v1/zaken/{town.case}")["procesmodel"] == was != version
    assert refused(town.attempt("college", "besluit", **OTHER), "INV-04")
    for path in ("procesmodel", "overzetting", "migratie"):
        for method in ("PUT", "POST"):
            reply = town.stage.send("tweede", method, f"/v1/zaken/{town.case}/{path}", {"versie": version})
            assert reply.status in (404, 405), reply
    town.done("speelplek", "deelnemers_besluiten", **OUTCOME)
    stands(town)


def test_inv_44_who_proposed_and_who_released_a_version_is_public(town: Town) -> None:
    hired(town, "ontwerper", "tweede")
    files = definitions.family_files(Config.read({}).city)
    version = released(town, {"termijnen.toml": files["termijnen.toml"] + b"\n# toegelicht\n"})
    shown = town.stage.must("speelplek", "GET", "/v1/procesmodellen")["resultaten"]
    assert version in {one["versie"] for one in shown if one["status"] == "vrijgegeven"}
    kinds = [one["kind"] for one in _organisation(town)]
    assert kinds.count("procesmodel:voorgesteld") == 1 and kinds[-1] == "procesmodel:uitgerold"


def _organisation(town: Town) -> list[dict[str, str]]:
    with db.reading(town.stage.installation.database) as tx:
        found = [row[2] for row in store_trail.records(tx, "organisatie")]
    return [{"kind": str(one)} for one in found]


def test_not_by_changing_roles_in_the_middle(either_town: Town) -> None:
    town = either_town
    town.bound()
    role = {"persoon": town.stage.ids["college"], "rol": "deelnemers", "bereik": "groep", "wijk": "tanthof"}
    town.stage.must(ADMINISTRATOR, "POST", "/v1/rollen", role | {"groep": "I-05"})
    assert refused(town.do("college", "deelnemers_besluiten", **OTHER), "INV-04")
    for who in ("speelplek", "buurvrouw"):
        held = town.stage.must(ADMINISTRATOR, "GET", f"/v1/personen/{town.stage.ids[who]}/rollen")["resultaten"]
        for one in held:
            town.stage.must(ADMINISTRATOR, "PUT", f"/v1/rollen/{one['regel']}/intrekking", {"reden": "Lastig"})
    assert town.do("speelplek", "deelnemers_besluiten", **OTHER).status == 404
    for who in ("college", "burgemeester", "coordinator"):
        assert refused(town.attempt(who, "besluit", **OTHER), "INV-04"), who
    back = {"persoon": town.stage.ids["buurvrouw"], "rol": "deelnemers", "bereik": "groep", "wijk": "tanthof"}
    town.stage.must(ADMINISTRATOR, "POST", "/v1/rollen", back | {"groep": "I-05"})
    town.done("buurvrouw", "deelnemers_besluiten", **OUTCOME)
    stands(town)


def test_not_by_mandates_in_the_middle(town: Town) -> None:
    town.bound()
    period = {"van": "2026-01-01", "tot": "2027-12-31"}
    for who in ("coordinator", "speelplek", "jurist"):
        asked: dict[str, Any] = {"orgaan": "college", "persoon": town.stage.ids[who], "stap": ["D07"], **period}
        assert town.stage.send("college", "POST", "/v1/mandaten", asked).status == 201
        assert refused(town.attempt(who, "besluit", **OTHER), "INV-04"), who
    for step in ("D09", "D15", "D99"):
        asked = {"orgaan": "college", "persoon": town.stage.ids["coordinator"], "stap": [step], **period}
        assert town.stage.send("college", "POST", "/v1/mandaten", asked).status in (400, 403), step
    town.done("buurvrouw", "deelnemers_besluiten", **OUTCOME)
    stands(town)


def test_not_by_substituting(town: Town) -> None:
    decided(town)
    period = {"van": "2026-01-01", "tot": "2027-12-31"}
    for replaced, substitute in (("college", "speelplek"), ("speelplek", "coordinator"), ("jurist", "burgemeester")):
        ids = {"vervangt": town.stage.ids[replaced], "vervanger": town.stage.ids[substitute]}
        instead_of_official = replaced == "college" and substitute == "speelplek"  # no resident stands in for one
        status = 400 if instead_of_official else 201
        assert town.stage.send(ADMINISTRATOR, "POST", "/v1/vervangingen", ids | period).status == status
        for act in ("besluit", "bekrachtiging", "kader"):
            reply = town.attempt(
                substitute, act, uitslag="B", bedrag=1, trede="raadplegen", terug_naar_deelnemers=False
            )
            assert reply.status in (400, 403), (substitute, act, reply)
    stands(town)


def test_not_by_delegating(town: Town) -> None:
    town.bound()
    task = f"/v1/taken/{town.task('deelnemers_besluiten')}/behandelaar"
    assert town.stage.send("speelplek", "PUT", task, {}).status == 204
    for who in ("college", "coordinator", "jurist"):
        assert refused(town.stage.send("speelplek", "PUT", task, {"persoon": town.stage.ids[who]}), "taak/overdragen")
    assert town.stage.send("speelplek", "PUT", task, {"persoon": town.stage.ids["burgemeester"]}).status in (204, 403)
    assert refused(town.do("burgemeester", "deelnemers_besluiten", **OTHER), "INV-04")
    for who in ("burgemeester", "speelplek"):
        town.stage.send(who, "DELETE", task)
    town.done("buurvrouw", "deelnemers_besluiten", **OUTCOME)
    stands(town)


def test_not_by_correcting(either_town: Town) -> None:
    town = either_town
    decided(town)
    for kind in ("besluit:genomen", "zelfbinding:vastgesteld", "kader:vastgesteld"):
        named = next(one["regel"] for one in town.trail() if one["soort"] == kind)
        for who in ("college", "speelplek", "burgemeester", "coordinator"):
            asked = {"regel": named, "gegevens": {"uitslag": "B"}, "reden": "Verschreven"}
            assert refused(town.stage.send(who, "POST", f"/v1/zaken/{town.case}/correcties", asked), "INV-19")
    stands(town)


def test_not_by_racing(either_town: Town) -> None:
    """Two participants and the college at once: one outcome, and it is a participant's."""
    town = either_town
    town.bound()
    task = f"/v1/taken/{town.task('deelnemers_besluiten')}/afronding"
    asked = [("speelplek", OUTCOME), ("buurvrouw", OUTCOME), ("burgemeester", OTHER), ("college", OTHER)]
    clients = [(town.stage._client(who), values) for who, values in asked for _ in range(2)]
    with ThreadPoolExecutor(len(clients)) as pool:
        answers = list(pool.map(lambda one: one[0].put(task, json={"gegevens": one[1]}).status_code, clients))
    assert 200 in answers and set(answers) <= {200, 403, 409}, answers
    assert [one["soort"] for one in town.trail()].count("besluit:genomen") == 1
    assert not {200} & set(answers[4:])
    stands(town)


def test_not_by_repeating(town: Town) -> None:
    town.bound()
    task = f"/v1/taken/{town.task('deelnemers_besluiten')}/afronding"
    first = town.stage.must("speelplek", "PUT", task, {"gegevens": OUTCOME})
    assert town.stage.must("speelplek", "PUT", task, {"gegevens": OUTCOME}) == first
    for who, values in (("speelplek", OTHER), ("buurvrouw", OUTCOME), ("college", OTHER)):
        assert town.stage.send(who, "PUT", task, {"gegevens": values}).status == 409, who
    assert [one["soort"] for one in town.trail()].count("besluit:genomen") == 1
    stands(town)
    assert refused(town.attempt("college", "bekrachtiging", bekrachtigd=True), "INV-04")


def test_not_by_replaying(either_town: Town) -> None:
    """A request seen before, sent again by another; and judging the log again changes nothing in it."""
    town = either_town
    decided(town)
    before = town.trail()
    for _ in range(2):
        assert all(one.agrees for one in replay.replay(town.stage.installation, town.case))
    assert town.trail() == before
    ended = next(one["inhoud"]["task"]["id"] for one in before if one["soort"] == "zelfbinding:vastgesteld")
    for who in ("college", "coordinator"):
        reply = town.stage.send(who, "PUT", f"/v1/taken/{ended}/afronding", {"gegevens": {"plafond": "1,00"}})
        assert reply.status in (403, 409), reply
    stands(town)


def test_not_by_the_command_line(
    town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    decided(town)
    config = town.stage.installation.config
    monkeypatch.setenv("WIJK_DATABASE_URL", config.database_url)
    monkeypatch.setenv("WIJK_SLEUTEL", str(config.key_file))
    monkeypatch.setenv("WIJK_WACHTWOORD", "een lang wachtwoord")
    assert main(["beheerder", "tweedebaas", "Nog een"]) == 1
    assert main(["deploy", str(config.city)]) == 1
    assert "--als" in capsys.readouterr().err
    monkeypatch.setenv("WIJK_WACHTWOORD", town.stage.passwords["college"])
    assert main(["deploy", str(config.city), "--als", "college", "--vrijgeven"]) == 1
    assert people.find_login(town.stage.installation, "tweedebaas") is None
    stands(town)
