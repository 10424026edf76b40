"""The operations that a service task can call: a closed list of pure questions to the registers of the dossier.

    kader_lezen(stap, onderwerp)         -> {"gevonden", "trede", "termijn", "orgaan", "gepubliceerd", "kader"}
    inbreng_stand(stap, onderwerp)       -> {"aantal", "afgehandeld", "open", "openstaand": [reference, ...]}
    adviezen_stand(stap, onderwerp)      -> {"aantal", "beantwoord", "open", "openstaand": [reference, ...]}
    verschil_berekenen(stap, onderwerp, velden) -> {"aantal", "verschillen": [{"onderdeel", "veld", "van", "naar"}]}
    verslag_samenstellen()               -> {"kaders", "besluiten", "producten": products,
        "inbreng": {"aantal": len(heard), "open": len(without_handling(registers, heard))},
        "adviezen": {"aantal": len(registers.of(Register.ADVIEZEN, Act.ADVIES))},
        "publicaties": {"aantal": len(registers.of(Register.PUBLICATIES, Act.PUBLICATIE))},
    }


def _decision(fact: Fact) -> Json:
    values = values_of(fact)
    deviated: list[Json] = [
        {"onderdeel": text(row, "onderdeel") or fact.subject, "veld": text(row, "veld")}
        for row in rows(values, "afwijkingen")
    ]
    items: list[Json] = [text(row, "onderdeel") for row in rows(values, "onderdelen")]
    return {
        **_place(fact),
        "handeling": act_of(fact),
        "trede": fact.body.get("trede"),
        "rol": fact.body.get("rol"),
        "onderdelen": items,
        "afwijkingen": deviated,
    }


def _place(fact: Fact) -> dict[str, Json]:
    return {"regel": fact.record, "stap": fact.step, "onderwerp": fact.subject}


def _step(inputs: Values) -> str:
    step = text(inputs, "stap")
    if not step:
        raise ValuesUnreadable("invoer stap ontbreekt")
    return step


def _subject(inputs: Values) -> str:
    return text(inputs, "onderwerp") or WHOLE


OPERATIONS: Mapping[str, Callable[[Values, Registers], Values]] = {
    "kader_lezen": _frame,
    "inbreng_stand": _contributions,
    "adviezen_stand": _advices,
    "verschil_berekenen": _difference,
    "verslag_samenstellen": _account,
}
