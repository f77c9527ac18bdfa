"""No-op tasks of RQ. `python rq_work.py worker` runs them, `python rq_work.py submit COUNT` submits them."""

import os
import sys
import time

from redis import Redis
from rq import Queue, Worker


def add(a, b):
    return a + b


if __name__ == "__main__":
    connection = Redis.from_url(os.environ["BENCH_REDIS"])
    queue = Queue("bench", connection=connection)
    if sys.argv[1] == "worker":
        Worker([queue], connection=connection).work(logging_level="WARNING")
    else:
        count = int(sys.argv[2])
        jobs = [queue.enqueue("rq_work.add", value, 1) for value in range(count)]
        give_up_at = time.monotonic() + 120
        while any(job.get_status() != "finished" for job in jobs):
            assert time.monotonic() < give_up_at, "the jobs of RQ do not end"
            time.sleep(0.05)
        assert sum(job.result for job in jobs) == count * (count + 1) // 2, "the sum of the results is wrong"
