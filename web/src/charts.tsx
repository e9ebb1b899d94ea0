// Charts: what grows and shrinks by day or year, and what is greatest. Each says its figures to those who do not see it.
import { number, t } from "./text";
import { Empty } from "./ui";

type Day = { day: string; count: number; bad: number };

/** everyDay fills in the days that have nothing, so that a day is as wide as any other. */
function everyDay(some: Day[]): Day[] {
  if (Date.parse(some.at(-1)!.day) - Date.parse(some[0]!.day) > 120 * 86_400_000) return some; // days far apart stand side by side
  const by = new Map(some.map((d) => [d.day, d]));
  const out: Day[] = [];
  for (let at = Date.parse(some[0]!.day); at <= Date.parse(some.at(-1)!.day); at += 86_400_000) {
    const day = new Date(at).toISOString().slice(0, 10);
    out.push(by.get(day) ?? { day, count: 0, bad: 0 });
  }
  return out;
}

/** Bars is a trend by day: good and bad stacked. */
export function Bars(p: { title: string; days: Day[]; good: string; bad: string }) {
  if (p.days.length === 0) return <Empty text={t("noTrend")} />;
  const days = everyDay(p.days);
  const top = Math.max(1, ...days.map((d) => d.count));
  const width = Math.min(600 / days.length, 40);
  const last = days[days.length - 1]!;
  return (
    <figure>
      <svg viewBox="0 0 600 120" preserveAspectRatio="none" role="img" aria-label={`${p.title}: ${p.days.slice(-7).map((d) => `${d.day} ${d.count}`).join(", ")}`}>
        <line class="axis" x1="0" x2="600" y1="119.5" y2="119.5" />
        {days.map((d, i) => {
          const all = (d.count / top) * 112;
          const bad = d.bad > 0 ? Math.max(2, (d.bad / top) * 112) : 0;
          return (
            <g>
              <title>{`${d.day}: ${d.count} / ${d.bad}`}</title>
              <rect class="good" x={i * width} y={119 - all} width={width * 0.85} height={all} />
              <rect class="bad" x={i * width} y={119 - bad} width={width * 0.85} height={bad} />
            </g>
          );
        })}
      </svg>
      <figcaption class="soft"><span>{p.days[0]!.day}</span><span><i class="dot good" />{p.good} <i class="dot bad" />{p.bad} · {t("mostOfADay")} {number(top)}</span><span>{last.day}</span></figcaption>
    </figure>
  );
}

/** Ranks are bars from left to right; below nought they are of another colour. */
export function Ranks(p: { title: string; rows: { name: string; value: number | null }[]; unit?: string }) {
  const top = Math.max(1, ...p.rows.map((r) => Math.abs(r.value ?? 0)));
  if (p.rows.length === 0) return <Empty text={t("noFigures")} />;
  return (
    <ul class="ranks groups" aria-label={p.title}>
      {p.rows.map((r) => <li><span>{r.name}</span><i class={(r.value ?? 0) < 0 ? "bad" : ""} style={{ width: `${(Math.abs(r.value ?? 0) / top) * 100}%` }} /><span class="value">{r.value === null ? t("fewerThanTen") : number(r.value, 1)} {p.unit ?? ""}</span></li>)}
    </ul>
  );
}

/** Trend is figures by year, and what is expected of the years to come, drawn dashed. */
export function Trend(p: { title: string; first: number; past: number[]; ahead: number[] }) {
  const all = [...p.past, ...p.ahead];
  if (p.past.length < 2) return <Empty text={t("noTrend")} />;
  const [low, high] = [Math.min(...all), Math.max(...all, 1)];
  const x = (i: number) => 8 + (i * 584) / (all.length - 1);
  const y = (n: number) => 108 - ((n - low) / Math.max(1, high - low)) * 96;
  const line = (from: number, to: number) => all.slice(from, to).map((n, i) => `${i ? "L" : "M"}${x(from + i).toFixed(1)} ${y(n).toFixed(1)}`).join("");
  return (
    <figure class="trend">
      <svg viewBox="0 0 600 120" role="img" aria-label={`${p.title}: ${all.map((n, i) => `${p.first + i} ${n}`).join(", ")}`}>
        <line class="axis" x1="0" x2="600" y1="119.5" y2="119.5" />
        <path d={line(0, p.past.length)} />
        <path class="ahead" d={line(p.past.length - 1, all.length)} />
        {all.map((n, i) => <circle cx={x(i)} cy={y(n)} r="4"><title>{`${p.first + i}: ${number(n)}`}</title></circle>)}
      </svg>
      <figcaption class="soft"><span>{p.first}: {number(all[0]!)}</span><span>{p.first + p.past.length - 1}: {number(p.past.at(-1)!)}</span><span>{p.first + all.length - 1}: {number(all.at(-1)!)}</span></figcaption>
    </figure>
  );
}
