// Parses Bicep files and prints what they declare as JSON: literals as they are, every other expression as {"$": its text}.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { Language, Parser } = require('web-tree-sitter');
await Parser.init();
const parser = new Parser();
parser.setLanguage(await Language.load(require.resolve('tree-sitter-bicep/tree-sitter-bicep.wasm')));

const literal = (node) => node.namedChildren.every((child) => child.type !== 'interpolation');
const text = (node) => node.namedChildren.filter((child) => child.type === 'string_content' || child.type === 'escape_sequence')
  .map((child) => (child.type === 'escape_sequence' ? child.text.slice(1) : child.text)).join('');
const meaningful = (node) => node.namedChildren.filter((child) => child.type !== 'comment' && child.type !== 'diagnostic_comment');

function value(node) {
  switch (node.type) {
    case 'string': return literal(node) ? text(node) : { $: node.text };
    case 'number': return Number(node.text);
    case 'boolean': return node.text === 'true';
    case 'null': return null;
    case 'array': return meaningful(node).map(value);
    case 'object': return Object.fromEntries(meaningful(node).map((property) => {
      const [name, content] = meaningful(property);
      return [name.type === 'string' ? (literal(name) ? text(name) : name.text) : name.text, value(content)];
    }));
    case 'for_statement': { const body = meaningful(node).at(-1); return { $for: node.text, body: value(body) }; }
    case 'if_statement': { const body = meaningful(node).at(-1); return { $if: meaningful(node)[0].text, body: value(body) }; }
    default: return { $: node.text };
  }
}

// The object of a resource or module, whatever loop and condition stand around it.
const inner = (shown) => (shown && typeof shown === 'object' && ('$for' in shown || '$if' in shown) ? inner(shown.body) : shown);

function every(node, type, found = []) {
  if (node.type === type) found.push(node);
  for (const child of node.namedChildren) every(child, type, found);
  return found;
}

function read(path) {
  const source = readFileSync(path, 'utf8');
  const root = parser.parse(source).rootNode;
  const file = {
    path, lines: source.split('\n').length - 1, firstLine: source.split('\n')[0], errors: [],
    parameters: {}, variables: {}, resources: [], modules: [], outputs: {}, used: [],
  };
  (function broken(node) {
    if (node.isError || node.isMissing) file.errors.push(`${node.startPosition.row + 1}: ${node.text.slice(0, 60)}`);
    node.children.forEach(broken);
  })(root);
  for (const node of root.namedChildren) {
    const parts = meaningful(node);
    const name = parts[0]?.text;
    const last = parts.at(-1);
    if (node.type === 'parameter_declaration') file.parameters[name] = { type: parts[1]?.text, hasDefault: node.children.some((child) => child.type === '='), default: parts.length > 2 ? value(last) : null };
    if (node.type === 'variable_declaration') file.variables[name] = value(last);
    if (node.type === 'output_declaration') file.outputs[name] = value(last);
    if (node.type === 'module_declaration') file.modules.push({ name, path: text(parts[1]), body: inner(value(last)) });
    if (node.type === 'resource_declaration') {
      const [type, version] = text(parts[1]).split('@');
      file.resources.push({ name, type, version, existing: node.children.some((child) => child.type === 'existing'), body: inner(value(last)) });
    }
  }
  // A name is used where it is not declared, and not where it names a property.
  const declared = new Set(root.namedChildren.filter((node) => node.type.endsWith('_declaration')).map((node) => meaningful(node)[0]?.id));
  const inDecorator = new Set(every(root, 'decorator').flatMap((node) => every(node, 'identifier')).map((node) => node.id));
  file.used = [...new Set(every(root, 'identifier')
    .filter((node) => !declared.has(node.id) && !inDecorator.has(node.id) && !(node.parent.type === 'object_property' && node.parent.namedChildren[0].id === node.id))
    .map((node) => node.text))];
  file.locals = [...every(root, 'loop_variable'), ...every(root, 'loop_enumerator'), ...every(root, 'for_statement').map((node) => node.namedChildren[0]),
    ...every(root, 'lambda_expression').flatMap((node) => every(node.namedChildren[0], 'identifier'))].map((node) => node.text);
  file.calls = [...new Set(every(root, 'call_expression').map((node) => node.namedChildren[0].text))];
  // By the text, as the grammar reads the end of "a ? b : c.outputs.d" as a member of all that stands before it.
  file.outputsTaken = [...new Set([...source.matchAll(/\b(\w+)\.outputs\.(\w+)/g)].map((match) => `${match[1]} ${match[2]}`))];
  // Settings of programs, wherever in an expression they stand; the first value is kept.
  file.settings = {};
  for (const node of every(root, 'object_property')) {
    const [name, content] = meaningful(node);
    if (/^[A-Z][A-Za-z]*(__?\w+)*$/.test(name.text) && !(name.text in file.settings)) file.settings[name.text] = value(content);
  }
  for (const node of every(root, 'object')) {
    const pairs = value(node);
    if (typeof pairs.name === 'string' && /__/.test(pairs.name)) file.settings[pairs.name] = pairs.value ?? { $: `secret ${pairs.secretRef}` };
  }
  return file;
}

console.log(JSON.stringify(process.argv.slice(2).map(read)));
