"""The rules on acts, as data: for each act the checks that it must pass, in the order in which they are tried.

An act that has no line here can be taken by nobody.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.checks import Checks
from engine.rules.ballots import BALLOT
from engine.rules.binding import JUDGEMENT, RATIFICATION, SELF_BINDING
from engine.rules.content import PLAN_FIRST
from engine.rules.decisions import DECISION
from engine.rules.frames import SETTING_FRAME
from engine.rules.meetings import MEETING
from engine.rules.money import BOOKING
from engine.rules.participation import ADVICE, CONTRIBUTION, HANDLING, PRODUCT, PROPOSAL, PUBLICATION
from engine.rules.promises import COMMITMENT, CONSENT
from engine.rules.tasks import TASK
from engine.terms import Act

ACTS: Mapping[Act, Checks] = {
    Act.WERK: (*TASK, PLAN_FIRST),
    Act.KENNISNAME: TASK,
    Act.KADER: SETTING_FRAME,
    Act.INBRENG: CONTRIBUTION,
    Act.ADVIES: (*ADVICE, JUDGEMENT),
    Act.BIJEENKOMST: MEETING,
    Act.VOORSTEL: PROPOSAL,
    Act.AFHANDELING: HANDLING,
    Act.BESLUIT: DECISION,
    Act.ZELFBINDING: SELF_BINDING,
    Act.STEMMING: BALLOT,
    Act.BEKRACHTIGING: RATIFICATION,
    Act.PRODUCT: PRODUCT,
    Act.PUBLICATIE: PUBLICATION,
    Act.BOEKING: BOOKING,
    Act.TOEZEGGING: COMMITMENT,
    Act.INSTEMMING: CONSENT,
}
