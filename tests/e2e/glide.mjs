/**
 * Scrolls a timeline up, a step a frame, and compares where rows come to stand with where they should. To be handed to
 * `page.evaluate`: it uses nothing from around it.
 *
 * A frame jumps when a row in the middle of the view moved by more than 3 px otherwise than the step. `drift` is how far, after
 * all frames, rows stand from where the steps alone would have brought them.
 *
 * @param {{ frames: number, step: number }} how
 */
export async function glide({ frames, step }) {
  const box = document.querySelector('.timeline');
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const middle = () => {
    const rows = [...box.querySelectorAll('[data-msg-seq]')];
    const half = box.clientHeight / 2;
    return rows.find((row) => row.offsetTop + row.offsetHeight - box.scrollTop > half);
  };
  const first = () => Number(box.querySelector('[data-msg-seq]')?.dataset.msgSeq);
  const times = [];
  let jumps = 0;
  let worst = 0;
  let drift = 0;
  let pages = 0;
  let at_top = 0;
  for (let moved = 0; moved < frames; ) {
    if (box.scrollTop < step) {
      // The next page is still on its way: no reader gets further, either.
      if (++at_top > 6000) throw new Error('older history does not come');
      await frame();
      continue;
    }
    const row = middle();
    const before = row.getBoundingClientRect().top;
    const oldest = first();
    const began = performance.now();
    box.scrollTop -= step;
    await frame();
    times.push(performance.now() - began);
    moved++;
    const off = row.getBoundingClientRect().top - before - step;
    drift += off;
    if (Math.abs(off) > 3) jumps++;
    worst = Math.max(worst, Math.abs(off));
    if (first() < oldest) pages++;
  }
  times.sort((a, b) => a - b);
  const rows = box.querySelectorAll('[data-msg-seq]').length;
  const p95 = times[Math.floor(times.length * 0.95)] ?? 0;
  return { jumps, worst, drift: Math.abs(drift), pages, rows, p95, longest: times.at(-1) ?? 0 };
}

/**
 * Brings the view again and again to `at` px below the top of what is loaded, and compares where its rows stand before and
 * after older ones were put above them. To be handed to `page.evaluate`, as `glide` is. A row stands where its lower edge
 * does: the oldest one has a head, which it loses when its author wrote above it, too. `heads` counts these.
 *
 * @param {{ times: number, at: number }} how
 */
export async function prepends({ times, at }) {
  const box = document.querySelector('.timeline');
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const rows = () => [...box.querySelectorAll('[data-msg-seq]')];
  const lower = (row) => row.getBoundingClientRect().bottom;
  let jumps = 0;
  let worst = 0;
  let drift = 0;
  let heads = 0;
  for (let nth = 0; nth < times; nth++) {
    box.scrollTop = at;
    const { top, bottom } = box.getBoundingClientRect();
    const [oldest] = rows();
    const had = oldest.classList.contains('msg-head');
    const seen = rows().filter((row) => lower(row) > top && row.getBoundingClientRect().top < bottom);
    const stood = seen.map(lower);
    for (let waited = 0; rows()[0] === oldest; waited++) {
      if (waited > 6000) throw new Error('older history does not come');
      await frame();
    }
    // What comes in the frames after it may not move them, either.
    for (let later = 0; later < 3; later++) await frame();
    const moved = seen.map((row, place) => lower(row) - stood[place]);
    const most = Math.max(...moved.map(Math.abs));
    if (most > 3) jumps++;
    worst = Math.max(worst, most);
    drift += moved.at(-1) ?? 0;
    if (had && !oldest.classList.contains('msg-head')) heads++;
  }
  return { jumps, worst, drift: Math.abs(drift), heads, rows: rows().length };
}
