/* The scripts that Redis runs for presence-svc. Each touches keys of one hash tag only. */
#ifndef PARLEY_PRESENCE_SCRIPT_H
#define PARLEY_PRESENCE_SCRIPT_H

/* Change one user. KEYS: presence:{U}. ARGV: now (wall ms), then
 *   set  <field> <state> <id ms> <id n> <most connections>
 *   drop <gateway> <before ms>
 * Answers old state, new state, how many living connections the user has at that gateway, 1 if he has too many.
 * A connection that went stays as "offline <id>" for a minute: a late, older request must find it. */
extern const char presence_change_script[];

/* Find dead gateways. KEYS: gateways:{presence} watched:{presence} dying:{presence}. ARGV: beats up to this wall ms are
 * too old. A gateway that is watched, has no newer beat and has been watched for as long moves to `dying`, with
 * the time on Redis' clock: what it says later, alive after all, is newer. Answers how many moved. */
extern const char presence_dead_script[];

#endif
