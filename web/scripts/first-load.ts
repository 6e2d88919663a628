interface Modules {
  getModuleInfo: (id: string) => { isEntry: boolean; importers: readonly string[] } | null;
}

/** Names the chunk of what the first screen needs, and leaves the rest to the bundler: one file is smaller than many, and
 *  a module stays out of it as long as nothing imports it but what is imported on demand. */
export function firstLoad(id: string, modules: Modules): string | null {
  return neededAtOnce(id, modules, new Set()) ? 'first' : null;
}

/** Exported for its test. An entry itself is not part of it: something must import the chunk. */
export function neededAtOnce(id: string, modules: Modules, seen: Set<string>): boolean {
  seen.add(id);
  const importers = modules.getModuleInfo(id)?.importers ?? [];
  return importers.some(
    (by) => !seen.has(by) && (modules.getModuleInfo(by)?.isEntry === true || neededAtOnce(by, modules, seen)),
  );
}
