// A custom handler for tests of the embedded host: does what the queue message says and notes every call in calls.log.
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';

const note = (entry) => appendFileSync('calls.log', JSON.stringify({ pid: process.pid, ...entry }) + '\n');
const env = process.env;
note({
  what: 'started',
  env: ['FUNCTIONS_CUSTOMHANDLER_PORT', 'FUNCTIONS_HTTPWORKER_PORT', 'FUNCTIONS_CUSTOMHANDLER_WORKER_ID', 'FUNCTIONS_HTTPWORKER_ID',
    'FUNCTIONS_APP_ROOT_PATH', 'MailStorage', 'RetryTimer', 'Mail__Relay__Hold'].map((name) => env[name] ?? ''),
  args: process.argv.slice(2),
});

createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => (body += chunk));
  request.on('end', async () => {
    const call = request.method === 'POST' && body ? JSON.parse(body) : null;
    const text = call?.Data?.msg ? Buffer.from(call.Data.msg, 'base64').toString() : '';
    if (request.url !== '/') note({ what: request.url, text, dequeues: Number(call?.Metadata?.DequeueCount ?? 0) });
    const [verb, argument] = text.split(' ');
    const first = Number(call?.Metadata?.DequeueCount ?? 1) === 1;
    if (verb === 'exit' && first) process.exit(Number(argument));
    if (verb === 'die') process.kill(process.pid, 'SIGKILL');
    if (verb === 'hold' && first) return; // no answer, ever
    response.writeHead(verb === 'fail' ? 500 : 200, { 'content-type': 'application/json' });
    response.end(verb === 'empty' ? '' : '{}');
  });
}).listen(Number(env.FUNCTIONS_CUSTOMHANDLER_PORT), '127.0.0.1');
