import type { IncomingMessage, ServerResponse } from 'node:http';
import { Problem } from '../../errors/define.ts';
import { pathOf } from '../../lifecycle/exchange.ts';
import { sendFailure } from '../failures.ts';
import { readExamples } from './examples.ts';
import { type Answer, createMemberAnswers, type MembersOptions } from './members.ts';
import { isFromOwnMachine, isFromOwnOrigin } from './own-machine.ts';
import { createPage, type GraphiqlPage } from './page.ts';

export interface GraphiqlOptions extends MembersOptions {
  /** Folders of `.graphql` files; each file is a tab. */
  readonly examples: readonly URL[];
}

/** @returns undefined for a request that is somebody else's, else its answer in the making. */
export type SideDoor = (req: IncomingMessage, res: ServerResponse) => Promise<void> | undefined;

const PATH = /^(?:\/t\/[^/]+)?\/(graphql|development\/members|development\/token)$/;

/**
 * GraphiQL at each tenant's address, for a browser that asks for HTML there, with a switch to become any member of that
 * tenant. For development alone: it gives a token to whoever asks. So it is there for the machine that the gateway
 * runs on and for nobody else, and its tokens for the page's own origin alone; everyone else finds what production has
 * at these addresses.
 */
export function createGraphiql(options: GraphiqlOptions): SideDoor {
  const { members, token } = createMemberAnswers(options);
  let page: Promise<GraphiqlPage> | undefined;

  function answerOf(req: IncomingMessage): Answer | undefined {
    switch (`${req.method} ${PATH.exec(pathOf(req.url ?? ''))?.[1]}`) {
      case 'GET development/members':
        return members;
      case 'POST development/token':
        return token;
      default:
        return undefined;
    }
  }

  function wantsPage({ method, url, headers }: IncomingMessage): boolean {
    const html = headers.accept?.includes('text/html') === true;
    return method === 'GET' && html && PATH.exec(pathOf(url ?? ''))?.[1] === 'graphql';
  }

  async function sendAnswer(answer: Answer, req: IncomingMessage, res: ServerResponse): Promise<void> {
    try {
      const body = JSON.stringify(await answer(req));
      res.writeHead(200, {
        'content-type': 'application/json; charset=utf-8',
        'content-length': Buffer.byteLength(body),
      });
      res.end(body);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      sendFailure(res, error);
    }
  }

  async function sendGraphiql(req: IncomingMessage, res: ServerResponse): Promise<void> {
    page ??= createPage(readExamples(options.examples));
    await (await page).send(req, res);
  }

  return (req, res) => {
    if (!isFromOwnMachine(req, options.identification.baseDomains)) return undefined;
    if (wantsPage(req)) return sendGraphiql(req, res);
    const answer = answerOf(req);
    return answer && isFromOwnOrigin(req) ? sendAnswer(answer, req, res) : undefined;
  };
}
