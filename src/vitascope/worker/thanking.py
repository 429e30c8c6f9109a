"""Whom a render thanks: the makers of what the weights that painted it learned from, where that is on record."""

from vitascope.rights.consent import repository, snapshots
from vitascope.rights.register import Register, register_in_use
from vitascope.rights.uses import Use
from vitascope.settings import settings
from vitascope.store.database import Transaction


def register_behind(tx: Transaction, weights_sha256: str) -> Register | None:
    """The works that recorded weights learned from, withdrawn ones too; None for weights that nobody recorded.

    Those came with the package, and its register tells. Weights that were fine-tuned began as somebody's who learned
    from that, too: its makers are thanked as before.
    """
    model = next((one for one in repository.models(tx) if one.weights_sha256 == weights_sha256), None)
    snapshot = None if model is None else repository.find_snapshot(tx, model.snapshot)
    if snapshot is None:
        return None
    packaged = Register.load()
    here = register_in_use(settings().home)
    known = Register(works={**packaged.works, **here.works}, opted_out=packaged.opted_out)
    register = snapshots.register_of(tx, known, snapshot)
    if snapshot.use is not Use.FINETUNE:
        return register
    return Register(works={**packaged.works, **register.works}, opted_out=packaged.opted_out)
