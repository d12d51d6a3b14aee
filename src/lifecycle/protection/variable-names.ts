import { GraphQLError, type ValidationRule } from 'graphql';

/**
 * [SM] The executors keep variables in plain objects, in which `$__proto__` is no member: it would count here and be
 * missing there. Names that begin with two underscores belong to GraphQL anyway.
 */
export const ordinaryVariables: ValidationRule = (context) => ({
  VariableDefinition({ variable }) {
    if (variable.name.value.startsWith('__')) {
      context.reportError(
        new GraphQLError('A variable must not have a name that begins with "__".', { nodes: variable }),
      );
    }
  },
});
