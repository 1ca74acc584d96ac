"""The memory of a process and of those that it started, together."""

import multiprocessing
import sys
import time

import pytest

from benchmarks._memory import together

_MB = 1_000_000


def hold(megabytes, seconds=1.0):
    held = bytearray(megabytes * _MB)
    time.sleep(seconds)
    return len(held)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_processes_at_once_count_together_and_one_after_the_other_do_not():
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        with together() as alone:
            pool.map(hold, [1, 1], chunksize=1)
        with together() as one:
            pool.apply(hold, (300,))
        with together() as both:
            pool.map(hold, [300, 300], chunksize=1)
    assert 0.25 < one.most - alone.most < 0.45
    assert 0.55 < both.most - alone.most < 0.75


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_what_this_process_holds_counts():
    with together() as before:
        time.sleep(0.5)
    with together() as after:
        hold(300)
    assert 0.25 < after.most - before.most < 0.45
