// Checks deploy/aws/parley.yaml without an account: every resource against the types that CloudFormation publishes (no property that
// is not there, none that is needed left out, values of the right kind), and that what is referred to is there.
//
//   npm ci --ignore-scripts --prefix tests/aws && node tests/aws/check.mjs

import { readFileSync } from 'node:fs';
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { parseDocument } from 'yaml';

const path = new URL('../../deploy/aws/parley.yaml', import.meta.url);
const wrong = [];
const db = loadAwsServiceSpecSync();

/** An intrinsic function of the template: its value is known only to CloudFormation. */
class Call {
  constructor(name, argument) {
    this.name = name;
    this.argument = argument;
  }
}
const call = (name, collection) => ({
  tag: `!${name}`,
  ...(collection === undefined ? {} : { collection }),
  resolve: (value) => new Call(name, collection === undefined ? value : value.toJSON()),
});
const customTags = [...['Ref', 'Sub', 'GetAtt'].map((name) => call(name)), call('Sub', 'seq'), call('Join', 'seq'), call('If', 'seq'), call('Equals', 'seq')];
const document = parseDocument(readFileSync(path, 'utf8'), { customTags });
for (const { message } of [...document.errors, ...document.warnings]) wrong.push(message);
const template = document.toJS();
const parameters = template.Parameters;
const resources = template.Resources;
const specOf = (type) => [...db.lookup('resource', 'cloudFormationType', 'equals', type)][0];

// ---- references ----

const conditions = template.Conditions ?? {};
const isThere = (name) => name.startsWith('AWS::') || name in parameters || name in resources;
function judgeName(name, own, where) {
  const [first, ...rest] = name.split('.');
  if (own.includes(first)) return;
  if (!isThere(first)) return wrong.push(`${where}: there is no ${first}`);
  if (rest.length === 0) return undefined;
  const attribute = rest.join('.');
  const spec = resources[first] === undefined ? undefined : specOf(resources[first].Type);
  if (spec !== undefined && !(attribute in spec.attributes) && !(attribute in spec.properties)) {
    wrong.push(`${where}: ${first} has no ${attribute}`);
  }
}
function judgeCall({ name, argument }, where) {
  if (name === 'Ref' || name === 'GetAtt') return judgeName(argument, [], where);
  if (name === 'Join' || name === 'Equals') return walk(argument, where);
  if (name === 'If') {
    if (!(argument[0] in conditions)) wrong.push(`${where}: there is no condition ${argument[0]}`);
    return walk(argument.slice(1), where);
  }
  const [text, own] = Array.isArray(argument) ? argument : [argument, {}];
  for (const [, named] of text.matchAll(/\$\{([\w:.]+)\}/g)) judgeName(named, Object.keys(own), where);
  walk(own, where);
}
function walk(value, where) {
  if (value instanceof Call) judgeCall(value, where);
  else if (value !== null && typeof value === 'object')
    for (const [key, one] of Object.entries(value)) walk(one, `${where}.${key}`);
}

// ---- types ----

const isMap = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);
/** Whether a value that is no structure may stand there; CloudFormation turns numbers and truth into text, and back. */
const scalars = {
  string: (value) => ['string', 'number', 'boolean'].includes(typeof value),
  integer: (value) => /^-?\d+$/.test(String(value)),
  number: (value) => value !== '' && Number.isFinite(Number(value)),
  boolean: (value) => ['true', 'false'].includes(String(value)),
  'date-time': (value) => typeof value === 'string',
  json: () => true,
  null: (value) => value === null,
};
/** Returns what is wrong with a value, or nothing. */
function judge(value, type, where) {
  if (value instanceof Call) return value.name === 'If' ? value.argument.slice(1).flatMap((one) => judge(one, type, where)) : [];
  switch (type.type) {
    case 'array':
      if (!Array.isArray(value)) return [`${where}: a list is needed`];
      return value.flatMap((one, i) => judge(one, type.element, `${where}[${i}]`));
    case 'map':
      if (!isMap(value)) return [`${where}: a map is needed`];
      return Object.entries(value).flatMap(([key, one]) => judge(one, type.element, `${where}.${key}`));
    case 'ref':
      return judgeFields(value, db.get('typeDefinition', type.reference.$ref).properties, where);
    case 'union': {
      const all = type.types.map((one) => judge(value, one, where));
      return all.some((found) => found.length === 0)
        ? []
        : (all.find((found) => !found[0].endsWith('is needed')) ?? all[0]);
    }
    case 'tag':
      return judge(value, { type: 'json' }, where);
    default:
      return (scalars[type.type] ?? (() => true))(value) ? [] : [`${where}: a ${type.type} is needed`];
  }
}
function judgeFields(value, fields, where) {
  if (!isMap(value)) return [`${where}: a map is needed`];
  const found = Object.entries(value).flatMap(([key, one]) =>
    fields[key] === undefined ? [`${where}: there is no ${key}`] : judge(one, fields[key].type, `${where}.${key}`),
  );
  for (const [key, field] of Object.entries(fields))
    if (field.required && !(key in value)) found.push(`${where}: ${key} is missing`);
  return found;
}

const MORE = ['Type', 'Properties', 'DependsOn', 'DeletionPolicy', 'UpdateReplacePolicy'];
for (const [name, resource] of Object.entries(resources)) {
  const spec = specOf(resource.Type);
  for (const key of Object.keys(resource)) if (!MORE.includes(key)) wrong.push(`${name}: there is no ${key}`);
  for (const one of [resource.DependsOn ?? []].flat())
    if (!(one in resources)) wrong.push(`${name}: there is no ${one}`);
  if (spec === undefined) wrong.push(`${name}: there is no ${resource.Type}`);
  else wrong.push(...judgeFields(resource.Properties ?? {}, spec.properties, name));
}
walk(resources, 'Resources');
walk(template.Outputs, 'Outputs');
walk(conditions, 'Conditions');
const used = JSON.stringify([resources, template.Outputs, conditions]);
for (const name of Object.keys(parameters))
  if (!used.includes(name)) wrong.push(`the parameter ${name} is for nothing`);

// ---- what each task is told ----

const settings = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
for (const [name, { Type, Properties }] of Object.entries(resources)) {
  if (Type !== 'AWS::ECS::TaskDefinition' || name === 'MigrateTask') continue;
  const [container] = Properties.ContainerDefinitions;
  const [, section] = settings.split(`## ${container.Name}\n`);
  if (section === undefined) wrong.push(`${name}: there is no service ${container.Name}`);
  for (const { Name } of [...container.Environment, ...(container.Secrets ?? [])]) {
    if (!section?.split('\n## ')[0].includes(`\`${Name}\``))
      wrong.push(`${name}: ${container.Name} has no setting ${Name}`);
  }
}

if (wrong.length > 0) {
  process.stderr.write(`${wrong.join('\n')}\n`);
  process.exit(1);
}
process.stdout.write(`aws: ${Object.keys(resources).length} resources are as they have to be\n`);
