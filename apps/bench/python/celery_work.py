"""No-op tasks of Celery. `python -m celery -A celery_work worker` runs them, `python celery_work.py COUNT` submits them."""

import os
import sys

from celery import Celery, group

app = Celery("celery_work", broker=os.environ["BENCH_REDIS"], backend=os.environ["BENCH_REDIS"])


@app.task
def add(a, b):
    return a + b


if __name__ == "__main__":
    # the worker knows the task by the name of its module
    signature = app.signature
    count = int(sys.argv[1])
    calls = group(signature("celery_work.add", (value, 1)) for value in range(count))
    results = calls.apply_async().get(timeout=120)
    assert sum(results) == count * (count + 1) // 2, "the sum of the results is wrong"
