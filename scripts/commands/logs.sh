# ./parley logs [name…] [-f]: what the processes said, of one or of all. Sourced by ./parley.
# shellcheck shell=bash

. "$root/scripts/lib/state.sh"

cmd_logs() {
  local follow=false names=() name files=()
  for name in "$@"; do
    case $name in -f | --follow) follow=true ;; *) names+=("$name") ;; esac
  done
  check_control
  if [ ${#names[@]} -eq 0 ]; then
    compgen -G "$state/log/*/current" >/dev/null || die "nothing has run from $state yet, so nothing was said; ./parley up starts it"
    for name in "$state"/log/*/current; do names+=("$(basename "${name%/current}")"); done
  fi
  for name in "${names[@]}"; do
    # A kind stands for all of that kind.
    for file in "$state/log/$name/current" "$state/log/$name"-[0-9]*/current; do
      [ ! -e "$file" ] || files+=("$file")
    done
  done
  [ ${#files[@]} -gt 0 ] || die "there is no log of ${names[*]}; logs are in $state/log"
  if $follow; then
    tail -n 20 -F "${files[@]}"
  elif [ ${#files[@]} -eq 1 ]; then
    cat "${files[0]}"
  else
    tail -n 200 "${files[@]}"
  fi
}
