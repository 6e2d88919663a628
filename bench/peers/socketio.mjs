// A room of Socket.IO whose messages go over its Redis adapter: what people build chats from.
//   PORT REDIS   both on loopback
import { createServer } from 'node:http';
import { createAdapter } from '@socket.io/redis-adapter';
import { createClient } from 'redis';
import { Server } from 'socket.io';

const [port, redis] = process.argv.slice(2).map(Number);
const publisher = createClient({ url: `redis://127.0.0.1:${redis}` });
const subscriber = publisher.duplicate();
await Promise.all([publisher.connect(), subscriber.connect()]);

const server = createServer();
const io = new Server(server, { adapter: createAdapter(publisher, subscriber), perMessageDeflate: false, transports: ['websocket'] });
io.on('connection', (socket) => {
  socket.join('room');
  socket.on('message', (text) => io.to('room').emit('message', text));
});
server.listen(port, '127.0.0.1');
