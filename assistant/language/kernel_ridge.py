"""Kernel ridge regression (Saunders, Gammerman and Vovk, 1998) with a Gaussian kernel: judging by examples, small and exact."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

WIDTH = 1.0  # of the kernel, exp(-WIDTH * squared distance): embeddings have length 1, so that distances are of that order
Matrix = NDArray[np.float64]


class KernelRidge:
    """Examples (a row a vector) and the weight of each (a column a thing to tell): see `fitted`."""

    def __init__(self, examples: NDArray[np.floating[Any]], weights: Matrix) -> None:
        self.examples = np.asarray(examples, dtype=np.float64)
        self.weights = weights
        self._squares = (self.examples**2).sum(axis=1)

    def of(self, vectors: Matrix) -> Matrix:
        """What each vector (a row) is given."""
        given: Matrix = _kernel(np.asarray(vectors, dtype=np.float64), self.examples, self._squares) @ self.weights
        return given


def fitted(examples: Matrix, wanted: Matrix, ridge: float) -> tuple[KernelRidge, Matrix]:
    """Fit to what is `wanted` of each example, as many columns as there are things to tell.

    Also returns what each example would be given by all the others (leave-one-out, in closed form).
    """
    inverse = np.linalg.inv(_kernel(examples, examples, (examples**2).sum(axis=1)) + ridge * np.eye(len(examples)))
    weights: Matrix = inverse @ wanted
    return KernelRidge(examples, weights), wanted - weights / np.diag(inverse)[:, None]


def _kernel(a: Matrix, b: Matrix, squares_of_b: Matrix) -> Matrix:
    squares = (a**2).sum(axis=1)[:, None] + squares_of_b[None, :] - 2 * a @ b.T
    kernel: Matrix = np.exp(-WIDTH * np.maximum(squares, 0))
    return kernel
