"""The decision steps that rules look for by name; who decides in each of them is the city's (`engine.rights`)."""

FRAME = "D01"
ANALYSIS = "D02"
AGENDA = "D03"
POLICY_POINT = "D04"
ADMISSION = "D05"
COMMITMENT = "D06"
GRANT = "D07"
REPLIES = "D08"  # the reactions to the concept of the programme
PROGRAMME = "D09"  # adopted by the organ itself, never handed over as a whole
PLAN = "D10"
CHANGE = "D11"
QUICK_ACTION = "D12"
RESULT = "D13"
ACCOUNT = "D14"
TAKEOVER = "D15"  # consent of a group: no self-binding, options or ballot
DISPUTE = "D16"
OBJECTION = "D17"  # the committee's advice: deviation only with reasons, in the decision itself
RUNG = "D18"
