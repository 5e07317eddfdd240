// The process of the server as metrics, read only when they are requested: no timer and no observer runs in between.
import { readdirSync, readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { Counter, Gauge, type Registry } from 'prom-client';

interface Reading {
  help: string;
  read: () => number;
}

/** The names that every Prometheus client uses. A value that cannot be read on this machine is left out. */
const totals: Record<string, Reading> = {
  process_cpu_seconds_total: { help: 'CPU time, user and system.', read: cpuSeconds },
  nodejs_eventloop_active_seconds_total: { help: 'Time for which the event loop was busy.', read: busySeconds },
};
const levels: Record<string, Reading> = {
  process_start_time_seconds: { help: 'When the process started, since 1970.', read: () => performance.timeOrigin / 1000 },
  process_resident_memory_bytes: { help: 'Resident memory.', read: () => process.memoryUsage.rss() },
  nodejs_heap_size_used_bytes: { help: 'Used heap.', read: () => process.memoryUsage().heapUsed },
  nodejs_external_memory_bytes: { help: 'Buffers and other memory outside the heap.', read: () => process.memoryUsage().external },
  process_open_fds: { help: 'Open descriptors.', read: () => readdirSync('/proc/self/fd').length - 1 },
  process_max_fds: { help: 'How many descriptors may be open.', read: mostDescriptors },
};

export function measureProcess(registry: Registry): void {
  const registers = [registry];
  for (const [name, { help, read }] of Object.entries(levels)) {
    new Gauge({ name, help, registers, collect: whenReadable(read, (gauge: Gauge, value) => gauge.set(value)) });
  }
  for (const [name, { help, read }] of Object.entries(totals)) {
    const show = (counter: Counter, value: number) => {
      counter.reset();
      counter.inc(value);
    };
    new Counter({ name, help, registers, collect: whenReadable(read, show) });
  }
}

function whenReadable<Metric>(read: () => number, show: (metric: Metric, value: number) => void) {
  return function collect(this: Metric): void {
    try {
      show(this, read());
    } catch {
      // no /proc here
    }
  };
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function busySeconds(): number {
  return performance.eventLoopUtilization().active / 1000;
}

function mostDescriptors(): number {
  return Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]);
}
