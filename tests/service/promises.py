"""A town where people promise, consent, meet and decide: the forms of those acts, and who lives there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from engine.terms import Json
from service import replay
from tests.engine.bpmn import user, wijk
from tests.engine.families import PROCESSES
from tests.service.houses import body
from tests.service.towns import Town, town

DATES, NUMBERS, TICKS = {"datum", "termijn"}, {"aantal", "inbrengregister"}, {"ter_kennis_genomen"}
TABLES = {
    f"{name}_dmn": (PROCESSES / place / f"{name}.dmn").read_bytes()
    for place, name in (
        ("gedeeld", "eenzijdigheid"),
        ("delft", "escalatie"),
        ("delft", "fase_product"),
        ("delft", "gesprekspartners"),
        ("delft", "publicatieplicht"),
        ("gedeeld", "bewaartermijn"),
    )
}


def form(name: str, *plain: str, **lists: tuple[str, ...]) -> bytes:
    """A form whose texts are open: fields by name, and lists of rows with these fields."""
    parts = [_field(key) for key in plain]
    parts += [
        {
            "type": "dynamiclist",
            "id": f"L_{key}",
            "path": key,
            "label": key,
            "components": [_field(one) for one in inner],
        }
        for key, inner in lists.items()
    ]
    document = {"type": "default", "id": name, "schemaVersion": 18, "components": parts}
    return json.dumps(document).encode()


def _field(key: str) -> dict[str, Any]:
    common: dict[str, Any] = {"key": key, "id": f"V_{key}", "label": key}
    if key in DATES:
        return common | {"type": "datetime", "subtype": "date", "dateLabel": key}
    if key in NUMBERS:
        return common | {"type": "number", "decimalDigits": 0}
    if key in TICKS:
        return common | {"type": "checkbox"}
    if key in ("kanalen", "geadresseerden", "gesprekspartners", "niveaus", "ontbrekende_groepen"):
        named = (
            *("website", "wijkwebsites", "stadskrant", "persbericht", "actieve_bewoners", "professionals"),
            *("bewonersplatform", "deelnemers", "college", "deelgemeentebestuur", "partner", "bewonersorganisatie"),
        )
        return common | {"type": "checklist", "values": [{"label": one, "value": one} for one in named]}
    return common | {"type": "textfield", "properties": {"openbaar": "ja"}}


FORMS = {
    "toezegging_form": form(
        "toezegging",
        *("soort", "kenmerk", "partij", "prestatie", "datum", "aanspreekpunt", "toezegging", "reden", "bewijs"),
    ),
    "instemming_form": form(
        "instemming", "kenmerk", "verzoek", "over", "datum", "instemming", "reden", "nieuwe_eigenaar"
    ),
    "instemming_datum_form": form("instemming_datum", "verzoek", "over", "datum", "instemming", "reden"),
    "bijeenkomst_form": form(
        "bijeenkomst",
        *("soort", "kenmerk", "titel", "datum", "plaats", "openbaar", "reden_besloten", "doelgroep"),
        *("betreft", "actie", "ontbrekende_groepen"),
        opkomst=("groep", "aantal"),
    ),
    "geschilbesluit_form": form(
        "geschilbesluit",
        *("kenmerk", "geschil", "hoorverslag", "besluit", "reden", "overname_door"),
        toezeggingen=("toezegging", "gevolg"),
    ),
}
FORMS["lagen_form"] = form("lagen", "niveaus")
SETTLES = {"stap": "D16", "treden": "meeweten", "formulier": "geschilbesluit"}
DISPUTE: dict[str, Json] = {"geschil": "de plek", "hoorverslag": "gehoord", "besluit": "gegrond", "reden": "geluid"}


def act(ident: str, handeling: str, **attributes: str) -> str:
    """A task with this act; its form bears the name of the act unless told otherwise."""
    return user(ident, wijk("taak", handeling=handeling, **({"formulier": handeling} | attributes)))


def on(subject: str) -> dict[str, str]:
    """The attribute by which a task is about this subject."""
    return {"onderwerp": f'"{subject}"'}


LEVELS = act("lagen", "product", formulier="lagen")  # which levels of government there are for a dispute


def only_college(here: Town) -> str:
    """A case that begins with `LEVELS`, in which the college is the only level; answers the case."""
    case = here.start()
    done(here, case, "lagen", here.client, niveaus=["college"])
    return case


def refused(here: Town, case: str, element: str, rule: str, client: FlaskClient, **values: Any) -> dict[str, Any]:
    """The task of this element is refused by this rule, with a reason and a remedy, and the refusal is recorded."""
    answer = send(here, case, element, client, **values)
    found = body(answer)
    assert (answer.status_code, found.get("regel")) == (403, rule), answer.text
    assert here.kinds(case)[-1].endswith(":geweigerd")
    return found


def done(here: Town, case: str, element: str, client: FlaskClient, **values: Any) -> dict[str, Any]:
    """The task of this element is completed."""
    answer = send(here, case, element, client, **values)
    assert answer.status_code == 200, answer.text
    return body(answer)


def send(here: Town, case: str, element: str, client: FlaskClient, **values: Any) -> Any:
    return client.put(f"/v1/taken/{here.task(case, element)}/afronding", json={"gegevens": values})


def attempted(client: FlaskClient, case: str, handeling: str, step: str, subject: str, **values: Any) -> str:
    """The rule by which an act without a task is refused."""
    asked = {"handeling": handeling, "stap": step, "onderwerp": subject, "gegevens": values}
    answer = client.post(f"/v1/zaken/{case}/handelingen", json=asked)
    assert answer.status_code == 403, answer.text
    return str(body(answer)["regel"])


def assert_replays(here: Town, case: str) -> None:
    """The chain verifies, and every ruling in it is judged the same again."""
    here.assert_whole(case)
    found = replay.replay(here.house.installation, case)
    assert found and [one for one in found if not one.agrees] == []


@contextmanager
def village(url: str, directory: Path, *processes: str, **files: bytes) -> Iterator[Town]:
    """A town with these forms and tables, and with parties, levels of government and the group of I-02."""
    with town(url, directory, *processes, **(FORMS | TABLES | files)) as here:
        for login, role in (
            ("college", "college"),
            ("corporatie", "woningcorporatie"),
            ("wethouder", "wethouder_wijkzaken"),
        ):
            here.house.add(login, role)
        here.house.add("bestuur", "deelgemeentebestuur", "wijk", wijk="tanthof")
        here.house.add("groep", "deelnemers", "groep", is_resident=True, wijk="tanthof", groep="I-02")
        here.house.add("buren", "deelnemers", "groep", is_resident=True, wijk="tanthof", groep="I-05")
        yield here
