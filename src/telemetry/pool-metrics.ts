import { Counter, Gauge, type Registry } from 'prom-client';

/** A pool of connections: what it has at the moment, and what it has counted since it was made. */
export interface PoolGauges {
  readonly total: number;
  readonly idle: number;
  readonly waiting: number;
  /** Transactions on a backend that had served their tenant before, and on one that had not. */
  readonly tenants: { readonly known: number; readonly new: number };
  /** Connections that were closed, by why. */
  readonly closed: Readonly<Record<'memory' | 'ceiling' | 'idle' | 'broken', number>>;
  /** Bytes that all backends together keep, as far as they were asked. */
  readonly backendMemory: number;
  readonly namedStatements: number;
}

/** Has the state of pools read whenever metrics are asked for. Returns what adds a pool. */
export function createPoolMetrics(registry: Registry): (name: string, pool: PoolGauges) => void {
  const pools = new Map<string, PoolGauges>();
  const registers = [registry];
  new Gauge({
    name: 'insula_pool_connections',
    help: 'Connections of a pool that are busy or idle, and requests that wait for one.',
    labelNames: ['pool', 'state'],
    registers,
    collect() {
      for (const [pool, { total, idle, waiting }] of pools) {
        this.set({ pool, state: 'busy' }, total - idle);
        this.set({ pool, state: 'idle' }, idle);
        this.set({ pool, state: 'waiting' }, waiting);
      }
    },
  });
  new Counter({
    name: 'insula_pool_transactions_total',
    help: 'Transactions of a pool, by whether the backend had served their tenant before.',
    labelNames: ['pool', 'tenant'],
    registers,
    collect() {
      this.reset();
      for (const [pool, { tenants }] of pools) {
        for (const [tenant, count] of Object.entries(tenants)) this.inc({ pool, tenant }, count);
      }
    },
  });
  new Counter({
    name: 'insula_pool_closed_connections_total',
    help: 'Connections that were closed: their backend kept too much (memory, or twice that: ceiling), they were idle for long, or broken.',
    labelNames: ['pool', 'reason'],
    registers,
    collect() {
      this.reset();
      for (const [pool, { closed }] of pools) {
        for (const [reason, count] of Object.entries(closed)) this.inc({ pool, reason }, count);
      }
    },
  });
  new Gauge({
    name: 'insula_pool_backend_memory_bytes',
    help: 'Memory that the backends of a pool keep, as they were last asked.',
    labelNames: ['pool'],
    registers,
    collect() {
      for (const [pool, { backendMemory }] of pools) this.set({ pool }, backendMemory);
    },
  });
  new Gauge({
    name: 'insula_pool_named_statements',
    help: 'Prepared statements that the backends of a pool keep under a name.',
    labelNames: ['pool'],
    registers,
    collect() {
      for (const [pool, { namedStatements }] of pools) this.set({ pool }, namedStatements);
    },
  });
  return (name, pool) => pools.set(name, pool);
}
