// Running and waiting runs of the last minutes as two lines, by uPlot.
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useNow } from '../../parts/times.js';
import { type Sample, shownMs } from './samples.js';

const height = 160;

export function Chart({ samples }: { samples: Sample[] }) {
  const element = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const now = useNow(1000);
  useEffect(() => {
    const host = element.current as HTMLDivElement;
    const draw = () => {
      plot.current?.destroy();
      plot.current = new uPlot(optionsOf(host), dataOf(samples, Date.now()), host);
    };
    draw();
    const resized = new ResizeObserver(() => plot.current?.setSize({ width: host.clientWidth, height }));
    resized.observe(host);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    return () => {
      scheme.removeEventListener('change', draw);
      resized.disconnect();
      plot.current?.destroy();
    };
  }, []);
  useEffect(() => plot.current?.setData(dataOf(samples, now)), [samples, now]);
  const last = samples.at(-1);
  return (
    <figure class="chart">
      <figcaption class="small muted">
        <span class="chart-running" aria-hidden="true" /> running <span class="chart-waiting" aria-hidden="true" /> waiting, while you look
      </figcaption>
      <div ref={element} role="img" aria-label={`Now ${last?.running ?? 0} running and ${last?.waiting ?? 0} waiting`} />
    </figure>
  );
}

/** The last values hold until now. */
function dataOf(samples: Sample[], nowMs: number): uPlot.AlignedData {
  const last = samples.at(-1) ?? { running: 0, waiting: 0 };
  const shown = [...samples, { ...last, atMs: nowMs }];
  return [shown.map(({ atMs }) => atMs / 1000), shown.map(({ running }) => running), shown.map(({ waiting }) => waiting)];
}

function optionsOf(host: HTMLElement): uPlot.Options {
  const color = (token: string) => {
    const probe = host.appendChild(document.createElement('span'));
    probe.style.color = `var(--${token})`;
    const computed = getComputedStyle(probe).color;
    probe.remove();
    return computed;
  };
  const axis = { stroke: color('muted'), grid: { stroke: color('border'), width: 1 }, ticks: { show: false } };
  const line = { width: 2, paths: uPlot.paths.stepped?.({ align: 1 }), points: { show: false } };
  return {
    width: host.clientWidth,
    height,
    scales: {
      x: { range: () => [(Date.now() - shownMs) / 1000, Date.now() / 1000] },
      y: { range: (_plot, _least, most) => [0, Math.max(4, Math.ceil(most * 1.1))] },
    },
    axes: [
      { ...axis, incrs: [60], values: (_plot, times) => times.map((time) => new Date(time * 1000).toTimeString().slice(0, 5)) },
      { ...axis, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000], size: 40 },
    ],
    legend: { show: false },
    cursor: { show: false },
    series: [
      {},
      { ...line, label: 'Running', stroke: color('accent') },
      { ...line, label: 'Waiting', stroke: color('muted'), dash: [4, 4] },
    ],
  };
}
