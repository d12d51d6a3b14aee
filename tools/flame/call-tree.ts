/** What V8 writes with `node --cpu-prof`, as far as it is read here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[];
}

/** A function at one place in the call tree. */
export interface Frame {
  readonly name: string;
  /** Where it stands: a package, a path of this project, `node:` and the module, or nothing for V8's own. */
  readonly place: string;
  /** Microseconds, of what it calls too. */
  readonly time: number;
  readonly children: readonly Frame[];
}

/** Time in which nothing ran or that V8 can not attribute; the start, which loads modules. */
const NOT_WORK = new Set(['(idle)', '(program)']);
const START = /^(importModuleDynamicallyCallback|compileSourceTextModule|loadESM|syncLink)$/;

/** The calls of a profile, without idle time and without the loading of modules. */
export function callTree({ nodes, samples, timeDeltas }: CpuProfile): Frame {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const own = new Map<number, number>();
  samples.forEach((id, at) => {
    own.set(id, (own.get(id) ?? 0) + (timeDeltas[at] ?? 0));
  });

  const frameOf = (id: number): Frame | undefined => {
    const node = byId.get(id);
    if (!node || NOT_WORK.has(node.callFrame.functionName) || START.test(node.callFrame.functionName)) return;
    const children = merged((node.children ?? []).flatMap((child) => frameOf(child) ?? []));
    const time = children.reduce((sum, child) => sum + child.time, own.get(id) ?? 0);
    const { functionName, url, lineNumber } = node.callFrame;
    return { name: functionName || '(anonymous)', place: placeOf(url, lineNumber), time, children };
  };
  const [root] = nodes;
  return (root && frameOf(root.id)) ?? { name: '(root)', place: '', time: 0, children: [] };
}

/** V8 has a node for each way in which a function was compiled; here it is one frame. */
function merged(frames: readonly Frame[]): Frame[] {
  const together = new Map<string, Frame>();
  for (const frame of frames) {
    const key = `${frame.name} ${frame.place}`;
    const known = together.get(key);
    together.set(
      key,
      known
        ? {
            ...known,
            time: known.time + frame.time,
            children: merged([...known.children, ...frame.children]),
          }
        : frame,
    );
  }
  return [...together.values()].toSorted((a, b) => b.time - a.time);
}

function placeOf(url: string, line: number): string {
  const path = url.replace(/^.*node_modules\//, '').replace(/^.*\/(?=(src|packages)\/)/, '');
  return path.startsWith('file:') || path === '' ? '' : `${path}:${line + 1}`;
}
