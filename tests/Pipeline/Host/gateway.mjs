#!/usr/bin/env node
// Stands for the gateway in tests of the local run: opens the ports it is told to and says who it is.
import { createServer } from 'node:net';

let sockets = [];
const listen = (address) => createServer((socket) => {
  socket.on('error', () => {});
  socket.end(`${process.pid} ${process.env.Mail__Hostname}\r\n`);
}).listen(Number(address.split(':')[1]), address.split(':')[0]);
for (const name of ['Smtp', 'Submission', 'Submissions', 'Pop3', 'Pop3s']) sockets.push(listen(process.env[`Mail__Listeners__${name}`]));
console.log(`certificate ${process.env.Mail__Tls__Certificate}`);
process.on('SIGTERM', () => {
  console.log('drained');
  process.exit(0);
});
