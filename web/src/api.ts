// The public API. The key lives in sessionStorage of this tab only; it is sent as a header, never in an address.
import { lang } from "./text";

const slot = "wuku.key";

/** Problem is an RFC 9457 answer, or that there was none. */
export class Problem extends Error {
  constructor(readonly status: number, readonly title: string, readonly detail: string, readonly code: string, readonly where: string[] = [], readonly faults: string[] = []) {
    super(code);
  }
}

export const key = {
  get: () => sessionStorage.getItem(slot) ?? "",
  set: (value: string) => (value ? sessionStorage.setItem(slot, value) : sessionStorage.removeItem(slot)),
};

/** signIns says which ways there are to sign in, and whether this browser is signed in by the identity provider. */
export const signIns = () => fetch("/auth").then((r) => r.json() as Promise<{ oidc: boolean; signed_in: boolean }>).catch(() => ({ oidc: false, signed_in: false }));

type Options = { method?: string; body?: unknown; raw?: BodyInit; purpose?: string; signal?: AbortSignal; headers?: Record<string, string> };

/** call asks the API and gives the JSON answer, or throws a Problem. */
export async function call<T>(path: string, o: Options = {}): Promise<T> {
  const headers: Record<string, string> = { "Accept-Language": lang(), ...o.headers };
  if (key.get()) headers.Authorization = `Bearer ${key.get()}`;
  if (o.purpose) headers["Wuku-Purpose"] = o.purpose;
  if (o.raw !== undefined) headers["Content-Type"] = "application/octet-stream";
  if (o.body !== undefined) headers["Content-Type"] = "application/json";
  let r: Response;
  try {
    r = await fetch(path, { method: o.method ?? (o.body === undefined && o.raw === undefined ? "GET" : "POST"), headers, body: o.raw ?? (o.body === undefined ? undefined : JSON.stringify(o.body)), signal: o.signal });
  } catch {
    throw new Problem(0, "", "", "network");
  }
  const text = await r.text();
  let answer: any = null;
  try {
    answer = text ? JSON.parse(text) : null;
  } catch {
    answer = null;
  }
  if (!r.ok) {
    throw new Problem(r.status, answer?.title ?? "", answer?.detail ?? "", answer?.code ?? String(r.status), (answer?.errors ?? []).map((e: any) => `${e.location}: ${e.code}`), answer?.faults ?? []);
  }
  return answer as T;
}

/** download saves an answer as a file. */
export async function download(path: string, name: string): Promise<void> {
  const r = await fetch(path, { headers: { "Accept-Language": lang(), ...(key.get() ? { Authorization: `Bearer ${key.get()}` } : {}) } });
  if (!r.ok) throw new Problem(r.status, "", "", String(r.status));
  const a = document.createElement("a");
  a.href = URL.createObjectURL(await r.blob());
  a.download = name;
  a.click();
  URL.revokeObjectURL(a.href);
}

/** act posts with an idempotency key of its own, and with the state that was seen. */
export const act = <T,>(path: string, body: unknown, seen?: string) =>
  call<T>(path, { body, headers: { "Idempotency-Key": crypto.randomUUID(), ...(seen ? { "If-Match": `"${seen}"` } : {}) } });

export type Grant = { id: string; library: string; operations: string[]; purposes: string[]; columns: Record<string, string>; needs_case: boolean };
export type Who = { id: string; client: string; name: string; role: string; department?: string; grants: Grant[] };
export type Library = { name: string; zh: string; en: string; elements: number; feeds: number; entities: number; events: number; updated?: string };
export type Overview = { name: string; zh: string; ready: boolean; departments: number; feeds: number; libraries: Library[] };
export type Day = { day: string; count: number; bad: number };
export type Flow = {
  in: Day[]; served: Day[]; findings: { name: string; library?: string; count: number }[]; incidents: { name: string; count: number }[]; quarantine: { name: string; count: number }[];
  cycles: { library: string; behind: number; took_ms: number }[]; made: string;
};
export type Feed = { name: string; department: string; zh: string; en?: string; topic: string; cycle?: string; libraries: string[] };
export type Department = { code: string; zh: string; en: string; tier: string; jurisdiction: string };
export type Catalog = { name: string; zh: string; digest: string; departments: Department[]; feeds: Feed[]; libraries: { name: string; zh: string; en: string; elements: number }[] };
export type Element = { name: string; zh: string; en?: string; type: string; scheme?: string; definition?: string; level: number; personal: boolean; authority: string[][]; strict: boolean };
export type LibraryDetail = { name: string; zh: string; en: string; identity: { scheme: string; elements: string[] }[]; elements: Element[] };
