/* The way of a message into the log: two senders, one room, its ingest stream, two msg-svc, PostgreSQL.
 *
 * Sender 0 pipelines messages 0 and 1 of one device through cseq; sender 1 has message 2. They send as often as they like.
 * A process may crash, a process may be stopped for long, a session of PostgreSQL may end, Redis may forget, all between any
 * two steps and without end, unless FAULTS bounds them. docs/delivery.md, "The model", says how to read it and what is left out. */

#define MESSAGES 3
#define SENDER(m) ((m) / 2)
#ifndef GENERATIONS
#define GENERATIONS 2 /* a sender that needs more falls silent */
#endif
#ifndef CHANGES
#define CHANGES 0 /* how often sender 0 is taken out of the room or put back */
#endif

/* ADOPTED: the page of sender 0 is closed, once. What is said to it is not heard any more, and the next page, a device with
 * a count of its own, sends what it finds undecided: that shows as generation 1, which has no other use then. */
#ifdef ADOPTED
#define DEVICE(m, g) (SENDER(m) == 0 && (g) == 1 -> 2 : SENDER(m))
#define DEVICES 3
#else
#define DEVICE(m, g) SENDER(m)
#define DEVICES 2
#endif
#if defined(ADOPTED) && !defined(MUTANT_REFUSAL_FORGOTTEN) /* elsewhere the rest has to do without */
#define KNOWN_REFUSED(m) refused[m]
#else
#define KNOWN_REFUSED(m) false
#endif

/* Assertions carry the name of the invariant, so that a failure says which one broke. */
bool I1, I2, I3, I4, I5, I6, I7, I14;
inline holds(invariant, fact)
{
    invariant = (fact);
    assert(invariant);
    invariant = 0
}

#ifdef FAULTS /* so many, and then all is healed and stays so */
byte faults = FAULTS;
#define MAY_FAIL (faults > 0)
#define FAILS faults--
#else
#define MAY_FAIL true
#define FAILS skip
#endif

/* ---- PostgreSQL: what is committed, and what sessions hold ---- */

byte head;              /* rooms.last_seq */
byte row[MESSAGES + 3]; /* chat.events: seq → message + 1 */
byte at[MESSAGES];      /* chat.sent: message → seq; 0: not stored */
bool refused[2];        /* chat.sent with seq 0; of sender 0 */
byte order_gen[DEVICES], order_seq[DEVICES]; /* chat.send_order */
bool member = 1;        /* chat.members, of sender 0 */
byte row_lock;          /* worker + 1 whose transaction holds the room's row */
byte owner;             /* worker + 1 whose session holds the shard's advisory lock */
bool session[2];        /* of each worker */
byte changes = CHANGES;
#ifdef MUTANT_SEQUENCE
byte next_val = 1;
#endif

/* Lock and open transaction end with the session, in one moment. */
inline session_ends(w)
{
    session[w] = 0;
    if
    :: owner == w + 1 -> owner = 0
    :: else
    fi;
#ifndef MUTANT_LOCK_OUTLIVES_SESSION
    if
    :: row_lock == w + 1 -> row_lock = 0
    :: else
    fi
#endif
}

/* ---- Redis: what is on its way ---- */

/* A bag, by message and generation: added and not read, pending, or a copy that hangs about in a gateway. Whatever is in
 * it may be taken in any order, may be taken again (a lost XACK, a second copy), and may vanish (Redis lost its memory,
 * XADD was lost). The real stream does less than that. */
bool bag[MESSAGES * GENERATIONS];
#define BAG(m, g) bag[(m) * GENERATIONS + (g)]

/* ---- clients ---- */

byte acked[MESSAGES]; /* the seq that the first ack said; 0: none yet */
bool failed[MESSAGES], begun[MESSAGES];
byte seen[MESSAGES]; /* the highest seq of the room that anybody had an ack for when its first send began */
byte gen[2];
byte cseq[MESSAGES * GENERATIONS]; /* of a message in a generation */
#define CSEQ(m, g) cseq[(m) * GENERATIONS + (g)]
byte highest_acked;
#define OPEN(m) (acked[m] == 0 && !failed[m])

inline take_ack(m, seq)
{
    holds(I1, seq <= head && row[seq] == m + 1);
    holds(I2, !failed[m]);
    holds(I7, acked[m] == 0 || acked[m] == seq);
    acked[m] = seq;
    if
    :: seq > highest_acked -> highest_acked = seq
    :: else
    fi
}

/* Final, unless it speaks of a try of a generation given up: a later try may be stored. */
inline take_refusal(m, g)
{
    if
#ifndef MUTANT_OLD_REFUSAL
    :: g != gen[SENDER(m)]
    :: else ->
#else
    :: true ->
#endif
        holds(I2, at[m] == 0); failed[m] = 1
    fi
}

/* The first of the sender's messages that is undecided gets 1, the next one 2. */
inline next_generation(s)
{
    gen[s]++;
    if
    :: gen[s] == GENERATIONS
    :: else ->
        if
        :: s == 0 -> CSEQ(0, gen[0]) = 1; CSEQ(1, gen[0]) = (OPEN(0) -> 2 : 1)
        :: else -> CSEQ(2, gen[1]) = 1
        fi
    fi
}

/* Only what is said of the first undecided message opens a generation; what is said of a later one means that the sends
 * go on from the first. */
#define FIRST(m) (m != 1 || !OPEN(0))
inline take_out_of_order(m, g, expected)
{
    if
    :: g == gen[SENDER(m)] && OPEN(m) && FIRST(m) && expected != CSEQ(m, g) -> next_generation(SENDER(m))
    :: else
    fi
}

inline send(m)
{
    if
    :: begun[m]
    :: else -> begun[m] = 1; seen[m] = highest_acked
    fi;
#ifdef REFUSED_AT_THE_DOOR /* message 0 is too large: it never gets beyond the gateway, and is not counted */
    if
    :: m == 0 -> take_refusal(0, gen[0])
    :: else ->
#endif
    BAG(m, gen[SENDER(m)]) = 1;
#ifdef MUTANT_ACK_AFTER_XADD
    if
    :: acked[m] == 0 -> take_ack(m, head + 1)
    :: else
    fi;
#endif
#ifdef REFUSED_AT_THE_DOOR
    fi
#endif
}

#define MAY_SEND(m) (OPEN(m) && gen[SENDER(m)] < GENERATIONS && !BAG(m, gen[SENDER(m)]) && (m != 1 || begun[0]))
#if defined(ONCE) /* nobody sends again */
#define SENDS(m) :: atomic { MAY_SEND(m) && !begun[m] -> send(m) }
#elif defined(PATIENCE) /* again only when nothing else moves, and not for ever: who needs more is never served */
byte patience[MESSAGES] = PATIENCE;
#define SENDS(m) \
    :: atomic { MAY_SEND(m) && !begun[m] -> send(m) } \
    :: atomic { timeout && OPEN(m) && FIRST(m) -> holds(I14, patience[m] > 0 && MAY_SEND(m)); patience[m]--; send(m) }
#else
#define SENDS(m) :: atomic { MAY_SEND(m) -> send(m) }
#endif

active proctype sender_0()
{
    d_step { CSEQ(0, 0) = 1; CSEQ(1, 0) = 2 }
end:
    do
    SENDS(0)
#ifndef ONE
    SENDS(1)
#endif
    od
}

active proctype sender_1()
{
    CSEQ(2, 0) = 1;
end:
    do
#ifndef ALONE
    SENDS(2)
#else
    :: false
#endif
    od
}

/* ---- msg-svc ---- */

mtype = { STORED, DUP, REFUSED, OUT_OF_ORDER };

/* What the plan says of an entry, from the rows behind the lock. Nobody else changes these until the lock is gone, so
 * the count is written here and not at the commit; an abort takes it back. */
inline decide()
{
    s = DEVICE(m, g);
#ifndef MUTANT_LOOK_BEFORE_LOCK
    known = at[m];
#endif
    told_gen = (g > order_gen[s] -> g : order_gen[s]);
    told = (g > order_gen[s] -> 0 : order_seq[s]);
    next = (g == told_gen && CSEQ(m, g) == told + 1);
#ifdef MUTANT_OLD_GENERATION
    next = next || (g < told_gen && CSEQ(m, g) == 1);
#endif
#if defined(MUTANT_NO_CSEQ) || defined(WITHOUT_CSEQ)
    next = true;
#endif
    if
    :: known != 0 -> verdict = DUP; value = known
    :: known == 0 && KNOWN_REFUSED(m) -> verdict = REFUSED
    :: known == 0 && !KNOWN_REFUSED(m) && !next -> verdict = OUT_OF_ORDER; value = told + 1
    :: known == 0 && !KNOWN_REFUSED(m) && next && SENDER(m) == 0 && !member -> verdict = REFUSED
    :: else -> verdict = STORED;
#ifndef MUTANT_SEQUENCE
        value = head + 1
#endif
    fi;
#ifndef WITHOUT_CSEQ
    told = told + (next -> 1 : 0);
#endif
#ifdef MUTANT_REFUSAL_NOT_COUNTED
    told = told - (verdict == REFUSED -> 1 : 0);
#endif
    known = 0; next = 0; s = 0
}

inline commit()
{
    if
    :: verdict == STORED ->
        holds(I6, at[m] == 0);
        holds(I3, value == head + 1);
        holds(I2, !failed[m]);
        holds(I4, value > seen[m]);
#ifdef ADOPTED
        holds(I2, SENDER(m) == 1 || !refused[m]);
        holds(I5, m != 0 || at[1] == 0);
#elif !defined(WITHOUT_CSEQ)
        holds(I5, m != 0 || at[1] == 0 || refused[0]);
#endif
        head = value;
        row[value] = m + 1;
        at[m] = value
#ifdef ADOPTED
    :: verdict == REFUSED -> refused[m] = 1
#else
    :: verdict == REFUSED && m == 0 -> refused[0] = 1
#endif
    :: else
    fi;
    order_gen[DEVICE(m, g)] = told_gen;
    order_seq[DEVICE(m, g)] = told;
    row_lock = 0;
    told = 0
}

inline say()
{
    if
    :: verdict == STORED || verdict == DUP -> take_ack(m, value)
    :: verdict == REFUSED -> take_refusal(m, g)
    :: verdict == OUT_OF_ORDER -> take_out_of_order(m, told_gen, value)
    fi
}

#ifdef NO_SINGLE_WRITER /* as if the advisory lock were not there */
#define MINE (session[me])
#else
#define MINE (session[me] && owner == me + 1)
#endif
#define TAKES(n, h) :: atomic { MINE && BAG(n, h) -> m = n; g = h }
#define CRASHES :: atomic { MAY_FAIL -> FAILS; session_ends(me); goto idle }

active [2] proctype worker()
{
    byte me = _pid - 2;
    byte m, g, s, known, told, told_gen, value;
    bool next;
    mtype verdict;
idle:
    atomic { m = 0; g = 0; known = 0; told = 0; told_gen = 0; value = 0; verdict = 0 }
end:
    if
    :: atomic { !session[me] -> session[me] = 1; goto idle }
#ifndef NO_SINGLE_WRITER
    :: atomic { session[me] && owner == 0 -> owner = me + 1; goto idle }
#endif
    TAKES(0, 0)
    TAKES(1, 0)
    TAKES(2, 0)
#if GENERATIONS > 1
    TAKES(0, 1)
    TAKES(1, 1)
    TAKES(2, 1)
#endif
    fi;
#ifdef MUTANT_LOOK_BEFORE_LOCK
    known = at[m];
#endif
#ifdef MUTANT_SEQUENCE
    atomic { value = next_val; next_val++ }
#endif
#ifdef MUTANT_XACK_BEFORE_COMMIT
    BAG(m, g) = 0;
#endif
    if
    :: atomic { !session[me] -> goto idle }
    CRASHES
    :: atomic { session[me] && row_lock == 0 -> row_lock = me + 1; decide() }
    fi;
    if /* msg.before_commit */
    :: atomic { !session[me] -> goto idle }
    CRASHES
    :: atomic { session[me] -> commit() }
    fi;
    if /* msg.after_commit: who is stopped here speaks much later, though somebody else owns the shard by then */
    CRASHES
    :: atomic { say(); told_gen = 0; value = 0; verdict = 0 }
    :: atomic { MAY_FAIL -> FAILS; told_gen = 0; value = 0; verdict = 0 }
    fi;
    if /* msg.before_ack */
    CRASHES
    :: atomic { BAG(m, g) = 0 }
    :: atomic { MAY_FAIL -> FAILS }
    fi;
    goto idle
}

/* ---- what else happens ---- */

#define LOSES(m, g) :: atomic { MAY_FAIL && BAG(m, g) -> FAILS; BAG(m, g) = 0 }

active proctype world()
{
end:
    do
    :: atomic { MAY_FAIL && session[0] -> FAILS; session_ends(0) }
    :: atomic { MAY_FAIL && session[1] -> FAILS; session_ends(1) }
#ifndef REDIS_KEEPS
    LOSES(0, 0)
    LOSES(1, 0)
    LOSES(2, 0)
#if GENERATIONS > 1
    LOSES(0, 1)
    LOSES(1, 1)
    LOSES(2, 1)
#endif
#endif
#ifdef MUTANT_COMMIT_NOT_SYNCED /* PostgreSQL crashes, and has not got its last commit */
    :: atomic { head > 0 -> holds(I1, acked[row[head] - 1] == 0); at[row[head] - 1] = 0; row[head] = 0; head-- }
#endif
#ifdef ADOPTED
    :: atomic { gen[0] == 0 -> next_generation(0) }
#endif
    :: atomic { changes > 0 && row_lock == 0 -> changes--; member = !member }
    od
}

#ifdef ONCE
/* What Redis has taken and keeps is decided in the end, though nobody sends it again. */
active proctype quiet()
{
    atomic { timeout -> holds(I14, at[0] != 0 && at[1] != 0 && at[2] != 0) }
}
#endif
