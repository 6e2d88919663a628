// Checks what `kubectl kustomize deploy` makes, without a cluster: each object against the schema of its kind, with no field that the
// kind does not have, and what they say of each other.
//
//   npm ci --ignore-scripts --prefix tests/kubernetes && node tests/kubernetes/check.mjs

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));
const wrong = [];
const named = (one) => `${one.kind} ${one.metadata.name}`;
const packageOf = ({ apiVersion }) => {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  return `kubernetes-models/${group === '' ? '' : `${group}/`}${version}`;
};

/** Types and values, by the schema. */
async function judgeValues(object) {
  const model = (await import(packageOf(object)))[object.kind];
  if (model === undefined) return wrong.push(`${named(object)}: there is no such kind`);
  try {
    new model(object).validate();
  } catch (error) {
    wrong.push(`${named(object)}: ${error.message}`);
  }
}

/** Fields that a kind does not have: the schema lets them pass, its types do not. */
function fieldsOf(objects) {
  const dir = `${here}node_modules/.checked`;
  mkdirSync(dir, { recursive: true });
  const lines = objects.map((object, i) => {
    const { apiVersion: _, kind, ...rest } = object;
    const from = packageOf(object);
    return `import { ${kind} as K${i} } from '${from}';\n// ${named(object)}\nnew K${i}(${JSON.stringify(rest, null, 1)});\n`;
  });
  writeFileSync(`${dir}/objects.ts`, lines.join('\n'));
  const words = ['--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022', '--module', 'esnext'];
  const tsc = `${here}node_modules/typescript/bin/tsc`;
  const { status, stdout } = spawnSync(
    process.execPath,
    [tsc, ...words, '--moduleResolution', 'bundler', `${dir}/objects.ts`],
    { encoding: 'utf8' },
  );
  return status === 0 ? [] : stdout.trim().split('\n');
}

const all = parseAllDocuments(execFileSync('kubectl', ['kustomize', `${root}deploy`], { encoding: 'utf8' }));
const objects = all.map((one) => one.toJS());
for (const object of objects) await judgeValues(object);
wrong.push(...fieldsOf(objects));

// ---- what they say of each other ----

const of = (kind) => objects.filter((one) => one.kind === kind);
const workloads = [...of('Deployment'), ...of('StatefulSet'), ...of('Job')];
const apps = new Set(workloads.map((one) => one.spec.template.metadata.labels.app));
const must = (good, what) => good || wrong.push(what);
/** What `./parley secrets` makes. */
const making = 'dir=$(mktemp -d); PARLEY_SECRETS_DIR=$dir ./parley secrets >/dev/null; ls "$dir"; rm -rf "$dir"';
const keys = new Set(execFileSync('bash', ['-c', making], { cwd: root, encoding: 'utf8' }).trim().split('\n'));
for (const one of workloads) {
  const pod = one.spec.template.spec;
  must(
    pod.securityContext.runAsNonRoot === true && pod.securityContext.runAsUser > 0,
    `${named(one)}: it may run as root`,
  );
  must(pod.automountServiceAccountToken === false, `${named(one)}: it gets a token of the cluster`);
  for (const container of pod.containers) {
    const { securityContext: is, resources, ports = [] } = container;
    must(
      is.readOnlyRootFilesystem && !is.allowPrivilegeEscalation && is.capabilities.drop.includes('ALL'),
      `${named(one)}: it is not hardened`,
    );
    must(resources.limits.memory && resources.requests.cpu, `${named(one)}: it has no bounds`);
    must(
      one.kind === 'Job' || (container.livenessProbe && container.readinessProbe),
      `${named(one)}: it has no probes`,
    );
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
      const port = container[probe]?.httpGet?.port ?? container[probe]?.tcpSocket?.port;
      must(port === undefined || ports.some((known) => known.name === port), `${named(one)}: ${probe} asks ${port}`);
    }
    for (const { name } of container.volumeMounts ?? []) {
      const known = [...(pod.volumes ?? []), ...(one.spec.volumeClaimTemplates ?? []).map((claim) => claim.metadata)];
      must(
        known.some((volume) => volume.name === name),
        `${named(one)}: there is no volume ${name}`,
      );
    }
    for (const { name, value = '' } of container.env ?? []) {
      if (!name.endsWith('_FILE')) continue;
      const given = (pod.volumes ?? []).flatMap((volume) => volume.secret?.items ?? []);
      must(
        given.some((item) => `/run/secrets/parley/${item.path}` === value),
        `${named(one)}: nothing is at ${value}`,
      );
    }
  }
  for (const { secret } of pod.volumes ?? []) {
    if (secret?.secretName !== 'parley') continue;
    for (const { key } of secret.items) must(keys.has(key), `${named(one)}: ./parley secrets makes no ${key}`);
  }
}
for (const one of of('Service')) must(apps.has(one.spec.selector.app), `${named(one)}: nothing answers for it`);
for (const one of of('PodDisruptionBudget'))
  must(apps.has(one.spec.selector.matchLabels.app), `${named(one)}: of nothing`);
for (const one of of('HorizontalPodAutoscaler')) {
  const target = workloads.find((known) => known.metadata.name === one.spec.scaleTargetRef.name);
  must(target !== undefined && target.spec.replicas === undefined, `${named(one)}: its target says how many itself`);
}
const appsOf = ({ matchLabels, matchExpressions = [] } = {}) => [
  ...(matchLabels?.app === undefined ? [] : [matchLabels.app]),
  ...matchExpressions.flatMap((one) => one.values),
];
/** who → whom:port, as the policies allow it. */
const ways = new Set();
for (const { spec } of of('NetworkPolicy')) {
  const own = appsOf(spec.podSelector);
  for (const name of own) must(apps.has(name), `a network policy is for ${name}, which is not there`);
  for (const { from = [], ports = [] } of spec.ingress ?? []) {
    for (const who of from.flatMap((one) => appsOf(one.podSelector)))
      for (const { port } of ports) for (const name of own) ways.add(`in ${who} ${name}:${port}`);
  }
  for (const { to = [], ports = [] } of spec.egress ?? []) {
    for (const whom of to.flatMap((one) => appsOf(one.podSelector)))
      for (const { port } of ports) for (const name of own) ways.add(`out ${name} ${whom}:${port}`);
  }
}
for (const way of ways) {
  const other = way.startsWith('in ') ? way.replace('in ', 'out ') : way.replace('out ', 'in ');
  must(ways.has(other), `network policies: "${way}" without "${other}"`);
}
for (const name of ['gateway', 'haproxy', 'presence-svc', 'unfurl']) {
  must(
    !ways.has(`out ${name} postgres:5432`) && !ways.has(`in ${name} postgres:5432`),
    `${name} has a way to PostgreSQL`,
  );
}
must(ways.has('out msg-svc postgres:5432'), 'msg-svc has no way to PostgreSQL');

if (wrong.length > 0) {
  process.stderr.write(`${wrong.join('\n')}\n`);
  process.exit(1);
}
process.stdout.write(`kubernetes: ${objects.length} objects are as they have to be\n`);
