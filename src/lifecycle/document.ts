import {
  type DocumentNode,
  GraphQLError,
  parse,
  type Source,
  specifiedRules,
  type ValidationRule,
  validate,
} from 'graphql';
import { locate } from '../errors/locate.ts';
import { problems } from '../errors/problems.ts';
import type { LifecyclePlugin } from './context.ts';
import { withoutSuggestions } from './protection/suggestions.ts';
import { route } from './routing.ts';

/** A limit on what a document may look like. @throws Problem `LIMIT_EXCEEDED` */
export type DocumentMeasure = (document: DocumentNode) => void;

export interface DocumentOptions {
  /** In characters; without it a comment of any length would pass, since comments are no tokens. */
  readonly checkLength: (text: string) => void;
  readonly maxTokens: number;
  /** Applied between parsing and validation: validation itself costs more than linear time. */
  readonly measures: readonly DocumentMeasure[];
  /** Rules beyond those of the specification. They must say the same for every caller: verdicts are kept. */
  readonly rules: readonly ValidationRule[];
  /** Whether the reply may say what names there are instead of a wrong one. */
  readonly suggestions: boolean;
}

/** Enough to mend a document; a wrong one of any length gets no longer reply. */
const MAX_ERRORS = 20;

/** [RR] The text becomes a valid document of acceptable size, and its operation is found. */
export function useDocument(options: DocumentOptions): LifecyclePlugin {
  const { checkLength, maxTokens, measures, suggestions } = options;
  const rules = [...specifiedRules, ...options.rules];

  const parseWithin = (source: string | Source): DocumentNode => {
    try {
      return parse(source, { maxTokens });
    } catch (error) {
      throw error instanceof GraphQLError ? parseFault(error, maxTokens) : error;
    }
  };

  return {
    onParse({ params, context, setParseFn }) {
      context.exchange.enter('document');
      checkLength(String(params.source));
      setParseFn(parseWithin);
      return ({ result }) => {
        if (result instanceof Error) return;
        for (const measure of measures) measure(result);
        route(context.exchange, result, context.params.operationName);
      };
    },
    onValidate({ setValidationFn }) {
      setValidationFn((schema, document) =>
        validate(schema, document, rules, { maxErrors: MAX_ERRORS }).map((error) =>
          validationFault(error, suggestions),
        ),
      );
    },
  };
}

function parseFault(error: GraphQLError, maxTokens: number): GraphQLError {
  return /tokens\. Parsing aborted/.test(error.message)
    ? problems.LIMIT_EXCEEDED(`The document has more than ${maxTokens} tokens.`)
    : locate(problems.GRAPHQL_PARSE_FAILED(error.message), error);
}

function validationFault(error: GraphQLError, suggestions: boolean): GraphQLError {
  const message = suggestions ? error.message : withoutSuggestions(error.message);
  return locate(problems.GRAPHQL_VALIDATION_FAILED(message), error);
}
