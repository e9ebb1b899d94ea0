// Signing in: the key stays in this tab.
import { useEffect, useState } from "preact/hooks";
import { Problem, call, key, signIns, type Who } from "./api";
import { Card, Failed, Field } from "./ui";
import { t } from "./text";

export function SignIn(p: { onDone: (who: Who) => void; wanted: boolean }) {
  const [error, setError] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const [oidc, setOIDC] = useState(false);
  useEffect(() => void signIns().then((s) => setOIDC(s.oidc)), []);
  const submit = async (e: SubmitEvent) => {
    e.preventDefault();
    const input = (e.currentTarget as HTMLFormElement).elements.namedItem("key") as HTMLInputElement;
    setBusy(true);
    key.set(input.value.trim());
    try {
      p.onDone(await call<Who>("/api/v1/whoami"));
    } catch (x) {
      key.set("");
      setError(x as Problem);
      input.select();
    }
    setBusy(false);
  };
  return (
    <>
      <h1>{t("signIn")}</h1>
      {p.wanted && <p class="notice" role="status">{t("signInWanted")}</p>}
      {oidc && <Card title={t("yourAccount")} note={t("accountNote")}><p><a class="main" href="/auth/signin">{t("toProvider")}</a></p></Card>}
      <Card title={t("yourKey")} note={t("keyNote")}>
        <form onSubmit={(e) => void submit(e as unknown as SubmitEvent)}>
          <Field label={t("key")} hint={t("keyHint")}><input name="key" type="password" autocomplete="off" required spellcheck={false} /></Field>
          <button type="submit" class="main" disabled={busy}>{t("signIn")}</button>
        </form>
        {error && <Failed error={error} />}
      </Card>
      <Card title={t("noKey")}><p>{t("noKeyDo")}</p></Card>
    </>
  );
}
