import { GraphQLError, type ValidationRule } from 'graphql';

/** [SM] No session holds a transaction between events, so until there is one for each event none is begun. */
export const noSubscriptions: ValidationRule = (context) => ({
  OperationDefinition(node) {
    if (node.operation === 'subscription') {
      context.reportError(new GraphQLError('Subscriptions are not served.', { nodes: node }));
    }
  },
});
