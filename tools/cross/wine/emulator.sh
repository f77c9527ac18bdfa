#!/bin/sh
# Runs a program of Windows, again when wine itself was ended by a signal of Linux. A fault of the program is an exception
# of Windows, which wine gives an exit code of its own; but wine 8 dies when a process ends while threads that were joined
# are not quite gone, in one of seven runs of a busy machine. What dies five times is no accident.
for attempt in 1 2 3 4 5; do
  wine "$@"
  code=$?
  [ "$code" -lt 129 ] && exit "$code"
  echo "wine was ended by signal $((code - 128)) in attempt $attempt of 5" >&2
done
exit "$code"
