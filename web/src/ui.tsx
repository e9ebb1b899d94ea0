// Parts that every page is made of.
import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { Problem } from "./api";
import { route, setQuery, type Loaded } from "./hooks";
import { lang, number, t, tell, when } from "./text";

export function Card(p: { title: string; note?: string; children?: ComponentChildren; wide?: boolean }) {
  const id = useId();
  return (
    <section class={p.wide ? "card wide" : "card"} aria-labelledby={id}>
      <h2 id={id}>{p.title}</h2>
      {p.note && <p class="soft">{p.note}</p>}
      {p.children}
    </section>
  );
}

/** Failed says what is wrong and what to do. */
export function Failed(p: { error: Problem; again?: () => void }) {
  const e = p.error;
  const network = e.code === "network";
  return (
    <div class="failed" role="alert">
      <strong>{network ? t("errorNetwork") : e.title || t("errorOther")}</strong>
      <p>{network ? t("errorNetworkDo") : e.detail || t("errorOtherDo")}</p>
      {e.where.length > 0 && <p class="soft">{e.where.join("; ")}</p>}
      {e.faults.length > 0 && <ul>{e.faults.map((f) => <li>{f}</li>)}</ul>}
      {p.again && <button type="button" onClick={p.again}>{t("again")}</button>}
    </div>
  );
}

/** Show shows what was loaded, that it loads, or why it did not. */
export function Show<T>(p: { of: Loaded<T>; children: (data: T) => ComponentChildren }) {
  return (
    <>
      {p.of.error && <Failed error={p.of.error} again={p.of.again} />}
      {p.of.data !== undefined ? p.children(p.of.data) : !p.of.error && <p class="loading" role="status">{t("loading")}</p>}
    </>
  );
}

export function Empty(p: { text: string; children?: ComponentChildren }) {
  return <div class="empty"><p>{p.text}</p>{p.children}</div>;
}

export type Column<T> = { id: string; title: string; value: (row: T) => string | number; cell?: (row: T) => ComponentChildren; pick?: boolean };

/**
 * Table lists rows: filtered by a word (kept in this page only: it may be somebody's name) and by values of the columns that say `pick`,
 * sorted by a click on a head (both kept in the address), exported as CSV as it is shown.
 */
export function Table<T>(p: { name: string; rows: T[]; columns: Column<T>[]; empty: string; most?: number }) {
  const [word, setWord] = useState("");
  const [most, setMost] = useState(p.most ?? 50);
  const [by, down] = (route().query.get(`${p.name}.sort`) ?? "").split("!");
  const column = p.columns.find((c) => c.id === by);
  const picks = p.columns.filter((c) => c.pick).map((c) => ({ c, id: `${p.name}.${c.id}`, chosen: route().query.get(`${p.name}.${c.id}`), of: [...new Set(p.rows.map((r) => String(c.value(r))))].filter(Boolean).sort((a, b) => a.localeCompare(b, lang())) }));
  const fits = (r: T) => picks.every((k) => k.chosen === null || String(k.c.value(r)) === k.chosen);
  let rows = p.rows.filter((r) => fits(r)).filter((r) => !word || p.columns.some((c) => String(c.value(r)).toLowerCase().includes(word.toLowerCase())));
  if (column) {
    rows = [...rows].sort((a, b) => {
      const [x, y] = [column.value(a), column.value(b)];
      const order = typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y), lang());
      return down === "" ? -order : order;
    });
  }
  if (p.rows.length === 0) return <Empty text={p.empty} />;
  const sort = (id: string) => setQuery({ [`${p.name}.sort`]: by !== id ? id : down === "" ? undefined : `${id}!` });
  const cell = (s: string | number) => `"${String(s).replace(/^[=+\-@\t\r]/, "'$&").replaceAll('"', '""')}"`;
  const file = () => {
    const text = "\ufeff" + [p.columns.map((c) => cell(c.title)).join(","), ...rows.map((r) => p.columns.map((c) => cell(c.value(r))).join(","))].join("\r\n");
    save(`${p.name}.csv`, new Blob([text], { type: "text/csv" }));
  };
  return (
    <div class="list" data-list={p.name}>
      <div class="tools">
        <input type="search" value={word} aria-label={t("filter")} placeholder={t("filter")} onInput={(e) => setWord(e.currentTarget.value)} />
        {picks.filter((k) => k.of.length > 1 || k.chosen !== null).map((k) => (
          <select aria-label={k.c.title} value={k.chosen ?? ""} onChange={(e) => setQuery({ [k.id]: e.currentTarget.value || undefined })}>
            <option value="">{tell("anyOf", k.c.title)}</option>
            {(k.chosen === null || k.of.includes(k.chosen) ? k.of : [k.chosen, ...k.of]).map((v) => <option value={v}>{v}</option>)}
          </select>
        ))}
        <span class="soft" role="status">{number(rows.length)} / {number(p.rows.length)}</span>
        <button type="button" onClick={file}>{t("export")}</button>
      </div>
      <div class="scroll" tabIndex={0} role="region" aria-label={p.name}>
        <table>
          <thead>
            <tr>
              {p.columns.map((c) => (
                <th scope="col" aria-sort={by === c.id ? (down === "" ? "descending" : "ascending") : "none"}>
                  <button type="button" onClick={() => sort(c.id)}>{c.title}{by === c.id ? (down === "" ? " ↓" : " ↑") : ""}</button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.length === 0 && <tr><td colSpan={p.columns.length}>{t("noneFits")} <button type="button" class="link" onClick={() => { setWord(""); setQuery(Object.fromEntries(picks.map((k) => [k.id, undefined]))); }}>{t("showAll")}</button></td></tr>}
            {rows.slice(0, most).map((r) => <tr>{p.columns.map((c) => <td class={!c.cell && typeof c.value(r) === "number" ? "number" : ""}>{c.cell ? c.cell(r) : typeof c.value(r) === "number" ? number(c.value(r) as number) : c.value(r)}</td>)}</tr>)}
          </tbody>
        </table>
      </div>
      {rows.length > most && <button type="button" onClick={() => setMost(most * 4)}>{t("more")}</button>}
    </div>
  );
}

/** save gives a file to the browser, with the day in its name. */
export function save(file: string, content: Blob): void {
  const a = document.createElement("a");
  a.href = URL.createObjectURL(content);
  a.download = file.replace(/(\.\w+)$/, `-${new Date().toLocaleDateString("sv", { timeZone: "Asia/Shanghai" })}$1`);
  a.click();
  URL.revokeObjectURL(a.href);
}

/** Sure is a button for what cannot be undone: it asks once more in its own place. */
export function Sure(p: { act: string; label: string; done: () => void }) {
  const [asked, ask] = useState(false);
  return <button type="button" data-act={p.act} class={asked ? "sure" : ""} onBlur={() => ask(false)} onClick={() => (asked ? (ask(false), p.done()) : ask(true))}>{asked ? tell("sure", p.label) : p.label}</button>;
}

/** Copy is text to take along. */
export function Copy(p: { text: string }) {
  const [done, set] = useState(false);
  return (
    <div class="copy">
      <pre tabIndex={0}>{p.text}</pre>
      <button type="button" onClick={() => void navigator.clipboard.writeText(p.text).then(() => set(true))}>{done ? t("copied") : t("copy")}</button>
    </div>
  );
}

export function Field(p: { label: string; children: ComponentChildren; hint?: string }) {
  return <label class="field"><span>{p.label}</span>{p.children}{p.hint && <small class="soft">{p.hint}</small>}</label>;
}

export const Time = (p: { at?: string | undefined }) => <>{p.at ? <time dateTime={p.at}>{when(p.at)}</time> : "–"}</>;

/** Tabs are the parts of a page as links. */
export function Tabs(p: { base: string; at: string; tabs: [string, string][] }) {
  return (
    <nav class="tabs" aria-label={t("parts")}>
      {p.tabs.map(([id, title]) => <a href={`#/${p.base}/${id}`} aria-current={p.at === id ? "page" : undefined}>{title}</a>)}
    </nav>
  );
}
