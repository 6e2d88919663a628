const CODE = /(`{3,}|~{3,})[\s\S]*?(\1|$)|(`+)[^`]*?\3/g;
const CALL = /(^|[^\p{L}\p{N}_.@-])@(all|here|everyone|channel)(?![\p{L}\p{N}_-])/iu;

/** Whether a message of these words calls everybody of a room: msg-svc decides, this is for who writes it. In code they are
 *  only words. */
export function callsEveryone(text: string): boolean {
  return text.includes('@') && CALL.test(text.replace(CODE, ' '));
}
