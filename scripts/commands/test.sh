# ./parley test [part [--option value]…]…: runs the parts, each scripts/test-<part>, and sums up what they counted. Installs
# what they need; needs nothing running. Exit code 0 only when nothing failed. Sourced by ./parley.
# shellcheck shell=bash

for part in packages node build; do
  . "$root/scripts/lib/$part.sh"
done

parts=(lint build unit model web service fuzz parley e2e faults)
# Most parts wait for a third of their time or more. Meanwhile these run, which only compute: one after the other beside those
# that run in order, and on what these leave of the processors alone.
parts_beside=(lint build fuzz model)
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
  run_parts
  local table=() red=() passed=0 failed=0
  for part in "${chosen[@]}"; do count_part "$part"; done
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

# Runs what was chosen: in order, or in two rows where there are parts for both.
run_parts() {
  local part front=() beside=() row=
  for part in "${chosen[@]}"; do
    rm -f "$cache/test/$part.outcome" "$cache/test/$part.log"
    if is_one_of "$part" "${parts_beside[@]}"; then beside+=("$part"); else front+=("$part"); fi
  done
  if [ ${#front[@]} -eq 0 ] || [ ${#beside[@]} -eq 0 ]; then
    front=("${chosen[@]}")
    beside=()
  fi
  if [ ${#beside[@]} -gt 0 ]; then
    say "test ${beside[*]}, beside the others"
    run_beside "${beside[@]}" &
    row=$!
    # shellcheck disable=SC2064  # This row, now.
    trap "kill $row 2>/dev/null || true" EXIT
  fi
  for part in "${front[@]}"; do
    # What looks at frames and at how long they take has the machine for itself.
    if [ "$part" = e2e ] && [ -n "$row" ]; then wait "$row" || true; fi
    run_part "$part"
    show_ended
  done
  if [ -z "$row" ]; then return 0; fi
  wait "$row" || true
  trap - EXIT
  show_ended
}
run_part() {
  local status=0 began
  began=$(date +%s)
  say "test $1"
  start_part "$1" 2>&1 | tee "$cache/test/$1.log" || status=$?
  settle_part "$1" "$status" $(($(date +%s) - began))
}
# At the lowest priority; what they print goes to their logs alone, until each has ended.
run_beside() {
  local part status began running='' idle=(nice -n 19)
  if chrt --idle 0 true 2>/dev/null; then idle=(chrt --idle 0); fi
  trap 'kill $running 2>/dev/null; exit 1' TERM
  for part; do
    status=0
    began=$(date +%s)
    start_part "$part" "${idle[@]}" >"$cache/test/$part.log" 2>&1 &
    running=$!
    wait "$running" || status=$?
    settle_part "$part" "$status" $(($(date +%s) - began))
  done
}
# What parts beside the others printed, when they have ended, once. Of run_parts(), whose $beside are those not shown yet.
show_ended() {
  local part left=()
  for part in "${beside[@]}"; do
    if [ -e "$cache/test/$part.outcome" ]; then
      say "test $part, beside the others"
      cat "$cache/test/$part.log"
    else
      left+=("$part")
    fi
  done
  beside=("${left[@]}")
}
# start_part PART [WORD…]: becomes the part, behind those words.
start_part() {
  local part=$1 options=()
  shift
  eval "options=(${part_options[$part]:-})"
  exec timeout --kill-after=10 "$(limit_of "${part_options[$part]:-}")" "$@" "$root/scripts/test-$part" "${options[@]}" </dev/null
}
# settle_part PART STATUS SECONDS: keeps "PASSED FAILED SECONDS". A part says "<part>: N passed, N failed" last. One that says
# nothing, or ends badly without a failure, has failed once.
settle_part() {
  local part=$1 status=$2 line p=0 f=0
  if line=$(grep -aE "^$part: [0-9]+ passed, [0-9]+ failed\$" "$cache/test/$part.log" | tail -n 1) && [ -n "$line" ]; then
    read -r _ p _ f _ <<<"$line"
  else
    printf '    %s ended before it had counted (exit code %s)\n' "$part" "$status" | tee -a "$cache/test/$part.log"
  fi
  if [ "$f" -eq 0 ] && { [ "$status" -ne 0 ] || [ -z "$line" ]; }; then f=1; fi
  printf '%d %d %d\n' "$p" "$f" "$3" >"$cache/test/$part.outcome.new"
  mv "$cache/test/$part.outcome.new" "$cache/test/$part.outcome"
}
# One that left no outcome has failed once.
count_part() {
  local p=0 f=1 seconds=0
  read -r p f seconds 2>/dev/null <"$cache/test/$1.outcome" || true
  passed=$((passed + p))
  failed=$((failed + f))
  table+=("$(printf '%-10s %8d %8d %8d' "$1" "$p" "$f" "$seconds")")
  [ "$f" -eq 0 ] || red+=("$1")
}

# What of a part was red, by name, and the lines that say why, from what it printed: our own checks, Criterion, Vitest, Playwright.
show_red() {
  printf '\nRED in %s, of %s:\n' "$1" "$cache/test/$1.log"
  sed -E 's/\x1b\[[0-9;]*m//g' "$cache/test/$1.log" |
    grep -aE '^(FAIL|\[FAIL\]|\[----\].*(:[0-9]+:|Assertion)) |^ *(FAIL|×|✘|[0-9]+\)) |^ *(Error|AssertionError|Locator|Expected|Received)\b.*:|^ *> +[0-9]+ \|' |
    awk '!seen[$0]++' | head -n 60 | sed 's/^ */  /' || true
}
