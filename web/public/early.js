// Asks the server for what the page opens with while the client itself is still on its way: a token for who is logged in and,
// where no earlier visit can have left anything, the room of the address with its newest messages. The client takes the
// answers in place of asking (src/app/early.ts). It works without all of this, so whatever is unusual is left to it.
(() => {
  const WITHIN_MS = 15_000;
  /** As src/client/auth.ts has them. */
  const [LOGIN, REFRESHING, LOCK] = ['parley.login', 'parley.refreshing', 'parley.refresh'];
  const answers = new Map();
  const ask = (method, path, authorization) => {
    const headers = { accept: 'application/json', ...(authorization === '' ? {} : { authorization }) };
    const sent = method === 'POST' ? { body: '{}', keepalive: true } : {};
    if (method === 'POST') headers['content-type'] = 'application/json';
    const signal = AbortSignal.timeout(WITHIN_MS);
    return fetch(`/api/v1${path}`, { method, headers, cache: 'no-store', signal, ...sent });
  };
  const keep = (method, path, authorization, answer) => {
    answer.catch(() => {});
    answers.set(`${method} /api/v1${path} ${authorization}`, { at: performance.now(), answer });
  };
  // A refresh token used twice ends the login: never beside another tab, nor right behind a page that was left amid it.
  const refresh = async (lock) => {
    if (lock === null) return undefined;
    localStorage.setItem(REFRESHING, String(Date.now()));
    try {
      const answer = await ask('POST', '/auth/refresh', '');
      const copy = answer.clone();
      if (answer.ok) copy.json().then(open, () => {});
      return answer;
    } finally {
      localStorage.removeItem(REFRESHING);
    }
  };
  const open = ({ access_token: token }) => {
    const room = /^\/r\/(\d+)$/.exec(location.pathname)?.[1];
    if (room === undefined || navigator.serviceWorker?.controller != null) return;
    const authorization = `Bearer ${token}`;
    const newest = `/rooms/${room}/messages?limit=30`;
    const answer = ask('GET', `/rooms/${room}`, authorization);
    keep('GET', `/rooms/${room}`, authorization, answer);
    // As src/client/first_room.ts has it: only of a room of mine, and none that is read from where something new begins.
    const wanted = answer
      .then((one) => one.clone().json())
      .then(({ role, n, read_n }) => role !== undefined && n - read_n < 15)
      .catch(() => false);
    keep(
      'GET',
      newest,
      authorization,
      wanted.then((is) => (is ? ask('GET', newest, authorization) : undefined)),
    );
  };
  try {
    if (navigator.locks === undefined || localStorage.getItem(LOGIN) === null) return;
    if (localStorage.getItem(REFRESHING) !== null) return;
    globalThis.parleyEarly = answers;
    keep('POST', '/auth/refresh', '', navigator.locks.request(LOCK, { ifAvailable: true }, refresh));
  } catch {
    // Storage may be forbidden: the client knows what to do then.
  }
})();
