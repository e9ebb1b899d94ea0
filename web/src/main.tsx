// The console: a page a role, all from the public API. The address after # says which.
import { render } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Problem, call, key, signIns, type Who } from "./api";
import { AuditorPage } from "./auditor";
import { DepartmentPage } from "./department";
import { route } from "./hooks";
import { OverviewPage } from "./overview";
import { PlannerPage } from "./planner";
import { ServicePage } from "./service";
import { SignIn } from "./signin";
import { StewardPage } from "./steward";
import { lang, setLang, t } from "./text";

const pages = { overview: OverviewPage, department: DepartmentPage, service: ServicePage, planner: PlannerPage, steward: StewardPage, auditor: AuditorPage } as const;
type Page = keyof typeof pages;

function App() {
  const [, draw] = useState(0);
  const [who, setWho] = useState<Who>();
  const [known, setKnown] = useState(!key.get());
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  useLayoutEffect(() => { // before the first paint: an address that changes at once is seen
    const changed = () => draw((n) => n + 1);
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  useEffect(() => {
    const whoami = () => call<Who>("/api/v1/whoami").then(setWho, (e: Problem) => e.status === 401 && key.set(""));
    if (known) void signIns().then((s) => s.signed_in && whoami()); // by the provider; the page need not wait
    else void whoami().finally(() => setKnown(true));
  }, []);
  const r = route();
  const wanted = r.path[0] === "signin" ? "signin" : r.path[0] && r.path[0] in pages ? (r.path[0] as Page) : "overview";
  const page = wanted !== "overview" && wanted !== "signin" && known && !who ? "signin" : wanted;
  useEffect(() => {
    document.documentElement.lang = lang() === "zh" ? "zh-CN" : "en";
    document.title = `${t(page === "signin" ? "signIn" : page)} · ${t("title")}`;
    if (!first.current) main.current?.focus({ preventScroll: true });
    if (!first.current) scrollTo(0, 0);
    first.current = false;
  }, [page, lang()]);
  const out = () => {
    if (!key.get()) void fetch("/auth/signout", { method: "POST" });
    key.set("");
    setWho(undefined);
    location.hash = "#/overview";
  };
  const home = (w: Who) => (w.role in pages ? w.role : "overview");
  const done = (w: Who) => {
    setWho(w);
    if (wanted === "signin") location.hash = `#/${home(w)}`;
  };
  const Shown = page === "signin" ? null : (pages[page] as (p: { path: string[]; who: Who | undefined }) => preact.JSX.Element);
  return (
    <>
      <a class="skip" href="#main" onClick={(e) => { e.preventDefault(); main.current?.focus(); }}>{t("skip")}</a>
      <header>
        <a class="brand" href="#/overview">五库 <span>wuku</span></a>
        <nav aria-label={t("pages")}>{(Object.keys(pages) as Page[]).map((p) => <a href={`#/${p}`} aria-current={wanted === p ? "page" : undefined}>{t(p)}</a>)}</nav>
        <div class="side">
          <a href="/docs/">{t("docs")}</a>
          <button type="button" onClick={() => { setLang(lang() === "zh" ? "en" : "zh"); draw((n) => n + 1); }} lang={lang() === "zh" ? "en" : "zh-CN"}>{t("otherLanguage")}</button>
          {who ? <><span class="soft who">{who.client}</span><button type="button" data-act="signout" onClick={out}>{t("signOut")}</button></> : <a href="#/signin">{t("signIn")}</a>}
        </div>
      </header>
      <main id="main" class={page === "planner" ? "full" : ""} tabIndex={-1} ref={main} data-route={location.hash} aria-busy={!known}>
        {!known ? <p role="status">{t("loading")}</p> : Shown ? <Shown path={r.path.slice(1)} who={who} key={who?.id} /> : <SignIn onDone={done} wanted={wanted !== "signin"} />}
      </main>
    </>
  );
}

const at = document.getElementById("app")!;
at.replaceChildren();
render(<App />, at);
