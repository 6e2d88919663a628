# What the parts of ./parley test share: counting, and the tests that ctest runs. Sourced.
# shellcheck shell=bash

set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
for part in base packages node build; do
  . "$root/scripts/lib/$part.sh"
done
cd "$root"
# Some tests hold a thousand connections, both ends.
files=$(ulimit -Hn)
if [ "$files" = unlimited ] || [ "$files" -gt 65536 ]; then files=65536; fi
ulimit -Sn "$files"
ensure_node
mkdir -p "$cache/test"

passed=0
failed=0
pass() {
  passed=$((passed + 1))
  printf 'ok    %s\n' "$*"
}
fail() {
  failed=$((failed + 1))
  printf 'FAIL  %s\n' "$*"
}
# check NAME COMMAND…: one thing that holds or does not; what it prints is shown only when it does not.
check() {
  local name=$1 out=$cache/test/check.out
  shift
  if ("$@") >"$out" 2>&1; then
    pass "$name"
  else
    fail "$name"
    sed 's/^/      /' "$out" | tail -n "${check_lines:-60}"
  fi
}
# The last words of a part.
finish() {
  printf '%s: %d passed, %d failed\n' "$1" "$passed" "$failed"
  [ "$failed" -eq 0 ]
}

# count_sanitizer DIR: each file a sanitizer left there is a failure.
count_sanitizer() {
  local file
  for file in "$1"/*; do
    [ -s "$file" ] || continue
    fail "a sanitizer found something: $file"
    head -n 40 "$file" | sed 's/^/      /'
  done
}

# run_ctest LABEL JOBS [DIR]: the Criterion programs with that label, built with sanitizers. Counts single tests, from each
# program's own summary; a program that gave none, or that failed although none of its tests did, counts as one failure.
# With DIR, what sanitizers find goes there, each file a failure: for programs that the tests start and that end unseen.
run_ctest() {
  local label=$1 jobs=$2 findings=${3:-} log=$cache/build/asan/Testing/Temporary/LastTest.log line name
  build_c asan
  if [ -n "$findings" ]; then
    rm -rf "$findings"
    mkdir -p "$findings"
    chmod 1777 "$findings"
    export ASAN_OPTIONS=log_path=$findings/asan:detect_leaks=1
    export UBSAN_OPTIONS=log_path=$findings/ubsan:print_stacktrace=1
  fi
  rm -f "$log"
  ctest --test-dir "$cache/build/asan" -L "^$label\$" --parallel "$jobs" --output-on-failure --no-tests=error || true
  [ -e "$log" ] || {
    fail "no $label test was run"
    return 0
  }
  while read -r name line; do
    # shellcheck disable=SC2086  # Numbers.
    count_program "$name" $line
  done < <(awk '
    /^[0-9]+\/[0-9]+ Testing: / { name = $3; tested = ""; bad = 0 }
    /Synthesis: Tested:/ {
      line = $0; gsub(/\033\[[0-9;]*m/, "", line); gsub(/[^0-9]+/, " ", line); split(line, n, " ")
      tested = n[1]; bad = n[3] + n[4]
    }
    /^Test (Passed|Failed)\./ { print name, (tested == "" ? "none" : tested), bad, $2 }' "$log")
  [ -z "$findings" ] || count_sanitizer "$findings"
}
# count_program NAME TESTED BAD Passed.|Failed.
count_program() {
  if [ "$2" = none ]; then
    fail "$1 ended before its tests did"
    return 0
  fi
  passed=$((passed + $2 - $3))
  failed=$((failed + $3))
  if [ "$3" -eq 0 ] && [ "$4" != Passed. ]; then fail "$1 ended badly after its tests"; fi
}
