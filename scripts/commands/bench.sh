# ./parley bench [name…]: measures what Parley promises to be fast at, each scripts/bench-<name> on an instance of its own,
# and leaves a report with figures, machine and commit in .parley/bench/<name>/report.md. Exit code 0 only when every
# promise was kept. Sourced by ./parley.
# shellcheck shell=bash

for part in packages node build; do
  . "$root/scripts/lib/$part.sh"
done

cmd_bench() {
  local names=("$@") name failed=0
  [ ${#names[@]} -gt 0 ] || mapfile -t names < <(benches)
  for name in "${names[@]}"; do
    [ -x "$root/scripts/bench-$name" ] || die "there is no bench \"$name\"; there are: $(benches | tr '\n' ' ')"
  done
  ensure_packages "${packages_run[@]}" "${packages_build[@]}"
  ensure_node
  for name in "${names[@]}"; do
    say "Measuring: $name"
    mkdir -p "$cache/bench/$name"
    "$root/scripts/bench-$name" || failed=$((failed + 1))
    note "report: $cache/bench/$name/report.md"
  done
  [ "$failed" -eq 0 ]
}

benches() { find "$root/scripts" -maxdepth 1 -name 'bench-*' -executable -printf '%f\n' | sed 's/^bench-//' | LC_ALL=C sort; }
