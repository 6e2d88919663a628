# ./parley test [part…]: runs the parts in order, each scripts/test-<part>, and sums up what they counted. Installs what
# they need; needs nothing running. Exit code 0 only when nothing failed. Sourced by ./parley.
# shellcheck shell=bash

for part in packages node build; do
  . "$root/scripts/lib/$part.sh"
done

parts=(lint build unit web service fuzz parley e2e)
part_limit_s=900

cmd_test() {
  local chosen=("$@") part
  [ $# -gt 0 ] || chosen=("${parts[@]}")
  for part in "${chosen[@]}"; do
    [[ " ${parts[*]} " = *" $part "* ]] || die "there is no part \"$part\"; there are: ${parts[*]}"
  done
  ensure_packages "${packages_run[@]}" "${packages_build[@]}" "${packages_test[@]}"
  mkdir -p "$cache/test"
  ensure_node
  local table=() passed=0 failed=0
  for part in "${chosen[@]}"; do run_part "$part"; done
  printf '\n%-10s %8s %8s %8s\n' PART PASSED FAILED SECONDS
  printf '%s\n' "${table[@]}"
  printf '\n%d passed, %d failed\n' "$passed" "$failed"
  [ "$failed" -eq 0 ]
}

# A part says "<part>: N passed, N failed" last. One that says nothing, or ends badly without a failure, has failed once.
run_part() {
  local part=$1 log=$cache/test/$1.log status=0 began line p=0 f=0
  began=$(date +%s)
  say "test $part"
  timeout --kill-after=10 "$part_limit_s" "$root/scripts/test-$part" </dev/null 2>&1 | tee "$log" || status=$?
  if line=$(grep -aE "^$part: [0-9]+ passed, [0-9]+ failed\$" "$log" | tail -n 1) && [ -n "$line" ]; then
    read -r _ p _ f _ <<<"$line"
  else
    note "$part ended before it had counted (exit code $status)"
  fi
  if [ "$f" -eq 0 ] && { [ "$status" -ne 0 ] || [ -z "$line" ]; }; then f=1; fi
  passed=$((passed + p))
  failed=$((failed + f))
  table+=("$(printf '%-10s %8d %8d %8d' "$part" "$p" "$f" $(($(date +%s) - began)))")
}
