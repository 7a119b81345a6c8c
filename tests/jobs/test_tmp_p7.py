import os
import pytest
from tests.actions.match_books import keep, outcome
from tests.actions.match_desk import LATER, run
from tests.engine.match_world import world
@pytest.mark.parametrize("seed", [int(s) for s in os.environ.get("SEEDS","3100000").split(",")])
def test_x(company, seed):
    keep(company, world(seed, customers=10, payments=30))
    run(company)
    a=outcome(company); done=run(company, at=LATER); b=outcome(company)
    if done.changed:
        print(seed, done)
        for n in a:
            for r in a[n]:
                if r not in b[n]: print("  -",n,r)
            for r in b[n]:
                if r not in a[n]: print("  +",n,r)
    assert not done.changed
