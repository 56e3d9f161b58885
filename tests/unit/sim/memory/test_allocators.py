"""Where pieces of a pool go."""

import pytest

from sim.hardware.memory.allocator import BestFit, Buddy, FirstFit
from sim.hardware.memory.segregated import Segregated


def test_first_fit_takes_the_first_hole_and_best_fit_the_shortest() -> None:
    """Of holes of 3 and 1 regions a piece of one goes to the first, or to the one that it fills."""
    for allocator, expected in ((FirstFit(80, 10), 0), (BestFit(80, 10), 40)):
        pieces = [allocator.take(size) for size in (30, 10, 10, 30)]
        assert pieces == [(0, 30), (30, 10), (40, 10), (50, 30)]
        allocator.give(0, 30)
        allocator.give(40, 10)
        assert allocator.take(10) == (expected, 10)


def test_neighbouring_holes_become_one() -> None:
    """What was given back in any order can be taken in one piece again."""
    allocator = FirstFit(50, 10)
    pieces = [allocator.take(10) for _ in range(5)]
    for place in (3, 1, 2, 0, 4):
        piece = pieces[place]
        assert piece is not None
        allocator.give(*piece)
    assert allocator.take(50) == (0, 50)


def test_free_bytes_in_small_holes_are_of_no_use_to_a_large_piece() -> None:
    """External fragmentation: every second region is free, and two in a row cannot be had."""
    allocator = FirstFit(100, 10)
    pieces = [allocator.take(10) for _ in range(10)]
    for piece in pieces[::2]:
        assert piece is not None
        allocator.give(*piece)
    assert (allocator.free, allocator.largest) == (50, 10)
    assert allocator.take(11) is None
    assert allocator.fits(10)
    assert not allocator.fits(20)


def test_buddies_halve_and_join() -> None:
    """A piece of three regions takes four; halves are cut as needed, and joined once both are free."""
    allocator = Buddy(80, 10)
    assert allocator.take(25) == (0, 40)
    assert allocator.take(10) == (40, 10)
    assert allocator.take(20) == (60, 20)
    assert (allocator.free, allocator.largest) == (10, 10)
    for piece in ((40, 10), (0, 40), (60, 20)):
        allocator.give(*piece)
    assert allocator.take(80) == (0, 80)


def test_a_pool_that_is_no_power_of_two_is_several_for_buddies() -> None:
    """448 regions are pools of 256, 128 and 64, all of which can be had, and no piece crosses them."""
    allocator = Buddy(448, 1)
    assert [allocator.take(size) for size in (256, 128, 64)] == [(0, 256), (256, 128), (384, 64)]
    assert allocator.free == 0
    for piece in ((256, 128), (384, 64), (0, 256)):
        allocator.give(*piece)
    assert (allocator.largest, allocator.take(257)) == (256, None)


def test_small_pieces_share_a_region_with_their_class_only() -> None:
    """A region of 1 KiB holds eight pieces of 128 bytes, no other class shares it, and it comes back whole."""
    allocator = Segregated(4096, 1024)
    pieces = [allocator.take(120) for _ in range(8)]
    assert [piece for piece in pieces if piece] == [(128 * place, 128) for place in range(8)]
    assert allocator.take(100) == (1024, 112)
    assert allocator.take(2000) == (2048, 2048)
    assert not allocator.fits(1024)
    assert allocator.fits(112)
    assert allocator.take(300) is None
    for piece in pieces:
        assert piece is not None
        allocator.give(*piece)
    assert allocator.take(300) == (0, 320)


@pytest.mark.parametrize("size", [17, 33, 100, 1000, 5000, 30_000])
def test_a_slot_loses_at_most_a_fifth(size: int) -> None:
    """Four classes a doubling bound internal fragmentation by a fifth of the piece."""
    allocator = Segregated(2**20, 2**16)
    length = allocator.rounded(size)
    assert size <= length
    assert (length - size) / length <= 0.2
