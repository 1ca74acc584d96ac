"""What this process does with memory for a while, and no longer."""

import gc

import pyarrow as pa
import pytest

from spiders.memory import shared_pool, uncollected


def test_arrow_has_another_pool_for_a_while():
    own = pa.default_memory_pool().backend_name
    with pytest.raises(ValueError, match="stop"), shared_pool():
        assert pa.default_memory_pool().backend_name == "system"
        column = pa.array(["a"] * 1000).take(pa.array(range(999)))
        raise ValueError("stop")
    assert pa.default_memory_pool().backend_name == own
    assert len(column.to_pylist()) == 999, "what was taken meanwhile stays"


def test_nothing_is_collected_for_a_while_and_no_longer():
    @uncollected()
    def within() -> bool:
        return gc.isenabled()

    assert gc.isenabled() and not within() and gc.isenabled()
