import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** An address before the gateway that a test may cut: then nothing of the server can be reached, by pages, their workers and
 *  their sockets alike. Chromium's own "offline" leaves open what is open. */
export class Proxy {
  /** What is put to the end of the service worker: with it, it is another one. */
  worker_tail = '';
  readonly #server: Server;
  readonly #target: URL;
  readonly #open = new Set<Socket>();
  #cut = false;

  private constructor(target: string) {
    this.#target = new URL(target);
    this.#server = createServer((asked, answer) => this.#pass(asked, answer));
    this.#server.on('upgrade', (asked: IncomingMessage, socket: Duplex, head: Buffer) => this.#join(asked, socket, head));
    this.#server.on('connection', (socket) => this.#keep(socket));
  }

  static async to(target: string): Promise<Proxy> {
    const proxy = new Proxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  cut(): void {
    this.#cut = true;
    for (const socket of this.#open) socket.destroy();
  }

  restore(): void {
    this.#cut = false;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #keep(socket: Socket): void {
    if (this.#cut) return void socket.destroy();
    this.#open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.#open.delete(socket));
  }

  #pass(asked: IncomingMessage, answer: ServerResponse): void {
    const { hostname, port } = this.#target;
    const changes = asked.url === '/sw.js' && this.worker_tail !== '';
    const headers = changes ? { ...asked.headers, 'accept-encoding': 'identity', 'if-none-match': '' } : asked.headers;
    const passed = request({ hostname, port, method: asked.method, path: asked.url, headers }, (got) => {
      const length = Number(got.headers['content-length']) + this.worker_tail.length;
      answer.writeHead(got.statusCode!, { ...got.headers, ...(changes ? { 'content-length': length } : {}) });
      got.pipe(answer, { end: !changes });
      if (changes) got.on('end', () => answer.end(this.worker_tail));
    });
    passed.on('error', () => answer.destroy());
    answer.on('close', () => passed.destroy());
    asked.pipe(passed);
  }

  #join(asked: IncomingMessage, socket: Duplex, head: Buffer): void {
    const server = connect(Number(this.#target.port), this.#target.hostname, () => {
      const lines = asked.rawHeaders.flatMap((name, i, all) => (i % 2 === 0 ? [`${name}: ${all[i + 1]}`] : []));
      server.write(`GET ${asked.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      server.write(head);
      server.pipe(socket).pipe(server);
    });
    this.#keep(server);
    socket.on('close', () => server.destroy());
  }
}
