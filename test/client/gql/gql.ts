/* eslint-disable */
import * as types from './graphql.ts';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  mutation CreateCustomer($name: String!) {\n    createCustomer(\n      input: { name: $name, street: \"Mill Lane 1\", postalCode: \"8001\", city: \"Zürich\", country: \"CH\" }\n    ) {\n      customer { id name version email }\n    }\n  }\n": typeof types.CreateCustomerDocument,
    "\n  mutation RenameCustomer($id: ID!, $version: Int!, $name: String!) {\n    updateCustomer(input: { id: $id, version: $version, name: $name }) {\n      customer { name version }\n    }\n  }\n": typeof types.RenameCustomerDocument,
    "\n  query CustomerAccount($id: ID!) {\n    customer(id: $id) {\n      name\n      invoiceCount\n      invoices(first: 5) {\n        totalCount\n        nodes { number lines { net } payments { amount } customer { name } }\n      }\n    }\n  }\n": typeof types.CustomerAccountDocument,
    "\n  mutation CreateDraft($customerId: ID!) {\n    createInvoice(\n      input: {\n        customerId: $customerId\n        currency: \"EUR\"\n        lines: [\n          { description: \"Work\", quantity: 3, unitPrice: 333, taxRate: 1900 }\n          { description: \"Books\", quantity: 1, unitPrice: 1050, taxRate: 700 }\n        ]\n      }\n    ) {\n      invoice {\n        id\n        status\n        number\n        net { amount currency }\n        tax { amount }\n        gross { amount }\n        lines { position description net tax }\n      }\n    }\n  }\n": typeof types.CreateDraftDocument,
    "\n  mutation IssueInvoice($input: IssueInvoiceInput!) {\n    issueInvoice(input: $input) {\n      invoice { number status issuedOn dueOn }\n    }\n  }\n": typeof types.IssueInvoiceDocument,
    "\n  mutation VoidInvoice($input: VoidInvoiceInput!) {\n    voidInvoice(input: $input) {\n      invoice { status }\n    }\n  }\n": typeof types.VoidInvoiceDocument,
    "\n  mutation DeleteInvoice($input: DeleteInvoiceInput!) {\n    deleteInvoice(input: $input) {\n      deletedInvoiceId\n    }\n  }\n": typeof types.DeleteInvoiceDocument,
    "\n  mutation RecordPayment($invoiceId: ID!, $amount: SafeInt!) {\n    recordPayment(\n      input: { invoiceId: $invoiceId, amount: $amount, receivedOn: \"2026-03-01\", reference: \"bank\" }\n    ) {\n      payment {\n        amount\n        invoice { status payments { amount } }\n      }\n    }\n  }\n": typeof types.RecordPaymentDocument,
    "\n  query Invoice($id: ID!) {\n    invoice(id: $id) { id status }\n    node(id: $id) { id }\n  }\n": typeof types.InvoiceDocument,
    "\n  query InvoicePage($first: Int!, $after: String, $filter: InvoiceFilter) {\n    invoices(first: $first, after: $after, filter: $filter) {\n      totalCount\n      nodes { id status issuedOn }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n": typeof types.InvoicePageDocument,
};
const documents: Documents = {
    "\n  mutation CreateCustomer($name: String!) {\n    createCustomer(\n      input: { name: $name, street: \"Mill Lane 1\", postalCode: \"8001\", city: \"Zürich\", country: \"CH\" }\n    ) {\n      customer { id name version email }\n    }\n  }\n": types.CreateCustomerDocument,
    "\n  mutation RenameCustomer($id: ID!, $version: Int!, $name: String!) {\n    updateCustomer(input: { id: $id, version: $version, name: $name }) {\n      customer { name version }\n    }\n  }\n": types.RenameCustomerDocument,
    "\n  query CustomerAccount($id: ID!) {\n    customer(id: $id) {\n      name\n      invoiceCount\n      invoices(first: 5) {\n        totalCount\n        nodes { number lines { net } payments { amount } customer { name } }\n      }\n    }\n  }\n": types.CustomerAccountDocument,
    "\n  mutation CreateDraft($customerId: ID!) {\n    createInvoice(\n      input: {\n        customerId: $customerId\n        currency: \"EUR\"\n        lines: [\n          { description: \"Work\", quantity: 3, unitPrice: 333, taxRate: 1900 }\n          { description: \"Books\", quantity: 1, unitPrice: 1050, taxRate: 700 }\n        ]\n      }\n    ) {\n      invoice {\n        id\n        status\n        number\n        net { amount currency }\n        tax { amount }\n        gross { amount }\n        lines { position description net tax }\n      }\n    }\n  }\n": types.CreateDraftDocument,
    "\n  mutation IssueInvoice($input: IssueInvoiceInput!) {\n    issueInvoice(input: $input) {\n      invoice { number status issuedOn dueOn }\n    }\n  }\n": types.IssueInvoiceDocument,
    "\n  mutation VoidInvoice($input: VoidInvoiceInput!) {\n    voidInvoice(input: $input) {\n      invoice { status }\n    }\n  }\n": types.VoidInvoiceDocument,
    "\n  mutation DeleteInvoice($input: DeleteInvoiceInput!) {\n    deleteInvoice(input: $input) {\n      deletedInvoiceId\n    }\n  }\n": types.DeleteInvoiceDocument,
    "\n  mutation RecordPayment($invoiceId: ID!, $amount: SafeInt!) {\n    recordPayment(\n      input: { invoiceId: $invoiceId, amount: $amount, receivedOn: \"2026-03-01\", reference: \"bank\" }\n    ) {\n      payment {\n        amount\n        invoice { status payments { amount } }\n      }\n    }\n  }\n": types.RecordPaymentDocument,
    "\n  query Invoice($id: ID!) {\n    invoice(id: $id) { id status }\n    node(id: $id) { id }\n  }\n": types.InvoiceDocument,
    "\n  query InvoicePage($first: Int!, $after: String, $filter: InvoiceFilter) {\n    invoices(first: $first, after: $after, filter: $filter) {\n      totalCount\n      nodes { id status issuedOn }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n": types.InvoicePageDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateCustomer($name: String!) {\n    createCustomer(\n      input: { name: $name, street: \"Mill Lane 1\", postalCode: \"8001\", city: \"Zürich\", country: \"CH\" }\n    ) {\n      customer { id name version email }\n    }\n  }\n"): typeof import('./graphql.ts').CreateCustomerDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RenameCustomer($id: ID!, $version: Int!, $name: String!) {\n    updateCustomer(input: { id: $id, version: $version, name: $name }) {\n      customer { name version }\n    }\n  }\n"): typeof import('./graphql.ts').RenameCustomerDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query CustomerAccount($id: ID!) {\n    customer(id: $id) {\n      name\n      invoiceCount\n      invoices(first: 5) {\n        totalCount\n        nodes { number lines { net } payments { amount } customer { name } }\n      }\n    }\n  }\n"): typeof import('./graphql.ts').CustomerAccountDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateDraft($customerId: ID!) {\n    createInvoice(\n      input: {\n        customerId: $customerId\n        currency: \"EUR\"\n        lines: [\n          { description: \"Work\", quantity: 3, unitPrice: 333, taxRate: 1900 }\n          { description: \"Books\", quantity: 1, unitPrice: 1050, taxRate: 700 }\n        ]\n      }\n    ) {\n      invoice {\n        id\n        status\n        number\n        net { amount currency }\n        tax { amount }\n        gross { amount }\n        lines { position description net tax }\n      }\n    }\n  }\n"): typeof import('./graphql.ts').CreateDraftDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation IssueInvoice($input: IssueInvoiceInput!) {\n    issueInvoice(input: $input) {\n      invoice { number status issuedOn dueOn }\n    }\n  }\n"): typeof import('./graphql.ts').IssueInvoiceDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation VoidInvoice($input: VoidInvoiceInput!) {\n    voidInvoice(input: $input) {\n      invoice { status }\n    }\n  }\n"): typeof import('./graphql.ts').VoidInvoiceDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DeleteInvoice($input: DeleteInvoiceInput!) {\n    deleteInvoice(input: $input) {\n      deletedInvoiceId\n    }\n  }\n"): typeof import('./graphql.ts').DeleteInvoiceDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RecordPayment($invoiceId: ID!, $amount: SafeInt!) {\n    recordPayment(\n      input: { invoiceId: $invoiceId, amount: $amount, receivedOn: \"2026-03-01\", reference: \"bank\" }\n    ) {\n      payment {\n        amount\n        invoice { status payments { amount } }\n      }\n    }\n  }\n"): typeof import('./graphql.ts').RecordPaymentDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Invoice($id: ID!) {\n    invoice(id: $id) { id status }\n    node(id: $id) { id }\n  }\n"): typeof import('./graphql.ts').InvoiceDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query InvoicePage($first: Int!, $after: String, $filter: InvoiceFilter) {\n    invoices(first: $first, after: $after, filter: $filter) {\n      totalCount\n      nodes { id status issuedOn }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n"): typeof import('./graphql.ts').InvoicePageDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
