"""Phase oscillators that are moved together: the Kuramoto equations on a topology, integrated in fixed steps.

Runs are equal to the bit on every platform, whatever libraries and processors do:

1. A phase is a 64-bit fraction of a turn (2**64 is one). Where agents only follow their natural frequencies, phases
   move by additions of whole numbers that wrap around by themselves: exact, in any number of steps.
2. Sines and cosines are polynomials of IEEE additions, subtractions and multiplications (`circle`). NumPy's universal
   functions carry out one such operation each on whole arrays, so that none are fused, and IEEE 754 defines every bit
   of them, in vector registers of any width.
3. Before they are summed over neighbours they are put on a binary grid: whole multiples of 2**-40, or coarser where an
   agent has more than 2**13 neighbours. All sums are then whole multiples below 2**53 of the grid, which double
   precision holds exactly: the order of the summands, fused multiplications by the weights 0 and 1 and blocks of any
   size make no difference. A mean field summed once for all is equal, to the bit, to each agent's own sum.
   Where links have other weights, each product is rounded to the grid by itself before the sum.
4. What moves a phase is rounded to whole units. No linear algebra library is called, no draw of noise depends on a
   logarithm or cosine, and functions of the C library decide nothing once a run has begun.
"""
