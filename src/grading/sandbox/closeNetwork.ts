import childProcess from "node:child_process";
import dgram from "node:dgram";
import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";
import workerThreads from "node:worker_threads";

/**
 * Takes this process its network, child processes and threads, for good. Node's permission model leaves the network
 * open, and no program should get to any of this in the first place: it is the wall behind the wall.
 */
export function closeNetwork(): void {
  replaceAll(net.Socket.prototype, ["connect"]);
  replaceAll(net.Server.prototype, ["listen"]);
  replaceAll(dgram.Socket.prototype, ["bind", "connect", "send"]);
  for (const api of [dns, dns.promises]) {
    replaceAll(api.Resolver.prototype, functionsOf(api.Resolver.prototype));
    replaceAll(api, functionsOf(api));
  }
  replaceAll(childProcess, functionsOf(childProcess));
  replaceAll(workerThreads, ["Worker"]);
  replaceAll(process, ["dlopen", "_linkedBinding", "kill", "_kill"]);
  for (const name of ["fetch", "WebSocket", "EventSource", "XMLHttpRequest", "eval"])
    Reflect.deleteProperty(globalThis, name);
  syncBuiltinESMExports();
}

function functionsOf(object: object): string[] {
  return Object.getOwnPropertyNames(object).filter((name) => typeof Reflect.get(object, name) === "function");
}

function replaceAll(object: object, names: readonly string[]): void {
  for (const name of names) {
    const value = (): never => {
      throw new Error(`${name} is closed in this process`);
    };
    Object.defineProperty(object, name, { value, writable: false, configurable: false });
  }
}
