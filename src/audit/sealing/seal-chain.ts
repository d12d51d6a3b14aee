import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** A seal as it is stored. Numbers are text: some are larger than a JavaScript number can be. */
export interface Seal {
  readonly seq: string;
  readonly seg: number;
  /** Transaction ids: from this one … */
  readonly from: string;
  /** … to below this one. */
  readonly to: string;
  readonly operations: string;
  readonly events: string;
  readonly root: Buffer;
  /** The head of the seal before. */
  readonly prev: Buffer;
  readonly head: Buffer;
  readonly mac: Buffer;
  readonly at: Date;
}

/** What is in the tables where the seal says that something was. */
export type Content = Pick<Seal, 'operations' | 'events' | 'root'>;

/** The head of a seal, kept where whoever can change the database can't. */
export interface Anchor {
  /** The tenant's id. */
  readonly tenant: string;
  readonly seq: number;
  /** In hex. */
  readonly head: string;
}

/** Something that is not as it was sealed. */
export interface Fault {
  /** The number of the seal; undefined where no seal is concerned. */
  readonly seal?: number;
  readonly problem: string;
}

/** The end of a segment: no transaction id is larger. */
const END = '18446744073709551615';

/** HMAC-SHA256 over tenant, number and head. */
export function signSeal(key: Buffer, tenant: string, seq: string, head: Buffer): Buffer {
  return createHmac('sha256', key)
    .update([tenant, seq, head.toString('hex')].join('\n'))
    .digest();
}

/** Recomputes a seal's head; the same is in functions.sql. */
function headOf(tenant: string, { seq, seg, from, to, operations, events, root, prev }: Seal): Buffer {
  const parts = [tenant, seq, seg, from, to, operations, events, root.toString('hex'), prev.toString('hex')];
  return createHash('sha256').update(parts.join('|')).digest();
}

/** What is wrong with the chain itself, whatever the tables hold: seals cut out, cut off, altered or made anew. */
export function chainFaults(
  key: Buffer,
  tenant: string,
  seals: readonly Seal[],
  anchors: readonly Anchor[],
): Fault[] {
  const faults: Fault[] = [];
  let before: Seal | undefined;
  for (const seal of seals) {
    const number = Number(seal.seq);
    const found = (problem: string) => faults.push({ seal: number, problem });
    if (number !== Number(before?.seq ?? 0) + 1) found('the seals before it are missing');
    else if (!seal.prev.equals(before?.head ?? Buffer.alloc(0))) found('it does not follow the seal before');
    if (!continues(before, seal)) found('it leaves out a part of the trail');
    if (!seal.head.equals(headOf(tenant, seal))) found('the seal was altered');
    const mac = signSeal(key, tenant, seal.seq, seal.head);
    if (mac.length !== seal.mac.length || !timingSafeEqual(mac, seal.mac)) {
      found('its signature is wrong: the seal was made or changed without the sealing key');
    }
    before = seal;
  }
  return [...faults, ...anchorFaults(tenant, seals, anchors)];
}

/** Whether a seal begins where the one before ended, so that no transaction is between them. */
function continues(before: Seal | undefined, { seg, from }: Seal): boolean {
  if (before?.seg === seg) return from === before.to;
  return from === '0' && (before === undefined || (seg > before.seg && before.to === END));
}

function anchorFaults(tenant: string, seals: readonly Seal[], anchors: readonly Anchor[]): Fault[] {
  const heads = new Map(seals.map(({ seq, head }) => [Number(seq), head.toString('hex')]));
  const own = anchors.filter((anchor) => anchor.tenant === tenant);
  const last = Math.max(0, ...heads.keys());
  const furthest = Math.max(0, ...own.map(({ seq }) => seq));
  const cut: Fault[] =
    furthest > last
      ? [
          {
            seal: last + 1,
            problem: `the end was cut off: seal ${furthest} is anchored, ${last} is the last`,
          },
        ]
      : [];
  const changed = own
    .filter(({ seq, head }) => heads.has(seq) && heads.get(seq) !== head)
    .map(({ seq }) => ({ seal: seq, problem: 'it is not the seal that was anchored' }));
  return [...cut, ...changed];
}

/** How the tables differ from what a seal says of them. */
export function contentFaults(seal: Seal, content: Content): Fault[] {
  const faults: Fault[] = [];
  for (const kind of ['operations', 'events'] as const) {
    const difference = BigInt(content[kind]) - BigInt(seal[kind]);
    if (difference < 0n) faults.push(fault(seal, `${-difference} of ${seal[kind]} ${kind} were removed`));
    if (difference > 0n) faults.push(fault(seal, `${difference} ${kind} were inserted afterwards`));
  }
  if (faults.length === 0 && !content.root.equals(seal.root)) {
    faults.push(fault(seal, 'rows were altered, swapped or replaced'));
  }
  return faults;
}

function fault({ seq, seg, from, to, at }: Seal, problem: string): Fault {
  const range = `segment ${seg}, transactions ${from} to below ${to}, sealed ${at.toISOString()}`;
  return { seal: Number(seq), problem: `${problem} (${range})` };
}
