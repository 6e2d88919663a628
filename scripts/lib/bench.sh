# What the benches share: an instance of their own, and the head of a report. Sourced.
# shellcheck shell=bash

set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
. "$root/scripts/lib/base.sh"
cd "$root"

# Sets $state and what the instance is to run with: as people have it, but nobody is told that he asks too often.
bench_place() {
  state=$cache/bench/$1/instance
  scan=$state/scan
  services=$state/services
  export PARLEY_STATE_DIR=$state PARLEY_BUILD=${PARLEY_BUILD:-release} PARLEY_RATE_PERCENT=1000000
  export PARLEY_REGISTER_PER_ADDRESS=100000 PARLEY_LOGIN_TRIES_PER_ADDRESS=100000 PARLEY_UP_TIMEOUT=120
}
# bench_instance NAME: a fresh instance runs from here on; it is taken down at the end.
bench_instance() {
  bench_place "$1"
  bench_down
  rm -rf "$state"
  PARLEY_PORT=$(free_port)
  export PARLEY_PORT
  trap bench_down EXIT
  ./parley up
}
# bench_again NAME: the same with what the last run left.
bench_again() {
  bench_place "$1"
  [ -e "$state/instance" ] || die "there is no instance of an earlier run"
  unset PARLEY_PORT
  trap bench_down EXIT
  ./parley up
  PARLEY_PORT=$(public_port)
}
bench_down() {
  if [ -e "$state/instance" ]; then ./parley down >/dev/null || true; fi
}
free_port() {
  node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'
}

# What was measured, on what, by which commit.
bench_head() {
  local commit
  commit=$(git rev-parse --short HEAD 2>/dev/null || echo unknown)
  if ! git diff --quiet HEAD 2>/dev/null; then commit="$commit, with changes that are not committed"; fi
  printf '# %s\n\n' "$1"
  printf -- '- commit: %s\n- date: %s\n' "$commit" "$(date -u +%F)"
  printf -- '- machine: %s, %s processors, %s of memory, Linux %s\n' \
    "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" \
    "$(awk '/MemTotal/ { printf "%.0f GB", $2 / 1e6 }' /proc/meminfo)" "$(uname -r)"
  printf -- '- load while measuring, one minute: %s\n' "$(cut -d' ' -f1 /proc/loadavg)"
}
