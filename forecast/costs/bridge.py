"""Bridge: growth of a product split on its factors, symmetric and exact.

The split is Shapley's (for products also known as Das Gupta's): every order in which the factors
could have changed counts the same. With f_i(t) = a_i + t (b_i - a_i) it is the integral over t
from 0 to 1 of (b_i - a_i) times the product of all other f_j(t), a polynomial of degree k - 1,
which Gauss-Legendre quadrature with k / 2 nodes (rounded up) gives without error. The parts sum
to the product after minus the product before, and nothing is left over.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def shapley(before: Sequence[Floats], after: Sequence[Floats]) -> list[Floats]:
    """Return each factor's part in the change of their product, elementwise.

    Args:
        before: the factors at the start; they broadcast against each other.
        after: the same factors at the end.
    """
    count = len(before)
    nodes, weights = np.polynomial.legendre.leggauss((count + 1) // 2)
    parts = [np.zeros(1)] * count
    for node, weight in zip((nodes + 1) / 2, weights / 2, strict=True):
        between = [a + node * (b - a) for a, b in zip(before, after, strict=True)]
        for i, others in enumerate(_products_of_others(between)):
            parts[i] = parts[i] + weight * others
    return [(b - a) * part for a, b, part in zip(before, after, parts, strict=True)]


def _products_of_others(factors: list[Floats]) -> list[Floats]:
    """Return, for each factor, the product of all the others; zeros among them do no harm."""
    count = len(factors)
    left: list[Floats] = [np.ones(1)]
    for factor in factors[:-1]:
        left.append(left[-1] * factor)
    right: list[Floats] = [np.ones(1)]
    for factor in reversed(factors[1:]):
        right.append(right[-1] * factor)
    return [left[i] * right[count - 1 - i] for i in range(count)]
