# ./parley test [part [--option value]…]…: runs the parts in order, each scripts/test-<part>, and sums up what they
# counted. Installs what they need; needs nothing running. Exit code 0 only when nothing failed. Sourced by ./parley.
# shellcheck shell=bash

for part in packages node build; do
  . "$root/scripts/lib/$part.sh"
done

parts=(lint build unit model web service fuzz parley e2e faults)
parts_with_options=(faults)
part_limit_s=2700

cmd_test() {
  local chosen=() part
  declare -A part_options=()
  choose_parts "$@"
  [ ${#chosen[@]} -gt 0 ] || chosen=("${parts[@]}")
  ensure_packages "${packages_run[@]}" "${packages_build[@]}" "${packages_test[@]}"
  mkdir -p "$cache/test"
  ensure_node
  local table=() red=() passed=0 failed=0
  for part in "${chosen[@]}"; do run_part "$part"; done
  for part in "${red[@]}"; do show_red "$part"; done
  for part in "${chosen[@]}"; do grep -a '^FLAKY ' "$cache/test/$part.log" || true; done
  printf '\n%-10s %8s %8s %8s\n' PART PASSED FAILED SECONDS
  printf '%s\n' "${table[@]}"
  printf '\n%d passed, %d failed\n' "$passed" "$failed"
  [ "$failed" -eq 0 ]
}

is_one_of() {
  local word=$1
  shift
  [[ " $* " = *" $word "* ]]
}
# Sets $chosen and $part_options. What begins with two dashes is an option of the part before it, and the word behind it,
# unless that is a part or another option, its value.
choose_parts() {
  local word last=
  for word; do
    if is_one_of "$word" "${parts[@]}"; then
      chosen+=("$word")
    elif [[ $word = --* ]]; then
      [ ${#chosen[@]} -gt 0 ] || die "$word belongs behind a part; with options there are: ${parts_with_options[*]}"
      is_one_of "${chosen[-1]}" "${parts_with_options[@]}" || die "the part ${chosen[-1]} has no options"
      part_options[${chosen[-1]}]+=" $(quote "$word")"
    elif [[ $last = --* ]]; then
      part_options[${chosen[-1]}]+=" $(quote "$word")"
    else
      die "there is no part \"$word\"; there are: ${parts[*]}"
    fi
    last=$word
  done
}

# Seconds that a part may take: one that is told how long to go on gets that time and half of it again.
limit_of() {
  local minutes=
  if [[ $1 =~ --minutes\'?(=| \'?)([0-9]+) ]]; then minutes=${BASH_REMATCH[2]}; fi
  printf '%d' $((part_limit_s + ${minutes:-0} * 90))
}

# A part says "<part>: N passed, N failed" last. One that says nothing, or ends badly without a failure, has failed once.
run_part() {
  local part=$1 log=$cache/test/$1.log status=0 began line p=0 f=0 options=()
  began=$(date +%s)
  say "test $part"
  eval "options=(${part_options[$part]:-})"
  timeout --kill-after=10 "$(limit_of "${part_options[$part]:-}")" "$root/scripts/test-$part" "${options[@]}" </dev/null 2>&1 |
    tee "$log" || status=$?
  if line=$(grep -aE "^$part: [0-9]+ passed, [0-9]+ failed\$" "$log" | tail -n 1) && [ -n "$line" ]; then
    read -r _ p _ f _ <<<"$line"
  else
    note "$part ended before it had counted (exit code $status)"
  fi
  if [ "$f" -eq 0 ] && { [ "$status" -ne 0 ] || [ -z "$line" ]; }; then f=1; fi
  passed=$((passed + p))
  failed=$((failed + f))
  table+=("$(printf '%-10s %8d %8d %8d' "$part" "$p" "$f" $(($(date +%s) - began)))")
  [ "$f" -eq 0 ] || red+=("$part")
}

# What of a part was red, by name, and the lines that say why, from what it printed: our own checks, Criterion, Vitest, Playwright.
show_red() {
  printf '\nRED in %s, of %s:\n' "$1" "$cache/test/$1.log"
  sed -E 's/\x1b\[[0-9;]*m//g' "$cache/test/$1.log" |
    grep -aE '^(FAIL|\[FAIL\]|\[----\].*(:[0-9]+:|Assertion)) |^ *(FAIL|×|✘|[0-9]+\)) |^ *(Error|AssertionError|Locator|Expected|Received)\b.*:|^ *> +[0-9]+ \|' |
    awk '!seen[$0]++' | head -n 60 | sed 's/^ */  /' || true
}
