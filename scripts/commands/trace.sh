# ./parley trace <message id | room seq | request id>: each place that a message came by, and when. Asks the processes of
# the instance, which remember the last few thousand messages each; never the text. docs/observability.md. Sourced by ./parley.
# shellcheck shell=bash

for part in packages services state postgres report; do
  . "$root/scripts/lib/$part.sh"
done

cmd_trace() {
  local query id
  case $#:${1:-}:${2:-} in
    2:*[!0-9]*:* | 2:*:*[!0-9]* | 2::* | 2:*:) trace_usage ;;
    2:*) query="room=$1&seq=$2" id=$1.$2 ;;
    1:*[!A-Za-z0-9._-]*: | 1::) trace_usage ;;
    1:*)
      id=$1 query="request=$1"
      if [[ $1 =~ ^([0-9]+)\.([0-9]+)$ ]]; then query="room=${BASH_REMATCH[1]}&seq=${BASH_REMATCH[2]}"; fi
      ;;
    *) trace_usage ;;
  esac
  check_control
  [ ! -e "$services" ] || find_drop
  supervisor_pid >/dev/null || die "nothing runs from $state; a trace is in the memory of the processes"
  local rows more
  rows=$(trace_all "$query")
  # The gateway that took it knows only the request's id, and who was asked by that knows room and seq.
  more=$(awk -F'\t' '$6 != "-" { print "request=" $6 } $4 != "-" && $5 != "-" { print "room=" $4 "&seq=" $5 }' <<<"$rows" | sort -u | grep -vxF -- "$query" || true)
  for query in $more; do rows+=$'\n'$(trace_all "$query"); done
  rows=$(grep . <<<"$rows" | awk '!seen[$0]++' | trace_exact | sort -t$'\t' -k2,2n -s || true)
  [ -n "$rows" ] || die "no process remembers $id: it is older than the last 4096 messages of each, or than their start, or was never taken"
  trace_print "$rows"
}
trace_usage() { die "usage: ./parley trace <message id> | <room> <seq> | <request id>"; }

# trace_all QUERY: of each process "name microseconds what room seq request sockets", tabs between.
trace_all() {
  local name admin
  for name in $(all_names); do
    admin=$(admin_of "$name")
    case $name:$admin in postgres:* | redis:* | haproxy:* | *:) continue ;; esac
    # One that is down knows nothing; one that does not answer is not waited for.
    { curl -fs --max-time 3 "http://$admin/trace?$1" || true; } | sed "s/^/$name\t/"
  done
}

# Two times are known to the millisecond only: of these the millisecond's end, as far as nothing else says less.
trace_exact() {
  awk -F'\t' -v OFS='\t' '
    { row[NR] = $0; if ($3 == "taken") taken = $2; if ($3 == "read") read = $2 }
    END {
      for (i = 1; i <= NR; i++) {
        $0 = row[i]
        if (($3 == "forwarded" || $3 == "queued") && taken > $2 && taken - $2 < 1000) $2 = taken
        if ($3 == "queued" && read && $2 > read && $2 - read < 1000) $2 = read
        $2 = sprintf("%.0f", $2)
        print
      }
    }'
}

trace_print() {
  awk -F'\t' '
    { at[NR] = $2; name[NR] = $1; what[NR] = $3; sockets[NR] = $7
      if ($4 != "-") room = $4; if ($5 != "-") seq = $5; if ($6 != "-") request = $6 }
    END {
      printf "message %s.%s  request %s\n", room ? room : "?", seq ? seq : "?", request ? request : "?"
      printf "%-15s %10s %10s  %-16s %s\n", "TIME (UTC)", "ALL", "STEP", "PROCESS", "WHAT"
      for (i = 1; i <= NR; i++) {
        step = i == 1 ? 0 : at[i] - at[i - 1]
        more = sockets[i] != "-" && what[i] == "last-written" ? " (connections: " sockets[i] ")" : ""
        printf "%s.%06d %7.1f ms %7.1f ms  %-16s %s%s\n", strftime("%H:%M:%S", int(at[i] / 1e6), 1), at[i] % 1e6, (at[i] - at[1]) / 1000, step / 1000, name[i], what[i], more
      }
    }' <<<"$1"
}
