// What pages share: loading, and the address after the hash.
import { useEffect, useState } from "preact/hooks";
import { Problem, call } from "./api";

export type Loaded<T> = { data?: T; error?: Problem; again: () => void };

/** useApi loads a path, again when it changes, and every `every` ms when given. null loads nothing. */
export function useApi<T>(path: string | null, o: { purpose?: string; every?: number } = {}): Loaded<T> {
  const [state, set] = useState<{ path?: string | null; data?: T; error?: Problem }>({});
  const [turn, next] = useState(0);
  useEffect(() => {
    if (path === null) return;
    const stop = new AbortController();
    let timer = 0;
    const load = async () => {
      try {
        const data = await call<T>(path, { purpose: o.purpose, signal: stop.signal });
        if (!stop.signal.aborted) set({ path, data });
      } catch (e) {
        if (!stop.signal.aborted) set((s) => ({ path, data: s.path === path ? s.data : undefined, error: e as Problem }));
      }
      if (o.every && !stop.signal.aborted) timer = window.setTimeout(load, o.every);
    };
    void load();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [path, o.purpose, o.every, turn]);
  return { data: state.path === path ? state.data : undefined, error: state.path === path ? state.error : undefined, again: () => next((n) => n + 1) };
}

/** Route is what stands after #: the page's path and its parameters. */
export type Route = { path: string[]; query: URLSearchParams };

export function route(): Route {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
  return { path: (path ?? "").split("/").filter(Boolean).map(decodeURIComponent), query: new URLSearchParams(query ?? "") };
}

/** link makes an address of a page. Only names of feeds, rules, libraries and entity ids go into it, never what a person typed about a person. */
export function link(path: string, query: Record<string, string | undefined> = {}): string {
  const q = new URLSearchParams(Object.entries(query).filter(([, v]) => v) as [string, string][]).toString();
  return `#/${path}${q ? "?" + q : ""}`;
}

/** setQuery changes parameters of the present page without a new entry in the history. */
export function setQuery(changes: Record<string, string | undefined>): void {
  const { path, query } = route();
  for (const [k, v] of Object.entries(changes)) v ? query.set(k, v) : query.delete(k);
  const q = query.toString();
  history.replaceState(null, "", `#/${path.map(encodeURIComponent).join("/")}${q ? "?" + q : ""}`);
  dispatchEvent(new HashChangeEvent("hashchange"));
}
