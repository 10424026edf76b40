"""What decisions and accounts say of money: within the budget, covered item by item, and equal to the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from engine import steps
from engine.bodies import Form
from engine.ceiling import COMPOSITE
from engine.differences import items_of
from engine.ledger import INITIATIVES, Ledger, figures, ledger_of, parts
from engine.question import Question
from engine.submission import folded, is_same, rows, table, text, whole
from engine.terms import Act, Values

Lacks = Iterator[str]
ACCOUNT_PRODUCTS = ("wijkverslag", "jaarrekening")


def above_what_is_left(q: Question) -> Lacks:
    """For all bottlenecks of the dossier together the first of the layered bodies keeps to their budget (DT05)."""
    body = q.decider()
    if q.step != steps.QUICK_ACTION or body is None or body.form is not Form.CEILING:
        return
    last, amount = body.parts[-1], q.amount or 0
    if any(q.admits(last, holding) for holding in q.deciding()):
        return
    left = ledger_of(q.registers).uncommitted
    if amount > left:
        found = f"voor knelpunten is nog {max(0, left)} cent over en gevraagd is {amount} cent"
        yield f"{found}; daarboven beslist {last.text}"


def without_spending(q: Question) -> Lacks:
    """Programme and spending proposal are one decision: each item has its amount, and nothing else has (INV-30)."""
    if q.step not in COMPOSITE:
        return
    items = {folded(item.name) for item in items_of(q.values, "")}
    listed = rows(q.values, "bestedingsvoorstel")
    spent = {folded(text(row, "post")) for row in listed if _is_amount(row)}
    if not items:
        yield "onderdelen"
    yield from (
        f"een bedrag voor {item.name} in het bestedingsvoorstel"
        for item in items_of(q.values, "")
        if folded(item.name) not in spent
    )
    own = {key for key, post in ledger_of(q.registers).posts.items() if post.state is None} - {INITIATIVES}
    for row in listed:
        post = text(row, "post")
        if not _is_amount(row):
            yield f"een bedrag in hele centen bij post {post or '(zonder naam)'}"
        elif folded(post) not in (items | own) - {INITIATIVES}:
            yield f"een onderdeel bij post {post or '(zonder naam)'} van het bestedingsvoorstel"


def _is_amount(row: Values) -> bool:
    amount = whole(row, "bedrag")
    return amount is not None and amount >= 0


def above_budget(q: Question) -> Lacks:
    """A programme is adopted within the budget, and leaves no post below what it has spent (INV-29)."""
    if q.step not in COMPOSITE:
        return
    proposed = parts(q.values, "bestedingsvoorstel")
    ledger = ledger_of(q.registers, q.values)
    if not ledger.budget:
        yield "een vastgesteld wijkbudget"
        return
    asked = Counter[str]()
    for name, amount in proposed:
        asked[folded(name)] += amount
    for key, post in ledger.posts.items():
        if post.unreserved < 0:
            yield f"{post.name}: {-post.unreserved} cent te veel"
        elif post.state is None and key != INITIATIVES and asked[key] > post.budget:
            yield f"{post.name}: het budget is {post.budget} cent, gevraagd is {asked[key]} cent"
    if INITIATIVES not in ledger.posts and any(post.state for post in ledger.posts.values()):
        yield f"een budget voor {INITIATIVES}"


def account_differs(q: Question) -> Lacks:
    """The figures of the wijkverslag equal the ledger, in total and for each initiative (INV-31)."""
    is_product = q.act is Act.PRODUCT and q.task is not None and q.task.spec.product in ACCOUNT_PRODUCTS
    if not is_product and (q.act is not Act.BESLUIT or q.step != steps.ACCOUNT):
        return
    ledger, said = ledger_of(q.registers), table(q.values, "totalen")
    known = figures(ledger)
    for name in {**(known if ledger.posts and not is_product else {}), **said}:
        if name not in known:
            yield f"totalen.{name} staat niet in het grootboek"
        elif not is_same(said.get(name), known[name]):
            yield f"totalen.{name}: het grootboek zegt {known[name]} cent"
    yield from _differing(q, ledger, is_product)


def _differing(q: Question, ledger: Ledger, is_product: bool) -> Lacks:
    accounted = set()
    for row in rows(q.values, "verantwoording_per_initiatief"):
        post = ledger.post(text(row, "onderdeel"))
        spent = post.spent if post else 0
        accounted.add(folded(text(row, "onderdeel")))
        if not is_same(row.get("uitgaven"), spent) and (spent or "uitgaven" in row):
            yield f"{text(row, 'onderdeel')}: het grootboek zegt {spent} cent uitgegeven"
    for key, post in ledger.posts.items():
        if post.state is not None and post.spent and key not in accounted and not is_product:
            yield f"{post.name}: {post.spent} cent uitgegeven, zonder verantwoording"
