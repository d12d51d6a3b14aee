import { type GraphQLSchema, NoSchemaIntrospectionCustomRule } from 'graphql';
import { problems } from '../../errors/problems.ts';
import type { AboutToRun, LifecyclePlugin } from '../context.ts';
import type { DocumentOptions } from '../document.ts';
import type { OperationRecord } from '../exchange.ts';
import { storableText } from '../text.ts';
import { limitAliases } from './aliases.ts';
import { measureCost } from './cost.ts';
import { limitDepth } from './depth.ts';
import { limitDirectives } from './directives.ts';
import { limitLength } from './document-length.ts';
import { limitLists } from './list-length.ts';
import type { Variables } from './page-arguments.ts';
import { limitPageSize } from './page-size.ts';
import { limitRootFields } from './root-fields.ts';
import { ordinaryVariables } from './variable-names.ts';

/** What a document may be, whatever it asks for. */
export interface DocumentLimits {
  /** In characters. */
  readonly documentLength: number;
  readonly tokens: number;
  readonly depth: number;
  readonly aliases: number;
  readonly rootFields: number;
  readonly directives: number;
  /** The members of a list that is input, in the document or in variables. */
  readonly listLength: number;
}

/** What an operation may ask for, which its variables decide. */
export interface CostLimits {
  readonly pageSize: number;
  /** What a page has when its size is not said. */
  readonly defaultPageSize: number;
  readonly cost: number;
}

/** [SM] The limits for the document phase. Production also keeps the schema to itself: no introspection, no hints. */
export function documentProtection(limits: DocumentLimits, production: boolean): DocumentOptions {
  return {
    checkLength: limitLength(limits.documentLength),
    maxTokens: limits.tokens,
    measures: [
      limitDepth(limits.depth),
      limitAliases(limits.aliases),
      limitRootFields(limits.rootFields),
      limitDirectives(limits.directives),
      limitLists(limits.listLength),
    ],
    rules: [ordinaryVariables, storableText, ...(production ? [NoSchemaIntrospectionCustomRule] : [])],
    suggestions: !production,
  };
}

/** [SM] Refuses operations that ask for too much at once, before anything is loaded. */
export function useCostLimit(schema: GraphQLSchema, limits: CostLimits): LifecyclePlugin {
  const checks = new WeakMap<OperationRecord['node'], (variables: Variables) => void>();
  const refuse = ({ args }: AboutToRun) => {
    const { operation } = args.contextValue.exchange;
    if (!operation) return;
    let check = checks.get(operation.node);
    if (!check) {
      const checkPages = limitPageSize(schema, args.document, limits.pageSize);
      const costOf = measureCost(schema, args.document, operation.node, {
        page: limits.defaultPageSize,
        list: limits.pageSize,
      });
      check = (variables) => {
        checkPages(variables);
        const cost = costOf(variables);
        if (cost > limits.cost) {
          throw problems.LIMIT_EXCEEDED(
            `The operation asks for up to ${cost} values; ${limits.cost} are allowed.`,
          );
        }
      };
      checks.set(operation.node, check);
    }
    check(operation.variables);
  };
  return { onExecute: refuse, onSubscribe: refuse };
}
