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
  local name=$1 out=$cache/test/${0##*/}.check
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

# forget_leaks_of_tests DIR: removes findings of leaks alone, each of them allocated by a test.
forget_leaks_of_tests() {
  local file
  for file in "$1"/asan.*; do
    [ -s "$file" ] || continue
    grep -q 'ERROR: LeakSanitizer' "$file" || continue
    ! grep -q 'ERROR: AddressSanitizer' "$file" || continue
    [ "$(grep -c 'leak of ' "$file")" -ne "$(grep -c ' in criterion_internal_test_main ' "$file")" ] || rm "$file"
  done
}

# run_ctest LABEL JOBS [DIR]: the Criterion programs with that label, built with sanitizers. Counts single tests, from each
# program's own summary; a program that gave none, or that failed although none of its tests did, counts as one failure.
# With DIR, what sanitizers find goes there, each file a failure: for programs that the tests start and that end unseen.
# Such tests wait for several programs, on a machine that may stand still: with CI set a red one has a second try, alone,
# and is named as FLAKY when that is green. What a sanitizer found stays a failure, but for memory that the red tests
# themselves did not give back, as a failed assertion jumps over that.
run_ctest() {
  local label=$1 jobs=$2 findings=${3:-} dir=$cache/build/asan/Testing/Temporary name rest
  local -A outcome=()
  build_c asan
  if [ -n "$findings" ]; then
    rm -rf "$findings"
    mkdir -p "$findings"
    chmod 1777 "$findings"
    export ASAN_OPTIONS=log_path=$findings/asan:detect_leaks=1
    export UBSAN_OPTIONS=log_path=$findings/ubsan:print_stacktrace=1
  fi
  rm -f "$dir/LastTest.log" "$dir/LastTestsFailed.log"
  ctest --test-dir "$cache/build/asan" -L "^$label\$" --parallel "$jobs" --output-on-failure --no-tests=error || true
  [ -e "$dir/LastTest.log" ] || {
    fail "no $label test was run"
    return 0
  }
  while read -r name rest; do outcome[$name]=$rest; done < <(outcomes "$dir/LastTest.log")
  if [ -n "${CI:-}" ] && [ -n "$findings" ] && [ -s "$dir/LastTestsFailed.log" ]; then
    forget_leaks_of_tests "$findings"
    ctest --test-dir "$cache/build/asan" --rerun-failed --output-on-failure || true
    while read -r name rest; do
      [[ $rest != *Passed. ]] || printf 'FLAKY %s\n' "$name"
      outcome[$name]=$rest
    done < <(outcomes "$dir/LastTest.log")
  fi
  for name in "${!outcome[@]}"; do
    # shellcheck disable=SC2086  # Numbers.
    count_program "$name" ${outcome[$name]}
  done
  [ -z "$findings" ] || count_sanitizer "$findings"
}
# outcomes LOG: of each program that ctest ran "NAME TESTED|none BAD Passed.|Failed."
outcomes() {
  awk '
    /^[0-9]+\/[0-9]+ Testing: / { name = $3; tested = ""; bad = 0 }
    /Synthesis: Tested:/ {
      line = $0; gsub(/\033\[[0-9;]*m/, "", line); gsub(/[^0-9]+/, " ", line); split(line, n, " ")
      tested = n[1]; bad = n[3] + n[4]
    }
    /^Test (Passed|Failed)\./ { print name, (tested == "" ? "none" : tested), bad, $2 }' "$1"
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
