"""Kernel ridge regression (Saunders, Gammerman and Vovk, 1998) with a Gaussian kernel: judging by examples, small and exact."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

WIDTH = 1.0  # of the kernel, exp(-WIDTH * squared distance): embeddings have length 1, so that distances are of that order
Matrix = NDArray[np.float64]


class KernelRidge:
    """Fitted to examples: a row a vector, and as many columns of what is wanted as there are things to tell.

    `judged` is what each example would be given by all the others (leave-one-out, in closed form).
    """

    def __init__(self, examples: Matrix, wanted: Matrix, ridge: float) -> None:
        self._examples = examples
        inverse = np.linalg.inv(_kernel(examples, examples) + ridge * np.eye(len(examples)))
        self._weights: Matrix = inverse @ wanted
        self.judged: Matrix = wanted - self._weights / np.diag(inverse)[:, None]

    def of(self, vectors: Matrix) -> Matrix:
        """What each vector (a row) is given."""
        given: Matrix = _kernel(np.asarray(vectors, dtype=np.float64), self._examples) @ self._weights
        return given


def _kernel(a: Matrix, b: Matrix) -> Matrix:
    squares = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1)[None, :] - 2 * a @ b.T
    kernel: Matrix = np.exp(-WIDTH * np.maximum(squares, 0))
    return kernel
