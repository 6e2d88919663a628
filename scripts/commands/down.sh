# ./parley down: stops every process of the instance, gateways first, stores last. Sourced by ./parley.
# shellcheck shell=bash

for part in services postgres state packages; do
  . "$root/scripts/lib/$part.sh"
done

cmd_down() {
  [ $# -eq 0 ] || die "down takes no arguments"
  check_control
  [ -d "$state/run" ] || {
    say "Nothing runs from $state"
    return 0
  }
  lock_instance
  find_drop
  local pid names=() name
  if ! pid=$(supervisor_pid); then
    if no_strays; then say "Nothing runs from $state"; else end_strays; fi
    return 0
  fi
  say "Stopping"
  for name in "$services"/*; do
    name=${name##*/}
    case $name in postgres | redis) ;; *) names+=("$name") ;; esac
  done
  stop_services "${names[@]}"
  stop_services redis postgres
  s6-svscanctl -t "$scan"
  await 20 gone "$pid" || die "the supervisor does not end; its pid is $pid"
  rm -f "$state/run/supervisor.pid" "$scan"/*
  end_strays
  say "Stopped"
}
# Ended, or a zombie whose parent does not look.
