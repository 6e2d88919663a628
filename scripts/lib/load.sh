# What the benches that use parley-bench-load share: the programs, an instance with thousands of people, the limit server and
# other servers beside it. Sourced behind bench.sh.
# shellcheck shell=bash

for part in state packages postgres services build crowd peers; do
  . "$root/scripts/lib/$part.sh"
done

beside=()  # "NAME DIALECT PORT PID" of what is measured beside Parley
crowd=     # where the people of the bench are kept
load_pids=()

# load_instance NAME: builds what is needed and starts a fresh instance.
load_instance() {
  crowd=$cache/bench/$1/crowd
  rm -rf "$crowd" && mkdir -p "$crowd"
  export PARLEY_MAX_PER_ADDRESS=${PARLEY_MAX_PER_ADDRESS:-2000}
  bench_instance "$1"
  trap load_down EXIT
  build_c "$PARLEY_BUILD" parley-bench-load parley-bench-limit
  find_drop
}
load_people() {
  note "writing $1 people"
  crowd_people "$1"
}
# load_beside NAME DIALECT PORT COMMAND…: runs it until the end of the bench.
load_beside() {
  local name=$1 dialect=$2 port=$3
  shift 3
  "$@" >"$dir/$name.log" 2>&1 9>&- &
  load_pids+=("$!")
  beside+=("$name $dialect $port $!")
  wait_until 20 is_open "$port"
}
is_open() { (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
load_limit() {
  local port
  port=$(free_port)
  load_beside limit limit "$port" "$cache/build/$PARLEY_BUILD/bin/parley-bench-limit" "$port"
}
load_peer() {
  local port
  port=$(free_port)
  if ! "peer_$1" "$port"; then warn "$1 cannot be had here, and is left out"; fi
}

# For the script that measures: programs, processes and where the people are, as JSON.
load_setup() {
  local one separator='' name dialect port pid
  printf '{"load":"%s","crowd":"%s","beside":[' "$cache/build/$PARLEY_BUILD/bin/parley-bench-load" "$crowd"
  for one in "${beside[@]}"; do
    read -r name dialect port pid <<<"$one"
    printf '%s{"name":"%s","dialect":"%s","address":"127.0.0.1:%s","pid":%s}' "$separator" "$name" "$dialect" "$port" "$pid"
    separator=,
  done
  printf '],"status":%s}\n' "$(./parley status --json)"
}

# load_report TITLE LINE NAME WORD…: measures with scripts/bench/NAME.mjs and leaves its report in $dir.
load_report() {
  local title=$1 line=$2 name=$3 status=0
  shift 3
  load_setup >"$dir/setup.json"
  node "scripts/bench/$name.mjs" "$dir" "$@" <"$dir/setup.json" >"$dir/table.md" || status=$?
  {
    bench_head "$title"
    printf -- '- %s\n\n' "$line"
    cat "$dir/table.md"
  } >"$dir/report.md"
  cat "$dir/report.md"
  return "$status"
}

load_down() {
  local pid
  for pid in "${load_pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  bench_down
  rm -rf "$state"
}
