import { Histogram } from 'prom-client';

export interface HistogramOptions<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly Label[];
  /** Upper bounds, in order. */
  readonly buckets: readonly number[];
  readonly registers: ConstructorParameters<typeof Histogram>[0]['registers'];
}

/** The observations under one set of labels. */
export interface Series {
  observe(value: number): void;
}

/**
 * A histogram whose series are held by whoever observes: an observation is an addition to an array. `prom-client` looks
 * a series up by its labels at each one, written into a text, and its bucket by a number written into a text, which for
 * the nine observations of a small request took a twentieth of its time.
 */
export class SeriesHistogram<Label extends string> extends Histogram<Label> {
  readonly #options: HistogramOptions<Label>;
  readonly #series: BucketedSeries[] = [];

  constructor(options: HistogramOptions<Label>) {
    const { name, help, labels, buckets, registers = [] } = options;
    super({ name, help, labelNames: labels, buckets: [...buckets], registers });
    this.#options = options;
  }

  /** Opens a series; to be called once for each set of labels. */
  series(labels: Readonly<Record<Label, string>>): Series {
    const series = new BucketedSeries(labels, this.#options.buckets);
    this.#series.push(series);
    return series;
  }

  /** What a registry of `prom-client` asks its histograms for, and what their `get` is made of. */
  async getForPromString(): Promise<object> {
    const { name, help } = this.#options;
    const values = this.#series.flatMap((series) => [...series.values(name)]);
    return { name, help, type: 'histogram', aggregator: 'sum', values };
  }
}

/** A line of the text format. */
interface Sample {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly sharedLabels: Readonly<Record<string, string>>;
  readonly value: number;
}

class BucketedSeries implements Series {
  readonly #labels: Readonly<Record<string, string>>;
  readonly #bounds: readonly number[];
  /** How many fell into each bucket; the last one has no bound. */
  readonly #counts: Float64Array;
  #sum = 0;

  constructor(labels: Readonly<Record<string, string>>, bounds: readonly number[]) {
    this.#labels = labels;
    this.#bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    const bounds = this.#bounds;
    let bucket = 0;
    while (bucket < bounds.length && value > (bounds[bucket] ?? 0)) bucket++;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#sum += value;
  }

  /** As Prometheus wants them: each bucket holds all that is smaller, too. */
  *values(name: string): Iterable<Sample> {
    const sharedLabels = this.#labels;
    let count = 0;
    for (const [bucket, more] of this.#counts.entries()) {
      count += more;
      const le = this.#bounds[bucket] ?? '+Inf';
      yield { metricName: `${name}_bucket`, labels: { le }, sharedLabels, value: count };
    }
    yield { metricName: `${name}_sum`, labels: {}, sharedLabels, value: this.#sum };
    yield { metricName: `${name}_count`, labels: {}, sharedLabels, value: count };
  }
}
