// What the pictures show: three people before a release. Made over REST, as any program would.
const PASSWORD = 'correct horse battery';

/** A person and what they can do. `call` throws on an answer that is an error. */
async function person(url, username, display_name) {
  const call = async (method, path, body) => {
    const headers = { origin: url, 'content-type': 'application/json' };
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    const answer = await fetch(`${url}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  let token;
  const login = await call('POST', '/auth/register', { username, password: PASSWORD, display_name });
  token = login.access_token;
  const say = (room, body, more = {}) =>
    call('POST', `/rooms/${room}/messages`, { cmid: crypto.randomUUID(), body, ...more });
  const react = (room, { seq }, emoji) => call('POST', `/rooms/${room}/messages/${seq}/reactions`, { emoji, on: true });
  return { id: login.user.id, username, password: PASSWORD, call, say, react };
}

const CODE = ['Two more gateways from this afternoon, **just in case**:', '', '```sh', './parley scale gateway=4', '```'].join('\n');
const LIST = ['Before noon, please:', '', '- [x] headline', '- [x] the *three* bullets', '- [ ] https://example.org/copy'].join('\n');

export async function makeScene(url) {
  const ada = await person(url, 'ada', 'Ada');
  const bo = await person(url, 'bo', 'Bo Lindqvist');
  const carol = await person(url, 'carol', 'キャロル');
  await bo.call('PUT', '/me/status', { emoji: '🎧', text: 'Head down until three' });
  const { id: launch } = await ada.call('POST', '/rooms', {
    kind: 'public', name: 'launch', topic: 'Everything for the 1.0: dates, copy, who is on call', members: [bo.id, carol.id],
  });
  const { id: design } = await bo.call('POST', '/rooms', { kind: 'public', name: 'design', members: [ada.id, carol.id] });
  const { id: quiet } = await ada.call('POST', '/rooms', { kind: 'private', name: 'on call', members: [bo.id] });
  await ada.call('PUT', `/rooms/${launch}/mine`, { favourite: true });
  await ada.say(launch, 'Morning! One week to go.');
  const down = await carol.say(launch, 'The list is down to three. おはよう ☕');
  for (const one of [ada, bo]) await one.react(launch, down, '🎉');
  const freeze = await bo.say(launch, 'Then we freeze today, and ship on Friday.');
  await carol.say(launch, 'Friday it is.', { quote: freeze.seq });
  await ada.react(launch, freeze, '🚀');
  await carol.react(launch, freeze, '🚀');
  await bo.say(launch, CODE);
  const root = await carol.say(launch, LIST);
  await bo.say(launch, 'Headline is in.', { thread: root.seq });
  await ada.say(launch, 'Bullets too: “calm, fast, yours”.', { thread: root.seq });
  await carol.say(launch, 'Lovely. The link goes live at twelve.', { thread: root.seq });
  await carol.say(launch, `@${ada.username} could you read it once more?`);
  await ada.say(launch, 'On it. Back in ten minutes.');
  await carol.say(design, 'New icons are in the room’s pins.');
  await bo.say(design, 'They look right at 16 px, too.');
  await bo.say(quiet, 'All green.');
  const { id: dm } = await carol.call('POST', '/dms', { user: ada.id });
  await carol.say(dm, 'Lunch at one?');
  return { ada, bo, carol, launch, root: root.seq };
}
