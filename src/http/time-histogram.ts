// A histogram of durations for the hot path: that of prom-client turns a number into text at every observation.
import type { Histogram, Registry } from 'prom-client';

type Labels = Record<string, string>;

export interface TimeHistogramShape {
  name: string;
  help: string;
  /** Upper bounds in seconds, ascending. */
  buckets: number[];
}

/** The durations of one set of labels. */
export class TimeSeries {
  /** How many durations were in each bucket; the last one counts those above all bounds. */
  readonly counts: number[];
  sumSeconds = 0;

  constructor(
    readonly labels: Labels,
    private readonly bounds: number[],
  ) {
    this.counts = new Array(bounds.length + 1).fill(0);
  }

  observe(seconds: number): void {
    let bucket = 0;
    while (bucket < this.bounds.length && seconds > this.bounds[bucket]) bucket++;
    this.counts[bucket]++;
    this.sumSeconds += seconds;
  }
}

export class TimeHistogram {
  readonly name: string;
  readonly help: string;
  readonly type = 'histogram';
  private readonly buckets: number[];
  private readonly all: TimeSeries[] = [];

  constructor({ name, help, buckets }: TimeHistogramShape, registry: Registry) {
    Object.assign(this, { name, help, buckets });
    // the registry only uses the name and get() of a metric
    registry.registerMetric(this as unknown as Histogram);
  }

  /** Creates a new series, which the caller keeps. */
  series(labels: Labels): TimeSeries {
    const made = new TimeSeries(labels, this.buckets);
    this.all.push(made);
    return made;
  }

  async get(): Promise<object> {
    const { name, help, type } = this;
    return { name, help, type, aggregator: 'sum', values: this.all.flatMap((series) => this.samples(series)) };
  }

  private samples({ labels, counts, sumSeconds }: TimeSeries): object[] {
    let count = 0;
    const buckets = counts.map((inBucket, index) => {
      count += inBucket;
      return { metricName: `${this.name}_bucket`, labels: { le: this.buckets[index] ?? '+Inf', ...labels }, value: count };
    });
    return [
      ...buckets,
      { metricName: `${this.name}_sum`, labels, value: sumSeconds },
      { metricName: `${this.name}_count`, labels, value: count },
    ];
  }
}
