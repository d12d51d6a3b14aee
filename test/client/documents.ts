import { graphql } from './gql/index.ts';

// The operations of the project's own tests, as a front-end team writes them. After a change: `npm run codegen`.

export const CREATE_CUSTOMER = graphql(`
  mutation CreateCustomer($name: String!) {
    createCustomer(
      input: { name: $name, street: "Mill Lane 1", postalCode: "8001", city: "Zürich", country: "CH" }
    ) {
      customer { id name version email }
    }
  }
`);

export const RENAME_CUSTOMER = graphql(`
  mutation RenameCustomer($id: ID!, $version: Int!, $name: String!) {
    updateCustomer(input: { id: $id, version: $version, name: $name }) {
      customer { name version }
    }
  }
`);

export const CUSTOMER_ACCOUNT = graphql(`
  query CustomerAccount($id: ID!) {
    customer(id: $id) {
      name
      invoiceCount
      invoices(first: 5) {
        totalCount
        nodes { number lines { net } payments { amount } customer { name } }
      }
    }
  }
`);

export const CREATE_DRAFT = graphql(`
  mutation CreateDraft($customerId: ID!) {
    createInvoice(
      input: {
        customerId: $customerId
        currency: "EUR"
        lines: [
          { description: "Work", quantity: 3, unitPrice: 333, taxRate: 1900 }
          { description: "Books", quantity: 1, unitPrice: 1050, taxRate: 700 }
        ]
      }
    ) {
      invoice {
        id
        status
        number
        net { amount currency }
        tax { amount }
        gross { amount }
        lines { position description net tax }
      }
    }
  }
`);

export const ISSUE_INVOICE = graphql(`
  mutation IssueInvoice($input: IssueInvoiceInput!) {
    issueInvoice(input: $input) {
      invoice { number status issuedOn dueOn }
    }
  }
`);

export const VOID_INVOICE = graphql(`
  mutation VoidInvoice($input: VoidInvoiceInput!) {
    voidInvoice(input: $input) {
      invoice { status }
    }
  }
`);

export const DELETE_INVOICE = graphql(`
  mutation DeleteInvoice($input: DeleteInvoiceInput!) {
    deleteInvoice(input: $input) {
      deletedInvoiceId
    }
  }
`);

export const RECORD_PAYMENT = graphql(`
  mutation RecordPayment($invoiceId: ID!, $amount: SafeInt!) {
    recordPayment(
      input: { invoiceId: $invoiceId, amount: $amount, receivedOn: "2026-03-01", reference: "bank" }
    ) {
      payment {
        amount
        invoice { status payments { amount } }
      }
    }
  }
`);

export const INVOICE = graphql(`
  query Invoice($id: ID!) {
    invoice(id: $id) { id status }
    node(id: $id) { id }
  }
`);

export const INVOICE_PAGE = graphql(`
  query InvoicePage($first: Int!, $after: String, $filter: InvoiceFilter) {
    invoices(first: $first, after: $after, filter: $filter) {
      totalCount
      nodes { id status issuedOn }
      pageInfo { hasNextPage endCursor }
    }
  }
`);
