/* The way of the log to a reader: one room, Redis' channel that forgets, two gateways, one client that comes and goes.
 *
 * What is committed is never changed and has no hole: write_path.pml is the proof of that. Here each event's publication
 * may be lost, late, out of order or said twice; connections are cut, gateways crash, gateways are deaf for so long that
 * nobody tells them any more which rooms moved. In the end (nothing moves, everybody is connected) the client shows the log. */

#ifndef EVENTS
#define EVENTS 2
#endif
#ifndef CUTS
#define CUTS 0 /* connections cut, gateways crashed */
#endif
#ifndef SILENCES
#define SILENCES 0 /* of a gateway: longer than `moved` looks back */
#endif
#ifndef REPEATS
#define REPEATS 0 /* events said again, after a take-over */
#endif
#ifndef SLOW
#define SLOW 0 /* events that are not written, since the client reads slowly */
#endif
#ifndef LOST_ANSWERS
#define LOST_ANSWERS 0
#endif
#define LIMIT 1 /* events of one answer */
#define NOBODY 2

bool I8, I9, I10;
inline holds(invariant, fact)
{
    invariant = (fact);
    assert(invariant);
    invariant = 0
}

byte head; /* of the log: events 1..head are committed */

byte cuts = CUTS, silences = SILENCES, repeats = REPEATS, slow = SLOW, lost_answers = LOST_ANSWERS;

/* ---- Redis: publications on their way to a gateway ---- */

bool said[2 * (EVENTS + 1)];
#define SAID(g, k) said[(g) * (EVENTS + 1) + (k)]

/* ---- gateways ---- */

#ifdef OTHERS
#define AT_FIRST 1
#else
#define AT_FIRST 0
#endif
bool listens[2] = AT_FIRST; /* Redis has confirmed the subscription */
byte forwarded[2];  /* the last seq written to sockets */
byte target[2];     /* known to be there: events up to it are asked for */
bool forgotten[2];  /* moved so long ago that `moved` says nothing of it */
bool reconciles[2]; /* was deaf: asks for the heads of all rooms, however long ago they moved */

/* ---- the client ---- */

byte shown; /* the view is 1..shown */
byte known; /* there is so much, as far as the client was told */
byte gateway = NOBODY;
bool ready;   /* welcomed: events flow to this connection */
bool resumes; /* owes a resume, or waits for its answer */
bool asked;   /* waits for a batch */
#ifdef MUTANT_RESUME_BEFORE_LISTENING
byte early;
#endif

mtype = { EVENT, HEAD, BATCH, RESUMED };
chan link = [EVENTS + 4] of { mtype, byte, byte, bool }; /* kind, first, last, complete */

inline gateway_forgets(g)
{
    listens[g] = 0;
    forwarded[g] = 0;
    target[g] = 0;
    forgotten[g] = 0;
    reconciles[g] = 0;
    SAID(g, 1) = 0;
    SAID(g, 2) = 0;
    SAID(g, EVENTS) = 0
}

/* Without OTHERS nobody else of the room is here, and the gateway stops to listen. */
inline link_cut()
{
#ifndef OTHERS
    gateway_forgets(gateway);
#endif
    do
    :: nempty(link) -> link?_, _, _, _
    :: empty(link) -> break
    od;
    gateway = NOBODY;
    ready = 0;
    resumes = 0;
    asked = 0
}

/* The next event of the room, to everyone here. */
inline forward(g)
{
    forwarded[g]++;
    if
    :: gateway == g && ready ->
        if
        :: link!EVENT, forwarded[g], forwarded[g], 0
        :: slow > 0 -> slow--;
#ifndef MUTANT_NO_HEAD_WHEN_SLOW
            link!HEAD, 0, forwarded[g], 0
#endif
        fi
    :: else
    fi
}

inline heard(g, k)
{
    SAID(g, k) = 0;
    if
    :: !listens[g] || k <= forwarded[g]
    :: listens[g] && k == forwarded[g] + 1 -> forward(g)
    :: listens[g] && k > forwarded[g] + 1 -> target[g] = (k > target[g] -> k : target[g])
    fi
}

#define HEARS(g, k) :: atomic { k <= EVENTS && SAID(g, k) -> heard(g, k) }

active [2] proctype gateways()
{
    byte g = _pid;
end:
    do
    HEARS(g, 1)
    HEARS(g, 2)
    HEARS(g, 3)
    :: atomic { listens[g] && target[g] > forwarded[g] -> forward(g) } /* the answer of range, event by event */
#ifndef MUTANT_NO_BEACON
    :: atomic { listens[g] && forwarded[g] < head && target[g] < head && !forgotten[g] -> target[g] = head }
#endif
#ifndef MUTANT_NO_RECONCILE
    :: atomic { listens[g] && reconciles[g] -> reconciles[g] = 0; target[g] = head }
#endif
    od
}

/* ---- msg-svc's answers ---- */

#define UP_TO(after) (head > (after) + LIMIT -> (after) + LIMIT : head)

active proctype answers()
{
end:
    do
    :: atomic { asked && gateway != NOBODY && len(link) < EVENTS + 3 ->
            asked = 0;
            if
            :: link!BATCH, shown + 1, UP_TO(shown), UP_TO(shown) == head
            :: lost_answers > 0 -> lost_answers--
            fi }
    :: atomic { resumes && ready && len(link) < EVENTS + 3 ->
            if
#ifdef MUTANT_RESUME_BEFORE_LISTENING
            :: link!RESUMED, early, early, 1
#else
            :: head - shown <= LIMIT -> link!RESUMED, head, head, 1 /* all that is missing, in one batch */
#ifdef MUTANT_SILENT_PART
            :: head - shown > LIMIT -> link!RESUMED, shown + LIMIT, head, 1
#else
            :: head - shown > LIMIT -> link!RESUMED, shown, head, 0 /* limited: fetch */
#endif
#endif
            :: lost_answers > 0 -> lost_answers--; goto end /* the client asks again */
            fi;
            resumes = 0 }
    od
}

/* ---- the client ---- */

inline append(k)
{
    holds(I8, k == shown + 1);
    shown = k
}

inline learn(h)
{
    known = (h > known -> h : known)
}

active proctype client()
{
    byte first, last;
    bool complete;
end:
    do
    :: atomic { gateway == NOBODY ->
#ifdef MUTANT_RESUME_BEFORE_LISTENING
            early = head;
#endif
            if
            :: gateway = 0
            :: gateway = 1
            fi }
    :: atomic { gateway != NOBODY && !listens[gateway] -> listens[gateway] = 1; forwarded[gateway] = head }
    :: atomic { gateway != NOBODY && listens[gateway] && !ready -> ready = 1; resumes = 1 }
    :: atomic { ready && !resumes && !asked && known > shown -> asked = 1 }
    :: atomic { link?[EVENT, first, last, complete] -> link?EVENT, first, last, complete;
            if
            :: last <= shown
            :: last == shown + 1 -> append(last)
#ifdef MUTANT_SHOWS_GAPS
            :: last > shown + 1 -> append(last)
#else
            :: last > shown + 1 -> learn(last)
#endif
            fi;
            first = 0; last = 0; complete = 0 }
    :: atomic { link?[HEAD, first, last, complete] -> link?HEAD, first, last, complete; learn(last); last = 0 }
    :: atomic { link?[BATCH, first, last, complete] -> link?BATCH, first, last, complete;
            do
            :: shown < last && first <= shown + 1 -> append(shown + 1)
            :: else -> break
            od;
            first = 0; last = 0; complete = 0 }
    /* first: to where the batches behind it go; last: the head */
    :: atomic { link?[RESUMED, first, last, complete] -> link?RESUMED, first, last, complete;
            do
            :: shown < first -> append(shown + 1)
            :: else -> break
            od;
            if
            :: complete -> holds(I10, shown >= last)
            :: else -> learn(last)
            fi;
            first = 0; last = 0; complete = 0 }
    od
}

/* ---- what else happens ---- */

#define LOSES(g, k) :: atomic { k <= EVENTS && SAID(g, k) -> SAID(g, k) = 0 }
#define REPEATS_IT(k) :: atomic { repeats > 0 && k <= head -> repeats--; SAID(0, k) = listens[0]; SAID(1, k) = listens[1] }
#define SILENCE(g) \
    :: atomic { silences > 0 && listens[g] -> silences--; SAID(g, 1) = 0; SAID(g, 2) = 0; SAID(g, EVENTS) = 0; \
        forgotten[g] = 1; reconciles[g] = 1 }

active proctype world()
{
end:
    do
    :: atomic { head < EVENTS -> head++; SAID(0, head) = listens[0]; SAID(1, head) = listens[1]; forgotten[0] = 0; forgotten[1] = 0 }
    LOSES(0, 1)
    LOSES(0, 2)
    LOSES(0, 3)
    LOSES(1, 1)
    LOSES(1, 2)
    LOSES(1, 3)
    REPEATS_IT(1)
    REPEATS_IT(2)
    REPEATS_IT(3)
    SILENCE(0)
    SILENCE(1)
    :: atomic { cuts > 0 && gateway != NOBODY -> cuts--; link_cut() }
    :: atomic { cuts > 0 && gateway != NOBODY -> cuts--; gateway_forgets(gateway); link_cut() }
    od
}

active proctype quiet()
{
    atomic { timeout -> holds(I9, gateway != NOBODY && head == EVENTS && shown == head) }
}
