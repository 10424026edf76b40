"""May this person do this, now? One function, `rule`, answers for every action; it is pure and it fails closed.

    rule(actor, action, task, facts, *, matrix, roles, scope, submission, case, now, other=None) -> Ruling

- `actor`: who asks, with the membership, mandate and substitution facts about that person.
- `action`: what is asked. CONTRIBUTE is the completion of a collecting task; ATTEMPT is an act without an open task.
- `task`: the open task, or None (administrative actions, ATTEMPT).
- `facts`: the register rows of the dossier (all registers, all cases of it); rows later than `now` are ignored.
- `submission`: the values as they will be recorded (sealed ones as handles). For ATTEMPT without a task:
  `{"handeling", "stap", "onderwerp", "gegevens"}`. For administrative actions see `engine.conditions`.
- `case`: what the service knows of the case: id, status, and the assignee of this task.
- `other`: the person whom the action concerns (DELEGATE, APPOINT, DISMISS, MANDATE, SUBSTITUTE), else None.
A refusal is a Ruling with `allowed=False`; nothing is raised for one.
"""
