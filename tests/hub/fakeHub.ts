import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { fixtureFolder } from "../model/fixtures.ts";

export const commit = "0123456789abcdef0123456789abcdef01234567";

export const sha256 = (content: Uint8Array): string => createHash("sha256").update(content).digest("hex");
const gitHash = (content: Uint8Array): string =>
  createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");

/** The content of a fixture's files by name, without what is no part of a model. */
export function fixtureFiles(name: string): Map<string, Buffer> {
  const folder = fixtureFolder(name);
  const names = readdirSync(folder).filter((file) => file !== "expected.json");
  return new Map(names.map((file) => [file, readFileSync(join(folder, file))]));
}

/** A request as it came. */
export interface Seen {
  server: "hub" | "files";
  path: string;
  headers: IncomingMessage["headers"];
}

export interface FakeHub {
  url: string;
  /** All requests so far. */
  seen: Seen[];
  /** The ones for contents of large files. */
  large(): Seen[];
  /** What stands in this model's place: changed by tests as they go. */
  files: Map<string, Buffer>;
  /** The token that is asked for. */
  token?: string;
  /** Answers a request to the hub itself in place of what it would; `true` when it has. */
  answer?: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Answers a request for a large file's bytes from `from` on; `true` when it has. */
  send?: (response: ServerResponse, content: Buffer, from: number) => boolean;
  /** What the list says of a file, over what is so. */
  listed: Record<string, object>;
}

/**
 * The hub's endpoints for one model, `org/name`, on this machine: its commit, its files page by page, small files
 * directly and large ones by way of another server, to a signed address.
 */
export async function startHub(files: Map<string, Buffer>): Promise<FakeHub> {
  const hub: FakeHub = { url: "", seen: [], files, listed: {}, large: () => hub.seen.filter(isLarge) };
  const filesUrl = await listen((request, response) => {
    hub.seen.push({ server: "files", path: request.url ?? "", headers: request.headers });
    sendContent(hub, request, response);
  });
  hub.url = await listen((request, response) => {
    hub.seen.push({ server: "hub", path: request.url ?? "", headers: request.headers });
    if (!hub.answer?.(request, response)) answer(hub, filesUrl, request, response);
  });
  return hub;
}

const isLarge = ({ server }: Seen): boolean => server === "files";

/** Ends a response as the hub refuses. */
export function refuse(response: ServerResponse, status: number, code?: string, message = "No."): true {
  if (code !== undefined) response.setHeader("X-Error-Code", code);
  response.setHeader("X-Error-Message", message);
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ error: message }));
  return true;
}

async function listen(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server: Server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const isPointer = (path: string): boolean => /\.(safetensors|bin)$/.test(path);

function answer(hub: FakeHub, filesUrl: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(request.url ?? "", hub.url);
  const { authorization } = request.headers;
  if (hub.token !== undefined && authorization !== `Bearer ${hub.token}`) {
    refuse(response, 401, authorization ? undefined : "GatedRepo", "Invalid credentials in Authorization header");
  } else if (!/^\/(api\/models\/)?org\/name\//.test(pathname)) {
    refuse(response, 404, "RepoNotFound", "Repository not found");
  } else if (pathname.startsWith("/api/models/org/name/revision/")) {
    const revision = decodeURIComponent(pathname.split("/").at(-1) ?? "");
    if (!["main", "v1", commit].includes(revision)) refuse(response, 404, "RevisionNotFound", "Invalid rev id");
    else sendJson(response, { _id: "1", id: "org/name", sha: commit, private: false, gated: false, lastModified: 0 });
  } else if (pathname === `/api/models/org/name/tree/${commit}`) {
    sendPage(hub, searchParams.get("cursor"), response);
  } else {
    sendFile(hub, filesUrl, decodeURIComponent(pathname), response);
  }
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
}

/** Half of the list, and a link to the rest. */
function sendPage(hub: FakeHub, cursor: string | null, response: ServerResponse): void {
  const entries = [...hub.files].map(([path, content]) => {
    const lfs = { oid: sha256(content), size: content.length, pointerSize: 130 };
    const kind = isPointer(path) ? { oid: "0".repeat(40), lfs } : { oid: gitHash(content) };
    return { type: "file", path, size: content.length, ...kind, ...hub.listed[path] };
  });
  const half = Math.ceil(entries.length / 2);
  if (cursor === null) {
    const rest = `${hub.url}/api/models/org/name/tree/${commit}?cursor=2`;
    response.setHeader("Link", `<${rest}>; rel="next"`);
  }
  sendJson(response, cursor === null ? entries.slice(0, half) : entries.slice(half));
}

function sendFile(hub: FakeHub, filesUrl: string, path: string, response: ServerResponse): void {
  const name = path.replace(`/org/name/resolve/${commit}/`, "");
  const content = hub.files.get(name);
  if (!content) {
    refuse(response, 404, "EntryNotFound", "Entry not found");
  } else if (isPointer(name)) {
    const hash = sha256(content);
    response.setHeader("X-Linked-Etag", `"${hash}"`).setHeader("X-Linked-Size", content.length);
    response.writeHead(302, { location: `${filesUrl}/${name}?signature=secret`, "X-Repo-Commit": commit }).end();
  } else {
    response.writeHead(200, { etag: `"${gitHash(content)}"`, "X-Repo-Commit": commit }).end(content);
  }
}

function sendContent(hub: FakeHub, request: IncomingMessage, response: ServerResponse): void {
  const content = hub.files.get(new URL(request.url ?? "", hub.url).pathname.slice(1)) ?? Buffer.alloc(0);
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  if (hub.send?.(response, content, from)) return;
  sendRange(response, content, from);
}

/** The whole, or a part with its range. */
export function sendRange(response: ServerResponse, content: Buffer, from: number, end = content.length): void {
  const range = { "content-range": `bytes ${from}-${content.length - 1}/${content.length}` };
  response.writeHead(from > 0 ? 206 : 200, { "content-length": content.length - from, ...(from > 0 && range) });
  response.write(content.subarray(from, end), () => (end < content.length ? response.destroy() : response.end()));
}
