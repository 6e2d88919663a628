// sbom.mjs BIN DIST-MAPS OUT VERSION: what a release is made of. Writes OUT/parley-VERSION.cdx.json (CycloneDX 1.5) and
// OUT/THIRD-PARTY-NOTICES.txt. The npm packages are those whose modules are in the bundle, by the source maps of a build in
// DIST-MAPS; the Debian packages are those that own a library which a program in BIN is linked with.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [bin, maps, out, version] = process.argv.slice(2);
const root = new URL('..', import.meta.url).pathname;
const web = join(root, 'web');
const run = (command, ...args) => execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

// ---- npm ----

/** What comes as data, styles or fonts, of which no source map tells. */
const ASSETS = ['bootstrap', 'katex', 'emojibase-data', 'cldr-annotations-full', 'cldr-annotations-derived-full'];

function bundled() {
  const names = new Set(ASSETS);
  for (const file of readdirSync(maps, { recursive: true })) {
    if (!file.endsWith('.map')) continue;
    for (const source of JSON.parse(readFileSync(join(maps, file), 'utf8')).sources) {
      const at = source.lastIndexOf('node_modules/');
      if (at < 0) continue;
      const [scope, name] = source.slice(at + 'node_modules/'.length).split('/');
      names.add(scope.startsWith('@') ? `${scope}/${name}` : scope);
    }
  }
  return [...names].sort();
}

function npmPackage(name) {
  const lock = JSON.parse(readFileSync(join(web, 'package-lock.json'), 'utf8')).packages[`node_modules/${name}`];
  const dir = join(web, 'node_modules', name);
  const manifest = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'));
  if (lock?.version !== manifest.version) throw new Error(`${name}: the lock file says ${lock?.version}, node_modules ${manifest.version}`);
  const texts = readdirSync(dir).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  return {
    name,
    version: lock.version,
    integrity: lock.integrity,
    licence: manifest.license ?? lock.license ?? '',
    texts: texts.map((file) => readFileSync(join(dir, file), 'utf8').trim()),
  };
}

// ---- Debian ----

function libraries() {
  const files = new Set();
  for (const program of readdirSync(bin)) {
    if (!program.startsWith('parley-') || program.startsWith('parley-bench-')) continue;
    // Only what a program names itself: what a library needs beyond is that library's package's affair.
    const direct = [...run('objdump', '-p', join(bin, program)).matchAll(/NEEDED +(\S+)/g)].map((match) => match[1]);
    const found = new Map([...run('ldd', join(bin, program)).matchAll(/^\s*(\S+) => (\/\S+)/gm)].map((match) => [match[1], match[2]]));
    for (const library of direct) if (found.has(library)) files.add(found.get(library));
  }
  return [...files];
}

function debianPackages() {
  const names = new Set();
  for (const file of libraries()) {
    // dpkg knows a file by the path that the package has it under: with /usr or without.
    const real = realpathSync(file);
    for (const path of [real, real.replace(/^\/usr/, ''), file, `/usr${file}`]) {
      try {
        names.add(run('dpkg-query', '-S', path).split(/:/)[0]);
        break;
      } catch {}
    }
  }
  return [...names].sort().map((name) => {
    const [shown, source, architecture] = run('dpkg-query', '-W', '-f', '${Version}\n${source:Package}\n${Architecture}\n', name).split('\n');
    const file = `/usr/share/doc/${name}/copyright`;
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const licences = [...new Set([...text.matchAll(/^License:[ \t]*(\S.*)$/gm)].map((match) => match[1].trim()))];
    return { name, version: shown, source, architecture, licences, file };
  });
}

// ---- writing ----

const npm = bundled().map(npmPackage);
const debian = debianPackages();
const release = readFileSync('/etc/os-release', 'utf8').match(/^VERSION_CODENAME=(.*)$/m)?.[1] ?? '';
const nameless = npm.filter((p) => p.texts.length === 0 && p.licence === '');
if (nameless.length > 0) throw new Error(`no licence is known of: ${nameless.map((p) => p.name).join(', ')}`);

const spdx = /^[A-Za-z0-9.+-]+$/;
const licenceOf = (text) => (spdx.test(text) ? { license: { id: text } } : { license: { name: text } });
const components = [
  ...npm.map((p) => ({
    type: 'library',
    'bom-ref': `pkg:npm/${p.name.replace('@', '%40')}@${p.version}`,
    name: p.name,
    version: p.version,
    purl: `pkg:npm/${p.name.replace('@', '%40')}@${p.version}`,
    licenses: p.licence === '' ? [] : [licenceOf(p.licence)],
    hashes: p.integrity?.startsWith('sha512-')
      ? [{ alg: 'SHA-512', content: Buffer.from(p.integrity.slice(7), 'base64').toString('hex') }]
      : [],
  })),
  ...debian.map((p) => ({
    type: 'library',
    'bom-ref': `pkg:deb/debian/${p.name}@${p.version}`,
    name: p.name,
    version: p.version,
    purl: `pkg:deb/debian/${p.name}@${encodeURIComponent(p.version)}?arch=${p.architecture}&distro=${release}`,
    licenses: p.licences.map((name) => ({ license: { name } })),
  })),
];
const self = `pkg:generic/parley@${version}`;
const serial = createHash('sha256').update(JSON.stringify([version, components])).digest('hex');
const bom = {
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  // Of what is in it, so that the same parts give the same file.
  serialNumber: `urn:uuid:${serial.slice(0, 8)}-${serial.slice(8, 12)}-5${serial.slice(13, 16)}-8${serial.slice(17, 20)}-${serial.slice(20, 32)}`,
  version: 1,
  metadata: { component: { type: 'application', 'bom-ref': self, name: 'parley', version, licenses: [{ license: { id: 'MIT' } }] } },
  components,
  dependencies: [{ ref: self, dependsOn: components.map((c) => c['bom-ref']) }],
};
writeFileSync(join(out, `parley-${version}.cdx.json`), `${JSON.stringify(bom, null, 1)}\n`);

const rule = '-'.repeat(100);
const notices = [
  `Parley ${version} is MIT-licensed (LICENSE). This names what else is in a release, and under which licence.`,
  '',
  'In the web client:',
  '',
  ...npm.map((p) => `  ${p.name} ${p.version}  ${p.licence}`),
  '',
  "The programs are linked with these libraries of Debian, which are not part of a release; their licences come with Debian's packages, in",
  '/usr/share/doc/<package>/copyright:',
  '',
  ...debian.map((p) => `  ${p.name} ${p.version}  ${p.licences.join(', ')}`),
  '',
  ...npm.flatMap((p) => [rule, `${p.name} ${p.version}  ${p.licence}`, rule, '', ...(p.texts.length > 0 ? p.texts : ['(The package has no text of its licence with it.)']), '']),
];
writeFileSync(join(out, 'THIRD-PARTY-NOTICES.txt'), `${notices.join('\n')}\n`);
console.log(`${npm.length} npm packages, ${debian.length} Debian packages`);
