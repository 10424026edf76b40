"""The HTTP API: one blueprint for each noun, all under `/v1` but for the three that machines watch."""

from service.api.adviesverzoeken import adviesverzoeken
from service.api.agenda import agenda
from service.api.bijlagen import bijlagen
from service.api.klok import klok
from service.api.logboek import logboek
from service.api.meldingen import meldingen
from service.api.openbaar import openbaar
from service.api.opmerkingen import opmerkingen
from service.api.personen import mandates, persons, roles, substitutions
from service.api.procesmodellen import procesmodellen, wijken
from service.api.registers import registers
from service.api.sessies import sessions, tokens
from service.api.stemmingen import stemmingen
from service.api.taken import taken
from service.api.toestand import toestand
from service.api.tweede_factor import factors
from service.api.verantwoording import verantwoording
from service.api.vernietigingen import destructions, insights, keeping
from service.api.verslag import verslag
from service.api.zaken import zaken

BLUEPRINTS = (
    wijken,
    procesmodellen,
    zaken,
    registers,
    verslag,
    verantwoording,
    logboek,
    openbaar,
    taken,
    adviesverzoeken,
    bijlagen,
    opmerkingen,
    meldingen,
    stemmingen,
    persons,
    factors,
    roles,
    mandates,
    substitutions,
    destructions,
    keeping,
    insights,
    sessions,
    tokens,
    agenda,
    klok,
    toestand,
)
