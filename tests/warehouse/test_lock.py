"""Two runs never work in one data folder."""

import subprocess
import sys

import pytest

from spiders.errors import LockedError
from warehouse.lock import DataLock

HOLD = """
import sys, time
from pathlib import Path
from warehouse.lock import DataLock
with DataLock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_another_process_is_refused_until_the_first_is_killed(tmp_path, root):
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=root)
    try:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LockedError, match=rf"process {holder.pid}") as refused, DataLock(tmp_path):
            pass
        assert refused.value.exit_code == 4
    finally:
        holder.kill()
        holder.wait()
    with DataLock(tmp_path), pytest.raises(LockedError), DataLock(tmp_path):
        pass


def test_the_lock_is_free_after_an_error(tmp_path):
    with pytest.raises(RuntimeError), DataLock(tmp_path):
        raise RuntimeError
    with DataLock(tmp_path):
        pass
