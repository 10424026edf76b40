"""Ballots: `/v1/stemmingen`. Taking a pass and casting a vote are two requests, and the second is nobody's."""

from __future__ import annotations

from collections import Counter
from typing import Any

from marshmallow import validate

from service import ballots, electorate, polling
from service.api.border import Blueprint, Service, caller, here, knock, route
from service.api.schemas import (
    Dutch,
    FlagField,
    ListField,
    MomentField,
    NestedField,
    NumberField,
    TextField,
)
from service.electorate import NewVoter
from service.faults import Fault, Malformed
from service.guard import Guard
from service.store_ballots import BallotRow

stemmingen = Blueprint(
    "stemmingen", __name__, url_prefix="/v1/stemmingen", description="Stemmingen: wie er mag stemmen, en de stembus"
)

_VOTER = validate.Regexp(r"[0-9]{1,9}\Z", error="Een kiezersnummer heeft 1 tot en met 9 cijfers.")
_HEX = validate.Regexp(r"([0-9a-f]{2})+\Z", error="Schrijf dit hexadecimaal.")
_KEY = validate.Regexp(
    r"[0-9a-f]{32}\Z", error="Een sleutel is 32 hexadecimale cijfers, door u zelf willekeurig gekozen."
)


class BallotSchema(Dutch):
    """A ballot: what is voted on, when, and the public key of its passes (RSA, SHA-384, PSS; RFC 9474, randomized)."""

    id = TextField()
    case = TextField(data_key="zaak")
    opening = TextField(data_key="regel")
    step = TextField(data_key="stap")
    subject = TextField(data_key="onderwerp")
    round = NumberField(data_key="ronde")
    options = ListField(TextField(), data_key="opties")
    most = NumberField(data_key="kiesgerechtigden")
    opens_at = MomentField(data_key="van")
    closes_at = MomentField(data_key="tot")
    status = TextField()
    modulus = TextField()
    exponent = NumberField()
    fingerprint = TextField(data_key="sleutel")


class BallotListSchema(Dutch):
    """All ballots, the one that closes last first."""

    items = ListField(NestedField(BallotSchema), data_key="resultaten")


class VoterAskSchema(Dutch):
    """A voter for the register: of name and address a digest is kept. Without an account a code goes out by letter."""

    voter = TextField(data_key="kiezer", required=True, validate=_VOTER)
    name = TextField(data_key="naam", longest=200, least=1, required=True)
    address = TextField(data_key="adres", longest=200, least=1, required=True)
    person = TextField(data_key="persoon", longest=36, load_default=None)


class ElectorateAskSchema(Dutch):
    """Voters to add, or to confirm by entering the same again."""

    voters = ListField(NestedField(VoterAskSchema), data_key="kiezers", required=True)


class LinesSchema(Dutch):
    """How many lines the register has, or how many of them are voters now."""

    number = NumberField(data_key="aantal")


class CodeSchema(Dutch):
    """One half of the code in the letter to a voter."""

    voter = TextField(data_key="kiezer")
    code = TextField()


class CodesSchema(Dutch):
    """One half of the codes for the letters; who asks again gets others, and these open nothing more."""

    codes = ListField(NestedField(CodeSchema))


class TookPartSchema(Dutch):
    """A number in the register: `gestemd` is `pas` (a pass was given), `papier` or empty, without a moment."""

    voter = TextField(data_key="kiezer")
    given = TextField(data_key="gestemd")


class VoterSchema(TookPartSchema):
    """The same with the account, for the polling station; as long as it is not `bevestigd` it is no voter."""

    person = TextField(data_key="persoon")
    confirmed = FlagField(data_key="bevestigd")


class TookPartListSchema(Dutch):
    """Every voter by number, once the votes are counted: whoever did not vote sees whether somebody else did."""

    items = ListField(NestedField(TookPartSchema), data_key="resultaten")


class ElectorateSchema(Dutch):
    """The register with its totals."""

    entitled = NumberField(data_key="kiesgerechtigden")
    waiting = NumberField(data_key="onbevestigd")
    passes = NumberField(data_key="passen")
    paper = NumberField(data_key="papier")
    items = ListField(NestedField(VoterSchema), data_key="resultaten")


class PassAskSchema(Dutch):
    """A pass, blinded (RFC 9474)."""

    blinded = TextField(data_key="geblindeerd", longest=2048, required=True, validate=_HEX)


class CodedPassAskSchema(PassAskSchema):
    """The same, by the code in the letter."""

    code = TextField(longest=40, least=1, required=True)


class PassSchema(Dutch):
    """The blind signature."""

    signed = TextField(data_key="ondertekend")


class VoteAskSchema(Dutch):
    """A vote: the pass with its signature, a random key of one's own, and the choice."""

    ticket = TextField(data_key="pas", longest=2048, required=True, validate=_HEX)
    signature = TextField(data_key="handtekening", longest=2048, required=True, validate=_HEX)
    key = TextField(data_key="sleutel", required=True, validate=_KEY)
    choice = TextField(data_key="keuze", longest=500, required=True)


class ReceivedSchema(Dutch):
    """The vote is in the box."""

    received = FlagField(data_key="ontvangen")


class VoteSchema(Dutch):
    """One vote, under the key that only its voter knows."""

    key = TextField(data_key="sleutel")
    choice = TextField(data_key="keuze")


class VotesSchema(Dutch):
    """Every vote that was counted; `lijst` is the digest that stands in the record of the count."""

    digest = TextField(data_key="lijst")
    items = ListField(NestedField(VoteSchema), data_key="resultaten")


class NumberSchema(Dutch):
    """How many votes for a choice."""

    choice = TextField(data_key="optie", longest=500, required=True)
    number = NumberField(
        data_key="aantal", required=True, validate=validate.Range(0, 1_000_000, error="Kies 0 tot 1.000.000.")
    )


class PaperAskSchema(Dutch):
    """The votes on paper, in numbers; an invalid one is a blank one."""

    numbers = ListField(NestedField(NumberSchema), data_key="stemmen", required=True)


class CountSchema(Dutch):
    """The count, and what was laid down as the result."""

    numbers = ListField(NestedField(NumberSchema), data_key="stemmen")
    blanco = NumberField()
    papier = NumberField()
    uitgebracht = NumberField()
    kiesgerechtigden = NumberField()
    lijst = TextField()
    ronde = NumberField()
    quorum = NumberField()
    resultaat = TextField()
    vervolg = TextField()
    uitslag = TextField()


def _shown(row: BallotRow, service: Service) -> dict[str, Any]:
    names = ("id", "case", "opening", "step", "subject", "round", "most", "opens_at", "closes_at")
    return {name: getattr(row, name) for name in names} | {
        "options": list(row.options),
        "status": ballots.status_of(row, service.clock()),
        "modulus": f"{row.key.n:x}",
        "exponent": row.key.e,
        "fingerprint": row.key.fingerprint,
    }


@route(stemmingen, "GET", "", Guard.ANYONE, answers=BallotListSchema())
def list_ballots() -> dict[str, Any]:
    """All ballots: that they are held is public."""
    service = here()
    return {"items": [_shown(row, service) for row in ballots.list_ballots(service.installation)]}


@route(stemmingen, "GET", "/<id:ballot_id>", Guard.ANYONE, answers=BallotSchema())
def show_ballot(ballot_id: str) -> dict[str, Any]:
    """One ballot."""
    service = here()
    return _shown(ballots.read_ballot(service.installation, ballot_id), service)


@route(stemmingen, "GET", "/<id:ballot_id>/kiezers", Guard.PERSON, answers=ElectorateSchema())
def show_register(ballot_id: str) -> dict[str, Any]:
    """Who may vote, and who has a pass or voted on paper; for the polling station."""
    service = here()
    _, rows = electorate.read_register(service.installation, caller().person, ballot_id, service.clock())
    given, confirmed = Counter(row.given for row in rows), sum(row.confirmed for row in rows)
    totals = {"entitled": confirmed, "waiting": len(rows) - confirmed}
    return {**totals, "passes": given["pas"], "paper": given["papier"], "items": rows}


@route(
    stemmingen,
    "POST",
    "/<id:ballot_id>/kiezers",
    Guard.PERSON,
    body=ElectorateAskSchema(),
    status=201,
    answers=LinesSchema(),
)
def add_voters(given: dict[str, Any], ballot_id: str) -> dict[str, Any]:
    """Add voters, until voting begins; they may vote once somebody else has confirmed them."""
    service = here()
    number = electorate.add_voters(service.installation, caller().person, ballot_id, _lines(given), service.clock())
    return {"number": number}


@route(
    stemmingen,
    "PUT",
    "/<id:ballot_id>/kiezers/bevestiging",
    Guard.PERSON,
    body=ElectorateAskSchema(),
    answers=LinesSchema(),
)
def confirm_voters(given: dict[str, Any], ballot_id: str) -> dict[str, Any]:
    """The same voters, entered again by another."""
    service = here()
    number = electorate.confirm_voters(service.installation, caller().person, ballot_id, _lines(given), service.clock())
    return {"number": number}


def _lines(given: dict[str, Any]) -> list[NewVoter]:
    if not given["voters"]:
        raise Malformed((Fault("kiezers", "Noem kiezers."),))
    return [NewVoter(one["voter"], one["name"], one["address"], one["person"]) for one in given["voters"]]


@route(
    stemmingen,
    "POST",
    "/<id:ballot_id>/stemcodes/<int:part>",
    Guard.PERSON,
    status=201,
    answers=CodesSchema(),
)
def give_codes(ballot_id: str, part: int) -> dict[str, Any]:
    """The first or the second halves of the codes for the letters; two people get them, one each."""
    service = here()
    codes = electorate.give_codes(service.installation, caller().person, ballot_id, part, service.clock())
    return {"codes": [{"voter": voter, "code": code} for voter, code in codes.items()]}


@route(stemmingen, "GET", "/<id:ballot_id>/deelname", Guard.ANYONE, answers=TookPartListSchema())
def show_participation(ballot_id: str) -> dict[str, Any]:
    """For which numbers of the register a pass was given or paper marked, once the votes are counted."""
    return {"items": electorate.took_part(here().installation, ballot_id)}


@route(stemmingen, "PUT", "/<id:ballot_id>/kiezers/<string:voter>/papier", Guard.PERSON, status=204)
def mark_paper(ballot_id: str, voter: str) -> None:
    """This voter votes on paper, and no other way."""
    service = here()
    polling.mark_paper(service.installation, caller().person, ballot_id, voter, service.clock())


@route(stemmingen, "POST", "/<id:ballot_id>/passen", Guard.PERSON, body=PassAskSchema(), answers=PassSchema())
def give_pass(given: dict[str, Any], ballot_id: str) -> dict[str, Any]:
    """The pass of the voter who is logged in, signed blindly."""
    service = here()
    blinded = bytes.fromhex(given["blinded"])
    signed = ballots.give_pass(service.installation, ballot_id, blinded, service.clock(), person=caller().person)
    return {"signed": signed.hex()}


@route(stemmingen, "POST", "/<id:ballot_id>/passen/code", Guard.ANYONE, body=CodedPassAskSchema(), answers=PassSchema())
def give_pass_by_code(given: dict[str, Any], ballot_id: str) -> dict[str, Any]:
    """The pass of the voter with this code, signed blindly."""
    service = here()
    knock(service.login_limit, "stemcode")
    blinded = bytes.fromhex(given["blinded"])
    signed = ballots.give_pass(service.installation, ballot_id, blinded, service.clock(), code=given["code"])
    return {"signed": signed.hex()}


@route(
    stemmingen,
    "POST",
    "/<id:ballot_id>/stembiljetten",
    Guard.ANYONE,
    body=VoteAskSchema(),
    status=201,
    answers=ReceivedSchema(),
)
def cast(given: dict[str, Any], ballot_id: str) -> dict[str, Any]:
    """A vote, by nobody: when a session comes along with it, nobody looks at that."""
    service = here()
    knock(service.write_limit, "stemmen")
    ticket, signature = bytes.fromhex(given["ticket"]), bytes.fromhex(given["signature"])
    ballots.cast(service.installation, ballot_id, ticket, signature, given["key"], given["choice"], service.clock())
    return {"received": True}


@route(stemmingen, "GET", "/<id:ballot_id>/stembiljetten", Guard.ANYONE, answers=VotesSchema())
def show_votes(ballot_id: str) -> dict[str, Any]:
    """Every vote that was counted, by its key."""
    _, votes = ballots.published(here().installation, ballot_id)
    items = [{"key": key, "choice": choice} for key, choice in votes]
    return {"digest": ballots.list_digest(votes), "items": items}


@route(stemmingen, "PUT", "/<id:ballot_id>/papier", Guard.PERSON, body=PaperAskSchema(), status=204)
def enter_paper(given: dict[str, Any], ballot_id: str) -> None:
    """The votes on paper, entered by one of the polling station."""
    service = here()
    numbers = _numbers(given)
    polling.enter_paper(service.installation, caller().person, ballot_id, numbers, service.clock())


@route(stemmingen, "PUT", "/<id:ballot_id>/papier/bevestiging", Guard.PERSON, body=PaperAskSchema(), status=204)
def confirm_paper(given: dict[str, Any], ballot_id: str) -> None:
    """The same, counted again by another."""
    service = here()
    numbers = _numbers(given)
    polling.confirm_paper(service.installation, caller().person, ballot_id, numbers, service.clock())


def _numbers(given: dict[str, Any]) -> dict[str, int]:
    found = {one["choice"]: int(one["number"]) for one in given["numbers"]}
    if len(found) != len(given["numbers"]):
        raise Malformed((Fault("stemmen", "Noem elke keuze één keer."),))
    return found


@route(stemmingen, "GET", "/<id:ballot_id>/uitslag", Guard.ANYONE, answers=CountSchema())
def show_result(ballot_id: str) -> dict[str, Any]:
    """The count, once there is one, and the result that was laid down."""
    counted, laid_down = ballots.result(here().installation, ballot_id)
    rows = counted.get("stemmen")
    numbers = [{"choice": one["optie"], "number": one["aantal"]} for one in rows] if isinstance(rows, list) else []  # type: ignore[index,call-overload]
    return {**counted, **laid_down, "numbers": numbers}
