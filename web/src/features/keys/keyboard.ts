import { keepFocus } from './keepFocus';
import { isReachable, REACHABLE } from './reachable';

/** Long lists: the arrows go through one of them, Tab leaves it. */
const LISTS = '.side-list, .panel-body:has(.member-row)';
const TIMELINE = '.timeline';
/** The parts of the window in their order, and what is focused in each: the first of these that is in sight. */
const REGIONS: readonly (readonly string[])[] = [
  ['.side-list [aria-current=page]', '.side-list a[href]'],
  ['.main .top button, .main .top a[href]'],
  ['.main .timeline'],
  ['.main .composer textarea', '.main > :not(.top) :is(a[href], button, input, select, textarea)'],
  ['.panel textarea', '.panel .panel-body :is(a[href], button)', '.panel button'],
  ['.notice-undo', '.banner button'],
];

/** Keys that hold in the whole window: F6 goes from part to part, ? says which keys there are, and no list is too long to
 *  be left by Tab; nor is the focus lost where what had it goes. Returns what ends it. */
export function watchKeys(openSheet: () => void): () => void {
  const keyDown = (press: KeyboardEvent): void => {
    if (press.defaultPrevented || press.isComposing) return;
    const act = actOf(press, openSheet);
    if (act === undefined || !act()) return;
    press.preventDefault();
    press.stopPropagation();
  };
  // Before those that take a key which writes for the composer.
  addEventListener('keydown', keyDown, true);
  const lose = keepFocus();
  return () => {
    removeEventListener('keydown', keyDown, true);
    lose();
  };
}

/** Undefined: it is nothing of ours. What returns false did nothing. */
function actOf(press: KeyboardEvent, openSheet: () => void): (() => boolean) | undefined {
  const target = press.target instanceof HTMLElement ? press.target : document.body;
  const held = press.ctrlKey || press.metaKey;
  if (press.altKey || target.closest('dialog[open]') !== null) return undefined;
  if (press.key === '/' ? held : press.key === '?' && !held && !writes(target)) {
    return () => {
      openSheet();
      return true;
    };
  }
  if (held) return undefined;
  if (press.key === 'F6') return () => goToRegion(press.shiftKey ? -1 : 1);
  if (press.key === 'Tab') return () => leaveList(target, press.shiftKey);
  const list = target.closest<HTMLElement>(LISTS);
  if (press.shiftKey || list === null || writes(target)) return undefined;
  const step = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[press.key];
  return step === undefined ? undefined : () => stepIn(list, target, step);
}

function writes(target: HTMLElement): boolean {
  return target.matches('input, textarea, select, [contenteditable]');
}

function goToRegion(by: 1 | -1): boolean {
  const goals = REGIONS.map(firstOf);
  const on = document.activeElement;
  const at = REGIONS.findLastIndex((_, place) => on !== null && regionOf(goals[place])?.contains(on) === true);
  for (let n = 1; n <= goals.length; n++) {
    const from = at < 0 && by < 0 ? 0 : at;
    const goal = goals[(from + by * n + goals.length * 2) % goals.length];
    if (goal === undefined || (n < goals.length && regionOf(goal)?.contains(on) === true)) continue;
    goal.focus();
    return true;
  }
  return false;
}

function firstOf(selectors: readonly string[]): HTMLElement | undefined {
  for (const selector of selectors) {
    const found = [...document.querySelectorAll<HTMLElement>(selector)].find(isReachable);
    if (found !== undefined) return found;
  }
  return undefined;
}

function regionOf(goal: HTMLElement | undefined): Element | null {
  return goal?.closest('.side, .top, .timeline, .composer, .panel, .notice, .banner, .main') ?? null;
}

/** A row of the timeline has ways of its own, through which Tab goes first. */
function leaveList(target: HTMLElement, back: boolean): boolean {
  const row = target.closest<HTMLElement>(`${TIMELINE} article`);
  if (row !== null) {
    const ways = [...row.querySelectorAll<HTMLElement>(REACHABLE)].filter(isReachable);
    const next = ways.indexOf(target) + (back ? -1 : 1);
    if (target === row ? !back && ways.length > 0 : ways[next] !== undefined) return false;
  }
  const list = target.closest<HTMLElement>(`${LISTS}, ${TIMELINE}`);
  const goal = list === null ? undefined : beside(list, back);
  goal?.focus();
  return goal !== undefined;
}

/** What Tab comes to behind the list, or before it. */
function beside(list: HTMLElement, back: boolean): HTMLElement | undefined {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT, (node) => {
    if (list.contains(node)) return NodeFilter.FILTER_REJECT;
    const reached = node instanceof HTMLElement && node.matches(REACHABLE) && isReachable(node);
    return reached ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_SKIP;
  });
  walker.currentNode = list;
  const found = back ? walker.previousNode() : walker.nextNode();
  return found instanceof HTMLElement ? found : undefined;
}

function stepIn(list: HTMLElement, target: HTMLElement, by: number): boolean {
  const all = [...list.querySelectorAll<HTMLElement>(REACHABLE)].filter(isReachable);
  const at = all.indexOf(target) + by;
  const goal = all[Math.max(0, Math.min(at, all.length - 1))];
  goal?.focus();
  return goal !== undefined;
}
