"""The obligations, by the part of the crate they speak of."""

from . import pool, splitting, interest, loss, numbers, price, health, step, concentration
