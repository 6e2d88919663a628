import { i18n } from '@lingui/core';
import './drop.css';

/** A file that is let go beside its place must not take the page's. */
for (const kind of ['dragover', 'drop'] as const) {
  addEventListener(kind, (event) => {
    if (event.defaultPrevented || event.dataTransfer?.types.includes('Files') !== true) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'none';
  });
}

type Taken = (files: readonly File[], folders: number) => void;

/** Takes files that are dropped on a part of the page, which says so while they are above it. Returns how to end that. */
export function acceptDrops(zone: HTMLElement, taken: Taken): () => void {
  const veil = document.createElement('div');
  veil.className = 'drop-veil';
  veil.textContent = i18n.t('Drop it here to attach it');
  veil.setAttribute('aria-hidden', 'true');
  const hide = (): void => veil.remove();
  const over = (event: DragEvent): void => {
    if (event.dataTransfer?.types.includes('Files') !== true) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    if (!veil.isConnected) zone.append(veil);
  };
  const leave = (event: DragEvent): void => {
    if (!(event.relatedTarget instanceof Node) || !zone.contains(event.relatedTarget)) hide();
  };
  const drop = (event: DragEvent): void => {
    hide();
    const { dataTransfer } = event;
    if (dataTransfer === null || !dataTransfer.types.includes('Files')) return;
    event.preventDefault();
    const { files, folders } = sorted(dataTransfer);
    taken(files, folders);
  };
  zone.addEventListener('dragover', over);
  zone.addEventListener('dragleave', leave);
  zone.addEventListener('drop', drop);
  return () => {
    hide();
    zone.removeEventListener('dragover', over);
    zone.removeEventListener('dragleave', leave);
    zone.removeEventListener('drop', drop);
  };
}

/** A folder comes as a file, too, which cannot be read. Asked at once: what was dropped is gone when the event is. */
function sorted(dropped: DataTransfer): { files: File[]; folders: number } {
  const files: File[] = [];
  let folders = 0;
  for (const item of dropped.items) {
    if (item.kind !== 'file') continue;
    const file = item.getAsFile();
    if (item.webkitGetAsEntry()?.isDirectory === true) folders++;
    else if (file !== null) files.push(file);
  }
  return { files, folders };
}
