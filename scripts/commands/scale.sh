# ./parley scale kind=count …: more or fewer of a kind, also while the instance runs. Sourced by ./parley.
# shellcheck shell=bash

for part in packages services state postgres haproxy report; do
  . "$root/scripts/lib/$part.sh"
done

max_count=64

cmd_scale() {
  [ $# -gt 0 ] || die "usage: ./parley scale gateway=4 msg-svc=2 (kinds: ${kinds[*]})"
  local word kind count
  for word in "$@"; do
    kind=${word%%=*}
    count=${word#*=}
    [[ " ${kinds[*]} " = *" $kind "* ]] || die "there is no kind \"$kind\"; there are: ${kinds[*]}"
    if ! [[ $count =~ ^[0-9]{1,3}$ ]] || [ "$count" -lt 1 ] || [ "$count" -gt "$max_count" ]; then
      die "$word: the count must be a number from 1 to $max_count"
    fi
  done
  [ -d "$state/run" ] || die "there is no instance in $state yet; ./parley up makes it"
  check_control
  lock_instance
  find_drop
  for word in "$@"; do remember "$state/scale" "${word%%=*}" "${word#*=}"; done
  if ! supervisor_pid >/dev/null; then
    say "Noted; ./parley up will start that many"
    return 0
  fi
  add_missing
  # The balancer stops choosing what is about to go before that is asked to drain.
  write_balancer
  [ "$balancer_change" = nothing ] || reload_balancer
  remove_surplus
  say "Running: $(for kind in "${kinds[@]}"; do printf '%s=%s ' "$kind" "$(scale_of "$kind")"; done)"
}

add_missing() {
  local name added=()
  for name in $(wanted_names); do
    if [ ! -e "$scan/$name" ]; then
      write_own "$name" || true
      supervise "$name"
      added+=("$name")
    fi
  done
  [ ${#added[@]} -gt 0 ] || return 0
  say "Starting ${added[*]}"
  rescan
  for name in "${added[@]}"; do
    await "${PARLEY_UP_TIMEOUT:-60}" is_ready "$name" || die "$name is not ready: $(state_of "$name"); see ./parley logs $name"
  done
}

remove_surplus() {
  local link name wanted surplus=()
  wanted=$(wanted_names)
  for link in "$scan"/*; do
    name=${link##*/}
    case $name in postgres | redis | haproxy) continue ;; esac
    grep -qx -- "$name" <<<"$wanted" || surplus+=("$name")
  done
  [ ${#surplus[@]} -gt 0 ] || return 0
  say "Draining ${surplus[*]}"
  stop_services "${surplus[@]}"
  for name in "${surplus[@]}"; do forget_service "$name"; done
  rescan
}
