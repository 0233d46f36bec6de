"""What the calculator's factor claims, held against the engine."""

from __future__ import annotations

import numpy as np
import pytest
from support.money import shared_base

from forecast.costs import tables


@pytest.mark.parametrize(("code", "service"), [("5.38.50", "s108"), ("5.38.38", "s85_home")])
def test_a_line_net_of_refund_scales_with_its_unit_cost(code: str, service: str) -> None:
    costing = shared_base().costing
    assert costing is not None
    state = costing.state
    dearer = state.changed(factors={(code, service): np.full((1, 1, 1), 1.1)})
    function = state.functions()[code]
    line = state.gross(function, service) - state.refund(function, service)
    moved = tables.totals(dearer).all_net() - tables.totals(state).all_net()
    assert float(np.abs(line).max()) > 0
    np.testing.assert_allclose(moved, np.broadcast_to(0.1 * line, moved.shape), atol=1e-3)
